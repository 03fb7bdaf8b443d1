"""Which of several things that stand side by side a question is about: the one that is said or asked to be enough, or the one
that is to be taken instead of what has failed."""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from chat.plans.stages import offload_places, stage_places
from chat.reads import asking
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading, Span
from chat.reads.seen.tried import WELL, WELL_ZH, failed_with
from chat.reads.sufficient import ENOUGH, NEEDED, SAID
from formulas.errors import BadInput
from kb.facts import bits_of

# asked of one after another has failed
_INSTEAD = (
    r"\b(?:any |be |it |make |a |any |do |go )*(?:different|differently|helps?|better|change|difference|solves?|fix(?:es)?|saves?|works?|fits?|enough|runs?|matter)\b"
    r"|有(?:什么|啥)?(?:用|区别|不同|帮助|效果|救|戏)|管用|(?:能|会|可以|就)(?:行|好|解决|省|跑|训|放|够|不爆)|解决|行(?:吗|不行)|不一样"
)
# what goes, and has a drawback, has been run: "ZeRO-3 能跑但慢"
_BUT = r"了?\s?,?\s?(?:但|不过|可是|只是|就是)"
# what is told to have run is not proposed: "Yi-34B trains, is it the vocabulary?"
_HAS_RUN = rf"[^,;?.]{{0,12}}(?:\b{WELL}\b|{WELL_ZH})(?!吗|么|不)[^,;?.]{{0,12}}[,;.]"
_YET = ("却", "反而", "倒是", "居然", "竟然", "偏偏")  # it goes, against what was expected
_WHICH = r"\bwhich\b|\bbetter\b|\bprefer\w*|哪[个种]"
_ASKS = r"\b(?:will|would|does|do|is|can|could|should|might|if)\b"
# two that are named alike: "zero2 or zero3", "qwen int4 和 llama int4"
_JOINED = r"\s*|[^.;?!]{0,12}(?:[/,、]|\b(?:or|and|vs\.?)(?= )|还是|或者?|和|跟|与)[\s/,、]*(?:(?:(?!is|are|does|do|will|would|can|should)[a-z]+ ){1,2}|单|1\s?张)?\s*"
_ENDS = ".?!;\n"
_NARROW = str.maketrans("，。？！；：（）、", ",.?!;:(),")
_BEHIND, _BEHIND_ZH = 24, 6  # characters from the words to what they are of


@dataclass(frozen=True)
class Asked:
    """What is asked of which: `enough`, `instead`; `denied` where it is said or asked not to be."""

    key: Any
    what: str
    denied: bool = False
    needed: bool = False  # it is the other that is asked about: whether that is needed


# what another takes the place of is not asked about
_REPLACED = r"(?:代替|替代|取代|替换|替掉|\binstead of|\brather than|\bin place of)\s?(?:the |plain )?$"
Options = Mapping[Any, Sequence[tuple[str, Any]]]


def asked_about(reading: Reading, options: Options) -> Asked | None:
    """Of things by the facts that set each apart the one that is asked about; None where it is none, or several alike."""
    text = _plain(reading)
    places = _named(reading, options)
    several = len({str(key) for _, key in places}) > 1  # of one alone only whether it is needed can be told
    kept = [one for one in places if not compiled(_REPLACED).search(text[: one[0][0]])] or places
    for hit in compiled(ENOUGH).finditer(text) if several else ():
        sentence = re.split(r"[.?!;]", text[_opening(text, hit.start()) :])[0]
        if hit[0].startswith("or ") and compiled(_WHICH).search(sentence):
            continue  # "which is better, FSDP or just DDP?": none of them is doubted
        found = _behind(text, places, hit.end()) if hit[0].startswith("or ") else None  # "FSDP, or just DDP?"
        found = _nearest(text, kept, hit.span()) if found is None else _fuller(found, options, hit[0])
        if found is None:
            found = _highest_below(text, places, hit.span(), options)
        if found is not None:
            return Asked(found, "enough", bool(hit["not"] or hit["no"]))
    for start, end in asking.hearsay(text, asking.parts(text)) if several else ():
        told = [one for one in places if start <= one[0][0] < end]  # of what they speak, and not of the asker's own
        for hit in compiled(SAID).finditer(text, start, end):
            if (found := _nearest(text, told, hit.span())) is not None:
                return Asked(found, "enough")
    for hit in compiled(NEEDED).finditer(text):
        wanted = _behind(text, places, hit.end())
        others = [key for key in options if key != wanted]
        if wanted is not None and len(others) == 1:
            either = hit[0].startswith(("or", "还是")) or text[: hit.start()].rstrip().endswith((" or", "还是", "或者"))
            return Asked(others[0], "enough", needed=not either)
    return None


