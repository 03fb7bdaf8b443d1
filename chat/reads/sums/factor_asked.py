"""A factor of a product of the parameters is asked about: "7 x 4 x 4 = 112 GB, what is the second 4?", "为什么乘以4"."""

import re

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_N = r"(?<![\d.])(?:2|4)(?![\d.]|\s?(?:bits?(?![a-z])|位))"
_OF_EACH = r"\s?(?:bytes?(?: ?(?:/|per) ?param\w*)?|字节|b(?![a-z]))?"
_SIGN = r"\s?[*x×]\s?"
# the size leads, then bytes of a number and how many are kept, one of them or both
_PRODUCT = (
    rf"(?<![\d.a-z])(?P<size>\d{{1,3}}(?:\.\d+)?)\s?(?:b(?:illion)?(?: param\w*)?|e9)?{_SIGN}(?P<one>{_N}){_OF_EACH}"
    rf"(?:{_SIGN}(?P<two>{_N}){_OF_EACH})?(?!\s?[*x×/÷]\s?\d|\s?[.]?\d)"
)
_ORDER_EN = r"(?:first|1st|second|2nd|third|3rd|last|final|other|extra)"
_ORDER_ZH = r"(?:第[一二三123]个?|最后(?:的|那)?(?:一|1)?个?|后面?(?:的|那)?(?:一|1)?个?|前面?(?:的|那)?(?:一|1)?个?|另(?:外|一|1)+个?)的?"
_FACTOR = r"(?:factor|number|multiplier|term|one)\b"
_FACTOR_ZH = r"(?:因子|数字?|乘数|系数|项)"
_WONDERED = r"\b(?:what(?:'s| is| are| does| do)|why|where|explain\w*|understand|get|clear|see|sure)\b"
_WONDERED_ZH = r"(?:是|代表|指|表示)的?(?:什么|啥|哪)|(?:什么|啥)意思|(?:怎么|哪)(?:里)?来|从哪|不(?:懂|明白|理解)|没(?:看)?懂|为(?:什么|何|啥)"
# keys and values of layers, heads and their size, in bytes
_OF_CACHE = r"(?<![\d.])2\s?[*x×](?:[^;?=]{0,24}?\d[^;?=*x×]{0,16}[*x×]){2,4}\s?2(?![\d.])"
# what is asked about, with the question before or behind it
_ASKED = (
    rf"(?:{_WONDERED})[^.;?=]{{0,24}}?(?:\b(?P<order>{_ORDER_EN}) (?:(?P<n>{_N})s?|{_FACTOR})|\b(?:the|that|a|this|times|multipl\w+ (?:it )?(?:by|with)) (?P<alone>{_N})s?)(?!\s?[*x×]|\s?(?:gpus?|cards?|gb?|models?|roles?|b)\b)",
    rf"(?P<order>{_ORDER_ZH})(?:(?P<n>{_N})|{_FACTOR_ZH})[^,;。?]{{0,6}}?(?:{_WONDERED_ZH})",
    rf"(?:为(?:什么|何|啥)|不懂|不明白|解释)[^,;。?]{{0,8}}?(?P<order>{_ORDER_ZH})(?:(?P<n>{_N})|{_FACTOR_ZH})",
    rf"(?:为(?:什么|何|啥)|干嘛)[^,;。?]{{0,6}}?乘以?(?:两次|上)?(?P<alone>{_N})|(?:那个|这个|的|里|,|;)(?P<bare>{_N})[^,;。?\d]{{0,3}}?(?:{_WONDERED_ZH})",
)
_FIRST, _SECOND = re.compile(r"first|1st|第[一1]|前"), re.compile(r"second|2nd|third|3rd|last|final|other|extra|第[二三23]|最后|后|另")  # fmt: skip


def read_factor_asked(scan: Scan) -> None:
    """Note the factors, and which of them is asked about: 1, 2, or 0 where that is left open."""
    asked = next((one for each in _ASKED if (one := compiled(each).search(scan.text))), None)
    if asked is None:
        return
    groups = asked.groupdict()
    number = next((float(groups[name]) for name in ("n", "alone", "bare") if groups.get(name)), None)
    order = groups.get("order") or ""
    if number == 2 and next(scan.find(_OF_CACHE), None) and compiled(r"\bkv\b|缓存").search(scan.text):
        scan.note("log_cache_factor", _place([2.0, 2.0], number, order))
        return
    found = next(scan.find(_PRODUCT), None)
    if found is None or not _is_size(scan, float(found["size"])):
        return
    factors = [float(one) for one in (found["one"], found["two"]) if one]
    if number is not None and number not in factors:
        return
    for name, value in zip(("first", "second"), factors, strict=False):
        scan.note(f"log_factor_{name}", value)
    scan.note("log_factor_asked", _place(factors, number, order))


def _is_size(scan: Scan, size: float) -> bool:
    told = [float(one) / 1e9 for one in scan.facts.get("params", ())]
    named = compiled(rf"(?<![\d.]){size:g}\s?b(?![a-z])").search(scan.text) if "model" in scan.facts else None
    return size in told or named is not None


def _place(factors: list[float], number: float | None, order: str) -> float:
    """Which of two factors an order means: of two that are alike the order among them, else the number itself."""
    if len(factors) == 1:
        return 1.0
    if number is not None and factors.count(number) == 1:
        return 1.0 + factors.index(number)
    if number is None and _is_third(order):
        return 2.0
    if number is None and _SECOND.search(order) and compiled(r"second|2nd|第[二2]").search(order):
        return 1.0  # of all factors the size is the first
    return 1.0 if _FIRST.search(order) else 2.0 if _SECOND.search(order) else 0.0


def _is_third(order: str) -> bool:
    return compiled(r"third|3rd|last|final|第[三3]|最后").search(order) is not None
