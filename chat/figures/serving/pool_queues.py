"""Why a server that is asked for more than its cache holds does not run out: the pool is fixed, and the rest waits."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, gib_words, pool_of
from formulas.quantity import SILENT, Words


def _pool_queues(figures: Figures) -> Words:
    """The pool and what it holds at once, against all that is asked for."""
    learns = figures.knob("task") == "train"
    takes, held, size, tokens = _of_rollouts(figures) if learns else _of_a_server(figures)
    length = float(figures.knob("seq_len"))
    once = int(tokens // length)
    each = length * figures.need("kv_mean")
    asked = _asked(figures, each, learns)
    return Words(
        f"**It does not run out because the cache is a pool of one size: of the {gib_words(takes)} that the engine takes of a card {gib_words(held)} are not cache, and {gib_words(size)} are, {tokens:,.0f} tokens, {once:,} sequences of {length:,.0f} tokens at once.** {asked.en}What does not go in waits, and a sequence that finds no further block is set back and computed again later (preemption): it costs time, not memory.",
        f"**不爆是因为缓存是一个固定大小的池:引擎占每卡 {gib_words(takes)},其中 {gib_words(held)} 不是缓存,{gib_words(size)} 是缓存,即 {tokens:,.0f} 个 token,同时放 {once:,} 条 {length:,.0f} token 的序列。** {asked.zh}放不下的排队等,跑到一半没有空块的序列会被退回、之后重算(preemption):损失的是时间,不是显存。",
    )


def _of_rollouts(figures: Figures) -> tuple[float, float, float, float]:
    """Share, copy of the weights, cache in bytes of a card, and tokens of one engine."""
    takes, copy, size = (figures.need(name) for name in ("rollout_takes", "rollout_copy", "rollout_pool"))
    if size <= 0:
        raise Missing("pool")
    return takes, copy, size, figures.need("rollout_tokens")


def _of_a_server(figures: Figures) -> tuple[float, float, float, float]:
    found = pool_of(figures.base)
    tokens = float(found.get("kv_tokens") or 0)
    if tokens <= 0:
        raise Missing("pool")
    takes, size = float(found["pool"]) * GIB, float(found["kv_pool"]) * GIB
    return takes, takes - size, size, tokens


def _asked(figures: Figures, each: float, learns: bool) -> Words:
    """All sequences that are asked for, where they are counted."""
    told = next(iter(figures.logged_all("answers")), 0.0) if learns else figures.given.get("batch_size")
    count = float(told or 0)
    if count < 2:
        return SILENT
    over, over_zh = "", ""
    engines = int(figures.n // figures.need("rollout_ranks")) if learns else 1
    if engines > 1:
        over, over_zh = (
            f", {count / engines:,.0f} on each of {engines} engines",
            f",{engines} 个引擎各 {count / engines:,.0f} 条",
        )
    return Words(
        f"All {count:,.0f} at full length would be {count:,.0f} × {gib_words(each)} = {gib_words(count * each)}{over}. ",
        f"{count:,.0f} 条全部到最大长度是 {count:,.0f} × {gib_words(each)} = {gib_words(count * each)}{over_zh}。",
    )


POOL_QUEUES: dict[str, Callable[[Figures], Words]] = {"pool_queues": _pool_queues}
