"""What a cache in fewer bits does on a card of which a server takes its share anyway: more tokens, and no less memory."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.cache.kv_kinds import kinds, served
from chat.figures.named import Figures, Missing, both_words, gib_words, pool_tokens
from chat.figures.serving.pool_by_cards import POOLED
from chat.figures.serving.pool_explained import pool_at
from formulas.quantity import Words
from kb.facts import bits_of
from kb.pools import pool_figures
from kb.programs import reads_files

_SIXTEEN = 16
_WIDE, _NARROW = "bf16", "fp8"


def _narrow_pool(figures: Figures) -> Words:
    """Bytes of a token and tokens of the pool, in 16 bit and as it is told; Missing where that is no fewer bits."""
    stored = str(figures.given.get("kv_format") or "")
    if not stored or float(bits_of(stored)) >= _SIXTEEN:
        raise Missing("kv_format")
    wide = figures.at(kv_format=_WIDE)
    before = {
        one["quantity"]: float(one["value"]) for one in pool_figures(wide.situation.facts | wide.fullest.place.facts)
    }
    many, few = pool_at(figures)["kv_tokens"], before.get("kv_tokens", 0.0)
    if few <= 0 or many <= few:
        raise Missing("tokens")
    narrow = _token(figures)
    each = f"{kib(narrow * _shrinks(stored))} → {kib(narrow)}"
    weights = both_words(figures.need("w_all"))
    more = f"{few:,.0f} → {many:,.0f}"
    return Words(
        f"a token takes {each}, so the same pool holds {more} tokens by the formulas; the weights, {weights}, stay as they are",
        f"每 token 从 {each},同一个缓存池按公式能放 {more} 个 token;权重 {weights} 不变",
    )


_NEAR = 0.9  # of the whole factor


def _pool_by_cache(figures: Figures) -> Words:
    """Whether a cache in fewer bits holds as many times the tokens: by the log where it is told, and by the formulas."""
    if reads_files(str(figures.knob("engine") or "")):
        raise Missing("pool")  # what runs files sets a cache aside, and no pool
    told = str(figures.given.get("kv_format") or "")
    # the first of two that are compared is the wide one
    stored = told if told and float(bits_of(told)) < _SIXTEEN else _NARROW
    figures = Figures({**figures.given, "kv_format": stored}, figures.told)
    times = _shrinks(stored)
    token = _token(figures)
    each = f"{kib(token * times)} → {kib(token)}"
    seen = [next(iter(figures.logged_all(name)), 0.0) for name in ("pool_from", "pool_to")]
    if all(seen):
        return _as_seen(seen[0], seen[1], times, each)
    engine = {} if figures.knob("engine") in POOLED else {"engine": POOLED[0]}
    wide, narrow = (pool_tokens(figures.at(**engine, kv_format=one)) for one in (_WIDE, stored))
    if narrow <= 0:
        return _without_pool(figures, times, each)
    length = int(figures.knob("seq_len") or 0) + int(figures.given.get("output_len") or 0)
    before, after = wide // length, narrow // length
    return Words(
        f"**Yes, {times:g} times as many tokens: the pool stays as large, a token takes {each}, so {wide:,} → {narrow:,} tokens; at {length:,} each {before:,} → {after:,} sequences at once.** The weights stay as they are, and so does what nvidia-smi shows.",
        f"**能,token 数是 {times:g} 倍:缓存池大小不变,每 token {each},共 {wide:,} → {narrow:,} 个;每条 {length:,} 个 token 时同时 {before:,} → {after:,} 条。** 权重不变,nvidia-smi 显示的占用也不变。",
    )


def _without_pool(figures: Figures, times: float, each: str) -> Words:
    """The factor alone, and that as the case is told nothing is left for the cache."""
    said = Words(f"**Yes, {times:g} times as many tokens in the same pool: a token takes {each}.**", f"**能,同一个缓存池能放 {times:g} 倍的 token:每 token {each}。**")  # fmt: skip
    if figures.base.capacity is None or figures.base.verdict != "no":
        return said
    need, room = gib_words(figures.base.best), gib_words(figures.base.capacity)
    return Words(
        f"{said.en} As it is told here there is none to grow: {need} of {room}.",
        f"{said.zh}不过按题中的条件没有缓存池可言:要 {need},可用 {room}。",
    )


def _as_seen(before: float, after: float, times: float, each: str) -> Words:
    """What two starts printed, against the factor of the bytes."""
    seen = after / before
    share = f"{(1 - seen / times) * 100:.0f} %"
    near = seen >= _NEAR * times
    head, head_zh = (
        ("That is as it should be", "正常") if near else ("Less than the bytes alone give", "比字节数该有的少")
    )
    why, why_zh = (
        ("each start measures anew what weights and its own peak leave, and another kernel of attention has other buffers.", "每次启动都重新测量权重和峰值之外剩多少,换了注意力内核,缓冲也不同。")
        if near
        else ("compare what both starts print of the memory for the cache: a larger peak (another kernel of attention, more tokens a step) or another process took the rest.", "对比两次启动打印的缓存可用显存:差的部分被更大的峰值(换了注意力内核、每步 token 更多)或别的进程占去了。")
    )  # fmt: skip
    return Words(
        f"**{head}: {after:,.0f} ÷ {before:,.0f} = {seen:.2f}, against {times:g} by the bytes of a token ({each}).** The pool of the second start is {share} smaller in bytes: {why}",
        f"**{head_zh}:{after:,.0f} ÷ {before:,.0f} = {seen:.2f},按每 token 字节数({each})应为 {times:g} 倍。** 第二次启动的缓存池少了 {share}:{why_zh}",
    )


def _shrinks(stored: str) -> float:
    """By how much 16 bit are more than a format's bits."""
    return _SIXTEEN / float(bits_of(stored))


def _token(figures: Figures) -> float:
    """Bytes of one token over all layers, as the cache is stored."""
    return sum(kind.layers * kind.token for kind in kinds(served(figures)))


NARROW_POOLS: dict[str, Callable[[Figures], Words]] = {"narrow_pool": _narrow_pool, "pool_by_cache": _pool_by_cache}
