"""Cards that are named side by side: whether they are one machine's or alternatives, and what the machine has."""

import re
from dataclasses import dataclass
from itertools import pairwise

from chat.reads.scan import Scan
from kb.card_names import Card


@dataclass(frozen=True)
class CardMention:
    """One mention of a card: the cards it can mean, and the memory that stands beside it."""

    label: str
    cards: tuple[Card, ...]
    memory_gb: float | None
    start: int
    end: int
    count: int | None = None
    count_first: bool = (
        True  # "2x 3090 48G" is what both have; "3090 48G, two of them" and "22G 2080 Ti" are what each has
    )


# between two cards of one machine, as in "4090+3090"; "a 4090 and a 3090" needs a word that says so, or the articles
_PLUS = re.compile(r"[^,;.?!/]{0,24}?(?:\+|\bplus\b|加上?|搭配?|配)[^,;.?!/]{0,24}")
_AND = re.compile(
    r"[^,;.?!/]{0,24}?(?:&|\band\b|\bwith\b|\balongside\b|\bnext to\b|和|与|及)[^,;.?!/]{0,24}|\s?(?:\(?\d{1,3}\s?g(?:i?b)?\)?\s?的?)?\s?,?\d\s?[张块](?:老|旧|新|二手|闲置)?的?\s?"
)
# one that came to the other: "a 3090, and a friend gave me a 4090", "加上我自己的"
_CAME = re.compile(
    r"[^;.?!/]{0,40}?(?:\b(?:gave|given|lent|gifted|sold me|bought|got|handed|ordered|added|picked up|received|found|(?:together|along) with|plus|in addition)\b|送|给|借|买|淘|收|捡|入手|加上|再加|还有)[^;.?!/]{0,24}",
    re.ASCII,
)
# a row of cards, of a text that speaks of one machine
_ROW = re.compile(
    r"\s?(?:\d\s?[x*张块个片台]\s?)?\(?(?:\d{1,3}\s?g(?:i?b)?)?\)?\s?[,、]\s?(?:and\s)?(?:an?\s|one\s|\d\s?[x*张块]?\s?)?(?:(?:old(?:er)?|spare|used)\s|老|旧|二手的?)?(?:\d{1,3}\s?g(?:i?b)?\s)?"
)
# each by its number: "card 0: 3090, card 1: 3060", "0号卡3090，1号卡3060"
_NUMBER = r"(?:\b(?:card|gpu|slot|device|cuda)\s?[#:]?\s?\d|\d\s?号\s?(?:显?卡|gpu)|(?:显?卡|槽)\s?\d|第\s?\d\s?[张块](?:显?卡)?)\s?(?:is|has|[:=(是为])?\s?(?:an?\s)?(?:nvidia\s|geforce\s|rtx\s)*"
_NUMBERED = re.compile(rf"(?:\s?\d{{1,3}}\s?g(?:i?b)?)?\s?\)?\s?[,;、]?\s?(?:and\s|和)?{_NUMBER}", re.ASCII)
# a machine that is spoken of as the asker's own, where each card has its count
_OWN = r"\b(?:my|our|this) (?:\w+ )?(?:rig|setup|machine|box|server|workstation|pc|build|computer)\b|\bi(?:'ve| have| got| own)\b|我(?:的|们)?(?:有|机器|主机|服务器|电脑)|(?:机器|主机|服务器)(?:里|上)?(?:有|是|:)"
_SO_MANY = r"(?<![\d.])(?P<n>[2-9])\s?(?:different |mismatched |unequal |nvidia )?(?:(?:graphics |video )?cards|gpus|[张块个]\s?(?:显?卡|gpu))(?![a-z])"
_IN_ONE = r"\b(?:in|into) (?:one|1|the same|a single) (?:box|machine|pc|rig|server|system|computer|case|host)\b|\b(?:same|single|one) (?:box|machine|pc|rig|server)\b|(?:1|一)\s?台(?:机器|电脑|主机|服务器)?(?:里|上|装|插|有)|同\s?(?:1|一)\s?台|(?:插|装|放|塞)(?:在|到|进)?\s?(?:1|一)\s?台|同机|混插|混装"
_OTHERWISE = re.compile(
    r"\bor\b|\bbut\b|\bwhereas\b|\b(?:booked|occupied|busy)\b|占满|被占|没空|约满|排满|\b(?:fails?|failed|ooms?|crash(?:es|ed)?|dies)\b|但|却|爆|\bvs\b|\bversus\b|\bsell\b|\bthan\b|\bbeats?\b|\bagainst\b|还是|或者?|换成|比(?!如|例)|不如",
    re.ASCII,
)
# how a program lays a model out over them
SPLIT_ASKED = r"tensor[ _-]?split\b|(?<![a-z])-ts\b|\bhow (?:should|do|would|can) (?:i|we) (?:split|divide|distribute)|\bsplit ratio\b|\bhow many layers\b[^.?;]{0,24}\b(?:each|either|per (?:card|gpu)|go(?:es)? (?:to|on)|on (?:the|which))\b|怎么分|如何分|怎么切|怎么拆|(?:切分|拆分|分配)比例|(?:每张卡?|各)(?:卡)?(?:各)?(?:分|放)?(?:多少|几)层|(?:多少|几)层(?:分|放)(?:到|在)?(?:哪|每|各)"
_AS_ONE = r"\btogether\b|\bpool(?:ed|ing)? (?:them|their|both|the|its|all)\b|\ball (?:3|4|5|6|of them)\b|加上|\bcombin\w+|\bmixed?\b|\bboth\b|\bunequal\b|\bmismatched\b|\bsplit\b|\bpair(?:ed|ing)?\b|\b(?:second|2nd) (?:card|gpu)\b|\badd(?:ed|ing)?\b|再加|加装|加插|tensor[ _-]split|device[ _-]map|双(?:显?卡|gpu)|两张|叠加|合并|混插|混用|混合|一起|组合|异构|各\s?[1一]\s?[张块]|\bone (?:each|of each)\b|(?:\d|两)\s?[张块]不(?:同|一样)的?(?:显)?卡|\b(?:two|2) (?:different|mismatched|unequal) (?:cards|gpus)\b|\btp\s?=?\s?[2-9]\b|\b(?:tensor|pipeline)[ _-]parallel(?:[ _-]size)?\s?=?\s?[2-9]\b|\b(?:across|over) (?:my|our|both)\b"
# machines that run one model between them
JOINED = (
    r"联机|联网跑|连(?:起来|在一起|到一起)|串起来|网线|\brpc(?:-server)?\b|(?:两|2|二|几|多)台(?:电脑|机器|主机)?[^;?]{0,24}(?:合起来|合并|合体|组(?:成|个)?集群|凑(?:在)?一起)"
    r"|\b(?:over|via|through|across) (?:the |my |a )?(?:home |local )?(?:network|lan|ethernet|wi-?fi)\b"
    r"|\b(?:combine|pool|link|join|cluster|across|use) (?:my |the |both |two |2 |these )+(?:\w+ )?(?:pcs|computers|machines|laptops|desktops)\b"
)
# one of the cards is to be chosen
_CHOSEN = r"\b(?:which|what) (?:card|gpu|one|machine|box)\b|哪(?:个|张|块|台)(?:卡|机器)?|各(?:1|一)?台"
_CHOSEN_OF_TWO = r"\b(?:which|what) (?:card|gpu|one)\b|哪(?:个|张|块|台)"
_BETWEEN = r"\b(?:choos\w+|choice|decid\w+|torn|pick\w*|different) between\b|[二三12]选[一1]"
_COMPARED = r"\bsame (?:v?ram|memory|amount|speed)\b|\bhow (?:different|far apart)\b|(?:显存|占用|速度)[^,;?]{0,4}一样|\bvs\b|\bversus\b|\bcompar\w+|\bdiffer(?:s|ed|ences?)?\b|\bwhat(?:'s|\sis)\sdifferent\b|\bbetter\b|\brespectively\b|\beither\b|对比|比较|(?<![占对同环配])比(?=\s?[,;?]|起来)|区别|差别|有(?:什么|啥|何|哪些)不(?:同|一样)|怎么比|相差|(?<!还)差(?:多少|几|距)|分别|哪个|[选挑用]哪[张块]|哪[张块]卡?(?:跑|更|好|快|适合|合适|划算)|还是(?!\s?[按算用]?\s?(?:\d+\s?g|vllm|llama|sglang|ollama|exllama|ddp|fsdp|zero|tp|pp))|各(?!\s?[1一]\s?[张块])|\bwhich (?:card|gpu|one)\b"


