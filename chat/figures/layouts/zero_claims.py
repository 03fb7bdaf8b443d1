"""Whether what somebody states of ZeRO's stages is what the model states are on each card."""

from collections.abc import Iterable
from itertools import pairwise

from chat.figures.layouts.zero_bytes import OF_STAGE, on_each_card
from chat.figures.named import GB, GIB, Figures, Missing, both_words
from chat.figures.sums.quoted import SEEN
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.bytes_each import ADAM, GRADIENT, TRAINED, WEIGHT

_OFF = 0.03
# what stands beside the states at each stage may differ by so much of the most that was seen
_ALIKE = 0.15
_AS_DUE = 0.5  # and from stage to stage by so much of what is due
_OF_A_STAGE = "stage_"
_LONGER = 2  # bytes that a gradient in fp32 has more than one in 16 bit
_DIVIDES_GRADIENTS = 2  # the stage from which they are divided
_PARTS = (WEIGHT, GRADIENT, ADAM)  # a stage divides from the right
_NEARLY_ALL = 0.92  # of a card, beyond which a training step has no room for temporaries and fragments
_FEWEST = 2  # stages that are stated; one alone is judged where it stands


def stages_judged(figures: Figures) -> Words:
    """Whether what was told of each stage is what theory says: of the states alone, or of what a card was seen to hold."""
    told = stages_told(figures)
    return _against_theory(figures, told) if len(told) >= _FEWEST else _of_states(figures)


def stages_told(figures: Figures) -> dict[int, float]:
    """GB that were told of each stage, in the order of the stages."""
    names = [name for name in figures.log if name.startswith(_OF_A_STAGE)]
    return dict(sorted((int(name.removeprefix(_OF_A_STAGE)), figures.logged_all(name)[-1]) for name in names))


def _against_theory(figures: Figures, told: dict[int, float]) -> Words:
    """Each stage's states beside what was told of it: what is left over is the same at every stage, or it is not."""
    n, params = figures.n, figures.need("params_said")
    if n < 2:
        raise Missing("cards")
    states = {stage: on_each_card(stage, n) * params / GB for stage in OF_STAGE if stage in told}
    rest = {stage: told[stage] - states[stage] for stage in told}
    lines = [_line(stage, n, params) for stage in OF_STAGE if stage in told]
    products = Words("; ".join(one.en for one in lines), ";".join(one.zh for one in lines))
    seen = Words(
        ", ".join(f"ZeRO-{stage} {one:g} GB" for stage, one in told.items()),
        "、".join(f"ZeRO-{stage} {one:g} GB" for stage, one in told.items()),
    )
    if all(abs(rest[stage]) <= _OFF * states[stage] for stage in told):
        return _right(seen, products, _in_32(told, n, params))
    over = ", ".join(f"{one:.1f}" for one in rest.values())
    short = [stage for stage in told if rest[stage] < -_OFF * states[stage]]
    if short:
        which = f"ZeRO-{short[0]}"
        low = f"{told[short[0]]:g} GB"
        least = f"{figure(states[short[0]], 3)} GB"
        return Words(
            f"**No: at {which} {low} is less than the states alone, {least}, with Adam in mixed precision** ({products.en}). So it is trained otherwise than that: pure bf16, 8-bit states, offload, adapters, or another stage than the one that is set.",
            f"**不符:{which} 的 {low} 比混合精度 Adam 的模型状态 {least} 还少**({products.zh})。说明实际训练方式不同:纯 bf16、8 位优化器、offload、适配器,或生效的阶段不是所设的。",
        )
    steps = [(one, other) for one, other in pairwise(told)]
    falls = [(f"{told[one] - told[other]:g}", f"{figure(states[one] - states[other], 3)}") for one, other in steps]
    saw, due = ", ".join(one for one, _ in falls), ", ".join(one for _, one in falls)
    saw_zh, due_zh = saw.replace(", ", "、"), due.replace(", ", "、")
    alike = max(rest.values()) - min(rest.values()) <= _ALIKE * max(told.values()) and all(
        abs((told[one] - told[other]) / (states[one] - states[other]) - 1) <= _AS_DUE for one, other in steps
    )
    if alike:
        further = _further(figures, rest)
        return Words(
            f"**Yes, that is what theory says: from stage to stage each card should hold {due} GB less, and you see {saw} GB less.** The states of mixed-precision Adam are {products.en}. What you see beyond them, {over} GB, no stage divides: activations, logits, gathered layers, communication buffers, the CUDA context and blocks that the allocator keeps.{further.en}",
            f"**是,与理论相符:逐级每卡应少 {due_zh} GB,您看到的是少 {saw_zh} GB。** 混合精度 Adam 的模型状态:{products.zh}。超出的 {over.replace(', ', '、')} GB 是任何阶段都不切分的:激活、logits、临时聚合的层、通信缓冲、CUDA 上下文和分配器留着的块。{further.zh}",
        )
    odd = max(rest, key=lambda stage: rest[stage])
    return Words(
        f"**Not quite: from stage to stage each card should hold {due} GB less, and you see {saw} GB less.** The states of mixed-precision Adam are {products.en}. Beyond them you see {over} GB, which should be about the same at every stage, as no stage divides activations, logits and the CUDA context; the most is left at ZeRO-{odd}. See in its log that this stage took effect, that batch and length were the same, and its buffers: buckets (reduce_bucket_size, allgather_bucket_size) at stages 1 and 2, gathered and prefetched layers (stage3_max_live_parameters, stage3_prefetch_bucket_size) at stage 3; nvidia-smi also counts blocks that PyTorch keeps, so compare max_memory_allocated.",
        f"**不太符合:逐级每卡应少 {due_zh} GB,您看到的是少 {saw_zh} GB。** 混合精度 Adam 的模型状态:{products.zh}。超出的是 {over.replace(', ', '、')} GB,而激活、logits 和 CUDA 上下文任何阶段都不切分,各阶段应差不多;多得最多的是 ZeRO-{odd}。请查日志里这个阶段是否生效、批大小和长度是否相同,以及缓冲:阶段 1、2 的通信桶(reduce_bucket_size、allgather_bucket_size),阶段 3 临时聚合与预取的层(stage3_max_live_parameters、stage3_prefetch_bucket_size);nvidia-smi 还包括 PyTorch 留着的块,要比就比 max_memory_allocated。",
    )


