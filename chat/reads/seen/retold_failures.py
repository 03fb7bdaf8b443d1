"""A message of memory that ran out, in the asker's own words: `wants 2 GiB, 14.9 GiB reserved but unallocated`."""

from chat.reads.scan import Scan

_QUANTITY = r"\s?(?:about |around |roughly |约|大概|了|的)?(?P<v>\d+(?:\.\d+)?) ?(?P<u>[gm])(?:i?b)?(?![a-z])"
_FAILED = r"\booms?\b|out of memory|显存(?:不足|不够|溢出)|内存(?:不足|溢出)|爆显存|炸显存"
_WANTED = rf"(?:要|需要|申请|请求|想分配?|\bwant(?:s|ed|ing)?|\bneed(?:s|ed|ing)?|\bask(?:s|ed|ing)? for|\brequest(?:s|ed|ing)?(?: for)?|\ballocating|\ballocation of){_QUANTITY}"
# "OOM at 1.5 GB", where nothing else says what was wanted; "OOM at 24 GB of my 3090" is the card
_FAILED_AT = rf"\booms? (?:at|(?:on|for) an?(?: \w+)? (?:allocation|request) of){_QUANTITY}(?! ?(?:of (?:the|my|an?)\b|v?ram|cards?\b|gpus?\b|rtx|[a-z]?\d{{2,4}}\b))"
_IDLE = rf"(?:reserved(?: by pytorch)?,? but (?:unallocated|unused)|(?:已?保留|预留|缓存)(?:了|着)?(?:但|却|而)?(?:还)?(?:没有?|未)(?:被)?(?:分配|使?用)){_QUANTITY}|(?P<v2>\d+(?:\.\d+)?) ?(?P<u2>[gm])(?:i?b)?\s?(?:是|被|都是)?(?:已?保留|预留|reserved)(?:了|着)?(?:但|却|而)?(?:还)?(?:没有?|未)(?:被)?(?:分配|使?用)"
_HELD = rf"(?P<v2>\d+(?:\.\d+)?) ?(?P<u2>[gm])(?:i?b)? (?:is |are |already )*allocated\b|(?:已经?分配|(?<![a-z])allocated)(?:了)?{_QUANTITY}"

# the same two told beside each other, where one unit may stand for both: "30.2 allocated, 45.9 GiB reserved"
_UNIT = r"\s?(?P<{u}>[gm])?(?:i?b)?"
_BEHIND_ITS_NAME = r"(?<!reserved )(?<!allocated )(?<!reserved: )(?<!allocated: )(?<!reserved=)(?<!allocated=)"
_OF_TENSORS = rf"(?<![\d.]){_BEHIND_ITS_NAME}(?P<v2>\d+(?:\.\d+)?){_UNIT.format(u='u2')} (?:is |are |already |were )*allocated\b|(?:已经?分配|(?<![a-z])(?:memory_)?allocated(?:\(\))?)(?:了|[:=]| is| are| was)?{_QUANTITY}"
_OF_BLOCKS = rf"(?<![\d.]){_BEHIND_ITS_NAME}(?P<v2>\d+(?:\.\d+)?){_UNIT.format(u='u2')} (?:is |are |already |were )*reserved\b(?! ?,? but)|(?:已?保留|预留|(?<![a-z])(?:memory_)?reserved(?:\(\))?)(?:了|[:=]| is| are| was)?{_QUANTITY}"


def read_failure_retold(scan: Scan, idle_printed: str) -> None:
    """What was wanted, what lies idle in kept blocks and what tensors hold; no failure is told without the first two."""
    told = any(any(scan.find(one)) for one in (idle_printed, _IDLE))
    both = all(any(scan.find(one)) for one in (_OF_TENSORS, _OF_BLOCKS))
    if not any(scan.find(_FAILED)) or not (told or both):
        return
    wanted = stated(scan, _WANTED)
    wanted = stated(scan, _FAILED_AT) if wanted is None else wanted
    if wanted is None:
        return
    scan.note("oom_tried", wanted)
    if not told:
        idle = idle_between(scan)
        if idle is not None:
            scan.note("oom_idle", idle)
        return
    idle = stated(scan, idle_printed)
    scan.note("oom_idle", stated(scan, _IDLE) if idle is None else idle)
    read_held_retold(scan)


def read_held_retold(scan: Scan) -> None:
    """What tensors hold, told beside what lies idle."""
    if "log_allocated" not in scan.extras and (held := stated(scan, _HELD)):
        scan.note("log_allocated", held)


def idle_between(scan: Scan) -> float | None:
    """What lies idle, of a message that was retold with what tensors hold and what is reserved; None where it tells not both."""
    if not all(any(scan.find(one)) for one in (_OF_TENSORS, _OF_BLOCKS)):
        return None
    held, kept = stated(scan, _OF_TENSORS), stated(scan, _OF_BLOCKS)
    if held is None or kept is None or kept <= held:
        return None
    scan.note("log_allocated", held)
    return round(kept - held, 2)


def stated(scan: Scan, pattern: str) -> float | None:
    """The amount [GiB] that the message gives; its characters are used up."""
    for found in scan.find(pattern):
        scan.take(*found.span())
        both = found.groupdict()
        amount, unit = both["v"] or both["v2"], both["u"] or both["u2"]
        return float(amount) / (1024 if unit == "m" else 1)
    return None
