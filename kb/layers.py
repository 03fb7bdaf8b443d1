"""Which kinds of layers a model has, and how many of each: windows, hybrids, mixtures of experts in some layers."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from formulas.errors import BadInput

# letters of a layer pattern such as `5S,1A`: window, attention, linear attention, state space, experts only, MLP only
_LETTERS = {"S": "sliding", "A": "global", "L": "linear", "M": "mamba", "E": "experts", "F": "mlp"}
_TYPES = {
    "full_attention": "global", "attention": "global", "hybrid": "global", "sliding_attention": "sliding",
    "chunked_attention": "sliding", "linear_attention": "linear", "mamba": "mamba", "mamba2": "mamba", "moe": "experts",
    "mlp": "mlp", "conv": "conv", "recurrent": "recurrent",
}  # fmt: skip


@dataclass(frozen=True)
class Layer:
    """One layer: how it mixes tokens, whether behind a window, and how it feeds forward."""

    mixer: str
    window: str
    mlp: str


def layers_of(row: Mapping[str, Any], attention: str, dense: str, scan: str, linear: str) -> list[Layer]:
    """The layers in order. `attention` is grouped or latent, `dense` gated or plain, `scan` mamba or mamba2, `linear` what
    the family means by linear attention."""
    count = row["n_layers"]
    words = _pattern(row, count)
    found = []
    for index, word in enumerate(words):
        if word in ("experts", "mlp"):
            found.append(Layer("none", "none", "experts" if word == "experts" else dense))
            continue
        if row.get("side_by_side"):  # attention and a scan on one input, of which each makes its own copy
            found.append(Layer(scan, "none", "none"))
        mixer = {"linear": linear, "mamba": scan, "conv": "conv"}.get(word, attention)
        window = "sliding" if word == "sliding" and row.get("sliding_window") else "none"
        alone = row.get("single_sublayers") and mixer != "none"
        feed = "none" if alone else ("experts" if _is_moe(row, index) else dense)
        found.append(Layer(mixer, window, feed))
    return found


def _pattern(row: Mapping[str, Any], count: int) -> list[str]:
    types = row.get("layer_types")
    if types:
        if len(types) != count:
            raise BadInput(f"layer_types has {len(types)} entries, num_hidden_layers is {count}")
        unknown = sorted({str(t) for t in types if t not in _TYPES})
        if unknown:
            raise BadInput(f"layer_types has kinds that no formula knows: {', '.join(unknown)[:80]}")
        return [_TYPES[t] for t in types]
    spelled = row.get("layer_pattern") or _spelled(row.get("attention_pattern"))
    if spelled:
        unit = [
            _LETTERS[letter] for number, letter in re.findall(r"(\d+)([SALMEF])", spelled) for _ in range(int(number))
        ]
        return [unit[i % len(unit)] for i in range(count)]
    if row.get("all_mamba"):
        return ["mamba"] * count
    return ["sliding" if row.get("sliding_window") else "global"] * count


def _spelled(pattern: str | None) -> str | None:
    found = re.search(r"S=sliding,A=global ([0-9SA,]+)|pattern ([0-9SA,]+)", pattern or "")
    return (found[1] or found[2]) if found else None


def _is_moe(row: Mapping[str, Any], index: int) -> bool:
    if not row.get("n_experts"):
        return False
    if index in (row.get("mlp_only_layers") or ()):
        return False
    if index < (row.get("first_k_dense") or 0):
        return False
    step, offset = row.get("moe_layer_step") or 1, row.get("moe_layer_offset") or 0
    return (index - offset) % step == 0


def kinds_of(layers: list[Layer]) -> dict[str, tuple[Layer, int]]:
    """The distinct layers by a short name, with their count, in order of first appearance."""
    counts: dict[Layer, int] = {}
    for layer in layers:
        counts[layer] = counts.get(layer, 0) + 1
    return {_name(layer, list(counts)): (layer, n) for layer, n in counts.items()}


def _name(layer: Layer, all_kinds: list[Layer]) -> str:
    parts = []
    if len({kind.mixer for kind in all_kinds}) > 1:
        parts.append({"grouped": "attention", "latent": "attention", "none": ""}.get(layer.mixer, layer.mixer))
    if len({kind.window for kind in all_kinds if kind.mixer in ("grouped", "latent")}) > 1:
        parts.append("sliding" if layer.window == "sliding" else "global")
    if len({kind.mlp for kind in all_kinds}) > 1:
        parts.append({"experts": "moe", "none": "", "gated": "dense", "plain": "dense"}[layer.mlp])
    return "-".join(part for part in parts if part) or "layer"
