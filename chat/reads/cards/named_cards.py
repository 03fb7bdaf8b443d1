"""Cards named in a question, with the counts and memories that stand beside them in any order."""

import re
from dataclasses import replace
from typing import Any

from chat.reads.cards.card_counts import counts_before, counts_in_thousands
from chat.reads.cards.card_patterns import BRANDS_WRITTEN, BY_NUMBER, ELSEWHERE, NICKNAMES, UNKNOWN_CARD, card_pattern
from chat.reads.cards.memories_together import CARD_SIZES, memories_together, told_of_each
from chat.reads.cards.portables import is_portable
from chat.reads.cards.rigs import CardMention, machines, not_again, sized, state_machines, state_rig, together
from chat.reads.cards.sizes_shown import is_shown, is_sold
from chat.reads.cards.slices import read_slices, without_slices
from chat.reads.scan import Scan
from kb import names as tables
from kb.names import Names
from kb.recipe import modified_memory

_CHINESE = re.compile(r"[\u4e00-\u9fff]")
# the one with an S is what nearly all have, however it is typed
_USUALLY_S = frozenset({"l40s"})
# how a card comes, between its count and its name
_STATE = r"(?:(?:macs?|mac (?:mini|studio|pro)s?|macbook(?:s| pros?| airs?)?|used|second[ -]?hand|refurbished|old|older|cheap|spare|new|nvidia|modd?ed|modified)\s+|(?:二手|魔改版?|改装|改版|旧)(?:的)?\s*)*"
_BEFORE = re.compile(
    r"(?P<n>(?<![\d.a-z])(?!(?<=\d,)\d{3}(?!\d))(?:\d{1,3},\d{3}|\d{1,4}(?!\d)|\d{5,6}(?=\s?(?:[x*张块片]|[abhv]\d{2,3}))))\s*(?P<how>x|\*|个|张|块|卡|片|枚|台|pcs)?\s*(?:of\s+(?:(?:the|these|those|my|our)\s+)?)?(?:的)?\s*"
    + _STATE
    + r"(?P<mem>\d{1,3}\s?g(?:b|ib)?\s*(?:显存)?(?:的)?\s*)?"
    + _STATE
    + "$",
    re.ASCII,
)
_STANDS = re.compile(r"\s*" + _STATE + r"(?:\d{1,3}\s?g(?:b|ib)?\s*(?:显存)?(?:的)?\s*)?" + _STATE, re.ASCII)
_PAIR = re.compile(
    r"(?P<dual>\b(?:dual|twin|a pair of|(?:a )?second|(?:add|get|buy)(?:t?ing)? another)\s+(?:\d{1,3}\s?g(?:b|ib|ig)?\s)?|再(?:加|买|插|来|上|添)1?[张块]\s*)"
    + _STATE
    + r"$|\b(?P<quad>quad)\s+"
    + _STATE
    + "$",
    re.ASCII,
)
_ONE_MORE = re.compile(r"(?:second|another)\s+(?:\w+\s)?$|再[加买插来上添]1?[张块]\s*$", re.ASCII)
_ONE = re.compile(
    r"(?:(?:\b(?:a|an|my|one|single|the)|我的|单)\s+|[了有这那][张块台]\s*)(?:a\s+)?(?:single\s+)?(?P<mem>\d{1,3}\s?g(?:b|ib)?\s*)?$",
    re.ASCII,
)
_MEM_BEFORE = re.compile(
    r"(?:(?<![\d.a-z*占吃])(?<!占了)(?<!用了)|(?<=\dx)|(?<=\d\*))(?P<v>\d{1,3})\s?(?:gib|gb|g)\s*(?:显存)?\s*(?:的)?\s*"
    + _STATE
    + "$",
    re.ASCII,
)
_MEM_AFTER = re.compile(
    r"[\s\-_]*(?:pcie|sxm\d?|gpus?\b|显卡|卡)?[\s\-_]*(?P<comma>[(\[,]?)\s*(?:的|\s|每张|单卡|显存|有|with|w/|nvidia|~|vram|at\b|each|the\b|(?:魔改|改装?|改版|扩容?)(?:成了?|到了?|为|了)?|(?:that (?:was|is) |was |is |been )?(?:modd?ed|modified|upgraded|converted|soldered)(?: (?:up )?(?:to|into|with))?)*(?P<v>\d{1,3}(?:\.\d+)?)\s?(?:gib|gb|g)(?=x\d|[^a-z0-9]|$)(?!\s*(?:of\s+|的)?(?:(?:system|host|cpu)\s+(?:ram|memory)|ram\b|内存|ddr))\s*(?:显存|vram|memory)?(?:版|的卡)?\s*(?:hbm\w*|gddr\w*)?\s*[)\]]?(?:\s?sxm\d?(?![a-z0-9]))?",
    re.ASCII,
)
# "2x3090 (24)", "A100-80", "4 A100 80s", "4x A100 80 enough?"
_MEM_BARE = re.compile(
    r"\s?\(\s?(\d{2,3})\s?\)|-(\d{2,3})(?!\d|\.\d|[a-z]|\s?(?:g|gi?b|k|layers?|tokens?|steps?|bits?)\b)|\s(\d{2,3})(?=s\b|(?<= 24| 40| 48| 80| 96)\s?(?:还是|或|和|与|跟|、)|\s(?:enough|ok|okay|or|each|cards?|gpus?|x)\b|\s?[x*]\s?\d|\s?[?;):](?!\d)|[,.](?!\d)|\s?够|$)",
    re.ASCII,
)
_MODDED = re.compile(r"魔改|改装|改版|扩容|\bmodd?(?:ed|ified)?\b", re.ASCII)
# "A100 40G or 80G": the other size in which the card is sold
_OR_MEMORY = re.compile(
    r"\s*(?:or|/|还是|或者?|(?P<both>and|vs\.?|和|与))\s*(?P<v>\d{2,3})\s?g(?:i?b)?(?![a-z0-9])(?!\s*(?:of )?(?:ram\b|内存|ddr|system|host|cpu))",
    re.ASCII,
)
# "4090, 3090 or a 48 GB card": beside cards by name one that only its size names
_BY_SIZE = re.compile(
    r"(?:\bor\b|\bvs\.?|\bversus\b|还是|或者?|、|,|/|和|(?:\b(?:or )?(?:would|could|will|can|does|do|is|on|about|with)\b|换(?:成)?)(?= ?(?:a|an|one|单|1|一)))\s*(?:买|上)?\s*(?:(?P<n>\d)\s?[张块个片x*]?\s*)?(?:(?:a|an|one|single|just|单张?)\s+){0,2}"
    r"(?P<v>\d{2,3})\s?g(?:i?b)?\s*(?:vram|显存|大显存)?\s*(?:的\s*)?(?:cards?\b|gpus?\b|显卡|卡)",
    re.ASCII,
)
_DGX = r"(?:(?<![\d.a-z])(?P<n>\d{1,4})\s*(?:x|\*|台|个)?\s*(?:nvidia\s)?|(?<![\d.a-z] )(?<![\d.a-z]))(?:dgx|hgx)[\s-]+(?P<card>[abhv]\d{2,3}\b)"
# "2 DGX-A100 (8x40G)": of each machine, which are counted
_OF_EACH_BOX = re.compile(r"\s*[(\[,:]?\s*8\s?[x*](?=\s?\d{2,3}\s?g)", re.ASCII)
_AFTER = re.compile(
    r"\s*[(\[]\s*(?P<c>\d{1,3})\s*[x*]\s*\d{2,3}\s?(?:gi?b|g)?\s*[)\]]|\s*[(\[,]?\s*(?:(?:x|\*)\s*(?P<a>\d{1,4})(?![\d.]*\s?(?:g|b|gb|k)\b)(?!\.?\d)|(?P<b>\d{1,4})\s*(?:卡|张|块|片|枚|gpus?\b|cards?\b))",
    re.ASCII,
)


