"""Asking a scripted model, and what every answer of these tests is measured by."""

import sys
from functools import cache
from types import SimpleNamespace
from typing import Any

import pytest

from chat.agent import Assistant
from chat.events import Answer, Conversation, Event, Finished
from chat.page.panel import in_force
from kb.cases import parse_given
from tests.fakes import RESULT
from tests.standin import call

QUESTION = "What does LLaMA-Factory's table say for 70B QLoRA?"
QUESTION_ZH = "LLaMA-Factory 的表里,QLoRA 微调 70B 要多少显存?"
LOOK_UP = call("query_tables", sql="SELECT bits, memory_gb FROM finetune WHERE method='QLoRA' AND params_b=70")
# seconds; what stalls here, or asks to be asked again later, does so for 60, and much else may run on the same cores
AT_ONCE = 25.0
SECRET = "sk-live-0123456789"


@cache
def embedded() -> Assistant:
    """The assistant on the embedded model, which keeps nothing of a question."""
    return Assistant()


@cache
def answer_to(question: str) -> str:
    """The embedded model's whole answer: nothing of it is withheld, as it says only what its tools returned, and the page's
    panel can show the facts it rests on."""
    answer = embedded().ask(question)
    assert not answer.notices, answer.notices
    in_force(answer)
    return answer.text


def opening(question: str) -> str:
    """The first paragraph of its answer."""
    return answer_to(question).split("\n\n")[0]


def narrow_opening(question: str) -> str:
    """The same with narrow colons and commas, so that both languages are written alike."""
    return opening(question).replace("\uff1a", ":").replace("\uff0c", ",")


def last(*questions: str) -> Answer:
    """Its answer to the last question of a conversation."""
    conversation = Conversation()
    return [embedded().ask(question, conversation) for question in questions][-1]


def answers(question: str, opens: str, unsaid: str) -> None:
    """The embedded model's first paragraph says the one, its answer nowhere the other, and nothing was withheld."""
    answer = embedded().ask(question)
    assert opens in answer.text.split("\n\n")[0], answer.text
    assert unsaid not in answer.text, answer.text
    assert not answer.notices


def alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """No proxy, no key and no model of whoever runs the tests; an estimate without the estimator."""
    for name in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.upper(), raising=False)
    for name in ("KB_LLM", "KB_LLM_URL", "OPENAI_BASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("OPENAI_API_KEY", SECRET)
    monkeypatch.setitem(sys.modules, "kb.estimator", SimpleNamespace(estimate=_estimate))


def _estimate(host: Any = None, **facts: Any) -> Any:
    parse_given(facts)
    table = {"table": "finetune", "says_gb": 48, "method": "QLoRA", "bits": 4, "model_size": "70B"}
    memory = {**RESULT["memory"], "interval": "90 %"}
    return SimpleNamespace(json=lambda: {**RESULT, "memory": memory, "tables": [table]})


def events(url: str, question: str = QUESTION, deadline_s: float = 20.0, **more: Any) -> list[Event]:
    """What happens when the model at this address is asked."""
    assistant = Assistant("openai:standin", base_url=url, deadline_s=deadline_s)
    return list(assistant.stream(question, more.pop("conversation", Conversation()), **more))


def answer(url: str, question: str = QUESTION, deadline_s: float = 20.0) -> Answer:
    """The answer when the model at this address is asked."""
    last = events(url, question, deadline_s)[-1]
    assert isinstance(last, Finished)
    return last.answer


def is_embedded(found: Answer) -> bool:
    """Whether the embedded model gave this answer, from its own calls, and it holds the table's figures."""
    return "70B QLoRA (4-bit) 48 GB" in found.text and "embedded" in " ".join(found.notices)
