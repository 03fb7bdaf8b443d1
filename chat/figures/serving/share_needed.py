"""How large a share of the card a server needs at least, how much cache a larger one adds, and what so many people need at once."""

from collections.abc import Callable
from math import ceil, floor

from chat.figures.named import Figures, Missing, gib_words, pool_of
from chat.figures.serving.engine_words import starting_server, steps_and_lengths, without_graphs
from formulas.quantity import SILENT, Words
from kb.knobs import PLAIN_TYPES
from kb.pools import MOST_SHARE, VLLM, share_by_default, share_of

# shares are told in twentieths: nobody sets them finer
_STEPS, _FINE = 20, 100


def in_twentieths(share: float) -> float:
    """The least share that is usual to set and holds this one."""
    return ceil(_STEPS * share) / _STEPS


def twentieths_within(share: float) -> float:
    """The largest share that is usual to set and is not above this one."""
    return floor(_STEPS * share) / _STEPS


def _least(figures: Figures, need: float) -> tuple[str, float]:
    """The server's setting, and the least share of the card, in twentieths, that holds so many bytes.

    Missing for programs with another rule than a share of the whole card, and where no share does.
    """
    engine = figures.given.get("engine") or VLLM
    least = in_twentieths(need / figures.need("capacity_whole"))
    if share_of(engine).rule != "share-of-card" or share_by_default(engine) is None or least > MOST_SHARE:
        raise Missing("share_needed")
    return share_of(engine).setting, least


def _share_of_free(figures: Figures) -> Words:
    """Of a program that chooses by itself, and counts weights and cache alone: what it takes, and which way to move it."""
    one, card = figures.at(gpu_memory_utilization=None), figures.need("capacity_whole")
    setting, room = share_of(figures.given["engine"]).setting, one.capacity or 0.0
    holds = one.terms.get("weights", 0.0) + one.terms.get("kv_cache", 0.0)
    beside, tokens = one.best - holds, pool_of(one).get("kv_tokens")
    if not tokens or holds > room:
        raise Missing("share_needed")
    usual, least, weights = room / card, in_twentieths(holds / card), gib_words(one.terms["weights"])
    return Words(
        f"**{setting} need not be set: by the size of the card it becomes about {usual:.2f}, {gib_words(room)} of {gib_words(card)}, which hold {weights} of weights and leave about {tokens:,.0f} tokens of cache.** It counts weights and cache alone; activations, CUDA graphs and the runtime (some {gib_words(beside)} and more here) stand outside of it. {least:g} is the least for one sequence; raise it where the start finds no room for the cache, lower it by 0.02 to 0.05 where it fails while serving or capturing graphs, and by what other programs on the card hold.",
        f"**{setting} 一般不用设:不设时按卡的大小自动取约 {usual:.2f},即 {gib_words(card)} 中的 {gib_words(room)},放权重 {weights},其余是缓存,约 {tokens:,.0f} 个 token。** 它只含权重和缓存,激活、CUDA graph 和运行时(这里约 {gib_words(beside)} 以上)在它之外。一条序列至少要 {least:g};启动时缓存放不下就调大,运行中或捕获图时 OOM 就每次调小 0.02 到 0.05,卡上别的程序占的也要扣除。",
    )


def _share_needed(figures: Figures) -> Words:
    """Of a share of the whole card, which the program's default decides where nobody says."""
    engine = figures.given.get("engine") or VLLM
    if share_of(engine).rule == "share-of-free":
        return _share_of_free(figures)
    one = figures.at(engine=engine, gpu_memory_utilization=None).best
    knob, least = _least(figures, one)
    card, usual = figures.need("capacity_whole"), share_by_default(engine) or 0.0
    if one > usual * card:
        return _above_the_default(figures, engine, one, least)
    if least > usual:  # the next twentieth is beyond the default
        least = min(least, ceil(_FINE * one / card) / _FINE)
    tokens = [
        pool_of(figures.at(engine=engine, gpu_memory_utilization=share)).get("kv_tokens") for share in (least, usual)
    ]
    shown = [f"{count:,.0f}" for count in tokens if count]
    if len(shown) < len(tokens):
        raise Missing("share_needed")
    need, whole = gib_words(one), gib_words(card)
    cards, cards_zh = (" of each card", "每张卡") if figures.n > 1 else ("", "共")
    many = int(figures.knob("batch_size") or 1)
    of, of_zh = ("one sequence: it takes", "一条") if many == 1 else (f"{many} sequences: they take", f"{many} 条")
    return Words(
        f"**{knob} {least:g} is the least for {of} {need} of {whole}{cards}, and {least:g} are {gib_words(least * card)}, about {shown[0]} tokens of cache; the default {usual:g} makes it {shown[1]}.** What other programs on the card hold comes off first; leave the default where nothing else runs there, as more cache serves more requests at once.",
        f"**{knob} 至少 {least:g},{of_zh}序列{cards_zh}需 {need},{whole} 的 {least:g} 是 {gib_words(least * card)},缓存约 {shown[0]} 个 token;默认的 {usual:g} 是 {shown[1]} 个。** 卡上别的程序占的要先扣除;没有别的程序就用默认值,缓存越多能同时服务的请求越多。",
    )


