"""Which batch to try, where one that is too large was told: the largest that is sure to fit, then what makes more of it."""

from typing import Any

from chat.phrases import gib, in_words
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading

_ASKED = (
    r"\b(?:what|which|how (?:big|large|high|much))\b[^.?!]{0,32}\b(?:batch|bs)\b"
    r"|(?:batch(?:[ _-]?size)?|bs|批大小|批次)[^。?\uff1f]{0,20}(?:多大|多少|几)"
    r"|(?:多大|多少)[^。?\uff1f]{0,6}(?:batch|bs\b|批)"
)


def batch_to_try(result: dict[str, Any], reading: Reading) -> list[str]:
    """One sentence; nothing where the batch was not asked for, or no smaller one helps."""
    facts = result.get("facts") or {}
    asked = "max_batch_ctx" in reading.intents or compiled(_ASKED).search(reading.text.lower())
    if not asked or "batch_size" not in reading.facts or facts.get("task", {}).get("value") != "train":
        return []
    changes = result.get("changes") or []
    smaller = next((one for one in changes if set(one["facts"]) == {"batch_size"}), None)
    if smaller is None or ("batch" not in reading.text.lower() and "bs" not in reading.text.lower()):
        return []
    zh, told = reading.language == "zh", facts["batch_size"]["value"]
    fused = next((one for one in changes if one["facts"] == {"loss": "fused"}), None)
    largest = in_words("batch_size", smaller["facts"]["batch_size"], reading.language)
    amount, room = gib(smaller["gib"]), gib(smaller["capacity_gib"])
    more = ""
    both = next((one for one in changes if set(one["facts"]) == {"batch_size", "loss"}), None)
    if both:
        reach = in_words("batch_size", both["facts"]["batch_size"], reading.language)
        there = gib(both["gib"])
        more = f";改用融合损失(Liger)可到{reach}({there})" if zh else f"; with a fused loss (Liger) {reach} ({there})"
    elif fused and zh:
        more = f";改用融合损失(Liger)后{in_words('batch_size', told, 'zh')}也放得下({gib(fused['gib'])})"
    elif fused:
        more = f"; with a fused loss (Liger) {in_words('batch_size', told, 'en')} fits, too ({gib(fused['gib'])})"
    if zh:
        return [f"**每卡{largest}是稳妥放得下的最大值({amount} / {room}),其余用梯度累积补足**{more}。"]
    return [
        f"**Try {largest} on the device: the largest that is sure to fit ({amount} of {room}); gradient accumulation makes up the rest**{more}."
    ]
