"""Counts behind a card's name, sizes behind a comma, and a length behind another."""

from typing import Any

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "count"),
    [
        ("两台 A100 80G*8, 405B fp8", 16),
        ("三台 4090*4 跑 70B", 12),
        ("一台A800是80G*2,72B 全参要几台", 2),
        ("2 machines of RTX 4090 x 4 for a 70B", 8),
        ("We have nodes of 8, each card is an H20 96GB. A 671B in fp8, one node enough?", 8),
        ("two nodes of 8, A100 80GB, 405B fp8?", 16),
        ("a node of A100 80GB x 8 for 70B", 8),
    ],
)
def test_cards_of_a_machine_are_counted_behind_their_name(question: str, count: int) -> None:
    facts = read(question).facts
    assert facts["n_gpus"] == (count,)
    assert len(facts["params"]) == 1


@pytest.mark.parametrize(
    ("question", "facts"),
    [
        ("8xH100,405B fp8 放得下吗", {"params": (405e9,), "n_gpus": (8,)}),
        ("4090,235B in 2 bit?", {"params": (235e9,)}),
        ("L40,800 tokens, 7B", {"seq_len": (800,), "params": (7e9,)}),
        ("7B on an A100 80GB, batch 1,024", {"batch_size": (1024,)}),
        ("8B lora at 131,072 tokens", {"seq_len": (131072,)}),
    ],
)
def test_a_comma_behind_a_name_parts_no_thousands(question: str, facts: dict[str, tuple[Any, ...]]) -> None:
    assert {name: read(question).facts.get(name) for name in facts} == facts


@pytest.mark.parametrize(
    ("question", "lengths"),
    [
        ("Qwen3-14B on an L40S: 32k does not fit. 20000?", (32768, 20000)),
        ("Qwen3-14B 在 L40S 上 32k 放不下,24k 呢?20000行不行", (32768, 24576, 20000)),
        ("A100 at 32k is out of memory, 3090 then?", (32768,)),
        ("7B lora seq 2048,10000 samples, 3 epochs, how long?", (2048,)),
    ],
)
def test_a_bare_number_after_a_length_is_another(question: str, lengths: tuple[int, ...]) -> None:
    assert read(question).facts["seq_len"] == lengths


def test_the_length_that_is_asked_about_is_answered() -> None:
    said = answer_to("Qwen3-14B bf16 on an L40S: 32k does not fit. 20000?")
    assert "20,000 tokens" in said.split("\n")[0]
    assert "not understood" not in said


@pytest.mark.parametrize(
    ("question", "offload"),
    [
        ("想全参微调13B,8张4090,zero3,offload不太想开", "none"),
        ("13B全参zero3,8张3090,不太想用offload", "none"),
        ("13B full fine-tuning with ZeRO-3 on 8x3090, offload I'd like to avoid", "none"),
        ("13B全参zero3 8张3090,offload想开", "params"),
    ],
)
def test_an_offload_that_is_not_wished_for_is_none(question: str, offload: str) -> None:
    assert read(question).facts["offload"] == (offload,)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("想自己从头预训练一个3B模型，4090要几张？8张DDP一上来就炸显存", ("**5 张卡，全部切分（ZeRO-3/FSDP）**", "4 张时每张 21.0 GiB，没有余量", "普通数据并行（DDP）时再多的卡也不够", "4 张卡时 ZeRO-2 每卡 17.7 GB（16.5 GiB），ZeRO-3/FSDP 每卡 12.9 GB")),
        ("How many 4090s to pretrain a 3B model from scratch? 8 with DDP run out of memory at once", ("**5 cards, all of it divided (ZeRO-3/FSDP)**", "with 8 it is 13.8 GiB", "With plain data parallel (DDP) no number of cards is enough: each holds a whole copy", "With 4 cards it is 17.7 GB")),
        ("How many A100 40GB do I need to fully fine-tune Llama-3.1-8B with DDP?", ("**6 cards, all of it divided", "which takes 123.9 GiB of 40.0 GiB")),
        ("全参微调7B要几张 A100 40G？4张DDP直接OOM", ("**5 张卡，全部切分", "再多的卡也不够")),
    ],
)  # fmt: skip
def test_where_a_copy_on_each_is_too_much_the_cards_that_share_it_are_told_first(
    question: str, says: tuple[str, ...]
) -> None:
    text = answer_to(question)
    assert text.startswith(says[0])
    assert all(one in text for one in says)


def test_what_no_stage_divides_is_no_matter_of_copies() -> None:
    text = answer_to("how many A100 40GB for LoRA of Llama-3.1-8B at 32k tokens?")
    assert text.startswith("**No number of cards is enough: what every card holds by itself")
