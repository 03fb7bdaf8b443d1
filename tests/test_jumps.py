"""What a card was seen to hold, held against theory: by stage of ZeRO, as the jump of the first step, and beside the states."""

import pytest

from tests.talking import answer_to, answers


@pytest.mark.parametrize(
    ("question", "opens", "unsaid"),
    [
        # (4 + 12/8) × 7 = 38.5, (2 + 14/8) × 7 = 26.25, 16/8 × 7 = 14
        ("Training a 7B with DeepSpeed on 8 A100s I see 48 GB per card with ZeRO-1, 37 GB with ZeRO-2 and 24 GB with ZeRO-3. Is this what theory predicts?", "Yes, that is what theory says: from stage to stage each card should hold 12.2, 12.2 GB less, and you see 11, 13 GB less", "A100 48"),
        ("8 卡 A100 80G 全参训 7B，ZeRO-1/2/3 每卡分别是 62、61、22GB，这符合理论吗？", "不太符合：逐级每卡应少 12.2、12.2 GB", "差别从哪来"),
        ("Full fine-tuning of a 13B on 8 GPUs: ZeRO-2 60 GB, ZeRO-3 52 GB per GPU. Is such a small saving normal?", "should hold 22.8 GB less, and you see 8 GB less", "Where the difference"),
        ("8B 全参，4 张 H100 80G，zero2 每卡 36GB，zero3 每卡 30GB，符合理论吗", "ZeRO-2 的 36 GB 比混合精度 Adam 的模型状态 44 GB 还少", "差别从哪来"),
        ("7.5B 模型 64 卡，ZeRO-1 31.4GB，ZeRO-2 16.6GB，ZeRO-3 1.9GB，对吗？", "正是混合精度 Adam 的模型状态", "差别从哪来"),
        # 3.09 × 8 = 24.7; 7.62 × (2 + 4 + 8) = 107; 6.74 × (2 + 4) = 40.4
        ("全参微调 Qwen2.5-3B，加载完模型占 6GB，第一步之后涨到 31GB，为什么会多这么多？", "多出的 25 GB 就是 Adam 两个 fp32 动量", "梯度在第一次"),
        ("Full fine-tuning of Qwen2.5-7B in bf16 on an H200: 15 GB after loading the model, 120 GB at the first step. Why?", "16-bit gradients (2 B, 15.2 GB) + the fp32 master copy (4 B, 30.5 GB) + Adam's two fp32 moments (8 B, 60.9 GB)", "0.9 of the card"),
        ("pure bf16 full finetune of Llama-2-7B with AdamW: 13.5 GB after loading, 54 GB after the first step, is that a leak?", "it is 53.9 GB, the 54 GB that you see", "fp32 master copy"),
        ("Qwen2.5-7B 全参，权重 fp32，8bit Adam，加载后 30GB，第一步涨到 61GB，为什么", "多出的 31 GB 就是 fp32 梯度", "8 位 AdamW（两个动量"),
        # what is there after loading is no run that the training is set against
        ("微调Qwen2.5-7B全参，只加载完模型 15G，开始训练120G，为啥", "多出的 105 GB 就是 16 位梯度", "推理（2,048 token）"),
        # no sum of states is near: nothing is explained by them
        ("全参微调 Qwen2.5-3B，加载完模型占 6GB，第一步之后涨到 80GB，为什么会多这么多？", "3.09B", "多出的 74 GB"),
        # 5.8 + 0.8 + 0.7 GiB
        ("用 AMP 混合精度全参训练 GPT-2 XL 1.5B，按公式 24G，实际 nvidia-smi 看到 33G，那 8-9G 去哪了", "总共 32.8 GB（30.5 GiB），正是您看到的 33 GB", "没有读懂"),
    ],
)  # fmt: skip
def test_what_was_seen_is_held_against_theory(question: str, opens: str, unsaid: str) -> None:
    answers(question, opens, unsaid)


@pytest.mark.parametrize(
    ("question", "says"),
    [
        ("Qwen2.5-7B full finetune on 8x A100 80G: ZeRO-2 36 GB and ZeRO-3 23 GB per card. As expected? And on 16 cards?", ("On 16 cards it is 6.7 GB less on each at ZeRO-2", "(2 + 14/16 = 2.875 B)")),
        ("4张3090全量微调Llama-3.2-3B，zero1爆显存，zero2每卡20G，zero3每卡15G，和理论一致吗？换成8张卡zero2能降多少", ("ZeRO-1（4 + 12/4 = 7 B）", "所以会爆显存", "8 张卡时 ZeRO-2 每卡少 5.6 GB")),
        ("Full finetune of Llama-3.2-3B on 4x A100 40GB: zero1 OOM, zero2 20GB, zero3 15GB per card. Are these numbers what theory says?", ("ZeRO-1 (4 + 12/4 = 7 B) × 3.21B = 22.49 GB", "that would fit")),
    ],
)  # fmt: skip
def test_stages_without_a_figure_and_other_counts_are_told_beside_what_was_seen(
    question: str, says: tuple[str, ...]
) -> None:
    said = answer_to(question)
    assert all(one in said for one in says), said[:1500]


@pytest.mark.parametrize(
    "question",
    ["Qwen2.5-7B full finetune on 8x A100 80G: ZeRO-2 36 GB and ZeRO-3 23 GB per card. As expected?", "8张A100全参Qwen2.5-7B，zero2每卡36G，zero3每卡23G，与理论相符吗"],
)  # fmt: skip
def test_of_no_other_count_none_is_told(question: str) -> None:
    said = answer_to(question).split("\n\n")[0]
    assert "On 16" not in said
    assert "ZeRO-1" not in said
