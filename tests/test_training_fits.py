"""Whether a training fits: what decides at the edge, what is refused, how many cards, how large a model."""

from functools import cache

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from kb import estimate


@cache
def told(question: str) -> str:
    return Assistant().ask(question).text


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA of Qwen-7B on two 4090s?", "Batch and length decide (a copy per card): one more sequence costs "),
        ("两张4090能lora微调Qwen-7B吗", "批大小与长度决定余量（每卡一份完整副本）：每多一条序列 "),
        ("full finetune of llama-7b on 4 A100 40G?", "Batch and length (sharded (ZeRO-3/FSDP)): up to about "),
        ("4张A100 40G能全参微调llama-7b吗", "以内不增加峰值"),
    ],
)  # fmt: skip
def test_where_cases_are_tabled_what_decides_is_told_with_its_price(question: str, says: str) -> None:
    assert says in told(question)


@pytest.mark.parametrize("question", ["llama-3-8b in fp16 on two 4090s, does it fit?", "llama-3-8b 两张4090能推理吗"])
def test_of_what_is_served_no_batch_of_a_training_decides(question: str) -> None:
    assert "Batch and length decide" not in told(question)
    assert "批大小与长度" not in told(question)


def test_tokens_that_cost_nothing_leave_the_peak_where_it_is() -> None:
    facts = {"model": "llama-7b", "method": "full", "zero_stage": 3, "n_gpus": 4, "gpu": "A100", "gpu_memory_gb": 40}
    free = estimate(**facts).json(derivation=False)["turning"]["free_tokens"]
    peaks = [estimate(**facts, seq_len=length).outcomes[0].best for length in (2048, free, free + 512)]
    assert peaks[0] == peaks[1] < peaks[2]


@pytest.mark.parametrize(
    ("question", "each", "refused"),
    [
        ("4x3090, full finetune mistral 7b, zero3 but no offload. does it fit?", "; alone: 8-bit AdamW ", "Offload is ruled out here; with it "),
        ("4张3090全参微调mistral 7b,zero3,不要offload,放得下吗", "；单独用：8 位 AdamW ", "您排除了 offload；"),
    ],
)  # fmt: skip
def test_offload_that_is_refused_is_no_way_out_but_told(question: str, each: str, refused: str) -> None:
    ways = told(question).partition("What would make it fit" if question.isascii() else "怎样才放得下")[2]
    assert each in ways
    assert refused in ways
    assert "- optimizer in host memory" not in ways
    assert "- 优化器放在内存" not in ways


def test_what_is_not_refused_is_offered_and_not_told_twice() -> None:
    ways = told("4x3090, full finetune mistral 7b with zero3. does it fit?")
    assert "- optimizer in host memory" in ways
    assert "ruled out" not in ways


@pytest.mark.parametrize(
    "question",
    [
        "64GB or 96GB card to LoRA a 32B model?",
        "should I get a 64 GB or a 96 GB card to LoRA a 32B model?",
        "LoRA微调32B买64G的还是96G的卡?",
        "32B lora，64G卡还是96G卡",
    ],
)
def test_of_two_sizes_of_a_card_one_is_chosen(question: str) -> None:
    said = told(question)
    decided = "fits on a 96 GB card" if question.isascii() else "96 GB 显卡放得下"
    assert decided in said.split("\n\n")[0]
    assert said.count("(64.0 GiB)") + said.count("（64.0 GiB）") == 1  # each stands in the table once


@pytest.mark.parametrize(
    "question",
    [
        "7B full finetune on 8x 4090, offload is not an option",
        "13B full finetune, 4xA100 40G, without any cpu offloading",
        "4张3090全参微调7B,不要offload",
        "4张3090全参微调7B,别用卸载",
    ],
)
def test_offload_is_read_as_refused(question: str) -> None:
    assert read(question).facts["offload"] == ("none",)


def test_what_each_stage_leaves_is_told_once() -> None:
    said = told("4x3090, full finetune mistral 7b with zero3. does it fit?")
    assert said.count("ZeRO-1") == 1
    assert "ZeRO-3 or FSDP 16/4 B" in said
