"""A share of memory that a program is said to save: both sides are worked out, and the verdict opens the answer."""

import pytest

from tests.talking import answer_to


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
    answer = answer_to(question)
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
    assert "plain script of transformers" not in answer_to(question).split("\n")[0]


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("都说Muon比AdamW省一半显存，全参训Qwen3-4B 单卡48G，AdamW 64G放不下，换Muon能塞进去吗", ("**按估算中值略微放不下：Muon（48.4 GiB）", "不到一半。", "每参数 16 → 12.4 字节")),
        ("听说Muon能省一半显存，全参微调Qwen3-4B一张48G够吗", ("**按估算中值略微放不下：Muon（48.4 GiB）；放不下：AdamW", "不到一半。")),
        ("Everyone says Muon halves memory against AdamW. Full fine-tuning Qwen3-4B on a 48GB card: does it fit with Muon?", ("**Just too much by the middle of the estimate: Muon (48.4 GiB)", "No, not half.", "22 %")),
        ("Lion saves half of the optimizer, so a 7B full fine-tune fits on an 80GB A100?", ("**Borderline: Lion", "Yes, of the optimizer's own states, but not of the whole.")),
    ],
)  # fmt: skip
def test_an_optimizer_said_to_take_half_stands_beside_the_usual_one(question: str, says: tuple[str, ...]) -> None:
    text = answer_to(question)
    assert text.startswith(says[0])
    assert all(one in text for one in says[1:])


@pytest.mark.parametrize(
    "question",
    [
        "Full fine-tune Llama-3.2-1B with Lion on a 24GB card, half of the data is long. Does it fit?",
        "用 Lion 全参训 Qwen2.5-1.5B，24G 卡够吗",
    ],
)
def test_an_optimizer_of_which_no_half_is_said_stands_alone(question: str) -> None:
    told = answer_to(question)
    assert "AdamW (" not in told
    assert "AdamW（" not in told
