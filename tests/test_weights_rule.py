"""The rule that memory is so many times the parameters: right for weights alone, and what comes on top is told."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("is int4 VRAM just half the parameter count in GB?", "**Right, for the weights alone: 4 bits ÷ 8 = 0.5 B"),
        ("Is it true that VRAM in GB is about twice the parameters in billions for fp16?", "**Right, for the weights alone: 16 bits ÷ 8 = 2 B"),
        ("memory = params x 4 in fp16, right?", "**Not 4 but 2 times, for the weights alone"),
        ("4bit量化的模型显存等于参数量除以2吗", "**对，但只是权重：4 位 ÷ 8 = 每参数 0.5 字节"),
        ("fp16显存=参数量×2，对吗", "**对，但只是权重：16 位 ÷ 8 = 每参数 2 字节"),
        ("int8的话显存是参数量的两倍，对吗", "**不是 2 倍，只算权重是 1 倍"),
    ],
)  # fmt: skip
def test_it_is_right_for_the_weights(question: str, says: str) -> None:
    told = opening(question)
    assert told.startswith(says)
    assert "KV" in told
    assert "16 B for each parameter" in told or "每参数 16 字节" in told


@pytest.mark.parametrize(
    "question",
    [
        "都说推理显存=参数量×2×1.2，1.2哪来的，靠谱吗",
        "全参训练显存=参数量×16，对吗",
        "Does LoRA need twice the parameters in GB?",
        "7B int4 就是3.5G吗",
        "Is a 13B twice the parameters of a 7B, and the memory too?",
        "Is a model with twice the parameters more reliable?",
    ],
)
def test_other_sums_are_no_rule_of_weights(question: str) -> None:
    assert "for the weights alone" not in answer_to(question)
    assert "但只是权重" not in answer_to(question)


def test_only_files_that_are_larger_than_the_rule_are_said_to_be() -> None:
    told = opening("int8的话显存是参数量的两倍，对吗")
    assert "Q8_0 7.16 GB" in told
    assert "INT8 7.00 GB" not in told
    assert "Llama-2-7b-hf" in told  # whose cache it is
