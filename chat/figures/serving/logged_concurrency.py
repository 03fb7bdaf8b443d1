"""What a server's line on its greatest concurrency means, beside the limit of sequences that it was given."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.failures.cause_figures import logged
from chat.figures.failures.cause_words import no_groups
from chat.figures.named import Figures, Missing, gib_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.kernels import lacks_fp8_cache
from kb.recipe import assumed

_MUCH_MORE = 1.2  # of weights beside those in 4 bits: below it they are in few bits already
_PRINTED = 0.01  # of a number of requests that is printed with two digits behind the point


def _concurrency_meant(figures: Figures) -> Words:
    """Tokens that all requests share, the requests of full length that are, and of shorter ones; which limit holds."""
    pool, times, length, most = (
        logged(figures, name) for name in ("tokens", "concurrency", "concurrency_length", "max_seqs")
    )
    each, short = int(pool // most), _own_length(figures)
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


def _own_length(figures: Figures) -> int:
    """Tokens of the asker's requests where they are told and are not the length of the printed line; else the usual ones."""
    told = figures.given.get("seq_len")
    if not told or float(told) in figures.logged_all("concurrency_length"):
        return int(assumed("seq_len", "inference"))
    return int(told) + int(figures.given.get("output_len") or 0)


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


def _pool_meant(figures: Figures) -> Words:
    """What the printed tokens of a cache are, what of them a wished number of requests needs, and what gives it."""
    what, ways = _in_tokens(figures), _more_of_it(figures)
    bytes_ = _pool_in_bytes(figures)
    if _logged_or_none(figures, "wished"):
        needs = _wish_in_tokens(figures)
        if not figures.logged_all("pool_explained"):  # how to get there is asked, and not what the line is
            return Words(f"**{needs.en}.**{ways.en}\n\n{what.en}", f"**{needs.zh}。**{ways.zh}\n\n{what.zh}")
        ways = Words(f"\n\n**{needs.en}:**{ways.en}", f"\n\n**{needs.zh}:**{ways.zh}")
    if figures.logged_all("tokens") and figures.logged_all("pool_raised"):  # how to have more is asked first
        first, first_zh = ways.en.strip(), ways.zh.strip()
        return Words(f"**{first}**\n\n{what.en}{bytes_.en}", f"**{first_zh}**\n\n{what.zh}{bytes_.zh}")
    return Words(f"**{what.en}**{bytes_.en}{ways.en}", f"**{what.zh}**{bytes_.zh}{ways.zh}")


