"""What is served and does not fit as it was asked, but with one setting changed: that is told first, and the verdict turns on it."""

from typing import Any

from chat.answers.as_asked import as_asked
from chat.answers.verdicts import has_failed
from chat.answers.wording import first_way
from chat.reads.reading import Reading
from kb.stored import bits_of_file

# what is set at the start of a program: formats, the share of the card, how layers are spread; not what RAM holds, nor the length
_SETTINGS = frozenset({"kv_format", "weight_format", "bits", "gpu_memory_utilization", "max_num_seqs", "tensor_split"})
_FEWEST_BITS = 3  # of weights in which a model is still recommended


def by_setting(result: dict[str, Any], reading: Reading) -> dict[str, Any] | None:
    """The change of settings with which it fits; None where it does so anyway or not at all."""
    facts = result.get("facts") or {}
    served = facts.get("task", {}).get("value") == "inference"
    if not served or result.get("verdict") != "no" or has_failed(reading):
        return None
    if result.get("denied") or result.get("doubted_setting") or any((result.get("hybrid") or {}).get("runs") or ()):
        return None
    way = first_way(result)
    if way is None:
        way = _fewer_bits(result, reading)
    return way if way and set(way["facts"]) <= _SETTINGS else None


def leads(result: dict[str, Any], reading: Reading) -> bool:
    """Is it asked first whether it fits? Then the change comes before the verdict on what was asked."""
    return bool(result.get("whether")) or ("fits" in reading.intents[:1] and "might_fail" not in reading.cues)


def _fewer_bits(result: dict[str, Any], reading: Reading) -> dict[str, Any] | None:
    """Weights in fewer bits than the usual ones, where nobody said in how many."""
    if {"weight_format", "bits", "bpw"} & set(reading.facts):
        return None
    fewer = (
        one for one in result.get("changes") or []
        if not one.get("leaning") and bits_of_file(str(one["facts"].get("weight_format"))) >= _FEWEST_BITS
    )  # fmt: skip
    return next(fewer, None)


def with_condition(found: dict[str, Any], artifacts: list[dict[str, Any]], reading: Reading) -> dict[str, Any]:
    """The result of a turn whose one estimate fits with a setting changed: its verdict turns on that."""
    estimates = [one for one in artifacts if one.get("kind") == "estimate"]
    if len(estimates) != 1 or found.get("verdict") != "no" or not by_setting(as_asked(estimates[0], reading), reading):
        return found
    return {**found, "verdict": "conditional"}
