"""What a generated token reads, so that a smaller cache says little of speed; what full sharding gathers of a model at once."""

from collections.abc import Callable

from chat.figures.layouts.zero_bytes import on_each_card
from chat.figures.named import EXAMPLE_MODEL, EXAMPLE_PARAMS, GB, Figures, both_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT

_SHORT = 8192
_MANY, _PAGE = 32, 16  # sequences, and tokens of a page
_USUAL_CARDS = 8


def _cache_and_speed(_: Figures) -> Words:
    """Weights and cache of a step at two lengths, with the cache of grouped heads and with one for every head."""
    figures = Figures({"model": EXAMPLE_MODEL, "method": "inference"})
    weights = figures.base.part("weights") / GB
    times = figures.fact("n_heads") / figures.fact("n_kv_heads")
    token = figures.need("kv_mean") / GB
    one, more = _SHORT * token, _MANY * _SHORT * token
    one_whole, more_whole = times * one, times * more
    gain, gain_many = (weights + one_whole) / (weights + one), (weights + more_whole) / (weights + more)
    return Words(
        f"**No: a smaller cache makes only the reading of the cache faster, and each step reads the weights as well.** Llama-3-8B in 16 bit, {times:g} times fewer KV heads than heads, one sequence of {_SHORT:,} tokens: {weights:.1f} GB of weights + {one:.2f} GB of cache; with a cache for every head + {one_whole:.2f} GB, so it is {gain:.2g} times as fast. With {_MANY} such sequences: + {more:.1f} against {more_whole:.1f} GB, {gain_many:.2g} times. The longer the context and the more sequences, the nearer it comes to the factor of the cache; what a small cache buys first is room for more of both.",
        f"**不会:缓存变小只加快读缓存的那部分,而每一步还要把权重读一遍。** Llama-3-8B(16 位,KV 头比查询头少 {times:g} 倍)单条 {_SHORT:,} token:权重 {weights:.1f} GB + 缓存 {one:.2f} GB;若每个头都存则是 + {one_whole:.2f} GB,所以只快到 {gain:.2g} 倍。{_MANY} 条这样的序列:+ {more:.1f} 对 {more_whole:.1f} GB,{gain_many:.2g} 倍。上下文越长、并发越多,才越接近缓存的倍数;缓存小首先换来的是能放更长、更多。",
    )


def _gathered(figures: Figures) -> Words:
    """What full sharding keeps of the weights on each card, and what it gathers at a time, against the whole."""
    if not figures.names_model:
        figures = Figures({"params": EXAMPLE_PARAMS, "method": "full"})
    params, layers = figures.params, figures.fact("n_layers")
    cards = figures.n if figures.n > 1 else _USUAL_CARDS
    whole, layer = WEIGHT * params, WEIGHT * params / layers
    size, n = size_words(params), f"{layers:g}"
    return Words(
        f"**No: ZeRO-3 and FSDP gather one wrapped unit at a time, usually a layer, and drop it after use; with the next one prefetched two are whole at once.** {size} in 16 bit, {both_words(whole)}, in {n} layers over {cards} cards: each card keeps {both_words(whole / cards)} and has about 2 × {both_words(layer)} gathered beside it (embedding and head are a unit of their own). The whole model stands on a card only where it is wrapped as one unit (no auto-wrap policy), with reshard_after_forward off (ZeRO-2's behaviour), while it is loaded or saved as a full state dict without CPU offload, or while it generates with all parameters gathered.",
        f"**不会:ZeRO-3 和 FSDP 每次只聚合一个包装单元(通常是一层),用完就释放;预取下一个时同时有两层是完整的。** {size} 的 16 位权重 {both_words(whole)},{n} 层、{cards} 张卡:每卡存 {both_words(whole / cards)},另有约 2 × {both_words(layer)} 的聚合缓冲(词嵌入和输出头自成一个单元)。只有这些情况整个模型才会出现在一张卡上:没设 auto-wrap,整个模型是一个单元;reshard_after_forward 关闭(等于 ZeRO-2);不加 CPU offload 就加载或保存完整的 state dict;聚合全部参数来生成。",
    )


