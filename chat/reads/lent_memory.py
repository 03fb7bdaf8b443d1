"""What Windows shows of a card: its own memory ("dedicated"), and system RAM that it lends to the card ("shared"), which is none of it."""

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
    shared = next((one for one in scan.find(_SHARED) if scan.free(*one.span())), None)
    own = next((one for one in scan.find(_OWN) if scan.free(*one.span())), None)
    if shared is None or (own is None and not compiled(_ADDED).search(scan.text)):
        return
    lent = float(shared["n"] or shared["m"])
    scan.add(LENT, lent, *shared.span(), extra=True)
    has = 0.0
    if own:
        has = float(own["n"] or own["m"])
        sold = round(has)
        scan.add("gpu_memory_gb", sold if abs(has - sold) <= _NEAR else has, *own.span())
    for found in scan.find(r"(?<![\d.])(?P<n>\d{1,3}(?:\.\d+)?)\s?g(?:i?b)?(?![a-z\d])"):
        if has and abs(float(found["n"]) - has - lent) <= _NEAR and scan.free(*found.span()):
            scan.take(*found.span())
