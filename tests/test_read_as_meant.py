"""Questions whose answers were there and whose words were not read: a save under ZeRO of untold cards, a formula in letters,
how many at once where the length is told."""

import pytest

from tests.talking import opening


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("zero3全参训72B，训练没事，一保存就OOM，stage3_gather_16bit_weights_on_model_save要关吗", "zero_to_fp32.py"),
        ("ZeRO-3 full fine-tuning of a 32B runs fine but OOMs whenever it saves the model. Turn off the 16bit gather?", "zero_to_fp32.py"),
    ],
)  # fmt: skip
def test_a_save_gathers_whatever_the_cards_are(question: str, says: str) -> None:
    told = opening(question)
    assert says in told
    assert "÷ 1" not in told


@pytest.mark.parametrize(
    "question",
    [
        "激活显存34bsh+5as²b这个公式怎么来的，开了flash attention和重计算还剩多少",
        "where does 34sbh + 5as^2b for activations come from?",
        "activation memory 34bsh + 5abs²: what are the terms?",
    ],
)
def test_the_formula_of_activations_in_letters_is_derived(question: str) -> None:
    assert "34·s·b·h" in opening(question)


@pytest.mark.parametrize(
    "question",
    [
        "单张A10 24G，vllm跑Qwen3-8B bf16，4k上下文最多多少并发",
        "A10 vllm 部署 Qwen3-8B，上下文4k，最多几个并发",
    ],
)
def test_how_many_at_once_is_no_length(question: str) -> None:
    assert "条 4,096 token 的序列" in opening(question)
