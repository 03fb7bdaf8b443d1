"""Which way over the cards to take for a model that is served, where a question sets some of them against each other."""

from collections.abc import Callable

from chat.figures.amount_words import token_words
from chat.figures.layouts.parallel_words import shares_heads
from chat.figures.named import GB, Figures, Missing, gib_words, pool_tokens
from formulas.quantity import SILENT, Words
from formulas.speed import reduced_bytes
from kb.names import gpu_row
from kb.rates import slot_rate
from kb.rates import value as worked

_MACHINE = 8  # cards of a usual machine
_CALLED = {
    "tensor": Words("tensor parallel", "张量并行"),
    "stages": Words("a pipeline", "流水线并行"),
    "layers": Words("a split by layers", "按层切分"),
}


def _layout_to_serve(figures: Figures) -> Words:
    """The choice with its reason, and what the link between the cards has to say to it."""
    named = {one.partition(":")[2] for one in figures.about if one.startswith("serve_by:")}
    n = figures.n
    if len(named) < 2 or n < 2 or "gbit" in figures.log:  # between machines the network decides
        raise Missing("serve_by")
    if "copies" in named:
        return _against_copies(figures, "stages" in named)
    if {"tensor", "stages"} <= named and n > _MACHINE and n % _MACHINE == 0:
        return _over_machines(figures, n // _MACHINE)
    divides = shares_heads(figures, n)
    by_layers = next((one for one in ("stages", "layers") if one in named), "stages")
    chosen = "tensor" if divides and "tensor" in named else by_layers
    parts = [
        _against_shards(figures, chosen) if "shards" in named else _against_layers(figures, by_layers, divides),
        _link(figures) if chosen == "tensor" else SILENT,
    ]
    return Words("".join(one.en for one in parts), "".join(one.zh for one in parts))


def _over_machines(figures: Figures, machines: int) -> Words:
    """More cards than a machine has: ranks inside of each, a pipeline from one to the next."""
    there = figures.at(tp=_MACHINE, pp=machines)
    if there.capacity is None:
        raise Missing("cards")
    need, room, sent = gib_words(there.best), gib_words(there.capacity), _sent(figures)
    flags = f"--tensor-parallel-size {_MACHINE} --pipeline-parallel-size {machines}"
    return Words(
        f"**Take both: tensor parallel over the {_MACHINE} cards of each machine and a pipeline over the {machines} machines ({flags}): {need} of {room} on the fullest card.** Tensor parallel sums over its cards twice in every layer, {sent} a token, which NVLink carries and a network between machines hardly does; a pipeline hands one vector of the hidden width per token from stage to stage.",
        f"**两种一起用:机内 {_MACHINE} 卡张量并行,{machines} 台机器之间流水线并行({flags}):最满的卡 {need},可用 {room}。** 张量并行每层要跨卡求和两次,每 token {sent},机内 NVLink 扛得住,机器间的网络就难了;流水线每个 token 只在相邻两级之间传一个隐藏维度的向量。",
    )


def _against_copies(figures: Figures, stages: bool) -> Words:
    """A whole copy on each card, where one card does not hold it or none is told; Missing where it does, which is another choice."""
    alone = figures.at(n_gpus=1, tp=None, pp=None, dp=None)
    if alone.capacity is None:
        return _copies_of_any_card(figures, stages)
    if alone.verdict != "no" or alone.capacity is None:
        raise Missing("copies")
    need, room = gib_words(alone.best), gib_words(alone.capacity)
    few = figures.at(n_gpus=1, tp=None, pp=None, dp=None, weight_format="gptq-int4", bits=None)
    held = few.verdict == "yes" and alone.situation.knob("weight_format") in ("bf16", "fp16")
    less, less_zh = (
        (f"; in 4 bits it takes {gib_words(few.best)}, and copies become possible", f";4 位时一份 {gib_words(few.best)},才谈得上各放一份")
        if held
        else ("", "")
    )  # fmt: skip
    if stages:  # which divides, too: what of the two to take is told as without copies
        other = _against_layers(figures, "stages", shares_heads(figures, figures.n))
        return Words(
            f"**Data parallel saves nothing on a card: each keeps a whole copy, {need} of {room}{less}; tensor parallel and a pipeline divide weights and cache.** {other.en}",
            f"**数据并行一张卡都省不了:每张卡都放完整的一份,要 {need},可用 {room}{less_zh};张量并行和流水线并行才切分权重和缓存。** {other.zh}",
        )
    return Words(
        f"**Take tensor parallel: data parallel keeps a whole copy on every card, and one takes {need} of {room}{less}.**",
        f"**选张量并行:数据并行每张卡都放完整的一份,一份要 {need},可用 {room}{less_zh}。**",
    )


def _copies_of_any_card(figures: Figures, stages: bool) -> Words:
    """What a card holds by either way, and which goes with which cards."""
    n = figures.n
    whole, each = (gib_words(figures.at(tp=tp, pp=None, dp=dp).best) for tp, dp in ((1, n), (n, None)))
    divide, divide_zh = ("tensor parallel and a pipeline divide", "张量并行和流水线并行") if stages else ("tensor parallel divides", "张量并行")  # fmt: skip
    kv = int(figures.fact("n_kv_heads"))
    again = Words(
        f" (with {kv} KV heads over {n} cards tensor parallel keeps copies of the cache)",
        f"(只有 {kv} 个 KV 头,{n} 张卡张量并行时缓存要重复存放)",
    ) if kv < n else SILENT  # fmt: skip
    else_, else_zh = (
        (" Else tensor parallel where the cards have NVLink, and a pipeline over PCIe or between machines.", "放不下就切分:有 NVLink 用张量并行,只有 PCIe 或跨机用流水线并行。")
        if stages
        else (" Else tensor parallel, as for long contexts and for the speed of one request.", "放不下、上下文长或要单个请求更快,就用张量并行。")
    )  # fmt: skip
    return Words(
        f"**Data parallel saves nothing on a card: each keeps a whole copy, {whole}; {divide} weights and cache over the {n} cards, about 1/{n} of both and {each} in all on each{again.en}.** Take copies where one card holds the model and its cache: they send nothing to one another and serve many requests fastest.{else_}",
        f"**数据并行一张卡都省不了:每张卡都放完整的一份,{whole};{divide_zh}才切分权重和缓存,{n} 张卡各约 1/{n},每卡共 {each}{again.zh}。** 一张卡放得下模型和缓存就用数据并行:副本之间不通信,请求多时吞吐最高。{else_zh}",
    )


def _against_shards(figures: Figures, chosen: str) -> Words:
    """Not by ZeRO-3: what it would gather for every token, against what tensor parallel sums."""
    called, n = _CALLED[chosen], figures.n
    lacking = figures.need("w_all") * (n - 1) / n
    rate, slot = _slot(figures)
    seconds, amount = f"{lacking / rate:.1f}", gib_words(lacking)
    sums = f" and sends only the sums, {_sent(figures)} a token" if chosen == "tensor" else ""
    sums_zh = f",只传求和,每 token {_sent(figures)}" if chosen == "tensor" else ""
    return Words(
        f"**Take {called.en}, not ZeRO-3 or FSDP: those are layouts of training.** Served by them, each card would fetch the weights that it lacks for every token anew, {amount}, over {slot} at least {seconds} s a token; {called.en} leaves the weights where they are{sums}.",
        f"**选{called.zh},不要用 ZeRO-3/FSDP:那是训练用的切分。** 用它推理时,每生成一个 token 每张卡都要把自己没有的权重重新取一遍,{amount},走 {slot} 每个 token 至少 {seconds} 秒;{called.zh}的权重留在原处{sums_zh}。",
    )


def _against_layers(figures: Figures, by_layers: str, divides: bool) -> Words:
    """Tensor parallel against whole layers on each card: who computes when."""
    other, n = _CALLED[by_layers], figures.n
    every = "both cards" if n == 2 else f"all {n} cards"
    if not divides:
        heads, kv = f"{figures.fact('n_heads'):g}", f"{figures.fact('n_kv_heads'):g}"
        return Words(
            f"**Take {other.en}: the {heads} heads ({kv} of keys and values) do not divide over {n} cards.**",
            f"**选{other.zh}:{heads} 个头({kv} 个 KV 头)不能由 {n} 张卡均分。**",
        )
    held = _held_alike(figures, by_layers)
    speed = Words(
        f"**Take tensor parallel where the speed of a request counts: {every} read their part of the weights at once; with {other.en} a request uses them in turn, no faster than one card.** {other.en[0].upper()}{other.en[1:]} keeps up where many requests fill it, needs next to no traffic, and takes any number of cards. ",
        f"**看重单个请求的速度就选张量并行:{n} 张卡同时读各自的那份权重;{other.zh}时一个请求轮流用各张卡,不比一张卡快。** 并发多到能填满时{other.zh}也跟得上,几乎不占卡间通信,卡数也随意。",
    )
    of_memory = {"kv", "kv_cache", "each_card", "cards_memory_asked"} & figures.about
    first, then = (held, speed) if of_memory else (speed, held)
    if of_memory:  # which opens then
        first = Words(f"**{first.en.rstrip()}**", f"**{first.zh}**")
    return Words(f"{first.en.rstrip()} {then.en}".rstrip(), f"{first.zh}{then.zh}")


def _held_alike(figures: Figures, by_layers: str) -> Words:
    """What a card holds of weights and cache, divided by heads or by layers."""
    other, n, kv = _CALLED[by_layers], figures.n, int(figures.fact("n_kv_heads"))
    token = figures.need("kv_token")
    if "kv_lora_rank" in figures.base.situation.facts or (kv % n and n % kv):
        return Words("What each holds is about the same. ", "每张卡占的显存差不多。")
    each = [token_words(token / min(n, kv)), token_words(token / n)]
    if kv < n:
        return Words(
            f"Of weights each card holds about the same; of the {kv} KV heads tensor parallel keeps copies, {each[0]} a token on each card against {each[1]}, so {other.en} holds more cache. ",
            f"每张卡的权重差不多;只有 {kv} 个 KV 头,张量并行要重复存放,每 token 每卡 {each[0]},{other.zh}是 {each[1]},能放更多缓存。",
        )
    layers = figures.fact("n_layers")
    whole = layers % n == 0  # else some have one more
    parts = f" ({kv // n} of {kv} KV heads, or {layers / n:g} of {layers:g} layers)" if whole else ""
    parts_zh = f"({kv} 个 KV 头各放 {kv // n} 个,或 {layers:g} 层各放 {layers / n:g} 层)" if whole else ""
    return Words(
        f"What each holds is about the same: weights and cache are divided by heads, or by layers{parts}, {each[1]} a token on each card; embedding and head are on the first and the last card of {other.en}, which leaves a little less for the cache. ",
        f"每张卡占的显存差不多:权重和缓存一个按头切、一个按层切{parts_zh},每 token 每卡都是 {each[1]};{other.zh}的首尾两卡还放词嵌入和输出头,缓存能放的略少。",
    )


def _link(figures: Figures) -> Words:
    """Whether the cards have a link of their own for what tensor parallel sums in every layer."""
    card = figures.base.case.card
    row = gpu_row(card.name) if card else {}
    if not row:
        return SILENT
    _, slot = _slot(figures)
    if own := float(row.get("nvlink_or_fabric_gb_s") or 0):
        return Words(
            f" This card has a link of its own ({own:g} GB/s, where it is fitted); over {slot} tensor parallel works, too, slower for long prompts and many requests.",
            f"这种卡有自己的互联({own:g} GB/s,需装上);走 {slot} 也能用张量并行,只是长提示和高并发时较慢。",
        )
    return Words(
        f" No link of this card's own is known here: the sums go over {slot}, which works and costs speed with long prompts and many requests; weights in 8 or 4 bits leave each card less to read and more room for the cache.",
        f"表里没有这种卡的卡间互联:求和走 {slot},能用,长提示和高并发时会慢;8 位或 4 位权重让每张卡少读一些,缓存也更宽裕。",
    )


def _slot(figures: Figures) -> tuple[float, str]:
    card = figures.base.case.card
    return slot_rate(gpu_row(card.name) if card else {})


def _sent(figures: Figures) -> str:
    """What tensor parallel sends of each card for a token."""
    sent = worked(
        reduced_bytes,
        n_layers=figures.fact("n_layers"),
        hidden_size=figures.fact("hidden_size"),
        batch_size=1,
        seq_len=1,
        tp=figures.n,
    )
    return f"{sent * 1000 / GB:.2g} MB"


# ── experts whole, or a part of each ────────────────────────────────────────────────────────────────────────────────

_FELT = 0.03  # of a card's need


def _experts_on_ranks(figures: Figures) -> Words:
    """What a card takes with expert parallel and without it, at the same number of cards; Missing of a model without experts."""
    experts, n = int(figures.row().get("n_experts") or 0), figures.n
    ranks = int(figures.knob("ep") or 1)
    ranks = ranks if ranks > 1 else n
    if not experts or n < ranks or ranks < 2:
        raise Missing("experts")
    inside, without = figures.at(ep=ranks), figures.at(ep=None)
    here, there = gib_words(inside.best), gib_words(without.best)
    off = inside.best / without.best - 1
    held = gib_words(inside.terms.get("weights", 0.0))
    whole = experts / ranks
    apart = _attention_on_each(figures, ranks)
    same = "same_memory" in figures.about  # asked, and not whether it changes
    opens = Words("Yes, the same", "一样") if same else Words("No", "不会变")
    if abs(off) <= _FELT:
        says = Words(
            f"**{opens.en}: {here} per card with expert parallel {ranks}, {there} without it on the same {n} cards.** Either way a card holds {held} of weights: whole experts, {whole:g} of the {experts} of a layer, in place of a part of each. What changes is what is sent, tokens to their experts and back in place of sums, with buffers for it, and that cards are as busy as their experts are asked for.",
            f"**{opens.zh}:开专家并行 {ranks} 每卡 {here},不开(同样 {n} 张卡)每卡 {there}。** 两种切法每卡的权重都是 {held}:只是每层放 {experts} 个专家中完整的 {whole:g} 个,而不是每个专家的一部分。变的是通信(token 送到专家再送回,代替求和)和相应的缓冲,以及各卡的忙闲取决于命中的专家。",
        )
    else:
        more, more_zh = ("less", "会变少") if off < 0 else ("more", "会变多")
        says = Words(
            f"**Yes, {more}: {here} per card with expert parallel {ranks}, {there} without it on the same {n} cards.**",
            f"**{more_zh}:开专家并行 {ranks} 每卡 {here},不开(同样 {n} 张卡)每卡 {there}。**",
        )
    return Words(says.en + apart.en, says.zh + apart.zh)


def _attention_on_each(figures: Figures, ranks: int) -> Words:
    """What each card holds of the weights where attention is data parallel; silent where that is the case itself."""
    if ranks != figures.n or int(figures.knob("tp") or 1) != ranks:
        return SILENT
    held = gib_words(figures.at(ep=ranks, tp=1, dp=None).terms.get("weights", 0.0))
    return Words(
        f" Where attention is data parallel beside it (tensor parallel 1), each card keeps all of attention and the embeddings: {held} of weights, and a cache of its own requests alone.",
        f"若注意力改为数据并行(张量并行 1),每张卡都要放完整的注意力和词嵌入:权重 {held},缓存则只放自己的请求。",
    )


def _by_requests(figures: Figures) -> Words:
    """Attention that is data parallel beside divided experts: the tokens of cache that all cards hold, against tensor parallel."""
    n = figures.n
    if n < 2 or figures.base.capacity is None:
        yes = Words("Yes: tensor", "能:张量") if "kv_cache" in figures.about else Words("Tensor", "张量")
        return Words(
            f"**{yes.en} parallel keeps the whole compressed cache on every card; with data-parallel attention each keeps that of its own requests alone, so that N cards hold nearly N times as many tokens, less what attention's weights take, which each card then holds whole.** The experts stay divided either way; name the cards and both are counted.",
            f"**{yes.zh}并行时每张卡都存完整的压缩缓存;数据并行注意力每张卡只存自己请求的缓存,N 张卡合计接近 N 倍的 token,再减去每张卡要放的完整注意力权重。** 专家两种方式都是切分的;说明显卡就能算出两者。",
        )
    engine = figures.given.get("engine") or "sglang"
    ranks, requests = figures.at(engine=engine, tp=n, dp=None, ep=None), figures.at(engine=engine, tp=1, dp=n, ep=n)
    shared, each = (pool_tokens(one) for one in (ranks, requests))
    whole, apart = (gib_words(one.terms["weights"]) for one in (ranks, requests))
    if shared and requests.verdict == "no" and requests.capacity is not None:
        need, room = gib_words(requests.best), gib_words(requests.capacity)
        return Words(
            f"**Not on these {n} cards: with data-parallel attention each holds all of attention, {apart} of weights instead of {whole}, {need} in all of {room}; TP{n} fits, with {shared:,} tokens of cache, the same on every card.** With more cards, or weights of fewer bits, it would hold nearly as many times more as there are cards.",
            f"**这 {n} 张卡上不行:数据并行注意力要每张卡放完整的注意力,权重 {apart} 而不是 {whole},共 {need},可用 {room};TP{n} 放得下,缓存 {shared:,} 个 token,每张卡存同样的一份。** 卡更多或权重位数更少时,它能放的 token 才接近按卡数成倍增加。",
        )
    if not shared or not each:
        raise Missing("kv_tokens")
    more = n * each / shared
    return Words(
        f"**Data-parallel attention leaves {more:.2g} times as much: about {n * each:,} tokens of cache over the {n} cards ({each:,} on each, of its own requests), against {shared:,} with TP{n}, where every card keeps the same.** MLA has one compressed vector for all heads, which tensor parallel cannot divide; the experts stay divided either way. The price: each card holds all of attention, {apart} of weights instead of {whole}, one request has the cache of one card only, and with few requests it is no faster.",
        f"**数据并行注意力的缓存是 {more:.2g} 倍:{n} 张卡合计约 {n * each:,} 个 token(每张 {each:,} 个,只放自己的请求),TP{n} 则每张卡存同样的一份,合计只有 {shared:,} 个。** MLA 所有头共用一个压缩向量,张量并行切不开;专家两种方式都是切分的。代价:每张卡放完整的注意力,权重 {apart} 而不是 {whole};单条请求只能用一张卡的缓存,请求少时并不更快。",
    )


# ── one model over all cards, or copies of it ──────────────────────────────────────────────────────────────────────


def _copies_or_ranks(figures: Figures) -> Words:
    """The pool of a model over the most cards that are told of, against those of copies over the fewest; Missing beyond a machine."""
    n = figures.n
    told = {int(one) for one in figures.logged_all("ranks")} or {1, n}
    degrees = sorted(one for one in (told | {n} if len(told) == 1 else told) if n % one == 0)
    if len(degrees) < 2 or degrees[-1] > _MACHINE:
        raise Missing("copies")
    few, most = degrees[0], degrees[-1]
    each, shared = (figures.at(n_gpus=one, tp=one, pp=None, dp=None) for one in (few, most))
    copies = Words(
        f"{n // few} copies, each {'on a card' if few == 1 else f'over {few} cards'}",
        f"{n // few} 份副本(每份 {few} 张卡)",
    )
    whole = f"{gib_words(figures.need('w_all'))}"
    if each.verdict == "no" and each.capacity is not None:
        need, room = gib_words(each.best), gib_words(each.capacity)
        return Words(
            f"**Not as {copies.en}: each copy holds all {whole} of weights, {need} on a card of {room}; over {most} cards it is {gib_words(shared.best)} on each.**",
            f"**{copies.zh}放不下:每份都要放全部权重 {whole},每卡 {need},可用 {room};切到 {most} 张卡上每卡 {gib_words(shared.best)}。**",
        )
    pool, own = pool_tokens(shared), pool_tokens(each)
    if not pool or not own:
        raise Missing("pool")
    held, in_all, together = n // most, n // most * pool, n // few * own
    one_pool = (
        Words("in one pool", "同一个池")
        if held == 1
        else Words(f"in {held} pools of {pool:,}", f"分成 {held} 个池,各 {pool:,}")
    )
    over, apart = Words(f"over {most} cards", f"切到 {most} 张卡"), Words(f"as {copies.en}", copies.zh)
    more, less = (over, apart) if in_all >= together else (apart, over)
    return Words(
        f"**{more.en[0].upper()}{more.en[1:]} the model leaves more for the cache than {less.en}: over {most} cards {in_all:,} tokens {one_pool.en}, as copies {together:,} in all, {own:,} in each.** Every copy holds all {whole} of weights, and a request has the cache of its copy alone. Copies send nothing to one another and serve many short requests fastest; tensor parallel is for long contexts, for more sequences at once, or for the speed of one.",
        f"**{more.zh}留给缓存的更多:切到 {most} 张卡共 {in_all:,} 个 token({one_pool.zh}),{copies.zh}合计 {together:,} 个,每份 {own:,} 个。** 每份副本都有全部权重 {whole},一个请求只能用自己那份的缓存。副本之间不通信,大量短请求时吞吐最高;张量并行适合长上下文、更多并发,或要单个请求更快。",
    )


SERVING_LAYOUTS: dict[str, Callable[[Figures], Words]] = {
    "layout_to_serve": _layout_to_serve, "experts_on_ranks": _experts_on_ranks, "by_requests": _by_requests,
    "copies_or_ranks": _copies_or_ranks,
}  # fmt: skip
