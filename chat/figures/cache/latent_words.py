"""The cache of latent attention with every head's key and value in it: what it is, and where somebody sees just that."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.cache.kv_words import LONGEST, amount, kinds, served
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

_NEAR = 0.08  # of the cache: as people round what they see, who add "more than"


def _of_every_head(where: Outcome) -> tuple[float, float, str]:
    """Bytes of a token with all heads in the cache, those of the vector, and the product; Missing of other attention."""
    found = kinds(where)
    if found[0].how != "latent":
        raise Missing("latent")
    named = ("n_heads", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim", "kv_bytes")
    heads, nope, rotary, value, each = (float(where.situation.facts[name].value) for name in named)
    layers = sum(kind.layers for kind in found)
    shown = f"({figure(nope + rotary)} + {figure(value)}) × {figure(each)} B"
    return layers * heads * (nope + rotary + value) * each, layers * found[0].token, f"{figure(heads)} × {shown}"


def at_full_length(figures: Figures, numbers: float, vector: float) -> Words:
    """What so many numbers a layer and those of the vector are over a long sequence; silent of a model that was made for none."""
    where = served(figures)
    if (where.declared or 0) < LONGEST:
        return SILENT
    each = LONGEST * figures.fact("n_layers") * float(where.situation.facts["kv_bytes"].value)
    wide, latent = (gib_words(each * one) for one in (numbers, vector))
    return Words(
        f": {wide} against {latent} for a sequence of {LONGEST:,} tokens",
        f":一条 {LONGEST:,} token 的序列是 {wide} 对 {latent}",
    )


def _seen(figures: Figures) -> Words:
    """That what is seen is the cache of every head; Missing where it is not."""
    where = served(figures)
    token, vector, product = _of_every_head(where)
    held = float(where.situation.facts["seq_len"].value) * float(where.situation.knob("batch_size") or 1)
    seen = [float(one) for one in figures.told.get("observed_gb", ())]
    one = next((one for one in seen for unit in (GB, GIB) if abs(one * unit / (token * held) - 1) <= _NEAR), None)
    if one is None:
        raise Missing("seen")
    layers = figure(sum(kind.layers for kind in kinds(where)))
    return Words(
        f"**What you see is the cache of every head, not of the vector that MLA needs: {layers} layers × {product.replace(' ×', ' heads ×', 1)} = {kib(token)} per token, {amount(token * held)}; the vector alone is {kib(vector)} and {amount(vector * held)}, {figure(token / vector, 3)} times less.** transformers unpacks the vector before its cache takes it in versions before summer 2026, and so does code that comes with a model; update it, or serve with an engine that caches the vector (vLLM, SGLang, llama.cpp).",
        f"**您看到的是每个头的 K、V 都存下来的缓存,而不是 MLA 只需要的压缩向量:{layers} 层 × {product.replace(' ×', ' 个头 ×', 1).replace(' B', ' 字节')} = 每 token {kib(token)},共 {amount(token * held)};只存压缩向量是每 token {kib(vector)},共 {amount(vector * held)},是前者的 1/{figure(token / vector, 3)}。** transformers 在 2026 年夏季之前的版本(以及模型自带的代码)会先把向量展开再写入缓存;升级,或改用缓存压缩向量的引擎(vLLM、SGLang、llama.cpp)。",
    )


LATENT_WORDS: dict[str, Callable[[Figures], Words]] = {"every_head_seen": _seen}
