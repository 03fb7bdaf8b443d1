"""What the asker's own readings at several batches or lengths say: what each sequence or token takes, what stays, and how far a card reaches."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.figures.training.own_points import (
    KEPT_FREE,
    NEARLY,
    OWN_POINTS,
    gb_words,
    room_of,
    setting_words,
    verdict_words,
)
from chat.figures.training.steep_words import steep_words
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import SILENT, Words

_A_K, _TOKENS = 1024, 128
_NEAR = 0.15  # by which the formulas may differ and still agree


@dataclass(frozen=True)
class _Line:
    """Through two readings; amounts are in the asker's unit."""

    of_length: bool
    x1: float
    y1: float
    x2: float
    y2: float
    unit: str

    @property
    def each(self) -> float:
        return (self.y2 - self.y1) / (self.x2 - self.x1)

    @property
    def stays(self) -> float:
        return self.y1 - self.each * self.x1

    @property
    def size(self) -> float:
        """Bytes of the unit."""
        return GIB if self.unit == "GiB" else GB

    def at(self, value: float) -> float:
        return self.stays + self.each * value

    def told(self, amount: float) -> str:
        return gb_words(amount, self.unit)

    def most(self, room: float) -> float:
        """So much and no more: whole sequences, and tokens in steps that people set."""
        step = _TOKENS if self.of_length else 1
        return max((room - self.stays) / self.each, 0.0) // step * step


def _line(figures: Figures) -> _Line:
    of, x1, y1, x2, y2 = (logged(figures, f"line_{one}") for one in ("of", "x1", "y1", "x2", "y2"))
    return _Line(bool(of), x1, y1, x2, y2, "GiB" if "line_gib" in figures.log else "GB")


def _line_at(figures: Figures) -> Words:
    """The amount at the setting that is asked about, or the largest setting; the line itself; how far the card reaches."""
    line, room = _line(figures), 0.0
    with suppress(Missing, BadInput):
        room = room_of(figures, "line")
    reach = _reach(line, room) if room else SILENT
    runs = _line_words(figures, line)
    steep = steep_words(figures, line.of_length, line.each * line.size, line.stays * line.size, room * line.size)
    if "line_at" not in figures.log:
        if "line_each" in figures.log:
            return Words(f"**By your own figures {runs.en}.**{steep.en}", f"**按您自己的数字,{runs.zh}。**{steep.zh}")
        if not room:
            raise Missing("room")
        return Words(
            f"**By your own figures {reach.en}: {runs.en}.**{steep.en} {_care(figures, line.of_length).en}",
            f"**按您自己的数字,{reach.zh}:{runs.zh}。** {steep.zh}{_care(figures, line.of_length).zh}",
        )
    at = logged(figures, "line_at")
    need, where = line.at(at), setting_words(line.of_length, at)
    takes, step = "take" if line.of_length else "takes", _A_K if line.of_length else 1
    verdict = verdict_words(need, room, line.unit)
    sum_ = f"{figure(line.stays, 3)} + {figure(at / step, 3)} × {line.told(line.each * step)}"
    more, more_zh = (f" By that {reach.en}.", f"照此 {reach.zh}。") if room else ("", "")
    beside = _by_formulas(figures, need * line.size)
    return Words(
        f"**{verdict.en.partition('|')[0]}by your own figures {where.en} {takes} about {line.told(need)}{verdict.en.partition('|')[2]}: {runs.en}; {sum_}.**{more}{beside.en}{steep.en} {_care(figures, line.of_length).en}"
        .replace("**by", "**By", 1),
        f"**按您自己的数字,{where.zh} 时约 {line.told(need)}{verdict.zh}:{runs.zh};{sum_}。**{more_zh}{beside.zh}{steep.zh}{_care(figures, line.of_length).zh}",
    )  # fmt: skip


def _reach(line: _Line, room: float) -> Words:
    """The largest setting that the card holds, what it takes there, and what the next one would."""
    most, kept = line.most(room), line.most(room * (1 - KEPT_FREE))
    card = f"{room:g} {line.unit}"
    if not most:
        return Words(f"{card} hold none", f"{card} 一条也放不下")
    whole, easy, further = (setting_words(line.of_length, one) for one in (most, kept, most + 1))
    there = line.told(line.at(most))
    free = f"{100 * KEPT_FREE:g} %"
    less, less_zh = f", {easy.en} with {free} kept free", f",留 {free} 余量则 {easy.zh}"
    if kept == most:
        less, less_zh = f", with more than {free} kept free", f",余量超过 {free}"
    over, over_zh = f"; {further.en} would take {line.told(line.at(most + 1))}", f";{further.zh} 要 {line.told(line.at(most + 1))}"  # fmt: skip
    if line.of_length:
        over = over_zh = ""
    return Words(f"{card} hold {whole.en} ({there}){less}{over}", f"{card} 最多 {whole.zh}({there}){less_zh}{over_zh}")


