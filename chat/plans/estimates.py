"""The estimate of the model that is named, alone or beside what else its machine runs."""

from dataclasses import replace
from typing import Any

from chat.plans.machines import of_machine
from chat.plans.understood import has_subject, understood
from chat.reads.reading import Reading
from kb.candidates import engine_of
from kb.stored import FILES

Call = tuple[str, dict[str, Any]]


def estimate(reading: Reading) -> list[Call]:
    """What the model that is asked about takes; nothing where none is."""
    return [("estimate_memory", understood(reading))] if has_subject(reading) else []


def of_named(reading: Reading) -> list[Call]:
    """The model that is named beside the largest which a machine runs: by the same program, where none is told."""
    open_format = not {"engine", "weight_format", "bits", "precision"} & set(reading.facts)
    if open_format and engine_of(of_machine(reading)) == FILES:
        reading = replace(reading, facts={**reading.facts, "engine": (FILES,)})
    return estimate(reading)
