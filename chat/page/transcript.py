"""One turn of a conversation as the messages of Gradio's chatbot: question, answer, derivation, steps, sources."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import quote

from gradio.components.chatbot import ComponentMessage, Message, TextMessage

from chat.answers.case_tables import HOW
from chat.events import Answer, Event, Finished, Notice, Prose, Said, ToolDone, ToolStarted
from chat.page.export import derivation_words, web_sources
from chat.page.picture import curves_html, headline_html, picture_html
from chat.phrases import label
from chat.words import fact_value, origin, say, shown, tool

# a longer question is answered in full but shown only so far; a longer tool result likewise
SHOWN_QUESTION = 1500
SHOWN_RESULT = 4000

Files = Callable[[Answer], dict[str, Path]]
Step = tuple[ToolStarted, ToolDone | None]


def html(value: str) -> Any:
    """HTML of our own making inside a message. Everything that others wrote in it must be escaped already."""
    # braces and dollars would be read as a template by gr.HTML in the browser
    value = value.replace("{{", "&#123;&#123;").replace("${", "&#36;{")
    return ComponentMessage(component="html", value=value, constructor_args={}, props={})


def says(*content: Any, role: str = "assistant", **metadata: Any) -> Any:
    """A message; with a `title` it is a card that folds."""
    pieces = [TextMessage(text=piece) if isinstance(piece, str) else piece for piece in content]
    made: Any = metadata or None
    return Message(role=role, content=pieces, metadata=made)


def note(words: str) -> Any:
    """A remark about the answering itself, as a message of its own."""
    return says(html(f'<p class="kb-note">{escape(words)}</p>'))


def seems_chinese(text: str) -> bool:
    """Whether a question is Chinese, before the assistant says so itself."""
    return any("一" <= letter <= "鿿" for letter in text[:SHOWN_QUESTION])


@dataclass(frozen=True)
class Changes:
    """What a turn does instead of asking anew: the facts then in force, and in words which were set by hand."""

    facts: Said
    words: str
    language: str

    def html(self) -> str:
        """The change as it stands in the conversation."""
        words = self.words or say("taken_back", self.language)
        return f'<div class="kb-question kb-change"><i>{say("changed", self.language)}</i> {escape(words)}</div>'


class Turn:
    """Takes the events of an answer; `messages` shows the turn as far as it got."""

    def __init__(
        self, question: str, files: Files, link: Callable[[], str] = lambda: "", changes: "Changes | None" = None
    ) -> None:
        self.question = question
        self.files = files
        self.link = link
        self.changes = changes
        self.language = changes.language if changes else "zh" if seems_chinese(question) else "en"
        self.cards: dict[str, Step] = {}
        self.prose: list[str] = []
        self.notices: list[str] = []
        self.shown: dict[str, Any] = {}
        self.estimated: dict[str, Any] | None = None  # the facts of the last estimate
        self.answer: Answer | None = None
        self.updates: Iterator[list[Any]] | None = None  # what is still to be shown of it
        self.problem = ""
        self._closing: list[Any] = []
        self._curves = ""

    def add(self, event: Event) -> None:
        """Takes one event."""
        if isinstance(event, ToolStarted):
            self.cards[event.id] = (event, None)
        elif isinstance(event, ToolDone):
            started = self.cards.get(event.id, (ToolStarted(event.id, event.name, {}), None))[0]
            self.cards[event.id] = (started, event)
            if event.artifact and event.artifact.get("kind") == "estimate":
                self.estimated = started.args
            if event.artifact and event.artifact.get("verdict"):
                self.shown = event.artifact
        elif isinstance(event, Prose):
            self.prose.append(event.text)
        elif isinstance(event, Notice):
            self.notices.append(event.text)
        elif isinstance(event, Finished):
            self._finish(event.answer)

    def fail(self, words: str) -> None:
        """The answer breaks off here; `words` say why."""
        self.problem = words

    def _finish(self, answer: Answer) -> None:
        self.answer, self.language, self.shown = answer, answer.language, answer.result
        if self.estimated is not None:
            self._curves = curves_html(self.estimated, self.language)
        derivation = derivation_words(answer.result, self.language)
        if derivation:
            self._closing.append(says(derivation, title=say("derivation", self.language), status="done"))
        worth = any(answer.result.get(part) for part in ("terms", "cases", "tables", "sources", "derivation_latex"))
        if worth:
            steps = _steps([*self.cards.values()], self.language)
            self._closing.append(says(html(_foot(answer, self.files(answer), self.link(), steps))))

    @property
    def over(self) -> bool:
        return self.answer is not None or bool(self.problem)

    def messages(self) -> list[Any]:
        """The turn so far."""
        asked = self.changes.html() if self.changes else _question(self.question, self.language)
        text = self.answer.text if self.answer else "".join(self.prose)
        content: list[Any] = []
        if not self.over and not text.strip():
            content.append(html(_working([*self.cards.values()], self.language)))
        if text.strip():
            headline = headline_html(self.shown, self.language)
            picture = picture_html(self.shown, self.language) if self.answer else ""
            before, after = _around_the_breakdown(text, self.language) if picture else (text, "")
            content += [*([html(headline)] if headline else []), _tied(before)]
            content += [html(picture + self._curves)] if picture else []
            content += [_tied(after)] if after else []
        notes = [*self.notices, *([self.problem] if self.problem else [])]
        if notes:
            content.append(html("".join(f'<p class="kb-note">{escape(note)}</p>' for note in notes)))
        question = says(html(asked), role="user")
        return [question, *([says(*content)] if content else []), *self._closing]


def _around_the_breakdown(text: str, language: str) -> tuple[str, str]:
    """What stands before and after the picture of a card's memory: it takes the place of the table, whose numbers it holds,
    and stands before one that tells as well how each comes about. Without such a table it follows the text.
    """
    blocks = text.split("\n\n")
    sums = f"| **{say('total', language)}** |"
    place = next((at for at, block in enumerate(blocks) if f"\n{sums}" in block), None)
    if place is None:
        return text, ""
    tells_how = f" {HOW[language == 'zh']} |" in blocks[place].split("\n")[0]
    return "\n\n".join(blocks[:place]), "\n\n".join(blocks[place + (not tells_how) :])


# in a narrow cell of a table: no break between a number and its unit, in a range, in "4-bit"; one before a bracket and after a slash
_TIES = re.compile(r"(?<=\d) (?=[KMGT]i?B\b|[层张位%])|(?<=[≤≥≈]) (?=\d)")
_JOINS = re.compile(r"(?<=\d)(?=[–-]\d)|(?<=\d[–-])(?=\d)|(?<=\d-)(?=bit)|(?<=ZeRO-)(?=\d)")
_PARTS = re.compile(r"(?<=[A-Za-z0-9])(?=\()|(?<=[A-Za-z0-9]/)(?=[A-Za-z])")


def _tied(text: str) -> str:
    """The text with the figures in its tables held together; what is copied and exported stays as it was."""
    return "\n".join(_tied_row(line) if line.startswith("|") else line for line in text.split("\n"))


def _tied_row(row: str) -> str:
    return _PARTS.sub("\u200b", _JOINS.sub("\u2060", _TIES.sub("\u00a0", row)))


def _question(question: str, language: str) -> str:
    shown = question[:SHOWN_QUESTION]
    text = escape(shown) or f"<i>{say('empty', language)}</i>"
    if len(question) > SHOWN_QUESTION:
        text += f" <i>{escape(say('cut', language).format(count=len(question)))}</i>"
    return f'<div class="kb-question">{text}</div>'


def _working(steps: list[Step], language: str) -> str:
    """What is being done, as long as there are no words yet."""
    doing = [tool(started.name, language) for started, done in steps if done is None]
    words = " · ".join(doing) or say("thinking", language)
    return f'<p class="kb-working" role="status"><i aria-hidden="true"></i>{escape(words)}</p>'


def _steps(steps: list[Step], language: str) -> str:
    """Each tool that was called, with its arguments and what came back, folded."""
    if not steps:
        return ""
    made = []
    for started, done in steps:
        args = json.dumps(started.args, ensure_ascii=False, indent=1, default=str)
        body = f"<pre>{escape(args)}</pre>"
        title = f"<b>{escape(tool(started.name, language))}</b> <code>{escape(started.name)}</code>"
        if done is not None:
            title += f" {done.seconds:.2f} s" + (" ✕" if done.failed else "")
            cut = "…" if len(done.content) > SHOWN_RESULT else ""
            body += f"<pre>{escape(done.content[:SHOWN_RESULT])}{cut}</pre>" if done.content else ""
        made.append(f'<div class="kb-tool"><p>{title}</p>{body}</div>')
    return f"<details><summary>{say('steps', language)} ({len(steps)})</summary>{''.join(made)}</details>"


def _foot(answer: Answer, files: dict[str, Path], link: str, steps: str) -> str:
    """The facts in force, the steps, the sources as links, all folded, the downloads, and the link that asks the same again."""
    language = answer.language
    rows = "".join(
        f"<tr><th scope='row'>{escape(label(name, language))}</th>"
        f"<td>{escape(shown(name, given, language))}</td><td>{escape(origin(given, language))}</td></tr>"
        for name, given in (answer.result.get("facts") or {}).items()
        if fact_value(given) is not None
    )
    facts = f"<table>{rows}</table>"
    facts = (
        f"<details><summary>{say('facts', language)}</summary><div class='kb-scroll'>{facts}</div></details>"
        if rows
        else ""
    )
    sources = "".join(
        f'<li><a href="{escape(url)}" target="_blank" rel="noopener noreferrer">{escape(title)}</a></li>'
        for title, url in web_sources(answer.result)
    )
    count = len(web_sources(answer.result))
    folded = f"<details><summary>{say('sources', language)} ({count})</summary><ul>{sources}</ul></details>"
    links = " ".join(
        f'<a class="kb-file" href="gradio_api/file={quote(path.as_posix())}" download="{escape(path.name)}">{escape(word)}</a>'
        for word, path in files.items()
    )
    if "Markdown" in files:  # made from the Markdown when it is asked for
        links += f' <a class="kb-file kb-pdf" href="#" data-from="{escape(files["Markdown"].as_posix())}">PDF</a>'
    again = (
        f' <a class="kb-file kb-link" href="{escape(link)}" data-done="{say("copied", language)}">{say("link", language)}</a>'
        if link
        else ""
    )
    downloads = f'<div class="kb-files"><span>{say("download", language)}</span> {links}{again}</div>' if files else ""
    lang = "zh-CN" if language == "zh" else "en"
    return f'<div class="kb-foot" lang="{lang}">{facts}{steps}{folded if count else ""}{downloads}</div>'
