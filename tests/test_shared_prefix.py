"""Requests that begin alike: how many tokens they share, and what prefix caching saves by keeping them once."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "prefix", "length"),
    [
        ("Qwen3-8B, 12 requests of 6k each, 4k of which is a common system prompt", 4096, (6000,)),
        ("Mistral-7B with a system prompt of 2k shared by 25 users in vLLM", 2048, (2048,)),
        ("Qwen3-14B,24 个并发共用 3k 的前缀,各自再写 1k", 3000, (4024,)),
        ("8 个用户每个 16k,其中 8k 是相同的系统提示词,Qwen2.5-7B", 8192, (16384,)),
    ],
)
def test_what_all_begin_with_is_no_length_of_its_own(question: str, prefix: int, length: tuple[int, ...]) -> None:
    reading = read(question)
    assert reading.extras["log_shared_prefix"] == (prefix,)
    assert reading.facts["seq_len"] == length


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B at 8k with a long system prompt, does it fit on a 3060?",
        "Qwen3-8B, prompts of 4k and answers of 1k, 16 users",
        "llama-3-8b prefix tuning at 4k on a 3090",
    ],
)
def test_a_prompt_that_nobody_shares_is_none(question: str) -> None:
    assert "log_shared_prefix" not in read(question).extras


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Qwen3-8B on a 4090, 20 requests of 6k each, 4k of it the same prefix: how much does prefix caching save?", "**With prefix caching (vLLM's V1 engine and SGLang have it on by default) the 4,096 tokens that all 20 requests begin with are kept once", "With it the whole takes"),
        ("Qwen3-8B 20 个用户共用 4k 系统提示词,前缀缓存省多少", "**开了前缀缓存（vLLM V1、SGLang 默认开启），20 条请求开头相同的 4,096 token 只存一份", "它本身不占显存"),
    ],
)  # fmt: skip
def test_what_is_kept_once_is_saved(question: str, opens: str, says: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens)
    assert says in said


@pytest.mark.parametrize(
    ("question", "once", "each"),
    [
        (
            "40 users with the same 5000 token system prompt on Llama-3.1-8B: is its KV counted 40 times?",
            "0.61 GiB",
            "24.4 GiB",
        ),
        (
            "150 agents with an identical 8k preamble on Llama-3.3-70B, is the KV of it duplicated?",
            "2.50 GiB",
            "375.0 GiB",
        ),
        ("80个并发共用同一个3000字左右(3000token)的系统提示词,qwen2.5-14b,会存80份KV吗", "0.55 GiB", "43.9 GiB"),
        ("30个用户的RAG前缀都一样，6000 token，Qwen3-8B，vLLM会重复存吗", "0.82 GiB", "24.7 GiB"),
    ],
)
def test_how_often_a_shared_prompt_is_kept_opens_the_answer(question: str, once: str, each: str) -> None:
    opening = answer_to(question).split("\n")[0]
    assert opening.startswith(("**With prefix caching", "**开了前缀缓存"))
    assert once in opening
    assert each in opening
    assert "not understood" not in opening
