"""PyTorch's message that memory ran out, as people paste it."""

from chat.scan import Scan

# PyTorch's message when memory runs out, of old and new versions
OOM_TRIED = r"tried to allocate (?P<v>\d+(?:\.\d+)?) (?P<u>[gm])ib"
OOM_IDLE = r"(?P<v>\d+(?:\.\d+)?) (?P<u>[gm])ib is reserved by pytorch but unallocated"
OOM_HELD = r"(?P<v>\d+(?:\.\d+)?) (?P<u>[gm])ib already allocated"
OOM_RESERVED = r"(?P<v>\d+(?:\.\d+)?) (?P<u>[gm])ib reserved in total"
OOM_CARD = r"(?<=\()gpu \d{1,2}(?=;)|(?<![\w.])gpu \d{1,2}(?= has a total)"


def read_message(scan: Scan) -> None:
    """State how much was asked for, and how much of what was reserved stood idle [GiB]; the card's number is no count."""
    for found in scan.find(OOM_CARD):
        scan.take(*found.span())
    tried = _stated(scan, OOM_TRIED)
    if tried is None:
        return
    scan.add("oom_tried", tried, 0, 0, extra=True, take=False)
    idle, held, reserved = (_stated(scan, one) for one in (OOM_IDLE, OOM_HELD, OOM_RESERVED))
    if idle is None and held is not None and reserved is not None:
        idle = round(reserved - held, 2)
    if idle:
        scan.add("oom_idle", idle, 0, 0, extra=True, take=False)


def _stated(scan: Scan, pattern: str) -> float | None:
    """The amount [GiB] that the message gives; its characters are used up."""
    for found in scan.find(pattern):
        scan.take(*found.span())
        return float(found["v"]) / (1024 if found["u"] == "m" else 1)
    return None
