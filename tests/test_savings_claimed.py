"""A share of memory that a program is said to save: both sides are worked out, and the verdict opens the answer."""

import pytest

from chat.agent import Assistant


@pytest.mark.parametrize(
    ("question", "opens", "says"),
    [
        ("Unsloth advertises 70% less VRAM, is that true for QLoRA of Llama-3.1-8B at 2k?", "**Only with long steps: here 48 % less, not 70 %", ("a plain script of transformers and PEFT to Unsloth", "logits and loss", "comes to 70 % at about")),
        ("Is it real that Unsloth saves 60% VRAM? Qwen2.5-7B QLoRA, 16k tokens", "**Yes, about: 79 % less", ("27.8 GiB",)),
        ("Liger says it cuts memory by 80%, true? Llama-3-8B full fine-tuning at 4k", "**No: no less, not 80 %", ("weights, gradients and optimizer states, 119.7 GiB, which it leaves",)),
        ("torchtune claims 30% less memory than transformers for LoRA of Llama-3.1-8B, really?", "**Only with long steps: here 2 % less, not 30 %", ()),
        ("unsloth 宣称省 70% 显存，属实吗？Llama-3.1-8B QLoRA", "**只在每步 token 很多时才有：这里少 48%，不是 70%", ("由这些组成", "同一个脚本加上融合损失")),
        ("Liger 号称显存降 60%，靠谱吗，Qwen2.5-7B LoRA 4k", "**只在每步 token 很多时才有：这里少 25%，不是 60%", ("权重 14.2 GiB 不变",)),
        ("Is it true that Unsloth halves VRAM for QLoRA of Llama-3.1-8B at 4k?", "**Yes, about: 59 % less", ()),
        ("torchtune 号称省 40% 显存，靠谱吗", "**", ("不是 40%", "没有说是哪个模型")),
    ],
)  # fmt: skip
def test_a_claimed_percentage_is_judged_first(question: str, opens: str, says: tuple[str, ...]) -> None:
    answer = Assistant().ask(question).text
    assert answer.startswith(opens), answer[:300]
    assert all(one in answer for one in says), answer[:900]


@pytest.mark.parametrize(
    "question",
    [
        "I saved only 30% of VRAM with unsloth on Llama-3.1-8B, is that normal?",
        "AWQ says 70% less memory, is it real? Llama-3.1-8B",
        "Does an fp8 KV cache really save 50% memory for Llama-3.1-8B?",
        "Unsloth is 2x faster, true? Llama-3.1-8B on a T4",
    ],
)
def test_other_shares_are_their_own_questions(question: str) -> None:
    assert "plain script of transformers" not in Assistant().ask(question).text.split("\n")[0]
