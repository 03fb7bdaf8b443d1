"""Where a quantity or a sum is to be explained: the asker's arithmetic is judged, and the term that is named is derived."""

from typing import Any

from chat.plans.products import cache_products, in_short, judged_by
from chat.plans.understood import facts_of, has_subject, understood
from chat.reads.models.shape_names import of_shapes
from chat.reads.parts import PART
from chat.reads.reading import Reading
from kb.recipe import ADAPTERS

Call = tuple[str, dict[str, Any]]
_QUANTITIES = ("kv_cache", "optimizer", "gradients", "logits", "activations", "weights")


def explain(reading: Reading) -> list[Call]:
    """Sums that are judged, or the term that is derived, and beside it the case."""
    calls: list[Call] = []
    facts = facts_of(reading)
    if reading.equations:
        products = cache_products(reading)
        whole = [one for one in reading.equations if not in_short(one, reading)]
        judged = [one for one in whole if not of_shapes(one.left) or one in products]
        parts = {one.text: judged_by(one, reading) for one in judged[:2]}  # without a model no product is a cache
        calls = [("check_arithmetic", {"arithmetic": text, **its}) for text, its in parts.items()]
    explains = "explain_derive" in reading.intents or reading.intent in ("kv_cache", "adam_state")
    named = next((topic for topic in reading.topics if topic in _QUANTITIES), None)
    topic = "kv_cache" if reading.intent == "kv_cache" else named  # whatever else is named beside it
    divided = (
        topic == "optimizer" and bool(reading.facts.get("zero_stage")) and max(reading.facts.get("n_gpus", (1,))) > 1
    )
    if (
        explains
        and topic
        and has_subject(reading)
        and not calls
        and not divided
        and f"{PART}{topic}" not in reading.cues
        and not (
            topic in ("optimizer", "gradients")
            and set(reading.facts.get("method", ())) & set(ADAPTERS)
            and "lora_rank" not in reading.facts
        )
    ):
        calls.append(("derive_quantity", {"quantity": topic, **facts}))
    if calls and has_subject(reading):
        calls.append(("estimate_memory", understood(reading)))
    return calls
