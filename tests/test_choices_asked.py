"""What is asked of one term opens with that term; the best file is the one of most bits; cards are compared in speed, too."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


def test_caches_of_models_open_with_the_cache() -> None:
    text = answer_to(
        "KV cache formula of MHA vs GQA vs MLA and the cache of a 32k sequence: Llama-2-7B, Llama-3.1-8B, DeepSeek-V3"
    )
    assert text.startswith(
        "**KV cache: DeepSeek-V3 takes 2.14 GiB, Llama-3.1-8B-Instruct 4.00 GiB, Llama-2-7b-hf 16.0 GiB"
    )


def test_states_alone_open_with_the_states() -> None:
    assert answer_to("Llama-3.1-8B全参,只看优化器状态:AdamW / 8bit Adam / Lion 各多少").startswith(
        "**优化器自身的状态\uff1a"
    )


def test_of_files_that_cost_alike_the_one_of_most_bits_is_taken() -> None:
    text = answer_to("Qwen3-14B Q4_K_M / Q5_K_M / Q6_K / Q8_0,4060Ti 16G 8k 上下文全放显存,最高能上哪个?")
    assert "选 Q6_K" in text.split("\n\n")[0]


def test_a_card_that_is_held_to_be_better_is_compared_in_speed() -> None:
    text = answer_to(
        "H20 96GB vs H100 80GB: they say the H20 is the better inference card and fine for training. We serve a 70B fp8 on one card."
    )
    assert "6.7 times as fast" in text
    assert "4,022 GB/s" in text


@pytest.mark.parametrize("question", [
    "GLM-4.5-Air 106B-A12B Q4 on a 4090 with 128 GB DDR5, how many tok/s?", "4090+128G 内存跑 GLM-4.5-Air 106B-A12B 的 Q4 行吗",
])  # fmt: skip
def test_a_size_behind_a_name_is_that_models(question: str) -> None:
    found = read(question)
    assert found.facts["model"] == ("zai-org/GLM-4.5-Air",)
    assert not found.unknown_models


def test_bits_and_the_format_that_has_them_are_one() -> None:
    text = answer_to(
        "有个公式:4bit 推理显存=参数量×0.5×1.2,Qwen2.5-72B 就是 43.6G,那一张 L20 48G 跑 AWQ 版 32k 上下文稳的吧?"
    )
    assert text.startswith("**不行。")
    assert "1.2 是经验法则" in text.split("\n\n")[1]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("4x A6000 48GB for Qwen2.5-72B: full, LoRA or QLoRA? QLoRA in plain DDP reached 47GB, then it crashed.", "**Take 4-bit QLoRA: the only one that is sure to fit"),
        ("Should I use LoRA or QLoRA for Qwen2.5-32B on 2x RTX 3090? ZeRO-2 with LoRA ooms.", "**Take 4-bit QLoRA"),
        ("两张3090,Qwen2.5-32B用LoRA还是QLoRA好?LoRA数据并行试过,爆显存", "**选 4 位 QLoRA"),
        # all that cards can share was shared there
        ("8x A100 80GB, Qwen2.5-72B: LoRA or full? ZeRO-3 full died", "**Take LoRA: the only one that fits"),
    ],
)  # fmt: skip
def test_a_choice_behind_which_a_failed_run_is_told_opens_with_the_choice(question: str, opens: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens), text[:200]
    assert "47 GB" not in text  # what that run took is no claim on the choice


@pytest.mark.parametrize(
    "question",
    [
        "4x L40S 48GB, Llama-3.1-70B QLoRA under DDP died at 47GB. Why?",
        "LoRA or QLoRA for a 13B on one 24GB card? LoRA OOMed.",
    ],
)
def test_a_failure_that_is_asked_about_stays_one(question: str) -> None:
    assert "oom_diagnosis" in read(question).intents


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("2x L40S 48GB, want to tune Llama-3.1-8B at seq 2048. Full or LoRA? What settings are realistic", ("the only one that fits in mixed precision", "8-bit AdamW on pure bf16", "which fits")),
        ("两张A6000 48G微调Qwen2.5-7B，全参还是LoRA？", ("混合精度下只有它放得下", "纯 bf16 加 8 位 AdamW", "则放得下")),
    ],
)  # fmt: skip
def test_full_training_that_fits_in_fewer_bits_is_told_with_the_choice(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("两张3090(无nvlink)想微调Qwen2.5-Coder-32B，长度4k左右，全参/lora/qlora/zero3/fsdp 到底用哪个", ("ZeRO-2 也不切分冻结的权重", "19.2 GB", "33.3 GiB")),
        ("2x RTX 4090 no NVLink, want to tune Qwen2.5-72B: LoRA or QLoRA, DeepSpeed ZeRO-3 or FSDP? sequences of 2k", ("ZeRO-2 divides no frozen weights", "41.2 GB", "50.5 GiB per card")),
    ],
)  # fmt: skip
def test_what_a_whole_base_on_each_card_takes_stands_beside_the_choice(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in says), text[:900]


def test_shares_of_states_are_told_by_stage_in_whatever_order_layouts_are_named() -> None:
    text = answer_to("Two 3090s, fine-tune Qwen2.5-32B at 4k: full, LoRA, QLoRA, DDP or FSDP, which one?")
    assert "32.8B × 16 B = 524 GB (488.2 GiB), 244.1 GiB on each card sharded" in text
