"""Models named in a question: by name, by family and size, by nickname; unknown ones with what is near."""

import re
from dataclasses import dataclass
from functools import cache

from chat.reads import lexicon
from chat.reads.corrected import keep
from chat.reads.drafts import drafts
from chat.reads.scan import Scan
from chat.reads.unknown_models import EVERYDAY, QUANTISED, Models, read_unknown
from chat.reads.variants_apart import variant_apart
from kb import names as tables
from kb.name_parts import Parts, cut, points, size_value, tokens
from kb.names import ModelMatch, Names, model_row, model_rows

# Names that people use for a family; the value is spelled as in the table.
NICKNAMES = {
    "通义千问": "qwen", "千问": "qwen", "羊驼": "llama", "百川": "baichuan", "智谱": "glm", "书生浦语": "internlm",
    "书生": "internlm", "混元": "hunyuan", "零一万物": "yi", "深度求索": "deepseek", "文心": "ernie", "面壁": "minicpm",
    "满血版deepseek": "deepseek-r1", "满血deepseek": "deepseek-r1", "deepseek满血": "deepseek-r1", "满血ds": "deepseek-r1",
    "ds": "deepseek", "r1": "deepseek-r1",
}  # fmt: skip
# a family of more sizes is suggested, not worked out
MOST_OF_A_FAMILY = 10
_FULL_SIZE = r"满血版?|full[- ]?size(?:d)?|full version"


_TOOLS = rf"(?<![a-z0-9])(?:{'|'.join(re.escape(tool) for tool in sorted(lexicon.TOOLS, key=len, reverse=True))})(?![a-z0-9])"


@cache
def activated(model: str) -> float | None:
    """The parameters of a mixture of experts that a token passes through, by the table; None of any other model."""
    row = model_rows().get(model, {})
    if not row.get("n_experts") or not row["active_params"] or row["active_params"] > 0.9 * (row["total_params"] or 0):
        return None
    return float(row["active_params"])


@cache
def shapes(model: str) -> frozenset[float]:
    """The counts and widths that the table has of a model."""
    row = model_row(model)
    return frozenset(
        float(value) for value in row.values() if isinstance(value, (int, float)) and not isinstance(value, bool)
    )


@cache
def in_all(model: str) -> float:
    """All parameters of a model of the table."""
    row = model_row(model)
    return float(row["unique_params"] or row["total_params"] or 0)


# a word and a size that are joined to a family's name
_OF_ITS_OWN = re.compile(
    r"(?:-\d+(?:\.\d+)?)?-(?P<word>[a-z]{3,20})(?:-[a-z]{3,20})*-(?P<size>\d+(?:\.\d+)?[bt])(?![a-z0-9])(?:-(?:instruct|chat|base|it)(?![a-z]))?"
)


@dataclass(frozen=True)
class _Mention:
    start: int
    end: int
    parts: Parts
    said: str


@cache
def _head_pattern() -> re.Pattern[str]:
    heads = sorted(tables.names().heads | set(NICKNAMES), key=len, reverse=True)
    latin = "|".join(re.escape(head) for head in heads if head[0].isascii())
    chinese = "|".join(head for head in heads if not head[0].isascii())
    return re.compile(rf"(?:(?<![a-z0-9])(?:{latin})|{chinese})(?![a-z])(?!(?<=[a-z]\d)\d)", re.ASCII)


