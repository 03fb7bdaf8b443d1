"""Which linears train: all of them, or those that carry adapters, by the names that programs give them."""

import re

from formulas.anatomy import PROJECTED
from formulas.derivation import Fact
from formulas.errors import BadInput, near
from formulas.formula import Source
from kb.architecture import Architecture
from kb.families import FAMILIES


def trained(found: Architecture, targets: str | None, origin: str | Source = "assumed") -> dict[str, Fact]:
    """Which linears train: all of them (`targets` None), or those that carry adapters (`all-linear` or a comma list)."""
    names = (
        "q",
        "k",
        "v",
        "o",
        "qkv",
        "q_a",
        "kv_a",
        "kv_b",
        "in",
        "x",
        "dt",
        "out",
        "gate",
        "up",
        "gate_up",
        "down",
        "router",
        "experts",
        "shared",
    )
    if targets is None:
        on = set(names)
    else:
        on = set()
        for word in (part.strip() for part in re.split(r"[,\s+]+", targets) if part.strip()):
            if word == "all-linear":
                on |= _all_linear(found)
                continue
            short = _SHORT.get(word, word)
            if short not in (*names, "embed", "lm_head", "norm"):
                raise BadInput(
                    f"lora_targets has {word[:40]!r}{near(word, [*names, *_SHORT])}; it knows {', '.join(names)}"
                )
            on.add(short)
        if found.facts.get("qkv") and found.facts["qkv"].value == "fused" and on & {"q", "k", "v"}:
            on = on - {"q", "k", "v"} | {"qkv"}
    if targets is not None and on >= _OF_AN_EXPERT:  # by these names peft finds experts, or the tensor of all of them
        on |= _adapted(found) & {"experts", "shared"}
    if "o" in on:  # both projections may be called so
        on.add("out")
    if targets is not None and found.family in FAMILIES:
        on -= set(FAMILIES[found.family].refused)
    if "shared_width" in found.facts and not found.facts["shared_width"].value:
        on.discard("shared")
    return {f"on_{name}": Fact(int(name in on), origin) for name in names}


_OF_AN_EXPERT = {"gate", "up", "down"}
_SHORT = {
    "q_proj": "q", "k_proj": "k", "v_proj": "v", "o_proj": "o", "out_proj": "o", "dense": "o", "qkv_proj": "qkv",
    "query_key_value": "qkv", "c_attn": "qkv", "Wqkv": "qkv", "wqkv": "qkv", "W_pack": "qkv", "q_a_proj": "q_a",
    "q_b_proj": "q", "kv_a_proj_with_mqa": "kv_a", "kv_b_proj": "kv_b", "in_proj": "in", "x_proj": "x", "dt_proj": "dt", "gate_proj": "gate",
    "up_proj": "up", "gate_up_proj": "gate_up", "down_proj": "down", "fc1": "up", "fc2": "down", "c_fc": "up",
    "c_proj": "down", "dense_h_to_4h": "up", "dense_4h_to_h": "down", "router": "router", "experts": "experts",
    "w1": "gate", "w3": "up", "w2": "down", "wq": "q", "wk": "k", "wv": "v", "wo": "o",
    "embed_tokens": "embed", "wte": "embed", "output": "lm_head",
}  # fmt: skip


def _all_linear(found: Architecture) -> set[str]:
    """What peft's `all-linear` adapts: linears of the blocks; of a mixture of experts attention, router and experts."""
    mixer = {"q", "k", "v", "o", "qkv", "q_a", "kv_a", "kv_b"}
    if any(layer.mixer in ("mamba", "mamba2") for layer in found.layers):
        mixer |= {"in", "x", "dt", "out"}
    if any(layer.mixer in PROJECTED for layer in found.layers):
        mixer |= {"in"}
    if not found.experts:
        return mixer | {"gate", "up", "gate_up", "down"}
    return mixer | _adapted(found)


def _adapted(found: Architecture) -> set[str]:
    """What of a mixture of experts peft adapts; nothing of another model."""
    if not found.experts:
        return set()
    return set(FAMILIES[found.family].adapted if found.family in FAMILIES else ("router", "experts"))
