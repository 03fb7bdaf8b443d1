"""Where a need goes: all parts of the peak, the largest first, and which of them follow the tokens."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.failures.gaps import EXACTLY, PRODUCTS, against_seen, freed_before, parts_beside
from chat.figures.feedback.rollouts import layout_of
from chat.figures.named import GIB, Figures, Missing, both_words, gib_words
from chat.phrases import value
from chat.words import term
from formulas.quantity import SILENT, Words

_PART_OF_IT = 0.5  # a smaller amount is of another moment


def _where_it_goes(figures: Figures) -> Words:
    """All parts of the peak, the largest first with its share, held against the one amount that was seen, if any was."""
    seen = {float(one) for one in figures.told.get("observed_gb", ())}
    figures = layout_of(figures) if not seen and figures.knob("task") == "train" else figures
    best, room = figures.base.best, figures.base.capacity
    if len(seen) > 1 or any(one * GIB < _PART_OF_IT * best for one in seen):
        raise Missing("one amount")
    parts, whole = parts_beside(figures, (), ("weights", *PRODUCTS)), both_words(best)
    of, of_zh = (f", of {gib_words(room)}", f",可用 {gib_words(room)}") if room and not seen else ("", "")
    each = Words(" per card", "每张卡") if figures.n > 1 else SILENT
    head, match, grows = Words("The largest first", "从大到小"), SILENT, _what_grows(figures)
    if seen:  # what was seen is to be explained, and no rule is asked for
        match, grows = against_seen(figures, max(seen)), SILENT
    else:
        head = _largest(figures)
    freed = freed_before(figures)
    return Words(
        f"**{head.en}: {parts.en}: {whole}{each.en} in all{of}{match.en}.**{freed.en}{grows.en}",
        f"**{head.zh}:{parts.zh};{each.zh}总共 {whole}{of_zh}{match.zh}。**{freed.zh}{grows.zh}",
    )


def _largest(figures: Figures) -> Words:
    """The largest part and its share, before the parts in order."""
    name, size = max(figures.base.terms.items(), key=lambda one: one[1])
    share, method = f"{100 * size / figures.base.best:.0f} %", figures.knob("method")
    return Words(
        f"The largest part of {value('method', method, 'en')}, {share}, is {term(name, 'en')}. In order",
        f"{value('method', method, 'zh')}里最大的是{term(name, 'zh')},占 {share}。从大到小",
    )


def _what_grows(figures: Figures) -> Words:
    """Which parts follow the tokens, and from how many on a cache outweighs the weights."""
    if figures.knob("task") == "train":
        return Words(
            " Weights, gradients and optimizer states go with the parameters whatever the length; activations and logits go with the tokens of a micro-batch.",
            "权重、梯度、优化器状态只随参数量,与长度无关;激活和 logits 随一个 micro-batch 的 token 数增长。",
        )
    with suppress(Missing):
        each, tokens = figures.need("kv_token"), figures.tokens
        if abs(each * tokens / figures.need("kv_all") - 1) < EXACTLY:  # layers with a window keep no more
            over = figures.need("weights_sum") / each
            return Words(
                f" The weights are the same for any length; the cache outweighs them from about {over:,.0f} tokens on, all sequences together, and here there are {tokens:,.0f}.",
                f"权重与长度无关;所有序列合计超过约 {over:,.0f} token,缓存才比权重大,这里是 {tokens:,.0f}。",
            )
    return SILENT


WHERE_IT_GOES: dict[str, Callable[[Figures], Words]] = {"where_it_goes": _where_it_goes}
