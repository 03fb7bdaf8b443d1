"""A model of which only the size is known has that size; names with underscores mean the models that they spell."""

import pytest

from formulas.errors import BadInput
from kb import estimate
from kb.name_parts import tokens
from kb.names import names
from kb.recipe import representatives
from kb.standin import stand_in, stands_for


def _billions(params: str) -> float:
    found = estimate(params=params).json()
    return next(one["value"] for one in found["answers"] if one["quantity"] == "n_params") / 1e9


@pytest.mark.parametrize("size", [2.2, 5.5, 8.6, 10.3, 17, 28, 50, 60, 95, 155, 220, 290, 340])
def test_a_size_between_the_usual_ones_is_met(size: float) -> None:
    assert _billions(f"{size}B") == pytest.approx(size, rel=0.02)


def test_a_usual_size_is_the_model_that_stands_for_it() -> None:
    for params, model in representatives():
        found = stand_in(params)
        assert (found.name, found.changed) == (model, False)


def test_other_layers_are_said_in_both_languages() -> None:
    from chat.answers.warned import warnings

    found = estimate(params="155B").json()
    layers = stand_in(155e9).layers
    assert any(f"with {layers} layers" in one for one in found["warnings"])
    assert f"改为 {layers} 层" in " ".join(warnings(found, "zh"))
    assert not any("layers" in one and "shapes" in one for one in estimate(params="70B").json()["warnings"])


def test_a_mixture_stands_for_no_dense_size() -> None:
    assert stands_for(46.7e9) == "mistralai/Mixtral-8x7B-Instruct-v0.1"
    assert "Mixtral" not in stands_for(52e9)


def test_a_size_far_from_every_model_is_refused_with_the_nearest() -> None:
    with pytest.raises(BadInput, match="671B"):
        stands_for(5e12)


@pytest.mark.parametrize(
    ("written", "means"),
    [
        ("qwen2_1.5b", "Qwen/Qwen2-1.5B"),
        ("Qwen3_14B", "Qwen/Qwen3-14B"),
        ("Qwen1.5_32B", "Qwen/Qwen1.5-32B"),
        ("qwen2_5_72b", "Qwen/Qwen2.5-72B-Instruct"),
        ("Llama_2_13b", "meta-llama/Llama-2-13b-hf"),
        ("Llama-3_1-70B", "meta-llama/Llama-3.1-70B-Instruct"),
        ("Qwen-1_8B", "Qwen/Qwen-1_8B"),
    ],
)
def test_an_underscore_is_a_point_or_ends_a_version(written: str, means: str) -> None:
    from chat.reads.grammar import read

    row = names().find_model(written)
    assert tokens(row["name"])[:2] == tokens(means)[:2]
    assert read(f"LoRA of {written} on one L40S").facts["model"] == (row["name"],)


def test_four_bits_in_training_are_adapters_whatever_the_algorithm() -> None:
    for given in ({"algo": "dpo"}, {"algo": "rm"}, {"algo": "grpo"}, {"task": "train"}):
        for stored in ({"bits": 4}, {"bits": 8}, {"weight_format": "nf4"}):
            assert estimate(params="8B", **given, **stored).json()["facts"]["method"]["value"] == "qlora"
    assert estimate(params="8B", task="train").json()["facts"]["method"]["value"] == "full"
    assert estimate(params="8B", task="train", bits=16).json()["facts"]["method"]["value"] == "full"


def test_a_vocabulary_beside_the_size_is_that_of_the_stand_in() -> None:
    usual, told = stand_in(1.3e9), stand_in(1.3e9, 32_000)
    assert told.architecture.facts["vocab_size"].value == 32_000
    assert told.layers > usual.layers  # what the tables no longer hold is in layers
    found = estimate(params="1.3B", vocabulary=32_000).json()
    assert next(one["value"] for one in found["answers"] if one["quantity"] == "n_params") == pytest.approx(
        1.3e9, rel=0.02
    )
    assert any("a vocabulary of 32,000" in one for one in found["warnings"])


def test_its_own_vocabulary_changes_nothing() -> None:
    usual, told = stand_in(7e9), stand_in(7e9, 32_000)
    assert (told.name, told.changed, told.vocabulary) == (usual.name, False, None)


def test_a_vocabulary_that_is_larger_than_the_model_is_refused() -> None:
    with pytest.raises(BadInput, match=r"too large for 0\.1B"):
        stand_in(0.1e9, 1_000_000)