def card_numbers(scan: Scan) -> dict[int, str]:
    """Where the numbers stand that are a card's name: `3090` in `length 2048, 3090 24G` is no length."""
    return {
        found.start() + digits.start(): "gpu"
        for found in card_pattern().finditer(scan.text)
        if not found["marked"]  # the 2 of "bs 2 max_length 512" looks like the one of an M2 Max
        for digits in re.finditer(r"\d+", found[0])
    }


def read_cards(scan: Scan) -> tuple[list[str], dict[str, tuple[str, ...]]]:
    """State the cards, their counts and memories; the unknown cards come back, each with what is near."""
    index = tables.names()
    mentions: list[CardMention] = []
    unknown: list[str] = []
    suggestions: dict[str, tuple[str, ...]] = {}
    counts_in_thousands(scan)
    boxes = list(scan.find(_DGX))
    without_slices(scan)
    for found in boxes:  # machines of eight cards
        if found["n"] and scan.free(*found.span("n")) and int(found["n"]):
            scan.add("nodes", int(found["n"]), *found.span("n"), extra=True)
            scan.add("n_gpus", 8 * int(found["n"]), *found.span("n"))
            if each := _OF_EACH_BOX.match(scan.text, found.end()):
                scan.take(*each.span())
    for named in card_pattern().finditer(scan.text):
        found = _before_words(index, named)
        if not scan.free(found.start(), found.end()) or _one_card(scan, index, found, mentions):
            continue
        sized = _MEM_BEFORE.search(scan.text, max(0, found.start() - 20), found.start())
        if not found[0].isdigit() or sized or _OF_A_CARD.match(scan.text, found.end()):
            unknown.append(_unknown_card(scan, index, found.start(), found.end(), suggestions))
    for found in _BY_SIZE.finditer(scan.text) if mentions else ():
        _by_size(scan, found, mentions)
    for found in scan.find(UNKNOWN_CARD):
        said = found["said"]
        if scan.free(found.start("said"), found.end("said")) and not index.match_cards(said):
            unknown.append(_unknown_card(scan, index, *found.span("said"), suggestions))
    if boxes and "n_gpus" not in scan.facts:  # one of them, where no count is told
        scan.add("n_gpus", 8, *boxes[0].span("card"), take=False)
    mentions = not_again(scan, mentions)
    if others := machines(scan, mentions):
        state_machines(scan, others)
    elif together(scan, mentions):
        state_rig(scan, mentions)
    else:
        _state_cards(scan, mentions)
    memories_together(scan)
    read_slices(scan)
    return unknown, suggestions


