"""Which part of the memory each method saves, against full fine-tuning."""

from typing import Any

from chat.phrases import gib
from chat.words import term

_STATES = ("weights", "gradients", "optimizer")
# less by so much is a saving
_LESS = 0.9


def parts_saved(result: dict[str, Any], names: list[str], language: str) -> str:
    """Of each method the parts that it makes smaller, from how much to how much; empty without full fine-tuning beside it."""
    zh, setups = language == "zh", result["setups"]
    whole = next((place for place, one in enumerate(setups) if one["facts"].get("method") == "full"), None)
    if whole is None:
        return ""
    full, lines = _held(setups[whole]), []
    for name, one in zip(names, setups, strict=True):
        held = _held(one)
        less = [part for part in _STATES if held.get(part, 0.0) < _LESS * full.get(part, 0.0)]
        if one is setups[whole] or not less:
            continue
        said = [f"{term(part, language)} {gib(full[part])} → {gib(held.get(part, 0.0))}" for part in less]
        kept = [str(term(part, language)) for part in _STATES if part not in less]
        stays = (f";{'、'.join(kept)}不变" if zh else f"; not {' and '.join(kept)}") if kept else ""
        lines.append(f"- {name}\uff1a{'、'.join(said)}{stays}" if zh else f"- {name}: {', '.join(said)}{stays}")
    if not lines:
        return ""
    head = (
        "**与全量微调相比,各方法省的部分如下;激活和 logits 都不省(靠重计算和融合损失)。**" if zh
        else "**Against full fine-tuning each saves these parts; activations and logits are saved by none of them (checkpointing and a fused loss do that).**"
    )  # fmt: skip
    return "\n".join([head, "", *lines])


def _held(setup: dict[str, Any]) -> dict[str, float]:
    """The parts as they are held at any moment."""
    held = {one["name"]: float(one["gib"]) for one in setup["elsewhere"]}
    return held | {one["name"]: float(one["gib"]) for one in setup["terms"]}
