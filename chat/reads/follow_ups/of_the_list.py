"""`tell me more about the second option`, `第三个办法呢`: one of the ways that the answer before listed, by its place there.

The question is read with the way in its words, as somebody would who asks for it by its name.
"""

import re
from collections.abc import Sequence

from chat.events import Answer
from chat.reads.lexicon import compiled

_SHORT = 60
_PLACES = ("first|1st|一", "second|2nd|二", "third|3rd|三", "fourth|4th|四", "fifth|5th|五", "sixth|6th|六")
_WAY = r"(?:options?|ways?|suggestions?|alternatives?|approach|ideas?|bullet|item|fix|workaround|solution)"
_WAY_ZH = r"(?:个|种|条|项|点)?(?:办法|方法|方案|选项|建议|招|条|项)"
# a place among ways; and one by itself, where such a place was spoken of just before
_OPTION = rf"\b(?:the )?(?P<en>{{0}})(?: of (?:those|these|your|the))? {_WAY}\b|\b{_WAY} (?:number |no\.? ?|#)?(?P<n>{{1}})\b|第\s?(?P<zh>{{0}}|{{1}})\s?{_WAY_ZH}"
_ALONE = r"\b(?:the )?(?P<en>{0})(?: one)?\b\W*$|第\s?(?P<zh>{0}|{1})\s?(?:个|种|条|项)?(?:呢|\W*$)"
_LAST = rf"\bthe last(?: of (?:those|these|your|the))? {_WAY}\b|最后(?:那|一|1)?{_WAY_ZH}"
# "- QLoRA, 4-bit: 13.0 GiB per card (...)"
_BULLET = re.compile(r"^- (?P<way>[^:\uff1a\n]{2,90}?)(?::|\uff1a)[^\n]*\bGiB", re.MULTILINE)
_LIST = re.compile(r"^(?:What would|怎样才)[^\n]*\n\n(?P<list>(?:- [^\n]*\n?)+)", re.MULTILINE)
# what explains a way, and is no part of its name as the format in "2-bit weights (IQ2_XS)" is
_IN_BRACKETS = re.compile(r"\s?[(\uff08][^)\uff09]*(?:param|\u53c2\u6570|logits)[^)\uff09]*[)\uff09]")
_EARLIER = 3  # answers in which the list may stand


def by_its_place(question: str, earlier: Sequence[Answer]) -> str:
    """The question with the way that it means; empty where it means none, or no list has one at that place."""
    if not earlier or len(question) > _SHORT:
        return ""
    ways = next((found for one in reversed(earlier[-_EARLIER:]) if not one.meant and (found := _ways(one.text))), [])
    place = _place(question.lower(), len(ways), bool(earlier[-1].meant))
    if place is None or place >= len(ways):
        return ""
    way = _IN_BRACKETS.sub("", ways[place]).strip()
    return f"换成{way}呢" if re.search(r"[一-鿿]", question) else f"and with {way}?"


def _ways(text: str) -> list[str]:
    found = _LIST.search(text)
    return [one["way"] for one in _BULLET.finditer(found["list"])] if found else []


def _place(text: str, count: int, spoken_of: bool) -> int | None:
    for place, words in enumerate(_PLACES):
        patterns = (_OPTION, _ALONE) if spoken_of else (_OPTION,)
        if any(compiled(one.format(words, place + 1)).search(text) for one in patterns):
            return place
    return count - 1 if count and compiled(_LAST).search(text) else None
