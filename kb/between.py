"""The usual format between or beside those that were asked about, where none of these fits in bits that keep quality; and the
16 bits above them, where one of them does."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from formulas.errors import BadInput
from kb.cards import GIB
from kb.outcome import Outcome, outcome
from kb.recipe import format_for
from kb.stored import AS_PUBLISHED, UNQUANTISED, stored_bits

_USUAL = 4
_ABOUT = (3.97, 5.0)  # bits of a weight in formats that are called four bits: scales, and finer tensors of a file
_STORED = {"bits", "weight_format"}


def between(outcomes: tuple[Outcome, ...], given: set[str] | None = None) -> dict[str, Any] | None:
    """The same in 4 bits; None where it was asked about, where more bits fit, or where one format alone was asked about.

    given       what sets the sides of a comparison apart
    """
    first, trains = outcomes[0], outcomes[0].situation.knob("task") == "train"
    named = given or {name for one in outcomes for name in one.case.differs if name not in one.case.assumed}
    bits = {round(stored_bits(one), 2) for one in outcomes}
    if not first.case.rig or len(bits) < 2 or not named & _STORED or named - _STORED:
        return None
    if any(_ABOUT[0] <= one <= _ABOUT[1] for one in bits) or any(
        one.verdict == "yes" and stored_bits(one) > _USUAL for one in outcomes
    ):
        return None
    if trains and first.situation.knob("method") != "qlora":
        return None
    found = [there for one in outcomes if (there := _usual(one, trains)) is not None]
    if not found:
        return None
    best = min(found, key=lambda one: one.best)
    if best.leaning not in ("yes", "likely", "borderline"):
        return None
    return {
        "facts": {"bits": _USUAL, **({"zero_stage": 3} if best.situation.knob("zero_stage") == 3 else {})},
        "format": best.situation.knob("weight_format"), "gib": best.best / GIB, "verdict": best.verdict,
        "leaning": best.leaning, "longest": best.longest, "several": best.n_gpus > 1,
        "fused": "loss" in best.case.facts and best.case.facts["loss"] != outcomes[0].case.facts.get("loss"),
    }  # fmt: skip


_STATES = ("weights", "gradients", "optimizer")


def unquantised(outcomes: tuple[Outcome, ...], given: set[str] | None = None) -> dict[str, Any] | None:
    """The same in 16 bits, where formats of fewer bits alone were asked about and the one of most fits; `given` as above."""
    first = outcomes[0]
    named = given or {name for one in outcomes for name in one.case.differs if name not in one.case.assumed}
    fits = max(outcomes, key=stored_bits).verdict == "yes"
    if not fits or not first.case.rig or len(outcomes) < 2 or not named or named - _STORED:
        return None
    published = any(one.situation.knob("weight_format") in AS_PUBLISHED for one in outcomes)
    if published or first.situation.knob("task") == "train" or max(map(stored_bits, outcomes)) > UNQUANTISED:
        return None
    facts = {name: value for name, value in first.case.facts.items() if name not in _STORED}
    try:
        there = outcome(replace(first.case, facts={**facts, "weight_format": "bf16"}))
    except BadInput:  # the layout or the program admits no 16 bits
        return None
    return {
        "gib": there.best / GIB, "verdict": there.verdict, "leaning": there.leaning, "several": there.n_gpus > 1,
    }  # fmt: skip


def unmoved(outcomes: tuple[Outcome, ...], differing: Sequence[str]) -> dict[str, Any] | None:
    """The same with nothing in host memory, where only what is put there, or the stage that shards beside it, sets trainings
    apart: whether any has to be. `each` has it for each stage."""
    moved = all(one.situation.knob("offload") not in (None, "none") for one in outcomes)
    if list(differing) not in (["offload"], ["zero_stage"]) or not moved:
        return None
    try:
        there = [_with_nothing_moved(one) for one in outcomes]
    except BadInput:
        return None
    return {**there[0], "each": there}


def _with_nothing_moved(where: Outcome) -> dict[str, Any]:
    there = outcome(where.case.with_facts(offload="none"))
    states = sum(there.terms.get(name, 0.0) for name in _STATES)
    return {"gib": there.best / GIB, "states_gib": states / GIB, "leaning": there.leaning}


def _usual(where: Outcome, trains: bool) -> Outcome | None:
    """In 4 bits; of a training without full logits where it does not fit with them."""
    facts = {name: value for name, value in where.case.facts.items() if name not in _STORED}
    name = format_for("inference", _USUAL, str(where.situation.knob("engine") or ""))
    facts |= {"bits": _USUAL} if trains else {"weight_format": name}
    try:
        there = outcome(replace(where.case, facts=facts))
        if trains and there.verdict != "yes" and there.situation.knob("loss") == "full-logits":
            there = outcome(replace(where.case, facts={**facts, "loss": "fused"}))
    except BadInput:
        return None
    return there
