"""Amounts as the figures of an answer write them: operations, small sizes, counts, bytes of a token."""

from chat.figures.named import GIB, KIB, gib_words
from formulas.notation import figure


def flop_words(amount: float) -> str:
    return f"{amount / 1e9:,.3g} GFLOP"


def small_words(size: float) -> str:
    return gib_words(size) if size >= GIB else f"{size / 2**20:.0f} MiB"


def count_words(amount: float) -> str:
    return f"{int(amount):,}" if amount == int(amount) else figure(amount, 4)


def token_words(size: float) -> str:
    return f"{size / KIB:.4g} KiB"


def kib(size: float) -> str:
    return token_words(size) if size < 2**20 else f"{size / 2**20:.4g} MiB"
