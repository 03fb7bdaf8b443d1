"""Further degrees that failed too: `sequence_parallel 4 OOM, 7 as well`, `tp 2也爆,4也爆`, `batch 4 OOMs, 2 too`."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from chat.reads.seen.tried import BADLY, BADLY_ZH

_WORDS = {
    "cp": r"(?<![a-z])(?:cp|sp)(?![a-z])|\b(?:context|sequence)[ _-]?parallel\w*|\bulysses\b|\bring[ _-]?attention\b|上下文并行|序列并行",
    "tp": r"(?<![a-z])tp(?![a-z])|\btensor[ _-]?parallel\w*|张量并行",
    "pp": r"(?<![a-z])pp(?![a-z])|\bpipeline[ _-]?parallel\w*|流水线(?:并行)?",
    "batch_size": r"(?:micro[ _-]?)?batch(?:[ _-]?size)?|(?<![a-z])bsz?(?![a-z])|批(?:大小|次|量)?",
}
_ANY = "|".join(rf"(?P<{fact}>{words})" for fact, words in _WORDS.items())
_FAILED = rf"\b{BADLY}\b|{BADLY_ZH}"
# a bare number that is said to go the same way as the one before it, or to fail by itself
_FURTHER = (
    r"(?<![\d.a-z*x=+/_%-])(?P<n>\d{1,3})(?:\s?(?:,\s?)?(?:too|as well|also|likewise|alike|either)\b"
    rf"|\s(?:(?:both|all|still|also|just) )*{BADLY}\b|\s?(?:也|都|还是|仍然?|同样|照样|一样)(?:也|都|是|会|还|直接|一样)*\s?(?:{BADLY_ZH}|不行|一样|如此|$|[,.;。]))"
)
# another setting that stands between them is what the further number is of
_OTHER = r"accum\w*|\b(?:rank|seq\w*|length|cutoff\w*|context|ctx|tokens?|workers?|util\w*|layers?|stage)\b|累[积计]|长度|上下文|秩|利用率|层"
_NEAR, _MOST = 60, 512


def settle_degrees_tried(scan: Scan) -> None:
    """State them beside the degree that is read; one that does not divide the cards is no case to count."""
    for found in scan.find(_FURTHER):
        at = found.span("n")
        words = [*compiled(_ANY).finditer(scan.text, max(0, at[0] - _NEAR), at[0])]
        if not words or not scan.free(*at) or not 0 < int(found["n"]) <= _MOST:
            continue
        fact = str(words[-1].lastgroup)
        told = scan.text[words[-1].end() : found.end()]
        if fact in scan.facts and compiled(_FAILED).search(told) and not compiled(_OTHER).search(told):
            scan.add(fact, int(found["n"]), *at)
    _leave_refused(scan)


def _leave_refused(scan: Scan) -> None:
    """Of several degrees of a divided sequence those that do not divide the cards are told of, not counted."""
    degrees, cards = scan.facts.get("cp", []), scan.facts.get("n_gpus", [])
    if len(degrees) < 2 or len(cards) != 1:
        return
    refused = [one for one in degrees if int(cards[0]) % int(one)]
    places = scan.spans.get("cp", [])
    if not refused or len(refused) == len(degrees) or len(places) != len(degrees):
        return
    kept = [(one, place) for one, place in zip(degrees, places, strict=True) if one not in refused]
    scan.facts["cp"], scan.spans["cp"] = [one for one, _ in kept], [place for _, place in kept]
    for one in refused:
        scan.note("degree_refused", int(one))
