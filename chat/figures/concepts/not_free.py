"""A part of the memory that a question declares free: what it takes all the same."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from chat.reads.sums.said_free import PART_FREE
from formulas.quantity import Words

_LEAST = 0.01  # of a card's need: less is no part to speak of
_NAMES = {
    "kv_cache": Words("The KV cache is", "KV 缓存不是"), "weights": Words("Weights are", "权重不是"), "activations": Words("Activations are", "激活不是"),
    "optimizer": Words("Optimizer states are", "优化器状态不是"), "gradients": Words("Gradients are", "梯度不是"),
}  # fmt: skip


def _not_free(figures: Figures) -> Words:
    """Each part that is said to be free, with its size in the case; Missing where the case has none of it."""
    parts = [one.removeprefix(PART_FREE) for one in figures.about if one.startswith(PART_FREE)]
    told = [_sized(figures, part) for part in _NAMES if part in parts]
    if not told:
        raise Missing("part")
    return Words(
        "**" + " ".join(one.en for one in told) + "** No sentence in a question changes a formula here.",
        "**" + "".join(one.zh for one in told) + "** 问题里的一句话改不了这里的公式。",
    )


def _sized(figures: Figures, part: str) -> Words:
    name = _NAMES[part]
    if part == "kv_cache":
        size, token, length = figures.need("kv_sequence"), figures["kv_mean"], figures["seq"]
        return Words(
            f"{name.en} not free: {token} a token, {gib_words(size)} for each sequence of {length} tokens.",
            f"{name.zh}免费的:每 token {token},每条 {length} token 的序列 {gib_words(size)}。",
        )
    size = sum(card.terms.get(part, 0.0) * card.place.count for card in figures.base.cards)
    if size < _LEAST * figures.base.best:  # not at the moment that needs the most
        raise Missing(part)
    return Words(
        f"{name.en} not free: here they take {gib_words(size)}.", f"{name.zh}免费的:这里要 {gib_words(size)}。"
    )


NOT_FREE: dict[str, Callable[[Figures], Words]] = {"not_free": _not_free}
