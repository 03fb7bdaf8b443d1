"""Why just so much fits: what stands on a card whatever is asked for, what that leaves, and what one unit more of it takes."""

from typing import Any

from kb.cards import GIB
from kb.cases import Case
from kb.layout import of_unequal_size
from kb.lengths import by_yarn
from kb.outcome import Outcome, outcome
from kb.pools import sequences_held
from kb.stated import ASSUMED

# what goes with the tokens of a prompt that is served, and of a step of training
_GROWS = {"inference": ("kv_cache", "state"), "train": ("logits", "activations", "slack")}
# how far two slopes may differ and still be one product: people multiply what one takes by other numbers
STRAIGHT = 0.02
# tokens for which a step of training is told
_STEP = 1024
# of a sum, the parts that are named, and GiB below which a rest is none
_SHOWN, _WORTH = 0.1, 0.005


def room_of(at: Outcome, quantity: str, value: int) -> dict[str, Any] | None:
    """Of a card: GiB that are fixed, GiB that they leave, and GiB a unit where each unit takes the same.

    A unit is a sequence, a token of a cache, or 1,024 tokens of training. None where nothing grows with it.
    """
    task = str(at.situation.knob("task"))
    names = _GROWS[task]
    grown = {name: at.terms[name] / GIB for name in names if at.terms.get(name)}
    if at.capacity is None or value < 1 or not grown:
        return None
    fixed = {name: size / GIB for name, size in at.terms.items() if name not in names and size}
    left = at.capacity / GIB - sum(fixed.values())
    unit = _STEP if task == "train" and quantity != "batch_size" else 1
    found: dict[str, Any] = {
        "task": task,
        "unit": unit,
        "fixed": _parts(fixed),
        "left": {"name": names[0] if task == "inference" else "step", "gib": left},
    }
    if of_unequal_size(at.case.rig) and at.fullest.place.card is not None:
        found["card"] = at.fullest.place.card.name  # the one that fills first
    share = at.situation.knob("gpu_memory_utilization")
    rule = at.situation.facts.get(
        "pool_rule"
    )  # elsewhere the share is one of what is free, or of what the weights leave
    if share and float(share) < 1 and (rule is None or rule.value == "share-of-card"):
        found |= {"card_gib": at.capacity / GIB / float(share), "share": float(share)}
    if _straight(at, quantity, value, names):
        each = {name: size / value * unit for name, size in grown.items()}
        found |= {"each": _parts(each), "each_gib": sum(each.values())}
    return found


def positions_of(at: Outcome, own: int = 0) -> dict[str, Any]:
    """The positions that the model declares, whether one is `named` whose own length the table might tell, and how far `yarn` takes it.

    `own`: what it is said to declare, in place of what its row tells.
    """
    model = at.situation.knobs.get("model")
    named = model is not None and model.origin != ASSUMED
    apart = own and own != at.declared
    yarn = by_yarn(model.value) if model and (named or at.declared) and not apart else None
    return {
        "positions": own or at.declared,
        "named": named,
        "yarn": yarn,
        "whole": _whole(at, own or at.declared),
        "said": bool(own),
    }


def scaled_positions(at: Outcome) -> int | None:
    """How far a model that was named reaches by YaRN; None where it does not reach further."""
    model = at.situation.knobs.get("model")
    yarn = by_yarn(model.value) if model and model.origin != ASSUMED else None
    return int(yarn["scaled"]) if yarn else None


def unfitting(least: Outcome, quantity: str) -> dict[str, Any]:
    """Of a case that does not fit with the least either: what the model declares, and what of a length all of that would take."""
    whole = positions_of(least)["whole"] if quantity == "seq_len" else None
    return {"positions": least.declared, "leaning": least.leaning, "whole": whole}


def _whole(at: Outcome, declared: int) -> dict[str, Any] | None:
    """What a model that runs takes at all that it declares, its cache, and the window that some or all layers keep."""
    length = int(at.situation.knob("seq_len") or 0)
    if not declared or at.situation.knob("task") != "inference":
        return None
    there = at if length == declared else outcome(at.case.with_facts(seq_len=declared))
    kept = {int(value) for one, value in there.values.items() if one.name.partition("[")[0] == "tokens_kept"}
    cache = there.terms.get("kv_cache", 0.0) + there.terms.get("state", 0.0)
    return {
        "at_once": sequences_held(there.situation.facts | there.fullest.place.facts),
        "gib": there.best / GIB, "kv_cache_gib": cache / GIB,
        "window_tokens": min(kept) if kept and min(kept) < declared else None, "all_windowed": len(kept) == 1,
        "unwindowed_gib": _unwindowed(there, declared, cache) / GIB,
    }  # fmt: skip


def _unwindowed(there: Outcome, declared: int, cache: float) -> float:
    """What the cache would be in a program that keeps every token in every layer."""
    values = {quantity.name: float(value) for quantity, value in there.values.items()}
    whole = kept = 0.0
    for name, size in values.items():
        if name.partition("[")[0] != "layer_kv" or not size:
            continue
        at = name.removeprefix("layer_kv")
        layers = values.get("n_layers_of" + at) or float(there.situation.facts["n_layers_of" + at].value)
        kept += layers * size
        whole += layers * size * declared / (values.get("tokens_kept" + at) or declared)
    return cache * whole / kept if kept else cache


def _parts(sizes: dict[str, float]) -> list[dict[str, Any]]:
    """The large ones by name, the others together."""
    whole = sum(sizes.values())
    large = [one for one in sorted(sizes.items(), key=lambda one: -one[1]) if one[1] >= _SHOWN * whole]
    told = [{"name": name, "gib": size} for name, size in large]
    rest = whole - sum(size for _, size in large)
    return [*told, {"name": "rest", "gib": rest}] if rest >= _WORTH else told


def _straight(at: Outcome, quantity: str, value: int, names: tuple[str, ...]) -> bool:
    """Whether half as many take half as much: a window of attention, say, makes the first tokens dearer."""
    if value < 2:
        return True
    half = value // 2
    there = outcome(at.case.with_facts(**{quantity: half}))
    slopes = [sum(one.terms.get(name, 0.0) for name in names) / count for one, count in ((at, value), (there, half))]
    return abs(slopes[1] - slopes[0]) <= STRAIGHT * slopes[0]


def of_a_layer(at: Outcome) -> dict[str, float] | None:
    """What one more layer takes of the card, or of the cards together, that hold some: its weights, and its part of the cache."""
    layers = int(at.situation.knob("gpu_layers") or 0)
    if layers < 2:
        return None
    fewer = outcome(at.case.with_facts(gpu_layers=layers - 1))
    each = {
        name: sum(
            sign * card.terms.get(name, 0.0) * card.place.count / GIB
            for sign, there in ((1, at), (-1, fewer))
            for card in there.cards
        )
        for name in ("weights", "kv_cache")
    }
    return {**{f"{name}_gib": size for name, size in each.items()}, "gib": sum(each.values())}


def in_layers(case: Case, at: Outcome, most: int, tried: Any, surely: Any) -> dict[str, Any]:
    """How many layers there are, what one of them takes, and what the number takes that was tried."""
    told: dict[str, Any] = {"surely": surely, "of_layers": most, "each_layer": of_a_layer(at)}
    if isinstance(tried, int) and tried > 0:
        there = outcome(case.with_facts(gpu_layers=min(tried, most)))
        told["tried"] = {"value": tried, "gib": there.best / GIB, "verdict": there.verdict}
    return told
