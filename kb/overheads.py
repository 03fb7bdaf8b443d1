"""The constants that tensors do not show, from the table `overheads`, for the engine or card at hand."""

from functools import cache

from formulas.derivation import Fact
from kb.database import rows
from kb.engines import shifts_labels
from kb.exchange import fills_buckets
from kb.names import gpu_row
from kb.stated import reader, stated

_SCALE = {"MiB": 2**20, "share": 1}
# what the context of CUDA takes of a card, usually [GiB], where nothing else is known of the run
CONTEXT_GIB = (0.5, 1.0)


@cache
def _table() -> dict[str, dict[str, float]]:
    found: dict[str, dict[str, float]] = {}
    for row in rows("SELECT name, applies_to, value, unit FROM overheads"):
        found.setdefault(row["name"], {})[row["applies_to"]] = row["value"] * _SCALE[row["unit"]]
    return found


def _linked(gpu: str) -> bool:
    """Whether a card of that name has NVLink."""
    return gpu_row(gpu).get("nvlink_or_fabric_gb_s") is not None


def vendor_of(gpu: str) -> str:
    """Who makes a card of that name; empty where the table has none."""
    return str(gpu_row(gpu).get("vendor") or "")


def runtime_known(vendor: str) -> bool:
    """Whether the table says what the runtime of a maker's cards holds."""
    return vendor in _table()["context"]


def overheads(knobs: dict[str, Fact]) -> dict[str, Fact]:
    """Each constant, for the card's maker, the engine, its way with logits, or the task where the table has a row for them,
    else for any.
    """
    task = stated(knobs, "task")
    engine = stated(knobs, "engine") or ("server" if task == "inference" else None)
    linked = _linked(str(stated(knobs, "gpu", "")))
    fitting = [vendor_of(str(stated(knobs, "gpu", ""))), engine, f"{task} over NVLink" if linked else None]
    fitting += ["buckets counted"] if fills_buckets(reader(knobs)) else []
    fitting += [task, "labels-shifted"] if shifts_labels(reader(knobs)) else [task]
    facts = {}
    for name, values in _table().items():
        value = next((values[one] for one in fitting if one in values), values.get("any"))
        if value is not None:
            facts[name] = Fact(value, "measured, table overheads")
    return facts
