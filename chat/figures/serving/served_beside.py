"""What shares a machine with what is served: a second server on the card, and a mixture's experts in host memory."""

from collections.abc import Iterator
from dataclasses import replace
from math import ceil, floor

from chat.figures.cache.long_cache import kv_at_long
from chat.figures.failures.cause_figures import logged
from chat.figures.named import GIB, Figures, Missing, both_words, gib_words
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.candidates import candidates
from kb.cards import MAC, card, shares_memory, sizes_of
from kb.database import rows
from kb.held import larger_machine, least_machine
from kb.host_memory import host_need
from kb.machine import ANY_ROOM
from kb.outcome import Outcome
from kb.placed import beside, may_be_hybrid
from kb.pools import ALL_SERVERS, share_let
from kb.recipe import FILE_BITS, format_for, host_reserve
from kb.solver import layers_that_fit
from kb.stored import FILES, stored_bits

# blocks that the usual files are mixed of, and the file of 8 bits
_BLOCKS, _EIGHT = ("ggml:Q4_K", "ggml:Q6_K", "ggml:Q8_0"), "gguf:Q8_0"
# bits from which a file is smaller in the usual four
_WIDE, _USUAL = 5, 4
# what tells in how many bits weights are stored
_FORMATS = frozenset({"bits", "weight_format", "bpw"})


def share_beside(figures: Figures) -> Words:
    """The share of a card that a second server may have: what is free, where the model needs no more; else one for each."""
    total, free = logged(figures, "total"), logged(figures, "free")
    left = floor(100 * free / total) / 100
    try:
        least = ceil(100 * figures.base.bounds[1] / GIB / total) / 100
        need = gib_words(figures.base.best)
    except (Missing, BadInput):  # of what is not told only what is free
        least, need = 0.0, ""
    if least <= left:
        return Words(
            f"To live beside it, set --gpu-memory-utilization to at most {left:g}: weights and cache must fit what is free",
            f"要共存就把 --gpu-memory-utilization 设到 {left:g} 以下,权重和缓存都得放进剩下的显存",
        )
    each = floor(100 * ALL_SERVERS / 2) / 100
    if least > each:
        return Words(
            f"This model needs about {need}, a share of {least:g}, and only {left:g} is free: both do not live on one card",
            f"这个模型约需 {need},即 {least:g} 的份额,而空闲的只有 {left:g}:一张卡上放不下两者",
        )
    return Words(
        f"To live beside it, the other must take less as well: {left:g} is free, and this model needs about {need}, a share of {least:g} at least. Where both are servers, start each with its own share, --gpu-memory-utilization {each:g} at most, and a smaller --max-model-len",
        f"要共存,先启动的那个也得少占:空闲的份额只有 {left:g},而这个模型约需 {need},份额至少 {least:g}。两个都是推理服务时,各给一份:--gpu-memory-utilization 不超过 {each:g},并调小 --max-model-len",
    )


def experts_in_ram(figures: Figures) -> Words:
    """Of a mixture that the card does not hold: what it takes with its experts in host memory, where no way out has that."""
    base = figures.base
    card = base.case.card
    if base.verdict != "no" or card is None or len(base.case.rig) > 1 or shares_memory(card):
        return SILENT
    if may_be_hybrid(base):  # the verdict is of card and RAM together
        smaller = _smaller(figures, float(figures.given.get("host_memory_gb") or 0)) if beside(base) is None else ""
        return (
            Words(f" A smaller mixture such as {smaller} runs there.", f"这台机器可以跑较小的 MoE,例如 {smaller}。")
            if smaller
            else SILENT
        )
    if figures.knob("engine") not in (None, FILES) or figures.knob("offload") not in (None, "none"):
        return SILENT
    untold = figures.knob("task") == "inference" and not _FORMATS & set(figures.given)
    wide = untold and stored_bits(base) > _WIDE - 1  # whose ways out are of 16 bit
    if not wide and any({"offload", "n_cpu_moe"} & set(one["facts"]) for one in figures.changes):
        return SILENT
    bits = [_USUAL, min(FILE_BITS)] if stored_bits(base) > _WIDE - 1 else [0]
    there = [_hosted(figures, one) for one in bits]
    named = [str(one.situation.knob("weight_format")).removeprefix("gguf:") for one in there]
    rams = [host[0] for one in there if (host := host_need(one.situation))]
    if len(rams) < len(there) or there[0].verdict_of_cards != "yes":
        return SILENT
    each = [f"{name} {gib_words(ram * GIB)}" for name, ram in zip(named, rams, strict=True)]
    told = float(figures.given.get("host_memory_gb") or 0)
    less, less_zh = "", ""
    if told and rams[0] > told - host_reserve():
        enough = [name for name, ram in zip(named, rams, strict=True) if ram <= told - host_reserve()]
        less = (
            f"; the {told:g} GB there are hold {enough[0]} only" if enough else f", more than the {told:g} GB there are"
        )
        less_zh = f";现有的 {told:g} GB 只放得下 {enough[0]}" if enough else f",超过现有的 {told:g} GB"
        if smaller := _smaller(figures, told):
            less += f". A smaller mixture such as {smaller} runs there"
            less_zh += f"。这台机器可以跑较小的 MoE,例如 {smaller}"
    return Words(
        f" With the experts in RAM (llama.cpp --n-cpu-moe, -ot exps=CPU) the card needs {gib_words(there[0].best)} only, and the RAM {', '.join(each)}{less}.",
        f"专家放内存时(llama.cpp 的 --n-cpu-moe、-ot exps=CPU)卡上只要 {gib_words(there[0].best)},内存要 {'、'.join(each)}{less_zh}。",
    )