def _wish_in_tokens(figures: Figures) -> Words:
    """The tokens that the wished number of requests needs, and how short they are where the pool stays."""
    pool, wished, length = (_logged_or_none(figures, name) for name in ("tokens", "wished", "concurrency_length"))
    factor, most = wished * length / pool, int(pool // wished)
    bytes_ = _wish_in_bytes(figures)
    return Words(
        f"{wished:g}x needs {wished * length:,.0f} tokens{bytes_.en}, {factor:.3g} times as many, or requests of at most {pool:,.0f} ÷ {wished:g} = {most:,} tokens",
        f"{wished:g}x 需要 {wished * length:,.0f} 个 token{bytes_.zh},是现在的 {factor:.3g} 倍;或者每条最长 {pool:,.0f} ÷ {wished:g} = {most:,} 个 token",
    )


def _fewer_bits_free(figures: Figures) -> Words:
    """How much of the cache weights in 4 bits free, and how many requests of full length that makes; silent without a model."""
    pool, wished, length = (_logged_or_none(figures, name) for name in ("tokens", "wished", "concurrency_length"))
    try:
        token, now, then = figures.need("kv_mean"), figures.need("w_here"), figures.need("w4")
    except (Missing, BadInput):
        return SILENT
    if figures.n > 1 or now < _MUCH_MORE * then:
        return SILENT
    times = (pool + (now - then) / token) / length
    eight = 2 * times
    both, both_zh = (
        ("", "") if times >= wished else (f", with the 8-bit cache {eight:.3g}x", f",再加 8 位缓存为 {eight:.3g}x")
    )
    return Words(
        f": in 4 bits {gib_words(then)} in place of {gib_words(now)}, which makes it {times:.3g}x{both}",
        f":4 位 {gib_words(then)},而不是 {gib_words(now)},约为 {times:.3g}x{both_zh}",
    )


def _pool_for_users(figures: Figures) -> Words:
    """Whether so many requests, the longest of those told, go into the printed pool at once, by arithmetic alone."""
    pool, users = logged(figures, "tokens"), int(figures.given["batch_size"])
    length = int(max((float(figures.given["seq_len"]), *figures.logged_all("length"))))
    each = length + int(figures.given.get("output_len") or 0)
    whole, most = users * each, int(pool // each)
    fits = whole <= pool
    head, head_zh = (
        ("Yes, all at once", "够,可以全部同时")
        if fits
        else (f"Not all at once, but {most:,}", f"不能全部同时,最多 {most:,} 条")
    )
    if doubted := _taken_for(figures, min(most, users)):
        head, head_zh = (
            (f"No, not only {doubted:g}, all {users:,} go in at once", f"不是只能 {doubted:g} 个,{users:,} 个可以全部同时")
            if fits
            else (f"No, not only {doubted:g}, but {most:,} of the {users:,} at once", f"不是只能 {doubted:g} 个,{users:,} 个里可以同时 {most:,} 个")
        )  # fmt: skip
    return Words(
        f"**{head}: {users:,} × {each:,} tokens are {whole:,}, and by your log the cache has room for {pool:,.0f}: {most:,} requests of that length go in.** The concurrency that is printed is of requests that fill the whole maximum length{_quotient(figures)}. A request takes pages only as it grows; what is beyond waits in the queue or is preempted and computed again, and nothing runs out of memory. An 8-bit cache (--kv-cache-dtype fp8) makes it about {int(2 * pool // each):,}.",
        f"**{head_zh}:{users:,} × {each:,} = {whole:,} 个 token,日志里的缓存能放 {pool:,.0f} 个,这样的请求最多同时 {most:,} 条。** 打印的并发数按每条用满最大长度算{_quotient(figures)}。请求随长度按页占用缓存;超出的排队,或被抢占后重算,不会 OOM。8 位缓存(--kv-cache-dtype fp8)约 {int(2 * pool // each):,} 条。",
    )


def _quotient(figures: Figures) -> str:
    """The printed number as the quotient that it is; empty where it is not told."""
    pool, times, length = (_logged_or_none(figures, name) for name in ("tokens", "concurrency", "concurrency_length"))
    return f" ({times:g} = {pool:,.0f} ÷ {length:,.0f})" if times and abs(times * length / pool - 1) <= _PRINTED else ""


def _taken_for(figures: Figures, held: float) -> float:
    """The number of requests that an asker takes the line for, where more go in than that; 0 otherwise."""
    return next((one for one in figures.logged_all("printed_users") if one < held), 0.0)


def _not_only(figures: Figures) -> Words:
    """That it is not as many as the line says, where an asker takes it so; silent otherwise."""
    held = figures.amount("log_requests")
    if any(one == held for one in figures.logged_all("printed_users")):
        return Words("No, only where each fills that whole length: ", "不是,只有每条都用满长度时才是这么多:")
    doubted = _taken_for(figures, held)
    return Words(f"No, not only {doubted:g}, but ", f"不是只能 {doubted:g} 个,而是") if doubted else SILENT


def _printed_full(figures: Figures) -> Words:
    """Of which requests the printed number is; silent where it is not printed."""
    times, length = (_logged_or_none(figures, name) for name in ("concurrency", "concurrency_length"))
    if not times or not _quotient(figures):
        return SILENT
    return Words(
        f" The printed {times:g} is of requests that each fill the whole {length:,.0f}{_quotient(figures)}, and no limit.",
        f"打印的 {times:g} 是每条都用满 {length:,.0f} 时的条数{_quotient(figures)},不是上限。",
    )


def _logged_or_none(figures: Figures, name: str) -> float:
    """A figure of the log; 0 where it is not told."""
    return next(iter(figures.logged_all(name)), 0.0)


def _in_tokens(figures: Figures) -> Words:
    """The tokens that all requests share, and the requests of full length that they are."""
    pool, times, length = (_logged_or_none(figures, name) for name in ("tokens", "concurrency", "concurrency_length"))
    if not pool:
        return Words(
            "It is how many tokens the server's KV cache has room for, all requests together: what its share of the card leaves beside the weights and the measuring run at the start, ÷ the cache bytes of a token. The concurrency that is printed is those tokens ÷ the maximum length: so many requests of the full length at once, and more of shorter ones.",
            "它是服务的 KV 缓存一共能放多少个 token,由所有请求共享:服务占用的份额减去权重和启动时的测量运行,剩下的 ÷ 每 token 的缓存字节数。打印的并发数就是这个 token 数 ÷ 最大长度,即能同时放下几条满长请求,短的更多。",
        )
    about, about_zh = ("about ", "约 ") if times and abs(round(times * length) - pool) < 1 else ("", " ")
    short = _own_length(figures)
    if short >= length > 0:
        short = int(length) // 2
    doubted = _taken_for(figures, pool // short)
    no, no_zh = (f"No, not only {doubted:g}: the", f"不是只能 {doubted:g} 个:") if doubted else ("The", "")
    if not times:
        held = int(pool // short)
        return Words(
            f"The server's KV cache has room for {pool:,.0f} tokens, all requests together: what its share of the card leaves beside the weights and the measuring run at the start. That is {held:,} requests of {short:,} tokens at once, or one of at most {pool:,.0f}.",
            f"服务的 KV 缓存一共能放 {pool:,.0f} 个 token,由所有请求共享:服务占用的份额减去权重和启动时的测量运行,剩下的就是它。相当于同时 {held:,} 条 {short:,} token 的请求,或一条最长 {pool:,.0f} 的。",
        )
    divided = abs(times * length / pool - 1) <= _PRINTED
    sum_ = f" = {pool:,.0f} ÷ {length:,.0f}" if divided else ""
    shorter = int(pool // short)
    more, more_zh = (f" At {short:,} tokens each about {pool:,.0f} ÷ {short:,} = {shorter:,} run at once (--max-num-seqs is the other limit), and what is beyond waits in the queue or is preempted and computed again: no out of memory.", f"每条 {short:,} 个 token 时约可同时跑 {pool:,.0f} ÷ {short:,} = {shorter:,} 条(另一个上限是 --max-num-seqs),超出的排队,或被抢占后重算,不会 OOM。")  # fmt: skip
    return Words(
        f"{no} server's KV cache has room for {about}{pool:,.0f} tokens, which all requests share; {times:g}{sum_} is how many go in where each fills the whole {length:,.0f}; it is no limit.{more}",
        f"{no_zh}服务的 KV 缓存一共能放{about_zh}{pool:,.0f} 个 token,由所有请求共享;{times:g}{sum_} 是每条都用满 {length:,.0f} 时放得下的条数,不是上限。{more_zh}",
    )


def _pool_in_bytes(figures: Figures) -> Words:
    """The same in memory, where a model is told."""
    pool = _logged_or_none(figures, "tokens")
    if not pool:
        return SILENT
    try:
        token = figures.need("kv_mean")
    except (Missing, BadInput):
        return SILENT
    held, groups = gib_words(pool * token), no_groups(figures)
    return Words(
        f" At {kib(token)} a token that is {held}{groups.en}.", f"每 token {kib(token)},即 {held}{groups.zh}。"
    )


def _wish_in_bytes(figures: Figures) -> Words:
    """What the tokens of the wished number take in memory, and how much of it is lacking; silent without a model."""
    pool, wished, length = (_logged_or_none(figures, name) for name in ("tokens", "wished", "concurrency_length"))
    try:
        token = figures.need("kv_mean")
    except (Missing, BadInput):
        return SILENT
    needs, lacking = gib_words(wished * length * token), gib_words((wished * length - pool) * token)
    return Words(
        f" ({needs} of cache at {kib(token)} a token, {lacking} more than there is)",
        f"(每 token {kib(token)},缓存 {needs},还差 {lacking})",
    )


def _request_in_bytes(figures: Figures) -> Words:
    """Behind the tokens of a printed pool: what it is in memory, and one of the asked requests."""
    try:
        token = figures.need("kv_mean")
    except (Missing, BadInput):
        return SILENT
    pool, each = (gib_words(figures.amount(name) * token) for name in ("log_pool", "request"))
    return Words(f" ({pool} at {kib(token)} a token, {each} a request)", f"({pool},每 token {kib(token)}、每条 {each})")


def _shorter_let_in(figures: Figures) -> Words:
    """How many requests of a usual length the printed pool holds, where those that are asked of are longer."""
    short, pool = int(assumed("seq_len", "inference")), figures.need("log_pool")
    if 2 * short > figures.need("request"):
        return SILENT
    held = int(pool // short)
    return Words(f" (at {short:,} tokens each about {held:,})", f"(每个 {short:,} token 时约 {held:,} 个)")


def _more_of_it(figures: Figures) -> Words:
    """What gives more tokens or a larger printed number, with its price; by arithmetic alone where the wish is told."""
    pool, wished, length = (_logged_or_none(figures, name) for name in ("tokens", "wished", "concurrency_length"))
    sglang = figures.given.get("engine") == "sglang"
    limit = "--context-length" if sglang else "--max-model-len"
    cache = "--kv-cache-dtype fp8_e4m3" if sglang else "--kv-cache-dtype fp8"
    share = "--mem-fraction-static" if sglang else "--gpu-memory-utilization"
    ways = "--tp" if sglang else "--tensor-parallel-size"
    bits = _fewer_bits_free(figures) if length else SILENT
    grouped = SILENT
    if figures.names_model and no_groups(figures).en:
        grouped = Words(", or a model with grouped heads (GQA)", ",或换用有 GQA 的模型")
    rest = Words(
        f"{share} higher where nothing else is on the card (less is left for peaks), weights of fewer bits (a little quality; all that they save goes to the cache{bits.en}), a further card with {ways}{grouped.en}",
        f"卡上没有别的程序时调高 {share}(留给峰值的余量变小)、权重用更低位数(略损质量,省下的全部归缓存{bits.zh})、加卡做张量并行({ways}){grouped.zh}",
    )
    if not wished:
        full = f" ({2 * pool / length:.3g}x)" if length else ""
        doubled, doubled_zh = (
            (f", about {2 * pool:,.0f} tokens{full}", f",约 {2 * pool:,.0f} 个 token{full}") if pool else ("", "")
        )
        narrow, narrow_zh = (
            (f"{cache}, half the bytes a token{doubled} (hardly any quality); ", f"{cache},每 token 字节减半{doubled_zh}(几乎不损质量);")
            if _stores_fp8(figures)
            else ("", "")
        )  # fmt: skip
        return Words(
            f"\n\nMore of it: {narrow}{rest.en}. A smaller {limit} makes it no larger: it only bars longer requests.",
            f"\n\n要更多:{narrow_zh}{rest.zh}。调小 {limit} 不会让它变大,只是不再接受更长的请求。",
        )
    factor, most = wished * length / pool, int(pool // wished)
    eight = 2 * pool / length
    enough = eight >= wished
    alone = Words(
        "enough by itself" if enough else f"with {limit} {int(2 * pool // wished):,} it says {wished:g}x",
        "单用它就够" if enough else f"再加 {limit} {int(2 * pool // wished):,} 就是 {wished:g}x",
    )
    return Words(
        "\n\n"
        f"- {limit} {most:,}: the pool stays as it is and the line says {wished:g}x. It costs requests longer than that, and lets no more of the shorter ones in.\n"
        f"- {cache}: half the bytes a token, so twice the tokens, {2 * pool:,.0f}, which is {eight:.3g}x: {alone.en}. It costs hardly any quality.\n"
        f"- a pool of {factor:.3g} times the memory: {rest.en}.",
        "\n\n"
        f"- {limit} {most:,}:缓存池不变,打印的数变成 {wished:g}x;代价是不再接受更长的请求,短请求也不会多放。\n"
        f"- {cache}:每 token 字节减半,token 数翻倍为 {2 * pool:,.0f},即 {eight:.3g}x,{alone.zh};几乎不损质量。\n"
        f"- 缓存池的显存增至 {factor:.3g} 倍:{rest.zh}。",
    )


def _stores_fp8(figures: Figures) -> bool:
    """Whether the server has kernels for an fp8 cache on the card, where one is told."""
    rig = figures.base.case.rig if figures.names_model else ()
    return not any(lacks_fp8_cache(card, figures.knob("engine")) for card in rig)


CONCURRENCY_WORDS: dict[str, Callable[[Figures], Words]] = {
    "concurrency_meant": _concurrency_meant,
    "pool_meant": _pool_meant,
    "pool_for_users": _pool_for_users,
    "not_only": _not_only,
    "printed_full": _printed_full,
    "pool_bytes": _request_in_bytes,
    "shorter_let_in": _shorter_let_in,
    "sequences_go_in": _sequences_go_in,
}
