"""One case worked out: terms, interval, capacity, verdict, and how far its length or batch may grow."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from typing import Any

from formulas.derivation import Derivation, Fact
from formulas.derivation import derive as derive_quantity
from formulas.errors import BadInput
from formulas.numeric import Number
from formulas.programs import PHASES, TERM_OF
from formulas.quantity import Quantity, quantities
from formulas.render import works_json
from formulas.vocabulary import all_cards, host_memory, n_params, optimizer_temporaries, peak
from kb.cards import GIB
from kb.cases import Case
from kb.facts import Situation, situation
from kb.interval import LEVEL, interval
from kb.interval import warnings as interval_warnings

TERM_ORDER = (
    "weights", "gradients", "optimizer", "activations", "logits", "kv_cache", "state", "adapter", "buffers",
    "workspace", "runtime", "slack",
)  # fmt: skip
# counted to the byte where shapes are known: what an interval never goes below
EXACT_TERMS = ("weights", "optimizer", "adapter", "kv_cache", "state")
_HIDDEN = {"dp", "grad_accum"}
LARGEST = 1 << 30


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
    def terms(self) -> dict[str, float]:
        """Bytes by term name; they add up to `best`."""
        found = dict.fromkeys(TERM_ORDER, 0.0)
        for quantity in self._summed(peak):
            found[_term(quantity)] += float(self.values[quantity])
        return {name: size for name, size in found.items() if size}

    def _summed(self, quantity: Quantity) -> list[Quantity]:
        """The named terms that a total is the sum of, through the phase that decides."""
        if _term(quantity):
            return [quantity]
        step = self.derivation.by_quantity[quantity]
        assert step.expr is not None, f"{quantity.name} is neither a term nor a sum of terms"
        parts = sorted(step.expr.free_symbols, key=lambda part: part.rank)
        if self.phase in parts:
            parts = [self.phase]
        return [term for part in parts for term in self._summed(part)]

    @cached_property
    def phase(self) -> Quantity | None:
        """The phase that needs most; None for a figure that has no phases."""
        present = [phase for phase in PHASES if phase in self.values]
        return max(present, key=lambda phase: self.values[phase]) if present else None

    def part(self, meter: str) -> float:
        """Bytes of the part that a partial meter shows: `weights`, or `kv`."""
        return float(self.values[quantities()[{"weights": "weights", "kv": "kv_cache"}[meter]]])

    @property
    def exact(self) -> float:
        """The part that is counted, not estimated: states, and what the optimizer's step copies of them."""
        counted = [part for part in self._summed(peak) if _term(part) in EXACT_TERMS or part is optimizer_temporaries]
        return sum(float(self.values[part]) for part in counted)

    @cached_property
    def bounds(self) -> tuple[float, float]:
        """Low and high at 90 %."""
        return interval(self.best, self.exact, self.situation)

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

    @property
    def warnings(self) -> tuple[str, ...]:
        return (*self.situation.warnings, *self.derivation.warnings, *interval_warnings(self.situation))

    @cached_property
    def total(self) -> float:
        """Bytes of all cards together: cards that hold different layers do not hold the same."""
        if not self.situation.knob("layer_split"):
            return self.best * self.n_gpus
        return float(_derived(all_cards, self.situation.facts).values[all_cards])

    def peak_at(self, quantity: Quantity, value: Number) -> float:
        """The peak if that one fact were another."""
        return float(self.derivation.value_if(quantity, value))

    def largest(self, name: str) -> int | None:
        """The largest whole `seq_len` or `batch_size` whose best estimate still fits; None if not even 1 does."""
        quantity, capacity = quantities()[name], self.capacity
        if capacity is None or quantity not in self.values or self.peak_at(quantity, 1) > capacity:
            return None
        low, high = 1, max(2, int(self.values[quantity]))
        at_low, at_high = self.peak_at(quantity, low), self.peak_at(quantity, high)
        while at_high <= capacity:
            low, at_low, high = high, at_high, high * 2
            at_high = self.peak_at(quantity, high)
            if high > LARGEST:
                return low
        halve = False
        while high - low > 1:
            # the peak is nearly straight in a length or a batch: aim at the capacity, halve when that gains little
            aimed = low + int((high - low) * (capacity - at_low) / (at_high - at_low)) if at_high > at_low else low
            middle = (low + high) // 2 if halve else min(max(aimed, low + 1), high - 1)
            at_middle, width = self.peak_at(quantity, middle), high - low
            if at_middle <= capacity:
                low, at_low = middle, at_middle
            else:
                high, at_high = middle, at_middle
            halve = not halve and high - low > width / 2
        return low

    # ── as the contract has it ─────────────────────────────────────────────────────────────────────────────────────

    def memory_json(self) -> dict[str, Any]:
        low, high = self.bounds
        return {
            "scope": "per_gpu", "low_gib": low / GIB, "best_gib": self.best / GIB, "high_gib": high / GIB,
            "interval": LEVEL, "meter": self.situation.knob("meter"),
        }  # fmt: skip

    def terms_json(self) -> list[dict[str, Any]]:
        return [{"name": name, "gib": size / GIB} for name, size in self.terms.items()]

    def case_json(self) -> dict[str, Any]:
        return {
            "facts": {name: self._shown(name) for name in self.case.differs},
            "verdict": self.verdict,
            "memory": self.memory_json(),
            "total_gib": self.total / GIB,
            "capacity_gib": self.capacity / GIB if self.capacity else None,
            "terms": self.terms_json(),
            "limits": self.limits_json(),
            "default": self.case.default,
        }

    def _shown(self, name: str) -> Any:
        if name == "gpu" and self.case.card is not None:
            return self.case.card.name
        return self.situation.knob(name)

    def limits_json(self) -> list[dict[str, Any]]:
        """How long a sequence still fits, where a card is named."""
        limit = self.largest("seq_len")
        return [{"quantity": "seq_len", "value": limit}] if limit is not None else []

    def facts_json(self) -> dict[str, Any]:
        facts: dict[str, Any] = {
            name: {"value": fact.value, "origin": str(fact.origin)}
            for name, fact in self.situation.knobs.items()
            if name not in _HIDDEN and fact.value is not None
        }
        if self.case.card is not None:
            origin = "assumed" if "gpu" in self.case.assumed else "asked"
            facts["gpu"] = {"value": self.case.card.name, "origin": origin}
        return facts

    def answers_json(self) -> list[dict[str, Any]]:
        """Figures beside the peak: the number of parameters, and host memory where something is offloaded."""
        found = []
        for quantity, scope, unit, size in ((n_params, "total", "1", 1), (host_memory, "host", "GiB", GIB)):
            value = derive_quantity(quantity, self.situation.facts).value
            if value is not None:
                found.append({"quantity": quantity.name, "scope": scope, "value": float(value) / size, "unit": unit})
        return found

    def sources_json(self) -> list[dict[str, str]]:
        return works_json(self.derivation.relevant().sources)


