"""What is assumed alike for set-ups that are compared, where each by itself would assume another."""

from collections.abc import Mapping, Sequence
from typing import Any

from formulas.derivation import Fact
from kb.case_model import within_positions
from kb.cases import method_of
from kb.recipe import recipe
from kb.stated import ASSUMED

# what a program sets by itself and two programs are compared at the same value of
_OF_PROGRAMS = ("seq_len", "lora_rank")


def assumed_alike(common: Mapping[str, Any], sides: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Of programs what they set by themselves; of models that do not all declare the usual length one that all of them read."""
    told = [{**common, **side} for side in sides]
    usual = recipe(method_of(told[0]))
    programs = any("engine" in one for one in sides)
    found = {name: usual[name] for name in _OF_PROGRAMS if programs and name in usual}
    if any("model" in one for one in sides):
        length = int(usual["seq_len"])
        read = [within_positions(length, {"model": Fact(one["model"], ASSUMED)}) for one in told if "model" in one]
        found |= {"seq_len": min(read)} if min(read) < length else {}
    return {name: value for name, value in found.items() if not any(name in one for one in told)}
