"""Cards and memory that others hold: what is left of them, who asks nothing, and a part of one card among several."""

from typing import Any

import pytest

from chat.plans.understood import understood
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "cards"),
    [
        ("three students borrowed one of our 8 H100 80GB, is the rest enough for LoRA on a 70B?", 7),
        ("two coworkers have 2 of the 6 L40S, Qwen2.5-72B AWQ on the others?", 4),
        ("四个同学在用其中两张,一共8张4090,剩下的跑 Qwen2.5-72B AWQ", 6),
        ("三个师弟拿走了两张卡,原来4张 A6000,70B 4bit 还行吗", 2),
    ],
)
def test_who_takes_cards_is_no_user_of_the_model(question: str, cards: int) -> None:
    facts = read(question).facts
    assert facts["n_gpus"] == (cards,)
    assert "batch_size" not in facts


@pytest.mark.parametrize(
    ("question", "name", "values"),
    [
        ("8 people use our server with 2 L40S cards, Llama-3.3-70B AWQ, 4k", "batch_size", (8,)),
        ("6个同事用这台4张3090的机器跑Qwen2.5-72B AWQ", "batch_size", (6,)),
        ("me and three colleagues share a 4090: Qwen3-14B AWQ at 8k?", "batch_size", (4,)),
        ("我和两个同学一起用,Qwen3-8B AWQ,3060,8k", "batch_size", (3,)),
        ("I use 2 of our 8 A100 40GB for Qwen2.5-72B AWQ", "n_gpus", (2,)),
    ],
)
def test_who_uses_the_model_counts(question: str, name: str, values: tuple[Any, ...]) -> None:
    assert read(question).facts[name] == values


@pytest.mark.parametrize(
    ("question", "gpu", "count"),
    [
        ("two 3090s, one of them drives the screens and has 3 GB gone; Qwen2.5-32B 8 bit?", "RTX 3090 limited to 21 GB", 2),
        ("My desktop takes 2 GB on one of my three 4090s, Llama-3.3-70B 8-bit?", "RTX 4090 limited to 22 GB", 3),
        ("两张A6000,其中一张被别人占了6G,70B 8bit 能跑吗", "RTX A6000 limited to 42 GB", 2),
        ("3张4090,一块被桌面占1G,Qwen2.5-72B 4bit", "RTX 4090 limited to 23 GB", 3),
    ],
)  # fmt: skip
def test_a_part_of_one_card_is_gone_and_the_others_are_whole(question: str, gpu: str, count: int) -> None:
    facts = understood(read(question))
    assert str(facts["gpu"]).endswith(f" + GeForce {gpu}") or str(facts["gpu"]).endswith(f" + {gpu}")
    assert facts["n_gpus"] == count
    said = answer_to(question)
    assert "one of the cards" in said or "其中一张卡" in said


def test_a_share_that_fits_into_what_is_free_is_not_lowered() -> None:
    said = answer_to("2x A6000, 1 GB of one card is used by somebody else, Qwen2.5-72B AWQ in vllm")
    assert "by default (0.92) still fits" in said
    said = answer_to("4张3090,有一张上别人跑着8G的任务,vllm tp4 跑 Qwen2.5-72B AWQ")
    assert "最多设 0.66" in said


@pytest.mark.parametrize(
    ("question", "cache", "weights"),
    [
        ("Qwen3-14B AWQ 32k 一张 4080,kv 不是 int8,是 bf16", "bf16", "awq-int4-g128"),
        ("Llama-3.1-8B GPTQ, the KV cache is fp16 rather than fp8, 64k on a 4070", "fp16", "gptq-int4-g128"),
        ("缓存用 fp8 而不是 fp16,Qwen3-32B AWQ,3090,16k", "fp8", "awq-int4-g128"),
        ("Mistral-7B int8 with the cache not quantised, plain bf16, at 32k on a 3060?", "bf16", "int8"),
    ],
)
def test_the_format_that_a_cache_has_not_is_none_of_the_weights(question: str, cache: str, weights: str) -> None:
    facts = understood(read(question))
    assert facts["kv_format"] == cache
    assert str(facts["weight_format"]).startswith(weights.partition("-")[0])


def test_formats_of_a_cache_that_are_compared_stay_both() -> None:
    assert set(read("Qwen3-8B 32k: kv fp8 还是 fp16 差多少").facts["kv_format"]) == {"fp8", "fp16"}
    assert "kv_format" not in read("Qwen3-8B fp8, not bf16, with a 16k cache on a 4070").facts
