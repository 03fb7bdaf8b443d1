"""The rule that memory is so many times the parameters, 2 in 16 bit and half in 4: right for weights, and what it leaves out."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from chat.phrases import value
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.recipe import called_bits

TIMES = "times_params"  # as it is told: 2, 0.5
_BITS = {4.0: 32, 2.0: 16, 1.0: 8, 0.5: 4}
# formats of few bits that people run, with their scales and what stays in 16 bit
_STORED = {8: ("int8", "gguf:Q8_0"), 4: ("awq-int4-g128", "gguf:Q4_K_M")}
_SHORT = 4096  # tokens of the request that is shown
_EXACTLY = 0.01


def _weights_rule(figures: Figures) -> Words:
    params, bits = figures.need("params_said"), _bits_meant(figures)
    bare, each = params * bits / 8, figure(bits / 8)
    served = figures.at(method="inference", weight_format=_format(bits), bits=None, seq_len=_SHORT, batch_size=1)
    cache, whole = served.terms.get("kv_cache", 0.0), served.best
    size = size_words(params)
    stored = _as_stored(figures, bits, bare)
    told = figures.told_one(TIMES)
    name = value("model", figures.knob("model"), "en") if figures.knob("model") else ""
    of, of_zh = (f" ({name})", f"({name})") if name else ("", "")
    right = told is None or abs(told * 8 / bits - 1) < _EXACTLY
    head = (
        Words("Right, for the weights alone", "对,但只是权重")
        if right
        else Words(f"Not {figure(told)} but {each} times, for the weights alone", f"不是 {figure(told)} 倍,只算权重是 {each} 倍")
    )  # fmt: skip
    return Words(
        f"**{head.en}: {bits} bits ÷ 8 = {each} B for each parameter, so {each} GB for each billion ({size}: {figure(bare / GB)} GB).**{stored.en} On the card come on top the KV cache, which goes with tokens × requests and not with the parameters ({figures['kv_token']} a token{of}, {gib_words(cache)} for {_SHORT:,}), the activations of a step and the runtime: {gib_words(whole)} in all for one request of that length. Training is another sum: with Adam in mixed precision {TRAINED} B for each parameter, {both_words(TRAINED * params)}, before activations.",
        f"**{head.zh}:{bits} 位 ÷ 8 = 每参数 {each} 字节,即每 10 亿参数 {each} GB({size}:{figure(bare / GB)} GB)。**{stored.zh}卡上另加 KV 缓存(随 token 数 × 并发增长,与参数量无关;每 token {figures['kv_token']}{of_zh},{_SHORT:,} token 是 {gib_words(cache)})、一步的激活和运行时:这样长的一个请求总共 {gib_words(whole)}。训练是另一笔账:Adam 混合精度每参数 {TRAINED} 字节,共 {both_words(TRAINED * params)},激活另算。",
    )


def _bits_meant(figures: Figures) -> int:
    """The bits of the format that is told, else those that the rule is of."""
    given = figures.given.get("bits")
    bits = int(given) if given else called_bits(str(figures.given.get("weight_format") or ""))
    bits = bits or _BITS.get(figures.told_one(TIMES) or 0.0, 0)
    if bits not in _BITS.values():
        raise Missing("bits")
    return bits


def _format(bits: int) -> str:
    return {32: "fp32", 16: "bf16"}.get(bits) or _STORED[bits][0]


def _as_stored(figures: Figures, bits: int, bare: float) -> Words:
    """What real formats of so few bits take, as scales and some matrices in 16 bit come with them; nothing of wider ones."""
    sizes = [(kind, figures.stored(weight_format=kind, bits=None)) for kind in _STORED.get(bits, ())]
    sizes = [(kind, size) for kind, size in sizes if size > (1 + _EXACTLY) * bare]
    if not sizes:
        return SILENT
    en = ", ".join(f"{value('weight_format', kind, 'en')} {both_words(size)}" for kind, size in sizes)
    zh = "、".join(f"{value('weight_format', kind, 'zh')} {both_words(size)}" for kind, size in sizes)
    return Words(
        f" Real files are larger, as scales come with the groups and embedding and head often stay in 16 bit: {en}.",
        f"实际文件更大,因为每组带缩放系数,embedding 和输出头常保留 16 位:{zh}。",
    )


WEIGHTS_RULE: dict[str, Callable[[Figures], Words]] = {"weights_rule": _weights_rule}
