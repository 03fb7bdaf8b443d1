"""What bounds the speed of any model: sequences from which arithmetic decides, prompts, a share of the card, a part in RAM."""

from collections.abc import Callable
from typing import Any

from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from chat.figures.serving.shares_each import meant
from chat.phrases import value
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.cards import cards_meant
from kb.facts import bits_of
from kb.names import Row, gpu_row
from kb.rates import PROMPTS, Decoding, HostMemory, decoding, shares

# examples where no card, model or length is told
_CARDS, _CARD, _SIZE, _LONG = ("A100 80 GB", "H100 80 GB", "RTX 4090"), "RTX 4090", 7e9, 32768
_FILE = "gguf:Q4_K_M"
_WIDE, _WHOLE_CARDS = 16, (24, 80)  # bits; GB


def _rows(figures: Figures) -> list[tuple[str, Row]]:
    """The cards that are told, else examples, each with its bandwidth and its dense arithmetic; Missing without these."""
    told = figures.given.get("gpu")
    cards = meant(told, figures.given.get("gpu_memory_gb")) if told else [cards_meant(one)[0] for one in _CARDS]
    found = [(value("gpu", card.name, "en"), gpu_row(card.name)) for card in cards]
    known = [(name, row) for name, row in found if row["bandwidth_gb_s"] and row["fp16_bf16_dense_tflops"]]
    if not known:
        raise Missing("bandwidth")
    return known


def _sequences(row: Row, bits: float) -> float:
    """FLOP a second ÷ bytes a second: 2 FLOP of each weight and sequence against its bytes, read once."""
    return float(row["fp16_bf16_dense_tflops"]) * 1e12 * bits / 8 / (2 * float(row["bandwidth_gb_s"]) * GB)


def _roofline(figures: Figures) -> Words:
    """The number of sequences at which a step computes as long as it reads."""
    rows, stored = _rows(figures), str(figures.given.get("weight_format") or "bf16")
    told = "gpu" in figures.given
    bits = float(bits_of(stored))
    bits = _WIDE if stored.startswith("fp8") else bits  # products of 8 bits are twice as fast, too
    at, at_zh = (
        (
            f" with {value('weight_format', stored, 'en')} weights, computed in 16 bit",
            f"(权重 {value('weight_format', stored, 'zh')},按 16 位计算)",
        )
        if bits < _WIDE
        else (" in 16 bit", "(16 位)")
    )
    each = [
        (
            name,
            f"{_sequences(row, bits):.0f}",
            f"{row['fp16_bf16_dense_tflops']:g} TFLOP/s ÷ {row['bandwidth_gb_s']:,.0f} GB/s",
        )
        for name, row in rows
    ]
    if told:
        shown = "; ".join(f"about {count} sequences on {name} ({rate})" for name, count, rate in each)
        shown_zh = ";".join(f"{name} 约 {count} 条({rate})" for name, count, rate in each)
        return Words(
            f"**Decoding is compute bound from a batch of {shown}{at}; below that it waits for memory.**",
            f"**解码的批大小达到下面的条数才受算力限制{at_zh}:{shown_zh};在此之前受显存带宽限制。**",
        )
    shown = ", ".join(f"{name} {count}" for name, count, _ in each)
    return Words(
        f"**Decoding is memory bound until a step has about FLOP/s ÷ bytes/s sequences, then compute bound{at}: {shown}.**",
        f"**解码在批大小达到约 算力 ÷ 带宽 之前受带宽限制,之后才受算力限制{at_zh}:{shown.replace(', ', '、')}。**",
    )


