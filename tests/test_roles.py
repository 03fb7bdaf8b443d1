"""PPO's critic and reward model by sizes of their own: they are no policies, and the sum goes by them."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


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
    assert says in Assistant().ask(question).text
