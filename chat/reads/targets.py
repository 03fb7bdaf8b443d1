"""An amount that a run is to be brought under: `can I get it under 12?`, `能不能降到40G以内`."""

import re
from bisect import bisect_left

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_NUMBER = r"\d{1,3}(?:\.\d+)?"
# under a length or a batch is no memory
_OF_MEMORY = (
    r"(?:(?!\b(?:length|seq\w*|context|batch\w*|tokens?|steps?|rank|loss|time|latency|price|cost)\b)[^.;?!\d]){0,40}?"
)
_END = r"(?=\s*(?:[?!,;)]|\.(?!\d)|$|(?:and|or|with|by|on|without|for|while|so|then|at)\b))"
_TARGET = (
    r"\b(?:get|bring|keep|cut|squeeze|push|fit|shrink|reduce|lower|drop|stay|come|go)\b"
    + _OF_MEMORY
    + r"\b(?:under|below|within|inside|down to|(?:to )?(?:less|fewer) than|no more than|at most)\s(?:about |some |the |~ ?)?"
    rf"(?P<v>{_NUMBER})\s?(?P<u>gib|gb|g)?(?![a-z]){_END}"
    r"|(?:降|压|控制|缩|减|省|弄|限制|塞)(?:低|小|少)?(?:到|在|至|成|进)了?\s?"
    rf"(?P<w>{_NUMBER})\s?(?P<z>gib|gb|g)(?![a-z])\s?(?:显存)?(?:以?内|以?下|之内|左右|里)"
    r"|(?:怎么|怎样|如何|能不能|能否|能|可以|想|要)[^,;.?!\d]{0,20}(?:降|压|控制|缩|减|省|弄|限制)(?:低|小|少)?(?:到|在|至)\s?"
    rf"(?P<x>{_NUMBER})\s?(?P<y>gib|gb|g)(?![a-z])(?=\s?(?:[吗么呢,.;?!)]|$))"
    rf"|(?:只|仅|最多)(?:想|打算|希望)(?:让|给)?(?:它|他|vllm|sglang|ollama|模型)?(?:用|占|吃)(?:掉|到)?\s?(?P<o>{_NUMBER})\s?(?P<p>gib|gb|g)(?![a-z])(?!\s?(?:的)?(?:卡|显卡|内存|ram))"
    rf"|\b(?:make|want|have|get|let|force|tell|limit|restrict)\b[^.;?!\d]{{0,28}}\b(?:(?:us(?:e|ing)|tak(?:e|ing)|occupy\w*|grab\w*) (?:only|just|at most|no more than|up to)|(?:limit\w*|restrict\w*) (?:\w+ ){{0,2}}to|to) (?:about )?(?P<q>{_NUMBER})\s?(?P<r>gib|gb|g)(?![a-z])(?! (?:of )?(?:ram|system|cards?|gpus?)\b)"
    rf"|不(?:能|要|可以?)?超过\s?(?P<n>{_NUMBER})\s?(?P<m>gib|gb|g)(?![a-z])"
)
# "从122G降到76G左右": what it was seen to fall to, unless that is wished for
_FROM, _WISHED = (
    r"(?:从|由)\s?(?:约|大约|大概|差不多)?\s?\d{1,4}(?:\.\d+)?\s?(?:gib|gb|g)?(?:左右|多)?\s?(?:只|才|就|直接|一下)?$",
    r"怎么|怎样|如何|能|可以|想|要|希望|打算|需要|得",
)
# of a bare number something else must say that memory is spoken of
_SPOKEN_OF = r"\d\s?g(?:i?b)?(?![a-z])|\b(?:v?ram|memory|card|gpu)\b|显存|内存|显卡"
_LEAST = 2  # GB: smaller numbers are of something else


def read_target(scan: Scan) -> None:
    """Take the amount of the text as the limit that is to be met."""
    for found in scan.find(_TARGET):
        name, unit = next((name, unit) for name, unit in ("vu", "wz", "xy", "op", "qr", "nm") if found[name])
        told = found[unit] or compiled(_SPOKEN_OF).search(scan.text)
        if (
            not told
            or float(found[name]) < _LEAST
            or not scan.free(*found.span(name))
            or (not found[unit] and _fewer_cards(scan, float(found[name])))
            or _was_seen(scan, found.start())
        ):
            continue
        end = found.end(unit) if found[unit] else found.end(name)
        scan.add("log_target", float(found[name]), found.start(name), end, extra=True)
        return


_COUNTED = r"(?<![\d.])(?P<n>\d{1,3}) ?(?:x|×|gpus?\b|cards?\b|[张块]|卡|[ahlv]\d{2,3})"


def _fewer_cards(scan: Scan, number: float) -> bool:
    """`4x 3090 ... can I go down to 2?`: fewer than the cards that are counted are so many of them."""
    return any(number < int(one["n"]) for one in scan.find(_COUNTED))


def _was_seen(scan: Scan, start: int) -> bool:
    """Whether what stands here ends a fall that was seen: it is told from what, and nobody wishes for it."""
    clause = re.split(r"[,;.?!。]", scan.text[max(0, start - 40) : start])[-1]
    return bool(compiled(_FROM).search(clause)) and not compiled(_WISHED).search(clause)


def settle_target(scan: Scan) -> None:
    """Of no card that is named, the limit is the memory that there is."""
    if "log_target" in scan.extras and not {"gpu", "gpu_memory_gb"} & set(scan.facts):
        scan.add("gpu_memory_gb", scan.extras["log_target"][0], *scan.spans["log_target"][0], take=False)


# "explain the other 22": what is left of amounts that are told
_REST = r"\b(?:other|remaining|missing|extra) (?P<v>\d{1,3}(?:\.\d+)?)(?=\s*(?:[?!,;.]|$|please\b|from\b|then\b))"


def read_rest(scan: Scan) -> None:
    """A bare number that is the difference of two amounts of the text says nothing more."""
    rests = [*scan.find(_REST)]
    if not rests:
        return
    amounts = sorted({float(found[1]) for found in scan.find(r"(?<![\d.])(\d{1,3}(?:\.\d+)?)\s?g(?:i?b)?(?![a-z])")})
    for found in rests:
        if scan.free(*found.span("v")) and _differ_by(amounts, float(found["v"])):
            scan.take(*found.span("v"))


def _differ_by(amounts: list[float], told: float) -> bool:
    """Whether two of the sorted amounts differ by what is told, to one more or less."""
    near = ((one, bisect_left(amounts, one + told - 1)) for one in amounts)
    return any(at < len(amounts) and amounts[at] <= one + told + 1 for one, at in near)
