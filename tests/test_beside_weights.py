"""What a training takes beside its weights, and what of a reference model each card holds."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "the table has 16 GB for 7B LoRA and the weights are 14 GB: do adapters and optimizer cost nothing?",
        "published 13B QLoRA 4 bit is 12GB, the weights are 6.5: are activations not counted in that?",
        "LLaMA-Factory 表里 70B QLoRA 是 48GB，权重 35G，优化器和激活都不占显存吗？",
        "官方表 13B LoRA 32GB，权重就 26GB，适配器和激活只占 6G？",
    ],
)
def test_what_stands_beside_the_weights_is_told_first(question: str) -> None:
    text = answer_to(question)
    assert text.startswith(("**They are not free: beside the weights of", "**不是免费的：权重")), text


@pytest.mark.parametrize(
    "question",
    [
        "how much memory is free after loading a 7B LoRA on a 24GB card?",
        "which optimizer should I use for a free Colab T4?",
        "LoRA 微调显存不够，换什么优化器好",
    ],
)
def test_other_things_that_are_free(question: str) -> None:
    assert "parts_free" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("7B QLoRA: where do the LoRA adapters and their Adam states go?", ("qlora",)),
        ("7B 用 QLoRA，LoRA 参数占多少", ("qlora",)),
        ("7B LoRA or QLoRA on a 24GB card, and how large are the LoRA adapters?", ("lora", "qlora")),
    ],
)
def test_the_adapters_of_qlora_are_no_second_method(question: str, methods: tuple[str, ...]) -> None:
    assert tuple(sorted(read(question).facts["method"])) == methods


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("full DPO of Qwen2.5-14B on 8x H100: does the reference model double the memory?", "27.5 GiB, under DDP and ZeRO-1 or 2, and 3.44 GiB under ZeRO-3"),
        ("DPO 全参 Qwen2.5-7B，4 张 A100 80G，zero3，参考模型每张卡都要放一份吗", "每张卡都放完整一份 14.2 GiB，ZeRO-3/FSDP 下与策略一起切分则每卡 3.55 GiB"),
    ],
)  # fmt: skip
def test_what_of_the_reference_each_card_holds(question: str, said: str) -> None:
    assert said in answer_to(question)
