"""Calls for the quantities that a question names: shapes of a model, parameters, what of them trains."""

from typing import Any

from chat.plans.pace import Call
from chat.plans.to_remarks import told
from chat.plans.understood import has_subject
from chat.reads.models.own_shapes import CACHE_ALONE
from chat.reads.quantities import ADAPTERS, ASKED, SHARE
from chat.reads.reading import Reading

_OF_ADAPTERS = ("method", "lora_rank", "lora_targets", "modules_to_save", "bits", "weight_format")
_WITH_ADAPTERS = frozenset({"lora", "qlora", "dora"})
_MOST = 24  # four models with six quantities of each


def quantity_calls(reading: Reading) -> list[Call]:
    """One call for each quantity and model; none where no model is told, whose shapes it would be, or where its layers go is asked."""
    if CACHE_ALONE in reading.extras:
        return cache_calls(reading)
    placed = {"gpu_layers", "n_cpu_moe"} & set(reading.asks) and {"gpu", "gpu_memory_gb"} & set(reading.facts)
    if not has_subject(reading) or "split_asked" in reading.cues or placed:
        return []
    subjects = [{name: one} for name in ("model", "params", "config") for one in reading.facts.get(name, ())]
    calls = [
        ("derive_quantity", {"quantity": name, **one, **adapters})
        for one in subjects
        for name in reading.extras.get(ASKED, ())
        for adapters in (_adapters(reading) if name == ADAPTERS else [{}])
        if name != "n_params" or "params" not in one  # a size that is told is no question
    ]
    if calls and "config" in reading.facts:  # what was taken for the shapes that were not told
        calls += [("remarks", {"about": ["how_much"], **told(reading), **one}) for one in subjects[-1:]]
    if SHARE in reading.extras:
        calls += [("remarks", {"about": [SHARE], **one, **_adapters(reading)[0]}) for one in subjects]
    return calls[:_MOST]


def cache_calls(reading: Reading) -> list[Call]:
    """The cache of the shapes that are told, in each of its formats, and its line: nothing else follows from them."""
    names = ("config", "seq_len", "batch_size")
    told: dict[str, Any] = {name: reading.facts[name][0] for name in names if name in reading.facts}
    cases = [{**told, "kv_format": one} for one in reading.facts.get("kv_format", ())] or [told]
    return [
        call
        for case in cases
        for call in (
            ("derive_quantity", {"quantity": "kv_cache", **case}),
            ("remarks", {"about": ["kv_cache"], "log": ["cache_alone 1"], **case}),
        )
    ]


def _adapters(reading: Reading) -> list[dict[str, Any]]:
    """What decides how much trains, of each rank that is told; LoRA where no method with adapters is told."""
    told = {name: reading.facts[name][-1] for name in _OF_ADAPTERS if reading.facts.get(name)}
    told = told if told.get("method") in _WITH_ADAPTERS else {**told, "method": "lora"}
    return [{**told, "lora_rank": rank} for rank in sorted(reading.facts.get("lora_rank", ()))] or [told]
