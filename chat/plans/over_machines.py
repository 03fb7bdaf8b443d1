"""A training over whole machines whose ways of dividing are named without their degrees: tensor ranks stay within a machine."""

from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.hosting import MACHINE

# both stand in the text, and neither has a number
_BOTH = r"^(?=[\s\S]*(?:tensor[ -]?parallel|张量并行|(?<![a-z])tp(?![a-z])))(?=[\s\S]*(?:pipeline|流水线|(?<![a-z])pp(?![a-z])))"
_STAGES = (8, 4, 2, 1)


def stages_over(reading: Reading) -> int:
    """Pipeline stages with which two copies or more stand on so many machines, tensor ranks filling one; 0 where that is not asked."""
    counts = reading.facts.get("n_gpus", ())
    count = int(counts[0]) if len(counts) == 1 else 0
    if "layout_asked" in reading.cues:
        return 0  # those that fit are recommended
    told = {"tp", "pp", "dp", "zero_stage", "ep"} & set(reading.facts)
    trains = reading.facts.get("task") == ("train",) and set(reading.facts.get("method", ("full",))) == {"full"}
    if told or not trains or count <= MACHINE or count % MACHINE or not compiled(_BOTH).search(reading.lowered):
        return 0
    machines = count // MACHINE
    return next((one for one in _STAGES if machines % one == 0 and machines >= 2 * one), 1)


def over_machines(reading: Reading) -> list[dict[str, Any]]:
    """Layouts to set against each other: stages over machines, copies alone, and plain sharding."""
    stages = stages_over(reading)
    if not stages:
        return []
    ranks = {"tp": MACHINE, "zero_stage": 1}
    return [*([{**ranks, "pp": stages}] if stages > 1 else []), ranks, {"zero_stage": 3}]
