"""What the asker's own two readings say: what each sequence or token takes, what stays, and what a third setting would take."""

from collections.abc import Callable

from chat.figures.cause_figures import logged
from chat.figures.named import GB, Figures, Missing, both_words
from formulas.notation import figure
from formulas.quantity import Words

_A_K = 1024
_NEARLY = 1.05  # both are rounded


def _gb(amount: float) -> str:
    return f"{figure(amount, 3)} GB"


def _own_line(figures: Figures) -> Words:
    """The line through both readings, and the amount at the setting that is asked about."""
    x1, y1, x2, y2 = (logged(figures, f"line_{one}") for one in ("x1", "y1", "x2", "y2"))
    each = (y2 - y1) / (x2 - x1)
    stays, of_length = y1 - each * x1, bool(logged(figures, "line_of"))
    step = _A_K if of_length else 1
    steps = (x2 - x1) / step
    risen = f"({y2:g} − {y1:g}) ÷ {steps:g}" if steps != 1 else f"{y2:g} − {y1:g}"
    rises = f"{risen} = {_gb(each * step)}"
    rest = f"{y1:g} − {_gb(each * x1)} = {_gb(stays)}"
    en = "each 1,024 tokens take" if of_length else "each sequence of the batch takes"
    zh = "每 1,024 个 token 要" if of_length else "每多一条序列要"
    base = figures.base.terms.get("weights", 0.0)
    kept, kept_zh = f" (the weights are {both_words(base)} of it)", f"(其中权重 {both_words(base)})"
    if not 0 < base <= _NEARLY * stays * GB:
        kept = kept_zh = ""
    then, then_zh = (
        f"; so {x2 / x1:.3g} times as much does not take {x2 / x1:.3g} times the memory",
        f",所以翻 {x2 / x1:.3g} 倍时显存不会也翻 {x2 / x1:.3g} 倍",
    )
    try:
        at = logged(figures, "line_at")
    except Missing:
        pass
    else:
        then = (
            f"; {'at' if of_length else 'batch'} {at:,g}{' tokens' if of_length else ''} takes about {_gb(stays + each * at)}".replace(
                "at ", "a length of ", 1
            )
            if of_length
            else f"; batch {at:,g} then takes about {_gb(stays + each * at)}"
        )
        then_zh = f",{'长度' if of_length else 'batch'} {at:,g} 时约 {_gb(stays + each * at)}"
    return Words(
        f"**By your own figures {en} {rises}, and {rest} stay whatever the {'length' if of_length else 'batch'}{kept}{then}.**",
        f"**按您自己的数字,{zh} {rises},另外 {rest} 是不随{'长度' if of_length else '批大小'}变的{kept_zh}{then_zh}。**",
    )


OWN_LINE_WORDS: dict[str, Callable[[Figures], Words]] = {"own_line": _own_line}
