"""What is asked of how things work or compare: stages that take more, layers as a program prints them, families of one size."""

import pytest

from chat.agent import Assistant
from chat.reads.grammar import read


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Why does ZeRO-3 need more memory than ZeRO-2 on my 4 cards? 1.5B, full", "**By its states ZeRO-3 never takes more"),
        ("zero3 反而比 zero2 占得多，这是为什么", "**单看模型状态，ZeRO-3 不会更多"),
        ("my log says offloaded 25/41 layers to GPU, what does it mean", "**It is how many of the model's layers"),
        ("llama.cpp 里 offloaded 49/49 layers 什么意思", "**它表示 llama.cpp 把模型的多少层"),
        ("how much concurrency do I get on one A10 with Qwen3-8B AWQ at 2k?", "**About "),
    ],
)  # fmt: skip
def test_it_opens_with_what_was_asked(question: str, opens: str) -> None:
    assert Assistant().ask(question).text.startswith(opens)


@pytest.mark.parametrize(
    "question",
    ["Is ZeRO-3 slower than ZeRO-2?", "ZeRO-2 takes more memory than ZeRO-3, right? 7B on 8 A100"],
)
def test_what_is_no_excess_of_stage_3(question: str) -> None:
    assert "zero3_takes_more" not in read(question).cues


@pytest.mark.parametrize(
    ("question", "models"),
    [
        ("Qwen3 vs Llama 3.1 at 8B: whose cache is smaller?", {"Qwen/Qwen3-8B", "meta-llama/Llama-3.1-8B-Instruct"}),
        ("都是14B，Qwen3和Qwen2.5推理显存一样吗", {"Qwen/Qwen3-14B", "Qwen/Qwen2.5-14B-Instruct"}),
        ("Qwen3-32B vs Llama 3.1 8B", {"Qwen/Qwen3-32B", "meta-llama/Llama-3.1-8B-Instruct"}),
    ],
)
def test_a_size_that_is_told_once_is_of_every_family(question: str, models: set[str]) -> None:
    assert set(read(question).facts["model"]) == models


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("FULL_SHARD, HYBRID_SHARD and SHARD_GRAD_OP of FSDP against ZeRO-2 and 3: which is which, per GPU for a 7B over 4 nodes x 8?",
         ("HYBRID_SHARD is ZeRO-3 within a machine", "by all 32")),
        ("13B full ft on 8x A100 80GB, ZeRO-1, 2 or 3? I would avoid 3 because of speed. Per GPU please", ("ZeRO-2 2 + 14/8 B", "fits ZeRO-2")),
    ],
)  # fmt: skip
def test_stages_are_told_over_all_machines_and_not_by_their_speed(question: str, said: tuple[str, ...]) -> None:
    text = Assistant().ask(question).text
    assert [one for one in said if one not in text] == []
    assert "tokens/s" not in text
