"""Layouts and offloading that are told of one method each: `LoRA + ZeRO-3, QLoRA DDP, full with offload`."""

import re
from typing import Any

from chat.reads.reading import Reading
from chat.reads.training.named_methods import off_the_card

_OF_EACH = ("zero_stage", "offload")
# what stands between a method and what is its own
_JOINS = re.compile(
    r"\s?(?:微调|训练|fine-?tuning)?\s?(?:\+|with|under|on|via|and|加|配|用|走)?\s?(?:zero[- _]?(?:stage ?)?|stage ?|z)?",
    re.IGNORECASE,
)
_WITHOUT = {"zero_stage": 0, "offload": "none"}


def bound(reading: Reading) -> dict[Any, dict[str, Any]]:
    """By method the settings that stand right behind it; empty unless at least two methods have such settings."""
    methods = list(zip(reading.spans.get("method", ()), reading.facts.get("method", ()), strict=False))
    own: dict[Any, dict[str, Any]] = {}
    for name in _OF_EACH:
        for (start, _), value in zip(reading.spans.get(name, ()), reading.facts.get(name, ()), strict=False):
            for (_, end), method in methods:
                if end <= start and _JOINS.fullmatch(reading.text[end:start]):
                    own.setdefault(method, {})[name] = value
    return own if len(own) > 1 and len(own) == len(methods) else {}


def apart(method: Any, own: dict[Any, dict[str, Any]]) -> dict[str, Any]:
    """The settings of one method, with what it does without where only another has it."""
    named = {name for each in own.values() for name in each}
    settings = {name: own.get(method, {}).get(name, _WITHOUT[name]) for name in _OF_EACH if name in named}
    if settings.get("offload") == "params":
        settings["offload"], settings["zero_stage"] = off_the_card("params", own.get(method, {}).get("zero_stage"))
    return settings
