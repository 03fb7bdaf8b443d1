"""What embedding and head add that are trained whole beside adapters, and what a larger vocabulary adds."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("LoRA on Llama-3.1-8B, does adding lm_head to modules_to_save cost much?", "they add 6.68 GiB at the peak"),
        ("Qwen2.5-7B LoRA, how much more memory if I also train embed_tokens?", "545M parameters × 12 B"),
        ("LoRA r=16 Llama-3.1-8B modules_to_save=lm_head 显存增加多少", "峰值多 6.68 GiB（19.9 GiB → 26.6 GiB）"),
    ],
)
def test_what_is_trained_whole_beside_adapters_opens_with_what_it_adds(question: str, said: str) -> None:
    assert said in answer_to(question).split("\n\n")[0]


def test_without_that_question_the_need_opens() -> None:
    asked = "How much memory does LoRA of Llama-3.1-8B with modules_to_save=lm_head need?"
    assert answer_to(asked).startswith("**Llama-3.1-8B-Instruct, LoRA: about 26.6 GiB in all**")


@pytest.mark.parametrize(
    "question",
    [
        "How much more does a 152k vocab cost than 32k in training, 7B, 2k tokens, batch 4?",
        "7B 训练，15.2万的词表比3.2万多占多少显存，长度2048 batch 4",
    ],
)
def test_what_a_larger_vocabulary_costs_is_no_price(question: str) -> None:
    assert read(question).extras["vocabularies"] == (32000.0, 152000.0)
    first = answer_to(question).split("\n\n")[0]
    assert "4.98 GB (4.64 GiB)" in first.replace("（", " (").replace("）", ")")


def test_the_price_of_a_training_is_still_asked() -> None:
    assert read("how much does it cost to train a 7B on 1T tokens with H100s?").intents[0] == "training_time"
