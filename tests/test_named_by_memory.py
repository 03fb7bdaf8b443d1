"""Cards by what their drivers report, and the language of a line that is nearly all names."""

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
