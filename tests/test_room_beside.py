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


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral Large 2407 123B on 3x 3090 in llama.cpp, 16k context. Q4_K_M or do I have to go down to Q3?", "Between them lies IQ4_XS: 23.7 GiB per card, most likely fits. A cache in q8_0 (-fa on) takes 0.88 GiB less."),
        ("Qwen2.5-32B 一张 3090 24G 用 llama.cpp 开 8k,Q6_K 放得下吗,还是得 Q4_K_M", "两者之间还有 Q5_K_S：23.7 GiB，多半放得下。"),
    ],
)  # fmt: skip
def test_the_file_between_two_is_told_where_the_wider_does_not_fit(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-7B on a 24GB 3090 with llama.cpp at 8k: Q6_K or Q4_K_M?",  # either fits
        "Llama-3.3-70B 两张24G的3090,llama.cpp,16k 上下文,Q5_K_M 放得下吗还是只能 Q3_K_M",  # the usual one is told by itself
    ],
)
def test_no_file_between_is_told_where_none_is_needed(question: str) -> None:
    told = answer_to(question)
    assert "Between them lies" not in told
    assert "两者之间还有" not in told


def test_what_is_taken_is_no_safer_choice_than_itself() -> None:
    assert "is the safe choice" not in opening("Qwen2.5-32B on a 24GB 3090 with llama.cpp at 8k: Q6_K or Q4_K_M?")


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("How many H100 80GB for full fine-tuning of Mistral-Small-24B, seq 4096? And for LoRA?", "4-bit QLoRA 1 card (23.1 GiB each, one of 32 GB would do)"),
        ("全参 Qwen2.5-14B 要几张 A100 80G?", "4 位 QLoRA 1 张卡（每张 15.6 GiB，一张 24 GB 的也够）"),
    ],
)  # fmt: skip
def test_of_a_way_that_takes_one_large_card_the_smaller_that_holds_it_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)
