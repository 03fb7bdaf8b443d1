"""Settings set against each other by their names, a speed in one word, formats beside a card, what a lever is not."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


def answer(question: str) -> str:
    return Assistant().ask(question).text


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("quantization_bit 设 8 还是 4, llama3.1 8b", {"bits": (8, 4), "task": ("train",)}),
        ("lora_rank 16 vs 128 for Qwen3-4B", {"lora_rank": (16, 128)}),
        ("per_device_train_batch_size 1 或 2 qwen2.5 3b lora", {"batch_size": (1, 2)}),
        ("per_device_train_batch_size 2 and 4 gpus, qwen3 8b full", {"batch_size": (2,), "n_gpus": (4,)}),
        ("cutoff_len 2048 or 8192 for qwen3 8b lora", {"seq_len": (2048, 8192)}),
    ],
)  # fmt: skip
def test_two_values_behind_a_setting(question: str, facts: dict[str, tuple[float, ...]]) -> None:
    reading = read(question)
    assert {name: reading.facts.get(name) for name in facts} == facts
    assert reading.intents[0] != "units"


@pytest.mark.parametrize(
    "question",
    ["7900xtx跑qwen3 14b q6可以吗 速度", "3090跑gemma3 27b q4行不 推理速度怎么样", "qwen3 8b q8 on a 4060 Ti 16GB ok? and speed?"],
)  # fmt: skip
def test_speed_in_one_word_is_asked_too(question: str) -> None:
    assert "token/" in answer(question) or "tokens/s" in answer(question)


def test_a_format_is_no_card() -> None:
    assert not read("模型14b bf16 卡是V100 32G 能跑吗").unknown_gpus
    assert read("模型7b fp16 卡为4090").facts["weight_format"] == ("fp16",)


def test_the_longest_sample_of_a_set_is_no_size_of_it() -> None:
    told = answer("训练集最长的一条6k token,其他都几百,qlora llama3.1 8b 3090会不会爆")
    assert "数据量" not in told
    told = answer("temperature和top_p影响显存吗")
    assert told.startswith("**不影响")
    assert "max_new_tokens" in told
    assert "文档说" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("12g 3060画sdxl没问题,那语言模型能跑哪些", "**RTX 3060 12 GB：最大"),
        ("my 16GB card does SDXL well, which LLMs can I run on it?", "**A card of 16 GB: the largest"),
    ],
)
def test_a_card_that_draws_is_asked_for_language_models(question: str, opens: str) -> None:
    assert answer(question).startswith(opens)


def test_the_format_of_what_draws_is_its_own() -> None:
    assert "weight_format" not in read("flux-dev fp8和qwen3 4b能同时放4060 ti 16g吗").facts
    assert read("4090 sdxl fp16生图多少显存").intents == ("out_of_scope",)
    assert read("qwen3 4b fp8 and flux on a 4060 Ti 16GB").facts["weight_format"] == ("fp8",)


def test_another_card_told_by_its_memory_has_a_speed() -> None:
    told = answer("2060 6g加32g内存跑qwen3 14b q4只有3 token/s,换16g的卡能快多少")
    assert "RTX 4080 约" in told
    assert "算不了" not in told
