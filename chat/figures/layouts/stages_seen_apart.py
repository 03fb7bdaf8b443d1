"""Beside what a pipeline's stages are worked out to keep: what was seen of the first and the last, and the usual rule for a layer."""

from chat.figures.named import GB, Figures, gib_words
from chat.figures.sums.score_sums import LINEAR
from formulas.notation import figure
from formulas.quantity import SILENT, Words

_PAIR = 2
_ALIKE = (0.5, 2)  # of what is worked out, that two readings show


def between_stages(figures: Figures, more: float, each: float) -> Words:
    """What of two readings that differ is of one of so many micro-batches more; silent where it cannot be these."""
    seen = sorted({float(one) for one in figures.told.get("observed_gb", ()) if one})
    if len(seen) != _PAIR or more < 1:
        return SILENT
    apart = seen[1] - seen[0]
    if "middle_stages" in figures.about:
        return _between(apart * GB, more, each)
    if not _ALIKE[0] <= apart * GB / more / each <= _ALIKE[1]:
        return SILENT
    counted = f"({seen[1]:g} − {seen[0]:g}) ÷ {more:g} = {figure(apart / more, 3)} GB"
    return Words(
        f" The {apart:g} GB between your two readings are {more:g} micro-batches more, {counted} each.",
        f"您看到的两级相差 {apart:g} GB,就是多出的 {more:g} 个微批次,每个 {counted}。",
    )


def _between(apart: float, more: float, each: float) -> Words:
    """The same against a stage between the first and the last: one micro-batch less, or up to all but one of those of the last."""
    fewer = max(1, round(more) - 1)
    if not _ALIKE[0] * each <= apart <= _ALIKE[1] * fewer * each:
        return SILENT
    many = "1" if fewer == 1 else f"1 to {fewer}"
    counted = f"{figure(apart / GB, 3)} GB"
    return Words(
        f" Stages between keep {many} micro-batches less than the first, which are the {counted} between your two readings.",
        f"中间各级比首级少 {many.replace(' to ', ' 到 ')} 个微批次,就是您看到的两级相差的 {counted}。",
    )


def by_the_rule(figures: Figures, each: float) -> Words:
    """What the rule 34·s·b·h/t gives for a stage's layers, where tokens are divided too."""
    ranks, stages = (int(figures.knob(name) or 1) for name in ("tp", "pp"))
    if not figures.knob("sequence_parallel") or figures.knob("attention") == "eager" or stages < _PAIR:
        return SILENT
    layers = int(figures.fact("n_layers")) // stages
    sizes = (int(float(figures.need(name))) for name in ("seq", "batch"))
    s, b = sizes
    h = int(figures.fact("hidden_size"))
    rule = layers * LINEAR * s * b * h / ranks
    if not rule < each:
        return SILENT
    product = f"{layers} × {LINEAR:g} × {s:,} × {b} × {h:,} ÷ {ranks} B = {figure(rule / GB, 3)} GB ({gib_words(rule)})"
    return Words(
        f" The usual rule of {LINEAR:g}·s·b·h/TP for a layer gives {product} per micro-batch; it is of a plain MLP, a gated one keeps more.",
        f"按常用的每层 {LINEAR:g}·s·b·h/TP 估算,每个微批次是 {product.replace(' B =', ' 字节 =')};它按普通 MLP 推出,门控 MLP 要多存一些。",
    )
