"""Symptoms that are told in passing: beams of a batch, a second epoch, a fuller first card, a compiler, reserved blocks."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


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
    assert said in answer_to(question).split("\n\n")[0]


def test_epochs_as_such_change_nothing() -> None:
    assert answer_to("Does training for 5 epochs instead of 3 take more VRAM?").startswith("**No")


@pytest.mark.parametrize(
    ("question", "failed"),
    [("llama.cpp 报分配显存失败", True), ("ollama 无法分配 CUDA0 buffer", True), ("vllm 和 llama.cpp 分配显存的机制有什么区别", False)],
)  # fmt: skip
def test_how_memory_is_allocated_is_no_allocation_that_failed(question: str, failed: bool) -> None:
    assert ("allocation_failed" in read(question).cues) is failed


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # what a chat grows by is its cache, where the card holds no more of it
        ("Baichuan2-13B-Chat int8 on a 3090: fine at first, after 15 messages it dies with OOM. Leak?", "Most likely no leak"),
        ("baichuan2-13b-chat int8 3090，多聊十几轮涨到23G然后OOM，是显存泄漏吗", "多半不是泄漏"),
        # a card that holds more history than people say runs out of something else
        ("chatglm3-6b on a 24GB card, OOM after a dozen exchanges", "It is hardly the cache"),
        ("chatglm3-6b 聊了三十几轮之后 OOM，3090", "多半不是 KV 缓存"),
        # and a server's pool does not grow
        ("vLLM Qwen2.5-7B on a 4090, OOM after 30 messages in one chat", "It is not the KV cache that grows"),
    ],
)  # fmt: skip
def test_a_chat_fails_by_its_cache_only_where_the_card_holds_no_more(question: str, opens: str) -> None:
    assert answer_to(question).strip("*").startswith(opens)
