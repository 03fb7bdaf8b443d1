"""What a request for memory that failed is: a matrix by its shape, logits of the step, Adam's moments; and what to tell of a failure."""

import pytest

from chat.agent import Assistant
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-14B 全参，反向时 Tried to allocate 1.45 GiB，改 seq 也一样，这个数对应什么？", "152,064 × 5,120 × 2 字节"),
        ("Mistral-7B full fine-tune, OOM at optimizer.step(): Tried to allocate 224.00 MiB. which tensor is this?", "4,096 × 14,336 × 4 B"),
        ("Llama-3-8B full training on an A6000, CUDA out of memory. Tried to allocate 112.00 MiB", "4,096 × 14,336 × 2 B"),
        ("yi-34b lora 单卡 A100 40G，CUDA out of memory. Tried to allocate 280.00 MiB，这是哪个张量？", "7,168 × 20,480 × 2 字节"),
    ],
)  # fmt: skip
def test_a_matrix_is_told_by_its_shape(question: str, says: str) -> None:
    answer = answer_to(question)
    assert says in answer
    assert "logits of" not in answer.split("\n")[0]
    assert "token 的 fp32 logits" not in answer.split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Llama-3.1-8B LoRA at 8192 tokens: CUDA out of memory. Tried to allocate 3.91 GiB on my 4090",
        "Qwen2.5-7B qlora seq 4096 batch 2, Tried to allocate 4.64 GiB, 3090",
    ],
)
def test_logits_of_the_step_stay_logits(question: str) -> None:
    assert "logits" in answer_to(question).split("\n")[0]


def test_where_adam_is_set_up_is_its_first_step() -> None:
    answer = Assistant().ask(
        'Qwen2.5-7B full fine-tune on an A100 80GB. File "torch/optim/adamw.py", in _init_group: CUDA out of memory'
    )
    assert answer.text.startswith("**Adam's two moments are allocated only as the optimizer first steps")


def test_what_was_asked_for_at_once_is_not_held_against_the_whole() -> None:
    answer = Assistant().ask(
        "gemma-2-9b full fine-tune, 4xH100, zero3, bs 4, seq 4096: OOM. Tried to allocate 15.62 GiB. States are 9.2*16/4 = 36.8GB, where does it come from?"
    )
    assert "that you see are less" not in answer.text


@pytest.mark.parametrize("question", ["OOM at step 200, first 199 steps fine. help pls", "训练到一半爆显存怎么办", "OOM while saving the checkpoint, why"])  # fmt: skip
def test_a_failure_of_no_known_model_ends_with_what_to_tell(question: str) -> None:
    answer = answer_to(question)
    assert "Tell the model or its size" in answer or "给出模型" in answer
