"""A number of cards that is raised to another one, `GPUs from 4 to 8`, `卡数从8加到16`, and whether it is asked if each card then holds
half: the two counts as the extra "counts_raised", the present one first; what each card was seen to take less as "log_less_seen"."""

from chat.reads.cards.cards_grown import CARDS_BEFORE
from chat.reads.scan import Scan
from chat.reads.seen.savings import from_to, is_saving

COUNTS_RAISED, LESS_SEEN = "counts_raised", "log_less_seen"
_CARDS = r"(?:gpus?|cards?|显?卡|卡数|张数)"
_N = r"(?<![\d.a-z*-])(?P<{}>\d{{1,4}})(?![\d.]*\s?(?:g|gb|gib|b|k|tokens?|bit|%|x)(?![a-z])|\.?\d)"
_FROM_TO = (
    rf"\b{_CARDS}(?: count)? (?:go |going |went |is raised |raised |increased? )?from {_N.format('a')} to {_N.format('b')}"
    rf"|\bfrom {_N.format('i')} to {_N.format('j')} (?:x )?(?:nvidia |rtx ?)?(?:[abhl]\d{{2,3}}s?|v100s?|[2345]0[6-9]0(?: ?ti)?s?)(?![a-z\d])"
    rf"|\bfrom {_N.format('c')} (?:\w[\w-]* )?{_CARDS} (?:up )?to {_N.format('d')}"
    rf"|(?<![\d.a-z*-])(?P<g>\d{{1,4}}) ?(?:->|-->|=>|→) ?(?P<h>\d{{1,4}}) ?(?:张|块)?{_CARDS}"
    rf"|从\s?{_N.format('k')}\s?(?:张|块)?显?卡\s?(?:加|增加|扩|扩展|增|翻|变|提高|换)(?:倍)?(?:到|成|为)\s?{_N.format('l')}\s?(?:张|块)?显?卡"
    rf"|(?:卡数?|显卡数?量?|张数)从\s?{_N.format('e')}\s?(?:张|块|卡)?\s?(?:加|增加|扩|扩展|增|翻|变|提高|换)(?:倍)?(?:到|成|为)\s?{_N.format('f')}"
)
# as many again, which are not counted
_DOUBLED = rf"\bdoubl(?:e|ed|ing) (?:the |my |our )?(?:number of )?{_CARDS}\b|\btwice (?:the |as many )(?:number of )?{_CARDS}\b|{_CARDS}(?:数量?|张数)?(?:再)?(?:翻(?:一)?倍|加倍|增加一倍|多一倍)"
_CARD = r"(?:每(?:张|块)?(?:显?卡|gpu)|每张|单卡|单张|\b(?:per|each|every) (?:gpu|card|rank|one)\b|\bper-(?:gpu|card)\b|\b(?:memory|v?ram)\b|显存)"
_HALF = r"(?:\bhal(?:f|ve[sd]?|ving)\b(?![ -]precision)|\b50 ?%|减半|一半|对半)"
_ASKED = rf"{_CARD}[^.;?!。]{{0,40}}{_HALF}|{_HALF}[^.;?!。]{{0,40}}{_CARD}"
# where cards are told to be doubled and not how many there are: the answer says that they are an example
_EXAMPLE = (8, 16)


def settle_counts_raised(scan: Scan) -> None:
    """Both counts; of cards that are doubled as many again as there are. A run that failed on both is that of the later one."""
    if CARDS_BEFORE in scan.extras:
        return
    raised = False
    for found in scan.find(_FROM_TO):
        groups = [name for name in "abcdefghijkl" if found[name]]
        counts = [int(found[name]) for name in groups]
        if counts[0] != counts[1] and min(counts) and all(name not in scan.facts for name in ("tp", "pp")):
            scan.facts["n_gpus"] = counts
            scan.spans["n_gpus"] = [scan.normal.original(*found.span(name)) for name in groups]
            scan.take(*found.span())
            raised = True
            scan.claims = [one for one in scan.claims if one.span not in scan.spans["n_gpus"] or one.unit]
            break
    counts = [int(one) for one in scan.facts.get("n_gpus", ())]
    # what was saved by the cards is as good as asking for half
    less = raised and len(scan.claims) == 1 and is_saving(scan.lowered, *scan.claims[0].span)
    if not less and not any(scan.find(_ASKED)):
        return
    if len(counts) == 1 and counts[0] > 1 and any(scan.find(_DOUBLED)):
        counts = [counts[0], 2 * counts[0]]
    elif not counts and any(scan.find(_DOUBLED)):
        counts = [*_EXAMPLE]
        scan.note("log_counts_exampled", 1)
    if len(counts) == 2 and counts[0] < counts[1]:
        for count in counts:
            scan.note(COUNTS_RAISED, count)
        _less_seen(scan)


def _less_seen(scan: Scan) -> None:
    """`saved only 6GB per card`, `每卡只降了6G`: by how much it went down, which is the size of nothing."""
    if len(scan.claims) == 2 and (pair := from_to(scan.lowered, scan.claims)) and pair[0].number > pair[1].number:
        scan.note(LESS_SEEN, pair[0].number - pair[1].number)
        scan.claims = []
        return
    less = [one for one in scan.claims if is_saving(scan.lowered, *one.span)]
    if len(less) == len(scan.claims) == 1:
        scan.note(LESS_SEEN, less[0].number)
        scan.claims = []