# What may follow a family's name and still be part of the name.
_PIECE = re.compile(
    r"(?P<sep>[-_./: ]{0,2})(?P<piece>\d+x\d+(?:\.\d+)?b|\d+(?:[._]\d+)?[bmt]\d?|[ae]\d+(?:\.\d+)?[bm]|v?\d+(?:[._]\d+)*[a-z]?"
    r"|[a-z]+\d*(?:\.\d+)?)(?![a-z0-9]|\.\d)",
    re.ASCII,
)
# of a name for a longer context: "-1M", "-128k"
_LONGER = re.compile(r"-(?:1m|\d{2,4}k)(?![a-z0-9])", re.ASCII)
# words that make another model of a family's name
_VARIANT = re.compile(
    r"-(?P<word>v|vl|vlm|vision|audio|omni|video|ocr|asr|tts|embed(?:ding)?|rerank(?:er)?|guard|math|coder?|prover|mt)(?![a-z0-9])",
    re.ASCII,
)
# "Llama 8B (3.1)", "qwen 14b version 2.5", "Qwen 7B, 2.5版": the version behind the size
_VERSION_APART = re.compile(
    r"[\s,]*(?:[(\[]\s?(?:version\s?|ver\.?\s?|v|版本\s?)?(?P<a>\d(?:\.\d)?)\s?(?:version|series|版本?|系列|代)?\s?[)\]]"
    r"|(?:version\s?|ver\.?\s?|v|版本\s?(?:是|为)?\s?)(?P<b>\d(?:\.\d)?)(?![\d.]*[\da-z])|(?P<c>\d\.\d)\s?(?:version|series|版本?(?!本)|系列|代))",
    re.ASCII,
)
# what a name may begin with before the family's
_PREFIX = re.compile(r"(?<![a-z0-9-])([a-z]+\d*[a-z]*)-$", re.ASCII)
_COUNTED = re.compile(
    r"\s*-?(?:x\b|\*|gpus?\b|cards?\b|nodes?\b|张|块|卡|bits?\b|比特|位(?!置)|路|[ahlv]\d{2,3}\b|[34]0[6-9]0|tokens?\b|gb?\b)",
    re.ASCII,
)
_METHODS = frozenset({"sft", "dpo", "rl", "rm"})  # endings of names, and what is done with a model
_SETTING = re.compile(r"flash[ _-]?att|zero[ _-]?(?:stage[ _-]?)?[1-3](?![\d.])")  # words of names, and settings


def _extend(text: str, at: int, known: set[str]) -> tuple[int, list[str]]:
    """Walk on from a family's name as long as what follows belongs to the name."""
    pieces: list[str] = []
    sized = False
    while found := _PIECE.match(text, at):
        separator, piece = found["sep"], found["piece"].replace("_", ".")
        spaced = not separator or separator.isspace()
        is_size = bool(re.fullmatch(r"\d+x\d+(?:\.\d+)?b|\d+(?:\.\d+)?[bmt]\d?|e\d+b", piece))
        is_number = piece[0].isdigit() and not is_size
        if spaced and separator and piece in _METHODS:
            break  # "Llama-3.1-8B DPO": what is done with it, where no dash makes it a name
        if QUANTISED.fullmatch(piece) or _SETTING.match(text, found.start("piece")) or separator in (". ", ": ", "/ "):
            break
        if is_size:
            if sized:
                break
            sized = True
        elif re.fullmatch(r"a\d+(?:\.\d+)?[bm]", piece):
            pass
        elif is_number:
            if spaced and separator and (piece not in known or piece in pieces or _COUNTED.match(text, found.end())):
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
    text = points(scan.text)  # as long as what it stands for
    for found in _head_pattern().finditer(scan.text):
        if found.start() < last or not scan.free(*found.span()):
            continue
        head = NICKNAMES.get(found[0], found[0])
        if found[0] == "ds" and re.match(r"[\s_-]*(?:z|stage|conf|json)", scan.text[found.end() :]):
            continue
        if found[0] == "step" and re.match(r"\s\d", scan.text[found.end() :]):
            continue  # of a training
        if found[0] == "r1" and re.match(r"\s*[=:]", scan.text[found.end() :]):
            continue
        words = cut(tokens(head)).words
        known = set().union(*(index.vocabulary.get(word, set()) for word in words)) if words else set()
        end, pieces = _extend(text, found.end(), known)
        head = _family_called(index, head, pieces)
        if "_" in scan.text[found.start() : end] and not index.match_model(cut([*tokens(head), *pieces])).candidates:
            end, pieces = _extend(scan.text.replace("_", "-"), found.end(), known)  # no point, but the end of a version
        if (apart := _VERSION_APART.match(scan.text, end)) and (version := _version(apart, index, head, pieces)):
            end, pieces = apart.end(), [*pieces, version]
        if longer := _LONGER.match(scan.text, end):
            end = longer.end()
            scan.add("longer_name", scan.text[found.start() : end], found.start(), end, extra=True, take=False)
        if (variant := _VARIANT.match(scan.text, end)) and variant["word"] not in known:
            end, pieces = variant.end(), [*pieces, variant["word"]]  # Qwen-Audio is no Qwen of the table
        parts = cut([*tokens(head), *pieces])
        if not parts.size and (own := _OF_ITS_OWN.match(scan.text, end)):
            sized = Parts(parts.words, parts.versions, own["size"], parts.active, parts.neutral)
            if not index.match_model(sized).name:  # Mistral-Nebula-55B is no Mistral of the table
                end, pieces = own.end(), [*pieces, own["word"], own["size"]]
        if any(_LONGER.fullmatch(f"-{piece}") for piece in pieces):
            scan.add("longer_name", scan.text[found.start() : end], found.start(), end, extra=True, take=False)
        start = found.start()
        if organisation := re.search(r"[a-z0-9_-]+/$", scan.text[:start]):
            start = organisation.start()
        elif (prefix := _PREFIX.search(scan.text[:start])) and cut([prefix[1]]).neutral:
            start = prefix.start()  # "c4ai-command-r"
        parts = cut([*tokens(head), *pieces])
        if found[0] in EVERYDAY and not (parts.size or parts.versions or len(parts.words) > 1):
            continue
        if head in ("gpt",) and not pieces:
            continue
        found_mentions.append(_Mention(start, end, parts, scan.text[start:end]))
        last = end
    return found_mentions


