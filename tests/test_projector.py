"""A GGUF file holds the language model: what reads pictures is a file of its own in 16 bits, loaded or not."""

import pytest

from kb import estimate
from kb.facts import one_case, situation


def _weights(model: str, **facts: object) -> dict[str, object]:
    told = estimate(model=model, method="inference", weight_format="gguf:Q4_K_M", **facts).json()
    return next(term for term in told["terms"] if term["name"] == "weights")


# as Ollama lists them, the language model and what reads pictures together [GB]
@pytest.mark.parametrize(("model", "gb"), [("gemma-3-4b-it", 3.3), ("gemma-3-12b-it", 8.1), ("gemma-3-27b-it", 17.4)])
def test_the_projector_is_loaded_beside_the_language_model(model: str, gb: float) -> None:
    weights = _weights(model)
    assert weights["gib"] == pytest.approx(gb * 1e9 / 2**30, rel=0.01)
    assert "(mmproj)" in weights["says"]


def test_without_it_the_file_alone_is_held() -> None:
    beside, alone = _weights("gemma-3-12b-it"), _weights("gemma-3-12b-it", mmproj=False)
    assert beside["gib"] - alone["gib"] == pytest.approx(2 * 421290864 / 2**30)
    assert "mmproj" not in alone["says"]


def test_a_tower_that_the_total_leaves_over_is_one() -> None:
    assert "677M × 2 B (mmproj)" in str(_weights("Qwen2.5-VL-7B-Instruct")["says"])


@pytest.mark.parametrize("model", ["Llama-3.1-8B", "Qwen3-8B"])
def test_a_model_of_text_has_none(model: str) -> None:
    assert _weights(model)["gib"] == _weights(model, mmproj=False)["gib"]
    there = situation(one_case({"model": model, "method": "inference", "weight_format": "gguf:Q4_K_M"}))
    assert there.facts["towers"].value == "within", "no formula of its weights speaks of a projector"


def test_a_checkpoint_has_its_tower_within() -> None:
    told = estimate(model="gemma-3-4b-it", method="inference", weight_format="bf16").json()
    weights = next(term for term in told["terms"] if term["name"] == "weights")
    assert weights["gib"] == pytest.approx(2 * 4300079472 / 2**30, rel=1e-3)