def _above_the_default(figures: Figures, engine: str, need: float, least: float) -> Words:
    """Of a case that the default does not hold, and a larger share does."""
    card, usual, knob = figures.need("capacity_whole"), share_by_default(engine) or 0.0, share_of(engine).setting
    tokens = pool_of(figures.at(engine=engine, gpu_memory_utilization=least)).get("kv_tokens")
    if not tokens:
        raise Missing("share_needed")
    room, whole, held = gib_words(usual * card), gib_words(card), f"{tokens:,.0f}"
    many = int(figures.knob("batch_size") or 1)
    of, of_zh = ("one sequence", "一条") if many == 1 else (f"{many} sequences", f"{many} 条")
    return Words(
        f"**{knob} {least:g}, more than the default: {usual:g} of {whole} are {room}, and {gib_words(need)} are needed for {of}; {least:g} leave about {held} tokens of cache.** That is as high as a card of its own stands it: no other program and no screen on it, and --enforce-eager where CUDA graphs then find no room.",
        f"**{knob} 设 {least:g},比默认值高:{whole} 的 {usual:g} 是 {room},{of_zh}序列就要 {gib_words(need)};{least:g} 时缓存约 {held} 个 token。** 这已是独占一张卡能用的上限:卡上不能有别的程序,也不接显示器,CUDA graph 放不下时加 --enforce-eager。",
    )


def _share_too_small(figures: Figures) -> Words:
    """Of a share that is told and does not hold the case, the least that does; Missing where the whole card does not either."""
    one = figures.base.best
    knob, least = _least(figures, one)
    told, card = float(figures.given["gpu_memory_utilization"]), figures.need("capacity_whole")
    if told >= least:
        raise Missing("share_too_small")
    need, room = gib_words(one), gib_words(told * card)
    return Words(
        f"**A share of {told:g} is too small: that is {room} of a card's {gib_words(card)}, and {need} are needed; {knob} {least:g} is the least**, if other programs leave it so much.",
        f"**{told:g} 的份额不够:卡上 {gib_words(card)} 的 {told:g} 只有 {room},而需要 {need};{knob} 至少设 {least:g}**,前提是别的程序没占。",
    )


# of so many people, who ask at the same moment: shown as an example, as nobody has told it
_ONE_IN = 10


def _people_at_once(figures: Figures) -> Words:
    """What the caches of all take, against those of a part of them."""
    people, each = int(figures.knob("batch_size") or 1), figures.need("kv_sequence")
    some = ceil(people / _ONE_IN)
    whole, part, length = gib_words(people * each), gib_words(some * each), figures["request"]
    return Words(
        f"All {people} are counted as generating at the same moment, each with {length} tokens: {whole} of cache. Who reads, types or is away takes none, and a server lets wait what finds no room: were it one in {_ONE_IN}, {some} at once, the cache would be {part}. Say how many are at it at once and it is counted so.",
        f"这里按 {people} 人全部同时在生成、每人 {length} token 计算:缓存共 {whole}。在看、在打字或没在用的人不占,放不下的请求会排队:若每 {_ONE_IN} 人只有 1 人,即同时 {some} 条,缓存就是 {part}。说出同时有多少人在用,就按那个数计算。",
    )


# an example of a day's use, shown as one: requests of a user, hours in which they come, seconds of an answer
_REQUESTS, _HOURS, _SECONDS = 10, 8, 20


def _users_in_all(figures: Figures) -> Words:
    """How many of a day's users ask at one moment: requests a second, times the seconds of an answer."""
    users, seconds = float(figures.logged_all("users_in_all")[0]), 3600 * _HOURS
    at_once = ceil(users * _REQUESTS * _SECONDS / seconds)
    total = f"{users:,.0f} × {_REQUESTS} ÷ {seconds:,} s × {_SECONDS} s"
    kv = gib_words(at_once * figures.need("kv_sequence"))
    return Words(
        f"**{users:,.0f} users in all are not {users:,.0f} at once: at once are requests a second × seconds of an answer.** Were it {_REQUESTS} requests each within {_HOURS} hours, {_SECONDS} s an answer, {total} = about {at_once} sequences, {kv} of cache at {figures['request']} tokens each, and some times as many at the peak. What follows counts one sequence and says how many go in; tell how many ask at their peak and it is counted so.",
        f"**{users:,.0f} 是用户总数,不是并发:同时在生成的条数 = 每秒请求数 × 一次回答的秒数。** 例如每人一天 {_REQUESTS} 次、集中在 {_HOURS} 小时、一次回答 {_SECONDS} 秒:{total.replace(' s', ' 秒')} ≈ {at_once} 条,每条 {figures['request']} token 时缓存 {kv},高峰再乘几倍。下文按 1 条计算并给出能放多少条;说出高峰并发,就按那个数计算。",
    )


