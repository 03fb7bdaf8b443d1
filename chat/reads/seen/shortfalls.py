"""How much a run that failed is short of: a figure of one run, and no comparison of two."""

from chat.reads.contrasts import CONTRAST, EITHER
from chat.reads.scan import Scan

_SHORT = r"差(?:了)?(?:多少|几个?\s?g)"
_RAN_OUT = r"\boom|out of memory|爆|显存(?:不足|不够|溢出)|放不下|炸"
_SET_BESIDE = rf"{CONTRAST}|{EITHER}|[和跟与同比]|(?:换|改)(?:成|为|到)|\d\s?(?:->|→|到)\s?\d"


def short_of_room(scan: Scan) -> bool:
    """`OOM，还差多少？`: memory ran out, one case is told, and nothing is set beside it."""
    sides = any(len(values) > 1 for name, values in scan.facts.items() if name != "zero_stage")
    ran_out = any(scan.find(_RAN_OUT)) and any(scan.find(_SHORT))
    return ran_out and not sides and not any(scan.find(_SET_BESIDE))
