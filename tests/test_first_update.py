"""PPO that fails at its first update: where the states of its roles alone are too much, they are told and no micro-batch."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "trained"),
    [
        ("PPO with Llama-3.2-3B as policy, value, reward and ref on one A100 80GB: OOM at the first update. 3B is small?", "103 GB (95.7 GiB) together"),
        ("PPO四个模型都用Qwen2.5-3B，单卡A100 80G第一次更新就OOM，3B不是很小吗", "共 98.8 GB（92.0 GiB）"),
    ],
)  # fmt: skip
def test_states_of_all_roles_come_before_the_micro_batch(question: str, trained: str) -> None:
    said = answer_to(question)
    assert trained in said
    assert "ppo_micro_batch_size_per_gpu" not in said.split("\n\n")[0]


def test_an_update_whose_states_fit_is_a_matter_of_its_micro_batch() -> None:
    said = answer_to("verl GRPO Qwen2.5-7B 8x H100 80GB, OOM in update_policy at the first step, what to lower?")
    assert said.startswith("**In the update the trainer's own part counts")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("verl GRPO Qwen3-8B on 8x A100 80G: rollout passes, OOM in update_actor. micro_batch_size_per_gpu 8, prompt 1024 + response 4096", ("40,960 tokens × 151,936", "too much; with a micro-batch of 1 it is 34.3 GiB")),
        ("verl GRPO Qwen3-8B 8卡A100 80G,rollout没事,update_actor OOM,ppo_micro_batch_size_per_gpu=16,response 4096", ("65,536 token × 词表 151,936", "放不下；micro-batch 为 1 时是")),
    ],
)  # fmt: skip
def test_the_micro_batch_of_an_update_that_is_told_is_counted(question: str, says: tuple[str, ...]) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert [one for one in says if one not in opening] == []


@pytest.mark.parametrize(
    ("question", "says"),
    [
        # 2.78B and 3.09B × 8 B
        ("How much VRAM for full fine-tuning phi-2 (2.7B)? A10G 24GB, model in bf16, dies at the first optimizer step", "Pure bf16 (no fp32 weights, moments in bf16) is 8 B a parameter, 22.2 GB (20.7 GiB), and does not fit either"),
        ("全参微调Qwen2.5-3B，模型bf16加载，4090 24G，第一次optimizer.step就OOM", "是每参数 8 字节，24.7 GB（23.0 GiB），也放不下"),
        # where it fits it is one of the ways
        ("单卡A100 40G全参Qwen2.5-3B bf16，第一步optimizer.step报OOM", "参数和优化器状态都用 bf16（30.2 GiB）"),
    ],
)  # fmt: skip
def test_states_of_16_bits_alone_are_told_at_the_first_step(question: str, says: str) -> None:
    assert says in answer_to(question).split("\n")[0]


def test_what_is_borderline_is_not_told_as_too_much() -> None:
    first = answer_to("全参微调Qwen2.5-1.5B bf16，16G卡，optimizer.step第一次就OOM").split("\n")[0]
    assert "参数和优化器状态都用 bf16（15.5 GiB，临界）" in first
    assert "也放不下" not in first
