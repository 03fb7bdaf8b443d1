"""A run that went from so many cards to more and fails all the same: "from 8 to 16 and still OOM", "从8张加到16张还是爆".

The run is that of the later count; how many there were before is what a stage's share is held against.
"""

from chat.reads.other_cases.former_spans import STILL
from chat.reads.scan import Scan

CARDS_BEFORE = "cards_before"

_CARDS = r"(?:\s?(?:x\s?)?(?:[a-z]{0,3}\s?\d{2,4}[a-z]{0,2}\b|cards?\b|gpus?\b)(?:\s?\d{2,3}\s?gi?b?\b)?)?(?:\s?(?:cards?|gpus?)\b)?"
_GROWN = (
    rf"\bfrom (?P<a>\d{{1,3}}){_CARDS} (?:up )?to (?P<b>\d{{1,3}})(?![\d.]|\s?(?:k|b|bits?|%|gi?b|tokens?|samples?)\b)",
    rf"(?<![\d.a-z-])(?P<a>\d{{1,3}}){_CARDS}[^;?!]{{0,24}}?\b(?:moved?|went|scaled|switched|upgraded|expanded|increased|doubled|grew|got)(?: it)?(?: up)? to (?P<b>\d{{1,3}})(?![\d.]|\s?(?:k|b|bits?|%|gi?b|tokens?|samples?)\b)",
    r"(?<![\d.])(?P<a>\d{1,3})\s?[张块卡][^;?!。]{0,18}?(?:加|增|换|扩|升|变|改|翻)[加倍]?(?:到|成|为|至)?了?\s?(?P<b>\d{1,3})\s?[张块卡]",
)
# that it fails as before, or that less was expected of each
_AS_BEFORE = rf"{STILL}|\bhal(?:f|ve[sd]?)\b|\bsame\b|\b(?:n't|not) (?:\w+ )?(?:help|drop|fall|go down|shrink)|减半|一半|没用|不降|没降|没少"
_FAILS = r"\booms?\b|out of memory|\bfail\w*|\bcrash\w*|爆|溢出|炸|崩"
_MOST = 512


def settle_grown(scan: Scan) -> None:
    """Leave the later of the two counts, where either is told to be one of cards."""
    counts = [int(one) for one in scan.facts.get("n_gpus", ())]
    if not any(scan.find(_FAILS)) or not any(scan.find(_AS_BEFORE)):
        return  # of a run that did not fail both counts are asked about
    for pattern in _GROWN:
        for found in scan.find(pattern):
            before, now = int(found["a"]), int(found["b"])
            apart = set(counts) <= {before, now} and bool(counts)
            if not (apart and 0 < before < now <= _MOST):
                continue
            scan.facts["n_gpus"], scan.spans["n_gpus"] = [now], [found.span("b")]
            scan.note(CARDS_BEFORE, before)
            for place in ("a", "b"):
                scan.take(*found.span(place))
            return
