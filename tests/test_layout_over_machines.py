"""Trainings over machines: the layout that is asked for, the machines that it takes, and what they must have."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("continued pretraining 70b on 64 h100 tp pp how to split", "**TP 8 within each machine × PP 4 over machines × DP 2"),
        ("70B 预训练 64张H100 tp pp dp 怎么切", "**每台机器内 TP 8 × PP 4（跨机）× 其余 DP 2"),
        ("32B full training on 16 A100 80GB: tp or pp?", "**TP 8 within each machine × DP 2"),
        ("多机训练 每台8卡 32b全参要几台", "**32B · 全量微调：共约 492.7 GiB**"),
        ("70B 全参 每台8卡H100,要几台", "**24 张卡（3 台 8 卡机）**"),
        ("how many 8xH100 nodes for full fine-tuning a 32b", "**12 cards (on 2 machines of 8)**"),
        ("单机8卡a800训72b全参 开offload行吗", "**可以。72B"),
    ],
)  # fmt: skip
def test_over_machines_the_opening_is_a_layout_or_their_number(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("多机训练 每台8卡 32b全参要几台", "分在 2 台 8 卡机上"),
        ("32b full fine-tuning, 8 gpus per node, how many nodes?", "(on 2 machines of 8)"),
        ("单机8卡a800训72b全参 开offload行吗", "前提是内存放得下卸载的 1,083 GiB"),
        ("8x A800, full fine-tuning of a 72B with offload, will it fit?", "if the host has 1,083 GiB of free RAM"),
    ],
)
def test_machines_and_their_memory_stand_in_the_opening(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize("question", ["70B training on 8 H100, TP or PP?", "tp=8 pp=4 还是 tp=8 pp=8 训70B 64张H100"])
def test_degrees_that_are_told_or_one_machine_are_compared(question: str) -> None:
    assert "for the rest" not in opening(question)
    assert "其余 DP" not in opening(question)


def test_one_copy_has_no_price_of_copies() -> None:
    assert "完整副本：没有卡间通信" not in answer_to("tp=4 pp=2 dp=1 和 tp=8 哪个省显存")
