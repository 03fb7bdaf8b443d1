"""Beside a count with a margin: how narrow that is, and whether a machine less most likely is enough as well."""

from typing import Any

from chat.phrases import gib, in_words
from kb.hosting import MACHINE, whole_machines

# of a card that is filled beyond this the margin is told; a server fills its share with cache, and tells that
_NARROW = 0.9


def margin_words(solved: dict[str, Any], language: str) -> str:
    """That there is a margin, and of how much where it is narrow."""
    each, room, zh = float(solved["in_practice_gib"]), float(solved["capacity_gib"]), language == "zh"
    if solved.get("in_practice_tokens") or each <= _NARROW * room:
        return "有余量" if zh else "with a margin"
    left = gib(float(solved.get("in_practice_left_gib", room - each)))
    return f"余量只有 {left}" if zh else f"with a margin of only {left}"


def likely_with(solved: dict[str, Any], language: str) -> str:
    """So many cards most likely do, and what each of them holds; nothing where they do not."""
    one = solved.get("likely_with")
    if not one:
        return ""
    amount, boxes = in_words("n_gpus", one["n_gpus"], language), whole_machines(one["n_gpus"])
    if language == "zh":
        return f";{amount}{f'({boxes} 台 {MACHINE} 卡机)' if boxes else ''}多半放得下,每张 {gib(one['gib'])}"
    return f"; {amount}{f' ({boxes} machines of {MACHINE})' if boxes else ''} most likely do, {gib(one['gib'])} each"


def by_sum(solved: dict[str, Any], language: str) -> str:
    """Fewer cards that the sum alone would fit, and why they are none."""
    found = solved.get("by_sum")
    if not found:
        return ""
    count, size, heads = found["n_gpus"], gib(found["gib"]), solved["heads"]
    if language == "zh":
        return f";按总量 {size},{count} 张就够,但 {heads} 个注意力头不能被 {count} 整除"
    return (
        f"; by the sum of weights and cache, {size}, {count} would do, but its {heads} heads are not divided by {count}"
    )
