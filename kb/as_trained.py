"""What the usual ways of fine-tuning take of a model where nobody says what is done with it, and what runs it was worked out."""

from typing import Any

from kb.cards import GIB
from kb.knobs import PLAIN_TYPES
from kb.outcome import Outcome
from kb.tried import admitted

# from the cheapest to the dearest
_WAYS: tuple[dict[str, Any], ...] = ({"method": "qlora", "bits": 4}, {"method": "lora"}, {"method": "full"})
# what would say that it is run, or how it is stored for that
_OF_RUNNING = {"task", "method", "kv_format", "batch_size", "config"}
# knobs of a served model, which a training has not
_SERVED = dict.fromkeys(("engine", "bits", "weight_format", "tp", "pp"))


def as_trained(outcomes: tuple[Outcome, ...]) -> list[dict[str, Any]]:
    """Each way with what it takes of a card, over several cards sharded; empty where the facts say what is done."""
    first = outcomes[0]
    facts = first.case.facts
    stored = facts.get("weight_format") not in (None, *PLAIN_TYPES)
    if first.situation.knob("task") == "train" or stored or _OF_RUNNING & set(facts):
        return []
    laid_out = {"zero_stage": 3} if first.n_gpus > 1 else {}
    found = []
    for way in _WAYS:
        there = admitted(first.case, {**_SERVED, **laid_out, **way, "task": "train"})
        if there is None:
            continue
        found.append({"facts": way, "gib": there.best / GIB, "verdict": there.verdict, "leaning": there.leaning})
    return found
