"""A further card that is thought of beside those that there are, and one of them without the others."""

import re
from functools import cache

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.cards import kinds_meant
from kb.names import gpu_row

_FURTHER = r"\b(?:second|third|fourth|another|one more|add(?:ing)? (?:a|an|another|one))\b[^.?]{0,16}?"
_IN_CHINESE = r"再(?:加|买|插)(?:一|1)(?:张|块)|第二张"
_PLACES = {"second": 2, "third": 3, "fourth": 4, "第二": 2}


@cache
def _one_more() -> re.Pattern[str]:
    return compiled(rf"{_FURTHER}(?:gpu|card|{card_pattern().pattern})|{_IN_CHINESE}")


def thinks_of_one_more(reading: Reading) -> bool:
    return _one_more().search(reading.lowered) is not None


def before_one_more(reading: Reading) -> int:
    """The cards that there are, where one more is thought of: its own count is left out."""
    more = _one_more().search(reading.lowered)
    counts = list(zip(reading.facts["n_gpus"], reading.spans.get("n_gpus", ()), strict=False))
    own = [int(count) for count, span in counts if more and (span[1] <= more.start() or span[0] >= more.end())]
    if not own:
        return max(1, int(min(reading.facts["n_gpus"])) - 1)
    place = next((place for word, place in _PLACES.items() if more and word in more[0]), None)
    return place - 1 if place and place <= own[0] else own[0]  # "2x 3090, does the second double it?": it is there


def fastest_alone(rig: str) -> str:
    """Of cards in one machine the one that is to do without the others: the fastest, which is what people have."""
    return max((one.name for one in kinds_meant(rig)), key=lambda one: float(gpu_row(one).get("bandwidth_gb_s") or 0))
