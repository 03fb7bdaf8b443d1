"""A run that dies as it loads on a machine whose RAM is less than what its processes read: the RAM opens, and not a card."""

import pytest

from chat.reads.grammar import read
from tests.talking import opening


@pytest.mark.parametrize(
    ("question", "parts"),
    [
        ("I heard FSDP+QLoRA of Llama-2-70B works on 2x 24GB. Mine, 2x 4090 and 64 GB RAM, crashes while loading. What is wrong?", ("**Host RAM ran out, not GPU memory", "2 × 138 GB (128.5 GiB) = 276 GB (257.0 GiB) into 64 GB", "18.2 GB (16.9 GiB) of 4-bit weights each", "fsdp_cpu_ram_efficient_loading: true", "roughly 55 GB of RAM")),
        ("两张3090加64G内存，FSDP+QLoRA 训 Llama-2-70B，加载模型时就挂了，缺了什么", ("**耗尽的是主机内存", "内存 64 GB", "每张只放 4 位权重的 18.2 GB", "约需 55 GB 内存")),
        ("ZeRO-3 LoRA of Llama-3.1-70B on 4x H100, 256 GB RAM: the job crashes while loading the checkpoint", ("**Host RAM ran out", "4 × 141 GB (131.4 GiB) = 564 GB (525.7 GiB) into 256 GB", "of 16-bit weights each", "zero.Init")),
        ("8卡A100 80G 全参 Qwen2.5-72B zero3，机器内存512G，加载时进程直接挂掉", ("**耗尽的是主机内存", "8 × 145 GB", "内存 512 GB", "zero.Init")),
    ],
)  # fmt: skip
def test_ram_that_is_less_than_what_is_read_opens(question: str, parts: tuple[str, ...]) -> None:
    told = opening(question)
    assert all(part in told for part in parts), told


@pytest.mark.parametrize(
    "question",
    [
        # the card's error, enough RAM, one process, a slow load, no failure
        "FSDP QLoRA 70B on 2x 3090 with 64 GB RAM dies with CUDA OOM while loading",
        "LoRA Qwen2.5-7B on 2x 3090 with 128 GB RAM crashes while loading",
        "QLoRA of Qwen2.5-32B on one 3090, 32 GB RAM, crashes while loading",
        "2 GPUs, 64 GB RAM, accelerate LoRA of Qwen2.5-32B stuck at loading checkpoint shards, disk is slow",
        "FSDP+QLoRA Llama-2-70B on 2x 3090 with 64 GB RAM: does it work?",
        "两张3090 QLoRA 70B fsdp，64G内存加载时显存爆",
    ],
)
def test_other_failures_are_not_of_the_ram(question: str) -> None:
    assert "host_killed" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 70.6B × 16 B ÷ 8
        ("FSDP fine-tune of Llama-3.3-70B on 8x H100, node has 512 GB RAM: killed with signal 9 while loading, GPUs still empty", "70.6B × 16 B ÷ 8 = 141 GB (131.4 GiB), are more than the 79.6 GiB of a card, while LoRA goes on them"),
        ("8张H100 FSDP微调 Llama-3.3-70B，内存512G，加载权重时被 signal 9 杀掉", "超过卡上的 79.6 GiB，LoRA 放得下"),
    ],
)  # fmt: skip
def test_states_that_the_cards_would_not_hold_are_told_before_they_are_tried(question: str, said: str) -> None:
    assert said in opening(question)


def test_states_that_the_cards_hold_are_not_told() -> None:
    assert "full fine-tuning's states" not in opening(
        "FSDP LoRA of Llama-3.3-70B on 8x H100, 512 GB RAM: killed with signal 9 while loading"
    )
