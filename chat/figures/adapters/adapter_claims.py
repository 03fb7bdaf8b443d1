"""Claims about what adapters train over: a need that is hardly more than the stored base, a width that no format has."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.adapters.expert_adapters import of_mixture
from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, Missing, both_words, gib_words, how_far, value_of
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT
from kb.names import model_row

_OFF = 0.05  # how far the claim may be off the base
_SHORT = 1024  # tokens of a short sample
_FEWEST = "gguf:IQ1_S"  # the files of the fewest bits that llama.cpp writes


def _base_claimed(figures: Figures) -> Words:
    """A need that somebody tells of adapters, where it is what the quantised base alone takes, at whatever length."""
    base = figures.base
    stored = base.terms.get("weights", 0.0)
    claims = [float(one) for one in figures.told.get("claims_gb", ())]
    found = next((one for one in claims if stored and how_far(one, stored) < _OFF), None)
    if found is None or base.best < (1 + 2 * _OFF) * stored:
        raise Missing("claim")
    rest = {name: base.terms.get(name, 0.0) for name in ("activations", "logits")}
    adapters = TRAINED * value_of(base, "adapter_params")
    tokens = figures["tokens"]
    short, short_zh = _at_a_short_sample(figures)
    return Words(
        f"**{found:g} GB is hardly more than the stored base, {both_words(stored)}: no training step is in it.** On top come, at {tokens} tokens a step, activations of {gib_words(rest['activations'])}, logits and loss of {gib_words(rest['logits'])}, and the adapters with gradients and Adam, {gib_words(adapters)}: {gib_words(base.best)} in all{short}.",
        f"**{found:g} GB 差不多只是存储的基座 {both_words(stored)},一步训练都没算进去。** 每步 {tokens} 个 token 时,另有激活 {gib_words(rest['activations'])}、logits 与损失 {gib_words(rest['logits'])},以及适配器连同梯度和 Adam 共 {gib_words(adapters)}:合计 {gib_words(base.best)}{short_zh}。",
    )


def _at_a_short_sample(figures: Figures) -> tuple[str, str]:
    """What one short sample at a time takes, where more than that was told."""
    if figures.tokens <= _SHORT:
        return "", ""
    least = gib_words(figures.at(batch_size=1, seq_len=_SHORT).best)
    return (
        f"; one sample of {_SHORT:,} tokens at a time would take {least} (accumulate gradients for the rest of the batch)",
        f";每次只放一条 {_SHORT:,} token 的样本则是 {least}(其余批大小用梯度累积凑)",
    )


def _too_few_bits(figures: Figures) -> Words:
    """What comes of a width that no format has: the product, and what is really kept."""
    bits = logged(figures, "few_bits")
    product = bits / 8 * figures.params
    shown = f"{size_words(figures.params)} × {bits:g} ÷ 8 = {both_words(product)}"
    fewest = both_words(figures.stored(weight_format=_FEWEST, bits=None, engine="llama.cpp"))
    ends, ends_zh = _ends(figures, product)
    width = f"{bits:g} bit{'' if bits == 1 else 's'}"
    if figures.knob("task") == "train":
        quantised = both_words(figures.need("w_nf4"))
        return Words(
            f"**No trainer stores a base in {width}: {shown} is the product alone.**{ends} The smallest files that are run at all, IQ1_S of llama.cpp, take {fewest}, at a marked loss of quality, and nothing trains over them. QLoRA keeps the base in 4 bits: {quantised} of weights alone.",
            f"**没有哪个训练框架能把基座存成 {bits:g} 位:{shown} 只是乘积。**{ends_zh}能跑起来的最小的文件(llama.cpp 的 IQ1_S)也要 {fewest},质量明显下降,而且不能拿来训练。QLoRA 的基座是 4 位:仅权重就要 {quantised}。",
        )
    held, held_zh = _holds_product(figures, product)
    return Words(
        f"**No format stores weights in {width}: {shown} is the product alone{held}.** What goes by such names are files of llama.cpp whose smallest kind, IQ1_S, takes {fewest} here, at a marked loss of quality.{ends}",
        f"**没有 {bits:g} 位的权重格式:{shown} 只是乘积{held_zh}。** 叫这类名字的是 llama.cpp 的文件,最小的 IQ1_S 这里也要 {fewest},质量明显下降。{ends_zh}",
    )


def _holds_product(figures: Figures, product: float) -> tuple[str, str]:
    """Whether the cards that are told would hold so much; nothing where none is told."""
    if not figures.base.capacity:
        return "", ""
    room = figures.base.capacity * figures.n
    size, holds = gib_words(room), product < room
    return (
        f", which the cards' {size} would {'' if holds else 'not '}hold",
        f",卡上共 {size},{'放得下' if holds else '放不下'}",
    )


def _ends(figures: Figures, product: float) -> tuple[str, str]:
    """Embedding and head in 16 bit, where they alone outweigh that product."""
    size = figures.amount("embedding")
    if size < product:
        return "", ""
    return (
        f" Embedding and head, which quantisers keep in 16 bit, alone are {both_words(size)}.",
        f"仅保持 16 位的 embedding 和输出头就有 {both_words(size)}。",
    )


_WHOLE = ("bits", "weight_format", "lora_rank", "lora_targets", "adapter_dtype", "modules_to_save", "precision")
_FELT = 0.9  # of full training's need, below which adapters take less


def _adapters_and_full(figures: Figures) -> Words:
    """What adapters and full training take beside each other, what stands in both, and what adapters do without."""
    base, full = figures.base, figures.at(method="full", **dict.fromkeys(_WHOLE))
    if base.best > _FELT * full.best:
        raise Missing("difference")
    name = {"qlora": "QLoRA", "dora": "DoRA"}.get(str(figures.knob("method")), "LoRA")
    each = Words(" per card", "每张卡 ") if figures.n > 1 else Words("", "")
    takes, whole = gib_words(base.best), gib_words(full.best)
    held, held_full = (gib_words(one.terms.get("weights", 0.0)) for one in (base, full))
    more, own = both_words((TRAINED - WEIGHT) * figures.params), gib_words(TRAINED * value_of(base, "adapter_params"))
    no = "不对" if "claim_checked" in figures.about else "不一样"
    same = Words(
        f"The base is loaded in both, {held}" + (f" (in 16 bit {held_full})" if held != held_full else ""),
        f"两者都要加载基座 {held}" + (f"(16 位是 {held_full})" if held != held_full else ""),
    )
    return Words(
        f"**No: {name} takes {takes}{each.en}, full fine-tuning {whole}.** {same.en}, and activations and logits grow with batch and length alike. What adapters do without are gradients (2 B), the fp32 copy (4 B) and Adam's moments (8 B) of the frozen weights, {size_words(figures.params)} × 14 B = {more}; they keep them only of their own few parameters, {own}.",
        f"**{no}:{name} {each.zh}要 {takes},全参要 {whole}。** {same.zh},激活和 logits 也都随批大小和长度增长。适配器省下的是冻结权重的梯度(2 字节)、fp32 主权重(4 字节)和 Adam 动量(8 字节):{size_words(figures.params)} × 14 字节 = {more};只有适配器自己那一点参数才有,共 {own}。",
    )


_ROUNDED = 0.02
_AT_LEAST = 1.15  # times a count that is told as the least, "40M+"


def _over_layers(figures: Figures, count: float) -> Words:
    """All widths of a layer's matrices × rank × layers, where the layers are alike."""
    layers, rank = figures.fact("n_layers"), float(figures.knob("lora_rank") or 0)
    widths = count / (layers * rank) if layers and rank else 0.5
    if widths != int(widths):
        return SILENT
    return Words(
        f" = {rank:g} × {widths:,.0f} (d + k of all matrices of a layer) × {layers:g} layers",
        f" = {rank:g} × {widths:,.0f}(一层各矩阵 d + k 之和)× {layers:g} 层",
    )


