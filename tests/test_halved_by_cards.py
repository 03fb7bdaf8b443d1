"""Whether twice the cards leave each of them half of a training: what the stage divides, what it keeps whole, what is a card's own."""

import pytest

from chat.reads.cards.counts_raised import COUNTS_RAISED
from chat.reads.grammar import read
from tests.talking import narrow_opening


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Full fine-tuning Qwen3-14B with ZeRO-2 on 8x A100 80GB. Does going to 16 cards halve the memory per card?", ("No, not half: with ZeRO-2 it is 61.5 GiB per card on 8 cards and 45.8 GiB on 16", "2 + 14/N B a parameter on each card, 55.4 GB (51.6 GiB) → 42.5 GB", "29.5 GB (27.5 GiB) → 14.8 GB (13.8 GiB) of states")),
        ("ZeRO-1, Llama-3.1-8B full fine-tune: if I double the GPUs from 4 to 8, does each one need half?", ("No, not half: with ZeRO-1", "4 + 12/N", "16-bit weights and gradients stay whole")),
        ("Qwen2.5-7B ZeRO-3全参,4卡换成8卡,每卡显存能减半吗", ("不能,省不到一半", "状态确实按卡数减少", "加卡不减")),
        ("QLoRA 70B DDP 2卡加到4卡,每卡能省一半吗", ("不能,一点也不省", "冻结的权重每张卡都放整份")),
        ("Mistral-7B full with ZeRO-2: from 8 to 16 GPUs saved only 6GB per card, I expected half. Normal?", ("Yes, 6 GB less per card is normal, and half is not", "27.2 GB (25.3 GiB) → 20.8 GB", "14.5 GB (13.5 GiB) → 7.24 GB")),
        ("qwen2.5-3b全参zero3,4卡加到8卡,每卡显存只降了6G左右,不是应该减半吗", ("正常:每卡少 6 GB 大致就是加卡能省的", "状态确实按卡数减少")),
        ("Llama-3.1-8B full fine-tuning with ZeRO-3: going from 4 to 8 A100s only dropped 4 GB per GPU, shouldn't it halve?", ("Half is not to be expected, but more than 4 GB",)),
        ("8B全参zero2,4卡换到8卡每张省了40G,为什么比减半还多", ("省 40 GB 比加卡能省的还多",)),
        ("From 4 to 8 A100 80G, ZeRO-2 full fine-tune of Llama-3.1-8B: memory per GPU fell only about 14GB, not to half. Wrong config?", ("Yes, 14 GB less per card is normal", "ZeRO-3 or FSDP divides all")),
        ("Qwen3-8B full with ZeRO-2, going from 8 to 16 H100s: each GPU went down by merely 7 GB. Is something misconfigured?", ("Yes, 7 GB less per card is normal",)),
        ("Mistral-7B全参ZeRO-3从8卡加到16卡每卡才少了大概5G,配置有问题吗", ("本来就不会减半,但应该不止省 5 GB",)),
        ("If I double the cards with ZeRO-2, do I save half per card? Qwen2.5-32B full", ("it is for example 133.4 GiB per card on 8 cards",)),
    ],
)  # fmt: skip
def test_whether_it_halves_is_told_first(question: str, said: tuple[str, ...]) -> None:
    first = narrow_opening(question)
    assert all(one in first for one in said), first


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("increase the number of GPUs from 4 to 8", (4, 8)),
        ("from 8 GPUs to 16 with ZeRO-2, is the memory per card halved?", (8, 16)),
        ("卡数从8加到16,每卡显存减半吗", (8, 16)),
        ("ZeRO-3 Llama-3.1-8B: 8 → 16 GPUs, will each GPU use half the memory?", (8, 16)),
    ],
)
def test_a_count_that_is_raised_is_two_counts(question: str, counts: tuple[int, ...]) -> None:
    assert read(question).facts["n_gpus"] == counts


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-14B full fine-tuning with ZeRO-2 on 8 or 16 A100s: how much per card?",
        "Does half precision halve the memory per card of a 14B on 8 cards?",
        "zero2 全参14B,8卡,batch减半每卡能省多少",
        "Llama-3.1-70B on 4 GPUs from 24 to 48 GB each: half the cards?",
        "from 4 to 8 A100s, ZeRO-2 full fine-tune of Mistral-7B: each GPU shows 31 GB. Is that right?",
        "Mistral-7B ZeRO-3全参从8卡加到16卡,每卡还要14G吗",
    ],
)
def test_other_halves_are_none_of_the_cards(question: str) -> None:
    assert COUNTS_RAISED not in read(question).extras


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-7B 全参 ZeRO-3,8 卡每卡 40GB,16 卡每卡 33GB,为什么没减半",
        "ZeRO-3 Qwen2.5-7B full: 8 GPUs took 40 GB each and 16 GPUs 33 GB each. Why is the memory per card not halved?",
    ],
)
def test_readings_that_were_taken_are_explained_as_such(question: str) -> None:
    assert "No, not half" not in narrow_opening(question)
    assert "不能,省不到一半" not in narrow_opening(question)
