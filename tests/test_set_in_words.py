"""Settings of programs in their own words: how FSDP shards, and what a setting was set to."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "stages"),
    [
        ("FSDP的SHARD_GRAD_OP和FULL_SHARD差多少显存?7B 全参4卡", {2, 3}),
        ("FSDP with SHARD_GRAD_OP, 13B full on 8 A100 40GB", {2}),
        ("FSDP FULL_SHARD, 13B full on 8 A100 40GB", {3}),
        ("FSDP 13B full on 8 A100 40GB", {3}),
    ],
)
def test_how_fsdp_shards_is_a_stage(question: str, stages: set[int]) -> None:
    assert set(read(question).facts["zero_stage"]) == stages


@pytest.mark.parametrize(
    "question",
    [
        "num_ctx我设的40960,ollama qwen3:4b",
        "num_ctx 开到 40960 ollama qwen3:4b",
        "num_ctx is set to 40960, ollama qwen3:4b",
    ],
)
def test_what_a_setting_was_set_to_is_read(question: str) -> None:
    assert read(question).facts["seq_len"] == (40960,)


@pytest.mark.parametrize(
    "question",
    [
        "QwQ-32B-AWQ,两张4090,启动报错:\nValueError: The model's max seq len (131072) is larger than the maximum number of tokens that can be stored in KV cache (61232).\n怎么改?",
        "Qwen2.5-14B on a 3090, it says:\nRuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB\nwhy?",
    ],
)  # fmt: skip
def test_an_error_s_name_is_no_label_of_a_case(question: str) -> None:
    text = answer_to(question)
    assert "Error:" not in text.split("\n")[0]
    assert "Error\uff1a" not in text


@pytest.mark.parametrize(
    ("asked", "opens"),
    [
        (
            "which of these is the real usage?",
            "**What the run really holds are its tensors, 61.2 GiB allocated. 15.6 GiB more",
        ),
        ("哪个数才是真实占用?", "**任务真正占用的是张量：已分配 61.2 GiB。另有 15.6 GiB"),
    ],
)
def test_which_number_of_a_message_is_real_opens(asked: str, opens: str) -> None:
    message = "CUDA out of memory. Tried to allocate 1.50 GiB. GPU 0 has a total capacity of 79.1 GiB of which 0.9 GiB is free. Of the allocated memory 61.2 GiB is allocated by PyTorch, and 15.6 GiB is reserved by PyTorch but unallocated."
    assert answer_to(f"{message} {asked}").startswith(opens)
