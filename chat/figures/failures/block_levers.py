"""What makes room for the blocks of a cache where none is left: a shorter length, or only weights of fewer bits."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import Words


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
    token, seq = figures["kv_token"], f"{figures.fact('seq_len'):,.0f}"
    return Words(
        f"A smaller --max-model-len cannot help: {seq} tokens of cache ({token} each) are only {cache}, and without any of it the rest takes {gib_words(beside)}. --enforce-eager and a smaller --max-num-batched-tokens win back only a part of the step; what helps is fewer bits of the weights or more cards",
        f"减小 --max-model-len 没用:{seq} token 的缓存(每 token {token})只有 {cache},一点缓存都不放,其余也要 {gib_words(beside)}。--enforce-eager 和减小 --max-num-batched-tokens 只能省出一步里的一部分;有用的是降低权重位数或加卡",
    )


BLOCK_LEVERS: dict[str, Callable[[Figures], Words]] = {"block_levers": _block_levers}
