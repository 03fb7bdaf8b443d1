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


@cache
def _families() -> dict[str, tuple[str, list[int]]]:
    """`p4d`, of an instance's name what stands before its size: the cards of its sizes, and how many they have."""
    found: dict[str, tuple[str, list[int]]] = {}
    for name, (gpu, count) in _instances().items():
        if (family := name.split(".")[0]) != name:
            _, counts = found.setdefault(family, (gpu, []))
            counts.extend({count} - set(counts))
    return found


# `p4` and `g5` alone are the names of much else: these are read where the text is of such a cloud
_PLAIN = re.compile(r"[a-z]\d", re.ASCII)
_OF_THE_CLOUD = r"(?<![a-z])(?:aws|ec2|amazon|sagemaker)(?![a-z])|亚马逊|\d[a-z]{0,2}\.\d{0,2}(?:xlarge|metal)"
# the cards that the text itself names right behind an instance: "p4d (8x A100 40G)"
_SPELT_OUT = re.compile(
    r"(?:\s?(?:实例|机型|instances?|box(?:es)?|nodes?))?[\s(,:=]{0,3}(?:with |has |有|是)?\d{1,2}\s?[x*张块个]\s?(?:nvidia |tesla )?[abhlvt]\d",
    re.ASCII,
)


def read_instances(scan: Scan) -> None:
    """`g5.12xlarge`: its cards, their memory and their count; and the chips of boards that have two."""
    _read_boards(scan)
    _read_atlas(scan)
    named: list[tuple[int, int, str, list[int]]] = []
    for found in scan.find(_pattern()):
        gpu, count = _instances()[found["name"]]
        named.append((*found.span(), gpu, [count]))
    of_the_cloud = any(scan.find(_OF_THE_CLOUD))
    for family, (gpu, counts) in _families().items():
        if of_the_cloud or not _PLAIN.fullmatch(family):
            for found in scan.find(rf"(?<![a-z0-9.-]){re.escape(family)}(?![a-z0-9.-]|[\s_]?v\d)"):
                named.append((*found.span(), gpu, counts))
    kinds = {names().card_label(names().match_cards(gpu)) for _, _, gpu, _ in named}
    for start, end, gpu, counts in named:
        _add_instance(scan, start, end, gpu, counts, apart=len(kinds) > 1)


def _add_instance(scan: Scan, start: int, end: int, gpu: str, counts: list[int], apart: bool) -> None:
    """Its cards, their memory and their count; of a family of instances each count. `apart`: beside other cards, of which
    the memory is not: then the name tells it."""
    if not scan.free(start, end):
        return
    if not _SPELT_OUT.match(scan.text, end):
        _add_cards_of(scan, start, end, gpu, counts, apart)
    scan.take(start, end)


def _add_cards_of(scan: Scan, start: int, end: int, gpu: str, counts: list[int], apart: bool) -> None:
    cards = names().match_cards(gpu)
    label = names().card_label(cards)
    scan.add("gpu", gpu if apart else label, start, end)
    for count in counts:
        scan.add("n_gpus", count, start, end, take=False)
    if len(counts) == 1:
        scan.add("gpus_of_instance", counts[0], start, end, extra=True, take=False)
    if not apart and len(names().match_cards(label)) > 1 and cards[0].memory_gb:
        scan.add("gpu_memory_gb", cards[0].memory_gb, start, end, take=False)


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
    of_instances = scan.extras.get("gpus_of_instance", ())
    for count in of_instances if len(of_instances) == 1 else ():
        if len(each) > 1 and count in each:
            del scan.spans["n_gpus"][each.index(count)]
            each.remove(count)
    if len(each) != 1 or int(each[0]) < _LEAST or not set(scan.extras.get("nodes", ())) <= {1}:
        return
    for found in _MORE.finditer(scan.text):
        scan.add("n_gpus", int(each[0]) * int(found["n"] or found["m"]), *found.span(), take=False)
        scan.take(*found.span())
