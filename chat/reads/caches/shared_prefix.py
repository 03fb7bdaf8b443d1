"""How many tokens all requests begin with, `16 requests of 8k, 5k of it a shared system prompt`: with prefix caching they are
kept once."""

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan

_PREFIX = r"(?:system[- ]?prompts?|prompts?|prefix(?:es)?|preambles?|instructions|few[- ]?shots?(?: examples?)?|系统提示(?:词)?|提示词|前缀|开头)"
_ALIKE = r"(?:shared?|sharing|common|same|identical|共用|共享|公共|公用|相同|同[一1]个?|一样|同样)"
# that they share it, or that it is cached
SHARED = rf"\bprefix[- ]cach\w+|\bprompt[- ]cach\w+|\bradix ?attention\b|前缀缓存|{_ALIKE}[^.;?!]{{0,32}}?{_PREFIX}|{_PREFIX}[^.;?!]{{0,12}}?{_ALIKE}"
_BEHIND = rf"^(?:[\s()（）\d]|字|左右|多|来|[- ]?tokens?|of (?:it|them|that|which)|is|are|as|an?|the|long|,|个|的|是|token|{_ALIKE})*{_PREFIX}(?![- ]?cach)"
_BEFORE = (
    rf"{_PREFIX}(?:\s|of|is|are|has|have|with|takes?|about|~|,|:|，|：|\(|（|长|是|有|占|约|为|的|都|全|{_ALIKE})*$"
)
_AROUND = 40  # characters
# "counted 50 times", "存 100 份": how often it would be kept, and no length
_TIMES = r"(?:(?:[存算乘记占]|stored|kept|counted|cached|duplicated|multiplied by|[*x])\s?(?P<a>\d{1,5})\s?(?:份|遍|次|倍|times|copies|x\b)?|(?<![\d.])(?P<b>\d{1,5})\s?(?:times\b|copies\b|x(?![a-z\d])|份|遍|次))"


def read_shared_prefix(scan: Scan) -> None:
    """Take the tokens of the prefix out of the lengths; those of each request's own come on top where they are told apart."""
    if not any(scan.find(SHARED)):
        return
    _leave_times(scan)
    lengths, places = scan.facts.get("seq_len", []), scan.spans.get("seq_len", [])
    if not lengths or len(lengths) != len(places):
        return
    lowered = scan.original.lower()
    begun = [
        bool(
            compiled(_BEHIND).search(lowered[end : end + _AROUND])
            or compiled(_BEFORE).search(lowered[max(0, start - _AROUND) : start])
        )
        for start, end in places
    ]
    if begun.count(True) != 1:
        return
    prefix = lengths[begun.index(True)]
    scan.extras["log_shared_prefix"] = [float(prefix)]
    if len(lengths) == 1:
        return
    keep(scan, "seq_len", [not one for one in begun])
    if len(scan.facts["seq_len"]) == 1 and scan.facts["seq_len"][0] <= prefix:  # each request's own, behind it
        scan.facts["seq_len"] = [scan.facts["seq_len"][0] + prefix]


def _leave_times(scan: Scan) -> None:
    """Read over how often it would be kept, which is the number of requests again."""
    many = {int(one) for one in (*scan.facts.get("batch_size", ()), *scan.extras.get("people", ()))}
    for found in scan.find(_TIMES):
        if int(found["a"] or found["b"]) in many:
            scan.take(*found.span())
            values, places = scan.facts.get("seq_len", []), scan.spans.get("seq_len", [])
            start, end = scan.normal.original(*found.span())
            told = [not (start <= place[0] < end) for place in places]
            if len(values) == len(places) and any(told) and not all(told):
                keep(scan, "seq_len", told)
