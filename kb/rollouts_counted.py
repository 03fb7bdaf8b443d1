"""Of a training that generates answers by nobody says what: the cards that it takes with a rollout engine on them."""

from collections.abc import Callable
from typing import Any

from kb.cards import GIB
from kb.cases import Case
from kb.outcome import Outcome
from kb.programs import ROLLS, written

# whose engine reads the trainer's own weights
_READS_WEIGHTS = "unsloth"
# through the update it stays, or sleeps
_BY = ("beside", "asleep")


def with_rollouts(
    case: Case, where: Outcome, count: Callable[[Case], tuple[int, Outcome] | None]
) -> dict[str, dict[str, Any]]:
    """The counts with a margin for each of both, and the share of a card that the engine has; empty where it is said by what.

    count   as many cards as one takes for a case, and the case there
    """
    knob = where.situation.knob
    said = "rollouts_by" in case.facts and "rollouts_by" not in case.assumed
    own = where.situation.facts["rollouts_by"].value != "none"  # its engine is counted already
    if knob("task") != "train" or knob("algo") not in ROLLS or said or own or written(knob("engine")) == _READS_WEIGHTS:
        return {}
    found = {by: count(case.with_facts(rollouts_by=by)) for by in _BY}
    return {
        by: {"value": at[0], "gib": at[1].best / GIB, "share": float(at[1].situation.facts["rollout_share"].value)}
        for by, at in found.items()
        if at
    }
