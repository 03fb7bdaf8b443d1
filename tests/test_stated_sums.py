"""Sums and totals that the asker states: which factor is another, and which part of the whole a figure is."""

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("KV of Qwen3-32B: 5120/64 = 80 head dim, so 2*64*8*80*2 = 160 KiB per token. Where am I wrong?", "the size of a head is 128"),
        ("Qwen3-32B KV cache per token: 2*64*64*80*2 = 1.25 MiB", "64 are the query heads, and the size of a head is 128"),
        ("gemma-2-9b 每个 token 的 kv 是 2*42*8*224*2 = 294 KiB 吗", "每头维度是 256"),
    ],
)  # fmt: skip
def test_a_head_is_as_wide_as_the_configuration_says(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text
    assert answer.text.startswith(("**Not right", "**不对"))
    assert not answer.notices


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("Command-R v01 (35B) Q4_K_M is ~21.5GB so on my 3090 with 32k context for RAG it should just about fit right?", "is the weights alone"),
        ("有人说 Llama-2-13B fp16 推理 26GB 就行，4096 上下文，对吗？", "只是"),
    ],
)  # fmt: skip
def test_a_figure_that_is_the_weights_is_called_so(question: str, said: str) -> None:
    answer = Assistant().ask(question)
    assert said in answer.text
    assert "even hold the weights" not in answer.text
    assert "都放不下,总共" not in answer.text
