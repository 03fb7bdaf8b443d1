"""What the asker takes weights in few bits for, and what is left beside them: `32B at 4 bit is 16GB, so 8GB to spare`."""

import re

from chat.reads.scan import Scan

WEIGHTS_CLAIMED, BITS_CLAIMED, SPARE = "log_weights_claimed", "log_bits_claimed", "log_spare"
_GB = r"(?P<{0}>\d+(?:\.\d+)?)\s?gi?b?(?![a-z0-9])"
_CLAIM = (
    r"(?<![\d.a-z])(?P<size>\d+(?:\.\d+)?)\s?b(?![a-z])(?: model| params?| parameters|模型)?\s?(?:at|in|@|with|x|用|按|的|做)?\s?(?:int\s?)?(?P<bits>[2-8])(?:[- ]?bits?|\s?位|(?<=int[48]))(?: quant\w*| weights|量化|权重)*"
    r",?\s?(?:is|=|are|takes?|needs?|means|would be|should be|makes?|comes to|后|就是|也就是?|等于|是|就|才|只要|只有|约|大概|应该|要|占)+,?\s?(?:about|around|only|just|like|~|roughly|是|就|约|大概|只)*\s?"
    + _GB.format("gb")
    + r"(?!\s?(?:cards?|gpus?|的?显卡|的?卡)|\s?(?:的?显存)?(?:够|足够|enough))"
)
_LEFT = (
    _GB.format("a") + r"\s?(?:of (?:v?ram|memory) )?(?:to )?(?:spare|left|free|headroom|remain\w*|over)\b"
    r"|\b(?:leav\w+|left with|spare)\b[^.;?!\d]{0,12}"
    + _GB.format("b")
    + r"|(?:还|应该|就)?(?:剩|余|空出?|富余)(?:下|余|了|有|着|的)*(?:大概|约)?\s?"
    + _GB.format("c")
)
# how far from size × bits an amount may be to be that sum: one that was seen, or a rule's with a factor on top, lies further off
_ROUNDED = 0.1
_WIDTHS = (4, 8, 16)
# how the weights are stored, told elsewhere
_STORED = r"(?<![a-z0-9])(?:awq|gptq|int[48]|fp8|nf4|mxfp4|i?q\d_\w+|exl[23]|bpw|hqq|aqlm)(?![a-z])"


def _is_product(found: re.Match[str]) -> bool:
    """Is the amount the size in so many bits, as people round it, in GB or GiB?"""
    product = float(found["size"]) * float(found["bits"]) / 8
    return any(abs(float(found["gb"]) * unit / product - 1) <= _ROUNDED for unit in (1.0, 2**30 / 1e9))


def read_weights_claimed(scan: Scan) -> None:
    """State the amounts of such a sum: they are no card's, and the bits are those of the format that is named."""
    taken_off = any(scan.find(_LEFT))  # what is left beside an amount says that it is the weights, of whatever size
    found = next((one for one in scan.find(_CLAIM) if taken_off or _is_product(one)), None)
    if found is None:
        return
    scan.add(WEIGHTS_CLAIMED, float(found["gb"]), found.start("gb"), found.end(), extra=True)
    scan.add(BITS_CLAIMED, float(found["bits"]), *found.span("bits"), extra=True, take=False)
    stored = any(
        scan.free(*one.span()) and not found.start() <= one.start() < found.end() for one in scan.find(_STORED)
    )
    if stored:
        scan.take(found.start("bits"), found.start("gb"))
    elif not {"bits", "weight_format"} & set(scan.facts) and float(found["bits"]) in _WIDTHS:
        scan.add("bits", int(float(found["bits"])), *found.span("bits"), take=False)
    for left in scan.find(_LEFT):
        group = next(name for name in "abc" if left[name])
        if scan.free(*left.span(group)):
            scan.add(SPARE, float(left[group]), left.start(group), left.end(), extra=True)
            return
