"""What a training takes beside its weights, what of a reference model each card holds, what a published requirement is made of."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "the table has 16 GB for 7B LoRA and the weights are 14 GB: do adapters and optimizer cost nothing?",
        "published 13B QLoRA 4 bit is 12GB, the weights are 6.5: are activations not counted in that?",
        "LLaMA-Factory 表里 70B QLoRA 是 48GB，权重 35G，优化器和激活都不占显存吗？",
        "官方表 13B LoRA 32GB，权重就 26GB，适配器和激活只占 6G？",
    ],
)
def test_what_stands_beside_the_weights_is_told_first(question: str) -> None:
    text = answer_to(question)
    assert text.startswith(("**They are not free: beside the weights of", "**不是免费的：权重")), text


@pytest.mark.parametrize(
    "question",
    [
        "how much memory is free after loading a 7B LoRA on a 24GB card?",
        "which optimizer should I use for a free Colab T4?",
        "LoRA 微调显存不够，换什么优化器好",
    ],
)
def test_other_things_that_are_free(question: str) -> None:
    assert "parts_free" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("7B QLoRA: where do the LoRA adapters and their Adam states go?", ("qlora",)),
        ("7B 用 QLoRA，LoRA 参数占多少", ("qlora",)),
        ("7B LoRA or QLoRA on a 24GB card, and how large are the LoRA adapters?", ("lora", "qlora")),
    ],
)
def test_the_adapters_of_qlora_are_no_second_method(question: str, methods: tuple[str, ...]) -> None:
    assert tuple(sorted(read(question).facts["method"])) == methods


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("full DPO of Qwen2.5-14B on 8x H100: does the reference model double the memory?", "27.5 GiB, under DDP and ZeRO-1 or 2, and 3.44 GiB under ZeRO-3"),
        ("DPO 全参 Qwen2.5-7B，4 张 A100 80G，zero3，参考模型每张卡都要放一份吗", "每张卡都放完整一份 14.2 GiB，ZeRO-3/FSDP 下与策略一起切分则每卡 3.55 GiB"),
    ],
)  # fmt: skip
def test_what_of_the_reference_each_card_holds(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-7B-Instruct-1M says at least 120GB VRAM for 1M tokens. It is a 7B, where do 120 GB come from?", ("15.2 GB are weights", "57.3 GB the cache", "The other 47.4 GB", "16.5 GiB at 131,072")),
        ("The README of Llama-3.1-8B says 40 GB are required for 128k context. Why, with 16 GB of weights?", ("16.1 GB are weights", "17.2 GB the cache", "The other 6.8 GB")),
        ("官方文档写 Qwen2.5-7B-Instruct-1M 跑 100 万 token 至少 120G 显存,为什么 7B 要这么多?", ("权重 15.2 GB", "KV 缓存 57.3 GB", "其余 47.4 GB")),
    ],
)  # fmt: skip
def test_a_published_requirement_is_taken_apart(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


@pytest.mark.parametrize(
    "question",
    [
        "vLLM uses 75GB on my 80GB A100 with Qwen2.5-7B at 32k, where does it come from?",
        "nvidia-smi says 75 GB for Qwen2.5-7B at 32k in vLLM on an 80GB A100, at least 60 GB too many. Why?",
        "vllm 跑 Qwen2.5-7B 32k,A100 80G 显示占了 75G,为什么这么多?",
    ],
)
def test_what_a_run_was_seen_to_take_is_no_requirement(question: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert "The other" not in first
    assert "其余" not in first
