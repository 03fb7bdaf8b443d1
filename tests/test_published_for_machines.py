"""Published figures that are the memory of whole machines are told to be that, and no need is set against them."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "had", "needed"),
    [
        ("The Falcon-180B announcement lists 640 GB for fp16 inference and 320 GB for int4. Do I need that much?", "640 GB is what 8 cards of 80 GB have and 320 GB is what 8 cards of 40 GB have", "INT4 86.2 GiB (2 cards of 80 GB)"),
        ("A guide lists 640 GB to serve Llama-3.1-70B in bf16, do I need that much?", "640 GB is what 8 cards of 80 GB have", "bf16 133.9 GiB"),
        ("Mixtral 8x7B 官方文档说推理要 320GB，fp16 不是 94G 吗，实际要多少", "320 GB 是 8 张 40 GB 卡的总显存", "fp16 88.7 GiB"),
        ("博客里写 Llama-3.1-70B bf16 部署要640G，真要这么多吗", "640 GB 是 8 张 80 GB 卡的总显存", "bf16 133.9 GiB"),
    ],
)  # fmt: skip
def test_whole_machines_are_no_need(question: str, had: str, needed: str) -> None:
    told = opening(question)
    assert had in told
    assert needed in told
    assert "fp32" not in answer_to(question)


@pytest.mark.parametrize(
    "question",
    [
        "The docs say Llama-3.1-70B needs 141GB for inference in fp16. Is that right?",
        "I have 8x A100 80GB (640GB). The docs say Llama 3.1 405B fp8 inference fits. Does it?",
        "The model card says 640 GB for full fine-tuning Llama-2-70B?",
        "博客说 Llama-2-70B 全参微调要 640GB，对吗",
        "The blog says Llama-3.1-405B takes 810 GB for inference in bf16",
    ],
)
def test_neither_weights_nor_trainings_nor_own_cards(question: str) -> None:
    text = answer_to(question)
    assert "whole machines" not in text
    assert "整机的显存" not in text
