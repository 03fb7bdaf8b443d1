"""What a layout puts on each card: which ranks divide what, which layers and ends a card holds.

A card's part is a smaller model: facts that stand for the whole model's, each with the formula's source or the stage that
it is from (formulas/placement.py has the rules).
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from formulas.layouts import whole_kv_heads, whole_width
from formulas.numeric import value_of
from formulas.placement import a_rank_has_its_columns, a_rank_has_its_heads_of_keys
from formulas.vocabulary import tp as tp_ranks
from kb.architecture import Architecture
from kb.cards import Card
from kb.hosting import kept_layers, stage_hosting
from kb.layers import Layer
from kb.layout import Layout
from kb.stated import ASSUMED, stated

# what tensor parallelism divides; an expert's width is divided by the ranks that share an expert
_COLUMNS = (
    "n_heads", "intermediate_size", "shared_width", "vocab_size", "ssm_inner_size", "ssm_n_heads",
    "delta_key_width", "delta_value_width", "delta_value_heads",
)  # fmt: skip
_ALL_TO_ALL = ("ms-swift", "deepspeed")


@dataclass(frozen=True)
class Place:
    """One card, or `count` cards that hold the same: what sets it apart from the whole model, as facts.

    stages      the stages that hold this, from 0, of `of`; `layers` are on each
    card        the card, where cards differ or one is named
    """

    stages: tuple[int, ...] = (0,)
    of: int = 1
    count: int = 1
    layers: int = 0
    card: Card | None = None
    facts: dict[str, Fact] = field(default_factory=dict)


def layout_facts(knobs: dict[str, Fact], layout: Layout) -> dict[str, Fact]:
    """The ranks and what they divide, in the formulas' words; the same for every card."""

    def origin(name: str) -> Any:
        return knobs[name].origin if name in knobs else ASSUMED

    trains = stated(knobs, "task") == "train"
    pipeline = trains and layout.pp > 1 and not stated(knobs, "layer_split")
    schedule = stated(knobs, "schedule") or ("interleaved" if layout.virtual_stages > 1 else "1f1b")
    exchange = "all-to-all" if stated(knobs, "engine") in _ALL_TO_ALL else "ring"
    # a pipeline needs twice as many micro-batches as stages to be as full as interleaving ever makes it
    micro = stated(knobs, "n_microbatches") or stated(knobs, "grad_accum") or 2 * layout.pp
    found: dict[str, tuple[Any, str]] = {
        "schedule": (schedule if pipeline else "none", "schedule"),
        "sequence_parallel": ("yes" if stated(knobs, "sequence_parallel") else "no", "sequence_parallel"),
        "context_exchange": (exchange if layout.cp > 1 else "none", "cp"),
        "experts_split": ("yes" if layout.ep > 1 else "no", "ep"),
        "virtual_stages": (layout.virtual_stages, "virtual_stages"),
        "n_microbatches": (int(micro), "n_microbatches"),
        "shard_group": (int(stated(knobs, "shard_size") or layout.dp * layout.cp), "shard_size"),
        **{name: (getattr(layout, name), name) for name in ("tp", "pp", "cp", "ep", "dp")},
    }
    return {name: Fact(value, origin(knob)) for name, (value, knob) in found.items()}


def placed(
    layout: Layout, model: Architecture | None, knobs: dict[str, Fact], rig: Sequence[Card]
) -> tuple[Place, ...]:
    """The cards, those that hold the same as one, in the order of their stages."""
    smallest = min(rig, key=_capacity) if rig else None
    if model is None:
        return (Place(count=layout.n_gpus, card=smallest),)
    width = _rank_facts(layout, model)
    kept = kept_layers(knobs, model)
    stages = _stages(list(model.layers[kept.start : kept.stop]), layout, stated(knobs, "task") == "train")
    if not all(stages) and layout.pp > 1:
        raise BadInput(
            f"gpu_layers leaves {len(kept)} layers for {layout.pp} cards; give each a layer, or take fewer cards"
        )
    pipeline = layout_facts(knobs, layout)["schedule"].value != "none"
    places: dict[Any, Place] = {}
    start = kept.start
    for index, layers in enumerate(stages):
        each = layout.n_gpus // layout.pp
        own = min(rig[index * each : (index + 1) * each], key=_capacity) if len(rig) == layout.n_gpus else smallest
        first, last = index == 0, index == layout.pp - 1
        here, start = range(start, start + len(layers)), start + len(layers)
        hosted = stage_hosting(knobs, model, here, (first, last)) if layout.pp > 1 else {}
        facts = width if layout.pp == 1 else width | _stage_facts(index, layers, layout, model, knobs, hosted)
        same = (
            tuple(sorted(_kinds_on(layers, model).items())),
            first,
            last,
            index if pipeline else 0,
            own,
            *hosted.values(),
        )
        cards = layout.n_gpus // layout.pp
        before = places.get(same, Place(stages=(), count=0))
        places[same] = Place((*before.stages, index), layout.pp, before.count + cards, len(layers), own, facts)
    return tuple(places.values())


