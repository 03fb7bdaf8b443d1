"""What another figure of the same training counts, beside an account that is right: 16, 18 or 20 bytes of a parameter."""

from collections.abc import Sequence

from chat.figures.named import GB, Figures
from formulas.quantity import SILENT, Words

_OFF = 0.02
# what another's figure of the same training counts, by the bytes of each parameter
_COUNTS = {
    8: Words("pure bf16, weights, gradients and both moments in 16 bit", "纯 bf16:权重、梯度和两个动量都是 16 位"),
    12: Words("no fp32 copy of the weights", "没有 fp32 主权重"),
    14: Words("no gradients kept, each applied and freed at once", "不保留梯度,每个梯度用完即释放"),
    16: Words("16-bit gradients, as most count", "梯度为 16 位,最常见的算法"),
    18: Words("fp32 gradients in place of 16-bit ones", "梯度用 fp32 而不是 16 位"),
    20: Words("16-bit gradients and an fp32 copy of them, both kept", "16 位梯度和它的 fp32 副本都保留"),
}


def other_total(figures: Figures, params: float, own: Sequence[float]) -> Words:
    """What somebody else's total of the same training counts; nothing where it is no such sum. `own`: the amounts [GB] of the
    asker's account."""
    for number in figures.logged_all("other_total"):
        if any(abs(number / one - 1) < _OFF for one in (*own, sum(own))):
            continue
        each = next((one for one in _COUNTS if abs(number * GB / (one * params) - 1) < _OFF), None)
        if each:
            what = _COUNTS[each]
            return Words(
                f" {number:g} GB is {each} B per parameter: {what.en}. Neither is wrong, they count different programs.",
                f"{number:g} GB 是每参数 {each} 字节:{what.zh}。两个都没错,算的是不同的程序。",
            )
    return SILENT
