"""The last stage of a pipeline that is said to take more than the first: the head, its states and the logits are there alone."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import Words
from kb.worked import STATES


def _last_is_fuller(figures: Figures) -> Words:
    """What only the last stage has, and whether it takes more by the figures too; Missing where it makes no logits."""
    cards = figures.base.cards
    if int(figures.knob("pp") or 1) < 2 or len(cards) < 2 or figures.knob("task") != "train":
        raise Missing("stages")
    first, last = min(cards, key=lambda one: min(one.place.stages)), max(cards, key=lambda one: max(one.place.stages))
    logits = max(last.at_any_phase("logits") or [0.0])
    if not logits:
        raise Missing("last stage")
    parts, fused = int(figures.knob("tp") or 1), figures.at(loss="fused")
    there = max(fused.cards, key=lambda one: max(one.place.stages))
    copy = figures.need("logits_copy") / parts
    shared = f" ÷ TP {parts}" if parts > 1 else ""
    product = f"{figures.tokens:,.0f} × {int(figures.fact('vocab_size')):,}{shared} × 4 B = {gib_words(copy)}"
    held = [gib_words(sum(one.terms.get(name, 0.0) for name in STATES)) for one in (first, last)]
    needs = [gib_words(one.best) for one in (last, first)]
    so = (
        Words(f"so it takes {needs[0]}, the first {needs[1]}", f"所以末级 {needs[0]},首级 {needs[1]}")
        if last.best > first.best
        else Words(
            f"yet as counted here it takes {needs[0]} and the first {needs[1]}, so where the last one takes more, the micro-batch or its own layers are more than is counted",
            f"但按这里的设定末级 {needs[0]}、首级 {needs[1]};实际末级更多,说明微批或末级的层数比这里算的大",
        )
    )
    return Words(
        f"**The last stage alone has the head and the logits: {product} for one fp32 copy, several at once, {gib_words(logits)}; {so.en}.** Their states are {held[1]} and {held[0]}; the first has the embedding and more micro-batches on their way, of which recomputation leaves only the layers' inputs. Less of it: a fused loss ({gib_words(there.best)} on the last stage; Megatron --cross-entropy-loss-fusion saves a part of it), fewer layers on the last stage (Megatron --decoder-last-pipeline-num-layers, or --account-for-loss-in-pipeline-split), more tensor parallel ranks, which divide the vocabulary, or a smaller micro-batch.",
        f"**只有末级有输出头和 logits:一份 fp32 是 {product.replace(' B =', ' 字节 =')},同时存在好几份,{gib_words(logits)};{so.zh}。** 两级的状态分别是 {held[1]} 和 {held[0]};首级有词嵌入和更多在途微批次,但重计算后只剩各层输入。想减少:融合损失(末级 {gib_words(there.best)};Megatron 的 --cross-entropy-loss-fusion 能省一部分)、末级少放几层(Megatron --decoder-last-pipeline-num-layers 或 --account-for-loss-in-pipeline-split)、加大张量并行(词表随之切分)、减小微批。",
    )


LAST_STAGE: dict[str, Callable[[Figures], Words]] = {"last_is_fuller": _last_is_fuller}