# a word more of a name that no table has, before its memory: "Atlas 300I Duo 96G"
_OF_ITS_NAME = re.compile(
    r"\s(?!(?:with|and|has|have|or|vs|for|in|on|of|is|at|a|the)\b)[a-z]{2,8}(?=\s?\d{1,3}\s?g)", re.ASCII
)


def _unknown_card(scan: Scan, index: Names, start: int, end: int, suggestions: dict[str, tuple[str, ...]]) -> str:
    """A card that no table has, with its count and the memory that is told of it; what is near is suggested."""
    said = scan.text[start:end]
    near = () if ELSEWHERE.search(said) else index.near_gpus(said)
    after = _MEM_AFTER.match(scan.text, end)
    if (
        after is None
        and (word := _OF_ITS_NAME.match(scan.text, end))
        and (after := _MEM_AFTER.match(scan.text, word.end()))
    ):
        said, end = scan.text[start : word.end()], word.end()
    told = after or _MEM_BEFORE.search(scan.text, max(0, start - 20), start)
    _counts(scan, start, end, after.end() if after else end)
    if told:
        scan.add("gpu_memory_gb", float(told["v"]), told.start("v"), told.end())
    scan.take(start, end)
    suggestions[said] = near  # by the whole name: a part of it would be taken for a model's
    return said


# behind a bare number that is another card's only with a word more: `1660 6G`, and no `1660 samples`
_OF_A_CARD = re.compile(r"\s?(?:\d{1,2}\s?gi?b?(?![a-z])|gpus?\b|cards?\b|显?卡|能|可以|跑|够)", re.ASCII)
# what may follow a card's name and is none of it: `an 8x H100 server`, `A100 max batch`
_NO_PART = re.compile(r"(?:(?<!\bm\d)[\s-]+max|[\s-]+(?:servers?|edition|generation|pcie|sxm\d?))$", re.ASCII)


