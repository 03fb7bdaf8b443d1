"""What a step on pairs takes by what supervised tuning was seen to take."""

import pytest

from chat.plans.tuning_told import tuning_took
from chat.reads.grammar import read
from tests.talking import answer_to, narrow_opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 8.03B × 16 ÷ 8 = 16.06; 16.06 + 2 × (42 - 16.06) = 67.94, + 2.0 or + 16.06
        ("SFT of Llama-3.1-8B, all weights, ZeRO-3 on 8x A100 80G sits at 42 GB each. DPO at the same batch runs out of memory. How much more is it?", ("8.03B × 16 B ÷ 8 = 16.1 GB", "the other 25.9 GB", "some 51.9 GB", "69.9 GB (65.1 GiB)", "84.0 GB (78.2 GiB) with a whole copy")),
        ("Full SFT of Qwen2.5-7B with ZeRO-2 on 4x H100 takes 60 GB a card. Will DPO fit?", ("with the frozen reference of 15.2 GB", "the card has 79.6 GiB")),
        ("Qwen2.5-7B全参SFT,ZeRO-3 8卡A100 80G每卡45G,换DPO同样batch就OOM,多多少", ("7.62B × 16 字节 ÷ 8 = 15.2 GB", "其余 29.8 GB", "约变成 59.5 GB", "每卡放完整一份时(15.2 GB)共 90.0 GB")),
        ("LoRA SFT of Qwen2.5-7B took 30 GB, with DPO it is 60 GB and out of memory. Is a reference model loaded twice?", ("the states, 15.7 GB", "44.3 GB (41.2 GiB), with no reference model", "a ref_model that is loaded by itself makes it 59.5 GB")),
        ("Qwen2.5-14B LoRA SFT 单卡A100 80G占38G,DPO能放下吗", ("状态 30.4 GB 不变", "没有另外一份参考模型,共 45.6 GB")),
    ],
)  # fmt: skip
def test_what_was_seen_is_what_is_reckoned_from(question: str, said: tuple[str, ...]) -> None:
    first = narrow_opening(question).replace("（", "(").replace("）", ")")
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    ("question", "took"),
    [
        ("DPO of Qwen2.5-7B takes 70 GB per card on 8x A100 80G with ZeRO-3, is SFT less?", None),
        ("Full SFT of Qwen2.5-7B on 8x A100 80G works, DPO OOMs", None),
        ("44 GB were used by SFT of Llama-3.1-8B. What does DPO take?", 44),
        ("SFT takes 44 GB, PPO of Llama-3.1-8B OOMs", None),
        ("SFT 占 44G,DPO 占 70G,Llama-3.1-8B 全参", 44),
    ],
)
def test_only_what_supervised_tuning_took_is_one(question: str, took: float | None) -> None:
    assert tuning_took(read(question)) == took


def test_less_than_the_states_is_of_other_settings() -> None:
    said = answer_to("Full SFT of Llama-3.1-8B with ZeRO-3 on 8x A100 80G takes 12 GB a card. Will DPO fit?")
    assert "that SFT took on a card" not in said
