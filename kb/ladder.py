"""The other usual ways of the same case: weights in more or fewer bits, or other methods of training, all else equal.

A verdict on one format or method leaves open what the next would have given. Each rung is worked out whether it fits or
not; `kb.changes` has only what makes a case fit, with its price.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from kb.attention import lacks_bf16
from kb.cards import GIB
from kb.held import holds
from kb.interval import FITS
from kb.knobs import PLAIN_TYPES
from kb.outcome import Outcome, outcome
from kb.published import published
from kb.recipe import ADAPTERS, CHECKPOINT_BITS, FILE_BITS, format_for
from kb.stored import AS_PUBLISHED, FILES
from kb.trained_offers import STORED, on_card
from kb.tried import admitted

_WHOLE_FILE = "gguf:F16"
# what takes as much as the case itself is no other rung
_ALIKE = 0.03
# so many times the need of one card that cards have together are no set of them: three quarters hold what does not divide
_TOO_MUCH = 4
# methods of training as people run them, from the dearest to the cheapest
_METHODS: tuple[dict[str, Any], ...] = (
    {"method": "full"},
    {"method": "full", "precision": "pure-bf16", "optimizer": "adamw-8bit"},
    {"method": "lora"},
    {"method": "qlora", "bits": 8},
    {"method": "qlora", "bits": 4},
)
# readings that say where the model stands, not how it is stored or trained
_WHERE = {"zero_stage", "gpu", "gpu_memory_gb"}


def ladder(outcomes: tuple[Outcome, ...]) -> list[dict[str, Any]]:
    """What each other format or method takes, the dearest first; empty where several of them, or several models, were
    asked for. Of readings that nobody asked for it is the one that takes least; of several cards that were meant each
    has its verdict.
    """
    if any(set(one.case.differs) - _WHERE - one.case.assumed for one in outcomes):
        return []
    least = min(one.best for one in outcomes)
    same = [one for one in outcomes if one.best <= (1 + _ALIKE) * least]
    found: list[dict[str, Any]] = []
    for facts in _rungs(same[0]):
        there = [tried for one in same if (tried := admitted(one.case, facts)) is not None]
        if there and all(abs(there[0].best - one.best) > _ALIKE * one.best for one in outcomes):
            found.append(_json(_told_apart(facts, same[0], there[0]), there))
    return found


# of the least need the part that makes a cache worth storing in 8 bits
_WEIGHS, _EIGHT = 0.25, 8


def narrow_cache(outcomes: tuple[Outcome, ...]) -> dict[str, Any] | None:
    """Of what is served with no card named: what the case that takes least takes with its cache in 8 bits, and what holds
    that; None where the cache is a small part of it, or is told."""
    least = min(outcomes, key=lambda one: one.best)
    knob, cache = least.situation.knob, least.terms.get("kv_cache", 0.0)
    told = {"kv_format", "gpu", "gpu_memory_gb"} & set(least.case.facts) or least.n_gpus > 1
    if told or knob("task") == "train" or cache < _WEIGHS * least.best:
        return None
    narrow = {"kv_format": "q8_0" if knob("engine") == FILES else "fp8"}
    there = admitted(least.case, narrow)
    if there is None:
        return None
    apart = {name: least.case.facts[name] for name in ("bits", "weight_format") if name in least.case.differs}
    return {"facts": apart, "kv_cache": {"gib": there.terms["kv_cache"] / GIB}, "gib": there.best / GIB,
            "held_by": holds(there), "verdicts": [], "with_weights": _with_weights(least, narrow)}  # fmt: skip


def _with_weights(least: Outcome, narrow: dict[str, Any]) -> dict[str, Any] | None:
    """The same with weights of 16 bits in 8 as well, and what holds that; None where they are in fewer as it is."""
    engine = str(least.situation.knob("engine") or "")
    if engine == FILES or least.situation.knob("weight_format") not in PLAIN_TYPES:
        return None
    eight = {**dict.fromkeys(STORED), "weight_format": format_for("inference", _EIGHT, engine), **narrow}
    there = admitted(least.case, eight)
    return None if there is None else {"gib": there.best / GIB, "held_by": holds(there), "verdicts": []}


def _told_apart(facts: dict[str, Any], where: Outcome, there: Outcome) -> dict[str, Any]:
    """With its precision, or its base's format, where the method is that of the case: it is in these that the two differ."""
    if facts.get("method") != where.situation.knob("method") or facts.get("bits") or "offload" in facts:
        return facts
    name = "weight_format" if facts["method"] in ADAPTERS else "precision"
    return {**facts, name: there.situation.knob(name)}