def _further(figures: Figures, rest: dict[int, float]) -> Words:
    """Stages that are asked of without a figure, and the same on another number of cards, with what was seen beside the states."""
    n, params, beside = figures.n, figures.need("params_said"), max(rest.values())
    named = sorted({int(one) for one in figures.logged_all("compared_stage")} & set(OF_STAGE) - set(rest))
    said = [
        _without_a_figure(figures, _line(stage, n, params), on_each_card(stage, n) * params, beside) for stage in named
    ]
    for count in sorted({int(one) for one in figures.logged_all("count_asked")} - {n, 0, 1}):
        each = [
            (_line(stage, count, params), on_each_card(stage, count) * params / GB + beside, on_each_card(stage, n) * params / GB + beside)
            for stage in rest
        ]  # fmt: skip
        more = ", ".join(f"{line.en}, about {there:.0f} in all" for line, there, _ in each)
        more_zh = "、".join(f"{line.zh},连同其余约 {there:.0f} GB" for line, there, _ in each)
        stage = min(rest)
        less = each[0][2] - each[0][1]
        verdict = Words(f"{less:.1f} GB less on each at ZeRO-{stage}", f"ZeRO-{stage} 每卡少 {less:.1f} GB")
        if less < 0:
            verdict = Words(f"{-less:.1f} GB more on each at ZeRO-{stage}", f"ZeRO-{stage} 每卡多 {-less:.1f} GB")
        said.append(
            Words(
                f" **On {count} cards it is {verdict.en}:** {more}; what a stage leaves whole stays on every card.",
                f"**{count} 张卡时 {verdict.zh}:**{more_zh};该阶段不切分的部分每张卡仍是一整份。",
            )
        )
    return Words("".join(one.en for one in said), "".join(one.zh for one in said))


