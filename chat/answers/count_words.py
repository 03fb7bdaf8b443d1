"""How many cards, in words: as many as one takes first, then the least by the middle of the estimate and what it lacks."""

from typing import Any

from chat.phrases import gib, in_words
from chat.words import term

# GiB of a card that are worth a word
_SHOWN = 0.1


def count_line(where: str, solved: dict[str, Any], sharded: bool, language: str) -> str:
    """`where`: what sets the case apart; `sharded`: whether full sharding divides a training that asked for no layout."""
    zh = language == "zh"
    least, taken = int(solved["value"]), solved.get("in_practice")
    capacity = gib(solved["capacity_gib"])
    head = where + ("\uff1a" if zh else ": ") if where else ""
    tail = (",切分(ZeRO-3/FSDP)" if zh else ", sharded (ZeRO-3/FSDP)") if sharded and (taken or least) > 1 else ""
    if taken:
        amount, each = in_words("n_gpus", taken, language), gib(solved["in_practice_gib"])
        amount = amount if taken > least else f"最少 {amount}" if zh else f"at least {amount}"
        said = (
            f"**{amount}**{tail}(每张 {each} / {capacity},有余量)"
            if zh
            else f"**{amount}**{tail} ({each} of {capacity} each, with a margin)"
        )
        if taken == least:
            return f"- {head}{said}{_squeezed(solved, language)}"
        return f"- {head}{said}{_least(least, solved, language)}{_squeezed(solved, language)}"
    amount, each = in_words("n_gpus", least, language), gib(solved["gib"])
    said = (f"- {head}**至少 {amount}**{tail}(每张 {each} / {capacity},没有余量)" if zh
            else f"- {head}**at least {amount}**{tail} ({each} of {capacity} each, without a margin)")  # fmt: skip
    return said + _squeezed(solved, language)


def _squeezed(solved: dict[str, Any], language: str) -> str:
    """With how few it goes at all, and by what."""
    zh, told = language == "zh", []
    for one in solved.get("squeezed") or []:
        amount, each = in_words("n_gpus", one["value"], language), gib(one["gib"])
        host = f"{gib(one['host_gib'])}" if one.get("host_gib") else ""
        if zh:
            told.append(f"{one['zh']} {amount}(每张 {each}" + (f",内存 {host})" if host else ")"))
        else:
            told.append(f"{one['says']} {amount} ({each} each" + (f", {host} of host memory)" if host else ")"))
    if not told:
        return ""
    return (
        f"\n  - 压到最低,按区间中值:{';'.join(told)}" if zh
        else f"\n  - squeezed, by the middle of the estimate: {'; '.join(told)}"
    )  # fmt: skip


def each_card(solved: dict[str, Any], language: str) -> list[str]:
    """What each of so many cards holds, the largest first; of one card the table tells."""
    parts = sorted(solved.get("in_practice_terms") or [], key=lambda part: -float(part["gib"]))
    if solved.get("in_practice", 1) < 2:
        return []
    zh = language == "zh"
    told = [f"{term(part['name'], language)} {gib(part['gib'])}" for part in parts if part["gib"] >= _SHOWN]
    return [
        f"\n每张卡上:{'、'.join(told)}。激活、logits 和运行时不随卡数减少。" if zh
        else f"\nOn each card: {', '.join(told)}. Activations, logits and the runtime do not shrink with more cards."
    ]  # fmt: skip


def _least(least: int, solved: dict[str, Any], language: str) -> str:
    """The least on paper, and why it is not what one takes."""
    zh = language == "zh"
    amount, each = in_words("n_gpus", least, language), gib(solved["gib"])
    lacks = []
    if solved["verdict"] != "yes":
        lacks.append("没有余量" if zh else "with no margin")
    if solved.get("least_pp", 1) > 1:
        lacks.append(
            "注意力头不能按这个数均分,只能再加流水线并行"
            if zh
            else "its heads do not divide by that: it would need a pipeline as well"
        )
    if not lacks:
        lacks.append("不是整机的卡数" if zh else "not a whole number of machines")
    return (
        f";理论最少 {amount},每张 {each}:{','.join(lacks)}"
        if zh
        else f"; on paper at least {amount} hold it, {each} each: {', '.join(lacks)}"
    )
