"""Windows of attention in vLLM: a layer keeps its window and the tokens of a step, which the sequences share."""

import pytest

from kb import estimate
from tests.talking import answer_to

GEMMA = {"model": "google/gemma-3-27b-it", "gpu": "H100", "engine": "vllm", "seq_len": 32768}


def _cache_gib(**facts: object) -> float:
    return next(float(one["gib"]) for one in estimate(**facts).json()["terms"] if one["name"] == "kv_cache")


def test_a_step_stands_beside_the_window() -> None:
    """By hand, vLLM's SlidingWindowSpec: 10 layers keep 32,768 tokens, 52 keep 1,023 + 8,192 in pages of 16 and one more."""
    token = 2 * 16 * 128 * 2
    kept = 10 * 32768 + 52 * (-(-(1023 + 8192) // 16) + 1) * 16
    assert _cache_gib(**GEMMA, max_num_batched_tokens=8192) == pytest.approx(kept * token / 2**30)


def test_sequences_share_a_step() -> None:
    one, eight = (_cache_gib(**GEMMA, batch_size=count, max_num_batched_tokens=8192) for count in (1, 8))
    assert eight < 8 * one - 6 * 52 * 8192 * 8192 / 2**30  # seven of eight steps are not kept, rounding aside


def test_a_window_within_a_step_saves_nothing() -> None:
    """A length that the window and a step cover is kept whole, as vLLM's own check at the start counts it."""
    facts = {"model": "microsoft/Phi-3-mini-4k-instruct", "gpu": "T4", "engine": "vllm", "seq_len": 4096}
    assert _cache_gib(**facts) == pytest.approx(4096 * 2 * 32 * 32 * 96 * 2 / 2**30)


@pytest.mark.parametrize("program", ["llama.cpp", "sglang"])
def test_other_programs_have_no_such_step(program: str) -> None:
    assert _cache_gib(**{**GEMMA, "engine": program}) < 0.6 * _cache_gib(**GEMMA, max_num_batched_tokens=8192)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("gemma-3-27b-it bf16 on one H100 80GB with vLLM, max_model_len 32768: how many concurrent sequences?", "52 with a window of 1,024 keep 9,232"),
        ("vLLM Gemma-3-27B 32k 单卡A100 80G能开多少并发", "52 层带 1,024 的窗口，存 3,088 个"),
    ],
)  # fmt: skip
def test_what_a_windowed_layer_keeps_is_told(question: str, says: str) -> None:
    assert says in answer_to(question)
