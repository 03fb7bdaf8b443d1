"""Cells of LLaMA-Factory's table in words, and which of those that a card holds to take."""

import re
from typing import Any

Cell = dict[str, Any]


def method_words(cell: Cell, zh: bool) -> str:
    """`QLoRA (4-bit)`: the width as the table has it, 32 standing for mixed precision."""
    if cell["method"] == "Full" and (cell["bits"] is None or cell["bits"] == 32):
        return "Full(混合精度)" if zh else "Full (mixed precision)"
    return f"{cell['method']}({cell['bits']} 位)" if zh else f"{cell['method']} ({cell['bits']}-bit)"


def cell_words(cell: Cell, zh: bool) -> str:
    return f"{cell['model_size']} {method_words(cell, zh)} {cell['memory_gb']:g} GB"


def joined(methods: list[str]) -> str:
    """`LoRA/GaLore (16-bit)`: methods of one width share it."""
    heads = [re.match(r"(.*?)(\s?[(\uff08].*)$", method) for method in methods]
    widths = {head[2] for head in heads if head}
    if len(widths) == 1 and all(heads):
        return "/".join(head[1] for head in heads if head) + widths.pop()
    return "/".join(methods)


def said_together(cells: list[Cell], zh: bool) -> str:
    """The cells in words, methods that have one figure in one."""
    alike: dict[tuple[str, float], list[str]] = {}
    for cell in cells:
        alike.setdefault((str(cell["model_size"]), float(cell["memory_gb"])), []).append(method_words(cell, zh))
    told = [f"{size} {joined(methods)} {memory:g} GB" for (size, memory), methods in alike.items()]
    return ("、" if zh else ", ").join(told)


def left_of(held: list[Cell], size: float, zh: bool) -> str:
    """Which of the cells that a card holds leaves most of it, and what that is to the fullest; of two."""
    if len(held) != _PAIR:
        return _bits_to_take(held, size, zh)
    least, most = (pick(held, key=lambda one: float(one["memory_gb"])) for pick in (min, max))
    share = float(most["memory_gb"]) / size
    if least["memory_gb"] == most["memory_gb"] or share < _LITTLE_LEFT:
        return ""
    if zh:
        return f"{method_words(most, zh)} 余量不大,{method_words(least, zh)} 更稳。"
    return f"{method_words(most, zh)} leaves little, {method_words(least, zh)} is safer. "


def _bits_to_take(held: list[Cell], size: float, zh: bool) -> str:
    """Of one method in three or more widths that a card all holds: the widest of four bits or more that leaves room."""
    by_bits = {int(one["bits"] or 0): one for one in held}
    tight = [one for one in held if float(one["memory_gb"]) >= _LITTLE_LEFT * size]
    usual = [bits for bits, one in by_bits.items() if bits >= _USUAL and one not in tight]
    if len(held) <= _PAIR or len(by_bits) < len(held) or len({one["method"] for one in held}) > 1 or not usual:
        return ""
    taken = by_bits[max(usual)]
    low = [one for bits, one in by_bits.items() if bits < _USUAL]
    little = ("、" if zh else ", ").join(
        f"{_width(one, zh)}{'(' if zh else ' ('}{one['memory_gb']:g}/{size:g} GB)" for one in tight
    )
    lossy = ("、" if zh else ", ").join(_width(one, zh) for one in low)
    parts = (
        [f"{little}余量小" if tight else "", f"选 {_width(taken, zh)},余量够", f"{lossy} 质量损失大,放不下时才用" if low else ""] if zh
        else [f"{little} leaves little" if tight else "", f"take {_width(taken, zh)}, which leaves room", f"{lossy} loses much quality and is for where that does not fit" if low else ""]
    )  # fmt: skip
    said = (";" if zh else "; ").join(filter(None, parts))
    return f"**{said}。**" if zh else f"**{said[0].upper()}{said[1:]}.** "


def _width(cell: Cell, zh: bool) -> str:
    return f"{cell['bits']} 位" if zh else f"{cell['bits']}-bit"


_USUAL = 4  # bits: fewer lose much
_PAIR = 2
_LITTLE_LEFT = 0.75  # of a card: what takes more of it leaves little