def _rungs(where: Outcome) -> Iterator[dict[str, Any]]:
    """Facts to change, None takes one away."""
    knob, open_ones = where.situation.knob, dict.fromkeys(STORED)
    if knob("task") == "train":
        # 8-bit states are updated on a GPU alone
        pure = not lacks_bf16(where.case.card) and knob("offload") not in ("optimizer", "params")
        kept = on_card(where)
        yield from (
            {**open_ones, **(kept if way["method"] in ADAPTERS else {}), **way}
            for way in _METHODS
            if pure or "precision" not in way
        )
        return
    engine, given = str(knob("engine") or ""), knob("weight_format")
    if given in AS_PUBLISHED:  # experts that were trained in so few bits
        return
    files = engine == FILES or given in {format_for("inference", bits, FILES) for bits in FILE_BITS}
    if files:
        yield {**open_ones, "weight_format": _WHOLE_FILE}
    for bits in FILE_BITS if files else CHECKPOINT_BITS:
        whole = "fp16" if lacks_bf16(where.case.card) else "bf16"
        name = whole if bits == 16 else format_for("inference", bits, FILES if files else engine)
        yield {**open_ones, "weight_format": name}


def _json(facts: dict[str, Any], there: list[Outcome]) -> dict[str, Any]:
    first = there[0]
    by_card: dict[str | None, Outcome] = {}  # of layouts that take alike the first
    for one in there:
        by_card.setdefault(str(one.case.card.name) if one.case.card else None, one)
    return {
        "facts": {name: value for name, value in facts.items() if value is not None},
        "on_card": "offload" in facts,
        "weights_gib": first.terms.get("weights", 0.0) / GIB,
        "gib": first.best / GIB,
        "verdicts": [{"gpu": name, "verdict": one.verdict, "leaning": one.leaning} for name, one in by_card.items()],
        "tables": [one for one in published(there[:1]) if one["table"] == "finetune"],
        "fused": _fused(first),
        "held_by": _held(first) if len(by_card) == 1 and first.verdict in (None, "no") else None,
        "enough": _enough(first) if len(by_card) == 1 else None,
    }


def _enough(there: Outcome) -> dict[str, Any] | None:
    """The fewest of these cards, half of them or a half of that, which hold what is served on all for sure; None where all are
    needed, or how they divide it was told."""
    told = {"tp", "pp", "dp", "ep", "cp", "layer_split", "tensor_split"} & set(there.case.facts)
    count, found = there.n_gpus, None
    if there.verdict != "yes" or told - there.case.assumed or there.situation.knob("task") == "train":
        return None
    while count % 2 == 0:
        count //= 2
        fewer = admitted(there.case, {"n_gpus": count})
        if fewer is None or fewer.verdict != "yes":
            break
        found = {"n_gpus": count, "gib": fewer.best / GIB}
    return found


def _fused(there: Outcome) -> dict[str, Any] | None:
    """What adapters take without full logits, which costs nothing; None where they fit with them, or not without either."""
    knob = there.situation.knob
    if there.verdict in (None, "yes") or knob("method") not in ADAPTERS or knob("loss") != "full-logits":
        return None
    fused = admitted(there.case, {"loss": "fused"})
    if fused is None or fused.leaning not in FITS:
        return None
    return {"gib": fused.best / GIB, "verdict": fused.verdict, "leaning": fused.leaning}


def _held(where: Outcome) -> dict[str, Any] | None:
    """What holds it: so many of its cards, or larger ones where most of that would be what does not divide."""
    held = holds(where)
    if held is None or where.case.card is None or held["n_gpus"] * where.case.card.capacity <= _TOO_MUCH * where.total:
        return held
    free = {name: one for name, one in where.case.facts.items() if name not in ("gpu", "gpu_memory_gb")}
    return holds(outcome(replace(where.case, facts=free, card=None))) or held
