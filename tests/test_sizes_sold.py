"""A card that is named with a memory in which it is not sold: that is said, and so much is counted as was told."""

import pytest

from chat.agent import Assistant
from chat.plans.allotted import size_not_sold
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says", "counts"),
    [
        ("can 4x H100 40GB run Llama-3.3-70B in fp8 with vLLM?", "No H100 of 40 GB is in the tables, please check", "limited to 40 GB"),
        ("QLoRA on a 13B with an RTX 3090 16GB, does it go?", "No RTX 3090 of 16 GB is in the tables", "limited to 16 GB"),
        ("RTX 4080 只有 12GB，能跑 Qwen2.5-14B 4bit 吗？", "表里没有 12 GB 的 RTX 4080，请核对", "限用 12 GB"),
        ("is an RTX 3090 16GB used for QLoRA on a 13B enough?", "No RTX 3090 of 16 GB is in the tables", "limited to 16 GB"),
        ("8张H100 40G跑Qwen2.5-72B bf16够吗", "表里没有 40 GB 的 H100，请核对", "限用 40 GB"),
        ("L40S 24G 单卡能微调 Qwen3-8B LoRA 吗", "表里没有 24 GB 的 L40S，请核对", "限用 24 GB"),
        ("4张H100 40G，模型切分到4张卡，跑Qwen2.5-72B fp8够吗", "表里没有 40 GB 的 H100，请核对", "限用 40 GB"),
        ("Llama-3.3-70B fp8 partitioned over 4x H100 40GB, enough?", "No H100 of 40 GB is in the tables", "limited to 40 GB"),
    ],
)  # fmt: skip
def test_it_is_said_and_counted(question: str, says: str, counts: str) -> None:
    told = Assistant().ask(question)
    assert told.text.startswith(says), told.text
    assert counts in told.text
    assert not told.notices


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-14B on a 4090 24GB",
        "Qwen3-14B on a T4 15GB",
        "Qwen3-32B int8 on a RTX 4090 48GB",  # its chips replaced
        "Qwen3-14B on an A10 22.5GB",
        "A100 40G 或者 80G 跑 Qwen3-32B",
        "Qwen3-8B on an M4 Max 64GB",
        "8x H200, DeepSeek-V3 FP8: 40 GB per card left, how many tokens of cache?",
    ],
)
def test_what_a_card_has_is_not_questioned(question: str) -> None:
    assert size_not_sold(read(question)) is None


@pytest.mark.parametrize(
    ("question", "counts"),
    [
        ("RTX 3090 with 16 GB in use by another job, does Llama-3-8B in int8 fit?", "limited to 8 GB"),
        ("RTX 3090 16GB 已被占用，Llama-3-8B int8 放得下吗？", "限用 8 GB"),
        ("4090 with 10GB left, does Llama-3-8B int4 fit?", "limited to 10 GB"),
    ],
)
def test_what_is_in_use_or_free_of_a_card_is_not_its_size(question: str, counts: str) -> None:
    answer = answer_to(question)
    assert "in the tables" not in answer
    assert "表里没有" not in answer
    assert counts in answer, answer


@pytest.mark.parametrize("question", ["L20 24G 的 vGPU，vllm 跑 Qwen3-14B 够吗", "L20 24G 切出来的，vllm 跑 Qwen3-14B 够吗", "L20 24G 虚拟显卡，vllm 跑 Qwen3-14B 够吗"])  # fmt: skip
def test_a_slice_that_is_told_needs_no_check(question: str) -> None:
    answer = answer_to(question)
    assert "请核对" not in answer
    assert "限用 24 GB" in answer


def test_two_bits_of_any_kind_are_two_bits() -> None:
    assert read("Qwen3-32B fp2 on a 4090?").facts["bits"] == (2,)


def test_the_last_card_has_its_layer_where_shares_of_layers_add_up() -> None:
    answer = answer_to("8x 40GB A100, a 1.2T model in 2-bit, 8k")
    assert "cannot be worked out" not in answer
    assert "does not fit" in answer
