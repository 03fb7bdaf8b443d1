"""What a ZeRO stage that keeps the weights whole leaves on each card, of a run whose cards cannot hold that."""

from collections.abc import Callable

from chat.figures.layouts.zero_bytes import DIVIDED, KEPT_WHOLE, OF_STAGE, on_each_card
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.phrases import VERDICTS
from chat.reads.cards.cards_grown import CARDS_BEFORE
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT

_KEEPS_WEIGHTS = (1, 2)
_SECOND, _LAST = 2, 3


def _stage(figures: Figures) -> int:
    stage = int(figures.knob("zero_stage") or 0)
    if stage not in _KEEPS_WEIGHTS or figures.n < 2:
        raise Missing("stage")
    return stage


def _each(stage: int, n: int) -> str:
    """`2 + 14/8 = 3.75`."""
    whole, divided = OF_STAGE[stage]
    return f"{figure(whole)} + {figure(divided)}/{n} = {figure(on_each_card(stage, n), 3)}"


def _left_whole(figures: Figures) -> Words:
    stage, n, size = _stage(figures), figures.n, size_words(figures.params)
    whole, held = WEIGHT * figures.params, on_each_card(stage, n) * figures.params
    divides, keeps, room = DIVIDED[stage], KEPT_WHOLE[stage], gib_words(figures.base.capacity or 0.0)
    beyond = (
        Words(" So no smaller batch or shorter length helps: that much is there without them.", "所以减小批大小或长度没有用:这部分与它们无关。")
        if held > (figures.base.capacity or held)
        else SILENT
    )  # fmt: skip
    if before := next((int(one) for one in figures.logged_all(CARDS_BEFORE) if one < n), 0):
        return _grown(figures, stage, before)
    return Words(
        f"**ZeRO-{stage} divides {divides.en} over the {n} cards, not the model: each keeps all {keeps.en} (weights {size} × {figure(WEIGHT)} B = {both_words(whole)}), with its share of the rest {_each(stage, n)} B × {size} = {both_words(held)} of {room}, before activations, buffers and the runtime.**{beyond.en}",
        f"**ZeRO-{stage} 只把{divides.zh}切到 {n} 张卡上,不切模型:每张卡都有全部{keeps.zh}(权重 {size} × {figure(WEIGHT)} 字节 = {both_words(whole)}),加上分到的其余状态是 {_each(stage, n)} 字节 × {size} = {both_words(held)},卡上只有 {room},还没算激活、缓冲和运行时。**{beyond.zh}",
    )


def _grown(figures: Figures, stage: int, before: int) -> Words:
    """What more cards take off each, where a run failed on fewer of them as well."""
    n, size, room = figures.n, size_words(figures.params), gib_words(figures.need("capacity"))
    was, now = (both_words(on_each_card(stage, count) * figures.params) for count in (before, n))
    whole, divides, keeps = both_words(WEIGHT * figures.params), DIVIDED[stage], KEPT_WHOLE[stage]
    sums, peak = f"{_each(stage, before)} → {_each(stage, n)}", gib_words(figures.base.best)
    return Words(
        f"**No, ZeRO-{stage} does not go down with the number of cards: from {before} to {n} its states go from {was} to {now} per card ({sums} B × {size}), for it divides {divides.en}, and each card keeps all {keeps.en} (weights {size} × {figure(WEIGHT)} B = {whole}); with activations, buffers and the runtime it is {peak} on {n}, of {room}.**",
        f"**不会,ZeRO-{stage} 的占用不按卡数等比下降:从 {before} 张加到 {n} 张,每卡的状态从 {was} 降到 {now}({sums} 字节 × {size}),因为它只切分{divides.zh},每张卡都有全部{keeps.zh}(权重 {size} × {figure(WEIGHT)} 字节 = {whole});加上激活、缓冲和运行时,{n} 张时每卡 {peak},卡上 {room}。**",
    )


def _of_the_last(figures: Figures) -> Words:
    """What the stage that divides the weights too makes of it."""
    _stage(figures)
    n, there = figures.n, figures.at(zero_stage=_LAST)
    held = both_words(on_each_card(_LAST, n) * figures.params)
    close = SILENT
    if there.capacity is not None:  # without a card there is nothing to hold it against
        en, zh = VERDICTS[str(there.leaning)]
        close = Words(f" ({en})", f"({zh})")
    between = _of_the_second(figures)
    return Words(
        f"{between.en}ZeRO-{_LAST} (FSDP) divides the weights too: {figure(sum(OF_STAGE[_LAST]))}/{n} B a parameter, {held}, {gib_words(there.best)} with all else{close.en}.",
        f"{between.zh}ZeRO-{_LAST}(FSDP)连权重也切分:每参数 {figure(sum(OF_STAGE[_LAST]))}/{n} 字节,即 {held},连同其余共 {gib_words(there.best)}{close.zh}。",
    )


def _of_the_second(figures: Figures) -> Words:
    """What the stage before the last makes of it, where the first was taken."""
    if _stage(figures) >= _SECOND:
        return SILENT
    n, there = figures.n, figures.at(zero_stage=_SECOND)
    whole, divided = OF_STAGE[_SECOND]
    held, all_ = both_words(on_each_card(_SECOND, n) * figures.params), gib_words(there.best)
    en, zh = ("", "") if there.capacity is None else VERDICTS[str(there.leaning)]
    en, zh = (f" ({en})", f"({zh})") if en else ("", "")
    return Words(
        f"ZeRO-{_SECOND} divides the gradients too, {figure(whole)} + {figure(divided)}/{n} B: {held}, {all_} with all else{en}. ",
        f"ZeRO-{_SECOND} 连梯度也切分,{figure(whole)} + {figure(divided)}/{n} 字节:{held},连同其余共 {all_}{zh}。",
    )


_FULL = (0.9, 1.0)  # of a card: so much of it leaves next to nothing


def _cell_over_cards(figures: Figures) -> Words:
    """A figure of the published table over the cards that divide it, against what one of them has."""
    n, room, claim = figures.n, figures.need("capacity"), figures.need("claim_table")
    share = claim / n
    if n < 2 or int(figures.knob("zero_stage") or 0) != _LAST:
        raise Missing("cards that divide it")
    part = share / GB / (room / GIB)  # the table takes a card by the gigabytes that it is sold with
    left = (
        Words("more than it has", "超过一张卡") if part > _FULL[1]
        else Words("which leaves next to nothing for longer sequences or fragments", "几乎不剩余量,序列一长或有碎片就溢出") if part > _FULL[0]
        else Words("which leaves room", "还有余量")
    )  # fmt: skip
    product = f"{claim / GB:g} GB ÷ {n} = {share / GB:.1f} GB"
    return Words(
        f"Divided over the cards, the table's figure is {product} of {gib_words(room)} on each, {left.en}.",
        f"表里的数字切分到各卡是 {product},每张卡有 {gib_words(room)},{left.zh}。",
    )


STAGE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "left_whole": _left_whole,
    "of_the_last_stage": _of_the_last,
    "cell_over_cards": _cell_over_cards,
}
STAGE_FIGURES = {
    "held_at_stage": (lambda f: on_each_card(_stage(f), f.n) * f.params, both_words),
}
