"""Distillation: of two models that are named, which teaches and which learns; and how the teacher is stored and laid out."""

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan

_TEACHER, _STUDENT = r"(?:teacher|教师|老师)", r"(?:student|学生)"
_DISTILS = r"(?<!r1)(?<!r1[ -])(?<!deepseek[ -])(?<!qwen-)(?<!llama-)\b(?:distil(?:l|ls|led|ling|lation)?|kd|gkd|minillm)\b(?!-)|蒸馏(?!版|的?模型跑)"
# "teacher is X", "the X teacher", "X as the teacher"
_BEFORE = r"{role}(?: ?model|模型)?\s*(?:\(|（|is|=|:|：|为|是|用|选|采用|of|with|,)?\s*(?:an? |the |frozen |[48][ -]?bit |int[48] )*$"
_BEHIND = (
    r"\s*(?:-?(?:instruct|chat|base|it))?\s*(?:[(（]|as|is|作为|作|当|做|for)?\s*(?:an? |the |my |our |frozen )*{role}"
)
# "distil X into Y", "X教Y", "用X蒸馏Y", "把X蒸馏到Y", and the other way about
_INTO = r"^[^.;?!。；？！]{0,60}?(?:\b(?:in)?to\b|->|→|=>|蒸馏|到|给|教|带|\bteach(?:es|ing)?\b)[^.;?!。；？！]{0,30}$"
_FROM = r"\bfrom\b[^.;?!]{0,30}$"
_FEW_BITS = (
    rf"(?P<b>[48])[ -]?(?:bit|位|比特)\s*(?:quantized |quantised |的)?{_TEACHER}"
    rf"|{_TEACHER}[^;?!,。；？！，]{{0,40}}?(?:in |at |用|量化(?:到|成)?|=)?\s*(?P<c>[48])[ -]?(?:bit|位|比特)"
)
_FORMATS = {"4": "nf4", "8": "int8"}
# how the teacher is kept and stored, beside its name
_FROZEN = r"\bfrozen\b|\bfreez(?:e|ing)\b|冻结"
_KEPT = r"(?:nf4|int[48]|fp[48]|bf16|fp16|awq|gptq|[48][ -]?(?:bit|位)|量化|quanti[sz]ed|frozen|冻结|不训练?|的|用|以)"
_SAID_BEFORE = rf"(?:{_KEPT}[\s-]?)+$"
_SAID_BEHIND = rf"\s*(?:-?(?:instruct|chat|base|it)\b)?\s*(?:[(（][^)）]*[)）]|(?:{_KEPT}|\b(?:in|at|of|kept|is|only)\b|[\s,，、])*)"
_DIVIDED = rf"{_TEACHER}[^;?!,。；？！，]{{0,40}}?(?:\bsharded\b|\bsplit\b|\bspread\b|device_map|\btp ?= ?\d|切分|切到|分到|拆到|分布)"


def read_teachers(scan: Scan) -> None:
    """The teacher leaves the models that are asked about: what trains is the student."""
    text = scan.lowered
    if not compiled(f"{_TEACHER}|{_STUDENT}|{_DISTILS}").search(text):
        return
    named = sorted(
        (span, fact, value)
        for fact in ("model", "params")
        for span, value in zip(scan.spans.get(fact, ()), scan.facts.get(fact, ()), strict=True)
    )
    teaches = _teaching(text, [span for span, _, _ in named])
    if teaches is None:
        return
    (start, end), fact, value = named[teaches]
    at = scan.facts[fact].index(value)
    scan.facts[fact].pop(at)
    scan.spans[fact].pop(at)
    if not scan.facts[fact]:
        del scan.facts[fact], scan.spans[fact]
    called = f"{value / 1e9:g}B" if fact == "params" else str(value)
    scan.facts["teacher_model"], scan.spans["teacher_model"] = [called], [(start, end)]
    _of_the_teacher(scan, text, start, end)
    _stored(scan)


def _teaching(text: str, places: list[tuple[int, int]]) -> int | None:
    """Which of two places names the teacher; None where nothing tells, or there are not two."""
    if len(places) != 2:
        return None
    for role, other in ((_TEACHER, False), (_STUDENT, True)):
        told = [_called(text, place, role) for place in places]
        if told[0] != told[1]:
            return told.index(not other)
    between = text[places[0][1] : places[1][0]]
    if not compiled(_DISTILS).search(text[: places[0][0]] + " " + between + " " + text[places[1][1] :]):
        return None
    if compiled(_FROM).search(between):
        return 1
    return 0 if compiled(_INTO).search(between) else None


def _called(text: str, place: tuple[int, int], role: str) -> bool:
    before = text[max(0, place[0] - 40) : place[0]]
    behind = text[place[1] : place[1] + 40]
    return bool(compiled(_BEFORE.format(role=role)).search(before) or compiled(_BEHIND.format(role=role)).match(behind))


def _of_the_teacher(scan: Scan, text: str, start: int, end: int) -> None:
    """`the teacher X (frozen, nf4)`: so it is stored and kept, and the student neither."""
    before, behind = compiled(_SAID_BEFORE).search(text, 0, start), compiled(_SAID_BEHIND).match(text, end)
    first, last = before.start() if before else start, behind.end() if behind else end
    for found in scan.find(_FROZEN):
        if first <= scan.normal.original(*found.span())[0] < last:
            scan.take(*found.span())
    formats, places = scan.facts.get("weight_format", []), scan.spans.get("weight_format", [])
    own = [first <= at < last for at, _ in places]
    if len(formats) == len(places) and any(own):
        stored, at = next((one, place) for one, place, teaches in zip(formats, places, own, strict=True) if teaches)
        keep(scan, "weight_format", [not teaches for teaches in own])
        scan.facts["teacher_format"], scan.spans["teacher_format"] = [stored], [at]


def _stored(scan: Scan) -> None:
    for found in scan.find(_FEW_BITS):
        scan.add("teacher_format", _FORMATS[found["b"] or found["c"]], *found.span())
        start, end = scan.normal.original(*found.span())
        if any(start <= one < end for one, _ in scan.spans.get("bits", ())):  # those of the teacher
            del scan.facts["bits"], scan.spans["bits"]
        break
    for found in scan.find(_DIVIDED):
        scan.add("teacher_split", True, *found.span(), take=False)
        break
