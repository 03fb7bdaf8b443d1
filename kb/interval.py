"""How far a prediction may be off: low and high at 90 %, from the measured error of its kind.

The spread is that of the uncertain part, and it grows more slowly than that part: what is large is a few well-known
blocks, what is small is many little unknowns. Each measured run gives z = (measured − best) / scale, with
scale = uncertain^0.2 · best^0.8, which is nothing where all is counted; the table `spreads` holds the quantiles of z by kind
(kb/calibrate.py), and low never goes below what is counted, nor below what is there for certain. A kind is a task, and whether the figure is of live tensors or
a program's: finer kinds (meters, one card or several) have too few sources each to be calibrated. What no row
measures is twice as wide, and is said.
"""

from functools import cache
from statistics import NormalDist
from typing import Any

from kb.database import rows
from kb.facts import Situation
from kb.hosting import unmeasured
from kb.names import gpu_row
from kb.overheads import runtime_known, vendor_of
from kb.recipe import ADAPTERS

COVERED = 0.90  # of the runs of a source that was not seen
LEVEL = f"{100 * COVERED:g} %"
# how the spread grows with the uncertain part, at a given total: chosen by coverage on left-out sources and by width
GROWTH = 0.2
# bytes of a counted part are exact; published figures of it are rounded, and files are padded
PART_SHARES = {"kv": 0.001, "weights": 0.005}
UNCHECKED_FACTOR = 2.0
_ONE_OF_TWO = "one chip of the board"  # in the notes of the table
UNCHECKED = "not checked against measurements: no published run has"
MEASURED_VENDOR = "NVIDIA"
EVERY = "none"  # no source is left out
# how much of the way to an end of the interval leaves one chance in four, where the ends leave half of what is not covered
_ONE_IN_FOUR = NormalDist().inv_cdf(0.75) / NormalDist().inv_cdf((1 + COVERED) / 2)


def scale_of(best: float, exact: float) -> float:
    """What an error of this prediction is measured by."""
    return float(best * (max(best - exact, 0.0) / best) ** GROWTH) if best > 0 else 0.0


def kind_of(situation: Situation) -> tuple[str, str]:
    """What explains the spread: the task, and whether tensors are counted or a program measured."""
    return str(situation.knob("task")), "tensors" if situation.knob("meter") == "tensors" else "measured"


@cache
def _spreads() -> dict[tuple[str, str, str], tuple[float, float]]:
    return {
        (row["task"], row["figure"], row["without"]): (row["low_z"], row["high_z"])
        for row in rows("SELECT * FROM spreads")
    }


def spread_of(situation: Situation, without: str = EVERY) -> tuple[float, float]:
    """(low_z, high_z) of a kind; `without` a source, where that source has rows of the kind."""
    kind = kind_of(situation)
    found = _spreads().get((*kind, without)) or _spreads()[(*kind, EVERY)]
    factor = UNCHECKED_FACTOR if unchecked(situation) else 1.0
    return found[0] * factor, found[1] * factor


def interval(
    best: float, exact: float, situation: Situation, without: str = EVERY, least: float = 0.0
) -> tuple[float, float]:
    """(low, high) in bytes, `least` what is there for certain; `without` one source, to be honest about that source."""
    low_z, high_z = spread_of(situation, without)
    scale = scale_of(best, exact)
    return min(best, max(exact, least, best + low_z * scale)), max(best, best + high_z * scale)


def unchecked(situation: Situation) -> tuple[str, ...]:
    """What of a case no published run has: its method, its optimizer, the program that runs it, a part in host memory."""
    if situation.knob("meter") == "tensors":
        return ()
    task = str(situation.knob("task"))
    asked = {"method": situation.knob("method"), "engine": situation.knob("engine")}
    if task == "train":
        asked["optimizer"] = situation.knob("optimizer")
    missing = [str(value) for name, value in asked.items() if value and str(value) not in _measured()[task, name]]
    if task == "train" and situation.knob("method") in ADAPTERS and situation.knob("weight_format") == "fp32":
        missing.append("adapters on a float32 base")
    return (*missing, *_unmeasured_cards(situation), *unmeasured(situation.knobs, situation.model))


def _unmeasured_cards(situation: Situation) -> tuple[str, ...]:
    """Cards of a maker that no published run is on: what their runtime holds is not known as CUDA's is."""
    vendor = vendor_of(str(situation.knob("gpu") or ""))
    return (f"{vendor} cards",) if vendor not in ("", MEASURED_VENDOR) else ()


@cache
def _measured() -> dict[tuple[str, str], frozenset[str]]:
    found = rows(
        "SELECT DISTINCT kind, method, engine, optimizer FROM measurements "
        "WHERE strict AND meter IN ('allocated', 'reserved', 'nvml', 'unknown')"
    )

    # servers that set their memory aside at the start publish it part by part: those are checked by their parts
    by_parts = rows(
        "SELECT DISTINCT kind, engine FROM measurements "
        "WHERE meter = 'component' AND (extra LIKE '%compute-buffer%' OR extra LIKE '%activation peak%')"
    )

    # a trainer that hands its sharding to another program has both of them, where there are cards to shard over
    by_sharding = rows(
        "SELECT DISTINCT kind, regexp_extract(extra, '(?:^|;)sharded_by=([^;]+)', 1) AS engine FROM measurements "
        "WHERE strict AND n_gpus > 1"
    )

    def values(task: str, name: str) -> frozenset[str]:
        published = [*found, *([*by_parts, *by_sharding] if name == "engine" else [])]
        return frozenset(str(row[name]) for row in published if row["kind"] == task and row[name])

    names: list[Any] = [(task, name) for task in ("inference", "train") for name in ("method", "engine", "optimizer")]
    return {(task, name): values(task, name) for task, name in names}


def warnings(situation: Situation) -> tuple[str, ...]:
    """A sentence where nothing measures this kind of prediction."""
    missing = unchecked(situation)
    said = [f"{UNCHECKED} {', '.join(missing)}; the interval is twice as wide"] if missing else []
    for vendor in _unmeasured_cards(situation):
        if not runtime_known(vendor.removesuffix(" cards")) and situation.knob("meter") == "device":
            said.append(f"what the runtime of {vendor} holds is not known: CUDA's is counted")
    if str(gpu_row(str(situation.knob("gpu") or "")).get("notes") or "").startswith(_ONE_OF_TWO):
        said.append(f"a card is {_ONE_OF_TWO} here: the board of two chips is two cards, each with half of its memory")
    return tuple(said)


# leanings of what is taken to fit
FITS = ("yes", "likely")


def leaning(low: float, best: float, high: float, capacity: float) -> str:
    """Of a need whose interval holds the capacity, the side on which three in four chances are, else `borderline`."""
    if best <= capacity:
        return "likely" if capacity - best > _ONE_IN_FOUR * (high - best) else "borderline"
    return "unlikely" if best - capacity > _ONE_IN_FOUR * (best - low) else "borderline"
