"""How many cards of a data centre a model in a server's format takes: counted as it is served, in rows of whole ranks."""

import re

import pytest

from tests.talking import answer_to


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
    answer = answer_to(question)
    assert re.match(opens, answer), answer
    assert "vLLM" in answer


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("L4 or A10 for Llama-3.1-8B FP8, which one takes more concurrent requests at 2k each?", r"\*\*Both hold as many at once, sequences of 2,048 tokens: L4 \d+"),
        ("two 3090s or one L40S if I want the most concurrent users, Qwen3-14B-AWQ 8k", r"\*\*(?:2 × RTX 3090|L40S) holds more at once, sequences of 8,192 tokens: .*2 × RTX 3090 \d+"),
        ("L20 和 4090 部署 Qwen2.5-14B-AWQ，哪张卡并发更高", r"\*\*L20 的并发更多，每条 4,096 token（假设）时：L20 \d+ 条"),
        ("H20 跟 A100 80G 跑 Qwen3-32B，同时各能服务多少用户", r"\*\*H20"),
    ],
)  # fmt: skip
def test_cards_are_set_against_each_other_by_how_many_they_serve_at_once(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert re.match(opens, answer), answer


def test_the_faster_card_is_no_question_of_how_many_at_once() -> None:
    assert "holds more at once" not in answer_to("4090 or L40S, which is faster for Qwen3-14B-AWQ users?")