def _share_raised(figures: Figures) -> Words:
    """What a higher share adds to the pool; silent where the share is as high already."""
    if not figures.amount("more_share") > 0:
        return SILENT
    share, more = figures["share"], figures["more_share"]
    return Words(
        f"gpu_memory_utilization {MOST_SHARE:g} in place of {share} adds {more}, where nothing else is on the card; ",
        f"卡上没有别的程序时把 gpu_memory_utilization 从 {share} 提到 {MOST_SHARE:g},多出 {more}\uff1b",
    )


# from how many times the tokens that a log counts a pool by the formulas is another one
_FAR_OFF = 1.5
_MEASURED_AT_MOST = (
    0.25  # of the share: a start that takes more than that beside weights and cache has something else there
)


def _short_of_pool(figures: Figures) -> Words:
    """Whether the pool that a start logged is that of these cards: what is missing of each, where it is far from that."""
    here, logged = pool_of(figures.base).get("kv_tokens"), figures.amount("log_pool")
    if not here or here < _FAR_OFF * logged:
        return Words(
            " The log counts what this start found free: it holds where the formulas below say otherwise.",
            "日志里的数是这次启动实测的,与下面公式不一致时以它为准。",
        )
    tokens = figures.tokens / float(figures.knob("batch_size") or 1)
    gone = gib_words((here - logged) * figures.base.terms["kv_cache"] / figures.tokens)
    each, each_zh = (f" of each of the {figures.n} cards", "每张卡") if figures.n > 1 else (" of the card", "卡上")
    enough, enough_zh = ("", "") if here < tokens else (", so the whole length would fit", ",全长也放得下")
    return Words(
        f" **Yet by the formulas {here:,.0f} tokens have room here{enough}: {gone}{each} went elsewhere at this start.** Look first at what else holds memory there (nvidia-smi before the start), at the share and the number of cards that the start really used (tensor parallel), and at --max-num-batched-tokens, which the profile run is made with.",
        f"**但按公式这里放得下 {here:,.0f} 个 token{enough_zh}:这次启动时{each_zh}有 {gone} 用在了别处。** 先查启动前卡上还有没有别的进程(nvidia-smi),实际生效的份额和卡数(张量并行),以及 --max-num-batched-tokens(测量运行按它进行)。",
    )


def _pool_of_a_rank(figures: Figures) -> Words:
    """What the message tells, which is of one card, beside what a sequence takes over all of them."""
    if figures.n < 2 or "needs" not in figures.log:
        return SILENT
    needs, has = figures["log_needs"], figures["log_available"]
    return Words(f" (on each card {needs}, and {has} are there)", f"(每张卡 {needs},而只有 {has})")


def _beside_pool(figures: Figures) -> Words:
    """What a start took beside weights and cache, by what it logged as free for the cache; its cause alone where that is not told."""
    free = figures.amount("log_available")
    rest = (figures.base.capacity or 0.0) - figures.base.terms["weights"] - free
    if not free or not 0 < rest < _MEASURED_AT_MOST * (figures.base.capacity or 0.0):
        return Words(", then the profile run", ",其次是启动时的测量运行")
    return Words(
        f", and the profile run and the runtime the {gib_words(rest)} beside them and the {gib_words(free)} of cache",
        f",启动时的测量运行和运行时占 {gib_words(rest)},剩下 {gib_words(free)} 才是缓存",
    )


# of a card's share: what is left beyond it no usual error of the estimate takes away
_FOR_SURE = 0.15
_FELT = 0.1  # of what is left for the cache
_FOUR_BITS = "awq-int4-g128"


