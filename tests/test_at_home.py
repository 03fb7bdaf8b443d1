"""What runs at home: memory told beside a card, old cards that no server runs on, and speed asked together with what fits."""

import pytest

from chat.agent import Assistant
from chat.plans.plan import plan
from chat.reads.grammar import read


def answer(question: str) -> str:
    return Assistant().ask(question).text


@pytest.mark.parametrize(
    ("question", "ram"),
    [
        ("96GB of DDR5 and a 3060 12GB, llama.cpp: gpt-oss-120b?", 96),
        ("my box is 64gb dual channel ddr4 with a 3080 10GB", 64),
        ("128G DDR5,显卡4060 Ti 16G,能跑GLM-4.5-Air吗", 128),
        ("DDR5-6000 64GB, RTX 4070 12GB: Qwen3-30B-A3B Q4?", 64),
    ],
)
def test_the_memory_of_a_card_is_no_ram_behind_ddr(question: str, ram: float) -> None:
    assert read(question).facts["host_memory_gb"] == (ram,)


@pytest.mark.parametrize(
    "question",
    ["gpt-oss-120b on a pair of MI50 32GB?", "两张MI50 32G能跑Qwen3-32B吗", "does Qwen3-32B run on 2x P40"],
)
def test_what_no_server_runs_on_runs_files(question: str) -> None:
    assert next(args for name, args in plan(read(question)) if name == "estimate_memory")["engine"] == "llama.cpp"


def test_a_format_that_is_told_leaves_the_program_open() -> None:
    assert "engine" not in dict(plan(read("chatglm3-6b int8 on a GTX 1080 8GB, can it run?")))["estimate_memory"]


def test_an_old_card_is_told_what_it_lacks() -> None:
    assert "gfx906" in answer("largest model for two MI50 32GB")


def test_the_model_beside_the_largest_is_of_the_same_program() -> None:
    told = answer("biggest model on two 7900 XTX, and does a 70B go on them?")
    assert "70B, inference, Q4_K_M, 2 cards, Radeon RX 7900 XTX: fits" in told


@pytest.mark.parametrize(
    ("question", "held"),
    [
        ("tokens per second of Mistral Small 24B Q4_K_M on a 16GB 4060 Ti", "Memory taken: 14.7 of 16.0 GiB."),
        ("4060 Ti 16G跑Mistral Small 24B Q4_K_M每秒多少token", "显存占用：14.7 GiB / 16.0 GiB。"),
        ("70B Q4: how fast on 2x 3090, M1 Ultra 64GB?", "Apple M1 Ultra 64 GB 39.8 of 48.0 GiB"),
    ],
)
def test_a_speed_says_what_is_taken_of_the_card(question: str, held: str) -> None:
    assert held in answer(question)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-32B Q4_K_M on a 3090: how much context do I get, and how fast is it?",
        "llama 3.1 8b q8 on a 3060 12gb, t/s and max context?",
        "3090跑Qwen3-14B Q8,速度多少,上下文最长能开多少",
    ],
)
def test_the_longest_context_is_told_beside_the_speed(question: str) -> None:
    assert {"solve_for", "generation_speed"} <= {name for name, _ in plan(read(question))}


def test_a_rate_that_no_table_has_is_left_out() -> None:
    assert " 0 TFLOP" not in answer("Strix Halo or a 3090 for 14B Q4, which is faster?")


@pytest.mark.parametrize(
    "question",
    [
        "Does flash attention reduce vram in llama.cpp, on a P40?",
        "on a 6800 XT, llama-server: does -fa save memory?",
        "ollama 3060上开flash attention能省显存吗",
    ],
)
def test_what_a_setting_saves_is_no_question_of_what_a_card_runs(question: str) -> None:
    told = answer(question)
    assert told.startswith(("**It saves", "**省"))
    assert "× 512 ×" in told  # the scores of one step, not of the whole length squared


@pytest.mark.parametrize(
    ("question", "of_the_cache"),
    [
        ("will a q8_0 KV cache hurt quality? 3090", True),
        ("KV缓存用q4_0,质量会下降吗", True),
        ("does Q4_K_M lose much quality on a 3060?", False),
        ("量化到4位精度损失大吗", False),
    ],
)
def test_what_a_cache_of_few_bits_costs_is_not_what_weights_do(question: str, of_the_cache: bool) -> None:
    told = answer(question)
    assert ("A cache in 8 bits" in told or "8 位缓存" in told) is of_the_cache


def test_scores_are_held_against_what_a_mac_lets_a_program_have() -> None:
    told = answer("M2 Max 64GB, ollama llama3.3:70b-q4_K_M, num_ctx 32768: ollama ps says 15%/85% CPU/GPU, why?")
    assert "against 48.0 GiB" in told
