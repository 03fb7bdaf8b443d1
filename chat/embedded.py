"""A chat model without weights: the same interface as any other, a grammar in place of a network.

It reads the question, calls the same tools, and words what they return. It needs no key, no network and no GPU.
"""

from collections.abc import Callable, Sequence
from itertools import count
from typing import Any

from langchain_core.callbacks import CallbackManagerForLLMRun
from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langchain_core.runnables import Runnable
from langchain_core.tools import BaseTool

from chat.answers.answering import answer
from chat.answers.unanswered import without_tools
from chat.events import Said
from chat.plans.apart import calls_of
from chat.reads.follow_ups.follow import with_facts
from chat.reads.follow_ups.leaning import is_aside, says_no_more
from chat.reads.grammar import read
from chat.reads.reading import Reading
from chat.schemas import CONFIG

# what a question's message carries beside its text: the facts in force
GIVEN = "given"
_ids = count(1)


class EmbeddedModel(BaseChatModel):
    """Plans by intent, words by template; its numbers are those of the tools. A message is whole at once: nothing streams."""

    @property
    def _llm_type(self) -> str:
        return "embedded-grammar"

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        return self.bind(tools=list(tools))

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        return ChatResult(generations=[ChatGeneration(message=respond(messages))])


def _by_argument(args: dict[str, Any]) -> dict[str, Any]:
    """The facts of a call under the names that the tools give their arguments."""
    return {CONFIG if name == "config" else name: given for name, given in args.items()}


def respond(messages: Sequence[BaseMessage]) -> AIMessage:
    """The next message: tool calls for a fresh question, words once their results are there."""
    last = max(index for index, message in enumerate(messages) if isinstance(message, HumanMessage))
    asked = [message for message in messages if isinstance(message, HumanMessage)]
    # a message's text is no plain `str`, by which what was read of it before is found again
    reading = read_all([(str(message.text), message.additional_kwargs.get(GIVEN)) for message in asked])
    called = [call["id"] for one in messages[last + 1 :] if isinstance(one, AIMessage) for call in one.tool_calls]
    results = [message for message in messages[last + 1 :] if isinstance(message, ToolMessage)]
    results.sort(key=lambda one: called.index(one.tool_call_id))
    if results:
        return AIMessage(answer(reading, [(r.name or "", r.artifact, r.text, r.status == "error") for r in results]))
    calls = [(name, _by_argument(args)) for name, args in calls_of(reading)]
    if not calls:
        return AIMessage(without_tools(reading))
    return AIMessage(
        "", tool_calls=[{"name": name, "args": args, "id": f"embedded-{next(_ids)}"} for name, args in calls]
    )


def read_all(questions: Sequence[tuple[str, Said | None]]) -> Reading:
    """The last question, read as it stands after those before it; each with the facts in force, where they are known."""
    reading: Reading | None = None
    case: Reading | None = None  # what a follow-up leans on
    for question, given in questions:
        reading = read(question, case)
        reading = reading if given is None else with_facts(reading, given)
        case = case if is_aside(reading) and (case is not None or says_no_more(reading)) else reading
    assert reading is not None
    return reading
