"""Unsloth's own backward pass of adapters, where its kernels stand; elsewhere what PyTorch derives."""

import pytest

from kb import estimate

LLAMA = "meta-llama/Llama-3.1-8B-Instruct"


def _told(engine: str = "unsloth", model: str = LLAMA, **facts: object) -> dict[str, float]:
    settings = {"method": "qlora", "seq_len": 8192, "gpu": "RTX 4090", **facts}
    told = estimate(model=model, engine=engine, **settings).json()
    return {term["name"]: term["gib"] for term in told["terms"]} | {"total": told["total_gib"]}


def test_a_layer_of_it_is_held_once_in_16_bits() -> None:
    layer = 8192 * 2 * (5 * 4096 + 2 * 4096 + 2 * 1024 + 3 * 14336)
    one_input = 8192 * 2 * 4096  # the inputs of the others wait in host memory
    assert _told()["activations"] == pytest.approx((layer + one_input) / 2**30, rel=0.01)


def test_an_8b_trains_on_a_card_of_8_gb() -> None:
    """As its own pages say, and its documentation's notebooks are made for."""
    assert _told(seq_len=2048)["total"] < 8


@pytest.mark.parametrize(
    "apart",
    [
        {"lora_dropout": True},
        {"method": "dora", "weight_format": "nf4"},
        {"lora_targets": "q,v"},
        {"model": "microsoft/Phi-3.5-mini-instruct"},
    ],
)
def test_where_the_kernels_do_not_stand_pytorch_derives(apart: dict[str, object]) -> None:
    settings = {"model": LLAMA, "method": "qlora", "seq_len": 8192, **apart}
    derived = str(estimate(engine="unsloth", **settings).json())
    assert "kernels of adapters" not in derived


def test_where_they_stand_the_derivation_names_them() -> None:
    assert "kernels of adapters" in str(estimate(model=LLAMA, method="qlora", engine="unsloth").json())


@pytest.mark.parametrize("engine", ["llama-factory", "transformers", "axolotl"])
def test_no_other_program_has_them(engine: str) -> None:
    assert _told()["activations"] < _told(engine)["activations"]


def test_its_loss_leaves_no_whole_logits() -> None:
    """Its chunks are sized by what is free: of a run that only just fits nothing is free."""
    assert _told().get("logits", 0) < 0.1
