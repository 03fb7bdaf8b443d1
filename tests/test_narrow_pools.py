"""A cache in fewer bits on a server: the meter shows the same, the pool holds more tokens."""

import re

import pytest

from chat.agent import Assistant
from tests.talking import answer_to

# the same whether the cache or the weights are narrower, and whether it is doubted
NOT_SHOWN = re.compile(
    r"\*\*(?:The meter cannot show it|A checkpoint in few bits stays so|It is in effect, only the meter|(?:量化是生效的，只是|量化的权重加载后仍是量化的，只是)?显存读数看不出来)"
)


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
    answer = answer_to(question)
    assert NOT_SHOWN.match(answer), answer
    assert all(one in answer for one in says), answer


def test_where_no_share_is_taken_less_is_felt() -> None:
    answer = answer_to("llama.cpp, Qwen3-14B Q4_K_M, 32k context: -ctk q8_0 -ctv q8_0, same VRAM as before?")
    assert "meter cannot show it" not in answer


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


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "Qwen2.5-14B-Instruct GPTQ-Int4 and the bf16 version both use 43 GB of my L40S in vLLM. Did quantization do nothing?",
            ["9.98 GB (9.29 GiB)", "12.4 GiB → 30.6 GiB", "67,696 → 167,184 tokens", "gpu_memory_utilization"],
        ),
        (
            "On my A10 vLLM with Llama-3.1-8B-Instruct-AWQ takes 21100MiB / 23028MiB, the fp16 one takes the same. Is it not loaded as 4-bit?",
            ["AWQ 4-bit weights take 5.73 GB", "| per card | AWQ 4-bit | fp16 |"],
        ),
        ("vLLM上Qwen3-14B-AWQ和原版bf16显存占用一样，都是43G，L40S。量化是不是没生效？", ["按 AWQ 4 位是 9.98 GB", "81,280 → 200,656 个 token"]),
        ("两张卡vLLM部署Qwen2.5-32B-AWQ，每张都占43G，L40S，换bf16也是43G，那量化有什么用", ["每张卡权重按 AWQ 4 位是 9.67 GB"]),
        # the same twice, without a word that says so
        (
            "Served Qwen2.5-14B-Instruct-AWQ with vLLM on an L40S and nvidia-smi shows 43.1 GB. The bf16 version took 42.8 GB. What good is quantization then?",
            ["0.92 of the card", "AWQ 4-bit weights take 9.98 GB"],
        ),
        ("vLLM 部署 Qwen2.5-7B-Instruct，4090 上 fp16 占 21.8GB，GPTQ 版占 21.6GB，量化图什么？", ["默认占显卡的 0.92", "按 GPTQ 4 位是 5.57 GB"]),
    ],
)  # fmt: skip
def test_weights_of_fewer_bits_leave_more_cache_and_the_meter_the_same(question: str, says: list[str]) -> None:
    answer = answer_to(question)
    assert NOT_SHOWN.match(answer), answer
    assert all(one in answer for one in says), answer


@pytest.mark.parametrize(
    "question",
    [
        "Does Qwen2.5-14B AWQ in vLLM use less memory than bf16 on an L40S, or the same?",
        "vLLM 里 Qwen3-14B 的 AWQ 和 GPTQ 显存占用一样吗，L40S",
        "Qwen2.5-7B bf16 on vLLM shows 22 GB on a 4090 with max-model-len 4096 and 32768, the same 22 GB, why?",
        "llama.cpp Qwen3-14B Q4_K_M and Q8_0 both show 14 GB on my 3090, why?",
        "vLLM on a 4090: Qwen2.5-7B fp16 shows 21.6 GB and the AWQ version 12 GB, is that right?",
        "transformers: Qwen2.5-7B fp16 takes 15.5 GB and the AWQ version 15.4 GB on my 4090, why?",
    ],
)
def test_where_no_weights_of_fewer_bits_were_seen_on_a_server_nothing_is_said_of_the_meter(question: str) -> None:
    answer = answer_to(question)
    assert "meter cannot show it" not in answer
    assert "显存读数看不出来" not in answer
