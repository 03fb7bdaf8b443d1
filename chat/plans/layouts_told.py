"""Whole layouts that a question sets side by side, `A) TP8 PP4 DP1, B) TP4 PP4 DP2`: each is a case of its own."""

from chat.plans.understood import Facts, understood
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_NAMES = ("tp", "pp", "dp", "cp", "ep")
_ONE = rf"(?<![a-z])(?:{'|'.join(_NAMES)})\s?[=:]?\s?\d{{1,4}}(?!\d)"
_LAYOUT = rf"{_ONE}(?:(?:[\s,/+*x×·-]|\b(?:and|so|with|then)\b|=>|->|即|所以){{0,5}}{_ONE})+"


def layouts_told(reading: Reading) -> list[Facts]:
    """The layouts in the order of the text; none where fewer than two are told, or not of the same ranks, copies apart."""
    found = [layout for one in compiled(_LAYOUT).finditer(reading.lowered) for layout in _layouts(one[0])]
    each = [one for place, one in enumerate(found) if one not in found[:place]]
    return each if len(each) > 1 and len({frozenset(set(one) - {"dp"}) for one in each}) == 1 else []


def _layouts(said: str) -> list[Facts]:
    """The layouts of a row of ranks: where a name comes again, the next one begins; a single rank is none."""
    found: list[Facts] = [{}]
    for rank in compiled(_ONE).finditer(said):
        name, count = rank[0][:2], int(rank[0][2:].lstrip(" =:"))
        if name in found[-1]:
            found.append({})
        found[-1][name] = count
    return [one for one in found if len(one) > 1]


def compared_layouts(reading: Reading) -> Facts:
    """What the tool that compares takes: a set-up for each layout, and the facts that all share."""
    setups = ["; ".join(f"{name}={count}" for name, count in one.items()) for one in layouts_told(reading)]
    shared = {name: given for name, given in understood(reading).items() if name not in _NAMES}
    return {"setups": setups, **shared}
