"""Whether what somebody states of ZeRO's stages is what the model states are on each card."""

from chat.figures.named import GB, GIB, Figures, Missing
from formulas.notation import figure, size_words
from formulas.quantity import Words

_OFF = 0.03
_FEWEST = 2  # stages that are stated; one alone is judged where it stands
# bytes for each parameter that stay whole on a card, and those that N cards divide (ZeRO, §3)
_STAGES = ((0, 16.0, 0.0), (1, 4.0, 12.0), (2, 2.0, 14.0), (3, 0.0, 16.0))


def stages_judged(figures: Figures) -> Words:
    """Each stage with its product, and whether a figure that was stated is it; Missing where fewer than two are."""
    n, params = figures.n, figures.need("params_said")
    stated = [float(one) for one in figures.told.get("claims_gb", ()) if one]
    if n < 2:
        raise Missing("cards")
    right: dict[int, float] = {}
    for stage, whole, divided in _STAGES:
        size = (whole + divided / n) * params
        near = [one for one in stated if min(abs(one * GB / size - 1), abs(one * GIB / size - 1)) <= _OFF]
        if near:
            right[stage] = near[0]
    if len(right) < _FEWEST:
        raise Missing("stages")
    lines = [_line(stage, whole, divided, n, params) for stage, whole, divided in _STAGES]
    shown = [Words(f"ZeRO-{stage} {one:g} GB", f"ZeRO-{stage} {one:g} GB") for stage, one in right.items()]
    return Words(
        f"**Right: {', '.join(one.en for one in shown)} per card are the model states of mixed-precision Adam** ({'; '.join(one.en for one in lines)}). With fp32 gradients it is 2 B per parameter more before they are divided; activations, logits, gathered layers, buffers and the CUDA context come on top on every card.",
        f"**对:每卡 {'、'.join(one.zh for one in shown)} 正是混合精度 Adam 的模型状态**({';'.join(one.zh for one in lines)})。梯度用 fp32 时切分前每参数再多 2 字节;激活、logits、临时聚合的层、缓冲和 CUDA 上下文另算,每张卡都有。",
    )


def states_by_stage(figures: Figures) -> Words:
    """The model states on each card by stage; of one card all of them."""
    n, params = figures.n, figures.need("params_said")
    if n < 2:
        raise Missing("cards")
    lines = [_line(stage, whole, divided, n, params) for stage, whole, divided in _STAGES]
    return Words(
        f"**Model states of mixed-precision Adam on each of {n} cards: {'; '.join(one.en for one in lines)}.** ZeRO-1 divides the 12 B of Adam (copy 4, moments 8), ZeRO-2 the 2 B of gradients as well, ZeRO-3 the 2 B of weights too. Activations, logits, gathered layers and the CUDA context come on top.",
        f"**混合精度 Adam 的模型状态,{n} 张卡每张:{';'.join(one.zh for one in lines)}。** ZeRO-1 切分 Adam 的 12 字节(主权重 4、动量 8),ZeRO-2 再切分梯度 2 字节,ZeRO-3 再切分权重 2 字节。激活、logits、临时聚合的层和 CUDA 上下文另算。",
    )


def _line(stage: int, whole: float, divided: float, n: int, params: float) -> Words:
    size = (whole + divided / n) * params
    parts = [f"{whole:g}"] * bool(whole) + [f"{divided:g}/{n}"] * bool(divided)
    each = " + ".join(parts)
    name = f"ZeRO-{stage}" if stage else "ZeRO-0 (DDP)"
    count = f"({each}) × {size_words(params)}" if len(parts) > 1 else f"{each} × {size_words(params)}"
    return Words(f"{name}: {count} = {figure(size / GB, 4)} GB", f"{name}:{count} = {figure(size / GB, 4)} GB")
