"""The asker's own figures and arithmetic, which an answer judges and never computes from."""

import re

from chat import lexicon
from chat.reading import Equation
from chat.scan import Scan


def read_claims(scan: Scan, equations_only: bool) -> None:
    """The asker's arithmetic first (its numbers are nobody's facts), then every figure with a unit that is left."""
    if equations_only:
        for found in scan.find(lexicon.EQUATION):
            span = scan.normal.original(*found.span())
            scan.equations.append(Equation(found[0].strip(), found["left"].strip(), found["right"].strip(), span))
            _take_plain_numbers(scan, found.start(), found.end())
        for found in scan.find(lexicon.PRODUCT):
            if scan.free(*found.span()) and len(re.findall(r"[*x]", found[0])) >= 2:
                scan.equations.append(Equation(found[0], found[0], "", scan.normal.original(*found.span())))
                _take_plain_numbers(scan, found.start(), found.end())
        return
    for found in scan.find(lexicon.CLAIM_ROW):
        if scan.free(*found.span("n")):
            scan.claim(found["n"], found["u"], *found.span("n"))
    for found in scan.find(lexicon.RANGE_CLAIM):
        if scan.free(*found.span()):
            scan.claim(found["n"], found["u"], found.start("n"), found.end("n"))
            scan.claim(found["m"], found["u"], found.start("m"), found.end())
    for pattern in (lexicon.THETA_CLAIM, lexicon.CLAIM, lexicon.MIB_CLAIM, lexicon.TIMES_CLAIM):
        for found in scan.find(pattern):
            if scan.free(*found.span()):
                scan.claim(found["n"], found["u"], *found.span())
    for found in scan.find(lexicon.BARE_CLAIM):
        group = "d" if found["d"] else "n"
        if scan.free(*found.span(group)):
            scan.claim(found[group], "", *found.span(group))


def _take_plain_numbers(scan: Scan, start: int, end: int) -> None:
    """In `7B*2 = 14GB` the 7B still is the model's size; every other number belongs to the arithmetic."""
    for number in re.finditer(r"(?<![\d.])\d+(?:\.\d+)?(?![\d.]|\s?(?:b|bits?)(?![a-z]))", scan.text[start:end]):
        scan.take(start + number.start(), start + number.end())
