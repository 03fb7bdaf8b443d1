"""Whether an amount beside a card's name is its memory: as cards are sold, or as the driver shows it."""

import re

from chat.reads.cards.memories_together import CARD_SIZES
from kb.card_names import Card
from kb.cards import card, sizes_of

_NEAR = 0.03  # of a size


def is_sold(memory: float, cards: list[Card]) -> bool:
    """Is there a card of this memory, as marketed? `V100 30GB` says what a run took."""
    own = (size for one in cards for size in (one.memory_gb, *sizes_of(one.name)) if size)
    return any(abs(memory - size) <= _NEAR * size for size in (*CARD_SIZES, *own))


_USED = re.compile(r"\s?(?:is |was |已|都|被)*(?:used|in use|taken|occupied|[占爆])", re.ASCII)


def is_shown(told: re.Match[str], cards: list[Card]) -> bool:
    """`T4 (15GB)`: what the driver shows of the card; `T4, 15GB used` is what a run took."""
    shown = (card(one.name).capacity_gib for one in cards if not sizes_of(one.name))
    near = any(abs(float(told["v"]) - size) <= _NEAR * size for size in shown)
    return near and _USED.match(told.string, told.end()) is None