def _family_called(index: Names, head: str, pieces: list[str]) -> str:
    """What a nickname stands for: its own version gives way to one that is named behind it (`满血DeepSeek-V3` is no R1)."""
    family = head.partition("-")[0]
    if not pieces or family == head:
        return head
    match, other = (index.match_model(cut([*tokens(one), *pieces])) for one in (head, family))
    return family if not (match.name or match.candidates) and (other.name or other.candidates) else head


def _version(apart: re.Match[str], index: Names, head: str, pieces: list[str]) -> str:
    """The version that stands behind a name which states none, as the table spells it; empty where it names nothing."""
    parts, said = cut([*tokens(head), *pieces]), apart["a"] or apart["b"] or apart["c"]
    if parts.versions or not parts.size:
        return ""
    spelled = (said, f"v{said}", said.removesuffix(".0"))
    return next(
        (
            one
            for one in spelled
            if index.match_model(cut([*tokens(head), *pieces, one])).candidates
            or index.match_model(cut([*tokens(head), *pieces, one])).name
        ),
        "",
    )


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
    shared = _of_one_size(index, mentions, sizes)
    for place, mention in enumerate(mentions):
        following = mentions[place + 1].start if place + 1 < len(mentions) else len(scan.text)
        completed = _completed(scan, index, mention, sizes, following, len(mentions) == 1)
        _settle(scan, index, found, mention, completed or shared[place : place + 1])
    for start, end, size in sizes:
        if "x" in size and scan.free(start, end):
            match = index.match_model(Parts(size=size))
            if match.name:
                _state(scan, found, match.name, start, end)
    _members_named(scan, found)
    _other_versions(scan, index, found, mentions)
    _variant_apart(scan, index, found, mentions)
    _by_shape(scan, index, found)
    read_unknown(scan, index, found)
    return found


_OF_ALL_SIZES = r"\b(?:sizes|versions|variants|members) of\b|\ball (?:of )?(?:the )?\w+ (?:sizes|models|versions)\b|(?:各(?:个)?|不同(?:的)?|所有|全部)(?:尺寸|大小|规格|参数量)|全系列?"


def _members_named(scan: Scan, found: Models) -> None:
    """`I ran mixtral, which quant of Mixtral-8x7B fits`: a family without a size is of the member that is named elsewhere."""
    if any(scan.find(_OF_ALL_SIZES)):
        return
    again = {value for value, _ in scan.again.get("model", ())}
    for family in found.families:
        if again & set(family):
            left = set(family) - again
            keep(scan, "model", [name not in left for name in scan.facts["model"]])
            found.names[:] = [name for name in found.names if name not in left]


# "the 08-2024 release", "换 v0.3 那版": a version alone, of the family that is named
_VERSION_ALONE = r"(?<![\d.a-z-])(?P<v>v?\d{1,4}(?:[.-]\d{1,4})?)\s?(?:那|这|的)?(?:个|一)?\s?(?:版本?(?!本)|versions?\b|releases?\b|revision\b|refresh\b|one\b)"


def _other_versions(scan: Scan, index: Names, found: Models, mentions: list[_Mention]) -> None:
    """Another version of the one model that is named, where the table has it by that version."""
    if len(mentions) != 1 or len(found.names) != 1:
        return
    one = mentions[0].parts
    for version in scan.find(_VERSION_ALONE):
        own = cut(tokens(version["v"]))
        name = index.match_model(Parts(one.words, own.versions, one.size, one.active, own.neutral)).name
        told = set(tokens(version["v"]))
        apart = not mentions[0].start <= version.start() < mentions[0].end
        if name and apart and told <= set(tokens(name.rpartition("/")[2].lower())):
            _state(scan, found, name, *version.span("v"))


