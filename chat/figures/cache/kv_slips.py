"""By what a stated KV cache is off where a step of its sum was forgotten or done twice, and why."""

from chat.figures.cache.latent_words import at_full_length
from chat.figures.named import Figures
from formulas.notation import figure
from formulas.quantity import SILENT, Words

# in what is said of a figure that gives every head keys and values of its own
ALL_HEADS = "multi-head attention"
# of a figure that some programs really keep, as transformers does of latent attention (DeepseekV3Attention.forward)
EXPANDED = "as transformers before summer 2026 caches them"

# what is done wrong beside the width of a layer, by how much each is off
_STEPS = (
    (0.5, Words("it counts keys or values alone, or 8 bits for each number", "只算了 K 或 V 一份,或按 8 位计"), Words("one factor 2 is missing", "少乘了一个 2")),
    (2.0, Words("it counts fp32, 4 B for each number, or one factor 2 too many", "按 fp32(4 字节)计,或多乘了一个 2"), Words("one factor 2 is too many", "多乘了一个 2")),
    (4.0, Words("it counts 8 B for each number where 16 bit are 2 B", "每个数按 8 字节计,而 16 位是 2 字节"), Words("8 B for each number where 16 bit are 2 B", "每个数按 8 字节计,16 位是 2 字节")),
    (8.0, Words("it counts bits as bytes", "把位当成了字节"), Words("bits counted as bytes", "把位当成了字节")),
)  # fmt: skip


def factors_of(figures: Figures) -> list[tuple[float, Words]]:
    """By what a figure is off where a step was forgotten or done twice, one mistake before two."""
    widths = _latent_widths(figures) if "kv_lora_rank" in figures.base.situation.facts else _widths(figures)
    layers = figures.fact("n_layers")
    alone = [*widths, *_by_experts(figures), *((times, why) for times, why, _ in _STEPS)]
    alone.append((1 / layers, Words(f"the {figure(layers)} layers are missing", f"漏了 {figure(layers)} 层")))
    both = [
        (wide * times, Words(f"{why.en}, and {also.en}", f"{why.zh},而且{also.zh}"))
        for wide, why in widths for times, _, also in _STEPS
    ]  # fmt: skip
    return [*alone, *both]


def _by_experts(figures: Figures) -> list[tuple[float, Words]]:
    """The cache once for every expert of a mixture."""
    if "n_experts" not in figures.base.situation.facts:
        return []
    experts = figures.fact("n_experts")
    why = Words(
        f"it is multiplied by the {figure(experts)} experts, which have no keys and values: attention stands once before them",
        f"乘了 {figure(experts)} 个专家,而专家没有 K、V:注意力只有一份,在专家之前",
    )
    return [(experts, why)]


def _widths(figures: Figures) -> list[tuple[float, Words]]:
    """What else than KV heads × head size is taken for what a layer keeps."""
    heads, kept, dim, hidden = (figures.fact(name) for name in ("n_heads", "n_kv_heads", "head_dim", "hidden_size"))
    width = kept * dim
    if kept == heads:
        return [(hidden / width, _of_hidden(hidden, heads, dim, SILENT))] if hidden != width else []
    grouped = f"{figure(kept)} × {figure(dim)} = {figure(width)}"
    groups = Words(
        f"while this model keeps {figure(kept)} KV heads (grouped-query attention: {grouped}), {{}} times fewer",
        f"而这个模型只有 {figure(kept)} 个 KV 头(GQA: {grouped}),少 {{}} 倍",
    )
    whole = hidden == heads * dim
    of_all = f": {figure(heads)} × {figure(dim)} = {figure(heads * dim)}"
    name = Words(of_all + ", the hidden size" * whole, of_all + ",即隐藏维度" * whole)
    found = [(heads / kept, Words(
        f"it counts a key and a value for each of {figure(heads)} query heads (multi-head attention{name.en}), {groups.en.format(figure(heads / kept))}",
        f"这是 {figure(heads)} 个查询头各存一份 K 和 V(MHA{name.zh})的算法,{groups.zh.format(figure(heads / kept))}",
    ))]  # fmt: skip
    if (even := hidden / heads) != dim:
        found.insert(0, (even / dim, Words(
            f"it takes {figure(hidden)} ÷ {figure(heads)} = {figure(even)} for the size of a head, which this model's configuration sets to {figure(dim)} (head_dim) by itself",
            f"把每头维度当成了 {figure(hidden)} ÷ {figure(heads)} = {figure(even)},而这个模型的配置单独写明 head_dim 为 {figure(dim)}",
        )))  # fmt: skip
    if not whole:
        fewer = Words(groups.en.format(figure(hidden / width)), groups.zh.format(figure(hidden / width)))
        found.append((hidden / width, _of_hidden(hidden, heads, dim, fewer)))
    found.append((1 / kept, Words(
        f"it counts one head of {figure(dim)}, and the {figure(kept)} KV heads are missing", f"只算了一个 {figure(dim)} 维的头,漏了 {figure(kept)} 个 KV 头",
    )))  # fmt: skip
    return found


def _of_hidden(hidden: float, heads: float, dim: float, fewer: Words) -> Words:
    """The hidden size taken for the width of keys, in a model where it is not even that of all heads."""
    fewer = fewer if fewer.en else Words(f"while a layer keeps {figure(heads)} heads × {figure(dim)}", f"而每层存 {figure(heads)} 个头 × {figure(dim)}")  # fmt: skip
    return Words(
        f"it takes the hidden size {figure(hidden)} for the width of keys and values, {fewer.en}",
        f"把隐藏维度 {figure(hidden)} 当成了 K、V 的宽度,{fewer.zh}",
    )


def _latent_widths(figures: Figures) -> list[tuple[float, Words]]:
    """What is counted where the heads' own keys and values are taken for what latent attention keeps."""
    heads, hidden = figures.fact("n_heads"), figures.fact("hidden_size")
    rank, rotary = figures.fact("kv_lora_rank"), figures.fact("qk_rope_head_dim")
    key, own = figures.fact("qk_nope_head_dim"), figures.fact("v_head_dim")
    vector = rank + rotary
    widths = {
        f"{figure(heads)} × {figure(own)} × 2 (K, V)": 2 * heads * own,
        f"{figure(heads)} × ({figure(key + rotary)} + {figure(own)})": heads * (key + rotary + own),
        f"{figure(hidden)} × 2 (K, V)": 2 * hidden,
    }
    found = [(2.0, Words("one vector stands for keys and values, without a 2", "一个向量同时代表 K 与 V,不再乘 2"))]
    for written, numbers in widths.items():
        times, far = f"{numbers / vector:.3g}", at_full_length(figures, numbers, vector)
        own_code = numbers == heads * (key + rotary + own)
        kept = (
            Words(f" ({EXPANDED}, expanded)", "(2026 年夏季之前的 transformers 就是这样展开后缓存的)")
            if own_code
            else SILENT
        )
        found.append((numbers / vector, Words(
            f"it counts keys and values of every head as in multi-head attention, {written} = {figure(numbers)} numbers a layer{kept.en}; latent attention (MLA) caches one vector of {figure(rank)} + {figure(rotary)} = {figure(vector)} for all heads, {times} times fewer{far.en}",
            f"这是按 MHA 给每个头各存 K 和 V:每层 {written} = {figure(numbers)} 个数{kept.zh};而 MLA 每层只为所有头缓存一个 {figure(rank)} + {figure(rotary)} = {figure(vector)} 维的向量,少 {times} 倍{far.zh}",
        )))  # fmt: skip
    return found
