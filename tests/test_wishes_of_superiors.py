"""Who sets the task is no hearsay: what the boss wants is the asker's case, what the boss says is not."""

import pytest

from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("text", "gpu", "n_gpus"),
    [
        ("领导要微调 DeepSeek-V3，手头能用的是 8 卡 H800 80G 的机器，够吗", "H800", 8),
        ("导师让我全参微调 Qwen2.5-14B，实验室有 4 张 3090，行不行", "RTX 3090", 4),
        ("老板想部署 72B，机房里是 2 张 A800 80G，能跑吗", "A800", 2),
        ("领导说 4 张 4090 就能全参 70B，我们是 8 张 A800，靠谱吗", "A800", 8),
    ],
)
def test_what_is_wanted_is_the_askers_case(text: str, gpu: str, n_gpus: int) -> None:
    facts = read(text).facts
    assert [str(one).split(" 80")[0] for one in facts["gpu"]] == [gpu]
    assert facts["n_gpus"] == (n_gpus,)
