"""Questions that speak of speed and are answered by memory: what lies on the CPU, what a pool cannot hold, what a map divides."""

from dataclasses import replace

from chat.reads.concepts.split_over_cards import RATE_ASKED
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

# a speed is told, and none asked
_SLOW_SAID = r"\bslow(?:ly|er)?\b|慢"


def but_pace(reading: Reading, *more: str) -> tuple[str, ...]:
    """The intents without those of speed and time, and without some more."""
    return tuple(one for one in reading.intents if one not in ("training_time", "decoding_rate", *more))


def told_by_memory(reading: Reading) -> Reading | None:
    """The reading of such a question; None of any other."""
    cues, rate = set(reading.cues), compiled(RATE_ASKED).search(reading.lowered)
    if "slow_on_map" in cues and not rate:  # why one way is slow
        return reading
    if {"longer_than_pool", "no_blocks", "shards_served", "offload_taken_back"} & cues:
        return reading
    if {"meaning:traffic", "meaning:cache_speed"} & cues:  # of bytes, and of what a step reads in general
        return replace(reading, intents=but_pace(reading) or ("explain_derive",))
    if "fell_back" in cues and not rate and compiled(_SLOW_SAID).search(reading.lowered):  # a part is on the CPU
        return replace(reading, intents=("why_more", *but_pace(reading, "why_more", "how_much")))
    # a step that is slow because memory spilled: its cause is asked for
    return reading if "shared_gpu" in cues else None
