"""Models that are served beside each other on the same cards."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "together"),
    [
        ("vLLM Qwen3-32B AWQ plus Qwen3-Embedding-0.6B and reranker 0.6B on one 48GB card, fits?", "1.19 GB = 21.7 GB"),
        ("一张 4090:Qwen2.5-7B-Instruct-AWQ + 0.6B 向量模型 + 0.6B 重排模型,放得下吗", "合计 7.95 GB"),
        ("Llama-3.1-8B with vllm on a 3090 and a 0.6B embedding model next to it, fits?", "1.19 GB = 17.3 GB"),
    ],
)
def test_each_small_model_beside_is_counted(question: str, together: str) -> None:
    assert together in Assistant().ask(question).text


def test_the_embedding_layer_of_a_model_is_no_other_model() -> None:
    assert "encoder" not in read("Qwen3 8B embedding 层占多少显存").extras


@pytest.mark.parametrize(
    ("question", "said"),
    [
        (
            'second vllm with Qwen3-0.6B on the same 3090: "Free memory on device (2.1/23.69 GiB) on startup is less than desired GPU memory utilization (0.9, 21.32 GiB)"',
            "--gpu-memory-utilization 0.45 at most",
        ),
        (
            "一张 A100 80G 上先起了一个 vLLM,再起 Qwen3-8B 报错 Free memory on device (7.9/79.25 GiB) on startup is less than desired GPU memory utilization (0.9, 71.33 GiB)",
            "--gpu-memory-utilization 不超过 0.45",
        ),
        (
            "Qwen3-0.6B on a 3090: Free memory on device (8.1/23.69 GiB) on startup is less than desired GPU memory utilization (0.9, 21.32 GiB)",
            "to at most 0.34",
        ),
    ],
)
def test_the_share_of_a_second_server_is_never_less_than_its_model_needs(question: str, said: str) -> None:
    assert said in Assistant().ask(question).text.split("\n")[0]
