"""What the vision tower of a model takes, and what freezing it saves: its gradients and the optimizer's states, not its weights."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any, NamedTuple

from chat.figures.named import Figures, Missing, both_words, gib_words, how_far, value_of
from formulas.errors import BadInput
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT
from kb.recipe import ADAPTERS

# fewer are what the shares of layers leave over, and no tower
_LEAST = 1e7
# the stage from which gradients are divided over the cards as well as the optimizer's states
_DIVIDES = 2


def tower_params(figures: Figures) -> float:
    """Parameters outside of the blocks of the language model; Missing for a model of text, or one that is not taken apart."""
    count = figures.fact("extra_params")
    if count < _LEAST:
        raise Missing("tower_params")
    return count


class _Trained(NamedTuple):
    """What a parameter that trains takes beside its weight, in bytes, how much of that is its gradient, and of what it is."""

    each: float
    gradient: float
    parts: Words


def _trained(figures: Figures) -> _Trained:
    """Its gradient and the optimizer's states, as the case has them; Missing where they are not those of each parameter."""
    where = (
        figures.base if figures.knob("method") == "full" else figures.at(method="full", bits=None, weight_format=None)
    )
    gradient, count = value_of(where, "bytes_of_gradient"), value_of(where, "trained_params")
    states = value_of(where, "optimizer") * value_of(where, "optimizer_shards") / count
    kept = value_of(where, "master_bytes") > 0
    copy = Words(" with the fp32 copy", "含 fp32 主权重,") if kept else SILENT
    return _Trained(gradient + states, gradient, Words(
        f"its gradient ({figure(gradient)} B) and the optimizer's states{copy.en} ({figure(round(states, 2))} B)",
        f"梯度({figure(gradient)} B)和优化器状态({copy.zh}{figure(round(states, 2))} B)",
    ))  # fmt: skip


def bytes_trained(figures: Figures) -> float:
    """Bytes of a trained parameter beside its weight."""
    return _trained(figures).each


def _words(figures: Figures) -> Words:
    """Of adapters, that the base is frozen as it is; of all weights the product, and what is left where it is one need."""
    trained = _trained(figures)
    shown = figure(round(trained.each, 2))
    try:
        count = tower_params(figures)
    except Missing:
        would = _tower_needed(figures, trained.each)
        return Words(
            f"{would.en}**Trained, each parameter of a vision tower takes {shown} B more than frozen**: {trained.parts.en}; its weight stays. How many it has is not in the tables for this model: its config.json or its file of weights has them.",
            f"{would.zh}**视觉塔训练比冻结每参数多占 {shown} B**:{trained.parts.zh};权重照样占着。这个模型的视觉塔有多少参数表里没有,看 config.json 或权重文件。",
        )
    size, weights = size_words(count), gib_words(WEIGHT * count)
    if figures.knob("method") in ADAPTERS:
        return Words(
            f"**Beside adapters freezing the vision tower saves next to nothing: its {size} parameters are frozen as the rest of the base is**, and their weights ({weights} in 16 bit) stay; at most the adapters in it go, and the activations that these would keep.",
            f"**用适配器时再冻结视觉塔几乎不省:它的 {size} 参数本来就和基座一起冻结**,权重(16 位 {weights})照样占着;最多省下塔里的适配器和它们要保留的激活。",
        )
    saved, n = trained.each * count, figures.n
    sharded = int(figures.knob("zero_stage") or 0) >= _DIVIDES
    each, whole = saved / (n if sharded else 1), figures.base.best
    on = Words(f", {gib_words(saved / n)} a card where {n} cards divide it (ZeRO-2 or 3)", f",{n} 张卡切分(ZeRO-2/3)时每卡 {gib_words(saved / n)}") if n > 1 else SILENT  # fmt: skip
    one = figures.knob("method") == "full" and (n == 1 or sharded) and whole > each
    left = Words(f": freezing it leaves {gib_words(whole - each)} of {gib_words(whole)}{' per card' if n > 1 else ''}", f":冻结后{'每卡 ' if n > 1 else ' '}{gib_words(whole)} 降到 {gib_words(whole - each)}") if one else SILENT  # fmt: skip
    held = _held(figures, whole - each) if one else SILENT
    return Words(
        f"**In full fine-tuning the vision tower's {size} parameters take {shown} B each more trained than frozen, {both_words(saved)}{on.en}{left.en}{held.en}.** For each that is {trained.parts.en}; activations for its backward pass come on top. Its 16-bit weights, {weights}, and the pictures' tokens in the language model stay.",
        f"**全参微调时,视觉塔的 {size} 参数训练比冻结每参数多 {shown} B,共 {both_words(saved)}{on.zh}{left.zh}{held.zh}。**即{trained.parts.zh};它反向传播要保留的激活另算。16 位权重 {weights} 和图片 token 在语言模型里的开销不变。",
    )


