"""The memory of cards that is told in GB: a card's own, sizes among which is chosen, what is set aside of a shared one,
and the machine's that stands beside cards."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chat.reads import lexicon
from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.cards.memory_told import CARD_MEMORY, MEMORY_CLAIMED, Told
from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan
from chat.reads.seen.savings import is_saving
from kb.names import names

# what follows it may be what a run takes
_SAID_OF_A_RUN = ("只有", "就")
# a file has only so much, too
_FILE_BEFORE = r"(?:下载|拉|文件|gguf|权重|模型|缓存|激活)[^,;?!]{0,20}$"
_IN_USE = r"\s?(?:of )?(?:v?ram|gpu memory)\s(?:is |are |was )?(?:used|in use|taken|occupied)\b"
_NEEDS = r"\b(?:needs?|takes?|uses?|used|took|requires?)\s$"
_OF_A_METHOD = r"(?:lora|full|单步|每步|峰值|全参|全量|微调|训练|推理)\s?(?:的|run)?\s?$"
_TO_SPARE = r"\s?(?:to )?(?:spare|left over|(?:of )?headroom)\b"
_ABOUT = r"\s?(?:出头|左右|上下)"
# an amount of which it is asked whether it is right
CHECKED = r"\s?(?:出头|左右|上下|多)?[,，]?\s?(?:对(?:吗|么|不对|嘛)|正常吗|合理吗)"
_BEFORE_MORE = r"(?<![最差许很])多(?:用|占|吃|要|花|耗|出)(?:了|掉|来)?(?:大概|大约|约|近|将近)?\s?$"
_DIFFERENCE = r"\s?(?:more|less|higher|lower|extra)\b(?! of)"
_TURNS_TO = r"\s?(?:-+>|=>|→)\s?\d"  # of no size that cards are sold with: what a run took before a change
_PER_CARD = r"per (?:gpu|card)|each|每"
# "64GB per GPU or in total?", "32GB每张卡还是总共": a figure of which it is asked what it is of
_OR_TOTAL = r"[^.;?!]{0,16}(?:\bor\b|\bvs\b|还是|或)[^.;?!]{0,8}(?:\b(?:total|altogether|in all|combined|together|overall)\b|总|合计|一共|加起来)"


@dataclass(frozen=True)
class Amount:
    """An amount [GB] in the text, with the words that it stands in and its own place."""

    told: Told
    words: str
    at: int  # where these words begin
    start: int
    end: int
    gb: float

    @property
    def explicit(self) -> bool:
        """Do the words name a card or its memory?"""
        return self.told in (Told.BEHIND, Told.BEFORE)

    @property
    def sold(self) -> bool:
        return self.gb in CARD_SIZES


def _amounts(scan: Scan) -> Iterator[Amount]:
    for told, pattern in CARD_MEMORY:
        for found in scan.find(pattern):
            value, unit = ("v", "u") if found["v"] else ("mb", "mu")
            start, end = found.start(value), found.end(unit)
            if scan.free(start, end) and not is_saving(scan.text, start, end):
                gb = float(found["v"]) if found["v"] else _marketed(int(found["mb"]))
                yield Amount(told, found[0], found.start(), start, end, gb)


def _difference(scan: Scan, one: Amount) -> bool:
    """`the first card has 2 GB more than the rest`, `多用10G显存`."""
    return _follows(scan, one, _DIFFERENCE) or _precedes(scan, one.start, _BEFORE_MORE)


def _left_over(scan: Scan, one: Amount) -> bool:
    """`12GB spare each`: of the card that is named."""
    return "gpu" in scan.facts and _follows(scan, one, _TO_SPARE)


def _taken_of_each(scan: Scan, one: Amount) -> bool:
    """`14 GB per GPU` is what a run takes, unless cards are sold so and it is not asked of what it is."""
    of_each = compiled(_PER_CARD).search(one.words) is not None
    if of_each and _follows(scan, one, _OR_TOTAL):
        return True
    return of_each and ((one.explicit and not one.sold) or _of_another_card(scan, one))


# "显存 9G 变 26G"; of a card that is exchanged the second amount is a card's: "显存12G变成24G的卡"
_RISES_TO = r"\s?(?:一?下子?|直接|突然|又|就)*(?:→|->|=>|(?:暴|猛|飙|上|狂)?(?:涨|升|变|增|飙|跳|窜|降|掉|跌|减)(?:加|成|为|大|高|少|低)?(?:到|成|为|至)?了?)\s?\d{1,3}(?:\.\d+)?\s?g(?:i?b)?(?![a-z])(?!\s?(?:的)?(?:显存|显?卡|gpu|版))"


def _of_a_run(scan: Scan, one: Amount) -> bool:
    """`runs in 26 GB`, `只有 56G`, `显存 58G → 39G`, `LoRA 显存 60G`: of no card that is sold."""
    if _follows(scan, one, _RISES_TO):
        return True  # "显存 11G 涨到 20G", of whatever size cards are sold
    kept_in = one.told is Told.WITHIN or one.words.startswith(_SAID_OF_A_RUN)
    return not one.sold and (kept_in or _follows(scan, one, _TURNS_TO) or _precedes(scan, one.at, _OF_A_METHOD))


# "一加载就30G显存", "sits at 30GB of VRAM": what is there as soon as it runs
_AT_ONCE = r"(?:加载|启动|起来|运行|载入|一跑|推理)(?:完|好|后|了)?(?:之?后)?(?:就|直接|已经|马上)(?:是|有|到)?\s?$|\b(?:sits|idles|starts|loads|hovers) at (?:about |around |~)?$"


def _needed(scan: Scan, one: Amount) -> bool:
    """`needs 12G of VRAM` states a need, `only 9GB VRAM used` a use; only a card's or an owner's figure is a capacity."""
    behind = one.told is Told.BEHIND
    need = behind and (_precedes(scan, one.start, lexicon.NEED) or _precedes(scan, one.start, _AT_ONCE))
    of_a_file = one.told is Told.OWNED and (_precedes(scan, one.start, _FILE_BEFORE) or _precedes(scan, one.at, _NEEDS))
    return need or of_a_file or _follows(scan, one, _IN_USE)


def _roughly(scan: Scan, one: Amount) -> bool:
    """`显存 22G 左右`, `也就 20G 出头`, `显存 11G 左右对吗`: a card has just so much."""
    about = one.told is not Told.BEHIND and _follows(scan, one, _ABOUT)
    return about or (one.explicit and _follows(scan, one, CHECKED))


def _asked_against_another(scan: Scan, one: Amount) -> bool:
    """`is 24 GB enough?`, where a card is named, or none is sold so, or it is the machine's."""
    return one.told is Told.ASKED and (
        "gpu" in scan.facts or not one.sold or one.gb in scan.facts.get("host_memory_gb", ())
    )


