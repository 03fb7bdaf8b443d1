"""A wider format that an asker suspects behind what a program takes: it is doubted, and is none of the case's facts."""

import re

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan

SUSPECTED = "suspected_format"
_WIDE = frozenset({"fp16", "bf16", "fp32", "gguf:F16", "gguf:BF16", "gguf:F32", 16, 32})
# "is ollama loading the fp16 version", "did it get dequantized to bf16", "是不是偷偷加载了 fp16"
_DOUBTS = (
    r"\b(?:is|isn'?t|are|was|were|did|didn'?t|does|doesn'?t|has|have|could|might|must)\b(?:n'?t)?[^,;.?!]{1,32}?\b(?:load|run|us(?:e|ing)|serv|pull|download|convert|upcast|dequant|unpack|expand|decompress|inflat|fall|fell|stor|keep|kept|being)\w*\b[^,;.?!]{0,40}$"
    r"|\b(?:is|was) (?:it|this|that) (?:(?:secretly|actually|really|silently|still|just|maybe|perhaps|somehow) )+(?:in |at |the |a )*$"
    r"|\b(?:secretly|silently|quietly)\b[^,;.?!]{0,32}$"
    r"|(?:是不是|是否|难道|莫非|该不会|不会是|会不会|还是(?:被|给)?(?:加载|载入|解压|反量化|还原|转)|偷偷|悄悄|其实)[^,;?!]{0,24}$"
)
_ASKS = r"\?|[吗么呢吧]|是不是|是否|难道|会不会"
_FILES = r"(?<![a-z0-9])[a-z][\w.-]*:\d+(?:\.\d+)?b(?![a-z0-9])|\bgguf\b|\bollama\b|\bllama[._ -]?cpp\b|\blm[ -]?studio\b|\bkobold\w*|\bggml\b"


# it is set against that format, and not suspected of it
_AGAINST = r"(?:\b(?:than|vs\.?|versus|or|and)|还是|或者?|比|和|与)\s?(?:in |the )?$"


def _doubted(before: str) -> bool:
    before = re.split("[\uff0c\uff1b\uff1f\uff01\u3002]", before)[-1]  # a doubt is of its own clause, as typed
    return compiled(_DOUBTS).search(before) is not None and compiled(_AGAINST).search(before) is None


def leave_suspected(scan: Scan) -> None:
    """Leave out a 16-bit format that is only suspected of a program that runs files, or of a model told in fewer bits."""
    if not compiled(_ASKS).search(scan.text):
        return
    narrow = [one for name in ("weight_format", "bits") for one in scan.facts.get(name, ()) if one not in _WIDE]
    if not narrow and not any(scan.find(_FILES)):
        return
    lowered = scan.lowered
    for name in ("weight_format", "bits"):
        values, places = scan.facts.get(name, []), scan.spans.get(name, [])
        if len(values) != len(places):
            continue
        kept = [
            value not in _WIDE or not _doubted(lowered[max(0, place[0] - 80) : place[0]])
            for value, place in zip(values, places, strict=True)
        ]
        if all(kept):
            continue
        scan.extras[SUSPECTED] = [str(value) for value in keep(scan, name, kept)]
