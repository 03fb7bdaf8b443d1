"""Cards before Ampere: what a failing step is counted with there, beside the scores that eager attention would write."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Mistral-7B QLoRA on a free Colab T4 16GB, seq 4096, batch 4, gradient checkpointing on: OOM at step 1. Weights are only 4GB", "a card before Ampere has no FlashAttention-2 (nor bf16: train with fp16: true)"),
        ("V100 16GB QLoRA Llama-3.1-8B seq 4096 batch 2 OOMs at the first step, why?", "a card before Ampere has no FlashAttention-2"),
        ("T4 16G 上 QLoRA 微调 Mistral-7B，长度4096 batch 4，开了梯度检查点，第一步就OOM，权重才4G", "Ampere 之前的卡用不了 FlashAttention-2，也没有 bf16，要用 fp16: true"),
    ],
)  # fmt: skip
def test_old_cards_are_counted_with_sdpa(question: str, told: str) -> None:
    assert told in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Mistral-7B QLoRA on a 4080 16GB, seq 4096, batch 4, gradient checkpointing on: OOM at step 1. Weights are only 4GB",
        "4080 16G 上 QLoRA 微调 Mistral-7B，长度4096 batch 4，第一步就OOM，权重才4G",
    ],
)
def test_newer_cards_have_both(question: str) -> None:
    text = answer_to(question)
    assert "before Ampere" not in text
    assert "Ampere 之前" not in text
