"""One thing that may be changed so that a model fits, and what that costs."""

from collections.abc import Iterable
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

    @property
    def told(self) -> str:
        """As the contract's JSON has it."""
        return self.name.lower().replace("_", " ")


# prices of changes after which what was asked for still runs on its cards
KEEPS = tuple(price.told for price in Price if price < Price.LESS)


def settings_of(facts: Iterable[str]) -> set[str]:
    """The settings that a change is of, without the accumulation that only comes with a smaller batch."""
    return set(facts) - {"grad_accum"}


class Lost(IntEnum):
    """How much quality a change costs, the least first."""

    NONE = 0
    LITTLE = 1
    SOME = 2
    MUCH = 3


@dataclass(frozen=True)
class Cost:
    """One thing that a change costs; or, as a switch, how the program is told of the change."""

    says: Words
    quality: Lost = Lost.NONE
    switch: bool = False


# what a change costs, one after the other
Costs = tuple[Cost, ...]


def costing(en: str, zh: str, quality: Lost = Lost.NONE) -> Costs:
    """One thing that a change costs, in both languages."""
    return (Cost(Words(en, zh), quality),)


HARDLY_ANY_QUALITY = costing("hardly any quality", "质量几乎不降", Lost.LITTLE)
SOME_QUALITY = costing("some quality", "质量略降", Lost.SOME)


def in_order(costs: Costs) -> Costs:
    """What is given up, each once and of quality the most, then the switches by which the program is told."""
    most = max((one for one in costs if one.quality), key=lambda one: one.quality, default=None)
    kept = [one for one in dict.fromkeys(costs) if not one.quality or one == most]
    return tuple(sorted(kept, key=lambda one: one.switch))


@dataclass(frozen=True)
class Change:
    """Facts to change (None takes one away), in words, with what the change costs. `card` is another card."""

    facts: dict[str, Any]
    price: Price
    says: Words
    costs: Costs
    card: Card | None = None
