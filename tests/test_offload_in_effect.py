"""A training whose states are offloaded and whose card runs out all the same."""

import pytest

from chat.agent import Assistant

IN_EFFECT = {"en": "the offload is not in effect", "zh": "说明 offload 没有生效"}


@pytest.mark.parametrize(
    ("question", "language"),
    [
        ("Mistral-7B full fine-tune, deepspeed stage 3 with cpu offload, 2x 3090, 512GB RAM: CUDA out of memory at step 1, why?", "en"),
        ("zero3 加 offload 全参 Qwen2.5-7B，batch 1，两张 4090，内存 384G，还是 CUDA OOM，怎么回事", "zh"),
        ("zero3 offload 全参 14B，4 张 3090，内存 256G，显存爆了", "zh"),  # the machine's memory is at its edge, and no card is
    ],
)  # fmt: skip
def test_a_machine_that_holds_the_states_is_not_the_cause(question: str, language: str) -> None:
    opens = Assistant().ask(question).text.split("\n\n")[0]
    assert IN_EFFECT[language] in opens
    assert "RAM" not in opens.split(":")[0] or "has room" in opens
    assert "正好在边缘" not in opens


@pytest.mark.parametrize(
    "question",
    [
        "zero3 offload full fine-tune of a 32B on 2x A100 80G with 256 GB of RAM dies, why?",
        "7B full fine-tuning with zero3 cpu offload on one 3090 fails, out of memory",
    ],
)
def test_a_machine_that_does_not_or_is_not_told_may_be(question: str) -> None:
    assert "the offload is not in effect" not in Assistant().ask(question).text
