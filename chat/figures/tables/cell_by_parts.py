"""What a cell of the table comes to by the formulas: the base as it is stored, and what stands beside it."""

from collections.abc import Callable

from chat.figures.failures.gaps import parts_beside
from chat.figures.named import Figures, both_words, gib_words
from formulas.quantity import SILENT, Words
from kb.recipe import ADAPTERS

_OF_ADAPTERS = ("adapter", "gradients", "optimizer")


def _by_parts(figures: Figures) -> Words:
    if figures.knob("method") not in ADAPTERS or figures.n > 1:
        return SILENT
    base, rest = figures.base, parts_beside(figures, ("weights", *_OF_ADAPTERS))
    weights, own = both_words(base.terms["weights"]), gib_words(base.held(*_OF_ADAPTERS))
    whole, length = both_words(base.best), f"{int(figures.knob('seq_len')):,}"
    return Words(
        f" By the formulas at {length} tokens: the base as it is stored {weights}, {rest.en}, the adapters with their states {own}: {whole} in all.",
        f"按公式({length} token):存储的基座 {weights},{rest.zh}、适配器及其状态 {own},总共 {whole}。",
    )


CELL_BY_PARTS: dict[str, Callable[[Figures], Words]] = {"cell_by_parts": _by_parts}
