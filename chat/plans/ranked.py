"""How good a model is, asked beside a card: no matter of memory, but which of those that are named the card holds is one."""

from dataclasses import replace

from chat.plans.understood import has_subject
from chat.reads.elsewhere import ranks_quality
from chat.reads.reading import Reading

_RANKED = (
    "Which of them answers better is no matter of memory, so not mine to say; what the card holds:",
    "哪个效果更好与显存无关,不在我的范围内;只看放不放得下:",
)


def by_memory(reading: Reading) -> Reading:
    """A ranking of models that are named beside a card, as the question whether they fit."""
    cards = {"gpu", "gpu_memory_gb"} & set(reading.facts)
    if reading.intent != "out_of_scope" or not (cards and has_subject(reading) and ranks_quality(reading.text)):
        return reading
    return replace(reading, intents=("fits", "comparison"))


def scope_told(reading: Reading) -> str:
    """That the ranking is left out; nothing where none was asked for."""
    return "" if by_memory(reading) is reading else _RANKED[reading.language == "zh"]
