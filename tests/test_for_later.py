"""What is planned for later is no value of the case in force, and is told beside it."""

from typing import Any

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "name", "now"),
    [
        ("Qwen3-8B AWQ on a 3060 for me alone at 8k; one day perhaps 12 users, not yet.", "batch_size", ()),
        ("Mistral-7B fp16 on an L4, right now one user, eventually we might be 40 people at 4k", "batch_size", ()),
        ("现阶段就我用,将来可能 30 人并发,Qwen3-8B fp8 一张 L4 行吗", "batch_size", ()),
        ("Possibly 64k next quarter, currently 16k will do: Qwen3-14B AWQ on a 4080?", "seq_len", (16384,)),
        ("明年也许上 64k,目前 8k,Qwen2.5-14B AWQ 一张 4070 Ti Super 够吗", "seq_len", (8192,)),
        ("I have one A100 40GB now and hope to get 4 of them in the future. Qwen2.5-32B AWQ?", "n_gpus", (1,)),
        ("后期可能加到 8 张卡,眼下只有 2 张 4090,Qwen2.5-72B AWQ 能跑吗", "n_gpus", (2,)),
        ("将来想上 72B,先跑 Qwen2.5-14B 4bit,一张 3060 够吗", "model", ("Qwen/Qwen2.5-14B-Instruct",)),
        ("for now a 7B with LoRA on a 4080, later on maybe a 14B", "params", (7e9,)),
    ],
)
def test_a_plan_is_no_fact_in_force(question: str, name: str, now: tuple[Any, ...]) -> None:
    assert read(question).facts.get(name, ()) in (now, now or (1,))


@pytest.mark.parametrize(
    ("question", "name", "values"),
    [
        # it is asked about just that
        ("now 8k; if we go to 32k later, does Qwen3-14B AWQ still fit on a 4080?", "seq_len", {8192, 32768}),
        ("现在 8k,以后要是 32k 还放得下吗,Qwen3-14B AWQ 4080", "seq_len", {8192, 32768}),
        ("Qwen2.5-7B fp16 现在 4k,将来 16k,一张 4080 都能放下吗", "seq_len", {4096, 16384}),
        # nothing is told of now
        ("Later I want 20 users at 4k on Llama-3.1-8B, L40S: fits?", "batch_size", {20}),
        # after something, and no plan
        ("微调以后在 4090 上部署 Qwen3-8B,16k,现在用 vllm", "seq_len", {16384}),
    ],
)
def test_what_is_asked_or_all_that_is_told_stays(question: str, name: str, values: set[Any]) -> None:
    assert set(read(question).facts.get(name, ())) == values


@pytest.mark.parametrize("question", ["Qwen3-8B 一张 3090,现在 8k", "Qwen2.5-14B 两张 4080,目前用 16k"])
def test_a_length_behind_a_card_is_no_count_of_cards(question: str) -> None:
    assert max(read(question).facts["n_gpus"]) <= 2


@pytest.mark.parametrize(
    ("question", "first", "beside"),
    [
        ("Qwen3-14B AWQ on a 3090, 8k, just me for now, some day maybe 24 people", "fits", "**Later, with 24 sequences at once, it does not fit**"),
        ("Qwen2.5-32B AWQ 一张 4090,目前 8k,将来可能 64k", "放得下", "**以后若是 65,536 token，则放不下**"),
    ],
)  # fmt: skip
def test_now_comes_first_and_later_beside_it(question: str, first: str, beside: str) -> None:
    said = answer_to(question)
    assert first in said.split("\n")[0]
    assert beside in said
