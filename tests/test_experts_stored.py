"""A mixture published with its routed experts in four bits: what its file is made of, and that it is counted so."""

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "The int4 checkpoint of Kimi-K2-Thinking weighs 594 GB though 1T parameters at half a byte are 500. What is the rest?",
            ["**594 GB is right: only the routed experts, 1.01T parameters", "each group of 32 weights makes that 4.5 bits", "11.7B, stay in 16 bit"],
        ),
        (
            "Kimi-K2-Thinking int4, the repo is 594 GB: does it fit on 8x H100 80GB with 32k in vLLM?",
            ["1.02T × 4.6 bits", "594 GB is right"],
        ),
        ("Kimi-K2-Thinking 原生int4，仓库里的权重文件有594G，不是应该500G吗", ["**594 GB 是对的：只有路由专家", "每 32 个权重一个 16 位尺度"]),
    ],
)  # fmt: skip
def test_the_sum_of_the_file_is_told(question: str, says: list[str]) -> None:
    answer = Assistant().ask(question).text
    assert all(one in answer for one in says), answer


def test_a_file_of_another_size_is_none_of_them() -> None:
    answer = Assistant().ask("Qwen3-235B-A22B GPTQ int4 should be 118 GB but the repo is 125 GB, why?").text
    assert "routed experts" not in answer
    assert "125 GB is all of the weights as they are stored" in answer
