"""Questions and posts with every fact that they state, as people write and paste them in both languages."""

import pytest

from chat.reads.grammar import read
from tests.phrasing import Phrasing, said, wrong

pytestmark = pytest.mark.slow

ASKED = said()


def test_there_are_as_many_of_each_language() -> None:
    chinese = sum(read(one.text).language == "zh" for one in ASKED)
    assert len(ASKED) >= 150
    assert chinese >= 0.35 * len(ASKED)


def test_every_fact_is_read_and_none_invented() -> None:
    missed = [(one.text, lines) for one in ASKED if (lines := wrong(read(one.text), one))]
    assert len(missed) <= 0.03 * len(ASKED), "\n".join(f"{text}\n    {lines}" for text, lines in missed)


def test_what_is_asked_is_read_first() -> None:
    missed = [
        (one.intents, read(one.text).intents, one.text) for one in ASKED if read(one.text).intent not in one.intents
    ]
    assert len(missed) <= 0.05 * len(ASKED), "\n".join(map(str, missed))


# what bears on nothing is understood, and not said to be unread
@pytest.mark.parametrize(
    "aside",
    [
        "transformers 4.46.3", "torch==2.5.1", "CUDA 12.4", "vllm v0.8.5.post1", "driver 535.154.05", "see issue #3421",
        "bought in 2021", "2024年3月买的", "花了2300块", "$650 each", "a 1600W PSU", "32核CPU", "96 cores", "DDR5-5600",
        "i9-13900K", "EPYC 9355", "at 12 t/s", "每秒8个token", "8 tokens/s", "a 2TB NVMe", "2T SSD", "PCIe 4.0 x16",
        "10.0.0.1:5000", "2025-11-20 10:12:33", "model_runner.py:1077", "8 channels", "--port 8000", "seed=42",
    ],
)  # fmt: skip
@pytest.mark.parametrize("question", ["Can I run a 7B in int4 on a 3090 24GB? ({})", "3090 24G能跑7B的int4吗,{}"])
def test_an_aside_is_no_fact_and_nothing_unread(question: str, aside: str) -> None:
    reading = read(question.format(aside))
    plain = read(question.format("-"))
    assert {name: values for name, values in reading.facts.items() if name != "engine"} == plain.facts
    assert reading.not_understood == ()


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("7B fp16 on 16GB? sorry, I meant 13B", {"params": (13_000_000_000,)}),
        ("24G跑32B行吗?打错了,是70B", {"params": (70_000_000_000,)}),
        ("LoRA on a 3090 with a 7B, wait, it's a 4090", {"gpu": ("RTX 4090",)}),
        ("两张A100,不对,是四张,QLoRA 70B", {"n_gpus": (4,)}),
    ],
)
def test_a_correction_stands_for_what_it_corrects(text: str, facts: dict[str, object]) -> None:
    reading = read(text)
    assert {name: reading.facts.get(name) for name in facts} == facts


def test_each_has_its_own_text() -> None:
    assert len({one.text for one in ASKED}) == len(ASKED)
    assert all(isinstance(one, Phrasing) for one in ASKED)
