"""What is no question about memory, and what only stands beside one."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    "question",
    [
        "my 3090's fans scream at night, what can I do?",
        "best power limit for a 5090 to stop the coil whine?",
        "is 88 degrees too hot for an A100?",
        "4090显卡风扇异响怎么修",
        "5090 降压超频怎么调",
        "should I buy NVDA stock before earnings?",
        "A股算力板块还能追吗",
        "4090现在多少钱",
        "帮我写一个快速排序",
        "write me a training loop in pytorch",
        "SDXL LoRA训练要多少显存",
        "Does FLUX.1 12B run on a 12GB card?",
        "给我讲个笑话",
    ],
)
def test_another_matter_is_no_question_about_memory(question: str) -> None:
    assert read(question).intent == "out_of_scope"
    answer = answer_to(question)
    assert answer.count("\n") == 0  # what this does, and an offer
    assert ("GPU memory of language models" in answer or "how much GPU memory" in answer) or "显存" in answer


@pytest.mark.parametrize(
    "question",
    [
        "does Llama-3-70B Q4 fit on two 3090s with a power limit of 250W?",
        "My 3090 runs out of memory with Qwen2.5-14B and the fans go mad",
        "a used 3090 for QLoRA of a 13B, enough?",
        "whisper large v3 next to Qwen2.5-14B AWQ on a 24GB card?",
        "8卡A100全参训练7B,1B token要多少钱",
        "显示器占了1GB显存,24GB的卡还放得下32B的4bit吗",
        "4090能跑哪些模型",
    ],
)
def test_what_keeps_a_card_running_may_stand_beside_a_question_about_memory(question: str) -> None:
    assert read(question).intent != "out_of_scope"
