"""The agent: a chat model, the tools and the guard, in one loop that reports what happens.

Any LangChain chat model can plan and word; the embedded one needs no weights, no key and no network. A dead or slow
endpoint falls back to it, and says so.
"""

import os
import queue
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from langchain.agents import create_agent
from langchain.agents.middleware import (
    AgentMiddleware,
    ModelCallLimitMiddleware,
    ToolCallLimitMiddleware,
    ToolErrorMiddleware,
)
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, ToolMessage

from chat.embedded import EmbeddedModel
from chat.events import Answer, Conversation, Event, Finished, Notice, Prose, ToolDone, ToolStarted
from chat.guard import Guard, SentenceBuffer
from chat.tools import TOOLS, merged
from formulas.errors import BadInput

os.environ.setdefault("LANGSMITH_TRACING", "false")

SYSTEM_PROMPT = """\
You answer questions about the GPU memory of large language models, in the language of the question, verdict first.
Call the tools for every figure; never compute or recall a number yourself. A sentence with a number that stands in no
tool result is withheld from the reader. Per-card figures come first: cards do not add up unless weights are sharded.
Say GiB or GB as the tool does, name what was assumed, and keep it short; the page shows the breakdown, the derivation
and the sources by itself. If a question has nothing to do with memory, time or formulas of language models, say so.
"""
MODEL_CALLS = 8
TOOL_CALLS = 12
EARLIER_TURNS = 6
MAX_QUESTION = 8000
DEADLINE_S = 120.0


def chat_model(named: str | None, base_url: str | None = None) -> BaseChatModel:
    """The chat model that `provider:model` names; the embedded one for None, an empty name or `embedded`.

    OpenAI-compatible servers are reached as `openai:model` with their base URL here, in `KB_LLM_URL` or in
    `OPENAI_BASE_URL`. BadInput when the provider's package is missing or the name has another form.
    """
    if not named or named == "embedded":
        return EmbeddedModel()
    from langchain.chat_models import init_chat_model

    provider, _, model = named.partition(":")
    if not model:
        raise BadInput(f"--llm is provider:model, such as openai:gpt-5-mini or ollama:qwen3, not {named[:60]!r}")
    settings: dict[str, Any] = {"timeout": float(os.environ.get("KB_LLM_TIMEOUT", "30")), "max_retries": 1}
    url = base_url or os.environ.get("KB_LLM_URL")
    if url:
        # a local server asks for no key, but the client insists on one
        settings |= {"base_url": url, "api_key": os.environ.get("OPENAI_API_KEY", "none")}
    try:
        made = init_chat_model(model, model_provider=provider, **settings)
    except ImportError:
        raise BadInput(f"{provider} needs its own package: pip install langchain-{provider}") from None
    except Exception as error:  # each provider's client refuses bad settings in its own way; all are the caller's to mend
        raise BadInput(f"--llm {named[:60]}: {str(error).splitlines()[0]}") from None
    assert isinstance(made, BaseChatModel)
    return made


class _FallBack(AgentMiddleware[Any, Any]):
    """When the model fails or says nothing, the embedded one answers that turn instead, and `notices` says why."""

    def __init__(self) -> None:
        super().__init__()
        self.embedded = EmbeddedModel()
        self.notices: list[str] = []

    def wrap_model_call(self, request: Any, handler: Callable[[Any], Any]) -> Any:
        try:
            response = handler(request)
        except Exception as error:  # whatever an endpoint does, the question still gets its answer
            return self._instead(request, handler, f"{type(error).__name__}: {str(error).splitlines()[0][:200]}")
        last = response.result[-1]
        if isinstance(last, AIMessage) and not last.tool_calls and not last.text.strip():
            return self._instead(request, handler, "it said nothing")
        return response

    def _instead(self, request: Any, handler: Callable[[Any], Any], why: str) -> Any:
        self.notices.append(f"The language model did not answer ({why}); the embedded one answers instead.")
        return handler(request.override(model=self.embedded))


def _told(error: Exception, request: Any) -> str | None:
    """A tool's refusal is a turn of the conversation; any other exception is a defect and ends the run."""
    return str(error) if isinstance(error, BadInput) else None


class Assistant:
    """Answers questions; holds the model and the compiled agent, nothing of any conversation.

    llm       `provider:model`, or None for the embedded model
    base_url  of an OpenAI-compatible server
    """

    def __init__(self, llm: str | None = None, base_url: str | None = None, deadline_s: float = DEADLINE_S) -> None:
        self.model = chat_model(llm or os.environ.get("KB_LLM"), base_url)
        self.deadline_s = deadline_s

    def warm_up(self) -> None:
        """Answer one question and forget it, so that the first person does not wait for imports and indexes."""
        for _ in self.stream("7B QLoRA on a 24 GB card?", Conversation()):
            pass

    def ask(self, question: str, conversation: Conversation | None = None) -> Answer:
        """The whole answer at once."""
        *_, last = self.stream(question, conversation or Conversation())
        assert isinstance(last, Finished)
        return last.answer

    def stream(self, question: str, conversation: Conversation, language: str | None = None) -> Iterator[Event]:
        """What happens while the question is answered; the last event is `Finished`, and the turn is remembered."""
        turn = _Turn(question, language)
        if isinstance(self.model, EmbeddedModel):
            yield from turn.run(self.model, conversation)
        else:
            late = False
            for event in _within(self.deadline_s, turn.run(self.model, conversation)):
                late = event is None
                yield event or Notice(f"The language model took longer than {self.deadline_s:g} s.")
            if late or not turn.said.strip():
                # out of time, or every sentence withheld; a thread that is late still writes to the old turn only
                turn = _Turn(question, language, turn)
                yield from turn.run(EmbeddedModel(), conversation)
        answer = turn.answer()
        conversation.turns.append(answer)
        yield Finished(answer)


