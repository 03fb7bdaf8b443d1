"""From which amount to which one memory rose as a training began, and which states are that jump."""

from collections.abc import Callable
from typing import NamedTuple

from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from chat.figures.sums.quoted import claim_words
from formulas.chinese import spaced
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.bytes_each import MOMENTS_8


class _Part(NamedTuple):
    """What comes on top of the weights, in bytes for each parameter."""

    each: float
    says: Words


_GRADIENTS = _Part(2, Words("16-bit gradients", "16 位梯度"))
_GRADIENTS_32 = _Part(4, Words("fp32 gradients", "fp32 梯度"))
_MASTER = _Part(4, Words("the fp32 master copy", "fp32 主权重"))
_MOMENTS = _Part(8, Words("Adam's two fp32 moments", "Adam 两个 fp32 动量"))
_MOMENTS_16 = _Part(4, Words("Adam's two moments in 16 bit, as the weights are", "Adam 两个动量(随权重为 16 位)"))
_MOMENTS_8 = _Part(2, Words("Adam's two 8-bit moments", "Adam 两个 8 位动量"))
# by the bytes of a weight as it was loaded: what may come, the usual first
_JUMPS: dict[int, tuple[tuple[_Part, ...], ...]] = {
    2: ((_GRADIENTS, _MASTER, _MOMENTS), (_MASTER, _MOMENTS), (_GRADIENTS, _MOMENTS), (_MOMENTS,), (_GRADIENTS, _MOMENTS_16), (_MOMENTS_16,), (_GRADIENTS,)),
    4: ((_GRADIENTS_32, _MOMENTS), (_MOMENTS,), (_GRADIENTS_32,)),
}  # fmt: skip
_EIGHT_BIT: dict[int, tuple[tuple[_Part, ...], ...]] = {
    2: ((_GRADIENTS, _MASTER, _MOMENTS_8), (_GRADIENTS, _MOMENTS_8), (_MOMENTS_8,), (_GRADIENTS,)),
    4: ((_GRADIENTS_32, _MOMENTS_8), (_GRADIENTS_32,), (_MOMENTS_8,)),
}
# how far the loaded weights, and their sum with the states, are from what was seen; activations and a context come on top
_WEIGHTS_OFF, _LESS, _MORE = 0.12, 0.03, 0.1


def _seen(figures: Figures) -> tuple[float, float]:
    """The amounts [GB] before and after."""
    try:
        return logged(figures, "from"), logged(figures, "to")
    except Missing:
        told = [float(one) for one in figures.told.get("observed_gb", ())]
    if len(told) == 3:  # with the difference, too
        told = [one for one in told[:2] if abs(abs(told[0] - told[1]) / told[2] - 1) < _WEIGHTS_OFF]
    if len(told) != 2 or not 0 < told[0] < told[1]:
        raise Missing("jump")
    return told[0], told[1]


def _found(figures: Figures) -> tuple[int, tuple[_Part, ...]]:
    """Bytes of a weight as it was loaded, and the parts whose sum with it is nearest to what was seen."""
    before, after = _seen(figures)
    if figures.knob("method") != "full" or (figures.n > 1 and figures.knob("zero_stage")):
        raise Missing("jump")
    params = figures.params / GB
    eight = "8bit" in str(figures.knob("optimizer"))
    loaded = next((each for each in (2, 4) if abs(each * params / before - 1) <= _WEIGHTS_OFF), 0)
    ways = (_EIGHT_BIT if eight else _JUMPS).get(loaded, ())
    off = {way: after / ((loaded + sum(part.each for part in way)) * params) - 1 for way in ways}
    near = [way for way in ways if -_LESS <= off[way] <= _MORE]
    if not near or figures.knob("optimizer") not in ("adamw", "adamw-8bit", "paged-adamw", "paged-adamw-8bit"):
        raise Missing("jump")
    return loaded, min(near, key=lambda way: abs(off[way]))


def _jump(figures: Figures) -> float:
    """The bytes of the parts that are the jump."""
    _, parts = _found(figures)
    return sum(part.each for part in parts) * figures.params


