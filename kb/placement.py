"""How a layout places a model: which ranks divide what, which layers and ends each card holds. Impossible ones are refused.

A card's part is a smaller model: facts that stand for the whole model's, each with the formula's source or the stage that
it is from (formulas/placement.py has the rules).
"""

from collections.abc import Iterable, Sequence
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
from kb.layers import Layer, kinds_of

ASSUMED = "assumed"
# what tensor parallelism divides; an expert's width is divided by the ranks that share an expert
_COLUMNS = (
    "n_heads", "intermediate_size", "shared_width", "vocab_size", "ssm_inner_size", "ssm_n_heads", "ssm_dt_rank",
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


@dataclass(frozen=True)
class Layout:
    """Ranks that multiply out to the cards."""

    n_gpus: int
    tp: int
    pp: int
    cp: int
    ep: int
    virtual_stages: int
    split: tuple[float, ...]  # shares of the layers by card; empty where they are even

    @property
    def dp(self) -> int:
        return self.n_gpus // (self.tp * self.pp * self.cp)

    @property
    def ranks_of_an_expert(self) -> int:
        """Cards that divide one expert's width: the tensor-parallel ranks, unless experts are divided over these too."""
        return self.tp if (self.dp * self.cp) % self.ep == 0 else max(1, self.tp // self.ep)


def laid_out(knobs: dict[str, Fact], model: Architecture | None, rig: Sequence[Card]) -> Layout:
    """The layout that the knobs mean; what they leave open is added to them as assumed. BadInput names what would do."""
    n_gpus = _count(knobs, "n_gpus")
    if len(rig) > 1 and n_gpus != len(rig):
        raise BadInput(f"{len(rig)} cards are named, but n_gpus is {n_gpus}; leave n_gpus out, or name every card")
    split = _shares(knobs, n_gpus)
    if split:
        knobs.setdefault("layer_split", Fact(True, ASSUMED))
    _fill(knobs, model, n_gpus, len({card.capacity for card in rig}) > 1)
    tp, pp, cp, ep, chunks = (_count(knobs, name) for name in ("tp", "pp", "cp", "ep", "virtual_stages"))
    layout = Layout(n_gpus, tp, pp, cp, ep, chunks, split or _by_memory(knobs, n_gpus, rig))
    _multiplies_out(knobs, layout)
    if model is not None:
        _divides(layout, model)
    _shards(knobs, layout)
    knobs["dp"] = Fact(layout.dp, ASSUMED)
    return layout


def _count(knobs: dict[str, Fact], name: str) -> int:
    return int(knobs[name].value) if name in knobs and knobs[name].value is not None else 1


def _value(knobs: dict[str, Fact], name: str) -> Any:
    return knobs[name].value if name in knobs else None


def _shares(knobs: dict[str, Fact], n_gpus: int) -> tuple[float, ...]:
    """`tensor_split` as shares that add up to 1."""
    stated = _value(knobs, "tensor_split")
    if not stated:
        return ()
    try:
        parts = [float(part) for part in str(stated).replace(":", ",").replace("/", ",").split(",")]
    except ValueError:
        raise BadInput(f"tensor_split is a list of shares such as 3,1, not {str(stated)[:40]!r}") from None
    if len(parts) != n_gpus or min(parts) < 0 or not sum(parts):
        raise BadInput(f"tensor_split {stated} has {len(parts)} shares for {n_gpus} cards; give one for each card")
    return tuple(part / sum(parts) for part in parts)


def _by_memory(knobs: dict[str, Fact], n_gpus: int, rig: Sequence[Card]) -> tuple[float, ...]:
    """Cards that differ and hold layers one after another get as many as their memory's share."""
    if not _value(knobs, "layer_split") or _count(knobs, "pp") != n_gpus or len({c.capacity for c in rig}) < 2:
        return ()
    whole = sum(card.capacity for card in rig)
    return tuple(card.capacity / whole for card in rig)


def _fill(knobs: dict[str, Fact], model: Architecture | None, n_gpus: int, unequal: bool) -> None:
    """What several cards usually do where nothing is said: at inference each works on every layer, or has its layers."""
    alone = all(_count(knobs, name) == 1 for name in ("tp", "pp", "cp"))
    said = {"tp", "pp", "cp", "dp", "layer_split"} & set(knobs)
    if n_gpus > 1 and _value(knobs, "task") == "inference":
        if alone and (_value(knobs, "engine") == "llama.cpp" or (unequal and not said)):
            knobs.setdefault("layer_split", Fact(True, ASSUMED))
        elif not said:
            tp = _most_ranks(n_gpus, model)
            knobs["tp"] = Fact(tp, ASSUMED)
            if tp < n_gpus and _count(knobs, "ep") == 1:
                knobs["pp"] = Fact(n_gpus // tp, ASSUMED)
    if _value(knobs, "layer_split") and alone:
        knobs["pp"] = Fact(n_gpus, knobs["layer_split"].origin)


def _most_ranks(n_gpus: int, model: Architecture | None) -> int:
    """The most tensor-parallel ranks, among the divisors of the cards, over which the heads divide."""
    return next(ranks for ranks in range(n_gpus, 0, -1) if n_gpus % ranks == 0 and _heads_divide(model, ranks))


def _heads_divide(model: Architecture | None, ranks: int) -> bool:
    heads, kv = (model.facts.get(name) if model else None for name in ("n_heads", "n_kv_heads"))
    if heads is None or kv is None:
        return True
    return bool(heads.value % ranks == 0 and (kv.value % ranks == 0 or ranks % kv.value == 0))


def _multiplies_out(knobs: dict[str, Fact], layout: Layout) -> None:
    ranks, n_gpus = layout.tp * layout.pp * layout.cp, layout.n_gpus
    if n_gpus % ranks:
        near_by = max(ranks, (n_gpus // ranks) * ranks)
        raise BadInput(f"tp × pp × cp = {ranks} does not divide {n_gpus} cards; {near_by} cards would do")
    if layout.split and layout.pp != n_gpus:
        raise BadInput("tensor_split shares out the layers over all cards; leave tp, pp and cp out")
    stated = _value(knobs, "dp")
    if stated and int(stated) * ranks != n_gpus:
        raise BadInput(
            f"tp × pp × cp × dp = {int(stated) * ranks}, but there are {n_gpus} cards; dp {n_gpus // ranks} would do"
        )
    if (n_gpus // layout.pp) % layout.ep:
        near_by = _nearest(layout.ep, _divisors(n_gpus // layout.pp))
        raise BadInput(
            f"ep {layout.ep} does not divide the {n_gpus // layout.pp} cards of a stage; ep {near_by} would do"
        )
    if _value(knobs, "sequence_parallel") and layout.tp == 1:
        raise BadInput(
            "sequence_parallel divides what tensor parallelism leaves whole: give tp 2 or more, or cp instead"
        )
    if layout.virtual_stages > 1 and (layout.pp == 1 or _value(knobs, "layer_split")):
        raise BadInput("virtual_stages divide the stages of a pipeline: give pp 2 or more")
    micro = _value(knobs, "n_microbatches")
    if layout.virtual_stages > 1 and micro and int(micro) % layout.pp:
        near_by = max(1, round(int(micro) / layout.pp)) * layout.pp
        raise BadInput(f"interleaved, the micro-batches are a multiple of pp {layout.pp}: {near_by}, not {micro}")


def _divides(layout: Layout, model: Architecture) -> None:
    heads, layers = model.facts.get("n_heads"), len(model.layers)
    if heads is not None and not _heads_divide(model, layout.tp):
        near_by = _nearest(layout.tp, [d for d in _divisors(int(heads.value)) if _heads_divide(model, d)])
        kv = model.facts["n_kv_heads"].value
        raise BadInput(
            f"{heads.value} heads ({kv} of keys and values) do not divide over tp {layout.tp}; tp {near_by} would do"
        )
    chunks = layout.pp * layout.virtual_stages
    if chunks > layers:
        what = f"pp {layout.pp}" + (f" × {layout.virtual_stages} virtual stages" if layout.virtual_stages > 1 else "")
        near_by = max(d for d in _divisors(layout.n_gpus) if d <= layers)
        raise BadInput(f"{what} is more than the model's {layers} layers; pp {near_by} would do")
    if layout.ep > 1 and not model.experts:
        raise BadInput(f"ep {layout.ep} divides experts, and this model has none; leave ep out")
    if layout.ep > 1 and int(model.facts["n_experts"].value) % layout.ep:
        experts = int(model.facts["n_experts"].value)
        near_by = _nearest(layout.ep, _divisors(experts))
        raise BadInput(f"{experts} experts do not divide over ep {layout.ep}; ep {near_by} would do")


def _shards(knobs: dict[str, Fact], layout: Layout) -> None:
    size, group = _value(knobs, "shard_size"), layout.dp * layout.cp
    if not size:
        return
    if _count(knobs, "zero_stage") != 3 or "zero_stage" not in knobs:
        raise BadInput(
            "shard_size is the group of cards that full sharding divides over: give zero_stage 3 (--fsdp) too"
        )
    if group % int(size):
        raise BadInput(
            f"shard_size {size} does not divide {group} data-parallel cards; {_nearest(size, _divisors(group))} would do"
        )


def _divisors(number: int) -> list[int]:
    return [d for d in range(1, number + 1) if number % d == 0]


def _nearest(wanted: int, possible: Iterable[int]) -> int:
    return min(possible, key=lambda one: (abs(one - int(wanted)), one))


# ── facts ──────────────────────────────────────────────────────────────────────────────────────────────────────────


def layout_facts(knobs: dict[str, Fact], layout: Layout) -> dict[str, Fact]:
    """The ranks and what they divide, in the formulas' words; the same for every card."""

    def origin(name: str) -> Any:
        return knobs[name].origin if name in knobs else ASSUMED

    trains = _value(knobs, "task") == "train"
    pipeline = trains and layout.pp > 1 and not _value(knobs, "layer_split")
    schedule = _value(knobs, "schedule") or ("interleaved" if layout.virtual_stages > 1 else "1f1b")
    exchange = "all-to-all" if _value(knobs, "engine") in _ALL_TO_ALL else "ring"
    # a pipeline needs twice as many micro-batches as stages to be as full as interleaving ever makes it
    micro = _value(knobs, "n_microbatches") or _value(knobs, "grad_accum") or 2 * layout.pp
    found: dict[str, tuple[Any, str]] = {
        "schedule": (schedule if pipeline else "none", "schedule"),
        "sequence_parallel": ("yes" if _value(knobs, "sequence_parallel") else "no", "sequence_parallel"),
        "context_exchange": (exchange if layout.cp > 1 else "none", "cp"),
        "experts_split": ("yes" if layout.ep > 1 else "no", "ep"),
        "virtual_stages": (layout.virtual_stages, "virtual_stages"),
        "n_microbatches": (int(micro), "n_microbatches"),
        "shard_group": (int(_value(knobs, "shard_size") or layout.dp * layout.cp), "shard_size"),
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
    stages = _stages(list(model.layers[kept.start : kept.stop]), layout, _value(knobs, "task") == "train")
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
    if layout.split:
        return _split_by_shares(layers, layout.split)
    few, more = divmod(count, chunks)
    # a layer more where they do not divide: the first stages in training; at inference not the last, which has the head
    start = 0 if training else max(0, chunks - 1 - more)
    sizes = [few + (start <= index < start + more) for index in range(chunks)]
    ends = [sum(sizes[: index + 1]) for index in range(chunks)]
    cut = [layers[end - size : end] for size, end in zip(sizes, ends, strict=True)]
    return [[layer for chunk in cut[index :: layout.pp] for layer in chunk] for index in range(layout.pp)]


def _split_by_shares(layers: list[Layer], shares: tuple[float, ...]) -> list[list[Layer]]:
    """Shares of layers and head, one after another (llama.cpp: --tensor-split); the head counts as a layer."""
    found: list[list[Layer]] = [[] for _ in shares]
    for index, layer in enumerate(layers):
        reached, card = shares[0], 0
        while reached <= index / (len(layers) + 1) and card < len(shares) - 1:
            card += 1
            reached += shares[card]
        found[card].append(layer)
    if not all(found):
        card = next(index for index, some in enumerate(found) if not some)
        raise BadInput(f"card {card + 1} of {len(shares)} would get none of the {len(layers)} layers; leave it out")
    return found


def _kinds_on(layers: list[Layer], model: Architecture) -> dict[str, int]:
    """How many layers of each kind of the model are here."""
    counts = {name: layers.count(layer) for name, (layer, _) in kinds_of(list(model.layers)).items()}
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
