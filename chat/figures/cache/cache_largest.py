"""Why a model that is served takes so much more than its weights, where the cache is the largest part of it."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.cache.cache_versions import version_that_caches_less
from chat.figures.named import GB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words

_OF_A_RUN = 1.25  # times the weights: less than that is a file
_NEAR = 0.12  # what was seen is the cache, or the whole with it
_SHARED = 8  # KV heads of most models whose heads share them


def _cache_is_most(figures: Figures) -> Words:
    """The cache with its product and what it is of the whole; Missing where another part is larger."""
    base, terms = figures.base, figures.base.terms
    kept = float(terms.get("kv_cache", 0.0))
    if not kept or kept < max(terms.values()):
        raise Missing("cache")
    seen = [float(one) * GB for one in figures.told.get("observed_gb", ())]
    is_it = any(abs(one / of - 1) < _NEAR for one in seen for of in (kept, base.best))
    if not is_it and max(seen, default=0.0) > _OF_A_RUN * max(float(terms.get("weights", 0.0)), 1.0):
        raise Missing("cache")  # what a run was seen to take is explained by its program
    of = next((one for one in base.terms_json() if one["name"] == "kv_cache"), {})
    product = Words(f": {of['says']}", f":{of['zh']}") if of.get("says") else SILENT
    size, whole, weights = (gib_words(one) for one in (kept, base.best, terms.get("weights", 0.0)))
    each = Words(" per card", "每张卡 ") if figures.n > 1 else SILENT
    tokens, groups = figures["tokens"], _in_groups(figures, kept)
    return Words(
        f"**It is the KV cache: {size} of {whole}{each.en} for {tokens} tokens, beside {weights} of weights{product.en}.**{groups.en} It grows with every token of context and with every sequence, the weights do not; 8 bits (q8_0, fp8) or half the context halve it.",
        f"**多出来的是 KV 缓存:{tokens} token 时{each.zh}共 {whole},其中缓存 {size},权重 {weights}{product.zh}。**{groups.zh}它随上下文的每个 token、每条序列增长,权重不变;8 位缓存(q8_0、fp8)或上下文减半都能省一半。",
    )


def _in_groups(figures: Figures, kept: float) -> Words:
    """That every head has keys and values of its own, and what groups would take; silent where heads share them."""
    row = figures.row()
    heads = int(row.get("n_heads") or 0)
    if row.get("kv_lora_rank") or heads != int(row.get("n_kv_heads") or 0) or heads <= _SHARED or heads % _SHARED:
        return SILENT
    shared = gib_words(kept * _SHARED / heads)
    return Words(
        f" All {heads} heads keep keys and values of their own (MHA, none are shared); with {_SHARED} shared KV heads (GQA) the same context would take {shared}.",
        f"它是 MHA,{heads} 个头各存一份 K 和 V,没有共用;若是 {_SHARED} 个 KV 头的 GQA,同样的上下文只要 {shared}。",
    )


def _heads_unshared(figures: Figures) -> Words:
    """The same of a cache whose product is told already; Missing where heads share it."""
    if not (groups := _in_groups(figures, figures.need("kv_all"))).en:
        raise Missing("heads")
    return Words(groups.en.strip(), groups.zh)


def _beside_peers(figures: Figures) -> Words:
    """Why it takes more cache than most models of its size; Missing where its heads share keys and values, as theirs do."""
    token = figures.need("kv_token")
    row = figures.row()
    if not _in_groups(figures, token).en:
        raise Missing("heads")
    heads, name = int(row["n_heads"]), str(row["name"]).rsplit("/", 1)[-1]
    shared, each = kib(token * _SHARED / heads), kib(token)
    lengths = sorted({*figures.logged_all("length"), float(figures.knob("seq_len"))})
    kept = [(f"{length:,.0f}", gib_words(_of_all(figures, int(length)))) for length in lengths]
    weights, later = gib_words(figures.need("w_all")), version_that_caches_less(figures)
    return Words(
        f"**{name} has no GQA: all {heads} heads keep keys and values of their own, {each} a token, where models with {_SHARED} shared KV heads keep {shared}.** That is {', '.join(f'{size} for {length} tokens' for length, size in kept)}, beside {weights} of weights. What helps: an 8-bit cache (half of it), a shorter context, or a model with fewer KV heads.{later.en}",
        f"**{name} 没有 GQA:{heads} 个头各存一份 K 和 V,每 token {each};共用 {_SHARED} 个 KV 头的模型只要 {shared}。** {'、'.join(f'{length} token 是 {size}' for length, size in kept)},权重另占 {weights}。缓解:8 位缓存(减半)、缩短上下文,或换 KV 头更少的模型。{later.zh}",
    )


def _of_all(figures: Figures, length: int) -> float:
    """Bytes of one sequence of so many tokens, over all cards."""
    return float(figures.at(batch_size=1, seq_len=length).part_of_all("kv"))


_STEP, _LONG_STEP = 2048, 131072  # tokens of a prefill step: as servers assume them, and as long contexts are run with


def _requirement(figures: Figures) -> Words:
    """What of a published requirement are weights and cache, and what its rest is room for; Missing where it is less than they."""
    said = max((*figures.told.get("claims_gb", ()), *figures.told.get("observed_gb", ())), default=0.0)
    weights, cache = figures.base.part_of_all("weights"), figures.base.part_of_all("kv")
    rest = said * GB - weights - cache
    if rest <= 0 or cache < weights * _NEAR:
        raise Missing("requirement")
    steps = [figures.at(max_num_batched_tokens=one).terms.get("activations", 0.0) for one in (_STEP, _LONG_STEP)]
    short, long = map(gib_words, steps)
    parts, left = f"{(weights + cache) / GB:.1f} GB", f"{rest / GB:.1f} GB"
    token, tokens, batch = figures["kv_token"], f"{int(figures.knob('seq_len')):,}", int(figures.knob("batch_size"))
    many, many_zh = (f" × {batch} sequences", f" × {batch} 条") if batch > 1 else ("", "")
    return Words(
        f"**Not from the parameters alone: {weights / GB:.1f} GB are weights, and {cache / GB:.1f} GB the cache of {tokens} tokens{many} ({token} a token), {parts} of the {said:g} GB.** The other {left} are room for what a run holds besides: the activations of the prefill, which grow with the tokens of a step ({short} at {_STEP:,}, {long} at {_LONG_STEP:,}; chunked prefill, --max-num-batched-tokens), the runtime on each card, and the share that a server leaves free. So it is no floor: with small steps it is about {figures['peak']} in all, with an 8-bit cache less.",
        f"**不只来自参数:权重 {weights / GB:.1f} GB,{tokens} token{many_zh}的 KV 缓存 {cache / GB:.1f} GB(每 token {token}),合计 {parts},在 {said:g} GB 里。** 其余 {left} 留给运行时的其他部分:prefill 的激活随每步 token 数增长(每步 {_STEP:,} 时 {short},{_LONG_STEP:,} 时 {long};即分块 prefill,--max-num-batched-tokens),各卡的运行时,以及服务框架留出不用的份额。所以它不是下限:每步取小时总共约 {figures['peak']},8 位缓存更少。",
    )


CACHE_LARGEST: dict[str, Callable[[Figures], Words]] = {
    "cache_is_most": _cache_is_most, "heads_unshared": _heads_unshared, "beside_peers": _beside_peers, "requirement": _requirement,
}  # fmt: skip