_MOST_OF_IT = 0.5  # of all parameters: no tower of a model that writes text has so many


def _tower_needed(figures: Figures, each: float) -> Words:
    """How large a tower that is not known would have to be for the card to hold the training with it frozen; silent where that fits
    as it is, or several cards are told."""
    room, whole = figures.base.capacity, figures.base.best
    if room is None or whole <= room or figures.n > 1 or figures.knob("method") != "full":
        return SILENT
    count = (whole - room) / each
    named = (
        f"{size_words(count)} of {size_words(figures.params)}",
        f"{size_words(figures.params)} 中的 {size_words(count)}",
    )
    billion = both_words(each * 1e9)
    if count > _MOST_OF_IT * figures.params:
        return Words(
            f"**Freezing the vision tower does not make it fit either: every billion of parameters frozen saves {billion}, and {gib_words(room)} would take {named[0]} frozen, more than a tower has.** ",
            f"**把视觉塔冻住也放不下:每冻结 10 亿参数少 {billion},要放进 {gib_words(room)} 得冻住 {named[1]},视觉塔没有这么大。** ",
        )
    return Words(
        f"**Freezing the vision tower makes it fit only if that has {named[0]} parameters or more: every billion frozen saves {billion}.** ",
        f"**只有视觉塔不小于 {named[1]},冻住它才放得下:每冻结 10 亿参数少 {billion}。** ",
    )


def _held(figures: Figures, need: float) -> Words:
    """What the card says of the training with the tower frozen, beside the verdict that has it trained."""
    room = figures.base.capacity
    if room is None:
        return SILENT
    has = gib_words(room)
    if need > room:
        return Words(f", still more than the {has} there are", f",仍超过可用的 {has}")
    return Words(f", and there are {has}", f",可用 {has}")


def _itself(figures: Figures) -> Words:
    """How many parameters lie outside of the language model, and what they take."""
    try:
        count = tower_params(figures)
    except Missing:
        return Words(
            "**How many parameters the vision part has is not in the tables for this model**: its config.json or its file of weights has them; each takes 2 B in 16 bit.",
            "**这个模型的视觉部分有多少参数,表里没有**:看 config.json 或权重文件;16 位每个参数 2 字节。",
        )
    size, whole, weights = size_words(count), size_words(figures.params), both_words(2 * count)
    return Words(
        f"**What lies outside of the language model's blocks (vision tower, projector) is {size} of {whole} parameters: × 2 B = {weights} in 16 bit.** It is counted so where the rest is quantised, too. What it computes for a picture comes on top and goes with the pixels; the picture's tokens then stand in the KV cache.",
        f"**语言模型各层之外的部分(视觉塔、投影层)是 {whole} 参数中的 {size},16 位(2 字节)占 {weights}。** 其余部分量化时它也按 16 位计。它处理图片时的计算另算,随像素增长;之后图片的 token 占 KV 缓存。",
    )


