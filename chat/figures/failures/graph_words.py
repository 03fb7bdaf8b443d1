"""A server that fails as it captures CUDA graphs, which it does last: what weights and pool have left them on a card."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, both_words, gib_words
from chat.figures.serving.engine_words import graphs_fewer, share_knob, steps_and_lengths
from formulas.chinese import spaced
from formulas.quantity import SILENT, Words
from kb.pools import MOST_SHARE, share_of
from kb.programs import serves

# weights of so much of a card leave graphs, buffers and cache hardly anything
_NEARLY_ALL = 0.8
_WHOLE = 0.99  # of a cache


def _fullest(figures: Figures) -> tuple[float, float, float]:
    """Of the fullest card its memory, its weights, and what a step and the runtime take beside them."""
    base, terms = figures.base, figures.base.terms
    weights = terms.get("weights", 0.0)
    return figures.need("capacity_whole"), weights, base.best - weights - terms.get("kv_cache", 0.0)


def _graphs_last(figures: Figures) -> Words:
    """Missing where not even the weights are on the card: then it is they that fail."""
    card, weights, beside = _fullest(figures)
    if weights + beside >= card or figures.base.capacity is None:
        raise Missing("room")
    return _beside_the_weights(figures) if weights >= _NEARLY_ALL * card else _beside_the_pool(figures)


def _settings(figures: Figures, further: Words = SILENT) -> Words:
    """What makes graphs and a step smaller, as the program calls it."""
    step = steps_and_lengths(figures.given.get("engine"))[1]
    fewer, default = graphs_fewer(figures), figures.base.situation.facts.get("graph_sequences")
    by_default, by_default_zh = "", ""
    if default is not None:
        by_default = f" (by default they go up to {int(default.value)} sequences here)"
        by_default_zh = f"(这里默认捕获到 {int(default.value)} 条并发)"
    return Words(
        f"{fewer.en}{by_default},{'' if further.en else ' and'} fewer tokens a step ({step}){further.en}",
        f"{fewer.zh.strip()}{by_default_zh},再减小每步 token 数({step}){further.zh}",
    )


def _shorter(figures: Figures) -> Words:
    """The setting of the length: it takes nothing off a pool, and lets one sequence go into it."""
    length = steps_and_lengths(figures.given.get("engine"))[0]
    return Words(
        f", and a length that goes into the cache ({length})", f",并把长度设到缓存放得下({length.replace(', ', '、')})"
    )


def _beside_the_weights(figures: Figures) -> Words:
    """Weights that are nearly all of the card: what is left for all else, and the tokens that would go in."""
    card, weights, beside = _fullest(figures)
    n, left = figures.n, gib_words(card - weights)
    each, each_zh = (" on each card", "每张卡上") if n > 1 else ("", "卡上")
    summed, summed_zh = ("", "")
    if n > 1:
        summed = " What all cards have together says nothing of it: each needs the runtime, the buffers and the graphs of its own."
        summed_zh = "各卡显存加起来够不够说明不了问题:每张卡都要有自己的运行时、缓冲和 CUDA graph。"
    settings, ways = _settings(figures, _shorter(figures)), _for_sure(figures)
    pool, pool_zh = _most_tokens(figures)
    return Words(
        f"**CUDA graphs are captured last, and the weights leave little for them: {both_words(weights)} of {gib_words(card)}{each}, so {left} must hold the cache, a step's activations and the runtime ({gib_words(beside)}), and the graphs (some hundred MiB, a few GiB with many sizes).**{summed}{pool} First {settings.en}{ways.en}.",
        f"**CUDA graph 是最后才捕获的,而权重已几乎占满:{each_zh} {gib_words(card)} 里权重 {both_words(weights)},剩下 {left} 要放 KV 缓存、一步的激活和运行时({gib_words(beside)}),还有 CUDA graph(几百 MiB,捕获的大小多时几 GiB)。** {summed_zh}{pool_zh}先{settings.zh}{ways.zh}。",
    )


def _for_sure(figures: Figures) -> Words:
    """What makes the weights of a card smaller: fewer bits, or other cards. A larger share would take from the graphs."""
    narrow = [one for one in figures.changes if {"weight_format", "bits"} & set(one["facts"])]
    cards = [one for one in figures.changes if one["price"] == "cards"]
    chosen = [*narrow[:1], *cards[:2]]
    if not chosen:
        return SILENT
    shown = [gib_words(one["gib"] * GIB) for one in chosen]
    en = " or ".join(f"{one['says']} ({size})" for one, size in zip(chosen, shown, strict=True))
    zh = "或".join(spaced(f"{one['zh']}({size})") for one, size in zip(chosen, shown, strict=True)).lstrip()
    return Words(f"; for sure: {en}", f";稳妥的办法:{zh}")


def _most_tokens(figures: Figures) -> tuple[str, str]:
    """The tokens of cache where a server is given as much of a card as it may be, and what that leaves the graphs."""
    card, weights, beside = _fullest(figures)
    tokens, cache = figures.tokens, figures.base.terms.get("kv_cache", 0.0)
    left = MOST_SHARE * card - weights - beside
    if left <= 0 or not cache or not tokens:
        return (
            " For a cache nothing is left beside them.",
            "这样就没有空间给 KV 缓存了。",
        )
    held, token, rest = int(left / (cache / tokens)), figures["kv_token"], gib_words((1 - MOST_SHARE) * card)
    over, over_zh = "", ""
    if figures.n > 1:
        whole = cache > _WHOLE * figures.need("kv_token") * tokens  # of latent attention each card keeps all
        over = f", the whole of it on each of {figures.n} cards" if whole else f", divided over {figures.n} cards"
        over_zh = f",{figures.n} 张卡各存完整一份" if whole else f",分在 {figures.n} 张卡上"
    return (
        f" At {token} a token{over}, a server that takes {MOST_SHARE:g} of the card has a cache of about {held:,} tokens at the most, and leaves {rest} for the graphs.",
        f"每 token 的缓存 {token}{over_zh}:服务用到整卡的 {MOST_SHARE:g} 时,缓存最多约 {held:,} 个 token,给 CUDA graph 只剩 {rest}。",
    )


def _beside_the_pool(figures: Figures) -> Words:
    """A pool that takes what the weights leave of the server's share: the cache gives way."""
    card, weights, _ = _fullest(figures)
    room, knob, settings = figures.base.capacity or card, share_knob(figures), _settings(figures)
    told = "gpu_memory_utilization" in figures.given
    if told or share_of(figures.given.get("engine")).rule == "share-of-card" or room >= card:
        raise Missing("share")  # whose share is told by itself
    return Words(
        f"**CUDA graphs are captured after weights and cache have taken their part: by default {gib_words(room)} of a card's {gib_words(card)}, and the {gib_words(card - room)} left must hold them (some hundred MiB, a few GiB with many sizes), NCCL's buffers, the context and whatever else runs there.** Lower {knob.en}; {settings.en}. The weights are {both_words(weights)}: the cache gives way.",
        f"**CUDA graph 是在权重和缓存占完之后才捕获的:默认占每卡 {gib_words(card)} 中的 {gib_words(room)},剩下 {gib_words(card - room)} 要放 CUDA graph(几百 MiB,捕获的大小多时几 GiB)、NCCL 缓冲、上下文和卡上其他程序。** 调低 {knob.zh};{settings.zh}。权重只占 {both_words(weights)},让出来的是缓存。",
    )


def _first_settings(figures: Figures) -> Words:
    """Of a server that is named the settings that cost no quality."""
    if figures.knob("task") == "train" or not serves(figures.given.get("engine")):
        return SILENT
    settings = _settings(figures, _shorter(figures))
    return Words(
        f" The server's own settings to try first: {settings.en}.",
        f"先试服务自己的设置:{settings.zh}。",
    )


GRAPH_WORDS: dict[str, Callable[[Figures], Words]] = {"graphs_last": _graphs_last, "first_settings": _first_settings}
