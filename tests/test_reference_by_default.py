"""Whether GRPO's reference is counted: by TRL's default there is none."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "counted"),
    [
        ("GRPO full Qwen2.5-3B with trl on one A100 80GB, fits?", False),
        ("trl 的 GRPOTrainer 全参训 Qwen2.5-3B，单卡 A100 80G 够吗", False),
        ("GRPO full Qwen2.5-3B with trl, beta 0.04, on one A100 80GB, fits?", True),
        ("verl GRPO 全参 Qwen2.5-3B 单卡 A100 80G 够吗", True),
    ],
)
def test_the_reference_is_counted_where_one_is_loaded(question: str, counted: bool) -> None:
    answer = answer_to(question)
    assert ("no reference either" in answer or "也没有参考模型" in answer) != counted
    assert ("stands only a frozen reference" in answer or "只有冻结的参考模型" in answer) == counted
