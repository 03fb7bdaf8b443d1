"""A stage of training that fails where the one before it runs: what it takes more, whether a reference is it, what mends it."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "reference", "product", "way"),
    [
        (
            "QLoRA SFT of gemma-3-4b just fits on my 8GB card at 1024 tokens, DPO runs out of memory. Is it the reference model, and would ORPO help?",
            "**No second copy",
            "× 262,",
            "fused loss",
        ),
        (
            "gemma-3-4b QLoRA 8G显存 1024长度，SFT勉强能跑，DPO爆显存，是参考模型占的吗，换ORPO有用吗",
            "**不需要第二份",
            "× 262,",
            "融合损失",
        ),
    ],
)
def test_the_reference_then_the_logits_and_what_mends_it(question: str, reference: str, product: str, way: str) -> None:
    told = answer_to(question)
    assert told.startswith(reference)
    assert product in told
    assert way in told


@pytest.mark.parametrize(
    "question",
    [
        "QLoRA DPO of Qwen3-8B OOMs on 16GB while SFT runs. Does the reference model take a second copy?",
        "Qwen3-8B QLoRA，16G，SFT没问题，DPO爆显存，参考模型是不是又占了一份",
    ],
)
def test_a_failed_run_is_told_of_the_reference_too(question: str) -> None:
    told = answer_to(question)
    assert "No second copy" in told or "不需要第二份" in told