_BACK = 24  # characters before an amount, or before the words that it stands in


def _follows(scan: Scan, one: Amount, pattern: str) -> bool:
    return compiled(pattern).match(scan.text, one.end) is not None


def _precedes(scan: Scan, place: int, pattern: str) -> bool:
    return compiled(pattern).search(scan.text[max(0, place - _BACK) : place]) is not None


def _claimed(scan: Scan, one: Amount) -> bool:
    """`有个软件能把12G变成24G显存`: the second is of no card that there is."""
    return any(found.start() < one.start and one.end == found.end() for found in scan.find(MEMORY_CLAIMED))


_OF_NO_CARD = (_difference, _left_over, _taken_of_each, _of_a_run, _needed, _roughly, _claimed)


def read_card_memory(scan: Scan) -> None:
    _called_bandwidth(scan)
    _given_to_graphics(scan)
    _chosen_among(scan)
    for one in _amounts(scan):
        if any(rule(scan, one) for rule in _OF_NO_CARD):
            continue
        if _in_all(scan, one.gb):
            scan.take(one.start, one.end)
        elif _asked_against_another(scan, one):
            continue
        elif "gpu_memory_gb" in scan.facts and len(scan.facts.get("gpu", ())) <= 1 and not one.explicit:
            if one.gb in scan.facts["gpu_memory_gb"]:
                scan.take(one.start, one.end)  # a driver's line says it once more
        else:
            scan.add("gpu_memory_gb", one.gb, one.start, one.end)


