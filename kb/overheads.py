"""The constants that tensors do not show, from the table `overheads`, for the engine or card at hand."""

from functools import cache
from typing import Any

from formulas.derivation import Fact
from kb.database import rows
from kb.engines import shifts_labels

_SCALE = {"MiB": 2**20, "share": 1}


@cache
def _table() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in rows("SELECT name, applies_to, value, unit FROM overheads"):
        found.setdefault(row["name"], {})[row["applies_to"]] = row["value"] * _SCALE[row["unit"]]
    return found


@cache
def _linked(gpu: str) -> bool:
    """Whether a card of that name has NVLink."""
    return bool(rows("SELECT name FROM gpus WHERE name = ? AND nvlink_or_fabric_gb_s IS NOT NULL", [gpu]))


def overheads(knobs: dict[str, Any]) -> dict[str, Fact]:
    """Each constant, for the engine, its way with logits, or the task where the table has a row for them, else for any."""
    fitting = [knobs[name].value for name in ("engine", "task") if name in knobs]
    if shifts_labels(lambda name, default=None: knobs[name].value if name in knobs else default):
        fitting.append("labels-shifted")
    if _linked(str(knobs["gpu"].value) if "gpu" in knobs else ""):
        fitting.insert(1, f"{knobs['task'].value} over NVLink")
    facts = {}
    for name, values in _table().items():
        value = next((values[one] for one in fitting if one in values), values.get("any"))
        if value is not None:
            facts[name] = Fact(value, "measured, table overheads")
    return facts
