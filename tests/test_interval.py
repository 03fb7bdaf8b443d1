"""How far a prediction may be off: what is certain is no question of it, and which side a borderline case is on."""

import pytest

from kb import estimate
from kb.interval import leaning


@pytest.mark.parametrize(
    ("facts", "verdict"),
    [
        # 14.7B × (2 + 2 + 2.03) B are 82.3 GiB, though no published run has this optimizer and the interval is twice as wide
        ({"method": "full", "optimizer": "adamw-8bit", "precision": "pure-bf16"}, "no"),
        ({"method": "lora", "gpu": "RTX 4090"}, "no"),
        ({"method": "qlora"}, "yes"),
    ],
)
def test_what_is_there_for_certain_is_no_question_of_the_interval(facts: dict[str, str], verdict: str) -> None:
    said = estimate(**{"model": "phi-4", "seq_len": 4096, "gpu": "H100 SXM5 80 GB", **facts}).json(derivation=False)
    memory, terms = said["memory"], {term["name"]: term["gib"] for term in said["terms"]}
    assert (
        memory["low_gib"]
        >= sum(terms.get(name, 0.0) for name in ("weights", "gradients", "optimizer", "adapter")) - 1e-6
    )
    assert said["verdict"] == verdict


@pytest.mark.parametrize(
    ("ends", "capacity", "leans"),
    [
        ((20.0, 24.0, 28.0), 27.0, "likely"),  # 3 of the 4 up to the end; one chance in four is at 0.41 of the way
        ((20.0, 24.0, 28.0), 25.0, "borderline"),
        ((20.0, 24.0, 28.0), 23.0, "borderline"),
        ((20.0, 24.0, 28.0), 21.0, "unlikely"),
        ((23.0, 24.0, 34.0), 27.0, "borderline"),  # 3 of 10
    ],
)
def test_borderline_is_what_is_near_the_middle_of_its_interval(
    ends: tuple[float, float, float], capacity: float, leans: str
) -> None:
    assert leaning(*ends, capacity) == leans


@pytest.mark.parametrize("model", ["Qwen2.5-1.5B", "Qwen2.5-0.5B", "gemma-3-1b-it"])
def test_no_peak_is_below_a_moment_of_its_step(model: str) -> None:
    """Where logits decide, gradients are not all there yet; once the backward pass is over they are, beside weights and states."""
    said = estimate(model=model, method="full", seq_len=2048, gpu="RTX 3090").json(derivation=False)
    states = {term["name"]: term["gib"] for term in said["terms"]}
    # weights and gradients have 2 B each
    assert said["memory"]["low_gib"] >= 2 * states["weights"] + states["optimizer"] - 1e-6
