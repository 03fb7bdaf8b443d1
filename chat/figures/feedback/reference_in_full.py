"""What a reference model takes where all weights train, told beside adapters that need none: sharded with the policy, or whole on each card."""

from collections.abc import Callable

from chat.figures.named import Figures, both_words, gib_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT

_ALL = 3  # the stage that divides weights


def _in_full(figures: Figures) -> Words:
    n = figures.n
    compared = {"which_method", "method_diff", "comparison"} & figures.about
    if n < 2 or int(figures.knob("zero_stage") or 0) != _ALL or not compared:
        return SILENT
    whole, full = WEIGHT * figures.params, figures.at(method="full")
    more, room = full.best + whole - whole / n, full.capacity
    of, of_zh = (f", of {gib_words(room)}", f",卡上 {gib_words(room)}") if room else ("", "")
    part = both_words(whole / n)
    pairs = (
        Words(" Chosen and rejected go through together, so activations and logits are those of two sequences a pair.", "chosen 和 rejected 一起过,激活和 logits 按每对两条序列算。")
        if figures.knob("algo") == "dpo"
        else SILENT
    )  # fmt: skip
    return Words(
        f" In full fine-tuning it takes {part} of each of {n} cards where it is sharded as well, {gib_words(full.best)} in all{of}; left whole on every card it takes {both_words(whole)}, and all is {gib_words(more)}.{pairs.en}",
        f"全参时参考模型若一并切分,{n} 张卡每张占 {part},连同其余共 {gib_words(full.best)}{of_zh};若每卡放整份则占 {both_words(whole)},共 {gib_words(more)}。{pairs.zh}",
    )


REFERENCE_IN_FULL: dict[str, Callable[[Figures], Words]] = {"reference_in_full": _in_full}
