"""A training with all that saves memory turned on: "with all memory saving options on", "所有省显存的选项都打开"."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

ALL_SAVINGS = "all_savings"
_SAVES = r"(?:(?:memory|v?ram)[ -]?(?:sav\w*|reduc\w*|optimi[sz]\w*|efficien\w*)|offload\w*)(?: and (?:memory )?(?:sav\w*|reduc\w*|optimi[sz]\w*|offload\w*))?(?: (?:options?|tricks?|settings?|features?|flags?|measures?|techniques?|methods?|tweaks?|switches))?"
_ALL = rf"\b(?:all|every|each|any|max(?:imum|imal)?)\b(?: of)?(?: the| these| those)?(?: possible| available| known| deepspeed)?\s{_SAVES}"
_TURNED = r"\b(?:turn\w*(?: it| them)? on|enabl\w+|activat\w+|using|use|with|appl\w+|employ\w*)\b"
_ALL_ZH = r"(?:所有|全部|一切|各种|能)(?:能|可以)?的?(?:省|节省|节约|降|降低|减少|优化)(?:显存|内存)的?(?:选项|手段|方法|办法|技巧|措施|优化|开关|功能|技术|招数?)?"
_SAVES_ZH = (
    r"(?:省|节省|节约|降低|减少|优化)(?:显存|内存)的?(?:选项|手段|方法|办法|技巧|措施|优化|开关|功能|技术|招数?)"
)
_ON_ZH = r"(?:都|全部?)(?:给)?(?:打开|开启?|用上?|启用|上|加上)(?:了|的话)?"
_ON = (
    rf"{_TURNED}[^.;?,]{{0,16}}{_ALL}|{_ALL}[^.;?,]{{0,12}}\b(?:on|enabled|activated|applied|in place|used|in use)\b"
    rf"|{_ALL_ZH}[^,;?。]{{0,4}}{_ON_ZH}|{_SAVES_ZH}[^,;?。]{{0,4}}{_ON_ZH}|(?:打开|开启|启用|用上?)(?:了)?{_ALL_ZH}"
)
_ALL_WEIGHTS = frozenset({"full"})


def read_all_savings(scan: Scan) -> None:
    """State what is turned on for training all weights, where no method is told that trains fewer: both go to host memory."""
    found = next(scan.find(_ON), None)
    facts = scan.facts
    trains = facts.get("task") == ["train"] or bool({"algo", "method"} & set(facts)) or _TRAINS.search(scan.text)
    if (
        found is None
        or not trains
        or _OF_SPEED.search(scan.text)
        or set(facts.get("method", ())) - _ALL_WEIGHTS
        or {"inference"} & set(facts.get("task", ()))
    ):
        return
    scan.note(ALL_SAVINGS, 1)
    if "offload" not in facts:
        scan.add("offload", "params", *found.span(), take=False)
    if "method" not in facts:
        scan.add("method", "full", *found.span(), take=False)


_OF_SPEED = compiled(r"\bslow\w*|\bfast\w*|\bspeed\b|\bquality\b|[快慢]|速度|效果|精度损失")
_TRAINS = compiled(r"\btrain\w*|\bfine-?tun\w*|训练|微调|全参")
