"""Of a rule of thumb that somebody quotes it is asked where it comes from and whether it holds, and not where the figures of
this program come from."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("How accurate is the 20% overhead rule for inference?", "**About right for one user with a short context, too low for long contexts or many users. The 1.2 is a rule of thumb"),
        ("Where does the factor 1.2 in inference memory come from, and can I trust it?", "**About right for one user"),
        ("The formula M = P*4B/(32/Q)*1.2 is everywhere, where's the 1.2 from?", "**The 1.2 is a rule of thumb, neither derived nor measured: a flat 20 %"),
        ("推理显存公式 参数量×2字节×1.2 可信吗", "**短上下文、单用户时大致靠谱，长上下文或多并发时偏小。1.2 是经验法则"),
        ("大家都用模型大小×2×1.2估推理显存，1.2从哪里来的", "**1.2 是经验法则，不是推导或测量出来的：统统留 20%"),
        ('How accurate is the "params x 16" rule for full fine-tuning?', "**Right for the states of Adam in mixed precision"),
        ("全参训练显存=参数量×16，16是怎么来的，准吗", "**对，指混合精度 Adam 的状态"),
        ("Training takes 18 x params. Where does the 18 come from?", "**18 B are 2 (16-bit weights) + 4 (fp32 gradients)"),
        ("训练显存=18×参数量，18哪来的？", "**18 字节 = 16 位权重 2 + fp32 梯度 4"),
        # what this program's own figures are worth
        ("how accurate are your numbers for 70B?", "**Every figure is worked out by formulas"),
        ("你算得准吗", "**每个数字都由注明出处的公式"),
        ("这些数据哪来的，靠谱吗", "**每个数字都由注明出处的公式"),
    ],
)  # fmt: skip
def test_a_quoted_rule_is_judged_and_derived(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


def test_what_a_flat_share_does_not_cover_is_counted_apart() -> None:
    told = answer_to("Everyone says VRAM = 2 x params x 1.2 for inference. How reliable is this?")
    assert "8 bits 1 B, 4 bits about 0.5" in told
    assert "32,768 would take 16.0 GiB" in told
    assert "every figure" not in told.lower()


@pytest.mark.parametrize(
    "question",
    [
        "16x H100, 70B parameters, does ZeRO-3 fit?",
        "7B LoRA 显存估算靠谱吗",
        "weights x 2 GPUs: does a copy of Qwen3-8B stand on each?",
        "how do you calculate the KV cache of Llama-3-8B",
    ],
)
def test_no_rule_is_judged_where_none_is_quoted(question: str) -> None:
    assert not opening(question).startswith(("**Right", "**对", "**The 1.2", "**About right", "**16 B", "**Every"))


@pytest.mark.parametrize(
    ("question", "once"),
    [
        ("Training takes 20 x params. Where does the 20 come from?", "2 + 2 + 4 + 4 + 8"),
        ("训练显存=18×参数量，18哪来的？", "18 字节"),
    ],
)
def test_a_multiple_that_opens_is_not_told_twice(question: str, once: str) -> None:
    assert opening(question).count(once) == 1


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("QLoRA params x 0.5 + 20% overhead for 70B = 42GB. Is that right?", "**The arithmetic is right: 70 × 4/8 × 1.2 = 42 GB; counted, it takes"),
        ("LoRA: params × 2 bytes + 20% overhead, for 13B = 31 GB?", "**The arithmetic is right: 13 × 16/8 × 1.2 = 31.2 GB; counted"),
        ("LoRA memory = params x 2 x 1.2, where does the 1.2 come from?", "**The 1.2 is a rule of thumb, neither derived nor measured: a flat 20 %"),
        ("LoRA显存=参数量×2×1.2,1.2哪来的", "**1.2 是经验法则，不是推导或测量出来的"),
        ("7B LoRA显存=7×2×1.2=16.8G对吗", "**算术没错：7 × 16/8 × 1.2 = 16.8 GB；逐项计算是"),
    ],
)  # fmt: skip
def test_the_rule_told_of_adapters_is_held_against_what_they_take(question: str, opens: str) -> None:
    told = answer_to(question)
    assert told.startswith(opens), told[:200]
    assert "weights 0.5 GB" not in told
    assert "adapters with their states" in told or "适配器及其状态" in told


@pytest.mark.parametrize("question", ["7B LoRA 占多少显存", "Qwen2.5-7B LoRA at lr 1e-4 for 1.2 epochs: how much?"])
def test_no_rule_is_read_into_a_training_of_adapters(question: str) -> None:
    assert "rule of thumb" not in answer_to(question)
    assert "经验法则" not in answer_to(question)
