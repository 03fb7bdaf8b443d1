"""How cards that train together exchange gradients and weights: rules of the programs, in the formulas' words."""

from functools import cache
from typing import Any

from formulas.derivation import Fact
from kb.database import rows
from kb.engines import deepspeed
from kb.stated import ASSUMED, Value

# programs that reduce and divide gradients after every micro-step; the others that shard meet once, after the last
_DIVIDES_EACH_MICRO_STEP = ("torchtune", "torchtitan")
# programs whose sharding does not look ahead unless it is told to
_LOOKS_AT_ONE_LAYER = ("transformers", "ms-swift")
# programs that reduce gradients in place, or in buckets too small to tell
_IN_PLACE = ("megatron", "colossalai")


def exchange_facts(value: Value) -> dict[str, Fact]:
    """What is on its way between cards, and what stays between micro-steps; `value(name, default)` gives a knob."""
    stage, ahead = int(value("zero_stage", 0)), "nothing"
    if stage == 3 and value("method") != "inference":
        ahead = "bucket" if deepspeed(value) else "nothing" if value("engine") in _LOOKS_AT_ONE_LAYER else "layer"
    found: dict[str, Any] = {
        "reduction": _reduction(value, stage),
        "accumulation": _accumulation(value, stage),
        "gathered_ahead": ahead,
        "bucket_sizes": "by-width" if stage == 3 and value("engine") != "deepspeed" else "fixed",
    }
    if "bucket" in (found["reduction"], ahead) and found["bucket_sizes"] == "fixed":
        found |= {"bucket_numbers": _size("reduce_bucket_size"), "ahead_numbers": _size("stage3_prefetch_bucket_size")}
    if stage == 3:
        found["sub_group_size"] = _size("sub_group_size")
    return {name: Fact(one, ASSUMED) for name, one in found.items()}


def warnings(value: Value) -> tuple[str, ...]:
    """A sentence where micro-steps cannot be accumulated: what is updated as its gradient appears keeps none."""
    if (value("method") == "lomo" or value("optimizer_in_backward")) and int(value("grad_accum", 1)) > 1:
        return ("parameters are updated as their gradients appear: gradients are not accumulated",)
    return ()


@cache
def _size(setting: str) -> int:
    found = rows("SELECT value FROM recipes WHERE tool = 'DeepSpeed' AND setting = ?", [setting])
    return int(found[0]["value"])


def fills_buckets(value: Value) -> bool:
    """Whether gradients go through a bucket of a fixed size, which is counted as a tensor."""
    stage = int(value("zero_stage", 0))
    return _reduction(value, stage) == "bucket" and not (stage == 3 and value("engine") != "deepspeed")


def _reduction(value: Value, stage: int) -> str:
    if value("method") == "inference" or value("engine") in _IN_PLACE or value("layer_split"):
        return "none"
    if stage in (1, 2) or (stage == 3 and deepspeed(value)):
        return "bucket"  # which DeepSpeed has on a single card too
    if int(value("dp", 1)) * int(value("cp", 1)) == 1:
        return "none"
    if deepspeed(value):
        return "bucket"
    return "units" if stage == 3 else "copies"


def _accumulation(value: Value, stage: int) -> str:
    """What stands of the gradients as a micro-step begins: Megatron's and ZeRO-3's have a buffer from the start on."""
    if value("method") in ("inference", "lomo") or value("optimizer_in_backward"):
        return "no"
    if value("engine") == "megatron" or (stage == 3 and deepspeed(value)):
        return "divided"
    if int(value("grad_accum", 1)) == 1:
        return "no"
    whole = stage == 3 and value("engine") not in _DIVIDES_EACH_MICRO_STEP
    return "whole" if whole else "divided"
