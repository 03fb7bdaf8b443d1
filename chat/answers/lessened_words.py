"""What would take less than the larger of two trainings, where it is asked why that takes so much."""

from typing import Any

from chat.answers.verdict_words import gap
from chat.figures.kept_ways import allowed
from chat.phrases import gib
from chat.reads.reading import Reading

Result = dict[str, Any]


def lessened_words(result: Result, names: list[str], reading: Reading) -> str:
    """One sentence with the figure of each way; nothing where none takes clearly less, or where what makes it fit is told."""
    found, zh = result.get("lessened") or {}, reading.language == "zh"
    ways = (
        allowed(found.get("ways", []), frozenset(reading.cues)) if not (result["mended"] or result["of_cards"]) else []
    )
    if not ways:
        return ""
    name = names[found["setup"]]
    told = [f"{one['zh']} {gib(one['gib'])}" if zh else f"{one['says']} {gib(one['gib'])}" for one in ways]
    if zh:
        return f"**{'比两者都省的办法' if found['than_both'] else f'{name}{gap(name)}想再降'}:**{';'.join(told)}。"
    whom = "either" if found["than_both"] else name
    return f"**What takes less than {whom}, all else as it is:** {'; '.join(told)}."