def _widths(figures: Figures) -> tuple[Words, Words]:
    """How wide the MLP is, and keys and values where heads are grouped."""
    row = model_row(str(figures.given["model"])) if "model" in figures.given else {}
    if row.get("n_experts") or not all(
        row.get(one) for one in ("intermediate_size", "n_kv_heads", "head_dim", "hidden_size")
    ):
        return SILENT, SILENT
    each, hidden = row["n_kv_heads"] * row["head_dim"], row["hidden_size"]
    wide = f"{row['intermediate_size']:,}"
    return (
        Words(f" ({hidden:,} to {wide})", f"({hidden:,} 对 {wide})"),
        Words(f" ({hidden:,} to {each:,})", f"({hidden:,} 对 {each:,})"),
    )


def _adapters_claimed(figures: Figures) -> Words:
    """A count of what adapters train, as the asker worked it out, against that of the formulas."""
    said, count = logged(figures, "adapters_said"), value_of(figures.base, "adapter_params")
    shown = size_words(said)
    with suppress(Missing):
        return of_mixture(figures)
    over = "adapters_over" in figures.log and 1 <= count / said <= _AT_LEAST
    if over or abs(said / count - 1) <= _ROUNDED:
        sums = _over_layers(figures, count)
        return Words(
            f"**{shown} is right: {count:,.0f} parameters{sums.en}.**",
            f"**{shown} 是对的:共 {count:,.0f} 个参数{sums.zh}。**",
        )
    if "lora_targets" not in figures.given:
        raise Missing("targets")
    times = f"{max(said / count, count / said):.2g}"
    many, many_zh = ("many", "多") if said > count else ("few", "少")
    sums = _over_layers(figures, count)
    wide, narrow = _widths(figures)
    return Words(
        f"**{shown} is not right, {times} times too {many}: it is {count:,.0f}{sums.en}.** Each matrix has r × (d + k); 2·r·d holds for square ones alone. Those of the MLP are wider{wide.en}, and k and v narrower where heads are grouped{narrow.en}.",
        f"**{shown} 不对,{many_zh}了 {times} 倍,应为 {count:,.0f}{sums.zh}。** 每个矩阵是 r ×(d + k),2·r·d 只适用于方阵;MLP 的矩阵更宽{wide.zh},GQA 的 k、v 更窄{narrow.zh}。",
    )


def _adapters_share(figures: Figures) -> Words:
    """What share of the parameters adapters train, by both countings."""
    count, whole = value_of(figures.base, "adapter_params"), figures.params
    alone, together = f"{100 * count / whole:.2g} %", f"{100 * count / (whole + count):.4f}"
    return Words(
        f"{count:,.0f} are {alone} of the model's {whole:,.0f} parameters; PEFT's trainable% counts them in the whole as well: {together}.",
        f"{count:,.0f} 是模型 {whole:,.0f} 个参数的 {alone};PEFT 打印的 trainable% 把它们也算进分母:{together}。",
    )


ADAPTER_CLAIMS: dict[str, Callable[[Figures], Words]] = {
    "base_claimed": _base_claimed, "too_few_bits": _too_few_bits, "adapters_and_full": _adapters_and_full,
    "adapters_claimed": _adapters_claimed, "adapters_share": _adapters_share,
}  # fmt: skip
