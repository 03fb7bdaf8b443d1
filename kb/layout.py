"""A layout of cards: ranks that multiply out to them and divide the model; impossible ones are refused with what would do."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb.architecture import Architecture
from kb.cards import Card
from kb.hosting import MACHINE
from kb.programs import serves
from kb.stated import ASSUMED, stated


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
    n_gpus = _that_take_part(knobs, rig)
    if len(rig) > 1 and n_gpus != len(rig):
        raise BadInput(f"{len(rig)} cards are named, but n_gpus is {n_gpus}; leave n_gpus out, or name every card")
    split = _shares(knobs, n_gpus)
    if split:
        knobs.setdefault("layer_split", Fact(True, ASSUMED))
    _fill(knobs, model, n_gpus, of_unequal_size(rig))
    tp, pp, cp, ep, chunks = (_count(knobs, name) for name in ("tp", "pp", "cp", "ep", "virtual_stages"))
    layout = Layout(n_gpus, tp, pp, cp, ep, chunks, split or _by_memory(knobs, n_gpus, rig))
    _multiplies_out(knobs, layout)
    if model is not None:
        _divides(layout, model)
    _shards(knobs, layout)
    knobs["dp"] = Fact(layout.dp, ASSUMED)
    return layout


def _that_take_part(knobs: dict[str, Fact], rig: Sequence[Card]) -> int:
    """The cards, without those that the ranks of a server leave idle: tp 2 runs on two of three."""
    n_gpus, ranks = _count(knobs, "n_gpus"), 1
    for name in ("tp", "pp", "cp"):
        ranks *= _count(knobs, name)
    alike = len(rig) <= 1 and not stated(knobs, "dp")
    if alike and 1 < ranks < n_gpus and n_gpus % ranks and stated(knobs, "task") == "inference":
        knobs["n_gpus"] = Fact(ranks, knobs["n_gpus"].origin)
        return ranks
    return n_gpus


def _count(knobs: dict[str, Fact], name: str) -> int:
    return int(stated(knobs, name, 1))


def _shares(knobs: dict[str, Fact], n_gpus: int) -> tuple[float, ...]:
    """`tensor_split` as shares that add up to 1."""
    given = stated(knobs, "tensor_split")
    if not given:
        return ()
    try:
        parts = [float(part) for part in str(given).replace(":", ",").replace("/", ",").split(",")]
    except ValueError:
        raise BadInput(f"tensor_split is a list of shares such as 3,1, not {str(given)[:40]!r}") from None
    if len(parts) != n_gpus or min(parts) < 0 or not sum(parts):
        raise BadInput(f"tensor_split {given} has {len(parts)} shares for {n_gpus} cards; give one for each card")
    return tuple(part / sum(parts) for part in parts)


def _by_memory(knobs: dict[str, Fact], n_gpus: int, rig: Sequence[Card]) -> tuple[float, ...]:
    """Cards that differ and hold layers one after another get as many as their memory's share."""
    if not stated(knobs, "layer_split") or _count(knobs, "pp") != n_gpus or not of_unequal_size(rig):
        return ()
    whole = sum(card.capacity for card in rig)
    return tuple(card.capacity / whole for card in rig)


def of_unequal_size(rig: Sequence[Card]) -> bool:
    """Whether the cards are sold with different memory; what drivers report of equal ones differs by a little."""
    return len({card.marketed_gb for card in rig}) > 1


def _fill(knobs: dict[str, Fact], model: Architecture | None, n_gpus: int, unequal: bool) -> None:
    """What several cards usually do where nothing is said: at inference each works on every layer, or has its layers.

    A server divides every layer evenly, whatever its cards have; programs for one user lay layers out as memory allows.
    """
    alone = all(_count(knobs, name) == 1 for name in ("tp", "pp", "cp"))
    said = {"tp", "pp", "cp", "dp", "layer_split"} & set(knobs)
    said |= {"zero_stage"} if stated(knobs, "zero_stage") else set()  # which is data parallel, at inference too
    if n_gpus > 1 and stated(knobs, "task") == "inference":
        if alone and (
            stated(knobs, "engine") == "llama.cpp" or (unequal and not said and not serves(stated(knobs, "engine")))
        ):
            knobs.setdefault("layer_split", Fact(True, ASSUMED))
        elif not said:
            tp = _most_ranks(n_gpus, model)
            knobs["tp"] = Fact(tp, ASSUMED)
            if tp < n_gpus and _count(knobs, "ep") == 1:
                knobs["pp"] = Fact(n_gpus // tp, ASSUMED)
    if stated(knobs, "layer_split") and alone:
        knobs["pp"] = Fact(n_gpus, knobs["layer_split"].origin)


def _most_ranks(n_gpus: int, model: Architecture | None) -> int:
    """The most tensor-parallel ranks, among the divisors of the cards, over which the heads divide: of several machines those
    of one, as vLLM's documentation has it, so that sums over every layer stay off the network."""
    most = min(n_gpus, MACHINE)
    return next(ranks for ranks in range(most, 0, -1) if n_gpus % ranks == 0 and _heads_divide(model, ranks))


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
    dp = stated(knobs, "dp")
    if dp and int(dp) * ranks != n_gpus:
        raise BadInput(
            f"tp × pp × cp × dp = {int(dp) * ranks}, but there are {n_gpus} cards; dp {n_gpus // ranks} would do"
        )
    if (n_gpus // layout.pp) % layout.ep:
        near_by = _nearest(layout.ep, _divisors(n_gpus // layout.pp))
        raise BadInput(
            f"ep {layout.ep} does not divide the {n_gpus // layout.pp} cards of a stage; ep {near_by} would do"
        )
    if stated(knobs, "sequence_parallel") and layout.tp == 1:
        raise BadInput(
            "sequence_parallel divides what tensor parallelism leaves whole: give tp 2 or more, or cp instead"
        )
    if layout.virtual_stages > 1 and (layout.pp == 1 or stated(knobs, "layer_split")):
        raise BadInput("virtual_stages divide the stages of a pipeline: give pp 2 or more")
    micro = stated(knobs, "n_microbatches")
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
    size, group = stated(knobs, "shard_size"), layout.dp * layout.cp
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
