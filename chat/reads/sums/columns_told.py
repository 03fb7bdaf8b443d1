"""The columns that a published table is said to have or to lack: `the table only has 7/14/30/70B`, `there is no 32B row`, `表里没有 32B`.

What it has is none of the case where another size is asked about; what it lacks is what is asked about.
"""

import re
from dataclasses import replace

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep, told_outside
from chat.reads.reading import Reading
from chat.reads.scan import Scan

_TABLE = r"(?:\btable|\breadme|\bchart|\bllama[ _-]?factory|\brows?\b|\bcolumns?\b|表)"
_SIZE = r"\d+(?:\.\d+)?\s?b?"
_SIZES = rf"(?:{_SIZE}(?:\s?/\s?{_SIZE})+|{_SIZE}(?:\s?(?:,|、|\band\b|\bor\b|和|与|及)\s?(?:and |or |和)?{_SIZE})*)"
_HAS = (
    rf"{_TABLE}[^.?!;]{{0,32}}?(?:\b(?:only|just|merely) (?:has|have|lists?|shows?|gives?|covers?|goes|contains?|names?)|\b(?:has|have|lists?|shows?|gives?|covers?|contains?|stops at|goes from) (?:only|just|merely|rows for|columns for)|只(?:有|列了?|写了?|给了?|到))"
    rf"[^.?!;\d]{{0,12}}(?P<sizes>{_SIZES})"
)
# before a size that the table lacks, and behind it
_LACKS = re.compile(
    rf"{_TABLE}[^.?!;]{{0,24}}(?:\b(?:no|without(?: an?)?|lacks?(?: an?)?|(?:does not|doesn't|do not|don't) (?:have|list|show|cover|include|contain|mention)(?: an?| any)?)\s|没有?(?:写|列|给|提)?(?:到|出)?\s?)$"
    rf"|\b(?:there is|there's|there are|has|with) no\s$"
)
_ROW = re.compile(
    r"(?:\s?-?sized?)?\s(?:rows?|columns?|entry|entries|line|cell)\b|\s?(?:的|这)?(?:一)?(?:行|列|格|栏|项)"
)


def is_lacking(scan: Scan, start: int, end: int) -> bool:
    """Is this a size that a table is said not to have?"""
    before = scan.text[max(0, start - 64) : start]
    found = _LACKS.search(before)
    return found is not None and (
        compiled(_TABLE).match(before, found.start()) is not None or _ROW.match(scan.text, end) is not None
    )


def leave_columns(scan: Scan) -> None:
    """Leave out the sizes that a table is only said to have, where another size is told."""
    places = [scan.normal.original(*one.span("sizes")) for one in scan.find(_HAS)]
    told = told_outside(scan, "params", places) if places else []
    sizes = scan.facts.get("params", [])
    if len(told) > 1 and not any(told) and float(str(sizes[-1])) < float(str(sizes[-2])):
        told[-1] = True  # columns ascend: `只有 7B、14B、30B、70B，32B 看哪列`
    if any(told) and not all(told):
        keep(scan, "params", told)


# ways of training on preferences or rewards, for which the table has no row
_OF_REWARDS = r"(?P<{}>(?<![a-z])(?:dpo|ppo|grpo|kto|orpo|simpo)(?![a-z]))"
_NO_ROW = (
    rf"{_TABLE}[^.?!;]{{0,24}}\b(?:no|without|lacks?|(?:does not|doesn't|do not|don't) (?:have|list|show|cover|include|contain|mention))\b[^.?!;]{{0,16}}{_OF_REWARDS.format('behind')}"
    rf"|{_OF_REWARDS.format('first')}(?: \w+)?(?:,)? (?:is not|isn't|is missing|is absent|does not appear|doesn't appear|not)\b[^.?!;]{{0,24}}{_TABLE}"
    rf"|{_TABLE}[^。?!;]{{0,8}}?(?:没有?(?:写|列|给|提)?(?:到|出)?|查不到|找不到|不含|缺)[^。?!;]{{0,6}}{_OF_REWARDS.format('behind_zh')}"
    rf"|{_OF_REWARDS.format('first_zh')}[^。?!;]{{0,6}}(?:不在|没列(?:在|进)|没(?:有)?在|没有?写(?:在|进))[^。?!;]{{0,16}}{_TABLE}"
)
# a row that it does have is asked for all the same
_A_ROW = r"\b(?:the|its|which|what|that) (?:[\w.-]+ ){0,3}(?:row|column|entry|cell)s?\b|[那哪这][一几]?[行列格]|(?:表|里)[^,;?。]{0,6}(?:写|列|给)"


def row_lacking(reading: Reading) -> Reading:
    """`LLaMA-Factory doesn't list DPO, what does it take?`: what it takes is asked, and not what the table has."""
    found = compiled(_NO_ROW).search(reading.lowered)
    if found is None or "table_lookup" not in reading.intents or compiled(_A_ROW).search(reading.lowered, found.end()):
        return reading
    algo = next(one for one in found.groupdict().values() if one)
    left = [one for one in reading.intents if one not in ("table_lookup", "how_much")]
    facts = {"algo": (algo,), **reading.facts}
    return replace(reading, intents=("how_much", *left), facts=facts)


# "the table has 30B and 70B but no 32B", "表里有30B和70B,没有32B"
_BETWEEN = (
    rf"{_TABLE}[^.?!;]{{0,24}}?(?:\b(?:has|have|lists?|shows?|gives?|covers?|contains?|only|just)\b|只?(?:有|列了?|写了?|给了?))[^.?!;\d]{{0,12}}{_SIZES}"
    r"[^.?!;\d]{0,12}(?:\b(?:but|and|,) ?(?:no|not|nothing|none|skips|lacks)\b|\b(?:no|not|none) (?:for )?\d|没有?|缺)"
)


def beside_its_columns(reading: Reading) -> Reading:
    """What a model needs whose size the table is said to lack: its need is asked, and the columns beside it are rows, no models."""
    if "model" not in reading.facts or "params" not in reading.facts or "table_lookup" in reading.intents:
        return reading
    if compiled(_BETWEEN).search(reading.lowered) is None:
        return reading
    return replace(reading, intents=(*reading.intents[:1], "table_lookup", *reading.intents[1:]))
