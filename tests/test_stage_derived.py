"""The formula of a ZeRO stage: asked for, it is derived, and shown on the case or an example over several cards."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Derive what ZeRO-2 keeps on each GPU.", "**Bytes of each parameter on each of N cards: ZeRO-2 2 + 14/N B, so 7B on 8 cards are 26.2 GB"),
        ("FSDP 每张卡的显存公式怎么推导？", "**N 张卡每张上每个参数的字节数：ZeRO-3/FSDP 16/N 字节，7B 在 8 张卡上每张 14.0 GB"),
        ("derive the ZeRO-1 memory of a 13B on 4 GPUs", "**Bytes of each parameter on each of N cards: ZeRO-1 4 + 12/N B, so 13B on 4 cards are 91.0 GB"),
    ],
)  # fmt: skip
def test_the_formula_comes_first(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_all_stages_are_told_of_a_training() -> None:
    told = answer_to("ZeRO 三个阶段每张卡的显存公式分别是什么")
    assert told.split("\n\n")[0].count("/N 字节") == 3
    assert "推理显存" not in told


@pytest.mark.parametrize(
    "question", ["What is ZeRO-2?", "13B full fine-tuning with ZeRO-3 on 8 A100 80G: how much per card?"]
)
def test_no_formula_is_derived_unasked(question: str) -> None:
    assert "Bytes of each parameter on each of N cards" not in answer_to(question)