def _before_words(index: Names, found: re.Match[str]) -> re.Match[str]:
    """The name without such a word, where no card is called so."""
    word = _NO_PART.search(found[0])
    if word is None or index.match_cards(found[0].removesuffix("s")):
        return found
    return card_pattern().match(found.string, found.start(), found.start() + word.start()) or found


def _one_card(scan: Scan, index: Names, found: re.Match[str], mentions: list[CardMention]) -> bool:
    """Note a card with what stands beside it; whether the table has one."""
    said = found[0][: len(found[0]) - len(found["plural"] or "")]
    by_number = next((size for number, size in BY_NUMBER.items() if number in said), None)
    said = re.sub(r"(?<=910b)[1-4]|(?<=mlu370)-x8|\b(?:dgx|hgx)[\s-]+(?=[abhv]\d)", "", said)
    for called, name in NICKNAMES.items():
        said = name if re.fullmatch(called, said) else said
    said = re.sub(r"^(?:book |air |mini |studio |pro )+(?=m\d)", "", said)  # a MacBook Pro M3 Max
    for written, brand in BRANDS_WRITTEN.items():
        said = said.replace(written, brand)
    start, end = found.start(), found.end()
    if _is_plural(scan, found) and not found["plural"]:
        said = said[:-1]
    # "MacBook Pro M3 Max": what stands before may be the machine's
    cards = index.match_cards(said) or index.match_cards(said := re.sub(r"^(?:pro|max)\s+", "", said))
    cards = cards or index.match_cards(said := said.replace("mobile", "laptop"))
    portable: Any = is_portable(scan, start, end, first=not mentions)
    if portable and "laptop" not in said:
        cards = index.match_cards(f"{said} laptop") or cards
    # a 4080S is a 4080 SUPER, where there is one; Chinese has no plural to write with an s
    if found["plural"] and (_typed(scan, end - 1) == "S" or _CHINESE.search(scan.text)):
        cards = index.match_cards(f"{said} super") or cards
    if not cards:
        return False
    tail = end
    memory: float | None = None
    memory_at: tuple[int, int] | None = None
    if (after := _MEM_AFTER.match(scan.text, end)) and (is_sold(float(after["v"]), cards) or is_shown(after, cards)):
        memory, memory_at, tail = float(after["v"]), (after.start("v"), after.end()), after.end()
    elif (bare := _MEM_BARE.match(scan.text, end)) and float(bare[bare.lastindex or 0]) in {
        one.memory_gb for one in cards
    }:
        plural = scan.text[bare.end() : bare.end() + 1] == "s"
        memory, memory_at, tail = (
            float(bare[bare.lastindex or 0]),
            (bare.start() + 1, bare.end() + plural),
            bare.end() + plural,
        )
    elif stands := _MEM_BEFORE.search(scan.text, max(0, start - 20), start):
        memory, memory_at = float(stands["v"]), (stands.start("v"), start)
    if memory and not portable and memory not in {one.memory_gb for one in cards}:
        laptops = [one for one in index.match_cards(f"{said} laptop") or () if one.memory_gb == memory]
        portable, cards = laptops, laptops or cards  # a memory that only the laptop's kind has
    memory = memory or by_number
    other = _OR_MEMORY.match(scan.text, tail) if memory_at else None
    sizes = {one.memory_gb for one in cards} if other and other["both"] else CARD_SIZES
    if memory_at and memory and other and float(other["v"]) in sizes and is_sold(float(other["v"]), cards):
        scan.add("gpu_memory_gb", float(other["v"]), other.start("v"), other.end())
        scan.add("gpu_memory_gb", memory, *memory_at, take=False)
    before = len(scan.spans.get("n_gpus", ()))
    count = _counts(scan, start, end, tail, several=_is_plural(scan, found) or bool(found["plural"]))
    counted_at = scan.spans["n_gpus"][-1][0] if len(scan.spans.get("n_gpus", ())) > before else None
    another = bool(mentions) and mentions[-1].label != index.card_label(cards)
    between = scan.text[mentions[-1].end : start] if another else "or"
    if count == 2 and _ONE_MORE.search(between) and not re.search(r"\bor\b|还是|或", between, re.ASCII):
        count = 1  # one more card, of another kind
    own = _MODDED.search(scan.text, max(0, start - 6), tail + 4) is not None
    if memory_at:
        own |= memory_at[0] == end or told_of_each(scan, end, memory_at[0], tail)  # "2080ti22g" is one card's
    first = (
        memory_at is None
        or counted_at is None
        or (scan.normal.original(*memory_at)[0] > counted_at and memory_at[0] >= end)
    )
    if memory_at:
        scan.take(*memory_at)
        scan.spans.setdefault("gpu_memory_gb", []).append(scan.normal.original(*memory_at))
    narrowed = index.match_cards(f"{said} laptop", memory) if portable else []
    narrowed = narrowed or index.match_cards(said, memory)
    scan.take(start, end)
    mentions.append(CardMention(index.card_label(cards), tuple(narrowed), memory, start, end, count, first and not own))
    return True


