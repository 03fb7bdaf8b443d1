"""What the first step and the next one were seen to take, and what a server shows before it has answered: why is what is asked."""

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
    ],
)
def test_steps_that_tell_no_two_amounts_of_memory_are_no_rise(question: str) -> None:
    assert read(question).intents[0] != "why_more"


@pytest.mark.parametrize(
    "question",
    [
        "Before the first token vLLM already shows 70GB on my A100 80G with Qwen2.5-7B. is that the prompt?",
        "vllm起Qwen2.5-7B，A100 80G，还没发请求就显示占了70G，这是提示词占的吗",
    ],
)
def test_what_a_server_shows_before_any_request_is_its_share(question: str) -> None:
    assert answer_to(question).startswith(("**No leak: vLLM takes a fixed share", "**不是泄漏：vLLM 启动时按固定比例"))


def test_which_layers_go_into_ram_is_no_count_of_the_models_layers() -> None:
    asked = "Qwen3-235B-A22B Q4 on 4x 3090 + 128GB DDR5, does it run and with -ot or --n-cpu-moe how many layers"
    assert "--n-cpu-moe" in answer_to(asked).split("\n\n")[0]


@pytest.mark.parametrize("card", ["Orin 64G", "Jetson Orin 64GB", "AGX Orin 64GB"])
def test_a_board_is_found_without_the_word_of_its_size(card: str) -> None:
    assert read(f"{card} Qwen2.5-14B Q4, fits?").facts["gpu"] == ("Jetson AGX Orin",)
