"""How many tokens all requests begin with, `16 requests of 8k, 5k of it a shared system prompt`: with prefix caching they are
kept once."""

from chat.reads.corrected import keep
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_PREFIX = r"(?:system[- ]?prompts?|prompts?|prefix(?:es)?|preambles?|系统提示(?:词)?|提示词|前缀)"
_ALIKE = r"(?:shared?|sharing|common|same|identical|共用|共享|公共|公用|相同|同一个?|一样|同样)"
# that they share it, or that it is cached
SHARED = rf"\bprefix[- ]cach\w+|\bprompt[- ]cach\w+|\bradix ?attention\b|前缀缓存|{_ALIKE}[^.;?!]{{0,20}}?{_PREFIX}|{_PREFIX}[^.;?!]{{0,12}}?{_ALIKE}"
_BEHIND = rf"^(?:\s|[- ]?tokens?|of (?:it|them|that|which)|is|are|as|an?|the|long|,|个|的|是|token|{_ALIKE})*{_PREFIX}(?![- ]?cach)"
_BEFORE = rf"{_PREFIX}(?:\s|of|is|are|has|have|with|takes?|about|~|,|:|长|是|有|占|约|为|的)*$"
_AROUND = 40  # characters


def read_shared_prefix(scan: Scan) -> None:
    """Take the tokens of the prefix out of the lengths; those of each request's own come on top where they are told apart."""
    lengths, places = scan.facts.get("seq_len", []), scan.spans.get("seq_len", [])
    if not lengths or len(lengths) != len(places) or not any(scan.find(SHARED)):
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
