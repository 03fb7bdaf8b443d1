"""Data-parallel attention of a model with one compressed cache, against tensor parallel."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("DeepSeek-V3 on 8x H200 with SGLang: dp-attention or plain TP8, which leaves more KV cache?", "**Data-parallel attention leaves 5."),
        ("DeepSeek-R1 8卡 H200,开 dp attention 比 TP8 多多少 KV 缓存", "**数据并行注意力的缓存是 5."),
        ("DeepSeek-R1 8 卡 H20 用 --enable-dp-attention 比 TP8 能多放多少 KV?", "**这 8 张卡上不行"),
        ("Does data parallel attention save KV memory for DeepSeek-V3 compared to TP?", "**Yes: tensor parallel keeps the whole compressed cache on every card"),
    ],
)  # fmt: skip
def test_it_is_no_copy_of_the_model(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens), told[:300]
    assert "keeps a whole copy" not in told


def test_data_parallel_alone_still_is_one() -> None:
    question = "Qwen2.5-72B in bf16 on 4x A100 80GB: tensor parallel or data parallel, which is better?"
    assert "attention_by_requests" not in read(question).cues
    assert "keeps a whole copy on every card" in answer_to(question)


@pytest.mark.parametrize(
    ("question", "ranks"),
    [
        ("DeepSeek-V3 on 8x H200, vllm serve --data-parallel-size 8 --enable-expert-parallel", (1, 8, 8)),
        ("DeepSeek-R1 8卡H200 vLLM --tensor-parallel-size 2 --data-parallel-size 4 --enable-expert-parallel 每卡多少显存", (2, 4, 8)),
        ("SGLang DeepSeek-V3 on 8x H200: --tp 8 --dp 8 --enable-dp-attention, memory per card?", (1, 8, 8)),
        ("DeepSeek-V3 两台8卡H100 sglang --tp 16 --dp 4 --enable-dp-attention 每卡要多少", (4, 4, 16)),
    ],
)  # fmt: skip
def test_flags_tell_the_ranks_of_attention_and_of_the_experts(question: str, ranks: tuple[int, ...]) -> None:
    facts = read(question).facts
    assert tuple(facts[name][0] for name in ("tp", "dp", "ep")) == ranks
    assert "zero_stage" not in facts
    told = answer_to(question)
    assert "cannot be worked out" not in told
    assert "算不了" not in told
    assert "does not fit" not in told.split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-235B-A22B on 8x H100 in vLLM: data parallel with expert parallel, or tensor parallel?",
        "DeepSeek-R1 FP8 8x H200: DP+EP vs TP 8, which is better?",
        "8 张 H200 跑 DeepSeek-V3,数据并行加专家并行,还是 TP8 好?",
        "Does --enable-dp-attention in SGLang replicate the DeepSeek-V3 weights on every GPU?",
    ],
)
def test_copies_of_attention_over_divided_experts_are_no_copies_of_the_model(question: str) -> None:
    told = answer_to(question)
    assert "keeps a whole copy" not in told
    assert "都放完整的一份" not in told
    assert "each rank has all weights" not in told
    assert "data parallel 8" not in told


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("DeepSeek-V3 on 8x H200, vllm serve --data-parallel-size 8 --enable-expert-parallel", "in each of 8 data-parallel ranks"),
        ("Qwen2.5-7B 4张A100 80G vllm tp2 dp2 每卡多少", "2 份数据并行各容纳"),
        ("Qwen2.5-7B 4张A100 80G vllm tp4 每卡多少", "每张卡留给缓存"),
    ],
)  # fmt: skip
def test_each_rank_has_a_pool_of_its_own(question: str, says: str) -> None:
    told = answer_to(question)
    assert says in told
    assert ("数据并行" in told or "data-parallel" in told) == ("tp4" not in question)
