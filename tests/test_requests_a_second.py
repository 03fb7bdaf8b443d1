"""How many requests a server answers in a second: by what runs at once, what it generates and the prompts between."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How many req/s will an L40S do with Qwen3-8B FP8 at 1k in 250 out?", r"\*\*About [\d.]+–[\d.]+ requests/s at full load\*\* \(Qwen3-8B, FP8, L40S\), 1,024 tokens in and 250 out"),
        ("Qwen2.5-14B-AWQ 一张L20，输入2000输出400，QPS大概多少", r"\*\*满载时每秒约 [\d.]+–[\d.]+ 个请求\*\*（.*），每个输入 2,000、输出 400 token"),
        ("Is one A100 80GB enough for 40 rps of Llama-3.1-8B, 300 in and 150 out?", r"\*\*40 requests/s in bf16: (?:no|borderline)\*\*; \d+–\d+ copies, each on a card"),
        ("每秒要处理5个请求，Qwen3-8B，输入500输出100，一张4090行吗", r"\*\*每秒 5 个请求（bf16）：临界"),
    ],
)  # fmt: skip
def test_requests_a_second_follow_from_the_pool_and_both_rates(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert re.match(opens, answer), answer


@pytest.mark.parametrize(
    "question",
    [
        "60 concurrent requests of 4k, Qwen3-8B on an L4?",
        "each request takes 3 seconds, how many fit at once on a 4090 with Qwen3-8B?",
        "4090上Qwen3-8B同时20个请求放得下吗",
    ],
)
def test_requests_at_once_are_none_a_second(question: str) -> None:
    assert "requests/s" not in answer_to(question)
    assert "requests_s" not in read(question).extras


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2.5-7B GPTQ on an L20 has lower throughput than bf16 at 200 concurrent requests, is that normal?", r"\*\*Yes, with many sequences at once that is usual: GPTQ 4-bit"),
        ("Llama-3.1-8B 换成AWQ后，3090上并发一高就比fp16慢，为什么", r"\*\*并发高时这是正常的：AWQ 4 位"),
        ("why is my bnb 4bit 7B slower than fp16 on a 3090?", r"\*\*It is the kernel, not the bits"),
    ],
)  # fmt: skip
def test_few_bits_of_the_weights_alone_gain_nothing_under_load(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert re.match(opens, answer), answer
