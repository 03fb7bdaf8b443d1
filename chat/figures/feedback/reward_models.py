"""A reward model's training against supervised training of the same model: what it lacks, and what it has twice."""

from collections.abc import Callable

from chat.figures.named import Figures, both_words, gib_words, most_of
from chat.figures.training.long_words import other_vocabulary
from formulas.quantity import SILENT, Words


def _against_sft(figures: Figures) -> Words:
    """The logits that supervised training has, and the activations of a pair; the states are the same."""
    supervised = Figures({**figures.given, "algo": None, "loss": None}, figures.told)
    copy, most, vocabulary = supervised["logits_copy"], supervised["logits_peak"], supervised["vocab"]
    single, pair, other = supervised["tokens"], figures["tokens"], other_vocabulary(supervised)
    kept = [
        gib_words(most_of(one.at(gradient_checkpointing=how), "activations"))
        for how in ("on", "off")
        for one in (supervised, figures)
    ]
    return Words(
        f"**A reward model has no logits over the vocabulary: its head gives one number in place of {vocabulary} for each token, so what SFT needs for them is saved, {single} × {vocabulary} × 4 B = {copy} a copy, {most} at the worst.**{other.en} Against that a pair, chosen and rejected, is two sequences: twice the tokens ({single} → {pair}) and activations ({kept[0]} → {kept[1]} with checkpointing, {kept[2]} → {kept[3]} without). Weights, gradients and optimizer states are the same but for the head. So it takes less where logits are the peak (large vocabulary, checkpointing on, few states on the card: LoRA, ZeRO), and more where activations are.",
        f"**奖励模型没有词表那么宽的 logits:它的 head 对每个 token 只出 1 个数,而不是 {vocabulary} 个,省掉的是 SFT 的 {single} × {vocabulary} × 4 B,一份 {copy},峰值 {most}。**{other.zh}另一面,chosen 与 rejected 是两条序列:token 翻倍({single} → {pair}),激活也翻倍(开重计算 {kept[0]} → {kept[1]},不开 {kept[2]} → {kept[3]})。除了 head,权重、梯度和优化器状态相同。所以峰值在 logits 时(词表大、开重计算、卡上状态少:LoRA、ZeRO)RM 更低,峰值在激活时 RM 更高。",
    )


def _frozen(figures: Figures) -> Words:
    """What reward models of the sizes that are told take where they only score, and what lies between them."""
    sizes = [str(one) for one in figures.told.get("sizes", ())] or [f"{figures.params / 1e9:g}B"]
    each = [Figures({"params": one, "method": "inference"}).need("w16") for one in map(_params, sizes)]
    told = ", ".join(f"{size} {both_words(room)}" for size, room in zip(sizes, each, strict=True))
    told_zh = "、".join(f"{size} {both_words(room)}" for size, room in zip(sizes, each, strict=True))
    more = both_words(max(each) - min(each))
    between = Words(f", {more} between them", f",相差 {more}") if len(each) > 1 else SILENT
    return Words(
        f"**A reward model that only scores is frozen, 2 B per parameter: {told}{between.en}.** It has no gradients, no optimizer states and no KV cache, only a forward pass; it can be in 8 or 4 bits, on another card or in host memory between the scoring. What follows is what training it would take.",
        f"**RLHF 里只打分的奖励模型是冻结的,每参数 2 字节:{told_zh}{between.zh}。** 它没有梯度、优化器状态和 KV 缓存,只做一次前向;可以用 8 位或 4 位,放到另一张卡上,或不打分时放到内存。下面是训练它要多少。",
    )


def _params(size: str) -> int:
    return round(float(size.rstrip("Bb")) * 1e9)


REWARD_MODELS: dict[str, Callable[[Figures], Words]] = {"reward_against_sft": _against_sft, "reward_frozen": _frozen}
