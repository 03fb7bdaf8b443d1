"""A mean of bits that is told beside a kind of file and is not that file's: two files of one model, of which one is asked about."""

from chat.reads import asking
from chat.reads.scan import Scan
from formulas.errors import BadInput
from kb.facts import bits_of

# the mean bits of another file, which the case is not stored in
OTHER_BITS = "log_other_bits"
# files of one kind differ by no more
_SAME = 0.15


def settle_second_file(scan: Scan) -> None:
    """Keep of a kind of file and a mean of bits that cannot be its own the one that is asked about; without a word, the kind."""
    kinds, means = scan.facts.get("weight_format", []), scan.facts.get("bpw", [])
    if len(kinds) != 1 or len(means) != 1 or len(scan.facts.get("bits", [])) > 1:
        return
    try:
        own = float(bits_of(str(kinds[0])))
    except BadInput:  # a file of mixed types
        return
    if abs(float(means[0]) / own - 1) <= _SAME:
        return
    asked = [(one.start, one.end) for one in asking.parts(scan.text) if one.asks]
    of_kind, of_mean = (
        any(start <= scan.spans[name][0][0] < end for start, end in asked) for name in ("weight_format", "bpw")
    )
    dropped = ("weight_format",) if of_mean and not of_kind else ("bpw", "bits")
    if "bpw" in dropped:
        scan.extras[OTHER_BITS] = [float(means[0])]
    for name in dropped:
        scan.facts.pop(name, None)
        scan.spans.pop(name, None)
