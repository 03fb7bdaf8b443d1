"""A number that is a card's memory by its place alone: "mistral on 24, ok?", "qwen 24 够吗", "2x24", "8x80 H100"; the sizes
of a Mac among which is chosen."""

import re

from chat.reads.cards.lone_memory import MAC_NAMED
from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.lexicon import compiled
from chat.reads.models.unknown_models import Models
from chat.reads.scan import Scan
from kb.cards import MAC, models_in, sizes_of
from kb.names import gpu_row, names

# that a Mac is meant, whatever follows it
MAC_TOLD = "mac_told"
# noted with the number, so that the answer says how it was taken
BARE_MEMORY = "bare_memory"
_ENDS = r"(?=\s*(?:[,.?!;)](?!\d)|$|(?:is |would (?:be )?|will )?(?:ok(?:ay)?|possible|fits?|enough|doable|works?|go|please|fine)\b|够|行|可以|能|放得下|装得下|跑得))"
_PLACES = (
    rf"\b(?:on|in(?:to)?|with) (?:(?:an?|my|the|just|only|one|single) )*(?P<v>\d{{1,3}}){_ENDS}",
    r"(?<![\d.a-z-])(?P<v>\d{1,3})\s?(?:够不够|够吗|够么|够用|够跑|行吗|行不行|可以吗|能跑吗|放得下|装得下|跑得动|跑得起来)",
    rf"(?:[上用卡]|只有|手里)\s?(?P<v>\d{{1,3}}){_ENDS}",
)
# amounts by the name of what they are of: "显存 8 内存 16 硬盘 512", "vram 12, ram 32"
_BEHIND_ITS_NAME = r"\s?(?:容量|大小)?\s?(?:是|为|有|只有|才|=|:|of|is)?\s?(?P<v>\d{1,4})(?=\s*(?:[,.;?!/+、](?!\d)|$|[\u4e00-\u9fff]|and\b|ram\b|v?ram\b|ssd\b|cpu\b|can\b|ok\b))(?!\s?(?:[个条路张块卡位层人字千万亿兆倍]|多|以[上下]))"
_BY_NAME = (
    ("gpu_memory_gb", rf"(?:显存|\bv-?ram){_BEHIND_ITS_NAME}"),
    ("host_memory_gb", rf"(?:(?<!显)内存|(?<![a-z-])ram){_BEHIND_ITS_NAME}"),
    ("", rf"(?:硬盘|磁盘|固态|\bssd|\bdisk){_BEHIND_ITS_NAME}"),  # what holds the files is no fact
)
# each of several cards: not "8x22b", "4x8k", "2x16 tokens"
_OF_EACH = r"(?<![\d.a-z*-])(?P<n>\d{1,2})\s?[x*]\s?(?P<v>16|24|32|40|48|80|96|141)(?=\s*(?:[,.?!;)](?!\d)|$|(?:gpus?|cards?|[ahbl]\d{2,3}|rtx|[345]0[6-9]0|a6000)\b|的?卡))"
# of few GB as many cards may be meant
_PLAINLY = 10
_NAMED = ("gpu", "gpu_memory_gb", "n_gpus", "host_memory_gb")

# "16 or 24GB", "36GB or the 48GB", "64G 和 128G": the last at least has its unit
_OR_SIZE = r"\s*(?:,|/|、|\bor\b|\bvs\.?|\bversus\b|\band\b|还是|和|或者?|与)\s*(?:or |an? |the |用|买|选)?"
_SIZES_OF_MAC = rf"(?<![\d.*a-z-])(?P<row>\d{{1,3}}\s?(?:g(?:i?b)?)?(?:\s?(?:ram|内存|的|版|one|model|memory))?(?:{_OR_SIZE}\d{{1,3}}\s?(?:g(?:i?b)?)?)*{_OR_SIZE}\d{{1,3}}\s?g(?:i?b)?)(?![a-z0-9%])"


def sizes_of_mac(text: str) -> list[tuple[float, int, int]]:
    """The sizes in a row that Macs are sold with, each with its place; none where one of them is no Mac's."""
    for found in compiled(_SIZES_OF_MAC).finditer(text):
        at = found.start("row")
        sizes = [(float(one[0]), at + one.start(), at + one.end()) for one in re.finditer(r"\d+", found["row"])]
        if len({size for size, *_ in sizes} & set(sizes_of(MAC))) == len(sizes):
            return sizes
    return []


def read_sizes_of_mac(scan: Scan) -> None:
    """Of a Mac that is named, and of no card beside it."""
    cards = [one for text in scan.facts.get("gpu", ()) for one in models_in(str(text))]
    named = any(scan.find(MAC_NAMED))
    if named:
        scan.note(MAC_TOLD, 1)
    others = any(gpu_row(full)["vendor"] != "Apple" for one in cards for full in names().find_gpus(one))
    if others or not (cards or named):
        return
    if sizes := sizes_of_mac(scan.text):
        for name in ("gpu_memory_gb", "host_memory_gb"):
            scan.facts.pop(name, None)
            scan.spans.pop(name, None)
        for size, start, end in sizes:
            scan.add("gpu_memory_gb", size, start, end, take=False)
        scan.take(sizes[0][1], sizes[-1][2])


def read_bare_memory(scan: Scan, models: Models) -> None:
    """Beside a model, and where no card is told otherwise."""
    read_sizes_of_mac(scan)
    _named_amounts(scan)
    if not (models.names or models.suggestions or "params" in scan.facts) or "gpu_memory_gb" in scan.facts:
        return
    for found in scan.find(_OF_EACH):
        if scan.free(found.start("v"), found.end("v")) and "gpu" not in scan.others:
            _state(scan, found["v"], *found.span("v"))
            if "n_gpus" not in scan.facts:
                scan.add("n_gpus", int(found["n"]), *found.span("n"))
            return
    if {*_NAMED} & set(scan.facts):
        return
    for pattern in _PLACES:
        for found in compiled(pattern).finditer(scan.text):
            size, where = int(found["v"]), found.span("v")
            if scan.free(*where) and size in CARD_SIZES and size >= _PLAINLY:
                _state(scan, found["v"], *where)
                return


_FEWEST = 2


def _named_amounts(scan: Scan) -> None:
    """Amounts without a unit, each behind the name of what it is of; one alone may be anything."""
    told = [(name, one) for name, pattern in _BY_NAME for one in scan.find(pattern) if scan.free(*one.span("v"))]
    if len(told) < _FEWEST:
        return
    for name, one in told:
        if name and name not in scan.facts:
            scan.add(name, float(one["v"]), *one.span("v"))
        else:
            scan.take(*one.span("v"))


def _state(scan: Scan, size: str, start: int, end: int) -> None:
    scan.add("gpu_memory_gb", float(size), start, end)
    if "gpu" not in scan.facts:
        scan.note(BARE_MEMORY, float(size))
