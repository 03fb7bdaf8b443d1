"""Counts of cards that stand in the asker's sums, and lengths that a message or the model states.

"4 x 80 = 320 GB" beside cards of 80 GB are four of them.
"""

import re
from collections.abc import Callable

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan
from chat.reads.seen.symptoms import PRINTED
from chat.reads.seen.tried import ahead
from kb.cards import models_in
from kb.database import rows
from kb.names import names

_PRODUCT = re.compile(r"^\(?\s?(?P<n>\d{1,3})\s?[x*]\s?(?P<each>\d{1,3})\s?(?:gi?b|g)?\)?$", re.ASCII)
# a server's message names the length it was started with; a length of the asker's own is the one that is asked for
_AT_THE_START = r"max(?:imum)?[ _]?(?:model|seq)\w*[ _]?len\w*\s?\(?$"


_LENGTH = r"(?<![\d.a-z])\d{3,6}k?|(?<![\d.a-z])\d{1,3}k"
# "a model that claims 128k", "号称128k", "the 200k version", where the asker's own length is told beside it
_CLAIMED_BEFORE = r"(?:号称|宣称|声称|标称|官方(?:说|写)?|支持|自称|原生|\b(?:supports?|supposed(?:ly)?|claims?|claimed|advertised?|official(?:ly)?|rated|native(?:ly)?|(?:pre-?)?trained|max_position_embeddings)\b)\s?(?:的|到|最长|最大|上下文|长度|窗口|只?有|只|是|为|is|are|of|at|on|for|only|just|with|up to|to be|to (?:do|handle|support)|an?|context|ctx|window|length|max(?:imum)?|[=:]|\s)*\s?$"
# "nobody needs the whole 40k", "用不到128k"
_NOT_NEEDED = r"(?:\b(?:don'?t|do not|doesn'?t|won'?t|will not|never|not|no) (?:\w+ )?(?:need|want|use|require|care about|go (?:up )?to|fill|reach)(?:ed|ing)? (?:\w+ )?(?:(?:the|its|all|whole|full|entire|max(?:imum)?|native|advertised|of|those|for|context|window)\s)*|\b(?:nobody|no ?one|nothing|none of us) (?:\w+ )?(?:needs?|wants?|uses?|requires?) (?:(?:the|its|all|whole|full|entire|max(?:imum)?|native)\s)*|\bno need (?:for|of) (?:(?:the|its|all|whole|full|entire|max(?:imum)?|native)\s)*|(?:用不[到着上了]|不需要|不用|没必要|不必)(?:跑|开|上|拉|用|到|满|完整|全部|那么长|它|的|\s)*)$"
_CLAIMED_BEHIND = r"\s?(?:-)?(?:tokens?|context|ctx|上下文|长度|窗口)?\s?(?:-)?(?:的?(?:模型|版)|model\b|version\b|is supported|supported|advertised)"
# "does it support 32k or 64k": both are asked for
_OR_ANOTHER = r"k?\s?(?:tokens?|context)?\s?(?:/|\bor\b|\bvs\b|还是|或者?)\s?\d"


def settle_limits(scan: Scan) -> None:
    """Add what a sum says of the cards, and leave lengths of a printed message and of the model's limit to those."""
    _cards_of_a_sum(scan)
    _failed_within(scan)
    text = scan.lowered
    printed = [found.span() for found in compiled(PRINTED).finditer(text)]

    # "max_seq_length 16384 dies, with 2048 it ran": what was tried stands beside the setting, not in its place
    tried = any(scan.find(ahead(_LENGTH)))

    def of_a_message(start: int, end: int) -> bool:
        before = text[max(0, start - 28) : start]
        at_the_start = not tried and compiled(_AT_THE_START).search(before) is not None
        return at_the_start or any(a <= start < b for a, b in printed)

    def of_the_model(start: int, end: int) -> bool:
        before = text[max(0, start - 32) : start]
        if compiled(_NOT_NEEDED).search(before):
            return True
        if compiled(_CLAIMED_BEFORE).search(before) and not compiled(_OR_ANOTHER).match(text, end):
            return True
        return compiled(_CLAIMED_BEHIND).match(text, end) is not None

    for of_another in (of_a_message, of_the_model):
        _leave_lengths(scan, of_another)


# "32k ctx, but it OOMs at ~20k tokens": where a run got to, within the length that is set
_FAILED_AT = r"(?:\boom\w*|\bout of memory|\bcrash\w*|\bdie[sd]?\b|\bfail\w*|\berrors?\b|\bstops?\b|爆(?:显存|了)?|崩(?:溃|了)?|报错|挂(?:掉|了)?)[^.?!;,]{0,16}?(?:\b(?:at|around|after|past|near|by)\b|到|在|超过)\s?(?:about |around |roughly |~ ?|大概|大约|约)*(?P<n>\d[\d,.]*\s?k?)"


def _failed_within(scan: Scan) -> None:
    values, places = scan.facts.get("seq_len", []), scan.spans.get("seq_len", [])
    if len(values) < 2 or len(values) != len(places):
        return
    for found in scan.find(_FAILED_AT):
        start, end = scan.normal.original(*found.span("n"))
        at = [value for value, place in zip(values, places, strict=True) if start <= place[0] < end + 1]
        if at and max(values) > max(at):
            keep(scan, "seq_len", [value not in at for value in values])
            return


def _leave_lengths(scan: Scan, of_another: Callable[[int, int], bool]) -> None:
    """Of several lengths those of something else are left out, where one of the asker's own stays."""
    values, places = scan.facts.get("seq_len", []), scan.spans.get("seq_len", [])
    own = [(value, place) for value, place in zip(values, places, strict=False) if not of_another(*place)]
    if own and len(own) < len(values) == len(places):
        scan.facts["seq_len"], scan.spans["seq_len"] = [one for one, _ in own], [place for _, place in own]


def memories(cards: tuple[object, ...] | list[object]) -> set[float]:
    """The GB that the named cards are sold with."""
    named = [one for card in cards for one in models_in(str(card))]
    full = [name for one in named for name in names().find_gpus(one)]
    found = rows(
        "SELECT memory_marketed_gb AS gb FROM gpus WHERE list_contains(string_split($full, ';'), name)",
        {"full": ";".join(full)},
    )
    return {float(row["gb"]) for row in found if row["gb"]}


def _cards_of_a_sum(scan: Scan) -> None:
    """`4 x 80 = 320GB` beside cards of 80 GB: so many of them are there."""
    if len(scan.facts.get("gpu", ())) != 1 or {"n_gpus", "tp", "pp"} & set(scan.facts):
        return
    sold = memories(scan.facts["gpu"]) | {float(one) for one in scan.facts.get("gpu_memory_gb", ())}
    for equation in scan.equations:
        product = _PRODUCT.match(equation.left.strip())
        if product and float(product["each"]) in sold and int(product["n"]):
            scan.facts["n_gpus"], scan.spans["n_gpus"] = [int(product["n"])], [equation.span]
            return
