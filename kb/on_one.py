"""What a single one of several alike cards, or fewer of them, would have to hold: whether the others are needed."""

from dataclasses import replace
from typing import Any

from formulas.errors import BadInput
from kb.cards import GIB
from kb.cases import LAYOUTS
from kb.outcome import Outcome, outcome
from kb.recipe import format_for
from kb.stored import AS_PUBLISHED, stored_bits

_FEWER = (8, 4)


def on_one(where: Outcome) -> dict[str, Any] | None:
    """The case on one card, all else equal; None where it is on one, or its cards are not alike."""
    if where.n_gpus < 2 or where.case.together:
        return None
    facts = {name: one for name, one in where.case.facts.items() if name not in (*LAYOUTS, "dp")}
    there = outcome(replace(where.case, facts={**facts, "n_gpus": 1}))
    return {
        "gib": there.best / GIB, "capacity_gib": (there.capacity or 0.0) / GIB, "verdict": there.verdict,
        "leaning": there.leaning, "longest": there.reach, "narrower": _narrower(there),
    }  # fmt: skip


def fused_on_one(where: Outcome) -> dict[str, Any] | None:
    """The same with a fused loss, and a whole copy on each of the cards with it, where each has buffers of communication too."""
    fused = replace(where, case=where.case.with_facts(loss="fused"))
    found = on_one(fused)
    if found:
        copies = outcome(fused.case.with_facts(zero_stage=0))
        found["copies"] = {"gib": copies.best / GIB, "leaning": copies.leaning}
    return found


def on_fewer(where: Outcome) -> dict[str, Any] | None:
    """Of a model that is served, the fewest of its cards that hold it for sure; None where that takes all of them."""
    unlike = len({card.name for card in where.case.rig}) > 1
    if where.n_gpus < 2 or where.case.together or unlike or where.situation.knob("task") == "train":
        return None
    facts = {name: one for name, one in where.case.facts.items() if name not in (*LAYOUTS, "dp")}
    count = 1
    while count < where.n_gpus:
        try:
            there = outcome(replace(where.case, facts={**facts, "n_gpus": count}))
        except BadInput:  # not so few: heads or experts do not divide
            return None
        if there.verdict == "yes":
            return {"n_gpus": count, "gib": there.best / GIB}
        count *= 2
    return None


def _narrower(there: Outcome) -> dict[str, Any] | None:
    """Of a served model that one card does not hold as it is: in how few bits it does; None where it does or never will."""
    knob = there.situation.knob
    if there.verdict == "yes" or knob("task") == "train" or knob("weight_format") in AS_PUBLISHED:
        return None
    kept = {name: value for name, value in there.case.facts.items() if name != "bits"}
    for bits in (one for one in _FEWER if one < stored_bits(there) - 1):
        name = format_for("inference", bits, str(knob("engine") or ""))
        try:
            held = outcome(replace(there.case, facts={**kept, "weight_format": name}))
        except BadInput:
            continue
        if held.verdict == "yes":
            return {"bits": bits, "gib": held.best / GIB}
    return None
