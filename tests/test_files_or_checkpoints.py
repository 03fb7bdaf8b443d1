"""A file of llama.cpp's or a checkpoint of a server's, of one model on one card: the program decides where memory does not."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen2.5-32B on a single 4090: AWQ or GGUF Q4_K_M?", "(20.2 GiB of 24.0 GiB); the program decides: AWQ 4-bit in vLLM or SGLang for many requests at once"),
        ("4090单卡跑Qwen2.5-32B，AWQ和GGUF Q4_K_M选哪个", "（各 20.2 GiB/24.0 GiB），看用什么程序：AWQ 4 位用 vLLM"),
        ("Qwen2.5-14B GPTQ int4 or AWQ on a 4090, which one?", "(11.1 GiB of 24.0 GiB): other things decide"),
    ],
)  # fmt: skip
def test_where_memory_does_not_choose_the_program_does(question: str, said: str) -> None:
    assert said in opening(question), opening(question)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Qwen3-30B-A3B on one 4090: FP8, AWQ or GGUF Q4_K_M?", "where experts can stay in RAM, so that more bits go than the card holds. The cache is the same in each, 96 KiB a token (3.00 GiB for one of 32,768)"),
        ("Llama-3.1-8B，12G 的 3060：AWQ 还是 GGUF 的 Q5_K_M", "还可以把部分层放进内存"),
    ],
)  # fmt: skip
def test_what_each_program_is_for_is_told_beside_the_choice(question: str, said: str) -> None:
    assert said in answer_to(question), answer_to(question)[:1500]


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-30B-A3B on one 4090: FP8 or AWQ?",  # both for servers
        "llama.cpp, Qwen3-14B on a 4080: Q4_K_M or Q6_K?",  # both files
        "DeepSeek-R1 in FP8 or Q4_K_M on 8x H100: which of the two holds?",  # nobody's own machine
    ],
)
def test_it_is_told_of_both_kinds_alone(question: str) -> None:
    assert "a GGUF file goes into" not in answer_to(question)
