"""Two questions in one: each is answered, or is named as not answered."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.fixture(scope="module")
def assistant() -> Assistant:
    return Assistant()


# ── one of them is about another matter ──────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("question", "left", "facts"),
    [
        ("is a 4090 good for Stable Diffusion training? also can it run qwen3-14b in fp8?", "Stable Diffusion", {"gpu": "RTX 4090", "weight_format": "fp8", "task": "inference"}),
        ("Can I use Llama-4-Scout commercially, and does it fit on 2 H100?", "commercially", {"n_gpus": 2, "gpu": "H100"}),
        ("My 3090 hits 92 degrees, should I repaste it? And will Mistral-Small-24B in Q5_K_M with 16k fit on it?", "repaste", {"gpu": "RTX 3090", "seq_len": 16384}),
        ("what learning rate should I use for QLoRA on Qwen2.5-14B, and does it fit in 16GB?", "learning rate", {"method": "qlora", "gpu_memory_gb": 16}),
        ("write me a poem about GPUs, and tell me how much VRAM Qwen3-30B-A3B int4 needs", "poem", {"weight_format": "int4"}),
        ("5090和4090玩赛博朋克差多少帧？顺便问下5090能跑qwen3-32b awq吗", "赛博朋克", {"gpu": "RTX 5090"}),
        ("GLM-4.5-Air能商用吗？另外4张A100 40G跑FP8够不够", "商用", {"n_gpus": 4, "weight_format": "fp8"}),
        ("英伟达股票还能买吗，还有一张H200能跑qwen3-235b int4吗", "股票", {"gpu": "H200"}),
        ("3090二手多少钱？两张能不能LoRA微调qwen2.5-14b", "二手", {"gpu": "RTX 3090", "n_gpus": 2, "method": "lora"}),
    ],
)  # fmt: skip
def test_the_other_question_is_answered_and_this_one_named(
    question: str, left: str, facts: dict[str, object], assistant: Assistant
) -> None:
    asked = read(question)
    assert {name: asked.fact(name) for name in facts} == facts
    text = assistant.ask(question).text
    assert any(mark in text for mark in ("Not answered, as", "不在回答范围内"))
    assert left in text
    assert "GiB" in text


@pytest.mark.parametrize(
    "question",
    [
        "My 4090 runs hot at 350 W. Does Qwen3-14B in fp8 fit on it?",
        "Does Qwen2.5-7B fit on a 3090 and how many tokens of context?",
        "qwen3-32b awq 4090能跑吗，上下文最多多少？",
        "RTX 4090 vs 4080 for gaming at 1440p?",
        "Which one writes better Rust, Qwen3-Coder or Devstral? I have a 4090 if that matters",
        "租一张A100训练7B LoRA多少钱，要多久？",
    ],
)
def test_one_question_stays_one(question: str) -> None:
    assert "other_matter" not in read(question).extras
