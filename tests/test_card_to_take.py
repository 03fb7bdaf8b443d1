"""Of two cards, the one that alone holds the model comes before the faster one."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("4090 vs A6000 for a 70B", "**Take RTX A6000 (36.6 GiB of 48.0 GiB): the only one that holds it in 4 bit.**"),
        ("4090还是A6000，跑70B", "**选 RTX A6000"),
        ("A100 80G or H100 80G for a 405B in int4?", "**Neither holds it by itself"),
        ("A100 80G vs H100 for Qwen2.5-14B", "For generating take H100 80 GB"),
    ],
)  # fmt: skip
def test_of_two_cards_the_one_that_holds_it_comes_before_the_faster_one(question: str, opens: str) -> None:
    assert opens in opening(question)


def test_a_word_more_of_an_unknown_card_stands_before_its_memory() -> None:
    text = answer_to("Atlas 300V Max 96G 单卡能跑 Llama-3.3-70B 吗")
    assert "表里没有“Atlas 300V Max”这款显卡：下面只按您说的 96 GB 显存计算" in text


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("H20 141G和A100 80G跑满血deepseek-r1选哪个", "**单张都放不下：A100 80 GB 要 16 张（"),
        ("4090和3090跑llama3.3-70b哪个合适", "**单张都放不下（4 位）：RTX 3090 要 2 张（"),
        ("昇腾910B还是H20跑qwen3-235b好", "**单张都放不下（4 位）：H20 96 GB 要 2 张（"),
        (
            "should I buy RTX 5090 or L40S cards for GLM-4.5-Air inference?",
            "**Neither holds it by itself in 4 bit: 2 × ",
        ),
    ],
)
def test_of_cards_that_hold_it_together_the_numbers_and_the_room_are_told(question: str, opens: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(opens), answer[:400]
    assert "留给更多缓存" in answer or "left for more cache" in answer
    assert "Distill" not in answer


def test_a_card_of_no_known_bandwidth_is_in_no_race() -> None:
    answer = answer_to("昇腾910B还是A100 80G跑qwen2.5-72b好")
    assert "不比速度" in answer
    assert "速度是" not in answer


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("文档说qwen2.5-72b int4一张80G就行,int8要两张80G,怎么算出来的", ("INT4 共", "÷ 1 张 = 每张 37.3 GiB", "÷ 2 张 = 每张 35.0 GiB")),
        ("glm-4.5-air bf16要4张A100 80G,fp8两张就行,这怎么得来的", ("bf16 共", "÷ 4 张 = 每张", "÷ 2 张 = 每张")),
        ("The readme says 1 A100 80GB for Llama-70B in int4 and 2 cards in int8, how do they get there?", ("INT4: ", "over 1 is", "over 2 is")),
    ],
)  # fmt: skip
def test_stated_numbers_of_cards_are_worked_out_by_format(question: str, said: tuple[str, ...]) -> None:
    answer = answer_to(question)
    assert all(one in answer for one in said), answer[:600]
    assert answer.startswith(("**每张卡要放的是", "**What a card holds is"))


@pytest.mark.parametrize(
    "question",
    [
        "T4跑qwen3-4b报错 Bfloat16 is only supported on GPUs with compute capability of at least 8.0",
        "vLLM on a 2080 Ti with Mistral-7B AWQ: ValueError: Bfloat16 is only supported on GPUs with compute capability of at least 8.0. Your GPU has compute capability 7.5.",
    ],
)  # fmt: skip
def test_a_card_without_bf16_is_no_shortage_of_memory(question: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(("**这不是显存不足", "**This is no shortage of memory"))
    assert "--dtype half" in answer


@pytest.mark.parametrize(
    ("text", "fact", "value"),
    [
        ("deepseek-v3 双机16卡H800 sglang", "model", ("deepseek-ai/DeepSeek-V3",)),
        ("qwen3-4b全参 4卡3090 ds_z3 能跑吗", "gpu", ("RTX 3090",)),
        ("two 4090s for qwen3-8b", "gpu", ("RTX 4090",)),
        ("4090 d 跑 qwen3-8b", "gpu", ("RTX 4090 D",)),
    ],
)
def test_what_follows_a_name_is_no_part_of_it(text: str, fact: str, value: tuple[str, ...]) -> None:
    assert read(text).facts[fact] == value
