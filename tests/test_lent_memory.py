"""What Windows lends to a card is none of it."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "own"),
    [
        ("Task manager shows 8 GB dedicated + 16 GB shared GPU memory, so I have 24 GB. Why can't I run a 13B in fp16?", 8),
        ("任务管理器显示专用8G、共享16G,总共24G,为什么13B fp16 跑不了", 8),
        ("Dedicated GPU memory 6.0 GB, shared GPU memory 15.9 GB. Can I run Qwen3-14B Q4_K_M?", 6),
        ("专用GPU内存 8.0GB,共享GPU内存 15.8GB,能跑14B吗", 8),
        ("Windows says 23.9 GB of GPU memory (12 dedicated + 11.9 shared) for my 3060. Will a 32B in Q4 run?", 12),
        ("4060的任务管理器显示显存共19.8G,专用8,共享11.8,14B的Q4能跑吗", 8),
    ],
)  # fmt: skip
def test_the_cards_own_memory_counts_alone(question: str, own: int) -> None:
    facts = read(question).facts
    assert facts["gpu_memory_gb"] == (own,)
    assert "host_memory_gb" not in facts
    first = answer_to(question).split("\n")[0]
    assert first.startswith(("**Shared GPU memory is no VRAM", "**共享 GPU 内存不是显存"))


@pytest.mark.parametrize(
    "question",
    [
        "7B LoRA on a 4060, task manager: shared GPU memory 5.3/15.9 GB and 20 s/it, why so slow?",
        "GPU shared by 2 users on 24 GB, 7B each",
        "8 dedicated + 2 shared GPUs of 80 GB in our dedicated pool, does Llama-3-70B fit?",
    ],
)
def test_what_a_run_uses_of_it_is_a_symptom(question: str) -> None:
    assert "log_lent" not in read(question).extras