_MODDED = 2  # times the memory that a card is sold with
_USABLE = 0.85  # of a card at least, where it is told beside its name what it lets a program have


def _of_another_card(scan: Scan, one: Amount) -> bool:
    """`8x H100: 44 GB each`: the one card that is named is neither sold with so much nor modded to it. In brackets right
    behind it a little less is what it has to give: `16 x A40 (4 nodes, ~44GB each)`."""
    sizes = _sizes_of_the_card(scan)
    before = scan.text[max((end for _, end in scan.spans.get("gpu", ())), default=0) : one.start]
    beside = compiled(r"\s?\([^()]*").fullmatch(before) is not None
    if beside and any(_USABLE * size <= one.gb < size for size in sizes):
        return False
    return bool(sizes) and not any(one.gb in (size, _MODDED * size) for size in sizes)


def _sizes_of_the_card(scan: Scan) -> set[float]:
    """The memories [GB] with which the one card that is named is sold; none where several are."""
    if len(scan.facts.get("gpu", ())) != 1:
        return set()
    return {card.memory_gb for card in names().match_cards(str(scan.facts["gpu"][0])) if card.memory_gb}


def _in_all(scan: Scan, amount: float) -> bool:
    """`48GB of VRAM (2x3090)`: what the cards that are named hold together."""
    sizes = _sizes_of_the_card(scan)
    if not sizes or len(scan.facts.get("n_gpus", ())) != 1:
        return False
    count = scan.facts["n_gpus"][0]
    return count > 1 and amount not in sizes and amount / count in sizes


# "4-bit is 16 GB and I have 32": what is there, with no word for what it counts
_HAVE = r"\b(?:i|we)(?: (?:have|own|got|do have|only have)|'ve(?: got)?) (?P<n>\d{2,4})(?: in (?:total|all)| (?:altogether|combined|together))?(?=\s?(?:[,;?!)]|\.(?!\d)|$))"
# ... of another machine
_ELSEWHERE = r"\b(?:at|in|on) (?:work|school|uni\w*|home|(?:the|my|our) (?!same\b)\w+)\b[^.;?!]{0,16}$"


def settle_sum_of_cards(scan: Scan) -> None:
    """Of two counts leave the first where the second, a bare `I have 32`, is what so many cards hold together: 2x T4 16GB."""
    counts, places = scan.facts.get("n_gpus", []), scan.spans.get("n_gpus", [])
    if len(counts) != 2 or len(places) != 2:
        return
    told = scan.facts.get("gpu_memory_gb", [])
    each = set(told) if len(told) == 1 else _sizes_of_the_card(scan)
    for found in scan.find(_HAVE):
        start, amount = scan.normal.original(*found.span("n"))[0], int(found["n"])
        first = [count for count, place in zip(counts, places, strict=True) if place[0] < start]
        elsewhere = compiled(_ELSEWHERE).search(scan.text[: found.start()])
        if amount == counts[-1] and len(first) == 1 and first[0] > 1 and amount / first[0] in each and not elsewhere:
            keep(scan, "n_gpus", [True, False])
            return


# or two sizes of a card that stand against each other
_CHOICE = (
    r"\bwhich\b|\bbuy\b|\bshould (?:i|we)\b|\benough\b|\beach\b|\brespectively\b|选|买|哪|够|分别|各"
    r"|\d\s?g(?:i?b)?(?: cards?| gpus?)? (?:or|vs\.?) (?:an? )?\d+\s?g(?:i?b)? (?:v?ram )?(?:cards?|gpus?)\b|\d\s?g(?:i?b)?(?:的)?(?:显?卡)?还是\d+\s?g(?:i?b)?(?:显存)?的?显?卡"
)


