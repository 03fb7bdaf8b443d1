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


@dataclass(frozen=True)
class Change:
    """Facts to change (None takes one away), in words, with what the change costs. `card` is another card."""

    facts: dict[str, Any]
    price: Price
    says: Words
    costs: Costs
    card: Card | None = None
