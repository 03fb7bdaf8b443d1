"""What a server printed of its cache, read number by number: blocks and tokens, requests of full length, the bytes behind them, and
the sum of the card that gives them."""

from collections.abc import Callable
from typing import Any

from chat.figures.amount_words import kib
from chat.figures.failures.cause_figures import logged_pool
from chat.figures.named import GIB, Figures, Missing, default_of, gib_words
from chat.figures.serving.pool_explained import pool_at, pool_sum
from formulas.quantity import SILENT, Words
from kb.pools import share_of

_MIB = 2**20
_NEAR, _PRINTED = 0.15, 0.01
_FIRST = "first engine"


def _as_started(figures: Figures) -> Figures:
    """The case with the share that the engine which printed blocks took by default, where none was told."""
    if "gpu_blocks" not in figures.log or figures.given.get("gpu_memory_utilization"):
        return figures
    rule = share_of(figures.given.get("engine"))
    try:
        share = default_of(rule.tool, rule.setting, _FIRST)
    except Missing:
        return figures
    given: dict[str, Any] = {**figures.given, "gpu_memory_utilization": share}
    return Figures(given, figures.told)


def _token(figures: Figures) -> float:
    """Bytes of a token in the cache of one card."""
    pool = pool_at(figures)
    if pool["kv_tokens"] < 1:
        raise Missing("tokens")
    return pool["kv_pool"] * GIB / pool["kv_tokens"]


def _pool_read(figures: Figures) -> Words:
    """The printed numbers as products and quotients of each other, and what they are in memory."""
    pool, token = logged_pool(figures), _token(figures)
    blocks, of = figures.told_one("gpu_blocks"), figures.told_one("block_tokens")
    there, there_zh = (" on each card", "(每张卡)") if figures.n > 1 else ("", "")
    first, zh = f"{pool:,.0f} tokens", f"{pool:,.0f} 个 token"
    if blocks and of:
        first, zh = (
            f"{blocks:,.0f} blocks × {of:g} tokens = {blocks * of:,.0f} tokens",
            f"{blocks:,.0f} 块 × {of:g} token = {blocks * of:,.0f} 个 token",
        )
        pool = blocks * of
    size = gib_words(pool * token)
    each = f"{kib(token)} a token{f' ({of * token / _MIB:.3g} MiB a block)' if of else ''}"
    each_zh = f"每 token {kib(token)}{f'(每块 {of * token / _MIB:.3g} MiB)' if of else ''}"
    times, length = figures.told_one("concurrency"), figures.told_one("concurrency_length")
    divided, divided_zh = "", ""
    if times and length and abs(times * length / pool - 1) <= _PRINTED:
        divided = f"; ÷ {length:,.0f} tokens of a request of full length = {times:g} at once"
        divided_zh = f";÷ 每条全长 {length:,.0f} token = 同时 {times:g} 条"
    return Words(
        f"{first}, × {each} = {size} of cache{there}{divided}",
        f"{zh},× {each_zh} = {size} 缓存{there_zh}{divided_zh}",
    )


def _pool_from(figures: Figures) -> Words:
    """The sum of the card that leaves so much for the cache, and how far the log is from it."""
    started = _as_started(figures)
    told, counted, pool = pool_sum(started), pool_at(started)["kv_tokens"], logged_pool(figures)
    near = abs(pool / counted - 1) <= _NEAR
    off = gib_words(abs(counted - pool) * _token(figures))
    less = Words("more", "多") if counted < pool else Words("less", "少")
    if abs(pool / counted - 1) <= _PRINTED:
        return Words(f" They are what is left: {told.en}, as in your log.", f"它是这样剩下的:{told.zh},与日志一致。")
    rest = (
        Words(f"; your start measured {off} {less.en}", f";您这次启动实测{less.zh} {off}")
        if near
        else Words(
            f"; your log has {off} {less.en} than that: another share, cache format or profile run, or other programs on the card",
            f";日志比这{less.zh} {off}:份额、缓存格式、测量运行不同,或卡上还有别的程序",
        )
    )
    return Words(f" They are what is left: {told.en}{rest.en}.", f"它是这样剩下的:{told.zh}{rest.zh}。")


def _host_blocks(figures: Figures) -> Words:
    """What blocks on the host are: no memory of the card."""
    count, of = figures.told_one("host_blocks"), figures.told_one("block_tokens")
    if not count or not of:
        return SILENT
    token = _token(figures)
    return Words(
        f" The {count:,.0f} CPU blocks × {of * token / _MIB:.3g} MiB = {gib_words(count * of * token)} are swap space in host RAM (--swap-space), no VRAM.",
        f"{count:,.0f} 个 CPU 块 × {of * token / _MIB:.3g} MiB = {gib_words(count * of * token)} 是内存里的换出空间(--swap-space),不占显存。",
    )


POOL_DERIVED: dict[str, Callable[[Figures], Words]] = {
    "pool_read": _pool_read, "pool_from": _pool_from, "host_blocks": _host_blocks,
}  # fmt: skip
