"""DoRA beside LoRA: a layer while it is computed again, what all layers keep where none is, and the norms of the weights."""

from collections.abc import Callable

from chat.figures.named import Figures, gib_words, value_of
from chat.figures.worked import UNQUANTISED
from formulas.notation import size_words
from kb.outcome import Outcome


def _dora(figures: Figures, method: str, checkpointing: str) -> Outcome:
    return figures.at(method=method, gradient_checkpointing=checkpointing, **UNQUANTISED)


DORA: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "dora_layer": (lambda f: value_of(_dora(f, "dora", "on"), "recomputed_layer"), gib_words),
    "lora_layer": (lambda f: value_of(_dora(f, "lora", "on"), "recomputed_layer"), gib_words),
    "dora_kept": (lambda f: value_of(_dora(f, "dora", "off"), "saved_activations"), gib_words),
    "lora_kept": (lambda f: value_of(_dora(f, "lora", "off"), "saved_activations"), gib_words),
    "dora_more": (lambda f: _dora(f, "dora", "on").best - _dora(f, "lora", "on").best, gib_words),
    "dora_norm": (lambda f: value_of(_dora(f, "dora", "on"), "weight_norm_workspace"), gib_words),
    "magnitudes": (
        lambda f: (
            value_of(_dora(f, "dora", "on"), "adapter_params") - value_of(_dora(f, "lora", "on"), "adapter_params")
        ),
        size_words,
    ),
}
