"""A case that fits with little to spare: what leaves more room, by the program's own switches."""

import re
from typing import Any

from chat.phrases import gib
from formulas.chinese import spaced

# the format in brackets, which the switch names itself
_FORMAT = re.compile(r"\s*[(\uff08].*")


def eased_words(result: dict[str, Any], language: str) -> list[str]:
    """One sentence; nothing where there is room, or where the case has failed and its cause is told."""
    tight = result.get("eased")
    if not tight or result.get("doubted") or result.get("explained"):
        return []
    zh = language == "zh"

    def switched(what: str, switch: str) -> str:
        return what if not switch else f"{what}({switch})" if zh else f"{what} ({switch})"

    told = []
    for way in tight["ways"]:
        what = way["zh" if zh else "says"]
        what = switched(_FORMAT.sub("", what), way["flag"]) if way["flag"] else what
        left = gib(way["spare_gib"])
        told.append(f"{what},余 {left}" if zh else f"{what}, {left} to spare")
    if tight["length"] is None:  # of a training, whose samples differ
        if zh:
            return [f"余量不多,样本更长或碎片多时可能不够。想多留:{';'.join(told)}。"]
        return [f"Longer samples or fragmentation may use that up. More room: {'; '.join(told)}."]
    told.append(switched("更短的上下文" if zh else "a shorter context", tight["length"]))
    if zh:
        return [f"余量不多,上下文更长或卡上有别的程序就可能不够。想多留:{';'.join(told)}。"]
    return [f"Longer contexts or other programs on the card may use that up. More room: {'; '.join(told)}."]


def eased_by_nothing(result: dict[str, Any], method: str, language: str) -> str:
    """With which change of the method, that costs nothing, the only one most likely goes in."""
    free = next((one for one in result.get("likely") or () if one["price"] == "nothing"), None)
    if free is None:
        return ""
    amount, room = gib(free["gib"]), gib(free["capacity_gib"])
    if language == "zh":
        return f"加{spaced(free['zh'])}是 {amount},卡上 {room},多半放得下({free['cost_zh']})。"
    return f" {method} with {free['says']} takes {amount} of {room} and most likely fits ({free['cost']})."
