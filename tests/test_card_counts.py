"""Cards that are asked for by name alone: "how many L4 for …" is a question of how many."""

import pytest

from chat.reads.grammar import read


@pytest.mark.parametrize(
    "text",
    [
        "how many T4s for a 14B in int8?", "how many L4 24gb for mixtral 8x7b in fp16, with vllm", "how many P40 does a 70B Q4_K_M take",
        "how many B200 for full fine-tuning of 70B?", "跑 72B int4 要几张 L4", "几块T4能跑13B fp16",
    ],
)  # fmt: skip
def test_how_many_of_a_card(text: str) -> None:
    assert read(text).intents[0] == "how_many_gpus"


@pytest.mark.parametrize(
    "text",
    [
        "how many 7B models fit on one A100 80G?",
        "how many requests can one L4 take with an 8B?",
        "一张 L4 能放几个 7B 模型",
    ],
)
def test_how_many_of_something_else(text: str) -> None:
    assert read(text).intents[0] != "how_many_gpus"
