"""A mean of bits that is told beside a kind of file and is not that file's: two files of one model, of which one is asked about."""

import re

from chat.reads import asking
from chat.reads.lexicon import compiled
from chat.reads.reading import within
from chat.reads.scan import Scan
from formulas.errors import BadInput
from kb.facts import bits_of

# the mean bits of another file, which the case is not stored in
OTHER_BITS = "log_other_bits"
# files of one kind differ by no more
_SAME = 0.15


def settle_second_file(scan: Scan) -> None:
    """Keep of a kind of file and a mean of bits that cannot be its own the one that is asked about; without a word, the kind."""
    if _by_its_name(scan):
        del scan.facts["bits"], scan.spans["bits"]
    kinds, means = scan.facts.get("weight_format", []), scan.facts.get("bpw", [])
    if len(kinds) != 1 or len(means) != 1 or len(scan.facts.get("bits", [])) > 1:
        return
    try:
        own = float(bits_of(str(kinds[0])))
    except BadInput:  # a file of mixed types
        return
    if abs(float(means[0]) / own - 1) <= _SAME:
        return
    asked = asking.asked(scan.text)
    of_kind, of_mean = (within(scan.spans[name][0], asked) for name in ("weight_format", "bpw"))
    dropped = ("weight_format",) if of_mean and not of_kind else ("bpw", "bits")
    if "bpw" in dropped:
        scan.extras[OTHER_BITS] = [float(means[0])]
    for name in dropped:
        scan.facts.pop(name, None)
        scan.spans.pop(name, None)


# one set against the other
_BESIDE = r"\b(?:vs\.?|versus|or|than|instead)\b|还是|比|^\W{0,2}(?:and\b|[和与跟或/])"


def _by_its_name(scan: Scan) -> bool:
    """`Q4_K_M is 19.8 GB (4.89 BPW), 4 bits should be 16`: the bits that a kind's name tells are that kind's, and no second format."""
    kinds, bits = scan.facts.get("weight_format", []), scan.facts.get("bits", [])
    # the mean bits that a log tells of it are read as whole ones, too
    means = {round(float(one)) for one in scan.facts.get("bpw", [])}
    own = [at for at, one in enumerate(bits) if len(bits) == 1 or int(one) not in means]
    if len(kinds) != 1 or len(own) != 1 or not re.fullmatch(rf"gguf:I?Q{int(bits[own[0]])}_\w+", str(kinds[0])):
        return False
    first, last = sorted([scan.spans["weight_format"][0], scan.spans["bits"][own[0]]])
    return compiled(_BESIDE).search(scan.text, first[1], last[0]) is None
