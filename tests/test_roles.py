"""PPO's critic and reward model by sizes of their own: they are no policies, and the sum goes by them."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "policy", "roles"),
    [
        ("ppo的actor是14B,critic和reward都用3B,zero3 8卡A800 80G,每卡多少", {"params": (14e9,)}, (3e9, 3e9)),
        ("OpenRLHF跑ppo:策略8B、价值网络1.5B、奖励模型8B,8卡A100 80G", {"params": (8e9,)}, (1.5e9, 8e9)),
        ("PPO: actor 34B, critic 13B, reward 13B with ZeRO-3 on 16 H100, memory per card?", {"params": (34e9,)}, (13e9, 13e9)),
        ("PPO with Qwen2.5-14B as policy and a 3B critic and reward model, 8x A100 80GB", {"model": ("Qwen/Qwen2.5-14B-Instruct",)}, (3e9, 3e9)),
        ("ppo actor 7B reward 13B,4张A100 80G", {"params": (7e9,)}, (None, 13e9)),
        ("PPO全参Qwen2.5-7B,8张A100 80G 每卡多少", {"model": ("Qwen/Qwen2.5-7B-Instruct",)}, (None, None)),
        ("can I PPO a 7B or a 13B policy on 8x A100 80GB?", {"params": (7e9, 13e9)}, (None, None)),
    ],
)  # fmt: skip
def test_roles_have_sizes_of_their_own(
    question: str, policy: dict[str, tuple[object, ...]], roles: tuple[float | None, float | None]
) -> None:
    found = read(question)
    assert {name: found.facts.get(name, ()) for name in policy} == policy
    told = [found.extras.get(f"{role}_params", (None,))[0] for role in ("critic", "reward")]
    assert tuple(told) == roles


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("ppo actor 14B,critic和reward都是7B,zero3 16卡A800 80G,每卡多少", "切分到 16 张卡每卡约"),
        ("PPO: actor 14B, critic 7B, reward 7B on 16 A100 80GB with ZeRO-3, per card?", "sharded over 16 cards about"),
    ],
)
def test_the_sum_goes_by_the_sizes_told(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        # 6.74B × 16 B and × 2 B
        ("verl里 actor ref critic rollout 各占多少 7b", "**actor 108 GB、critic 108 GB，两者要训练"),
        ("PPO 里各个模型各占多少显存", "**actor 108 GB、critic 108 GB"),
        ("actor critic reward reference memory of each, 7B PPO", "**Actor 108 GB and critic 108 GB train"),
        ("grpo 的显存都花在哪了", "**策略模型（actor）108 GB"),
        ("where does the memory go in grpo", "**The policy 108 GB"),
        ("7B GRPO 8xA100 80G verl 里 actor rollout ref 各占多少显存", "**策略模型（actor）108 GB"),
        ("奖励模型也要占显存吗 和actor一样大", "**要占，但比 actor 少得多"),
        ("does the reward model also take GPU memory in RLHF?", "**Yes, but far less than the actor"),
        ("ppo的critic能用小模型吗 省多少显存", "**可以：critic 的大小可以和策略不同"),
        ("can the ppo critic be a smaller model and how much does it save", "**Yes: the critic may be of a size of its own"),
        ("grpo能不能不要ref model 省多少", "**可以：KL 系数（beta）设为 0 就不加载"),
        ("can I drop the reference model in GRPO of a 7B?", "**Yes: with a KL weight of 0"),
        ("Does GRPO of Qwen3-8B with all weights need a reference model?", "**Not always"),
        ("what does dropping the critic save in PPO of a 7B?", "**Dropping the critic saves"),
        ("Why is reward model training of Qwen2.5-7B lighter than SFT?", "**A reward model has no logits"),
        # adapters on one card
        ("1张24g卡能做7b的rlhf吗", "**全参不行，LoRA 就放得下"),
        ("can I run PPO of a 7B on a single A100 80GB", "**Not with all weights; it fits with LoRA"),
        ("单卡4090能跑7B的PPO全参吗", "**7B · 全量微调 · RTX 4090：放不下"),
    ],
)  # fmt: skip
def test_what_is_asked_of_the_roles_opens(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_critic_of_a_told_size_is_counted() -> None:
    text = answer_to("PPO of a 7B policy: can the critic be smaller, a critic of 1.5B?")
    assert "of 1.5B it takes 24 GB in place of 108 GB" in text, text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("grpo num_generations 8 vs 16 does it change training memory", "**Memory does not go with num_generations"),
        ("does group size affect vram in grpo", "**Memory does not go with num_generations"),
        ("grpo group size 影响训练显存吗", "**显存不随 num_generations 成倍变化"),
        (
            "grpo num_generations=16 对显存有影响吗 qwen2.5 7b lora",
            "**显存不随 num_generations 成倍变化：固定部分 15.7 GB",
        ),
        ("GRPO 8 generations vs 16 generations VRAM Qwen2.5-1.5B", "**Memory does not go with num_generations"),
    ],
)
def test_whether_memory_goes_with_the_group(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("how much memory for grpo 7b with group size 16", "16 × 2,048 tokens × 512 KiB = 16.0 GiB"),
        ("grpo 全参 7b 每个prompt采样16条 要多少显存", "16 × 2,048 token × 512 KiB = 每个提示 16.0 GiB"),
    ],
)
def test_a_group_is_told_with_its_cache(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize("question", ["GPTQ group size 64 会影响显存吗", "does the group size of AWQ affect memory?"])
def test_groups_of_weights_are_no_answers(question: str) -> None:
    assert "num_generations" not in answer_to(question)
