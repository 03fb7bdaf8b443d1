"""A rule for weights that is no size of a model: "2 GB per billion parameters", "从现在起 1B 参数 = 0.5GB".

The billion of it is no model beside the one that is asked about, and its GB no claim of what that one takes.
"""

import re

from chat.reads.scan import Scan
from chat.reads.task_words import TASK_TRAIN

RATE = "rate_gb"  # GB for each billion parameters
_BILLION = r"(?:1\s?b(?:n|illion)?|b(?:n|illion)?|10\s?亿)"
_EACH = r"(?:\b(?:each|every|per|for)\s|每(?:个)?\s?)"
_PARAMS = r"\s?(?:的\s?)?(?:\bparam\w*|\bweights?|参数(?:量)?)"
_GB = r"(?<![\d.])(?P<n>\d{1,2}(?:\.\d{1,2})?)\s?g(?:i?b)?(?![a-z\d])"
_FORMAT = r"(?:\s?(?:in|at|with|用|在)?\s?(?:fp16|bf16|fp8|fp32|int8|int4|q4|q8|half precision|半精度|\d{1,2}[ -]?(?:bits?|位))\s?(?:下|时|精度)?)?"
_IS = r"\s?,?\s?(?:=|≈|~|:|is|are|takes?|needs?|means|equals?|costs?|占用?|要|需要?|是|等于|按|算|约|大约|about|roughly)(?:\s?(?:=|about|roughly|only|约|大约|显存))?\s?"
_RULES = (
    rf"{_GB}(?:\s?(?:of )?(?:v?ram|memory|显存))?\s?(?:/|{_EACH}|a )\s?{_BILLION}(?![a-z\d])(?:{_PARAMS})?",
    rf"{_EACH}{_BILLION}(?![\d])(?:{_PARAMS})?{_FORMAT}(?:{_IS})?{_GB}",
    rf"(?<![\d.a-z]){_BILLION}{_PARAMS}{_FORMAT}{_IS}{_GB}",
)
# GB from which on it counts more than any format of weights does, as rules of training do
_MOST = 4.5
_TUNED = r"\b(?:q?lora|full[- ](?:fine|param)\w*|sft|optimizer|adam\w*)\b|全参|优化器"
# a size of its own, beside the billion of the rule
_SIZE = r"(?<![\d.a-z])\d+(?:\.\d+)?\s?(?:b(?:n|illion)?(?![a-z\d])|亿)"

_PER_BILLION = rf"\b(?:per|each|every|for each|for every)\s1\s?b(?:n|illion)?(?![a-z\d])(?:{_PARAMS})?|每\s?1\s?b(?![a-z\d])(?:{_PARAMS})?"
_OF_MEMORY = r"\bgi?b\b|\bgigs?\b|\bv?ram\b|\bmemory\b|显存|内存|几个?g(?![a-z])|多少g"


def read_rate_of_bytes(scan: Scan) -> None:
    """The rule, where a size stands beside it and no training is meant."""
    _of_the_rule(scan)
    if any(scan.find(TASK_TRAIN)) or any(scan.find(_TUNED)):
        return
    for pattern in _RULES:
        for found in scan.find(pattern):
            beside = any(not _within(one, found) for one in scan.find(_SIZE))
            if beside and 0 < float(found["n"]) <= _MOST and scan.free(*found.span("n")):
                _take(scan, found)
                return


def _of_the_rule(scan: Scan) -> None:
    """Where memory is asked for per billion, the billion is no model: "how many GB per 1B params"."""
    if not any(scan.find(_OF_MEMORY)):
        return
    for found in scan.find(_PER_BILLION):
        scan.take(*found.span())


def _take(scan: Scan, found: re.Match[str]) -> None:
    """All of it but a format's name, which is a fact of the question."""
    scan.add(RATE, float(found["n"]), *found.span("n"), extra=True)
    for one in re.finditer(_BILLION + rf"(?:{_PARAMS})?", found[0], re.ASCII):
        scan.take(found.start() + one.start(), found.start() + one.end())


def _within(one: re.Match[str], found: re.Match[str]) -> bool:
    return found.start() <= one.start() and one.end() <= found.end()
