"""How many tokens or sequences a cache of so much memory holds: an amount that is the cache's own is no card's."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, answers


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How many tokens fit in 12GB of KV cache with Qwen2.5-14B?", "**12.0 GiB of KV cache hold 65,536 tokens: 12.0 GiB ÷ 192 KiB a token.**"),
        ("I have 6 GB left for the cache, how many 4k sequences of Llama-3-8B is that?", "that is 12 sequences of 4,096 tokens at once (0.50 GiB each)"),
        ("剩下10G给KV缓存，Qwen2.5-7B能放多少个token", "**10.0 GiB 的 KV 缓存可放 187,245 个 token"),
        ("KV缓存只有20G，Qwen2.5-32B每人8k，能支持多少并发", "即同时 10 条 8,192 token 的序列（每条 2.00 GiB）"),
        ("gemma-3-27b: 16GB for KV cache, how many tokens?", "(16.0 GiB − 0.41 GiB) ÷ 80 KiB a token (layers with a window keep no more)"),
        ("Mistral-7B-v0.1 with 6 GiB free for the cache, how many sequences?", "12 sequences, however long they are"),
    ],
)  # fmt: skip
def test_what_a_budget_of_the_cache_holds(question: str, said: str) -> None:
    answers(question, said, "a 10 GB card")
    assert "gpu_memory_gb" not in read(question).facts


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B on a 24GB card: how many tokens of KV cache?",
        "KV cache of Llama-3.1-70B at 32k is 10GB, right?",
        "3090 24G 跑 Qwen2.5-14B int4，KV缓存能放多少token",
    ],
)
def test_a_card_is_no_budget_of_the_cache(question: str) -> None:
    assert "log_cache_gib" not in read(question).extras


def test_a_narrower_cache_that_is_told_is_counted_as_it_is() -> None:
    text = answer_to("how many tokens fit in 8GB of kv cache for Qwen3-8B in fp8?")
    assert "hold 116,508 tokens: 8.00 GiB ÷ 72 KiB a token" in text
    assert "An fp8 cache holds" not in text
