"""What a draft model adds to a server: weights, a cache of its own for every token, and so fewer tokens in the pool."""

from collections.abc import Callable

from chat.figures.amount_words import token_words
from chat.figures.named import Figures, Missing, gib_words, pool_of
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.pools import VLLM, share_by_default, share_of
from kb.speculation import LOOKED_UP


def _draft_costs(figures: Figures) -> Words:
    """The same server with the draft and without it; Missing where nothing drafts from weights of its own."""
    named = str(figures.given.get("draft_model") or "")
    if not named or named.lower() in LOOKED_UP:
        raise Missing("draft_model")
    alone = Figures({**figures.given, "draft_model": None}, figures.told)
    more, of_model = figures.fact("draft_weights") * figures.n, alone.base.part_of_all("weights")
    each, each_alone = figures.need("kv_token"), alone.need("kv_token")
    if each <= each_alone:
        raise Missing("draft_model")
    over = Words(" in all", "共 ") if figures.n > 1 else SILENT
    weights, share = gib_words(more), f"{100 * more / of_model:.2g}"
    kib = [token_words(size) for size in (each - each_alone, each_alone, each)]
    longer = f"{100 * (each / each_alone - 1):.2g}"
    pool, whole = _pools(figures), gib_words(figures.base.best - alone.base.best)
    length = f"{int(figures.knob('seq_len')):,}"
    each_card = Words(" per card", "每卡") if figures.n > 1 else SILENT
    return Words(
        f"**The draft adds {whole}{each_card.en} at {length} tokens: {weights} of weights{over.en} ({share} % of the model's) and a cache of its own, {kib[0]} for each token beside {kib[1]}, {kib[2]} together, {longer} % more{pool.en}.** An EAGLE head or the model's own MTP layers keep the cache of one or few layers, n-gram lookup none.",
        f"**{length} token 时草稿模型{each_card.zh}多占 {whole}:权重{over.zh or ' '}{weights}(主模型的 {share} %),另有自己的 KV 缓存,每个 token {kib[0]},主模型 {kib[1]},合计 {kib[2]},多 {longer} %{pool.zh}。** EAGLE 头或模型自带的 MTP 层只有一层或几层的缓存,n-gram 查找不占显存。",
    )


def _pools(figures: Figures) -> Words:
    """The tokens that a server's pool holds with it and without; silent where no server fits on the cards."""
    engine = figures.given.get("engine") or VLLM
    try:
        left = [pool_of(figures.at(engine=engine, draft_model=one)) for one in (figures.given["draft_model"], None)]
    except BadInput:
        return SILENT
    tokens = [f"{int(one['kv_tokens']):,}" for one in left if one.get("kv_tokens")]
    told = figures.given.get("gpu_memory_utilization") or share_by_default(engine)
    if len(tokens) < len(left):
        return SILENT
    taken = f"{share_of(engine).tool} {float(told):g}" if told else share_of(engine).tool
    return Words(
        f"; a server's pool ({taken}) holds about {tokens[0]} tokens instead of {tokens[1]}",
        f";服务的缓存池({taken})从约 {tokens[1]} 个 token 降到 {tokens[0]} 个",
    )


DRAFT_WORDS: dict[str, Callable[[Figures], Words]] = {"draft_costs": _draft_costs}
