"""Symptoms that are told in passing: beams of a batch, a second epoch, a fuller first card, a compiler, reserved blocks."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("OOM at 'model.generate' with beam search num_beams=4 Qwen2.5-7B 24GB batch 8", "40.8 GiB instead of 21.5 GiB"),
        ("Mistral-7B LoRA OOMs in the second epoch on a 4090, the first was fine", "At the end of an epoch comes"),
        ("13B LoRA 第2个epoch一开始就爆，A100 40G，第一个没事", "一个 epoch 结束时"),
        ("With torch.compile my SFT run goes out of memory", "torch.compile can take more by itself"),
        ("为什么 DDP 训练时 0 号卡的显存比别的卡高", "只有第一张卡多出来的"),
        ("Why does rank 0 take more memory than the rest with DDP?", "What only the first card has"),
        ("tried to allocate 1.5 GiB, 4 GiB free but reserved, what now?", "Fragmentation"),
        ("flash attention is not installed, is that why 8k OOMs with a 7B LoRA on a 24GB card?", "eager attention"),
    ],
)  # fmt: skip
def test_the_symptom_decides(question: str, said: str) -> None:
    assert said in Assistant().ask(question).text.split("\n\n")[0]


def test_epochs_as_such_change_nothing() -> None:
    assert Assistant().ask("Does training for 5 epochs instead of 3 take more VRAM?").text.startswith("**No")


@pytest.mark.parametrize(
    ("question", "failed"),
    [("llama.cpp 报分配显存失败", True), ("ollama 无法分配 CUDA0 buffer", True), ("vllm 和 llama.cpp 分配显存的机制有什么区别", False)],
)  # fmt: skip
def test_how_memory_is_allocated_is_no_allocation_that_failed(question: str, failed: bool) -> None:
    assert ("allocation_failed" in read(question).cues) is failed
