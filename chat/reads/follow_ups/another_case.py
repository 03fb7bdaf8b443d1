"""What was asked of the case as it was, so that a changed one is only asked what it takes."""

from collections.abc import Collection, Mapping
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.seen.held_on_each import MOST

# what takes no part in a cache of keys and values
_NO_CACHE = frozenset({"engine", "bits", "weight_format", "method", "task"})
# another machine, another model or another way to divide it: what was seen was of none of them
_ELSEWHERE = frozenset({"n_gpus", "gpu", "gpu_memory_gb", "model", "params", "zero_stage", "engine"})


def of_another_case(intent: str, previous: Reading, new: Mapping[str, Any]) -> bool:
    """Is it of what the question before saw, or of a cache, that nothing of the change is asked?"""
    if intent == "kv_cache":
        return bool(new) and set(new) <= _NO_CACHE
    if intent == "check_arithmetic" and "who_is_right" in previous.cues:  # of two amounts, which were of what was told
        return bool(new)
    seen = intent == "why_more" or (intent == "multi_gpu_split" and MOST in previous.extras)
    return seen and bool(set(new) & _ELSEWHERE or (intent == "multi_gpu_split" and new))


def what_it_takes(told: Collection[str]) -> tuple[str, ...]:
    """Whether it fits where a card is told, else how much it takes."""
    return ("fits" if {"gpu", "gpu_memory_gb"} & set(told) else "how_much",)


_MEANING_ASKED = r"\bwhat (?:is|are|does|do)\b|\bmeans?\b|\bmeaning\b|\bhow (?:does|do|is|are)\b|\bwhy\b|\bexplain\b|是什么|什么(?:意思|是)|为(?:什么|啥|何)|怎么|原理|区别|解释|介绍"


def of_a_change(previous: Reading, new: Mapping[str, Any], cues: Collection[str], text: str) -> tuple[str, ...]:
    """The cues of a follow-up that changes a case of a model: what a setting is called asks for no account of the setting."""
    if not new or not {"model", "params"} & set(previous.facts) or compiled(_MEANING_ASKED).search(text):
        return tuple(cues)
    return tuple(cue for cue in cues if not cue.startswith("meaning:"))
