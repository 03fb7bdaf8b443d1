"""Whether unlike cards count as no more than the smallest on each: a yes to that, and what all of them hold otherwise."""

import pytest

from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("3090 24GB plus 3060 12GB in vLLM with tensor parallel 2: does only 24 GB count in all? I want to run a 32B", "**Yes, tensor parallel gives each card the same"),
        ("Is a 3090 plus a 3060 12GB with vLLM tp=2 only worth 24 GB? Qwen2.5-14B bf16", "**Yes, tensor parallel gives each card the same"),
        ("3090 24G加一张3060 12G混插，vllm tp=2总共只能用到24G？想跑32B", "**是，张量并行让每张卡分得一样多"),
        ("4090 24G和4060Ti 16G，vllm tp=2是不是只能按32G算，想跑Qwen2.5-32B AWQ", "**是，张量并行让每张卡分得一样多"),
    ],
)  # fmt: skip
def test_that_only_so_much_counts_is_answered(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


@pytest.mark.parametrize(
    "question",
    [
        "3090 + 3060 12GB, vLLM tp=2, Qwen2.5-32B-AWQ fits?",
        "3090 24G加3060 12G，vllm tp=2跑Qwen2.5-14B AWQ够吗",
    ],
)
def test_whether_it_fits_is_answered_as_before(question: str) -> None:
    assert not answer_to(question).startswith(("**Yes, tensor", "**是，张量"))


@pytest.mark.parametrize(
    ("question", "never"),
    [
        ("RTX 3090 + RTX 3060 12GB in llama.cpp: can it run Qwen2.5-32B Q4_K_M? The file is only 20 GB, right?", "**Yes, they count"),
        ("4090加3060 12G跑Qwen2.5-32B Q4_K_M，文件最多用20G吧，能跑吗", "合计按 36 GB"),
    ],
)  # fmt: skip
def test_another_amount_is_none_that_the_cards_count_for(question: str, never: str) -> None:
    assert never not in answer_to(question).split("\n\n")[0]