def _line_words(figures: Figures, line: _Line) -> Words:
    """What each further step adds, and what stays, as sums of the readings."""
    step = _A_K if line.of_length else 1
    steps = (line.x2 - line.x1) / step
    risen = f"({line.y2:g} − {line.y1:g}) ÷ {steps:g}" if steps != 1 else f"{line.y2:g} − {line.y1:g}"
    weights = figures.base.terms.get("weights", 0.0) if figures.names_model else 0.0
    shown = gib_words(weights) if line.unit == "GiB" else both_words(weights)
    kept, kept_zh = f" (the weights are {shown} of it)", f"(其中权重 {shown})"
    if not 0 < weights <= NEARLY * line.stays * line.size:
        kept = kept_zh = ""
    rises = f"{risen} = {line.told(line.each * step)}"
    rest = f"{line.y1:g} − {line.told(line.each * line.x1)} = {line.told(line.stays)}"
    which = _which_readings(figures, line)
    return Words(
        f"each {'1,024 tokens take' if line.of_length else 'sequence of the batch takes'} {rises}{which.en}, and {rest} stay whatever the {'length' if line.of_length else 'batch'}{kept}",
        f"{'每 1,024 个 token 要' if line.of_length else '每多一条序列要'} {rises}{which.zh},另外 {rest} 是不随{'长度' if line.of_length else '批大小'}变的{kept_zh}",
    )


def _which_readings(figures: Figures, line: _Line) -> Words:
    """Of more than two readings, whether all lie on the line, or from where on."""
    if "line_bend" in figures.log:
        start = setting_words(line.of_length, logged(figures, "line_bend"))
        return Words(
            f" (by your last two readings: below {start.en} it rises less, as the peak is elsewhere there)",
            f"(按最后两个读数;{start.zh} 以下涨得少,因为那里的峰值不在这一步)",
        )
    if "line_seen" in figures.log and logged(figures, "line_seen") > 2:
        count = int(logged(figures, "line_seen"))
        return Words(f" (all {count} readings lie on that line)", f"({count} 个读数都在这条线上)")
    return SILENT


def _by_formulas(figures: Figures, need: float) -> Words:
    """Beside the line what the formulas give for the same, where a model is named; a difference has a reason."""
    try:
        ours = figures.base.best if figures.names_model and figures.knob("method") != "inference" else 0.0
    except BadInput:
        return SILENT
    if not ours:
        return SILENT
    told, off = gib_words(ours), need / ours - 1
    if abs(off) <= _NEAR:
        return Words(f" The formulas give {told}, which agrees.", f"公式算出 {told},与之相符。")
    if off > 0 and {"gradient_checkpointing", "attention"} & set(figures.given):  # what is usual was not counted
        return Words(f" The formulas give {told}.", f"公式算出 {told}。")
    if off > 0:
        return Words(
            f" The formulas give {told} with what is usual (gradient checkpointing, FlashAttention); a run that takes so much more most likely has one of them off or keeps whole logits in several copies, so checkpointing and a fused loss (Liger) bring the line down.",
            f"按通常设置(开梯度检查点、FlashAttention)公式算出 {told};实际多出这么多,多半是其中一项没开,或者完整的 logits 存了好几份:开重计算、用融合损失(Liger)就能把这条线压低。",
        )
    return Words(
        f" The formulas give {told} for samples that are all so long; shorter ones take less, as yours may.",
        f"公式按每条样本都到这个长度算,是 {told};实际样本更短就少。",
    )


def _care(figures: Figures, of_length: bool) -> Words:
    if figures.knob("method") == "inference":
        return Words("It holds with the other settings unchanged.", "前提是其他设置不变。")
    if of_length:
        return Words(
            "It is a line with FlashAttention or SDPA and samples that really are so long; the scores of eager attention grow with the square.",
            "前提是用 FlashAttention 或 SDPA,样本真有这么长;eager 注意力的分数按平方增长。",
        )
    return Words(
        "It holds at the same length and settings, and for max_memory_allocated: nvidia-smi shows blocks that PyTorch keeps as well.",
        "前提是长度和其他设置不变,并以 max_memory_allocated 为准:nvidia-smi 还包含 PyTorch 留着的缓存块。",
    )


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
    """The line through the readings, and that the whole does not go with the setting."""
    line = _line(figures)
    runs, times = _line_words(figures, line), line.x2 / line.x1
    then, then_zh = (
        f"; so {times:.3g} times as much does not take {times:.3g} times the memory",
        f",所以翻 {times:.3g} 倍时显存不会也翻 {times:.3g} 倍",
    )
    grows = _cache_grows(figures, line.x1, line.x2) if line.of_length else SILENT
    then, then_zh = ("", "") if grows.en else (then, then_zh)
    steep = (
        SILENT if grows.en else steep_words(figures, line.of_length, line.each * line.size, line.stays * line.size, 0.0)
    )
    return Words(
        f"**{grows.en}By your own figures {runs.en}{then}.**{steep.en}",
        f"**{grows.zh}按您自己的数字,{runs.zh}{then_zh}。**{steep.zh}",
    )


OWN_LINE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "own_line": _own_line,
    "own_line_at": _line_at,
    **OWN_POINTS,
}
