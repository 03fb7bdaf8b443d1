"""FP8 that takes as much as 16 bit: why, by the units that the card has."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("A40上fp8模型占的显存和fp16一样大,为什么", "**因为加载后已经不是 FP8 了"),
        ("Qwen3-4B-FP8在3080上用transformers加载,为啥和bf16一样占8G", "**因为加载后已经不是 FP8 了"),
        ("why does my FP8 model use the same VRAM as fp16 on an A6000?", "**Because it is no FP8 on the card any more"),
        ("L40S上 fp8 模型也占得跟 bf16 一样多,怎么回事,为什么", "**这张卡有 FP8 单元"),
        (
            "H100: why does the FP8 checkpoint take as much memory as bf16?",
            "**On this card FP8 weights stay at 1 B each",
        ),
        ("fp8的权重在T4上能省显存吗", "**不能"),
    ],
)
def test_what_is_as_large_is_told(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question", ["Qwen2.5-14B 的 fp8 和 bf16 各占多少", "is the FP8 cache of Qwen3-8B as large as in bf16?"]
)
def test_other_comparisons_are_none_of_it(question: str) -> None:
    text = answer_to(question)
    assert "FP8 了" not in text
    assert "no FP8 on the card" not in text
