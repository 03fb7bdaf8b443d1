"""The largest context or batch, asked for with a verb of its own: what is opened, stretched or given."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        ("7900 XTX 24G 跑 Qwen2.5-14B Q8_0 能开多大上下文", "seq_len"), ("两张 3090 跑 70B q4 能给多长上下文", "seq_len"),
        ("4090跑32B q4最多能塞多少context", "seq_len"), ("L40S 上能用多大batch训练 13B LoRA，2k 长度", "batch_size"),
        ("how much ctx can a 3090 take with a 14B Q8_0?", "seq_len"),
    ],
)  # fmt: skip
def test_the_largest_is_asked_for(text: str, asked: str) -> None:
    reading = read(text)
    assert (reading.intents[0], reading.asks) == ("max_batch_ctx", (asked,))


@pytest.mark.parametrize("text", ["微调 7B 要用多大显存，batch 4", "跑 14B 要用多少显存"])
def test_how_much_memory_is_no_length(text: str) -> None:
    assert read(text).intents[0] == "how_much"


def test_the_length_opens_the_answer() -> None:
    assert "token" in answer_to("7900 XTX 24G 跑 Qwen2.5-32B Q4_K_M 能开多大上下文").split("**")[1]
