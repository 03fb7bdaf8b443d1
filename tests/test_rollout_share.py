"""Which share of the card an engine beside the training is to have, and that a failure to avoid has not happened."""

import pytest

from chat.reads.grammar import read
from tests.talking import opening


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("TRL GRPO LoRA Llama-3.1-8B colocate on one A100 40GB: what vllm_gpu_memory_utilization won't OOM?", ("**gpu_memory_utilization: 0.55 is enough", "it may have at most 0.5", "8 answers (TRL's default)")),
        ("TRL GRPO colocate Qwen2.5-3B full on one H100 80GB: what vllm_gpu_memory_utilization is safe?", ("**gpu_memory_utilization: 0.15 is enough", "at most 0.4")),
        ("TRL GRPO LoRA Qwen2.5-7B colocate on one A100 80GB, batch 1: how high can vllm_gpu_memory_utilization go before it OOMs?", ("**gpu_memory_utilization: 0.25", "at most 0.75")),
        ("单卡A100 40G，llama3.1-8b lora跑grpo，vllm colocate，vllm_gpu_memory_utilization设多少不炸", ("**gpu_memory_utilization 设 0.55 就够", "最多设 0.5")),
        ("grpo qwen2.5-7b lora 一张A100 80G colocate，vllm_gpu_memory_utilization 调到多少不会oom", ("**gpu_memory_utilization 设 0.25 就够", "最多 0.75")),
    ],
)  # fmt: skip
def test_the_share_that_is_asked_opens_with_the_most_an_engine_awake_may_have(
    question: str, parts: tuple[str, ...]
) -> None:
    told = opening(question)
    assert all(part in told for part in parts), told


@pytest.mark.parametrize(
    "question",
    [
        "GRPO LoRA Qwen2.5-7B colocate A100 80GB crashed with OOM, vllm_gpu_memory_utilization 0.9. What vllm_gpu_memory_utilization won't OOM?",
        "grpo qwen2.5-7b lora 一张A100 80G colocate 爆显存了，vllm_gpu_memory_utilization 调到多少不会oom",
    ],
)
def test_a_failure_that_happened_is_one(question: str) -> None:
    assert "oom_diagnosis" in read(question).intents


def test_of_an_engine_that_sleeps_no_least_share_is_advised_unasked() -> None:
    assert "gpu_memory_utilization" not in opening(
        "8卡A100 80G verl grpo qwen2.5-7b全参，gpu_memory_utilization设多大合适"
    )
