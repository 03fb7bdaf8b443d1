"""A training of whose models only the frozen reference waits in host memory: told in words, and what still overflows the cards."""

import pytest

from chat.reads.grammar import read
from tests.talking import narrow_opening, opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("verl full GRPO of Qwen2.5-14B on 4x A100 80GB OOMs even with the ref model offloaded. Can one node do it?", ("Moving the reference off saves little: 29.5 GB (27.5 GiB) ÷ 4 cards = 6.88 GiB of each", "91.4 GiB per card of 80.0 GiB", "13.8 GiB for its own 16-bit weights", "These 4 cards go with parameters and optimizer in host memory too", "or 8 cards", "or LoRA")),
        ("verl GRPO full Qwen2.5-14B 4x A100 80G, ref.fsdp_config.param_offload=True, still OOM", ("Moving the reference off saves little",)),
        ("verl GRPO Qwen2.5-32B full, 8 H100s: out of memory although the reference is on the CPU", ("Moving the reference off saves little", "590 GB (549.2 GiB) of RAM")),
        ("verl全参GRPO训32B,8卡H100 OOM,参考模型已卸载到内存", ("只卸载参考模型省得很少:65.5 GB（61.0 GiB）÷ 8 张卡 = 每卡 7.63 GiB", "引擎又占 39.8 GiB", "这 8 张卡能训的办法", "16 张卡")),
        ("verl PPO全参7B 4张A100 40G,ref放内存了还是OOM", ("只卸载参考模型省得很少", "其余模型的权重和 Adam 状态")),
    ],
)  # fmt: skip
def test_what_still_overflows_is_told_first(question: str, said: tuple[str, ...]) -> None:
    first = narrow_opening(question)
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    ("question", "offload"),
    [
        ("verl GRPO full Qwen2.5-7B, the reference model is offloaded", None),
        ("verl GRPO 全参 7B,ref已经offload了", None),
        ("verl GRPO full Qwen2.5-7B, ref and actor are offloaded", ("params",)),
        ("verl GRPO full Qwen2.5-7B, offload the reference and the optimizer", ("params",)),
        ("verl全参GRPO训7B,ref和优化器都offload了", ("params",)),
        ("verl全参GRPO训7B,参数和优化器offload了", ("params",)),
    ],
)
def test_only_a_reference_named_alone_is_moved_alone(question: str, offload: tuple[str, ...] | None) -> None:
    reading = read(question)
    assert reading.facts.get("offload") == offload
    assert reading.extras.get("log_reference_moved") == ((1,) if offload is None else None)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("verl跑Qwen3-32B GRPO全参，8卡H800 80G，rollout正常，一到update_actor就OOM，是不是8卡根本不够", "或都不用则 16 张同样的卡"),
        ("verl GRPO full Qwen2.5-32B on 8 H100: OOM at update_actor, rollouts are fine. Are 8 cards just too few?", "or with 16 such cards without either"),
    ],
)  # fmt: skip
def test_how_many_cards_an_update_takes_with_nothing_moved_off(question: str, says: str) -> None:
    assert says in opening(question)
