"""What each card was seen to hold: usage that is told card by card is no memory of the cards, and why they differ is told."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, opening

MAPPED = (
    "LoRA on Llama-3.1-8B with device_map=auto: 9 GB on GPU0 and 21 GB on GPU1, why so uneven?",
    "Qwen2.5-7B LoRA, two 3090s, device_map auto. cuda:0 uses 10GB, cuda:1 uses 20GB. How come?",
    "两张4090 device_map=auto LoRA微调Qwen2.5-7B，卡0占9G，卡1占19G，怎么差这么多",
)


@pytest.mark.parametrize("question", MAPPED)
def test_the_last_card_has_the_head_and_the_logits(question: str) -> None:
    told = opening(question)
    assert "logits" in told
    assert "max_memory" in told
    assert ("the last card alone" in told) or ("只在最后一张卡上" in told)


@pytest.mark.parametrize("question", MAPPED)
def test_amounts_of_each_card_are_no_memory_of_cards(question: str) -> None:
    facts = read(question).facts
    assert "gpu_memory_gb" not in facts
    assert not any("GB" in str(one) for one in facts.get("gpu", ()))
    assert facts["n_gpus"] == (2,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen2.5-14B device_map=auto inference, GPU0 12GB GPU1 19GB, why not even?", "every card but the last gets an even share"),
        ("两卡 device_map=auto 推理 Qwen2.5-14B，0号卡 11G，1号卡 18G，为什么不均", "剩下的都归最后一张"),
    ],
)  # fmt: skip
def test_of_a_model_that_only_runs_the_weights_are_dealt_out(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Llama-3-8B LoRA DDP on 4 GPUs: GPU 0 uses 31GB and the other three 24GB, why is GPU 0 higher?", "What only the first card has is no part of the model"),
        ("4卡DDP LoRA Llama-3-8B，卡0占31G，其他三张24G，为什么卡0高", "只有第一张卡多出来的不属于模型"),
    ],
)  # fmt: skip
def test_copies_of_which_the_first_card_holds_more(question: str, says: str) -> None:
    assert says in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "0号卡24G 1号卡16G，能跑32B量化吗",
        "card 0: 24GB, card 1: 12GB. Which split for a 32B Q4 in llama.cpp?",
        "GPU0 is a 24GB card and GPU1 an 8GB card, does a 30B Q4 fit?",
        "GPU 0 has 24GB and the other has 12GB, run Llama-3.3-70B Q3 with llama.cpp",
        "I run 2 cards: GPU0 24GB, GPU1 16GB. Why is the bigger card used more for Qwen2.5-32B Q4_K_M?",
        "GPU0有24G，GPU1有16G，为什么跑Qwen2.5-32B时GPU0用得更多",
    ],
)
def test_memory_of_the_cards_themselves_stays_theirs(question: str) -> None:
    assert "log_held_most" not in read(question).extras


@pytest.mark.parametrize(
    "question", ["--tensor-split 24,12 on GPU0 and GPU1, why does GPU0 use 20 GB and GPU1 6 GB with llama.cpp Q4 32B?"]
)
def test_a_split_that_is_set_by_hand_is_not_dealt_out(question: str) -> None:
    assert "device_map" not in opening(question)
