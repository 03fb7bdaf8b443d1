"""A model on a processor alone, a phone or a board: what its own memory holds, and never a card as the answer."""

import re

import pytest

from chat.plans.plan import plan
from chat.reads.grammar import read
from kb import estimate
from kb.machine import machines_run
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "no gpu, 64GB ddr4. does llama 3.3 70b q4_k_m run?",
        "cpu only, how much ram for qwen2.5 72b q4_k_m",
        "没有显卡,32G内存,能跑qwen3 30b a3b吗,大概多快",
        "纯CPU跑qwen2.5 72b q4要多少内存",
        "Raspberry Pi 5 8GB, can it run llama 3.2 3b q4_k_m?",
        "手机12G内存跑Qwen3-4B q4会不会爆",
        "gemma 3 4b on a pixel 8 (8gb), ok?",
    ],
)
def test_without_a_card_the_answer_is_of_its_own_memory(question: str) -> None:
    said = answer_to(question)
    assert plan(read(question))[0][0] == "recommend"
    assert "RTX" not in said
    assert "A100" not in said
    first = said.split("\n")[0]
    assert "GiB" in first
    assert "RAM" in first or "内存" in first


def test_what_the_machine_does_not_hold_is_offered_in_the_most_bits_that_it_does() -> None:
    first = answer_to("no gpu at all, 128gb ddr5-6000 dual channel. can i run qwen3 235b a22b q4_k_m?").split("\n")[0]
    assert "not enough" in first
    assert "Q3_K_M does fit" in first
    assert "quality" in first


def test_of_a_machine_without_a_card_no_runtime_of_one_is_counted() -> None:
    machine = machines_run(without_card=True, model="Qwen3-4B", weight_format="gguf:Q4_K_M")["machines"][0]
    whole = estimate(model="Qwen3-4B", weights="gguf:Q4_K_M").json()
    terms = {term["name"]: term["gib"] for term in whole["terms"]}
    own = sum(size for name, size in terms.items() if name != "runtime")
    assert machine["held"][0]["ram_gib"] == pytest.approx(own, rel=0.05)


def test_the_speed_of_memory_that_was_told_stands_beside_what_it_holds() -> None:
    said = answer_to(
        "no gpu. how much ram for llama 3.3 70b q4_k_m on a ddr4-3200 dual channel desktop and how painful is it"
    )
    assert "51.2 GB/s" in said
    assert said.index("of RAM") < said.index("tokens/s")


@pytest.mark.parametrize(
    "question", ["no GPU memory left on my 3090 with a 7B, why?", "4090, ollama runs the 7b on cpu only, why?"]
)
def test_a_card_that_is_named_is_no_machine_without_one(question: str) -> None:
    assert plan(read(question))[0][0] != "recommend"


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("Minimum hardware requirements to run llama2 7B, 13B, 70B locally? GPU / RAM", "40 GB"),
        ("what GPU and how much system RAM for llama-2 7b and 70b at home?", "48 GB"),  # as files of GGUF
        ("本地跑 Llama-2 7B、13B、70B 分别需要什么显卡和多少内存?", "48 GB"),
    ],
)
def test_of_several_models_each_has_its_card_its_cache_and_its_ram(question: str, card: str) -> None:
    answer = answer_to(question)
    rows = [line for line in answer.splitlines() if line.startswith("| Llama-2-70b")]
    assert card in rows[-1], answer  # the upper end of the interval leaves a twentieth of it
    assert "320 KiB" in rows[-1]
    assert "RAM" in answer or "内存" in answer
    assert answer.count("\n|---") == 1  # one table, and none of one model alone


@pytest.mark.parametrize(
    "question",
    [
        "I have 24GB. 8B vs 14B vs 32B, what fits at 16k?",
        "Qwen3-8B, Qwen3-14B, Qwen3-32B 哪些 24G 显存能跑?",
        "Qwen3-14B vs Qwen3-32B on a single 4090: which one fits with 32k context?",
    ],
)
def test_which_of_several_fits_is_told_in_fewer_bits_too(question: str) -> None:
    first = answer_to(question).splitlines()[0]
    assert "4-bit" in first or "4 位" in first or "16-bit" in first or "16 位" in first, first


def test_what_sets_two_models_apart_stays_a_comparison() -> None:
    first = answer_to("compare memory of Llama 3.1 8B and Qwen2.5 7B on a 4090 at 32k").splitlines()[0]
    assert "less" in first


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Someone announced Foo-X 2.4T. 16 H100 80GB enough?", ("16 × 80 GB = 1.28 TB", "8 bit (FP8, INT8) does not go in (2.4T × 1 B = 2.4 TB")),
        ("听说Qwen9-Turbo 1.8T要出了，8卡H200能跑吗，顺便给个每层头数", ("1.8T × 2 B = 3.6 TB", "4 位勉强放得下", "config.json")),
        ("How much VRAM would a 2 trillion parameter model need in fp8?", ("2T × 1 B = 2 TB", "config.json")),
        ("full fine-tuning a 1.5T model on 64 H100 80GB possible?", ("1.5T × 16 B = 24 TB",)),
    ],
)  # fmt: skip
def test_a_size_beyond_every_model_is_answered_by_its_size(question: str, said: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert all(one in text for one in said), text
    assert not re.search("cannot be worked out|算不了", text)


def test_a_size_that_a_model_stands_for_has_its_shapes() -> None:
    assert "KV cache" in answer_to("671B fp8 on 8 H200?")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("No GPU, just 32GB RAM: can I run Qwen3-30B-A3B Q4 and how many tokens/s?", "**Yes, 32 GB of RAM"),
        ("没有显卡，只有 32G 内存，能跑 Qwen3-30B-A3B Q4 吗，多少 token/s", "**可以，只用 32 GB 内存"),
    ],
)
def test_who_has_no_card_is_not_asked_which_one_it_is(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("RAM needed to run a 7B on a CPU?", "of RAM**", "Q8_0 "),
        ("system memory for CPU inference of Qwen2.5-14B", "of RAM**", "bf16 28.7 GiB"),
        ("can I run llama 3 8b without a gpu, how much ram", "of RAM**", "Q8_0 8.77 GiB"),
        ("用 CPU 跑 Qwen2.5-7B 要多少内存", "约占内存", "bf16 为 14.8 GiB"),
        ("纯 CPU 推理 70B Q4 需要多大内存", "约占内存 41.3 GiB", "系统"),
        ("Qwen2.5-14B Q4_K_M or Q8_0 on CPU only, RAM?", "Q4_K_M takes about 9.47 GiB of RAM**", "(Q8_0 15.8 GiB)"),
    ],
)  # fmt: skip
def test_what_a_processor_runs_is_told_in_ram_and_on_no_card(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert opens in text.split("\n\n")[0], text
    assert says in text
    assert "a card of" not in text
    assert "CUDA" not in text


@pytest.mark.parametrize("question", [
    "How much RAM to LoRA a 7B on CPU?",  # whose step is told
    "how much memory for Qwen2.5-7B on a GPU, with the optimizer on CPU?",
    "7B on a 24GB card without a second gpu, memory?",
])  # fmt: skip
def test_a_training_or_a_card_is_no_processor_alone(question: str) -> None:
    assert "Q4_K_M takes about" not in answer_to(question)