def _by_size(scan: Scan, found: re.Match[str], mentions: list[CardMention]) -> None:
    """A card of so many gigabytes is a machine of its own, where no card that is named before it is sold with as many by
    its maker; `A100 40G or 80G` are two sizes of one."""
    size, count = float(found["v"]), int(found["n"] or 1)
    last = [one for one in mentions if one.end <= found.start()][-1:]
    sold = any(card.memory_gb == size for one in last for card in one.cards)
    if not last or sold or size not in CARD_SIZES or not scan.free(*found.span("v")):
        return
    if found["n"]:
        scan.add("n_gpus", count, *found.span("n"))
    scan.take(*found.span())
    mentions.append(CardMention(f"{size:g} GB", (), None, *found.span(), count))


def _typed(scan: Scan, place: int) -> str:
    """The character as the person typed it."""
    return scan.original[scan.normal.original(place, place + 1)[0]]


def _is_plural(scan: Scan, found: re.Match[str]) -> bool:
    """`V100s` are several V100, `V100S` is another card; in doubt a count above one before it decides."""
    if not re.search(r"[a-z]\d+s$", found[0]):
        return False
    start, end = scan.normal.original(found.start(), found.end())
    typed = scan.original[start:end]
    if typed[-1] == "S" or typed in _USUALLY_S:
        return False
    if typed[0].isupper():
        return True
    count = _BEFORE.search(scan.text, max(0, found.start() - 20), found.start())
    return count is not None and int(count["n"].replace(",", "")) > 1


# "8 cards with ZeRO-2 ..., so a 4090 would do": each of the cards over which it is divided
_EACH = re.compile(r"\b(?:a|an|the)\s+(?:\d{1,3}\s?g(?:b|ib)?\s*)?$", re.ASCII)


def _again(scan: Scan, one: re.Match[str], card: str) -> bool:
    """Is it `the H20` that was named before, with its number if it has one?"""
    return one[0].split()[0] == "the" and card in scan.text[: one.start()]


# so many cards are a cluster, and people say so; `7b 2048 A100` tells a length
_A_CLUSTER, _LENGTHS = 512, 256
_OF_A_CLUSTER = re.compile(
    r"(?:\b(?:on|with|of|using|use|used|have|has|over|across|by)|[用有共上约需要是=~]|\d\s?天|\*|×)\s?(?:about |around |大约|大概)?$",
    re.ASCII,
)


_CALLED_CARDS = re.compile(r"\s?(?:\d{2,3}\s?gb?\s?)?(?:gpus?\b|cards?\b|卡|cluster|集群)", re.ASCII)


def _is_a_length(text: str, count: int, at: int, end: int) -> bool:
    """Is a round number of tokens told here, and no count of the card behind it, whose name ends at `end`?"""
    cluster = not text[:at].strip() or _OF_A_CLUSTER.search(text[:at]) or _CALLED_CARDS.match(text, end)
    return count >= _A_CLUSTER and count % _LENGTHS == 0 and not cluster


