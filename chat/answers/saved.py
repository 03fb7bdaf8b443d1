"""What is saved: which part by each method, against full fine-tuning; and whether what the asker saved is what is expected."""

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


def saving_judged(result: dict[str, Any], names: list[str], language: str) -> str:
    """Whether what the asker saved is what is expected."""
    found = result.get("saved")
    if not found:
        return ""
    zh, less, more = language == "zh", names[result["smallest"]], names[result["largest"]]
    whole, kept, told = gib(found["all_gib"]), gib(found["states_gib"]), f"{found['gb']:g} GB"
    stages = result["differing"] == ["zero_stage"]
    if "of" in found:
        both = [f"{one:g} GB" for one in found["of"]]
        if zh:
            return f"您说的 {both[0]} 与 {both[1]} 之差与算出的 {whole} 一致;两者都高出或低于下表的部分,来自同样的设置(批大小、长度、重计算等)与这里假设的不同。"
        return f"The difference of your {both[0]} and {both[1]} agrees with the {whole} counted; what both have beside the table comes from settings that they share (batch, length, checkpointing) and that are assumed otherwise here."
    if found["as"]:
        size = whole if found["as"] == "all" else kept
        what = ("合计", "in all") if found["as"] == "all" else ("的权重、梯度和优化器状态", "of model states")
        apart = (
            (
                ",常说的省 N 倍是与完全不切分相比,激活与 logits 不切分",
                "; the N-fold saving that is spoken of is against no sharding at all, and activations and logits are not divided",
            )
            if stages
            else ("", "")
        )
        if zh:
            return f"**正常:您说的省了 {told} 与理论相符,{less} 每张卡比 {more} 少 {size} {what[0]}{apart[0]}。**"
        return f"**Yes, that is normal: the {told} that you saved are what theory says, since {less} takes {size} {what[1]} less than {more} per card{apart[1]}.**"
    if zh:
        return f"**您说的省了 {told} 与计算不符:{less} 应比 {more} 少 {whole},其中权重、梯度和优化器状态 {kept};请核对批大小、长度,以及设置是否生效。**"
    return f"**The {told} that you saved are not what is counted: {less} should take {whole} less than {more}, {kept} of it model states; check batch and length, and that the setting is in effect.**"
