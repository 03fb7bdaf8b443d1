"""Megatron's distributed optimizer: over how many ranks it divides, what is left of the states on a card, and beside ZeRO-1 of others."""

from collections.abc import Callable

from chat.figures.layouts.zero_bytes import OF_STAGE
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import ADAM, GRADIENT, TRAINED

# of the first stage of ZeRO what stays whole, with 16-bit gradients and with those that Megatron sums up in fp32
_HALF = OF_STAGE[1][0]
_WIDE = _HALF + GRADIENT
_NEAR = 0.2  # of the difference that two readings show
_PAIR = 2
_DIVIDES_GRADIENTS = 2  # the stage that does, and those above it


def ranks_of(figures: Figures) -> int:
    """Parts that tensor ranks and stages make of the parameters."""
    return int(figures.knob("tp") or 1) * int(figures.knob("pp") or 1)


def copies_of(figures: Figures) -> int:
    """Cards that share an optimizer's states: copies, and parts of one sequence, which hold the same weights."""
    return max(1, figures.n // ranks_of(figures))


def sharers(figures: Figures) -> Words:
    """Those cards by name: `data parallel 2 × CP 2`."""
    parts = int(figures.knob("cp") or 1)
    dp, cp = copies_of(figures) // parts, f" × CP {parts}" if parts > 1 else ""
    return Words(f"data parallel {dp}{cp}", f"数据并行 {dp}{cp}")


def bytes_of_stage(figures: Figures, stage: int) -> tuple[float, float]:
    """Bytes of a parameter that a stage keeps whole, and those that it divides; Megatron sums its gradients up in fp32."""
    whole, divided = OF_STAGE[stage]
    more = GRADIENT if figures.knob("engine") == "megatron" else 0
    return (whole + more, divided) if stage < _DIVIDES_GRADIENTS else (whole, divided + more)


def kept_whole(figures: Figures) -> float:
    """Bytes of a parameter that the first stage leaves whole."""
    return bytes_of_stage(figures, 1)[0]


def in_gb(size: float) -> str:
    return f"{figure(size / GB, 3)} GB"


def trained_whole(figures: Figures) -> None:
    """Missing where a card's states are no multiple of its parameters."""
    usual = figures.knob("method") in (None, "full") and figures.knob("optimizer") == "adamw" and not figures.pure
    if not usual or figures.n < _PAIR or figures.knob("ep"):  # experts have copies of their own number
        raise Missing("states")


def params_here(figures: Figures) -> float:
    """Parameters of the fullest card, by the optimizer's states that are counted for it."""
    divided = figures.at(zero_stage=1)
    return divided.terms["optimizer"] * copies_of(figures) / ADAM


def ways_of(figures: Figures) -> str:
    return " × ".join(f"{name.upper()} {int(figures.knob(name))}" for name in ("tp", "pp") if int(figures.knob(name) or 1) > 1)  # fmt: skip


def _readings(figures: Figures) -> list[float]:
    """The amounts that were seen [bytes], the larger last."""
    return sorted({float(one) * GB for one in figures.told.get("observed_gb", ()) if one})


# ── not felt ───────────────────────────────────────────────────────────────────────────────────────────────────────


def _unfelt(figures: Figures) -> Words:
    """Why the flag changes nothing, or what it should have changed."""
    trained_whole(figures)
    return _nothing_to_divide(figures) if copies_of(figures) == 1 else _should_be_felt(figures)


def _nothing_to_divide(figures: Figures) -> Words:
    """One data-parallel rank: what a card keeps all the same, and what would take less."""
    here, kept = params_here(figures), kept_whole(figures)
    states, ways = here * (kept + ADAM), ways_of(figures)
    rest, more = _not_touched(figures, states), _less(figures, here, kept)
    felt = "distributed_unfelt" in figures.about  # else it is asked before it is tried
    no = Words("It is not broken", "没有坏") if felt else Words("No", "没用")
    return Words(
        f"**{no.en}: {figures.n} cards ÷ ({ways}) = data parallel 1, and a distributed optimizer (ZeRO-1) divides the optimizer states over the data-parallel ranks alone: with one there is nothing to divide.** A card keeps {size_words(here)} × ({kept:g} + {ADAM:g}) B = {both_words(states)} of weights, gradients and optimizer with it and without.{rest.en}{more.en}",
        f"**{no.zh}:{figures.n} 张卡 ÷({ways})= 数据并行 1,而分布式优化器(ZeRO-1)只在数据并行的各卡之间切分优化器状态,只有一份就没什么可切。** 开不开,每卡的权重、梯度与优化器都是 {size_words(here)} ×({kept:g} + {ADAM:g})字节 = {both_words(states)}。{rest.zh}{more.zh}",
    )


def _not_touched(figures: Figures, states: float) -> Words:
    """What the flag leaves as it is: activations, logits and buffers, beside what was seen."""
    fullest = figures.base.fullest
    each = zip(fullest.at_any_phase("activations"), fullest.at_any_phase("logits"), strict=True)
    moving = gib_words(max(map(sum, each), default=0.0))
    seen = next(reversed(_readings(figures)), 0.0)
    counted, counted_zh = f"activations and logits, {moving} by the formulas", f"激活与 logits(按公式 {moving})"
    if seen <= states:
        return Words(f" What comes on top are {counted}, and buffers; the flag touches none of them.", f"此外是{counted_zh}和缓冲,这个开关都不动。")  # fmt: skip
    return Words(
        f" Of the {in_gb(seen)} that you see the other {in_gb(seen - states)} are {counted}, and buffers, which the flag does not touch.",
        f"您看到的 {in_gb(seen)} 里其余 {in_gb(seen - states)} 是{counted_zh}和缓冲,这个开关不动它们。",
    )


def _less(figures: Figures, here: float, kept: float) -> Words:
    """What takes less: copies on more cards, checkpointing; and that copies in place of ranks take more."""
    twice, wider, staged = here * (kept + ADAM / 2), 2 * here * (kept + ADAM / 2), here / 2 * (kept + ADAM)
    stages = f"PP {2 * int(figures.knob('pp') or 1)}"
    recomputed = SILENT
    if figures.knob("gradient_checkpointing") == "off":
        there = figures.at(gradient_checkpointing="on")
        recomputed = Words(
            f" For the activations full recomputation: {gib_words(there.best)} in all instead of {gib_words(figures.base.best)}.",
            f"降激活靠全部重计算:合计 {gib_words(there.best)},而不是 {gib_words(figures.base.best)}。",
        )
    return Words(
        f" Less of the states: data parallel 2 on {2 * figures.n} cards, {size_words(here)} × ({kept:g} + {ADAM:g}/2) B = {in_gb(twice)} a card, or {stages} on them, which divides all of it: {size_words(here / 2)} × ({kept:g} + {ADAM:g}) B = {in_gb(staged)}; half of TP or PP on the same cards makes data parallel 2 as well, but of twice the parameters a card: {in_gb(wider)}, more than now.{recomputed.en}",
        f"要降状态:{2 * figures.n} 张卡、数据并行 2,每卡 {size_words(here)} ×({kept:g} + {ADAM:g}/2)字节 = {in_gb(twice)},或用 {stages},全部切分:{size_words(here / 2)} ×({kept:g} + {ADAM:g})字节 = {in_gb(staged)};同样的卡把 TP 或 PP 减半也能得到数据并行 2,但每卡参数翻倍:{in_gb(wider)},反而更多。{recomputed.zh}",
    )


def _should_be_felt(figures: Figures) -> Words:
    """Several data-parallel ranks: by how much the flag lowers what a card keeps."""
    here, kept, copies = params_here(figures), kept_whole(figures), copies_of(figures)
    share, whole, ways = here * (kept + ADAM / copies), here * (kept + ADAM), ways_of(figures)
    over, moving = sharers(figures), gib_words(figures.base.best - share)
    felt = "distributed_unfelt" in figures.about
    yes = (
        Words("It should be felt", "应该能看出来")
        if felt
        else Words(f"It takes {in_gb(whole - share)} off each card", f"每卡能省 {in_gb(whole - share)}")
    )
    seen = _weighed(figures, share, whole) if felt else SILENT
    of_ways, of_ways_zh = (f" ÷ ({ways})", f" ÷({ways})") if ways else ("", "")
    return Words(
        f"**{yes.en}: {figures.n} cards{of_ways} = {over.en}, so the optimizer's {ADAM:g} B per parameter become {ADAM:g}/{copies}: {size_words(here)} × ({kept:g} + {ADAM:g}/{copies}) B = {both_words(share)} of states on a card, instead of {both_words(whole)}.**{seen.en} Weights and gradients stay whole, and activations, logits and buffers, {moving} at batch {figures['batch']} and {figures['seq']} tokens, are not touched.",
        f"**{yes.zh}:{figures.n} 张卡{of_ways_zh} = {over.zh},优化器的每参数 {ADAM:g} 字节变成 {ADAM:g}/{copies}:每卡状态 {size_words(here)} ×({kept:g} + {ADAM:g}/{copies})字节 = {both_words(share)},而不是 {both_words(whole)}。**{seen.zh}权重和梯度仍是完整的,激活、logits 和缓冲(批大小 {figures['batch']}、{figures['seq']} token 时 {moving})也不受影响。",
    )


def _weighed(figures: Figures, share: float, whole: float) -> Words:
    """Whether what was seen is possible with whole states."""
    seen = next(reversed(_readings(figures)), 0.0)
    look = Words("see among the arguments in the log that use_distributed_optimizer is true in this run", "请在日志打印的参数里确认这次运行的 use_distributed_optimizer 为 true")  # fmt: skip
    sure = whole * GB / GIB  # GB is often said of GiB
    if share < seen < sure:
        return Words(
            f" The {in_gb(seen)} that you see are less than whole states, so it is in force, and was in the run before.",
            f"您看到的 {in_gb(seen)} 比完整状态还少,说明已经生效,之前那次也是开着的。",
        )
    other = in_gb(seen - share)
    beside, beside_zh = (
        (
            f" In force, {other} of the {in_gb(seen)} that you see would be something else.",
            f"若已生效,您看到的 {in_gb(seen)} 里有 {other} 是别的。",
        )
        if seen >= sure
        else ("", "")
    )
    return Words(f"{beside} Where a card shows no less, {look.en}.", f"{beside_zh}若每卡确实没少,{look.zh}。")


# ── which stage ────────────────────────────────────────────────────────────────────────────────────────────────────


def _stage(figures: Figures) -> Words:
    """That it is the first stage, and what its gradients in fp32 add to that of others."""
    trained_whole(figures)
    here, copies = params_here(figures), copies_of(figures)
    if copies < _PAIR:
        raise Missing("copies")
    wide, half, size = _WIDE + ADAM / copies, _HALF + ADAM / copies, size_words(here)
    few = here / 2 * (_WIDE + 2 * ADAM / copies) if copies % 2 == 0 else 0.0
    ranks = int(figures.knob("tp") or 1)
    doubled, doubled_zh = (f"TP {2 * ranks}", f"TP {2 * ranks}") if ranks > 1 else ("TP 2 or PP 2", "TP 2 或 PP 2")
    parts, parts_zh = (f"{doubled} on the same cards divides weights and gradients too, {in_gb(few)} a card; ", f"同样的卡用 {doubled_zh} 连权重和梯度一起切,每卡 {in_gb(few)};") if few else ("", "")  # fmt: skip
    if other := _further_stage(figures):
        return _against_a_stage(figures, here, other, Words(doubled, doubled_zh), few)
    third = f"{TRAINED} B × {size} ÷ {copies} = {in_gb(TRAINED * here / copies)}"
    return Words(
        f"**It is ZeRO-1: only the optimizer's {ADAM:g} B (fp32 master weights and two moments) are divided over the {copies} data-parallel ranks, weights and gradients stay whole on each. But Megatron sums its gradients up in fp32 (4 B): ({_WIDE:g} + {ADAM:g}/{copies}) = {figure(wide, 3)} B × {size} = {in_gb(wide * here)} a card; ZeRO-1 with 16-bit gradients, as DeepSpeed's is counted, is ({_HALF:g} + {ADAM:g}/{copies}) = {figure(half, 3)} B, {in_gb(half * here)}.** The difference is {GRADIENT:g} B × {size} = {in_gb(GRADIENT * here)}{_matches(figures, GRADIENT * here).en}. For less: --grad-reduce-in-bf16 keeps gradients in 16 bit, {in_gb(half * here)}; {parts}ZeRO-3 or FSDP divides everything, {third}. Activations and logits come on top.",
        f"**相当于 ZeRO-1:只有优化器的 {ADAM:g} 字节(fp32 主权重和两个动量)在 {copies} 个数据并行卡之间切分,权重和梯度每卡都是完整的。但 Megatron 用 fp32 累积梯度(4 字节):({_WIDE:g} + {ADAM:g}/{copies})= {figure(wide, 3)} 字节 × {size} = 每卡 {in_gb(wide * here)};16 位梯度的 ZeRO-1(DeepSpeed 通常这样算)是({_HALF:g} + {ADAM:g}/{copies})= {figure(half, 3)} 字节,{in_gb(half * here)}。** 相差 {GRADIENT:g} 字节 × {size} = {in_gb(GRADIENT * here)}{_matches(figures, GRADIENT * here).zh}。想省:--grad-reduce-in-bf16 让梯度用 16 位,{in_gb(half * here)};{parts_zh}ZeRO-3 或 FSDP 全部切分,{third}。激活与 logits 另算。",
    )


def _further_stage(figures: Figures) -> int:
    """The stage that it is compared with, where that divides more than the optimizer; 0 where none does."""
    named = {int(one) for one in figures.logged_all("compared_stage")}
    return max((one for one in named if one >= _DIVIDES_GRADIENTS), default=0)


def _against_a_stage(figures: Figures, here: float, stage: int, ranks: Words, few: float) -> Words:
    """Beside a stage that divides more: what Megatron keeps whole and wide, that the other divides and keeps in 16 bits."""
    copies, size = copies_of(figures), size_words(here)
    whole, divided = OF_STAGE[stage]
    wide, narrow, half = _WIDE + ADAM / copies, whole + divided / copies, _HALF + ADAM / copies
    apart, own = (wide - narrow) * here, f"({whole:g} + {divided:g}/{copies})" if whole else f"{divided:g}/{copies}"
    times, more, seen = figure(wide / narrow, 2), in_gb(apart), _matches(figures, apart)
    parts, parts_zh = (f"{ranks.en} on the same cards divides weights and gradients too, {in_gb(few)} a card; ", f"同样的卡用 {ranks.zh} 连权重和梯度一起切,每卡 {in_gb(few)};") if few else ("", "")  # fmt: skip
    also, also_zh = (" and weights", "和权重") if not whole else ("", "")
    return Words(
        f"**It is ZeRO-1 and not ZeRO-{stage}, and its gradients are in fp32: Megatron's distributed optimizer divides the optimizer's {ADAM:g} B alone, 16-bit weights (2 B) and the fp32 gradients (4 B) stay whole on each card: 2 + 4 + {ADAM:g}/{copies} = {figure(wide, 3)} B × {size} = {in_gb(wide * here)}. ZeRO-{stage} divides gradients{also} too, in 16 bits: {own} = {figure(narrow, 3)} B, {in_gb(narrow * here)}: the first is {times} times the second, {more} more{seen.en}.** For less in Megatron: {parts}--grad-reduce-in-bf16 keeps gradients in 16 bits, {figure(half, 3)} B, {in_gb(half * here)}. Activations and logits come on top of both and are no part of it.",
        f"**它相当于 ZeRO-1,不是 ZeRO-{stage},而且梯度是 fp32:Megatron 的分布式优化器只切优化器的 {ADAM:g} 字节,16 位权重(2 字节)和 fp32 梯度(4 字节)每卡都是完整的:2 + 4 + {ADAM:g}/{copies} = {figure(wide, 3)} 字节 × {size} = {in_gb(wide * here)}。ZeRO-{stage} 连梯度{also_zh}也切,梯度 16 位:{own} = {figure(narrow, 3)} 字节,{in_gb(narrow * here)};前者是后者的 {times} 倍,相差 {more}{seen.zh}。** Megatron 想省:{parts_zh}--grad-reduce-in-bf16 让梯度用 16 位,{figure(half, 3)} 字节,{in_gb(half * here)}。两边的激活与 logits 都另算,与这个差别无关。",
    )


def _matches(figures: Figures, due: float) -> Words:
    """That two readings differ by it."""
    seen = sorted({*_readings(figures), *(float(one) * GB for one in figures.told.get("claims_gb", ()) if one)})
    if len(seen) != _PAIR or abs((seen[1] - seen[0]) / due - 1) > _NEAR:
        return SILENT
    return Words(f", the {in_gb(seen[1] - seen[0])} more that you see", f",正是您看到多出的 {in_gb(seen[1] - seen[0])}")


# of no model: the bytes of one parameter on so many cards
_SHOWN = 8


def _stage_of_any(figures: Figures) -> Words:
    """The same in bytes of a parameter."""
    ways = int(figures.given.get("tp") or 1) * int(figures.given.get("pp") or 1)
    shown = int(figures.given.get("dp") or int(figures.given.get("n_gpus") or 0) // ways or _SHOWN)
    wide, half = (figure(kept + ADAM / shown, 3) for kept in (_WIDE, _HALF))
    return Words(
        f"**It is ZeRO-1: only the optimizer's {ADAM:g} B per parameter (fp32 master weights and two moments) are divided over the N data-parallel ranks, weights and gradients stay whole on each.** Megatron sums its gradients up in fp32 (4 B), so a card keeps {_WIDE:g} + {ADAM:g}/N bytes per parameter, {wide} with N = {shown}; with 16-bit gradients (--grad-reduce-in-bf16, or as DeepSpeed's ZeRO-1 is counted) {_HALF:g} + {ADAM:g}/N, {half}. Where TP × PP takes all the cards N is 1, and nothing is divided. TP and PP divide weights and gradients as well, ZeRO-2 gradients, ZeRO-3 and FSDP everything. Name a model and the cards for its figures.",
        f"**相当于 ZeRO-1:只有每参数 {ADAM:g} 字节的优化器状态(fp32 主权重和两个动量)在 N 个数据并行卡之间切分,权重和梯度每卡都是完整的。** Megatron 用 fp32 累积梯度(4 字节),所以每卡每参数 {_WIDE:g} + {ADAM:g}/N 字节,N = {shown} 时 {wide};16 位梯度(--grad-reduce-in-bf16,或 DeepSpeed ZeRO-1 的通常算法)是 {_HALF:g} + {ADAM:g}/N,{half}。TP × PP 用完全部卡时 N = 1,什么都切不了。TP、PP 连权重和梯度一起切,ZeRO-2 再切梯度,ZeRO-3、FSDP 全部切。给出模型和卡数就能算出具体数字。",
    )


DISTRIBUTED: dict[str, Callable[[Figures], Words]] = {
    "distributed_unfelt": _unfelt, "distributed_stage": _stage, "distributed_of_any": _stage_of_any,
}  # fmt: skip
