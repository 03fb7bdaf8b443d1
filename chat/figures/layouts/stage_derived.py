"""What each stage of ZeRO keeps of a parameter on each card, derived: a table of the parts, and the case at hand."""

from collections.abc import Callable

from chat.figures.cache.kv_grid import table
from chat.figures.layouts.zero_bytes import OF_STAGE, on_each_card
from chat.figures.named import Figures, both_words
from formulas.notation import size_words
from formulas.quantity import Words
from kb.bytes_each import ADAM, GRADIENT, WEIGHT

_PARTS = (WEIGHT, GRADIENT, ADAM)
_NAMES = {
    0: Words("data parallel", "数据并行"), 1: Words("ZeRO-1", "ZeRO-1"), 2: Words("ZeRO-2", "ZeRO-2"),
    3: Words("ZeRO-3/FSDP", "ZeRO-3/FSDP"),
}  # fmt: skip
STAGED_OVER = 8  # cards to show it on, where no number is told


def _each(stage: int) -> str:
    """`2 + 14/N`"""
    whole, divided = OF_STAGE[stage]
    return " + ".join([*([f"{whole:g}"] if whole else []), *([f"{divided:g}/N"] if divided else [])])


def _row(stage: int, shown: str) -> list[str]:
    """Weights, gradients, optimizer, their sum and what it comes to; a stage divides from the right."""
    parts = [f"{size}/N" if len(_PARTS) - place <= stage else f"{size}" for place, size in enumerate(_PARTS)]
    return [*parts, _each(stage), shown]


def _stage_derived(figures: Figures) -> Words:
    """The formula of the stage that is asked about, or of all; how it comes about, and what is beside it on a card."""
    asked = figures.given.get("zero_stage")
    cards = figures.n if figures.n > 1 else STAGED_OVER
    params = figures.amount("params_said") or figures.params  # the formula is of the number that is told
    size = size_words(params)
    shown = {stage: both_words(params * on_each_card(stage, cards)) for stage in OF_STAGE}
    stages = [int(asked)] if asked else [1, 2, 3]
    opens = [
        Words(
            f"{_NAMES[one].en} {_each(one)} B, so {size} on {cards} cards are {shown[one]}",
            f"{_NAMES[one].zh} {_each(one)} 字节,{size} 在 {cards} 张卡上每张 {shown[one]}",
        )
        for one in stages
    ]
    rows = {stage: _row(stage, shown[stage]) for stage in OF_STAGE}
    en = [["", "weights", "gradients", "optimizer", "each of N cards", f"{size}, N = {cards}"]]
    zh = [["", "权重", "梯度", "优化器", "N 张卡每张", f"{size},N = {cards}"]]
    en += [[_NAMES[stage].en, *row] for stage, row in rows.items()]
    zh += [[_NAMES[stage].zh, *row] for stage, row in rows.items()]
    return Words(
        f"**Bytes of each parameter on each of N cards: {'; '.join(one.en for one in opens)}.**\n\n"
        "Adam in mixed precision has 16 B: 16-bit weights 2, 16-bit gradients 2, and 12 of the optimizer, an fp32 copy 4 and two moments 4 + 4. "
        "ZeRO-1 divides the 12 by N, ZeRO-2 the gradients as well, ZeRO-3 the weights as well:\n\n"
        f"{table(en)}\n\n"
        "Beside them each card holds activations and logits of its own micro-batch, which no stage divides, and buffers: ZeRO-3 gathers the weights of a layer before it computes.",
        f"**N 张卡每张上每个参数的字节数:{';'.join(one.zh for one in opens)}。**\n\n"
        "混合精度 Adam 每参数共 16 字节:16 位权重 2、16 位梯度 2、优化器 12(fp32 主权重 4,两个动量 4 + 4)。"
        "ZeRO-1 把这 12 除以 N,ZeRO-2 再切分梯度,ZeRO-3 再切分权重:\n\n"
        f"{table(zh)}\n\n"
        "此外每张卡还有自己那个 micro-batch 的激活和 logits(任何阶段都不切分),以及缓冲:ZeRO-3 在计算前要收集一层的权重。",
    )


STAGE_DERIVED: dict[str, Callable[[Figures], Words]] = {"stage_derived": _stage_derived}
