"""A precision by name beside one by its bits: `int8, or do I have to go 4bit`."""

import re
from collections.abc import Iterable

from chat.reads.formats.files import USUAL
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_BITS_IN = re.compile(r"(?:int|fp|bf|nf|:i?q)(\d+)", re.IGNORECASE)
# what says no more than its bits
_PLAIN = frozenset({"int8", "int4", "bf16", "fp16"})
_OF_BITS = {4: "int4", 8: "int8", 16: "fp16"}
# what it computes in is no second precision of the weights
_COMPUTES = r"\s?(?:compute|computation|activations?|dtype|计算|激活)"

# 16 bits and more, in which nothing is quantised
WHOLE = ("bf16", "fp16", "fp32")


def without_bare_widths(formats: Iterable[str]) -> list[str]:
    """Those that are named, less `int4` where `gptq-int4` says it too."""
    named = list(formats)
    bare = _PLAIN & set(named)  # NF4 is a way of its own beside NF4 with double quantisation
    return [one for one in named if one not in bare or not any(one in other.split("-")[1:] for other in named)]


def widths_together(scan: Scan) -> None:
    """Of a model that is served, weights of other bits than those of the format named are another case: both stand in one row."""
    formats, bits = scan.facts.get("weight_format", []), scan.facts.get("bits", [])
    trained = scan.facts.get("task") == ["train"] or set(scan.facts.get("method", ())) - {"inference"}
    several = any(len(scan.facts.get(name, ())) > 1 for name in ("model", "params"))  # each in its own
    if not formats or not bits or trained or several or {"algo", "bpw"} & set(scan.facts):
        return
    files = any(str(one).startswith("gguf") for one in formats)
    if files and len(scan.facts.get("engine", ())) > 1:
        return  # a file is of the one program, and the bits are of the other
    placed = [len(scan.spans[name]) == len(scan.facts[name]) for name in ("weight_format", "bits")]
    if not all(placed) or any(compiled(_COMPUTES).match(scan.lowered, end) for _, end in scan.spans["weight_format"]):
        return
    widths = [int(found[1]) if (found := _BITS_IN.search(str(one))) else 0 for one in formats]
    if not all(widths) or set(bits) <= set(widths):
        return
    plain = set(formats) <= _PLAIN
    named = [
        (f"gguf:{USUAL[str(one)]}" if str(one) in USUAL else "fp16") if files else _OF_BITS.get(one) for one in bits
    ]
    if not plain and not all(named):
        return
    first = widths if plain else formats
    others = [
        (value, span)
        for value, span, width in zip(bits if plain else named, scan.spans["bits"], bits, strict=True)
        if width not in widths
    ]
    row = sorted([*zip(first, scan.spans["weight_format"], strict=True), *others], key=lambda one: one[1])
    row = [one for at, one in enumerate(row) if one[0] not in [before for before, _ in row[:at]]]
    for name in ("weight_format", "bits"):
        del scan.facts[name], scan.spans[name]
    name = "bits" if plain else "weight_format"
    scan.facts[name], scan.spans[name] = [value for value, _ in row], [span for _, span in row]
