"""The optimizer alone in host memory, or the parameters as well: what the second takes off each card more, and adds to host memory."""

from collections.abc import Callable

from chat.figures.host.ram_and_card import planned
from chat.figures.named import Figures, Missing, both_words, gib_words, held_in_ram
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT
from kb.interval import FITS

_SHARDED = 3  # only this stage moves the parameters


def _offloads_apart(figures: Figures) -> Words:
    if figures.knob("method") != "full" or figures.knob("zero_stage") not in (None, _SHARDED):
        raise Missing("sharded parameters")
    n = figures.n
    none, optimizer, params = (
        Figures({**figures.given, "zero_stage": _SHARDED, "offload": one}, figures.told)
        for one in ("none", "optimizer", "params")
    )
    here = [one.base for one in (none, optimizer, params)]
    rams = [held_in_ram(one) for one in here]
    machines = [planned(one) for one in (optimizer, params)]
    size, part = size_words(figures.params), WEIGHT * figures.params / n
    each, each_zh = ("per card", "每卡") if n > 1 else ("on the card", "卡上")
    over = f" ÷ {n}" if n > 1 else ""
    room = figures.base.capacity
    of, of_zh = (f", of {gib_words(room)}", f",可用 {gib_words(room)}") if room else ("", "")
    takes = f"{gib_words(here[1].best)} → {gib_words(here[2].best)}"
    rest = here[2].terms.get("activations", 0.0) + here[2].terms.get("logits", 0.0)
    stay = Words(f" ({gib_words(rest)})", f"({gib_words(rest)})") if rest else SILENT
    plan = (
        Words(f"either way plan for {machines[1]} GB of RAM", f"两种都按 {machines[1]} GB 内存准备")
        if machines[0] == machines[1]
        else Words(f"plan for {machines[0]} GB of RAM and for {machines[1]} GB", f"分别按 {machines[0]} GB 和 {machines[1]} GB 内存准备")
    )  # fmt: skip
    then = (
        Words("Here the optimizer alone is enough.", "这里只 offload 优化器就够了。")
        if room and here[1].leaning in FITS
        else Words("So the optimizer alone first, and the parameters where that does not fit.", "所以先只 offload 优化器,放不下再加参数。")
    )  # fmt: skip
    return Words(
        f"**Offloading the parameters too takes {size} × 2 B{over} = {both_words(part)} {each} more off ({takes} with all else{of}); the optimizer alone takes {gib_words(here[0].best - here[1].best)} off, from {gib_words(here[0].best)} with nothing offloaded. Host memory rises from {both_words(rams[1])} of gradients and Adam's states to {both_words(rams[2])}, by the {both_words(rams[2] - rams[1])} of weights: {plan.en}.** It is slower: the weights of every layer come over PCIe in each forward and backward pass. Activations and logits{stay.en} stay as they are. {then.en}",
        f"**连参数一起 offload,{each_zh}只再多省 {size} × 2 字节{over} = {both_words(part)}:连同其余 {takes}{of_zh};只 offload 优化器先省 {gib_words(here[0].best - here[1].best)}(都不 offload 是 {gib_words(here[0].best)})。内存从梯度和 Adam 状态的 {both_words(rams[1])}升到 {both_words(rams[2])},多的 {both_words(rams[2] - rams[1])} 就是权重:{plan.zh}。** 代价是更慢:每层权重在每次前向、反向时都要走 PCIe。激活和 logits{stay.zh}不变。{then.zh}",
    )


OFFLOADS_APART: dict[str, Callable[[Figures], Words]] = {"offloads_apart": _offloads_apart}
