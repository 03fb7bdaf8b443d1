"""One question, several readings: each becomes a case that says only what sets it apart.

A question that names two sizes has two readings; so has "A100" (40 and 80 GB), QLoRA without its bits (4 and 8), and
several cards without a layout (a copy on each, or sharded over all).
"""

from dataclasses import dataclass, field, replace
from itertools import product
from typing import Any

from formulas.errors import BadInput
from kb.cards import Card, plain_card, rig_name, rigs_meant
from kb.knobs import PLAIN_TYPES, knob
from kb.programs import method_by_default, trains
from kb.recipe import ADAPTERS
from kb.train_yaml import unfolded

MOST_CASES = 32
# facts that say how the cards share the work
LAYOUTS = ("zero_stage", "tp", "pp", "cp", "ep", "layer_split", "tensor_split", "shard_size")
INFERENCE = "inference"
_ONE_OF = ("zero_stage", "layer_split")
# formats whose numbers can take a gradient's step
_TRAINABLE = (*PLAIN_TYPES, "fp8")
_NO_ADAPTERS = ("inference", "full", "freeze", "galore", "badam", "lisa", "apollo", "lomo")


@dataclass(frozen=True)
class Case:
    """One reading: every fact has one value, `differs` names those that set it apart, `card` is None if none is named.

    assumed     facts that the question did not give and that this reading supplies
    together    the cards one by one, where they are not all alike; `card` is the smallest of them
    """

    facts: dict[str, Any]
    card: Card | None
    differs: tuple[str, ...]
    assumed: frozenset[str] = frozenset()
    default: bool = False
    together: tuple[Card, ...] = ()

    @property
    def rig(self) -> tuple[Card, ...]:
        """The cards that are named: none, one kind, or each of them."""
        return self.together or ((self.card,) if self.card else ())

    def with_facts(self, **facts: Any) -> "Case":
        """The case with some facts otherwise; None takes one away."""
        kept = {name: one for name, one in {**self.facts, **facts}.items() if one is not None}
        return replace(self, facts=kept)


@dataclass
class _Axis:
    """One way in which a question is open: its alternatives as facts to add, the usual one first."""

    names: tuple[str, ...]
    alternatives: list[dict[str, Any]]
    asked: bool
    rigs: list[tuple[Card, ...]] = field(default_factory=list)


def spread(given: dict[str, Any]) -> list[Case]:
    """The cases of a question; `given` holds parsed facts, a list where several values were named.

    The first case is the usual reading, and the default. Readings that nobody named are dropped, last first, when
    there would be more than `MOST_CASES`; BadInput when even the named ones are more.
    """
    axes = [_Axis((name,), [{name: one} for one in value], True) for name, value in given.items() if _several(value)]
    axes = [axis for axis in axes if axis.names != ("gpu",)]
    if _layers_or_states(given):
        axes = [axis for axis in axes if axis.names != ("zero_stage",)] + [_layers_or_states_axis(given)]
    if _several(given.get("gpu_memory_gb")):  # each size is a card of its own, as those that are named are
        axes = [axis for axis in axes if axis.names != ("gpu_memory_gb",)]
    rigs = _rigs(given)
    if rigs:
        axes.append(_Axis(("gpu",), [{} for _ in rigs], _several(given.get("gpu")), rigs))
    fixed = {name: value for name, value in given.items() if not _several(value)}
    if _layers_or_states(given):
        fixed = {name: value for name, value in fixed.items() if name not in _ONE_OF}
    axes += _open_readings(fixed, given, any(len(rig) > 1 for rig in rigs))
    if _count(axes) > MOST_CASES:  # between a copy and full sharding lies ZeRO-2; it goes first
        for axis in axes:
            axis.alternatives = [one for one in axis.alternatives if axis.asked or one != {"zero_stage": 2}]
    dropped: dict[str, Any] = {}
    while _count(axes) > MOST_CASES:
        left_out = next((axis for axis in reversed(axes) if not axis.asked), None)
        if left_out is None:
            raise BadInput(f"that asks for {_count(axes)} cases at once; ask for at most {MOST_CASES}")
        axes.remove(left_out)
        if left_out.names == ("zero_stage",):  # of several cards the layout that can hold most is the one to tell of
            dropped = {"zero_stage": 3}
        else:
            fixed |= left_out.alternatives[0]
    return _product(fixed, axes, rigs, given, dropped)


