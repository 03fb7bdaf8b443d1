"""How many cards what is served takes otherwise: in other formats, with a cache of 8 bits, or with some of its sequences waiting."""

from collections.abc import Callable
from typing import Any

from formulas.errors import BadInput
from kb.candidates import OF_ONES_OWN
from kb.cards import GIB
from kb.cases import Case
from kb.counts import SOLD, held_tokens
from kb.hosting import AT_HOME
from kb.interval import FITS
from kb.knobs import PLAIN_TYPES
from kb.names import gpu_row
from kb.outcome import Outcome, outcome
from kb.squeezed import in_other_formats
from kb.stored import FILES, USUAL_BITS, stored_bits
from kb.wider import NARROW_CACHE, lacks_narrow_cache

# as many cards as one takes for what is served, and the case there; None if no number of cards near is enough
Enough = Callable[[Case], tuple[int, Outcome] | None]
# the files of fewer bits than the usual ones that are tried on one card fewer
_FILES_IN_FEW = ("gguf:IQ4_XS", "gguf:Q3_K_M", "gguf:IQ3_XXS")
# a cache of so much of the weights decides the count with them
_WORTH = 0.25


def otherwise(where: Outcome, case: Case, taken: tuple[int, Outcome] | None, enough: Enough) -> dict[str, Any]:
    """`formats`: the counts in other formats; `in_files`: a file in few bits with one card fewer; `narrow`: the count with a cache
    of 8 bits; `both`: with that and the fewest bits of weights; `fewer`: what the machine with fewer cards holds at once."""
    # formats side by side: the others are told once, by `other_formats`
    apart = {"bits", "weight_format"} & set(case.differs)
    found: dict[str, Any] = {
        "formats": [] if apart else in_other_formats(where, case, enough),
        "in_files": _in_files(where, case, taken),
    }
    knob = where.situation.knob
    asked = int(knob("batch_size") or 1)
    if knob("task") == "train" or asked < 2 or taken is None or taken[0] < 2:
        return found
    count, at = taken
    if at.part_of_all("kv") < _WORTH * at.part_of_all("weights"):
        return found
    narrow = NARROW_CACHE.get(str(knob("engine") or ""), "fp8")
    told = lacks_narrow_cache(where) or knob("kv_format") not in (None, *PLAIN_TYPES) or "kv_format" in case.differs
    there = None if told else case.with_facts(kv_format=narrow)
    if there and (held := enough(there)):
        found["narrow"] = {"kv_format": narrow, "value": held[0], "gib": held[1].best / GIB}
    if apart:  # such a cache where it takes fewer cards
        if found.get("narrow", {}).get("value", count) >= count:
            found.pop("narrow", None)
        return found
    if there and (both := _in_both(found, there, enough)):
        found["both"] = both
    length = int(knob("seq_len") or 0) + int(knob("output_len") or 0)
    lower = max((one for one in SOLD if one < count), default=0)
    if length and (at_once := _at_once(case, lower, length)) and at_once < asked:
        less = _at_once(there, lower, length) if there else 0
        found["fewer"] = {"n_gpus": lower, "asked": asked, "at_once": at_once, "narrow": min(less, asked)}
    return found


def other_formats(last: Case, where: list[Outcome], enough: Enough) -> list[dict[str, Any]]:
    """Of formats alone that stand side by side, each at its own count: what the other usual ones take."""
    if not {"bits", "weight_format"} >= set(last.differs):
        return []
    return in_other_formats(where[-1], last, enough, where)


def _in_both(found: dict[str, Any], there: Case, enough: Enough) -> dict[str, Any] | None:
    """The fewest bits of the weights with such a cache, where the two together take fewer cards than either."""
    if "narrow" not in found or not found["formats"]:
        return None
    least = found["formats"][-1]
    held = enough(there.with_facts(**least["facts"], bits=None))
    if held is None or held[0] >= min(found["narrow"]["value"], least["value"]):
        return None
    return {"bits": least["bits"], "value": held[0], "gib": held[1].best / GIB}


def _in_files(where: Outcome, case: Case, taken: tuple[int, Outcome] | None) -> dict[str, Any] | None:
    """Of weights in few bits on cards of one's own, the largest of llama.cpp's files of still fewer with which one card fewer is
    likely to do; None where such files, another format or a layout are told."""
    knob = where.situation.knob
    told = knob("engine") == FILES or {"weight_format", "tp", "pp", "layer_split"} & (set(case.facts) - case.assumed)
    own = case.card is not None and gpu_row(case.card.name).get("class") in OF_ONES_OWN
    if taken is None or not 2 < taken[0] <= AT_HOME or told or not own or knob("task") == "train":
        return None
    if int(knob("batch_size") or 1) > 1 or stored_bits(where) > USUAL_BITS + 1 or len(case.rig) > 1:
        return None
    for kind in _FILES_IN_FEW:
        facts = {"weight_format": kind, "bits": None, "engine": FILES, "n_gpus": taken[0] - 1}
        try:
            there = outcome(case.with_facts(**facts))
        except BadInput:  # no such file of this model
            return None
        if there.leaning in FITS and there.capacity:
            return {
                "n_gpus": taken[0] - 1, "weight_format": kind, "leaning": there.leaning,
                "gib": there.best / GIB, "capacity_gib": there.capacity / GIB,
            }  # fmt: skip
    return None


def _at_once(case: Case, cards: int, length: int) -> int:
    """The sequences for which the pool of so many cards has pages; 0 where they hold none or nothing is served from a pool."""
    try:
        there = outcome(case.with_facts(n_gpus=cards, batch_size=1))
    except BadInput:
        return 0
    return held_tokens(there) // length if there.verdict_of_cards == "yes" else 0
