"""Many models in many layouts at once: the high end of each peak."""

from collections.abc import Sequence
from typing import Any

from formulas.errors import BadInput
from kb.cases import Case
from kb.outcome import outcome


def highs(models: Sequence[str], layouts: Sequence[dict[str, Any]]) -> list[float]:
    """Bytes per card at the high end of the interval of every model in every layout that it admits."""
    found = []
    for model in models:
        for layout in layouts:
            try:
                found.append(outcome(Case({"model": model, **layout}, None, ())).bounds[1])
            except BadInput:  # no formula applies to this architecture, or its heads do not divide
                continue
    return found
