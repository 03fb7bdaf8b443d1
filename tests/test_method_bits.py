"""Bits that touch one of several methods are of that method."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QLoRA和LoRA 8bit微调Qwen2.5-7B分别要多少显存", "QLoRA（4 位）需要约"),
        ("LoRA 8bit vs QLoRA for Mistral-7B, how much each?", "QLoRA (4-bit) needs about"),
        ("4-bit QLoRA or 8-bit LoRA, Qwen2.5-14B on one 3090", "QLoRA (4-bit)"),
        ("Qwen2.5-14B，单卡4090，用LoRA(8bit)还是QLoRA", "QLoRA（4 位）"),
        # widths that stand beside each other are not all QLoRA's
        ("LoRA in 8-bit or QLoRA 4-bit for Qwen2.5-14B on a 3090?", "QLoRA (4-bit)"),
        ("Qwen2.5-14B，单卡3090，8bit LoRA还是4bit QLoRA", "QLoRA（4 位）"),
    ],
)
def test_bits_that_touch_a_method_are_its_own(question: str, opens: str) -> None:
    lead = answer_to(question).split("\n\n")[0]
    assert opens in lead
    assert re.search(r"(?<!Q)LoRA ?[(（]8(?:-bit| 位)[)）]", lead)
    assert not re.search(r"QLoRA [(（]8|QLoRA（8", lead)


@pytest.mark.parametrize("question", ["full vs lora vs qlora 4 bit for Qwen2.5-7B", "7B全参和QLoRA 4bit差多少显存"])
def test_bits_of_an_adapters_base_are_none_of_full_training(question: str) -> None:
    text = answer_to(question)
    assert not re.search("take no gradients|没有梯度", text)


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("M2 Ultra 192G，用mlx-lm给Llama-3.3-70B做LoRA，bf16和4bit底模各要多少内存", ("lora", "qlora")),
        ("LoRA on Llama-3.3-70B on an H200: how much memory with a bf16 base and with a 4-bit base?", ("lora", "qlora")),
        ("Qwen2.5-72B LoRA: how much for a 4bit base vs a bf16 base?", ("lora", "qlora")),
        ("LoRA Llama-3.1-8B with a 4-bit base and bf16 compute on a 12GB card?", ("qlora",)),
        ("Qwen2.5-7B LoRA，4bit底模，bf16计算，要多少显存", ("qlora",)),
    ],
)  # fmt: skip
def test_a_base_in_16_bit_and_one_in_4_are_two_ways(question: str, methods: tuple[str, ...]) -> None:
    assert tuple(read(question).facts["method"]) == methods


def test_of_two_cards_of_one_name_each_decides() -> None:
    text = answer_to("4张A100给Llama-3.3-70B做LoRA行不行？bf16和4bit底模各要多少显存")
    assert text.startswith("**LoRA 用 A100 80 GB（49.2 GiB）就够，A100 40 GB（49.2 GiB）不够；4 位 QLoRA 用"), text
