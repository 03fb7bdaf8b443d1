"""A mixture that is published with its routed experts in four bits and the rest in 16: the sum that a file of that size is."""

from collections.abc import Callable, Iterable

from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.facts import bits_of

_FOUR, _SIXTEEN = 4, 16
_GROUPS = (32, 64, 128)  # weights that share a 16-bit scale
_MATRICES = {True: 3, False: 2}  # of an expert, with a gate and without
_SCALE, _BLOCK = 8, 32  # of MXFP4: bits of the scale that a block of so many weights shares
_NEAR = 0.015


def routed_of(figures: Figures) -> float:
    """Parameters of the experts that a router chooses from; Missing where not every layer behind the first ones has them."""
    row = figures.row()
    experts, width = row.get("n_experts"), row.get("moe_intermediate_size")
    if not experts or not width or (row.get("moe_layer_step") or 1) != 1 or row.get("moe_latent_size"):
        raise Missing("experts")
    layers = int(row["n_layers"]) - int(row.get("first_k_dense") or 0)
    return float(layers * int(experts) * _MATRICES[bool(row["mlp_gated"])] * int(row["hidden_size"]) * int(width))


def _whole(routed: float, rest: float, group: int) -> float:
    """Bytes of a file with its routed experts in four bits, so many weights of which share a scale, and the rest in 16."""
    return routed * (_FOUR + _SIXTEEN / group) / 8 + rest * _SIXTEEN / 8


def _found(figures: Figures, told: Iterable[float]) -> tuple[float, int, float] | None:
    """The amount [GB] that such a sum gives, with its group and the sum in bytes."""
    routed = routed_of(figures)
    for group in _GROUPS:
        whole = _whole(routed, figures.params - routed, group)
        seen = next((one for one in told if abs(one * GB / whole - 1) <= _NEAR), None)
        if seen is not None:
            return seen, group, whole
    return None


def bits_as_published(figures: Figures, told: Iterable[float]) -> float | None:
    """Bits of a quantised weight with which the formulas give the amount [GB] that is told of such a file; None of any other."""
    try:
        found = _found(figures, list(told))
    except Missing:
        return None
    if found is None:
        return None
    plain = figures.stored(weight_format="int4")
    kept = (8 * plain - _FOUR * figures.params) / (_SIXTEEN - _FOUR)
    return round((8 * found[2] - _SIXTEEN * kept) / (figures.params - kept), 2)


def _experts_in_four_bits(figures: Figures) -> Words:
    """The sum for the amount that is told, by the groups that give it; Missing where none does."""
    told = [*figures.logged_all("file_gb"), *map(float, figures.told.get("claims_gb", ()))]
    stored = str(figures.knob("weight_format"))
    if stored.startswith("gguf:") or int(float(bits_of(stored))) != _FOUR:  # a GGUF file quantises the rest as well
        raise Missing("bits")
    found = _found(figures, told)
    if found is None:
        raise Missing("file")
    seen, group, whole = found
    routed = routed_of(figures)
    return _sum(figures, (routed, figures.params - routed), (group, _FOUR + _SIXTEEN / group), (seen, whole))


def _sum(figures: Figures, counts: tuple[float, float], stored: tuple[int, float], sizes: tuple[float, float]) -> Words:
    (routed, rest), (group, each), (seen, whole) = counts, stored, sizes
    less = routed * _FOUR / 8
    scale, scale_zh = f"a 16-bit scale for each group of {group} weights", f"每 {group} 个权重一个 16 位尺度"
    if str(figures.knob("weight_format")).startswith("mxfp4") and group == _SIXTEEN // _SCALE * _BLOCK:
        scale, scale_zh = (
            f"an {_SCALE}-bit scale for each block of {_BLOCK} weights",
            f"每 {_BLOCK} 个权重一个 {_SCALE} 位尺度",
        )
    more, kept = both_words(routed * (each - _FOUR) / 8), both_words(2 * rest)
    share = (
        Words(f" On each of {figures.n} cards that is {gib_words(whole / figures.n)}.", f"{figures.n} 张卡每张 {gib_words(whole / figures.n)}。")
        if figures.n > 1
        else SILENT
    )  # fmt: skip
    return Words(
        f"**{seen:g} GB is right: only the routed experts, {size_words(routed)} parameters, are in 4 bits, {both_words(less)}; {scale} makes that {figure(each)} bits, {more} more, and attention, shared experts, router, embedding and output head, {size_words(rest)}, stay in 16 bit, {kept}.** Together {both_words(whole)}.{share.en}",
        f"**{seen:g} GB 是对的:只有路由专家的 {size_words(routed)} 参数是 4 位,{both_words(less)};{scale_zh},合每权重 {figure(each)} 位,多 {more};注意力、共享专家、路由、词嵌入和输出头共 {size_words(rest)} 仍是 16 位,{kept}。** 合计 {both_words(whole)}。{share.zh}",
    )


_COUNTS = (1, 2, 4, 8, 16, 32)  # of cards over which tensor parallel divides
_FULL = 0.9  # of a card that weights may be, for a cache to stand beside


def _experts_alone(figures: Figures) -> Words:
    """What a mixture takes as it is published in INT4, by whom no size is told, and over how many of the cards it goes."""
    if str(figures.given.get("weight_format")) != "int4" and "int4_named" not in figures.log:
        raise Missing("bits")
    routed, group = routed_of(figures), _GROUPS[0]
    each, whole = _FOUR + _SIXTEEN / group, _whole(routed, figures.params - routed, group)
    rest, room = size_words(figures.params - routed), figures.base.capacity
    count = next((n for n in _COUNTS if room and whole / n <= _FULL * room), None)
    cards = (
        Words(f": {count} of these cards, {gib_words(whole / count)} of {gib_words(room)} each", f",要 {count} 张这样的卡,每张 {gib_words(whole / count)} / {gib_words(room)}")
        if count and count > 1 and room and "how_many_gpus" in figures.about
        else SILENT
    )  # fmt: skip
    return Words(
        f"**A mixture may be published in INT4 with its routed experts alone in 4 bits (Kimi-K2-Thinking is): {size_words(routed)} parameters here, at {figure(each)} bits with a 16-bit scale for each {group}, and the other {rest} in 16 bit: {both_words(whole)} of weights{cards.en}.** The other figures count all weights alike in 4 bits.",
        f"**有的混合专家模型发布的 INT4 只有路由专家是 4 位(如 Kimi-K2-Thinking):这里 {size_words(routed)} 参数,每 {group} 个一个 16 位尺度,合 {figure(each)} 位,其余 {rest} 仍是 16 位:权重 {both_words(whole)}{cards.zh}。** 其他数字按全部权重 4 位计算。",
    )


EXPERTS_STORED: dict[str, Callable[[Figures], Words]] = {
    "experts_in_four_bits": _experts_in_four_bits,
    "experts_alone": _experts_alone,
}
