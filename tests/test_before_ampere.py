"""Cards before Ampere: what a failing step is counted with there, beside the scores that eager attention would write."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Mistral-7B QLoRA on a free Colab T4 16GB, seq 4096, batch 4, gradient checkpointing on: OOM at step 1. Weights are only 4GB", "a card before Ampere has no FlashAttention-2 (nor bf16: train with fp16: true)"),
        ("V100 16GB QLoRA Llama-3.1-8B seq 4096 batch 2 OOMs at the first step, why?", "a card before Ampere has no FlashAttention-2"),
        ("T4 16G 上 QLoRA 微调 Mistral-7B，长度4096 batch 4，开了梯度检查点，第一步就OOM，权重才4G", "Ampere 之前的卡用不了 FlashAttention-2，也没有 bf16，要用 fp16: true"),
    ],
)  # fmt: skip
def test_old_cards_are_counted_with_sdpa(question: str, told: str) -> None:
    assert told in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Mistral-7B QLoRA on a 4080 16GB, seq 4096, batch 4, gradient checkpointing on: OOM at step 1. Weights are only 4GB",
        "4080 16G 上 QLoRA 微调 Mistral-7B，长度4096 batch 4，第一步就OOM，权重才4G",
    ],
)
def test_newer_cards_have_both(question: str) -> None:
    text = answer_to(question)
    assert "before Ampere" not in text
    assert "Ampere 之前" not in text


@pytest.mark.parametrize(
    ("question", "names"),
    [
        ("2080ti 22g魔改双卡，vllm跑qwen3-32b行不行，要用哪个量化", ("4 位用 AWQ 或 GPTQ（每卡剩 9.72 GiB 给缓存", "8 位用 INT8 或 8 位 GPTQ")),
        ("vLLM on a single RTX 3090: what quant for Qwen2.5-32B?", ("4 bits are AWQ or GPTQ (2.59 GiB left for the cache",)),
        ("V100 32G 用vllm跑qwen2.5-32b选哪种量化", ("4 位用 GPTQ（",)),  # its kernels run no AWQ
        ("Which quantization for Qwen2.5-14B in vLLM on one L40S?", ("4 bits are AWQ or GPTQ", "8 bits are FP8 or INT8")),
    ],
)  # fmt: skip
def test_which_quantisation_is_told_by_the_names_of_its_checkpoints(question: str, names: tuple[str, ...]) -> None:
    told = answer_to(question)
    assert [one for one in names if one not in told] == []


@pytest.mark.parametrize(
    "question", ["which GGUF quant of Qwen3-32B on a 3090?", "Qwen3-32B AWQ on one 3090 with vLLM, does it fit?"]
)
def test_a_format_that_is_told_has_its_name(question: str) -> None:
    assert "By name" not in answer_to(question)


def test_units_of_one_of_two_formats_are_told() -> None:
    told = answer_to("Mistral Small 24B bf16 on one L40S 48GB, 32k context in vLLM - fits, or do I have to go FP8?")
    assert "This card has FP8 units" in told
