"""How much further the same cards go by the usual cheap change: a larger share, a cache of 8 bits, weights in fewer bits, a fused
loss, a base in 4 bits."""

from collections.abc import Callable
from typing import Any

from formulas.errors import BadInput
from kb.cases import Case
from kb.kernels import lacks_fp8_cache
from kb.outcome import Outcome, outcome
from kb.pools import MOST_SHARE
from kb.recipe import CHECKPOINT_BITS, format_for
from kb.stated import ASKED
from kb.stored import AS_PUBLISHED, FILES, UNQUANTISED, stored_bits

# a cache of 8 bits, as each program calls it
NARROW_CACHE = {FILES: "q8_0", "vllm": "fp8", "sglang": "fp8"}
# takes what fits and the least and the most to try, gives the largest that fits
Search = Callable[[Callable[[int], bool], int, int], int | None]


def lacks_narrow_cache(where: Outcome) -> bool:
    """Whether its program has no cache of 8 bits for this card."""
    named, computed_as = where.case.facts.get("engine"), where.situation.knob("engine")
    return lacks_fp8_cache(where.case.card, named or computed_as)


def narrow_cache_of(where: Outcome) -> str | None:
    """A cache of 8 bits as its program calls it; None where it has none, or none for this card."""
    return None if lacks_narrow_cache(where) else NARROW_CACHE.get(str(where.situation.knob("engine") or ""))


def wider(there: Outcome, quantity: str, most: int, highest: Search) -> list[dict[str, Any]]:
    """The largest with each such change, by the middle of the estimate; of what the asker has settled no change is told."""
    found = []
    for bits, facts in _changes(there):
        try:
            value = highest(fitting(there.case.with_facts(**facts), quantity), 1, most)
        except BadInput:  # no such format of this model
            continue
        if value is not None:
            found.append({"facts": facts, "value": value, **({"bits": bits} if bits else {})})
    if found and "bits" in found[-1]:  # the fewest bits
        found[-1] |= with_narrow_cache(there, found[-1], quantity, most, highest)
    return found


def with_narrow_cache(there: Outcome, one: dict[str, Any], quantity: str, most: int, highest: Search) -> dict[str, Any]:
    """How far fewer bits of the weights go with a cache of 8 bits as well; empty where the cache is settled."""
    knob = there.situation.knob
    kind = narrow_cache_of(there)
    if kind is None or "bits" not in one or knob("kv_format") is not None:
        return {}
    value = highest(fitting(there.case.with_facts(**one["facts"], kv_format=kind), quantity), 1, most)
    return {} if value is None else {"narrow_cache": {"kv_format": kind, "value": value}}


def fitting(case: Case, quantity: str) -> Callable[[int], bool]:
    """Does a value of it go in by the middle of the estimate?"""

    def fits(value: int) -> bool:
        tried = outcome(case.with_facts(**{quantity: value}))
        return tried.capacity is not None and tried.best <= tried.capacity

    return fits


def _changes(there: Outcome) -> list[tuple[int | None, dict[str, Any]]]:
    """The changes, the bits of a weight with those that are of weights."""
    knob = there.situation.knob
    if knob("task") == "train":
        saved = there.situation.knobs.get("gradient_checkpointing")
        of_training: list[tuple[int | None, dict[str, Any]]] = []
        if knob("loss") == "full-logits":
            of_training.append((None, {"loss": "fused"}))
        if knob("method") == "lora" and stored_bits(there) >= UNQUANTISED:
            of_training.append((None, {"method": "qlora", "bits": None, "weight_format": None}))
        if saved is not None and saved.value == "on" and saved.origin != ASKED:
            of_training.append((None, {"gradient_checkpointing": "off"}))  # which takes more, and is faster
        return of_training
    engine = str(knob("engine") or "")
    found: list[tuple[int | None, dict[str, Any]]] = []
    share = there.situation.knobs.get("gpu_memory_utilization")
    if engine == "vllm" and share is not None and share.origin != ASKED and float(share.value) < MOST_SHARE:
        found.append((None, {"gpu_memory_utilization": MOST_SHARE}))
    if knob("kv_format") is None and (narrow := narrow_cache_of(there)):
        found.append((None, {"kv_format": narrow}))
    if engine == FILES or knob("weight_format") in AS_PUBLISHED:
        return found
    fewer = (bits for bits in CHECKPOINT_BITS if bits < stored_bits(there) - 1)
    return found + [
        (bits, {"weight_format": name}) for bits in fewer if (name := format_for("inference", bits, engine))
    ]
