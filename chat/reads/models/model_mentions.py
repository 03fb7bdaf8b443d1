"""Where a text names a model: a family's name or a nickname, and all behind it that belongs to the name."""

import re
from dataclasses import dataclass, replace
from functools import cache

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.models.nicknames import NICKNAMES
from chat.reads.models.unknown_models import EVERYDAY, QUANTISED
from chat.reads.scan import Scan
from kb import names as tables
from kb.name_parts import Parts, cut, points, tokens
from kb.names import Names

# a word and a size that are joined to a family's name
_OF_ITS_OWN = re.compile(
    r"(?:-\d+(?:\.\d+)?)?-(?P<word>[a-z]{3,20})(?:-[a-z]{3,20})*-(?P<size>\d+(?:\.\d+)?[bt])(?![a-z0-9])(?:-(?:instruct|chat|base|it)(?![a-z]))?"
)
# "Nimbus 5 Ultra 900B" of a family: a later version and what makers add to names, before a size
_LATER = re.compile(
    r"(?P<words>(?:[\s-](?:[a-z]?\d(?:\.\d)?|ultra|max|pro|plus|mini|nano|super|lite|large|medium|small|flash|turbo|next)(?![a-z0-9.])){1,3})"
    r"[\s-](?P<size>\d+(?:\.\d+)?[bt])(?![a-z0-9])",
    re.ASCII,
)


@dataclass(frozen=True)
class Mention:
    start: int
    end: int
    parts: Parts
    said: str


@cache
def _head_pattern() -> re.Pattern[str]:
    heads = sorted(tables.names().heads | set(NICKNAMES), key=len, reverse=True)
    latin = "|".join(re.escape(head) for head in heads if head[0].isascii())
    chinese = "|".join(head for head in heads if not head[0].isascii())
    # "混元A13B", "深度求索R1": behind a name in Chinese letters a version may follow at once
    return re.compile(
        rf"(?:(?<![a-z0-9])(?:{latin})(?![a-z])|(?:{chinese})(?![a-z](?!\d)))(?!(?<=[a-z]\d)\d)", re.ASCII
    )


# What may follow a family's name and still be part of the name.
_PIECE = re.compile(
    r"(?P<sep>[-_./: ]{0,2})(?P<piece>\d+x\d+(?:\.\d+)?b|\d+(?:[._]\d+)?[bmt]\d?|[ae]\d+(?:\.\d+)?[bm]|v?\d+(?:[._]\d+)*[a-z]?"
    r"|[a-z]+\d*(?:\.\d+)?)(?:(?![a-z0-9]|\.\d)|(?<=\d)(?=(?:vl|coder|math|omni|audio)(?![a-z])))",
    re.ASCII,
)
# "Command R+": of a family in which some are called plus
_PLUS = re.compile(r"\+(?![a-z0-9])", re.ASCII)
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
    r"\s*-?(?:x\b|\*|gpus?\b|cards?\b|nodes?\b|epochs?\b|[张块卡万千百条个轮步人份次层台机]|bits?\b|比特|位(?!置)|路|[ahlv]\d{2,3}\b|[34]0[6-9]0|tokens?\b|gb?\b)",
    re.ASCII,
)
_SIZE_BEFORE = re.compile(r"(?<![\d.a-z_-])\d+(?:\.\d+)?b[ -]?的?$", re.ASCII)
_KINDS = frozenset({"moe", "dense"})
_METHODS = frozenset({"sft", "dpo", "rl", "rm"})  # endings of names, and what is done with a model
_PRONOUN = re.compile(
    r" (?:does|doesn't|did|didn't|do|is|isn't|was|wasn't|has|had|will|would|can|can't|could|just|also|only|all|still|never|always"
    r"|(?:work|run|fit|take|use|need|load|scale|say|go|print|show|multipl|get|serve|hold|start|crash|fail|oom|die)(?:s|es|ies|ed)?)(?![a-z])",
    re.ASCII,
)
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
        if spaced and separator and sized and piece in _KINDS:
            break  # "Qwen3-30B-A3B MoE": what it is, and no more of its name
        if piece == "it" and _PRONOUN.match(text, found.end()):
            break  # "with Llama-70B it does": no model tuned for instructions
        if QUANTISED.fullmatch(piece) or _SETTING.match(text, found.start("piece")) or separator in (". ", ": ", "/ "):
            break
        if is_size:
            if sized:
                break
            sized = True
        elif re.fullmatch(r"a\d+(?:\.\d+)?[bm]", piece):
            pass
        elif is_number:
            apart = separator == ":" or (spaced and separator)  # "Falcon-40B: 8 cards"
            if apart and (piece not in known or piece in pieces or _COUNTED.match(text, found.end())):
                break
        elif piece not in known:
            own = cut([piece])
            strange = not own.words | own.versions <= known
            if strange and (spaced or separator == "/" or not re.fullmatch(r"v\d.*", piece)):
                break
        if separator == "/":
            pieces = []
        pieces.append(piece)
        at = found.end()
    return at, pieces


