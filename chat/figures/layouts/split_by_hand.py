"""A split over the cards that was set by hand and fills the first of them, where the whole has room: what to give it instead."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.interval import FITS

_TERMS_BESIDE = ("buffers", "runtime")


def _split_by_hand(figures: Figures) -> Words:
    """That the whole fits, and between which numbers the first card's share lies: an even part, and all that cache leaves."""
    base, n = figures.base, figures.n
    if base.capacity is None or n < 2 or base.leaning not in FITS or len({one.capacity for one in base.case.rig}) > 1:
        raise Missing("split")
    weights, cache = figures.need("w_all"), figures.need("kv_all")
    beside = sum(base.terms.get(one, 0.0) for one in _TERMS_BESIDE)
    even, most = weights / n / GIB, (base.capacity - cache - beside) / GIB
    if most < even:  # with the whole cache on the first card not even an equal part has room there
        raise Missing("split")
    whole, seq = gib_words(n * base.capacity), f"{figures.fact('seq_len'):,.0f}"
    given = f"{even:.0f}" if round(even) >= int(most) else f"{even:.0f}–{int(most)}"
    length = _unset(figures)
    return Words(
        f"**The size is not at fault, the split is: {gib_words(weights)} of weights and {gib_words(cache)} of cache at {seq} tokens fit in {whole}; but the first card is filled with weights up to its number in --gpu-split, and cache, buffers and the CUDA context come on top of them. Give it {given} (GB) and the others what they have, or leave the split out: the loader then divides by itself (autosplit).** A Q8 cache takes half of the cache's memory, Q4 little more than a quarter{length.en}.",
        f"**不是大小的问题,是切分的问题:权重 {gib_words(weights)} 加 {seq} token 的缓存 {gib_words(cache)},{whole} 放得下;但第一张卡会先按 --gpu-split 里的数被权重填满,缓存、缓冲和 CUDA 上下文还要再加上去。把第一个数调到 {given}(GB),其余的卡照给,或者不写 split,让加载器自动切分(autosplit)。** 缓存用 Q8 减半,Q4 只要四分之一多一点{length.zh}。",
    )


def _unset(figures: Figures) -> Words:
    """Where nobody told a length: what the loader reserves then."""
    if "seq_len" in figures.given or not figures.amount("kv_whole"):
        return SILENT
    tokens, cache = figures["whole_length"], figures["kv_whole"]
    return Words(
        f"; set the length as well (max_seq_len): without one the loader reserves all {tokens} tokens that the model declares, {cache}",
        f";长度也要设(max_seq_len):不设就按模型声明的 {tokens} token 全长预留,{cache}",
    )


SPLIT_BY_HAND: dict[str, Callable[[Figures], Words]] = {"split_by_hand": _split_by_hand}