_AGAIN = re.compile(r"(?:\bthe|\bthat|\bmy|\bon|\bonly|\bjust|那[张块]|这[张块]|[只仅单]用|单独用?)\s*$", re.ASCII)


def not_again(scan: Scan, mentions: list[CardMention]) -> list[CardMention]:
    """Without what was named before and comes back: "3090 + 3060 12GB ... the 3060 runs out"."""
    kept: list[CardMention] = []
    for mention in mentions:
        before = scan.text[max(0, mention.start - 8) : mention.start]
        sized_before = mention.count is None and any(one.memory_gb and one.label == mention.label for one in kept)
        bare = len(kept) > 1 and mention.memory_gb is None and mention.count in (None, 1)
        again = bare and (sized_before or _AGAIN.search(before))
        if not (again and mention.label in {one.label for one in kept}):
            kept.append(mention)
    return kept


def together(scan: Scan, mentions: list[CardMention]) -> bool:
    """Whether the cards named are in one machine, rather than alternatives."""
    if len({(mention.label, mention.memory_gb) for mention in mentions}) < 2:  # of one name in two sizes, too
        return False
    gaps = [scan.text[left.end : right.start] for left, right in pairwise(mentions)]
    if any(_OTHERWISE.search(gap) for gap in gaps):
        return False
    if re.search(_PARTED_WITH, scan.text[: mentions[0].start]) or any(scan.find(_BETWEEN)):
        return False
    if any(scan.find(JOINED)) and not any(scan.find(_COMPARED)) and not any(scan.find(_CHOSEN_OF_TWO)):
        return True
    added = re.search(_ADDED_TO, scan.text[: mentions[0].start]) is not None
    if all(_PLUS.fullmatch(gap) or (added and _TO.fullmatch(gap)) for gap in gaps):
        return True
    if all(_NUMBERED.fullmatch(gap) for gap in gaps):
        return re.search(rf"{_NUMBER}$", scan.text[: mentions[0].start]) is not None
    beside = all(any(pattern.fullmatch(gap) for pattern in (_PLUS, _AND, _ROW)) for gap in gaps)
    if beside and any(scan.find(_IN_ONE)):
        return not any(scan.find(_CHOSEN))  # what is told of each may be of two methods: "LoRA and full, respectively"
    if beside and (_in_one(scan, mentions) or _summed(scan, mentions)):
        return not any(scan.find(_COMPARED))
    if all(_CAME.fullmatch(gap) for gap in gaps) and any(scan.find(_AS_ONE)):
        return not any(scan.find(_COMPARED))
    if not all(_PLUS.fullmatch(gap) or _AND.fullmatch(gap) for gap in gaps) or any(scan.find(_COMPARED)):
        return False
    return any(scan.find(_AS_ONE)) or all(mention.count is not None for mention in mentions)


