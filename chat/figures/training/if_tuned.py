"""What the same model takes to fine-tune by each method, where nothing tells whether it is to be run or trained; and a long cache."""

from collections.abc import Callable

from chat.figures.named import Figures, gib_words
from chat.phrases import VERDICTS
from formulas.quantity import SILENT, Words

_METHODS = (("qlora", 4, "4-bit QLoRA", "4 位 QLoRA"), ("lora", None, "LoRA", "LoRA"), ("full", None, "full", "全参"))
_OF_THE_CARD = ("model", "params", "config", "gpu", "gpu_memory_gb")
_LONG = 32_768  # tokens, as of long documents


def _if_tuned(figures: Figures) -> Words:
    """Each method's need, whether the card that is told holds it, and what a long context adds to running it."""
    own, told = Figures({name: one for name, one in figures.given.items() if name in _OF_THE_CARD}), []
    for method, bits, *names in _METHODS:
        there = own.at(method=method, bits=bits)
        held = VERDICTS[str(there.leaning)] if there.leaning else ("", "")
        told.append([f"{name} {gib_words(there.best)}{f' ({said})' if said else ''}" for name, said in zip(names, held, strict=True)])  # fmt: skip
    longer = _longer(figures)
    return Words(
        f"**If it is to be fine-tuned, not run: {', '.join(en for en, _ in told)}**, at 2,048 tokens, batch 1, checkpointing on.{longer.en}",
        f"**若是要微调而不是运行:{'、'.join(zh for _, zh in told)}**(2,048 token、批大小 1、开重计算)。{longer.zh}",
    )


def _longer(figures: Figures) -> Words:
    """The cache of a long context, where the model has one and a shorter one was counted."""
    if figures.amount("seq") >= _LONG or float(figures.row().get("max_position_embeddings") or 0) < _LONG:
        return SILENT
    size = gib_words(figures.need("kv_mean") * _LONG)
    return Words(
        f" Run with {_LONG:,} tokens of context, its KV cache is {size}, {figures['kv_mean']} a token.",
        f"运行时上下文用到 {_LONG:,} token,KV 缓存为 {size}(每 token {figures['kv_mean']})。",
    )


IF_TUNED: dict[str, Callable[[Figures], Words]] = {"if_tuned": _if_tuned}
