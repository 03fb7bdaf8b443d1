"""Published figures that are the memory of whole machines: of how many cards, and what each format takes and is held by instead."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import value
from chat.reads.sums.machines_had import HAD, cards_of
from formulas.quantity import Words
from kb.held import held_by


def _as_cards(claim: float) -> Words:
    """The cards that have so much together, as a machine has them."""
    if not (kinds := cards_of(claim)):
        raise Missing("cards")
    count, size = kinds[0]
    return Words(
        f"{claim:,.0f} GB is what {count} cards of {size} GB have",
        f"{claim:,.0f} GB 是 {count} 张 {size} GB 卡的总显存",
    )


def _needed(figures: Figures, stored: str) -> Words:
    """What the model takes in a format, and the fewest usual cards that hold it."""
    there = figures.at(weight_format=stored, bits=None)
    en, zh = (f"{value('weight_format', stored, one)} {gib_words(there.best)}" for one in ("en", "zh"))
    if not (held := held_by((there,))[0]):
        return Words(en, zh)
    count, size = held["n_gpus"], held["memory_gb"]
    return Words(
        f"{en} ({count} {'card' if count == 1 else 'cards'} of {size:g} GB)", f"{zh}({count} 张 {size:g} GB 的卡)"
    )


def _machines_had(figures: Figures) -> Words:
    claims = figures.logged_all(HAD)
    if not claims:
        raise Missing("machines")
    stored = [str(one) for one in figures.log.get("format", ())] or [str(figures.knob("weight_format"))]
    had, needs = [_as_cards(one) for one in claims], [_needed(figures, one) for one in stored]
    return Words(
        f"**{' and '.join(one.en for one in had)}: the memory of whole machines, not what is needed: {'; '.join(one.en for one in needs)}.** Tables of that kind name the smallest machines that their authors had, as the announcement of Falcon-180B says of its figures.",
        f"**{'、'.join(one.zh for one in had)},是整机的显存,不是需求。实际要:{';'.join(one.zh for one in needs)}。** 这类表写的是作者手头最小的机器,Falcon-180B 的发布文章就是这样注明的。",
    )


MACHINES_HAD: dict[str, Callable[[Figures], Words]] = {"machines_had": _machines_had}
