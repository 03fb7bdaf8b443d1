"""The cards of a question about speed, as they are told: how many of each, and with how much memory."""

import re

from chat.reads.reading import Reading, Span

_NEAR = 14  # characters between a count and its card
_BEHIND = 2  # characters between a card and its memory
_AMOUNT = re.compile(r"\d+")
_SIZED = re.compile(r"\d\s?GB$")


def rigs(reading: Reading) -> list[str]:
    """The cards that are named; of several, each with its count, or the one that stands before it, and the memory that stands behind it."""
    cards = [str(card) for card in reading.facts.get("gpu", ())]
    places = reading.spans.get("gpu", ())
    if len(cards) < 2 or len(places) != len(cards):
        return cards
    if len(machines := reading.extras.get("rigs", ())) == len(cards):
        return [str(one).removeprefix("1 × ").replace(" × ", " x ", 1) for one in machines]
    counts = list(zip(reading.facts.get("n_gpus", ()), reading.spans.get("n_gpus", ()), strict=False))
    found = []
    for card, place in zip(cards, places, strict=True):
        near = [
            (count, end)
            for count, (start, end) in counts
            if start < place[1] and place[0] - end < _NEAR and end <= place[1]
        ]
        between = [other for other in places if other != place]
        own = next((count for count, end in near if not any(end <= other[0] < place[0] for other in between)), None)
        told = own and int(own) > 1
        found.append(f"{own} x {card}" if told else _with_memory(reading, card, place))
    return found


def _with_memory(reading: Reading, card: str, place: Span) -> str:
    """A card and the memory that is told right behind it, where its name leaves that open: a Mac."""
    behind = [start for start, _ in reading.spans.get("gpu_memory_gb", ()) if 0 <= start - place[1] <= _BEHIND]
    told = _AMOUNT.match(reading.lowered, behind[0]) if behind else None
    return f"{card} {told[0]}GB" if told and not _SIZED.search(card) else card
