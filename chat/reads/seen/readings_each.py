"""What each card was seen to take with so many of them: amounts in a row behind counts are readings, and no card's memory."""

from re import Match

from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.lexicon import compiled
from chat.reads.reading import Claim
from chat.reads.scan import Scan

_READING = r"(?<![\d.])(?P<n>\d{1,4})\s?(?:x\s?)?(?:gpus?|cards?|张卡?|卡)[^,;?\d]{0,24}(?P<a>\d+(?:\.\d+)?)\s?(?P<u>gib|gb|g)(?![a-z])"


# "48 GB per GPU on 4 cards, 34 GB on 8": the amounts stand before their counts
_TWO = 2
_EACH = r"(?:\s?(?:each|per (?:gpu|card|rank|device)|a (?:gpu|card)))?"
_BEFORE = rf"(?<![\d.])(?P<a>\d+(?:\.\d+)?)\s?(?P<u>gib|gb|g)(?![a-z]){_EACH} (?:on|with|over|across) (?:each of |all )?(?P<n>\d{{1,4}})(?!\d|\.\d|\s?(?:k|gi?b?|b|tokens?|%)\b)"
# as much again, which is no size of a card: "22 GB on 1 GPU and still 22 GB on each of 4"
_STILL = r"\b(?:still|again|also|too|the same|same|just as|as before)\b|还是|仍|依然|依旧|也是|照样|同样|一样"


def settle_readings(scan: Scan) -> None:
    """`4 GPUs take 55 GB each, 8 GPUs 40 GB each`: of two such amounts neither is sold with a card."""
    found = list(scan.find(_READING))
    if len(found) < _TWO:
        found = list(scan.find(_BEFORE))
    if "gpu" in scan.facts or len(found) < len(scan.facts.get("n_gpus", [])) or len(found) < _TWO:
        return
    same = len({float(one["a"]) for one in found}) == 1
    still = same and compiled(_STILL).search(scan.text, found[0].end("a"), found[-1].end()) is not None
    told = _told_as_a_card(scan, found)
    if told is not None and (still or not same or told not in CARD_SIZES):
        _as_seen(scan, found)  # else "two of 24 GB are said to do, my four of 24 GB do not"
    if still and "gpu_memory_gb" not in scan.facts:
        _at_the_most(scan, found)


def _told_as_a_card(scan: Scan, found: list[Match[str]]) -> float | None:
    """The one memory of a card that was read, if it is one of these amounts."""
    sizes, places = scan.facts.get("gpu_memory_gb", []), scan.spans.get("gpu_memory_gb", [])
    alone = len(sizes) == len(places) == 1
    return float(sizes[0]) if alone and any(_place(scan, one) == places[0][0] for one in found) else None


def _place(scan: Scan, one: Match[str]) -> int:
    return scan.normal.original(*one.span("a"))[0]


def _as_seen(scan: Scan, found: list[Match[str]]) -> None:
    """What was read as a card's memory is what a card was seen to take."""
    size, place = scan.facts.pop("gpu_memory_gb")[0], scan.spans.pop("gpu_memory_gb")[0]
    told = next(one for one in found if _place(scan, one) == place[0])
    scan.claims.append(Claim(float(size), "gib" if told["u"] == "gib" else "gb", place))
    scan.claims.sort(key=lambda one: one.span)


def _at_the_most(scan: Scan, found: list[Match[str]]) -> None:
    """The case is the one on more cards, which changed nothing."""
    most = max(found, key=lambda one: int(one["n"]))
    scan.facts["n_gpus"] = [int(most["n"])]
    scan.spans["n_gpus"] = [scan.normal.original(*most.span("n"))]
    for one in found:
        scan.take(*one.span("n"))
