"""Checkpoints quantised in blocks that tensor parallel would cut through: no shortage of memory, and which degrees do go."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "16x H100, SGLang tp 16, GLM-4.6-FP8 stops with: output size 96 is not divisible by block_n 128. What now?",
            ["1,536 ÷ 16 = 96 columns", "over 2 or 4 cards it goes (384 = 3 × 128 at 4)", "10 of the 160 experts"],
        ),
        (
            "8x 4090, vLLM tp=8, Qwen3-30B-A3B-FP8 says 96 is no multiple of block_n 128, is that memory?",
            ["768 ÷ 8 = 96 columns", "over 2 cards it goes", "16 of the 128 experts"],
        ),
        (
            "8张H200上vLLM用tp8起Qwen3-30B-A3B-FP8报错，说96不能被128整除(block_n)，怎么办",
            ["768 ÷ 8 = 96 列", "2 张卡可以", "完整的 16 个"],
        ),
        ("16张H800，tp16，GLM-4.6-FP8 报 96 不是 128 的整数倍，是量化块的问题吗", ["1,536 ÷ 16 = 96 列", "2、4 张卡可以"]),
    ],
)  # fmt: skip
def test_the_width_that_is_cut_is_told_first(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert re.match(r"\*\*(?:This is no shortage of memory|这不是显存不足)", answer), answer
    assert all(one in answer for one in says), answer
    assert "gpu_memory_utilization so that" not in answer


def test_without_a_model_the_general_cause_is_told() -> None:
    answer = answer_to("weight = 160 is not divisible by weight quantization block_n = 128, out of memory?")
    assert answer.startswith("**This is no shortage of memory")
    assert "GiB" not in answer


def test_each_count_with_a_layout_as_wide_runs_by_it() -> None:
    facts = read("Qwen3-32B FP8 in vLLM on 8x L40S: how many 16k requests with tp8, or on four cards with tp4?").facts
    assert facts["n_gpus"] == (8, 4)
    assert "tp" not in facts


def test_a_checkpoint_named_for_its_format_keeps_it_where_it_fails() -> None:
    assert read("vLLM 跑 Qwen3-32B-FP8 报错，显存不够吗，单卡 4090").facts["weight_format"] == ("fp8",)
    assert "weight_format" not in read("V100 跑 Qwen3-8B，fp8 报错，要多少显存").facts
