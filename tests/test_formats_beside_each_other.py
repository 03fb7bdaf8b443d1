"""Formats of one model on an old card: what it computes, what no share holds, and which side a published size is of."""

import pytest

from chat.reads.grammar import read
from kb.facts import one_case
from kb.likely import Stated, explained
from kb.outcome import outcome
from tests.talking import answer_to, embedded


@pytest.mark.parametrize(
    ("question", "pick", "half", "share"),
    [
        (
            "vLLM, two T4, Mistral-Small-24B: bf16, AWQ or GPTQ-Int4, which one? gpu_memory_utilization 0.98 is fine",
            "**Take ",
            "computed in fp16 here",
            "A gpu_memory_utilization of 0.98 does not save bf16",
        ),
        (
            "vllm，两张T4，Mistral-Small-24B的bf16、AWQ、GPTQ-Int4选哪个？gpu_memory_utilization 0.98",
            "**选 ",
            "要改用 fp16 计算",
            "调到 0.98 也救不了 bf16",
        ),
    ],
)
def test_the_pick_then_what_is_ruled_out(question: str, pick: str, half: str, share: str) -> None:
    found = embedded().ask(question)
    assert found.text.startswith(pick)
    assert half in found.text
    assert share in found.text
    assert not found.notices


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-14B on a V100 32GB, vLLM, gpu_memory_utilization 0.9: fp16 or GPTQ, which one?",
        "Qwen2.5-14B fp16 还是 GPTQ，V100 32G vllm，gpu_memory_utilization 0.9，选哪个",
    ],
)
def test_what_a_larger_share_would_hold_is_not_beyond_any(question: str) -> None:
    told = answer_to(question)
    assert "29.7 GiB" in told  # of 28.8 GiB, and of 32.0 GiB in all
    assert "does not save" not in told
    assert "也救不了" not in told


def test_nothing_of_fp16_on_a_card_with_bf16() -> None:
    assert "computed in fp16" not in answer_to("vLLM on two 3090: Qwen3-14B in bf16 or AWQ, which one?")


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-32B with GPTQ-Int4 or bf16 on two A6000? The original is 65 GB",
        "两张A6000跑Qwen3-32B，GPTQ-Int4还是bf16？原版65G",
    ],
)
def test_a_published_size_is_of_the_side_in_16_bit(question: str) -> None:
    told = answer_to(question)
    assert "fp32" not in told
    assert "GPTQ 4 位 65" not in told


@pytest.mark.parametrize(
    "question", ["两张3090带nvlink跑Qwen3-32B AWQ，显存差一点点怎么办", "两张3090有nvlink，32B的AWQ够吗，还差一点"]
)
def test_a_link_that_is_named_asks_nothing(question: str) -> None:
    assert "decoding_rate" not in read(question).intents


@pytest.mark.parametrize(
    ("question", "formats"),
    [
        ("gguf f16 vs bf16 same size?", ("gguf:F16", "gguf:BF16")),
        ("f16 还是 bf16 的 gguf 大小一样吗", ("gguf:BF16", "gguf:F16")),
        ("qwen2.5-7b gguf f16 vs hf bf16 vram", ("gguf:F16", "bf16")),
        ("qwen2.5-7b gguf q8_0 vs bf16 vram", ("gguf:Q8_0", "bf16")),
    ],
)
def test_both_16_bit_types_are_of_the_same_program(question: str, formats: tuple[str, ...]) -> None:
    assert read(question).facts["weight_format"] == formats


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Llama-3.3-70B AWQ 是 39.8GB，Q4_K_M 是 42.5GB，都是4bit为什么差这么多", "您说的 AWQ 4 位 39.8 GB：只是权重（37.0 GiB）"),
        ("Qwen2.5-32B GPTQ-Int4 19.3 GB vs Q4_K_M 19.9 GB, both 4 bit, why different?", "Your 19.9 GB for Q4_K_M is the weights alone (18.5 GiB)"),
    ],
)  # fmt: skip
def test_a_figure_that_is_the_size_of_the_file_is_no_measured_whole(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_sizes_of_two_formats_are_no_two_units_of_one() -> None:
    text = answer_to("同一个 70B，为什么 GPTQ 4bit 的权重 39.8G，而 GGUF Q4_K_M 是 42.5G，谁更准")
    assert "同样多的字节" not in text
    assert text.startswith("**GGUF 的名字不等于每权重的位数")


def test_a_figure_nearer_to_the_whole_than_to_the_weights_is_the_whole() -> None:
    where = outcome(one_case({"model": "Qwen/Qwen2.5-7B-Instruct", "method": "inference", "engine": "vllm"}))
    assert explained(where, Stated(where.best / 2**30, binary=True))["as"] == "estimated"
    assert explained(where, Stated(where.terms["weights"] / 1e9))["as"] == "weights"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("What do I need to serve Mistral-Large 123B with 32k context? I have 4x A100 80GB and vLLM, bf16 or quantized?", "INT8 32.3 GiB per card, fits, 2 would do (63.8 GiB each)"),
        ("Llama-3.1-70B on 8x A100 80GB bf16 with 8k context, does it fit?", "INT8 10.3 GiB per card, fits, 1 would do (71.5 GiB)"),
        ("Qwen2.5-VL-72B部署最少多少显存？4张4090跑AWQ行不行", "bf16 每卡 37.0 GiB，放不下，要 8 张 24 GB 的卡；INT8 每卡 20.7 GiB，放得下。"),
    ],
)  # fmt: skip
def test_another_format_is_told_how_many_of_the_cards_are_enough(question: str, said: str) -> None:
    assert said in answer_to(question), answer_to(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            "How many A100 80GB to serve Falcon-180B? The model card says 400GB",
            "400 GB is the weights in 16 bit, 179B × 2 B = 357 GB (332.6 GiB), and 12 %",
        ),
        (
            "部署Falcon-180B要几张A100 80G？官方说要400GB",
            "400 GB 是 16 位权重 179B × 2 B = 357 GB（332.6 GiB），再加 12 %",
        ),
        ("How many A100 80GB to serve Falcon-180B? I was told 640GB", ""),
    ],
)
def test_a_figure_for_serving_is_the_weights_and_a_margin(question: str, said: str) -> None:
    answer = answer_to(question)
    assert said in answer
    assert bool(said) is ("12 %" in answer)


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("gemma-3-27b on a 7900 XTX 24GB: Q8_0, Q6_K or Q4_K_M if I want all layers on the GPU with 8-16k ctx?", "KV cache: 8,192 tokens: 10 layers keep 8,192 tokens × 80 KiB"),
        ("Qwen2.5-32B on a 3090: Q6_K or Q4_K_M if all layers should be on the GPU at 8k and 16k ctx?", "256 KiB a token × 16,384 (4.00 GiB)"),
        ("gemma-3-27b 7900XTX 24G，Q8_0、Q6_K、Q4_K_M 选哪个，全部层放GPU，上下文8到16k", "KV 缓存：8,192 token：10 层存 8,192 个 token × 80 KiB"),
    ],
)  # fmt: skip
def test_formats_at_several_lengths_tell_the_cache_of_each_length(question: str, told: str) -> None:
    text = answer_to(question)
    assert told in text
    assert "OLLAMA_NUM_PARALLEL" not in text
    assert "没有读懂" not in text
