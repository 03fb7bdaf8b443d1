"""Cards of unequal size in one machine: what of their memory counts, what each takes of its own, and how the program is told.

Layers laid out in proportion to memory use all of it: llama.cpp's --tensor-split, by free memory where none is given
(https://github.com/ggml-org/llama.cpp/blob/master/src/llama-model.cpp, load_tensors), and the stages of a server's pipeline
(VLLM_PP_LAYER_PARTITION: https://github.com/vllm-project/vllm/blob/main/vllm/distributed/utils.py, SGLANG_PP_LAYER_PARTITION:
https://github.com/sgl-project/sglang/blob/main/python/sglang/srt/distributed/utils.py, get_pp_indices in both). What gives each
card the same, tensor parallelism, whole copies and shards, takes of each as much as the smallest has.
"""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from formulas.errors import BadInput
from kb.cards import GIB, Card
from kb.cases import LAYOUTS
from kb.flags import flag
from kb.layout import of_unequal_size
from kb.outcome import Outcome, outcome
from kb.programs import written
from kb.recipe import format_for
from kb.stored import FILES, stored_bits
from kb.worked import TERM_ORDER, Worked

# servers whose stages of a pipeline may be of different length, and as many as are worth it
_STAGED, _MOST_STAGES = ("vllm", "sglang"), 4
# how near two amounts are that are one
_THE_SAME = 0.01
_FEW_BITS = 4


def unequal(where: Outcome) -> dict[str, Any] | None:
    """What the cards count for together; None where they are of one size.

    by_layers   each has layers in proportion to its memory; else each has the same
    counted_gb  of their `whole_gb` what counts, as they are sold; `room_gib` what of that a program can have; `even_gb` as much of
                each as the smallest has
    each        card by card what it takes of its own; the sum is the case's total
    alone       the same on the largest card alone
    otherwise   laid out the other way, by a program that can
    longest     tokens of a sequence that they hold as it is, of what is served by layers and fits
    narrower    with weights in 4 bit, of what a server gives each alike and does not fit
    by_memory   in proportion to memory, where other shares were told
    """
    rig = where.case.rig
    if not of_unequal_size(rig):
        return None
    trains = where.situation.knob("task") == "train"
    facts = {name: one for name, one in where.case.facts.items() if name not in (*LAYOUTS, "dp")}
    largest = max(rig, key=lambda card: card.capacity)
    alone = outcome(replace(where.case, facts={**facts, "n_gpus": 1, "gpu": largest.name}, card=largest, together=()))
    found = {
        **_shared_out(where), "whole_gb": sum(card.marketed_gb for card in rig), "sizes_gb": [card.marketed_gb for card in rig], "largest": largest.name,
        "total_gib": where.total / GIB, "terms": _terms(where, alone), "alone": _held(alone), "otherwise": None, "as_file": None, "by_memory": _by_memory(where),
    }  # fmt: skip
    engine = written(where.case.facts.get("engine")) or where.situation.knob("engine")
    longest = None if trains or where.verdict == "no" or not by_layers(where) else where.largest("seq_len")
    found |= {
        "longest": longest,
        "left_gib": found["room_gib"] - found["total_gib"],
        "narrower": None if trains or by_layers(where) else _narrower(where, alone, engine),
    }
    staged = engine in _STAGED and len(rig) <= _MOST_STAGES
    if not by_layers(where) and (trains or staged):
        try:
            there = outcome(replace(where.case, facts={**facts, "layer_split": True}))
        except BadInput:  # fewer layers than a share would be
            return found
        found["otherwise"] = {**_shared_out(there), **_held(there)}
        found["as_file"] = None if trains or where.verdict == "yes" else _as_file(where, facts)
    return found


_SERVER_ONLY = ("engine", "gpu_memory_utilization", "bits", "max_num_seqs", "max_num_batched_tokens")


def _as_file(where: Outcome, facts: dict[str, Any]) -> dict[str, Any] | None:
    """As a file of about as many bits in llama.cpp, which lays layers out by memory as it is."""
    own = str(where.situation.knob("weight_format") or "")
    stored = own if own.startswith("gguf:") else format_for("inference", round(stored_bits(where)), FILES)
    if stored is None:
        return None
    plain = {name: one for name, one in facts.items() if name not in _SERVER_ONLY}
    try:
        there = outcome(replace(where.case, facts={**plain, "engine": FILES, "weight_format": stored}))
    except BadInput:  # no such file of this model
        return None
    widest = None if there.verdict == "yes" else _widest_file(there)
    return {"weight_format": stored, "widest": widest, **_shared_out(there), **_held(there)}


_FILES = ("gguf:Q8_0", "gguf:Q6_K", "gguf:Q5_K_M", "gguf:Q4_K_M")


def _widest_file(there: Outcome) -> dict[str, Any] | None:
    """The file of most bits that all cards hold together for sure, where that of as many bits as asked is too large."""
    for stored in _FILES:
        try:
            one = outcome(there.case.with_facts(weight_format=stored))
        except BadInput:  # no such file of this model
            continue
        if one.verdict == "yes":
            return {"weight_format": stored, "total_gib": one.total / GIB}
    return None


def _narrower(where: Outcome, alone: Outcome, engine: Any) -> dict[str, Any] | None:
    """With weights in the 4 bits that the program has, where each card has the same and they do not fit as they are; the same on
    the largest card alone."""
    stored = format_for("inference", _FEW_BITS, str(engine or ""))
    if where.verdict == "yes" or stored is None or stored_bits(where) <= _FEW_BITS + 1:
        return None
    try:
        there, by_itself = (outcome(one.case.with_facts(weight_format=stored)) for one in (where, alone))
    except BadInput:  # no such format of this model
        return None
    return {"weight_format": stored, **_held(there), "alone": _held(by_itself)}


