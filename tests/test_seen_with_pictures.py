"""A model of text that ran beside one that reads pictures and failed: the pictures are the cause, not what the two differ in."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, narrow_opening

_VL = "Qwen/Qwen2.5-VL-7B-Instruct"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Text LoRA on Qwen2.5-7B is fine on a 3090; Qwen2.5-VL-7B with screenshots crashes with OOM", ("large pictures", "up to 16,384 tokens each", "53.8 GiB of 24.0 GiB")),
        ("LoRA with Llama-3.1-8B runs on my 24GB card, the same config on Qwen2.5-VL-7B runs out of memory with one big image. Why?", ("large pictures", "65,536 patches", "1,280 × 28 × 28 leaves at most 1,280 tokens of each", "QLoRA leaves room")),
        ("LoRA微调Qwen2.5-7B在24G上没事,换Qwen2.5-VL-7B加一张大图就OOM", ("最可能的原因:大图", "每张最多 16,384 个 token", "53.8 GiB")),
        ("qwen2.5-vl-7b lora 图片一大就爆,qwen2.5-7b同样参数能跑,24G", ("最可能的原因:大图", "1,280 × 28 × 28")),
    ],
)  # fmt: skip
def test_the_pictures_are_the_cause(question: str, said: tuple[str, ...]) -> None:
    first = narrow_opening(question)
    assert all(one in first for one in said), first
    assert read(question).facts["model"] == (_VL,)


@pytest.mark.parametrize(
    "question",
    [
        "Qwen2.5-VL-7B with pictures trains fine on 24 GB, but Qwen2.5-7B at 16k OOMs, why?",
        "Qwen2.5-14B and Qwen2.5-VL-7B: which one OOMs with LoRA on 24 GB if I train on images?",
        "为什么qwen2.5-vl-7b lora微调比qwen2.5-7b多用显存",
        "Qwen2.5-7B与Qwen2.5-14B lora微调,24G,后者OOM",
    ],
)
def test_where_no_pictures_failed_both_models_stay(question: str) -> None:
    assert len(read(question).facts["model"]) == 2


@pytest.mark.parametrize(
    "question",
    ["Qwen2.5-VL-32B LoRA OOMs on a 24GB card with one picture", "Qwen2.5-VL-32B lora 24G 一张图就OOM"],
)
def test_a_base_that_is_too_much_by_itself_is_the_cause_before_any_picture(question: str) -> None:
    assert "62.3 GiB" in narrow_opening(question)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("LoRA微调Qwen2.5-VL-7B，图片1280*720一张一条，大概要多少显存，24G行不行", ("**24.0 GiB 放得下但偏紧：只余 4.89 GiB", "冻结视觉塔", "QLoRA，10.1 GiB")),
        ("LoRA on Qwen2.5-VL-7B with one 1280x720 picture a sample: is a 24GB card enough?", ("**24.0 GiB holds it, but tightly", "freeze the tower", "QLoRA, 10.1 GiB")),
        ("Qwen2.5-VL-7B lora 单卡A100 40G，batch=1，几百步后突然OOM，数据里有4K大图、多图", ("单张放得下，撑爆的是：一条样本里多张图是相加的", "6.42 GB", "两张就要 59.2 GiB", "每个样本少放几张图")),
        ("Qwen2.5-VL-7B LoRA on one A100 40GB, batch 1: OOM after some hundred steps, the data has 4K pictures and several images per sample", ("One of them fits; what overflows the card: several pictures in one sample add up", "two of them take 59.2 GiB", "fewer pictures a sample")),
    ],
)  # fmt: skip
def test_what_a_card_holds_beside_pictures_and_what_several_add(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert [one for one in says if one not in text] == []


@pytest.mark.parametrize(
    "question",
    [
        "LoRA on Qwen2.5-VL-7B with one 1280x720 picture a sample: does it fit an A100 80GB?",
        "Qwen2.5-VL-7B LoRA on one A100 40GB, batch 1, 3 pictures of 1024x1024 a sample: OOM",
    ],
)
def test_pictures_that_are_counted_or_have_room_need_no_such_word(question: str) -> None:
    text = answer_to(question)
    assert "but tightly" not in text
    assert "add up" not in text
