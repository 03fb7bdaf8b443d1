"""Memories of cards that are told one by one: "24G + 12G", "card 0: 24GB, card 1: 16GB", "40GB total across 24+16"."""

import re

from chat.reads.scan import Scan

CARD_SIZES = frozenset(
    {4, 6, 8, 10, 11, 12, 16, 20, 22, 24, 32, 36, 40, 44, 48, 64, 80, 94, 96, 128, 141, 180, 192, 256, 288, 512}
)


# "24G + 12G", "2张24G加1张12G", "one 24GB card and one 12GB card"
_A_SIZE = r"(?:(?P<n>\b(?:an?|one|another)\b|(?<![\d.])\d{1,2}(?=\s?[x*张块个片]|\s\d))\s?[x*张块个片]?\s?)?(?P<gb>(?<![\d.])\d{1,3})\s?g(?:i?b)?(?![a-z\d])(?:\s*(?:显存|显卡|的?卡|vram|cards?\b|gpus?\b))*"
_PLUS_SIZE, _AND_SIZE = r"\s*(?:\+|\bplus\b|加上?|搭配?|配)\s*", r"\s*(?:,?\s?\band\b|和|与|、|,)?\s*"
_OF_CARDS = r"\bcards?\b|\bgpus?\b|\bvram\b|显存|显卡|卡"


# "card 0: 24GB, card 1: 16GB", "0号卡 24G": each by its number
_BY_NUMBER = r"(?:\b(?:card|gpu|cuda|device)\s?[#:]?\s?(?P<i>\d)(?!\d)|(?<!\d)(?P<j>\d)\s?号\s?卡)\s?(?:is|has|with|[:=(是有])?\s*(?:an? )?(?P<gb>\d{1,3})\s?g(?:i?b)?(?![a-z\d])(?!\s?(?:used|in use|usage|free|/|of\b|占|已用|空闲))\s?\)?"


def _numbered(scan: Scan) -> list[re.Match[str]]:
    """The sizes of cards that are told one by one by their numbers, in a row from the first."""
    found = [one for one in scan.find(_BY_NUMBER) if scan.free(*one.span("gb"))]
    numbers = [int(one["i"] or one["j"]) for one in found]
    row = bool(numbers) and numbers == list(range(numbers[0], numbers[0] + len(numbers))) and numbers[0] < 2
    sold = all(int(one["gb"]) in CARD_SIZES for one in found)
    return found if row and sold and len(found) > 1 else []


# "40GB total across 24+16", "my rig is 24 + 12 GB": sizes of which one unit, or none, is told
_BARE = r"(?<![\d.+*x-])(?P<a>\d{1,2})\s?\+\s?(?P<b>\d{1,2})(?:\s?\+\s?(?P<c>\d{1,2}))?(?P<unit>\s?g(?:i?b)?(?![a-z\d]))?(?![\d+]|\.\d|\s?(?:=|b\b|k\b|[*x%]))"
_OF_A_RIG = (
    r"\b(?:rig|setup|box|build|machine|cards?|gpus?|across|split)\b|\b(?:v?ram) total\b|机器|显卡|主机|双卡|两张|卡"
)


def _bare(scan: Scan) -> re.Match[str] | None:
    """Sizes of cards that are added, where the text speaks of a machine's cards."""
    for found in scan.find(_BARE):
        sizes = [int(one) for one in found.group("a", "b", "c") if one]
        whole = re.search(rf"(?<![\d.]){sum(sizes)}\s?g", scan.text) is not None
        if set(sizes) <= CARD_SIZES and (found["unit"] or whole) and any(scan.find(_OF_A_RIG)):
            return found
    return None


def _state_bare(scan: Scan, found: re.Match[str]) -> None:
    sizes = [one for one in found.group("a", "b", "c") if one]
    if "gpu_memory_gb" in scan.facts:  # their sum, or the one that has a unit
        del scan.facts["gpu_memory_gb"], scan.spans["gpu_memory_gb"]
    if len(set(sizes)) > 1:
        scan.add("gpu", " + ".join(f"{size}GB" for size in sizes), *found.span(), take=True)
    else:
        scan.add("gpu_memory_gb", float(sizes[0]), *found.span(), take=True)
    scan.add("n_gpus", len(sizes), *found.span(), take=False)


def _state_numbered(scan: Scan, numbered: list[re.Match[str]]) -> None:
    for one in numbered:
        scan.take(*one.span())
    where, each = (numbered[0].start(), numbered[-1].end()), [str(one["gb"]) for one in numbered]
    if len(set(each)) > 1:
        scan.add("gpu", " + ".join(f"{size}GB" for size in each), *where, take=False)
    else:
        scan.add("gpu_memory_gb", float(each[0]), *where, take=False)
    scan.add("n_gpus", len(each), *where, take=False)


def memories_together(scan: Scan) -> None:
    """`24G + 12G` of two cards, where the text speaks of cards."""
    if "gpu" in scan.facts:
        return
    if numbered := _numbered(scan):
        _state_numbered(scan, numbered)
        return
    if bare := _bare(scan):
        _state_bare(scan, bare)
        return
    sizes = [found for found in scan.find(_A_SIZE) if scan.free(*found.span("gb"))]
    rig: list[re.Match[str]] = []
    for found in sizes:
        if rig and not _beside(scan, rig[-1], found):
            if len(rig) > 1:
                break
            rig = []
        rig.append(found)
    told = any(scan.find(_OF_CARDS)) or all(found["n"] for found in rig)
    if len(rig) < 2 or not told or re.match(r"\s*=", scan.text[rig[-1].end() :]):
        return
    counts = [int(found["n"]) if (found["n"] or "").isdigit() else 1 for found in rig]
    parts = [
        f"{count} × {found['gb']}GB" if count > 1 else f"{found['gb']}GB"
        for count, found in zip(counts, rig, strict=True)
    ]
    where = rig[0].start(), rig[-1].end()
    scan.add("gpu", " + ".join(parts), *where)
    scan.add("n_gpus", sum(counts), *where, take=False)


# "two 4090 48GB cards", "48GB each", "每张48G"
_OF_EACH = re.compile(
    r"\s?(?:cards?\b|gpus?\b|boards?\b|each\b|apiece\b|的?显?卡(?!总|[一共])|每[张块卡]|[/一][张块卡])", re.ASCII
)
_EACH_HAS = re.compile(r"每[张块卡]|单卡|\beach\b", re.ASCII)


def told_of_each(scan: Scan, start: int, memory: int, end: int) -> bool:
    """Is the memory that stands between a card's name and `end` told of each of several cards, and not of all of them?"""
    return bool(_OF_EACH.match(scan.text, end) or _EACH_HAS.search(scan.text, start, memory))


def _beside(scan: Scan, left: re.Match[str], right: re.Match[str]) -> bool:
    """Whether two sizes are of cards of one machine: added, or each with its count."""
    between = scan.text[left.end() : right.start()]
    counted = left["n"] is not None and right["n"] is not None
    return bool(re.fullmatch(_PLUS_SIZE, between) or (counted and re.fullmatch(_AND_SIZE, between)))
