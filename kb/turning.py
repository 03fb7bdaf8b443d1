"""What length and batch decide in a training: the case that turns on them, and what a little more of either costs there."""

from collections.abc import Sequence
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import quantities
from kb.cards import GIB
from kb.outcome import Outcome, outcome
from kb.solver import highest

_LONGEST = 1 << 20
# which of several cases a length or a batch may turn, before those that fit as they are
_OPEN = ("likely", "borderline", "unlikely")
# the knobs that are turned a little, by how much each; those that add tokens to a step
MORE_TOKENS = 1024
_MORE = (("batch_size", 1), ("seq_len", MORE_TOKENS), ("lora_rank", 8))
_OF_TOKENS = ("batch_size", "seq_len")
# by how much two costs of one step differ that are not the same cost
_DIFFERS = 1.1
# what a step's tokens take while it runs
_OF_A_STEP = ("activations", "logits")


def turning(outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
    """The case that is nearest to the edge of its card, with what one more sequence and more tokens cost; None for what is
    served, where no card is named, or where none may fit.

    `free_tokens`: of a training that is fullest at its update, how many tokens of a step add nothing to that peak.
    """
    first = outcomes[0]
    may = [one for one in outcomes if one.verdict in ("yes", "borderline")]
    if first.situation.knob("task") != "train" or first.capacity is None or not may:
        return None
    open_ones = sorted((one for one in may if one.leaning in _OPEN), key=lambda one: _OPEN.index(str(one.leaning)))
    at = open_ones[0] if open_ones else max(may, key=lambda one: one.fullest.fullness)
    return {"facts": at.apart, "sensitivity": sensitivity(at), "free_tokens": free_tokens(at)}


def free_tokens(at: Outcome) -> int | None:
    """The tokens of a step on one card up to which the peak stays where it is; None where they make it."""
    quantity = quantities()["seq_len"]
    if at.fullest.before is None or quantity not in at.values:
        return None
    most = highest(lambda length: at.peak_at(quantity, length) <= at.best, int(at.values[quantity]), _LONGEST)
    return None if most is None else most * int(at.situation.knob("batch_size") or 1)


def sensitivity(at: Outcome) -> list[dict[str, Any]]:
    """What a little more of each knob costs the fullest card: the peak there, less the peak here [GiB].

    A training's peak is at one of several moments, and does not grow alike in all. `own_gib`: what a step's activations and logits
    grow by, where blocks that are free anyway take up part of it. `then_gib`: what each further one costs, where another moment is
    the fullest from there on; `until`: of tokens, the length up to which `gib` holds.
    """
    found = []
    for name, more in _MORE:
        quantity = quantities()[name]
        if quantity not in at.values:
            continue
        here = at.values[quantity]
        change = at.peak_at(quantity, here + more * at.each(name)) - at.best
        if change > 0:  # where a rollout engine decides, longer sequences only fill the allocator's blocks
            one = {"quantity": name, "more": more, "gib": change / GIB}
            found.append(one | (_further(at, name, more, change) if name in _OF_TOKENS else {}))
    return found


def _further(at: Outcome, name: str, more: int, change: float) -> dict[str, Any]:
    """How the cost goes on where it is not the same product of tokens all along; empty where it is."""
    if at.situation.knob("task") != "train" or at.phase is None:
        return {}
    here = int(at.situation.knob(name) or 1)
    try:
        there, beyond = (outcome(at.case.with_facts(**{name: here + steps * more})) for steps in (1, 2))
    except BadInput:
        return {}
    if there.phase is at.phase:
        own = there.held(*_OF_A_STEP) - at.held(*_OF_A_STEP)
        found = {"own_gib": own / GIB} if own > _DIFFERS * change else {}
        return found | (_until(at, here) if name == "seq_len" else {})
    then = beyond.best - there.best
    return {"then_gib": then / GIB} if then > _DIFFERS * change else {}


def _until(at: Outcome, here: int) -> dict[str, Any]:
    """Up to which length the moment that is fullest stays it, where twice the length has another one."""
    name = "seq_len"
    twice = outcome(at.case.with_facts(**{name: 2 * here}))
    if twice.phase is at.phase:
        return {}
    last = highest(lambda length: outcome(at.case.with_facts(**{name: length})).phase is at.phase, here, 2 * here)
    then = outcome(at.case.with_facts(**{name: 2 * here + MORE_TOKENS})).best - twice.best
    return {"until": last, "then_gib": then / GIB} if last else {}
