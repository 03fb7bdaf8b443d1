"""Models and cards named in a question, with the sizes, counts and memories that stand beside them."""

import re
from dataclasses import dataclass, field
from functools import cache

from chat import lexicon
from chat.lexicon import compiled
from chat.scan import Scan
from kb import names as tables
from kb.names import CARD_VARIANTS, Card, Names, Parts, cut, tokens

# Names that people use for a family; the value is spelled as in the table.
NICKNAMES = {
    "通义千问": "qwen", "千问": "qwen", "羊驼": "llama", "百川": "baichuan", "智谱": "glm", "书生浦语": "internlm",
    "书生": "internlm", "混元": "hunyuan", "零一万物": "yi", "深度求索": "deepseek", "文心": "ernie", "面壁": "minicpm",
    "ds": "deepseek", "r1": "deepseek-r1",
}  # fmt: skip
_FULL_SIZE = r"满血版?|full[- ]?size(?:d)?|full version"

# Families whose name is also an everyday word: they count only beside a version, a size or a further word of the name.
_EVERYDAY_WORDS = """
step command solar north dots seed ring ling opt orca intern te aya yi phi helium trinity virtuoso glyph mamba open ui
falcon persimmon inkling nova sage arcee tiny gpt code math agent flex hy laguna bloom nosa
"""
_EVERYDAY = frozenset(_EVERYDAY_WORDS.split())

# Words beside which `word-7b` is not a model's name.
_PLAIN_WORDS = """
a an the of for on in with my and or to is it run train tune finetune lora qlora full freeze zero stage batch
seq ctx context rank int fp bf nf tf q bit bits model models llm param params parameters gpu gpus card cards x
tp pp cp ep dp max min top cuda torch pytorch version step steps epoch epochs layer layers token tokens length
size moe rtx gtx sxm sxm2 sxm3 sxm4 sxm5 pcie ddr hbm python transformers covid vllm v gptq awq gguf utf sha iso
fa flash attention attn adam adamw ddp fsdp deepspeed peft trl llama-factory bf16 fp16 fp32 fp8 int8 int4
chatgpt claude gemini about around only under over than vs at from by per one single dual quad gb gib mb mib kv
cache
"""
_NOT_A_MODEL = frozenset(_PLAIN_WORDS.split())
_TOOLS = rf"(?<![a-z0-9])(?:{'|'.join(re.escape(tool) for tool in sorted(lexicon.TOOLS, key=len, reverse=True))})(?![a-z0-9])"


