"""Devices and cards that no table has: said plainly, with what the memory that is told would hold."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


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
        ("is an RX 7700 enough for Qwen3-8B at Q8_0?", ["No card “RX 7700” is in the tables (near: Radeon RX 7700 XT)"]),
        ("RX 7900 24GB 跑 Qwen3-32B Q4_K_M 行吗", ["表里没有“RX 7900”这款显卡（相近的有：Radeon RX 7900 XT", "24 GB 显存计算"]),
        ("RTX 4070 XT, 8B at Q8?", ["(near: GeForce RTX 4070, "]),
        ("4 张 910Q 128G 部署 72B bf16", ["表里没有“910Q”这款显卡（相近的有：Huawei Ascend 910B", "128 GB 显存计算"]),
        ("M40 24GB with Qwen2.5-14B Q6_K?", ["No card “M40” is in the tables: what follows goes by the 24 GB"]),
        ("Apple M7 Max with 96GB for a 70B at Q4_K_M?", ["No card “Apple M7 Max” is in the tables (near: Apple M"]),
        ("PS5 能部署大模型么", ["表里没有“PS5”", "说出多少 GB", "以 8 GB 的为例"]),
        ("家里的路由器能不能跑大模型", ["表里没有“路由器”", "以 8 GB 的为例"]),
    ],
)  # fmt: skip
def test_it_is_said_that_no_table_has_it(question: str, says: list[str]) -> None:
    told = answer_to(question)
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
        "1660 samples of 2k tokens, 7B LoRA on a 3090",
        "rank r64 24G card, 7B QLoRA",
        "V100 32GB with max length 4096, 8B",
    ],
)
def test_what_the_tables_have_is_no_device(question: str) -> None:
    reading = read(question)
    assert "small_device" not in reading.cues
    assert not reading.unknown_gpus


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("H100 max batch of Qwen3-8B at 8k?", "H100"),
        ("L40S max concurrent users for a 14B?", "L40S"),
        ("在 A100 max batch 能到多少,8B 4k", "A100"),
        ("RX 7900 XTX, Qwen3-14B Q8_0", "Radeon RX 7900 XTX"),
        ("RTX PRO 6000 for a 70B at Q4?", "RTX PRO 6000 Blackwell"),
        ("4050 6G 跑 7B", "RTX 4050 Laptop GPU"),
    ],
)
def test_a_name_that_leaves_nothing_open_is_taken(question: str, card: str) -> None:
    reading = read(question)
    assert (reading.facts.get("gpu"), reading.unknown_gpus) == ((card,), ())


def test_of_a_device_no_speed_is_told() -> None:
    assert "token/" not in answer_to("树莓派 5 8G 能跑什么模型")


def test_cards_of_one_machine_are_none_of_them_again() -> None:
    assert read("A 3090 is too small for 70B Q4. Would two do? Or 3090 + 4090?").facts["gpu"]


@pytest.mark.parametrize(
    ("question", "named", "memory"),
    [
        ("华为新出的 920Z 192G，能全参训 70B 吗", "920Z", 192),
        ("昇腾 975 128G 推理 Qwen2.5-72B fp16 够吗", "昇腾 975", 128),
        ("Would Llama-3.1-70B in fp16 run on an AMD MI590X 320GB?", "MI590X", 320),
        ("H500 180GB x4: is Qwen3-235B in FP8 fine?", "H500", 180),
        ("Intel Arc B890 24GB for Qwen3-14B Q6_K?", "Intel Arc B890", 24),
    ],
)
def test_an_unknown_card_goes_by_the_memory_that_is_told(question: str, named: str, memory: int) -> None:
    answer = Assistant().ask(question)
    assert f"{named}" in answer.text.split("\n")[0]
    assert answer.said["gpu_memory_gb"] == (memory,)


@pytest.mark.parametrize(
    "question", ["nvidia driver 550 with cu124, H100 80GB, 70B int4?", "华为云 A100 80G 跑 7B", "Qwen3-235B-A22B 48G"]
)
def test_what_only_looks_like_a_card_is_none(question: str) -> None:
    assert "in the tables" not in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("RTX 9090 Ti 64G 能跑 Llama-7 200B 吗", ("RTX 9090 Ti", "Llama-7 200B", "101.5 GiB", "64.0 GiB")),
        ("Can an RTX 9090 Ti with 64GB run Llama-7 200B?", ("RTX 9090 Ti", "Llama-7 200B", "101.5 GiB", "64.0 GiB")),
        ("Will Gemma-9 300B run on 2x B999 192GB?", ("B999", "Gemma-9 300B", "fits with 8-bit or 4-bit")),
        ("Qwen9 32B on a 4090?", ("Qwen9 32B", "fits with 4-bit (20.2 GiB)")),
    ],
)
def test_names_that_nobody_knows_open_with_the_verdict(question: str, says: tuple[str, ...]) -> None:
    opening = answer_to(question).split("\n\n")[0]
    assert all(one in opening for one in says), opening


def test_a_model_without_published_weights_stays_a_paragraph_of_its_own() -> None:
    assert "****" not in answer_to("听说Qwen9-Turbo 1.8T要出了,8卡H200能跑吗,顺便给个每层头数")
