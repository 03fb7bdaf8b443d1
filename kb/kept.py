"""What a training keeps of a model, as the product that tells methods apart, and what it computes on, which hardly does."""

from typing import Any

from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.cards import GIB
from kb.contrast import elsewhere
from kb.outcome import Outcome
from kb.sums import Of, decimal, states, sums

# what no method that trains the same model makes smaller by itself
_COMPUTED_ON = ("activations", "logits")


def kept(where: Outcome, adapters: float) -> Words | None:
    """Weights, gradients and optimizer states as products; of adapters the frozen weights and what trains beside them.

    adapters    the parameters of adapters, 0 where none are trained
    None on several cards, where each holds a part of them, and where nothing trains.
    """
    if where.situation.knob("task") != "train" or where.n_gpus > 1 or not where.n_params:
        return None
    of = Of(where.fullest, where.n_params, where.situation.facts)
    if not adapters:
        told = states(of, apart=True)
        return Words(told["says"], told["zh"]) if told else None
    frozen = sums(of).get("weights")
    beside = sum(elsewhere(name, where) for name in ("adapter", "gradients", "optimizer"))
    if not frozen or not beside:
        return None
    trained = f"{size_words(adapters)} × {figure(round(beside / adapters, 1))} B = {decimal(beside)}"
    return Words(f"{frozen.en} frozen + adapters {trained}", f"冻结的 {frozen.zh} + 适配器 {trained}")


def computed_on(where: Outcome) -> float:
    """Activations and logits at the moment at which they are most [GiB]."""
    return sum(elsewhere(name, where) for name in _COMPUTED_ON) / GIB


def kept_json(where: Outcome, adapters: float) -> dict[str, Any] | None:
    """The products in both languages, with what is computed on."""
    said = kept(where, adapters)
    return {"en": said.en, "zh": said.zh, "computed_on_gib": computed_on(where)} if said else None
