"""A cache in fewer bits on a server: the meter shows the same, the pool holds more tokens."""

import re

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Set --kv-cache-dtype fp8 for Qwen2.5-32B on 2x L40S in vLLM; nvidia-smi still shows the same 42 GB per card. Did it do nothing?",
            ["256 KiB → 128 KiB", "76,656 → 153,328 tokens", "GPU KV cache size"],
        ),
        (
            "Someone promised that an fp8 KV cache cuts the memory in half. vLLM, Qwen3-14B on an L40S: 42 GB in nvidia-smi before and after, why?",
            ["160 KiB → 80 KiB", "stay as they are"],
        ),
        ("单卡4090 vllm 跑 Qwen3-8B，开了fp8的KV缓存，显存占用一点没变，没生效吗", ["144 KiB → 72 KiB", "38,864 → 77,728 个 token"]),
        ("A100 80G vllm 部署Qwen3-14B，--kv-cache-dtype fp8 前后 nvidia-smi 都是 73G，这参数是不是没用", ["160 KiB → 80 KiB"]),
    ],
)  # fmt: skip
def test_more_tokens_and_no_less_memory(question: str, says: list[str]) -> None:
    answer = Assistant().ask(question).text
    assert re.match(r"\*\*(?:The meter cannot show it|显存读数看不出来)", answer), answer
    assert all(one in answer for one in says), answer


def test_where_no_share_is_taken_less_is_felt() -> None:
    answer = Assistant().ask("llama.cpp, Qwen3-14B Q4_K_M, 32k context: -ctk q8_0 -ctv q8_0, same VRAM as before?").text
    assert "The meter cannot show it" not in answer


def test_more_cards_and_a_narrow_cache_are_both_told_of_the_pool_whatever_runs_at_once() -> None:
    answer = (
        Assistant()
        .ask(
            "Llama-3.3-70B FP8 on 2x H100, 32k each: I get 8 concurrent. Does an fp8 KV cache double the concurrency, or do 2 more GPUs?"
        )
        .text
    )
    assert "cannot hold it" not in answer
    assert "times as many tokens of cache with 2 times the cards" in answer
    assert "2 times as many tokens: the pool stays as large" in answer


def test_a_share_of_what_the_weights_leave_is_none_of_the_card() -> None:
    answer = (
        Assistant()
        .ask("Llama-3-8B on an A10, TensorRT-LLM free_gpu_memory_fraction 0.9: how many 8k requests at once?")
        .text
    )
    assert "× 0.9" not in answer
    assert "÷ 1.00 GiB a sequence" in answer
