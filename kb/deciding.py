"""What alone is more than a card has: the smallest part of a need that decides a no, as the product that one says first."""

from collections.abc import Sequence
from typing import Any

from formulas.quantity import Words
from kb.cards import GIB
from kb.cases import LAYOUTS
from kb.outcome import Outcome
from kb.sums import Of, sums
from kb.worked import ALL_STATES

_SERVING = (("weights",), ("weights", "kv_cache", "state"))
_TRAINING = (("weights",), ALL_STATES, (*ALL_STATES, "activations", "logits"))
_CALLED = {
    "weights": Words("weights", "权重"),
    "gradients": Words("gradients", "梯度"),
    "optimizer": Words("optimizer states", "优化器状态"),
    "adapter": Words("adapter", "适配器"),
    "kv_cache": Words("KV cache", "KV 缓存"),
    "state": Words("recurrent state", "循环状态"),
    "activations": Words("activations", "激活"),
    "logits": Words("logits", "logits"),
}
# what is less is not named
_LEAST = 0.05 * GIB


def decided(outcomes: Sequence[Outcome]) -> dict[str, Any] | None:
    """What decides where there is one case, or where of layouts that nobody asked for none does: that of the least of them."""
    if len(outcomes) == 1:
        return decides(outcomes[0])
    open_ones = all(set(one.case.differs) <= set(LAYOUTS) & one.case.assumed for one in outcomes)
    if not open_ones or any(one.verdict_of_cards != "no" for one in outcomes):
        return None
    least = min(outcomes, key=lambda one: one.fullest.fullness)
    found = decides(least)
    return found and {**found, "of": least.apart}


def decides(where: Outcome) -> dict[str, Any] | None:
    """Of a case that no card holds the terms that alone are more than the fullest has; None where it takes all of them, or
    the case is no plain no."""
    card, capacity = where.fullest, where.capacity
    if capacity is None or where.verdict_of_cards != "no":
        return None
    orders = _TRAINING if where.situation.knob("task") == "train" else _SERVING
    if card.terms.get("kv_cache", 0.0) > max(capacity, card.terms.get("weights", 0.0)):
        orders = (("kv_cache",), *orders)  # of a very long context it is the cache, whatever the weights take
    for names in orders:
        here = {name: card.terms[name] for name in names if name in card.terms}
        if sum(here.values()) > capacity:
            said = _product(where, here) or _listed(here)
            return {"terms": list(here), "gib": sum(here.values()) / GIB, "says": said.en, "zh": said.zh}
    return None


def _product(where: Outcome, here: dict[str, float]) -> Words | None:
    """One product for all of them: the weights' own, or the bytes of every parameter that trains; None where there is none."""
    if list(here) == ["weights"]:
        own = sums(Of(where.fullest, where.n_params, where.situation.facts)).get("weights")
        told = f"({here['weights'] / GIB:.1f} GiB)"
        return Words(f"the weights alone take {own.en} {told}", f"仅权重就要 {own.zh}{told}") if own else None
    states = {"weights", "optimizer"} <= set(here) <= set(ALL_STATES)
    found = where.states_json() if states else None
    if found is None:
        return None
    told = f"({found['gib']:.1f} GiB)"
    return Words(
        f"weights, gradients and optimizer states alone take {found['says']} {told}",
        f"仅权重、梯度和优化器状态就要 {found['zh']}{told}",
    )


def _listed(here: dict[str, float]) -> Words:
    parts = [(_CALLED[name], f"{size / GIB:.1f} GiB") for name, size in here.items() if size >= _LEAST]
    if len(parts) == 1:
        [(words, amount)] = parts
        return Words(f"{words.en} alone takes {amount}", f"仅{words.zh}就要 {amount}")
    *before, last = [f"{words.en} ({amount})" for words, amount in parts]
    named = f"{', '.join(before)} and {last}" if before else last
    whole = f"{sum(here.values()) / GIB:.1f} GiB"
    return Words(
        f"{named} alone take {whole}", f"仅{'、'.join(f'{words.zh}({amount})' for words, amount in parts)}就要 {whole}"
    )
