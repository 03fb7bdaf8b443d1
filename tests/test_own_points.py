"""Readings of a run of the asker's own, and another batch or length that is asked about: a line through two, bounds of one."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "wanted"),
    [
        ("My finetune took 21 GB at batch size 2 and 29 GB at batch size 4. How much will batch size 6 need?", "**By your own figures batch 6 takes about 37 GB", "(29 − 21) ÷ 2 = 4 GB"),
        ("微调时 batch 1 用了 15G，batch 2 用了 19G，batch 5 要多少？", "**按您自己的数字，batch 5 时约 31 GB", "11 + 5 × 4 GB"),
        ("13b lora peaked at 40gb with 2k tokens and 48gb with 4k, does 16k fit on an 80gb card?", "**No: by your own figures 16,384 tokens take about 96 GB", "12,288 tokens"),
        ("7B 全参微调，长度 1024 占 60G，2048 占 64G，8192 能放进 80G 卡吗", "**按您自己的数字，8,192 token 时约 88 GB，超过 80 GB", "每 1,024 个 token 要 64 − 60 = 4 GB"),
        ("training uses 30gb at seq 2k and 36gb at 4k, limit is 48, longest seq?", "**By your own figures 48 GB hold 8,192 tokens", "36 − 30"),
    ],
)  # fmt: skip
def test_two_readings_tell_a_third(question: str, opens: str, wanted: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert wanted in told


@pytest.mark.parametrize(
    ("question", "opens", "wanted"),
    [
        ("I have 8 GB free on my A100 40GB while fine-tuning, can I raise batch from 2 to 3?", "**Batch 3 takes between 32 GB and 48 GB", "no more than about 16 GB"),
        ("my finetune uses 44gb of 48gb with batch 8, can i go to batch 10?", "**Batch 10 takes between 44 GB and 55 GB", "no more than about 16 GB"),
        ("我训练时 batch 4 占了 20g，batch 6 会不会超 24g？", "**batch 6 在 20 GB 到 30 GB 之间", "不超过约 8 GB"),
        ("卡是48G，微调占40G，长度想从4096调到6144行不行", "**6,144 token 在 40 GB 到 60 GB 之间", "不超过约 16 GB"),
        ("at batch 2 my lora run takes 10 GB, will batch 3 fit in 24 GB?", "**Batch 3 takes between 10 GB and 15 GB", "24 GB hold it either way"),
    ],
)  # fmt: skip
def test_one_reading_bounds_another(question: str, opens: str, wanted: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens)
    assert wanted in told


def test_of_a_model_that_is_named_the_formulas_give_the_growth() -> None:
    told = answer_to("Qwen2.5-7B lora on a 24gb card, batch 1 takes 20gb, what does batch 2 need?")
    assert told.startswith("**")
    assert "by what you measured" in told.split("\n\n")[0]
    assert "按您的实测" in answer_to("Qwen2.5-7B lora，24G 卡，batch 1 占 20G，batch 2 要多少？").split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        # a pool, a part, a failure, a reason that is asked for, a rule that is doubted, another method: no line of a run
        "vllm takes 20gb at batch 1, how much at batch 8?",
        "the kv cache takes 4 GB at 8k, what about 32k?",
        "batch 1 uses 19gb, batch 2 crashed, what now with batch 4?",
        "batch 2 takes 20gb and batch 4 takes 26gb, why not 40 with batch 8?",
        "7b with lora at batch 1 takes 20gb, what does qlora at batch 4 take?",
        "8B LoRA on a 24gb card with batch 4, does it fit?",
        "我有 24G 显存，batch 4，长度 2048，能微调 7B 吗",
        "llama 8b full fine-tuning with seq 4096 on 80gb, and 8192?",
        "batch size 8 on two 48gb cards or batch size 4 on one?",
    ],
)
def test_what_is_no_reading_of_a_run(question: str) -> None:
    told = read(question).extras
    assert not any(name.startswith(("log_line_", "log_point_")) for name in told)


@pytest.mark.parametrize(
    ("question", "opens", "wanted"),
    [
        ("Qwen2.5-7B LoRA, seq 2048, A6000 48GB. It peaks at 19.0 GB at batch 1, 23.0 at 2 and 31.0 at 4. Largest batch?", "**By your own figures 48 GB hold batch 8 (47 GB), batch 7 with 5 % kept free; batch 9 would take 51 GB", "all 3 readings lie on that line"),
        ("Qwen3-8B QLoRA on a 4090. Log: bs=1 -> 10.2 GB; bs=2 -> 13.9 GB; bs=4 -> 21.3 GB. can I do bs=6?", "**No: by your own figures batch 6 takes about 28.7 GB", "24 GB hold batch 4 (21.3 GB)"),
        ("8B LoRA: bs 1/2/4 → 18/22/30 GiB, why does it rise so fast and what is the max on 48GB?", "**By your own figures 48 GiB hold batch 8 (46 GiB)", "(30 − 18) ÷ 3 = 4 GiB"),
        ("7B LoRA 微调，batch 1、2、4 的峰值分别是 18、22、30 GB，48G 的卡最大 batch 是多少", "**按您自己的数字，48 GB 最多 batch 8（46 GB）", "3 个读数都在这条线上"),
        ("实测 bs=1 时 15G，bs=2 时 21G，bs=4 时 33G，batch 3 呢？Qwen3-4B LoRA，48G", "**按您自己的数字，batch 3 时约 27 GB，48 GB 放得下", "9 + 3 × 6 GB"),
        ("1.5B full fine-tuning on 80GB: 25 GB at bs 1, 25 at bs 2, 31 at bs 4, 43 at bs 8. max batch?", "**By your own figures 80 GB hold batch 20", "by your last two readings: below batch 4"),
        ("llama.cpp Qwen3-8B: 8k ctx 6.9 GB, 16k 8.1 GB, 32k 10.5 GB. How far can I go on a 24GB 3090?", "**By your own figures 24 GB hold 124,928 tokens", "What grows is the KV cache"),
        # 10 layers without a window × 8 KiB × 1,024
        ("llama.cpp with gemma-3-27b-it: at 8k it took 20.1 GB, at 32k 23.5 GB. What will 64k take on 32 GB?", "**Yes: by your own figures 65,536 tokens", "0.08 GiB per 1,024 tokens by the formulas in 16 bit"),
    ],
)  # fmt: skip
def test_readings_in_a_row_tell_the_largest(question: str, opens: str, wanted: str) -> None:
    told = answer_to(question).split("\n\n")[0]
    assert told.startswith(opens)
    assert wanted in told


def test_why_it_rises_so_is_told_of_a_model_with_its_length() -> None:
    told = answer_to(
        "Qwen3-4B LoRA, seq 4096, A40: 14.9 GiB at batch 1, 21.1 at 2, 33.5 at 4. Largest batch, and why so steep?"
    )
    assert "4,096 × 151,936 × 4 B" in told
    assert "A fused loss (Liger) leaves about" in told
    told = answer_to("Llama-3.1-8B LoRA 长度2048，bs 1/2/4 占 30/43/69 GB，80G 卡最大 bs？为什么涨这么多")
    assert "不开" in told.split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Two cards: tp 1 takes 30 GB and tp 2 takes 16 GB, why?",
        "Qwen2.5-7B LoRA with batch 4 on a 24 GB card or batch 8 on 48 GB?",
        "vllm with 8, 16 and 32 users takes 20, 22 and 26 GB, largest?",
        "批大小 1、2、4 分别要多大显存？24G、48G 够吗",
    ],
)
def test_what_is_no_row_of_readings(question: str) -> None:
    assert not any(name.startswith("log_line_") for name in read(question).extras)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("batch 1 takes 18 GB, batch 8 60 GB, how much is each sample?", ("(60 − 18) ÷ 7 = 6 GB", "18 − 6 GB = 12 GB stay")),
        ("raising the batch from 1 to 8 takes memory from 18 to 60 GB, how much is that per sample?", ("(60 − 18) ÷ 7 = 6 GB",)),
        ("batch size from 2 to 4 moved VRAM from 14.2 to 19.8 GB, what would 8 take?", ("batch 8 takes about 31 GB", "8.6 + 8 × 2.8 GB")),
        ("batch 从1加到8，显存从18G到60G，每条多少", ("（60 − 18）÷ 7 = 6 GB", "12 GB 是不随批大小变的")),
        ("batch 1 时18G，batch 8 时60G，每条样本多少", ("（60 − 18）÷ 7 = 6 GB",)),
    ],
)  # fmt: skip
def test_what_each_takes_follows_from_two_readings(question: str, said: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in said), first


def test_a_change_that_is_asked_about_has_one_reading() -> None:
    first = answer_to("7B LoRA takes 18 GB now, batch from 1 to 8, how much then?").split("\n\n")[0]
    assert "÷ 7" not in first
