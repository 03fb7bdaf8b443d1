"""Amounts that are told as a difference, and those that one turned into another: neither is simply the size of what stands near."""

import re
from collections.abc import Sequence
from itertools import pairwise

from chat.reads.lexicon import compiled
from chat.reads.reading import Claim

_ROUGHLY = r"(?:(?:about|around|roughly|only|just|merely|barely|a mere|some|almost|nearly|close to|over|~|约|大约|大概|差不多|近|将近|接近|快)\s?){0,2}\s?"
_SAVED = (
    r"(?:\b(?:sav(?:es?|ed|ing)|savings?(?: (?:is|are|was|were|of))|difference (?:is|of|was)|freed|frees?|gained|won)(?: (?:me|us|just|only|about|around|roughly|a mere|some)){0,3}"
    r"|\b(?:only|just|merely|barely) (?:drop(?:s|ped)?|f[ae]lls?|decreased|shrank|went down|goes down|lost)"
    r"|\b(?:drop\w*|fell|falls?|went down|goes down|reduc\w+|decreas\w+|lower\w*|shr[aiu]nk\w*|cut)\b(?:[^.,;?\d]{0,32}\bby|(?: it)?(?= (?:only|just|merely|about|around|some|a mere) ))"
    r"|(?:[只仅才就]|只有|一共|总共|大概|大约)?(?:节?省|少|降低|减少|下降|降|省下|少用|少占)(?:了|出|下|掉|下来)?(?:显存)?)\s?"
    rf"{_ROUGHLY}$"
)
# what came on top of what was there: "显存多了6G", "went up by 6 GB", "6 GB more than before"
_ADDED = (
    r"(?:\b(?:rose|rises?|risen|went up|goes up|grew|grows?|increas\w+|jump\w*|climb\w*)\b(?:[^.,;?\d]{0,32}\bby)|\b(?:added|adds|cost(?:s|ing)?|costed) (?:me |us |an? |another |extra |whole ){0,3}"
    r"|(?:多|高|涨|增加|上升|大)(?:出(?:来)?|了)|(?<![最至顶大许很])多(?:占|用|吃|要|花|耗)(?:了|掉)?)\s?"
    rf"{_ROUGHLY}$"
)
_ON_TOP = r"\s?(?:gi?b|g)?\s?(?:(?:of )?(?:v?ram |memory ))?more\b(?! or less| (?:free|room|left))"
# "expecting -48GB"
_MINUS = r"(?:\b(?:expect\w*|hop\w+|should|supposed|thought|sav\w+|drop\w*|chang\w*|delta|gain\w*)\b|预期|以为|应该|节?省|下降|减少)[^.;?\d]{0,24}[-−]$"
_LESS = r"\s?(?:gi?b|g|%)?\s?(?:(?:of )?(?:v?ram |memory )?(?:less|lower|was saved|were saved|saved|smaller)\b|的?差(?:距|别)?)"
_FROM = rf"(?:\bfrom|从|由)\s?{_ROUGHLY}$"
_TO = rf"\s?(?:gi?b|g)?\s?(?:of \w+ )?(?:only |just |merely )?(?:down |up )?(?:to|->|-->|=>|→|(?:一下)?(?:降|掉|涨|升|变|减|增|减少|增加|下降)?(?:到|至|成|为))(?:了)?\s?{_ROUGHLY}"
_ARROW = rf"\s?(?:gi?b|g)?\s?(?:-+>|=>|→)\s?{_ROUGHLY}(?:only |just )?"


def is_saving(text: str, start: int, end: int) -> bool:
    """`each card only saved 12 GB`, `dropped by 12 GB`, `省了12G`: what is less than before, and the size of nothing."""
    return bool(
        compiled(_SAVED).search(text[max(0, start - 56) : start])
        or compiled(_MINUS).search(text[max(0, start - 56) : start])
        or compiled(_LESS).match(text[end : end + 24])
    )


def is_added(text: str, start: int, end: int | None = None) -> bool:
    """Whether the amount at `start` is what came on top of what was there: the size of nothing either."""
    more = end is not None and compiled(_ON_TOP).match(text[end : end + 24])
    return bool(more or compiled(_ADDED).search(text[max(0, start - 56) : start]))


def from_to(text: str, claims: Sequence[Claim]) -> tuple[Claim, Claim] | None:
    """`from 20 to 10 GB`, `从20G降到10G`: the amount before a change, and the one after it."""
    for first, then in pairwise(claims):
        between = text[first.span[1] : then.span[0]]
        before = text[max(0, first.span[0] - 16) : first.span[0]]
        turned = compiled(_FROM).search(before) and re.fullmatch(_TO, between)
        if turned or compiled(_ARROW).fullmatch(between):  # "went 17.1 -> 16.9 GB": an arrow needs no "from"
            return first, then
    return None
