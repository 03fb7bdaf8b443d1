"""What each card was seen to hold: `10 GB on GPU0 and 22 on GPU1`, `卡0 12G 卡1 19G`, `GPU 0 uses 31GB, the other three 24GB`.

They are amounts that a run takes, and no memory of the cards, where the text says so or wonders that they differ.
"""

import re
from itertools import pairwise

from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_LEAST, MOST, _BY_FIRST = "log_held_least", "log_held_most", "log_held_by_first"
_CARDS_SEEN = "cards_seen"

_CARD = r"(?:(?:\bgpu|\bcard|\bcuda:|\brank|\bdevice|(?<![a-z])gpu)\s?[#:]?\s?(?P<i>[0-7])(?!\d|\.\d|\s?gi?b?(?![a-z]))|(?<![\d.])(?P<j>[0-7])\s?号\s?(?:显?卡|gpu)|(?:显?卡|gpu)\s?(?P<k>[0-7])(?!\d|\.\d)|第\s?(?P<l>[1-8])\s?[张块](?:显?卡)?|\b(?P<first>first|second|third|fourth) (?:gpu|card)\b)"
_REST = r"(?P<rest>\b(?:the |all )?(?:others?|rest|remaining)(?: (?:two|three|seven|[2-7]))?(?: (?:gpus?|cards?|ranks?|ones?))?\b|(?:其他|其它|其余|另外|别的|剩下)(?:几|两|三|七|[1-7])?的?[张块]?(?:卡)?)"
_AMOUNT = r"(?P<gb>(?<![\d.a-z*x/-])\d+(?:\.\d+)?)\s?(?:gib|gb|g)?(?![a-z0-9%]|\.\d|\s?(?:layers?|层|[*x]|个|(?:\w+ )?(?:process(?:es)?|procs|ranks)\b))"
_PLACE = re.compile(f"{_CARD}|{_REST}|{_AMOUNT}", re.ASCII)
_UNIT = r"\d\s?(?:gib|gb|g)(?![a-z])"
# that a run takes it, or that it is wondered at: a card's own memory is neither
_USED = r"\b(?:us(?:es?|ed|ing)|tak(?:es?|ing)|took|puts?|loads?|shows?|eats?|fills?|holds?|sits? at|at|runs?)\b|占|吃|用|放|显示"
_UNEVEN = r"\buneven\w*|\bunequal\w*|\bimbalanc\w+|\bunbalanced\b|\bnot (?:evenly|equally|balanced|even|equal)\b|\bhow come\b|不(?:均衡|均匀|平衡|一样|平均|均)|差(?:这么|那么)?多"
_WONDERED = rf"{_UNEVEN}|\bwhy\b[^?]{{0,48}}\b(?:more|higher|fuller|less|lower|differ\w*|so much|not (?:the same|equal\w*))\b|(?:为什么|为啥|怎么|咋)[^?]{{0,16}}(?:差|多|高|少|一样|不均)"
# that a card has it, whatever is run on it
_ITS_OWN = r"\s?(?:(?:has|have|with)\b|is an?\b|有|是)"
_NEAR = 30  # characters between a card and its amount
_ENDS = re.compile(r"[?;!]|\.(?!\d)")
_ORDINALS = {"first": 0, "second": 1, "third": 2, "fourth": 3}
# what stands right behind the first word of a split that somebody sets: shares, and nothing that is held
_SET = r"tensor[-_ ]split|(?<![a-z-])-ts\b|gpu[-_]split|max_memory"


def _number(found: re.Match[str]) -> int:
    if found["first"]:
        return _ORDINALS[found["first"]]
    if found["l"]:
        return int(found["l"]) - 1
    return int(found["i"] or found["j"] or found["k"])


_Pair = tuple[re.Match[str], re.Match[str]]


def _pairs(scan: Scan) -> list[_Pair]:
    """Each card with the amount that stands beside it."""
    places = [one for one in _PLACE.finditer(scan.text) if not one["gb"] or scan.free(*one.span("gb"))]
    near = [
        pair
        for pair in pairwise(places)
        if pair[1].start() - pair[0].end() <= _NEAR and not _ENDS.search(scan.text[pair[0].end() : pair[1].start()])
    ]
    behind = [(one, other) for one, other in near if not one["gb"] and other["gb"]]
    before = [(other, one) for one, other in near if one["gb"] and not other["gb"]]
    before = [pair for pair in before if _stands_before(scan, *pair)]
    return before if len(before) > 1 else behind


def _told(pairs: list[_Pair]) -> dict[int | None, re.Match[str]]:
    """The amount of each card by its number from 0, and under None that of all others, where each has its own."""
    told = {None if card["rest"] else _number(card): amount for card, amount in pairs}
    return told if len({one.start() for one in told.values()}) == len(told) > 1 and told.keys() != {None} else {}


def _stands_before(scan: Scan, card: re.Match[str], amount: re.Match[str]) -> bool:
    """`10 GB on GPU0`: the amount stands before its card."""
    between = scan.text[amount.end() : card.start()]
    return re.fullmatch(r"\s?(?:is |are )?(?:on|in|for|在)\s?(?:the )?", between) is not None


def _of_the_cards(scan: Scan, pairs: list[_Pair]) -> bool:
    """`GPU 0 has 24GB, the other 12GB`: sizes that cards are sold with, of which nothing says that a run takes them."""
    if any(float(amount["gb"]) not in CARD_SIZES or amount.start() < card.start() for card, amount in pairs):
        return False
    between = scan.text[pairs[0][0].start() : pairs[-1][1].end()]
    if compiled(_USED).search(between):
        return False
    has = any(compiled(_ITS_OWN).match(scan.text, card.end()) for card, _ in pairs)
    return has or not any(scan.find(_UNEVEN))


def read_held_on_each(scan: Scan) -> None:
    """Take the amounts as what was seen, and note the least, the most, and whether the first card holds the most."""
    pairs = _pairs(scan)
    told = _told(pairs)
    if not told or any(scan.find(_SET)) or _of_the_cards(scan, pairs):
        return
    where = min(one.start() for one in told.values()), max(one.end() for one in told.values())
    before = compiled(r"[.;?!]").split(scan.text[: where[0]])[-1]
    used = compiled(_USED).search(before + scan.text[where[0] : where[1]]) is not None
    wondered = any(scan.find(_WONDERED))
    if not any(compiled(_UNIT).search(scan.text[one.start() : one.end()]) for one in told.values()) or not (
        (used and wondered) or (wondered and None not in told) or (used and None in told)
    ):
        return
    sizes = {card: float(one["gb"]) for card, one in told.items()}
    most = max(sizes, key=lambda card: sizes[card])
    for one in told.values():
        scan.claim(one["gb"], "gb", *one.span())
    for card in _PLACE.finditer(scan.text):
        if not card["gb"]:  # its number counts nothing
            scan.take(*card.span())
    if max(sizes.values()) > min(sizes.values()):
        scan.note(_LEAST, min(sizes.values()))
        scan.note(MOST, max(sizes.values()))
        scan.note(_BY_FIRST, 1.0 if most == 0 else 0.0)
        scan.note(_CARDS_SEEN, max(card for card in sizes if card is not None) + 1)


def settle_held_on_each(scan: Scan) -> None:
    """As many cards as were told of one by one, where layers are divided over them and no count is told."""
    if _CARDS_SEEN in scan.extras and "layer_split" in scan.facts and "n_gpus" not in scan.facts:
        scan.add("n_gpus", int(scan.extras[_CARDS_SEEN][0]), 0, 0, take=False)
