"""A version that has the shapes of another is counted by its row, and that is said."""

import pytest

from chat.agent import Assistant
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral-Large-2411 AWQ on 4x L40S in vLLM, 32k: does it fit?", "Mistral-Large-Instruct-2411 is counted by the row of Mistral-Large-Instruct-2407"),
        ("4x L40S, Mistral-Large-2411 (123B) in AWQ, 16k: enough?", "Mistral-Large-Instruct-2411 is counted by the row of"),
        ("DeepSeek-R1-0528 在 8 张 H200 上够吗", "DeepSeek-R1-0528 与 DeepSeek-R1 结构相同"),
    ],
)  # fmt: skip
def test_the_row_is_named(question: str, says: str) -> None:
    told = Assistant().ask(question)
    assert says in told.text
    assert not told.notices


@pytest.mark.parametrize(
    "question", ["Mistral-Large-2407 AWQ on 4x L40S?", "DeepSeek-R1 on 8x H200?", "Qwen2.5-7B-Instruct on a 3090?"]
)
def test_of_the_row_itself_nothing_is_said(question: str) -> None:
    assert "is counted by the row of" not in answer_to(question)
