"""Sums and totals that the asker states: which factor is another, and which part of the whole a figure is."""

import pytest

from chat.agent import Assistant
from chat.reads.amounts import ACTIVE_AS_ALL
from chat.reads.grammar import read


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


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        (
            "Llama 4 Scout is a 17B model so Q4 should run in 10GB on my 4070 12GB, why does the download say 60+ GB?",
            "**All 108B",
        ),
        ("Qwen3-30B-A3B只有3B，4090跑fp16应该只要6GB吧", "**不行：全部 30.5B"),
        ("deepseek v3 相当于37B模型，两张 A100 80G 够吗", "**不行：全部 671B"),
    ],
)
def test_what_a_token_activates_is_not_the_size(question: str, opens: str) -> None:
    answer = Assistant().ask(question)
    assert answer.text.startswith(opens)
    assert not answer.notices


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-30B-A3B on a 4090 in Q4, 3B active, fits?",
        "Qwen2.5-7B is a 7B model, fits on a 4090?",
        "Mixtral 8x7B 两张 4090 够吗",
    ],
)
def test_a_size_that_is_the_models_own_is_not_held_against_it(question: str) -> None:
    assert ACTIVE_AS_ALL not in read(question).extras
