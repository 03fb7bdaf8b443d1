"""Counts of cards that stand in the asker's sums, and lengths that a message or the model states.

"4 x 80 = 320 GB" beside cards of 80 GB are four of them.
"""

import re

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan
from chat.reads.symptoms import PRINTED
from kb.cards import models_in
from kb.database import rows
from kb.names import names

_PRODUCT = re.compile(r"^\(?\s?(?P<n>\d{1,3})\s?[x*]\s?(?P<each>\d{1,3})\s?(?:gi?b|g)?\)?$", re.ASCII)
# a server's message names the length it was started with; a length of the asker's own is the one that is asked for
_AT_THE_START = r"max(?:imum)?[ _]?(?:model|seq)\w*[ _]?len\w*\s?\(?$"


def settle_limits(scan: Scan) -> None:
    """Add what a sum says of the cards, and leave the length of a printed message to the message."""
    _cards_of_a_sum(scan)
    _printed_length(scan)
    _length_of_the_model(scan)


# "a model that claims 128k", "号称128k", "the 200k version", where the asker's own length is told beside it
_CLAIMED_BEFORE = r"(?:号称|宣称|声称|标称|官方(?:说|写)?|支持|自称|原生|最大|\b(?:supports?|supposed(?:ly)?|claims?|claimed|advertised?|official(?:ly)?|rated|native|trained|max(?:imum)?(?: (?:context|length))?|up to)\b)\s?(?:的|到|最长|最大|上下文|有|is|are|of|at|for|to be|to (?:do|handle|support)|a)*\s?$"
_CLAIMED_BEHIND = r"\s?(?:-)?(?:tokens?|context|ctx|上下文|长度|窗口)?\s?(?:-)?(?:的?(?:模型|版)|model\b|version\b|is supported|supported|advertised)"


def _length_of_the_model(scan: Scan) -> None:
    """Of two lengths the one that is said of the model is its limit, and the asker's own is what is asked for."""
    values, places = scan.facts.get("seq_len", []), scan.spans.get("seq_len", [])
    if len(values) < 2 or len(values) != len(places):
        return
    lowered = scan.original.lower()
    own = [
        compiled(_CLAIMED_BEFORE).search(lowered[max(0, place[0] - 32) : place[0]]) is None
        and compiled(_CLAIMED_BEHIND).match(lowered, place[1]) is None
        for place in places
    ]
    if any(own) and not all(own):
        scan.extras["length_of_model"] = [value for value, keep in zip(values, own, strict=True) if not keep]
        scan.facts["seq_len"] = [value for value, keep in zip(values, own, strict=True) if keep]
        scan.spans["seq_len"] = [place for place, keep in zip(places, own, strict=True) if keep]


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


def _printed_length(scan: Scan) -> None:
    values, places = scan.facts.get("seq_len", []), scan.spans.get("seq_len", [])
    if len(values) != 2 or len(places) != 2:
        return
    lowered = scan.original.lower()
    printed = [found.span() for found in compiled(PRINTED).finditer(lowered)]
    own = [
        not any(start <= place[0] < end for start, end in printed)
        and compiled(_AT_THE_START).search(lowered[max(0, place[0] - 28) : place[0]]) is None
        for place in places
    ]
    if any(own) and not all(own):
        scan.extras["length_of_message"] = [value for value, keep in zip(values, own, strict=True) if not keep]
        scan.facts["seq_len"] = [value for value, keep in zip(values, own, strict=True) if keep]
        scan.spans["seq_len"] = [place for place, keep in zip(places, own, strict=True) if keep]
