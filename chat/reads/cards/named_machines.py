"""Machines that a question names whole: a cloud's instance by its name, and servers of so many cards."""

import re
from functools import cache

from chat.reads.scan import Scan
from kb.database import rows
from kb.names import names

_PREFIX = "standard_"


@cache
def _instances() -> dict[str, tuple[str, int]]:
    found = rows("SELECT name, gpu, n_gpus FROM instances")
    return {str(row["name"]).lower().removeprefix(_PREFIX): (row["gpu"], row["n_gpus"]) for row in found}


@cache
def _pattern() -> str:
    called = sorted(_instances(), key=len, reverse=True)
    return rf"(?<![a-z0-9])(?:{_PREFIX})?(?P<name>{'|'.join(map(re.escape, called))})(?![a-z0-9])"


def read_instances(scan: Scan) -> None:
    """`g5.12xlarge`: its cards, their memory and their count; and the chips of boards that have two."""
    _read_boards(scan)
    _read_atlas(scan)
    for found in scan.find(_pattern()):
        if not scan.free(*found.span()):
            continue
        gpu, count = _instances()[found["name"]]
        cards = names().match_cards(gpu)
        scan.add("gpu", names().card_label(cards), *found.span())
        scan.add("n_gpus", count, *found.span(), take=False)
        scan.add("gpus_of_instance", count, *found.span(), extra=True, take=False)
        if len(names().match_cards(names().card_label(cards))) > 1 and cards[0].memory_gb:
            scan.add("gpu_memory_gb", cards[0].memory_gb, *found.span(), take=False)
        scan.take(*found.span())


# boards of two chips, each a device of its own with half of the memory: the board, how it is counted, its memory [GB]
_BOARD = r"(?:(?<![\d.a-z])(?P<n>\d{1,2})\s?(?:[张块片个x*]\s?)?(?:的)?)?(?:(?:华为|昇腾|huawei|ascend|atlas)\s?)*(?<![a-z0-9])300i[\s-]?duo(?:\s?(?:加速|推理|显)?卡)?(?:\s?\(?(?P<gb>48|96)\s?gb?(?![a-z])\)?)?(?:\s?[x*]\s?(?P<c>\d{1,2})(?!\d)|\s?(?P<d>\d{1,2})\s?[张块片卡])?"
_CHIP, _BOARD_GB = "Huawei Ascend 310P", 96


def _read_boards(scan: Scan) -> None:
    for found in scan.find(_BOARD):
        if not scan.free(*found.span()):
            continue
        boards = int(found["n"] or found["c"] or found["d"] or 1)
        scan.add("gpu", _CHIP, *found.span())
        scan.add("n_gpus", 2 * boards, *found.span(), take=False)
        scan.add("gpu_memory_gb", int(found["gb"] or _BOARD_GB) / 2, *found.span(), take=False)
        scan.take(*found.span())


# servers of eight, "Atlas 800I A2", and no NVIDIA A2: their chips, where the text names none
_ATLAS = r"(?:(?<![\d.a-z])(?P<n>\d{1,2})\s?(?:台|个|x|\*)?\s?(?:的\s?)?)?(?:(?:华为|昇腾|huawei|ascend|atlas)\s?)*(?<![a-z0-9])(?P<name>800[it][\s-]?a(?P<of>[23]))(?![a-z0-9])(?:\s?[(,]?\s?(?P<gb>32|64)\s?gb?(?![a-z])\)?)?"
_OF_ATLAS = {"2": "Huawei Ascend 910B", "3": "Huawei Ascend 910C"}
_CHIPS_NAMED = r"910[bc]|(?:\d\s?[张块卡x*]\s?)(?:昇腾|ascend|npu)"
_IN_ONE = 8


def _read_atlas(scan: Scan) -> None:
    named = any(scan.find(_CHIPS_NAMED))
    for found in scan.find(_ATLAS):
        if not scan.free(*found.span("of")):
            continue
        machines = int(found["n"] or 1)
        if not named:
            scan.add("gpu", _OF_ATLAS[found["of"]], *found.span())
            scan.add("n_gpus", _IN_ONE * machines, *found.span(), take=False)
            if found["of"] == "2":
                scan.add("gpu_memory_gb", int(found["gb"] or 64), *found.span(), take=False)
            if found["n"]:
                scan.add("nodes", machines, *found.span("n"), extra=True, take=False)
        scan.take(*found.span("name"))


# "one server of 8 cards; if that is not enough, two?": the machines that are asked for beside the one
_MORE = re.compile(
    r"(?<![\d.])(?P<n>[2-9])\s*台(?:机器|服务器|机)?(?=\s*(?:呢|够|行|可以|能|才|,|\?|$))"
    r"|\b(?P<m>[2-4]) (?:servers|machines|boxes|nodes)\b(?=[^,;.]{0,16}(?:\?|enough|then|do\b))",
    re.ASCII,
)
_LEAST = 4  # cards of a machine of which one counts machines


def read_more_machines(scan: Scan) -> None:
    """Twice the cards, where a second machine is asked about beside the first; fewer than an instance has, where so many are
    said to be used."""
    each = scan.facts.get("n_gpus", [])
    for count in scan.extras.get("gpus_of_instance", ()):
        if len(each) > 1 and count in each:
            del scan.spans["n_gpus"][each.index(count)]
            each.remove(count)
    if len(each) != 1 or int(each[0]) < _LEAST or not set(scan.extras.get("nodes", ())) <= {1}:
        return
    for found in _MORE.finditer(scan.text):
        scan.add("n_gpus", int(each[0]) * int(found["n"] or found["m"]), *found.span(), take=False)
        scan.take(*found.span())
