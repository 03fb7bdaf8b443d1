"""A family's own word that stands apart from its name: "GLM-4.5 docs: Air FP8 ...", "Llama 4, Scout版"."""

import re
from dataclasses import replace

from chat.reads.scan import Scan
from kb.name_parts import Parts, cut, tokens
from kb.names import Names

_MARKED = r"(?=\s?(?:版|型号|那个|这个|variant\b|version\b|model\b|one\b|(?:in |的)?(?:fp8|bf16|fp16|int[48]|awq|gptq|nvfp4|mxfp4|gguf|q\d_)))"
_OTHER_SENSE = r"(?!\s?-?(?:att|dec|mem|infer|card|disk|drive|cool))"
_BOTH = re.compile(
    r"\b(?:or|and|vs|versus|than|instead|compar\w+|rather)\b|还是|或|和|与|跟|比|换|改", re.IGNORECASE | re.ASCII
)


def variant_apart(scan: Scan, index: Names, parts: Parts, start: int, end: int) -> tuple[str, int, int, bool] | None:
    """The one variant of the name at [start, end) whose word stands alone elsewhere, in capitals or as a version: its name,
    the place of the word, and whether it is meant instead of what the name alone says."""
    siblings = index.match_model(parts).candidates
    words = {
        word for name in siblings for word in cut(tokens(name)).words - parts.words if re.fullmatch(r"[a-z]{3,}", word)
    }
    found: dict[str, tuple[str, int, int, bool]] = {}
    for word in words:
        name = index.match_model(replace(parts, words=parts.words | {word})).name
        for one in scan.find(
            rf"(?<![a-z0-9./_-])(?<!book )(?<!ipad ){word}(?![a-z0-9./_-]){_OTHER_SENSE}(?P<marked>{_MARKED})?"
        ):
            apart = one.end() <= start or one.start() >= end
            if name and apart and scan.free(*one.span()) and (one["marked"] is not None or _capital(scan, one.start())):
                between = scan.text[min(end, one.end()) : max(start, one.start())]
                found.setdefault(word, (name, *one.span(), _BOTH.search(between) is None))
    return next(iter(found.values())) if len(found) == 1 else None


def _capital(scan: Scan, at: int) -> bool:
    """Was the word here typed with a capital, and not only because a sentence begins?"""
    typed = scan.original[scan.normal.original(at, at + 1)[0]]
    return typed.isupper() and re.search(r"(?:^|[.?!])\s*$", scan.text[:at]) is None
