"""What a mended failure was saved by, what error correction takes, what a share is of, and the least count of cards."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("With FlashAttention my 13B LoRA at 4k stopped running out of memory. What exactly did it save?", "**Against eager attention it saves "),
        ("7B LoRA 8k 开了 flash attention 之后不爆显存了,它省的到底是哪部分", "**相对 eager 注意力省 "),
        ("Two identical L40S: one shows 49140 MiB in nvidia-smi, the other 46068 MiB. Faulty card?", "**On cards with GDDR memory ECC takes a sixteenth"),
        ("两张 A6000,一张显示 49140MiB,另一张 46068MiB,坏了吗", "**GDDR 显存的卡开 ECC 会占用 1/16"),
        ("LMDeploy 的 cache_max_entry_count 这个比例按总显存算还是按剩余的算", "**服务启动时就按份额占用显存（LMDeploy 默认把权重之后剩余显存的 0.8"),
        ("We were quoted 16 MI300X to serve Llama-3.1-405B in bf16 at 128k. What is the minimum?", "**16 are enough: 8 cards**"),
    ],
)  # fmt: skip
def test_what_is_asked_opens(question: str, opens: str) -> None:
    told = answer_to(question)
    assert opens in told[: len(opens) + 120], told[:300]


def test_what_is_left_after_a_setting_was_changed_is_not_free() -> None:
    question = "LMDeploy, Yi-1.5-6B on an A10 took 20G, cache_max_entry_count 改成0.2就剩14G,正常吗"
    assert "card_free_gb" not in read(question).extras


def test_continued_pretraining_is_not_set_against_tuning() -> None:
    assert "trained_or_tuned" not in read("Yi-1.5-34B 增量预训练,全参,16k,H20 141G 最少几张").cues
    assert "trained_or_tuned" in read("从头预训练和全参微调 7B,显存一样多吗").cues


def test_the_share_of_now_is_that_of_the_run_that_fails() -> None:
    question = "verl GRPO Qwen2.5-3B 全参 8张3090,rollout gpu_memory_utilization 填多少合适?现在0.8,update 就爆"
    assert read(question).facts["gpu_memory_utilization"] == (0.8,)
    asked = "what gpu_memory_utilization should I use? currently 0.95, Qwen3-8B on a 4090 with vLLM"
    assert "gpu_memory_utilization" not in read(asked).facts


def test_a_count_beyond_the_card_is_not_borderline() -> None:
    told = answer_to("Yi-1.5-34B 全参训练,16k,H20 141G 最少几张")
    assert "4 卡每张 162.7 GiB，多半放不下" in told
