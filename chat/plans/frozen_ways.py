"""Ways of tuning without a formula that are held against adapters: `P-Tuning v2 or LoRA, which takes less?`."""

from chat.figures.adapters.frozen_ways import TOPICS, way_named
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_ADAPTERS = r"(?<![a-z])q?lora(?![a-z])"
# asked which takes less, or how far they are apart
_ASKED = frozenset({"method_diff", "comparison", "which_method", "saving_asked", "asks_less"})


def frozen_ways(reading: Reading) -> list[str]:
    """The subject of each way that is held against adapters; none where each is only asked about."""
    ways = reading.extras.get("frozen_base_too", ())
    asked = _ASKED & {*reading.intents, *reading.cues} and "oom_diagnosis" not in reading.intents
    if not asked or not compiled(_ADAPTERS).search(reading.lowered) or "full" in reading.facts.get("method", ()):
        return []
    return [one for one in dict.fromkeys(way_named(str(way)) for way in ways) if one in TOPICS]
