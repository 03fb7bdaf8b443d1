"""The first word of an answer that says a thing is not so: false where the claim says it is, true where the claim denies it."""

from collections.abc import Callable

from chat.figures.named import Figures
from formulas.quantity import SILENT, Words


def _denies(figures: Figures) -> Words:
    """Of an explanation whose statement is that something is not so."""
    if "supposed" not in figures.about:
        return SILENT
    return Words("True: ", "对:") if "supposed_not" in figures.about else Words("False: ", "不对:")


VERDICT_FIRST: dict[str, Callable[[Figures], Words]] = {"denies": _denies}
