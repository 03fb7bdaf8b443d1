"""What a run takes at another batch or length than it was seen at: between the bounds of one reading."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GIB, Figures, Missing
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import SILENT, Words

_A_K = 1024
KEPT_FREE = 0.05  # of a card: lengths vary, and blocks of other sizes stay reserved
_RESERVE = 0.5  # GB that stay free beside a single reading
NEARLY = 1.05  # readings are rounded
_LIKE = (0.6, 1.6)  # times the formulas' figure: what was seen is of such a run
_SLOWER = 4  # times less than the formulas' growth: other things differ than the samples' length
_ANY = "7B"  # the memory of a card is asked of some model


def gb_words(amount: float, unit: str = "GB") -> str:
    return f"{figure(amount, 3)} {unit}"


def room_of(figures: Figures, kind: str) -> float:
    """What the card holds [GB], as it was told or by its name; Missing where neither is."""
    with suppress(Missing):
        return logged(figures, f"{kind}_room")
    if not {"gpu", "gpu_memory_gb"} & set(figures.given):
        raise Missing("card")
    there = Figures({"params": _ANY, **figures.given}).base.capacity
    if there is None:
        raise Missing("card")
    return round(there / GIB)


def setting_words(of_length: bool, value: float) -> Words:
    return Words(f"{value:,.0f} tokens", f"{value:,.0f} token") if of_length else Words(f"batch {value:g}", f"batch {value:g}")  # fmt: skip


def verdict_words(need: float, room: float, unit: str = "GB") -> Words:
    """In English what opens the sentence and what ends it, apart by a stroke."""
    if not room:
        return Words("|", "")
    if need > room:
        return Words(f"No: |, more than the {room:g} {unit} there are", f",超过 {room:g} {unit},放不下")
    if need > room * (1 - KEPT_FREE):
        return Words(f"Hardly: |, next to all of {room:g} {unit}", f",{room:g} {unit} 几乎用满,很悬")
    return Words(f"Yes: |, and {room:g} {unit} hold that", f",{room:g} {unit} 放得下")


def _read(figures: Figures) -> tuple[bool, float, float, float, float]:
    """Is it of a length; the value that was seen and its amount, the value that is asked about, what the card holds or 0."""
    of_length, x, at = bool(logged(figures, "point_of")), logged(figures, "point_x1"), logged(figures, "point_at")
    room = 0.0
    with suppress(Missing, BadInput):
        room = room_of(figures, "point")
    seen = room - logged(figures, "point_free") if "point_free" in figures.log else logged(figures, "point_y1")
    if seen <= 0 or (room and seen > room * NEARLY):
        raise Missing("seen")
    return of_length, x, seen, at, room


def _point(figures: Figures) -> Words:
    """Between what was seen and its multiple; how much of it may grow for the card to hold the other; how that is found out."""
    of_length, x, seen, at, room = _read(figures)
    times = at / x
    low, high = sorted((seen, seen * times))
    where, things = (
        setting_words(of_length, at),
        Words("length" if of_length else "batch", "长度" if of_length else "批大小"),
    )
    takes = "take" if of_length else "takes"
    head = Words(
        f"{where.en[:1].upper()}{where.en[1:]} {takes} between {gb_words(low)} and {gb_words(high)}, by how much of the {gb_words(seen)} goes with the {things.en}",
        f"{where.zh} 在 {gb_words(low)} 到 {gb_words(high)} 之间,取决于这 {gb_words(seen)} 里有多少随{things.zh}增长",
    )
    grows = SILENT
    if room and times > 1:
        grows = _may_grow(room - seen, times, seen, room)
    sum_ = f"{figure(seen, 3)} + ({at:,g}/{x:,g} − 1) × v"
    half = x / 2 if of_length else max(x - 1, 1)
    if of_length or x > 1:
        other, factor = setting_words(of_length, half), 1 / (1 - half / x)
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
        f": {room:g} GB hold it only if that is no more than about {gb_words(most)} ({gb_words(kept)} with {_RESERVE:g} GB kept free), so if {gb_words(seen - most)} or more are fixed",
        f":这部分不超过约 {gb_words(most)}(留 {_RESERVE:g} GB 余量则 {gb_words(kept)}),即固定部分不少于 {gb_words(seen - most)},{room:g} GB 才放得下",
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
    by = f"{seen:g} {'+' if at > x else '−'} {figure(abs(at - x) / step, 3)} × {gb_words(each * step)}"
    where, span = setting_words(of_length, at), f"{gb_words(ends[0]).removesuffix(' GB')}–{gb_words(ends[-1])}"
    verdict = verdict_words(ends[0] if ends[0] > room else ends[-1], room)
    takes = "take" if of_length else "takes"
    return Words(
        f"**{verdict.en.partition('|')[0]}{where.en} {takes} about {gb_words(need)} by what you measured ({span}){verdict.en.partition('|')[2]}:** {by} that the formulas give for each further {'1,024 tokens' if of_length else 'sequence'}; your own reading, less the {gb_words(here - each * x)} that stay, makes it {gb_words(own * step)}. A second reading at another {'length' if of_length else 'batch'} settles it."
        .replace("**batch", "**Batch", 1),
        f"**按您的实测,{where.zh} 时约 {gb_words(need)}({span}){verdict.zh}:** {by},后者是公式给出的每{'多 1,024 个 token' if of_length else '多一条序列'}的增量;从您的读数里减去不变的 {gb_words(here - each * x)},则是 {gb_words(own * step)}。换一个{'长度' if of_length else '批大小'}再测一次就能定下来。",
    )  # fmt: skip


OWN_POINTS: dict[str, Callable[[Figures], Words]] = {
    "own_point": _point,
    "own_point_of_model": _point_of_model,
}
