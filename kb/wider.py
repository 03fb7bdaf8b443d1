"""How much further the same cards go by the usual cheap change: a cache of 8 bits, weights in fewer bits, a fused loss."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from formulas.errors import BadInput
from kb.outcome import Outcome, outcome
from kb.recipe import format_for

FILES = "llama.cpp"
# experts that were trained in so few bits: their files are hardly smaller in fewer
AS_PUBLISHED = ("mxfp4", "nvfp4")
# a cache of 8 bits, as each program calls it
NARROW_CACHE = {FILES: "q8_0", "vllm": "fp8", "sglang": "fp8"}
_WHOLE, _BITS = ("bf16", "fp16"), (8, 4)
# takes what fits and the least and the most to try, gives the largest that fits
Search = Callable[[Callable[[int], bool], int, int], int | None]


def wider(there: Outcome, quantity: str, most: int, highest: Search) -> list[dict[str, Any]]:
    """The largest with each such change, by the middle of the estimate; of what the asker has settled no change is told."""
    found = []
    for facts in _changes(there):
        case = replace(there.case, facts={**there.case.facts, **facts})

        def fits(value: int, case: Any = case) -> bool:
            tried = outcome(replace(case, facts={**case.facts, quantity: value}))
            return tried.capacity is not None and tried.best <= tried.capacity

        try:
            value = highest(fits, 1, most)
        except BadInput:  # no such format of this model
            continue
        if value is not None:
            bits = {"bits": _bits_of(facts["weight_format"], there)} if "weight_format" in facts else {}
            found.append({"facts": facts, "value": value, **bits})
    return found


def _names(engine: str) -> dict[int, str]:
    """The formats of fewer bits, as the program takes them."""
    return {bits: name for bits in _BITS if (name := format_for("inference", bits, engine))}


def _bits_of(name: str, there: Outcome) -> int:
    names = _names(str(there.situation.knob("engine") or ""))
    return next(bits for bits, one in names.items() if one == name)


def _changes(there: Outcome) -> list[dict[str, Any]]:
    knob = there.situation.knob
    if knob("task") == "train":
        return [{"loss": "fused"}] if knob("loss") == "full-logits" else []
    engine = str(knob("engine") or "")
    found: list[dict[str, Any]] = []
    if knob("kv_format") is None and engine in NARROW_CACHE:
        found.append({"kv_format": NARROW_CACHE[engine]})
    stored = str(knob("weight_format"))
    if engine == FILES or stored in AS_PUBLISHED:
        return found
    names = _names(engine)
    given = 16 if stored in _WHOLE else 8 if stored in (names.get(8), "fp8", "int8") else 4
    return found + [{"weight_format": name} for bits, name in names.items() if bits < given]