def _layers_or_states(given: dict[str, Any]) -> bool:
    """Whether both are named of one training: layers split over the cards, and states divided or copied by ZeRO.

    No program does both at once (transformers refuses `device_map="auto"` under ZeRO-3 and under data parallel).
    """
    named = given.get("layer_split") is True and given.get("zero_stage") is not None
    return named and method_of(given) != INFERENCE


def _layers_or_states_axis(given: dict[str, Any]) -> _Axis:
    stages = given["zero_stage"]
    stages = list(stages) if isinstance(stages, (list, tuple)) else [stages]
    return _Axis(("zero_stage",), [{"zero_stage": stage} for stage in stages] + [{"layer_split": True}], True)


def _several(value: Any) -> bool:
    return isinstance(value, (list, tuple)) and len(value) > 1


def _count(axes: list[_Axis]) -> int:
    count = 1
    for axis in axes:
        count *= len(axis.alternatives)
    return count


def _rigs(given: dict[str, Any]) -> list[tuple[Card, ...]]:
    named = given.get("gpu")
    memory = given.get("gpu_memory_gb")
    sizes = list(memory) if isinstance(memory, (list, tuple)) else [memory]
    if not named:
        return [(plain_card(size),) for size in sizes if size]
    found: dict[str, tuple[Card, ...]] = {}
    for text in named if isinstance(named, (list, tuple)) else [named]:
        for size in sizes:
            for rig in rigs_meant(text, size):
                found[rig_name(rig)] = rig
    return list(found.values())


def _open_readings(facts: dict[str, Any], given: dict[str, Any], together: bool = False) -> list[_Axis]:
    axes = []
    several_cards = (facts.get("n_gpus") or 1) > 1 or _several(given.get("n_gpus")) or together
    method = method_of(facts)
    # sequences that are shared out leave open whether the states are
    laid_out = any(name in given for name in LAYOUTS if name != "cp")
    if several_cards and method != INFERENCE and not laid_out and not stays_whole(facts):
        # where all weights train, gradients and states alone may be divided; adapters have hardly any
        named = given.get("method") or method
        methods = set(named) if isinstance(named, (list, tuple)) else {named}
        stages = (0, 2, 3) if methods - {INFERENCE, *ADAPTERS} else (0, 3)
        axes.append(_Axis(("zero_stage",), [{"zero_stage": stage} for stage in stages], False))
    if method == "qlora" and not {"bits", "weight_format"} & set(given):
        axes.append(_Axis(("bits",), [{"bits": 4}, {"bits": 8}], False))
    return axes


def method_of(facts: dict[str, Any]) -> str:
    """The method that facts mean: the one named; else full training if training was said, else inference."""
    named = facts.get("method")
    if named:
        return str(named[0] if isinstance(named, (list, tuple)) else named)
    engine = facts.get("engine")
    if facts.get("task") == "train" or facts.get("algo") or (trains(engine) and facts.get("task") != INFERENCE):
        return method_by_default(engine) or ("qlora" if _quantised(facts) else "full")
    return INFERENCE


def stays_whole(facts: dict[str, Any]) -> bool:
    """Whether full sharding leaves the base whole: bitsandbytes' 8 bits are whole numbers, which FSDP does not divide."""
    stored = facts.get("weight_format") or (facts.get("bits") == 8 and "int8")
    return facts.get("method") in ADAPTERS and stored == "int8"


def _quantised(facts: dict[str, Any]) -> bool:
    """Whether the weights are of integers or codes, which have no gradients: what trains beside them are adapters."""
    bits, stored = facts.get("bits"), facts.get("weight_format")
    widths = bits if isinstance(bits, (list, tuple)) else [bits or 16]
    formats = stored if isinstance(stored, (list, tuple)) else [stored or "bf16"]
    return all(int(width) <= 8 for width in widths) or all(str(one) not in _TRAINABLE for one in formats)


