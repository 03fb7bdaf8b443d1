"""Experts that are one tensor, adapters on them, and figures that say of how many cards they are."""

import pytest

from chat.answers.warned import warnings
from kb import estimate
from tests.talking import answer_to

MIXTURE = {"model": "Mixtral-8x7B-v0.1", "gpu": "A100 80GB"}


@pytest.mark.parametrize(
    ("given", "adapters", "quantised"),
    [
        ({"method": "qlora", "bits": 4}, True, True),
        ({"method": "qlora", "bits": 8, "lora_targets": "q k v o"}, False, True),
        ({"method": "lora"}, True, False),
        ({"method": "lora", "lora_targets": "q v"}, False, False),
        ({"method": "full"}, False, False),
        ({"method": "inference", "bits": 4}, False, False),
    ],
)
def test_the_assumptions_on_experts_are_said_where_they_count(
    given: dict[str, object], adapters: bool, quantised: bool
) -> None:
    found = estimate(**MIXTURE, **given).json()
    told = " ".join(found["warnings"])
    assert ("all-linear is taken" in told) == adapters
    assert ("bitsandbytes quantises linears alone" in told) == quantised
    chinese = " ".join(warnings(found, "zh"))
    assert ("target_parameters" in chinese) == adapters
    assert ("bitsandbytes 只量化线性层" in chinese) == quantised


def test_a_dense_model_has_no_such_assumptions() -> None:
    told = " ".join(estimate(params="8B", method="qlora", bits=4).json()["warnings"])
    assert "experts" not in told


def test_adapters_on_attention_alone_are_offered_where_experts_have_them() -> None:
    found = estimate(model="Mixtral-8x7B-v0.1", method="qlora", bits=4, gpu="RTX 5090", lora_rank=128).json()
    assert any(one["facts"].get("lora_targets") == "q k v o" for one in found["changes"])
    dense = estimate(params="34B", method="qlora", bits=4, gpu="RTX 3090", lora_rank=128).json()
    assert not any("lora_targets" in one["facts"] for one in dense["changes"])


def test_a_measured_figure_of_several_cards_says_which_it_is() -> None:
    for cards in (2, 4):
        for method in ("full", "lora", "qlora"):
            for row in estimate(params="14B", method=method, n_gpus=cards, zero_stage=2).json()["measurements"]:
                if "cards" in row["described"]:
                    assert row["described"].endswith(("per card", "over all of them"))
                    assert row["described_zh"].endswith(("每卡", "各卡合计"))
                assert " (" not in row["described"]


def test_weights_of_several_cards_are_told_of_all_of_them() -> None:
    """In one sentence with the cache of all cards the weights are of all cards."""
    text = answer_to("Why does Qwen2.5-32B AWQ take more than its file on 4 L4 cards with vLLM?")
    whole = estimate(model="Qwen2.5-32B-Instruct", weight_format="awq-int4-g128", n_gpus=4, gpu="L4").json()
    weights = next(one["gib"] for one in whole["terms"] if one["name"] == "weights") * 4
    assert f"{weights:.1f} GiB" in text
