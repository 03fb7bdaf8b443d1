"""A limit that the asker thinks there is: how far it goes is worked out, and whether that is the limit is said first."""

import pytest

from chat.reads.grammar import read
from chat.reads.requests.limits_claimed import LIMIT_CLAIMED
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "asked", "number", "says"),
    [
        ("Qwen3-8B fp8, L40S, 8k: I guess 12 users is the limit, correct?", "batch_size", 12, "“12” is not the limit"),
        ("the max batch is 40 for 7B QLoRA at 2048 on a 3090, right?", "batch_size", 40, "“40” is more than fits"),
        ("no more than 20 requests of 8k, 8B fp16 on a 4090 with vllm. Right?", "batch_size", 20, "“20” is more than fits"),
        ("Qwen3-14B Q4_K_M on a 16GB 4080: 16k is the ceiling, right?", "seq_len", 16384, "“16k” is not the limit"),
        ("8B lora 4090 长度2048，batch 20就到顶了吧？", "batch_size", 20, "到不了 “20”"),
        ("Qwen3-32B Q4_K_M 3090，上下文顶多64k，对吗", "seq_len", 65536, "到不了 “64k”"),
    ],
)  # fmt: skip
def test_it_is_judged_and_no_setting(question: str, asked: str, number: int, says: str) -> None:
    reading = read(question)
    assert reading.asks == (asked,)
    assert reading.extras[LIMIT_CLAIMED][0] == number
    assert number not in reading.facts.get(asked, ())
    assert says in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Is 24 GB the max for a 4090? Qwen3-8B in fp16 on it",
        "128k is the maximum context of Llama-3.1-8B. Does it fit on an L4?",
        "8B fp16 on a 4090, at most 10 users at once: does that fit?",
        "4090 最大显存 24G，8B fp16 够吗",
    ],
)
def test_what_is_told_of_a_limit_is_no_such_claim(question: str) -> None:
    assert LIMIT_CLAIMED not in read(question).extras


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("what util for 10 users at 8k? Qwen3-8B fp8 on an L40S, vllm", "is the least for 10 sequences"),
        ("which gpu_memory_utilization do I need for 6 users at 4k, Llama-3.1-8B on an A100 40GB, vllm", "is the least for 6 sequences"),
        ("6个人用 Qwen3-8B fp8，每人 8k，L40S，util 设多少", "6 条序列"),
        ("gpu_memory_utilization 该设多少？Qwen3-8B 一张 L40S vllm", "一条序列"),
    ],
)  # fmt: skip
def test_the_share_for_so_many_is_told_first(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]