def _one_matrix(_: Figures) -> Words:
    """The largest matrix of a layer of a model that all know, in 16 bit."""
    figures = Figures({"model": EXAMPLE_MODEL})
    width, inner = figures.fact("hidden_size"), figures.fact("intermediate_size")
    size = both_words(WEIGHT * width * inner)
    return Words(
        f"Llama-3-8B {width:,.0f} × {inner:,.0f} × 2 B = {size}",
        f"Llama-3-8B 的 {width:,.0f} × {inner:,.0f} × 2 字节 = {size}",
    )


def _page_sum(_: Figures) -> Words:
    """What the rest of a page is of a model that all know, of one sequence and of many."""
    figures = Figures({"model": EXAMPLE_MODEL, "method": "inference"})
    most = (_PAGE - 1) * figures.need("kv_mean")
    return Words(
        f"Llama-3-8B, {figures['kv_mean']} a token: at most {most / 2**20:.3g} MiB a sequence, {both_words(_MANY * most)} for {_MANY} of them.",
        f"Llama-3-8B 每 token {figures['kv_mean']}:每条序列最多 {most / 2**20:.3g} MiB,{_MANY} 条共 {both_words(_MANY * most)}。",
    )


def _states_beside(figures: Figures) -> Words:
    """What each card holds of the states under the stages that are set against each other, on cards that are told."""
    stages, cards = (
        sorted({int(one) for one in figures.logged_all("compared_stage")}),
        int(figures.given.get("n_gpus") or 1),
    )
    if len(stages) != 2 or cards < 2:
        return SILENT
    params = figures.amount("params_said") or figures.params
    low, high = (both_words(params * on_each_card(one, cards)) for one in stages)
    return Words(
        f" Of the states each of {cards} cards holds {low} with ZeRO-{stages[0]} and {high} with ZeRO-{stages[1]}; activations are the same.",
        f"显存上,{cards} 张卡每张的模型状态:ZeRO-{stages[0]} 是 {low},ZeRO-{stages[1]} 是 {high};激活相同。",
    )


def _traffic(figures: Figures) -> Words:
    """Bytes that each card sends in a step of data parallel and of full sharding, for many cards."""
    if not figures.names_model:
        figures = Figures({"params": EXAMPLE_PARAMS, "method": "full"})
    whole, size = WEIGHT * figures.params, size_words(figures.params)
    plain, sharded, held = both_words(2 * whole), both_words(3 * whole), _states_beside(figures)
    return Words(
        f"**Each card sends about 2θ numbers a step in data parallel, and 3θ in ZeRO-3 or FSDP, half as much again: {size} in 16 bit, {plain} against {sharded} (× (N − 1)/N with N cards).** Data parallel: an all-reduce of the gradients, which is a reduce-scatter and an all-gather, 1θ each. ZeRO-1 and ZeRO-2 send the same 2θ. ZeRO-3: the weights are gathered forwards and again backwards, 2θ, and the gradients reduce-scattered, 1θ. With accumulation ZeRO-3 gathers in every micro-batch, data parallel reduces once a step (no_sync).{held.en}",
        f"**每步每张卡发送的量:数据并行约 2θ,ZeRO-3/FSDP 约 3θ,是 1.5 倍:{size} 的 16 位是 {plain} 对 {sharded}(N 张卡再乘 (N − 1)/N)。** 数据并行是梯度的 all-reduce,即 reduce-scatter 加 all-gather,各 1θ;ZeRO-1、ZeRO-2 同样是 2θ。ZeRO-3 前向、反向各聚合一次权重,共 2θ,再加梯度的 reduce-scatter 1θ。有梯度累积时,ZeRO-3 每个 micro-batch 都要聚合,数据并行每步只归约一次(no_sync)。{held.zh}",
    )


READS_AND_GATHERS: dict[str, Callable[[Figures], Words]] = {
    "cache_and_speed": _cache_and_speed, "gathered": _gathered, "one_matrix": _one_matrix, "page_sum": _page_sum, "traffic": _traffic,
}  # fmt: skip
