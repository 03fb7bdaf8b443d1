"""What makes room for the blocks of a cache where none is left: a shorter length, or only weights of fewer bits."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from chat.figures.serving.pool_explained import FEW, highest_share, tokens_of
from formulas.quantity import SILENT, Words
from kb.recipe import format_for

_NARROWER = 0.9  # of the weights at hand: as narrow as these already are is no way out


def _too_large(figures: Figures) -> Words:
    """That the card is too small whatever the length, before why: whoever meets this error asks just that."""
    base = figures.base
    if base.capacity is None or base.best - base.terms.get("kv_cache", 0.0) <= base.capacity:
        return SILENT
    over = gib_words(base.best - base.capacity)
    return Words(f"Too large for this card as it stands, by {over}. ", f"照这样放不下,差 {over}。")


def _in_few_bits(figures: Figures) -> Words:
    """What weights of the usual few bits take, and the tokens that there is room for beside them; nothing where these are such."""
    narrow = figures.at(weight_format=format_for("inference", FEW, str(figures.knob("engine") or "")), bits=None)
    few = narrow.terms["weights"]
    if few > _NARROWER * figures.base.terms["weights"] or not (held := tokens_of(narrow)):
        return SILENT
    return Words(
        f" (in {FEW} bits, as AWQ or GPTQ, {gib_words(few)}, and about {held:,} tokens of cache go in)",
        f"({FEW} 位的 AWQ 或 GPTQ 是 {gib_words(few)},缓存约能放 {held:,} 个 token)",
    )


def _block_levers(figures: Figures) -> Words:
    """In the order of what helps: where a step leaves no room beside the weights, no length is short enough."""
    base = figures.base
    if base.capacity is None:
        raise Missing("capacity")
    beside = base.best - base.terms.get("kv_cache", 0.0)
    if beside <= base.capacity:
        return Words(
            "In this order: a smaller --max-model-len and --max-num-batched-tokens (the profile run is of that many tokens), --enforce-eager, a higher --gpu-memory-utilization where nothing else is on the card; then fewer bits or more cards",
            "依次试:减小 --max-model-len 和 --max-num-batched-tokens(测量运行就是这么多 token)、--enforce-eager、卡上没有别的程序时调高 --gpu-memory-utilization;再不行就用更低位数或更多卡",
        )
    cache = gib_words(base.terms.get("kv_cache", 0.0))
    token, seq = figures["kv_mean"], f"{figures.fact('seq_len'):,.0f}"
    higher, narrow = highest_share(figures), _in_few_bits(figures)
    return Words(
        f"A smaller --max-model-len cannot help: {seq} tokens of cache ({token} each) are only {cache}, and without any of it the rest takes {gib_words(beside)}.{higher.en} --enforce-eager and a smaller --max-num-batched-tokens win back only a part of the step; what helps is fewer bits of the weights{narrow.en} or more cards",
        f"减小 --max-model-len 没用:{seq} token 的缓存(每 token {token})只有 {cache},一点缓存都不放,其余也要 {gib_words(beside)}。{higher.zh}--enforce-eager 和减小 --max-num-batched-tokens 只能省出一步里的一部分;有用的是降低权重位数{narrow.zh}或加卡",
    )


BLOCK_LEVERS: dict[str, Callable[[Figures], Words]] = {"block_levers": _block_levers, "too_large_here": _too_large}
