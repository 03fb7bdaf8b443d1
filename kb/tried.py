"""A change tried on a case: the case with it, unless the configuration or the machine does not admit it."""

from dataclasses import replace
from typing import Any

from formulas.errors import BadInput
from kb.cases import Case
from kb.change import Change, Price
from kb.host_memory import RAM_AT_HOME, RAM_EACH, machines_lack
from kb.methods import PROJECTED
from kb.names import gpu_row
from kb.outcome import Outcome, outcome

# optimizers whose states only a GPU updates
_ON_GPU = ("adamw-8bit", "paged-adamw", "paged-adamw-8bit", "adamw-4bit", "adafactor", "adafactor-momentum")
_DESKTOPS = ("consumer", "laptop")
# a change, and the case with it
Tried = tuple[Change, Outcome]


def rank(change: Change) -> float:
    """The price; layers in host memory slow every token so much that fewer bits are taken before them."""
    slow = bool({"gpu_layers", "cpu_offload_gb"} & set(change.facts))
    return max(Price.QUALITY, change.price) + 0.5 if slow else change.price


def with_change(where: Outcome, change: Change) -> Outcome | None:
    """The case with a change, or None where the configuration does not admit it."""
    case = where.case.with_facts(**change.facts)
    if {"offload", "optimizer", "precision", "method"} & set(change.facts) and not _runs_on_host(case.facts):
        return None
    # other cards, or another number of them, are alike
    together = () if change.price is Price.CARDS else where.case.together
    try:
        found = outcome(replace(case, card=change.card or case.card, together=together))
    except BadInput:
        return None
    return None if "offload" in change.facts and _beyond_machines(found) else found


def _runs_on_host(facts: dict[str, Any]) -> bool:
    """Whether a program steps what is in host memory: Adam with float32 masters has one (DeepSpeedCPUAdam), 8-bit states are the
    GPU's; of a quantised base only FSDP's offload of 4 bits over several cards is documented."""
    if facts.get("offload") not in ("optimizer", "params"):
        return True
    if facts.get("method") in PROJECTED:
        return False  # whose optimizers project on the card
    if facts.get("optimizer", "adamw") in _ON_GPU or str(facts.get("precision")).startswith("pure"):
        return False
    return facts.get("method") != "qlora" or (facts.get("bits") != 8 and facts.get("n_gpus", 1) > 1)


def _beyond_machines(found: Outcome, each: float = RAM_EACH) -> bool:
    """Whether it wants more host memory than machines of so many cards have, where the asker named none."""
    if found.situation.knob("host_memory_gb") is not None or found.situation.knob("task") != "train":
        return False
    return machines_lack(found.host_gib or 0.0, found.n_gpus, each)


def with_ram(change: Change, tried: Outcome) -> Change:
    """What takes more memory than desktops have costs another machine, as other cards do."""
    return replace(change, price=Price.CARDS) if _beyond_home(change, tried) else change


def at_home_beyond(where: Outcome, change: Change) -> bool:
    """Whether a change is an offload that wants more memory than a desktop has."""
    tried = with_change(where, change) if "offload" in change.facts else None
    return tried is not None and _beyond_home(change, tried)


def _beyond_home(change: Change, tried: Outcome) -> bool:
    """Whether a desktop's card is to be helped by more memory than a desktop has."""
    card = tried.case.card
    home = card is not None and gpu_row(card.name).get("class") in _DESKTOPS
    return home and "offload" in change.facts and _beyond_machines(tried, RAM_AT_HOME)


def spare(there: Outcome) -> float:
    """What is left of the card, by the middle of the estimate: less of a need, or a larger share of the card."""
    return (there.capacity or 0.0) - there.best


def admitted(case: Case, facts: dict[str, Any]) -> Outcome | None:
    """The case with other facts, or None where it does not admit them."""
    try:
        return outcome(case.with_facts(**facts))
    except BadInput:
        return None
