"""What does not fit as asked and does with a setting changed: that is said first, and the verdict turns on it."""

import re

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, opening


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


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Can two 3080 20GB cards run Qwen3-32B? I want 32k context", "**Not in 16 bit; it fits with 4-bit weights**"),
        ("两张 2080ti 22G 能跑 Qwen2.5-32B 吗，上下文 32k", "**16 位不行，4 位权重就放得下**"),
        ("Can a 4090 run Qwen2.5-32B in bf16 with 16k?", "**Not as it stands; it fits with 4-bit weights**"),
    ],
)
def test_where_no_setting_was_told_it_is_the_width_that_does_not_fit(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
    way = opens.strip("*").removesuffix("就放得下").rpartition("with ")[2].rpartition("不行，")[2]
    assert f"\n- {way}" not in answer_to(question)  # what opens is listed no second time


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("2x RTX 6000 Ada, Llama 3.3 70B FP8, 10 users with 16k each: enough?", "at once on the same cards: 3 as it is; 7 with an 8-bit cache (fp8); 9 with 4-bit weights; 19 with an 8-bit cache (fp8) and 4-bit weights"),
        ("两张 6000 Ada 跑 Llama-3.3-70B FP8，10 个人各 16k，够吗", "不改 3 条；8 位缓存（fp8） 7 条；4 位权重 9 条；8 位缓存（fp8）加 4 位权重 19 条"),
        ("Can two 3080 20GB cards run Qwen3-32B? I want 32k context", "1 with 4-bit weights; 3 with an 8-bit cache (fp8) and 4-bit weights"),
    ],
)  # fmt: skip
def test_what_does_not_hold_all_at_once_says_how_many_each_way_holds(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B fp8 on an L40S with vLLM, 8 users at 8k: enough?",  # it fits
        "Can a 4090 run Qwen2.5-32B in bf16 with 16k?",  # no server's pool
        "vLLM, Qwen3-32B AWQ with an fp8 KV cache on a 4090, 10 users at 16k each: enough?",  # both are so already
    ],
)
def test_ways_that_hold_no_more_are_not_told(question: str) -> None:
    assert "at once on the same cards" not in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Will a 48GB A6000 do for full fine-tuning Qwen2.5-1.5B at batch size 8, 2048 tokens?", ("of 48.0 GiB, as it stands 52.0 GiB", "Or with batch 4 with gradient accumulation over 2 steps")),
        ("想从头预训练一个1.5B(Qwen2.5结构)，bs8 长度2048，A6000 48G一张够不够", ("现在的设置是 52.0 GiB", "或者批大小 4 加梯度累积 2 步")),
        ("Qwen2.5-7B LoRA bs16 长度4096，单张A100 80G够不够", ("现在的设置是 147.4 GiB", "或者批大小 4 加梯度累积 4 步")),
    ],
)  # fmt: skip
def test_a_condition_stands_beside_what_it_takes_now_and_smaller_batches(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert [one for one in says if one not in first] == []


def test_a_batch_of_one_has_no_smaller_one() -> None:
    assert "accumulation" not in answer_to("qlora gemma-3-27b on a 3090, will it fit?").split("\n\n")[0]
