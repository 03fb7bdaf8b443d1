"""Two cells of LLaMA-Factory's table beside each other: what the one is of the other, and why it is no more."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing
from formulas.notation import figure
from formulas.quantity import Words
from kb.database import rows

_NEAR = 0.06  # of a column's size
_EXACT = 0.01
RATIO = "cells_ratio:"


def _cells_compared(figures: Figures) -> Words:
    """Of one size the cells of two widths, LoRA's in 16 bit and QLoRA's; Missing where there are not two."""
    asked = next((float(one.removeprefix(RATIO)) for one in figures.about if one.startswith(RATIO)), None)
    widths = sorted({int(one) for one in figures.logged_all("bits_named")}, reverse=True)
    if asked is None or len(widths) != 2:
        raise Missing("cells")
    found = rows(
        "SELECT bits, params_b, memory_gb FROM finetune WHERE abs(params_b / ? - 1) < ? "
        "AND ((method = 'LoRA' AND bits = 16) OR method = 'QLoRA') ORDER BY bits DESC",
        [figures.need("params_said") / 1e9, _NEAR],
    )
    cells = [one for one in found if int(one["bits"]) in widths]
    if [int(one["bits"]) for one in cells] != widths:
        raise Missing("cells")
    more, less = (float(one["memory_gb"]) for one in cells)
    size = float(cells[0]["params_b"])
    bases = [size * width / 8 for width in widths]
    rests = [whole - base for whole, base in zip((more, less), bases, strict=True)]
    if min(rests) < 0:
        raise Missing("cells")
    ratio = less / more
    part = Words(*_PARTS.get(asked, (f"{asked:g}", f"{asked:g} 倍")))
    exact = abs(ratio - asked) <= _EXACT
    opens = (
        Words(f"Yes, {part.en}", f"是,正好{part.zh}") if exact else Words(f"No, not {part.en}", f"不是正好{part.zh}")
    )
    shown = f"{less:g} ÷ {more:g} = {figure(ratio, 2)}"
    base, over = (
        f"{figure(bases[0], 3)} GB → {figure(bases[1], 3)} GB",
        f"{figure(rests[0], 3)} GB → {figure(rests[1], 3)} GB",
    )
    return Words(
        f"**{opens.en}: {shown}.** Only the base goes with the bits, {base} ({figure(size, 3)}B × {widths[0]} ÷ 8 and × {widths[1]} ÷ 8 B); what stands beside it in the cells, {over}, are adapters with their states, activations, scales and the 16-bit embedding, which do not, and all is rounded by hand.",
        f"**{opens.zh}:{shown}。** 随位数变的只有基座权重,{base}({figure(size, 3)}B × {widths[0]} ÷ 8 与 × {widths[1]} ÷ 8 字节);格子里其余的 {over} 是适配器及其状态、激活、量化常数和 16 位的 embedding,不随位数变,而且都是手工取整的估计。",
    )


_PARTS = {0.5: ("half", "一半"), 0.25: ("a quarter", "四分之一")}
CELLS_COMPARED: dict[str, Callable[[Figures], Words]] = {"cells_compared": _cells_compared}
