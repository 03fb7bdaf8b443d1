"""One card's peak worked out: its terms, its phase, and how far a length or a batch may grow on it."""

from dataclasses import dataclass
from functools import cached_property

from sympy import Max

from formulas.allocator import spare
from formulas.derivation import Derivation, Fact
from formulas.errors import BadInput
from formulas.graphs import filled
from formulas.numeric import Number
from formulas.programs import PHASES, TERM_OF
from formulas.quantity import Quantity, quantities
from formulas.residence import held_peak, phase_load
from formulas.tuning import phase_awake
from formulas.vocabulary import (
    kv_cache,
    model_weights,
    optimizer_temporaries,
    peak,
    phase_end_of_backward,
    phase_optimizer_step,
    weight_shards,
)
from kb.placement import Place

# so many bytes of each parameter; of adapters their weights stand beside the model's
STATES = ("weights", "gradients", "optimizer")
ALL_STATES = (*STATES, "adapter")
TERM_ORDER = (
    *STATES, "activations", "logits", "kv_cache", "state", "adapter", "buffers",
    "workspace", "rollout_engine", "runtime", "slack",
)  # fmt: skip
# counted to the byte where shapes are known: what an interval never goes below
EXACT_TERMS = ("weights", "optimizer", "adapter", "kv_cache", "state", "rollout_engine")
LARGEST = 1 << 30
# phases in which what the forward pass kept is gone
AFTERWARDS = (phase_end_of_backward, phase_optimizer_step)
# all that a card holds at such a moment, which is none of a step
_WHOLE = (phase_load, phase_awake)


class Terms(dict[str, float]):
    """Bytes by term name. BadInput where one is asked for that this card has nothing of: of weights that all lie in host memory
    no share of the card can be told."""

    def __missing__(self, name: str) -> float:
        raise BadInput(f"this card holds nothing of {name}")


@dataclass(frozen=True)
class Worked:
    """What a place needs. Amounts are bytes per card; `capacity` is what a program can have there, None if not named."""

    place: Place
    derivation: Derivation
    capacity: float | None

    @property
    def values(self) -> dict[Quantity, Number]:
        return self.derivation.values

    @property
    def best(self) -> float:
        return float(self.values[peak])

    @property
    def fullness(self) -> float:
        """What decides which card is the fullest: the share of its capacity, or the amount where none is named."""
        return self.best / self.capacity if self.capacity else self.best

    @cached_property
    def terms(self) -> Terms:
        """Bytes by term name; they add up to `best`."""
        found = dict.fromkeys(TERM_ORDER, 0.0)
        for quantity in self.parts:
            found[term_of(quantity)] += float(self.values[quantity])
        return Terms({name: size for name, size in found.items() if size})

    @cached_property
    def parts(self) -> list[Quantity]:
        """The quantities that the peak is the sum of."""
        return self._summed(peak)

    def _summed(self, quantity: Quantity) -> list[Quantity]:
        """The named terms that a total is the sum of, through the phase that decides."""
        if term_of(quantity):
            return [quantity]
        step = self.derivation.by_quantity[quantity]
        assert step.formula is not None, f"{quantity.name} is neither a term nor a sum of terms"
        parts = sorted(step.inputs, key=lambda part: part.rank)
        if isinstance(step.formula.expr, Max):
            parts = [max(parts, key=lambda part: self.values[part])]
        return [term for part in parts for term in self._summed(part)]

    @cached_property
    def phase(self) -> Quantity | None:
        """The phase that needs most; None for a figure that has no phases."""
        held = self.values.get(held_peak)
        present = [
            phase for phase in PHASES if phase in self.values and (phase not in _WHOLE or self.values[phase] == held)
        ]
        return max(present, key=lambda phase: self.values[phase]) if present else None

    @cached_property
    def before(self) -> tuple[float, float] | None:
        """Where a training is fullest once its backward pass is over: the most that it takes before that, and the most of
        activations and logits that is freed by then and so no term of the peak; None elsewhere."""
        if self.phase is None or not self._earlier:
            return None
        most = max(float(self.values[one]) for one in self._earlier)
        return (
            self.best - float(self.values[self.phase]) + most,
            sum(float(self.values[part]) for part in self.freed_before),
        )

    @cached_property
    def freed_before(self) -> list[Quantity]:
        """The parts of activations and logits at the moment before that has the most of them."""
        each = [
            [part for part in self._summed(one) if term_of(part) in ("activations", "logits")] for one in self._earlier
        ]
        return max(each, key=lambda parts: sum(float(self.values[part]) for part in parts), default=[])

    @cached_property
    def _earlier(self) -> list[Quantity]:
        """The moments before the one that decides, where that comes after the backward pass; none elsewhere."""
        if self.phase is None or self.phase not in AFTERWARDS:
            return []
        return [one for one in PHASES if one in self.values and one not in (*AFTERWARDS, *_WHOLE)]

    def at_any_phase(self, term: str) -> list[float]:
        """Bytes of a term at each moment of the step."""
        each = (
            [part for part in self._summed(phase) if term_of(part) == term] for phase in PHASES if phase in self.values
        )
        return [sum(float(self.values[part]) for part in parts) for parts in each]

    def parts_at_most(self, term: str) -> list[Quantity]:
        """The parts of a term at the moment of the step that has the most of it."""
        each = (
            [part for part in self._summed(phase) if term_of(part) == term] for phase in PHASES if phase in self.values
        )
        return max(each, key=lambda parts: sum(float(self.values[part]) for part in parts), default=[])

    @property
    def needed(self) -> float:
        """The peak without the blocks that the allocator gives back before an allocation fails."""
        return self.best - float(self.values.get(spare, 0))

    def part(self, meter: str) -> float:
        """Bytes of the part that a partial meter shows: `weights`, or `kv`; KeyError of any other."""
        if meter == "kv":
            return float(self.values[kv_cache])
        if meter != "weights":
            raise KeyError(meter)
        return float(self.values[model_weights]) / float(self.values[weight_shards])  # wherever they live

    @property
    def exact(self) -> float:
        """The part that is counted, not estimated: states, and what the optimizer's step copies of them."""
        counted = [part for part in self.parts if term_of(part) in EXACT_TERMS or part is optimizer_temporaries]
        return sum(float(self.values[part]) for part in counted)

    @property
    def least(self) -> float:
        """What is counted at the peak, or once the backward pass is over, where gradients are all there until the step has
        used them: no peak is below any moment of its step. What a step copies is certain only where that is the peak."""
        decides = self._summed(self.phase) if self.phase else []
        always = [part for part in self.parts if part not in decides]
        counted = [
            [
                part
                for part in (*always, *self._summed(phase))
                if term_of(part) in (*EXACT_TERMS, "gradients")
                or (part is optimizer_temporaries and phase is self.phase)
            ]
            for phase in AFTERWARDS
            if phase in self.values
        ]
        return max((self.exact, *(sum(float(self.values[part]) for part in parts) for parts in counted)))

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


def term_of(quantity: Quantity) -> str:
    """The term of the contract that a quantity is, or an empty string."""
    return TERM_OF.get(quantity, quantity.name if quantity.name in TERM_ORDER else "")


def derived(target: Quantity, facts: dict[str, Fact]) -> Derivation:
    """The same where the target can be worked out; BadInput when something is missing."""
    found = filled(target, facts)
    if found.value is None:
        missing = [quantity.name for quantity in found.unknown] + list(found.undecided)
        raise BadInput(f"this configuration cannot be worked out: nothing gives {', '.join(missing)}")
    return found
