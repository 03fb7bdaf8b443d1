"""Time and memory of a training: both where both are asked, and beside a time that a card has no memory for the method that does go on it."""

import re

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "way"),
    [
        ("LoRA on Qwen3-14B with my 3090, 30M tokens: how many hours will it train?", "; QLoRA fits ("),
        ("how long does full fine-tuning of Llama-3.2-3B take on one 4090, 20M tokens?", "; LoRA fits ("),
        ("一张4080 16G用lora训Qwen3-8B，3000万token要几个小时", "QLoRA 放得下（每卡 "),
        ("单张3090全参微调Qwen3-8B，2000万token要多久", "LoRA 放得下（每卡 "),
    ],
)
def test_the_method_that_fits_is_named(question: str, way: str) -> None:
    assert way in answer_to(question)


def test_where_it_fits_nothing_is_said_of_memory() -> None:
    assert "Memory prevents" not in answer_to("QLoRA on Qwen3-8B with a 3090, 30M tokens: how many hours?")


@pytest.mark.parametrize(
    ("question", "card"),
    [
        ("4070TiS能跑Qwen3-14B吗", "RTX 4070 Ti SUPER"),
        ("is my 4070tis enough for a 14B in 4 bit?", "RTX 4070 Ti SUPER"),
        ("two 3090 Tis for a 70B in 4 bit", "RTX 3090 Ti"),
        ("two 4070 Tis for a 32B in 4 bit", "RTX 4070 Ti"),
        ("V100 32G SXM2 两张，能跑32B吗", "V100"),
    ],
)
def test_a_variant_that_is_written_short_is_that_card(question: str, card: str) -> None:
    reading = read(question)
    assert (reading.facts["gpu"], reading.not_understood) == ((card,), ())


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Mistral-7B full fine-tuning on 8x A100 80GB: how much faster and how much more memory is ZeRO-2 than ZeRO-3?", r"fits either way: ZeRO-2 [\d.]+ GiB, sharded \(ZeRO-3/FSDP\) [\d.]+ GiB"),
        ("Qwen2.5-7B 全参 8 张 A100 80G，zero3 换 zero2 快多少、多占多少显存", r"切分（ZeRO-3/FSDP）[ \d.]+ GiB、ZeRO-2 [\d.]+ GiB"),
    ],
)  # fmt: skip
def test_of_two_stages_each_amount_is_told(question: str, says: str) -> None:
    assert re.search(says, answer_to(question))


@pytest.mark.parametrize(
    ("question", "opens", "fits"),
    [
        ("Continued pre-training of Qwen2.5-7B on 2B tokens, 8x H100 with FSDP. Ballpark hours? And does memory fit?", "**About 6.4", "sharded (ZeRO-3/FSDP): fits**"),
        ("Full fine-tuning Qwen2.5-14B, 500M tokens, 8x A100 80GB, ZeRO-3. ETA and does it fit?", "**About 9.8", "sharded (ZeRO-3/FSDP): fits**"),
        ("CPT Qwen3-8B on 3 billion tokens with 16 H100 80GB, sequence 8192. Does it fit, and expected wall-clock?", "**About 5.2", "fits ZeRO-2 or sharded (ZeRO-3/FSDP)"),
        ("Qwen2.5-14B 继续预训练 5 亿 token，8 张 A100 80G，ZeRO-3，预计时长？显存够吗？", "**约 9.8", "（ZeRO-3/FSDP）：放得下**"),
    ],
)  # fmt: skip
def test_hours_that_are_asked_in_a_word_are_told_beside_memory(question: str, opens: str, fits: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert fits in text


@pytest.mark.parametrize(
    "question",
    [
        "Is 24 GB enough to fine-tune Llama-3.1-8B with QLoRA at the same time?",
        "QLoRA of Qwen3-8B ran for 3 hours, then OOM on my 3090. Why?",
        "Qwen3-8B QLoRA 训练了 3 小时后爆显存，为什么？",
    ],
)
def test_a_time_that_is_told_asks_for_none(question: str) -> None:
    assert "training_time" not in read(question).intents


@pytest.mark.parametrize(
    ("question", "tokens"),
    [
        ("8 张 4090 全参训 Qwen2.5-1.5B，3B token，显存够不够，要跑几天", 3e9),
        ("Full fine-tuning Qwen2.5-1.5B, 3B tokens, 8 4090s: days and does it fit", 3e9),
        ("预训练 Qwen3-1.7B，8B token，8 张 A100，多久", 8e9),
    ],
)
def test_tokens_behind_a_model_are_no_other_size_of_it(question: str, tokens: float) -> None:
    reading = read(question)
    assert (len(reading.facts["model"]), reading.extras["train_tokens"]) == (1, (tokens,))
    assert "training_time" in reading.intents


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("从头预训练 Qwen2.5-0.5B，8 张 4090，30B token，多久，显存够吗", "2,048 × 151,936 × 4 字节 = 1.24 GB"),
        ("Pretrain Qwen3-0.6B from scratch on one RTX 4090 with 10B tokens: how long, does it fit?", "2,048 × 151,936 × 4 B = 1.24 GB for one fp32 copy"),
    ],
)  # fmt: skip
def test_of_a_small_model_the_logits_are_told(question: str, says: str) -> None:
    assert says in answer_to(question)


def test_of_a_large_one_they_are_little_and_not_told() -> None:
    told = answer_to("Pretrain Llama-3.1-8B from scratch on 64 H100 with 1T tokens: how long?")
    assert "Activations come on top." in told
    assert "one fp32 copy" not in told


@pytest.mark.parametrize(
    ("question", "task"),
    [
        ("想自己训一个 TinyLlama 1.1B，8张3090，50B token，多久？显存够不够？", "train"),
        ("想训一个1B的小模型，4张4090，20B token，显存够吗", "train"),
        ("训好的7B模型，4090能跑吗", "inference"),
    ],
)
def test_to_train_one_is_a_training(question: str, task: str) -> None:
    assert read(question).facts["task"] == (task,)


@pytest.mark.parametrize(
    "question",
    [
        "Pretraining Qwen2.5-1.5B on 8 A100 80GB with 100B tokens: time and memory?",
        "8张4090预训练Qwen2.5-0.5B，30B token，时间和显存各多少",
    ],
)
def test_time_and_memory_are_both_asked(question: str) -> None:
    assert {"training_time", "how_much"} <= set(read(question).intents)
