"""Whether a share that a server was told is to go up or down, and what the next value leaves of room and of cache."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, gib_words, pool_of
from formulas.errors import BadInput
from formulas.quantity import Words
from kb.pools import MOST_SHARE, VLLM, share_by_default, share_of

# steps in which people change a share; the least that they set
_STEP, _LEAST = 0.05, 0.3


def _told(figures: Figures) -> tuple[str, float, float]:
    """The program, its share, and the card's bytes; Missing where no share of a card was told."""
    share = figures.given.get("gpu_memory_utilization")
    engine = str(figures.given.get("engine") or VLLM)
    if not share or figures.n > 1 or share_of(engine).rule == "share-of-rest":
        raise Missing("share")
    return engine, float(share), figures.need("capacity_whole")


def _tokens(figures: Figures, engine: str, share: float) -> int:
    try:
        return int(pool_of(figures.at(engine=engine, gpu_memory_utilization=round(share, 2))).get("kv_tokens") or 0)
    except BadInput as error:
        raise Missing("kv_tokens") from error


def _share_down(figures: Figures) -> Words:
    """Started, and out of memory under load: what stands beside the pool lacks room."""
    engine, share, card = _told(figures)
    now = _tokens(figures, engine, share)
    less = next(
        (one for one in (share - _STEP, share - 2 * _STEP) if one >= _LEAST and _tokens(figures, engine, one)), 0.0
    )
    if not now or not less:
        raise Missing("share_down")
    knob, weights = share_of(engine).setting, gib_words(figures.base.terms["weights"])
    held, left, then = gib_words(share * card), gib_words((1 - share) * card), gib_words((1 - less) * card)
    fewer = f"{_tokens(figures, engine, less):,}"
    static = share_of(engine).rule == "share-of-free"
    inside = (
        Words("weights and cache alone", "只含权重和缓存")
        if static
        else Words("all that it measured", "它测量到的全部")
    )
    outside = (
        Words("activations of long prompts, CUDA graphs and the context", "长提示的激活、CUDA graph 和上下文") if static
        else Words("CUDA graphs, the context and what other processes hold", "CUDA graph、上下文和别的进程")
    )  # fmt: skip
    return Words(
        f"**Lower {knob}: it started, so weights ({weights}) and pool are not what lacks. {share:g} of {gib_words(card)} are {held}, {inside.en}, and {left} are left for {outside.en}. {less:.2g} leaves {then}, at the price of cache: about {fewer} tokens instead of {now:,}.** Beside it: fewer tokens prefilled at once (--chunked-prefill-size, --max-num-batched-tokens), fewer requests at once, graphs for smaller batches; an 8-bit cache or weights give the tokens back. It goes up only where the start itself finds no room for the pool.",
        f"**调小 {knob}:已经启动,说明权重({weights})和缓存池放得下。{gib_words(card)} 的 {share:g} 是 {held}({inside.zh}),留给{outside.zh}的只有 {left};设 {less:.2g} 就有 {then},代价是缓存从约 {now:,} 个 token 降到 {fewer} 个。** 同时减小一次 prefill 的 token 数(--chunked-prefill-size、--max-num-batched-tokens)、并发数和 CUDA graph 的最大批;想补回缓存就用 8 位缓存或 8 位权重。只有启动时就报缓存池放不下才要调大。",
    )


def _share_up(figures: Figures) -> Words:
    """The start finds no room for the pool: a larger share, where nothing else is on the card."""
    engine, share, card = _told(figures)
    usual = share_by_default(engine) or MOST_SHARE
    more = next((one for one in (usual, MOST_SHARE) if one > share and _tokens(figures, engine, one)), 0.0)
    if not more:
        raise Missing("share_up")
    knob, rest = (
        share_of(engine).setting,
        share * card - figures.base.best + float(figures.base.terms.get("kv_cache", 0)),
    )
    run, run_zh = " and the measuring run its part", ",再除去测量运行"
    if share_of(engine).rule == "share-of-free":  # a share of weights and cache alone, and nothing measured
        there = pool_of(figures.at(engine=engine, gpu_memory_utilization=share))
        rest, run, run_zh = GIB * float(there.get("kv_pool") or 0), "", ""
    left, found = gib_words(max(0.0, rest)), f"{_tokens(figures, engine, more):,}"
    weights = gib_words(figures.base.terms["weights"])
    return Words(
        f"**Raise {knob}: {share:g} of {gib_words(card)} are {gib_words(share * card)}, of which the weights take {weights}{run}, so {left} is left for the cache. {more:g} makes it about {found} tokens**, where nothing else is on the card.",
        f"**调大 {knob}:{gib_words(card)} 的 {share:g} 是 {gib_words(share * card)},权重占 {weights}{run_zh},留给缓存的只有 {left};设 {more:g} 约可放 {found} 个 token**(卡上没有别的程序时)。",
    )


SHARE_DIRECTIONS: dict[str, Callable[[Figures], Words]] = {"share_down": _share_down, "share_up": _share_up}
