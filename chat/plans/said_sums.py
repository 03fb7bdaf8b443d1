"""The sums of an asker's own that are of parameters: what each of them multiplies, for the remarks that judge them."""

import re
from math import prod

from chat.reads.lexicon import compiled
from chat.reads.reading import Equation, Reading
from kb.names import names

_FACTOR = r"(?P<by>^|[*x/÷×])\s*(?P<n>\d+(?:\.\d+)?)\s?(?P<u>b(?!ytes?|it)|m|万|亿)?\s?(?:bytes?|字节|bits?|位|param\w*|参数)?\s*"
_IN_BYTES = r"\d\s?(?:bytes?(?![a-z])|个?字节)"  # what is said to be bytes is not taken for them
# what a count of parameters is written with
SCALES = {"b": 1e9, "m": 1e6, "万": 1e4, "亿": 1e8, None: 1.0}
_BYTES = (0.5, 1, 2, 4, 6, 8, 10, 12, 14, 16, 18, 20, 32)  # or bits, of a parameter
_MOST = 64
_WHOLE, _PART = 0.15, 0.2  # how near a factor is to the count of a model; of a model, what is still a part
# bytes that are said of the weights and gradients together
_OF_TWO = r"(?:weights?\s?(?:\+|and|&|/|,)\s?grad\w*|权重\s?(?:\+|和|加|与|、)\s?梯度)(?:[^.;?!\d]|\d+(?=-bit)){0,24}?(?P<n>\d{1,2})\s?(?:bytes?|b(?![a-z])|个?字节)"
# several terms alike of a letter that stands for the count of parameters, and what they are said to come to
_TERMS = r"(?P<term>\d+(?:\.\d+)?)\s?[*x]?\s?[θψφ](?P<more>(?:\s?\+\s?(?P=term)\s?[*x]?\s?[θψφ]){1,4})\s?(?:=|≈|等于|is)\s?(?P<sum>\d+(?:\.\d+)?)\s?[*x]?\s?[θψφ]"


def sums_said(reading: Reading) -> list[str]:
    """Each as a line of the remarks' log; nothing where no sum is of parameters."""
    found: list[str] = []
    counts = _counts(reading)
    for one in reading.equations:
        found += [
            line
            for line in _of_parameters(one, counts)
            if line.split(" ")[0] not in {had.split(" ")[0] for had in found}
        ]
    text = reading.lowered
    if pair := compiled(_OF_TWO).search(text):
        found.append(f"pair_each {pair['n']}")
    if terms := compiled(_TERMS).search(text):
        many = 1 + terms["more"].count("+")
        found += [f"theta_term {terms['term']}", f"theta_terms {many}", f"theta_sum {terms['sum']}"]
    return found


def _counts(reading: Reading) -> list[float]:
    """The parameters of what is asked about, as it is named and as it is."""
    sizes = [float(one) for one in reading.facts.get("params", ())]
    for model in reading.facts.get("model", ())[:1]:
        entry = names().by_spelling.get(str(model).lower())
        sizes += [float(entry.params)] if entry and entry.params else []
    return sizes


def _of_parameters(one: Equation, counts: list[float]) -> list[str]:
    factors = [
        (hit["by"], float(hit["n"]) * SCALES[hit["u"]], hit["u"]) for hit in re.finditer(_FACTOR, one.left.lower())
    ]
    if (
        len(factors) < 2
        or not counts
        or "".join(hit[0] for hit in re.finditer(_FACTOR, one.left.lower())) != one.left.lower()
    ):
        return []
    divisor = prod(number for by, number, _ in factors if by in ("/", "÷"))
    times = [(number, unit) for by, number, unit in factors if by not in ("/", "÷")]
    near: list[tuple[float, float]] = []
    for place, (number, unit) in enumerate(times):
        count = number if unit else number * 1e9
        each = prod(value for at, (value, _) in enumerate(times) if at != place)
        if len(times) > 1 and unit in ("m", "万", "亿") and count < _PART * min(counts) and each <= _MOST:
            return [f"part_params {count:g}", f"part_each {each:g}"]
        if len(times) > 1 and each in _BYTES:
            near.append((min(abs(count / known - 1) for known in counts), each))
    off, each = min(near, default=(1.0, 0.0))
    if off > _WHOLE:
        return []
    in_bytes = ["sum_in_bytes 1"] if compiled(_IN_BYTES).search(one.left.lower()) else []
    return [f"sum_each {each:g}", f"sum_over {divisor:g}", *in_bytes]
