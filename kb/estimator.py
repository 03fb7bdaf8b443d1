"""`estimate`: how much memory a card needs, whether it has it, and why, case by case."""

from dataclasses import dataclass
from functools import cached_property, lru_cache
from typing import Any

from formulas.derivation import Derivation, Fact
from formulas.derivation import derive as derive_quantity
from formulas.numeric import Number
from formulas.quantity import Quantity
from formulas.render import derivation_latex, source_json
from formulas.vocabulary import PHASES, TERM_OF, peak
from kb.cards import GIB
from kb.cases import Case, parse_given, spread
from kb.facts import Situation, situation
from kb.interval import interval

TERM_ORDER = (
    "weights", "gradients", "optimizer", "activations", "logits", "kv_cache", "state", "adapter", "buffers",
    "workspace", "runtime", "slack",
)  # fmt: skip


@dataclass(frozen=True)
class Outcome:
    """One case, worked out. Amounts are bytes per card."""

    case: Case
    situation: Situation
    derivation: Derivation
    values: dict[Quantity, Number]

    @property
    def best(self) -> float:
        return float(self.values[peak])

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Low and high at 90 %."""
        return interval(self.terms, self.situation)

    @property
    def phase(self) -> Quantity | None:
        """The phase of the step that needs most; None for a figure that has no phases."""
        present = [phase for phase in PHASES if phase in self.values]
        return max(present, key=lambda phase: self.values[phase]) if present else None

    @cached_property
    def terms(self) -> dict[str, float]:
        """Bytes by term name; they add up to `best`."""
        found = dict.fromkeys(TERM_ORDER, 0.0)
        for quantity in self._summed(peak):
            found[TERM_OF[quantity]] += float(self.values[quantity])
        return {name: size for name, size in found.items() if size}

    def _summed(self, quantity: Quantity) -> list[Quantity]:
        """The named terms that a total is the sum of, through the phase that decides."""
        if quantity in TERM_OF:
            return [quantity]
        step = self.derivation.by_quantity[quantity]
        assert step.expr is not None, f"{quantity.name} is neither a term nor a sum of terms"
        parts = sorted(step.expr.free_symbols, key=lambda part: part.rank)
        if self.phase in parts:
            parts = [self.phase]
        return [term for part in parts for term in self._summed(part)]

    @property
    def capacity(self) -> float | None:
        """Bytes that the card lets a program have, or None if no card is named."""
        if self.case.card is None:
            return None
        return self.case.card.capacity * float(self.situation.knob("gpu_memory_utilization") or 1)

    @property
    def verdict(self) -> str | None:
        if self.capacity is None:
            return None
        low, high = self.bounds
        return "yes" if high <= self.capacity else "no" if low > self.capacity else "borderline"

    @property
    def n_gpus(self) -> int:
        return int(self.situation.knob("n_gpus") or 1)

    def peak_with(self, changes: dict[Quantity, Number]) -> float:
        """The peak if these facts were others, everything else unchanged."""
        given = {step.quantity: step.fact.value for step in self.derivation.steps if step.fact is not None}
        return float(self.derivation.evaluate({**given, **changes})[peak])


@lru_cache(maxsize=512)
def _graph(choices: frozenset[tuple[str, Any]], names: frozenset[str]) -> Derivation:
    facts = {name: Fact(1, "structure") for name in names} | {name: Fact(value, "structure") for name, value in choices}
    return derive_quantity(peak, facts)


def outcome(case: Case) -> Outcome:
    """One case worked out; BadInput when its facts contradict each other or its model is not known."""
    where = situation(case)
    # the graph depends on choices and on which facts there are, not on their values: built once, filled many times
    choices = frozenset(
        (name, fact.value) for name, fact in where.facts.items() if isinstance(fact.value, (str, tuple))
    )
    names = frozenset(name for name, fact in where.facts.items() if not isinstance(fact.value, (str, tuple)))
    derivation = _graph(choices, names).with_facts(where.facts)
    return Outcome(case, where, derivation, derivation.values)