# methods of tuning, each of which gives up more than the one before
_METHODS = ("full", "lora", "qlora")


def _fuller(found: Any, options: Options, words: str) -> Any:
    """`LoRA or only QLoRA?`, `bf16 or just int4?`: of two it is asked whether the one that gives up less goes."""
    others = [key for key in options if key != found]
    if words not in ("or only", "or just") or len(others) != 1:
        return found
    own, other = (_given_up(dict(options[key])) for key in (found, others[0]))
    return others[0] if own and other and own[0] == other[0] and own[1] > other[1] else found


def _given_up(facts: dict[str, Any]) -> tuple[str, float] | None:
    """How much a method or a format of the weights gives up, to be held against another of its kind; None of any other thing."""
    if facts.get("method") in _METHODS:
        return "method", _METHODS.index(str(facts["method"]))
    if set(facts) == {"bits"}:
        return "bits", -float(facts["bits"])
    with suppress(BadInput):
        return ("bits", -float(bits_of(str(facts["weight_format"])))) if set(facts) == {"weight_format"} else None
    return None


# a choice, or how much one saves over the other: none is proposed in the place of what failed
_NOT_IN_ITS_PLACE = r"\bor\b|还是|\bsav(?:e|es|ed|ing)\b|省"


def asked_instead(reading: Reading, options: Options) -> Asked | None:
    """The one that is asked about after another has failed."""
    text = _plain(reading)
    places = _named(reading, options)
    if len({str(key) for _, key in places}) < 2:
        return None
    first = places[0][1]
    for hit in compiled(_INSTEAD).finditer(text):
        found = _nearest(text, places, hit.span(), replaces=True)
        if found is None or found == first or _failed(text, places, found):
            continue
        if hit[0].isascii() and not compiled(_ASKS).search(text[_opening(text, hit.start()) : hit.start()]):
            continue
        if compiled(_BUT).match(text, hit.end()) or text[: hit.start()].endswith(_YET):
            continue
        return Asked(found, "instead")
    clauses = [part for part in asking.parts(text) if any(part.start <= at < part.end for (at, _), _ in places)]
    last = {
        str(key): key
        for (at, end), key in places
        if clauses[-1].start <= at < clauses[-1].end and not compiled(_HAS_RUN).match(text, end)
    }
    another = clauses[-1].asks and not compiled(_NOT_IN_ITS_PLACE).search(text[clauses[-1].start : clauses[-1].end])
    if len(clauses) > 1 and another and len(last) == 1 and str(first) not in last:
        found = next(iter(last.values()))
        return None if _failed(text, places, found) else Asked(found, "instead")  # "FP8 dies on loading. AWQ then?"
    return None


def _failed(text: str, places: list[tuple[Span, Any]], key: Any) -> bool:
    """Is it this one that is told to have failed, after another that went well: "rank 64 works, rank 256 OOMs"?"""
    every = [place for place, _ in places]
    # what is named of several of them alike, as the card of both, sets none apart
    own = [(place, one) for place, one in places if all(other == one for at, other in places if at == place)]
    first = next((place for place, one in own if one != key), None)
    if first is None or failed_with(text, first, every):
        return False
    return any(failed_with(text, place, every) for place, one in own if one == key)


def replaces(reading: Reading, each: Sequence[Mapping[str, Any]]) -> bool:
    """Is one of these sides asked about after another has failed?"""
    return asked_instead(reading, {place: [*one.items()] for place, one in enumerate(each)}) is not None


