"""How much of a model's own length there is room for, and in which precision: that length is no setting of the case."""

import pytest

from chat.reads.grammar import read
from chat.reads.requests.own_lengths import OWN_LENGTH
from tests.talking import answer_to, narrow_opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("On a single H100 in which precision does Llama 4 Scout fit, and how much of the 10M context can I use?", ("Take 4-bit: 57.5 GiB of 79.6 GiB, fits up to about 474,589 tokens",)),
        ("How much of the 128k context of Llama-3.1-8B can I use on a 4090?", ("Up to 59,916 tokens for sure", "all 131,072 tokens that the model declares would take 16.0 GiB of KV cache")),
        ("Qwen3-32B 单张4090什么精度放得下,40k上下文能用到多少", ("选 4 位:20.2 GiB,可用 24.0 GiB,放得下,最长约 19,780 token",)),
        ("Llama-3.3-70B 4bit 单张48G,128k上下文能用多少", ("稳妥的上限是 27,753 token", "全长 131,072 token 光 KV 缓存就要 40.0 GiB")),
        ("Llama-3.1-8B claims 128k context; in what precision does it fit a 24GB 4090, and how much of it can I use?", ("Take 16-bit: 16.5 GiB of 24.0 GiB, fits up to about 65,622 tokens",)),
        ("Llama-3.1-8B 号称128k,4090上能用到多少", ("稳妥的上限是 59,916 token",)),
        ("Llama 4 Scout官方说一张H100能跑,是什么精度?10M上下文能用多少", ("选 4 位:57.5 GiB,可用 79.6 GiB,放得下,最长约 474,589 token",)),
    ],
)  # fmt: skip
def test_how_much_of_it_fits_is_told_first(question: str, said: tuple[str, ...]) -> None:
    first = narrow_opening(question)
    assert all(one in first for one in said), first


def test_formats_that_do_not_fit_are_told_shortly_and_the_cache_without_windows() -> None:
    told = answer_to("Meta says Llama 4 Scout fits on one H100. In which precision, and how much of the 10M context?")
    assert "- 8-bit: **nothing fits: even a single token needs 104.1 GiB per card of 79.6 GiB**" in told
    assert "458.9 GiB of KV cache alone (layers with a window keep the last 8,192 alone; every token in every layer would be 1,831 GiB)" in told  # fmt: skip


@pytest.mark.parametrize(
    "question",
    [
        "How much of the 24GB does Llama-3.1-8B take on a 4090 at 8k context?",
        "How much of the 32k context does the cache take on a 4090 with Llama-3.1-8B?",
        "Llama-3.1-8B 32k上下文要用多少显存,4090",
        "Llama-3.1-8B at 32k context on a 4090: does it fit?",
        "Llama-3.1-8B 4090 32k上下文能开多少并发",
        "Llama-3.1-8B supports 128k. How much of the 24GB 4090 does it take at 8k?",
    ],
)
def test_a_length_of_the_case_stays_one(question: str) -> None:
    assert OWN_LENGTH not in read(question).extras