def _without_a_figure(figures: Figures, line: Words, states: float, beside: float) -> Words:
    """What the states of a stage leave of the card, beside what is seen beside them at the others."""
    card = figures.base.capacity
    whole = states / GB + beside
    if not card:
        return Words(f" {line.en}.", f"{line.zh}。")
    have = f"{card / GB:.1f}"
    if whole * GB <= _NEARLY_ALL * card and "oom_diagnosis" in figures.about:
        return Words(
            f" {line.en}, with the same beside it {whole:.1f} of the card's {have} GB: that would fit, so it fails for what this stage needs more: its buckets, temporaries of the step, fragments.",
            f"{line.zh},加上同样的其余部分 {whole:.1f} GB,卡上 {have} GB:本来放得下,爆的是这个阶段多出的部分:通信桶、更新时的临时张量、碎片。",
        )
    if whole * GB <= _NEARLY_ALL * card:
        return Words(
            f" {line.en}, with the same beside it {whole:.1f} of the card's {have} GB: fits.",
            f"{line.zh},加上同样的其余部分 {whole:.1f} GB,卡上 {have} GB:放得下。",
        )
    return Words(
        f" **{line.en}:** with the same beside it {whole:.1f} of the card's {have} GB, which leaves the step's temporaries and fragments no room: it runs out.",
        f"**{line.zh}:**加上同样的其余部分 {whole:.1f} GB,卡上 {have} GB,更新时的临时张量和碎片没有余地,所以会爆显存。",
    )


def _right(shown: Words, products: Words, in_32: str) -> Words:
    return Words(
        f"**Right: {shown.en} per card are the model states of mixed-precision Adam** ({products.en}). The 16 B of a parameter: weights 2, gradients 2, Adam 12 (fp32 copy 4, two moments 4 + 4); ZeRO-1 divides Adam's 12 by the cards, ZeRO-2 the gradients as well, ZeRO-3 the weights too. With fp32 gradients it is 2 B more before they are divided: {in_32}. Activations, logits, gathered layers, buffers and the CUDA context come on top on every card.",
        f"**对:每卡 {shown.zh} 正是混合精度 Adam 的模型状态**({products.zh})。每参数 16 字节:权重 2、梯度 2、Adam 12(fp32 主权重 4、两个动量 4 + 4);ZeRO-1 把 Adam 的 12 分到各卡,ZeRO-2 再分梯度,ZeRO-3 连权重也分。梯度用 fp32 时切分前每参数再多 2 字节:{in_32.replace(', ', '、')}。激活、logits、临时聚合的层、缓冲和 CUDA 上下文另算,每张卡都有。",
    )


def _in_32(stages: Iterable[int], n: int, params: float) -> str:
    """The states on each of `n` cards with gradients in fp32, 4 B instead of 2, by stage."""
    more = {stage: _LONGER / n if stage >= _DIVIDES_GRADIENTS else _LONGER for stage in stages}
    return ", ".join(
        f"ZeRO-{stage} {figure((on_each_card(stage, n) + one) * params / GB, 3)} GB" for stage, one in more.items()
    )


def _of_states(figures: Figures) -> Words:
    """Each stage with its product, and whether a figure that was stated is it; Missing where fewer than two are."""
    n, params = figures.n, figures.need("params_said")
    told = [float(one) for one in figures.told.get("claims_gb", ()) if one]
    seen = {float(one) for one in figures.told.get(SEEN, ())}  # of a run, which holds more than states
    stated = [one for one in told if one not in seen] or told
    if n < 2:
        raise Missing("cards")
    right: dict[int, float] = {}
    for stage in OF_STAGE:
        size = on_each_card(stage, n) * params
        near = [one for one in stated if min(abs(one * GB / size - 1), abs(one * GIB / size - 1)) <= _OFF]
        if near:
            right[stage] = near[0]
    if len(right) < _FEWEST:
        raise Missing("stages")
    lines = [_line(stage, n, params) for stage in OF_STAGE]
    shown = [f"ZeRO-{stage} {one:g} GB" for stage, one in right.items()]
    return _right(
        Words(", ".join(shown), "、".join(shown)),
        Words("; ".join(one.en for one in lines), ";".join(one.zh for one in lines)),
        _in_32(right, n, params),
    )


