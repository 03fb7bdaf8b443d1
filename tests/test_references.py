"""A reference model that is not loaded is not counted; a precision that is stated without masters has none."""

import pytest

from chat.reads.grammar import read
from kb import estimate
from tests.talking import answer_to, opening

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


@pytest.mark.parametrize(
    ("question", "opens", "held"),
    [
        ("7B LoRA DPO takes almost twice the memory of SFT. The reference is the base with adapters off, so where does the extra come from?", "**DPO takes 1.34 GiB more than SFT", "no second copy is in it: with its adapters off the base is the reference. It is the pair"),
        ("Why does DPO with LoRA use so much more memory than SFT if the reference model is just the adapter disabled?", "**DPO takes 1.34 GiB more than SFT", "a smaller batch with accumulation, checkpointing"),
        ("7b lora做dpo显存比sft多不少，ref不就是关掉adapter吗，多在哪", "**回答长 2,048 token 时，DPO 比 SFT 多 1.34 GiB", "多在成对的样本"),
        ("qlora DPO 显存比sft大很多，参考模型不是共享基座吗？", "**回答长 2,048 token 时，DPO 比 SFT 多 1.34 GiB", "减小 batch 加梯度累积"),
    ],
)  # fmt: skip
def test_pairs_under_adapters_are_what_takes_more_than_plain_tuning(question: str, opens: str, held: str) -> None:
    told = opening(question)
    assert told.startswith(opens), told[:300]
    assert held in told


@pytest.mark.parametrize(
    "question",
    [
        "Does DPO with LoRA need a second copy of the 7B model?",
        "DPO lora需要两份模型吗，ref是关掉adapter？",
        "GRPO LoRA takes more than SFT on a 7B, is the reference a second model?",
    ],
)
def test_adapters_that_are_not_set_against_plain_tuning_tell_of_the_reference(question: str) -> None:
    assert "more than SFT at answers" not in (told := answer_to(question))
    assert "比 SFT 多" not in told
