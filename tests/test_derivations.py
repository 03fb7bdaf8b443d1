"""Formulas that are asked for of no model: each is told with the figures of one that all know."""

import re

import pytest

from kb.equations import evaluated
from tests.talking import answer_to, embedded


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Derive the parameter count of a Llama-like model from its config", "= 8,030,261,248"),
        ("Transformer 的参数量怎么计算？", "= 8,030,261,248"),
        ("How is NF4 4.127 bits per weight and not 4?", "4 + 8/64 + 32/(64 × 256) = 4.127"),
        ("双重量化能省多少？", "0.373 位"),
        ("How are activations divided under sequence parallelism and TP?", "s·b·h·(34 + 5·a·s/h)/t"),
        ("张量并行时激活怎么切？", "10 + 24/t"),
        ("Why does training a MoE go by total and not active parameters?", "total parameters × 16 B"),
        ("MoE 训练为什么按总参数而不是激活参数算显存", "总参数 × 16 字节"),
        ("What is the formula for training time?", "6·N·D ÷ (cards × peak rate × MFU)"),
        ("训练时间的公式怎么推导？", "6·N·D ÷"),
    ],
)  # fmt: skip
def test_a_formula_is_told_of_no_model(question: str, said: str) -> None:
    answer = embedded().ask(question)
    assert said in answer.text.split("\n\n")[0].replace("（", "(").replace("）", ")")
    assert not answer.notices
    assert "say which" not in answer.text


@pytest.mark.parametrize(
    "question",
    [
        "How many parameters does Qwen3-8B have?",
        "13B 用 TP 4 训练，激活要多少显存，8k",
        "does double quantization help a 7B QLoRA on 8 GB?",
    ],
)
def test_a_case_is_worked_out(question: str) -> None:
    text = answer_to(question)
    assert "8,030,261,248" not in text
    assert "5·a·s/h)/t" not in text
    assert "4 + 8/64" not in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Solve for batch size: 13B LoRA, one A100 80G, seq 2048", "batch"),
        ("求最大的上下文：Llama-3.1-8B fp16，一张 4090", "token"),
    ],
)
def test_solving_for_is_asking_for_the_largest(question: str, opens: str) -> None:
    assert any(opens in part for part in answer_to(question).split("\n\n")[:2])


def test_the_sum_that_is_shown_is_the_count() -> None:
    text = answer_to("Derive the parameter count of a Llama-like model from its config")
    shown = re.search(r"Llama-3-8B: ([^=]+) = ([\d,]+)\.", text)
    assert shown
    worked = shown[1].replace(",", "").replace("×", "*")
    assert evaluated(worked) == float(shown[2].replace(",", ""))