def _included(figures: Figures) -> Words:
    """That all parameters of the checkpoint are counted, the tower's among them; Missing for a model that reads no pictures."""
    among = SILENT
    try:
        size = size_words(tower_params(figures))
        among = Words(
            f" (with the projector, all that lies outside of the language model's blocks: {size})",
            f"(语言模型各层之外,即视觉塔和投影层,占 {size})",
        )
    except Missing:
        if not figures.amount("picture_attended"):
            raise
    whole, weights = size_words(figures.params), both_words(WEIGHT * figures.params)
    return Words(
        f"**Included: the checkpoint has {whole} parameters, the vision tower among them{among.en}; × 2 B = {weights} in 16 bit, and no weights come on top.** What the tower computes for a picture does.",
        f"**已包含:整个检查点 {whole} 参数,视觉塔也在内{among.zh};× 2 字节 = 16 位 {weights},权重不用另加。** 另算的只是视觉塔处理图片时的计算。",
    )


# how near what was seen is to what is counted, which people round to whole GB; of how much of the need little is felt
_NEAR, _LITTLE = 0.3, 0.2
_PLAIN = {"bits": None, "weight_format": None, "precision": None}
_WORTH = 0.95  # of the need: what leaves more is no way to take less


def _little(figures: Figures) -> Words:
    """Why freezing the tower is hardly felt: what it has of all parameters, what of it a card no longer holds, and what takes less."""
    count = tower_params(figures)
    if figures.knob("method") in ADAPTERS:
        said, less = _words(figures), _takes_less(figures)
        return Words(f"{said.en}{less.en}", f"{said.zh}{less.zh}")
    if figures.knob("method") != "full":
        raise Missing("a full training")
    trained, n, stage = _trained(figures), figures.n, int(figures.knob("zero_stage") or 0)
    states = trained.each - trained.gradient
    each = count * (trained.gradient / (n if stage >= _DIVIDES else 1) + states / (n if stage else 1))
    if each > _LITTLE * figures.base.best or figures.knob("offload") not in (None, "none"):
        raise Missing("little")
    rest, divided = figures.params - count, _divided(figures, n, stage, each)
    whole = trained.each + WEIGHT
    of_card = Words(f", ÷ {n} = {both_words(rest * whole / n)} on each card", f",÷ {n} = 每卡 {both_words(rest * whole / n)}") if n > 1 and stage > _DIVIDES else SILENT  # fmt: skip
    seen, less = _as_seen(figures, each), _takes_less(figures)
    works = (
        Words("The freeze works, there just is no more to save", "冻结已生效,只是本来就只能省这么多")
        if seen.en
        else Words("Freezing it can save no more, even where it is in effect", "冻结即使生效,也只能省这么多")
    )
    size, all_, shown = size_words(count), size_words(figures.params), figure(round(trained.each, 2))
    return Words(
        f"**{works.en}: the vision tower has {size} of {all_} parameters, and frozen each takes {shown} B less, {size} × {shown} B = {both_words(count * trained.each)}{divided.en}{seen.en}.** That is {trained.parts.en}; its weights, {gib_words(WEIGHT * count)} in 16 bit, stay. The other {size_words(rest)} still train: × {figure(round(whole, 2))} B = {both_words(rest * whole)}{of_card.en}, and the pictures' tokens go through them as before, with their activations and logits. The trainer's count of trainable parameters shows whether it is in effect: {size} fewer.{less.en}",
        f"**{works.zh}:视觉塔只有 {all_} 参数中的 {size},冻结后每参数少 {shown} B,{size} × {shown} B = {both_words(count * trained.each)}{divided.zh}{seen.zh}。** 少的是{trained.parts.zh};16 位权重 {gib_words(WEIGHT * count)} 照样占着。其余 {size_words(rest)} 参数仍在训练:× {figure(round(whole, 2))} B = {both_words(rest * whole)}{of_card.zh};图片 token 照样经过语言模型,激活和 logits 不变。是否生效看训练器打印的可训练参数量:应少 {size}。{less.zh}",
    )


