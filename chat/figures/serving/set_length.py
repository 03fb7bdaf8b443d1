"""Which length to set where a server takes all that the model declares: one that starts, and how it starts with more."""

from collections.abc import Callable

from chat.figures.failures.cause_words import cheapest
from chat.figures.failures.diagnosed import usual_context
from chat.figures.named import Figures, Missing, gib_words, pool_tokens
from chat.figures.serving.engine_words import flags_of_length
from formulas.quantity import Words
from kb.programs import written

_FEWEST = 16  # tokens: below that the weights are what lacks


def _set_length(figures: Figures) -> Words:
    """A usual length where the cards hold it; else how far they go."""
    flags, usual = flags_of_length(figures), figures["usual_context"]
    there = figures.at(seq_len=usual_context())
    if there.verdict in ("yes", None):  # no card is told
        cache, both = figures["kv_usual"], figures["usual_sum"]
        return Words(
            f"Set the length ({flags.en}): at {usual} tokens the cache is {cache}, with the weights {both}.",
            f"请设置长度({flags.zh}):{usual} token 时缓存 {cache},连同权重 {both}。",
        )
    whole, room, longest = gib_words(there.best), figures["capacity"], int(figures.base.longest or 0)
    few = Words(f"about {longest:,} tokens are", f"最多约 {longest:,} 个 token")
    if longest < _FEWEST:
        few = Words("not even a short one is", "再短也不够")
    fewer = Words(
        f"Set the length ({flags.en}), and a short one: with activations and the runtime {usual} tokens take {whole} of {room}, and by the middle of the estimate {few.en}{'' if longest < _FEWEST else ' the most'}.",
        f"请设置长度({flags.zh}),而且要设得很短:连同激活和运行时,{usual} token 要 {whole},可用 {room};按区间中值{few.zh}。",
    )
    if figures.base.verdict == "yes":
        return fewer
    eager = written(figures.given.get("engine")) == "vllm"
    here, way = figures["seq"], cheapest(figures)
    return Words(
        f"{fewer.en} What makes {here} tokens fit: {way.en}{'; --enforce-eager leaves out the CUDA graphs as well' if eager else ''}.",
        f"{fewer.zh}让 {here} token 放得下的办法:{way.zh}{';再加 --enforce-eager,不捕获 CUDA graph' if eager else ''}。",
    )


def _narrow_whole(figures: Figures) -> Words:
    """The whole length with the cache in the fewest bits that the program has."""
    if written(figures.given.get("engine")) == "vllm":
        cache, both = figures["kv_whole_q8"], figures["whole_sum_q8"]
        return Words(
            f"An fp8 cache of the full length takes {cache}, with the weights {both}.",
            f"全长的 fp8 缓存为 {cache},连同权重 {both}。",
        )
    cache, both = figures["kv_whole_q4"], figures["whole_sum_q4"]
    return Words(
        f"A 4-bit cache of the full length takes {cache}, with the weights {both}.",
        f"全长的 4 位缓存为 {cache},连同权重 {both}。",
    )


def _whole_unset(figures: Figures) -> Words:
    """Asked how many go at once at a length: what the server sets aside for one where that length is not set; Missing where that fits."""
    base, declared = figures.base, int(figures.base.declared or 0)
    room, told = pool_tokens(base), int(figures.knob("seq_len") or 0)
    if "seq_len" not in figures.given or not 0 < told < declared or not 0 < room < declared:
        raise Missing("a length that is more than the pool")
    whole = gib_words(figures.at(seq_len=declared, batch_size=1).part_of_all("kv"))
    return Words(
        f"Set --max-model-len to the length: unset it is all {declared:,} tokens, {whole} of cache for one sequence, more than the pool of {room:,} tokens, and vLLM does not start.",
        f"要把 --max-model-len 设成这个长度:不设就是全长 {declared:,} token,一条就要 {whole} 缓存,超过池里的 {room:,} 个 token,vLLM 起不来。",
    )


SET_LENGTH: dict[str, Callable[[Figures], Words]] = {
    "set_length": _set_length,
    "narrow_whole": _narrow_whole,
    "whole_unset": _whole_unset,
}
