"""What length and batch decide in a training: the case that turns on them, and what a little more of either costs there."""

from collections.abc import Sequence
from typing import Any

from formulas.quantity import quantities
from kb.outcome import Outcome
from kb.solver import highest

_LONGEST = 1 << 20
# which of several cases a length or a batch may turn, before those that fit as they are
_OPEN = ("likely", "borderline", "unlikely")


def turning(outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
    """The case that is nearest to the edge of its card, with what one more sequence and more tokens cost; None for what is
    served, where no card is named, or where none may fit.

    `free_tokens`: of a training that is fullest at its update, how many tokens of a step add nothing to that peak.
    """
    first = outcomes[0]
    may = [one for one in outcomes if one.verdict in ("yes", "borderline")]
    if first.situation.knob("task") != "train" or first.capacity is None or not may:
        return None
    open_ones = sorted((one for one in may if one.leaning in _OPEN), key=lambda one: _OPEN.index(str(one.leaning)))
    at = open_ones[0] if open_ones else max(may, key=lambda one: one.fullest.fullness)
    return {"facts": at.apart, "sensitivity": at.sensitivity_json(), "free_tokens": _free(at)}


def _free(at: Outcome) -> int | None:
    """The tokens of a step on one card up to which the peak stays where it is; None where they make it."""
    quantity = quantities()["seq_len"]
    if at.fullest.before is None or quantity not in at.values:
        return None
    most = highest(lambda length: at.peak_at(quantity, length) <= at.best, int(at.values[quantity]), _LONGEST)
    return None if most is None else most * int(at.situation.knob("batch_size") or 1)
