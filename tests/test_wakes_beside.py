"""An engine that wakes beside the states of the training: which share does, and what was only off is no way that is ruled out."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, narrow_opening


@pytest.mark.parametrize(
    ("question", "says", "not_said"),
    [
        (
            "verl GRPO full fine-tune of Qwen2.5-14B on 8x H100 80GB, FSDP without offload, vllm rollouts tp2, gpu_memory_utilization 0.7, OOM at wake_up in the second step. What do I change?",
            ["the frozen reference's 3.44 GiB among it", "At 0.55 the engine takes 43.8 GiB", "optimizer in host memory: "],
            "ruled out",
        ),
        (
            "verl GRPO 全参 Qwen2.5-32B，16张H100 80G，没开offload，rollout tp4，gpu_memory_utilization=0.65，wake_up 时 OOM。我算训练 30G 一张，rollout 权重 16G，加起来才46G，改什么",
            ["其中冻结的参考模型", "设为 0.5 时引擎占 39.8 GiB", "优化器放在内存"],
            "排除了",
        ),
    ],
)  # fmt: skip
def test_the_share_that_wakes_is_told(question: str, says: list[str], not_said: str) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in says), answer
    assert not_said not in answer
    assert "您看到的 46 GB" not in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("verl GRPO Qwen3-8B full, 8x A100 40G FSDP, rollout vllm TP=1, gpu_memory_utilization 0.6: OOM when vLLM wakes up", "With tensor parallel 2 for the rollout the copy is 7.63 GiB a card, and 0.3 (12.0 GiB) leaves 4.37 GiB for the cache"),
        ("verl GRPO Qwen3-8B全参,8卡A100 40G FSDP,rollout tp=1,gpu_memory_utilization 0.6,vllm wake up时OOM", "rollout 的张量并行设为 2 时,每卡的副本是 7.63 GiB"),
    ],
)  # fmt: skip
def test_an_engine_over_two_cards_needs_less_of_each(question: str, said: str) -> None:
    assert said in narrow_opening(question)


def test_offload_that_is_refused_stays_ruled_out() -> None:
    answer = answer_to("13B 全参微调 8 张 A100 40G，ZeRO-3 OOM 了，不想开 offload，怎么办")
    assert "您排除了 offload" in answer


def test_an_amount_of_each_card_is_no_count() -> None:
    assert read("训练 32.8*16/16=33G一张，16张H100够吗").facts["n_gpus"] == (16,)
    assert read("Qwen3-14B 推理，4090 24G 一张够吗").facts["n_gpus"] == (1,)
