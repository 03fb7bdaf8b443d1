"""The same thing told in other words: what a program puts on the CPU, a length behind a size, what is saved of activations."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "Can I run 32B with Ollama offloading to CPU, 4060 8GB + 32GB RAM?",
        "Ollama 跑 32B，卸载一部分到内存，4060 8G 加 32G 内存行吗",
    ],
)
def test_what_a_program_of_files_offloads_is_what_the_card_has_no_room_for(question: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert "7.16 GiB" in first
    assert "13.5 GiB" in first


def test_a_program_that_puts_a_part_on_the_cpu_has_fallen_back() -> None:
    first = answer_to("ollama puts part of qwen3:32b on the CPU on my 4090, why").split("\n\n")[0]
    assert "20,111 is the most" in first


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("a 7B at 4096 really needs 24GB for LoRA?", {"seq_len": (4096,)}),
        ("sequence parallel 省多少激活 70B tp8 8k", {"params": (70e9,), "seq_len": (8192,)}),
    ],
)
def test_lengths_and_sizes_behind_other_words(question: str, facts: dict[str, object]) -> None:
    found = read(question).facts
    assert {name: found.get(name) for name in facts} == facts


def test_active_parameters_are_still_read() -> None:
    assert read("激活 22B 总共 235B 的模型 int4 要几张 4090").facts["model"] == ("Qwen/Qwen3-235B-A22B",)
