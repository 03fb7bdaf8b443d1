"""How large the pool of a server becomes on a card: tokens in all, and not what one token or sequence takes."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("how big is the KV cache pool in SGLang for Qwen3-8B at mem-fraction-static 0.8 on 24GB", "**Up to 22,112 tokens of cache in all for sure**"),
        ("vLLM Qwen2.5-14B AWQ on a 3090: how large does the KV cache get?", "**Up to 57,872 tokens of cache in all for sure**"),
        ("vLLM Qwen3-8B 24G 卡 gpu_memory_utilization 0.9 KV 能有多少", "**稳妥的上限是缓存共 30,384 token**"),
        ("Llama-3.1-8B 4090 vLLM，KV缓存能放多少token", "**稳妥的上限是缓存共 41,984 token**"),
    ],
)  # fmt: skip
def test_the_pool_of_a_server_opens(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), answer_to(question)[:200]


@pytest.mark.parametrize(
    "question",
    [
        "how big is the KV cache of Qwen3-8B at 32k in vLLM on a 4090?",
        "vLLM KV cache per token of Qwen3-8B on a 4090?",
        "how big is the KV cache of Qwen3-8B?",
    ],
)
def test_of_a_token_or_a_length_the_formula_opens(question: str) -> None:
    assert answer_to(question).startswith("**KV cache: 2 (keys and values)")
