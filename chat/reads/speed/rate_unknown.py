"""A speed asked of cards whose bandwidth no table has: whether they hold the model can be said beside it."""

from dataclasses import replace

from chat.reads.reading import Reading
from kb.cards import models_in
from kb.names import gpu_row, names

_OF_SPEED = ("decoding_rate", "generation_speed")


def fits_where_no_rate(reading: Reading) -> Reading:
    """The verdict stands beside the speed that cannot be worked out."""
    subject = {"model", "params"} & set(reading.facts)
    if reading.intent not in _OF_SPEED or "gpu" not in reading.facts or not subject or "fits" in reading.intents:
        return reading
    cards = [name for text in reading.facts["gpu"] for one in models_in(str(text)) for name in names().find_gpus(one)]
    if not cards or any(gpu_row(name).get("bandwidth_gb_s") for name in cards):
        return reading
    return replace(reading, intents=(*reading.intents, "fits"))
