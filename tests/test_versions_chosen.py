"""Of a card that comes in several sizes each has its own answer to which way to take."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("LoRA or full fine-tuning for a 7B on 2x A100, which one?", ("**On A100 SXM4 80 GB take full fine-tuning", "on A100 SXM4 40 GB take LoRA")),
        ("全参微调7B 4张A100 zero2 还是 zero3 选哪个", ("**A100 SXM4 80 GB 选 ZeRO-2（每张卡 43.7 GiB/80.0 GiB", "A100 SXM4 40 GB 选 切分（ZeRO-3/FSDP）（每张卡 35.4 GiB/40.0 GiB，多半放得下")),
        ("7B 全参 两张 A100，AdamW 还是 8bit adam 选哪个", ("**A100 SXM4 80 GB 选 AdamW", "A100 SXM4 40 GB 选 8 位 AdamW")),
    ],
)  # fmt: skip
def test_each_size_has_its_own_choice(question: str, told: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(told[0]), first[:300]
    assert all(one in first for one in told)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QLoRA or LoRA for a 7B on an A100, which?", "**Take LoRA: "),  # either size holds both
        ("7B 全参 两张 A100 80G，AdamW 还是 8bit adam 选哪个", "**选 AdamW\uff1a"),
        ("4x RTX 3090, full fine-tune a 7B: pure bf16, GaLore or ZeRO-3 offload, which one?", "**Take full fine-tuning (pure bf16 (states too))"),
    ],
)  # fmt: skip
def test_one_answer_is_told_once(question: str, opens: str) -> None:
    said = answer_to(question)
    assert said.startswith(opens), said[:200]
