"""A model of text that ran beside one that reads pictures and failed: the pictures are the cause, not what the two differ in."""

import pytest

from chat.reads.grammar import read
from tests.talking import narrow_opening

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
