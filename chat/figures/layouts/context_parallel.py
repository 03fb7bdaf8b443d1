"""What dividing a sequence over cards leaves whole on each of them, and what divides that on the same cards."""

from collections.abc import Callable

from chat.figures.layouts.distributed import bytes_of_stage, copies_of, in_gb, ranks_of, trained_whole
from chat.figures.layouts.parallel_words import shares_heads
from chat.figures.named import Figures, Missing, gib_words
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.recipe import ADAPTERS

_SHARDED, _PAIR = 3, 2
_WHOLE = {
    0: Words("weights, gradients and optimizer states", "权重、梯度和优化器状态"),
    1: Words("weights and gradients", "权重和梯度"),
    2: Words("the weights", "权重"),
}


def _stage(figures: Figures) -> int:
    """The stage that is told, or full sharding, by which the table of degrees counts."""
    return int(figures.given.get("zero_stage", _SHARDED) or 0)


def _divided_sequence(figures: Figures) -> tuple[int, int]:
    """The degree and the stage of a full training on a divided sequence."""
    trained_whole(figures)
    degree = int(figures.knob("cp") or 1)
    if degree < _PAIR or figures.knob("offload") not in (None, "none"):
        raise Missing("sequence parallel")
    return degree, _stage(figures)


_LOWERS = Words(
    "the sequence (context or sequence parallel) lowers activations and logits alone",
    "切分序列(上下文并行、序列并行)只降激活和 logits",
)


def _leaves(figures: Figures) -> Words:
    """The same before what a card has of the sequence."""
    kept = _kept(figures)
    if kept == SILENT:
        return SILENT
    return Words(f"**Dividing {_LOWERS.en}{kept.en}.**\n\n", f"**{_LOWERS.zh}{kept.zh}。**\n\n")


def _kept(figures: Figures) -> Words:
    """What each card keeps all the same, behind what the degree lowers."""
    if figures.knob("method") in ADAPTERS and "divides_memory" in figures.about:
        return _frozen(figures)
    try:
        degree, stage = _divided_sequence(figures)
    except Missing:
        return SILENT
    ranks, copies = ranks_of(figures), copies_of(figures)
    (whole, divided), here = bytes_of_stage(figures, stage), figures.params / ranks
    size, asked = size_words(here), "divides_memory" in figures.about
    held = in_gb(here * (whole + divided / copies))
    so, so_zh = (f", so memory is not divided by {degree}", f",所以显存不会除以 {degree}") if asked else ("", "")
    if stage == _SHARDED:
        return Words(
            f": of weights, gradients and optimizer states it takes nothing{so}; ZeRO-3 divides those, {divided:g} B × {size} ÷ {copies} = {held} on each card",
            f";权重、梯度和优化器状态它不切{so_zh};这些由 ZeRO-3 切分:{divided:g} 字节 × {size} ÷ {copies} = 每卡 {held}",
        )
    kept = _WHOLE[stage]
    states, states_zh = (f"; with the optimizer's share that is {size} × ({whole:g} + {divided:g}/{copies}) B = {held} of states", f";加上优化器的份额,状态是 {size} ×({whole:g} + {divided:g}/{copies})字节 = {held}") if divided else ("", "")  # fmt: skip
    return Words(
        f": {kept.en} stay whole on each card, {size} × {whole:g} B = {in_gb(here * whole)}{so}{states}",
        f":{kept.zh}每张卡都是完整的,{size} × {whole:g} 字节 = {in_gb(here * whole)}{so_zh}{states_zh}",
    )


def _frozen(figures: Figures) -> Words:
    """Of adapters the base, which each card keeps whole below full sharding."""
    degree, base = int(figures.knob("cp") or 1), figures.base
    weights = gib_words(base.terms.get("weights", 0.0))
    if degree < _PAIR:
        return SILENT
    return Words(
        f", so memory is not divided by {degree}: of the frozen base each card holds {weights}, which ZeRO-3 or FSDP divides and the degree does not",
        f",所以显存不会除以 {degree}:冻结的基座每卡 {weights},那要靠 ZeRO-3 或 FSDP 切,与并行度无关",
    )


def _instead(figures: Figures) -> Words:
    """The same cards with half of that degree and twice the tensor ranks or stages."""
    try:
        degree, stage = _divided_sequence(figures)
        ranks = int(figures.knob("tp") or 1)
        if stage == _SHARDED or degree % _PAIR or not shares_heads(figures, _PAIR * ranks):
            return SILENT
        plain = figures.at(tp=_PAIR * ranks, cp=degree // _PAIR, dp=None)
        fused = figures.at(tp=_PAIR * ranks, cp=degree // _PAIR, dp=None, loss="fused")
    except (Missing, BadInput):
        return SILENT
    (whole, divided), parts = bytes_of_stage(figures, stage), _PAIR * ranks_of(figures)
    copies = max(1, figures.n // parts)
    here = figures.params / parts
    held = f"{size_words(here)} × ({whole:g} + {divided:g}/{copies}) B = {in_gb(here * (whole + divided / copies))}"
    layout = f"TP {_PAIR * ranks}" + (f" × CP {degree // _PAIR}" if degree > _PAIR else "")
    need, less = gib_words(plain.best), gib_words(fused.best)
    spared = Words(f", {less} with a fused loss", f",配融合损失 {less}") if less != need else SILENT
    pipe = f"PP {_PAIR * int(figures.knob('pp') or 1)}"
    return Words(
        f" On the same cards {layout} (or {pipe} in place of more TP) divides these too: {held} of states, {need} in all{spared.en}.",
        f"同样的卡改用 {layout}(或不加 TP 而用 {pipe})就把这些也切开:状态 {held.replace(' B =', ' 字节 =')},合计 {need}{spared.zh}。",
    )


def _answers(figures: Figures) -> Words:
    """Asked whether all memory is divided: no, and what would divide the rest."""
    kept, instead = _kept(figures), _instead(figures)
    if kept == SILENT:
        raise Missing("sequence parallel")
    return Words(
        f"**No: dividing {_LOWERS.en}{kept.en}.**{instead.en}", f"**不会:{_LOWERS.zh}{kept.zh}。**{instead.zh}"
    )


CONTEXT_PARALLEL: dict[str, Callable[[Figures], Words]] = {
    "cp_leaves": _leaves,
    "cp_instead": _instead,
    "cp_answers": _answers,
}
