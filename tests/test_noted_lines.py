"""Numbered notes of a mixture: which of them are wrong, and why of each line."""

import pytest

from tests.talking import embedded, opening

_NOTES = "Notes on Mixtral-8x22B, which lines are wrong?\n1) bf16 weights = 8 x 22B x 2 = 352 GB\n2) only 2 experts run per token, so only 39B have to be in VRAM, 78 GB\n3) KV is 8x that of a dense model because of 8 experts\n4) KV is 224 KiB per token"  # fmt: skip


def _opening(text: str) -> str:
    said = opening(text)
    return said.replace("：", ":").replace("、", ", ").replace("；", "; ")


@pytest.mark.parametrize(
    ("text", "judged"),
    [
        (
            _NOTES,
            "**Wrong: 1, 2, 3; right: 4.**",
        ),
        (
            "Mixtral-8x7B notes: a) only 13B active, 26 GB is enough. b) the KV cache isn't affected by the experts. Which one is wrong?",
            "**Wrong: a; right: b.**",
        ),
        (
            "Check my notes on DeepSeek-V3: (1) 671B in FP8 is 671 GB (2) only 37B active so 37 GB of VRAM is enough (3) KV per token is about 69 KiB thanks to MLA",
            "**Wrong: 2; right: 1, 3.**",
        ),
        (
            "同事总结 Qwen3-30B-A3B,哪几条错了?\n1. bf16 权重 61 GB\n2. 每 token 只激活 3B,所以只要 6 GB 显存\n3. KV 缓存要乘以 128 个专家\n4. KV 每 token 96 KiB",
            "**错的是第 2, 3 条; 对的是第 1, 4 条。**",
        ),
        (
            "Mixtral-8x7B 笔记,检查对不对:(1)bf16 权重 93 GB;(2)所有专家都要放进显存;(3)KV 缓存与专家数无关",
            "**对的是第 1, 2, 3 条。**",
        ),
    ],
)
def test_each_line_is_judged(text: str, judged: str) -> None:
    assert _opening(text).startswith(judged)


def test_why_of_each_line_is_told() -> None:
    said = _opening(_NOTES)
    assert "281 GB (261.9 GiB); the numbers in the name do not multiply" in said
    assert "all 8 experts of a layer must be resident" in said
    assert "the experts are feed-forward layers and hold no cache" in said


@pytest.mark.parametrize(
    "text",
    [
        # questions, and no notes
        "For Mixtral-8x7B: 1) how much VRAM for all experts in bf16? 2) is the KV cache multiplied by the 8 experts? 3) is 128 KiB per token right?",
        # of no mixture
        "Check: Qwen3-32B 1) bf16 weights 65 GB 2) KV is 256 KiB per token. Which is wrong?",
        # lines that are settings
        "Mixtral-8x7B, which is right for a 48GB card? 1) Q4_K_M 2) Q5_K_M 3) Q8_0",
    ],
)
def test_what_claims_nothing_is_not_judged(text: str) -> None:
    assert "notes-by-line" not in [one["key"] for one in embedded().ask(text).result.get("remarks", [])]
