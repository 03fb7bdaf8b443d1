"""What an estimator of model states leaves out, and what lowers it."""

from chat.figures.named import Figures, gib_words
from formulas.quantity import SILENT, Words

_LESS = 0.95  # of the whole: what a way must come to, to be worth telling


def lowered(figures: Figures) -> Words:
    """What lowers that rest, which no stage divides and no offload of states moves."""
    base, batch = figures.base, int(figures.knob("batch_size") or 1)
    one = figures.at(batch_size=1).best if batch > 1 else base.best
    fused = figures.at(loss="fused").best if base.terms.get("logits", 0.0) else base.best
    ways = [
        (Words(f"a micro-batch of 1 ({gib_words(one)})", f"micro-batch 设为 1({gib_words(one)})"), one),
        (Words(f"a fused loss ({gib_words(fused)})", f"融合损失({gib_words(fused)})"), fused),
    ]
    less = [words for words, size in ways if size < _LESS * base.best]
    if not less:
        return SILENT
    off = figures.at(gradient_checkpointing="off").best
    on = figures.knob("gradient_checkpointing") == "on" and off > base.best / _LESS
    more = f"; without gradient checkpointing, which is counted here, {gib_words(off)}" if on else ""
    more_zh = f";这里已计入梯度检查点,不开要 {gib_words(off)}" if on else ""
    listed, listed_zh = ", ".join(one.en for one in less), "、".join(one.zh for one in less)
    return Words(
        f" Activations and logits are each card's own, ZeRO divides neither and offloading states moves neither; they take less with {listed} or shorter samples{more}.",
        f"激活和 logits 是每张卡自己的,ZeRO 不切分,状态 offload 也带不走;要降靠{listed_zh}或缩短样本{more_zh}。",
    )
