"""A term of a sum of bytes per parameter is asked about: what it is, and what of the sum is no state."""

import pytest

from chat.reads.grammar import read
from tests.talking import answer_to


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("混合精度 2+2+12 字节,那个12是什么", "**最后的 12 是优化器", "fp32 主权重 4"),
        ("视频里讲3B模型fp32训练每参数4+4+8+8,末尾的8代表什么", "**最后的 8 是给激活和临时缓冲的粗略余量", "48 GB + 24 GB = 72 GB"),
        ("每參數4+8+4+8,第二個是啥意思", "**这个 8 是 Adam 的两个动量", "4 是 fp32 梯度"),
        ("2+4+4+4+4=18字节/参数,各是什么", "**每参数字节", "4 是 fp32 梯度"),
        ("In 2 + 2 + 4 + 8 bytes per parameter, what is the 8?", "**The last 8 is Adam's two moments in fp32", "= 16 B"),
        ("a blog adds up 6 + 4 + 8 bytes for each param, what is the first one?", "**The 6 is 16-bit weights 2 + their", "18 B"),
        ("fp32 training of 2B: 4+4+8+4 bytes per param, what does the last term stand for?", "**The last 4 is no state",
         "32 GB + 8 GB = 40 GB"),
        ("what do the terms of 2+2+2+2 bytes per parameter mean?", "**Per parameter, in bytes", "first moment in bf16"),
    ],
)  # fmt: skip
def test_a_term_is_told(question: str, opens: str, says: str) -> None:
    text = answer_to(question)
    assert text.startswith(opens)
    assert says in text


@pytest.mark.parametrize(
    "question",
    [
        "Qwen3-8B 全参 2+2+12=16 字节/参数,两张A100 够吗",
        "16GB + 8GB + 4GB 一共多少,Qwen3-8B 能训吗",
        "what is the memory of 4 + 4 H100s for a 70B?",
        "8+8+16 layers on three cards, what is the largest context?",
    ],
)
def test_other_sums_are_no_states(question: str) -> None:
    assert not any("state_terms" in cue for cue in read(question).cues)