def _room_at_start(figures: Figures) -> Words:
    """That weights and profile run leave room for one sequence, and what else may have taken it; Missing where they do not."""
    base, n = figures.base, figures.n
    pool = float(pool_of(base).get("kv_tokens") or 0)
    each = figures.tokens / float(figures.knob("batch_size") or 1)
    left = (base.capacity or 0.0) - base.best + base.terms["kv_cache"]
    if base.verdict != "yes" or base.capacity is None or pool < _FAR_OFF * each or left < _FOR_SURE * base.capacity:
        raise Missing("room")
    if max(figures.logged_all("prefill"), default=0.0) > pool:
        raise Missing("room")  # so many tokens at once find none
    weights, room = gib_words(base.terms["weights"]), gib_words(base.capacity)
    server = starting_server(figures)
    step, split = steps_and_lengths(server)[1], "--num-shard" if server == "tgi" else "--tensor-parallel-size"
    alone = figures.at(n_gpus=1, tp=None, pp=None, dp=None) if n > 1 else None
    one, one_zh = ("", "")
    if alone is not None and alone.verdict == "no":
        one = f"; whether all {n} cards were used ({split} {n}): one alone would need {gib_words(alone.best)}"
        one_zh = f";{n} 张卡是否都用上了({split} {n}):只用一张要 {gib_words(alone.best)}"
    plain = str(figures.knob("weight_format")) in PLAIN_TYPES
    loaded = "" if plain else " whether the quantised weights were loaded as such (the log prints what they take);"
    loaded_zh = "" if plain else "量化权重是否真的按量化加载(日志会打印权重占用);"
    whole, frees = _whole_profiled(figures, each, step, left), _frees(figures, step, plain)
    run = gib_words(base.terms["activations"])
    taker = (
        Words("a longer profile run or something beside it", "更大的测量运行或别的东西")
        if whole.en
        else Words("something else", "别的东西")
    )
    return Words(
        f"**By the formulas there is room: of {room} per card the weights take {weights}, the profile run {run}, and about {pool:,.0f} tokens of cache are left, so {taker.en} had the memory at this start.**{whole.en} Look in this order at what holds memory before the start (nvidia-smi; a server that did not end keeps all of it){one}; the share that was set;{loaded} {step} and pictures, of which the profile run is made; CUDA graphs.{frees.en}",
        f"**按公式是放得下的:每卡 {room} 里权重 {weights}、测量运行 {run},还能剩约 {pool:,.0f} 个 token 的缓存,所以是{taker.zh}占了显存。**{whole.zh}依次查:启动前卡上有没有别的进程(nvidia-smi;没退干净的服务会占满){one_zh};显存比例设了多少;{loaded_zh}测量运行用的 {step} 和图片;CUDA graph。{frees.zh}",
    )


def _whole_profiled(figures: Figures, length: float, step: str, left: float) -> Words:
    """What the profile run takes where it is made of the whole length, as without chunked prefill; silent where that is hardly more."""
    if str(figures.knob("engine")) != "vllm" or length <= figures.fact("max_batched_tokens"):
        return SILENT
    before = figures.base.terms["activations"]
    after = figures.at(max_num_batched_tokens=int(length)).terms["activations"]
    if after - before < _FELT * left:
        return SILENT
    usual, run = gib_words(before), gib_words(after)
    return Words(
        f" Without chunked prefill, as older versions start, or with {step} as long, the run is made of all {length:,.0f} tokens and takes {run} instead of {usual}.",
        f"不开 chunked prefill(旧版本默认)或 {step} 设得和长度一样时,测量运行按全部 {length:,.0f} 个 token 进行,要 {run} 而不是 {usual}。",
    )


def _frees(figures: Figures, step: str, plain: bool) -> Words:
    """What gives the start more room: a shorter step, a higher share, no graphs, weights in four bits."""
    raised = figures.amount("more_share") if str(figures.knob("engine")) == "vllm" else 0.0
    share = Words(
        f", a share of {MOST_SHARE:g} ({figures['more_share']} more)", f"、显存比例提到 {MOST_SHARE:g}(多 {figures['more_share']})"
    ) if raised > 0 else SILENT  # fmt: skip
    four = SILENT
    if plain:
        small = gib_words(figures.at(weight_format=_FOUR_BITS, bits=None).terms["weights"])
        four = Words(
            f"; or weights in 4 bits (AWQ, GPTQ), {small} per card instead of {gib_words(figures.base.terms['weights'])}",
            f";或换 4 位权重(AWQ、GPTQ),每卡 {small} 而不是 {gib_words(figures.base.terms['weights'])}",
        )
    eager = without_graphs(starting_server(figures))
    return Words(
        f" What gives it room: a shorter length and a lower {step}{share.en}, {eager} (no graphs){four.en}.",
        f"腾地方的办法:调小长度和 {step}{share.zh}、加 {eager}(不用 CUDA graph){four.zh}。",
    )


SHARE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "share_needed": _share_needed,
    "share_too_small": _share_too_small,
    "people_at_once": _people_at_once,
    "users_in_all": _users_in_all,
    "share_raised": _share_raised,
    "short_of_pool": _short_of_pool,
    "pool_of_a_rank": _pool_of_a_rank,
    "beside_pool": _beside_pool,
    "room_at_start": _room_at_start,
}
