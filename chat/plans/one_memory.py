"""Machines with one memory for processor and GPU, where no chip is told: what of it a program can have."""

from typing import Any

from chat.plans.served_by import first
from chat.reads.bare_memory import MAC_TOLD
from chat.reads.reading import Reading
from kb.cards import MAC
from kb.recipe import unified_share


def on_one_memory(reading: Reading, facts: dict[str, Any]) -> None:
    """A Mac of so much memory is one of the table's; of another machine the share is set that its GPU is let have."""
    if "unified_memory" not in reading.cues or "gpu_memory_gb" not in facts or "gpu" in facts:
        return
    if MAC_TOLD in reading.extras:
        facts["gpu"] = MAC
    else:
        facts.setdefault("gpu_memory_utilization", unified_share(first(facts["gpu_memory_gb"])))
