"""What the asker's own two readings say: what each sequence or token takes, and what stays."""

from collections.abc import Callable

from chat.figures.cause_figures import logged
from chat.figures.named import Figures, gib_words
from chat.figures.own_points import OWN_POINTS, line_words
from formulas.quantity import SILENT, Words


def _cache_grows(figures: Figures, short: float, long: float) -> Words:
    """Of a model that is served, that its cache is what grows with the length, and what it takes at both."""
    if figures.knob("method") != "inference":
        return SILENT
    few, many, narrow = (
        gib_words(figures.at(seq_len=int(length), kv_format=kind, kv_bytes=None).part_of_all("kv"))
        for length, kind in ((short, None), (long, None), (long, "q8_0"))
    )
    return Words(
        f"The model does not grow, the KV cache does: {few} at {short:,.0f} tokens, {many} at {long:,.0f} in 16 bit, {narrow} in q8_0 (flash attention on). ",
        f"模型没有变大,涨的是 KV 缓存:16 位时 {short:,.0f} token {few},{long:,.0f} token {many};q8_0(要开 flash attention)则 {narrow}。",
    )


def _own_line(figures: Figures) -> Words:
    """The line through both readings, and that the whole does not go with the setting."""
    x1, y1, x2, y2 = (logged(figures, f"line_{one}") for one in ("x1", "y1", "x2", "y2"))
    each = (y2 - y1) / (x2 - x1)
    stays, of_length = y1 - each * x1, bool(logged(figures, "line_of"))
    line = line_words(figures, of_length, (x1, y1, x2, y2), each, stays)
    then, then_zh = (
        f"; so {x2 / x1:.3g} times as much does not take {x2 / x1:.3g} times the memory",
        f",所以翻 {x2 / x1:.3g} 倍时显存不会也翻 {x2 / x1:.3g} 倍",
    )
    grows = _cache_grows(figures, x1, x2) if of_length else SILENT
    then, then_zh = ("", "") if grows.en else (then, then_zh)
    return Words(
        f"**{grows.en}By your own figures {line.en}{then}.**",
        f"**{grows.zh}按您自己的数字,{line.zh}{then_zh}。**",
    )


OWN_LINE_WORDS: dict[str, Callable[[Figures], Words]] = {"own_line": _own_line, **OWN_POINTS}
