"""What `du -h` prints of a folder: it counts by 1024 and writes G, so its amounts are GiB beside those that a page tells in GB."""

from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

# right before the amount, as the command or in its words: "du -h says 61G", "du -sh 是 61G"
_BEFORE = r"\bdu(?: -[a-z]{1,4}){1,2}\b(?!.{0,24}--si)[^\d,;.?!，。；？！]{0,16}(?:\bonly |\babout |大概|约)?$"
_REACH = 36


def of_disk_usage(scan: Scan) -> None:
    """Such an amount is one in GiB, rounded up."""
    text = scan.lowered
    for at, one in enumerate(scan.claims):
        before = text[max(0, one.span[0] - _REACH) : one.span[0]]
        if one.unit.lower() in ("g", "gb", "gib") and compiled(_BEFORE).search(before):
            scan.claims[at] = replace(one, unit="gib")
            scan.note("log_du", one.number)
