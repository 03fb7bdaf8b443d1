"""A start that fails as the sampler is warmed up: the logits of that many sequences, beside the share."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "vLLM: CUDA out of memory occurred when warming up sampler with 1024 dummy requests. Qwen2.5-14B on an A100 40GB. What should I turn down?",
            ["1,024 sequences × 152,064 × 4 B = 0.62 GB", "about five copies, 2.90 GiB", "Lower --max-num-seqs first", "41 for each of 1,024"],
        ),
        (
            "gpu_memory_utilization 0.96, L40S, Llama-3.1-8B: OOM warming up the sampler with 512 dummy requests though the cache was allocated, why?",
            ["512 sequences × 128,256 × 4 B", "beside the share of 0.96"],
        ),
        (
            "两张4090 tp2 跑 Qwen3-14B，利用率0.95，CUDA out of memory occurred when warming up sampler with 1024 dummy requests，调哪个参数",
            ["份额 0.95 之外", "先调小 --max-num-seqs"],
        ),
        ("vllm 起 Qwen3-32B AWQ 单卡 A6000，warming up sampler with 256 dummy requests 时 OOM，KV 都分配完了", ["256 条序列 × 151,936 × 4 字节"]),
    ],
)  # fmt: skip
def test_the_sampler_is_named_first(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert re.match(r"\*\*(?:It is the sampler|缺的是采样器的显存)", answer), answer
    assert all(one in answer for one in says), answer
    assert "conversation" not in answer
    assert "cache grows with it" not in answer


def test_what_is_turned_down_is_no_turn_of_a_chat() -> None:
    assert "chat_turns" not in read("vLLM OOMs on a 4090 with Qwen3-8B, what should I turn down?").cues
    assert "chat_turns" in read("Qwen3-8B on a 4090 OOMs after 12 turns").cues


def test_a_share_is_no_share_of_flops() -> None:
    told = read("Qwen3-14B，单卡 A6000 vllm，利用率0.9 够吗")
    assert told.facts["gpu_memory_utilization"] == (0.9,)
    assert "mfu" not in told.extras
    assert read("训练7B 1万亿token，64张H100，利用率0.4，要多久").extras["mfu"] == (0.4,)
