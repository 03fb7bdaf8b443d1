"""A frozen teacher beside the student that trains: read, counted, laid out, told."""

from typing import Any

import pytest

from chat.reads.grammar import read
from formulas.errors import BadInput
from kb import estimate
from kb.outcome import Outcome
from tests.talking import answer_to

SMALL, LARGE = "Qwen2.5-1.5B-Instruct", "Qwen2.5-72B-Instruct"
WHOLE = 2 * 72706203648  # bytes of Qwen2.5-72B in 16 bit
FOUR = {"model": SMALL, "method": "full", "gpu": "A100", "gpu_memory_gb": 80, "n_gpus": 4}


def _held(**more: Any) -> float:
    one: Outcome = estimate(**FOUR, **more).outcomes[0]
    return next(float(value) for quantity, value in one.values.items() if quantity.name == "teacher_weights")


@pytest.mark.parametrize(
    ("how", "share"),
    [
        ({"zero_stage": 0}, 1),
        ({"zero_stage": 2}, 1),
        ({"zero_stage": 3}, 4),
        ({"zero_stage": 0, "teacher_split": True}, 4),
    ],
)
def test_it_has_weights_alone_and_cards_divide_them_as_they_are_laid_out(how: dict[str, Any], share: int) -> None:
    assert _held(**how, teacher_model=LARGE) == pytest.approx(WHOLE / share, rel=1e-6)
    assert _held(**how) == 0


def test_the_student_trains_as_without_it() -> None:
    alone, beside = (estimate(**FOUR, zero_stage=3, **more).outcomes[0] for more in ({}, {"teacher_model": LARGE}))
    assert beside.terms["optimizer"] == alone.terms["optimizer"]
    assert beside.terms["weights"] - alone.terms["weights"] == pytest.approx(WHOLE / 4, rel=1e-6)
    # the teacher's logits in float32 and their log-probabilities beside the student's: 3 copies of 2048 × 151,936 × 4 B
    assert beside.terms["logits"] - alone.terms["logits"] == 3 * 2048 * 151936 * 4


def test_fewer_bits_and_stored_logits_are_offered() -> None:
    changes = [one["facts"] for one in estimate(**FOUR, zero_stage=0, teacher_model=LARGE).json()["changes"]]
    assert {"teacher_split": True} in changes
    assert any(one.get("teacher_model", "kept") is None for one in changes)
    assert _held(zero_stage=0, teacher_model=LARGE, teacher_format="nf4") < WHOLE / 3


def test_an_unknown_teacher_is_refused() -> None:
    with pytest.raises(BadInput, match="teacher_model: no model"):
        estimate(**FOUR, teacher_model="Qwen9-72B")


@pytest.mark.parametrize(
    ("question", "teacher", "student"),
    [
        ("distilling qwen2.5-72b (teacher, frozen, bf16) to qwen2.5-1.5b on 4 A100 80GB?", LARGE, SMALL),
        ("KD of Qwen2.5-1.5B from Qwen2.5-72B, 8xH100?", LARGE, SMALL),
        ("distill a 1.5B student from a 32B teacher on 2x A100 80GB?", "32B", 1.5e9),
        ("白盒蒸馏:教师Qwen2.5-72B,学生Qwen2.5-1.5B全参,几张A100-80G?", LARGE, SMALL),
        ("用14B蒸馏1.5B,两张4090够吗", "14B", 1.5e9),
        ("把Qwen2.5-72B蒸馏到Qwen2.5-1.5B,教师用4bit量化,一张A100 80G行不行", LARGE, SMALL),
    ],
)
def test_who_teaches_whom_is_read(question: str, teacher: str, student: str | float) -> None:
    facts = read(question).facts
    assert str(facts["teacher_model"][0]).endswith(teacher)
    assert [str(one).rsplit("/", 1)[-1] for one in facts.get("model", facts.get("params", ()))] == [
        student if isinstance(student, str) else str(int(student))
    ]
    assert facts["task"] == ("train",)
    assert ("teacher_format" in facts) == ("4bit" in question or "bf16" in question)
    assert "bits" not in facts


@pytest.mark.parametrize(
    "question",
    [
        "DeepSeek-R1-Distill-Qwen-7B or Llama-3.1-8B on a 3090?",
        "跑r1蒸馏版14b还是32b,4090",
        "R1 distill 32B vs QwQ-32B on 24GB",
    ],
)
def test_distilled_models_have_no_teacher(question: str) -> None:
    assert "teacher_model" not in read(question).facts


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("distilling Qwen2.5-72B into Qwen2.5-1.5B, how much memory on 4x A100 80GB?", ("145 GB", "24.7 GB", "33.9 GiB a card", "in 4 bits")),
        ("用Qwen2.5-72B作教师蒸馏Qwen2.5-1.5B,4张A100 80G要多少显存?", ("145 GB", "24.7 GB", "每卡 33.9 GiB", "教师用 4 位")),
    ],
)  # fmt: skip
def test_both_are_told_with_their_sum(question: str, said: tuple[str, ...]) -> None:
    assert all(one in answer_to(question).split("\n\n")[0] for one in said)


@pytest.mark.parametrize(
    ("question", "teacher"),
    [
        ("蒸馏 72b教7b 要几张a100", ("72B",)),
        ("用蒸馏让70B带8B,几张H100", ("70B",)),
        ("distillation, a 70B teaching an 8B: how many H100?", ("70B",)),
        ("7b和72b哪个教数学好", ()),
    ],
)
def test_who_teaches_whom(question: str, teacher: tuple[str, ...]) -> None:
    assert read(question).facts.get("teacher_model", ()) == teacher
