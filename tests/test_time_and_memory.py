"""Beside a time that a card has no memory for: the method that does go on it."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


def answer(question: str) -> str:
    return Assistant().ask(question).text


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("LoRA on Qwen3-14B with my 3090, 30M tokens: how many hours will it train?", "; QLoRA fits ("),
        ("how long does full fine-tuning of Llama-3.2-3B take on one 4090, 20M tokens?", "; LoRA fits ("),
        ("一张4080 16G用lora训Qwen3-8B，3000万token要几个小时", "QLoRA 放得下（每卡 "),
        ("单张3090全参微调Qwen3-8B，2000万token要多久", "LoRA 放得下（每卡 "),
    ],
)
def test_the_method_that_fits_is_named(question: str, way: str) -> None:
    assert way in answer(question)


def test_where_it_fits_nothing_is_said_of_memory() -> None:
    assert "Memory prevents" not in answer("QLoRA on Qwen3-8B with a 3090, 30M tokens: how many hours?")


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("4070TiS能跑Qwen3-14B吗", "RTX 4070 Ti SUPER"),
        ("is my 4070tis enough for a 14B in 4 bit?", "RTX 4070 Ti SUPER"),
        ("two 3090 Tis for a 70B in 4 bit", "RTX 3090 Ti"),
        ("two 4070 Tis for a 32B in 4 bit", "RTX 4070 Ti"),
        ("V100 32G SXM2 两张，能跑32B吗", "V100"),
    ],
)
def test_a_variant_that_is_written_short_is_that_card(question: str, card: str) -> None:
    reading = read(question)
    assert (reading.facts["gpu"], reading.not_understood) == ((card,), ())


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral-7B full fine-tuning on 8x A100 80GB: how much faster and how much more memory is ZeRO-2 than ZeRO-3?", r"fits either way: ZeRO-2 [\d.]+ GiB, sharded \(ZeRO-3/FSDP\) [\d.]+ GiB"),
        ("Qwen2.5-7B 全参 8 张 A100 80G，zero3 换 zero2 快多少、多占多少显存", r"切分（ZeRO-3/FSDP）[ \d.]+ GiB、ZeRO-2 [\d.]+ GiB"),
    ],
)  # fmt: skip
def test_of_two_stages_each_amount_is_told(question: str, says: str) -> None:
    assert re.search(says, Assistant().ask(question).text)