def states_by_stage(figures: Figures) -> Words:
    """The model states on each card by stage; of one card all of them."""
    n, params = figures.n, figures.need("params_said")
    if n < 2:
        raise Missing("cards")
    stage = int(figures.given.get("zero_stage") or 0)
    if stage and "stages_asked" not in figures.log:
        return _of_stage(stage, n, params)
    lines = [_line(stage, n, params) for stage in OF_STAGE]
    return Words(
        f"**Model states of mixed-precision Adam on each of {n} cards: {'; '.join(one.en for one in lines)}.** ZeRO-1 divides the 12 B of Adam (copy 4, moments 8), ZeRO-2 the 2 B of gradients as well, ZeRO-3 the 2 B of weights too. No stage divides activations and logits, which grow with micro-batch × length and soon are the larger part of a small model; gathered layers and the CUDA context come on top, too.",
        f"**混合精度 Adam 的模型状态,{n} 张卡每张:{';'.join(one.zh for one in lines)}。** ZeRO-1 切分 Adam 的 12 字节(主权重 4、动量 8),ZeRO-2 再切分梯度 2 字节,ZeRO-3 再切分权重 2 字节。激活和 logits 任何阶段都不切分,随 micro-batch × 长度增长,小模型上很快成为大头;临时聚合的层和 CUDA 上下文也另算。",
    )


def _of_stage(stage: int, n: int, params: float) -> Words:
    """The parts of the states on each of `n` cards under the stage that is told, their sum, and what all of it would be."""
    held = [
        (
            f"{size:g}/{n}" if len(_PARTS) - place <= stage else f"{size:g}",
            size / n if len(_PARTS) - place <= stage else size,
        )
        for place, size in enumerate(_PARTS)
    ]
    sizes = [f"{shown} B, {both_words(each * params)}" for shown, each in held]
    total, whole, count = both_words(on_each_card(stage, n) * params), both_words(TRAINED * params), size_words(params)
    others = [_line(one, n, params) for one in OF_STAGE if one not in (stage, 0)]
    name = f"ZeRO-{stage}" if stage < len(_PARTS) else "ZeRO-3 (FSDP)"
    product = f"({_bytes_each(stage, n)}) × {count}"
    zh = [one.replace(" B,", " 字节,") for one in sizes]
    return Words(
        f"**{name} leaves {total} of states on each of {n} cards, {product}, where a whole copy is 16 B × {count} = {whole}: 16-bit weights {sizes[0]}; gradients {sizes[1]}; Adam's two moments and the fp32 copy {sizes[2]}.** The other stages: {'; '.join(one.en for one in others)}. No stage divides activations and logits; gathered layers and the CUDA context come on top, too.",
        f"**{name} 时 {n} 张卡每张留 {total} 的状态,即 {product.replace(' B)', ' 字节)')},不切分则是 16 字节 × {count} = {whole}:16 位权重 {zh[0]};梯度 {zh[1]};Adam 的两个动量和 fp32 主权重 {zh[2]}。** 其他阶段:{';'.join(one.zh for one in others)}。激活和 logits 任何阶段都不切分;临时聚合的层和 CUDA 上下文也另算。",
    )


def _bytes_each(stage: int, n: int) -> str:
    """`2 + 14/4 = 5.5 B`"""
    whole, divided = OF_STAGE[stage]
    parts = [f"{whole:g}"] * bool(whole) + [f"{divided:g}/{n}"] * bool(divided)
    return f"{' + '.join(parts)} = {figure(on_each_card(stage, n), 4)} B"


def _line(stage: int, n: int, params: float) -> Words:
    size = on_each_card(stage, n) * params
    name = f"ZeRO-{stage}" if stage else "ZeRO-0 (DDP)"
    each = f"({_bytes_each(stage, n)})" if stage else f"{TRAINED:g} B"
    count = f"{each} × {size_words(params)} = {figure(size / GB, 4)} GB"
    return Words(f"{name} {count}", f"{name} {count}")
