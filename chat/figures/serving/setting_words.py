"""What settings of servers mean beside one another, and how large a share may be where something else is to stay on the card."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GIB, Figures, Missing, gib_words, pool_of
from formulas.errors import BadInput
from formulas.quantity import Words
from kb.pools import VLLM, share_by_default, share_of
from kb.programs import serves

# what each rule is a share of (kb.pools)
_RULES = {
    "share-of-card": Words(
        "{0} is a share of the whole card, for weights, activations and cache together: a limit on all that the server takes",
        "{0} 是整张卡的份额,包含权重、激活和 KV 缓存:限制的是服务占用的总量",
    ),
    "share-of-free": Words(
        "{0} is the share of the card for weights and cache together: activations and CUDA graphs come out of what it leaves",
        "{0} 是权重加 KV 缓存占整卡的份额:激活和 CUDA graph 用的是它留下的部分",
    ),
    "share-of-rest": Words(
        "{0} is a share of what is free once the weights are loaded, for the cache alone: weights and activations come on top of it",
        "{0} 是加载权重之后剩余显存的份额,只给 KV 缓存:权重和激活在它之外",
    ),
}
_LIMITS = {
    "max_model_len": Words(
        "max_model_len is the longest request, prompt and answer together: the cache must hold one of that length for the server to start, and a smaller one does not shrink what the server takes",
        "max_model_len 是一个请求(提示加回答)的最大长度:缓存至少要放得下一条才能启动;调小它,服务占的总量不变",
    ),
    "max_num_batched_tokens": Words(
        "max_num_batched_tokens is how many tokens of all requests one step computes: it sets the activations of the run that measures, and prompts longer than it are read in pieces",
        "max_num_batched_tokens 是一步里所有请求合计计算的 token 数:它决定测量运行的激活峰值,更长的提示会分段读入",
    ),
    "max_num_seqs": Words(
        "max_num_seqs (SGLang: max_running_requests) is how many requests are at work at once: others wait; it sizes the sampler and the CUDA graphs, not the cache",
        "max_num_seqs(SGLang 为 max_running_requests)是同时处理的请求数,其余排队:它影响采样和 CUDA graph 的大小,不改变缓存总量",
    ),
    "max_batch_total_tokens": Words(
        "max_batch_total_tokens (TGI) is how many tokens of all requests at work, prompts and answers together, its cache holds: TGI works it out at its start from what weights and a prefill leave of the card, and prints it",
        "max_batch_total_tokens(TGI)是所有正在处理的请求合计(提示加回答)能放的 token 数,即缓存池的大小:TGI 启动时按权重和一次 prefill 之后剩余的显存自动算出并打印",
    ),
    "max_total_tokens": Words(
        "max_total_tokens is in TGI the longest request, prompt and answer together, which sets nothing aside by itself; in SGLang it is the tokens of the whole cache, for all requests",
        "max_total_tokens 在 TGI 中是一个请求(提示加回答)的最大长度,本身不占显存;在 SGLang 中是整个缓存池的 token 数,由所有请求共享",
    ),
    "max_tokens": Words(
        "max_tokens is how long one answer may get: it takes no memory by itself, but each token that is written stays in the cache",
        "max_tokens 是一次回答的最大长度:本身不占显存,但写出的每个 token 都会进入缓存",
    ),
    "num_ctx": Words(
        "num_ctx is the context for which the cache is set aside as the model loads, used or not",
        "num_ctx 是上下文长度:加载时就按它预留 KV 缓存,用没用到都占着",
    ),
}  # fmt: skip


def _compared(figures: Figures) -> list[str]:
    return [str(one) for one in figures.told.get("settings", ())]


def _meaning(name: str) -> Words:
    if name in _LIMITS:
        return _LIMITS[name]
    share = share_of(name)
    called = f"{share.tool}'s {share.setting}", f"{share.tool} 的 {share.setting}"
    rule = _RULES[share.rule]
    return Words(rule.en.format(called[0]), rule.zh.format(called[1]))


def _settings_differ(figures: Figures) -> Words:
    """Whether the settings are one thing, and what each means."""
    named = _compared(figures)
    if not named:
        raise Missing("settings")
    each = [_meaning(name) for name in named]
    if len(each) == 1:
        return Words(f"**{each[0].en}.**", f"**{each[0].zh}。**")
    if figures.logged_all("settings_more"):
        return _takes_more(named)
    rules = {share_of(name).rule if name not in _LIMITS else name for name in named}
    same = ("In effect the same", "基本是一回事") if len(rules) == 1 else ("Two different things", "不是一回事")
    same = ("Not the same thing", same[1]) if len(rules) > 1 and len(named) > 2 else same
    return Words(
        f"**{same[0]}: {'; '.join(one.en for one in each)}.**{_at_one_value(figures, named).en}",
        f"**{same[1]}:{';'.join(one.zh for one in each)}。**{_at_one_value(figures, named).zh}",
    )


# those that set memory aside or compute more at once come first; the others bound requests
_WEIGHTY = ("num_ctx", "max_num_batched_tokens", "max_num_seqs")


def _takes_more(named: list[str]) -> Words:
    """Which of several limits takes most memory, and that a server takes its share whatever they are."""
    first = next((one for one in _WEIGHTY if one in named), None)
    each = [_meaning(name) for name in sorted(named, key=lambda one: one != first)]
    if first is None:
        head = Words("Neither takes memory by itself", "本身都不占显存")
    else:
        head = Words(
            f"Of these {first} takes {'more' if len(named) == 2 else 'most'}",
            f"其中 {first} {'更' if len(named) == 2 else '最'}吃显存",
        )
    share = Words(
        " A server that takes a share of the card takes it whatever these are: a larger step leaves less of it for the cache.",
        "按份额占用显存的服务,无论怎么设总量都一样:一步算得越多,份额里留给 KV 缓存的越少。",
    )
    tail = Words("", "") if "num_ctx" in named else share
    return Words(
        f"**{head.en}: {'; '.join(one.en for one in each)}.**{tail.en}",
        f"**{head.zh}:{';'.join(one.zh for one in each)}。**{tail.zh}",
    )


def _at_one_value(figures: Figures, named: list[str]) -> Words:
    """What the same number makes each program take of the card that is named."""
    shares = [name for name in named if name not in _LIMITS]
    told = figures.given.get("gpu_memory_utilization")
    if not {"model", "params"} & set(figures.given) or len(shares) < 2:
        return Words("", "")
    en, zh = [], []
    for name in shares:
        share = float(told or share_by_default(name) or 0)
        if not share:
            return Words("", "")
        found = _taken(figures, name, share)
        tool = share_of(name).tool
        en.append(
            f"{tool} at {share:g} {gib_words(found['pool'] * GIB)}, of it {gib_words(found['kv_pool'] * GIB)} of cache"
        )
        zh.append(
            f"{tool} {share:g} 共占 {gib_words(found['pool'] * GIB)},其中缓存 {gib_words(found['kv_pool'] * GIB)}"
        )
    weights = gib_words(figures.base.part_of_all("weights"))
    return Words(
        f" Here they take: {'; '.join(en)}. The weights, {weights}, are the same in each; whichever runs out of memory, lower its share: that takes from its cache alone.",
        f"在这里:{';'.join(zh)}。权重 {weights} 都一样;哪个爆显存就调低它的份额,减少的只是缓存。",
    )


def _taken(figures: Figures, engine: str, share: float) -> dict[str, float]:
    try:
        found = pool_of(figures.at(engine=engine, gpu_memory_utilization=share))
    except BadInput as error:
        raise Missing("pool") from error
    if not {"pool", "kv_pool", "kv_tokens"} <= set(found):
        raise Missing("pool")
    return {name: float(value) for name, value in found.items()}


def _share_beside_kept(figures: Figures) -> Words:
    """The largest share, in hundredths, with which so much of the card stays free; what of cache that leaves."""
    kept = logged(figures, "kept_free") * GIB
    told = figures.given.get("engine")
    shares = [name for name in _compared(figures) if name not in _LIMITS]
    engines = shares or [str(told)] if told or shares else [VLLM]
    if any(not serves(one) for one in engines):
        raise Missing("engine")
    card = figures.need("capacity_whole")
    room, one = card - kept, figures.at(engine=engines[0], gpu_memory_utilization=None)
    if one.best > room:
        need = gib_words(one.best)
        return Words(
            f"**With {gib_words(kept)} kept free {gib_words(room)} of {gib_words(card)} are left, and one sequence takes {need}: it does not go beside that.**",
            f"**留出 {gib_words(kept)} 后只剩 {gib_words(room)}(共 {gib_words(card)}),而一条序列就要 {need}:放不下。**",
        )
    en, zh = [], []
    for engine in engines:
        share = _largest(figures, engine, room)
        found, knob = _taken(figures, engine, share), share_of(engine).setting
        tokens = f"{int(found['kv_tokens']):,}"
        en.append(f"{knob} {share:g} at most ({gib_words(found['pool'] * GIB)}), cache for about {tokens} tokens")
        zh.append(f"{knob} 最多 {share:g}(共 {gib_words(found['pool'] * GIB)}),缓存约 {tokens} 个 token")
    return Words(
        f"**To keep {gib_words(kept)} of {gib_words(card)} free: {'; '.join(en)}.** One sequence takes {gib_words(one.best)}, so more may stay free. Start the other service first, or check with nvidia-smi: it has a context of its own.",
        f"**要留出 {gib_words(kept)}(共 {gib_words(card)}):{';'.join(zh)}。** 一条序列共需 {gib_words(one.best)},还可以再调低。先启动另一个服务或用 nvidia-smi 核对:它还有自己的 CUDA 上下文。",
    )


def _largest(figures: Figures, engine: str, room: float) -> float:
    """The largest share in hundredths with which the server takes no more than this."""
    low, high = 1, 99
    while low < high:
        middle = (low + high + 1) // 2
        try:
            fits = _taken(figures, engine, middle / 100)["pool"] * GIB <= room
        except Missing:  # too little for the server to start
            fits = True
        low, high = (middle, high) if fits else (low, middle - 1)
    return low / 100


def _limit_moved(figures: Figures) -> Words:
    """That the longest request does not change what a server takes; what a shorter one changes, where two are told."""
    lengths = sorted(map(int, figures.logged_all("length")))
    opens = Words(
        "**No: max_model_len does not change what the server takes. It takes its share of the card at its start (gpu_memory_utilization), and what weights and the profile run leave of that is the pool of the cache.** max_model_len bounds one request: the pool must hold one of that length for the server to start. To take less lower the share",
        "**不会变:max_model_len 不影响服务占用的总量。服务启动时按 gpu_memory_utilization 占满自己的份额,权重和测量运行之外都作为 KV 池。** max_model_len 只限制单个请求:池子至少要放得下一条这么长的才能启动。想少占要调低份额",
    )
    if len(lengths) < 2 or not figures.names_model or figures.base.capacity is None:
        return Words(f"{opens.en}; a shorter limit lets more requests of full length go at once.", f"{opens.zh};调小它,能同时进行的满长请求就更多。")  # fmt: skip
    tokens = float(pool_of(figures.at(seq_len=lengths[0])).get("kv_tokens") or 0)
    if not tokens:
        raise Missing("pool")
    each = [(length, int(tokens // length)) for length in (lengths[-1], lengths[0])]
    en = " and ".join(f"{count:,} of {length:,}" if count else f"none of {length:,}" for length, count in each)
    zh = "、".join(f"{length:,} 长度的 {count:,} 条" if count else f"{length:,} 长度的一条也放不下" for length, count in each)  # fmt: skip
    return Words(
        f"{opens.en}. Here the pool holds {int(tokens):,} tokens either way: at full length {en} tokens at once; requests that are shorter anyway gain nothing.",
        f"{opens.zh}。这里两种设置下池子都是 {int(tokens):,} 个 token,满长时同时 {zh};本来就短的请求没有区别。",
    )


SETTING_WORDS: dict[str, Callable[[Figures], Words]] = {
    "settings_differ": _settings_differ,
    "share_beside_kept": _share_beside_kept,
    "limit_moved": _limit_moved,
}
