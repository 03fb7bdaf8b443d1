"""A width below that of every format: somebody's claim, and nothing that the case is stored in."""

from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

TOO_FEW = "log_few_bits"
# bits of a weight: below these no format is run (IQ1_S and ternary weights keep more), and none is trained over
LEAST_RUN, _LEAST_TRAINED = 1.5, 2.0
# by how much a width differs, and none that anything is stored in
_DIFFERS = r"(?:\bsav\w*|\bextra\b|\badditional\b|\boverhead\b|\breduc\w*|\bcosts?\b|\badd(?:s|ed)?\b|省|多出?|少|额外|增加|减少|开销)[^,;.?!。]{0,24}$"


def leave_too_few(scan: Scan) -> None:
    """Take such a width for a claim; what is run in "1 bit" is run in the files that are called so."""
    trained = scan.facts.get("task") == ["train"]
    told = [float(one) for one in scan.facts.get("bpw", []) or scan.facts.get("bits", [])]
    if len(told) != 1 or told[0] >= (_LEAST_TRAINED if trained else LEAST_RUN) or "weight_format" in scan.facts:
        return
    place = (scan.spans.get("bpw") or scan.spans["bits"])[0]
    for name in ("bits", "bpw"):
        scan.facts.pop(name, None)
        scan.spans.pop(name, None)
    if compiled(_DIFFERS).search(scan.text[: place[0]]):
        return
    scan.extras[TOO_FEW] = told
    if not trained and scan.facts.get("task") == ["inference"]:
        scan.facts["weight_format"], scan.spans["weight_format"] = ["gguf:IQ1_S"], [place]
