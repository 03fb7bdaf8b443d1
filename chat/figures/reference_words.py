"""A reference model that is loaded by itself beside adapters: what its copy of the weights adds."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.engines import PAIRS
from kb.recipe import ADAPTERS


def _reference_copy(figures: Figures) -> Words:
    """The need with the copy and without it, against the card; Missing where nothing is loaded by itself."""
    if "reference_copy" not in figures.log or figures.knob("method") not in ADAPTERS:
        raise Missing("copy")
    copy, need, room = 2 * figures.params, figures.base.best, figures.base.capacity
    over = Words(f" of {gib_words(room)}", f",卡上 {gib_words(room)}") if room else SILENT
    pairs = SILENT
    if figures.knob("algo") in PAIRS:
        pairs = Words(
            f" The chosen and the rejected answer go through together: {figures.tokens:,.0f} tokens a step, twice those of plain tuning, and with them the logits.",
            f"chosen 和 rejected 两条一起前向:每步 {figures.tokens:,.0f} token,是普通微调的两倍,logits 也跟着翻倍。",
        )
    cards = SILENT
    if figures.n > 1 and not figures.knob("zero_stage"):
        cards = Words(
            " A further card under data parallel holds all of it again and does not help.",
            "数据并行时,多加的卡又各放完整一份,没有帮助。",
        )
    return Words(
        f"**The reference that is loaded by itself is a second copy of the weights, {size_words(figures.params)} × 2 B = {both_words(copy)}: {gib_words(need + copy)} with it{over.en}, {gib_words(need)} without it.** Under adapters pass ref_model=None: with the adapter turned off the base is the reference.{pairs.en}{cards.en}",
        f"**单独加载的参考模型是第二份权重,{size_words(figures.params)} × 2 字节 = {both_words(copy)}:有它共 {gib_words(need + copy)}{over.zh},没有它是 {gib_words(need)}。** 用适配器时传 ref_model=None 即可:关掉适配器,基座就是参考模型。{pairs.zh}{cards.zh}",
    )


REFERENCE_WORDS: dict[str, Callable[[Figures], Words]] = {"reference_copy": _reference_copy}
