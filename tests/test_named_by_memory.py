"""Cards by what their drivers report, and the language of a line that is nearly all names."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("46068 MiB, which card is that and how many GB?", "L40S (48 GB)"),
        ("24564MiB 是哪张卡，多少 GB", "GeForce RTX 4090（24 GB）"),
    ],
)
def test_a_drivers_figure_names_its_cards(question: str, card: str) -> None:
    assert card in Assistant().ask(question).text


def test_another_amount_names_none() -> None:
    assert "driver" not in Assistant().ask("12345 MiB in GB?").text


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Intel Arc B580 12G 跑 Qwen3-14B Q4", "zh"), ("RTX 3090 vLLM Qwen2.5-32B AWQ 够吗", "zh"), ("L40S 用 Mixtral-8x7B Instruct AWQ", "zh"),
        ("can 满血 DeepSeek-R1 run on 8xH100?", "en"),
    ],
)  # fmt: skip
def test_names_carry_no_language(text: str, language: str) -> None:
    assert read(text).language == language
