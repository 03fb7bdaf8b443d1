"""Why a term of two or more set-ups differs: their derivations side by side, walked down to where they part.

Where the same quantity follows by another formula, the formulas' own sentences are the reason; where a fact differs, its
values are. Nothing is known here of any method or program.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from formulas.anatomy import embedding_params, linear_params
from formulas.derivation import Step
from formulas.notation import with_unit
from formulas.numeric import Number
from formulas.quantity import Quantity, Words, byte
from formulas.vocabulary import n_params
from kb.outcome import Outcome
from kb.worked import STATES, Worked, term_of

# of a term so many reasons
MOST = 2
# what a model's own shapes come to is reason enough: of two models each of them differs
_STOPS = frozenset({n_params, linear_params, embedding_params})
# a part of the term is told from this share of its difference on
_LEAST_OF_TERM = 0.1
_SAME = 1e-6
_ON_THE_CARD = Words("parameters on the card", "卡上的参数量")
_MILLION = 1e6


@dataclass(frozen=True)
class Reason:
    """Where set-ups part: a quantity, its value in each (None: it has none, or one for each kind of layer), and the
    sentences of the formulas that give it."""

    quantity: Quantity
    values: tuple[Number | None, ...]
    says: tuple[Words | None, ...]
    of_card: bool = True  # or of the whole model

    @property
    def by_formula(self) -> bool:
        """Whether other formulas hold, and not only other numbers."""
        return len({words.en if words else "" for words in self.says}) > 1

    @property
    def told(self) -> bool:
        """Whether it says something: a number that is one for each kind of layer has none to tell, nor have its formulas."""
        return None not in self.values or (self.by_formula and self.quantity.unit != 1)

    @property
    def spread(self) -> float:
        """By how much it differs."""
        amounts = [0.0 if value is None else float(value) for value in self.values]
        return max(amounts) - min(amounts)

    def json(self) -> dict[str, Any]:
        words = _ON_THE_CARD if self.quantity is n_params and self.of_card else self.quantity.says
        values = [None if value is None else shown(value, self.quantity) for value in self.values]
        return {
            "quantity": self.quantity.name, "says": words.en, "zh": words.zh,
            "values": values, "shown": [f"{said} {value}" for value in values if value for said in (words.en, words.zh)],
            "formulas": [words.en if words else None for words in self.says] if self.by_formula else [],
            "formulas_zh": [words.zh if words else None for words in self.says] if self.by_formula else [],
        }  # fmt: skip


def shown(value: Number, quantity: Quantity) -> str:
    """A value as it is read; parameters by the million as people count them."""
    if quantity.unit == 1 and float(value) >= _MILLION:
        return f"{float(value) / 1e9:.3g}B" if float(value) >= 1e9 else f"{float(value) / 1e6:.3g}M"
    return with_unit(value, quantity)


def reasons(term: str, outcomes: Sequence[Outcome]) -> list[Reason]:
    """What the amounts of a term differ by, at most `MOST`, what makes most of it first."""
    cards = [one.fullest for one in outcomes]
    tops = dict.fromkeys(part.base for card in cards for part in card.parts if term_of(part) == term)
    found: dict[Quantity, Reason] = {}
    seen: set[Quantity] = set()
    if term in STATES and not _equal([outcomes[0].n_params or 0], [outcomes[-1].n_params or 0]):
        found[n_params] = Reason(n_params, tuple(one.n_params for one in outcomes), (None,) * len(outcomes), False)
        seen |= _STOPS
    for top in sorted(tops, key=lambda part: part.rank):
        _walk(top, cards, found, seen)
    # that a term is another share of the same whole says less than what the whole is made of
    said = [one for one in found.values() if one.told]  # from the top down
    deeper = [one for one in said if one.quantity not in tops] or said
    effects = {one: _effect(one, tops, cards) for one in deeper}
    return sorted((one for one in deeper if effects[one] >= _LEAST_OF_TERM), key=lambda one: -effects[one])[:MOST]


def _effect(reason: Reason, tops: Iterable[Quantity], cards: Sequence[Worked]) -> float:
    """Which share of the difference the reason makes: how far the first card's term would go towards another's with the
    value that the other has; of what only some have, what it is of the difference."""
    amounts = [sum(float(card.values.get(top, 0)) for top in tops) for card in cards]
    spread = max(amounts) - min(amounts)
    if None in reason.values:
        return min(reason.spread / spread, 1.0) if reason.quantity.unit == byte else 1.0
    first, where = cards[0], [top for top in tops if all(top in card.values for card in cards)]
    if not where or reason.quantity not in first.derivation.by_quantity:
        return 1.0
    shares = [0.0]
    for value, amount in zip(reason.values[1:], amounts[1:], strict=True):
        if value is None or value == reason.values[0] or amount == amounts[0]:
            continue
        changed = sum(float(first.derivation.subtree(top).value_if(reason.quantity, value)) for top in where)
        shares.append(abs((changed - amounts[0]) / (amount - amounts[0])))  # or back, where something else outweighs it
    return min(max(shares), 1.0)


def elsewhere(term: str, outcome: Outcome) -> float:
    """Bytes of a term at the moment of a card's step at which it has most of it."""
    return max(outcome.fullest.at_any_phase(term), default=0.0)