def _plain(reading: Reading) -> str:
    """The text as patterns want it, each character in its place."""
    normal = normalise(reading.text).text
    return normal if len(normal) == len(reading.text) else reading.lowered.translate(_NARROW)


def _named(reading: Reading, options: Options) -> list[tuple[Span, Any]]:
    """Where each of them is named; no "AdamW" in another's "paged AdamW"."""
    places = sorted((span, key) for key, facts in options.items() for fact in facts for span in _places(reading, *fact))
    return [
        (span, key)
        for span, key in places
        if not any(
            start <= span[0] and span[1] <= end and (start, end) != span and other != key
            for (start, end), other in places
        )
    ]


def _places(reading: Reading, fact: str, value: Any) -> Iterator[Span]:
    """Wherever a value is said."""
    text = _plain(reading)
    if fact == "zero_stage":
        yield from stage_places(text, value)
        return
    if fact == "offload":  # what is not offloaded is not named
        yield from offload_places(text) if value != "none" else ()
        return
    values, spans = reading.facts.get(fact, ()), reading.spans.get(fact, ())
    # "do I need checkpointing?": what is without it comes first, and has no words
    if spans and len(spans) < len(values):
        values = values[-len(spans) :]
    said = [(one, span) for one, span in zip(values, spans, strict=False)]
    for words in {text[start:end] for one, (start, end) in said if one == value}:
        if len(words) < 2:  # a bare numeral may count something else elsewhere
            yield from (span for one, span in said if one == value)
            continue
        own = {span for one, span in said if one == value and text[slice(*span)] == words}  # "8xh100" stands in no gap
        again = {hit.span() for hit in re.finditer(_whole(words), text)}  # no "lora" in "qlora"
        yield from sorted(own | again)


def _whole(words: str) -> str:
    """A pattern for words that stand alone, so that "lora" is not found in "qlora"; a Chinese measure word may run on."""
    before, behind = (r"(?<![a-z0-9.])", r"(?![a-z0-9])")
    return f"{before if words[:1].isascii() else ''}{re.escape(words)}{behind if words[-1:].isascii() else ''}"


def _opening(text: str, at: int) -> int:
    """Where the sentence begins; the point of a number ends none."""
    while at and not (text[at - 1] in _ENDS and not text[at : at + 1].isdigit()):
        at -= 1
    return at


def _nearest(text: str, places: list[tuple[Span, Any]], hit: Span, replaces: bool = False) -> Any:
    """What is named last before the words in their sentence, else right behind them; None where two are named alike. What is
    to replace another stands before its verb, whatever else is named there."""
    opens = _opening(text, hit[0])
    before = [one for one in places if opens <= one[0][0] and one[0][1] <= hit[0]]
    if not before:
        return None if replaces else _behind(text, places, hit[1])
    (start, _), key = before[-1]
    others = [one for one in before[:-1] if one[1] != key]
    if not replaces and others and compiled(_JOINED).fullmatch(text[others[-1][0][1] : start]):
        return None
    return key


def _highest_below(text: str, places: list[tuple[Span, Any]], hit: Span, options: Options) -> Any:
    """Of stages of ZeRO that are named alike before the words, the highest, where a higher one is the other choice: if that is
    not enough, none of them is."""
    found = {key: dict(facts).get("zero_stage") for key, facts in options.items()}
    stages = {key: int(stage) for key, stage in found.items() if stage is not None}
    named = {key for (start, end), key in places if _opening(text, hit[0]) <= start and end <= hit[0]}
    if len(named) < 2 or len(stages) < len(options):
        return None
    highest = max(named, key=stages.__getitem__)
    return highest if max(stages.values()) > stages[highest] else None


def _behind(text: str, places: list[tuple[Span, Any]], at: int) -> Any:
    most = _BEHIND if text[at - 1 : at].isascii() else _BEHIND_ZH
    near = [one for one in places if at <= one[0][0] <= at + most and not set(text[at : one[0][0]]) & set(_ENDS)]
    if not near:
        return None
    (_, end), key = near[0]
    others = [start for (start, _), other in places if other != key and start >= end]
    return None if others and compiled(_JOINED).fullmatch(text[end : others[0]]) else key
