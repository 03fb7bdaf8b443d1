"""The memory of cards that is told in GB: a card's own, sizes among which is chosen, what is set aside of a shared one,
and the machine's that stands beside cards."""

import re

from chat.reads import lexicon
from chat.reads.lexicon import compiled
from chat.reads.memories_together import CARD_SIZES
from chat.reads.savings import is_saving
from chat.reads.scan import Scan
from kb.names import names

# "on 24 GB"; what follows `只有` may be what a run takes
_WITHIN, _SAID_OF_A_RUN = lexicon.CARD_MEMORY.index(lexicon.WITHIN_MEMORY), ("只有", "就")
# of what follows `I have`, in Chinese `只有`: a file has only so much, too
_HELD, _FILE_BEFORE = lexicon.CARD_MEMORY.index(lexicon.OWNED_MEMORY), r"(?:下载|拉|文件|gguf|权重|模型)[^,;?!]{0,20}$"
_IN_USE = r"\s?(?:of )?(?:v?ram|gpu memory)\s(?:is |are |was )?(?:used|in use|taken|occupied)\b"
_NEEDS = r"\b(?:needs?|takes?|uses?|used|took|requires?)\s$"
_OF_A_METHOD = re.compile(r"(?:lora|full|单步|每步|峰值|全参|全量|微调|训练|推理)\s?(?:的|run)?\s?$", re.ASCII)
_TO_SPARE = r"\s?(?:to )?(?:spare|left over|(?:of )?headroom)\b"
_ABOUT = r"\s?(?:出头|左右|上下)"
# an amount of which it is asked whether it is right
CHECKED = r"\s?(?:出头|左右|上下|多)?[,，]?\s?(?:对(?:吗|么|不对|嘛)|正常吗|合理吗)"
_EXPLICIT = 2  # patterns before it name a card or its memory
_BEFORE_MORE = r"(?<![最差许很])多(?:用|占|吃|要|花|耗|出)(?:了|掉|来)?(?:大概|大约|约|近|将近)?\s?$"
_DIFFERENCE = r"\s?(?:more|less|higher|lower|extra)\b(?! of)"
_TURNS_TO = r"\s?(?:-+>|=>|→)\s?\d"  # of no size that cards are sold with: what a run took before a change
_PER_CARD = re.compile(r"per (?:gpu|card)|each|每", re.ASCII)


def read_card_memory(scan: Scan) -> None:
    _called_bandwidth(scan)
    _given_to_graphics(scan)
    _chosen_among(scan)
    for place, pattern in enumerate(lexicon.CARD_MEMORY):
        for found in scan.find(pattern):
            start, end = (found.start("v"), found.end("u")) if found["v"] else (found.start("mb"), found.end("mu"))
            if not scan.free(start, end) or is_saving(scan.text, start, end):
                continue
            if compiled(_DIFFERENCE).match(scan.text, end) or compiled(_BEFORE_MORE).search(
                scan.text[max(0, start - 12) : start]
            ):
                continue  # "the first card has 2 GB more than the rest", "多用10G显存"
            if "gpu" in scan.facts and compiled(_TO_SPARE).match(scan.text, end):
                continue  # "12GB spare each": what is left of the card that is named
            # "14 GB per GPU" is what a run takes, unless cards are sold so
            amount = float(found["v"]) if found["v"] else _marketed(int(found["mb"]))
            of_no_card = place <= 1 and amount not in CARD_SIZES
            if _PER_CARD.search(found[0]) and (of_no_card or _of_another_card(scan, amount, start)):
                continue
            if amount not in CARD_SIZES and compiled(_TURNS_TO).match(scan.text, end):
                continue  # "显存 58G → 39G"
            if amount not in CARD_SIZES and (place == _WITHIN or found[0].startswith(_SAID_OF_A_RUN)):
                continue  # "runs in 26 GB", "只有 56G": of no card that is sold
            if amount not in CARD_SIZES and _OF_A_METHOD.search(scan.text[max(0, found.start() - 16) : found.start()]):
                continue  # "LoRA 显存 60G": what a run takes
            # "needs 12G of VRAM" states a need; only a card's or an owner's figure is a capacity.
            no_card = {0: lexicon.NEED, _HELD: _FILE_BEFORE}.get(place)
            if no_card and lexicon.compiled(no_card).search(scan.text[max(0, start - 24) : start]):
                continue
            if compiled(_IN_USE).match(scan.text, end):
                continue  # "only 9GB VRAM used"
            if place == _HELD and compiled(_NEEDS).search(scan.text[max(0, found.start() - 16) : found.start()]):
                continue  # "transformers needs under 2GB"
            if place == 1 and compiled(_ABOUT).match(scan.text, end):
                continue  # "显存 22G 左右" is what a run takes
            if compiled(CHECKED if place < _EXPLICIT else _ABOUT).match(scan.text, end):
                continue  # "也就 20G 出头", "显存 11G 左右对吗": a card has just so much
            if _in_all(scan, amount):
                scan.take(start, end)
                continue
            if place >= len(lexicon.CARD_MEMORY) - lexicon.ASKED_AGAINST and (
                "gpu" in scan.facts or amount not in CARD_SIZES or amount in scan.facts.get("host_memory_gb", ())
            ):
                continue
            if "gpu_memory_gb" in scan.facts and len(scan.facts.get("gpu", ())) <= 1 and place >= 2:
                if amount in scan.facts["gpu_memory_gb"]:
                    scan.take(start, end)  # a driver's line says it once more
                continue
            scan.add("gpu_memory_gb", amount, start, end)


_MODDED = 2  # times the memory that a card is sold with


_USABLE = 0.85  # of a card at least, where it is told beside its name what it lets a program have


def _of_another_card(scan: Scan, amount: float, start: int) -> bool:
    """`8x H100: 44 GB each`: the one card that is named is neither sold with so much nor modded to it. In brackets right
    behind it a little less is what it has to give: `16 x A40 (4 nodes, ~44GB each)`."""
    if len(scan.facts.get("gpu", ())) != 1:
        return False
    sizes = {card.memory_gb for card in names().match_cards(str(scan.facts["gpu"][0])) if card.memory_gb}
    before = scan.lowered[max(end for _, end in scan.spans.get("gpu", [(0, 0)])) : start]
    beside = compiled(r"\s?\([^()]*").fullmatch(before) is not None
    if beside and any(_USABLE * size <= amount < size for size in sizes):
        return False
    return bool(sizes) and not any(amount in (size, _MODDED * size) for size in sizes)


def _in_all(scan: Scan, amount: float) -> bool:
    """`48GB of VRAM (2x3090)`: what the cards that are named hold together."""
    if len(scan.facts.get("gpu", ())) != 1 or len(scan.facts.get("n_gpus", ())) != 1:
        return False
    sizes = {card.memory_gb for card in names().match_cards(str(scan.facts["gpu"][0])) if card.memory_gb}
    count = scan.facts["n_gpus"][0]
    return count > 1 and amount not in sizes and amount / count in sizes


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
