"""What a question says, as the grammar read it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from chat.reads.normal import simplified

# A question is a few sentences. What is longer is a log or a paste: its head is read, its rest is reported.
LONGEST = 3000

Span = tuple[int, int]


def within(place: Span, spans: Iterable[Span]) -> bool:
    """Whether a place begins in one of the spans."""
    return any(start <= place[0] < end for start, end in spans)


def blanked(text: str, spans: Iterable[Span]) -> str:
    """The text with blanks where the spans are, so that all else keeps its place."""
    for start, end in spans:
        text = text[:start] + " " * (end - start) + text[end:]
    return text


@dataclass(frozen=True)
class Claim:
    """A figure that the asker states and the answer must judge, not a fact to compute from."""

    number: float
    unit: str
    span: Span


@dataclass(frozen=True)
class Equation:
    """Arithmetic that the asker wrote: the text of it, and the two sides when there is an equals sign."""

    text: str
    left: str
    right: str
    span: Span


@dataclass(frozen=True)
class Unread:
    """A number, or the tail of an overlong text, that the grammar could not use."""

    text: str
    near: str
    span: Span


@dataclass(frozen=True)
class Reading:
    """One question, read. `facts` use the names of `kb.knobs`; several values mean that the question names several.

    `extras` are stated things that are no facts of an estimate (active parameters, host memory, nodes, training tokens,
    generations per prompt, tools). `asks` are the names of the quantities to solve for,
    `cues` the circumstances that it mentions (see `chat.reads.cues`).
    """

    text: str
    language: str
    intents: tuple[str, ...] = ("unclear",)
    facts: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    spans: dict[str, tuple[Span, ...]] = field(default_factory=dict)
    claims: tuple[Claim, ...] = ()
    equations: tuple[Equation, ...] = ()
    topics: tuple[str, ...] = ()
    asks: tuple[str, ...] = ()
    cues: tuple[str, ...] = ()
    not_understood: tuple[Unread, ...] = ()
    suggestions: dict[str, tuple[str, ...]] = field(default_factory=dict)
    unknown_models: tuple[str, ...] = ()
    unknown_gpus: tuple[str, ...] = ()
    extras: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    follow_up: bool = False
    pace: tuple[str, ...] = ()  # the kinds of speed and time that were asked before, where a follow-up names none
    wanted: tuple[str, ...] = ()  # of an explanation what was wanted before it, to which a change of facts returns
    others: dict[str, tuple[Any, ...]] = field(default_factory=dict)  # facts that somebody else tells of another case

    @property
    def lowered(self) -> str:
        """What is read of the text, in small letters and simplified characters, each at its own place."""
        return simplified(self.text[:LONGEST])

    @property
    def intent(self) -> str:
        """The first intent: what the answer opens with."""
        return self.intents[0]

    def fact(self, name: str) -> Any:
        """The only or first value of a fact, or None."""
        values = self.facts.get(name, ())
        return values[0] if values else None
