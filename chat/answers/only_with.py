"""What is served and does not fit as it was asked, but with one setting changed: that is told first, and the verdict turns on it."""

from typing import Any

from chat.answers.as_asked import as_asked
from chat.answers.verdicts import has_failed
from chat.answers.wording import first_way
from chat.phrases import leaning
from chat.reads.reading import Reading
from kb.knobs import PLAIN_TYPES
from kb.recipe import ADAPTERS
from kb.stored import bits_of_file

# what is set at the start of a program: formats, the share of the card, how layers are spread; not what RAM holds, nor the length
_SETTINGS = frozenset({"kv_format", "weight_format", "bits", "gpu_memory_utilization", "max_num_seqs", "tensor_split"})
_OF_WEIGHTS = frozenset({"weight_format", "bits"})
_FEW = 4  # bits of a base that is quantised to train adapters on
_FEWEST_BITS = 3  # of weights in which a model is still recommended


def by_setting(result: dict[str, Any], reading: Reading) -> dict[str, Any] | None:
    """The change of settings with which it fits; None where it does so anyway or not at all."""
    facts = result.get("facts") or {}
    if by_adapters := _by_adapters(result, reading) or _by_default(result, reading):
        return by_adapters
    served = facts.get("task", {}).get("value") == "inference"
    if not served or result.get("verdict") != "no" or has_failed(reading):
        return None
    if result.get("denied") or result.get("doubted_setting") or any((result.get("hybrid") or {}).get("runs") or ()):
        return None
    way = first_way(result)
    if way is None:
        way = _fewer_bits(result, reading)
    if not way or not set(way["facts"]) <= _SETTINGS:
        return None
    return {**way, "not_as": ("not in 16 bit", "16 位不行")} if _as_published(result, way, reading) else way


def _as_published(result: dict[str, Any], way: dict[str, Any], reading: Reading) -> bool:
    """Is it the width of the weights alone that does not fit, which nobody told, as nobody told any other setting?"""
    told = {"weight_format", "bits", "bpw", "engine", *_SETTINGS} & set(reading.facts)
    stored = (result["facts"].get("weight_format") or {}).get("value")
    changed = set(way["facts"])
    weights = bool(changed & _OF_WEIGHTS) and changed <= {*_OF_WEIGHTS, "kv_format", "max_num_seqs"}
    return not told and stored in PLAIN_TYPES and weights


def _by_adapters(result: dict[str, Any], reading: Reading) -> dict[str, Any] | None:
    """Of learning from feedback on one card, where nobody said that all weights train: the adapters that it holds."""
    facts = result.get("facts") or {}
    alone = facts.get("task", {}).get("value") == "train" and int(facts.get("n_gpus", {}).get("value") or 1) == 1
    told = {"method", "offload", "zero_stage", "optimizer", "precision"} & set(reading.facts)
    if not alone or told or "algo" not in reading.facts or result.get("verdict") != "no" or has_failed(reading):
        return None
    offered = (one for one in result.get("changes") or [] if not one.get("leaning"))
    found = next((one for one in offered if one["facts"].get("method") in ADAPTERS), None)
    if found:
        found = {**found, "not_as": ("not with all weights", "全参不行")}
    if found and facts.get("algo", {}).get("value") == "ppo":
        apart = {"cost": "a reward model of its own comes on top", "cost_zh": "单独的奖励模型另算"}
        found = {
            **found,
            **{name: f"{found[name]}{'; ' if name == 'cost' else '；'}{said}" for name, said in apart.items()},
        }
    return found


# loads a base in 4 bits unless it is told otherwise (load_in_4bit), whatever its adapters are called
_IN_FOUR_BITS = "unsloth"
_TOO_LARGE = ("no", "unlikely")


def _by_default(result: dict[str, Any], reading: Reading) -> dict[str, Any] | None:
    """Of adapters that are said without the bits of their base, in a program that loads it in 4: that."""
    told = {"bits", "weight_format", "bpw", "offload"} & set(reading.facts)
    plain = reading.facts.get("method") == ("lora",) and reading.facts.get("engine") == (_IN_FOUR_BITS,)
    if told or not plain or not result.get("verdict") or leaning(result) not in _TOO_LARGE or has_failed(reading):
        return None
    found = next((one for one in result.get("changes") or [] if one["facts"].get("bits") == _FEW and not one.get("leaning")), None)  # fmt: skip
    if found is None:
        return None
    says = {"cost": "Unsloth's default, load_in_4bit", "cost_zh": "Unsloth 默认就是 load_in_4bit"}
    return {**found, **says, "not_as": ("not with a base in 16 bit", "16 位基座不行")}


def leads(result: dict[str, Any], reading: Reading) -> bool:
    """Is it asked first whether it fits? Then the change comes before the verdict on what was asked."""
    if _by_default(result, reading):
        return True
    first = tuple(one for one in reading.intents if one != "rl_memory")[:1]  # which is what is to fit
    return bool(result.get("whether")) or ("fits" in first and "might_fail" not in reading.cues)


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