# "12/16/24": three sizes or more in which cards are sold, where the text speaks of cards
_BARE_SIZES = r"(?<![\d.*a-z/])(?P<row>\d{1,2}(?:\s?[/、]\s?\d{1,2}){2,5})(?![\d.]*\d|\s?[a-z%/])"
# each with its unit, and what they are of behind the last: "8G、16G、24G显存"
_SIZES_IN_A_ROW = r"(?<![\d.*a-z/])(?P<row>\d{1,3}\s?g(?:i?b)?(?:\s?[,/、]\s?\d{1,3}\s?g(?:i?b)?){1,5})(?=\s?(?:的\s?)?(?:显存|显卡|卡|v\s?ram\b|cards?\b|gpus?\b))"
_OF_CARDS = r"\bcards?\b|\bgpus?\b|\bvram\b|显存|显卡"


def _chosen_among(scan: Scan) -> None:
    """`12, 16 or 24 GB?`, where no card is named: the sizes of card among which is chosen."""
    if {"gpu", "gpu_memory_gb"} & set(scan.facts) or not any(scan.find(_CHOICE)):
        return
    rows = (lexicon.CHOSEN_AMONG, _SIZES_IN_A_ROW)
    for found in (
        *(one for row in rows for one in scan.find(row)),
        *(scan.find(_BARE_SIZES) if any(scan.find(_OF_CARDS)) else ()),
    ):
        sizes = [int(size) for size in re.findall(r"\d+", found["row"])]
        if len(sizes) > 1 and set(sizes) <= CARD_SIZES and scan.free(*found.span("row")):
            for size in re.finditer(r"\d+", found["row"]):
                at = found.start("row") + size.start()
                scan.add("gpu_memory_gb", float(size[0]), at, at + len(size[0]), take=False)
            scan.take(*found.span("row"))
            return


# memory of a machine that the processor shares, set aside for its graphics
_GIVEN_TO_GRAPHICS = (
    r"\b(?:bios|uefi|uma|gtt|vgm|variable graphics memory)\b[^.;?!\d]{0,40}?(?P<v>\d{1,3})\s?(?:gib|gb|g)(?![a-z0-9])"
    r"|(?<![\d.])(?P<w>\d{1,3})\s?(?:gib|gb|g)?\s?(?:is |are |was )?(?:allocated|assigned|dedicated|given|reserved|carved out|set aside|划|分|分配)(?:给)?\s?(?:to|for|as)?\s?(?:the )?(?:i?gpu|vram|graphics|核显|显卡|显存)"
)


def _given_to_graphics(scan: Scan) -> None:
    """`128 GB machine, the BIOS gives 96 GB to it`: of memory that is shared, the part that is set aside for the GPU."""
    for found in scan.find(_GIVEN_TO_GRAPHICS):
        group = "v" if found["v"] else "w"
        if scan.free(*found.span(group)):
            whole = scan.facts.pop("gpu_memory_gb", [])
            scan.spans.pop("gpu_memory_gb", None)
            scan.add("gpu_memory_gb", float(found[group]), found.start(group), found.end())
            if whole and "host_memory_gb" not in scan.facts:
                scan.extras["shared_memory_gb"] = whole


def _called_bandwidth(scan: Scan) -> None:
    """`48 GB of bandwidth`, where no memory is told."""
    if {"gpu", "gpu_memory_gb"} & set(scan.facts):
        return
    for found in scan.find(lexicon.CALLED_BANDWIDTH):
        group = next(name for name in "vwxy" if found[name])
        if scan.free(*found.span(group)):
            scan.add("called_bandwidth", float(found[group]), *found.span(group), extra=True)


def read_memory_beside(scan: Scan) -> None:
    """`4x A6000 + 512GB`: with the cards named, what stands beside them is the machine's."""
    if not {"gpu", "gpu_memory_gb"} & set(scan.facts) or "host_memory_gb" in scan.facts:
        return
    for found in scan.find(lexicon.BESIDE_CARDS):
        if scan.free(*found.span("v")) and float(found["v"]) >= _LEAST_HOST:
            scan.add("host_memory_gb", float(found["v"]), found.start("v"), found.end())


_LEAST_HOST = 32  # GB


def _marketed(mebibytes: int) -> float:
    """The memory that a driver's MiB belong to: 24,564 and 24,576 are a 24 GB card's."""
    gibibytes = mebibytes / 1024
    return float(round(gibibytes)) if abs(gibibytes - round(gibibytes)) < 0.02 else round(gibibytes, 2)
