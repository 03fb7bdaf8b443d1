"""Cases that a question tells apart by a label each: each is read by itself and answered under its name."""

import pytest

from chat.plans.variants import varied
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "cases"),
    [
        ("live: Qwen3-32B fp8 on 2x L40S; test: Qwen3-8B on a T4. Enough memory?", [("live", "L40S", 2), ("test", "T4", 1)]),
        ("Box one: 70B Q4 on 2x3090. Box two: 14B Q8 on a 4080. Do they hold?", [("Box one", "RTX 3090", 2), ("Box two", "RTX 4080", 1)]),
        ("1) 8B LoRA on a 4090 2) 32B QLoRA on an A100 80GB - does that work?", [("1", "RTX 4090", 1), ("2", "A100 80 GB", 1)]),
        ("线上：2张A800 跑 72B awq；线下：一张4090 跑 14B fp8，显存够吗", [("线上", "A800", 2), ("线下", "RTX 4090", 1)]),
        ("方案A：8B全参 4张H100；方案B：8B LoRA 一张4090。都能跑吗", [("方案A", "H100", 4), ("方案B", "RTX 4090", 1)]),
        ("- Qwen3-14B bf16 on an L40S\n- Qwen3-32B awq on a 3090", [("", "L40S", None), ("", "RTX 3090", None)]),
    ],
)  # fmt: skip
def test_each_case_is_read_by_itself(question: str, cases: list[tuple[str, str, int | None]]) -> None:
    found = varied(read(question))
    assert found is not None
    whole = [(found.label, found.base), *((one.label, one.reading) for one in found.each)]
    assert [label for label, _ in whole] == [label for label, _, _ in cases]
    for (_, reading), (_, card, count) in zip(whole, cases, strict=True):
        assert (reading.facts["gpu"][0].split()[0], reading.facts.get("n_gpus", (1,))[0]) == (
            card.split()[0],
            count or 1,
        )


@pytest.mark.parametrize(
    "question",
    [
        "model: 14B\ngpu: 3090\nmethod: qlora",
        "A: 8B fp16 on a 3090; B: 8B fp16 on a 4090. Which is faster?",
        "方案一：7B LoRA 4090；方案二：7B QLoRA 3090，哪个更省显存",
        "error: CUDA out of memory; card: 4090; model: 8B",
    ],
)
def test_a_list_of_facts_and_a_comparison_are_one_question(question: str) -> None:
    assert varied(read(question)) is None


def test_each_is_told_under_its_name() -> None:
    told = answer_to("prod: 32B awq on a 4090; dev: 14B Q4_K_M on a 3060 12GB. Fits?")
    assert told.startswith("**prod: 32B, inference, AWQ 4-bit, RTX 4090: fits**")
    assert "**dev: 14B, inference, Q4_K_M, " in told
