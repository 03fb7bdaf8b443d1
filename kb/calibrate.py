"""The table `spreads`, computed from the measurements: split conformal, each source the same weight.

For each kind, with all sources and with each source left out, a low and a high percentile of z over the sources' own
quantiles, so that a source of many rows counts as one of few. A run that is asked about is of no source that was seen: the
tail of a kind, how much of the pool lies beyond each end, is the largest of a small grid at which sources that are left out
are covered at the level of the interval, in whole percents, as the level is told: a source of nine rows moves it by more. So
the coverage of left-out sources chose the tail, by one rule for every kind, and a report of that coverage over the same
sources is no independent check of it. `python -m kb.calibrate` writes the table; tests hold it.
"""

import csv
from collections.abc import Iterable
from pathlib import Path
from statistics import mean
from typing import Any

from kb.interval import COVERED, EVERY, kind_of, scale_of
from kb.quantiles import quantile
from kb.validate import Checked, validate

TABLE = Path(__file__).parent / "tables" / "spreads.csv"
COLUMNS = ("task", "figure", "without", "tail", "low_z", "high_z", "n_rows", "n_sources", "source", "grade")
# from half of what is not covered down: less of the pool, where a left-out source lies farther from the rest
TAILS = (0.05, 0.045, 0.04, 0.035, 0.03, 0.025, 0.02, 0.015, 0.01)
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


def covered_left_out(by_source: dict[str, list[float]], tail: float) -> float:
    """The share of a source's rows that the spread of the other sources covers, averaged over the sources."""
    shares = []
    for left_out, values in by_source.items():
        low, high = spread({source: others for source, others in by_source.items() if source != left_out}, tail)
        shares.append(mean(low <= z <= high for z in values))
    return mean(shares)


def tail_of(by_source: dict[str, list[float]]) -> float:
    """The largest tail at which left-out sources are covered as they should be, else the smallest; a single source can
    leave none out, and has the tail of the level."""
    if len(by_source) < 2:
        return TAILS[0]
    return next((tail for tail in TAILS if round(covered_left_out(by_source, tail), 2) >= COVERED), TAILS[-1])


def spreads(checked: Iterable[Checked]) -> list[dict[str, Any]]:
    """Rows of the table: each kind with every source, and without each source that has rows of it."""
    kinds: dict[tuple[str, str], dict[str, list[float]]] = {}
    for one in checked:
        if one.situation is not None:
            kinds.setdefault(kind_of(one.situation), {}).setdefault(one.row["source"], []).append(z_of(one))
    found = []
    for (task, figure), by_source in sorted(kinds.items()):
        tail = tail_of(by_source)
        for without in (EVERY, *(sorted(by_source) if len(by_source) > 1 else ())):
            kept = {source: values for source, values in by_source.items() if source != without}
            low, high = spread(kept, tail)
            found.append(
                {
                    "task": task, "figure": figure, "without": without, "tail": tail, "low_z": round(low, 4),
                    "high_z": round(high, 4), "n_rows": sum(map(len, kept.values())), "n_sources": len(kept), "source": "kb", "grade": "measured",
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
