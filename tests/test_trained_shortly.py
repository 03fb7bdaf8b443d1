"""Trainings asked about in a few words and of no model: what was asked opens the answer, and no background."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("can adam's moments be kept in cpu memory?", "**Yes: the optimizer's states are what offload takes"),
        ("adam两个动量占多少 能不能放到内存里", "**能：offload 首先搬走的就是优化器状态"),
        ("优化器状态可以卸载到cpu吗", "**能：offload 首先搬走的就是优化器状态"),
        ("how much worse is qlora than lora in quality", "**Hardly any difference in quality"),
        ("qlora和lora效果差多少 显存省多少", "**效果几乎没有差别"),
        ("ddp每张卡显存为什么比单卡还高", "**比单卡略多"),
        ("zero3开了显存反而涨了", "**单看模型状态，ZeRO-3 不会更多"),
        ("zero3比zero2还慢还占显存?", "**单看模型状态，ZeRO-3 不会更多"),
        ("zero3 没省显存 7B 单卡", "**单卡上它本身没有作用"),
        ("can i use a 4090 and a 3060 together for training", "**Yes, they train together, but the smallest decides"),
        ("4090和3060能一起训练吗", "**能一起训练，但由最小的卡决定"),
        ("fsdp with different gpus 24gb + 12gb", "**Yes, they train together, but the smallest decides"),
        ("does adam really need 8 bytes, i thought 2x params", "**Per parameter 8 B: Adam's two fp32 moments, 4 + 4: two values"),
    ],
)  # fmt: skip
def test_what_was_asked_opens(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("Full fine-tuning of a 7B with the optimizer in CPU RAM on a 4090, does it fit?", "the optimizer's states are what offload"),
        ("After CPU offload of Adam, what remains in GPU memory?", "the optimizer's states are what offload"),
        ("What is in VRAM when the optimizer is offloaded to the CPU?", "the optimizer's states are what offload"),
        ("优化器 offload 到 CPU 之后，显存里都有啥", "offload 首先搬走的"),
        ("QLoRA of a 13B takes 12 GB, LoRA 28 GB; is the quality worse?", "Hardly any difference"),
        ("a 3090 and a 4080 for LoRA of Llama-3-8B", "they train together"),
        ("can i combine 3090 and 3060 vram for training", "they train together"),
        ("zero3 didn't reduce memory on one gpu, why", "never takes more"),
    ],
)  # fmt: skip
def test_a_case_or_another_question_is_left_to_its_own_answer(question: str, unsaid: str) -> None:
    assert unsaid not in opening(question)


def test_cards_of_one_size_leave_nothing_unused() -> None:
    assert "2 × 24 = 48 GB" in answer_to("can I put a 3090 and a 4090 together for training")


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("ChatGLM3-6B 做P-Tuning v2要多大显存，2080Ti 11G能跑吗，要不要量化", "**chatglm3-6b · P-Tuning v2（按 LoRA 算）· RTX 2080 Ti：4 位放得下（6.95 GiB）；8 位多半放得下（9.53 GiB）；16 位放不下（14.8 GiB）"),
        ("Prefix tuning Llama-2-7B on a 12 GB 3060: does it fit?", "**Llama-2-7b-hf, Prefix tuning (counted as LoRA), RTX 3060 12 GB: does not fit**"),
        ("Do I need to quantize to LoRA Qwen2.5-7B on a 16 GB 4080?", "**Qwen2.5-7B-Instruct, LoRA, RTX 4080: fits with 8-bit or 4-bit (10.5–13.5 GiB); does not fit with 16-bit"),
    ],
)  # fmt: skip
def test_a_way_that_is_counted_as_adapters_opens_by_its_name_and_in_each_width(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens), opening(answer_to(question))
