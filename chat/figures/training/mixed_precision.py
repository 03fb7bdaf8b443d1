"""Why a training in mixed precision takes no less than the same in fp32, or more."""

from collections.abc import Callable

from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, most_of
from formulas.notation import size_words
from formulas.quantity import SILENT, Words

# bytes of a parameter: 4 + 4 + 8, its 16-bit copy, in 16 bit alone, 4 + 4 + 2
_EACH, _COPY, _PURE, _EIGHT = 16, 2, 8, 10
_HALVED = 0.75  # of two amounts: what is less than this was indeed saved
_OF_THE_COPY = (0.4, 1.6)  # what was seen more, of the copy, where it is what shows


def _mixed_no_less(figures: Figures) -> Words:
    """That its states are those of fp32, that the copy comes beside them, what it does make smaller, and what takes less."""
    amounts = sorted(float(one) for one in figures.told.get("claims_gb", ()) if one)
    if figures.knob("method") != "full" or (len(amounts) == 2 and amounts[0] < _HALVED * amounts[1]):
        raise Missing("states")
    params = figures.params
    states, copy = _EACH * params, _COPY * params
    kept = f"{size_words(params)} × {_EACH} B = {both_words(states)}"
    beside = f"{size_words(params)} × {_COPY} B = {both_words(copy)}"
    seen, saved = _seen(amounts, copy), _activations(figures, copy)
    lora = gib_words(figures.at(method="lora", precision=None, weight_format=None).best)
    return Words(
        f"**Mixed precision does not halve what a full training keeps: fp32 weights 4 + gradients 4 + Adam's moments 4 + 4 B are {kept}, with autocast as without it; it adds a 16-bit copy of the weights to compute with, {beside}, together {both_words(states + copy)}.**{seen.en} {saved.en} What halves the states is pure bf16 (loaded in bf16, without autocast: {_PURE} B, {both_words(_PURE * params)}); 8-bit Adam leaves {_EIGHT} B, {both_words(_EIGHT * params)}; LoRA takes {lora} in all.",
        f"**混合精度不会让全参训练的状态减半:fp32 权重 4 + 梯度 4 + Adam 动量 4 + 4 字节,开不开都是 {kept};它反而要多存一份参与计算的 16 位权重,{beside},合计 {both_words(states + copy)}。**{seen.zh}{saved.zh}真要省状态:纯 bf16(按 bf16 加载、不开 autocast)每参数 {_PURE} 字节,{both_words(_PURE * params)};8 位 Adam 剩 {_EIGHT} 字节,{both_words(_EIGHT * params)};LoRA 总共 {lora}。",
    )


def _seen(amounts: list[float], copy: float) -> Words:
    """What was seen more, where it is about that copy."""
    if len(amounts) != 2:
        return SILENT
    more = amounts[1] - amounts[0]
    least, most = _OF_THE_COPY
    if not least * copy <= more * GB or not more * GIB <= most * copy:
        return SILENT
    return Words(
        f" The {more:.3g} GB that you see more are that copy, less what activations fell by.",
        f"您看到多出的 {more:.3g} GB 就是这份副本,减去激活省下的部分。",
    )


def _activations(figures: Figures, copy: float) -> Words:
    """What it makes smaller: the activations, by how much here, and when that outweighs the copy."""
    kind = str(figures.knob("precision"))
    mixed = kind if kind.startswith("amp") else "amp-bf16"
    was, now = (
        most_of(figures.at(precision=one, weight_format=None, gradient_checkpointing="off"), "activations")
        for one in ("fp32", mixed)
    )
    batch, seq = figures["batch"], figures["seq"]
    less, less_zh = (", less than the copy", ",抵不上这份副本") if was - now < copy else ("", "")
    return Words(
        f"It only makes activations smaller (without checkpointing {gib_words(was)} → {gib_words(now)} at batch {batch}, {seq} tokens{less}) and computes faster: it pays with long samples and large batches, not at batch 1 with short ones or with checkpointing, where there are few.",
        f"它省的只是激活(不开重计算、批大小 {batch}、{seq} token 时 {gib_words(was)} → {gib_words(now)}{less_zh}),并且算得更快:样本长、批大时才划算,批大小 1 的短样本或开了重计算时激活本来就少。",
    )


MIXED_PRECISION: dict[str, Callable[[Figures], Words]] = {"mixed_no_less": _mixed_no_less}
