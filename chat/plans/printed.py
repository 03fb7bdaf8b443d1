"""What a program prints that tells a setting: the count of its adapters their rank, an allocation that fails its loss."""

from math import prod
from typing import Any

from chat.figures.named import GIB, Figures, Missing
from chat.reads.reading import Reading
from chat.reads.training.trainable import TRAINED
from formulas.errors import BadInput
from kb.names import model_row
from kb.recipe import ADAPTERS

_RANKS = frozenset({1, 2, 4, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 512})
_OFF = 0.005
_TRAINED_WHOLE = 2e9  # parameters: so many are printed of a model that trains whole


def of_printed_adapters(reading: Reading, facts: dict[str, Any]) -> None:
    """Beside a printed count a method that nobody named is LoRA, and the rank is the one that has so many parameters."""
    counts = reading.extras.get(TRAINED, ())
    if len(counts) != 1 or float(counts[0]) > _TRAINED_WHOLE:
        return
    if "method" not in reading.facts:
        facts |= {"method": "lora", "task": "train"}
    if (
        facts.get("method") not in ADAPTERS
        or {"lora_rank", "lora_targets"} & set(facts)
        or "model" not in reading.facts
        or not isinstance(facts.get("model"), str)
    ):
        return
    try:
        one = Figures({"model": facts["model"], "method": "lora", "lora_rank": 16, "task": "train"})
        rank = 16 * float(counts[0]) / one.amount("adapter_params")
    except (Missing, BadInput):  # a model whose adapters cannot be counted has no rank to be told
        return
    near = round(rank)
    if near in _RANKS and abs(rank / near - 1) <= _OFF:
        facts["lora_rank"] = near


_NEAR = 0.01
_WIDTHS = (4, 2)  # bytes of a logit


def of_printed_logits(reading: Reading, facts: dict[str, Any]) -> None:
    """An allocation that failed and is as large as the logits of a step shows that they are there, whatever the program's loss."""
    tried = reading.extras.get("oom_tried", ())
    tokens = [facts.get(name, 1) for name in ("seq_len", "batch_size")]
    rows = [model_row(str(model)) for model in reading.facts.get("model", ())]
    if (
        not tried
        or "loss" in facts
        or "seq_len" not in facts
        or len(rows) != 1
        or not all(isinstance(one, int) for one in tokens)
    ):
        return
    one = prod(tokens) * float(rows[0]["vocab_size"] or 0)
    if one and any(abs(float(tried[0]) * GIB / (width * one) - 1) < _NEAR for width in _WIDTHS):
        facts["loss"] = "full-logits"
