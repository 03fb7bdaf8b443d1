"""The KV cache at each of several lengths and numbers of sequences that are told, as a table."""

from collections.abc import Callable

from chat.figures.named import Figures, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words

# a row for each length, a column for each number of sequences: as many as are read at a glance
_ROWS, _COLUMNS = 8, 6


def grid(figures: Figures, length: int, many: int, size: Callable[[int], float]) -> Words:
    """A row for each length that is told, a column for each batch; nothing where there is one of each. `size`: bytes of a sequence
    of so many tokens."""
    lengths = [int(one) for one in figures.logged_all("length")][:_ROWS] or [length]
    batches = [int(one) for one in figures.logged_all("batch")][:_COLUMNS] or [many]
    if len(lengths) * len(batches) < 2:
        return SILENT
    each = {tokens: size(tokens) for tokens in lengths}
    rows = [[figure(tokens), *(gib_words(each[tokens] * batch) for batch in batches)] for tokens in lengths]
    en = [["tokens of each", *(f"{batch} sequence{'s' if batch > 1 else ''}" for batch in batches)], *rows]
    zh = [["每条 token 数", *(f"{batch} 条序列" for batch in batches)], *rows]
    return Words("\n\n" + table(en), "\n\n" + table(zh))


def table(rows: list[list[str]]) -> str:
    """Rows as Markdown, the first of them the head."""
    lines = [f"| {' | '.join(row)} |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])
