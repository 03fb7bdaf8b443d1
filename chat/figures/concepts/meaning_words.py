"""Figures that show what a thing is, on usual models: bits of a 7B, rates of a card and of RAM, what a setting changes."""

from collections.abc import Callable, Mapping
from typing import Any

from chat.figures.layouts.zero_bytes import OF_STAGE, on_each_card
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from chat.figures.settings.lever_words import both_shown
from chat.figures.settings.levers import LEVERS
from chat.figures.sums.state_terms import STATE_TERMS
from chat.phrases import in_words
from formulas.quantity import Words
from kb.names import gpu_row
from kb.rates import HostMemory
from kb.recipe import assumed

_CARD = "GeForce RTX 4090"
_FILE = "gguf:Q4_K_M"
_LENGTHS = (8192, 32768)  # a usual context, and a long one
# which training a setting is shown on, where it is none of LoRA
_FULL = frozenset({"optimizer_8bit", "offload_optimizer", "lora"})


def seven(**facts: Any) -> Figures:
    return Figures({"params": assumed("params", "an example"), **facts})


def _seven_bits(_: Figures) -> Words:
    """The weights of a 7B in 16, 8 and 4 bits."""
    figures = seven(method="inference")
    sizes = [gib_words(figures.stored(weight_format=one)) for one in ("bf16", "int8", _FILE)]
    return Words(
        f"{sizes[0]} in 16 bit, {sizes[1]} in 8, {sizes[2]} in 4 (Q4_K_M)",
        f"16 位 {sizes[0]},8 位 {sizes[1]},4 位 {sizes[2]}(Q4_K_M)",
    )


def _seven_bits_said(figures: Figures) -> Words:
    told = _seven_bits(figures)
    return Words(f"The weights of a 7B: {told.en}.", f"7B 的权重:{told.zh}。")


def _bits(figures: Figures, weight_format: str) -> tuple[float, float]:
    size = figures.stored(weight_format=weight_format)
    return 8 * size / figures.params, size


def _bits_of_q4(_: Figures) -> Words:
    each = f"{_bits(seven(method='inference'), _FILE)[0]:.2g}"
    return Words(each, each)


def _format_meant(figures: Figures) -> Words:
    """The format that is named: its bits of a parameter, and what a 7B takes in it."""
    named = figures.given.get("weight_format")
    if not named:
        raise Missing("weight_format")
    each, size = _bits(seven(method="inference"), str(named))
    wide = gib_words(seven(method="inference").stored(weight_format="bf16"))
    name = in_words("weight_format", named, "en")
    return Words(
        f"**{name} stores {each:.2g} bits a parameter: a 7B takes {gib_words(size)} instead of {wide} in 16 bit.**",
        f"**{name} 平均每个参数 {each:.2g} 位:7B 占 {gib_words(size)},16 位是 {wide}。**",
    )


def _rates() -> tuple[float, float]:
    """GB/s of a card that many have, and of a desktop's RAM at its best."""
    return float(gpu_row(_CARD)["bandwidth_gb_s"]), HostMemory.of().high / GB


def _bandwidths(_: Figures) -> Words:
    card, ram = _rates()
    return Words(
        f"{card:,.0f} GB/s on an RTX 4090, up to {ram:.3g} GB/s in the two channels of a desktop's RAM",
        f"RTX 4090 是 {card:,.0f} GB/s,台式机双通道内存最多 {ram:.3g} GB/s",
    )


def _seven_rates(_: Figures) -> Words:
    """Tokens a second of a 7B in 4 bits at most, on the card and in RAM."""
    (card, ram), size = _rates(), seven(method="inference").stored(weight_format=_FILE) / GB
    return Words(
        f"a 7B in Q4_K_M, {size:.3g} GB: at most {card / size:.0f} tokens/s there and {ram / size:.0f} here",
        f"7B 的 Q4_K_M 是 {size:.3g} GB,前者每秒最多 {card / size:.0f} 个 token,后者 {ram / size:.0f} 个",
    )


def _run_and_trained(_: Figures) -> Words:
    sizes = [gib_words(seven(method=one).base.best) for one in ("inference", "full", "lora", "qlora")]
    return Words(
        f"a 7B takes {sizes[0]} to run in 16 bit, {sizes[1]} to fine-tune in full, {sizes[2]} with LoRA, {sizes[3]} with QLoRA",
        f"7B 的 16 位推理 {sizes[0]},全量微调 {sizes[1]},LoRA {sizes[2]},QLoRA {sizes[3]}",
    )


def _file_at_work(_: Figures) -> Words:
    """What a file of a usual model takes at two lengths: the file, the cache of a token, and all of it."""
    model = str(assumed("model", "grouped heads"))
    each = [
        Figures({"model": model, "method": "inference", "engine": "llama.cpp", "weight_format": _FILE, "seq_len": one})
        for one in _LENGTHS
    ]
    size, token, whole = (
        each[0].stored(weight_format=_FILE),
        each[0]["kv_token"],
        [gib_words(one.base.best) for one in each],
    )
    length = [f"{one:,}" for one in _LENGTHS]
    return Words(
        f"{model} in Q4_K_M is a file of {size / GB:.3g} GB ({gib_words(size)}), its cache takes {token} per token: about {whole[0]} in all at {length[0]} tokens, {whole[1]} at {length[1]}",
        f"{model} 的 Q4_K_M 文件是 {size / GB:.3g} GB({gib_words(size)}),缓存每 token {token}:{length[0]} token 时共约 {whole[0]},{length[1]} token 时约 {whole[1]}",
    )


def _lever_explained(figures: Figures) -> Words:
    """What a setting is, and what it changes of a 7B."""
    name = next((one.partition(":")[2] for one in sorted(figures.about) if one.startswith("meaning:")), "")
    lever = LEVERS.get(name)
    if lever is None:
        raise Missing("lever")
    method = "inference" if lever.trains is False else "full" if name in _FULL else str(lever.on.get("method", "lora"))
    shown = both_shown(seven(method=method), lever)
    return Words(
        f"**{lever.says.en[0].upper()}{lever.says.en[1:]}: {lever.works.en}.** {shown.en}",
        f"**{lever.says.zh}:{lever.works.zh}。** {shown.zh}",
    )


def _zero_shares(_: Figures) -> Words:
    """Bytes of a parameter on each of eight cards, stage by stage."""
    cards, params = 8, seven(method="full").params
    sizes = [f"{params * on_each_card(stage, cards) / GIB:.3g} GiB" for stage in OF_STAGE]
    return Words(
        f"for a 7B on {cards} cards: {sizes[0]} on each without it, {sizes[1]}, {sizes[2]} and {sizes[3]}",
        f"7B 在 {cards} 张卡上,不用时每卡 {sizes[0]},依次是 {sizes[1]}、{sizes[2]}、{sizes[3]}",
    )


MEANING_WORDS: Mapping[str, Callable[[Figures], Words]] = {
    "seven_bits": _seven_bits, "seven_bits_said": _seven_bits_said, "bits_of_q4": _bits_of_q4, "format_meant": _format_meant, "bandwidths": _bandwidths, "seven_rates": _seven_rates,
    "run_and_trained": _run_and_trained, "lever_explained": _lever_explained, "zero_shares": _zero_shares, "file_at_work": _file_at_work, **STATE_TERMS,
}  # fmt: skip
