"""Why memory rises with pictures: the tower's patches, and hardly the cache of their tokens."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Qwen2.5-VL-7B text only takes 17GB, but with a few 4K images it blows up. Why does it grow so much?", "whose cache is only 0.56 GiB. What rises is the vision tower"),
        ("Why does Qwen2-VL-7B go from 16 to 30 GB when I give it one 4K picture?", "42,196 patches"),
        ("Qwen2.5-VL-7B 纯文本推理17G左右，塞几张4K图片就炸显存，为什么涨这么多", "KV 缓存只占 0.56 GiB，不是主因"),
        ("Qwen2.5-VL-7B 一张4K图显存从17G涨到23G，为什么", "涨的主要是视觉塔"),
    ],
)  # fmt: skip
def test_why_memory_rises_with_pictures_is_the_tower(question: str, told: str) -> None:
    assert told in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "How much cache does a 4K image take in Qwen2.5-VL-7B?",
        "Qwen2.5-VL-7B 一张4K图要多少显存",
        "Qwen2.5-VL-7B in vLLM shows 22GB on my 4090, why so much, I only send a few 4K images",
    ],
)
def test_other_questions_of_pictures_are_answered_as_before(question: str) -> None:
    assert "What rises is the vision tower" not in answer_to(question)
    assert "涨的主要是视觉塔" not in answer_to(question)


def test_pictures_of_a_number_of_lines_are_no_game() -> None:
    assert "other_matter" not in read("Qwen2.5-VL-3B 传几张1080p图片就OOM，8G卡，怎么办").extras
    assert read("4090 打1080p游戏和2K差多少").intent == "out_of_scope"


def test_pictures_of_no_told_size_are_told_by_usual_ones() -> None:
    said = answer_to("想本地部署Qwen2.5-VL-72B做图片识别，要多少显存？4张4090够不够")
    assert "像素 ÷（28 × 28）：1,920 × 1,080 约 2,691 个，KV 缓存 0.82 GiB" in said


@pytest.mark.parametrize(
    ("question", "measured"),
    [
        ("Qwen2.5-VL-7B with images on one 12GB card in llama.cpp, enough?", False),
        ("llama.cpp 跑 Qwen2.5-VL-7B 看图，12G 显存够吗", False),
        ("Qwen2.5-VL-7B with images in bf16 on a 24GB card, enough?", True),
    ],
)
def test_settings_of_vllm_are_told_where_it_may_run(question: str, measured: bool) -> None:
    assert ("--mm-processor-kwargs" in answer_to(question)) is measured


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("InternVL2.5-26B 单张A100 80G能全参微调吗,把ViT冻住行不行", "**把视觉塔冻住也放不下"),
        ("Can I full fine-tune InternVL2.5-26B on one A100 80GB, and does freezing the ViT make it fit?", "23.6B of 25.8B frozen, more than a tower has"),
        ("Some-VL-8B full fine-tuning on one H100 80GB: enough if I freeze the vision encoder?", "makes it fit only if that has 3.2B of 8.03B parameters or more"),
    ],
)  # fmt: skip
def test_how_large_a_frozen_tower_that_is_not_known_would_have_to_be(question: str, said: str) -> None:
    assert said in answer_to(question)


def test_of_several_cards_or_adapters_no_tower_is_sought() -> None:
    for question in (
        "InternVL2-26B full fine-tune on 8x A100 80GB, does freezing the vision tower help?",
        "InternVL2.5-26B LoRA on one A100 40GB, does freezing the ViT help?",
    ):
        assert "billion of parameters frozen" not in answer_to(question)
