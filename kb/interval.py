"""How far a prediction may be off: low and high at 90 %, from the measured error of its kind.

The spread is that of the uncertain part. Each measured run gives z = (measured − best) / (uncertain + 6 % of the counted
part); the table `spreads` holds the quantiles of z by kind (kb/calibrate.py), and low never goes below what is counted.
A kind is a task, whether the figure is of live tensors or a program's, and in training whether one card is at work
or several. The meters of a program are taken together: each has too few sources to be calibrated alone. What no row measures is twice as wide, and is said.
"""

from functools import cache
from typing import Any

from kb.database import rows
from kb.facts import Situation

LEVEL = "90 %"
COUNTED_SHARE = 0.06
# bytes of a counted part are exact; published figures of it are rounded, and files are padded
PART_SHARES = {"kv": 0.001, "weights": 0.005}
UNCHECKED_FACTOR = 2.0
UNCHECKED = "not checked against measurements: no published run has"
EVERY = "none"  # no source is left out


def scale_of(best: float, exact: float) -> float:
    """What an error of this prediction is measured by."""
    return max(best - exact, 0.0) + COUNTED_SHARE * exact


def kind_of(situation: Situation) -> tuple[str, str, str]:
    """What explains the spread: the task, whether tensors are counted or a program measured, one card or several."""
    task, counted = str(situation.knob("task")), situation.knob("meter") == "tensors"
    if counted or task == "inference":
        return task, "tensors" if counted else "measured", "any"
    return task, "measured", "several" if int(situation.knob("n_gpus") or 1) > 1 else "one"


@cache
def _spreads() -> dict[tuple[str, str, str, str], tuple[float, float]]:
    return {
        (row["task"], row["figure"], row["cards"], row["without"]): (row["low_z"], row["high_z"])
        for row in rows("SELECT * FROM spreads")
    }


def spread_of(situation: Situation, without: str = EVERY) -> tuple[float, float]:
    """(low_z, high_z) of a kind; `without` a source, where that source has rows of the kind."""
    kind = kind_of(situation)
    found = _spreads().get((*kind, without)) or _spreads()[(*kind, EVERY)]
    factor = UNCHECKED_FACTOR if unchecked(situation) else 1.0
    return found[0] * factor, found[1] * factor


def interval(best: float, exact: float, situation: Situation, without: str = EVERY) -> tuple[float, float]:
    """(low, high) in bytes; `without` the measurements of one source, to be honest about that source."""
    low_z, high_z = spread_of(situation, without)
    scale = scale_of(best, exact)
    return min(best, max(exact, best + low_z * scale)), max(best, best + high_z * scale)


def unchecked(situation: Situation) -> tuple[str, ...]:
    """What of a case no published run has: its method, its optimizer, the program that runs it."""
    if situation.knob("meter") == "tensors":
        return ()
    task = str(situation.knob("task"))
    asked = {"method": situation.knob("method"), "engine": situation.knob("engine")}
    if task == "train":
        asked["optimizer"] = situation.knob("optimizer")
    return tuple(str(value) for name, value in asked.items() if value and str(value) not in _measured()[task, name])


@cache
def _measured() -> dict[tuple[str, str], frozenset[str]]:
    found = rows(
        "SELECT DISTINCT kind, method, engine, optimizer FROM measurements "
        "WHERE strict AND meter IN ('allocated', 'reserved', 'nvml', 'unknown')"
    )

    def values(task: str, name: str) -> frozenset[str]:
        return frozenset(str(row[name]) for row in found if row["kind"] == task and row[name])

    names: list[Any] = [(task, name) for task in ("inference", "train") for name in ("method", "engine", "optimizer")]
    return {(task, name): values(task, name) for task, name in names}


def warnings(situation: Situation) -> tuple[str, ...]:
    """A sentence where nothing measures this kind of prediction."""
    missing = unchecked(situation)
    return (f"{UNCHECKED} {', '.join(missing)}; the interval is twice as wide",) if missing else ()