def _hosted(figures: Figures, bits: int) -> Outcome:
    stored = {"weight_format": format_for("inference", bits, FILES), "bits": None} if bits else {}
    return figures.at(**stored, engine=FILES, offload="experts", host_memory_gb=ANY_ROOM)


def _smaller(figures: Figures, ram: float) -> str:
    """The largest of the usual mixtures whose files of four bits are in host memory."""
    room = (ram - host_reserve()) * GIB
    found = (
        one for one in candidates({}) if one.experts and one.params < figures.params and one.params * _WIDE / 8 <= room
    )
    name = next((str(one.fact["model"]) for one in found), "")
    return name.rpartition("/")[2]


def next_machine(figures: Figures) -> Words:
    """Of one memory that does not hold it: the least that does as it is."""
    size = larger_machine(figures.base) if figures.base.verdict == "no" else None
    if size is None:
        return SILENT
    return Words(f" As it is it wants a machine of {size:g} GB.", f"不改设置则要 {size:g} GB 的机器。")


def least_mac(figures: Figures) -> Words:
    """Of Macs of which no memory is told, the least that holds it, and what the GPU is let have of that; or that none does."""
    if {"gpu", "gpu_memory_gb"} & set(figures.given):
        raise Missing("gpu")
    least = least_machine(figures.base)
    size = least or max(sizes_of(MAC))
    of_gpu = gib_words((share_let(card(MAC, size)) or 1) * size * GIB)
    if least:
        return Words(
            f"one of {size:g} GB holds it, whose GPU is let have {of_gpu} by default",
            f"至少要 {size:g} GB 的机器,GPU 默认可用 {of_gpu}",
        )
    likely = figures.at(gpu=MAC, gpu_memory_gb=size).leaning in ("likely", "borderline")
    return Words(
        f"the largest, {size:g} GB, whose GPU is let have {of_gpu} by default, {'is tight for it' if likely else 'does not hold it'}",
        f"最大的 {size:g} GB,GPU 默认可用 {of_gpu},{'也很紧' if likely else '也放不下'}",
    )


def files_worked(figures: Figures) -> Words:
    """The size of the file that was asked about, and of one of 8 bits: all parameters by the bits of the whole file."""
    named = str(figures.knob("weight_format") or "")
    beside = map(str, figures.log.get("format", ()))
    files = dict.fromkeys(one for one in (named, *beside, _EIGHT) if one.startswith("gguf:"))
    found = {
        row["name"]: row["bits_numerator"] / row["bits_denominator"]
        for row in rows("SELECT name, bits_numerator, bits_denominator FROM dtypes WHERE bits_numerator IS NOT NULL")
    }
    told = [(one, found[one]) for one in files if one in found]
    if not told or not figures.params:
        raise Missing("file")
    said = [
        f"{size_words(figures.params)} × {bits:.2f} bits ÷ 8 = {both_words(figures.params * bits / 8)}"
        for _, bits in told
    ]
    names = [one.removeprefix("gguf:") for one, _ in told]
    blocks = [f"{one.removeprefix('ggml:')} {found[one]:.4g}" for one in _BLOCKS]
    return Words(
        f" Worked out: {'; '.join(f'{name} {one}' for name, one in zip(names, said, strict=True))}. A block takes, in bits per weight: {', '.join(blocks)}.",
        f"算一下:{';'.join(f'{name} {one}' for name, one in zip(names, said, strict=True)).replace(' bits', ' 位')}。每权重的位数,按块:{'、'.join(blocks)}。",
    )


