"""What a card does not run, whatever its memory, and what it does instead."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, default_of, gib_words, pool_tokens
from chat.phrases import value
from formulas.quantity import SILENT, Words
from kb.kernels import computed_in_half, lacking
from kb.names import gpu_row


def _without_kernels(figures: Figures) -> Words:
    """Why the format does not run on the card, and what does."""
    found = lacking(figures.knob("weight_format"), figures.base.case.card, figures.given.get("engine"))
    if found is None:
        raise Missing("kernels")
    return found


def _awq_or_not(figures: Figures) -> Words:
    """That of the files in few bits one kind does not run on the card, where none was told."""
    told = figures.given.get("weight_format")
    four = told in (None, "int4") and (told or figures.given.get("bits") == 4)
    found = lacking("awq", figures.base.case.card, figures.given.get("engine")) if four else None
    if found is None:
        return SILENT
    return Words(f" Not every kind of file in 4 bits: {found.en}.", f"4 位的文件不是每种都行:{found.zh}。")


def _no_bf16_either(figures: Figures) -> Words:
    """What else a card before Ampere lacks, beside the kernel for a format."""
    if not computed_in_half("bf16", figures.base.case.card, figures.knob("engine")):
        return SILENT
    return Words(
        " It has no bf16 either: whatever runs there runs in fp16 (--dtype half in vLLM).",
        "它也没有 bf16:换格式后都按 fp16 跑(vLLM 加 --dtype half)。",
    )


def _stored_format(figures: Figures) -> Words:
    """What the format of the weights is called."""
    stored = figures.knob("weight_format")
    return Words(value("weight_format", stored, "en"), value("weight_format", stored, "zh"))


def _map_case(figures: Figures) -> Words:
    """What device_map leaves of the card that is named, and whether the weights go in."""
    room = figures.given.get("gpu_memory_gb")
    if room is None and "gpu" in figures.given and {"model", "params"} & set(figures.given):
        room = (figures.base.capacity or 0.0) / GIB
    if not room or isinstance(room, list):
        return SILENT
    left = default_of("Accelerate", "device_map_share", "one card") * float(room)
    return Words(
        f" Of {float(room):.3g} GB that is {left:.3g} GB, if all of them are free.",
        f"{float(room):.3g} GB 全空闲时是 {left:.3g} GB。",
    )


_HARDLY_ANY = 1.0  # TFLOP/s


def slow_in_half(figures: Figures) -> str | None:
    """The card, of those side by side the first, that has next to no rate in 16 bit; None where none is."""
    rows = {card.name: gpu_row(card.name) for card in figures.base.case.rig}
    old = (name for name, row in rows.items() if row.get("architecture") == "Pascal")
    return next((name for name in old if 0 < float(rows[name].get("fp16_bf16_dense_tflops") or 0) < _HARDLY_ANY), None)


def _half_rate(figures: Figures) -> Words:
    """The card's peak rate in 16 bit."""
    rate = gpu_row(slow_in_half(figures) or "").get("fp16_bf16_dense_tflops")
    if not rate:
        raise Missing("rate")
    return Words(f"{rate:g} TFLOP/s", f"{rate:g} TFLOP/s")


def _slow_card(figures: Figures) -> Words:
    """What the card is called."""
    name = slow_in_half(figures)
    if name is None:
        raise Missing("card")
    return Words(name, name)


_WIDTHS = (4, 8)


def _names_of(bits: int, figures: Figures) -> Words | None:
    """The checkpoints of so many bits that a server runs on the card, by name; None where it runs none."""
    card, engine = figures.base.case.card, figures.given.get("engine")
    if lacking("gptq", card, engine):
        return None
    if bits == _WIDTHS[0]:
        return Words("GPTQ", "GPTQ") if lacking("awq", card, engine) else Words("AWQ or GPTQ", "AWQ 或 GPTQ")
    if lacking("fp8", card, engine) is None:
        return Words("FP8 or INT8", "FP8 或 INT8")
    if lacking("awq", card, engine):  # older than what INT8 is computed on
        return Words("GPTQ in 8 bits", "8 位 GPTQ")
    return Words("INT8 or GPTQ in 8 bits", "INT8 或 8 位 GPTQ")


def _quant_names(figures: Figures) -> Words:
    """Of the widths that go in, what their checkpoints are called and what they leave to the cache; Missing where none does."""
    told, each = [], (" on each card", "每卡") if figures.n > 1 else ("", "")
    for bits in _WIDTHS:
        there, name = figures.at(bits=bits, weight_format=None), _names_of(bits, figures)
        if name is None or there.capacity is None or there.verdict == "no":
            continue
        left = gib_words(there.capacity - there.best + there.terms.get("kv_cache", 0.0))
        tokens = f"{pool_tokens(there):,}"
        told.append(
            Words(f"{bits} bits are {name.en} ({left}{each[0]} left for the cache, about {tokens} tokens)", f"{bits} 位用 {name.zh}({each[1]}剩 {left} 给缓存,约 {tokens} 个 token)")
        )  # fmt: skip
    if not told:
        raise Missing("kernels")
    return Words("; ".join(one.en for one in told), "；".join(one.zh for one in told))


KERNEL_WORDS: dict[str, Callable[[Figures], Words]] = {
    "without_kernels": _without_kernels,
    "awq_or_not": _awq_or_not,
    "stored_format": _stored_format,
    "no_bf16_either": _no_bf16_either,
    "half_rate": _half_rate,
    "map_case": _map_case,
    "slow_card": _slow_card,
    "quant_names": _quant_names,
}
