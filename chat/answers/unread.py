"""What of a question was not understood: beside the verdict where that was asked, else at the end of the answer."""

import re

from chat.reads.asking import parts
from chat.reads.limits import memories
from chat.reads.reading import Reading, Unread

# facts of so many GB, whose number says of itself what it is
_AMOUNTS = ("gpu_memory_gb", "host_memory_gb")
_MOST = 5
# the stops of a Chinese text as those that end a clause: one for one, so that every place stays
_STOPS = str.maketrans("，。；：？！（）", ",.;:?!()")
# a sum or a comparison is judged as arithmetic, or is the asker's own remark
_REMARK = re.compile("[=<>×≈≥*+]|->|^(?:所以|那|so\\b|then\\b)")
# where a figure is judged, a formula or a table explained, what was not understood takes nothing from a verdict
_NO_VERDICT = frozenset({"check_arithmetic", "explain_derive", "units", "table_lookup", "why_more", "training_time"})


def left_out(reading: Reading) -> str:
    """What was asked and not understood: the verdict is without it, and says so."""
    pieces = _quoted(_asked(reading))
    if not pieces:
        return ""
    if reading.language == "zh":
        return f"以上没有算进这一点,因为没有读懂:{pieces}。"
    return f"This leaves out what was not understood: {pieces}."


def not_understood(reading: Reading, every: bool = False) -> str:
    """Numbers that the grammar could not place: said, never dropped; `every` one where no verdict leaves any out."""
    asked = [] if every else _asked(reading)
    pieces = _quoted([one for one in _unread(reading) if one not in asked])
    if not pieces:
        return ""
    return f"没有读懂:{pieces}。" if reading.language == "zh" else f"Not understood: {pieces}."


def _unread(reading: Reading) -> list[Unread]:
    # a number that an equation of the question holds was judged there; one that is a fact was read, at another place
    judged = {number for equation in reading.equations for number in re.findall(r"\d+(?:\.\d+)?", equation.text)}
    judged |= {f"{one:g}" for name in _AMOUNTS for one in reading.facts.get(name, ())}
    judged |= {f"{one:g}" for one in memories(reading.facts.get("gpu", ()))}  # "12B is < 24": what the card has
    return [one for one in reading.not_understood if one.text.strip() not in judged]


def _asked(reading: Reading) -> list[Unread]:
    """What stands in a clause that asks, of whatever is no arithmetic."""
    unread = _unread(reading)
    if not unread or _NO_VERDICT & set(reading.intents[:2]) or reading.equations:
        return []
    asking = [part for part in parts(reading.text.lower().translate(_STOPS)) if part.asks]
    return [
        one
        for one in unread
        if any(part.start < one.span[1] and one.span[0] < part.end for part in asking) and not _REMARK.search(one.near)
    ]


def _quoted(unread: list[Unread]) -> str:
    said = list(dict.fromkeys(one.near or one.text for one in unread))
    said = [one for one in said if not any(one != other and one in other for other in said)]
    return ", ".join(f"“{one}”" for one in said[:_MOST])