@dataclass
class Models:
    """What the question says about which model."""

    names: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    suggestions: dict[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    parts: Parts
    said: str


@cache
def _head_pattern() -> re.Pattern[str]:
    heads = sorted(tables.names().heads | set(NICKNAMES), key=len, reverse=True)
    return re.compile(rf"(?<![a-z0-9])(?:{'|'.join(map(re.escape, heads))})(?![a-z])", re.ASCII)


# What may follow a family's name and still be part of the name.
_PIECE = re.compile(
    r"(?P<sep>[-_./: ]{0,2})(?P<piece>\d+x\d+(?:\.\d+)?b|\d+(?:[._]\d+)?[bmt]\d?|[ae]\d+(?:\.\d+)?[bm]|v?\d+(?:[._]\d+)*[a-z]?"
    r"|[a-z]+\d*(?:\.\d+)?)(?![a-z0-9])",
    re.ASCII,
)
_COUNTED = re.compile(
    r"\s*(?:x\b|\*|gpus?\b|cards?\b|nodes?\b|张|块|卡|bits?\b|[ahlv]\d{2,3}\b|[34]0[6-9]0|tokens?\b|gb?\b)", re.ASCII
)
_QUANTISED = re.compile(r"(?:int|fp|bf|nf|w|q)\d+\w*|gptq|awq|gguf|bnb|\d+bit|mxfp4|nvfp4|lora|qlora", re.ASCII)


def _extend(text: str, at: int, known: set[str]) -> tuple[int, list[str]]:
    """Walk on from a family's name as long as what follows belongs to the name."""
    pieces: list[str] = []
    sized = False
    while found := _PIECE.match(text, at):
        separator, piece = found["sep"], found["piece"].replace("_", ".")
        spaced = not separator or separator.isspace()
        is_size = bool(re.fullmatch(r"\d+x\d+(?:\.\d+)?b|\d+(?:\.\d+)?[bmt]\d?|e\d+b", piece))
        is_number = piece[0].isdigit() and not is_size
        if _QUANTISED.fullmatch(piece) or separator in (". ", ": ", "/ "):
            break
        if is_size:
            if sized:
                break
            sized = True
        elif re.fullmatch(r"a\d+(?:\.\d+)?[bm]", piece):
            pass
        elif is_number:
            if spaced and separator and (piece not in known or _COUNTED.match(text, found.end())):
                break
        elif (
            piece not in known
            and cut([piece]).words | cut([piece]).versions
            and not (cut([piece]).words <= known and cut([piece]).versions <= known)
        ):
            if spaced or separator == "/":
                break
            if piece not in known and not re.fullmatch(r"v?\d.*", piece):
                break
        if separator == "/":
            pieces = []
        pieces.append(piece)
        at = found.end()
    return at, pieces


def _mentions(scan: Scan, index: Names) -> list[_Mention]:
    found_mentions: list[_Mention] = []
    last = 0
    for found in _head_pattern().finditer(scan.text):
        if found.start() < last or not scan.free(*found.span()):
            continue
        head = NICKNAMES.get(found[0], found[0])
        if found[0] == "ds" and re.match(r"[\s_-]*(?:z|stage|conf|json)", scan.text[found.end() :]):
            continue
        if found[0] == "r1" and re.match(r"\s*[=:]", scan.text[found.end() :]):
            continue
        words = cut(tokens(head)).words
        known = set().union(*(index.vocabulary.get(word, set()) for word in words)) if words else set()
        end, pieces = _extend(scan.text, found.end(), known)
        start = found.start()
        if organisation := re.search(r"[a-z0-9_-]+/$", scan.text[:start]):
            start = organisation.start()
        parts = cut([*tokens(head), *pieces])
        if found[0] in _EVERYDAY and not (parts.size or parts.versions or len(parts.words) > 1):
            continue
        if head in ("gpt",) and not pieces:
            continue
        found_mentions.append(_Mention(start, end, parts, scan.text[start:end]))
        last = end
    return found_mentions


def read_models(scan: Scan) -> Models:
    """Models by name; a size that stands apart completes a family's name when the table has that pair."""
    index, found = tables.names(), Models()
    for tool in scan.find(_TOOLS):
        scan.add("tools", tool[0], *tool.span(), extra=True, take=True)
    mentions = _mentions(scan, index)
    for mention in mentions:
        scan.take(mention.start, mention.end)
    sizes = [
        (size.start(), size.end(), f"{size['n']}{size['s'][0]}")
        for size in scan.find(lexicon.SIZE)
        if scan.free(size.start(), size.end())
    ]
    for experts in scan.find(lexicon.SIZE_EXPERTS):
        if scan.free(experts.start(), experts.end()):
            sizes.append((experts.start(), experts.end(), f"{experts['n']}x{experts['each']}b"))
    for place, mention in enumerate(mentions):
        following = mentions[place + 1].start if place + 1 < len(mentions) else len(scan.text)
        completed = _completed(scan, index, mention, sizes, following, len(mentions) == 1)
        _settle(scan, index, found, mention, completed)
    for start, end, size in sizes:
        if "x" in size and scan.free(start, end):
            match = index.match_model(Parts(size=size))
            if match.name:
                _state(scan, found, match.name, start, end)
    _read_unknown(scan, index, found)
    return found


def _completed(
    scan: Scan, index: Names, mention: _Mention, sizes: list[tuple[int, int, str]], following: int, alone: bool
) -> list[tuple[Parts, int, int]]:
    """The mention together with each free size that makes it another name of the table."""
    readings: list[tuple[Parts, int, int]] = []
    at = mention.end
    for start, end, size in sizes:
        if not scan.free(start, end):
            continue
        between = scan.text[at:start] if start >= at else scan.text[end : mention.start]
        joined = re.fullmatch(r"\s*(?:/|,|、|and|or|vs\.?|和|或|与|跟|&)?\s*(?:the )?", between) is not None
        if mention.parts.size and not (joined and start >= at and start < following):
            continue
        if not mention.parts.size and not (joined or alone):
            continue
        parts = Parts(mention.parts.words, mention.parts.versions, size, mention.parts.active, mention.parts.neutral)
        if index.match_model(parts).name:
            readings.append((parts, start, end))
            at = end
    return readings


def _settle(
    scan: Scan, index: Names, found: Models, mention: _Mention, completed: list[tuple[Parts, int, int]]
) -> None:
    if mention.parts.size or not completed:
        match = index.match_model(mention.parts)
        if match.name:
            _state(scan, found, match.name, mention.start, mention.end)
        else:
            _unsettled(scan, index, found, mention, match.candidates)
    for parts, start, end in completed:
        _state(scan, found, index.match_model(parts).name, start, end)


def _state(scan: Scan, found: Models, name: str, start: int, end: int) -> None:
    if name not in found.names:
        found.names.append(name)
    scan.add("model", name, start, end)


def _unsettled(scan: Scan, index: Names, found: Models, mention: _Mention, candidates: tuple[str, ...]) -> None:
    """A family without a decided member: its size still is a fact; the members are suggestions."""
    said = mention.said
    if candidates:
        found.suggestions[said] = candidates[:5]
    else:
        found.unknown.append(said)
        found.suggestions[said] = index.near_models(said)
    size = re.search(lexicon.SIZE.replace(r"(?<![\d.a-z_])", r"(?<![\d.])"), said)
    if size:
        at = mention.start + size.start()
        amount = f"{size['n']}{size['s'][0].upper()}"
        scan.add("params", amount, at, mention.start + size.end())


def _read_unknown(scan: Scan, index: Names, found: Models) -> None:
    """Latin names with a number that no family of the table begins: said to be unknown, with what is near."""
    pattern = (
        r"(?<![a-z0-9/.-])(?P<said>(?P<head>[a-z]{2,}[a-z0-9]*(?:\.\d+)?)"
        r"(?:[-_](?P<tail>(?:[a-z0-9.]+[-_])*\d+(?:\.\d+)?[a-z]?(?:[-_][a-z0-9]+)*)|\s(?P<size>\d+(?:\.\d+)?b)))(?![a-z0-9])"
    )
    for hit in scan.find(pattern):
        head = re.match(r"[a-z]+", hit["head"])
        word = head[0] if head else ""
        if word in _NOT_A_MODEL or hit["head"] in _NOT_A_MODEL or len(word) < 3:
            continue
        if not scan.free(hit.start(), hit.end()) or _QUANTISED.fullmatch(hit["head"]):
            continue
        typed = scan.text[hit.start() : hit.end()]
        near = index.near_models(typed)
        resembles = bool(near) and any(_resembles(word, head) for head in index.heads)
        named = hit["tail"] is not None and bool(
            re.search(r"(?:lm|gpt|chat|bert|former|coder|\d+(?:\.\d+)?b$|-\d{3,}$)", typed)
        )
        if hit["size"] and not (resembles or any(c.isdigit() for c in hit["head"])):
            continue
        if not (named or resembles):
            continue
        found.unknown.append(typed)
        found.suggestions[typed] = near
        size = compiled(r"(\d+(?:\.\d+)?)b(?![a-z0-9])").search(typed)
        scan.take(hit.start(), hit.end())
        if size:
            scan.add("params", f"{size[1]}B", hit.start() + size.start(), hit.start() + size.end())


def _resembles(word: str, head: str) -> bool:
    from rapidfuzz.distance import OSA

    return len(head) >= 4 and abs(len(word) - len(head)) <= 1 and OSA.distance(word, head, score_cutoff=1) <= 1


# cards

_BRANDS = (
    r"(?:(?:nvidia|geforce|rtx|gtx|quadro|tesla|radeon|amd|rx|instinct|apple|intel|ascend|huawei|jetson|agx|google|tpu|arc|pro|titan|gaudi|dgx"
    r"|昇腾|英伟达|泰坦|苹果)[\s-]*)"
)
_SHORT_KEY = re.compile(r"\d{1,4}|v\d[a-z]?|[a-z]{1,6}", re.ASCII)


@cache
def _card_pattern() -> re.Pattern[str]:
    """Every identifying number of the table; plain round numbers (`8000`) count only beside a brand or a variant."""
    keys = {key for key in tables.names().card_keys if any(c.isdigit() for c in key)}
    plain = {key for key in keys if re.fullmatch(r"[1-9]\d[5-9]0|\d{4}d", key) or not _SHORT_KEY.fullmatch(key)}
    branded = keys - plain
    variants = r"(?:[\s-]*(?:" + "|".join(sorted(CARD_VARIANTS, key=len, reverse=True)) + r")(?![a-z]))"
    free = "|".join(map(re.escape, sorted(plain, key=len, reverse=True)))
    bound = "|".join(map(re.escape, sorted(branded, key=len, reverse=True)))
    marked = "ada|sff|blackwell|xtx?|gre|max\\+?|nx|orin"
    return re.compile(
        rf"(?:(?<![a-z0-9.])|(?<=\dx))(?:{_BRANDS}*(?P<free>{free}){variants}*|{_BRANDS}+(?P<bound>{bound}){variants}*"
        rf"|(?P<marked>{bound})[\s-]*(?:{marked})(?![a-z]){variants}*|(?P<word>titan[\s-]?(?:rtx|v|xp)|dgx[\s-]?spark)"
        rf")(?P<plural>'?s)?(?=x\d|[^a-z0-9]|$)(?!\s*(?:tokens?|字|steps|mib|gb))",
        re.ASCII,
    )


_UNKNOWN_CARD = (
    r"(?<![a-z0-9])(?P<said>(?:nvidia\s+)?(?:rtx|gtx|geforce|quadro|radeon|rx|tesla|instinct)[\s-]*(?:rtx\s*)?[a-z]{0,2}\d{2,5}[a-z]{0,3}(?![a-z0-9])"
    r"|[a-z]{1,4}\d{2,5}[a-z]?(?=\s*(?:gpus?\b|graphics card|显卡|加速卡)))"
)
_BEFORE = re.compile(
    r"(?P<n>(?<![\d.a-z])\d{1,4}(?!\d))\s*(?P<how>x|\*|个|张|块|卡|片|枚|台|pcs)?\s*(?:of\s+)?(?:的)?\s*(?P<mem>\d{1,3}\s?g(?:b|ib)?\s*(?:显存)?(?:的)?\s*)?$",
    re.ASCII,
)
_ONE = re.compile(
    r"(?:\b(?:a|an|my|one|single|the)|我的|单)\s+(?:a\s+)?(?:single\s+)?(?P<mem>\d{1,3}\s?g(?:b|ib)?\s*)?$", re.ASCII
)
_MEM_BEFORE = re.compile(r"(?<![\d.a-z*x])(?P<v>\d{1,3})\s?(?:gib|gb|g)\s*(?:显存)?\s*(?:的)?\s*$", re.ASCII)
_MEM_AFTER = re.compile(
    r"[\s\-_]*(?:pcie|sxm\d?|gpus?\b|显卡|卡)?[\s\-_]*[(\[,]?\s*(?:的|\s|每张|单卡|显存|有|with|w/|nvidia|~|vram|at|each)*(?P<v>\d{1,3}(?:\.\d+)?)\s?(?:gib|gb|g)(?![a-z0-9])\s*(?:显存|vram|memory)?(?:版|的卡)?\s*[)\]]?",
    re.ASCII,
)
_AFTER = re.compile(
    r"\s*[(\[,]?\s*(?:(?:x|\*)\s*(?P<a>\d{1,4})(?![\d.]*\s?(?:g|b|gb|k)\b)(?![\d.])|(?P<b>\d{1,4})\s*(?:卡|张|块|片|枚|gpus?\b|cards?\b))",
    re.ASCII,
)


@dataclass(frozen=True)
class CardMention:
    """One mention of a card: the cards it can mean, and the memory that stands beside it."""

    label: str
    cards: tuple[Card, ...]
    memory_gb: float | None
    start: int
    end: int


def read_cards(scan: Scan) -> tuple[list[CardMention], list[str], dict[str, tuple[str, ...]]]:
    """Cards with their counts and memories in any order; then the unknown ones with what is near."""
    index = tables.names()
    mentions: list[CardMention] = []
    unknown: list[str] = []
    suggestions: dict[str, tuple[str, ...]] = {}
    for found in _card_pattern().finditer(scan.text):
        if scan.free(found.start(), found.end()):
            _one_card(scan, index, found, mentions)
    for found in scan.find(_UNKNOWN_CARD):
        said = found["said"]
        if scan.free(found.start("said"), found.end("said")) and not index.match_cards(said):
            unknown.append(said)
            suggestions[said] = index.near_gpus(said)
            _counts(scan, found.start("said"), found.end("said"), found.end("said"))
            scan.take(found.start("said"), found.end("said"))
    _state_cards(scan, mentions)
    return mentions, unknown, suggestions


def _one_card(scan: Scan, index: Names, found: re.Match[str], mentions: list[CardMention]) -> None:
    said = found[0][: len(found[0]) - len(found["plural"] or "")]
    said = said.replace("昇腾", "ascend ").replace("泰坦", "titan ").replace("苹果", "apple ").replace("英伟达", "")
    start, end = found.start(), found.end()
    if _is_plural(scan, found) and not found["plural"]:
        said = said[:-1]
    cards = index.match_cards(said)
    if not cards:
        return
    tail = end
    memory: float | None = None
    memory_at: tuple[int, int] | None = None
    if after := _MEM_AFTER.match(scan.text, end):
        memory, memory_at, tail = float(after["v"]), (after.start("v"), after.end()), after.end()
    elif before := _MEM_BEFORE.search(scan.text, max(0, start - 20), start):
        memory, memory_at = float(before["v"]), (before.start("v"), start)
    _counts(scan, start, end, tail)
    if memory_at:
        scan.take(*memory_at)
        scan.spans.setdefault("gpu_memory_gb", []).append(scan.normal.original(*memory_at))
    narrowed = index.match_cards(said, memory)
    scan.take(start, end)
    mentions.append(CardMention(index.card_label(cards), tuple(narrowed), memory, start, end))


def _is_plural(scan: Scan, found: re.Match[str]) -> bool:
    """`V100s` are several V100, `V100S` is another card; in doubt a count above one before it decides."""
    if not re.search(r"[a-z]\d+s$", found[0]):
        return False
    start, end = scan.normal.original(found.start(), found.end())
    typed = scan.original[start:end]
    if typed[-1] == "S":
        return False
    if typed[0].isupper():
        return True
    count = _BEFORE.search(scan.text, max(0, found.start() - 20), found.start())
    return count is not None and int(count["n"]) > 1


def _counts(scan: Scan, start: int, end: int, tail: int) -> None:
    window = max(0, start - 20)
    if before := _BEFORE.search(scan.text, window, start):
        count = int(before["n"])
        at = before.start("n"), before.end("n")
        if count and scan.free(*at) and not re.search(r"[.:/-]$|(?:zero|stage|v)\s*$", scan.text[: at[0]]):
            scan.add("n_gpus", count, *at)
            scan.take(at[0], start)
    elif one := _ONE.search(scan.text, window, start):
        scan.add("n_gpus", 1, one.start(), one.end())
    for position in (tail, end):
        after = _AFTER.match(scan.text, position)
        if not after:
            continue
        group = "a" if after["a"] else "b"
        if int(after[group]) and scan.free(after.start(group), after.end(group)):
            scan.add("n_gpus", int(after[group]), after.start(group), after.end())
            break


def _state_cards(scan: Scan, mentions: list[CardMention]) -> None:
    """One card keeps its memory as a fact of its own; of several, each carries its memory in its name."""
    labels = {mention.label for mention in mentions}
    spans = scan.spans.pop("gpu_memory_gb", [])
    for mention in mentions:
        several = len(labels) > 1 and mention.memory_gb is not None and len(mention.cards) >= 1
        label = mention.label
        if several and any(card.memory_gb == mention.memory_gb for card in mention.cards):
            label = f"{label} {mention.memory_gb:g} GB"
        scan.add("gpu", label, mention.start, mention.end)
        if mention.memory_gb is not None and not (several and label != mention.label):
            scan.add("gpu_memory_gb", mention.memory_gb, mention.end, mention.end, take=False)
    if "gpu_memory_gb" in scan.facts:
        scan.spans["gpu_memory_gb"] = spans
