"""A model that reads pictures takes more in training than one of text of its size: the pictures' tokens, and no second model."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to, narrow_opening

_VL = "Qwen/Qwen2.5-VL-7B-Instruct"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why does LoRA on Qwen2.5-VL-7B take 20 GB more than the text-only 7B at batch 1? The ViT is only 0.7B", ("677M × 2 B = 1.35 GB (1.26 GiB): what is more is the pictures' tokens", "up to 16,384 tokens each", "1,280 × 28 × 28 = 1,003,520", "the 20 GB that you see more are about")),
        ("Fine-tuning Qwen2-VL-7B with LoRA needs a lot more memory than the plain text model, and its vision tower is just 0.67B. Why?", ("The tower's weights are not it", "max_pixels (MAX_PIXELS)", "the tower frozen")),
        ("qwen2.5-vl-7b lora比纯文本7b多占18G是为什么,视觉塔不就0.7B么", ("视觉塔权重只有 677M × 2 B", "多出来的是图像 token", "冻结视觉塔")),
        ("全参微调Qwen2.5-VL-7B为什么比Qwen2.5-7B多20G,ViT才0.7B", ("一起训练时连同梯度和状态 10.8 GB", "再多出来的是图像 token")),
    ],
)  # fmt: skip
def test_what_is_more_is_the_pictures_tokens(question: str, said: tuple[str, ...]) -> None:
    first = narrow_opening(question)
    assert all(one in first for one in said), first
    assert "params" not in read(question).facts


@pytest.mark.parametrize(
    ("question", "sizes"),
    [
        ("Can I QLoRA Qwen2.5-VL-7B (ViT 0.6B) on a 16GB card?", ()),
        ("Qwen2.5-VL-7B的视觉塔0.6B,4090能LoRA吗", ()),
        ("A 0.6B ViT and a 7B LLM: how much for LoRA?", (7e9,)),
        ("How much memory does a 0.3B ViT encoder need?", (3e8,)),
        ("LoRA on Qwen2.5-VL-7B or on a 3B model: which takes less?", (3e9,)),
    ],
)
def test_the_size_of_a_tower_is_no_model_beside_one(question: str, sizes: tuple[float, ...]) -> None:
    assert read(question).facts.get("params", ()) == sizes


@pytest.mark.parametrize(
    "question",
    [
        "Why does LoRA on Qwen2.5-14B take 20 GB more than on Qwen2.5-7B?",
        "Why does Qwen2.5-VL-7B inference use more memory than Qwen2.5-7B?",
        "为什么qwen2.5-14b lora微调比qwen2.5-7b多用显存",
        "Why does Gemma-3-4B LoRA take more than Qwen2.5-3B LoRA?",
        "Qwen2.5-VL-7B LoRA OOMs on a 24GB card, but Qwen2.5-7B text-only is fine",
    ],
)
def test_other_models_and_runs_are_read_as_before(question: str) -> None:
    assert "over_text" not in read(question).cues


def test_by_how_much_it_is_more_is_no_card() -> None:
    reading = read("qwen3-vl-8b 比 qwen3-8b 训练多 15G 显存,vit 也就 0.5B 啊")
    assert "gpu_memory_gb" not in reading.facts
    assert reading.facts["model"][0] == "Qwen/Qwen3-VL-8B-Instruct"


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Why does LoRA on Qwen2.5-14B take 15 GB more than on Qwen2.5-7B?", "The 15 GB that came on top is what theory says: Qwen2.5-7B-Instruct takes 14.2 GiB (15.3 GB) less"),
        ("LoRA微调Qwen2.5-14B为什么比Qwen2.5-7B多占14G", "您说的多了 14 GB 与理论相符"),
        ("Qwen2.5-14B LoRA 比 Qwen2.5-7B LoRA 多用了15G显存,正常吗", "主要是参数多,几乎不是词表的原因"),
    ],
)  # fmt: skip
def test_by_how_much_one_model_is_more_is_the_size_of_neither(question: str, said: str) -> None:
    assert said in narrow_opening(question)


@pytest.mark.parametrize(
    ("text", "model"),
    [
        ("qwen2.5vl 7b lora", _VL),
        ("qwen2.5vl:7b on a 12GB card", _VL),
        ("Qwen2VL-7B 微调", "Qwen/Qwen2-VL-7B-Instruct"),
        ("qwen3vl-8b lora", "Qwen/Qwen3-VL-8B-Instruct"),
        ("qwen2.5coder 7b lora", "Qwen/Qwen2.5-7B-Instruct"),
    ],
)
def test_a_kind_that_is_glued_to_the_version_is_part_of_the_name(text: str, model: str) -> None:
    assert read(text).facts["model"] == (model,)


def test_two_readings_tell_by_how_much_it_is_more() -> None:
    said = narrow_opening(
        "Qwen2.5-VL-7B LoRA takes 45GB. The text-only 7B takes 22GB. The vision encoder is only 0.6B, why?"
    )
    assert "the 23 GB that you see more are about 10,000 such tokens" in said


def test_of_a_tied_head_the_tower_is_what_is_left() -> None:
    said = narrow_opening("Qwen2.5-VL-3B lora 比 Qwen2.5-3B 多吃很多显存,vision tower 不就 0.67B 吗")
    assert "视觉塔权重只有 669M × 2 B" in said


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Is the vision tower of Llama-3.2-11B-Vision included in the 11B?", "**Included: the checkpoint has 10.7B parameters"),
        ("Qwen2.5-VL-72B: does the 72B include the vision encoder, or does it come on top?", "**Included: the checkpoint has 73.4B parameters"),
        ("Qwen2.5-VL-32B 的视觉编码器要另外算显存吗，32B里包不包含", "**已包含：整个检查点 33.5B 参数"),
        # behind the verdict, where that is asked, too
        ("Does Qwen2.5-VL-7B fit a 3090, and is the ViT counted in the 7B?", "\n\n**Included: the checkpoint has 8.29B parameters"),
        ("Llama-3.2-90B-Vision的90B包含视觉塔吗？2张A100 80G放得下吗", "\n\n**已包含：整个检查点 88.6B 参数"),
    ],
)  # fmt: skip
def test_whether_a_count_has_the_tower_in_it_is_said(question: str, told: str) -> None:
    answer = answer_to(question)
    assert answer.startswith(told) or (told.startswith("\n") and told in answer[:900]), answer[:900]


@pytest.mark.parametrize(
    "question",
    [
        "How large is the vision tower of Qwen2.5-VL-7B?",
        "Full fine-tuning of Qwen2.5-VL-7B including the vision tower: how much memory?",
        "Is the vision encoder extra for Qwen3-8B?",  # a model of text
        "Qwen2.5-VL-7B Q4_K_M in llama.cpp: is the vision encoder part of the file?",  # of which it has two
    ],
)
def test_other_questions_about_a_tower_are_none_of_what_a_count_has(question: str) -> None:
    assert "Included: the checkpoint" not in answer_to(question)
