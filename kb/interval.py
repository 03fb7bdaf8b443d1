"""How far a prediction may be off: low and high at 90 %, from the measured error of its kind.

The spread is that of the uncertain part. Each measured run gives z = (measured − best) / (uncertain + 1 % of the counted
part); the table `spreads` holds the quantiles of z by kind, and low never goes below what is counted.
"""

from functools import cache

from kb.database import rows
from kb.facts import Situation

LEVEL = "90 %"
COUNTED_SHARE = 0.01


def scale_of(best: float, exact: float) -> float:
    """What an error of this prediction is measured by."""
    return max(best - exact, 0.0) + COUNTED_SHARE * exact


def kind_of(situation: Situation) -> tuple[str, str]:
    """What explains the spread of errors: the task, and the meter."""
    return str(situation.knob("task")), str(situation.knob("meter"))


@cache
def _spreads() -> dict[tuple[str, str], tuple[float, float]]:
    return {(row["task"], row["meter"]): (row["low_z"], row["high_z"]) for row in rows("SELECT * FROM spreads")}


def interval(best: float, exact: float, situation: Situation) -> tuple[float, float]:
    """(low, high) in bytes."""
    low_z, high_z = _spreads()[kind_of(situation)]
    scale = scale_of(best, exact)
    return min(best, max(exact, best + low_z * scale)), max(best, best + high_z * scale)
