"""Models that are served beside each other on the same cards."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read
from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "together"),
    [
        ("vLLM Qwen3-32B AWQ plus Qwen3-Embedding-0.6B and reranker 0.6B on one 48GB card, fits?", "1.19 GB = 21.7 GB"),
        ("一张 4090:Qwen2.5-7B-Instruct-AWQ + 0.6B 向量模型 + 0.6B 重排模型,放得下吗", "合计 7.95 GB"),
        ("Llama-3.1-8B with vllm on a 3090 and a 0.6B embedding model next to it, fits?", "1.19 GB = 17.3 GB"),
    ],
)
def test_each_small_model_beside_is_counted(question: str, together: str) -> None:
    assert together in answer_to(question)


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
    assert said in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("I run two copies of Llama-3.1-8B on one 80GB A100 for throughput. Is it smarter to run one with more batch?", "**One server that batches more: "),
        ("3 vLLM instances of Qwen3-4B on one H100 or one with more concurrency?", "**One server that batches more: "),
        ("单张A100 80G上同时起两个qwen2.5-7b实例,和起一个加大并发哪个划算", "**起一个、加大并发更划算："),
    ],
)  # fmt: skip
def test_one_server_that_batches_more_is_set_against_copies_on_its_card(question: str, opens: str) -> None:
    assert opens in answer_to(question).split("\n\n")[0]


@pytest.mark.parametrize(
    "question",
    [
        "Does speculative decoding with a 1B draft model for Llama-3.1-70B AWQ still fit on 2x 4090?",
        "70B GPTQ 加 1B 草稿模型做投机解码,两张4090放得下吗",
    ],
)
def test_a_draft_model_told_by_its_size_is_counted_with_the_model_it_drafts_for(question: str) -> None:
    result = Assistant().ask(question).result
    assert result["facts"]["draft_model"]["value"] == "meta-llama/Llama-3.2-1B-Instruct"
    assert len(result["cases"]) < 2


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("How much VRAM for whisper large v3 plus Qwen3-8B AWQ on the same 12GB card", "**What runs beside it is not counted here; 4.49 GiB of the card are left for it**"),
        ("4090上同时跑whisper-large-v3和Qwen3-14B AWQ够吗", "**旁边的另一个模型没有计入；卡上还剩 12.6 GiB 给它**"),
    ],
)  # fmt: skip
def test_what_no_table_has_is_told_to_be_left_out_with_the_room_for_it(question: str, said: str) -> None:
    told = answer_to(question)
    assert said in told
    assert not told.startswith(("**Yes", "**可以"))


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("qwen2.5 14b awq on a 24gb card and also a 7b awq, fits?", "together on one card fits"),
        ("70b fp8 on an h100 and a 7b next to it, ok?", "together on one card"),
        ("a100 80g 上跑 32b fp8，还能再跑一个7b吗", "同时放在一张卡上"),
        ("一张4090跑14b awq，能不能再加载一个7b", "同时放在一张卡上"),
    ],
)
def test_one_more_model_beside_the_first_is_added_to_it(question: str, says: str) -> None:
    assert says in opening(question)


@pytest.mark.parametrize(
    "question", ["does a 14b awq or a 7b awq fit a 24gb card?", "先试7b，不行再换一个14b，24g卡放得下吗"]
)
def test_one_or_the_other_is_not_added_up(question: str) -> None:
    assert not any(one in opening(question) for one in ("ogether on one card", "同时放在一张卡上"))
