"""What a step waits for weights that a server keeps in host memory and reads over the card's slot."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing
from formulas.notation import figure
from formulas.quantity import Words
from kb.cards import models_in
from kb.names import gpu_row, names
from kb.rates import slot_rate


def _weights_read(figures: Figures) -> Words:
    """Seconds of a step: the weights that wait in host memory ÷ the rate of the slot, the card's own where it is named."""
    told = figures.given.get("cpu_offload_gb")
    if not told:
        raise Missing("cpu_offload_gb")
    gpu = str(figures.given.get("gpu") or "")
    named = [full for one in models_in(gpu) if one for full in names().find_gpus(one)]
    slots = {slot_rate(gpu_row(one)) for one in named}  # of two memories of one card the slot is one
    rate, slot = slots.pop() if len(slots) == 1 else slot_rate({})
    seconds = float(told) * GIB / rate
    each = (" of each card", "每张卡") if figures.n > 1 else ("", "")
    least, most = figure(seconds, 2), figure(1 / seconds, 2)
    return Words(
        f"**It works, and it is slow: {figure(float(told))} GiB of the weights{each[0]} wait in host memory and are read over the slot for every step, {least} s at best over {slot} ({rate / 1e9:g} GB/s), so one sequence gets at most {most} tokens a second.** More sequences at once share each reading, so a batch loses less. Fewer bits, a smaller model or a second card make the same room without it; llama.cpp computes such a part on the CPU (-ngl) and moves nothing.",
        f"**能用,但很慢:{each[1]}有 {figure(float(told))} GiB 权重放在内存里,每一步都要经插槽读一遍,{slot}({rate / 1e9:g} GB/s)最快也要 {least} 秒,单条序列每秒最多 {most} 个 token。** 同时处理多条时共用一次读取,批处理损失较小。降低位数、换小一点的模型或加一张卡,不用它也能腾出同样的空间;llama.cpp 则由 CPU 直接计算这一部分(-ngl),不搬运权重。",
    )


LINK_WORDS: dict[str, Callable[[Figures], Words]] = {"weights_over_link": _weights_read}
