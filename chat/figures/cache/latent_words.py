"""The cache of latent attention with every head's key and value in it: what it is, and where somebody sees just that."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.cache.kv_kinds import Kind, amount, fact_at, kinds, served
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome

# tokens at which what latent attention saves is felt, of a model that was made for so many
_LONG, LONGEST = 32768, 131072


def _as_all_heads(figures: Figures, where: Outcome, found: tuple[Kind, ...]) -> Words:
    """What the asker counted of a latent cache, where it is keys and values of every head."""
    heads, size = (float(fact_at(where, name, "")) for name in ("n_heads", "v_head_dim"))
    layers, number = sum(kind.layers for kind in found), float(where.situation.facts["kv_bytes"].value)
    token = layers * heads * size * number * 2
    whole, times = token * float(fact_at(where, "seq_len", "")), token / (layers * found[0].token)
    told = [float(one) for one in figures.told.get("claims_gb", ())]
    if not any(abs(one * unit / whole - 1) <= _COUNTED for one in told for unit in (GB, GIB)):
        return SILENT
    sum_ = f"2 × {figure(layers)} × {figure(heads)} × {figure(size)} × {figure(number)} B = {kib(token)}"
    return Words(
        f"Keys and values of all heads would be {sum_} per token and {amount(whole)}, {times:.3g} times as much: that is what you counted. ",
        f"按所有头各存 K、V 算是 {sum_} 每 token,共 {amount(whole)},是它的 {times:.3g} 倍:这就是您算的那个数。",
    )


_COUNTED = 0.03  # how near a figure that was told must be to be that count


def expanded(figures: Figures, where: Outcome, found: tuple[Kind, ...]) -> Words:
    """Of latent attention, what it would be without the compression."""
    if found[0].how != "latent":
        return SILENT
    heads, nope, rotary, value = (
        float(fact_at(where, name, "")) for name in ("n_heads", "qk_nope_head_dim", "qk_rope_head_dim", "v_head_dim")
    )
    layers = sum(kind.layers for kind in found)
    token = layers * heads * (nope + rotary + value) * float(where.situation.facts["kv_bytes"].value)
    length = float(fact_at(where, "seq_len", ""))
    latent, longer = layers * found[0].token, SILENT
    times = f"{token / latent:.3g}"
    far = LONGEST if (where.declared or 0) >= LONGEST else _LONG
    if length < far:
        of_long = amount(latent * far), amount(token * far)
        longer = Words(
            f"; at {far:,} tokens {of_long[0]} against {of_long[1]}",
            f";{far:,} token 时是 {of_long[0]} 对 {of_long[1]}",
        )
    rank = float(fact_at(where, "kv_lora_rank", ""))
    kept = f"{figure(rank)} + {figure(rotary)} = {figure(rank + rotary)}"
    counted = _as_all_heads(figures, where, found)
    return Words(
        f"{counted.en}MLA keeps one compressed vector and one rotary key for all heads ({kept} numbers a layer), so tensor parallelism copies it to every card instead of dividing it (data-parallel attention divides the sequences instead); a program that caches every head, as transformers before summer 2026, keeps {figure(heads)} heads × ({figure(nope + rotary)} + {figure(value)}), {kib(token)} per token and {amount(token * length)}: {times} times as much{longer.en}",
        f"{counted.zh}MLA 让所有头共用一个压缩向量和一个旋转键(每层 {kept} 个数),所以张量并行时每张卡各存完整的一份,不切分(数据并行注意力则按序列分开);把每个头都缓存的程序(如 2026 年夏季之前的 transformers)要存 {figure(heads)} 个头 ×({figure(nope + rotary)} + {figure(value)}),每 token {kib(token)},共 {amount(token * length)}:是前者的 {times} 倍{longer.zh}",
    )


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
    """That what is seen is the cache of every head, or most likely is, where more is seen than is told; Missing elsewhere."""
    where = served(figures)
    token, vector, product = _of_every_head(where)
    held = float(where.situation.facts["seq_len"].value) * float(where.situation.knob("batch_size") or 1)
    seen = [float(one) for one in figures.told.get("observed_gb", ())]
    one = next((one for one in seen for unit in (GB, GIB) if abs(one * unit / (token * held) - 1) <= _NEAR), None)
    told, engine = "why_more" in figures.about and not seen, figures.given.get("engine")
    if one is None and not (told and engine in (None, "transformers")):
        raise Missing("seen")
    head, head_zh = ("What you see is", "您看到的是") if one else ("Most likely you see", "您看到的多半是")
    layers = figure(sum(kind.layers for kind in kinds(where)))
    return Words(
        f"**{head} the cache of every head, not of the vector that MLA needs: {layers} layers × {product.replace(' ×', ' heads ×', 1)} = {kib(token)} per token, {amount(token * held)}; the vector alone is {kib(vector)} and {amount(vector * held)}, {figure(token / vector, 3)} times less.** transformers unpacks the vector before its cache takes it in versions before summer 2026, and so does code that comes with a model; update it, or serve with an engine that caches the vector (vLLM, SGLang, llama.cpp).",
        f"**{head_zh}每个头的 K、V 都存下来的缓存,而不是 MLA 只需要的压缩向量:{layers} 层 × {product.replace(' ×', ' 个头 ×', 1).replace(' B', ' 字节')} = 每 token {kib(token)},共 {amount(token * held)};只存压缩向量是每 token {kib(vector)},共 {amount(vector * held)},是前者的 1/{figure(token / vector, 3)}。** transformers 在 2026 年夏季之前的版本(以及模型自带的代码)会先把向量展开再写入缓存;升级,或改用缓存压缩向量的引擎(vLLM、SGLang、llama.cpp)。",
    )


LATENT_WORDS: dict[str, Callable[[Figures], Words]] = {"every_head_seen": _seen}
