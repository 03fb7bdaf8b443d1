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


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Full FT Mistral-7B, ZeRO-3 on 8x 4090, seq 4096 bs 2: why OOM at 24 GB?", ("at the edge even with gradient checkpointing", "Check first that it is on", "73.2 GiB in all")),
        ("8张4090用ZeRO-3全参训练Mistral-7B，长度4096，bs2，为什么24G还是OOM", ("正好在边缘（按已开重计算）", "先确认它真的开着", "共 73.2 GiB")),
    ],
)  # fmt: skip
def test_at_the_edge_what_is_assumed_of_checkpointing_is_told_first(question: str, says: tuple[str, ...]) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert all(one in first for one in says), first


def test_where_checkpointing_is_told_it_is_no_cause() -> None:
    asked = "Full FT Mistral-7B with gradient checkpointing, ZeRO-3 on 8x 4090, seq 4096 bs 2: why OOM at 24 GB?"
    assert "Check first that it is on" not in answer_to(asked)
