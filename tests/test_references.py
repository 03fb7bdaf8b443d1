"""A reference model that is not loaded is not counted; a precision that is stated without masters has none."""

import pytest

from chat.reads.grammar import read
from kb import estimate
from tests.talking import answer_to

POLICY = {"model": "Qwen2.5-3B-Instruct", "method": "full", "gpu": "A100", "gpu_memory_gb": 80}
COPY = 2 * 3085938688  # bytes of Qwen2.5-3B in 16 bit


@pytest.mark.parametrize("algo", ["grpo", "dpo", "kto"])
def test_a_reference_that_is_not_loaded_is_a_copy_less(algo: str) -> None:
    loaded, without = (estimate(**POLICY, algo=algo, ref_model=one).outcomes[0] for one in (True, False))
    assert loaded.terms["weights"] - without.terms["weights"] == pytest.approx(COPY, rel=1e-6)


@pytest.mark.parametrize(
    "question",
    [
        "GRPO full fine-tune of Qwen2.5-3B with beta=0 on an A100 80GB, does it fit?",
        "用TRL跑GRPO,Qwen2.5-3B全参,不用KL,一张A100 80G够吗",
    ],
)
def test_a_kl_weight_of_zero_loads_none(question: str) -> None:
    text = answer_to(question)
    assert "weights of the reference" not in text
    assert "参考模型权重" not in text


@pytest.mark.parametrize(
    "question",
    [
        "full fine-tune Llama-3.2-3B in bf16 without fp32 master weights on 24GB?",
        "full FT of a 3B, bf16, no master weights, AdamW, 48GB ok?",
        "Llama-3.2-3B全参微调,bf16不保留fp32主权重,24G够吗",
    ],
)
def test_no_masters_are_counted_where_none_are_kept(question: str) -> None:
    assert read(question).facts["precision"] == ("pure-bf16",)
