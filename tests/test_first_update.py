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
    assert "micro" in said


@pytest.mark.parametrize(
    "question",
    [
        "8x 4090, ZeRO-3 offload full fine-tuning of internlm2-20b: each card uses only 10GB, painfully slow. How do I put the GPU memory to use?",
        "8卡4090 zero3 offload全参internlm2-20b，显存每卡才用10G，慢得离谱，怎么把显存用起来",
    ],
)
def test_memory_that_lies_idle_beside_offload_is_put_to_use(question: str) -> None:
    first, second = answer_to(question).split("\n\n")[:2]
    assert "micro-batch" in first
    assert "14.6 GiB" in second  # the parameters kept on the card
