"""Predictions against measurements: one row, one figure, one signed error; summaries average each source first."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from statistics import mean
from typing import Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from kb.cards import GIB, card
from kb.cases import Case
from kb.database import rows
from kb.facts import Situation
from kb.interval import PART_SHARES, interval
from kb.knobs import BY_NAME
from kb.outcome import outcome
from kb.quantiles import quantile

# columns of a measurement that are knobs under the same name
_SAME = (
    "method", "weight_format", "kv_format", "optimizer", "precision", "batch_size", "grad_accum", "seq_len",
    "output_len", "attention", "loss", "lora_rank", "lora_targets", "adapter_dtype", "zero_stage", "offload", "tp",
    "pp", "cp", "ep", "n_gpus",
)  # fmt: skip
_METERS = {
    "tensors": "tensors",
    "allocated": "allocated",
    "reserved": "reserved",
    "nvml": "device",
    "unknown": "device",
}
# meters of a whole peak of a program
PEAKS = ("allocated", "reserved", "nvml", "unknown")
_NOT_PEAKS = {"component", "limit"}


@dataclass(frozen=True)
class Checked:
    """One row: the prediction, its interval and the published bounds, in GiB; `error` is 0 inside those bounds."""

    row: dict[str, Any]
    predicted: float
    low: float
    high: float
    exact: float
    error: float
    situation: Situation | None = None  # None for a counted part, which has no spread

    @property
    def kind(self) -> str:
        """Inference or method, meter, layout: what explains the spread of errors."""
        what = "inference" if self.row["kind"] == "inference" else str(self.row["method"])
        return f"{what}, {self.row['meter']}"

    @property
    def covered(self) -> bool:
        return bool(self.low <= self.row["gib_high"] and self.high >= self.row["gib_low"])


@dataclass(frozen=True)
class Validation:
    checked: tuple[Checked, ...]
    skipped: tuple[dict[str, str], ...] = field(default=())

    def json(self) -> dict[str, Any]:
        """The object of the contract."""
        return {
            "rows": len(self.checked) + len(self.skipped),
            "evaluated": len(self.checked),
            "skipped": list(self.skipped),
            "overall": by_source_first(self.checked),
            "by_source": {name: summary(group) for name, group in grouped(self.checked, lambda one: one.row["source"])},
            "by_kind": {name: by_source_first(group) for name, group in grouped(self.checked, lambda one: one.kind)},
            "cases": [
                {"id": one.row["id"], "predicted_gib": one.predicted, "low_gib": one.low, "high_gib": one.high,
                 "measured_low_gib": one.row["gib_low"], "measured_high_gib": one.row["gib_high"], "error": one.error}
                for one in self.checked
            ],
        }  # fmt: skip


def validate(path: Path | None = None) -> Validation:
    """Every strict row of a file in the schema of the measurement tables, or of the project's own tables.

    BadInput when the file cannot be read or lacks columns; a row that cannot be evaluated is skipped with its reason.
    """
    checked, skipped = [], []
    for row in own_rows() if path is None else file_rows(path):
        try:
            checked.append(check(row))
        except BadInput as error:
            skipped.append({"id": str(row.get("id")), "why": str(error)})
    return Validation(tuple(checked), tuple(skipped))


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
    typed: dict[str, Any] = {name: value or None for name, value in row.items() if name is not None}
    for name in _NUMBERS:
        if typed.get(name) is not None:
            try:
                typed[name] = float(typed[name])
            except ValueError:
                typed[name] = None
    return typed


def check(row: dict[str, Any], changed: Mapping[str, Fact] | None = None) -> Checked:
    """The prediction for one row; `changed` facts of the formulas stand for its own. BadInput says why there is none."""
    if str(row.get("strict", "1")) in ("0", "False"):
        raise BadInput(f"not strict: {row.get('note') or 'incomplete'}")
    if row["meter"] in _NOT_PEAKS:
        raise BadInput(f"the meter {row['meter']} is no peak")
    if row["gib_low"] is None or row["gib_high"] is None:
        raise BadInput("no figure is published")
    facts = facts_of(row)
    there = outcome(Case(facts, _card(row), ()), changed)
    over = there.total / there.best if row.get("scope") == "total" else 1.0
    if row["meter"] in ("weights", "kv"):
        size = (there.part_of_all(row["meter"]) if row.get("scope") == "total" else there.part(row["meter"])) / GIB
        share = PART_SHARES[row["meter"]]
        return _checked(row, size, size * (1 - share), size * (1 + share), size)
    # by the other sources' errors, where this source is one of the measurements behind the spread
    low, high = interval(there.best, there.exact, there.situation, without=str(row.get("source") or ""))
    found = _checked(row, there.best * over / GIB, low * over / GIB, high * over / GIB, there.exact * over / GIB)
    return replace(found, situation=there.situation)


def _checked(row: dict[str, Any], predicted: float, low: float, high: float, exact: float) -> Checked:
    bound = min(max(predicted, row["gib_low"]), row["gib_high"])
    return Checked(row, predicted, low, high, exact, predicted / bound - 1 if bound > 0 else 0.0)


def _card(row: dict[str, Any]) -> Any:
    name = row.get("gpu")
    if not name or "+" in str(name):
        return None
    try:
        return card(str(name))
    except (KeyError, IndexError):
        return None


def extras(row: dict[str, Any]) -> dict[str, str]:
    """The `key=value;…` of the column `extra`."""
    pairs = (pair.partition("=") for pair in str(row.get("extra") or "").split(";") if "=" in pair)
    return {key.strip(): value.strip() for key, _, value in pairs}


def facts_of(row: dict[str, Any]) -> dict[str, Any]:
    """A measurement's configuration as facts. BadInput names a value that no knob has."""
    facts: dict[str, Any] = {"task": row["kind"], "meter": _METERS.get(row["meter"], "device")}
    for name in _SAME:
        if row.get(name) is not None:
            facts[name] = BY_NAME[name].parse(row[name])
    if row.get("config"):
        facts["config"] = row["config"]
    elif row.get("model"):
        facts["model"] = row["model"]
    else:
        raise BadInput("neither a model nor a config is given")
    more = extras(row)
    checkpointing = row.get("gradient_checkpointing")
    if checkpointing is not None:
        on = str(checkpointing) in ("1", "True")
        # a compiler decides by itself what is worth keeping; that is nearer to all recomputed than to any policy of operators
        policy = "on" if more.get("compile") == "1" else more.get("ac", "on")
        facts["gradient_checkpointing"] = policy if on else "off"
    if str(row.get("layer_split")) in ("1", "True"):
        facts["layer_split"] = True
    for name in ("autocast", "kbit_prep"):
        if name in more:
            facts[name] = more[name] == "1"
    if "optimizer_impl" in more:
        facts["optimizer_impl"] = more["optimizer_impl"]
    if float(more.get("lora_dropout", 0)) > 0:
        facts["lora_dropout"] = True
    if "algo" in more:
        facts["algo"] = more["algo"]
    if row.get("bpw") is not None:
        facts["bits_per_weight"] = row["bpw"]
    facts |= _of_the_program(row, more)
    engine = str(row.get("engine") or "")
    if engine in BY_NAME["engine"].options:
        facts["engine"] = engine
    return facts


def _of_the_program(row: dict[str, Any], more: dict[str, str]) -> dict[str, Any]:
    """Facts that only measurements state: versions, flags, types of values, and what a figure can be."""
    facts: dict[str, Any] = {
        "engine_version": row.get("engine_version"),
        "ce": more.get("ce"),
        "v_format": more.get("v_type"),
        "sdpa_backend": more.get("sdpa_backend"),
        "block_dropout": 0 if more.get("dropout") == "0.0" else None,
    }
    facts["kbit_prep"] = more.get("kbit_prep") == "1"
    if row.get("engine") == "llama.cpp":
        facts["n_ubatch"] = more.get("n_ubatch")
        facts["mla_attn"] = more.get("mla_attn", "0")
    if row["kind"] == "inference" and row["meter"] == "unknown":
        # no meter is named: what is held while it generates, by the framework's own counter
        facts |= {"reading": "generating", "meter": "allocated"}
    return {name: value for name, value in facts.items() if value is not None}


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
