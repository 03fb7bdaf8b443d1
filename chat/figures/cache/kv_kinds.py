"""The kinds of layers that a model's KV cache has, each with what it keeps, and the model as one card serves it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from chat.figures.named import GB, Figures, Missing, gib_words
from chat.figures.worked import TRAINING_FACTS
from kb.outcome import Outcome

# what a training has, and how cards share a model: a cache is of a model that is served, over all cards
_NOT_SERVED = (
    *TRAINING_FACTS, "n_gpus", "tp", "pp", "cp", "ep", "layer_split", "gpu", "gpu_memory_gb", "gpu_memory_utilization", "engine",
    "draft_model", "gpu_layers", "n_cpu_moe", "bits",
)  # fmt: skip


@dataclass(frozen=True)
class Kind:
    """Layers that keep alike: how many, bytes of a token in each, tokens kept of a sequence, how heads are kept."""

    layers: int
    token: float
    kept: int
    how: str


def served(figures: Figures, **how: Any) -> Outcome:
    """The model served by one card in 16 bit, or in 32 where it is told so, with the sequences that were told."""
    whole = "fp32" if figures.given.get("weight_format") == "fp32" else "bf16"
    plain = {**dict.fromkeys(_NOT_SERVED), "method": "inference", "weight_format": whole}
    return figures.at(**{**plain, **how})


def kinds(where: Outcome) -> tuple[Kind, ...]:
    """The layers that keep keys and values, in order; Missing for a model without any."""
    found = []
    for quantity, value in where.values.items():
        if quantity.name.partition("[")[0] != "layer_kv" or not float(value):
            continue
        at = quantity.name.partition("layer_kv")[2]
        kept = _of(where, "tokens_kept" + at)
        layers = _of(where, "n_layers_of" + at)
        found.append(Kind(int(layers), float(value) / kept, int(kept), str(fact_at(where, "mixer", at))))
    if not found:
        raise Missing("keys and values")
    return tuple(found)


def _of(where: Outcome, name: str) -> float:
    return next((float(value) for quantity, value in where.values.items() if quantity.name == name), 0.0) or float(
        where.situation.facts[name].value
    )


def fact_at(where: Outcome, name: str, at: str) -> Any:
    facts: Mapping[str, Any] = where.situation.facts
    return facts[name + at if name + at in facts else name].value


def amount(size: float) -> str:
    """`10.0 GiB (10.7 GB)`."""
    decimal = f"{size / GB:.1f}" if size >= 10 * GB else f"{size / GB:.2f}"
    return f"{gib_words(size)} ({decimal} GB)" if size >= 0.1 * GB else f"{size / 2**20:.3g} MiB"
