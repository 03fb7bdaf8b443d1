"""What a run takes at another batch or length than it was seen at: on the line through two readings, or between the bounds of one."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.cause_figures import logged
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import SILENT, Words

_A_K, _TOKENS = 1024, 128
_KEPT_FREE = 0.05  # of a card: lengths vary, and blocks of other sizes stay reserved
_RESERVE = 0.5  # GB that stay free beside a single reading
_NEARLY = 1.05  # readings are rounded
_NEAR = 0.15  # by which the formulas may differ and still agree
_LIKE = (0.6, 1.6)  # times the formulas' figure: what was seen is of such a run
_SLOWER = 4  # times less than the formulas' growth: other things differ than the samples' length
_ANY = "7B"  # the memory of a card is asked of some model


def _gb(amount: float) -> str:
    return f"{figure(amount, 3)} GB"


def _room(figures: Figures, kind: str) -> float:
    """What the card holds [GB], as it was told or by its name; Missing where neither is."""
    with suppress(Missing):
        return logged(figures, f"{kind}_room")
    if not {"gpu", "gpu_memory_gb"} & set(figures.given):
        raise Missing("card")
    there = Figures({"params": _ANY, **figures.given}).base.capacity
    if there is None:
        raise Missing("card")
    return round(there / GIB)


def _setting(of_length: bool, value: float) -> Words:
    return Words(f"{value:,.0f} tokens", f"{value:,.0f} token") if of_length else Words(f"batch {value:g}", f"batch {value:g}")  # fmt: skip


def _largest(of_length: bool, value: float) -> Words:
    """So much and no more: whole sequences, and tokens by the hundred."""
    return _setting(of_length, value // _TOKENS * _TOKENS if of_length else value // 1)


def _line_at(figures: Figures) -> Words:
    """The amount at the setting that is asked about, or the largest setting; the line itself; how far the card reaches."""
    x1, y1, x2, y2 = (logged(figures, f"line_{one}") for one in ("x1", "y1", "x2", "y2"))
    of_length, each = bool(logged(figures, "line_of")), (y2 - y1) / (x2 - x1)
    stays, room = y1 - each * x1, 0.0
    with suppress(Missing, BadInput):
        room = _room(figures, "line")
    full, easy = ((most - stays) / each for most in (room, room * (1 - _KEPT_FREE)))
    reach = SILENT
    if room:
        whole, kept = _largest(of_length, full), _largest(of_length, max(easy, 0.0))
        reach = Words(
            f"{room:g} GB hold {whole.en} by that, {kept.en} with 5 % kept free",
            f"照此 {room:g} GB 最多 {whole.zh},留 5 % 余量则 {kept.zh}",
        )
    line = line_words(figures, of_length, (x1, y1, x2, y2), each, stays)
    if "line_at" not in figures.log:
        if not room:
            raise Missing("room")
        return Words(
            f"**By your own figures {reach.en.replace(' by that', '')}: {line.en}.** {_care(of_length).en}",
            f"**按您自己的数字,{reach.zh.removeprefix('照此 ')}:{line.zh}。** {_care(of_length).zh}",
        )
    at = logged(figures, "line_at")
    need, where = stays + each * at, _setting(of_length, at)
    takes = "take" if of_length else "takes"
    verdict = _verdict(need, room)
    sum_ = (
        f"{figure(stays, 3)} + {figure(at / (_A_K if of_length else 1), 3)} × {_gb(each * (_A_K if of_length else 1))}"
    )
    more, more_zh = (f" {reach.en[:1].upper()}{reach.en[1:]}.", f"{reach.zh}。") if room else ("", "")
    beside = _by_formulas(figures, need)
    return Words(
        f"**{verdict.en.partition('|')[0]}by your own figures {where.en} {takes} about {_gb(need)}{verdict.en.partition('|')[2]}: {line.en}; {sum_}.**{more}{beside.en} {_care(of_length).en}"
        .replace("**by", "**By", 1),
        f"**按您自己的数字,{where.zh} 时约 {_gb(need)}{verdict.zh}:{line.zh};{sum_}。**{more_zh}{beside.zh}{_care(of_length).zh}",
    )  # fmt: skip


def _verdict(need: float, room: float) -> Words:
    """In English what opens the sentence and what ends it, apart by a stroke."""
    if not room:
        return Words("|", "")
    if need > room:
        return Words(f"No: |, more than the {room:g} GB there are", f",超过 {room:g} GB,放不下")
    if need > room * (1 - _KEPT_FREE):
        return Words(f"Hardly: |, next to all of {room:g} GB", f",{room:g} GB 几乎用满,很悬")
    return Words(f"Yes: |, and {room:g} GB hold that", f",{room:g} GB 放得下")


def line_words(figures: Figures, of_length: bool, seen: tuple[float, ...], each: float, stays: float) -> Words:
    """What each further step adds, and what stays, as sums of the readings."""
    x1, y1, x2, y2 = seen
    step = _A_K if of_length else 1
    steps = (x2 - x1) / step
    risen = f"({y2:g} − {y1:g}) ÷ {steps:g}" if steps != 1 else f"{y2:g} − {y1:g}"
    weights = figures.base.terms.get("weights", 0.0) if figures.names_model else 0.0
    kept, kept_zh = f" (the weights are {both_words(weights)} of it)", f"(其中权重 {both_words(weights)})"
    if not 0 < weights <= _NEARLY * stays * GB:
        kept = kept_zh = ""
    rises, rest = f"{risen} = {_gb(each * step)}", f"{y1:g} − {_gb(each * x1)} = {_gb(stays)}"
    return Words(
        f"each {'1,024 tokens take' if of_length else 'sequence of the batch takes'} {rises}, and {rest} stay whatever the {'length' if of_length else 'batch'}{kept}",
        f"{'每 1,024 个 token 要' if of_length else '每多一条序列要'} {rises},另外 {rest} 是不随{'长度' if of_length else '批大小'}变的{kept_zh}",
    )


def _by_formulas(figures: Figures, need: float) -> Words:
    """Beside the line what the formulas give for the same, where a model is named; a difference has a reason."""
    try:
        ours = figures.base.best if figures.names_model else 0.0
    except BadInput:
        return SILENT
    if not ours:
        return SILENT
    told, off = gib_words(ours), need * GB / ours - 1
    if abs(off) <= _NEAR:
        return Words(f" The formulas give {told}, which agrees.", f"公式算出 {told},与之相符。")
    if off > 0:
        return Words(
            f" The formulas give {told} with what is usual (gradient checkpointing, FlashAttention); a run that takes so much more has one of them off or keeps whole logits in several copies, so checkpointing and a fused loss (Liger) bring the line down.",
            f"按通常设置(开梯度检查点、FlashAttention)公式算出 {told};实际多出这么多,说明其中一项没开,或者完整的 logits 存了好几份:开重计算、用融合损失(Liger)就能把这条线压低。",
        )
    return Words(
        f" The formulas give {told} for samples that are all so long; shorter ones take less, as yours may.",
        f"公式按每条样本都到这个长度算,是 {told};实际样本更短就少。",
    )


def _care(of_length: bool) -> Words:
    if of_length:
        return Words(
            "It is a line with FlashAttention or SDPA and samples that really are so long; the scores of eager attention grow with the square.",
            "前提是用 FlashAttention 或 SDPA,样本真有这么长;eager 注意力的分数按平方增长。",
        )
    return Words(
        "It holds at the same length and settings, and for max_memory_allocated: nvidia-smi shows blocks that PyTorch keeps as well.",
        "前提是长度和其他设置不变,并以 max_memory_allocated 为准:nvidia-smi 还包含 PyTorch 留着的缓存块。",
    )


# ── one reading ────────────────────────────────────────────────────────────────────────────────────────────────────


def _read(figures: Figures) -> tuple[bool, float, float, float, float]:
    """Is it of a length; the value that was seen and its amount, the value that is asked about, what the card holds or 0."""
    of_length, x, at = bool(logged(figures, "point_of")), logged(figures, "point_x1"), logged(figures, "point_at")
    room = 0.0
    with suppress(Missing, BadInput):
        room = _room(figures, "point")
    seen = room - logged(figures, "point_free") if "point_free" in figures.log else logged(figures, "point_y1")
    if seen <= 0 or (room and seen > room * _NEARLY):
        raise Missing("seen")
    return of_length, x, seen, at, room


def _point(figures: Figures) -> Words:
    """Between what was seen and its multiple; how much of it may grow for the card to hold the other; how that is found out."""
    of_length, x, seen, at, room = _read(figures)
    times = at / x
    low, high = sorted((seen, seen * times))
    where, things = (
        _setting(of_length, at),
        Words("length" if of_length else "batch", "长度" if of_length else "批大小"),
    )
    takes = "take" if of_length else "takes"
    head = Words(
        f"{where.en[:1].upper()}{where.en[1:]} {takes} between {_gb(low)} and {_gb(high)}, by how much of the {_gb(seen)} goes with the {things.en}",
        f"{where.zh} 在 {_gb(low)} 到 {_gb(high)} 之间,取决于这 {_gb(seen)} 里有多少随{things.zh}增长",
    )
    grows = SILENT
    if room and times > 1:
        grows = _may_grow(room - seen, times, seen, room)
    sum_ = f"{figure(seen, 3)} + ({at:,g}/{x:,g} − 1) × v"
    half = x / 2 if of_length else max(x - 1, 1)
    if of_length or x > 1:
        other, factor = _setting(of_length, half), 1 / (1 - half / x)
        how = Words(f"one run at {other.en} tells v: {factor:g} × the difference", f"用 {other.zh} 再跑一次就知道:v = {factor:g} × 两次之差")  # fmt: skip
    else:
        how = Words(
            "one run at half the length tells v: about 2 × the difference", "长度减半再跑一次就知道:v 约为 2 × 两次之差"
        )
    free = (
        Words(" What is free is the card less max_memory_allocated; nvidia-smi counts blocks that PyTorch keeps as taken.", "“剩余”要按卡减去 max_memory_allocated 算;nvidia-smi 把 PyTorch 留着的缓存块也算作已用。")
        if "point_free" in figures.log else SILENT
    )  # fmt: skip
    instead = (
        Words("Where it does not fit: a fused loss (Liger), gradient checkpointing if it is off.", "放不下就用融合损失(Liger),没开梯度检查点就先开。")
        if of_length else
        Words(f"Where it does not fit, gradient accumulation gives the larger batch at the memory of batch {x:g}, or of batch 1.", f"放不下就用梯度累积:有效批更大,显存仍是 batch {x:g}(或 batch 1)的。")
    )  # fmt: skip
    return Words(
        f"**{head.en}{grows.en}.** Weights, gradients and optimizer states stay (16 B per parameter in full fine-tuning with Adam, 2 B with LoRA, about 0.6 B with QLoRA, and about 1 GB of context); activations and logits, v, grow: {sum_}. {how.en[:1].upper()}{how.en[1:]}. {instead.en}{free.en}",
        f"**{head.zh}{grows.zh}。** 权重、梯度、优化器状态不变(Adam 全参每参数 16 字节,LoRA 2 字节,QLoRA 约 0.6 字节,另加约 1 GB 的上下文),随之增长的是激活和 logits(记作 v):{sum_}。{how.zh}。{instead.zh}{free.zh}",
    )


def _may_grow(left: float, times: float, seen: float, room: float) -> Words:
    """How much of what was seen may go with the setting for the card to hold it."""
    most = left / (times - 1)
    if most >= seen:
        return Words(f"; {room:g} GB hold it either way", f";无论如何 {room:g} GB 都放得下")
    kept = max(left - _RESERVE, 0.0) / (times - 1)
    return Words(
        f": {room:g} GB hold it only if that is no more than about {_gb(most)} ({_gb(kept)} with {_RESERVE:g} GB kept free), so if {_gb(seen - most)} or more are fixed",
        f":这部分不超过约 {_gb(most)}(留 {_RESERVE:g} GB 余量则 {_gb(kept)}),即固定部分不少于 {_gb(seen - most)},{room:g} GB 才放得下",
    )


def _point_of_model(figures: Figures) -> Words:
    """What was seen and what the formulas let each further sequence or token add; the bounds where it was no such run."""
    of_length, x, seen, at, room = _read(figures)
    name = "seq_len" if of_length else "batch_size"
    here, there = (figures.at(**{name: int(value)}).best / GIB for value in (x, at))
    each = (there - here) / (at - x)
    if each <= 0 or not _LIKE[0] <= seen / here <= _LIKE[1]:
        return _point(figures)
    own = (seen - (here - each * x)) / x  # of what was seen, what is beyond the part that stays
    rates = [each, own] if own > each / _SLOWER else [each]
    ends = sorted(seen + (at - x) * rate for rate in rates)
    need = seen + (at - x) * each
    step = _A_K if of_length else 1
    by = f"{seen:g} {'+' if at > x else '−'} {figure(abs(at - x) / step, 3)} × {_gb(each * step)}"
    where, span = _setting(of_length, at), f"{_gb(ends[0]).removesuffix(' GB')}–{_gb(ends[-1])}"
    verdict = _verdict(ends[0] if ends[0] > room else ends[-1], room)
    takes = "take" if of_length else "takes"
    return Words(
        f"**{verdict.en.partition('|')[0]}{where.en} {takes} about {_gb(need)} by what you measured ({span}){verdict.en.partition('|')[2]}:** {by} that the formulas give for each further {'1,024 tokens' if of_length else 'sequence'}; your own reading, less the {_gb(here - each * x)} that stay, makes it {_gb(own * step)}. A second reading at another {'length' if of_length else 'batch'} settles it."
        .replace("**batch", "**Batch", 1),
        f"**按您的实测,{where.zh} 时约 {_gb(need)}({span}){verdict.zh}:** {by},后者是公式给出的每{'多 1,024 个 token' if of_length else '多一条序列'}的增量;从您的读数里减去不变的 {_gb(here - each * x)},则是 {_gb(own * step)}。换一个{'长度' if of_length else '批大小'}再测一次就能定下来。",
    )  # fmt: skip


OWN_POINTS: dict[str, Callable[[Figures], Words]] = {
    "own_line_at": _line_at,
    "own_point": _point,
    "own_point_of_model": _point_of_model,
}
