"""Settings set against each other by their names, a speed in one word, formats beside a card, what a lever is not."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


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
    assert "token/" in answer_to(question) or "tokens/s" in answer_to(question)


def test_a_format_is_no_card() -> None:
    assert not read("模型14b bf16 卡是V100 32G 能跑吗").unknown_gpus
    assert read("模型7b fp16 卡为4090").facts["weight_format"] == ("fp16",)


def test_the_longest_sample_of_a_set_is_no_size_of_it() -> None:
    told = answer_to("训练集最长的一条6k token,其他都几百,qlora llama3.1 8b 3090会不会爆")
    assert "数据量" not in told
    told = answer_to("temperature和top_p影响显存吗")
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
    assert answer_to(question).startswith(opens)


def test_the_format_of_what_draws_is_its_own() -> None:
    assert "weight_format" not in read("flux-dev fp8和qwen3 4b能同时放4060 ti 16g吗").facts
    assert read("4090 sdxl fp16生图多少显存").intents == ("out_of_scope",)
    assert read("qwen3 4b fp8 and flux on a 4060 Ti 16GB").facts["weight_format"] == ("fp8",)


def test_another_card_told_by_its_memory_has_a_speed() -> None:
    told = answer_to("2060 6g加32g内存跑qwen3 14b q4只有3 token/s,换16g的卡能快多少")
    assert "RTX 4080 约" in told
    assert "算不了" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("为什么qwen3 4b用bnb 4bit量化后反而变慢了", "**慢在算子"),
        ("load_in_4bit加载llama3.1 8b之后生成怎么变慢了 3060", "**慢在算子"),
        ("为什么 bnb 4bit 推理比 fp16 还慢", "**慢在算子"),
        ("Qwen3-8B 用 8bit 加载生成比 16 位还要慢,怎么回事", "**慢在算子"),
        ("Mistral-7B in 8-bit (bitsandbytes) is slower than fp16 on a 3090, normal?", "**It is the kernel"),
        ("How come generation got slower with int4 for a 7B?", "**It is the kernel"),
    ],
)
def test_few_bits_that_are_slower_are_explained(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question", ["why are two 4090s slower than one with a 32B AWQ?", "3090跑14b q8为什么只有8t/s"]
)
def test_what_else_is_slow_is_not_laid_to_the_bits(question: str) -> None:
    told = answer_to(question)
    assert "It is the kernel" not in told
    assert "慢在算子" not in told


def test_an_amount_that_is_taken_is_no_card() -> None:
    assert read("vllm起1.5b为啥占22g显存 4090").facts.get("gpu_memory_gb") is None
    assert read("24g显存 3090 跑14b").facts["gpu_memory_gb"] == (24,)
    assert read("GPU 0 21.5/24 GPU 1 14.2/24 为什么不一样 lora").facts.get("n_gpus") != (24,)


def test_ollama_loads_its_usual_files_beside_an_encoder() -> None:
    told = answer_to("ollama同时跑qwen3 8b和bge-m3,12g显存够吗")
    assert told.startswith("**可以")
    assert "OLLAMA_MAX_LOADED_MODELS" in told
    assert "vLLM" not in told
