"""Asked whether two models take the same, the answer opens with yes or no, and has the figures of both."""

import pytest

from chat.agent import Assistant
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen3-30B-A3B 和 Qwen3-32B 占的显存一样吗？", "不一样。"),
        ("Does Mixtral-8x7B take the same memory as Llama-2-13B?", "No, not the same."),
        ("Do Mistral-7B-v0.1 and Mistral-7B-Instruct-v0.3 need the same VRAM?", "Yes, nearly the same."),
    ],
)
def test_same_or_not_comes_first(question: str, opens: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(opens), answer.text
    assert not answer.notices


def test_two_models_that_are_not_asked_to_be_the_same_are_not_judged() -> None:
    assert not answer_to("How much memory do Qwen3-30B-A3B and Qwen3-32B need?").startswith(("No", "Yes"))
