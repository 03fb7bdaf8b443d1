"""Cards over which a model's heads do not divide, as a pipeline of whole layers."""

import re
from dataclasses import replace

from chat.plans.formats import rows_of
from chat.plans.understood import is_serving
from chat.reads.reading import Reading
from formulas.errors import BadInput
from kb.names import Row, model_row
from kb.standin import stands_for

_RANKS = re.compile(r"tensor[ -]?parallel|张量并行", re.IGNORECASE)


def by_layers(reading: Reading) -> Reading:
    """Cards that a model's heads do not divide over are a pipeline instead: whole layers on each, as programs then run it."""
    told = reading.facts.get("tp", ())
    if not told and _RANKS.search(reading.lowered):  # all the cards are meant
        told = tuple(count for count in reading.facts.get("n_gpus", ()) if count > 1)
    ways = {int(tp) for tp in told}
    uneven = {one for one in ways for row in _rows(reading) if not divides(row, one)}
    if not uneven or not is_serving(reading):
        return reading
    facts = {name: given for name, given in reading.facts.items() if name != "tp"}
    on_all = uneven & {int(count) for count in reading.facts.get("n_gpus", ())}  # fewer ranks are told beside it
    kept = () if on_all else tuple(tp for tp in told if int(tp) not in uneven)
    facts |= {"tp": kept} if kept else {"pp": (max(uneven),)}
    if not kept:  # ranks are as many cards
        facts.setdefault("n_gpus", (max(uneven),))
    facts.setdefault("engine", ("vllm",))  # a server is what asks for ranks
    return replace(reading, facts=facts, cues=(*reading.cues, "heads_do_not_divide"))


def _rows(reading: Reading) -> list[Row]:
    """The models that are named, else those that the sizes are counted with."""
    if named := rows_of(reading):
        return named
    try:
        return [model_row(stands_for(float(size))) for size in reading.facts.get("params", ())]
    except BadInput:  # of no such size; that is said where it is counted
        return []


def divides(row: Row, ranks: int) -> bool:
    """Do a model's heads divide over so many ranks?"""
    heads, kv = int(row["n_heads"] or 0), int(row["n_kv_heads"] or 0)
    return not heads or not kv or (heads % ranks == 0 and (kv % ranks == 0 or ranks % kv == 0))
