"""The least usual card that each of two models takes, which is what choosing between them turns on."""

from collections.abc import Sequence

from kb.outcome import Outcome
from kb.recommender import smallest_that_hold

_PAIR, _UNLIKE = 2, 1.5  # models, of which the larger has so many times the parameters


def least_cards(mains: Sequence[Outcome]) -> list[float]:
    """The memory of the least usual card that holds each for sure [GB], of two models of unlike size that run on no card that is
    told; empty elsewhere, and where one of them takes more than any card."""
    sizes = [one.n_params or 0.0 for one in mains]
    apart = len(mains) == _PAIR and max(sizes) > _UNLIKE * min(sizes) > 0
    if not apart or any(one.case.rig or one.situation.knob("task") != "inference" for one in mains):
        return []
    held = [smallest_that_hold(one) for one in mains]
    return [cards[0].marketed_gb for cards in held] if all(held) else []


def least_alone(there: Outcome) -> float | None:
    """The memory of the least usual card that holds for sure what one card of a larger size holds [GB]; None where none smaller does."""
    card = there.case.card
    held = smallest_that_hold(there, card.marketed_gb) if card else ()
    return held[0].marketed_gb if held else None
