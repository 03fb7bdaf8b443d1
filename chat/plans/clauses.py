"""A question of the largest model that stands behind another question: each is planned by what it says itself."""

import re

from chat.plans.understood import has_subject
from chat.reads.grammar import read
from chat.reads.reading import Reading

# where one question ends and the next begins
_ENDS = re.compile(r"[?？。；;\n]|[.!！](?=\s)")
_LARGEST = re.compile(
    r"\b(?:largest|biggest)\b[^.?;]{0,40}\bmodels?\b|\bhow (?:large|big)\b[^.?;]{0,12}\bmodels?\b|\bmodels?\b[^.?;]{0,12}\bhow (?:large|big)\b"
    r"|(?:最多|最大)[^,;?。,]{0,16}(?:多大|模型|几\s?b\b|多少\s?b\b)|能[^,;?。,]{0,8}多大的?(?:模型)?|最大的?模型",
    re.IGNORECASE,
)


def largest_apart(reading: Reading) -> tuple[Reading, Reading] | None:
    """The question before, of a model, and the one behind it of the largest that other cards hold; None where it is one.

    Of two questions the counts and cards of each are its own: together they would be cases of both.
    """
    ends = [end.end() for end in _ENDS.finditer(reading.text)]
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
