"""A run that failed with more tokens a step and went well with fewer, where by the usual states neither would fit."""

from contextlib import suppress

from chat.figures.layouts.distributed import in_gb
from chat.figures.named import Figures, both_words, gib_words, value_of
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.outcome import Outcome

_WORTH = 0.01  # of the need, that a way saves
_BY_TOKENS = ("activations", "logits")


def _of_tokens(where: Outcome) -> float:
    """What goes with the tokens of a step, at the moment when it is most."""
    each = [where.fullest.at_any_phase(name) for name in _BY_TOKENS]
    return max(map(sum, zip(*each, strict=True)), default=0.0)


def by_tokens(figures: Figures, was: Outcome, step: Words) -> Words | None:
    """What more tokens add, and that the states must be lighter than counted; None where what ran fits, or it is no full training."""
    now, room = figures.base, figures.base.capacity
    if room is None or was.best <= room or figures.knob("method") != "full" or figures.knob("task") != "train":
        return None
    less, more = _of_tokens(was), _of_tokens(now)
    if more <= less:
        return None
    vocab, tokens = figures["vocab"], figures["tokens"]
    copy = f"{tokens} × {vocab} × 4 B = {gib_words(figures.tokens * figures.fact('vocab_size') * 4)}"
    return Words(
        f"**What the change adds are logits and activations alone: {step.en} they go from {gib_words(less)} to {gib_words(more)}, {gib_words(more - less)} more (one fp32 copy of the logits is {copy}, several at once); weights and states do not grow. Where the rest is near {gib_words(room)}, that decides.** With the usual 16 B of states per parameter neither would fit ({gib_words(was.best)} at the optimizer's step), so the run that went well must keep lighter ones: 8-bit or bf16 states, or the optimizer in host memory.",
        f"**差的只是 logits 和激活:{step.zh},它们从 {gib_words(less)} 升到 {gib_words(more)},多 {gib_words(more - less)}(一份 fp32 的 logits 是 {copy},同时好几份);权重和状态不变。其余部分已接近 {gib_words(room)} 时,这一点就决定成败。** 按通常的每参数 16 字节状态,两种都放不下(优化器更新时 {gib_words(was.best)}),所以能跑的那次一定用了更省的状态:8 位或 bf16 的优化器状态,或优化器放在内存。",
    )


def by_rank(figures: Figures, before: Outcome) -> Words:
    """What adapters of either rank take, where they are in fp32."""
    if figures.knob("adapter_dtype") != "fp32":
        return SILENT
    few, many = (value_of(one, "adapter_params") for one in (before, figures.base))
    counts = f"{size_words(few)} → {size_words(many)}"
    sizes = f"{both_words(TRAINED * few)} → {both_words(TRAINED * many)}"
    saved, lighter = in_gb(2 * many), _lighter(figures)
    return Words(
        f" Adapters grow in proportion to the rank, {counts} parameters, each with {TRAINED} B in fp32 (weight 4, gradient 4, Adam's moments 8): {sizes}. Only at small ranks is that little beside the base; a file of them holds the weights alone, {saved} in 16 bit.{lighter.en}",
        f"适配器参数与秩成正比,{counts},每个按 fp32 占 {TRAINED} 字节(权重 4、梯度 4、Adam 动量 8):{sizes}。只有秩小时才可以忽略;保存的文件只有权重,16 位时 {saved}。{lighter.zh}",
    )


_ATTENTION = "q k v o"


def _lighter(figures: Figures) -> Words:
    """What the same rank takes with Adam's moments in 8 bits, and on the matrices of attention alone."""
    found = []
    with suppress(BadInput):
        eight = gib_words(figures.at(optimizer="paged-adamw-8bit").best)
        found.append(Words(f"with paged 8-bit AdamW {eight}", f"用分页的 8 位 AdamW 是 {eight}"))
    with suppress(BadInput):
        alone = figures.at(lora_targets=_ATTENTION).best
        if alone < (1 - _WORTH) * figures.base.best:
            few = gib_words(alone)
            found.append(Words(f"on attention alone {few}", f"只加在注意力层是 {few}"))
    if not found:
        return SILENT
    return Words(
        f" At this rank: {', '.join(one.en for one in found)}.", f"同样的秩,{'、'.join(one.zh for one in found)}。"
    )
