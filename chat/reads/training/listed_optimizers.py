"""`full / 8-bit Adam / LoRA / QLoRA`: an optimizer that stands in a row of methods is a way of its own, beside the usual one."""

from chat.reads.scan import Scan

_PARTED = r"(?:[,/|、;]|\b(?:and|or|vs\.?)\b|和|与|或)"
_METHOD = r"(?:\bfull(?: (?:ft|fine-?tun\w*))?|全(?:参|量)(?:数)?(?:微调)?|\bq?lora\b)"
_IN_A_ROW = rf"{_METHOD}\s?{_PARTED}\s?(?:(?:full|全参|全量)\s?(?:with|w/|加|\+|用)\s?)?(?:the )?(?P<o>(?:paged )?8[- ]?(?:bit|位)\s?adam\w*|adam\w*[- ]?8[- ]?bit|adafactor|lion|sgd)\s?{_PARTED}\s?{_METHOD}"
_BARE_FULL = r"\bfull\s?[,/|]"


def settle_listed_optimizer(scan: Scan) -> None:
    """Beside an optimizer of such a row the methods are counted with AdamW as well; a bare `full` is a method there."""
    optimizers = scan.facts.get("optimizer", [])
    if len(optimizers) != 1 or optimizers[0] == "adamw":
        return
    found = next(scan.find(_IN_A_ROW), None)
    if found is None:
        return
    place = scan.spans["optimizer"][0]
    scan.facts["optimizer"], scan.spans["optimizer"] = ["adamw", optimizers[0]], [place, place]
    bare = next(scan.find(_BARE_FULL), None)
    if bare and "full" not in scan.facts.get("method", ["full"]):
        scan.facts["method"].insert(0, "full")
        scan.spans["method"].insert(0, scan.normal.original(*bare.span()))
