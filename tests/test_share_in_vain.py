"""A share of the card that was lowered and changed nothing, told of an update of a policy."""

import pytest

from chat.reads.grammar import read
from tests.talking import narrow_opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("verl GRPO on Qwen2.5-7B, 8x H100: OOM in update_policy, lowering gpu_memory_utilization to 0.3 didn't help", "not the rollout engine's share (rollouts and updates take turns"),
        ("GRPO of Qwen3-8B in verl on 8x A100 80G dies in update_actor. I cut gpu_memory_utilization from 0.7 to 0.4, no difference", "so a lower gpu_memory_utilization changes nothing"),
        ("verl ppo qwen2.5-7b 8卡A100 80G actor更新时爆显存,把gpu_memory_utilization调低到0.3还是OOM", "不是 rollout 引擎的份额"),
        ("verl grpo qwen3-8b 8卡A100 80G,update_actor阶段OOM,gpu_memory_utilization改成0.4没效果", "所以调低 gpu_memory_utilization 没有用"),
    ],
)  # fmt: skip
def test_a_share_that_is_given_back_is_not_the_cause(question: str, said: str) -> None:
    first = narrow_opening(question)
    assert said in first.replace("（", "("), first
    assert "and lower gpu_memory_utilization" not in first
    assert "并调低 gpu_memory_utilization" not in first


@pytest.mark.parametrize(
    "question",
    [
        "verl GRPO of Qwen3-8B on 8x A100 80G: OOM in update_actor, gpu_memory_utilization is 0.6",
        "Does lowering gpu_memory_utilization from 0.6 to 0.4 help GRPO of Qwen3-8B?",
        "gpu_memory_utilization 降到 0.4 有用吗,verl grpo qwen3-8b 更新时OOM",
        "verl grpo OOM,batch 从 8 降到 4 没用,gpu_memory_utilization 是 0.6",
        "verl GRPO of Qwen3-8B: OOM in update_policy, I raised gpu_memory_utilization from 0.4 to 0.6 and it still OOMs",
        "verl GRPO of Qwen3-8B: gpu_memory_utilization from 0.4 to 0.6 did not help, OOM in update_policy",
        "verl GRPO of Qwen3-8B: I set gpu_memory_utilization to 0.8 and it still OOMs in update_actor",
        "verl grpo qwen3-8b update_actor时OOM,gpu_memory_utilization 从0.4调到0.7还是爆",
    ],
)
def test_one_that_is_told_asked_about_or_raised_was_not_lowered_in_vain(question: str) -> None:
    assert "share_in_vain" not in read(question).cues
