"""Why the first stage of a pipeline takes more than later ones where no model is named: micro-batches on their way, and what was seen of
two stages as so many of them."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing
from formulas.notation import figure
from formulas.quantity import SILENT, Words

_FEW = 2


def apart_by(figures: Figures, stages: int) -> tuple[float, float]:
    """By how many micro-batches the stages that were seen differ, least and most: the last is p − 1 behind the first, those between 1 to p − 2."""
    return (1, max(1, stages - 2)) if "middle_stages" in figures.about else (stages - 1, stages - 1)


def _seen(figures: Figures, stages: int) -> Words:
    """What two readings make of a micro-batch; nothing where there are no two."""
    seen = sorted({float(one) for one in figures.told.get("observed_gb", ()) if one})
    each_told = len(seen) == stages  # all of them were read: the first and the last are the ends
    if len(seen) == 1 and "stages_more_by" in figures.about:
        apart, between = seen[0], f"{seen[0]:g}"
    elif len(seen) == _FEW or each_told:
        apart, between = seen[-1] - seen[0], f"{seen[-1]:g} − {seen[0]:g}"
    else:
        return SILENT
    least, most = (stages - 1, stages - 1) if each_told else apart_by(figures, stages)
    whole = f"{apart:g} GB" if between == f"{apart:g}" else f"{between} = {apart:g} GB"
    if least == most:
        each = f"{between if between == f'{apart:g}' else f'({between})'} ÷ {most:g} = {figure(apart / most, 3)} GB"
        return Words(
            f" Your {whole} are {most:g} of them more: {each} each.",
            f"您看到的 {whole} 就是多出的 {most:g} 个,每个 {each}。",
        )
    each, each_zh = (f"{figure(apart / most, 3)}{to}{figure(apart / least, 3)} GB" for to in (" to ", " 到 "))
    return Words(
        f" Your {whole} are {least:g} to {most:g} of them more, so {each} each; the rest, alike on all, is states.",
        f"您看到的 {whole} 就是多出的 {least:g} 到 {most:g} 个,每个约 {each_zh};其余各级差不多的部分是状态。",
    )


def _of_any(figures: Figures) -> Words:
    """The count of each stage, what was seen by it, and what takes less."""
    stages, micro = int(figures.given.get("pp") or 0), int(figures.given.get("n_microbatches") or 0)
    if stages < _FEW or (micro and micro < stages):
        raise Missing("stages")
    counts = ", ".join(str(stages - one) for one in range(stages)) if stages <= 2 * _FEW else f"{stages}, {stages - 1}, …, 1"  # fmt: skip
    seen, factor = _seen(figures, stages), figure(1 + (stages - 1) / (stages * _FEW), 3)
    tensor, tensor_zh = ("sequence parallel beside TP", "TP 再加序列并行") if int(figures.given.get("tp") or 1) > 1 else ("more tensor parallel ranks", "加大张量并行")  # fmt: skip
    steps, steps_zh = (f" ({micro} here)", f"(这里 {micro})") if micro else ("", "")
    no = Words("No fault: the", "没有问题:") if {"normal_asked", "bug_suspected"} & figures.about else Words("The", "")
    return Words(
        f"**{no.en} parameters are divided evenly, the activations are not: with 1F1B stage i keeps those of p − i micro-batches on their way (i from 0), so {counts} on the {stages} stages, the first the most and the last one.**{seen.en} Also the embedding is on the first stage, head and logits on the last. Less on the first: full recomputation (each micro-batch then keeps its layers' inputs alone; selective something between), fewer layers there (Megatron --decoder-first-pipeline-num-layers), {tensor}, a smaller micro-batch. The number of micro-batches{steps} changes nothing while it is at least p, and interleaving keeps more, 1 + (p − 1)/(p·v) = {factor} times with v = {_FEW}. Name the model and the length, and each stage is worked out.",
        f"**{no.zh}参数是均分的,激活不是:1F1B 下第 i 级(从 0 数)要同时保留 p − i 个在途微批次的激活,{stages} 级依次是 {counts},首级最多,末级只有 1 个。**{seen.zh}此外词嵌入在首级,输出头和 logits 在末级。想让首级少些:完全重计算(每个微批次只留各层输入;选择性重计算居中)、首级少放几层(Megatron --decoder-first-pipeline-num-layers)、{tensor_zh}、减小微批。微批次数{steps_zh}只要不少于 p 就没有影响;交错调度反而更多,v = {_FEW} 时是 1 + (p − 1)/(p·v) = {factor} 倍。给出模型和长度,就能逐级算出。",
    )


STAGES_OF_ANY: dict[str, Callable[[Figures], Words]] = {"stages_of_any": _of_any}
