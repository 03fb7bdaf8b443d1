"""What drafts for a model, told by its size, by its kind, or as layers of the model's own: what it takes comes first."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "draft"),
    [
        ("Qwen2.5-14B with a 0.5B draft: how much more VRAM?", "Qwen/Qwen2.5-0.5B-Instruct"),
        ("Qwen3-14B 用 1.7B 做草稿模型,要多占多少显存", "Qwen/Qwen3-1.7B"),
        ("Qwen3-8B 加 Qwen3-0.6B 草稿,显存多多少", "Qwen/Qwen3-0.6B"),
        ("how much extra memory does multi-token prediction take in GLM-4.5-Air?", "mtp"),
        ("DeepSeek-R1 开 MTP 会多占多少显存", "mtp"),
    ],
)
def test_a_draft_is_no_model_beside_the_one_it_drafts_for(question: str, draft: str) -> None:
    reading = read(question)
    assert reading.facts["draft_model"] == (draft,)
    assert "params" not in reading.facts
    said = answer_to(question).split("\n")[0]
    assert "draft adds" in said or "草稿模型多占" in said or "MTP" in said


def test_layers_of_the_model_s_own_take_what_the_table_has_of_them() -> None:
    said = answer_to("How much memory do the MTP layers of DeepSeek-V3 take when it drafts with them?")
    assert said.startswith("**The model's own MTP layers add 12.5 GiB of weights")
    assert "draft_model" not in read("train DeepSeek-V3 with its MTP loss, how much memory?").facts
    assert "draft_model" not in read("does Qwen3-8B have MTP layers that take memory?").facts


@pytest.mark.parametrize("question", ["How much memory does an EAGLE-3 head for Qwen3-8B take?", "Qwen3-8B 加 EAGLE 头多占多少显存"])  # fmt: skip
def test_a_head_is_a_layer_and_what_joins_it(question: str) -> None:
    said = answer_to(question).split("\n")[0]
    assert "3 × 4,096²" in said
    assert "32,000" in said


@pytest.mark.parametrize("question", ["what does a 0.5B draft cost in memory?", "投机解码配 1B 草稿模型会多占显存吗"])
def test_a_draft_alone_is_told_of_without_a_case(question: str) -> None:
    assert "params" not in read(question).facts
    assert "2 GB" in answer_to(question)


def test_two_sizes_without_a_draft_are_two_models() -> None:
    assert read("Qwen3-14B or a 1.7B on an 8 GB card?").facts["params"] == (1.7e9,)


@pytest.mark.parametrize(
    "question",
    [
        "Is a Qwen3-0.6B draft for Qwen3-32B AWQ on a 4090 free in memory?",
        "Qwen3-32B int4 单卡 4090 48G，草稿 Qwen3-1.7B 的显存可以忽略吗",
    ],
)
def test_whether_a_draft_is_free_is_answered_and_not_whether_it_fits(question: str) -> None:
    told = answer_to(question)
    assert told.startswith(("**The draft is not free", "**草稿模型不是白送的"))


@pytest.mark.parametrize(
    ("question", "draft", "stored", "kept"),
    [
        ("How much more VRAM for a Qwen2.5-0.5B Q8_0 draft model beside Qwen2.5-32B Q4_K_M?", "Qwen/Qwen2.5-0.5B-Instruct", "gguf:Q8_0", "gguf:Q4_K_M"),
        ("Llama-3.1-70B Q3_K_M with Llama-3.2-1B (Q6_K) as draft, fits on 2x3090?", "meta-llama/Llama-3.2-1B-Instruct", "gguf:Q6_K", "gguf:Q3_K_M"),
        ("Qwen3-32B Q4_K_M 再挂一个 Qwen3-0.6B Q8_0 做草稿模型，24G 够吗", "Qwen/Qwen3-0.6B", "gguf:Q8_0", "gguf:Q4_K_M"),
        ("用 Qwen3-14B AWQ，Qwen3-0.6B bf16 的草稿模型，多占多少显存", "Qwen/Qwen3-0.6B", "bf16", "awq-int4-g128"),
    ],
)  # fmt: skip
def test_a_draft_told_with_its_format_keeps_it(question: str, draft: str, stored: str, kept: str) -> None:
    facts = read(question).facts
    assert (facts["draft_model"], facts["draft_format"], facts["weight_format"]) == ((draft,), (stored,), (kept,))
    said = answer_to(question)
    assert "What drafts is counted" in said or "起草部分已计入" in said


@pytest.mark.parametrize(
    "question",
    ["Qwen3-32B Q4_K_M against Qwen3-14B Q8_0 on a 3090, which leaves room for a draft model?", "Qwen3-32B Q4_K_M 和 Qwen3-14B Q8_0，哪个放得下，还想加草稿模型"],
)  # fmt: skip
def test_two_models_beside_which_a_draft_is_wished_are_no_draft(question: str) -> None:
    assert "draft_model" not in read(question).facts
