"""Whether it has to be the one method that a question names: what the next, which gives up less, takes."""

from chat.answers.case_tables import Result, cases_of
from chat.answers.verdict_words import gap
from chat.answers.verdicts import has_failed
from chat.phrases import VERDICTS, gib, leaning, pick, value
from chat.reads.asking import parts
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.interval import FITS

# the next method that gives up less, and asked whether it has to be this one
_GIVES_UP_LESS = {"qlora": "lora", "lora": "full"}
_ONLY = r"只能(?:用|上|跑|做|选)?|必须(?:用|上)?|非得|\bonly (?:option|choice|way|possible|realistic)|\b(?:must|have to|do i need to|need to) (?:use|do|go (?:with|for)|resort to|take|run)\b|\bonly\b[^.?;]{0,12}\bq?lora\b|\bq?lora only\b"
# where it is the condition, or an amount is asked for, it is not asked whether it has to be
_GIVEN = r"\b(?:if|when|since|because|as|given|assuming)\b|\bhow (?:much|many|long|big|large)\b|\bwhat\b|如果|要是|假如|既然|因为|只要|多少|多大|多长|几"


def only_this(result: Result, reading: Reading) -> str:
    """Asked whether it has to be the one method that is named: what the next, which gives up less, takes."""
    methods = reading.facts.get("method", ())
    facts = result.get("facts") or {}
    next_ = _GIVES_UP_LESS.get(str(methods[0])) if len(methods) == 1 else None
    if not next_ or not _asked_only(reading.lowered) or has_failed(reading) or len(cases_of(result)) > 1:
        return ""
    rung = next((one for one in result.get("ladder") or [] if one["facts"].get("method") == next_ and len(one["facts"]) == 1), None)  # fmt: skip
    if rung is None or result.get("verdict") is None or not result.get("capacity_gib"):
        return ""
    zh, room = reading.language == "zh", gib(result["capacity_gib"])
    name, other = value("method", facts["method"]["value"], reading.language), value("method", next_, reading.language)
    # what costs nothing decides whether it fits
    there = rung["verdicts"][0] if (fused := rung.get("fused")) is None else fused
    amount, whole = gib((fused or rung)["gib"]), gib(rung["gib"])
    leans = str(there["leaning"] or there["verdict"])
    words = pick(VERDICTS[leans], reading.language)
    mine = pick(VERDICTS[leaning(result)], reading.language)
    need = gib(result["memory"]["best_gib"])
    if zh:
        head, aided = "不是" if leans in FITS else "对", f"用融合损失(不用则 {whole})" if fused else ""
        return (
            f"**{head}:{other}{gap(other)}{aided}要 {amount},可用 {room},{words};{name}{gap(name)}要 {need},{mine}。**"
        )
    head, aided = "No" if leans in FITS else "Yes", f" with a fused loss ({whole} without)" if fused else ""
    return f"**{head}: {other}{aided} takes {amount} of {room} and {'is ' if leans == 'borderline' else ''}{words}; {name} takes {need} and {'is ' if leaning(result) == 'borderline' else ''}{mine}.**"


def _asked_only(text: str) -> bool:
    """Is it asked whether it has to be so, and not told that it has?"""
    asking = (text[part.start : part.end] for part in parts(text) if part.asks)
    return any(compiled(_ONLY).search(one) and not compiled(_GIVEN).search(one) for one in asking)
