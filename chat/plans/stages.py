"""The ways of data parallel that a question sets side by side, each with what is offloaded in it."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from chat.reads.lexicon import OWN_NOUN, compiled
from chat.reads.reading import Reading, Span
from kb.hosting import MACHINE
from kb.names import model_row


@dataclass(frozen=True)
class Said:
    """A fact that a question says, of which kind, and where."""

    kind: str
    fact: str
    value: Any
    span: Span


_STAGE = r"(?:zero|stages?)[ _-]?(?:stages?[ -]?)?(?P<n>[0-3])(?P<off>[ _+,(/&-]{0,3}(?:(?:with )?(?:cpu[ -]?)?offload\w*|卸载))?|\b(?P<ddp>ddp)\b|\b(?P<fsdp>fsdp)\b"
# further numbers behind a stage: "ZeRO-1, 2 and 3", "zero1/2/3"
_FURTHER = (
    rf"\s*(?:[/,,、]|\b(?:and|or|vs\.?)(?![a-z])|和|与|跟|或|还是)\s*(?:and |or )?(?P<n>[0-3])(?![\d.]*\d){OWN_NOUN}"
)
_SHARDED, _WHOLE = 3, 0
_OF_ZERO = r"\bzero\b|\bzero[ -]?\d|\bdeepspeed\b|\bfsdp\b|\bds\b"


def of_a_pipeline(text: str, facts: Mapping[str, Any]) -> bool:
    """Whether stages that are spoken of are those of a pipeline, and none of ZeRO."""
    return "pp" in facts and not compiled(_OF_ZERO).search(text)


_OFFLOAD = r"(?:cpu[ -]?|host )?(?:offload\w*|卸载)"
# whether to offload is asked, which sets it beside not doing so
_OFFLOAD_ASKED = (
    rf"\b(?:do|should|must|would) (?:i|we) (?:really |also |even )?(?:need|have|use|want|go|turn on|enable)?(?: to)?(?: use| turn on| enable| resort to| go for)? ?(?:the |any )?{_OFFLOAD}"
    rf"|\bor (?:do i need |must i |should i |only )?(?:use |with |turn on )?{_OFFLOAD}|{_OFFLOAD} or not\b|\bwith(?:out)? (?:or|and|vs\.?) with(?:out)? {_OFFLOAD}"
    rf"|(?:还是|或者?|要不要|需不需要|是否|用不用|有必要|必须)(?:要|得|用|上|开|加|需要|必须)*\s?{_OFFLOAD}|{_OFFLOAD}\s?(?:还是不|与否|不\?|(?:还)?(?:需不需要|要不要|用不用|(?:有必要|需要|要)(?:开|用|上)?(?:吗|么|不)))"
)


# the optimizer is offloaded, and it is asked whether the weights have to be, too
_OF_STATES = r"offload\w*[ _-]?(?:of )?(?:the |only |just )*(?:optimi[sz]er|adam|states)|(?:optimi[sz]er|adam|优化器)[ _-]?(?:states? )?(?:cpu[ -]?)?(?:offload|卸载)|(?:卸载|offload)\s?优化器"
_OF_WEIGHTS = r"(?:offload\w*[ _-]?(?:of )?(?:the )?(?:param\w*|weights|model)|(?:param\w*|weights|参数|权重)[ _-]?(?:也|还|都|要不要|需不需要|用不用|是否|是不是|要|得|需要|必须|一起)*\s?(?:offload|卸载)|\b(?:param\w*|weights)\b[^.;?!]{0,16}\boffloaded\b)"
_WEIGHTS_TOO = rf"(?:\bor\b|\b(?:do|must|should|have|need)\b|\balso\b|还是|要不要|是否|需不需要|用不用|也要|之?外|[,\uff0c])[^.;?!]{{0,24}}?{_OF_WEIGHTS}[^.;?!]{{0,16}}(?:[?\uff1f]|吗|么|呢|$)"


def params_too(text: str) -> Span | None:
    """Where it is asked, beside an optimizer that is offloaded, whether to offload the weights as well."""
    states = compiled(_OF_STATES).search(text.lower())
    found = compiled(_WEIGHTS_TOO).search(text.lower(), states.end()) if states else None
    return found.span() if found else None


def stages(reading: Reading) -> Iterator[Said]:
    """The ways of data parallel that are named, each with what is offloaded in it."""
    found: dict[tuple[int, bool], Span] = {}
    for stage, offloaded, span in _named(reading.lowered):
        if of_a_pipeline(reading.lowered, reading.facts) and reading.lowered[slice(*span)].startswith("stage"):
            continue
        found.setdefault((stage, offloaded), span)
    if (
        len(found) > 1 and len(reading.facts.get("offload", ())) > 1
    ):  # "and if I offload": beside the stages, the last of them
        last = max(stage for stage, _ in found)
        kept = min(last, 2) if reading.facts["offload"][-1] == "optimizer" and (2, False) in found else last
        if (kept, False) in found:
            found.setdefault((kept, True), found[kept, False])
    asked = offload_asked(reading.lowered)
    if more := params_too(reading.lowered):  # the optimizer's states are moved either way
        yield from (Said("offload", "offload", kind, more) for kind in ("optimizer", "params"))
        return
    if asked and (found or reading.fact("task") != "inference"):  # layers of a served model are no stage
        last = max((stage for stage, _ in found), default=_SHARDED)
        found.setdefault((last, False), asked)
        found.setdefault((last, True), asked)
    some = any(offloaded for _, offloaded in found)
    for (stage, offloaded), span in found.items():
        yield Said("zero", "zero_stage", stage, span)
        if some:
            yield Said(
                "zero", "offload", ("params" if stage == _SHARDED else "optimizer") if offloaded else "none", span
            )
    if found:
        yield from _tensor_parallel(reading)


# tensor parallel by its name alone, beside such ways and not together with one: "ZeRO-1 with TP" is one layout
_TENSOR = r"(?<!with )(?<!plus )(?<!inside )(?<!\+ )(?<!\+)(?<!加)(?<!配合)(?<!结合)(?:tensor[ -]?parallel\w*|张量并行|\btp\b)(?!\s?(?:\+|=|with\b|inside\b|within\b|plus\b|\d|加|配|内|degree|size))"
_SET_AGAINST = frozenset({"method_diff", "comparison", "which_method", "zero_offload", "multi_gpu_split"})
_APART = (
    r"\bor\b|\bvs\.?(?![a-z])|\bversus\b|\bdiffer\w*|\bcompar\w*|\bwhich\b|还是|或者?|对比|相比|区别|差|哪|比较|分别|各"
)

_BY_STAGES = r"(?:fsdp\d?|ddp|zero[ -]?\d)"
_BY_RANKS = r"(?:tp\b|tensor[ -]parallel\w*|张量并行)"
_EITHER = rf"\b{_BY_STAGES},? ?(?:or|vs\.?|versus|还是|或者?) ?(?:with |using |pure |用)?{_BY_RANKS}|{_BY_RANKS},? ?(?:or|vs\.?|versus|还是|或者?) ?(?:with |using |用)?{_BY_STAGES}"


def _tensor_parallel(reading: Reading) -> Iterator[Said]:
    """A training divided over its cards by tensor parallel, as one more of the ways that are set side by side."""
    counts = reading.facts.get("n_gpus", ())
    told = {"tp", "pp", "cp", "ep"} & set(reading.facts) or reading.fact("task") == "inference"
    place = compiled(_TENSOR).search(reading.lowered)
    if place is None or told or len(counts) != 1 or not _divides(reading, int(counts[0])):
        return
    either = compiled(_EITHER).search(reading.lowered)
    if either or (_SET_AGAINST & set(reading.intents) and compiled(_APART).search(reading.lowered)):
        yield Said("zero", "tp", int(counts[0]), place.span())


def stage_places(text: str, stage: int) -> Iterator[Span]:
    """Wherever a lowered text names this way."""
    return (span for named, _, span in _named(text) if named == stage)


def _named(text: str) -> Iterator[tuple[int, bool, Span]]:
    """Each way that is named, whether with offloading, and where; those of a list, too."""
    for hit in compiled(_STAGE).finditer(text):
        yield _stage(hit), bool(hit["off"]), hit.span()
        further = compiled(_FURTHER).match(text, hit.end()) if hit["n"] and not hit["off"] else None
        while further:
            yield int(further["n"]), False, further.span("n")
            further = compiled(_FURTHER).match(text, further.end())


def _divides(reading: Reading, ranks: int) -> bool:
    """Whether ranks of one machine can share the heads of the one model that is named."""
    models = reading.facts.get("model", ())
    row = model_row(str(models[0])) if len(models) == 1 else None
    return 1 < ranks <= MACHINE and not (row and int(row["n_heads"] or 0) % ranks)


def _stage(hit: re.Match[str]) -> int:
    return int(hit["n"]) if hit["n"] else _WHOLE if hit["ddp"] else _SHARDED


def offload_asked(text: str) -> Span | None:
    """Where it is asked whether to offload."""
    found = compiled(_OFFLOAD_ASKED).search(text.lower())
    return found.span() if found else None


def offload_places(text: str) -> Iterator[Span]:
    """Wherever a lowered text names offloading."""
    return (hit.span() for hit in compiled(_OFFLOAD).finditer(text))
