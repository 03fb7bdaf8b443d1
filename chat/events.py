"""What happens while a question is answered, in order: tools start and end, prose comes sentence by sentence, the end.

The page, the command line and the tests read these; nothing here imports LangChain or Gradio.
"""

from dataclasses import dataclass, field
from typing import Any

# facts by the names of `kb.knobs`; several values of one where several were named
Said = dict[str, tuple[Any, ...]]


@dataclass(frozen=True)
class ToolStarted:
    """A tool was called with these arguments."""

    id: str
    name: str
    args: dict[str, Any]


@dataclass(frozen=True)
class ToolDone:
    """A tool came back: a short text (what a model reads) and the whole result (what the page renders)."""

    id: str
    name: str
    content: str
    artifact: dict[str, Any] | None
    seconds: float
    failed: bool = False


@dataclass(frozen=True)
class Prose:
    """A piece of the answer's Markdown that passed the guard; pieces joined are the answer."""

    text: str


@dataclass(frozen=True)
class Notice:
    """A remark about the answering itself: an endpoint that fell back, a sentence that the guard withheld."""

    text: str


@dataclass(frozen=True)
class Answer:
    """A whole answer.

    text        Markdown prose, verdict first
    result      the object of the contract (verdict, memory, terms, facts, cases, tables, sources, derivation_latex …)
    tool_calls  [{"name", "args"}] in order
    said        the facts that the question gives, as it was understood after those before it
    set         the facts in force instead, where some were set by hand on the page
    others      what the question quotes of somebody else's case, which the answer does not rest on
    meant       the question as it was read, where it means a way that the answer before listed
    """

    question: str
    language: str
    text: str
    result: dict[str, Any]
    tool_calls: tuple[dict[str, Any], ...] = ()
    notices: tuple[str, ...] = ()
    said: Said = field(default_factory=dict)
    set: Said | None = None
    others: Said = field(default_factory=dict)
    meant: str = ""

    @property
    def given(self) -> Said:
        """The facts in force; whatever else the answer rests on is assumed."""
        return self.said if self.set is None else self.set

    @property
    def changed(self) -> Said:
        """The facts set by hand; an empty value is one taken back."""
        names = dict.fromkeys((*self.said, *self.given))
        return {name: self.given.get(name, ()) for name in names if self.given.get(name) != self.said.get(name)}

    def json(self) -> dict[str, Any]:
        """One object of `kb ask --json`."""
        return {
            "question": self.question,
            "language": self.language,
            "answer": self.text,
            **self.result,
            "tool_calls": list(self.tool_calls),
        }


@dataclass(frozen=True)
class Finished:
    """The last event. Its answer's text is what counts: prose told before a fallback is not in it."""

    answer: Answer


Event = ToolStarted | ToolDone | Prose | Notice | Finished


@dataclass
class Conversation:
    """One person's exchange: earlier turns as (question, answer), newest last. Nothing is shared between two of them."""

    turns: list[Answer] = field(default_factory=list)
