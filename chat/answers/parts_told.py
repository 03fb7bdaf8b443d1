"""Which part of what is needed is the largest, and what one part takes, where that is what is asked."""

from collections.abc import Sequence
from typing import Any

from chat.answers.case_tables import cases_of
from chat.answers.setup_words import join
from chat.phrases import case_words, gib
from chat.reads.parts import PART, PARTS
from chat.reads.reading import Reading
from chat.words import term

_MOST = 4  # parts that are told behind the first
_LEAST_GIB = 0.005


def parts_told(result: dict[str, Any], reading: Reading) -> list[str]:
    """The parts in their order, or the one that is asked about; nothing where neither is asked."""
    if result.get("parts_told"):
        return []  # a remark has told them
    cases = cases_of(result)
    case = next((one for one in cases if one.get("default")), cases[0]) if cases else result
    whose = case_words(case["facts"], reading.language) if cases else ""
    terms = sorted(case.get("terms") or [], key=lambda one: -one["gib"])
    terms = [one for one in terms if one["gib"] >= _LEAST_GIB]
    if not terms or not case.get("memory"):
        return []
    one = next((cue.removeprefix(PART) for cue in reading.cues if cue.startswith(PART)), None)
    if one is not None:
        return [_one(one, terms, case, whose, reading.language)]
    return [_in_order(terms, case, whose, reading.language)] if PARTS in reading.cues else []


def _of_case(whole: str, whose: str, language: str) -> str:
    """The whole, with the case that it is of where there are several."""
    if not whose:
        return whole
    return f"{whole}({whose})" if language == "zh" else f"{whole} ({whose})"


def _in_order(terms: list[dict[str, Any]], case: dict[str, Any], whose: str, language: str) -> str:
    whole, first, further = _of_case(gib(case["memory"]["best_gib"]), whose, language), terms[0], terms[1 : 1 + _MOST]
    told = join([f"{term(one['name'], language)} {gib(one['gib'])}" for one in further], language)
    if language == "zh":
        then = f";其次是{told}" if told else ""
        return f"**占得最多的是{term(first['name'], 'zh')}:{gib(first['gib'])} / {whole}{_how(first, 'zh')}{then}。**"
    then = f"; then {told}" if told else ""
    return (
        f"**The largest part: {term(first['name'], 'en')}, {gib(first['gib'])} of {whole}{_how(first, 'en')}{then}.**"
    )


def _one(name: str, terms: list[dict[str, Any]], case: dict[str, Any], whose: str, language: str) -> str:
    """One part at the peak; of one that is freed or not yet made by then, what it takes before or after."""
    zh, called = language == "zh", str(term(name, language))
    whole = _of_case(gib(case["memory"]["best_gib"]), whose, language)
    called = called if zh else f"{called[:1].upper()}{called[1:]}"
    found = next((one for one in terms if one["name"] == name), None)
    earlier = (case.get("before") or {}).get("terms", ())
    before = next((one for one in earlier if one["name"] == name), None)
    beside = _logits_beside(name, terms if found is not None and before is None else earlier, zh)
    most = next((one for one in case.get("most") or () if one["name"] == name), None)
    if most is not None and before is None:
        there = gib(found["gib"]) if found else 0
        if zh:
            return f"**{called}:最多 {gib(most['gib'])}{_how(most, 'zh')};总量到峰值 {whole} 的那一刻是 {there}。**{beside}"
        return f"**{called}: {gib(most['gib'])} at most{_how(most, 'en')}; {there} where the whole is at its peak of {whole}.**{beside}"
    if found is not None and (before is None or before["gib"] < found["gib"]):
        if zh:
            return f"**{called}:{gib(found['gib'])} / {whole}{_how(found, 'zh')}。**{beside}"
        return f"**{called}: {gib(found['gib'])} of {whole}{_how(found, 'en')}.**{beside}"
    if before is not None:
        left = found["gib"] if found else 0.0
        if zh:
            freed = f"到峰值 {whole} 时还剩 {gib(left)}" if left else f"到峰值 {whole} 时已释放"
            return f"**{called}:反向传播之前 {gib(before['gib'])}{_how(before, 'zh')},{freed}。**{beside}"
        freed = f"{gib(left)} at the peak of {whole}" if left else f"freed by the peak of {whole}"
        return f"**{called}: {gib(before['gib'])} before the backward pass{_how(before, 'en')}, {freed}.**{beside}"
    later = (case.get("later") or {}).get("gradients_gib") if name == "gradients" else None
    if later:
        if zh:
            return f"**{called}:{gib(later)},峰值 {whole} 之后、激活释放时才逐步产生。**"
        return f"**{called}: {gib(later)}, made after the peak of {whole}, as activations are freed.**"
    return f"**{called}:这里没有,合计 {whole}。**" if zh else f"**{called}: none here, of {whole} in all.**"


def _logits_beside(name: str, terms: Sequence[dict[str, Any]], zh: bool) -> str:
    """The logits, which many count to the activations, where they are most of what stands with them."""
    found = next((one for one in terms if one["name"] == "logits"), None)
    if name != "activations" or found is None:
        return ""
    size = gib(found["gib"])
    if zh:
        return f"logits 与损失另有 {size}{_how(found, 'zh')}。"
    return f" Beside them, logits and the loss take another {size}{_how(found, 'en')}."


def _how(one: dict[str, Any], language: str) -> str:
    """How an amount comes about, where that is a product."""
    told = one.get("zh" if language == "zh" else "says")
    return "" if not told else f"({told})" if language == "zh" else f" ({told})"
