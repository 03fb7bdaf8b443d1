"""What a single one of several alike cards would have to hold: whether the others are needed, or only make it faster."""

from dataclasses import replace
from typing import Any

from kb.cards import GIB
from kb.cases import LAYOUTS
from kb.outcome import Outcome, outcome


def on_one(where: Outcome) -> dict[str, Any] | None:
    """The case on one card, all else equal; None where it is on one, or its cards are not alike."""
    if where.n_gpus < 2 or where.case.together:
        return None
    facts = {name: one for name, one in where.case.facts.items() if name not in (*LAYOUTS, "dp")}
    there = outcome(replace(where.case, facts={**facts, "n_gpus": 1}))
    return {
        "gib": there.best / GIB, "capacity_gib": (there.capacity or 0.0) / GIB, "verdict": there.verdict,
        "leaning": there.leaning, "longest": there.reach,
    }  # fmt: skip
