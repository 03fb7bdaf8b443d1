"""What is planned for later, beside what there is now: no value of the case in force, and told beside it.

"Just me for now, some day maybe 20 users", "将来打算上 70B,目前先跑 32B", "next year perhaps 128k, today 8k is enough".
"""

import re
from itertools import pairwise
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep, told_outside
from chat.reads.reading import Span, blanked, within
from chat.reads.scan import Scan

# by itself a word of plans; a date is one only beside a word that leaves it open
_LATER = (
    r"\b(?:later(?! (?:than|version|release|one|model))(?: on)?|some ?day|one day|in (?:the )?(?:near |distant )?future|down the (?:road|line)|eventually|at some point|sooner or later)\b"
    r"|(?<![一-鿿\w])(?:以后|日后|往后|后期|后续|后面)|(?<=[我们但过而许能])(?:以后|日后|往后|后期|后续)|将来|未来"
)
_DATED = (
    r"\b(?:next (?:year|quarter|month|semester|summer|winter|spring|fall)|in (?:a few|a couple of|some|\d{1,2}) (?:weeks|months|years))\b"
    r"|明年|后年|下半年|下个?(?:月|季度|学期)|过(?:几|一|两|\d)(?:个?月|年|阵子|段时间)"
)
_OPEN = r"\b(?:maybe|perhaps|probably|possibly|might|may|could|likely|hopefully|plan(?:ning|s)?|hope|want|going to|consider\w*|thinking)\b|可能|也许|或许|大概|说不定|打算|计划|考虑|准备|想|再说|希望"
_NOW = (
    r"\b(?:for now|right now|now(?! that)|at the moment|currently|presently|today|at present|so far|at first|to (?:start|begin) with|initially|yet)\b"
    r"|现在|现阶段|目前|眼下|暂时|当前|今天|这会儿|刚开始|起步|这次|(?<![一-鿿])先|先(?=用|跑|上|在|把|弄|试|只|就)"
)
# asked of just that: "if we later go to 64k, does it still fit?", "以后要是 20 人还够吗"
_ASKED_OF = r"\b(?:if|whether|when|once|still)\b|如果|要是|假如|的话|还(?:能|够|行|放|装|可以)|万一"
# each of the two is asked about
_BOTH = r"\bboth\b|\b(?:either|in each) case\b|\bfor now and (?:for )?later\b|两(?:种|者|个|边)[^,;?!]{0,6}都|(?:分别|各自)|都(?:够|行|能|放|装|可以)"
_CLAUSE = re.compile(r"[,.;?!]+(?!\d)|\b(?:but|although|though|whereas|while)\b|(?<![一-鿿])(?:但是?|不过|可是)")
_PUT_OFF = ("seq_len", "batch_size", "n_gpus", "model", "params", "gpu", "gpu_memory_gb")
# two ways to tell one thing: what is left is told by the other
_EITHER = {"model": "params", "params": "model", "gpu": "gpu_memory_gb", "gpu_memory_gb": "gpu"}
# with these left out the usual one stands in
USUAL = ("seq_len", "batch_size", "n_gpus")


def read_for_later(scan: Scan) -> None:
    """Of what is told, leave out what is for later and not for now."""
    plans = _plans(scan.text)
    if not plans or any(scan.find(_BOTH)):
        return
    spans = [scan.normal.original(*one) for one in plans]
    for name in _PUT_OFF:
        _leave(scan, name, spans)
    people, places = scan.extras.get("people", []), scan.spans.get("people", [])
    if people and len(people) == len(places):
        now = [not within(one, spans) for one in places]
        _note(scan, "batch_size", [one for one, keeps in zip(people, now, strict=True) if not keeps])
        scan.extras["people"] = [one for one, keeps in zip(people, now, strict=True) if keeps]
        scan.spans["people"] = [one for one, keeps in zip(places, now, strict=True) if keeps]
    if "for_later" in scan.extras:  # nor is it read again by what comes after
        scan.text = blanked(scan.text, plans)


def _plans(text: str) -> list[Span]:
    """The stretches that tell of later, where another tells of now."""
    found: list[Span] = []
    for low, high in _clauses(text):
        later = compiled(_LATER).search(text, low, high)
        dated = compiled(_DATED).search(text, low, high)
        word = later or (dated if compiled(_OPEN).search(text, low, high) else None)
        if word is None or compiled(_ASKED_OF).search(text, low, high):
            continue
        ends_clause = not compiled(r"[\w一-鿿]").search(text, word.end(), high)
        now = max((one.end() for one in compiled(_NOW).finditer(text, low, word.start())), default=low)
        found.append((now if ends_clause or not later else word.start(), high))
    rest = "".join(" " if any(low <= at < high for low, high in found) else one for at, one in enumerate(text))
    return found if found and (compiled(_NOW).search(rest) or _not_yet(text, found)) else []


def _clauses(text: str) -> list[Span]:
    bounds = [0, *(one.start() for one in _CLAUSE.finditer(text)), len(text)]
    return [one for one in pairwise(bounds) if one[0] < one[1]]


def _not_yet(text: str, found: list[Span]) -> bool:
    """Is it said within the plan that it is not for now: "later 64k, not yet"?"""
    return any(compiled(_NOW).search(text, *one) for one in found)


def _leave(scan: Scan, name: str, spans: list[Span]) -> None:
    now = told_outside(scan, name, spans)
    told_else = any(not within(one, spans) for one in scan.spans.get(_EITHER.get(name, ""), []))
    if all(now) or not (any(now) or name in USUAL or told_else):
        return
    _note(scan, name, keep(scan, name, now))


def _note(scan: Scan, name: str, values: list[Any]) -> None:
    """Keep what was left out, to be told beside the case."""
    if not values:
        return
    scan.extras.setdefault("for_later", []).extend(values)
    if name in USUAL:
        scan.extras[f"log_later_{name}"] = [max(map(float, values))]