def _product(
    fixed: dict[str, Any],
    axes: list[_Axis],
    rigs: list[tuple[Card, ...]],
    given: dict[str, Any],
    layout: dict[str, Any],
) -> list[Case]:
    """`layout`: what cases of several cards share out, where it is told of no other way."""
    lone = rigs[0] if len(rigs) == 1 else ()
    open_axes = [axis for axis in axes if len(axis.alternatives) > 1]
    for axis in axes:
        if len(axis.alternatives) == 1:
            fixed = fixed | axis.alternatives[0]
    cases: list[Case] = []
    for chosen in product(*(range(len(axis.alternatives)) for axis in open_axes)):
        facts, rig, assumed = dict(fixed), lone, set[str]()
        for axis, index in zip(open_axes, chosen, strict=True):
            facts |= axis.alternatives[index]
            rig = axis.rigs[index] if axis.rigs else rig
            assumed |= set() if axis.asked else set(axis.names)
        if _without_adapters(facts, given) or ("zero_stage" in assumed and _divides_nothing(facts)):
            continue
        facts = own_base(facts) if _several(given.get("method")) else facts
        _refuse_whole_base(facts)
        if rig:
            facts["gpu"] = rig_name(rig)
        if len(rig) > 1:
            facts.setdefault("n_gpus", len(rig))
        if layout and (facts.get("n_gpus") or 1) > 1:
            facts |= layout
            assumed |= set(layout)
        differs = tuple(name for axis in open_axes for name in axis.names)
        card = min(rig, key=lambda one: one.capacity) if rig else None
        together = rig if len(rig) > 1 else ()
        cases.append(Case(facts, card, differs, frozenset(assumed), not cases, together))
    return cases


def own_base(facts: dict[str, Any]) -> dict[str, Any]:
    """Of one of several methods that are asked about: 16 bits told of all are the weights of the others, QLoRA's base has 4."""
    if not _has_whole_base(facts) or "bits" in facts:
        return facts
    return {name: one for name, one in facts.items() if name != "weight_format"} | {"bits": 4}


def _has_whole_base(facts: dict[str, Any]) -> bool:
    return facts.get("method") == "qlora" and facts.get("weight_format") in PLAIN_TYPES


def _refuse_whole_base(facts: dict[str, Any]) -> None:
    """BadInput for QLoRA of weights that are not quantised: no other base is taken for the one that was asked for."""
    if _has_whole_base(facts):
        raise BadInput(
            f"qlora trains beside a quantised base, and weights {facts['weight_format']} are not quantised: "
            "leave the weights out (4 bits, or say bits 8), or ask for method lora"
        )


def _divides_nothing(facts: dict[str, Any]) -> bool:
    """Whether a layout that nobody named divides hardly anything of what the method has."""
    stage, adapters = facts.get("zero_stage"), facts.get("method") in ADAPTERS
    return bool((stage == 2 and adapters) or (stage == 3 and stays_whole(facts)))


def _without_adapters(facts: dict[str, Any], given: dict[str, Any]) -> bool:
    """Whether a reading differs from the one before it in where adapters sit, and has none."""
    several: Any = given.get("lora_targets")
    return _several(several) and facts.get("method") in _NO_ADAPTERS and facts["lora_targets"] != several[0]


def parse_given(given: dict[str, Any]) -> dict[str, Any]:
    """Facts by name or alias → parsed facts; a list is several values of one fact. BadInput names what is wrong."""
    facts: dict[str, Any] = {}
    for called, value in unfolded(given).items():
        if value is None:
            continue
        which = knob(called)
        if which.name in facts:
            raise BadInput(f"{which.name} is given twice")
        if isinstance(value, (list, tuple)):
            parsed = list(dict.fromkeys(which.parse(one) for one in value))
            if not parsed:
                continue
            facts[which.name] = parsed if len(parsed) > 1 else parsed[0]
        else:
            facts[which.name] = which.parse(value)
    return facts
