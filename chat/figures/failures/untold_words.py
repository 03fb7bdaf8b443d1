"""A run that failed though what was told of it fits: the setting that was not told, with the need with and without it."""

from collections.abc import Callable

from chat.figures.failures.cause_words import CAUSE_WORDS
from chat.figures.failures.turns import Cause
from chat.figures.named import Figures, both_words, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.solver import highest

_UNCHECKED = {"gradient_checkpointing": "off"}
_WORTH = 1.05  # of the need: what eager attention adds to it at least, to be told


def _untold(figures: Figures) -> Words:
    """Of checkpointing, which few tell and which decides more than all else, both needs; else what overflows the card."""
    first, further, of_case = figures.causes[0], CAUSE_WORDS["further"](figures), CAUSE_WORDS["of_case"](figures)
    peak, room = figures["peak"], figures["capacity"]
    if figures.knob("task") == "train" and dict(first.facts) == _UNCHECKED:
        return _checkpointing(figures, first)
    return Words(
        f"**What was told takes {peak} of {room}{of_case.en} and would fit, so something that was not told is otherwise; alone this overflows the card: {first.says.en}.**{further.en} Check these first, then what else is on the card (nvidia-smi).",
        f"**所说的设置只要 {peak},卡上 {room}{of_case.zh},本应放得下,所以是没说到的某项与假设不同;单独就足以溢出的是:{first.says.zh}。**{further.zh}先查这些,再看卡上还有没有别的进程(nvidia-smi)。",
    )


def _checkpointing(figures: Figures, first: Cause) -> Words:
    """With it and without: what the layers then keep for the backward pass, and the batch that goes in all the same."""
    further, of_case = CAUSE_WORDS["further"](figures), CAUSE_WORDS["of_case"](figures)
    peak, room, whole = figures["peak"], figures["capacity"], gib_words(first.there.best)
    kept, scores, batch = _kept(figures, first), _with_scores(figures, first), _batch_without(figures)
    return Words(
        f"**With gradient checkpointing it takes {peak} of {room}{of_case.en} and fits; without it, and it was not told, {whole}, which alone overflows the card{kept.en}.**{scores.en}{further.en} Turn it on (slower steps, the same result){batch.en}; if it is on, see what else is on the card (nvidia-smi).",
        f"**开激活重计算只要 {peak},卡上 {room}{of_case.zh},放得下;没开(问题里没说)就要 {whole},单独就会溢出{kept.zh}。**{scores.zh}{further.zh}打开它(变慢,结果不变){batch.zh};若已打开,再看卡上还有没有别的进程(nvidia-smi)。",
    )


def _kept(figures: Figures, first: Cause) -> Words:
    """The activations without recomputation, as bytes of each number of the hidden states in each layer."""
    size = first.there.terms.get("activations", 0.0)
    layers, hidden = figures.fact("n_layers"), figures.fact("hidden_size")
    each = figure(size / (layers * figures.tokens * hidden), 2)
    product = f"{figures['layers']} × {figures['tokens']} × {figures['hidden']}"
    return Words(
        f": the layers keep {both_words(size)} of activations for the backward pass (layers × tokens × width, {product}, × about {each} B)",
        f":各层要为反向保存激活 {both_words(size)}(层数 × token 数 × 宽度 = {product},每个约 {each} 字节)",
    )


def _with_scores(figures: Figures, first: Cause) -> Words:
    """What eager attention adds to that, where the kernel was not told."""
    if "attention" in figures.given:
        return SILENT
    eager = figures.at(**_UNCHECKED, attention="eager").best
    if eager < _WORTH * first.there.best:
        return SILENT
    size = gib_words(eager)
    return Words(
        f" That is with FlashAttention or SDPA; eager attention keeps its scores as well, {size} in all.",
        f"这是用 FlashAttention 或 SDPA 时;eager 注意力还要保存分数矩阵,共 {size}。",
    )


def _batch_without(figures: Figures) -> Words:
    """The largest micro-batch that fits without recomputation."""
    batch, room = int(figures.knob("batch_size") or 1), float(figures.base.capacity or 0)
    most = highest(lambda count: figures.at(**_UNCHECKED, batch_size=count).best <= room, 1, batch)
    if not most or most >= batch:
        return SILENT
    return Words(
        f", or take a micro-batch of {most} at the most and accumulate",
        f",或把 micro-batch 降到最多 {most} 并用梯度累积",
    )


UNTOLD_WORDS: dict[str, Callable[[Figures], Words]] = {"untold": _untold}
