"""How many more tokens of cache more cards give, which keep the weights once over all of them, and weights of fewer bits."""

from collections.abc import Callable
from typing import Any

from chat.figures.layouts.parallel_words import shares_heads
from chat.figures.named import Figures, Missing, both_words, gib_words, pool_tokens
from chat.figures.serving.engine_words import its_share
from chat.phrases import value
from formulas.quantity import Words
from kb.facts import bits_of
from kb.outcome import Outcome

POOLED = ("vllm", "sglang")
_WIDE = "bf16"
_MOST_CARDS = 4
_ALIKE = 1.02


def _pool_by_cards(figures: Figures) -> Words:
    """The pool on the fewest and on the most cards that are told, or on one more; Missing where neither serves from a pool."""
    told = sorted({int(one) for one in figures.logged_all("cards")}) or [figures.n, _next_even(figures)]
    few, many = told[0], told[-1]
    here, there = (_on(figures, n) for n in (few, many))
    before, after = pool_tokens(here), pool_tokens(there)
    if after <= 0 or there.capacity is None:
        raise Missing("pool")
    each = int(figures.knob("seq_len") or 0) + int(figures.given.get("output_len") or 0)
    held, held_zh = (f"; at {each:,} tokens each {{}} sequences at once", f";每条 {each:,} 个 token,同时 {{}} 条")
    if before <= 0 or here.verdict == "no":
        need, room = gib_words(here.best), gib_words(here.capacity or 0)
        one, count = "One card" if few == 1 else f"{few} cards", after // each
        return Words(
            f"**{one} cannot hold it ({need} of {room}), so there is nothing to multiply: on {many} the cache has room for {after:,} tokens{held.format(f'{count:,}')}.**",
            f"**{few} 张卡放不下({need} / {room}),谈不上几倍:{many} 张时缓存能放 {after:,} 个 token{held_zh.format(f'{count:,}')}。**",
        )
    times, cards = after / before, many / few
    more = times > cards * 1.02
    left = "".join(f"{' and ' if n == many else ''}{_left(one)} on each of {n}" if n > 1 else f"{_left(one)} on one" for n, one in ((few, here), (many, there)))  # fmt: skip
    left_zh = ",".join(f"{n} 张时每张剩 {_left(one)}" for n, one in ((few, here), (many, there)))
    why, why_zh = (
        ("The weights are kept once over all of them, so what each card has left grows: ", "权重总共只放一份,每张卡剩下的就变多:")
        if more
        else ("What each card has left for it: ", "每张卡留给缓存的:")
    )  # fmt: skip
    at_once = held.format(f"{before // each:,} and {after // each:,}")
    at_once_zh = held_zh.format(f"{before // each:,} 条和 {after // each:,}")
    return Words(
        f"**{times:.3g} times as many tokens of cache with {cards:g} times the cards: {before:,} on {few}, {after:,} on {many}{at_once}.** {why}{left}.",
        f"**卡是 {cards:g} 倍,缓存能放的 token 是 {times:.3g} 倍:{few} 张时 {before:,} 个,{many} 张时 {after:,} 个{at_once_zh}。** {why_zh}{left_zh}。",
    )


def _split_all_the_same(figures: Figures) -> Words:
    """What each card holds of the weights and where the rest of its share goes; Missing where no pool is kept."""
    n, here, alone = figures.n, figures.at(batch_size=1), _on(figures, 1)
    after, before = pool_tokens(here), pool_tokens(alone) if alone.verdict != "no" else 0
    if n < 2 or after <= 0:
        raise Missing("pool")
    whole, held = both_words(alone.terms["weights"]), gib_words(here.terms["weights"])
    share = its_share(figures)
    more, more_zh = f"{_left(here)} of each, {after:,} tokens in all", f"每张 {_left(here)},合计 {after:,} 个 token"
    if before:
        more += f", where one card has {_left(alone)} for {before:,}"
        more_zh += f";单卡时只有 {_left(alone)},{before:,} 个"
    return Words(
        f"**It is split: of {whole} of weights each of the {n} cards holds {held}. All look as full as one card does because the server takes a fixed share of each ({share.en}): what the weights leave is set aside for the cache, {more}.**",
        f"**切开了:权重 {whole},{n} 张卡每张只放 {held}。各卡看起来和单卡一样满,是因为服务启动时在每张卡上都占固定的份额({share.zh}):权重之外的部分都预留给 KV 缓存,{more_zh}。**",
    )