def _in_one(scan: Scan, mentions: list[CardMention]) -> bool:
    """Whether one machine is spoken of, or how a model lies on it."""
    whole = sum(mention.count or 1 for mention in mentions)  # "I have 3 cards: 3090, 3080, 2080 Ti"
    own = (all(mention.count is not None for mention in mentions) and any(scan.find(_OWN))) or owns(scan, whole)
    return own or any(scan.find(_IN_ONE)) or any(scan.find(SPLIT_ASKED))


def owns(scan: Scan, whole: int) -> bool:
    """Whether the asker has so many cards in all."""
    return any(scan.find(_OWN)) and any(int(found["n"]) == whole for found in scan.find(_SO_MANY))


# "we sold four V100 and ordered two L40S"
_PARTED_WITH = r"(?:\b(?:sold|sell|selling|gave away|got rid of|retired|scrapped|returned)\b|卖(?:了|掉)|出(?:了|掉)|退(?:了|掉))[^,.;?!]{0,20}$"
# "add a 3090 to my 4070 Ti"
_ADDED_TO, _TO = (
    r"\badd(?:ed|ing)?\s[^.?;]{0,24}$",
    re.compile(r"[^,;.?!]{0,12}? (?:to|beside|into) (?:my|the|an?|our)\s[^,;.?!]{0,16}"),
)


