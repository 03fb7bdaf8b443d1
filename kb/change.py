"""One thing that may be changed so that a model fits, and what that costs."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from formulas.quantity import Words
from kb.cards import Card


class Price(IntEnum):
    """What a change costs, the cheapest first."""

    NOTHING = 0
    SPEED = 1
    HOST_MEMORY = 2
    QUALITY = 3
    LESS = 4  # of what was asked for: length, sequences at once
    METHOD = 5
    CARDS = 6


# what a change costs, one after the other
Costs = tuple[Words, ...]


def costing(en: str, zh: str) -> Costs:
    """One thing that a change costs, in both languages."""
    return (Words(en, zh),)


# how much quality is lost, the least first: of several the most is told
_QUALITIES = ("little quality, if any", "hardly any quality", "some quality", "noticeable quality")


def in_order(costs: Costs) -> Costs:
    """What is given up, each once and of quality the most, then the switches by which the program is told."""
    lost = [one for one in costs if one.en.startswith(_QUALITIES)]
    most = max(
        lost,
        key=lambda one: next(rank for rank, said in enumerate(_QUALITIES) if one.en.startswith(said)),
        default=None,
    )
    kept = [one for one in dict.fromkeys(costs) if one not in lost or one == most]
    return tuple(sorted(kept, key=lambda one: one.en == one.zh))


@dataclass(frozen=True)
class Change:
    """Facts to change (None takes one away), in words, with what the change costs. `card` is another card."""

    facts: dict[str, Any]
    price: Price
    says: Words
    costs: Costs
    card: Card | None = None
