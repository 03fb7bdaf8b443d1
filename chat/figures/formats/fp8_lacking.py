"""A model that was published in FP8, on a card without FP8 units: as it was published, in 16 bits, and in 4."""

from collections.abc import Callable
from typing import Any

from chat.figures.named import Figures, Missing, both_words
from formulas.quantity import SILENT, Words
from kb.hosting import MACHINE
from kb.kernels import lacks_fp8
from kb.recommender import usual_cards

_ANY_CARD: dict[str, Any] = dict.fromkeys(("gpu_memory_gb", "tp", "pp", "bits"))


def fp8_lacking(figures: Figures) -> Words:
    """What it takes as published and what holds that, and how many of these cards hold it in 16 and in 4 bits."""
    wide, narrow = int(figures.amount("cards_for_16")), int(figures.amount("cards_for_4"))
    if not wide or not narrow:
        raise Missing("cards")
    published, held = both_words(figures.stored(weight_format="fp8")), _held(figures)
    whole, power = _machines(wide), int(figures.amount("power_for_16"))
    upto = Words(f" to {power}", f" 到 {power} ") if power > whole else Words("", " ")
    least = Words(
        f"at least {wide} such cards by memory alone, {whole}{upto.en} in whole machines of {MACHINE}",
        f"只按显存至少 {wide} 张这样的卡,凑整机({MACHINE} 卡一台)是 {whole}{upto.zh}张",
    )
    one = narrow <= MACHINE
    four = Words(
        f"{narrow} such cards, so one machine of {MACHINE} does" if one
        else f"{narrow} such cards, {_machines(narrow)} in whole machines of {MACHINE}",
        f"{narrow} 张这样的卡即够,一台 {MACHINE} 卡机可以" if one
        else f"要 {narrow} 张这样的卡,凑整机({MACHINE} 卡一台)是 {_machines(narrow)} 张",
    )  # fmt: skip
    return Words(
        f"It is published in FP8, {published}{held.en}; but this generation has no FP8 units: in bf16 the weights are {figures['w16']}, {least.en}. In 4 bits they are {figures['w4']}: {four.en}.{_small(figures, narrow).en}",
        f"官方权重是 FP8,共 {published}{held.zh};但这一代卡没有 FP8 单元:用 bf16 权重是 {figures['w16']},{least.zh}。4 位量化的权重是 {figures['w4']}:{four.zh}。{_small(figures, narrow).zh}",
    )


def _machines(cards: int) -> int:
    return -(-cards // MACHINE) * MACHINE


def _held(figures: Figures) -> Words:
    """The smallest usual card with such units of which one machine holds it as it was published."""
    for card in sorted(usual_cards(), key=lambda one: one.marketed_gb):
        hopeless = figures.stored(weight_format="fp8") > MACHINE * card.capacity
        if hopeless or lacks_fp8(card):
            continue
        if figures.at(**_ANY_CARD, weight_format="fp8", gpu=card.name, n_gpus=MACHINE).verdict == "yes":
            size = f"{MACHINE} × {card.marketed_gb:g} GB ({card.name})"
            return Words(f", for which {size} do", f",{size.replace('(', '(如 ')}就够")
    return SILENT


def _small(figures: Figures, narrow: int) -> Words:
    """That whoever has so few runs another model."""
    if figures.n > 1 or narrow <= MACHINE:
        return SILENT
    return Words(
        " A single such card is for small or distilled models in few bits.",
        "单张这样的卡只适合小模型或蒸馏版的低位量化。",
    )


FP8_LACKING: dict[str, Callable[[Figures], Words]] = {"fp8_lacking": fp8_lacking}
