"""What each card was seen to take with so many of them: amounts in a row behind counts are readings, and no card's memory."""

from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.reading import Claim
from chat.reads.scan import Scan

_READING = r"(?<![\d.])\d{1,4}\s?(?:x\s?)?(?:gpus?|cards?|张卡?|卡)[^,;?\d]{0,24}(?P<a>\d+(?:\.\d+)?)\s?(?P<u>gib|gb|g)(?![a-z])"


# "48 GB per GPU on 4 cards, 34 GB on 8": the amounts stand before their counts
_TWO = 2
_EACH = r"(?:\s?(?:each|per (?:gpu|card|rank|device)|a (?:gpu|card)))?"
_BEFORE = rf"(?<![\d.])(?P<a>\d+(?:\.\d+)?)\s?(?P<u>gib|gb|g)(?![a-z]){_EACH} (?:on|with|over|across) (?:each of |all )?\d{{1,4}}(?!\d|\.\d|\s?(?:k|gi?b?|b|tokens?|%)\b)"


def settle_readings(scan: Scan) -> None:
    """`4 GPUs take 55 GB each, 8 GPUs 40 GB each`: of two such amounts neither is sold with a card."""
    sizes, places = scan.facts.get("gpu_memory_gb", []), scan.spans.get("gpu_memory_gb", [])
    found = list(scan.find(_READING))
    if len(found) < _TWO:
        found = list(scan.find(_BEFORE))
    if len(sizes) != 1 or len(places) != 1 or len(found) < len(scan.facts.get("n_gpus", [])) or len(found) < _TWO:
        return
    if len({float(one["a"]) for one in found}) == 1 and float(sizes[0]) in CARD_SIZES:
        return  # "two of 24 GB are said to do, my four of 24 GB do not"
    told = next((one for one in found if scan.normal.original(*one.span("a"))[0] == places[0][0]), None)
    if "gpu" in scan.facts or told is None:
        return
    scan.claims.append(Claim(float(sizes[0]), "gib" if told["u"] == "gib" else "gb", places[0]))
    scan.claims.sort(key=lambda one: one.span)
    del scan.facts["gpu_memory_gb"], scan.spans["gpu_memory_gb"]
