"""Cards that are to be bought or chosen for a model that none of them holds by itself: how many of each is what is asked."""

from dataclasses import replace

from chat.reads.cards.cards_apart import CHOOSE_CARD
from chat.reads.reading import Reading
from kb.cards import models_in
from kb.names import gpu_row, model_row, names

_ASKS_OF_CARDS = ("fits", "comparison", "which_method", "unclear", "underspecified", "how_many_gpus")
_DECIDED = {"n_gpus", "nodes", "host_memory_gb", "gpu_memory_gb", "offload", "tp"}
# bytes of a parameter in the fewest bits that servers use
_LEAST = 0.52


def counted(reading: Reading) -> Reading:
    """`Buy H20 or 910B for R1?`: the intent is how many, where even four bits are more than the largest card."""
    chosen = "buying" in reading.cues or any(cue.startswith(CHOOSE_CARD) for cue in reading.cues)
    open_ = reading.intent in _ASKS_OF_CARDS and not _DECIDED & (set(reading.facts) | set(reading.extras))
    if not chosen or not open_ or "gpu" not in reading.facts or reading.facts.get("task") == ("train",):
        return reading
    if any("+" in str(one) for one in reading.facts["gpu"]):  # whole machines are told, not cards to count
        return reading
    params, largest = _params(reading), _largest_card(reading)
    if not params or not largest or _LEAST * params < largest:
        return reading
    left = tuple(one for one in reading.intents if one not in _ASKS_OF_CARDS)
    cues = tuple(one for one in reading.cues if one != "buying")
    return replace(reading, intents=("how_many_gpus", *left), asks=("n_gpus",), cues=cues)


def _params(reading: Reading) -> float:
    """Parameters of the one model that is named, by its name or its size; 0 of several."""
    models = reading.facts.get("model", ())
    if len(models) == 1:
        return float(model_row(str(models[0])).get("unique_params") or 0)
    sizes = reading.facts.get("params", ())
    return float(sizes[0]) if len(sizes) == 1 and not models else 0.0


def _largest_card(reading: Reading) -> float:
    """Bytes of the largest card named, as it is sold; of one that is sold in several sizes the smallest counts."""
    return max((_sold(one) for text in reading.facts["gpu"] for one in models_in(str(text))), default=0.0) * 1e9


def _sold(card: str) -> float:
    return min((float(gpu_row(name).get("memory_marketed_gb") or 0) for name in names().find_gpus(card)), default=0.0)
