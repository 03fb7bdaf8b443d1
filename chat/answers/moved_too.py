"""Whether the optimizer in host memory is enough, or the parameters have to be moved, too: that is decided before all else.

Every number is of the result; nothing is computed here.
"""

from typing import Any

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
    if goes["optimizer"] in FITS:
        likely, likely_zh = ("", "") if goes["optimizer"] == "yes" else (" most likely", "多半")
        if zh:
            return f"**{likely_zh}够:只 offload 优化器每卡 {pair[0]},可用 {room};参数不必 offload,搬走也只是降到 {pair[1]},还更慢。**"
        return f"**Yes, the optimizer alone is{likely} enough: {pair[0]} of {room} per card. The parameters need not be moved: that would lower it to {pair[1]} and is slower.**"
    if goes["params"] in FITS:
        if zh:
            return f"**不够,参数也要 offload:只 offload 优化器每卡 {pair[0]},可用 {room};连参数一起 {pair[1]}。**"
        return f"**No, move the parameters, too: with the optimizer alone {pair[0]} of {room} per card, with both {pair[1]}.**"
    if zh:
        return f"**都不够:只 offload 优化器每卡 {pair[0]},连参数一起也要 {pair[1]},可用 {room}。**"
    return f"**Neither is enough: {pair[0]} per card with the optimizer alone, {pair[1]} with the parameters, too, of {room}.**"
