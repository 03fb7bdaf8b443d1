"""How many cards of a data centre a model in a server's format takes: counted as it is served, in rows of whole ranks."""

import re

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many H20 96GB for GLM-4.6 in FP8?", r"\*\*8 cards\*\*"),
        ("GLM-4.6-FP8 部署要几张 H20 96G", r"\*\*8 张卡\*\*"),
        ("How many H100 for Qwen3-235B-A22B-FP8 at 32k?", r"\*\*At least 4 cards\*\*"),
        ("Qwen3-32B-AWQ 要几张 L20", r"\*\*最少 1 张卡\*\*"),
    ],
)
def test_the_count_is_of_a_server(question: str, opens: str) -> None:
    answer = Assistant().ask(question).text
    assert re.match(opens, answer), answer
    assert "vLLM" in answer
