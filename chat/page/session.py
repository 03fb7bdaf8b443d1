"""What one open page remembers, and how a turn of it is answered. Nothing is shared between two pages."""

import atexit
import logging
import secrets
import shutil
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from chat.answers.refused import refused
from chat.events import Answer, Conversation, Event, Finished, Said
from chat.page.export import as_pdf, save
from chat.page.panel import link
from chat.page.transcript import Changes, Turn
from chat.words import changes, say
from formulas.errors import BadInput

EVERY = 0.1  # seconds between two updates: each sends the whole conversation through the serialiser again
AT_FIRST = 0.5  # seconds that the first update waits for words; then it shows what is being done
LONGEST = 1_000_000  # characters of a question that reach the assistant


class Assistant(Protocol):
    """Who answers; `at_once`, if without waiting for anybody else."""

    @property
    def at_once(self) -> bool: ...

    def stream(
        self, question: str, conversation: Conversation, language: str | None = None, facts: Said | None = None
    ) -> Iterator[Event]: ...


@dataclass
class Session:
    """What one open page remembers; Gradio keeps a copy for each and shares none."""

    conversation: Conversation = field(default_factory=Conversation)
    earlier: list[Any] = field(default_factory=list)
    turn: Turn | None = None
    folder: Path | None = None
    mark: int | None = None  # where the messages of the last answer begin, if facts were set by hand for it

    def messages(self) -> list[Any]:
        return [*self.earlier, *(self.turn.messages() if self.turn else [])]

    @property
    def last(self) -> Answer | None:
        return self.conversation.turns[-1] if self.conversation.turns else None

    def open_turn(self, question: str) -> None:
        self.mark = None
        self.turn = Turn((question or "")[:LONGEST], self.files, self.link)

    def open_change(self, facts: Said) -> None:
        """The last question again, with facts set by hand; a change of a change takes its place."""
        last = self.conversation.turns[-1]
        if self.mark is not None:
            del self.earlier[self.mark :]
        self.mark = len(self.earlier)
        moved = replace(last, set=facts).changed
        self.turn = Turn(
            last.question, self.files, self.link, Changes(facts, changes(moved, last.language), last.language)
        )

    def close_turn(self) -> None:
        """The current turn becomes history, its messages made once and for all."""
        if self.turn is not None:
            if not self.turn.over:
                self.turn.fail(say("stopped", self.turn.language))
            self.earlier += self.turn.messages()
            self.turn = None

    def files(self, answer: Answer) -> dict[str, Path]:
        """The answer's downloads, in this session's own folder under a name that nobody guesses."""
        self.folder = self.folder or exports() / secrets.token_urlsafe(18)
        return save(answer, self.folder, f"vram-kb-{len(self.conversation.turns)}")

    def link(self) -> str:
        """What asks the whole conversation again."""
        return link(self.conversation.turns)

    def forget(self) -> None:
        if self.folder is not None:
            shutil.rmtree(self.folder, ignore_errors=True)
        self.conversation, self.earlier, self.turn, self.folder = Conversation(), [], None, None
        self.mark = None


@cache
def exports() -> Path:
    """The one folder whose files the page hands out; it goes when the server ends."""
    folder = Path(tempfile.mkdtemp(prefix="vram-kb-")).resolve()
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


def pdf(asked: dict[str, str]) -> dict[str, str]:
    """The PDF of an exported Markdown file ({"from", "language"}), as {"path"}; or {"why"} there is none."""
    given, language = Path(str(asked.get("from"))), str(asked.get("language"))
    if not (given.suffix == ".md" and given.is_file() and given.resolve().is_relative_to(exports())):
        return {"why": say("failed", language)}
    try:
        return {"path": as_pdf(given).as_posix()}
    except ImportError:
        return {"why": say("no_pdf", language)}


def begin(assistant: Assistant, session: Session) -> list[Any]:
    """The conversation's messages with the turn that was just opened: its first words, if there is nobody to wait for."""
    turn = session.turn
    assert turn is not None
    turn.updates = _updates(assistant, session, turn)
    # facts set by hand are the embedded model's to answer
    return next(turn.updates) if assistant.at_once or turn.changes else session.messages()


def converse(session: Session) -> Iterator[list[Any]]:
    """The conversation's messages while the turn that was begun is answered; the last are whole."""
    turn = session.turn
    if turn is None or turn.updates is None:
        return
    updates, turn.updates = turn.updates, None  # a second event of one turn has nothing to tell
    yield from updates


def _updates(assistant: Assistant, session: Session, turn: Turn) -> Iterator[list[Any]]:
    """The messages at most every `EVERY` seconds, and at the first words."""
    due, spoken = time.monotonic() + AT_FIRST, False
    # with facts set by hand, the last question is answered anew: its old answer goes once there is a new one
    conversation = Conversation(session.conversation.turns[:-1]) if turn.changes else session.conversation
    settings: dict[str, Any] = {"language": turn.language, "facts": turn.changes.facts} if turn.changes else {}
    try:
        for event in assistant.stream(turn.question, conversation, **settings):
            if isinstance(event, Finished) and session.turn is turn:
                session.conversation = conversation
            turn.add(event)
            first_words = not spoken and bool(turn.prose)
            if first_words or time.monotonic() >= due:
                yield session.messages()
                due, spoken = time.monotonic() + EVERY, spoken or first_words
    except BadInput as error:
        turn.fail(refused(str(error), turn.language))
    except Exception:
        logging.getLogger(__name__).exception("an answer failed")
        turn.fail(say("failed", turn.language))
    finally:
        # also when the reader stopped it; unless a new conversation has begun meanwhile
        if session.turn is turn:
            session.close_turn()
    yield session.messages()