def _by_memory(where: Outcome) -> dict[str, Any] | None:
    facts = dict(where.case.facts)
    if facts.pop("tensor_split", None) is None or not by_layers(where):
        return None
    there = outcome(replace(where.case, facts=facts))
    if [one.place.layers for one in there.cards] == [one.place.layers for one in where.cards]:
        return None
    return {**_shared_out(there), **_held(there)}


def shifted(where: Outcome) -> tuple[str, int, Card] | None:
    """Shares of the layers with which the cards hold them for sure, where in proportion they do not: as few as do it go to the card
    that has most room. Their number is told with it, and the card; None where the program takes no shares, or none do.

    A few gigabytes of a small card are taken by what each card has of its own, of a large one hardly any.
    """
    engine = written(where.case.facts.get("engine")) or where.situation.knob("engine")
    rig = where.case.rig
    told = where.case.facts.get("tensor_split") or where.case.facts.get("gpu_layers")
    if told or not flag(engine, "tensor_split", "1") or not of_unequal_size(rig) or len(where.cards) != len(rig):
        return None
    layers = [worked.place.layers for worked in where.cards]
    first = where.cards.index(where.fullest)
    for moved in range(1, layers[first]):
        there = max(range(len(rig)), key=lambda at: (where.cards[at].capacity or 0.0) - where.cards[at].best)
        if there == first:
            return None
        layers[first], layers[there] = layers[first] - 1, layers[there] + 1
        shares = ",".join(map(str, [*layers[:-1], layers[-1] + 1]))  # the output layer counts as the last one's
        where = outcome(where.case.with_facts(tensor_split=shares))
        if where.verdict_of_cards == "yes":
            card = where.cards[there].place.card
            return (shares, moved, card) if card else None
        if where.cards.index(where.fullest) != first:
            return None
    return None


def by_layers(where: Outcome) -> bool:
    """Whether the cards hold layers in proportion to their memory, one after another."""
    return bool(where.situation.knob("layer_split"))


def _held(there: Outcome) -> dict[str, Any]:
    room = (there.capacity or 0.0) / GIB
    return {
        "verdict": there.verdict,
        "leaning": there.leaning,
        "gib": there.best / GIB,
        "capacity_gib": room,
        "total_gib": there.total / GIB,
    }


def _shared_out(where: Outcome) -> dict[str, Any]:
    rig, split = where.case.rig, by_layers(where)
    each = list(_each(where))
    smallest = min(card.marketed_gb for card in rig)
    if split:
        counted, room = sum(card.marketed_gb for card in rig), sum(one["capacity_gib"] * one["count"] for one in each)
    else:
        counted, room = len(rig) * smallest, len(rig) * min(one["capacity_gib"] for one in each)
    return {"by_layers": split, "counted_gb": counted, "smallest_gb": smallest, "even_gb": len(rig) * smallest, "n": len(rig), "room_gib": room, "each": each,
            "switch": _switch(where) if split else ""}  # fmt: skip


def _each(where: Outcome) -> Iterator[dict[str, Any]]:
    """Card by card, those that are of one kind and hold the same as one."""
    if len(where.cards) > 1:
        for worked in where.cards:
            card = worked.place.card
            assert card is not None, "unequal cards are named"
            assert worked.capacity is not None, "and have their memory"
            yield _one(where, worked, card, worked.place.count, worked.capacity, worked.place.layers)
        return
    for card in dict.fromkeys(where.case.rig):
        yield _one(where, where.fullest, card, where.case.rig.count(card), where.room_on(card), None)


def _one(where: Outcome, worked: Worked, card: Card, count: int, room: float, layers: int | None) -> dict[str, Any]:
    low, high = where.bounds_of(worked)
    return {"card": card.name, "decides": worked is where.fullest and room == worked.capacity, "count": count, "layers": layers, "gib": worked.best / GIB, "low_gib": low / GIB, "high_gib": high / GIB,
            "capacity_gib": room / GIB, "short_gib": max(worked.best - room, 0.0) / GIB, "verdict": where.verdict_within(worked, room)}  # fmt: skip


def _terms(where: Outcome, alone: Outcome) -> list[dict[str, Any]]:
    """The terms of all cards together, told as a single card's where that comes to the same."""
    told = {one["name"]: one for one in alone.terms_json()}
    found: list[dict[str, Any]] = []
    for name in TERM_ORDER:
        size = sum(worked.terms.get(name, 0.0) * worked.place.count for worked in where.cards) / GIB
        same = name in told and abs(told[name]["gib"] - size) <= _THE_SAME * size
        how: dict[str, Any] = {key: one for key, one in told[name].items() if key in ("says", "zh")} if same else {}
        found += [{"name": name, "gib": size, **how}] if size else []
    return found


def _switch(where: Outcome) -> str:
    """How the program is told of the shares: of llama.cpp in gigabytes, of a pipeline in layers; empty where it has no such switch."""
    engine = written(where.case.facts.get("engine")) or where.situation.knob("engine")
    if engine == "ollama":  # which divides the layers by itself
        return ""
    stated = where.situation.knob("tensor_split")
    shares = stated or ",".join(f"{card.marketed_gb:g}" for card in where.case.rig)
    layers = {stage: worked.place.layers for worked in where.cards for stage in worked.place.stages}
    stages = ",".join(str(layers[stage]) for stage in sorted(layers))
    return flag(engine, "tensor_split", shares) or flag(engine, "stages", (len(where.case.rig), stages))
