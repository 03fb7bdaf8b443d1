"""An amount that no such card has is the machine's RAM, in whatever words it stands beside the card."""

import pytest

from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "card", "ram"),
    [
        ("I've got a 3090 with 64GB, 70B Q4 ok?", None, 64),
        ("With 64GB in my machine and a 3090, does Llama-3.3-70B Q4_K_M run?", None, 64),
        ("I run a 4090 in a 128GB box. Qwen3-235B-A22B Q4_K_M?", None, 128),
        ("RTX 3090 (24GB) and 64GB memory, 70B Q4_K_M?", 24, 64),
        ("RTX 4060 8GB with 32GB, Qwen3-30B-A3B Q4_K_M?", 8, 32),
        ("2x 4090 and 128GB, Qwen3-235B-A22B Q3?", None, 128),
        ("24GB card, 64 system: can I run Qwen3-30B-A3B at Q8?", 24, 64),
        ("24 vram + 64 ram, GLM-4.5-Air Q4?", 24, 64),
        ("24GB card in a 64GB machine, Qwen3-32B Q8?", 24, 64),
        ("3090,机器 64G,能跑 70B Q4 吗?", None, 64),
        ("24G 卡、64 内存,Qwen3-30B-A3B Q8 能跑吗?", 24, 64),
    ],
)
def test_what_the_card_cannot_have_is_ram(question: str, card: float | None, ram: float) -> None:
    facts = read(question).facts
    assert (facts.get("gpu_memory_gb", (None,)), facts.get("host_memory_gb")) == ((card,), (ram,))


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("4090 48GB modded: 70B Q4?", 48),
        ("4090 改装成 48G 能跑70B Q4吗", 48),
        ("2080 Ti modded to 22 GB: Qwen3-14B in fp16?", 22),
        ("2080ti魔改到22g跑14B", 22),
        ("a 3080 that was upgraded to 20GB, 32B Q4?", 20),
        ("M3 Max with 64GB: 70B Q4?", 64),
        ("H100 with 96GB, 70B fp8?", 96),
        ("3090s, 96GB VRAM in all, 123B Q4?", 96),
        ("64 system prompts of 512 tokens on a 24GB card with an 8B", 24),
    ],
)
def test_what_a_card_may_have_stays_the_cards(question: str, card: float) -> None:
    facts = read(question).facts
    assert (facts["gpu_memory_gb"], facts.get("host_memory_gb")) == ((card,), None)


@pytest.mark.parametrize(
    ("question", "ram", "card"),
    [
        ("4070 Ti Super with 32GB, Qwen3-30B-A3B Q4_K_M?", (32,), None), ("我的电脑4070Ti Super,32G,能跑Qwen3-32B Q4吗", (32,), None),
        ("4080 Super 32G 魔改卡跑Qwen3-32B Q4", None, (32,)), ("modded 4090 48GB for Llama-3.3-70B 4bit", None, (48,)), ("4080 with 32GB VRAM, 32B Q4?", None, (32,)),
    ],
)  # fmt: skip
def test_twice_a_cards_memory_beside_it_is_ram_unless_the_card_is_modded(
    question: str, ram: object, card: object
) -> None:
    facts = read(question).facts
    assert (facts.get("host_memory_gb"), facts.get("gpu_memory_gb")) == (ram, card)
