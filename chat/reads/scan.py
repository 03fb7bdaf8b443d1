"""The state of one reading: facts found so far, and which characters of the text they have used up."""

import re
from collections.abc import Iterator
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.normal import Normal, simplified
from chat.reads.reading import Claim, Equation, Span, Unread
from formulas.errors import BadInput
from kb.knobs import BY_NAME


class Scan:
    """Facts accumulate; a character is used at most once, so that `8` in `8 bit` cannot also be eight cards."""

    def __init__(self, normal: Normal, original: str) -> None:
        self.original = original
        self.normal = normal
        self.text = normal.text
        self.used = bytearray(len(normal.text))
        self.facts: dict[str, list[Any]] = {}
        self.extras: dict[str, list[Any]] = {}
        self.spans: dict[str, list[Span]] = {}
        self.again: dict[str, list[tuple[Any, Span]]] = {}  # further places of values that are stated already
        self.claims: list[Claim] = []
        self.equations: list[Equation] = []
        self.unread: list[Unread] = []
        self.others: dict[str, list[Any]] = {}

    @property
    def lowered(self) -> str:
        """What was typed, in small letters and simplified characters, each at its own place."""
        return simplified(self.original)

    def free(self, start: int, end: int) -> bool:
        """Is no character of this span used yet?"""
        return not any(self.used[start:end])

    def take(self, start: int, end: int) -> None:
        """Use the span up."""
        self.used[start:end] = b"\x01" * (end - start)

    def find(self, pattern: str) -> Iterator[re.Match[str]]:
        """The matches of a pattern, used or not."""
        return compiled(pattern).finditer(self.text)

    def add(self, name: str, value: Any, start: int, end: int, extra: bool = False, take: bool = True) -> bool:
        """State a fact; a value that its knob refuses is reported as not understood instead."""
        if not extra and value not in BY_NAME[name].options:
            try:
                value = BY_NAME[name].parse(value)
            except BadInput:
                return False
        store = self.extras if extra else self.facts
        values = store.setdefault(name, [])
        if value not in values:
            values.append(value)
            self.spans.setdefault(name, []).append(self.normal.original(start, end))
        else:
            self.again.setdefault(name, []).append((value, self.normal.original(start, end)))
        if take:
            self.take(start, end)
        return True

    def note(self, name: str, value: Any) -> None:
        """State an extra that has no place of its own in the text."""
        self.add(name, value, 0, 0, extra=True, take=False)

    def in_order(self, name: str) -> None:
        """Put the values of a fact in the order in which they are told, whichever pattern found them first."""
        values, places = self.facts.get(name, []), self.spans.get(name, [])
        if len(values) == len(places) > 1:
            told = sorted(zip(places, values, strict=True), key=lambda one: one[0])
            self.spans[name], self.facts[name] = [place for place, _ in told], [value for _, value in told]

    def more_places(self, name: str, value: Any) -> list[Span]:
        """Where else a value is told that is stated already."""
        return [place for other, place in self.again.get(name, ()) if other == value]

    def claim(self, number: str, unit: str, start: int, end: int) -> None:
        """Note a figure of the asker's."""
        self.claims.append(Claim(float(number.replace(",", "")), unit, self.normal.original(start, end)))
        self.take(start, end)
