"""Which batch or length to try, where one that is too large was told: the most that is sure to fit, then what makes more of it."""

from typing import Any

from chat.phrases import gib, in_words, value
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from kb.change import settings_of

_ASKED = (
    r"\b(?:what|which|how (?:big|large|high|much))\b[^.?!]{0,32}\b(?:batch|bs)\b"
    r"|(?:batch(?:[ _-]?size)?|bs|批大小|批次)(?!\s?[:=为]?\s?\d)[^。?\uff1f,，]{0,16}(?:多大|多少(?!显存|内存)|几)"
    r"|(?:多大|多少)[^。?\uff1f]{0,6}(?:batch|bs\b|批)"
)


def most_to_try(result: dict[str, Any], reading: Reading) -> list[str]:
    """One sentence; nothing where neither was asked for, or none that is smaller helps."""
    facts = result.get("facts") or {}
    name = _asked_for(reading)
    if name is None or name not in reading.facts or facts.get("task", {}).get("value") != "train":
        return []
    changes = result.get("changes") or []
    smaller = next((one for one in changes if settings_of(one["facts"]) == {name}), None)
    if smaller is None:
        return []
    zh, told = reading.language == "zh", in_words(name, facts[name]["value"], reading.language)
    fused = next((one for one in changes if one["facts"] == {"loss": "fused"}), None)
    largest = in_words(name, smaller["facts"][name], reading.language)
    amount, room = gib(smaller["gib"]), gib(smaller["capacity_gib"])
    more = ""
    both = next((one for one in changes if settings_of(one["facts"]) == {name, "loss"}), None)
    if both:
        reach = in_words(name, both["facts"][name], reading.language)
        there = gib(both["gib"])
        more = f";改用融合损失(Liger)可到{reach}({there})" if zh else f"; with a fused loss (Liger) {reach} ({there})"
    elif fused:
        more = (
            f";改用融合损失(Liger)后{told}也放得下({gib(fused['gib'])})"
            if zh
            else f"; with a fused loss (Liger) {told} {'fit' if name == 'seq_len' else 'fits'}, too ({gib(fused['gib'])})"
        )
    more += _of_the_other(result, name, reading.language)
    of_batch = name == "batch_size"
    if zh:
        rest = ",其余用梯度累积补足" if of_batch else ""
        return [f"**每卡{largest}是稳妥放得下的最大值({amount} / {room}){rest}**{more}。"]
    where = " on the device" if of_batch else " a sequence"
    rest = "; gradient accumulation makes up the rest" if of_batch else ""
    return [f"**Try {largest}{where}: the most that is sure to fit ({amount} of {room}){rest}**{more}."]


def _of_the_other(result: dict[str, Any], name: str, language: str) -> str:
    """How far another usual model of the size goes, where only a size was told."""
    other = result.get("other_shape")
    if name != "seq_len" or not other or not other["longest"]:
        return ""
    model, longest = value("model", other["model"], language), in_words("seq_len", other["longest"], language)
    vocabulary = f"{other['sizes'][1]['vocab_size']:,.0f}"
    if language == "zh":
        return f";同尺寸、词表 {vocabulary} 的 {model} 最长约 {longest}"
    return f"; {model}, of the same size with a vocabulary of {vocabulary}, holds about {longest}"


def _asked_for(reading: Reading) -> str | None:
    """A batch or a length, if the most of one of them is asked for."""
    text = reading.lowered
    batch = "batch" in text or "bs" in text
    if batch and ("batch_size" in reading.asks or compiled(_ASKED).search(text)):
        return "batch_size"
    if "seq_len" in reading.asks[:1]:
        return "seq_len"
    return "batch_size" if batch and "max_batch_ctx" in reading.intents else None
