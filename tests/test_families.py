"""Which member of a family a machine runs, which file of a model, and an amount that a server is to keep to."""

import pytest

from chat.agent import Assistant
from chat.plans.families import members_asked
from chat.reads.grammar import read


def answer(question: str) -> str:
    return Assistant().ask(question).text


@pytest.mark.parametrize(
    ("question", "largest"),
    [
        ("3070 8g能跑deepseek哪个版本", "DeepSeek-R1-Distill-Llama-8B Q4_K_M"),
        ("which deepseek should a 3090 24GB run", "DeepSeek-R1-Distill-Qwen-32B Q4_K_M"),
        ("7800xt 16g deepseek r1跑几b的合适", "DeepSeek-R1-Distill-Qwen-14B Q4_K_M"),
        ("8张H200跑deepseek用哪个版本", "DeepSeek-R1 FP8"),
        ("4070s 12g qwen3选哪个大小", "Qwen3-14B Q4_K_M"),
    ],
)
def test_of_a_family_the_largest_that_the_cards_hold(question: str, largest: str) -> None:
    told = answer(question)
    assert largest in told.split("\n")[0]
    assert "好几个模型" not in told


def test_without_a_card_each_member_that_memory_holds_is_told() -> None:
    told = answer("no gpu, 32GB of RAM, which deepseek distill should I take")
    assert all(f"DeepSeek-R1-Distill-{one}" in told for one in ("Qwen-14B", "Llama-8B"))


@pytest.mark.parametrize(
    "question",
    [
        "4090跑deepseek r1 8b和14b选哪个",
        "3090能跑deepseek吗",
        "which card for deepseek r1?",
        "3090 lora微调deepseek选哪个",
    ],
)
def test_what_asks_for_no_member(question: str) -> None:
    assert not members_asked(read(question))


@pytest.mark.parametrize(
    ("question", "largest"),
    [
        ("qwen3 14b 4070 12g 量化选哪个", "Qwen3-14B Q5_K_M"),
        ("4080 16g跑gemma3 12b 用哪个量化等级", "gemma-3-12b-it Q8_0"),
    ],
)
def test_which_file_of_a_model(question: str, largest: str) -> None:
    assert largest in answer(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "target"),
    [
        ("vllm跑qwen3 8b 只想让它用18G,4090", 18.0),
        ("make sglang use at most 12 GB for qwen3-4b on a 3090", 12.0),
        ("我只想用一张24G的卡跑32b", None),
        ("I want to use only the 64 GB of system RAM", None),
    ],
)
def test_an_amount_that_a_server_is_to_keep_to(question: str, target: float | None) -> None:
    told = read(question).extras.get("log_target", ())
    assert [float(one) for one in told] == ([target] if target else [])
