"""What plain int4 leaves out: the scales that formats in use keep for each group of weights."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.facts import bits_of

# as AWQ and GPTQ files are usually made
_USUAL, _GROUP = "gptq-int4-g128", 128


def _counted(figures: Figures) -> Words:
    """The weights and the whole with scales, and that it no longer fits for sure where that is so."""
    if figures.given.get("weight_format") != "int4":
        raise Missing("int4")
    there, bits = figures.at(weight_format=_USUAL), float(bits_of(_USUAL))
    plain, real = gib_words(figures.base.terms["weights"]), gib_words(there.terms["weights"])
    over = there.capacity is not None and figures.base.verdict == "yes" and there.verdict != "yes"
    less = Words(", which is no longer sure to fit", ",就不再稳妥放得下") if over else SILENT
    each = Words(" on each card", "(每张卡)") if figures.n > 1 else SILENT
    return Words(
        f"INT4 is counted here at 4 bits a weight, without scales. As AWQ and GPTQ store it, in groups of {_GROUP} with a 16-bit scale and a 4-bit zero point each, it is 4 + 20/{_GROUP} = {bits:.2f} bits: {real} of weights instead of {plain}{each.en}, {gib_words(there.best)} in all{less.en}.",
        f"这里的 INT4 按每个权重 4 位计,不含缩放系数。AWQ、GPTQ 按 {_GROUP} 个一组、每组一个 16 位缩放系数和 4 位零点存放,是 4 + 20/{_GROUP} = {bits:.2f} 位:权重 {real},而不是 {plain}{each.zh},共 {gib_words(there.best)}{less.zh}。",
    )


SCALES_COUNTED: dict[str, Callable[[Figures], Words]] = {"scales_counted": _counted}
