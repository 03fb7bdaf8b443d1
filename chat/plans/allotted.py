"""What is allotted of a stated amount: a part of a card to stay under, a slot's part of a shared context."""

from typing import Any

from chat.reads.flags import SLOTS_SHARE
from chat.reads.reading import Reading
from kb.cards import limited_name
from kb.programs import serves

Facts = dict[str, Any]


def of_each_slot(reading: Reading, facts: Facts) -> None:
    """The length that each slot of a server has, where the one that is set is of all."""
    length, slots = facts.get("seq_len"), facts.get("batch_size")
    if SLOTS_SHARE in reading.extras and isinstance(length, int) and isinstance(slots, int) and slots > 1:
        facts["seq_len"] = length // slots


def within_limit(reading: Reading, facts: Facts) -> None:
    """An amount to stay under limits the card; what serves takes a share of a card, and the amount is the share to set."""
    limit = reading.extras.get("log_target")
    if not limit or serves(facts.get("engine")):
        return
    if isinstance(facts.get("gpu"), str) and " + " not in facts["gpu"]:
        facts["gpu"] = limited_name(facts["gpu"], float(limit[0]))
    elif isinstance(facts.get("gpu_memory_gb"), (int, float)):
        facts["gpu_memory_gb"] = limit[0]