def _capacity(card: Card) -> int:
    return card.capacity


def _rank_facts(layout: Layout, model: Architecture) -> dict[str, Fact]:
    """A tensor-parallel rank's heads and columns, by the formulas' own rules."""
    facts: dict[str, Fact] = {}
    for names, ranks in ((_COLUMNS, layout.tp), (("moe_intermediate_size",), layout.ranks_of_an_expert)):
        for name in names:
            if ranks > 1 and name in model.facts and model.facts[name].value:
                value = value_of(a_rank_has_its_columns.expr, {whole_width: model.facts[name].value, tp_ranks: ranks})
                facts[name] = Fact(int(value), a_rank_has_its_columns.source)
    if layout.tp > 1 and "n_kv_heads" in model.facts:
        given = {whole_kv_heads: model.facts["n_kv_heads"].value, tp_ranks: layout.tp}
        source = a_rank_has_its_heads_of_keys.source
        facts["n_kv_heads"] = Fact(int(value_of(a_rank_has_its_heads_of_keys.expr, given)), source)
    return facts


def _stages(layers: list[Layer], layout: Layout, training: bool) -> list[list[Layer]]:
    """The layers of each stage, in order."""
    count, chunks = len(layers), layout.pp * layout.virtual_stages
    if chunks == 1:
        return [layers]
    if layout.split:
        return _split_by_shares(layers, layout.split)
    few, more = divmod(count, chunks)
    # a layer more where they do not divide: the first stages in training; at inference not the last, which has the head
    start = 0 if training else max(0, chunks - 1 - more)
    sizes = [few + (start <= index < start + more) for index in range(chunks)]
    ends = [sum(sizes[: index + 1]) for index in range(chunks)]
    cut = [layers[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    return [[layer for chunk in cut[index :: layout.pp] for layer in chunk] for index in range(layout.pp)]


_ROUNDED = 1e-9  # shares of whole layers, summed up


def _split_by_shares(layers: list[Layer], shares: tuple[float, ...]) -> list[list[Layer]]:
    """Shares of layers and head, one after another (llama.cpp: --tensor-split); the head counts as a layer."""
    found: list[list[Layer]] = [[] for _ in shares]
    for index, layer in enumerate(layers):
        reached, card = shares[0], 0
        while reached <= index / (len(layers) + 1) + _ROUNDED and card < len(shares) - 1:
            card += 1
            reached += shares[card]
        found[card].append(layer)
    if not all(found):
        card = next(index for index, some in enumerate(found) if not some)
        raise BadInput(f"card {card + 1} of {len(shares)} would get none of the {len(layers)} layers; leave it out")
    return found


def _kinds_on(layers: list[Layer], model: Architecture) -> dict[str, int]:
    """How many layers of each kind of the model are here."""
    if len(layers) == len(model.layers):
        return {name: count for name, (_, count) in model.kinds.items()}
    counts = {name: layers.count(layer) for name, (layer, _) in model.kinds.items()}
    return {name: count for name, count in counts.items() if count}


def _stage_facts(
    index: int,
    layers: list[Layer],
    layout: Layout,
    model: Architecture,
    knobs: dict[str, Fact],
    hosted: dict[str, int],
) -> dict[str, Fact]:
    origin = f"stage {index + 1} of {layout.pp}"
    facts: dict[str, Any] = {
        "n_layers": len(layers),
        "embeddings_here": int(index == 0),
        "heads_here": int(index == layout.pp - 1),
        "stage": index,
    }
    if "layer_kind" in model.facts:
        kinds = _kinds_on(layers, model)
        facts["layer_kind"] = tuple(kinds)
        facts |= {f"n_layers_of[{name}]": count for name, count in kinds.items()}
    if "n_trainable_layers" in knobs:
        facts["n_trainable_layers"] = min(int(knobs["n_trainable_layers"].value), len(layers))
    return {name: Fact(value, origin) for name, value in (facts | hosted).items()}
