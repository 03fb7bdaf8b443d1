"""What a size alone tells of a model that no table knows: parameters × bytes against all the cards together."""

from collections.abc import Callable
from math import ceil
from typing import Any

from chat.figures.named import GB, Figures, Missing
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import Words
from kb.cases import parse_given, spread
from kb.hosting import MACHINE
from kb.recipe import representatives
from kb.standin import stands_for

# bytes of a parameter in 16, 8 and 4 bits, scales not counted
_FORMATS = ((2.0, "16 bit", "16 位"), (1.0, "8 bit (FP8, INT8)", "8 位(FP8、INT8)"), (0.5, "4 bit", "4 位"))
_TRAINED = (16.0, "training all of it with Adam in mixed precision", "Adam 混合精度全参训练")
# of cards: what weights may take beside cache and runtime, and what leaves room for long contexts
_ROOM, _EASY = 0.9, 0.7


def stands_alone(figures: Figures) -> bool:
    """Is a size told that no model of the table stands for, larger than any of them?"""
    size = figures.given.get("params")
    if not isinstance(size, (int, float)) or "model" in figures.given:
        return False
    try:
        stands_for(float(size))
    except BadInput:
        return float(size) > representatives()[-1][0]
    return False


def _gb(size: float) -> str:
    return f"{size / 1e12:.3g} TB" if size >= 1e12 else f"{size / GB:,.0f} GB"


def _all_cards(figures: Figures) -> tuple[int, float]:
    """How many cards are told, and the memory of one of them [bytes]; Missing where none are."""
    told: dict[str, Any] = {name: figures.given[name] for name in ("gpu", "gpu_memory_gb") if name in figures.given}
    if not told:
        raise Missing("cards")
    rig = spread(parse_given({**told, "params": representatives()[0][0], "method": "inference"}))[0].rig
    if not rig:
        raise Missing("cards")
    return int(figures.given.get("n_gpus") or 1), rig[0].marketed_gb * GB


def _by_size(figures: Figures) -> Words:
    """The weights of each number of bits, and which of them the cards hold together."""
    size = float(figures.given.get("params") or 0)
    if not stands_alone(figures):
        raise Missing("size")
    trains = figures.given.get("task") == "train" or figures.given.get("method") not in (None, "inference")
    formats = (_TRAINED, *_FORMATS[:1]) if trains else _FORMATS
    try:
        count, each = _all_cards(figures)
    except Missing:
        count, each = 0, 0.0
    told = [_one(size, form, count, each) for form in formats]
    opens = Words("By its size alone", "只按参数量算")
    if count:
        whole = f"{count} × {each / GB:g} GB = {_gb(count * each)}"
        opens = Words(f"{opens.en}, against {whole}", f"{opens.zh},对照显存 {whole}")
    return Words(
        f"**{opens.en}: {'; '.join(one.en for one in told)}.**", f"**{opens.zh}:{';'.join(one.zh for one in told)}。**"
    )


def _one(size: float, form: tuple[float, str, str], count: int, each: float) -> Words:
    """One number of bits: the product, and whether so many cards hold it."""
    width, en, zh = form
    need, room = size * width, count * each
    product = f"{size_words(size)} × {width:g} B = {_gb(need)}"
    if not count:
        return Words(f"{en} {product}", f"{zh} {product}")
    if need <= _ROOM * room:
        near = need > _EASY * room
        words = Words("only just goes in", "勉强放得下") if near else Words("goes in", "放得下")
        return Words(
            f"{en} {words.en} ({product}, {need / room:.0%} of it)", f"{zh}{words.zh}({product},占 {need / room:.0%})"
        )
    cards = ceil(need / (_ROOM * each))
    more = Words(f"{cards} such cards", f"要 {cards} 张同样的卡")
    if cards > MACHINE:  # so many do not stand in one machine; the last may be part empty
        boxes = ceil(cards / MACHINE)
        more = Words(f"{more.en}, in {boxes} machines of {MACHINE}", f"{more.zh},分在 {boxes} 台 {MACHINE} 卡机里")
    return Words(f"{en} does not go in ({product}: {more.en})", f"{zh}放不下({product}:{more.zh})")


SIZE_WORDS: dict[str, Callable[[Figures], Words]] = {"by_size": _by_size}
