"""Statements in a numbered list that are to be judged, each by itself: `① … ② … ③ …, 逐条看对不对`, `which are true? 1) … 2) …`."""

import re
from functools import lru_cache

from chat.plans.plan import plan
from chat.reads.grammar import read
from chat.reads.lexicon import compiled
from chat.reads.numbered import marks_in_order
from chat.reads.reading import Reading
from chat.reads.sums.noted_lines import NOTES

_LONGEST, _LEAST, _MOST = 1500, 2, 8
_JUDGED = (
    r"\b(?:true or false|true/false|right or wrong|fact[- ]?check\w*|debunk\w*|claims?|statements?|myths?|assertions?)\b"
    r"|\bwhich (?:\w+ ){0,5}(?:is|are) (?:actually |really )?(?:true|right|correct|wrong|false|valid|accurate)\b"
    r"|\b(?:is|are) (?:these|those|the following|they|any|all|each|everything)\b[^.?]{0,24}\b(?:true|right|correct|accurate|valid)\b"
    r"|\b(?:judge|verify|check|correct) (?:these|those|each|the following|them)\b"
    r"|对不对|对吗|对么|是否(?:正确|成立)|正确吗|成立吗|哪(?:些|个|几)?(?:条|个|句|种)?(?:说法)?(?:是)?(?:对|错|正确)|判断|逐[条个]|说法|对错|靠谱吗|有(?:没有)?错|辟谣|纠错|挑错"
)
# an item that asks is a question of its own
_ASKS = r"[?？]|^\W*(?:how|what|which|why|when|where|should|can|could|does|do|is|are|will|would)\b|\bhow (?:much|many|long)\b|多少|怎么|如何|为什么|为啥|哪个|能不能|是否|要不要|几张"
_END = "。.;；,， \n\t"
_NAMES = ("model", "params", "engine", "gpu", "gpu_memory_gb", "n_gpus", "method")


def claims_of(reading: Reading) -> tuple[Reading, ...]:
    """The reading of each claim as if it alone were to be judged; none where there is no such list."""
    if reading.follow_up or len(reading.text) > _LONGEST or NOTES in reading.extras:  # these are judged together
        return ()
    return _claims(reading.text)


@lru_cache(maxsize=64)
def _claims(text: str) -> tuple[Reading, ...]:
    marks = marks_in_order(text)
    if not _LEAST <= len(marks) <= _MOST:
        return ()
    lead = text[: marks[0].start()]
    ends = [*(one.start() for one in marks[1:]), len(text)]
    items = [text[one.end() : end].strip(_END) for one, end in zip(marks, ends, strict=True)]
    items[-1], tail = _without_tail(items[-1])
    if not compiled(_JUDGED).search(f"{lead} ; {tail}".lower()) or any(compiled(_ASKS).search(one.lower()) for one in items):  # fmt: skip
        return ()
    about = read(lead) if lead.strip() else None
    return tuple(_alone(one, about, lead) for one in items)


def _without_tail(item: str) -> tuple[str, str]:
    """The last item, and what is asked of all behind it."""
    cut = re.split(r"(?<=[.。;；!！?？])\s*|\n+|[,，](?=(?:这|以上|哪|对不对|对吗))", item, maxsplit=1)
    return (cut[0].strip(_END), cut[1]) if len(cut) > 1 and compiled(_JUDGED).search(cut[1].lower()) else (item, "")


def _alone(item: str, about: Reading | None, lead: str) -> Reading:
    """The claim with what the list's head tells of all: a program, a model, a card."""
    own = read(item)
    spans = sorted(
        span
        for name in _NAMES
        if about and name in about.facts and name not in own.facts
        for span in about.spans.get(name, ())
    )
    head = ", ".join(dict.fromkeys(lead[start:end] for start, end in spans if end > start))
    zh = own.language == "zh" or bool(about and about.language == "zh")
    told = f"{head}{',' if zh else ': '}{item}" if head else item
    forms = (f"判断对错:{told}", f"{told},对吗?") if zh else (f"true or false: {told}", f"{told}, is that right?")
    readings = [read(one) for one in forms]
    return next((one for one in readings if plan(one)), readings[0])
