"""How many cards what is served to many takes: with a cache of 8 bits, and how many of them fewer cards hold at once."""

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3.3-70B FP8 for 100 concurrent users at 8k tokens each. How many H100 80GB?", ("With a KV cache of 8 bits (fp8) 4 cards (52.7 GiB each, with a margin)", "4 cards hold 82 of the 100 at once, the others wait")),
        ("How many L40S 48GB for Qwen2.5-72B FP8 with 40 concurrent users at 16k?", ("With a KV cache of 8 bits (fp8) 8 cards", "4 cards hold 17 of the 40 at once, 35 with a cache of 8 bits, the others wait")),
        ("用 L40S(48G) 部署 Llama-3.3-70B FP8，50个并发、每路8k上下文，vLLM 要几张？", ("KV 缓存用 8 位（fp8）时 4 张卡（每张 33.9 GiB，有余量）", "4 张卡同时放 50 条中的 37 条，其余排队")),
        ("Llama-3.1-70B 8k context 64 users, how many A100 80GB cards with vLLM?", ("16-bit: **8 cards**", "With a KV cache of 8 bits (fp8) 4 cards (54.4 GiB each, with a margin).")),
    ],
)  # fmt: skip
def test_a_count_for_many_users_tells_that_of_a_smaller_cache(question: str, says: tuple[str, ...]) -> None:
    answer = Assistant().ask(question).text
    assert [one for one in says if one not in answer] == []


@pytest.mark.parametrize(
    "question",
    [
        "How many H100 80GB for Llama-3.3-70B FP8?",
        "用 H100 部署 Llama-3.3-70B，KV 用 fp8，80 并发 8k，要几张？",
        "How many A100 80GB to fully fine-tune Llama-3.1-8B, batch 32, 4096 tokens?",
    ],
)
def test_a_small_or_settled_cache_has_no_such_line(question: str) -> None:
    answer = Assistant().ask(question).text
    assert "With a KV cache of 8 bits" not in answer
    assert "KV 缓存用 8 位" not in answer