def mentions(scan: Scan, index: Names) -> list[Mention]:
    """Each place where a model is named, with all that belongs to the name."""
    found_mentions: list[Mention] = []
    last = 0
    for found in _head_pattern().finditer(scan.text):
        if found.start() < last or not scan.free(*found.span()) or _is_else(scan.text, found):
            continue
        end, head, pieces = _name(scan, index, found)
        parts = cut([*tokens(head), *pieces])
        sized = parts.size or _SIZE_BEFORE.search(scan.text[: found.start()])  # "a 34B Yi", "34B 的 Yi"
        if found[0] in EVERYDAY and not (sized or parts.versions or len(parts.words) > 1):
            continue
        if head == "gpt" and not pieces:
            continue
        start = _start(scan.text, found.start())
        _own_word(scan, start, end)
        found_mentions.append(Mention(start, end, parts, scan.text[start:end]))
        last = end
    return found_mentions


# a word joined to a name that none of its family bears, and what is so joined and no name
_JOINED = re.compile(r"(?P<words>(?:-[a-z]{3,20})+)(?:-\d+(?:\.\d+)?[bt])?(?![a-z0-9-])", re.ASCII)
_NO_NAME = re.compile(
    r"-(?:sized?|class|based|style|like|type|level|family|series|only|scale|server|model|models|quant\w*|fine|tune|tuned|tuning|finetun\w*|lora|qlora|sft|dpo|full|inference|train\w*|mtp|thinking)(?![a-z])",
    re.ASCII,
)
OWN_WORD = "own_word"


def _own_word(scan: Scan, start: int, end: int) -> None:
    """Note a name that goes on with a word which the table does not know: Llama-3-Taiwan-8B."""
    joined = _JOINED.match(scan.text, end)
    if not joined or _NO_NAME.search(joined["words"]) or QUANTISED.search(joined["words"]):
        return
    if not all(cut([word]).neutral for word in joined["words"][1:].split("-")):
        scan.add(OWN_WORD, scan.text[start : joined.end()], start, joined.end(), extra=True, take=False)


# what a head is before these no name of a model: DeepSpeed and its stages, a step of a training, a rank
_ELSE = {
    "ds": re.compile(r"[\s_-]*(?:z|stage|conf|json)"),
    "step": re.compile(r"\s\d"),
    "r1": re.compile(r"\s*[=:]"),
}


def _is_else(text: str, found: re.Match[str]) -> bool:
    other = _ELSE.get(found[0])
    return other is not None and other.match(text, found.end()) is not None


def _name(scan: Scan, index: Names, found: re.Match[str]) -> tuple[int, str, list[str]]:
    """Where the name that begins with this head ends, the head as the table spells it, and the pieces behind it."""
    text = scan.text
    head = NICKNAMES.get(found[0], found[0])
    words = cut(tokens(head)).words
    known = set().union(*(index.vocabulary.get(word, set()) for word in words)) if words else set()
    end, pieces = _extend(points(text), found.end(), known)  # as long as the text
    head = _family_called(index, head, pieces)
    if pieces and _LONGER.fullmatch(f"-{pieces[-1]}") and text[end - len(pieces[-1]) - 1] == " ":
        named = index.match_model(cut([*tokens(head), *pieces])).name or ""
        if pieces[-1] not in named.lower():  # "Yi-34B 32k": the length at which it runs
            end, pieces = end - len(pieces[-1]) - 1, pieces[:-1]
    if "_" in text[found.start() : end] and not index.match_model(cut([*tokens(head), *pieces])).candidates:
        end, pieces = _extend(text.replace("_", "-"), found.end(), known)  # no point, but the end of a version
    if "plus" in known and _PLUS.match(text, end):
        end, pieces = (
            _extend(points(text), end + 1, known)[0],
            [*pieces, "plus", *_extend(points(text), end + 1, known)[1]],
        )
    if (apart := _VERSION_APART.match(text, end)) and (version := _version(apart, index, head, pieces)):
        end, pieces = apart.end(), [*pieces, version]
    longer = _LONGER.match(text, end)
    if longer:
        end = longer.end()
        pieces = [*pieces, longer[0][1:]] if cut(pieces).size else pieces
    if (variant := _VARIANT.match(text, end)) and variant["word"] not in known:
        end, pieces = variant.end(), [*pieces, variant["word"]]  # Qwen-Audio is no Qwen of the table
    parts = cut([*tokens(head), *pieces])
    if not parts.size and (own := _of_its_own(text, end, index, parts)):
        end, pieces = own[0], [*pieces, *own[1]]
    if longer or any(_LONGER.fullmatch(f"-{piece}") for piece in pieces):
        scan.add("longer_name", text[found.start() : end], found.start(), end, extra=True, take=False)
    return end, head, pieces


def _of_its_own(text: str, at: int, index: Names, parts: Parts) -> tuple[int, list[str]] | None:
    """Where a name ends that goes on in words and with a size that its family has not, and its further pieces."""
    if (own := _OF_ITS_OWN.match(text, at)) and not index.match_model(replace(parts, size=own["size"])).name:
        return own.end(), [own["word"], own["size"]]  # Mistral-Nebula-55B is no Mistral of the table
    later = _LATER.match(text, at)
    pieces = tokens(later[0]) if later else []
    if not later or any(QUANTISED.fullmatch(one) or card_pattern().fullmatch(one) for one in pieces):
        return None
    known = index.match_model(cut([*parts.words, *parts.versions, *pieces]))
    return None if known.name or known.candidates else (later.end(), pieces)


def _start(text: str, at: int) -> int:
    """Where the name begins whose head stands at `at`: an organisation before it, or a prefix (`c4ai-command-r`)."""
    if organisation := re.search(r"[a-z0-9_-]+/$", text[:at]):
        return organisation.start()
    prefix = _PREFIX.search(text[:at])
    return prefix.start() if prefix and cut([prefix[1]]).neutral else at


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
