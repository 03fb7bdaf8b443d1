"""Resuming a training: what is read beside what was just built, and on which card it lands.

Source: PyTorch, torch.load (map_location).
"""

from collections.abc import Callable

from chat.figures.named import Figures, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words


def _resumed_sum(figures: Figures) -> Words:
    """The sum of the moment against the card; where it still goes in, what else of resuming does not; that the training alone is more."""
    card = figures.base.capacity
    if card is None:
        return SILENT
    whole = figures.need("adam_share") + figures.base.best
    both, room = gib_words(whole), figures["capacity"]
    if figures.base.best > card:
        return Words(
            f", {both} of {room}. As it is counted here the training alone is more than that, so it would not have run before either: what makes yours smaller (8-bit states, offload, sharding) makes these states smaller too",
            f",共 {both},卡上 {room}。照这里的算法,训练本身就已超过,之前也跑不起来:您用的省显存办法(8 位优化器、offload、切分)同样会减小这部分状态",
        )
    if whole > card:
        return Words(f", {both} of {room}", f",共 {both},卡上 {room}")
    return Words(
        f", {both} of {room}: that alone still goes in, so more than one rank's states land on a card, as without map_location each is read to the card that it was saved from",
        f",共 {both},卡上 {room}:单是这样还放得下,所以有一张卡上落了不止一个进程的状态:不写 map_location 时,各自会读回保存时所在的卡",
    )


def _each(figures: Figures) -> str:
    """Bytes that the optimizer keeps of a parameter, fp32 copies included."""
    ranks = figures.n if figures.knob("zero_stage") else 1
    return figure(round(ranks * figures.base.terms["optimizer"] / figures.params, 1))


def _adam_each(figures: Figures) -> Words:
    each = _each(figures)
    return Words(f"{each} B per parameter", f"每参数 {each} 字节")


def _on_each_card(figures: Figures) -> Words:
    return Words(f" on each of {figures.n} cards", f"每张卡(共 {figures.n} 张)") if figures.n > 1 else SILENT


def _read_by_all(figures: Figures) -> Words:
    """What all ranks read onto the first card where a whole copy stands on each, with what it holds besides."""
    weights, states = figures.base.terms["weights"], figures.base.terms["optimizer"]
    copy = weights + states
    own = f"{gib_words(weights)} + {gib_words(states)} = {gib_words(copy)}"
    together, room = gib_words(figures.n * copy), figures["capacity"]
    return Words(
        f"weights and the optimizer's states ({_each(figures)} B per parameter) are {own} for one rank, {figures.n} × that {together} on the first card, beside the {gib_words(figures.base.best)} of its own run, of {room}",
        f"权重加优化器状态(每参数 {_each(figures)} 字节)每个进程 {own},{figures.n} 份共 {together},都压在第一张卡上,还不算它自己训练的 {gib_words(figures.base.best)},而卡上只有 {room}",
    )


RESUMED: dict[str, Callable[[Figures], Words]] = {
    "resumed_sum": _resumed_sum, "adam_each": _adam_each, "on_each_card": _on_each_card, "read_by_all": _read_by_all,
}  # fmt: skip
