"""What leaves more room to a case that fits with little to spare: of what is served its cache in 8 bits or a larger share of the
card, of a training the weights divided as well, or no full logits."""

from typing import Any

from kb.cards import GIB
from kb.flags import flag
from kb.outcome import Outcome, outcome
from kb.served_offers import of_serving
from kb.trained_offers import of_training

# from this share of the card on what fits is tight; of a training earlier, as its longest samples and fragments come on top
TIGHT, TIGHT_TRAINING = 0.88, 0.84
# of the need, a gain that is worth a word
_WORTH = 0.02
_KEPT = ("kv_format", "gpu_memory_utilization")
_KEPT_OF_TRAINING = ("zero_stage", "loss")


def eased(outcomes: tuple[Outcome, ...]) -> dict[str, Any] | None:
    """Changes that keep weights and length, with what they leave; None where it is not one case, or that is not tight."""
    where = outcomes[0]
    room = where.capacity
    if len(outcomes) > 1 or where.verdict != "yes" or not room:
        return None
    trains = where.situation.knob("task") == "train"
    if where.best < (TIGHT_TRAINING if trains else TIGHT) * room or where.host_json() is not None:
        return None
    ways: list[dict[str, Any]] = []
    told_of: list[set[str]] = []  # of each kind the mildest
    for change in of_training(where) if trains else of_serving(where):
        if not set(change.facts) <= set(_KEPT_OF_TRAINING if trains else _KEPT) or set(change.facts) in told_of:
            continue
        told_of.append(set(change.facts))
        there = outcome(where.case.with_facts(**change.facts))
        spare = (there.capacity or 0.0) - there.best
        if spare - (room - where.best) < _WORTH * where.best:
            continue
        name, given = next(iter(change.facts.items()))
        told = "" if trains else flag(where.situation.knob("engine"), name, given)
        ways.append({"says": change.says.en, "zh": change.says.zh, "flag": told, "spare_gib": spare / GIB})
    if trains:
        return {"spare_gib": (room - where.best) / GIB, "ways": ways, "length": None} if ways else None
    length = flag(where.situation.knob("engine"), "seq_len", "")
    return {"spare_gib": (room - where.best) / GIB, "ways": ways, "length": length.strip()}
