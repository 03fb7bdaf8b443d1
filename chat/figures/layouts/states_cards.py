"""Over how many cards weights, gradients and optimizer states go at all where those that are told do not hold them."""

from collections.abc import Callable
from contextlib import suppress
from math import ceil

from chat.figures.layouts.zero_bytes import on_each_card
from chat.figures.named import GIB, Figures, both_words, gib_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.hosting import MACHINE
from kb.lessened import ways_to_less

# times as many as the states fill: where these do not do, what a card keeps for itself decides
_MOST = 3
_PAIR = 2


def _counts(least: int) -> list[int]:
    """The numbers of cards to try from this one on: those of one machine, then whole machines."""
    within = range(least, MACHINE + 1)
    whole = -(-max(least, MACHINE + 1) // MACHINE) * MACHINE
    return [*within, *range(whole, _MOST * max(least, MACHINE) + 1, MACHINE)]


def _states_cards(figures: Figures) -> Words:
    """The cards that the states alone fill, and those that hold the training with a margin; silent where these are no more."""
    base = figures.base
    if not base.capacity or base.case.together:
        return SILENT
    least = ceil(TRAINED * figures.params / base.capacity)
    if least <= figures.n:
        return SILENT
    fill = Words(
        f" Divided by ZeRO-3 or FSDP they fill {least:,} such cards by themselves",
        f"用 ZeRO-3/FSDP 切分,光是它们就要占满 {least:,} 张这样的卡",
    )

    with suppress(BadInput):
        for count in _counts(least):
            there = figures.at(n_gpus=count, zero_stage=3, tp=None, pp=None)
            if there.best <= base.capacity:
                each, machines = gib_words(there.best), SILENT
                if count > MACHINE:
                    number = count // MACHINE
                    machines = Words(f", {number} machines of {MACHINE}", f",即 {number} 台 {MACHINE} 卡机")
                return Words(
                    f"{fill.en}; with activations and buffers it takes about {count:,}{machines.en} ({each} on each card at these settings).",
                    f"{fill.zh};加上激活和缓冲约要 {count:,} 张{machines.zh}(按这里的设置每卡 {each})。",
                )
    return Words(f"{fill.en}, and more are needed with activations and buffers.", f"{fill.zh},加上激活和缓冲还要更多。")


def _states_at_half(figures: Figures) -> Words:
    """Asked how many cards: the same states with half of them; silent where that is no count to divide by, or not asked."""
    half, odd = divmod(figures.n, 2)
    if odd or half < _PAIR or "how_many_gpus" not in figures.about:
        return SILENT
    sizes = [on_each_card(stage, half) * figures.params for stage in (2, 3)]
    if figures.base.capacity and min(sizes) > figures.base.capacity:
        return SILENT
    second, third = map(both_words, sizes)
    return Words(
        f" With {half} cards it is {second} with ZeRO-2 and {third} with ZeRO-3 or FSDP.",
        f"{half} 张卡时 ZeRO-2 每卡 {second},ZeRO-3/FSDP 每卡 {third}。",
    )


def _less_of_all(figures: Figures) -> Words:
    """What training all weights takes by smaller states or shared by a machine's cards; silent where none takes clearly less."""
    ways = [one for one in ways_to_less(figures.base, figures.base.best) if "method" not in one["facts"]]
    if not ways:
        return SILENT
    told, told_zh = ([f"{one[name]} {gib_words(one['gib'] * GIB)}" for one in ways] for name in ("says", "zh"))
    return Words(
        f"; all weights trained with less: {', '.join(told)}", f";仍训练全部权重但更省:{'、'.join(told_zh)}",
    )  # fmt: skip


STATES_CARDS: dict[str, Callable[[Figures], Words]] = {
    "states_cards": _states_cards, "states_at_half": _states_at_half, "less_of_all": _less_of_all,
}  # fmt: skip
