"""A model with as much of it on the cards as fits, and the rest in host memory."""

from typing import Any

from formulas.errors import BadInput
from formulas.vocabulary import runtime
from kb.cards import GIB
from kb.cases import Case
from kb.host_memory import host_need
from kb.moved_experts import moved, with_moved
from kb.outcome import Outcome, outcome
from kb.solver import highest, layers_that_fit


def beside_cards(case: Case, experts: bool, full: bool = False) -> Outcome | None:
    """The model with as much on the cards as fits for sure; None where host memory does not hold the rest.

    full    of a mixture no more experts than must be go to host memory, so that the cards are full
    """
    placed: dict[str, Any] | None = {"gpu_layers": 0}
    if case.rig:
        placed = _experts_there(case, full) if experts else _layers_there(case)
    if placed is None:
        return None
    at = outcome(case.with_facts(**placed))
    host = host_need(at.situation)
    if host is None or (host[0] if case.rig else of_the_host(at) / GIB) > host[1]:
        return None
    return at


def _experts_there(case: Case, full: bool) -> dict[str, Any] | None:
    """All experts in host memory where it holds them, else those of as few layers as the cards allow."""
    if not full and all_experts_there(case):
        return {"offload": "experts"}
    whole = worked(case.with_facts(offload="experts"))
    if whole is None or whole.verdict_of_cards != "yes":
        return None
    layers = len(whole.situation.model.layers) if whole.situation.model else 0
    return moved(case, layers, fewest_moved(case, whole))


def all_experts_there(case: Case) -> Outcome | None:
    """The mixture with all of its experts in host memory, whatever the cards would keep; None where that does not hold them."""
    at = worked(case.with_facts(offload="experts"))
    need = host_need(at.situation) if at is not None and at.verdict_of_cards == "yes" else None
    return at if need and need[0] <= need[1] else None


def fewest_moved(case: Case, whole: Outcome) -> int:
    """Of how few layers the experts are in host memory, so that the rest fits the cards."""
    layers = len(whole.situation.model.layers) if whole.situation.model else 0
    kept = highest(lambda more: outcome(with_moved(case, layers, layers - more)).verdict_of_cards == "yes", 0, layers)
    return layers - (kept or 0)


def _layers_there(case: Case) -> dict[str, Any] | None:
    """As many layers on the cards as fit."""
    try:
        layers = layers_that_fit(case)
    except BadInput:  # the layout admits no such split
        return None
    return {"gpu_layers": layers} if layers else None


def of_the_host(at: Outcome) -> float:
    """Bytes of a machine's own memory where there is no card: what is offloaded and the buffers, but no card's runtime."""
    host = host_need(at.situation)
    return (host[0] * GIB if host else 0.0) + sum(size for name, size in at.terms.items() if name != runtime.name)


def worked(case: Case) -> Outcome | None:
    """None where the layout admits no such model."""
    try:
        return outcome(case)
    except BadInput:
        return None
