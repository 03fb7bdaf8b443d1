"""A figure of LLaMA-Factory's table beside the asker's own run, or beside another publisher's: what each counts."""

from chat.figures.failures.gaps import against_seen, parts_beside
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.phrases import VERDICTS, in_words, pick
from formulas.chinese import spaced
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.database import rows
from kb.published import FINETUNE_METHODS
from kb.recipe import ADAPTERS

# a model is of a column if its size is no further off; a run takes more than a cell from so much on
_LIKE, _MORE = 0.12, 1.15
_SHORT = 1024
_ADAPTED = ("adapter", "gradients", "optimizer")
_ONE_NEED = 2  # two figures of one need are no further apart
# of the cell: the base alone is hardly less
_HARDLY = 0.75
_FEW = 4  # bits of the base of the usual QLoRA


def _cell(figures: Figures) -> tuple[str, float]:
    """The column and the amount of the method at hand."""
    bits = int(figures.knob("bits") or _FEW) if figures.knob("method") == "qlora" else 16
    found = rows(
        "SELECT model_size, memory_gb FROM finetune WHERE method = ? AND bits = ? AND abs(params_b * 1e9 / ? - 1) < ? "
        "ORDER BY abs(params_b * 1e9 / ? - 1) LIMIT 1",
        [FINETUNE_METHODS.get(str(figures.knob("method")), ""), bits, figures.params, _LIKE, figures.params],
    )
    if not found or figures.knob("method") not in ADAPTERS or figures.n > 1:
        raise Missing("cell")
    return str(found[0]["model_size"]), float(found[0]["memory_gb"])


def _base(figures: Figures, cell: float) -> Words:
    """How much of the cell the frozen base is."""
    weights = figures.base.terms.get("weights", 0.0)
    held = both_words(weights)
    if weights >= _HARDLY * cell * GB:
        return Words(f"hardly more than the frozen base, here {held}", f"几乎只是冻结的基座,这里 {held}")
    return Words(f"the frozen base, here {held}, and little beside it", f"是冻结的基座(这里 {held})加上不多的一点")


def cell_and_run(figures: Figures) -> Words:
    """Why the run takes more than the cell: both are right of what they count."""
    _, cell = _cell(figures)
    told = {float(one) for name in ("claims_gb", "bare_gb") for one in figures.told.get(name, ())}
    seen = max((float(one) for one in figures.told.get("observed_gb", ())), default=0.0)
    if cell not in told or seen < _MORE * cell:
        raise Missing("run")
    base, (low, high) = figures.base, figures.base.bounds
    within = any(low <= seen * unit <= high for unit in (GB, GIB))
    rest, match = parts_beside(figures, ("weights", *_ADAPTED)), against_seen(figures, seen)
    head = (
        Words("Neither is off, they count different things", "两个都没错,口径不同")
        if within
        else Words("They count different things", "两者口径不同")
    )
    of_base, less = _base(figures, cell), _takes_less(figures)
    own = gib_words(base.held(*_ADAPTED))
    return Words(
        f"**{head.en}: the table's {cell:g} GB is its authors' rough estimate, {of_base.en}, at short lengths and batch 1; your run at batch {figures['batch']} × {figures['seq']} tokens adds {rest.en}, adapters with their states {own}: {gib_words(base.best)} in all{match.en}.** The meter also shows blocks that PyTorch keeps and does not use. {less.en}",
        f"**{head.zh}:表里的 {cell:g} GB 是作者的粗略估计,{of_base.zh},指短序列、批大小 1;您这次批大小 {figures['batch']} × {figures['seq']} token,另有{spaced(rest.zh)}、适配器及其状态 {own}:合计 {gib_words(base.best)}{match.zh}。** nvidia-smi 还会算上 PyTorch 留着没用的块。{less.zh}",
    )


def _takes_less(figures: Figures) -> Words:
    """The run with a fused loss, with a micro-batch of one, with shorter samples."""
    batch, seq = int(figures.knob("batch_size") or 1), int(figures.knob("seq_len"))
    ways: list[tuple[Words, float]] = []
    if figures.knob("loss") == "full-logits":
        ways.append((Words("a fused loss (Liger)", "融合损失(Liger)"), figures.at(loss="fused").best))
    if batch > 1:
        one = figures.at(batch_size=1)
        ways.append((Words(f"batch 1 with {batch} steps of accumulation", f"批大小 1 加梯度累积 {batch} 步"), one.best))
        if figures.knob("loss") == "full-logits":
            both = Words("both", "两者都用")
            ways.append((both, figures.at(batch_size=1, loss="fused").best))
    elif seq > _SHORT:
        ways.append(
            (Words(f"samples of {_SHORT:,} tokens", f"样本截到 {_SHORT:,} token"), figures.at(seq_len=_SHORT).best)
        )
    if not ways:
        return SILENT
    en = ", ".join(f"{name.en} {gib_words(size)}" for name, size in ways)
    zh = "、".join(f"{name.zh} {gib_words(size)}" for name, size in ways)
    return Words(f"What takes less: {en}.", f"要省:{zh}。")


