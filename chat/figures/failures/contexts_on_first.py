"""What the first card holds more than the others where every rank has opened it: a CUDA context of each further one."""

from collections.abc import Callable

from chat.figures.layouts.buffer_words import rises
from chat.figures.named import GB, GIB, Figures
from formulas.quantity import Words
from kb.overheads import CONTEXT_GIB

# of a further rank: a context without the kernels that its work loads is somewhat less than the usual
_LEAST, _MOST = 0.5 * CONTEXT_GIB[0], CONTEXT_GIB[1]


def each_context(figures: Figures) -> float:
    """What each further rank has on the first card [bytes], where that is about a context; else 0."""
    others = figures.n - 1
    if others < 1:
        return 0.0
    each = (one * GB / others for one in rises(figures))
    return next((one for one in each if _LEAST * GIB <= one <= _MOST * GIB), 0.0)


def _contexts(figures: Figures) -> Words:
    """The sum, and that nothing of the model is in it."""
    low, high = (f"{one:g}" for one in CONTEXT_GIB)
    size, others = each_context(figures), figures.n - 1
    if not size:
        return Words(
            f" A context is {low} to {high} GiB, often a little less; nothing of the model is in it, which data parallel keeps alike on every card.",
            f"一份上下文是 {low}–{high} GiB,常常略少;其中没有模型的东西:数据并行在每张卡上放的都一样。",
        )
    whole, one = f"{size * others / GB:.3g} GB", f"{size / 1e6:,.0f} MB"
    return Words(
        f" {whole} ÷ {others} further ranks = {one} each, which is a context. It is neither weights nor optimizer states nor activations: data parallel keeps those alike on every card.",
        f"{whole} ÷ 另外 {others} 个 rank = 每个 {one},正是一份上下文。这不是权重、优化器状态或激活:数据并行在每张卡上放的都一样。",
    )


CONTEXTS_ON_FIRST: dict[str, Callable[[Figures], Words]] = {"contexts_told": _contexts}
