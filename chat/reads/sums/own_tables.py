"""A table that is to be made of a model, and none that somebody published: "give me a table for Qwen3-8B", "列个表"."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_MADE = (
    r"\b(?:give|make|draw|show|build|create|produce|put|write|want|need|like|get|do)\b[^.?!]{0,20}?\b(?:an?|some|one)\b(?: (?!of\b|from\b|in\b|at\b|the\b)[a-z-]+){0,3} (?:table|chart|overview|comparison)\b"
    r"|\b(?:as|in) a (?:\w+ )?table\b|(?:列|做|给|画|整理|出|弄|汇总)[^,;?!。]{0,6}(?:个|张|份)[^,;?!。]{0,8}表"
)
_FORMATS = ("weight_format", "bits")


def own_table(reading: Reading, text: str) -> Reading:
    """What such a table holds is asked for, no cell of another; formats beside methods of training are those of the weights."""
    if "llama_factory" in reading.topics or not compiled(_MADE).search(text):
        return reading
    others = tuple(one for one in reading.intents if one != "table_lookup")
    if "table_lookup" in reading.intents:
        reading = replace(reading, intents=others if "how_much" in others else ("how_much", *others))
    formats = sum(len(reading.facts.get(name, ())) for name in _FORMATS)
    if formats > 1 and len(reading.facts.get("method", ())) > 1 and reading.facts.get("task") == ("train",):
        reading = replace(reading, facts={**reading.facts, "task": ("train", "inference")})
    return reading
