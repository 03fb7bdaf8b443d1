"""The length of samples at which a case would take what was seen of it."""

from chat.figures.named import Figures, Missing
from formulas.quantity import quantities

_LONGER = 0.97  # of what was seen: a case that takes so much as it is needs no longer samples
_MOST = 1 << 20  # tokens
_NEAR = 50  # one part in so many


def length_that_takes(figures: Figures, size: float) -> int:
    """The sequence length at which the case would need so many bytes, all else equal; Missing where none does."""
    length = quantities()["seq_len"]
    if figures.base.best >= size * _LONGER:
        raise Missing("longer")
    low, high = int(figures.knob("seq_len")), _MOST
    if figures.base.peak_at(length, high) < size:
        raise Missing("no length")
    while high - low > max(16, low // _NEAR):
        middle = (low + high) // 2
        low, high = (middle, high) if figures.base.peak_at(length, middle) < size else (low, middle)
    return int(round(low, -2) or low)
