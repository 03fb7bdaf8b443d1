"""Bits that touch one of several methods are of that method."""

import re

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QLoRA和LoRA 8bit微调Qwen2.5-7B分别要多少显存", "QLoRA（4 位）需要约"),
        ("LoRA 8bit vs QLoRA for Mistral-7B, how much each?", "QLoRA (4-bit) needs about"),
        ("4-bit QLoRA or 8-bit LoRA, Qwen2.5-14B on one 3090", "QLoRA (4-bit)"),
        ("Qwen2.5-14B，单卡4090，用LoRA(8bit)还是QLoRA", "QLoRA（4 位）"),
    ],
)
def test_bits_that_touch_a_method_are_its_own(question: str, opens: str) -> None:
    lead = Assistant().ask(question).text.split("\n\n")[0]
    assert opens in lead
    assert re.search(r"(?<!Q)LoRA ?[(（]8(?:-bit| 位)[)）]", lead)
    assert not re.search(r"QLoRA [(（]8|QLoRA（8", lead)


@pytest.mark.parametrize("question", ["full vs lora vs qlora 4 bit for Qwen2.5-7B", "7B全参和QLoRA 4bit差多少显存"])
def test_bits_of_an_adapters_base_are_none_of_full_training(question: str) -> None:
    text = Assistant().ask(question).text
    assert not re.search("take no gradients|没有梯度", text)
