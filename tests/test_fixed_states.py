"""Models that keep a state of fixed size in place of keys and values, and what a longer context does to those that are served."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("KV cache of mamba-2.8b at 32k?", "**No KV cache at all: in place of keys and values each of its 64 layers keeps a state of fixed size, 22.5 MiB"),
        ("mamba-2.8b 的 KV cache 32k 多大", "**完全没有 KV 缓存"),
        ("Does falcon-mamba-7b need more memory with a longer context?", "**No KV cache at all"),
        ("Falcon-Mamba 7B 上下文加长显存会涨吗", "**完全没有 KV 缓存"),
        ("150 agents with an identical 8k preamble on mamba-2.8b, is the KV of it duplicated?", "of 150 sequences 3.30 GiB"),
    ],
)  # fmt: skip
def test_a_state_of_fixed_size_is_no_cache(question: str, opens: str) -> None:
    assert opens in answer_to(question)


@pytest.mark.parametrize("question", ["KV cache of Jamba-v0.1 at 32k?", "KV cache per token of Llama-3.1-8B?"])
def test_what_any_layer_keeps_is_a_cache(question: str) -> None:
    assert "No KV cache" not in answer_to(question)
    assert opening(question).startswith("**KV cache: 2 (keys and values)")


@pytest.mark.parametrize(
    ("question", "case"),
    [
        ("Does llama-3.1-8b need more memory with a longer context?", "inference"),
        ("Does the context length change how much memory Qwen3-8B needs?", "inference"),
        ("Llama-3.1-8B 上下文加长,显存会上升吗", "推理"),
        ("Does a longer context need more memory when LoRA tuning llama-3.1-8b?", "LoRA"),
        ("训练 Qwen3-8B 时上下文变长显存会增加吗", "全量微调"),
    ],
)
def test_a_longer_context_is_of_a_model_that_answers_unless_it_trains(question: str, case: str) -> None:
    assert case in opening(question)


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Does the sequence length change how much memory fine-tuning Qwen3-8B needs?", "**Hardly the whole, as yet: a longer sequence makes activations and logits grow"),
        ("训练 Qwen3-8B 时序列长度变长显存会增加吗", "**总量暂时几乎不变"),
    ],
)  # fmt: skip
def test_what_grows_before_the_fullest_moment_is_said_to_grow(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)