# ── two publishers ────────────────────────────────────────────────────────────────────────────────────────────────


def both_published(figures: Figures) -> Words:
    """What both figures are of, what the formulas say, and what the card that is told holds of it."""
    size, cell = _cell(figures)
    other = next((float(one) for one in figures.told.get("claims_gb", ()) if float(one) != cell), 0.0)
    base, of_base = figures.base, _base(figures, cell)
    beside = other * GB - base.terms.get("weights", 0.0)
    if beside <= 0 or not 1 / _ONE_NEED < other / cell < _ONE_NEED:
        raise Missing("other")
    left = f"{beside / GB:.3g} GB"
    plain = figures.at(engine=None)
    longer = gib_words(figures.at(engine=None, seq_len=int(figures.knob("seq_len")) + _SHORT).best - plain.best)
    there = Words(*(gib_words(plain.best),) * 2)
    if figures.given.get("engine") and gib_words(base.best) != there.en:
        name = [in_words("engine", figures.given["engine"], language) for language in ("en", "zh")]
        there = Words(
            f"{there.en} ({gib_words(base.best)} in {name[0]})", f"{there.zh}({name[1]} 里 {gib_words(base.best)})"
        )
    card = _on_the_card(figures, size)
    return Words(
        f"**Neither is a measurement, and they count different things: LLaMA-Factory's {cell:g} GB for {size} is {of_base.en}; {other:g} GB leaves {left} beside that for adapters, their states, activations and overhead. Plan with the larger: the formulas give {there.en} at {figures['seq']} tokens, batch {figures['batch']}.**{card.en} Both are of short samples and small batches: {_SHORT:,} more tokens, or as many of a larger batch, add {longer}.",
        f"**两个都不是实测,口径不同:LLaMA-Factory 表里 {size} 的 {cell:g} GB {of_base.zh};{other:g} GB 则在它之外给适配器及其状态、激活和开销留了 {left}。按大的准备:公式在 {figures['seq']} token、批大小 {figures['batch']} 时是 {there.zh}。**{card.zh}两个都指短序列、小批次:每多 {_SHORT:,} 个 token(或批次里多这么多)再加 {longer}。",
    )


def _on_the_card(figures: Figures, size: str) -> Words:
    """Whether the card holds it, and the largest model that goes by this size."""
    base = figures.base
    if base.capacity is None or not base.verdict:
        return SILENT
    room, weights = gib_words(base.capacity), base.terms.get("weights", 0.0)
    said = [pick(VERDICTS[base.leaning or str(base.verdict)], language) for language in ("en", "zh")]
    few, few_zh = "", ""
    if figures.knob("method") != "qlora":
        least = gib_words(figures.at(method="qlora", bits=_FEW).best)
        few, few_zh = f" {_FEW}-bit QLoRA takes {least}.", f"{_FEW} 位 QLoRA 只要 {least}。"
    named = rows(
        "SELECT max(unique_params) AS most FROM models WHERE name LIKE ? AND abs(unique_params / ? - 1) < ?",
        [f"%-{size}%", figures.params, 2 * _LIKE],
    )
    most = float((named[0]["most"] if named else 0) or 0)
    real, real_zh = "", ""
    if "model" not in figures.given and most > figures.params:
        heavy = both_words(most * weights / figures.params)
        real = f"; models called {size} have up to {size_words(most)} parameters, whose base alone is {heavy}"
        real_zh = f";叫 {size} 的模型最多有 {size_words(most)} 参数,光基座就是 {heavy}"
    safe, safe_zh = ("", "") if base.verdict == "yes" else (" To be sure take a larger card.", "要稳妥就换大一档的卡。")
    return Words(
        f" On the card, {room}: {said[0]}, {gib_words(base.capacity - weights)} is left beside the base{real}.{safe}{few}",
        f"卡上 {room}:{said[1]},基座之外只剩 {gib_words(base.capacity - weights)}{real_zh}。{safe_zh}{few_zh}",
    )


CELLS_AND_RUNS = {"cell_and_run": cell_and_run, "both_published": both_published}
