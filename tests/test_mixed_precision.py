"""A training in mixed precision that takes no less than in fp32: the states are the same, and a copy comes beside them."""

import pytest

from chat.reads.grammar import read
from tests.talking import opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("fp16=True in the HF Trainer takes MORE memory than fp32 for OPT-1.3b (24GB vs 22GB, batch 1). Shouldn't it be half?", ("1.32B × 16 B = 21.1 GB", "1.32B × 2 B = 2.63 GB (2.45 GiB), together 23.7 GB", "The 2 GB that you see more are that copy", "pure bf16 (loaded in bf16, without autocast: 8 B, 10.5 GB")),
        ("I turned on bf16=True and memory did not drop for Llama-3.2-1B full fine-tuning. Why?", ("1.24B × 16 B = 19.8 GB", "8-bit Adam leaves 10 B")),
        ("With autocast my OPT-1.3b run needs 24GB, without 22GB. Shouldn't autocast save memory?", ("together 23.7 GB",)),
        ("I thought half precision would halve the memory but fine-tuning Pythia-1.4b fully still takes 24 GB with fp16, same as without", ("1.41B × 16 B = 22.6 GB",)),
        ("Why does accelerate mixed_precision=bf16 not reduce memory for full fine-tuning Qwen2.5-1.5B?", ("1.54B × 16 B = 24.7 GB",)),
        ("开混合精度后 1.3B 训练显存从 22G 涨到 24G，怎么回事", ("1.31B × 2 B = 2.62 GB", "多出的 2 GB 就是这份副本")),
        ("bf16 训练为什么没有比 fp32 省一半显存？Qwen2.5-3B 全参", ("3.09B × 16 B = 49.4 GB",)),
        ("为什么我的 Qwen2.5-0.5B 全参微调 fp32 时 9GB，开 fp16 混合精度后 10GB？不是应该减半吗", ("494M × 16 B = 7.90 GB", "多存一份参与计算的 16 位权重，494M × 2 B", "多出的 1 GB 就是这份副本", "LoRA 总共 5.61 GiB")),
        ("开了 fp16 显存反而比 fp32 大，为什么？GPT-2 XL batch 1", ("1.56B × 16 B = 24.9 GB", "样本长、批大时才划算")),
    ],
)  # fmt: skip
def test_why_mixed_precision_saves_nothing_opens(question: str, says: tuple[str, ...]) -> None:
    head = opening(question)
    assert head.startswith(
        ("**Mixed precision does not halve what a full training keeps", "**混合精度不会让全参训练的状态减半")
    )
    assert all(one in head for one in says), head


@pytest.mark.parametrize(
    ("question", "says"),
    [
        (
            "AMP uses more memory than full precision training, why?",
            "autocast's 16-bit copy of fp32 weights (2 B) comes beside them",
        ),
        ("混合精度显存为什么比单精度还多", "autocast 还要另存一份 16 位权重"),
    ],
)
def test_of_no_model_it_is_told_in_general(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "Is bf16 more memory efficient than fp32 for full fine-tuning a 7B?",
        "Does Llama-3.1-8B in fp16 take more than fp32 for inference?",
        "LoRA on Llama-3.1-8B: bf16=True takes 33GB, same as fp32. Why?",
        "Qwen2.5-3B 全参 fp32 和 bf16 混合精度各要多少显存？",
        "Full fine-tuning a 7B in fp32 fails, can I use bf16 instead to halve it?",
        "Full fine-tuning a 7B with bf16 takes more than 80 GB, normal?",
        "I use bf16 for full fine-tuning of Qwen2.5-3B and need more memory for longer samples, what to do?",
        "ZeRO-2 with bf16: memory not halved compared to fp32, 7B on 8 A100, why?",
        "Qwen3-8B bf16 takes 16GB; FP8 takes 9GB. Why not half?",
    ],
)
def test_what_looks_like_it_is_not_read_so(question: str) -> None:
    assert "mixed_no_less" not in read(question).cues


def test_two_amounts_of_a_run_are_not_of_fp32_gradients() -> None:
    assert "fp32 gradients" not in opening("Qwen2.5-1.5B: 27.8 and 25.9 GB, why the difference?")


def test_that_it_is_normal_is_said_where_that_is_asked() -> None:
    head = opening("torch.autocast makes TinyLlama-1.1B training use 2GB more, normal?")
    assert head.startswith("**Yes, that is normal. Mixed precision does not halve what a full training keeps")
