"""A rule that a question lays down, `from now on fp16 takes 1 byte`: of which format that is, and what it leaves on the card."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, gib_words
from chat.phrases import value
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.knobs import PLAIN_TYPES

# bytes of a parameter, and the bits that they are
_BITS = {1.0: 8, 0.5: 4}


def _of_other_bits(figures: Figures) -> Words:
    """The format whose bytes were laid down for another one; silent where none was."""
    each = figures.told_one("bytes_each") or (0.5 if "half_byte" in figures.about else 0.0)
    stored = str(figures.knob("weight_format"))
    if each not in _BITS or stored not in PLAIN_TYPES:
        return SILENT
    bits, own = _BITS[each], 4 if stored == "fp32" else 2
    name, name_zh = value("weight_format", stored, "en"), value("weight_format", stored, "zh")
    size = figures.need("params_said")
    product = f"{size_words(size)} × {each:g} B = {size * each / GB:,.3g} GB"
    left = _left(figures, bits)
    byte = "byte" if each == 1 else "bytes"
    return Words(
        f" {each:g} {byte} a parameter is {bits}-bit ({'INT8, FP8' if bits == 8 else 'INT4, NF4'}), {product}; {name} has {own}.{left.en}",
        f"每参数 {each:g} 字节是 {bits} 位({'INT8、FP8' if bits == 8 else 'INT4、NF4'})的量,{product.replace(' B =', ' 字节 =')};{name_zh} 是 {own} 字节。{left.zh}",
    )


def _left(figures: Figures, bits: int) -> Words:
    """What such weights leave of one card for more cache."""
    there = figures.at(weight_format=None, bits=bits)
    if there.capacity is None or figures.n > 1 or there.best > there.capacity:
        return SILENT
    room = gib_words(there.capacity - there.best)
    return Words(
        f" Quantised to that it takes {gib_words(there.best)} of {gib_words(there.capacity)} and leaves {room} for a longer or further cache.",
        f"真量化到 {bits} 位,要 {gib_words(there.best)} / {gib_words(there.capacity)},只剩 {room} 给更长或更多的 KV 缓存。",
    )


BYTES_LAID_DOWN: dict[str, Callable[[Figures], Words]] = {"of_other_bits": _of_other_bits}
