"""Slices of a card told by their number, and a cache in RAM asked about with a model."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "each"),
    [
        ("If I split an H100 80GB with MIG into 7 slices, can I run an 8B bf16 on each?", 10),
        ("I cut my A100 80GB into three MIG instances, does Qwen3-14B bf16 fit in one of them?", 20),
        ("H200 with MIG, seven slices, is Llama 3.1 8B fp8 possible on each?", 18),
        ("H100 80GB 用 MIG 切成 7 份,每份能跑 Qwen3-8B bf16 吗?", 10),
        ("A100 40GB 用 MIG 分成两份,一份跑 Qwen3-8B bf16 8k 能同时几路?", 20),
        ("A30 24GB MIG 切成 4 份, 每份能跑 Qwen3-4B 吗", 6),
    ],
)
def test_each_of_so_many_slices_has_its_eighths(question: str, each: int) -> None:
    answer = Assistant().ask(question)
    assert f"limited to {each} GB" in answer.result["facts"]["gpu"]["value"]
    assert "MIG" in answer.text.split("\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B bf16 on an H100 80GB split into 7 requests, does it fit?",
        "A100 40G or 80G with MIG into 2 slices, does Qwen3-8B fit?",
        "把 14B 切成 2 份放两张 4090 上行吗",
    ],
)
def test_no_slices_are_told_without_their_card(question: str) -> None:
    assert "mig_slices" not in read(question).extras


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-32B on one H100 80GB with vLLM, does LMCache let me serve a longer context than fits?",
        "Qwen3-8B, 4090, vLLM --swap-space 16, does that let me have 131072 context?",
        "Llama-3.1-70B int4 单卡 A100 80GB 用 vLLM,开 LMCache 能支持更多并发吗?",
        "Qwen3-32B AWQ 单卡 4090 vLLM,把 KV cache 放到内存能跑 32k 吗?",
    ],
)
def test_a_cache_in_ram_holds_what_waits(question: str) -> None:
    first = answer_to(question).split("\n")[0]
    assert "what waits" in first or "暂时不用的" in first


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B Q4_K_M llama.cpp on a 3060 with --no-kv-offload, how much VRAM?",
        "How much memory does the KV cache of Qwen3-8B take in bf16 at 32k?",
    ],
)
def test_of_a_cache_on_the_card_nothing_is_said(question: str) -> None:
    assert "keeps what waits" not in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "Two MIG 3g.40gb slices of one H100: serve Llama-3.1-70B AWQ over both with TP 2?",
        "H100 切两个 MIG 3g.40gb，vLLM tp=2 跨切片部署 Llama-3.3-70B AWQ 行吗",
    ],
)
def test_no_model_is_divided_over_slices(question: str) -> None:
    answer = Assistant().ask(question)
    assert not {"tp", "n_gpus"} & set(answer.said)
    assert "peer access" in answer.text or "点对点访问" in answer.text
    assert "such cards, sharded" not in answer.text
    assert "张同样的卡" not in answer.text


def test_the_card_that_is_cut_keeps_its_own_size() -> None:
    assert read("A100 40GB with MIG, a 3g.20gb slice: does Qwen2.5-7B fit?").facts["gpu"] == ("A100 40GB",)
