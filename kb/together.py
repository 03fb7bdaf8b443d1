"""Several models that share a card at the same time: what they take together, each with a program of its own."""

from collections.abc import Sequence
from typing import Any

from kb.cards import GIB
from kb.interval import leaning
from kb.outcome import Outcome


def together(outcomes: Sequence[Outcome]) -> list[dict[str, Any]]:
    """For each way in which all the models are worked out, their sum against the card; nothing of a single model."""
    ways: dict[str, list[Outcome]] = {}
    models = {_named(one) for one in outcomes}
    for one in outcomes:
        ways.setdefault(str(_rest(one)), []).append(one)
    found = []
    for each in ways.values():
        if len(models) < 2 or len(each) != len(models) or each[0].capacity is None:
            continue
        found.append({
            "facts": _rest(each[0]), **added_up(each, each[0].capacity),
            "each": [{**_called(one), "gib": one.best / GIB} for one in each],
        })  # fmt: skip
    return found


def added_up(each: Sequence[Outcome], capacity: float) -> dict[str, Any]:
    """What they take in all, against what one card has."""
    low, high = (sum(one.bounds[end] for one in each) for end in (0, 1))
    best = sum(one.best for one in each)
    verdict = "yes" if high <= capacity else "no" if low > capacity else "borderline"
    return {
        "verdict": verdict, "leaning": leaning(low, best, high, capacity) if verdict == "borderline" else verdict,
        "memory": {"low_gib": low / GIB, "best_gib": best / GIB, "high_gib": high / GIB}, "capacity_gib": capacity / GIB,
    }  # fmt: skip


_NAMES = ("model", "params")


def _called(one: Outcome) -> dict[str, Any]:
    """The model's name, or its size where it has none."""
    return {name: one.apart[name] for name in _NAMES if one.apart.get(name) is not None}


def _named(one: Outcome) -> str:
    return str(_called(one))


def _rest(one: Outcome) -> dict[str, Any]:
    """What sets a case apart but for its model."""
    return {name: given for name, given in one.apart.items() if name not in _NAMES}
