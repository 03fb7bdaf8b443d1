"""Many models in many layouts at once: the high end of each peak, worked out by one process for each core."""

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
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


def highs_of_all(models: Sequence[str], layouts: Sequence[dict[str, Any]], processes: int = 2) -> list[float]:
    """The same, the models dealt out to processes, which start afresh: an open database is not shared by a fork."""
    dealt = [models[start::processes] for start in range(processes)]
    with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
        return [high for part in pool.map(highs, dealt, [layouts] * processes) for high in part]
