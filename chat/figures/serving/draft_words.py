"""What a draft model adds to a server: weights, a cache of its own for every token, and so fewer tokens in the pool."""

from collections.abc import Callable

from chat.figures.amount_words import token_words
from chat.figures.named import Figures, Missing, gib_words, pool_of
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.pools import VLLM, share_by_default, share_of
from kb.speculation import LOOKED_UP, OWN_LAYERS


def _percent(share: float) -> str:
    return f"{100 * share:.2g}" if share < 1 else f"{100 * share:.0f}"


def _draft_costs(figures: Figures) -> Words:
    """The same server with the draft and without it; Missing where nothing drafts from weights of its own."""
    named = str(figures.given.get("draft_model") or "")
    if not named or named.lower() in LOOKED_UP:
        raise Missing("draft_model")
    alone = Figures({**figures.given, "draft_model": None}, figures.told)
    if named.lower() in OWN_LAYERS:
        return _own_layers(figures, alone)
    more, of_model = figures.fact("draft_weights") * figures.n, alone.base.part_of_all("weights")
    each, each_alone = figures.need("kv_token"), alone.need("kv_token")
    if each <= each_alone or not (each_alone and of_model):
        raise Missing("draft_model")
    over = Words(" in all", "共 ") if figures.n > 1 else SILENT
    weights, share = gib_words(more), _percent(more / of_model)
    kib = [token_words(size) for size in (each - each_alone, each_alone, each)]
    longer = _percent(each / each_alone - 1)
    pool, whole = _pools(figures), gib_words(figures.base.best - alone.base.best)
    length = f"{int(figures.knob('seq_len')):,}"
    each_card = Words(" per card", "每卡") if figures.n > 1 else SILENT
    return Words(
        f"**The draft is not free: it adds {whole}{each_card.en} at {length} tokens: {weights} of weights{over.en} ({share} % of the model's) and a cache of its own, {kib[0]} for each token beside {kib[1]}, {kib[2]} together, {longer} % more{pool.en}.** An EAGLE head or the model's own MTP layers keep the cache of one or few layers, n-gram lookup none.",
        f"**草稿模型不是白送的:{length} token 时{each_card.zh}多占 {whole}:权重{over.zh or ' '}{weights}(主模型的 {share} %),另有自己的 KV 缓存,每个 token {kib[0]},主模型 {kib[1]},合计 {kib[2]},多 {longer} %{pool.zh}。** EAGLE 头或模型自带的 MTP 层只有一层或几层的缓存,n-gram 查找不占显存。",
    )


def _own_layers(figures: Figures, alone: Figures) -> Words:
    """What the model's own further layers add: weights, and the cache of as many layers."""
    weights, cache = (
        figures.n * (figures.base.terms.get(term, 0.0) - alone.base.terms.get(term, 0.0))
        for term in ("weights", "kv_cache")
    )
    of_model = alone.base.part_of_all("weights")
    layers, whole = int(figures.fact("mtp_layers")), int(figures.fact("n_layers"))
    over = Words(" over all cards", "(所有卡合计)") if figures.n > 1 else SILENT
    length, share = f"{int(figures.knob('seq_len')):,}", _percent(weights / of_model)
    return Words(
        f"**The model's own MTP layers add {gib_words(weights)} of weights{over.en} ({share} % of the model's) and the cache of {layers} beside {whole} layers, {gib_words(cache)} at {length} tokens.** A program that does not draft with them need not load them; a separate draft model would bring weights and a cache of its own instead.",
        f"**模型自带的 MTP 层多占权重 {gib_words(weights)}{over.zh}(主模型的 {share} %),另有 {layers} 层的缓存(主模型 {whole} 层),{length} token 时 {gib_words(cache)}。** 不用它起草的程序可以不加载;换成单独的草稿模型,则是那个模型的权重和缓存。",
    )


# EAGLE-3: what joins the hidden states of three layers, and the vocabulary that its head is trained for
_BYTES = 2  # of a number in 16 bit
_JOINED, _OWN_VOCABULARY = 3, 32000


def _eagle_head(figures: Figures) -> Words:
    """A head of EAGLE-3: a layer of the model's shape, a matrix that joins hidden states, a smaller vocabulary of its own."""
    row = figures.row()
    if row.get("n_experts"):
        raise Missing("eagle_head")  # their heads are dense layers of another width
    h, vocabulary, layers = (int(row[name]) for name in ("hidden_size", "vocab_size", "n_layers"))
    tables = vocabulary * h * (1 if row.get("tie_word_embeddings") else 2)
    layer = (figures.params - tables) / layers
    joins, head = _JOINED * h * h, _OWN_VOCABULARY * h
    token = figures.need("kv_token")
    size = gib_words(_BYTES * (layer + joins + head))
    sums = f"({layer / 1e6:,.0f}M + 3 × {h:,}² + {_OWN_VOCABULARY:,} × {h:,}) × 2 B"
    kib = [token_words(one) for one in (token / layers, token)]
    return Words(
        f"**An EAGLE-3 head takes about {size} in 16 bit: {sums}, a layer of the model's shape, the matrix that joins the hidden states of three layers, and a head over 32,000 tokens; its cache is that of one layer, {kib[0]} per token beside {kib[1]}.** It uses the model's own embedding. Heads differ by who trained them: the size of the checkpoint is its weights.",
        f"**EAGLE-3 头在 16 位下约占 {size}:{sums},即一层与主模型同形状的层、合并三层隐藏状态的矩阵,以及 32,000 词表的输出头;缓存只有一层,每 token {kib[0]}(主模型 {kib[1]})。** 词嵌入沿用主模型的。不同人训练的头会有差别:以权重文件大小为准。",
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


DRAFT_WORDS: dict[str, Callable[[Figures], Words]] = {"draft_costs": _draft_costs, "eagle_head": _eagle_head}