def _explained(figures: Figures) -> Words:
    """The jump as the sum of its parts, and the whole beside what was seen."""
    before, after = _seen(figures)
    loaded, parts = _found(figures)
    params = figures["params"]
    sizes = [f"{figure(part.each * figures.params / GB, 3)} GB" for part in parts]
    english = " + ".join(f"{part.says.en} ({part.each:g} B, {size})" for part, size in zip(parts, sizes, strict=True))
    chinese = " + ".join(f"{part.says.zh}({part.each:g} 字节,{size})" for part, size in zip(parts, sizes, strict=True))
    chinese = spaced(chinese)
    whole = (loaded + sum(part.each for part in parts)) * figures.params / GB
    total, seen = f"{figure(whole, 3)} GB", claim_words(after * GB)
    jump = f": {figure(_jump(figures) / GB, 3)} GB" if len(parts) > 1 else ""
    weights = f"{params} × {loaded} B = {figure(loaded * figures.params / GB, 3)} GB"
    return Words(
        f"the {after - before:g} GB more are {english}{jump}; with the weights, {weights}, it is {total}, {_near(whole, after, seen).en}",
        f"多出的 {after - before:g} GB 就是{chinese}{jump.replace(': ', ',共 ')};加上权重 {weights.replace(' B =', ' 字节 =')},合计 {total},{_near(whole, after, seen).zh}",
    )


def _near(whole: float, after: float, seen: str) -> Words:
    """Whether that is what was seen, or nearly."""
    if abs(after / whole - 1) <= _LESS:
        return Words(f"the {seen} that you see", f"正是您看到的 {seen}")
    return Words(
        f"and the rest of the {seen} that you see are the CUDA context, activations and logits",
        f"您看到的 {seen} 里其余的是 CUDA 上下文、激活与 logits",
    )


def _less(figures: Figures) -> Words:
    """What takes less of it."""
    eight, staged = "8bit" in str(figures.knob("optimizer")), int(figures.knob("zero_stage") or 0) > 0
    share = figures.n if staged else 1
    less = figures["adam2_said"] if share == 1 else both_words(MOMENTS_8 * figures.params / share)
    ways = SILENT if staged else Words("ZeRO or FSDP (divided by the cards), ", "ZeRO/FSDP 按卡数切分、")
    first = SILENT if eight else Words(
        f"8-bit AdamW (2 B per parameter for both moments, {less}), ", f"8 位 AdamW(两个动量共每参数 2 字节,{less})、"
    )  # fmt: skip
    return Words(
        f"Less of it: {first.en}{ways.en}offload to host memory, or LoRA, which trains next to nothing.",
        f"想减少:{first.zh}{ways.zh}offload 到内存,或用 LoRA(可训练参数极少)。",
    )


def _comes_when(figures: Figures) -> Words:
    """When each of the parts is allocated, and what it takes to have less."""
    _, parts = _found(figures)
    graded = parts[0] in (_GRADIENTS, _GRADIENTS_32)
    stepped = parts[-1] not in (_GRADIENTS, _GRADIENTS_32)
    en = ["Gradients come with the first backward pass"] if graded else []
    zh = ["梯度在第一次反向传播时出现"] if graded else []
    if stepped:
        en.append("the optimizer's states with its first step" if en else "They come with the optimizer's first step")
        zh.append("优化器状态在第一次 optimizer.step() 时才分配")
    stays = (
        "; they stay, and later steps add only activations of longer batches"
        if stepped
        else "; the optimizer's states come on top with its first step"
    )
    stays_zh = (
        ",之后一直占着,后面只会因更长的批次再涨激活" if stepped else ",优化器状态还会在第一次 optimizer.step() 时再加上"
    )
    return Words(f"{', '.join(en)}{stays}.", f"{','.join(zh)}{stays_zh}。")


def _rises(figures: Figures) -> float:
    """By how much memory is told to rise, and not only two amounts of different things."""
    return (logged(figures, "to") - logged(figures, "from")) * GB


JUMPS: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "jump": (_jump, gib_words),
    "rises": (_rises, gib_words),
}
JUMP_WORDS: dict[str, Callable[[Figures], Words]] = {
    "jump_explained": _explained,
    "jump_when": _comes_when,
    "jump_less": _less,
}
