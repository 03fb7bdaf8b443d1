"""Which card to take is asked, and one is said to be too small; a need, and its weights are told beside it."""

import pytest

from chat.reads.grammar import read
from tests.talking import opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("which cards can run a 32B model at 8 bit? 24GB not enough I guess", "**The smallest that do: 1 card of 40 GB"),
        ("What GPU should I get for Qwen2.5-14B in bf16? A 3090 won't do, I suppose.", "**The smallest that do: 1 card of 32 GB"),
        ("Which GPU do I need to QLoRA a 70B, 24 GB isn't enough is it?", "**The smallest that do: QLoRA"),
        ("哪些显卡能跑32B 8bit？24G应该不够吧", "**最小够用的卡：1 张卡 40 GB"),
        ("跑Qwen2.5-14B bf16用什么显卡，4090估计不够", "**最小够用的卡：1 张卡 32 GB"),
        ("24G不够的话，什么卡能跑32B 8bit", "**最小够用的卡"),
    ],
)  # fmt: skip
def test_where_a_card_is_asked_one_that_is_too_small_is_no_card_of_the_case(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "Is 24GB not enough for a 32B at 8 bit?",
        "24GB is not enough for 32B at 8 bit, why?",
        "which cards can run a 32B at 8 bit, I have 24GB, not enough?",
        "Which quant of a 32B fits? My 24GB card is not enough for 8 bit",
        "24GB isn't enough for 13B LoRA at 16k context, what can I do?",
        "哪张卡能跑32B，24G不够吗",
        "24G跑不了32B int8吧？",
    ],
)
def test_a_card_that_is_owned_or_asked_about_stays(question: str) -> None:
    assert read(question).facts["gpu_memory_gb"] == (24.0,)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How much GPU memory to pretrain GPT-2 XL (1.5B) from scratch, mixed precision? The weights are only 3GB", "**gpt2-xl, pre-training: about"),
        ("How much VRAM would full fine-tuning of Llama-3.1-8B take, given the weights are only 16 GB?", "**Llama-3.1-8B-Instruct, full fine-tuning: about"),
        ("Qwen2.5-7B 权重只有15G，全参微调到底要多少显存", "**Qwen2.5-7B-Instruct · 全量微调：共约"),
        ("Why does full fine-tuning of Llama-3.1-8B take so much? Weights are only 16GB", "**16 GB is 8.03B"),
        ("Why more than 16GB for Llama-3.1-8B, how much does it need in training? weights are only 16GB", "**16 GB is 8.03B"),
        ("全参微调Llama-3.1-8B要多少显存，为什么比权重16GB多这么多", "**16 GB 就是 8.03B"),
    ],
)  # fmt: skip
def test_a_need_that_is_asked_comes_before_what_its_weights_are(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("my 3060 is too small for Qwen2.5-32B in Q4_K_M, which card instead?", "**The smallest that do: 1 card of 24 GB"),
        ("My 4070 can't hold Mistral-Small-24B in Q4, what should I upgrade to?", "**The smallest that do"),
        ("我的4060 8G放不下Qwen3-14B Q4_K_M，该换什么显卡", "**最小够用的卡"),
        ("3060 12G 训不动7B LoRA，升级到哪张卡", "**最小够用的卡：LoRA：1 张卡 24 GB"),
    ],
)  # fmt: skip
def test_of_an_owned_card_that_is_to_be_replaced_the_other_is_asked(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("My 3060 can't run Qwen2.5-32B, what can I do?", "RTX 3060"),
        ("我的3060跑不动Qwen2.5-32B，怎么办", "RTX 3060"),
        ("Is a 3060 too small for Qwen2.5-14B in Q4?", "RTX 3060"),
        ("3060跑不动Qwen2.5-14B int8，换成什么量化能放下？", "RTX 3060"),
        ("3060 12G 放不下Qwen2.5-14B，换哪个小点的模型", "RTX 3060"),
    ],
)
def test_without_a_wish_for_another_the_owned_card_is_the_case(question: str, card: str) -> None:
    assert read(question).facts["gpu"] == (card,)
