"""Words that look like a card, a method or a size and are none."""

import pytest

from chat.plans.understood import facts_of
from chat.reads.grammar import read


@pytest.mark.parametrize(
    "question",
    [
        "Does a 4090 hold Qwen2.5-7B, bge-m3 and bge-reranker-v2-m3?",
        "4090上同时跑Qwen2.5-7B、bge-m3、bge-reranker-v2-m3够吗",
    ],
)
def test_a_part_of_a_longer_name_is_no_card(question: str) -> None:
    assert read(question).facts["gpu"] == ("RTX 4090",)
    assert read("Qwen2.5-7B on an apple-m3?").facts["gpu"] == ("Apple M3",)


@pytest.mark.parametrize(
    ("question", "methods"),
    [
        ("Qwen2-VL-7B full fine-tune, freeze the vision tower", ("full",)),
        ("Qwen2-VL-7B lora with frozen vision encoder", ("lora",)),
        ("Qwen2-VL-7B lora, vision tower is frozen", ("lora",)),
        ("Qwen2-VL-7B全参(冻结ViT)", ("full",)),
        ("Qwen2-VL-7B 冻结视觉塔,全参微调", ("full",)),
        ("Qwen2-VL-7B 全参微调,视觉塔冻结", ("full",)),
        ("freeze tuning of Llama-3-8B", ("freeze",)),
        ("Llama-3-8B 冻结微调", ("freeze",)),
    ],
)
def test_a_frozen_tower_is_no_freeze_tuning(question: str, methods: tuple[str, ...]) -> None:
    assert read(question).facts["method"] == methods


def test_full_tuned_is_a_full_fine_tuning() -> None:
    assert read("anyone full tuned Qwen2.5-0.5B on a 4060 laptop?").facts["method"] == ("full",)


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("gemma2-9b lora is only 1B larger than llama3-8b", ()),
        ("a 9B is only 1B more than a 8B", (9e9, 8e9)),
        ("gemma2-9b只大1B,为什么多这么多", ()),
        ("lora on a 7B, trainable params: 167M", (7e9,)),
        ("可训练参数 167M,8B lora 要多少显存", (8e9,)),
        ("trainable params jumped from ~55M to ~960M on a 13B", (13e9,)),
        ("is a 70B larger than 40 GB in 4 bits?", (70e9,)),
        ("最大70B的模型要多少显存", (70e9,)),
    ],
)
def test_a_part_or_a_difference_is_no_models_size(question: str, sizes: tuple[float, ...]) -> None:
    reading = read(question)
    assert reading.facts.get("params", ()) == sizes
    assert not reading.not_understood


def test_sizes_beside_a_model_are_models_of_their_own() -> None:
    facts = facts_of(read("can 8 V100 32G run Qwen3-235B-A22B, a 671B and a 72B?"))
    assert facts["model"] == ["Qwen/Qwen3-235B-A22B", "deepseek-ai/DeepSeek-V3", "Qwen/Qwen2.5-72B-Instruct"]
    assert "params" not in facts
    told = facts_of(read("Qwen2.5-7B QLoRA: does a 7B or a 72B fit on 24GB?"))
    assert told["model"] == ["Qwen/Qwen2.5-7B-Instruct", "Qwen/Qwen2.5-72B-Instruct"]  # 7B is the size in its name
