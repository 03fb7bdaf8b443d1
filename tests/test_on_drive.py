"""States on an NVMe drive: they take none of host memory, and what each step waits for the drive is told."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "told", "condition", "never"),
    [
        ("Can ZeRO-Infinity with NVMe really fully fine-tune Llama-2-70B on one 24GB 3090? How much disk and RAM", "possible but hardly practical, as 1,000 steps wait 58–117 hours", "if the drive (NVMe) has 1,028 GiB free", "of free RAM"),
        ("ZeRO-Infinity加NVMe真的能在一张3090上全参微调Llama-2-70B吗，要多少硬盘和内存", "能跑但不实用，1,000 步光等盘就要 58–117 小时", "前提是盘上（NVMe）空出卸载的 1,028 GiB", "前提是内存"),
    ],
)  # fmt: skip
def test_states_on_a_drive_take_no_host_memory(question: str, told: str, condition: str, never: str) -> None:
    said = answer_to(question)
    assert told in said
    assert condition in said
    assert never not in said


def test_states_in_host_memory_take_it() -> None:
    said = answer_to("Full fine-tune Llama-2-13B on a 3090 with ZeRO-3 offload to CPU, fits?")
    assert "if the host has 194.0 GiB of free RAM" in said
