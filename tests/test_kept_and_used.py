"""What PyTorch keeps beside what tensors use, in the asker's words, and why a server does not take the whole card."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("PyTorch: reserved 23.1 GiB allocated 15.2 GiB then OOM when allocating 2 GiB on 24GB, why", "asks for 2.00 GiB while 7.90 GiB are reserved"),
        ("memory_reserved 22GB, memory_allocated 14GB, OOM at 1.5GB on a 3090", "asks for 1.50 GiB while 8.00 GiB are reserved"),
        ("allocated 15.2GB, reserved 22GB and still an OOM, it wants 3GB. 24GB card", "asks for 3.00 GiB while 6.80 GiB are reserved"),
        # the size of the card is not what was asked for
        ("PyTorch reserved 22 GB, allocated 14 GB, OOM on 24GB 3090, it wants 2 GB, why?", "asks for 2.00 GiB while 8.00 GiB are reserved"),
        ("reserved 22 GB allocated 14 GB, OOM on an allocation of 3 GB, 24GB card", "asks for 3.00 GiB while 8.00 GiB are reserved"),
        ("reserved 20G allocated 12G，还是OOM 申请3G，24G卡，是碎片吗", "要申请 3.00 GiB，而 PyTorch 已保留却未使用的有 8.00 GiB"),
    ],
)  # fmt: skip
def test_what_is_kept_and_not_used_is_more_than_what_was_asked_for(question: str, said: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(("**Fragmentation:", "**这是碎片："))
    assert said in first


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("expandable_segments 有用吗 reserved比allocated大8G", "**它们是 PyTorch 分配器"),
        ("does expandable_segments help? reserved is 8 GB larger than allocated", "**They are settings of PyTorch's allocator"),
        ("what does 0.92 mean in vLLM and why not 1.0?", "**On a card of its own without a screen 0.95"),
        ("为什么 vLLM 默认 0.9 不用满", "**0.9 不高于新版本的默认值"),
        ("why not set gpu_memory_utilization to 1.0 in vLLM?", "**Rather not 1;"),
    ],
)  # fmt: skip
def test_a_setting_is_explained_without_a_model(question: str, opens: str) -> None:
    assert answer_to(question).startswith(opens)


def test_a_server_that_fills_the_card_of_a_model_is_no_question_of_the_highest_share() -> None:
    asked = "why does vLLM use all the memory, not just 15GB? Qwen2.5-7B 4090"
    assert answer_to(asked).startswith("**vLLM takes a share of the card at its start")


@pytest.mark.parametrize(
    "question",
    [
        "reserved 22 GB allocated 14 GB, OOM at 24GB of my 3090",
        "memory_reserved 22GB, memory_allocated 14GB, OOM on 24GB card",
    ],
)
def test_the_size_of_a_card_is_nothing_that_was_asked_for(question: str) -> None:
    assert "oom_tried" not in read(question).extras


@pytest.mark.parametrize(
    "question",
    ["vLLM tp=2 for Qwen2.5-7B on 3090s, why not 1 card?", "vllm为什么不全用FP8", "vLLM: why not all in fp8?"],
)
def test_cards_and_formats_are_no_share_of_a_card(question: str) -> None:
    assert "meaning:high_share" not in read(question).cues
