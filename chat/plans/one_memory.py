"""Machines with one memory for processor and GPU: what of it a program can have, and that nothing is moved out of it."""

from typing import Any

from chat.plans.served_by import first
from chat.reads.cards.bare_memory import MAC_TOLD
from chat.reads.reading import Reading
from kb.cards import MAC, of_one_memory
from kb.recipe import unified_share

_MOVES = ("optimizer", "params")


def stays_there(reading: Reading) -> str | None:
    """What of a training is told to be offloaded on a card whose memory is the host's: it would stay where it is."""
    told, cards = reading.facts.get("offload", ()), reading.facts.get("gpu", ())
    shared = len(cards) == 1 and of_one_memory(str(cards[0]))
    return str(told[0]) if shared and len(told) == 1 and told[0] in _MOVES else None


def on_one_memory(reading: Reading, facts: dict[str, Any]) -> None:
    """A Mac of so much memory is one of the table's; of another machine the share is set that its GPU is let have."""
    if stays_there(reading) and facts.get("task") == "train":
        facts.pop("offload", None)
    if "unified_memory" not in reading.cues or "gpu_memory_gb" not in facts or "gpu" in facts:
        return
    if MAC_TOLD in reading.extras:
        facts["gpu"] = MAC
    else:
        facts.setdefault("gpu_memory_utilization", unified_share(first(facts["gpu_memory_gb"])))
