"""What double quantisation does to a base in NF4: its scales with it and without, and on which side of the card each falls."""

from chat.figures.named import GB, gib_words, value_of
from chat.phrases import VERDICTS, pick
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.facts import bits_of
from kb.outcome import Outcome

_BITS = 4  # of a weight itself


def scales_doubled(off: Outcome, on: Outcome) -> Words:
    """The scales as sums, what they are of this base, and what stays as it is."""
    plain, double = (float(bits_of(kind)) - _BITS for kind in ("nf4", "nf4-dq"))
    shards = on.held("weights") and on.terms["weights"] / on.held("weights")
    few, wide = (value_of(on, name) * shards for name in ("linear_params", "unquantised_params"))
    each = value_of(on, "unquantised_bytes")
    was, now, bare, kept = (
        f"{figure / GB:.2f} GB" for figure in (few * plain / 8, few * double / 8, few * _BITS / 8, wide * each)
    )
    count = size_words(few)
    fits = _on_the_card(off, on)
    return Words(
        f"NF4 keeps an fp32 scale for each block of 64 weights, 32/64 = {plain:g} bits a parameter; double quantisation keeps those scales in 8 bits, 8/64 + 32/(64 × 256) = {double:.3f}: {plain - double:.3f} bits less, on {count} quantised parameters {was} → {now}. Nothing is halved once more: the 4 bits themselves stay ({bare}), and so do embedding, head and norms ({kept}).{fits.en}",
        f"NF4 每 64 个权重一个 fp32 缩放系数,32/64 = {plain:g} 位/参数;双重量化把这些系数存成 8 位,8/64 + 32/(64 × 256) = {double:.3f} 位:省 {plain - double:.3f} 位,{count} 个量化的参数即 {was} → {now}。并不是再减半:4 位本身({bare})和 embedding、输出头、归一化({kept})都不变。{fits.zh}",
    )


def _on_the_card(off: Outcome, on: Outcome) -> Words:
    """Which of both fit, where a card is told."""
    if on.capacity is None or not on.verdict or not off.verdict:
        return SILENT
    said = [
        [pick(VERDICTS[one.leaning or str(one.verdict)], language) for one in (off, on)] for language in ("en", "zh")
    ]
    room, sizes = gib_words(on.capacity), [gib_words(one.best) for one in (off, on)]
    worth = Words(", so it is worth having", ",值得开") if on.verdict != "no" else SILENT
    return Words(
        f" Of {room} on the card: without it {sizes[0]}, {said[0][0]}; with it {sizes[1]}, {said[0][1]}{worth.en}.",
        f"卡上 {room}:不开 {sizes[0]},{said[1][0]};开了 {sizes[1]},{said[1][1]}{worth.zh}。",
    )