def _prompt_time(figures: Figures) -> Words:
    """What a long prompt computes, over the arithmetic of a card."""
    length, card = int(figures.given.get("seq_len") or _LONG), str(figures.given.get("gpu") or _CARD)
    one = decoding({"params": _SIZE, "gpu": cards_meant(card)[0].name, "seq_len": length}, HostMemory.of())
    times = one.prompt(length)
    if times is None:
        raise Missing("arithmetic")
    params, (low, high) = float(one.there.n_params or _SIZE), shares(PROMPTS)
    work = f"{2 * params * length / 1e15:.2g} PFLOP"
    took, reached = f"{times[0]:.2g}–{times[1]:.2g}", f"{100 * low:.0f}–{100 * high:.0f} %"
    name, peak = value("gpu", cards_meant(card)[0].name, "en"), f"{one.peak / 1e12:,.0f} TFLOP/s"
    return Words(
        f"2 × parameters × tokens, for a 7B and {length:,} tokens 2 × {size_words(params)} × {length:,} = {work} and the attention: {took} s on {name} ({reached} of {peak})",
        f"2 × 参数量 × token 数,例如 7B、{length:,} token:2 × {size_words(params)} × {length:,} = {work},另加注意力,{name} 上约 {took} 秒({peak} 的 {reached})",
    )


def _share_apart(figures: Figures) -> Words:
    """What the difference of two shares is of a card: more of the pool, and nothing else."""
    told = sorted(float(one) for one in figures.logged_all("share_told"))
    part = told[-1] - told[0] if len(told) > 1 else 0.05
    cards = (
        meant(figures.given.get("gpu"), figures.given.get("gpu_memory_gb"))
        if {"gpu", "gpu_memory_gb"} & set(figures.given)
        else []
    )
    sizes = [float(card.capacity) for card in cards] or [one * GIB for one in _WHOLE_CARDS]
    amounts = "; ".join(f"{gib_words(part * size)} of {figure(size / GIB)} GiB" for size in sizes)
    amounts_zh = ";".join(f"{figure(size / GIB)} GiB 的卡多 {gib_words(part * size)}" for size in sizes)
    return Words(f"{100 * part:.0f} % of the card, {amounts}", f"整卡的 {100 * part:.0f}%,{amounts_zh}")


def _half_in_ram(figures: Figures) -> Words:
    """A token of the same file with all layers on a card and with half of them in RAM."""
    host, card = HostMemory.of(), str(figures.given.get("gpu") or _CARD)
    facts: dict[str, Any] = {
        "params": _SIZE,
        "weight_format": _FILE,
        "engine": "llama.cpp",
        "gpu": cards_meant(card)[0].name,
    }
    layers = int(Figures(facts).need("layers"))
    whole, half = (Decoding(decoding({**facts, **one}, host).there, host) for one in ({}, {"gpu_layers": layers // 2}))
    if not whole.card_seconds or not half.host_bytes:
        raise Missing("bandwidth")
    read, ram = f"{half.host_bytes / GB:.2g} GB", f"{host.high / GB:.3g} GB/s"
    on_card, in_ram = (f"{1e3 * one:.2g} ms" for one in (half.card_seconds, half.host_seconds(host.high)))
    name = value("gpu", cards_meant(card)[0].name, "en")
    return Words(
        f"**With half of a 7B in Q4_K_M in RAM about {whole.bound / half.bound:.0f} times slower at best: {half.bound:.0f} tokens/s at most instead of {whole.bound:.0f} on {name}.** A token reads {read} of weights and cache from RAM at {ram} (two channels of DDR5), {in_ram}, and the rest on the card in {on_card}: the part in RAM decides",
        f"**7B 的 Q4_K_M 一半放内存,最好也要慢约 {whole.bound / half.bound:.0f} 倍:{name} 上限从每秒 {whole.bound:.0f} 个 token 降到 {half.bound:.0f} 个。** 每个 token 要从内存读 {read} 权重和缓存(双通道 DDR5 为 {ram}),{in_ram};卡上的一半只要 {on_card}:速度由内存那部分决定",
    )


SPEED_BOUNDS: dict[str, Callable[[Figures], Words]] = {
    "roofline": _roofline, "prompt_time": _prompt_time, "share_apart": _share_apart, "half_in_ram": _half_in_ram,
}  # fmt: skip