def _walk(base: Quantity, cards: Sequence[Worked], found: dict[Quantity, Reason], seen: set[Quantity]) -> None:
    """Down from a quantity, or from all members of one, to where the cards' accounts part."""
    if base in seen:
        return
    seen.add(base)
    each = [[step for step in card.derivation.steps if step.quantity.base is base] for card in cards]
    values = [_values(steps, card) for steps, card in zip(each, cards, strict=True)]
    if all(_equal(values[0], other) for other in values[1:]):
        return
    kinds = [frozenset(step.formula for step in steps if step.formula) for steps in each]
    given = any(step.fact for steps in each for step in steps)
    inputs = [{one.base for step in steps for one in step.inputs} for steps in each]
    shared = set.intersection(*inputs)
    if base in _STOPS or given or len(set(kinds)) > 1:
        if base not in _STOPS and (through := _passed_on(values, shared, cards)):
            _walk(through, cards, found, seen)
            return
        alone = tuple(one[0] if len(one) == 1 else None for one in values)
        found[base] = Reason(base, alone, tuple(_sentence(steps) for steps in each))
        if base in _STOPS:
            return
        for one in sorted(set.union(*inputs) - shared, key=lambda part: part.rank):
            _alone(one, found[base].spread, cards, found)
    for below in sorted(shared, key=lambda part: part.rank):
        _walk(below, cards, found, seen)


def _alone(base: Quantity, spread: float, cards: Sequence[Worked], found: dict[Quantity, Reason]) -> None:
    """What enters the account of some cards only, where it is a good part of the difference."""
    values = tuple(card.values.get(base) for card in cards)
    amounts = [float(value or 0) for value in values]
    if base.unit != byte or max(amounts) == min(amounts) or max(amounts) < _LEAST_OF_TERM * spread:
        return
    each = [[step for step in card.derivation.steps if step.quantity is base] for card in cards]
    found.setdefault(base, Reason(base, values, tuple(_sentence(steps) for steps in each)))


def _values(steps: Sequence[Step], card: Worked) -> list[Number]:
    return [card.values[step.quantity] for step in steps if step.quantity in card.values]


def _equal(one: Sequence[Number], other: Sequence[Number]) -> bool:
    if len(one) != len(other):
        return False
    return all(abs(a - b) <= _SAME * abs(a) for a, b in zip(map(float, one), map(float, other), strict=True))


def _passed_on(values: Sequence[list[Number]], shared: set[Quantity], cards: Sequence[Worked]) -> Quantity | None:
    """Of formulas that only hand a quantity on, such as a card's part of the whole: that quantity."""
    for below in sorted(shared, key=lambda part: part.rank):
        if all(
            _equal(own, [card.values[below]] if below in card.values else [])
            for own, card in zip(values, cards, strict=True)
        ):
            return below
    return None


def _sentence(steps: Sequence[Step]) -> Words | None:
    said = list(dict.fromkeys(step.formula.words for step in steps if step.formula is not None))
    return Words(" ".join(one.en for one in said), "".join(one.zh for one in said)) if said else None