def _next_even(figures: Figures) -> int:
    """The next number of cards over which the heads go round; one more where none does."""
    return next((n for n in range(figures.n + 1, 2 * figures.n + 1) if shares_heads(figures, n)), figures.n + 1)


def _pool_by_weights(figures: Figures) -> Words:
    """The pool beside weights of one width and of fewer bits, on the same cards; Missing where neither leaves any."""
    wide, narrow = _widest_and_narrowest(figures)
    here, there = (_stored(figures, one) for one in (wide, narrow))
    before, after = pool_tokens(here), pool_tokens(there)
    if wide == narrow or after <= 0 or there.capacity is None:
        raise Missing("pool")
    each = int(figures.knob("seq_len") or 0) + int(figures.given.get("output_len") or 0)
    names, names_zh = ([value("weight_format", one, language) for one in (wide, narrow)] for language in ("en", "zh"))
    if before <= 0 or here.verdict == "no":
        need, room = gib_words(here.best), gib_words(here.capacity or 0)
        return Words(
            f"**With {names[0]} nothing is left to multiply ({need} of {room}); with {names[1]} the cache has room for {after:,} tokens, {after // each:,} sequences of {each:,} at once.**",
            f"**{names_zh[0]} 放不下({need} / {room}),谈不上几倍;{names_zh[1]} 时缓存能放 {after:,} 个 token,同时 {after // each:,} 条 {each:,} token 的。**",
        )
    weights = [gib_words(one.terms.get("weights", 0.0)) for one in (here, there)]
    return Words(
        f"**{after / before:.3g} times as many tokens of cache: {before:,} with {names[0]}, {after:,} with {names[1]}; at {each:,} tokens each {before // each:,} and {after // each:,} sequences at once.** A token takes as much as before; what the weights give back, {weights[0]} → {weights[1]} per card, goes to the cache: {_left(here)} → {_left(there)}.",
        f"**缓存能放的 token 是 {after / before:.3g} 倍:{names_zh[0]} 时 {before:,} 个,{names_zh[1]} 时 {after:,} 个;每条 {each:,} 个 token,同时 {before // each:,} 条和 {after // each:,} 条。** 每 token 的缓存不变;权重每卡 {weights[0]} → {weights[1]},省下的全归缓存:{_left(here)} → {_left(there)}。",
    )


def _narrow_weights(figures: Figures) -> Words:
    """What weights of fewer bits leave to the cache of a card whose share is taken anyway; Missing where none has fewer, or the
    wide ones leave nothing: then they do not start, and nothing was seen. Of no card the difference alone, in tokens."""
    wide, narrow = _widest_and_narrowest(figures)
    here, there = (_stored(figures, one) for one in (wide, narrow))
    before, after = pool_tokens(here), pool_tokens(there)
    if bits_of(wide) <= bits_of(narrow) or (there.capacity is not None and not 0 < before < after):
        raise Missing("pool")
    names, names_zh = ([value("weight_format", one, language) for one in (wide, narrow)] for language in ("en", "zh"))
    weights = [one.terms.get("weights", 0.0) for one in (here, there)]
    told = [both_words(one) for one in weights]
    if there.capacity is None:
        saved, cache = weights[0] - weights[1], there.terms.get("kv_cache")
        if not cache:
            raise Missing("cache")
        more = int(saved / cache * figures.tokens)
        becomes, becomes_zh = f"about {gib_words(saved)}, room for {more:,} tokens more", f"约 {gib_words(saved)},多放 {more:,} 个 token"  # fmt: skip
    else:
        becomes = f"{_left(here)} → {_left(there)}, by the formulas {before:,} → {after:,} tokens"
        becomes_zh = f"{_left(here)} → {_left(there)},按公式 {before:,} → {after:,} 个 token"
    card, card_zh = (" per card", "每张卡") if figures.n > 1 else ("", "")
    return Words(
        f"{names[1]} weights take {told[1]}{card}, {names[0]} {told[0]}, and the difference becomes cache: {becomes}",
        f"{card_zh}权重按 {names_zh[1]}是 {told[1]},按 {names_zh[0]} 是 {told[0]},差额变成了缓存:{becomes_zh}",
    )


