"""Two questions in one: each is planned by what it says itself, the largest model or the length of several users."""

import re

from chat.plans.understood import Facts, has_subject, is_serving
from chat.reads.grammar import read
from chat.reads.lexicon import compiled
from chat.reads.other_cases.other_matters import SENTENCE_END
from chat.reads.reading import Reading
from chat.reads.requests.own_lengths import OWN_LENGTH

_LARGEST = re.compile(
    r"\b(?:largest|biggest)\b[^.?;]{0,40}\bmodels?\b|\bhow (?:large|big)\b[^.?;]{0,12}\bmodels?\b|\bmodels?\b[^.?;]{0,12}\bhow (?:large|big)\b"
    r"|(?:最多|最大)[^,;?。,]{0,16}(?:多大|模型|几\s?b\b|多少\s?b\b)|能[^,;?。,]{0,8}多大的?(?:模型)?|最大的?模型",
    re.IGNORECASE,
)


def largest_apart(reading: Reading) -> tuple[Reading, Reading] | None:
    """The question before, of a model, and the one behind it of the largest that other cards hold; None where it is one.

    Of two questions the counts and cards of each are its own: together they would be cases of both.
    """
    ends = [end.end() for end in compiled(SENTENCE_END).finditer(reading.lowered)]
    for at in reversed(ends):
        tail = reading.text[at:]
        if not _LARGEST.search(tail):
            continue
        before, behind = read(reading.text[:at]), read(tail)
        cards = {"gpu", "gpu_memory_gb"} & set(behind.facts)
        if cards and has_subject(before) and not has_subject(behind):
            return before, behind
        return None
    return None


def users_of_their_own(reading: Reading) -> Facts:
    """So many sequences with the length that is told beside them; empty where no length is, or where none of it is served."""
    many, lengths = reading.facts.get("batch_size", ()), reading.facts.get("seq_len", ())
    places, at = reading.spans.get("seq_len", ()), reading.spans.get("batch_size", ())
    if len(many) != 1 or many[0] < 2 or len(places) != len(lengths) or not places or not at or not is_serving(reading):
        return {}
    nearest = min(range(len(places)), key=lambda one: max(places[one][0] - at[0][1], at[0][0] - places[one][1]))
    return {"batch_size": many[0], "seq_len": lengths[nearest]}


def of_its_length(reading: Reading, quantity: str) -> Facts:
    """Beside the longest that fits the length that the model is said to have."""
    own = reading.extras.get(OWN_LENGTH)
    return {"own_length": own[0]} if own and quantity == "seq_len" else {}
