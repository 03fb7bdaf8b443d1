"""Ways over the cards of several machines, and what ranks divide of a cache and of activations."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    "question",
    [
        "How should I split Llama-3.1-405B in fp8 over 2 nodes of 8xH100? TP or PP", "两台 8 卡 A800 部署 Llama-3.1-405B fp8，TP 还是 PP 好",
        "Qwen3-235B-A22B fp8 on 16 L40S in two servers: tensor parallel or pipeline parallel?",
    ],
)  # fmt: skip
def test_ranks_stay_inside_a_machine(question: str) -> None:
    assert "--tensor-parallel-size 8 --pipeline-parallel-size 2" in opening(question)


def test_a_pipeline_of_few_stages_has_ranks_in_each() -> None:
    told = answer_to("两台 8 卡 H20 部署 DeepSeek-R1，TP16 还是 PP2？")
    assert "张量并行 8（流水线并行 2）" in told
    assert "328" not in told  # two cards do not hold it, and sixteen are told


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Does tensor parallel divide the KV cache when there are 2 kv heads and tp = 8?", "a card keeps 1/2 of the cache"),
        ("MLA 的 KV 在 TP8 下每张卡都是完整一份吗", "每张卡都是完整一份"),
        ("Does expert parallelism lower activation memory?", "Activations hardly change"),
        ("sequence parallel vs tensor parallel, memory?", "s·b·h·(34 + 5·a·s/h)/t"),
    ],
)  # fmt: skip
def test_what_ranks_divide(question: str, said: str) -> None:
    assert said in opening(question)
