"""QLoRA as its authors ran it, worked out for the case at hand, beside what was told here."""

from collections.abc import Callable
from typing import Any

from chat.figures.named import Figures, Missing, gib_words, value_of
from formulas.quantity import SILENT, Words

# their published script for 65B: the longest source and target, the rank, what is trained in which type by which optimizer
_SOURCE, _TARGET = 16, 512
_THEIRS: dict[str, Any] = {
    "seq_len": _SOURCE + _TARGET, "batch_size": 1, "lora_rank": 64, "lora_targets": "all-linear", "bits": 4,
    "weight_format": None, "precision": None, "adapter_dtype": "bf16", "optimizer": "paged-adamw", "gradient_checkpointing": "on",
}  # fmt: skip


def _as_in_paper(figures: Figures) -> Words:
    """What their settings take of the card, and what differs here."""
    if figures.knob("method") != "qlora":
        raise Missing("method")
    there, here = figures.at(**_THEIRS), figures.base
    room = gib_words(here.capacity) if here.capacity else ""
    of, of_zh = (f" of {room}", f",卡上 {room}") if room else ("", "")
    base, moments = gib_words(there.terms.get("weights", 0.0)), gib_words(value_of(there, "optimizer"))
    more = _here(figures) if here.best > there.best else SILENT
    return Words(
        f"**By small samples and light adapters, not by the base alone: in the authors' script samples of at most {_SOURCE} + {_TARGET} tokens, adapters and their gradients in bf16 at rank {_THEIRS['lora_rank']} on all linear layers, checkpointing and a paged AdamW, which takes {gib_words(there.best)}{of} with one sample at a time.** The base in NF4 with double quantisation is {base} of it; Adam's moments, {moments}, move to host memory while the card is short, which is what carries it over a peak.{more.en}",
        f"**靠的是短样本和更省的适配器,不只是 4 位基座:作者的脚本里样本最长 {_SOURCE} + {_TARGET} token,适配器和梯度用 bf16,秩 {_THEIRS['lora_rank']}、作用于所有线性层,开重计算和分页 AdamW,一次一条样本时共 {gib_words(there.best)}{of_zh}。** 其中 NF4 双重量化的基座 {base};Adam 动量 {moments},显存不够时换到内存,峰值就是这样撑过去的。{more.zh}",
    )


def _here(figures: Figures) -> Words:
    """What it takes as it was told, where that is more."""
    here = gib_words(figures.base.best)
    wide = figures.knob("adapter_dtype") == "fp32"
    en, zh = [f"{figures['tokens']} tokens"], [f"{figures['tokens']} token"]
    if wide:
        en.append("adapters and gradients in fp32, as PEFT makes them by default")
        zh.append("适配器和梯度为 fp32(PEFT 默认)")
    narrow = gib_words(figures.at(adapter_dtype="bf16", precision=None).best) if wide else ""
    saves, saves_zh = (
        (f"; with the adapters in bf16 it would be {narrow}", f";适配器改用 bf16 是 {narrow}") if wide else ("", "")
    )
    return Words(
        f" As counted here it is {here} ({', '.join(en)}){saves}.",
        f"按这里的设置是 {here}({'、'.join(zh)}){saves_zh}。",
    )


AS_IN_PAPER: dict[str, Callable[[Figures], Words]] = {"as_in_paper": _as_in_paper}
