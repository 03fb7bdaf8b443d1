"""The marks of a numbered list: `① … ② …`, `1) … 2) …`, `(a) … (b) …`."""

import re

_CIRCLED = "①②③④⑤⑥⑦⑧⑨"
_MARK = re.compile(
    rf"(?:(?<=^)|(?<=[\s:：;；,，。.?？!！)）]))(?:(?P<c>[{_CIRCLED}])|[(（]?(?P<n>[1-9])(?:[)）]|[.．、](?!\d))|[(（]?(?P<l>[a-h])[)）])\s*"
)


def marks_in_order(text: str) -> list[re.Match[str]]:
    """Marks that count from one without a gap, all numbers or all letters; `a` counts as one."""
    found: list[re.Match[str]] = []
    for one in _MARK.finditer(text):
        place = _CIRCLED.find(one["c"]) if one["c"] else int(one["n"]) - 1 if one["n"] else ord(one["l"]) - ord("a")
        if place == len(found) and (not found or by_letter(one) == by_letter(found[0])):
            found.append(one)
    return found


def by_letter(mark: re.Match[str]) -> bool:
    """Is it a letter?"""
    return mark["l"] is not None
