"""Copies of a model on one card, and models told by their sizes that are to share it."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Could 3 copies of Qwen3-8B live on one H100?", "**Yes: 3 × "),
        ("Two 14B models loaded on a 3090 at the same time, possible?", "**No: 2 × "),
        ("2x Qwen3-4B on a single 4090?", "**Yes: 2 × "),
        ("Can I hold three 7B Q4_K_M models at the same time on a 4090 with Ollama?", "**Yes: 3 × "),
        ("How many replicas of Qwen2.5-7B-Instruct-AWQ fit on one L40S?", "**5 for sure: 5 × "),
        ("一张 4090 上同时放两个 Qwen3-4B 可以吗", "**可以：2 × "),
        ("一张 A100 80G 能起几个 Qwen3-8B 实例", "**稳妥能放 3 个：3 × "),
        ("三个 8B 模型一起放在一张 24G 卡里,int8,行吗", "**不行：3 × "),
    ],
)
def test_copies_are_multiplied(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_what_does_not_go_is_tried_in_fewer_bits() -> None:
    told = answer_to("Can I keep two 8B models loaded on a 3090 at the same time?")
    assert "In 8-bit they fit: 2 × " in told.split("\n")[0]


def test_a_program_of_files_takes_no_share() -> None:
    told = answer_to("Run 2 copies of Qwen3-8B Q4_K_M with llama.cpp on a 3090")
    assert "gpu_memory_utilization" not in told.split("\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Can a 7B reranker sit next to a 14B LLM on 24GB?", "together on one card"),
        ("An 8B for chat and a 3B coder at the same time on a 4070 Ti Super, q4", "together on one card"),
        ("24G 的卡同时跑一个 14B 对话模型和一个 7B 重排模型行吗", "同时放在一张卡上"),
        ("一张4090上同时部署Qwen3-8B和一个3B的模型,int8", "同时放在一张卡上"),
    ],
)
def test_sizes_that_share_a_card_are_summed(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "gemma 2 9b on a single 3090, does it fit?",
        "Which of two 8B models suits a 4090?",
        "Two 4090 for a 70B model in 4 bit, ok?",
        "DPO of a 7B holds 2 copies of the model, right?",
        "Can I serve 7B or 13B on a 24GB card?",
        "两张3090跑8B模型够吗",
        "7B 和 13B 在 24G 上分别要多少",
    ],
)
def test_other_counts_are_no_copies(question: str) -> None:
    told = read(question)
    assert "several_servers" not in told.cues
    assert "log_servers" not in told.extras
    assert "together" not in answer_to(question).split("\n")[0]


def test_an_amount_before_a_size_counts_no_servers() -> None:
    assert "several_servers" not in read("16 GB for 8B in fp16, will it fit on a 3090?").cues
    assert "several_servers" in read("Will 2 8B models fit on a 3090?").cues