def _summed(scan: Scan, mentions: list[CardMention]) -> bool:
    """Whether what the cards hold together is told: `4090 24G and 3060 12G ... 36G`."""
    sizes = [mention.memory_gb or next((card.memory_gb for card in mention.cards), None) or 0 for mention in mentions]
    whole = sum(size * (mention.count or 1) for size, mention in zip(sizes, mentions, strict=True))
    return bool(whole) and any(scan.find(rf"(?<![\d.]){whole:g}\s?g(?:i?b)?(?![a-z\d])"))


_COUNTED_BEFORE = r"\d\s?[x*张块个片台]?\s?(?:\d{1,3}\s?g(?:i?b)?\s?的?)?\s?$"


def machines(scan: Scan, mentions: list[CardMention]) -> list[list[CardMention]]:
    """Machines to choose from, of which one at least has several cards: `3090+3090 or 4090+3060`; else none."""
    if len(mentions) < 3:
        return []
    found = [[mentions[0]]]
    for left, right in pairwise(mentions):
        gap = scan.text[left.end : right.start]
        if _OTHERWISE.search(gap):
            found.append([right])
        elif _PLUS.fullmatch(gap):
            found[-1].append(right)
        else:
            return []
    return found if len(found) > 1 and any(len(one) > 1 for one in found) else []


def state_machines(scan: Scan, found: list[list[CardMention]]) -> None:
    """Each machine is one fact, its cards one by one."""
    for name in ("gpu_memory_gb", "n_gpus"):
        scan.spans.pop(name, None)
        scan.facts.pop(name, None)
    for machine in found:
        cards = " + ".join(sized(mention) for mention in machine for _ in range(mention.count or 1))
        scan.add("gpu", cards, machine[0].start, machine[-1].end)


def sized(mention: CardMention) -> str:
    """The card, with its memory where it is sold with several."""
    several = mention.memory_gb and any(
        card.memory_gb and mention.memory_gb in (card.memory_gb, 2 * card.memory_gb) for card in mention.cards
    )  # as it is sold, or with chips of twice the size
    return f"{mention.label} {mention.memory_gb:g} GB" if several else mention.label


_SECOND = r"\b(?:a second|another|an additional|an extra)\s(?:[a-z]+\s){0,2}$|再(?:加|买|插|来|上|添)\s?[1一]\s?[张块](?:[\u4e00-\u9fff]*的?)?\s?$"


def state_rig(scan: Scan, mentions: list[CardMention]) -> None:
    """Cards of one machine are one fact: `2 × RTX 3090 + RTX 4090`, and as many as they are."""
    scan.spans.pop("gpu_memory_gb", None)
    *before, last = [mention.count for mention in mentions]
    at = mentions[-1].start
    if last == len(mentions) and not any(before) and not re.search(_COUNTED_BEFORE, scan.text[max(0, at - 16) : at]):
        last = 1  # "3090+4090 双卡" counts all of them
    counts = [count or 1 for count in (*before, last)]
    for mention in mentions:
        if number := re.search(rf"{_NUMBER}$", scan.text[: mention.start]):
            scan.take(*number.span())
    for place, mention in enumerate(mentions):  # "a second GTX 1080 beside my 3090": one, of another kind
        others = {other.label for other in mentions if other is not mention}
        if mention.label not in others and re.search(_SECOND, scan.text[max(0, mention.start - 24) : mention.start]):
            counts[place] = 1
    parts = []
    for mention, count in zip(mentions, counts, strict=True):
        parts.append(f"{count} × {sized(mention)}" if count > 1 else sized(mention))
    scan.facts.pop("n_gpus", None)
    scan.spans.pop("n_gpus", None)
    scan.add("gpu", " + ".join(parts), mentions[0].start, mentions[-1].end)
    scan.add("n_gpus", sum(counts), mentions[0].start, mentions[-1].end, take=False)
