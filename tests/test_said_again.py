"""A width that is named again beside the format that has it is no second way to store the weights, and what it should take a claim."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "counted"),
    [
        ("vLLM tp=2 on two 4090s, Qwen2.5-72B-Instruct-GPTQ-Int4 OOMs right after loading weights. Isn't int4 only 36 GB?", "**The likeliest cause:", "**36 GB counts every parameter at 4 bits:**"),
        ("vllm tp=2 两张4090起 Qwen2.5-72B-Instruct-GPTQ-Int4，权重加载完就OOM，int4不是才36G吗", "**最可能的原因：", "**36 GB 是把每个参数都按 4 位算的：**"),
    ],
)  # fmt: skip
def test_a_width_said_again_is_a_claim(question: str, opens: str, counted: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens)
    assert counted in said


@pytest.mark.parametrize(
    ("question", "formats"),
    [
        ("Qwen2.5-14B-GPTQ-Int8 on a 3090, int8 should be 14GB but vLLM fails with OOM at load", ("gptq-int8",)),
        ("Qwen2.5-7B GPTQ-Int4 vs int4, which takes less?", ("gptq-int4", "int4")),
        ("Qwen2.5-72B GPTQ-Int4 OOM on 2x4090 in vLLM, would int8 help?", ("gptq-int4", "int8")),
        ("Qwen2.5-7B用GPTQ-Int4还是int4省显存", ("gptq-int4", "int4")),
    ],
)
def test_formats_that_are_named(question: str, formats: tuple[str, ...]) -> None:
    assert read(question).facts["weight_format"] == formats
