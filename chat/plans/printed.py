"""What a trainer prints of its adapters: of which method they are, and of which rank, where the count tells it."""

from typing import Any

from chat.figures.named import Figures, Missing
from chat.reads.reading import Reading
from chat.reads.trainable import TRAINED
from formulas.errors import BadInput
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
