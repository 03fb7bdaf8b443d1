"""Adapters beside a server are counted on top of the model; those that are still to be trained are no matter of serving."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("vllm serve llama-3.1-8b --enable-lora --max-loras 16 --max-lora-rank 64 on a 4090", r"16 of them 5\.00 GiB.*only just"),
        ("serve Qwen2.5-7B with 20 different LoRA adapters (rank 16) in vLLM on one L4, fits?", r"20 of them 1\.50 GiB.*it fits"),
        ("vLLM多LoRA部署:Qwen2.5-14B 挂8个 rank 32 的 LoRA,一张 A100 40G 够吗?", r"8 个共 2\.05 GiB.*放得下"),
        ("Can I serve my finetuned LoRA on Mistral 7B on a 16GB T4?", r"rank 16 \(assumed\).*does not fit"),
        ("LoRA微调好的Qwen2.5-7B部署到4090要多少显存?", r"秩 16\S假设\S的适配器.*放得下"),
    ],
)  # fmt: skip
def test_adapters_that_are_served_are_counted_and_nothing_trains(question: str, said: str) -> None:
    answer = answer_to(question)
    assert re.search(said, answer), answer
    assert "checkpointing" not in answer
    assert "重计算" not in answer


@pytest.mark.parametrize(
    "question",
    [
        "Can I fine-tune Llama-3.1-8B with LoRA rank 16 on a 24GB card and then serve it with vLLM?",
        "vLLM rollout for GRPO with LoRA r=32 on Qwen2.5-7B, one H100",
        "Qwen2.5-7B LoRA r=16 4090 够吗?",
    ],
)
def test_adapters_that_train_are_trained(question: str) -> None:
    assert read(question).facts["task"] == ("train",)


@pytest.mark.parametrize(
    "question",
    [
        "Does vLLM with 12 LoRA adapters of rank 16 on Llama-3.1-8B take 12 copies of the model?",
        "vllm 里 qwen2.5-14b 同时挂 12 个 r=16 的 lora（rank 16），显存是不是 12 倍",
    ],
)
def test_several_adapters_are_no_several_models(question: str) -> None:
    told = answer_to(question)
    assert re.search(r"there once \(15\.0 GiB\) and not 12 times|只有一份 27\.5 GiB\S不是 12 份", told.split("\n")[0])
    assert "not understood" not in told
    assert "没有读懂" not in told


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("30 tenants on Qwen2.5-7B, each with an own LoRA. Must I rent 30 cards?", "**No, one model serves them all: an adapter"),
        ("One adapter per client for Mistral-7B, 25 clients: do we need 25 L4s?", "**No, one model serves them all: an adapter"),
        ("60个租户各自一个LoRA，底座Qwen2.5-14B，要买60张卡吗", "**不用，一个底座供所有适配器共用"),
    ],
)  # fmt: skip
def test_a_card_for_each_adapter_is_not_needed(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "cards"),
    [("vLLM serves Qwen2.5-7B on 4 cards for 4 customers, each with a LoRA", 4), ("6 teams each train their own LoRA of Qwen3-8B on 6 GPUs, how much per card?", 6)],
)  # fmt: skip
def test_cards_that_are_told_stay(question: str, cards: int) -> None:
    assert read(question).facts["n_gpus"] == (cards,)


@pytest.mark.parametrize(
    "question",
    ["lora adapters served at once 50 on vllm llama 8b rank 16 memory", "50 lora adapters at once with vllm llama 8b rank 16 how much memory"],
)  # fmt: skip
def test_their_count_stands_before_or_behind(question: str) -> None:
    assert "50 of them 3.91 GiB" in answer_to(question).split("\n\n")[0]
