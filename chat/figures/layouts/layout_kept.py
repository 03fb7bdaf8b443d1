"""What a card keeps of full training under tensor ranks and stages, where that alone is about the card or more: which of them divides
it and which does not, and the layouts of the same cards that hold it."""

from collections.abc import Callable

from chat.figures.layouts.distributed import (
    copies_of,
    in_gb,
    kept_whole,
    params_here,
    ranks_of,
    sharers,
    trained_whole,
    ways_of,
)
from chat.figures.named import Figures, Missing, both_words, gib_words, how_far
from chat.phrases import VERDICTS
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import ADAM, GRADIENT, WEIGHT
from kb.hosting import MACHINE
from kb.outcome import Outcome

_MOST = 0.8  # of a card, that leaves a step too little
_NEAR = 0.1
_SHOWN = 3  # layouts


def _layout_keeps(figures: Figures) -> Words:
    """The states of a card by the bytes of a parameter; Missing where they are not what fills it."""
    trained_whole(figures)
    stage, card = int(figures.knob("zero_stage") or 0), figures.base.capacity
    ranks, copies = ranks_of(figures), copies_of(figures)
    if ranks < 2 or stage > 1 or card is None:
        raise Missing("layout")
    here, kept = params_here(figures), kept_whole(figures)
    whole = here * (kept + ADAM / (copies if stage else 1))
    if whole < _MOST * card:
        raise Missing("states")
    gradient, ways = kept - WEIGHT, ways_of(figures)
    wide, wide_zh = ("fp32 gradients", "fp32 梯度") if gradient > GRADIENT else ("gradients", "梯度")
    adam = f"{ADAM:g}/{copies}" if stage else f"{ADAM:g}"
    over = sharers(figures)
    data = (f", {over.en} divides {'the optimizer alone' if stage else 'nothing of it'}", f",{over.zh} {'只切优化器' if stage else '什么都不切'}") if copies > 1 else ("", "")  # fmt: skip
    claimed, lowered, ways_out = _claimed(figures, here), _recomputed(figures), _otherwise(figures, here, kept)
    return Words(
        f"**{ways} divides the parameters by {ranks}{data[0]}: each card keeps {size_words(here)} × ({WEIGHT} weights + {gradient:g} {wide} + {adam} Adam) B = {both_words(whole)}, and has {gib_words(card)}.**{claimed.en}{lowered.en}{ways_out.en}",
        f"**{ways} 把参数切成 {ranks} 份{data[1]}:每卡要存 {size_words(here)} ×({WEIGHT} 权重 + {gradient:g} {wide_zh} + {adam} Adam)字节 = {both_words(whole)},卡只有 {gib_words(card)}。**{claimed.zh}{lowered.zh}{ways_out.zh}",
    )


def _claimed(figures: Figures, here: float) -> Words:
    """What the asker counted, where it is the weights alone."""
    said = [float(one) for name in ("claims_gb", "observed_gb") for one in figures.told.get(name, ()) if one]
    near = next((one for one in said if how_far(one, here * WEIGHT) <= _NEAR), None)
    if near is None:
        return SILENT
    return Words(f" The {near:g} GB are the 16-bit weights alone.", f"您说的 {near:g} GB 只是 16 位权重。")


def _recomputed(figures: Figures) -> Words:
    """That recomputation, where it is on already, has no more to give."""
    if figures.given.get("gradient_checkpointing") != "on":
        return SILENT
    left = gib_words(figures.base.terms.get("activations", 0.0))
    return Words(
        f" Recomputation lowers activations alone, to {left} here.", f"重计算只省激活(这里剩 {left}),不省这些。"
    )


def _otherwise(figures: Figures, here: float, kept: float) -> Words:
    """The distributed optimizer on the same layout, and with more tensor ranks, up to the first that surely fits."""
    tp, pp = int(figures.knob("tp") or 1), int(figures.knob("pp") or 1)
    told: list[Words] = []
    name = "--use-distributed-optimizer" if figures.knob("engine") == "megatron" else "ZeRO-1"
    ranks, stages = tp, pp
    while ranks * stages <= figures.n and len(told) < _SHOWN:
        copies = figures.n // (ranks * stages)
        there = _at(figures, ranks, stages, copies)
        as_now = (ranks, stages) == (tp, pp) and (copies == 1 or bool(figures.knob("zero_stage")))
        if there and not as_now:
            told.append(_told(there, (ranks, stages, copies), here * tp * pp / (ranks * stages), kept))
            if there.verdict == "yes":
                break
        if 2 * ranks <= MACHINE:  # tensor ranks sum in every layer, so they stay in one machine
            ranks *= 2
        else:
            stages *= 2
    if not told:
        return SILENT
    en, zh = "; ".join(one.en for one in told), ";".join(one.zh for one in told)
    return Words(
        f" The optimizer divided over the copies ({name}), on the same cards: {en}. PP in place of more TP divides the states alike.",
        f"同样的卡,再让优化器在副本间切分({name}):{zh}。用 PP 代替加大的 TP,状态的切法一样。",
    )


def _at(figures: Figures, ranks: int, stages: int, copies: int) -> Outcome | None:
    parts = int(figures.knob("cp") or 1)  # of one sequence, on cards that share the optimizer too
    if copies % parts:
        return None
    try:
        return figures.at(tp=ranks, pp=stages, dp=copies // parts, zero_stage=1)
    except (BadInput, LookupError):
        return None


def _told(there: Outcome, layout: tuple[int, int, int], here: float, kept: float) -> Words:
    """A layout: its states as a product, its need and what becomes of it."""
    ranks, stages, copies = layout
    word = VERDICTS[str(there.leaning or "no")]
    parts = int(there.situation.knob("cp") or 1)
    more = "".join(f" × {kind} {count}" for kind, count in (("PP", stages), ("CP", parts)) if count > 1)
    name = f"TP {ranks}{more} × DP {copies // parts}"
    adam = f"{ADAM:g}/{copies}" if copies > 1 else f"{ADAM:g}"
    states = f"{size_words(here)} × ({kept:g} + {adam}) B = {in_gb(here * (kept + ADAM / copies))}"
    return Words(
        f"{name} keeps {states} of states, {gib_words(there.best)} in all, {word[0]}",
        f"{name} 状态 {states.replace(' B =', ' 字节 =')},合计 {gib_words(there.best)},{word[1]}",
    )


LAYOUT_KEPT: dict[str, Callable[[Figures], Words]] = {"layout_keeps": _layout_keeps}
