"""What a rule of GB for each billion parameters says, against what the format of the weights takes."""

from chat.figures.failures.cause_figures import logged
from chat.figures.named import Figures, both_words
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.facts import bits_of

_BYTE = 8
# how near a rule is to the format that it is a rule for: 4-bit files have scales, some sizes are rounded
_NEAR = 0.2


def _rate(figures: Figures) -> Words:
    """Right, or what the format takes and which one the rule is of."""
    rate, bits, size = (
        logged(figures, "rate_gb"),
        float(bits_of(figures.knob("weight_format"))),
        figures.need("params_said"),
    )
    each, of_rule, said = figure(bits / _BYTE, 3), figure(rate * _BYTE, 3), size_words(size)
    right, ruled = both_words(bits / _BYTE * size), both_words(rate * size)
    if abs(rate * _BYTE / bits - 1) <= _NEAR:
        return Words(
            f"**Right for the weights: {figure(bits)} bits are {each} B per parameter, so {each} GB for each billion; {said} × {each} B = {right}.** Cache, activations and the runtime come on top.",
            f"**就权重而言是对的:{figure(bits)} 位即每参数 {each} 字节,每 10 亿参数 {each} GB;{said} × {each} 字节 = {right}。** 缓存、激活和运行时另算。",
        )
    return Words(
        f"**No: {figure(bits)} bits are {each} B per parameter, so {each} GB for each billion and not {figure(rate)} GB, which is what {of_rule} bits take. {said} × {each} B = {right} of weights; by that rule it would be {ruled}.** Cache, activations and the runtime come on top.",
        f"**不对:{figure(bits)} 位即每参数 {each} 字节,每 10 亿参数 {each} GB,不是 {figure(rate)} GB,那是 {of_rule} 位的量级。{said} × {each} 字节 = 权重 {right};按那个规则才是 {ruled}。** 缓存、激活和运行时另算。",
    )


RATE_WORDS = {"rate_of_bytes": _rate}
