"""What was seen and is not understood, asked of no model: fewer bits that take as much, a full card that is idle, a leak or pieces."""

import pytest

from tests.talking import answer_to, opening

_AS_LARGE = ("**It should not: fewer bits", "**按理不会：位数少")
_BASE_AS_LARGE = ("**It should not: a base in fewer bits", "**按理不会：基座位数少")
_IDLE = ("**Both can be true: memory is what is held", "**两者可以同时成立：显存是占着多少")
_LEAK = ("**By what is allocated at equal steps", "**看相同步骤之间的 allocated")
_PEAK = ("**At one of two moments", "**在两个时刻之一")
_PASS = ("**Yes, yet they are small", "**要算，但很小")
_SHARDED = ("**ZeRO-3 and FSDP divide weights", "**ZeRO-3/FSDP 只把权重")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Why does the int4 checkpoint need more VRAM than the 8-bit one?", _AS_LARGE),
        ("gptq uses the same memory as bf16", _AS_LARGE),
        ("my quantized model takes as much VRAM as the original one", _AS_LARGE),
        ("int8量化的模型怎么和fp16占的显存一样", _AS_LARGE),
        ("AWQ模型的显存反而比fp16还高", _AS_LARGE),
        ("Why does Qwen2.5-7B in 4-bit take more memory than in fp16?", _AS_LARGE),
        ("Llama-3.1-8B 4bit 显存比 8bit 还高，为什么", _AS_LARGE),
        ("Why does QLoRA need the same VRAM as LoRA?", _BASE_AS_LARGE),
        ("QLoRA的显存怎么和LoRA差不多", _BASE_AS_LARGE),
        ("VRAM is full but GPU util stays at 0%", _IDLE),
        ("GPU utilization 0 while memory is in use, why", _IDLE),
        ("显存用了90%，GPU利用率一直是0", _IDLE),
        ("How can I tell a memory leak from fragmentation?", _LEAK),
        ("how to detect a gpu memory leak in pytorch", _LEAK),
        ("怎么区分显存碎片和泄漏", _LEAK),
        ("如何排查显存泄漏", _LEAK),
        ("at which point of training does memory peak", _PEAK),
        ("Where in a training step is VRAM usage highest, forward or backward?", _PEAK),
        ("一步训练里显存什么时候最高", _PEAK),
        ("Do activations count for inference memory?", _PASS),
        ("can I ignore activations when serving", _PASS),
        ("部署时激活值占不占显存", _PASS),
        ("ZeRO-3 is on and I still run out of memory, why?", _SHARDED),
        ("FSDP 开了还是爆显存", _SHARDED),
    ],
)  # fmt: skip
def test_what_was_seen_is_explained_first(question: str, opens: tuple[str, str]) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("Why does 8-bit use more memory than 4-bit?", _AS_LARGE),
        ("8bit为什么比4bit显存大", _AS_LARGE),
        ("does AWQ use the same memory as GPTQ?", _AS_LARGE),
        ("Is the 4-bit KV cache as large as in fp16?", _AS_LARGE),
        ("4bit和8bit显存一样吗", _AS_LARGE),
        ("LoRA 比 QLoRA 多多少显存", _BASE_AS_LARGE),
        ("QLoRA takes more memory than LoRA on a 1B at long context, is that normal?", _BASE_AS_LARGE),
        ("What gpu_memory_utilization is safe?", _IDLE),
        ("GPU utilization is only 30% while training a 7B, memory 70 GB", _IDLE),
        ("What is memory fragmentation?", _LEAK),
        ("How do I reduce the peak memory of training a 7B with LoRA?", _PEAK),
        ("what saves the most memory when fine-tuning", _PEAK),
        ("when does training finish on 8 H100, 7B, 1B tokens?", _PEAK),
        ("How much are the activations of training a 7B?", _PASS),
        ("ZeRO-3 out of memory while loading the model", _SHARDED),
        ("Is 70B with ZeRO-3 on 8 A100 80GB out of memory?", _SHARDED),
    ],
)
def test_what_is_asked_otherwise_is_none_of_it(question: str, unsaid: tuple[str, str]) -> None:
    assert not answer_to(question).startswith(unsaid)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("When is memory highest in full fine-tuning of Qwen2.5-7B?", "**It is fullest as the backward pass ends"),
        ("Llama-3.1-8B LoRA 训练显存峰值在哪个阶段", "**峰值在反向开始时"),
    ],
)
def test_the_fullest_moment_of_a_case_is_told(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        # 1.54B × 2 B; the rest of LoRA's need without them
        ("Why does QLoRA save so little memory over LoRA for Qwen2.5-1.5B?", "**Because the base is a small part of it here: 2.88 GiB in 16 bit"),
        ("QLoRA of Llama-3.2-1B uses nearly as much as LoRA, 9.1 vs 9.8 GB. Why?", "**Because the base is a small part of it here: 2.30 GiB"),
        ("为什么QLoRA训练比LoRA还慢，显存也没省多少，qwen2.5-1.5b", "**因为基座在这里只占一小部分：16 位 2.88 GiB"),
        ("Why does QLoRA need the same VRAM as LoRA for Llama-3-8B?", "**It should not: a base in fewer bits"),
    ],
)  # fmt: skip
def test_a_small_base_saves_little_and_a_large_one_should_save(question: str, said: str) -> None:
    assert opening(question).startswith(said)


@pytest.mark.parametrize(
    "question",
    ["How much memory does QLoRA save over LoRA for Llama-3.2-1B?", "qwen2.5-1.5b 用 QLoRA 比 LoRA 省多少显存"],
)
def test_asked_how_much_is_saved_the_amount_opens(question: str) -> None:
    assert "Because the base" not in opening(question)
    assert "因为基座" not in opening(question)
