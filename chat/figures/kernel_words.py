"""What a card does not run, whatever its memory, and what it does instead."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing
from chat.phrases import value
from formulas.quantity import Words
from kb.kernels import lacking


def _without_kernels(figures: Figures) -> Words:
    """Why the format does not run on the card, and what does."""
    found = lacking(figures.knob("weight_format"), figures.base.case.card, figures.given.get("engine"))
    if found is None:
        raise Missing("kernels")
    return found


def _stored_format(figures: Figures) -> Words:
    """What the format of the weights is called."""
    stored = figures.knob("weight_format")
    return Words(value("weight_format", stored, "en"), value("weight_format", stored, "zh"))


KERNEL_WORDS: dict[str, Callable[[Figures], Words]] = {
    "without_kernels": _without_kernels,
    "stored_format": _stored_format,
}
