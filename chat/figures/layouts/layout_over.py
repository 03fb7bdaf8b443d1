"""How a training is laid out over machines: tensor ranks within one, stages over them, copies for the rest."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, Missing, gib_words
from formulas.errors import BadInput
from formulas.quantity import Words
from kb.hosting import MACHINE
from kb.worked import ALL_STATES


def _layout_over(figures: Figures) -> Words:
    """The layout with its need, against tensor ranks and copies alone, and what stands on a card of it."""
    stages, cards = int(logged(figures, "stages_over")), figures.n
    copies = cards // (MACHINE * stages)
    try:
        there = figures.at(tp=MACHINE, pp=stages if stages > 1 else None, zero_stage=1)
        sharded = figures.at(zero_stage=3)
    except BadInput as why:
        raise Missing("layout") from why
    need, held, room = gib_words(there.best), gib_words(there.held(*ALL_STATES)), there.capacity
    of, of_zh = (f" of {gib_words(room)}", f"(可用 {gib_words(room)})") if room else ("", "")
    piped, piped_zh = (f" × PP {stages} over machines", f" × PP {stages}(跨机)") if stages > 1 else ("", "")
    return Words(
        f"**TP {MACHINE} within each machine{piped} × DP {copies} for the rest, the optimizer divided over the copies (ZeRO-1, distributed optimizer): {need}{of} per card, {held} of it weights, gradients and states.** Tensor parallel sums over its cards in every layer, so it stays where NVLink is; stages send only what passes between them, so they go over the network; copies send gradients once a step. Without TP and PP, ZeRO-3 or FSDP over all {cards} takes {gib_words(sharded.best)}, and gathers the weights over the network in every pass.",
        f"**每台机器内 TP {MACHINE}{piped_zh} × 其余 DP {copies},优化器在各副本间切分(ZeRO-1,distributed optimizer):每卡 {need}{of_zh},其中权重、梯度与状态 {held}。** 张量并行每层都要跨卡求和,所以留在有 NVLink 的机内;流水线只传级间的激活,适合跨机;数据并行每步只同步一次梯度。不用 TP/PP,{cards} 张卡直接 ZeRO-3/FSDP 是 {gib_words(sharded.best)},但每次前后向都要跨网络聚合权重。",
    )


LAYOUT_OVER: dict[str, Callable[[Figures], Words]] = {"layout_over": _layout_over}
