"""Speculative decoding: what a draft model, or layers of the model itself, add to a server, in the formulas' words."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from formulas.derivation import Fact
from formulas.errors import BadInput
from formulas.programs import compute_buffer
from formulas.vocabulary import batch_size, kv_cache, tokens_allocated, weights
from kb.cases import Case
from kb.worked import derived

if TYPE_CHECKING:
    from kb.facts import Situation

# proposals that are looked up in the text so far, and those of the model's own further layers
LOOKED_UP, OWN_LAYERS = ("ngram", "n-gram", "prompt-lookup"), ("mtp",)
_OF_THE_TARGET = ("model", "config", "params", "draft_model", "draft_format", "gpu", "tensor_split")
_STORED = ("weight_format", "bits")
_RANKS = ("tp", "pp", "cp", "ep", "dp", "n_gpus", "layer_split")


def draft_facts(
    case: Case, row: Mapping[str, Any], situation: Callable[[Case], "Situation"], ranks: tuple[int, int]
) -> dict[str, Fact]:
    """What drafts, on each card; `row` is the model's, `ranks` the tensor-parallel ranks and the cards that layers are spread over.

    A draft model is laid out as the model is, and whole on every card where its heads do not divide. It is loaded from a
    checkpoint of its own, as published: only where models come as files of few bits is its file taken in those, and where
    its own format is told in that.
    """
    named = case.facts.get("draft_model")
    if not named:
        return {}
    if case.facts.get("method", "inference") != "inference":
        raise BadInput("draft_model is for inference: speculative decoding proposes tokens while a model generates")
    called = str(named).strip().lower()
    if called in LOOKED_UP:
        return {}
    if called in OWN_LAYERS:
        return _own_layers(row)
    rank, spread = ranks
    own = case.facts.get("draft_format")
    stored = () if _in_files(case) and not own else (*_STORED, "bpw")
    facts = {name: value for name, value in case.facts.items() if name not in (*_OF_THE_TARGET, *_RANKS, *stored)}
    facts |= {"weight_format": own} if own else {}
    alone = replace(case, facts=facts | {"model": str(named), "n_gpus": rank, "tp": rank}, card=None, together=())
    try:
        there = situation(alone)
    except BadInput as error:
        if rank == 1 or "heads" not in str(error):
            raise BadInput(f"draft_model: {error}") from None
        there = situation(replace(alone, facts=facts | {"model": str(named)}))
    found = there.facts | there.places[0].facts
    origin = f"the draft model {there.knob('model')}, worked out as the model is"
    sizes = derived(kv_cache, found).values | derived(weights, found).values
    each = sizes[kv_cache] / (sizes[batch_size] * sizes[tokens_allocated])
    amounts = {"draft_weights": sizes[weights] / spread, "draft_token": each / spread, "draft_buffer": 0}
    if there.knob("engine") == "llama.cpp":
        amounts["draft_buffer"] = derived(compute_buffer, found).values[compute_buffer]
    return {"speculation": Fact("draft-model", origin)} | {name: Fact(size, origin) for name, size in amounts.items()}


def _in_files(case: Case) -> bool:
    return str(case.facts.get("weight_format", "")).startswith("gguf:") or "bpw" in case.facts


def _own_layers(row: Mapping[str, Any]) -> dict[str, Fact]:
    params = row.get("mtp_params")
    if not params:
        raise BadInput(
            "this model has no layers that predict further tokens, or their size is not known: give a draft_model"
        )
    origin = str(row.get("source") or "config")
    return {
        "speculation": Fact("own-layers", origin),
        "mtp_params": Fact(int(params), origin),
        "mtp_layers": Fact(int(row.get("mtp_layers") or 1), origin),
    }
