"""What a server's line on its greatest concurrency means, beside the limit of sequences that it was given."""

from collections.abc import Callable

from chat.figures.cause_figures import logged
from chat.figures.named import Figures, Missing
from formulas.quantity import SILENT, Words
from kb.recipe import assumed

_PRINTED = 0.01  # of a number of requests that is printed with two digits behind the point


def _concurrency_meant(figures: Figures) -> Words:
    """Tokens that all requests share, the requests of full length that are, and of shorter ones; which limit holds."""
    pool, times, length, most = (
        logged(figures, name) for name in ("tokens", "concurrency", "concurrency_length", "max_seqs")
    )
    each, short = int(pool // most), int(assumed("seq_len", "inference"))
    if each < 1 or short >= length:
        raise Missing("concurrency")
    held = int(pool // short)
    # layers with a window keep less of a long request, and then it is no quotient of the two
    divided = f" = {pool:,.0f} ÷ {length:,.0f}" if abs(times * length / pool - 1) <= _PRINTED else ""
    first, first_zh = (
        (f"; at {short:,} tokens each the cache would hold {held:,}, so the limit of {most:,.0f} comes first", f";每条 {short:,} 个 token 时缓存放得下 {held:,} 条,先到的是上限 {most:,.0f}")
        if held > most
        else (f"; at {short:,} tokens each about {held:,} run at once", f";每条 {short:,} 个 token 时约可同时跑 {held:,} 条")
    )  # fmt: skip
    return Words(
        f"**Neither alone: the cache holds {pool:,.0f} tokens for all requests together, and {times:g}{divided} is how many go in where each fills the whole {length:,.0f}; it is no limit.** --max-num-seqs {most:,.0f} is the most that are scheduled at once, and whichever is reached first holds: {most:,.0f} at once have {each:,} tokens each{first}. What is beyond waits in the queue; where the cache runs full as requests grow, some are preempted and computed again, which is slow, and no out of memory.",
        f"**都不是固定值:缓存一共放 {pool:,.0f} 个 token,由所有请求共享;{times:g}{divided} 是每条都用满 {length:,.0f} 时的条数,不是硬上限。** --max-num-seqs {most:,.0f} 是同时调度的条数上限,两个限制先到哪个算哪个:{most:,.0f} 条同时跑时平均每条 {each:,} 个 token{first_zh}。超出的排队;请求变长、缓存用满时,会有请求被抢占后重算(preemption),变慢,但不会 OOM。",
    )


def _sequences_go_in(figures: Figures) -> Words:
    """What each of a step's sequences would have of the pool, where that is too little for a request; silent else."""
    most, pool = figures.need("step_sequences"), figures.amount("pool_tokens")
    each, usual = int(pool // most), int(assumed("seq_len", "inference"))
    if not 0 < each < usual // 8:
        return SILENT
    return Words(
        f" So many at once would be of little use: by the formulas the pool holds {pool:,.0f} tokens, {each:,} for each of {most:,.0f}.",
        f"而且开这么多也用不上:按公式缓存池约放 {pool:,.0f} 个 token,{most:,.0f} 条平均每条只有 {each:,} 个。",
    )


CONCURRENCY_WORDS: dict[str, Callable[[Figures], Words]] = {
    "concurrency_meant": _concurrency_meant,
    "sequences_go_in": _sequences_go_in,
}
