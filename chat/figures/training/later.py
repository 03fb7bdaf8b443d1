"""What is planned for later, told beside what holds now: the same case with so many at once, so long, or on so many cards."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import HOLDS, in_words
from chat.reads.other_cases.for_later import USUAL
from formulas.quantity import SILENT, Words

_COUNTED = {"batch_size": ("{} sequences at once", "同时 {} 条"), "n_gpus": ("{} such cards", "{} 张同样的卡")}


def _later(figures: Figures) -> Words:
    """Missing where no card is named, or nothing that can be counted is planned."""
    planned = {name: int(figures.logged_all(f"later_{name}")[0]) for name in USUAL if f"later_{name}" in figures.log}
    if not planned or figures.base.capacity is None:
        raise Missing("later")
    there = figures.at(**planned)
    need, room = gib_words(there.best), gib_words(there.capacity or 0)
    en, zh = HOLDS[str(there.leaning)]
    told = [[_named(name, value, language) for name, value in planned.items()] for language in ("en", "zh")]
    each = Words(" per card", "每张卡 ") if there.situation.knob("n_gpus") not in (None, 1) else SILENT
    return Words(
        f"**Later, with {' and '.join(told[0])}, it {en}**: {need} of {room}{each.en}.",
        f"**以后若是{'、'.join(told[1])},则{zh}**:{each.zh}{need} / {room}。",
    )


def _named(name: str, value: int, language: str) -> str:
    if name in _COUNTED:
        return _COUNTED[name][language == "zh"].format(value)
    return in_words(name, value, language)


LATER_WORDS: dict[str, Callable[[Figures], Words]] = {"later": _later}
