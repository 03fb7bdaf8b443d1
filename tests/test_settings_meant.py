"""Settings and habits asked about by name, of no model: what each takes or saves, and where."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is memory wasted by padding when lengths vary?", "**Yes: a padded token costs"),
        ("样本长短不一，补齐会不会浪费显存，padding", "**会：填充的 token"),
        ("how much VRAM does --enforce-eager save?", "**--enforce-eager saves the buffers"),
        ("vllm 的 swap_space 是内存还是显存？", "**--swap-space 占的是内存"),
        ("vLLM 启动后内存占用很高，swap_space 是什么，能关吗", "**--swap-space 占的是内存"),
        ("Is it safe to set gpu_memory_utilization to 0.97?", "**On a card of its own without a screen 0.97 mostly stands; the risk"),
        ("vLLM on a 48GB card: is gpu_memory_utilization 0.9 risky?", "**0.9 is no more than the default of newer versions"),
        ("48GB 的卡上 vLLM 的 gpu_memory_utilization 设 0.97 安全吗?", "**独占且不接显示器的卡设 0.97 多半没问题"),
        ("把 max_num_seqs 调小能省显存吗", "**nvidia-smi 看到的不会变"),
        ("Can I full fine-tune a quantized model?", "**No: weights that are stored in 4 or 8 bits"),
        ("量化成 4bit 以后全参训练行不行", "**不行：以 4 位、8 位存的权重没有梯度"),
        ("Does doubling the parameters double the VRAM?", "**Nearly: weights, gradients and optimizer states"),
        ("Why does GPTQ take more VRAM than a GGUF of the same 4 bits?", "**Two things differ"),
        ("does flash attention 2 run on a T4?", "**No: FlashAttention-2 needs Ampere"),
        ("A10 支持 flash attention 2 吗", "**可以：FlashAttention-2"),
        ("full fine-tuning of a 3B in 4 bit on a 3060 12GB, does it fit?", "**No: weights that are stored in 4 or 8 bits"),
    ],
)  # fmt: skip
def test_it_opens_with_what_the_setting_does(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Qwen2.5-7B QLoRA in 4 bit on a 3060 12GB?", "**Qwen2.5-7B-Instruct, QLoRA, 4-bit"),
        ("vLLM, Qwen3-8B on an L4, max_num_seqs 32 and 4k: does it fit?", "Qwen3-8B, inference, L4"),
    ],
)
def test_a_case_is_worked_out(question: str, opens: str) -> None:
    assert opens in answer_to(question)
