"""What is told beside a verdict of cards or formats that are only asked about: the room of a pool, FP8 units, fewer bits."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How much VRAM for Command R+ (104B) in vLLM with the full 128k context? Would 4x A100 80GB do in fp16?", "235.5 GiB over all cards. What is left for the cache holds 2 such sequences at once."),
        ("Llama-3.3-70B 用 vLLM 开 128k 要多少显存？用 4 张 A100 80G、bf16 行吗？", "留给缓存的显存够 3 条这样的序列同时跑。"),
    ],
)  # fmt: skip
def test_of_cards_that_are_asked_about_behind_it_the_room_for_sequences_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_beside_a_card_that_was_told_the_room_of_another_is_not() -> None:
    told = answer_to("Qwen3-14B in fp8 with vLLM on a 4090, 16k of context: ok? Would one L4 do?")
    assert "What is left for the cache holds" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("gemma-2-27b-it bf16 on one L40S 48GB with vLLM, should that load or do I need fp8?", "FP8 weights stay at 1 B each and are computed as they are. In 4 bits (AWQ, GPTQ) they are 15.9 GB (14.8 GiB)."),
        ("Qwen3-32B bf16 单卡 L40S 放得下吗，还是得上 fp8", "这张卡有 FP8 单元：FP8 权重每个 1 字节，直接按 FP8 计算。4 位（AWQ、GPTQ）则是 19.3 GB（18.0 GiB）。"),
    ],
)  # fmt: skip
def test_units_of_the_card_and_fewer_bits_are_told_beside_a_choice(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_where_16_bit_fit_no_fewer_bits_are_offered_beside_the_choice() -> None:
    told = answer_to("Qwen2.5-32B bf16 on one H100 80GB with vLLM: does it load or must I go fp8?")
    assert "This card has FP8 units" in told
    assert "In 4 bits (AWQ, GPTQ) they are" not in told


def test_the_longest_that_fits_goes_as_far_as_the_model() -> None:
    question = "gemma-2-27b-it bf16 on one L40S 48GB with vLLM, should that load or do I need fp8?"
    assert "FP8 fits (30.2 GiB, up to about 8,192 tokens)" in opening(question)
