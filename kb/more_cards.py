"""Of formats side by side that do not fit the card that is told: how many such cards each takes."""

from collections.abc import Sequence
from typing import Any

from formulas.errors import BadInput
from kb.cards import GIB, shares_memory
from kb.counts import usable
from kb.hosting import MACHINE
from kb.outcome import Outcome, outcome

_FORMATS = {"weight_format", "bits", "kv_format"}
_MOST = 3  # formats: of more of them a table tells enough


def more_cards(mains: Sequence[Outcome], differing: Sequence[str]) -> list[dict[str, Any]]:
    """By its place each that does not fit, with the cards of one machine that hold it with a margin; empty where something else
    than the format sets them apart, or nothing is served."""
    if not set(differing) <= _FORMATS or not 1 < len(mains) <= _MOST:
        return []
    found = []
    for place, main in enumerate(mains):
        alone = main.n_gpus == 1 and len(main.case.rig) < 2 and main.capacity and not shares_memory(main.case.card)
        if main.situation.knob("task") == "train" or not alone or main.verdict != "no":
            continue

        def at(count: int, case: Any = main.case) -> Outcome:
            return outcome(case.with_facts(n_gpus=count))

        try:
            held = usable(2, at)
        except BadInput:  # no such number of cards can divide it
            continue
        if held and held[0] <= MACHINE:
            found.append({"setup": place, "n_gpus": held[0], "gib": held[1].best / GIB})
    return found
