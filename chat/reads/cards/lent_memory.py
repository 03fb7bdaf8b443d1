"""What Windows shows of a card: its own memory ("dedicated"), and system RAM that it lends to the card ("shared"), which is none of it."""

import re

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

LENT = "log_lent"  # one of the figures that a program prints, in GiB
_GB = r"(?<![\d./])(?P<{}>\d{{1,3}}(?:\.\d+)?)\s?g(?:i?b)?(?![a-z\d/])(?!\s?/)"
_BETWEEN = r"(?:\s?(?:gpu|video|graphics|system|显卡|图形))?(?:\s?(?:memory|vram|ram|内存|显存))?\s?(?:\(|:|=|of|is|has|shows|是|有|为)?\s?"
_OWN = (
    rf"(?:\bdedicated|专用){_BETWEEN}{_GB.format('n')}"
    rf"|{_GB.format('m')}\s?(?:of )?(?:dedicated|专用)(?! (?:to|for)\b)"
)
_SHARED = rf"(?:\bshared|共享){_BETWEEN}{_GB.format('n')}|{_GB.format('m')}\s?(?:的|of )?(?:shared|共享)(?! (?:by|with|among|between)\b)"
# "31.9 GB (16 dedicated + 15.9 shared)", "专用16+共享15.9": no unit of their own, beside their sum that has one
_BARE = r"(?<![\d./])(?P<{}>\d{{1,3}}(?:\.\d+)?)(?![\d.])"
_IS_DEDICATED, _IS_SHARED = r"(?:\bdedicated|专用)", r"(?:\bshared|共享)"
_BARE_PAIR = (
    rf"{_IS_DEDICATED}{_BETWEEN}{_BARE.format('n')}[^\w.;?!]{{0,6}}(?:and |plus )?{_IS_SHARED}{_BETWEEN}{_BARE.format('s')}"
    rf"|{_BARE.format('m')}\s?{_IS_DEDICATED}[^\w.;?!]{{0,6}}(?:and |plus )?{_BARE.format('z')}\s?{_IS_SHARED}"
)
_WITH_UNIT = r"(?<![\d.])(?P<n>\d{1,3}(?:\.\d+)?)\s?g(?:i?b)?(?![a-z\d])"
# read of a run, not of a machine: what is used of it is a symptom
_OF_A_RUN = r"\bslow\w*|s/it|\busing\b|\bus(?:es|ed|age)\b|\bcrawl\w*|慢|占用|用了|溢出|\d\s?g?b?/\d"
_OF_THE_MACHINE = r"\bwindows\b|\btask manager\b|任务管理器|\bdedicated\b|专用|\bshared (?:gpu|video|graphics) memory|共享(?:gpu|显卡|图形)"
# "dedicated 11.6/12, shared 3.4/15.8", "共享显存用了3.4G": what a run uses of both
_USED = r"(?:\s?(?:gpu|video|graphics|显卡|图形))?(?:\s?(?:memory|vram|ram|内存|显存))?(?:\s?(?:usage|use[ds]?|using|at|is|are|was|of|around|about|占用|占|使用|用了|用|已|也|还|到|了|满|是|大概|大约|约|:|=))*\s?"
_AMOUNT = r"(?<![\d.])(?P<{}>\d{{1,3}}(?:\.\d+)?)"
_OWN_USED = (
    rf"(?:\bdedicated|专用){_USED}{_AMOUNT.format('n')}\s?(?:g(?:i?b)?)?\s?(?:/\s?[\d.]+\s?(?:g(?:i?b)?)?|(?<=[gb]))"
)
_SHARED_USED = (
    rf"(?:\bshared|共享){_USED}{_AMOUNT.format('n')}\s?(?:g(?:i?b)?)?\s?(?:/\s?[\d.]+\s?(?:g(?:i?b)?)?|(?<=[gb]))"
    rf"|(?<!/){_AMOUNT.format('m')}\s?g(?:i?b)?\s?(?:of |in |into |to |spill(?:s|ed|ing) |overflow(?:s|ed) |goes |went |的|在|到|溢出)*(?:the )?(?:\bshared|共享)"
)
SPILLED = "log_spilled"  # GiB that a run uses on the card and beyond it
_ADDED = r"\+|\bplus\b|\btotal\b|\btogether\b|\bcombined\b|加|共计|总共|一共"
_NEAR = 0.25  # GB that the two may be off their sum, or what is sold


def read_lent_memory(scan: Scan) -> None:
    """`8 GB dedicated + 16 GB shared`: a card of 8 GB; their sum is the size of nothing."""
    if not compiled(_OF_THE_MACHINE).search(scan.text):
        return
    if compiled(_OF_A_RUN).search(scan.text):
        own, shared = (next(scan.find(one), None) for one in (_OWN_USED, _SHARED_USED))
        if own and shared:
            scan.note(SPILLED, float(own["n"]) + float(shared["n"] or shared["m"]))
            scan.take(*own.span())
            scan.take(*shared.span())
        return
    if _without_units(scan):
        return
    shared = next((one for one in scan.find(_SHARED) if scan.free(*one.span())), None)
    own = next((one for one in scan.find(_OWN) if scan.free(*one.span())), None)
    if shared is None or (own is None and not compiled(_ADDED).search(scan.text)):
        return
    lent = float(shared["n"] or shared["m"])
    scan.add(LENT, lent, *shared.span(), extra=True)
    if own:
        has = float(own["n"] or own["m"])
        _own(scan, has, own.span())
        for found in _sums(scan, has + lent):
            scan.take(*found.span())


def _own(scan: Scan, has: float, place: tuple[int, int]) -> None:
    """The card's own memory, as it is sold."""
    scan.add("gpu_memory_gb", round(has) if abs(has - round(has)) <= _NEAR else has, *place)


def _sums(scan: Scan, of: float) -> list[re.Match[str]]:
    """Where the two together are told."""
    return [one for one in scan.find(_WITH_UNIT) if abs(float(one["n"]) - of) <= _NEAR and scan.free(*one.span())]


def _without_units(scan: Scan) -> bool:
    """Both without a unit, where their sum has one: told apart by that alone."""
    pair = next(scan.find(_BARE_PAIR), None)
    if pair is None or not scan.free(*pair.span()):
        return False
    has, lent = float(pair["n"] or pair["m"]), float(pair["s"] or pair["z"])
    sums = _sums(scan, has + lent)
    if not sums:
        return False
    scan.add(LENT, lent, *pair.span(), extra=True)
    _own(scan, has, pair.span())
    for found in sums:
        scan.take(*found.span())
    return True
