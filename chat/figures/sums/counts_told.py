"""How numbers of cards that somebody states come about: the weights of each format over each number, and what is left of a card."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words
from chat.phrases import value
from formulas.quantity import Words
from kb.interval import FITS

# cues of what is stated, `count_told:<format>:<cards>`
COUNT_TOLD = "count_told:"
_MOST = 6
_LITTLE = 1 / 8  # of the weights: what little room beside them is


def _counts_told(figures: Figures) -> Words:
    """The weights of each format, what a card of so many has of them, and what that leaves for all else."""
    told = sorted({tuple(one.split(":", 2)[1:]) for one in figures.about if one.startswith(COUNT_TOLD)})
    by_format: dict[str, list[int]] = {}
    for n, stored in told:
        by_format.setdefault(stored, []).append(int(n))
    if not by_format or len(told) > _MOST:
        raise Missing("counts")
    ordered = sorted(by_format.items(), key=lambda one: figures.stored(weight_format=one[0]))
    each = [_of_format(figures, stored, sorted(counts)) for stored, counts in ordered]
    return Words(
        "**What a card holds is all parameters × bytes each ÷ cards, and cache, activations and runtime beside it.** "
        + "; ".join(one.en for one in each) + ".",
        "**每张卡要放的是 全部参数 × 每参数字节 ÷ 卡数,此外还要留缓存、激活和运行时。** " + ";".join(one.zh for one in each) + "。",
    )  # fmt: skip


def _of_format(figures: Figures, stored: str, counts: list[int]) -> Words:
    weights = figures.stored(weight_format=stored)
    over = [_over(figures, stored, n, weights) for n in counts]
    name = [value("weight_format", stored, language) for language in ("en", "zh")]
    return Words(
        f"{name[0]}: {both_words(weights)}, " + ", ".join(one.en for one in over),
        f"{name[1]} 共 {both_words(weights)},{'、'.join(one.zh for one in over)}",
    )


def _over(figures: Figures, stored: str, count: int, weights: float) -> Words:
    """One number of cards: the share of the weights, and what that leaves or lacks."""
    at = figures.at(weight_format=stored, bits=None, n_gpus=count, tp=count)
    share, whole = gib_words(weights / count), at.capacity or 0
    left = whole - weights / count
    if left <= 0:
        return Words(
            f"over {count} is {share} each, more than the card's {gib_words(whole)}",
            f"÷ {count} 张 = 每张 {share},超过卡的 {gib_words(whole)}",
        )
    tight = at.leaning not in FITS or left < _LITTLE * weights / count
    return Words(
        f"over {count} is {share} each, which leaves {'only ' if tight else ''}{gib_words(left)} of {gib_words(whole)}",
        f"÷ {count} 张 = 每张 {share}({gib_words(whole)} 里{'只' if tight else '还'}剩 {gib_words(left)})",
    )


COUNTS_TOLD: dict[str, Callable[[Figures], Words]] = {"counts_told": _counts_told}
