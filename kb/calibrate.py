"""The table `spreads`, computed from the measurements: split conformal, each source the same weight.

For each kind, with all sources and with each source left out, a low and a high percentile of z over the sources' own
quantiles, so that a source of many rows counts as one of few. A run that is asked about is of no source that was seen, so the
tails are those at which sources that are left out are covered in nine of ten rows. `python -m kb.calibrate` writes the table; tests hold it.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from kb.interval import EVERY, kind_of, scale_of
from kb.quantiles import quantile
from kb.validate import Checked, validate

TABLE = Path(__file__).parent / "tables" / "spreads.csv"
COLUMNS = ("task", "figure", "without", "low_z", "high_z", "n_rows", "n_sources", "source", "grade")
# share of runs beyond each end: fewer where sources are few, for a left-out one lies farther from the rest
TAILS = {"inference": 0.035, "train": 0.05}
_STEPS = 40  # quantiles that stand for a source


def z_of(one: Checked) -> float:
    """How far a measurement lies from the prediction, in the scale of the prediction; 0 inside the published bounds."""
    nearest = min(max(one.predicted, one.row["gib_low"]), one.row["gib_high"])
    return float((nearest - one.predicted) / scale_of(one.predicted, one.exact))


def spread(by_source: dict[str, list[float]], tail: float) -> tuple[float, float]:
    """Low and high percentile of z, each source with the same weight."""
    pooled = sorted(
        quantile(sorted(values), step / _STEPS) for values in by_source.values() for step in range(_STEPS + 1)
    )
    return min(0.0, quantile(pooled, tail)), max(0.0, quantile(pooled, 1 - tail))


def spreads(checked: Iterable[Checked]) -> list[dict[str, Any]]:
    """Rows of the table: each kind with every source, and without each source that has rows of it."""
    kinds: dict[tuple[str, str], dict[str, list[float]]] = {}
    for one in checked:
        if one.situation is not None:
            kinds.setdefault(kind_of(one.situation), {}).setdefault(one.row["source"], []).append(z_of(one))
    found = []
    for (task, figure), by_source in sorted(kinds.items()):
        for without in (EVERY, *(sorted(by_source) if len(by_source) > 1 else ())):
            kept = {source: values for source, values in by_source.items() if source != without}
            low, high = spread(kept, TAILS[task])
            found.append(
                {
                    "task": task, "figure": figure, "without": without, "low_z": round(low, 4),
                    "high_z": round(high, 4),
                    "n_rows": sum(map(len, kept.values())), "n_sources": len(kept), "source": "kb", "grade": "measured",
                }
            )  # fmt: skip
    return found


def write() -> None:
    """Compute the table and write it."""
    computed = spreads(validate().checked)  # first: the old table is read for it
    with TABLE.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(lines, COLUMNS, lineterminator="\n")
        table.writeheader()
        table.writerows(computed)


if __name__ == "__main__":
    write()
