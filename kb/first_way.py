"""How far a case goes that fits in no way as it is: served by the usual changes, trained by the cheapest that keeps its method and
its cards."""

from typing import Any

from kb.change import KEEPS
from kb.outcome import Outcome, outcome
from kb.wider import Search, wider, with_narrow_cache

# how the cards share it, which is told beside the other ways to do so
_OF_A_LAYOUT = ("zero_stage", "cp", "tp", "pp")


def ways(there: Outcome, quantity: str, most: int, highest: Search) -> list[dict[str, Any]]:
    """The largest with the usual changes; where none of them helps, with the first that makes it fit."""
    found = wider(there, quantity, most, highest)
    if quantity == "seq_len":
        found = [one | with_narrow_cache(there, one, quantity, most, highest) for one in found]
    return found or _by_first_way(there, quantity, most, highest)


def _by_first_way(there: Outcome, quantity: str, most: int, highest: Search) -> list[dict[str, Any]]:
    """The largest by the middle of the estimate."""
    from kb.changes import changes  # which solve for the layers that fit

    if there.situation.knob("task") != "train":
        return []
    kept = (one for one in changes(there) if one["price"] in KEEPS and not one.get("leaning"))
    knob, settled = there.situation.knob, {quantity, *_OF_A_LAYOUT}
    first = next(
        (one for one in kept if all(knob(name) == one["facts"][name] for name in settled & set(one["facts"]))), None
    )
    if first is None:
        return []
    case = there.case.with_facts(**first["facts"])

    def fits(value: int) -> bool:
        tried = outcome(case.with_facts(**{quantity: value}))
        return tried.capacity is not None and tried.best <= tried.capacity

    value = highest(fits, 1, most)
    return [] if value is None else [{**{name: first[name] for name in ("facts", "says", "zh")}, "value": value}]
