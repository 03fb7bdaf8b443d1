"""The cell of a table that says whether a case goes on a card: how far a sequence may go, or how many such cards would do."""

from typing import Any

from chat.phrases import gib, in_words, verdict
from kb.hosting import MACHINE, whole_machines

Result = dict[str, Any]
_FEW_CARDS = 16


def fits(case: Result, language: str, some: bool = False) -> str:
    """The verdict, and how far a sequence may go: as long as the memory, or the model that was named, allows; of what does
    not fit how many such cards would do, where `some` other does fit only if they are few."""
    zh, words = language == "zh", verdict(case, language)
    apart = case.get("unequal")
    if apart and apart["by_layers"]:  # the need of the row is that of one card
        amounts = f"{gib(apart['total_gib'])} / {gib(apart['room_gib'])}"
        return f"{words}(合计 {amounts})" if zh else f"{words} ({amounts} in all)"
    longest, most = longest_of(case), case.get("positions") or 0
    if case["verdict"] == "no" or not longest:
        many = int((case.get("held_by") or {}).get("n_gpus") or 0) > _FEW_CARDS
        return words if some and many else words + _more(case, language)
    tokens = in_words("seq_len", min(longest, most) if most else longest, language)
    few = _with_fewer(case, language)
    if case["verdict"] == "borderline":
        return f"{words}(按区间中值最长约 {tokens})" if zh else f"{words} (about {tokens} by the middle estimate)"
    if most and longest >= most:
        return f"{words}(模型的 {tokens} 全长{few})" if zh else f"{words} (the model's whole {tokens}{few})"
    return f"{words}(最长约 {tokens}{few})" if zh else f"{words} (to about {tokens}{few})"


def _with_fewer(case: Result, language: str) -> str:
    """That fewer of the cards do as well."""
    if not (few := case.get("fewer")):
        return ""
    return (
        f"\uff1b{few} 张也够"
        if language == "zh"
        else f"; {in_words('n_gpus', few, language)} do{'es' if few == 1 else ''}, too"
    )


_FAR_MORE = 4  # times as many cards as the need is cards large


def _more(case: Result, language: str) -> str:
    """How many such cards would do."""
    held = case.get("held_by")
    if not held:
        return ""
    count, likely = held["n_gpus"], held.get("likely")
    boxes = whole_machines(count)
    if count == 1:  # another card, not more of these
        return ""
    if likely and likely > _FAR_MORE * case["memory"]["best_gib"] / case["capacity_gib"]:
        return ""  # what each card keeps for itself decides: more of them are no way
    if likely:
        return (
            f"({likely} 张多半够,{count} 张稳妥)"
            if language == "zh"
            else f" ({in_words('n_gpus', likely, language)} most likely do, {count} for sure)"
        )
    if language == "zh":
        return f"({count} 张才够{f',即 {boxes} 台 {MACHINE} 卡机' if boxes else ''})"
    told = f", {boxes} machines of {MACHINE}" if boxes else ""
    return f" ({in_words('n_gpus', count, language)} do{told})"


def longest_of(case: Result) -> int | None:
    """The longest sequence that still fits."""
    return next((int(one["value"]) for one in case.get("limits") or [] if one["quantity"] == "seq_len"), None)
