"""Optimizers beside each other: what each keeps of a parameter by itself, counted with the same masters in all of them.

The float32 copy of mixed precision belongs to the precision and not to an optimizer: where some of those that are compared
usually run with it and others without, a difference between them would be mostly its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from formulas.notation import size_words
from formulas.quantity import Words
from formulas.vocabulary import master_bytes
from kb.cards import GIB
from kb.cases import method_of
from kb.contrast import elsewhere
from kb.methods import OF_ALL_WEIGHTS, without_masters
from kb.outcome import Outcome, outcome
from kb.recipe import ADAPTERS, recipe
from kb.sums import decimal

Facts = Mapping[str, Any]
# rows and columns of a matrix beside its weights
_NEXT_TO_NOTHING = 0.005
_SIXTEEN_BIT = 2  # bytes of a weight


def same_masters(common: Facts, sides: Sequence[Facts]) -> dict[str, Any]:
    """The precision at which all of them keep masters, where some would by themselves and others not; else nothing, and
    nothing beside a way that moves them off the card: of such a row it is asked what a card holds, each as it is run."""
    if any("offload" in one for one in sides):
        return {}
    told = [{**common, **side} for side in sides]
    methods = {method_of(one) for one in told}
    apart = len({without_masters(one) for one in told}) > 1
    if not apart or any("precision" in one for one in told) or methods & {*ADAPTERS, "inference"}:
        return {}
    return {"precision": recipe("full")["precision"]}


def beside_precision(told: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The sides of which none tells a precision, where another one does: optimizers beside `pure bf16` are those of mixed
    precision, with masters, and not what some of them usually run with."""
    methods = {method_of(one) for one in told}
    some = any("precision" in one for one in told) and any("precision" not in one for one in told)
    if not some or methods & {*ADAPTERS, "inference"}:
        return told
    usual = {"precision": recipe("full")["precision"]}
    return [{**usual, **one} for one in told]


def by_itself(where: Outcome) -> dict[str, Any] | None:
    """What the same takes as its optimizer usually runs, updating the 16-bit weights themselves; None where it keeps masters."""
    facts = {name: one for name, one in where.case.facts.items() if name != "precision"}
    if not without_masters(facts):
        return None
    there = outcome(replace(where.case, facts=facts))
    return {"gib": there.best / GIB, "verdict": there.verdict, "leaning": there.leaning}


def own_states(where: Outcome) -> dict[str, Any] | None:
    """What the optimizer keeps besides masters, as a product where every parameter has as much of it; None on several cards,
    which divide it, and of methods that keep states of a part of the weights."""
    if where.n_gpus > 1 or not where.n_params or where.situation.knob("method") not in OF_ALL_WEIGHTS:
        return None
    masters = float(where.fullest.values.get(master_bytes, 0)) * where.n_params
    kept = max(elsewhere("optimizer", where) - masters, 0.0)
    each = kept / where.n_params
    if each < _NEXT_TO_NOTHING:
        said = (
            Words("nothing", "没有")
            if not kept
            else Words(f"next to nothing ({decimal(kept)})", f"几乎没有({decimal(kept)})")
        )
    elif (
        "lora_rank" in where.situation.facts
    ):  # moments in a low rank go with the sides of matrices, not with parameters
        rank = where.situation.facts["lora_rank"].value
        said = Words(f"{decimal(kept)} at rank {rank}", f"{decimal(kept)}(秩 {rank})")
    else:
        size = float(where.case.facts.get("params") or where.n_params)  # of a size that was told the round one
        product = f"{size_words(size)} × {each:.3g} B = {decimal(size * each)}"
        said = Words(product, product)
    return {
        "name": "optimizer", "en": said.en, "zh": said.zh, "gib": kept / GIB,
        "each": f"{each:.3g}" if each >= _NEXT_TO_NOTHING else "0", "masters": f"{masters / where.n_params:.3g}",
        "of_weights": f"{each / _SIXTEEN_BIT:.2g}" if each >= _NEXT_TO_NOTHING else "0",
    }  # fmt: skip
