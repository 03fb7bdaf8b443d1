"""Cards by what their drivers report, and the language of a line that is nearly all names."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("46068 MiB, which card is that and how many GB?", "L40S (48 GB)"),
        ("24564MiB 是哪张卡，多少 GB", "GeForce RTX 4090（24 GB）"),
    ],
)
def test_a_drivers_figure_names_its_cards(question: str, card: str) -> None:
    assert card in answer_to(question)


def test_another_amount_names_none() -> None:
    assert "driver" not in answer_to("12345 MiB in GB?")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Intel Arc B580 12G 跑 Qwen3-14B Q4", "zh"), ("RTX 3090 vLLM Qwen2.5-32B AWQ 够吗", "zh"), ("L40S 用 Mixtral-8x7B Instruct AWQ", "zh"),
        ("can 满血 DeepSeek-R1 run on 8xH100?", "en"),
    ],
)  # fmt: skip
def test_names_carry_no_language(text: str, language: str) -> None:
    assert read(text).language == language


@pytest.mark.parametrize(
    ("question", "memory", "cards"),
    [
        ("mistral on 16, ok?", 16, None), ("Qwen2.5-32B int4 on a 24?", 24, None), ("gemma 12 够吗", 12, None),
        ("手里 48,跑 Qwen2.5-72B Q4 行吗", 48, None), ("Llama-3.3-70B Q4 on 2x24?", 24, 2), ("Mixtral 8x22B bf16, 8x80 H100, fits?", 80, 8),
    ],
)  # fmt: skip
def test_a_bare_number_in_a_cards_place_is_its_memory(question: str, memory: float, cards: int | None) -> None:
    facts = read(question).facts
    assert facts["gpu_memory_gb"] == (memory,)
    assert facts.get("n_gpus", (cards,)) == (cards,)


@pytest.mark.parametrize(
    "question", ["Llama-3-8B on 16 GPUs, ZeRO-3", "fine-tune mistral on 24 samples", "Mixtral 8x22B in bf16", "Qwen2.5-7B batch 16 on a 4090", "LoRA r=16 够吗 Qwen2.5-7B"],
)  # fmt: skip
def test_another_number_is_no_memory(question: str) -> None:
    assert "gpu_memory_gb" not in read(question).facts


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("mistral on 24?", ("“mistral” is taken as Mistral-7B-v0.1", "24 is taken as a card's memory in GB, for inference")),
        ("qwen 24 够不够", ("24 按一张卡的显存 24 GB 理解", "训练要多得多", "请说明|可能是好几个模型")),
    ],
)  # fmt: skip
def test_what_a_bare_word_and_number_are_taken_for_comes_first(question: str, says: tuple[str, ...]) -> None:
    opens = "\n".join(str(answer_to(question)).split("\n\n")[:2])
    assert all(any(way in opens for way in one.split("|")) for one in says)


@pytest.mark.parametrize(
    ("question", "counts", "sizes"),
    [
        ("Mistral Small 24B for 8 users at 32k: 2x 48GB or one 80GB?", (2, 1), (48, 80)),
        ("Llama-3.1-70B fp8: 4x 24GB vs 2x 48GB vs 1x 96GB?", (4, 2, 1), (24, 48, 96)),
        ("What's better for 70B Q4, two 24GB cards or a single 48GB card?", (2, 1), (24, 48)),
        ("70B int4 推理,4张16G还是2张32G?", (4, 2), (16, 32)),
        ("LoRA 微调 14B,2×24G 好还是单张48G 好?", (2, 1), (24, 48)),
    ],
)
def test_machines_are_told_by_count_and_memory(question: str, counts: tuple[int, ...], sizes: tuple[int, ...]) -> None:
    facts = read(question).facts
    assert facts["n_gpus"] == counts
    assert facts["gpu_memory_gb"] == sizes


@pytest.mark.parametrize(
    "question",
    [
        "2x 32GB or one 64GB RAM kit for llama.cpp with Qwen3-30B-A3B Q4 on a 3060?",  # sticks of host memory
        "a 24GB or a 48GB card for Qwen2.5-32B Q4_K_M?",  # one card of either
        "I have 2x 24GB. Is Qwen2.5-72B AWQ possible with 16k?",
        "Is two 24GB cards the same as one 48GB card for a 70B Q4?",
        "2x 3090 24GB or one A6000 48GB for Qwen2.5-72B AWQ?",  # cards with names
    ],
)
def test_other_amounts_are_no_machines_to_choose_from(question: str) -> None:
    rigs = read(question).extras.get("rigs", ())
    assert not [one for one in rigs if re.fullmatch(r"\d+ × \d+ GB", str(one))]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "How much VRAM for Mistral-Small 24B with 8 parallel users at 32k? 2x 48GB or one 80GB?",
            "In INT8 either holds it",
        ),
        ("Mistral-Small 24B 8路并发 32k,用2张48G还是1张80G?", "INT8 权重两边都放得下"),
    ],
)
def test_where_no_format_is_told_what_both_hold_is_before_the_next_wider(question: str, opens: str) -> None:
    said = answer_to(question).split("\n\n")[0]
    assert opens in said
    assert "bf16" in said
    for need in ("65.9", "67.6", "86.6", "88.3"):  # 22.0 and 43.9 of weights in 16 bit, half in 8, 40 of cache
        assert need in said