def _divided(figures: Figures, n: int, stage: int, each: float) -> Words:
    """What of it a card saves, where several divide it."""
    if "n_gpus" not in figures.given:
        return Words(", divided by the cards under ZeRO-2 or 3", ",ZeRO-2/3 时再除以卡数")
    if n < 2 or not stage:
        return SILENT
    if stage >= _DIVIDES:
        return Words(f", ÷ {n} cards = {both_words(each)} on each", f",÷ {n} 张卡 = 每卡 {both_words(each)}")
    return Words(f", {both_words(each)} on each of {n} cards, which divide the states alone", f",{n} 张卡只切分优化器状态,每卡 {both_words(each)}")  # fmt: skip


def _as_seen(figures: Figures, each: float) -> Words:
    """That it is just what was seen, told as a difference or as the amounts before and after."""
    told = [float(one) for name in ("claims_gb", "observed_gb") for one in figures.told.get(name, ())]
    found = [*told, *(abs(one - other) for one in told for other in told if one != other)]
    near = [one for one in found if one > 0 and how_far(one, each) < _NEAR]
    if not near:
        return SILENT
    seen = min(near, key=lambda one: how_far(one, each))
    return Words(f", just the {seen:g} GB that you saw", f",正是您看到的 {seen:g} GB")


def _takes_less(figures: Figures) -> Words:
    """What takes less than freezing the tower, each with the need that is left."""
    ways: list[tuple[Words, dict[str, Any]]] = []
    if figures.knob("method") == "full":
        ways += [(Words("LoRA", "LoRA"), {**_PLAIN, "method": "lora"}), (Words("8-bit AdamW", "8 位 AdamW"), {"optimizer": "adamw-8bit"}),
                 (Words("the optimizer in host memory", "优化器放到内存"), {"offload": "optimizer"})]  # fmt: skip
    if figures.knob("method") == "lora":
        ways.append((Words("QLoRA", "QLoRA"), {**_PLAIN, "method": "qlora", "bits": 4}))
    ways.append((Words("a fused loss (Liger)", "融合损失(Liger)"), {"loss": "fused"}))
    found = []
    for words, how in ways:
        with suppress(BadInput, Missing):
            found.append((words, figures.at(**how).best))
    kept = [(words, gib_words(size)) for words, size in found if size < _WORTH * figures.base.best]
    each = Words(" per card", "每卡") if figures.n > 1 else SILENT
    shown = Words(", ".join(f"{words.en} {size}" for words, size in kept), "、".join(f"{words.zh} {size}" for words, size in kept))  # fmt: skip
    ways_en = f" of {gib_words(figures.base.best)}{each.en}: {shown.en};" if kept else ":"
    ways_zh = f"({each.zh}现约 {gib_words(figures.base.best)}):{shown.zh};" if kept else ":"
    return Words(
        f" What takes less{ways_en} fewer or smaller pictures (max_pixels) lower activations and logits.",
        f"真正省的办法{ways_zh}减少图片或缩小分辨率(max_pixels)可降低激活和 logits。",
    )


def _stays(figures: Figures) -> Words:
    """Of a tower that is frozen and yet does not help: what freezing saves, and what it does not; silent where none is frozen."""
    if "tower_frozen" not in figures.about or figures.knob("task") != "train":
        return SILENT
    adapted = figures.knob("method") in ADAPTERS
    few = Words(", which adapters hardly have", ",而用适配器时这些本来就很少") if adapted else SILENT
    return Words(
        f" Freezing the tower saves its gradients and optimizer states{few.en}; its weights stay loaded, as all of the base does.",
        f"冻结视觉塔省的是它的梯度和优化器状态{few.zh};权重和整个基座一样仍要加载。",
    )


TOWER_WORDS: dict[str, Callable[[Figures], Words]] = {
    "tower_stays": _stays,
    "tower_words": _words,
    "tower_itself": _itself,
    "tower_included": _included,
    "tower_little": _little,
}
