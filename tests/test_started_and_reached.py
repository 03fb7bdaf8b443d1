"""Whether a server starts with so many sequences at most, and the share that brings it down to an amount."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("vllm serve mistralai/Mistral-Small-24B-Instruct-2501 --quantization fp8 --max-num-seqs 12 --max-model-len 16384 on one L40S, will it start?", "**Yes."),
        ("vllm serve Qwen/Qwen3-14B --quantization fp8 --max-num-seqs 32 --max-model-len 32768,一张L20能起来吗", "**可以。"),
        ("vllm serve Qwen/Qwen3-14B --max-num-seqs 2 --max-model-len 32768 on an L4, does it start?", "**Not as it stands; it fits with cache in 8 bits (fp8) + 8-bit weights** (19.2 GiB"),
        ("vllm serve Qwen/Qwen3-14B --quantization fp8 --max-num-seqs 16 --max-model-len 32768 on an L20, 16 users at full length: ok?", "**Qwen3-14B, inference, FP8, L20: not 16 sequences"),
    ],
)  # fmt: skip
def test_the_most_at_once_is_no_need_of_a_start(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("A 3090 shows 22 of 24 GB used by vllm with Qwen2.5-14B AWQ. Can I get it down to 14 GB?", "**For 14 GB set gpu_memory_utilization to 0.58"),
        ("3090跑vllm的Qwen2.5-14B AWQ,占了22.1G,能降到14G吗", "**要在 14 GB 以内，把 gpu_memory_utilization 设为 0.58"),
        ("vllm, Qwen2.5-14B in bf16 on an A100 40G: keep it under 24 GB?", "**Not under 24 GB: the model needs"),
    ],
)  # fmt: skip
def test_the_share_for_an_amount_is_told_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "I know a 4090 can't hold a 70B in q4. What about two? Or a 4090 + my old 3060 12GB?",
        "4090放不下70B q4我知道,两张呢?或者4090加我那张旧的3060 12G呢?",
    ],
)
def test_cards_of_one_machine_are_told_with_their_sizes(question: str) -> None:
    assert "3060" in answer_to(question)
