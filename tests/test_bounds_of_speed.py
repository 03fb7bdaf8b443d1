"""What bounds the speed, asked shortly: batch against arithmetic, first tokens, shares, a part in RAM, a server without a card."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("at which batch is decode compute bound on an H100", "**Decoding is compute bound from a batch of about 295 sequences on H100 80 GB (989 TFLOP/s ÷ 3,350 GB/s)"),
        ("L40S at what batch is generation no longer memory-bound with awq?", "**Decoding is compute bound from a batch of about 109 sequences on L40S"),
        ("a100 roofline", "**Decoding is compute bound from a batch of about 153 sequences on A100 80 GB"),
        ("why is batch 1 inference memory bound", "**Decoding is memory bound until a step has about FLOP/s ÷ bytes/s sequences"),
        ("h200 上 decode 批多大才不受带宽限制", "**解码的批大小达到下面的条数才受算力限制（16 位）：H200 141 GB 约 206 条"),
        ("解码什么时候是算力瓶颈", "**解码在批大小达到约 算力 ÷ 带宽 之前受带宽限制"),
        ("ttft is high with long prompts, is it a vram problem?", "**Mostly not: reading a prompt is bound by arithmetic"),
        ("长提示首字很慢，跟显存有关吗", "**一般不是：读提示受算力限制"),
        ("does raising gpu-memory-utilization from 0.85 to 0.92 make vllm faster?", "**Only through the room for the cache"),
        ("gpu_memory_utilization 调高对吞吐有影响吗", "**只通过缓存空间起作用"),
        ("half of the layers on CPU, how much slower is llama.cpp", "**With half of a 7B in Q4_K_M in RAM about 6 times slower"),
        ("模型一半卸载到内存，速度会慢多少", "**7B 的 Q4_K_M 一半放内存，最好也要慢约 6 倍"),
    ],
)  # fmt: skip
def test_what_bounds_the_speed_is_told_of_no_model(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("is training compute bound at batch 8?", "Decoding is"),
        ("Qwen3-8B on a 4090: is it memory bound and how many tokens/s?", "Decoding is memory bound until"),
        ("vllm OOM with gpu_memory_utilization 0.95, is 0.9 slower?", "Only through the room"),
        ("Qwen3-32B half in RAM on a 3090, how fast?", "With half of a 7B"),
        ("how much VRAM does a long prompt of 32k take for Qwen3-8B?", "Mostly not"),
    ],
)
def test_a_case_or_a_training_is_answered_itself(question: str, unsaid: str) -> None:
    assert unsaid not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("dual xeon 1tb ram deepseek r1 q4 tokens per second", "**DeepSeek-R1, Q4_K_M, CPU alone: about"),
        ("epyc 9654 with 768GB running deepseek v3 q4, how many tokens per second", "**DeepSeek-V3, Q4_K_M, CPU alone: about"),
        ("双路霄龙 512G 跑 deepseek-v3 q4 每秒多少 token", "**DeepSeek-V3、Q4_K_M、仅 CPU：约"),
    ],
)  # fmt: skip
def test_a_servers_processor_runs_without_a_card(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    assert "host_memory_gb" in read(question).facts


@pytest.mark.parametrize(
    ("question", "channels"),
    [
        ("ktransformers deepseek v3 24gb gpu + 512gb ram speed", 8),
        ("DeepSeek-R1 Q4 4090 加 1TB 内存 速度", 8),
        ("Qwen3-30B-A3B Q4 on a 3060 and 64 GB of RAM, how fast?", None),
    ],
)
def test_more_memory_than_a_desktop_holds_hangs_on_a_servers_channels(question: str, channels: int | None) -> None:
    told = read(question).extras.get("host_channels", ())
    assert list(told) == ([float(channels)] if channels else [])


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("kv budget of 4xh100 with qwen2.5 72b fp8, concurrent users at 16k", "**About 38 to 40 sequences of 16,384 tokens at once**"),
        ("8xh100 llama 3.1 70b, latency vs throughput and kv budget, users at 8k", "**About 159 to 167 sequences of 8,192 tokens"),
        ("8张H100 跑 70B，KV 缓存预算，并发每个8k", "**同时约 171 到 177 条"),
    ],
)  # fmt: skip
def test_a_budget_of_the_cache_is_told_in_sequences(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("does kv cache quantization q8_0 hurt and how much does it save on 16k", "47 % less of the cache"),
        ("int8 kv cache 效果会变差吗，省多少显存", "缓存少 50%"),
        ("q4_0 kv: does it degrade quality and what does it save?", "72 % less of the cache"),
    ],
)
def test_what_a_narrow_cache_costs_is_told_with_what_it_saves(question: str, says: str) -> None:
    told = opening(question)
    assert "8 bits (q8_0, fp8)" in told or "8 位缓存" in told
    assert says in told


def test_quality_alone_needs_no_saving() -> None:
    assert "less of the cache" not in opening("does kv cache quantization hurt quality?")