def _as_loaded(figures: Figures) -> Words:
    """That it is in few bits all the same, where that is doubted."""
    if "quantising_doubted" not in figures.about:
        return Words(
            "A checkpoint in few bits stays so when it is loaded, only the meter cannot show it",
            "量化的权重加载后仍是量化的,只是显存读数看不出来",
        )
    return Words(
        "It is in effect, only the meter cannot show it",
        "量化是生效的,只是显存读数看不出来",
    )


def _widest_and_narrowest(figures: Figures) -> tuple[str, str]:
    """The formats with the most and with the fewest bits that are named; beside a single one 16 bits are meant."""
    named = figures.log.get("format", [])
    formats = {*named, str(figures.given.get("weight_format") or _WIDE), *([_WIDE] if len(named) < 2 else [])}
    told = sorted(formats, key=lambda one: (-bits_of(one), one))
    return told[0], told[-1]


def _pools_of_cards(figures: Figures) -> Words:
    """How many sequences each of the cards that are set against each other holds; Missing where fewer than two are named."""
    named = [str(one).removeprefix("1 × ") for one in figures.told.get("gpus", ())]
    each = int(figures.knob("seq_len") or 0) + int(figures.given.get("output_len") or 0)
    if not 2 <= len(named) <= _MOST_CARDS or each < 1:
        raise Missing("cards")
    engine = {} if figures.knob("engine") in POOLED else {"engine": POOLED[0]}
    there = [(name, figures.at(**_rig(name), gpu_memory_gb=None, batch_size=1, **engine)) for name in named]
    pools = sorted(
        ((pool_tokens(one) if one.verdict != "no" else 0, name, one) for name, one in there), key=lambda one: -one[0]
    )
    (most, best, _), (least, _, _) = pools[0], pools[-1]
    if most < 1 or any(one.capacity is None for _, one in there):
        raise Missing("pool")
    told = [
        (f"{name} {tokens // each:,} ({tokens:,} tokens of cache)", f"{name} {tokens // each:,} 条(缓存 {tokens:,} 个 token)") if tokens
        else (f"{name} does not hold it", f"{name} 放不下") for tokens, name, _ in pools
    ]  # fmt: skip
    opens = (
        Words(f"{best} holds more at once", f"{best} 的并发更多") if most > least * _ALIKE else Words("Both hold as many at once", "并发一样多")
    )  # fmt: skip
    assumed = "" if "seq_len" in figures.given else " (assumed)"
    return Words(
        f"**{opens.en}, sequences of {each:,} tokens{assumed}: {', '.join(en for en, _ in told)}.** The model takes the same on either; what its weights leave of a card's share is the pool. How fast they are then goes with bandwidth while generating, with arithmetic while reading prompts.",
        f"**{opens.zh},每条 {each:,} token{'(假设)' if assumed else ''}时:{'、'.join(zh for _, zh in told)}。** 模型本身在两种卡上占得一样,权重之外剩下的份额就是缓存池。快慢则看带宽(生成)和算力(读提示)。",
    )


def _rig(name: str) -> dict[str, Any]:
    """`L40S`, or so many of a card: `2 × RTX 4090`, over which a server lays tensor parallel."""
    count, _, card = name.rpartition(" × ")
    return {"gpu": card, **({"n_gpus": int(count), "tp": int(count) if int(count) > 1 else None} if count else {})}


def _stored(figures: Figures, kind: str) -> Outcome:
    """The same case with its weights in this format, by a server that keeps a pool, which no number of sequences makes smaller."""
    changed = {} if figures.knob("engine") in POOLED else {"engine": POOLED[0]}
    return figures.at(weight_format=kind, bits=None, batch_size=1, **changed)


def _on(figures: Figures, n: int) -> Outcome:
    """The same model on so many cards, tensor parallel, by a server that keeps a pool."""
    engine = figures.knob("engine")
    changed = {} if engine in POOLED else {"engine": POOLED[0]}
    return figures.at(n_gpus=n, tp=n if n > 1 else None, pp=None, dp=None, batch_size=1, **changed)


def _left(there: Outcome) -> str:
    """`11.9 GiB` of a card's share that neither weights nor the measuring run take."""
    return gib_words((there.capacity or 0) - there.best + there.terms.get("kv_cache", 0.0))


POOL_BY_CARDS: dict[str, Callable[[Figures], Words]] = {
    "pool_by_cards": _pool_by_cards,
    "pool_by_weights": _pool_by_weights,
    "narrow_weights": _narrow_weights,
    "as_loaded": _as_loaded,
    "pools_of_cards": _pools_of_cards,
    "split_all_the_same": _split_all_the_same,
}