def _term(quantity: Quantity) -> str:
    """The term of the contract that a quantity is, or an empty string."""
    return TERM_OF.get(quantity, quantity.name if quantity.name in TERM_ORDER else "")


@lru_cache(maxsize=1024)
def _graph(target: Quantity, choices: frozenset[tuple[str, Any]], names: frozenset[str]) -> Derivation:
    facts = {name: Fact(1, "structure") for name in names} | {name: Fact(value, "structure") for name, value in choices}
    return derive_quantity(target, facts)


def outcome(case: Case, changed: Mapping[str, Fact] | None = None) -> Outcome:
    """One case worked out; BadInput when its facts contradict each other or its model is not known.

    changed     facts of the formulas that stand for the case's own, as an ablation leaves a term out
    """
    where = situation(case)
    if changed:
        where = replace(where, facts=where.facts | dict(changed))
    derivation = _derived(peak, where.facts)
    if derivation.value is None:
        missing = [quantity.name for quantity in derivation.unknown] + list(derivation.undecided)
        raise BadInput(f"this configuration cannot be worked out: nothing gives {', '.join(missing)}")
    return Outcome(case, where, derivation, derivation.values)


def _derived(target: Quantity, facts: dict[str, Fact]) -> Derivation:
    # the graph depends on choices and on which facts there are, not on their values: built once, filled many times
    choices = frozenset((name, fact.value) for name, fact in facts.items() if isinstance(fact.value, (str, tuple)))
    names = frozenset(name for name, fact in facts.items() if not isinstance(fact.value, (str, tuple)))
    return _graph(target, choices, names).with_facts(facts)
