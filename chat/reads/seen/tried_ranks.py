"""Another number of tensor-parallel ranks that is asked about where one was refused: "must be divisible by 6 ... 5?"."""

from chat.reads.scan import Scan

_REFUSED = r"\bheads?\b[^.;?]{0,60}\bdivi\w+|\bdivisible\b|整除|注意力头|头数|个头"
_CANDIDATE = r"(?:[,;?!.)]|\b(?:or|maybe|with|try|about|then|is|does|would|will)\b|那|试|换)\s*(?:tp\s?=?\s?)?(?P<n>\d{1,2})\s?(?:ranks?|way|张|卡)?\s?(?:\?|呢|行(?:吗|不)|可以(?:吗|不)|能行)"


def settle_tried_ranks(scan: Scan) -> None:
    """A bare number behind a size of tensor parallelism that the heads refuse is a size to try."""
    if "tp" not in scan.facts or not any(scan.find(_REFUSED)):
        return
    for found in scan.find(_CANDIDATE):
        at = found.span("n")
        if scan.free(*at) and int(found["n"]) not in scan.facts["tp"] and int(found["n"]) > 1:
            scan.add("tp_tried", int(found["n"]), *at, extra=True)