def _fitting(figures: Figures) -> Iterator[tuple[int, Outcome]]:
    """The widths in which it fits, the most bits first."""
    for bits in (8, 4):
        there = figures.at(weight_format=format_for("inference", bits, str(figures.knob("engine") or "")), bits=None)
        if there.leaning in ("yes", "likely") and there.capacity:
            yield bits, there


def _in_fewer_bits(figures: Figures) -> Words:
    """The next smaller width that fits, with its cache; silent where none does."""
    for bits, there in _fitting(figures):
        if bits > stored_bits(figures.base) - 1:
            continue
        each, each_zh = (" per card", "每卡") if figures.n > 1 else ("", "")
        need, room, long = gib_words(there.best), gib_words(there.capacity or 0), kv_at_long(figures)
        return Words(
            f" In {bits} bits it fits, {need} of {room}{each}; the cache takes {figures['kv_token']} a token{long.en}.",
            f"{bits} 位放得下,{each_zh}{need},可用 {room};缓存每 token {figures['kv_token']}{long.zh}。",
        )
    return SILENT


def active_opens(figures: Figures) -> Words:
    """That few active parameters make a mixture no smaller; where nobody said in how many bits it is stored, in how many it fits."""
    why = Words("for any token may use any expert", "任何 token 都可能用到任何专家")
    params, wide = figures["params"], gib_words(figures.need("w_whole"))
    named = {"weight_format", "bpw"} & set(figures.given) or figures.given.get("bits", 16) != 16
    if named or "bits_named" in figures.log or stored_bits(figures.base) < _WIDE - 1:
        fewer = _in_fewer_bits(figures)
        return Words(
            f"**No: all {params} parameters must be stored, {wide} as they are here, {why.en}.**{fewer.en}",
            f"**不行:全部 {params} 参数都要存下,按这里的格式共 {wide},{why.zh}。**{fewer.zh}",
        )
    for bits, there in _fitting(figures):
        need, room = gib_words(there.best), gib_words(there.capacity or 0.0)
        each, each_zh = (" per card", "每卡") if figures.n > 1 else ("", "")
        surely, surely_zh = ("", "可以") if there.leaning == "yes" else (" most likely", "多半可以")
        files, files_zh = (" (GPTQ, or a GGUF file in llama.cpp)", "(GPTQ,或用 llama.cpp 跑 GGUF)") if bits == 4 else ("", "")  # fmt: skip
        return Words(
            f"**In {bits} bits{surely} yes{files}, {need} of {room}{each}; in 16 bits no: all {params} parameters must be stored, {wide}, {why.en}.**",
            f"**{bits} 位{surely_zh}{files_zh},{each_zh} {need},可用 {room};16 位不行:全部 {params} 参数都要存下,共 {wide},{why.zh}。**",
        )
    where = "the cards alone" if figures.n > 1 else "the card alone"
    return Words(
        f"**No, not on {where}, even in 4 bits: all {params} parameters must be stored, {wide} in 16 bits and {figures['w4']} in 4, {why.en}.**",
        f"**不行,只靠显卡 4 位也放不下:全部 {params} 参数都要存下,16 位共 {wide},4 位 {figures['w4']},{why.zh}。**",
    )


def not_by_active(figures: Figures) -> Words:
    """`All` parameters, after a plain no where it is asked whether few active ones are enough."""
    asked = figures.about & {"claim_checked", "like_a_size", "active_alone"} and "why_more" not in figures.about
    asked = asked and "host_memory_gb" not in figures.given  # with which it does run
    return (
        Words("No: all", "不行:全部") if asked and figures.about & {"fits", "claim_checked"} else Words("All", "全部")
    )


def in_four_bits(figures: Figures) -> Words:
    """What weights take in 4 bits, where nobody said in how many they are stored."""
    if _FORMATS & set(figures.given) or stored_bits(figures.base) < _WIDE - 1:
        return SILENT
    return Words(f" ({figures['w4']} in 4 bits)", f"(4 位也要 {figures['w4']})")


def whole_layers(figures: Figures) -> Words:
    """Of a model of which a part is in host memory, how many whole layers the cards hold."""
    case = replace(figures.base.case, facts={**figures.base.case.facts, "engine": FILES})
    count = layers_that_fit(case)
    if not count:
        raise Missing("gpu_layers")
    return Words(str(count), str(count))


BESIDE_WORDS = {
    "whole_layers": whole_layers,
    "in_four_bits": in_four_bits,
    "active_opens": active_opens,
    "not_by_active": not_by_active,
    "files_worked": files_worked,
    "next_machine": next_machine,
    "least_mac": least_mac,
    "share_beside": share_beside,
    "experts_in_ram": experts_in_ram,
}
