"""An asker's sum of the bytes that a training keeps of each parameter: what it is, and what each of several cards has of it."""

from collections.abc import Callable
from typing import Any

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED, WEIGHT

_KEPT = {
    16: Words("weights 2 + gradients 2 + fp32 copy 4 + Adam's two moments 8", "权重 2 + 梯度 2 + fp32 主权重 4 + Adam 两个动量 8"),
    18: Words("weights 2 + gradients in fp32 4 + fp32 copy 4 + Adam's two moments 8", "权重 2 + fp32 梯度 4 + fp32 主权重 4 + Adam 两个动量 8"),
    20: Words("weights 2 + gradients 2 and their fp32 copy 4 + fp32 copy of the weights 4 + Adam's two moments 8", "权重 2 + 梯度 2 及其 fp32 副本 4 + fp32 主权重 4 + Adam 两个动量 8"),
}  # fmt: skip

# counts in which cards are bought: machines of eight, and parts of one
_USUAL = (2, 4, 8, 16, 24, 32, 64)


def _sum_of_states(figures: Figures) -> Words:
    """Of `13B × 16 = 208 GB`: the states alone, whole on each card unless they are sharded."""
    if told := figures.logged_all("states_each"):
        each = told[0]
    elif (each := logged(figures, "sum_each")) not in (*_KEPT, WEIGHT) or logged(figures, "sum_over") != 1:
        raise Missing("states")
    params = figures.need("params_said")
    shown = f"{size_words(params)} × {each:g} B = {both_words(each * params)}"
    shown_zh = f"{size_words(params)} × {each:g} 字节 = {both_words(each * params)}"
    if each == WEIGHT:
        full = both_words(TRAINED * params)
        return Words(
            f"**{shown} is the 16-bit weights alone, and no training is in it.** Full fine-tuning with Adam adds 14 B of each (gradients 2, fp32 copy 4, moments 8): {full} before activations. LoRA leaves it at these weights, with adapters, activations and logits on top; QLoRA keeps them in about half a byte.",
            f"**{shown_zh} 只是 16 位权重,一点训练都没算。** 用 Adam 全参微调每参数再加 14 字节(梯度 2、fp32 主权重 4、动量 8):激活之前就是 {full}。LoRA 是这些权重再加适配器、激活和 logits;QLoRA 把权重存成约半个字节。",
        )
    spread, here = _spread(figures, each * params), _here(figures)
    return Words(
        f"**{shown} is what full fine-tuning keeps of all parameters: {_KEPT[int(each)].en}, without activations, logits and the runtime.{spread.en}**{here.en}",
        f"**{shown_zh} 是全参微调对所有参数要存的:{_KEPT[int(each)].zh},不含激活、logits 和运行时。{spread.zh}**{here.zh}",
    )


def _spread(figures: Figures, size: float) -> Words:
    """What each card has of it, and whether anything is left beside."""
    n, room = figures.n, figures.base.capacity
    if n < 2 or not room:
        return SILENT
    share = size / n
    if share > room:
        left = Words(f"more than the {gib_words(room)} that each has", f"超过每张卡的 {gib_words(room)}")
    else:
        left = Words(f"which leaves {gib_words(room - share)} of {gib_words(room)} for all the rest", f"每张 {gib_words(room)} 里只剩 {gib_words(room - share)} 给其余一切")  # fmt: skip
    more = _more(figures, room)
    return Words(
        f" DDP puts all of it on each card; divided by ZeRO-3 or FSDP it is {gib_words(share)} on each of {n}, {left.en}.{more.en}",
        f"DDP 每张卡都要放全部;用 ZeRO-3 或 FSDP 切分,{n} 张卡每张 {gib_words(share)},{left.zh}。{more.zh}",
    )


def _more(figures: Figures, room: float) -> Words:
    """The next usual count of cards that holds the whole, where these do not."""
    if figures.at(zero_stage=3).best <= room:
        return SILENT
    for count in (one for one in _USUAL if one > figures.n):
        there = figures.at(zero_stage=3, n_gpus=count).best
        if there <= room:
            return Words(
                f" That is too little: {count} cards hold the whole, {gib_words(there)} each.",
                f"这样不够:{count} 张卡才放得下全部,每张 {gib_words(there)}。",
            )
    return SILENT


# what goes on the cards that are there, the cheapest first
_WAYS: tuple[tuple[Words, dict[str, Any]], ...] = (
    (Words("the optimizer in host memory", "优化器放内存"), {"zero_stage": 3, "offload": "optimizer"}),
    (Words("pure bf16 with 8-bit Adam", "纯 bf16 加 8 位 Adam"), {"zero_stage": 3, "precision": "pure-bf16", "optimizer": "adamw-8bit"}),
    (Words("LoRA, a copy on each", "LoRA(每卡一份)"), {"zero_stage": 0, "method": "lora"}),
)  # fmt: skip


def _here(figures: Figures) -> Words:
    """What goes on these cards in place of it; silent where it does itself, or nothing is told of the cards."""
    room = figures.base.capacity
    if figures.n < 2 or not room or figures.at(zero_stage=3).best <= room:
        return SILENT
    told: list[tuple[Words, str]] = []
    for way, facts in _WAYS:
        try:
            need = figures.at(**facts).best
        except BadInput:
            continue
        if need <= room:
            told.append((way, gib_words(need)))
    if not told:
        return SILENT
    en, zh = "; ".join(f"{one.en} {need}" for one, need in told), ";".join(f"{one.zh} {need}" for one, need in told)
    return Words(f" What these {figures.n} hold, per card: {en}.", f"这 {figures.n} 张卡放得下的(每卡):{zh}。")


STATES_SUMS: dict[str, Callable[[Figures], Words]] = {"sum_of_states": _sum_of_states}
