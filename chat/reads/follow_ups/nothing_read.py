"""A follow-up that asks something of which nothing was read: the case stands as it was, and its verdict answers nothing."""

from collections.abc import Collection

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

# the cue by which the answer says so
NOTHING_READ = "nothing_read"
# cues of words that many questions have, whatever they ask
_OF_ANY = frozenset({"of_memory_too", "use_named", "ran_otherwise"})
_OF_NOTHING = frozenset({"unclear", "out_of_scope"})
# that something has an effect on memory, where it is not read what
_EFFECT = frozenset({"method_diff", "how_much"})
# which of the cases at hand to take is asked of them
_CHOOSES = r"\b(?:which|pick|choose)\b|哪个|哪种|选"


def nothing_read(reading: Reading, wanted: Collection[str], text: str) -> bool:
    """Does it ask, and is none of it read? The reading has the facts of this question alone, `wanted` is what it wants after
    the one before."""
    intents = {*reading.intents, *wanted}
    intents -= _EFFECT if "method_diff" in intents else set()
    told = reading.facts or reading.extras or reading.claims or reading.equations or reading.unknown_models
    asked = reading.asks or reading.topics or set(reading.cues) - _OF_ANY or intents - _OF_NOTHING
    chooses = compiled(_CHOOSES).search(text) is not None
    return text.rstrip().endswith("?") and not (told or asked or chooses)
