"""Whether the optimizer in host memory is enough, or the parameters have to be moved, too: that is decided before all else.

Every number is of the result; nothing is computed here.
"""

from collections.abc import Sequence
from typing import Any

from chat.answers.verdict_words import gap
from chat.phrases import gib, leaning
from kb.interval import FITS

Result = dict[str, Any]


def moved_too(result: Result, language: str) -> str:
    """The sentence; empty where other things are set against each other, or no card decides."""
    by = {one["facts"].get("offload"): one for one in result["setups"]}
    if result["differing"] != ["offload"] or set(by) != {"optimizer", "params"} or len(by) != len(result["setups"]):
        return ""
    if any(len(one["cards"]) != 1 or one["verdict"] is None for one in by.values()):
        return ""
    alone, both = (by[kind]["memory"]["best_gib"] for kind in ("optimizer", "params"))
    room = gib(by["params"]["cards"][0]["capacity_gib"])
    goes = {kind: leaning(one["cards"][0]) for kind, one in by.items()}
    zh, pair = language == "zh", (gib(alone), gib(both))
    ram = {kind: _ram(one.get("host"), zh) for kind, one in by.items()}
    whole = _unmoved(result.get("unmoved"), room, zh)
    card = by["optimizer"]["cards"][0]["capacity_gib"]
    if (by["optimizer"].get("host") or {}).get("verdict") == "no" and alone <= card:
        # the cards would hold it, and the parameters would take still more host memory
        if zh:
            return f"**显存够,内存不够:只 offload 优化器每卡 {pair[0]},可用 {room}{ram['optimizer']};参数也搬走只会更占内存。**{whole}"
        return f"**The cards hold it, host memory does not: with the optimizer alone moved {pair[0]} of {room} per card{ram['optimizer']}; the parameters would take still more of it.**{whole}"
    if goes["optimizer"] in FITS:
        likely, likely_zh = ("", "") if goes["optimizer"] == "yes" else (" most likely", "多半")
        if zh:
            return f"**{likely_zh}够:只 offload 优化器每卡 {pair[0]},可用 {room}{ram['optimizer']};参数不必 offload,搬走也只是降到 {pair[1]}{ram['params']},还更慢。**{whole}"
        return f"**Yes, the optimizer alone is{likely} enough: {pair[0]} of {room} per card{ram['optimizer']}. The parameters need not be moved: that would lower it to {pair[1]}{ram['params']} and is slower.**{whole}"
    if goes["params"] in FITS:
        if zh:
            return f"**不够,参数也要 offload:只 offload 优化器每卡 {pair[0]},可用 {room};连参数一起 {pair[1]}{ram['params']}。**{whole}"
        return f"**No, move the parameters, too: with the optimizer alone {pair[0]} of {room} per card, with both {pair[1]}{ram['params']}.**{whole}"
    if zh:
        return f"**都不够:只 offload 优化器每卡 {pair[0]},连参数一起也要 {pair[1]},可用 {room}。**"
    return f"**Neither is enough: {pair[0]} per card with the optimizer alone, {pair[1]} with the parameters, too, of {room}.**"


_RAM = {"yes": ("enough", "够"), "borderline": ("at its edge", "在边缘"), "no": ("too little", "不够")}


def _ram(host: Result | None, zh: bool) -> str:
    """What host memory takes over, of what was told that there is; it decides as much as the card does."""
    if not host or host.get("needed_gib") is None or host["verdict"] not in _RAM:
        return ""
    need, has = gib(host["needed_gib"]), gib(host["capacity_gib"])
    en, cn = ("tight", "偏紧") if host["verdict"] == "yes" and host["tight"] else _RAM[host["verdict"]]
    return f",内存 {need}/{has}({cn})" if zh else f", {need} of {has} of host memory ({en})"


def _unmoved(whole: Result | None, room: str, zh: bool) -> str:
    """Why any of it is moved: what a card would hold with nothing in host memory."""
    if not whole:
        return ""
    states, all_of_it = gib(whole["states_gib"]), gib(whole["gib"])
    over = whole["leaning"] in ("no", "unlikely")
    if zh:
        return f" 不 offload 时权重、梯度和优化器状态每卡 {states},合计 {all_of_it}:{'放不下' if over else '也放得下' if whole['leaning'] in FITS else '临界'}({room})。"
    says = "does not fit" if over else "fits, too," if whole["leaning"] in FITS else "is borderline"
    return f" With nothing moved, weights, gradients and optimizer states take {states} a card, {all_of_it} in all: that {says} ({room})."


def unmoved_by_stage(result: Result, names: Sequence[str], language: str) -> str:
    """Beside stages that are weighed with offload: what each takes with nothing moved, and that offload is what makes it fit."""
    whole = result.get("unmoved")
    if result["differing"] != ["zero_stage"] or not whole or len(whole["each"]) != len(names):
        return ""
    cards = result["setups"][0]["cards"]
    if len(cards) != 1 or cards[0]["verdict"] is None:
        return ""
    zh, room = language == "zh", gib(cards[0]["capacity_gib"])
    told = []
    for name, one in zip(names, whole["each"], strict=True):
        states, all_of_it = gib(one["states_gib"]), gib(one["gib"])
        told.append(
            f"{name}{gap(name)}{states}(加激活等共 {all_of_it})"
            if zh
            else f"{name} {states} a card ({all_of_it} in all)"
        )
    leans = [one["leaning"] for one in whole["each"]]
    if all(one in FITS for one in leans):
        says, says_zh = "each fits", "也都放得下"
    elif all(one in ("no", "unlikely") for one in leans):
        says, says_zh = "neither fits" if len(names) == 2 else "none fits", "都放不下"
    else:
        fitting = [name for name, one in zip(names, leans, strict=True) if one in FITS]
        says, says_zh = (
            (f"only {fitting[0]} fits", f"只有 {fitting[0]} 放得下")
            if len(fitting) == 1
            else ("it is borderline", "在边缘")
        )
    if zh:
        return f" 不 offload 时权重、梯度和优化器状态每卡:{'、'.join(told)},可用 {room},{says_zh}。"
    return f" Without offload weights, gradients and optimizer states take: {', '.join(told)}, of {room}: {says}."
