"""What the first step and the next one were seen to take: why it rises is what is asked."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("SFT of Qwen2.5-14B on 8x H100: step 1 uses 50GB, step 2 72GB, then constant. Adam states?", "14.8 GB on each of 8 cards"),
        ("微调Qwen2.5-7B全参，8卡A100 zero2，第一步38G，第二步开始51G，是Adam状态吗", "7.62B × 8 字节 ÷ 8 = 7.6 GB"),
    ],
)  # fmt: skip
def test_a_rise_from_step_to_step_is_explained_before_the_states(question: str, said: str) -> None:
    first = answer_to(question).split("\n\n")[0]
    assert first.startswith(("**No bug and no leak: AdamW allocates", "**不是 bug，也不是泄漏：AdamW"))
    assert said in first


@pytest.mark.parametrize(
    "question",
    [
        "Step 1 of the tutorial needs 20GB of disk, step 2 40GB. Qwen2.5-7B full fine-tuning?",
        "Qwen2.5-7B full fine-tuning with AdamW: how large are the Adam states after step 1?",
        # no rise: samples of one step are a little longer than those of another
        "Qwen2.5-7B full fine-tune on 8x A100: the first step takes 40GB, the next one 41GB. Fits in 48GB?",
        "微调Qwen2.5-7B LoRA，第一步20G，之后20.5G，24G卡够吗",
    ],
)
def test_steps_that_tell_no_two_amounts_of_memory_are_no_rise(question: str) -> None:
    assert read(question).intents[0] != "why_more"
