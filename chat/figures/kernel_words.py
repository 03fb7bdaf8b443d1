"""What a card does not run, whatever its memory, and what it does instead."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing
from chat.phrases import value
from formulas.quantity import Words
from kb.kernels import lacking
from kb.names import gpu_row


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


def _half_rate(figures: Figures) -> Words:
    """The card's peak rate in 16 bit."""
    card = figures.base.case.card
    rate = gpu_row(card.name).get("fp16_bf16_dense_tflops") if card else None
    if not rate:
        raise Missing("rate")
    return Words(f"{rate:g} TFLOP/s", f"{rate:g} TFLOP/s")


def _slow_card(figures: Figures) -> Words:
    """What the card is called."""
    card = figures.base.case.card
    if card is None:
        raise Missing("card")
    return Words(card.name, card.name)


KERNEL_WORDS: dict[str, Callable[[Figures], Words]] = {
    "without_kernels": _without_kernels,
    "stored_format": _stored_format,
    "half_rate": _half_rate,
    "slow_card": _slow_card,
}
