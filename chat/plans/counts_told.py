"""Counts of cards beside the one that is there: those that others name, and those between which a pool grows."""

from chat.reads.cards.cards_grown import CARDS_BEFORE
from chat.reads.cards.one_more import MORE_AT_ONCE
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading


def others_count(reading: Reading, card: str) -> int:
    """How many cards others name; of a plural without a number as many as the asker's: `you need H200s`."""
    if counts := reading.others.get("n_gpus"):
        return int(counts[0])
    number = compiled(r"\d+").search(card)
    plural = number and compiled(rf"(?<!\d){number[0]}s\b").search(reading.lowered)
    return int(next(iter(reading.facts.get("n_gpus", ())), 1)) if plural else 1


def counts_that_grow(reading: Reading) -> list[str]:
    """The counts between which a server's pool is asked about, as the remarks take them, and that of a run before this one."""
    each, counts = (reading.facts.get(name, ()) for name in ("tp", "n_gpus"))
    several = each if len(each) > 1 else counts if len(counts) > 1 else ()
    before = [f"{CARDS_BEFORE} {count}" for count in reading.extras.get(CARDS_BEFORE, ())]
    return [*before, *(f"cards {count}" for count in several if MORE_AT_ONCE in reading.cues)]