def _variant_apart(scan: Scan, index: Names, found: Models, mentions: list[_Mention]) -> None:
    """The variant of the one name, where its word stands apart: it alone, or beside what the name says."""
    if len(mentions) != 1 or not found.names:
        return
    one = mentions[0]
    if variant := variant_apart(scan, index, one.parts, one.start, one.end):
        name, start, end, instead = variant
        if instead and "draft_model" not in scan.facts:
            found.names.clear()
            scan.facts.pop("model", None)
            scan.spans.pop("model", None)
        _state(scan, found, name, start, end)


def _by_shape(scan: Scan, index: Names, found: Models) -> None:
    """`30B-A3B`: all and active parameters alone name a model, where one name of the table is plainly it."""
    for shape in scan.find(r"(?<![\d.a-z-])(?P<n>\d+(?:\.\d+)?)b[- ]?(?P<active>a\d+(?:\.\d+)?b)(?![a-z0-9])"):
        if not scan.free(*shape.span()):
            continue
        bearing = {
            str(entry.row["name"]): (len(entry.parts.words), len(entry.parts.neutral))
            for entry in index.by_size.get(f"{shape['n']}b", [])
            if entry.parts.active == shape["active"]
        }
        plainest = [name for name, extra in bearing.items() if extra == min(bearing.values())]
        if len(plainest) == 1:
            _state(scan, found, plainest[0], *shape.span())


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


def _of_one_size(
    index: Names, mentions: list[_Mention], sizes: list[tuple[int, int, str]]
) -> list[tuple[Parts, int, int]]:
    """`Qwen3 vs Llama 3.1 at 8B`: families without a size, and the one that is told once for all of them."""
    if len(mentions) < 2 or len(sizes) != 1 or any(one.parts.size for one in mentions):
        return []
    start, end, size = sizes[0]
    told = [Parts(one.parts.words, one.parts.versions, size, one.parts.active, one.parts.neutral) for one in mentions]
    every = all(index.match_model(one).name for one in told)
    return [(one, start, end) for one in told] if every else []


def _settle(
    scan: Scan, index: Names, found: Models, mention: _Mention, completed: list[tuple[Parts, int, int]]
) -> None:
    if mention.parts.size or not completed:
        match = _without_size(index, mention.parts) or index.match_model(mention.parts)
        if match.name:
            _state(scan, found, match.name, mention.start, mention.end)
        else:
            _unsettled(scan, index, found, mention, match)
    for parts, start, end in completed:
        _state(scan, found, index.match_model(parts).name, start, end)


_AS_NAMED = 0.1  # how near a size that is told is to the one of the table


def _without_size(index: Names, parts: Parts) -> ModelMatch | None:
    """`GLM-4.5-Air 106B-A12B`: a size behind a name that has none is that model's, where it is about as large."""
    if not parts.size or index.match_model(parts).name:
        return None
    match = index.match_model(Parts(parts.words, parts.versions, neutral=parts.neutral))
    size = size_value(parts.size) or 0.0
    real = float(index.by_spelling[match.name.lower()].params or 0) if match.name else 0.0
    return match if real and abs(size / real - 1) <= _AS_NAMED else None


def _state(scan: Scan, found: Models, name: str, start: int, end: int) -> None:
    if drafts(scan.text[:start], scan.text[end:]):
        scan.add("draft_model", name, start, end)
        return
    if name not in found.names:
        found.names.append(name)
    scan.add("model", name, start, end)


# a kind of model by a family's name, and no member of it
_OF_A_KIND = r"[- ]?(?:style|like|type|based|shaped|architecture|arch)\b|\s?(?:架构|结构|类的?模型|式的?模型)"


def _unsettled(scan: Scan, index: Names, found: Models, mention: _Mention, match: ModelMatch) -> None:
    """A family without a decided member: all its sizes, if they are few; else suggestions, and a stated size is a fact."""
    said = mention.said
    if lexicon.compiled(_OF_A_KIND).match(scan.text, mention.end):
        return
    if 0 < len(match.family) <= MOST_OF_A_FAMILY:
        found.families.append(tuple(match.family))
        for name in match.family:
            _state(scan, found, name, mention.start, mention.end)
        return
    if match.candidates:
        found.suggestions[said] = match.candidates[:5]
    else:
        found.unknown.append(said)
        found.suggestions[said] = index.near_models(said)
    size = re.search(lexicon.SIZE.replace(r"(?<![\d.a-z_])", r"(?<![\d.])"), said)
    if size:
        at = mention.start + size.start()
        amount = f"{size['n']}{size['s'][0].upper()}"
        scan.add("params", amount, at, mention.start + size.end())
