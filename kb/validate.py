"""Predictions against measurements: one row, one figure, one signed error; summaries average each source first."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from statistics import mean
from typing import Any

from formulas.errors import BadInput
from kb.beside import Beside, beside
from kb.checked import PEAKS, Checked, check, facts_of, is_strict
from kb.database import rows
from kb.quantiles import quantile

__all__ = [
    "PEAKS", "Checked", "Validation", "by_source_first", "check", "facts_of", "file_rows", "grouped", "own_rows", "summary",
    "validate",
]  # fmt: skip


@dataclass(frozen=True)
class Validation:
    checked: tuple[Checked, ...]
    skipped: tuple[dict[str, str], ...] = field(default=())
    others: tuple[Beside, ...] = field(default=())  # the rows that are not strict

    def beside(self) -> dict[str, dict[str, float]]:
        """Errors of the rows that are not strict, by source and by what the figure is."""
        groups: dict[str, list[Checked]] = {}
        for one in self.others:
            if one.checked is not None:
                groups.setdefault(f"{one.source}: {one.what}", []).append(one.checked)
        return {name: summary(group) for name, group in sorted(groups.items())}

    def reasons(self) -> list[dict[str, Any]]:
        """Why the others have no error: source, what the figure is, how many rows, the reason."""
        counts: dict[tuple[str, str, str], int] = {}
        for one in self.others:
            if one.checked is None:
                counts[one.source, one.what, one.why] = counts.get((one.source, one.what, one.why), 0) + 1
        return [
            {"source": source, "what": what, "rows": n, "why": why} for (source, what, why), n in sorted(counts.items())
        ]

    def json(self) -> dict[str, Any]:
        """The object of the contract."""
        return {
            "rows": len(self.checked) + len(self.skipped),
            "evaluated": len(self.checked),
            "skipped": list(self.skipped),
            "overall": by_source_first(self.checked),
            "by_source": {name: summary(group) for name, group in grouped(self.checked, lambda one: one.row["source"])},
            "by_kind": {name: by_source_first(group) for name, group in grouped(self.checked, lambda one: one.kind)},
            "beside": self.beside(),
            "reasons": self.reasons(),
            "cases": [
                {"id": one.row["id"], "predicted_gib": one.predicted, "low_gib": one.low, "high_gib": one.high,
                 "measured_low_gib": one.row["gib_low"], "measured_high_gib": one.row["gib_high"], "error": one.error}
                for one in self.checked
            ],
        }  # fmt: skip


def validate(path: Path | None = None) -> Validation:
    """Every strict row of a file in the schema of the measurement tables, or of the project's own tables; others beside.

    BadInput when the file cannot be read or lacks columns; a row that cannot be evaluated is skipped with its reason.
    """
    checked, skipped, others = [], [], []
    for row in own_rows() if path is None else file_rows(path):
        try:
            checked.append(check(row))
        except BadInput as error:
            skipped.append({"id": str(row.get("id")), "why": str(error)})
            if not is_strict(row):
                others.append(beside(row))
    return Validation(tuple(checked), tuple(skipped), tuple(others))


def own_rows() -> list[dict[str, Any]]:
    """The project's tables of measurements and counted runs."""
    return [*rows("SELECT * FROM measurements"), *rows("SELECT * FROM tensor_peaks")]


_NUMBERS = {"gib_low", "gib_high", "gib", "bpw"}
_NEEDED = ("id", "source", "kind", "method", "meter", "gib_low", "gib_high")


def file_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a CSV file; blank cells are None, figures are numbers."""
    try:
        with path.open(encoding="utf-8", newline="") as lines:
            found = list(csv.DictReader(lines))
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise BadInput(f"cannot read {path}: {error}") from None
    if not found:
        raise BadInput(f"{path} has no rows")
    missing = [name for name in _NEEDED if name not in found[0]]
    if missing:
        raise BadInput(f"{path} lacks the columns {', '.join(missing)}; it needs those of `kb tables measurements`")
    return [_typed(row) for row in found]


def _typed(row: dict[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {name: (value or "").strip() or None for name, value in row.items() if name is not None}
    for name in _NUMBERS:
        if typed.get(name) is not None:
            try:
                typed[name] = float(typed[name])
            except ValueError:
                typed[name] = None
    return typed


def grouped(checked: Iterable[Checked], key: Any) -> list[tuple[str, list[Checked]]]:
    groups: dict[str, list[Checked]] = {}
    for one in checked:
        groups.setdefault(key(one), []).append(one)
    return sorted(groups.items())


def summary(checked: list[Checked]) -> dict[str, float]:
    """n, median and 90th percentile of |error|, shares within 10 and 25 %, under by more than 10 %, interval coverage."""
    sizes = sorted(abs(one.error) for one in checked)
    n = len(sizes)
    return {
        "n": n,
        "median_abs": quantile(sizes, 0.5),
        "p90_abs": quantile(sizes, 0.9),
        "within_10": sum(size <= 0.10 for size in sizes) / n,
        "within_25": sum(size <= 0.25 for size in sizes) / n,
        "under_10": sum(one.error < -0.10 for one in checked) / n,
        "interval_covers": sum(one.covered for one in checked) / n,
    }


def by_source_first(checked: Iterable[Checked]) -> dict[str, float]:
    """The summaries of the sources, averaged: a source of many rows does not drown the others."""
    each = [summary(group) for _, group in grouped(checked, lambda one: one.row["source"])]
    if not each:
        return {"n": 0}
    return {"n": sum(int(one["n"]) for one in each), **{k: mean(one[k] for one in each) for k in each[0] if k != "n"}}
