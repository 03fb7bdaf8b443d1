"""What a step waits for weights that a server keeps in host memory and reads over the card's slot."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, both_words, gib_words
from formulas.notation import figure
from formulas.quantity import Words
from kb.cards import models_in
from kb.names import gpu_row, names
from kb.rates import slot_rate


def _slot(figures: Figures) -> tuple[float, str]:
    """Bytes a second over the slot and its name, the card's own where it is named."""
    gpu = str(figures.given.get("gpu") or "")
    named = [full for one in models_in(gpu) for full in names().find_gpus(one)] if gpu else []
    slots = {slot_rate(gpu_row(one)) for one in named}  # of two memories of one card the slot is one
    return slots.pop() if len(slots) == 1 else slot_rate({})


def _streamed(figures: Figures) -> Words:
    """Weights that all wait in host memory and come to the card layer by layer for each step (ZeRO-Inference)."""
    weights = figures.need("w_whole")
    rate, slot = _slot(figures)
    all_slots, n = rate * figures.n, figures.n
    least, most = figure(weights / all_slots, 2), figure(all_slots / weights, 2)
    there, to, card, card_zh, each, each_zh = gib_words(figures.base.best), "card", "The card", "显卡", "", ""
    if n > 1:  # each reads its part over a slot of its own and hands it to the others
        to, card, card_zh = "cards", "Each card", "每张卡"
        each, each_zh = f" for each of {n} cards, which read a part each", f",{n} 张卡各搬一部分"
    return Words(
        f"**It works where host memory holds the weights, {both_words(weights)}, and it is slow: they come to the {to} layer by layer for every step, {least} s at best over {slot} ({rate / 1e9:g} GB/s{each}), so one sequence gets at most {most} tokens a second. {card} itself needs {there}, for the cache and a layer at a time.** It is meant for throughput: what is left of the card takes many sequences at once, which share each reading. Fewer bits shorten it in proportion; what fits on the card should stay there (llama.cpp -ngl, device_map), and cards enough for tensor parallel spare it all.",
        f"**能跑,前提是内存放得下权重 {both_words(weights)},但很慢:每一步都要把它们逐层搬到卡上,{slot}({rate / 1e9:g} GB/s{each_zh})最快也要 {least} 秒,单条序列每秒最多 {most} 个 token。{card_zh}自己只要 {there},放缓存和正在算的那一层。** 它是为吞吐设计的:卡上剩余的显存可以同时放很多条序列,共用一次搬运。位数降低,时间按比例缩短;放得下的部分应留在卡上(llama.cpp -ngl、device_map),卡数够张量并行就完全不用它。",
    )


def _spilled_by_map(figures: Figures) -> Words:
    """Weights of which device_map keeps on the cards what goes in beside cache and a layer; the others are copied for each token."""
    base, weights = figures.base, figures.need("w_whole")
    if base.capacity is None:
        raise Missing("capacity")
    over = weights - figures.n * max(0.0, base.capacity - base.best)
    if over <= 0:
        raise Missing("over")
    rate, slot = _slot(figures)
    least, most = figure(over / rate, 2), figure(rate / over, 2)
    part, room = gib_words(base.best), gib_words(base.capacity)
    each, each_zh = (" of each card", "每张卡的") if figures.n > 1 else ("", "")
    return Words(
        f"**It works where host memory holds what does not stay on the card, {both_words(over)} at least of {both_words(weights)} of weights, and it is slow: that is copied over for every token, {least} s at best over {slot} ({rate / 1e9:g} GB/s), so one sequence gets at most {most} tokens a second.** The cache and a layer at a time take {part} of the {room}{each}; device_map fills the rest with layers, which cost no copy (see model.hf_device_map). Fewer bits win more than in proportion, for what stays on the card is then a larger part; llama.cpp (-ngl) computes the other layers on the CPU instead of copying them.",
        f"**能跑,前提是内存放得下卡上留不住的部分:权重 {both_words(weights)} 中至少 {both_words(over)};但很慢:每个 token 都要把这部分拷到卡上一遍,{slot}({rate / 1e9:g} GB/s)最快也要 {least} 秒,单条序列每秒最多 {most} 个 token。** {each_zh}{room} 里,缓存加正在算的那一层占 {part},其余由 device_map 放满整层,留在卡上的层不用拷(看 model.hf_device_map)。降低位数收效比按比例更大,因为留在卡上的部分变多;llama.cpp(-ngl)则让其余的层在 CPU 上算,不用拷。",
    )


def _weights_read(figures: Figures) -> Words:
    """Seconds of a step: the weights that wait in host memory ÷ the rate of the slot, the card's own where it is named."""
    told = figures.given.get("cpu_offload_gb")
    if not told:
        raise Missing("cpu_offload_gb")
    rate, slot = _slot(figures)
    seconds = float(told) * GIB / rate
    each = (" of each card", "每张卡") if figures.n > 1 else ("", "")
    least, most = figure(seconds, 2), figure(1 / seconds, 2)
    return Words(
        f"**It works, and it is slow: {figure(float(told))} GiB of the weights{each[0]} wait in host memory and are read over the slot for every step, {least} s at best over {slot} ({rate / 1e9:g} GB/s), so one sequence gets at most {most} tokens a second.** More sequences at once share each reading, so a batch loses less. Fewer bits, a smaller model or a second card make the same room without it; llama.cpp computes such a part on the CPU (-ngl) and moves nothing.",
        f"**能用,但很慢:{each[1]}有 {figure(float(told))} GiB 权重放在内存里,每一步都要经插槽读一遍,{slot}({rate / 1e9:g} GB/s)最快也要 {least} 秒,单条序列每秒最多 {most} 个 token。** 同时处理多条时共用一次读取,批处理损失较小。降低位数、换小一点的模型或加一张卡,不用它也能腾出同样的空间;llama.cpp 则由 CPU 直接计算这一部分(-ngl),不搬运权重。",
    )


LINK_WORDS: dict[str, Callable[[Figures], Words]] = {
    "weights_over_link": _weights_read,
    "weights_streamed": _streamed,
    "spilled_by_map": _spilled_by_map,
}
