"""Training on a machine of one memory has the share of it that the GPU is let have, and is told what trains there."""

import pytest

from chat.agent import Assistant
from kb import estimate


@pytest.mark.parametrize(("card", "size", "usable"), [("Apple M4 Pro", 48, 36.0), ("Apple M2 Ultra", 192, 144.0)])
def test_a_training_has_the_share_of_unified_memory_that_a_gpu_has(card: str, size: float, usable: float) -> None:
    told = estimate(model="Llama-3.1-8B", method="lora", gpu=card, gpu_memory_gb=size).json()
    assert told["capacity_gib"] == pytest.approx(usable)


def test_a_card_of_its_own_memory_has_all_of_it() -> None:
    told = estimate(model="Llama-3.1-8B", method="lora", gpu="RTX A6000").json()
    assert told["capacity_gib"] == pytest.approx(48.0, rel=0.01)


@pytest.mark.parametrize(
    "question",
    [
        "can I QLoRA a 32B on a Mac M3 Max 64GB?",
        "M4 Max 128G的Mac能LoRA微调Qwen3-14B吗",
        "MacBook M4 Pro 48G能微调多大的模型，用什么工具",
    ],
)
def test_what_trains_on_a_mac_is_told(question: str) -> None:
    assert "mlx_lm.lora" in Assistant().ask(question).text
