"""Devices and cards that no table has: said plainly, with what the memory that is told would hold."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Steam Deck 16GB: Qwen3-4B at Q4_K_M?", ["No “Steam Deck” is in the tables", "16 GB that you give it", "**Yes, 16 GB of RAM hold"]),
        ("掌机 ROG Ally 16G 内存能跑 Qwen3-8B 吗", ["表里没有“", "16 GB 计算"]),
        ("iPhone 16 with 8GB, which model can it run?", ["No “iPhone 16” is in the tables", "the largest is"]),
        ("Quest 3 能跑 Llama-3.2-1B 吗", ["表里没有“Quest 3”", "说出多少 GB"]),
        ("MX350 with 2 GB and Qwen2.5-1.5B Q4_K_M", ["No card “MX350” is in the tables: what follows goes by the 2 GB"]),
        ("MX250 能跑哪些模型", ["表里没有“MX250”这款显卡：说出它的显存", "4 GB 显卡"]),
        ("does a GT 710 run Qwen3-0.6B?", ["No card “GT 710” is in the tables: say how much memory it has"]),
    ],
)  # fmt: skip
def test_it_is_said_that_no_table_has_it(question: str, says: list[str]) -> None:
    told = Assistant().ask(question).text
    assert [one for one in says if one not in told] == []


def test_the_memory_of_a_handheld_is_none_of_a_card() -> None:
    facts = read("Steam Deck with 16 GB, Qwen3-8B").facts
    assert facts["host_memory_gb"] == (16,)
    assert "gpu_memory_gb" not in facts


@pytest.mark.parametrize(
    "question",
    [
        "switch 2 GPUs off: Qwen3-8B on the other 2 of 4 3090s",
        "GTX 1650 4GB, Qwen3-1.7B",
        "sequences with length gt 1024 in a 7B LoRA on a 3090",
        "Jetson AGX Orin 64GB for Qwen2.5-32B Q4_K_M",
    ],
)
def test_what_the_tables_have_is_no_device(question: str) -> None:
    reading = read(question)
    assert "small_device" not in reading.cues
    assert not reading.unknown_gpus
