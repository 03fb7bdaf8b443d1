"""Questions as people type them: corrections, versions behind sizes, pasted lines, alternatives; facts and what is left unread."""

from typing import Any

import pytest

from chat.reads.grammar import read

GB = "gpu_memory_gb"


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        # a value that is taken back
        ("not zero3, zero2: full ft of 7b on 4x A100 80", {"zero_stage": (2,)}),
        ("上下文不是4k，是32k，qwen2.5-7b 24G", {"seq_len": (32768,), GB: (24,)}),
        ("其实是3090不是4090，7B全参能行吗", {"gpu": ("RTX 3090",)}),
        ("actually it's a 4070 not a 4090. 13b q4?", {"gpu": ("RTX 4070",), "bits": (4,)}),
        ("i said 4x A100 but it's actually 2, sorry. 70b lora", {"n_gpus": (2,)}),
        ("4张3090跑70B，说错了，是两张", {"n_gpus": (2,)}),
        ("8x H100, wait, only 4. 70b full ft fits?", {"n_gpus": (4,)}),
        ("rank 16, oops I meant 64, lora 13b", {"lora_rank": (64,)}),
        ("why not a 4090 instead of a 3090 for 13b?", {"gpu": ("RTX 4090", "RTX 3090")}),
        ("zero2 or zero3 for a 13b on 8 A100?", {"zero_stage": (2, 3)}),
        # the version behind the size
        ("Llama 8B (3.1) at Q8_0, 12GB card?", {"model": ("meta-llama/Llama-3.1-8B-Instruct",)}),
        ("llama 70B (v3.3) in fp8 on one H100?", {"model": ("meta-llama/Llama-3.3-70B-Instruct",)}),
        ("Qwen 14B (2.5 version) in int4 on 16GB", {"model": ("Qwen/Qwen2.5-14B-Instruct",)}),
        ("Qwen 7B（2.5版）LoRA 24G", {"model": ("Qwen/Qwen2.5-7B-Instruct",)}),
        ("llama 8b version 3, 16k ctx on 3060", {"model": ("meta-llama/Meta-Llama-3-8B-Instruct",)}),
        ("Qwen-7B (2 cards)", {"model": ("Qwen/Qwen-7B",), "n_gpus": (2,)}),
        # what a program takes by default
        ("vllm默认0.9，Qwen2.5-7B在3090上能开多长上下文", {"gpu_memory_utilization": (0.9,)}),
        ("vLLM's default of 0.9, qwen2.5-7b on a 3090, longest context?", {"gpu_memory_utilization": (0.9,)}),
        ("gpu util设0.95，qwen2.5-14b-int4在4090最多多少并发", {"gpu_memory_utilization": (0.95,)}),
        # one machine or another
        ("Is 64 or 96 GB of ram enough for gpt-oss-120b on cpu", {"host_memory_gb": (64, 96), GB: ()}),
        ("64G还是96G内存跑qwen3-235b", {"host_memory_gb": (64, 96)}),
        ("A100 40G and 94 GB ram, 7b lora", {"host_memory_gb": (94,), GB: (40,)}),
        # a memory behind everything else
        ("Qwen 7B LoRA 24G", {GB: (24,)}),
        ("13b, 24gb?", {GB: (24,)}),
        ("Llama-3-8B uses 24GB", {GB: ()}),
        ("is 1B param = 1GB at int8?", {GB: ()}),
        # words that a unit or a noun decides
        ("为什么Adam要存12字节", {"seq_len": ()}),
        ("8000字的文章做摘要，7B", {"seq_len": (8000,)}),
        ("full ft of mistral 7b in bf16, no grad ckpt", {"gradient_checkpointing": ("off",)}),
        ("prompt 6k in, 2k out, llama3 8b on A10", {"output_len": (2048,)}),
        ("full bf16 finetuning of a 7B", {"method": ("full",)}),
    ],
)
def test_it_is_read_as_meant(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    reading = read(question)
    assert {name: reading.facts.get(name, ()) for name in facts} == facts
    assert not reading.not_understood


@pytest.mark.parametrize(
    "question",
    [
        "docker run --gpus all -p 8000:8000 vllm/vllm-openai:v0.6.3 --model Qwen/Qwen2.5-7B-Instruct, 两张A6000能跑吗",
        (
            "|  0  NVIDIA A100-SXM4-80GB On | 00000000:07:00.0 Off | 0 |\n| N/A 34C P0 64W / 400W | 61234MiB / 81920MiB |"
            " 0% Default | how come 61 GB for a 7B in vllm?"
        ),
        "llava 1.5 7b inference with a 336px image on 12gb",
    ],
)
def test_what_a_program_prints_is_not_reported(question: str) -> None:
    reading = read(question)
    assert not reading.not_understood
    assert reading.intent != "units"
    assert read("7B on a 3090 with 37 frobs").not_understood
