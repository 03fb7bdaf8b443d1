"""What does not fit as asked and does with a setting changed: that is said first, and the verdict turns on it."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does gemma-3-12b at 128k in Q8_0 fit on my 16 GB card?", r"\*\*Not as it stands; it fits with .*cache in [48] bits"),
        ("一张4090用vLLM跑Qwen3-14B FP8，上下文40k够吗", r"\*\*照现在的设置不行，缓存用 8 位（fp8）就放得下\*\*"),
        ("vLLM, 2x L40S, Llama-3.3-70B FP8, tp=2, gpu_memory_utilization 0.9: does 64k for one user fit?", r"\*\*Not as it stands; it fits with a larger share of the card \(gpu_memory_utilization 0\.95\) \+ cache in 8 bits"),
        ("Will Qwen3-235B-A22B run on a MacBook Pro M4 Max with 128GB?", r"\*\*Not as it stands; it fits with more of the memory for the GPU .* \+ 3-bit weights"),
    ],
)  # fmt: skip
def test_the_setting_that_makes_it_fit_comes_first(question: str, opens: str) -> None:
    answer = Assistant().ask(question)
    assert re.match(opens, answer.text), answer.text
    assert answer.result["verdict"] == "conditional"


@pytest.mark.parametrize(
    "question",
    [
        "Can a 3090 run Llama-3.3-70B?",  # only with layers in host memory, or in 2 bits
        "Can I run Qwen3-32B in Q4_K_M with 100k of context on a 16 GB card, no quantised cache?",
        "Can I fully fine-tune a 7B on a 4090?",
    ],
)
def test_what_takes_more_than_a_setting_stays_a_no(question: str) -> None:
    answer = Assistant().ask(question)
    assert answer.result["verdict"] == "no"
    assert "Not as it stands" not in answer.text


def test_a_cache_that_is_asked_about_tells_the_way_out_beside_the_verdict() -> None:
    answer = answer_to("KV cache of gemma-3-27b at 128k on a 3090 with Q4_K_M: is it 62 GB or 10 GB?")
    assert re.search(r"It fits with cache in 8 bits", answer)


@pytest.mark.parametrize(
    ("question", "chip"),
    [
        ("Mac Studio 512G能跑DeepSeek-V3吗", "Apple M3 Ultra"),
        ("mac studio 192gb, Mistral-Large in Q8_0?", "Apple M2 Ultra"),
        ("Qwen2.5-72B Q4 on a 128GB mac?", None),  # five chips have so much
    ],
)
def test_a_mac_whose_memory_only_one_chip_has_is_that_chip(question: str, chip: str | None) -> None:
    assert read(question).fact("gpu") == chip