class _Turn:
    """One question on its way to an answer."""

    def __init__(self, question: str, language: str | None, failed: "_Turn | None" = None) -> None:
        self.question = question
        self.language = language
        self.guard = Guard()
        self.buffer = SentenceBuffer()
        self.said = ""
        self.notices: list[str] = list(failed.notices) if failed else []
        self.artifacts: list[dict[str, Any]] = []
        self.calls: list[dict[str, Any]] = []
        self.started: dict[str, float] = {}

    def run(self, model: BaseChatModel, conversation: Conversation) -> Iterator[Event]:
        fall_back = _FallBack()
        agent = create_agent(
            model,
            TOOLS,
            system_prompt=SYSTEM_PROMPT,
            middleware=[
                fall_back,
                ToolErrorMiddleware(_told),
                ModelCallLimitMiddleware(run_limit=MODEL_CALLS, exit_behavior="end"),
                ToolCallLimitMiddleware(run_limit=TOOL_CALLS, exit_behavior="continue"),
            ],
        )
        for mode, event in agent.stream({"messages": self._messages(conversation)}, stream_mode=["messages", "updates"]):
            while len(self.notices) < len(fall_back.notices):
                self.notices.append(fall_back.notices[len(self.notices)])
                self.buffer = SentenceBuffer()
                yield Notice(self.notices[-1])
            if mode == "messages":
                chunk, _ = event
                if isinstance(chunk, AIMessageChunk) and chunk.text:
                    yield from self._release(self.buffer.push(chunk.text))
            else:
                yield from self._updated(event)
        yield from self._release(self.buffer.rest())

    def _messages(self, conversation: Conversation) -> list[HumanMessage | AIMessage]:
        messages: list[HumanMessage | AIMessage] = []
        for earlier in conversation.turns[-EARLIER_TURNS:]:
            messages += [HumanMessage(earlier.question[:MAX_QUESTION]), AIMessage(earlier.text or "…")]
        return [*messages, HumanMessage(self.question[:MAX_QUESTION])]

    def _updated(self, event: dict[str, Any]) -> Iterator[Event]:
        for update in event.values():
            for message in (update or {}).get("messages", ()):
                if isinstance(message, AIMessage):
                    # what was said before a tool spoke is a sentence of its own
                    yield from self._release(self.buffer.rest())
                    for call in message.tool_calls:
                        yield self._call(call)
                elif isinstance(message, ToolMessage):
                    yield self._done(message)

    def _call(self, call: Any) -> ToolStarted:
        self.started[call["id"]] = time.monotonic()
        self.calls.append({"name": call["name"], "args": call["args"]})
        return ToolStarted(call["id"], call["name"], call["args"])

    def _done(self, message: ToolMessage) -> ToolDone:
        artifact = message.artifact if isinstance(message.artifact, dict) else None
        if artifact is not None:
            self.artifacts.append(artifact)
            self.guard.learn(artifact)
        self.guard.learn(message.text)
        took = time.monotonic() - self.started.get(message.tool_call_id, time.monotonic())
        failed = message.status == "error"
        return ToolDone(message.tool_call_id, message.name or "", message.text, artifact, took, failed)

    def _release(self, pieces: list[str]) -> Iterator[Event]:
        for sentence in pieces:
            strangers = self.guard.strangers(sentence)
            if strangers:
                notice = f"A sentence was withheld: {', '.join(strangers)} stands in no result of the tools."
                self.notices.append(notice)
                yield Notice(notice)
            else:
                self.said += sentence
                yield Prose(sentence)

    def answer(self) -> Answer:
        from chat.grammar import read

        language = self.language or read(self.question[:MAX_QUESTION]).language
        return Answer(
            self.question, language, self.said.strip(), merged(self.artifacts), tuple(self.calls), tuple(self.notices)
        )


def _within(seconds: float, events: Iterator[Event]) -> Iterator[Event | None]:
    """The events of a model that may hang: read in a thread; None, and the end, when the time is over."""
    arrived: queue.Queue[Event | BaseException | None] = queue.Queue()

    def pump() -> None:
        try:
            for event in events:
                arrived.put(event)
            arrived.put(None)
        except BaseException as error:
            arrived.put(error)

    threading.Thread(target=pump, daemon=True).start()
    end = time.monotonic() + seconds
    while True:
        try:
            event = arrived.get(timeout=max(0.0, end - time.monotonic()))
        except queue.Empty:
            yield None
            return
        if event is None:
            return
        if isinstance(event, BaseException):
            raise event
        yield event
