"""A smaller model of the same family that fits where the one that was asked for does not."""

import re
from dataclasses import replace
from typing import Any

from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.change import Change, Price
from kb.database import rows
from kb.names import model_row, names
from kb.outcome import Outcome, outcome
from kb.recipe import format_for
from kb.served_offers import PLACES_OF_SERVING
from kb.stated import ASSUMED
from kb.stored import UNQUANTISED, stored_bits

# what tells the members of a family apart by their size, and how each was tuned for use
_SIZE = re.compile(r"(?<![a-z0-9.])a?\d+(?:[._]\d+)?[bm](?![a-z0-9])")
_TUNED = re.compile(r"[-_](?:instruct|chat|it|hf|base|sft)(?![a-z0-9])")
_FEW = 4  # bits in which a model is run that nobody asked for in 16
_LEAST_SIZE = 0.1  # of the parameters that were asked for: one of fewer is no stand-in
_LEAST = 0.85  # of the card: weights that take more are what does not fit, and no cache


def smaller_ones(where: Outcome) -> list[Change]:
    """The largest that is sure to fit as it is asked for, and where 16 bits are, a larger one in few bits beside it."""
    found = [one for one in (_smaller(where), _smaller(where, in_few=True)) if one is not None]
    return [
        one for place, one in enumerate(found) if all(one.facts["model"] != two.facts["model"] for two in found[:place])
    ]


def _smaller(where: Outcome, in_few: bool = False) -> Change | None:
    """The largest that is sure to fit; None where the model was not named or something else than its weights is too much.

    in_few    in few bits, though 16 were asked for
    """
    model, facts = where.case.facts.get("model"), where.case.facts
    if not isinstance(model, str) or set(facts) & PLACES_OF_SERVING:
        return None
    serves = where.situation.knob("task") != "train"
    if serves and where.terms.get("weights", 0.0) < _LEAST * (where.capacity or 0.0):
        return None
    stored = where.situation.knobs["weight_format"]
    narrow: dict[str, Any] = {}
    if in_few and not (serves and stored.origin != ASSUMED and stored_bits(where) > UNQUANTISED):
        return None
    if serves and (stored.origin == ASSUMED or in_few) and stored_bits(where) > _FEW:
        narrow = {"weight_format": format_for("inference", _FEW, str(where.situation.knob("engine") or ""))}
    for name in _members(str(names().find_model(model)["name"])):
        changed = {**facts, **narrow, "model": name}
        try:
            there = outcome(replace(where.case, facts=changed))
        except BadInput:
            continue
        if there.verdict == "yes":
            short = name.rpartition("/")[2]
            bits = Words(f" in {_FEW} bits", f"({_FEW} 位)") if narrow else SILENT
            said = Words(f"a smaller one of the family, {short}{bits.en}", f"同系列更小的 {short}{bits.zh}")
            return Change({"model": name, **narrow}, Price.METHOD, said, ())
    return None


def _members(model: str) -> list[str]:
    """Models whose names differ in size and tuning alone, all smaller: those tuned as this one is before others, the largest first."""
    own = model_row(model)
    if not (size := own["unique_params"] or own["total_params"]):
        return []
    found = rows(
        "SELECT name FROM models WHERE family = ? AND coalesce(unique_params, total_params) BETWEEN ? AND ? ORDER BY coalesce(unique_params, total_params) DESC, name",
        [own["family"], _LEAST_SIZE * size, size - 1],
    )
    alike = [row for row in found if _line(row["name"]) == _line(model) and _SIZE.search(row["name"].lower())]
    return [row["name"] for row in sorted(alike, key=lambda row: _tuning(row["name"]) != _tuning(model))]


def _tuning(model: str) -> list[str]:
    return _TUNED.findall(model.rpartition("/")[2].lower())


def _line(model: str) -> str:
    """The name without its owner, its size and its tuning."""
    short = model.rpartition("/")[2].lower()
    return re.sub(r"[-_]+", "-", _TUNED.sub("", _SIZE.sub("", short))).strip("-")