def _counts(scan: Scan, start: int, end: int, tail: int, several: bool = False) -> int | None:
    """State how many cards are meant, and return it."""
    window, found = max(0, start - 32), None
    if pair := _PAIR.search(scan.text, window, start):
        found = 2 if pair["dual"] else 4
        scan.add("n_gpus", found, pair.start(), pair.end())
    elif before := _BEFORE.search(scan.text, window, start):
        count = int(before["n"].replace(",", ""))
        at = before.start("n"), before.end("n")
        named = several or before["how"] or not _is_a_length(scan.text, count, at[0], end)
        apart = re.search(r"\d:$|[./-]$|(?:stage|v)\s*$", scan.text[: at[0]])
        row = before["how"] and re.search(r"(?<![\d./a-z-])\d{1,2}(?:/\d{1,2})*/$", scan.text[: at[0]])  # "1/2/4张4090"
        if named and count and scan.free(*at) and (row or not apart):
            scan.add("n_gpus", count, *at)
            scan.take(at[0], start)
            found = count
            if counts_before(scan, at[0]):
                found = None  # no one count is this card's
    elif (
        several
        or (_EACH.search(scan.text, window, start) and _divided(scan))
        or ((one := _ONE.search(scan.text, window, start)) and _again(scan, one, scan.text[start:end]))
    ):
        found = None
    elif one:
        scan.add("n_gpus", 1, one.start(), one.end())
        found = 1
    for position in (tail, end):
        after = _AFTER.match(scan.text, position)
        if not after:
            continue
        group = str(after.lastgroup)
        stands = _STANDS.match(scan.text, after.end())
        if stands and card_pattern().match(scan.text, stands.end()):
            continue  # "2张4090,2张二手3090": of the next card
        if int(after[group]) and scan.free(*after.span(group)):
            # the memory in a bracket is read as any other
            scan.add("n_gpus", int(after[group]), after.start(group), after.end(group if group == "c" else 0))
            found = int(after[group])
            break
    return found


def _divided(scan: Scan) -> bool:
    """Is a stage told, and how many cards it divides over?"""
    return "zero_stage" in scan.facts and any(
        scan.find(r"(?<![\d.])(?:[2-9]|\d{2,3})\s?(?:x\s|cards?\b|gpus?\b|[张块]?卡|-?way)")
    )


def _with_memory(mention: CardMention, mentions: list[CardMention]) -> CardMention:
    """A card that is named again in short has the memory that was told of it, if it is sold with that."""
    told = {one.memory_gb for one in mentions if one.label == mention.label} - {None}
    sold = len(told) == 1 and told <= {card.memory_gb for card in mention.cards}
    return replace(mention, memory_gb=told.pop()) if mention.memory_gb is None and sold else mention


def _state_cards(scan: Scan, mentions: list[CardMention]) -> None:
    """One card keeps its memory as a fact of its own; of several, each carries its memory in its name."""
    labels = {mention.label for mention in mentions}
    sizes = {(mention.count, mention.memory_gb) for mention in mentions}
    told = all(count and size for count, size in sizes)
    if told and len({count for count, _ in sizes}) == len({size for _, size in sizes}) == len(mentions) > 1:
        labels |= {sized(mention) for mention in mentions}  # "4x A100 80GB or 8x A100 40GB": machines of one card
    spans = scan.spans.pop("gpu_memory_gb", [])
    for mention in mentions:
        mention = _with_memory(mention, mentions) if len(labels) > 1 else mention
        several = len(labels) > 1 and mention.memory_gb is not None and len(mention.cards) >= 1
        label = sized(mention) if several else mention.label
        scan.add("gpu", label, mention.start, mention.end)
        together = (
            mention.count_first
            and (mention.count or 1) > 1
            and mention.memory_gb != modified_memory(mention.label)
            and any(
                card.memory_gb and card.memory_gb * (mention.count or 1) == mention.memory_gb for card in mention.cards
            )
        )
        if mention.memory_gb is not None and not (several and label != mention.label) and not together:
            scan.add("gpu_memory_gb", mention.memory_gb, mention.end, mention.end, take=False)
    if "gpu_memory_gb" in scan.facts:
        scan.spans["gpu_memory_gb"] = spans
    if len(labels) > 1 and len({mention.count or 1 for mention in mentions}) > 1:
        for mention in mentions:  # "2x3090 or a 4090": each with its own count
            said = f"{mention.count or 1} × {sized(mention)}"
            scan.add("rigs", said, mention.start, mention.end, extra=True, take=False)
