"""`solve` for several knobs, and for every knob: one more of any does not fit."""

from typing import Any

import pytest

from formulas.errors import BadInput
from kb import estimate, solve
from kb.front import front
from kb.recipe import formats_by_bits

FACTS: dict[str, Any] = {"model": "Llama-3.1-8B", "method": "qlora", "bits": 4, "gpu": "RTX 4090"}
SERVED: dict[str, Any] = {"model": "Llama-3.1-8B", "bits": 4, "gpu": "RTX 4090"}


def fits(**facts: Any) -> bool:
    there = estimate(**facts).outcomes[0]
    return bool(there.best <= there.capacity)  # type: ignore[operator]


@pytest.mark.parametrize("names", [("batch_size", "seq_len"), ("lora_rank", "seq_len")])
def test_no_knob_of_a_point_can_grow(names: tuple[str, ...]) -> None:
    points = front(names, **FACTS).cases[0][1]
    assert len(points) > 3
    for point in (points[0], points[len(points) // 2], points[-1]):
        values = dict(zip(names, point.values, strict=True))
        assert fits(**FACTS, **values)
        for name in names:
            assert not fits(**FACTS, **{**values, name: values[name] + 1})


def test_no_point_is_better_in_everything() -> None:
    points = [point.values for point in front(("batch_size", "seq_len"), **FACTS).cases[0][1]]
    assert all(
        one == other or any(a > b for a, b in zip(one, other, strict=True)) for one in points for other in points
    )


@pytest.mark.parametrize(
    ("quantity", "facts"),
    [("seq_len", FACTS), ("batch_size", FACTS), ("lora_rank", FACTS), ("seq_len", SERVED), ("output_len", SERVED)],
)
def test_solve_inverts_estimate(quantity: str, facts: dict[str, Any]) -> None:
    value = solve(quantity, **facts).answers[0].value
    assert value
    assert fits(**facts, **{quantity: value})
    assert not fits(**facts, **{quantity: value + 1})


def test_one_card_fewer_and_one_format_more_do_not_fit() -> None:
    cards = {"params": "13B", "method": "full", "zero_stage": 3, "gpu": "A100 SXM4 80 GB"}
    n = int(solve("n_gpus", **cards).answers[0].value or 0)
    assert fits(**cards, n_gpus=n)
    assert not fits(**cards, n_gpus=n - 1)
    served = {"params": "13B", "gpu": "RTX 4090"}
    bits = int(solve("bits", **served).answers[0].value or 0)
    assert fits(**served, bits=bits)
    assert not fits(**served, bits=next(more for more in formats_by_bits() if more > bits))


def test_context_is_the_sequence_and_strange_fronts_are_refused() -> None:
    assert solve("context", **SERVED).quantity == "seq_len"
    with pytest.raises(BadInput, match="a front is of"):
        front(("seq_len", "n_gpus"), **SERVED)


@pytest.mark.parametrize(
    "knob", [("batch_size", (1, 2, 3, 8)), ("seq_len", (1, 100, 2048, 9000)), ("lora_rank", (1, 8, 64, 300))]
)
@pytest.mark.parametrize("model", ["Llama-3.1-8B", "Qwen2.5-7B", "gemma-2-9b", "Mixtral-8x7B"])
def test_memory_is_monotone_and_its_terms_add_up(model: str, knob: tuple[str, tuple[int, ...]]) -> None:
    name, values = knob
    found = [estimate(model=model, method="lora", **{name: value}).outcomes[0] for value in values]
    assert [one.best for one in found] == sorted(one.best for one in found)
    for one in found:
        assert sum(one.terms.values()) == pytest.approx(one.best)
    by_bits = [estimate(model=model, bits=bits).outcomes[0].best for bits in (4, 8, 16)]
    assert by_bits == sorted(by_bits)


def test_sensitivity_says_what_one_more_costs() -> None:
    facts = {"model": "Llama-3.1-8B", "method": "lora"}
    told = {row["quantity"]: row for row in estimate(**facts).json(derivation=False)["sensitivity"]}
    longer = estimate(**facts, seq_len=2048 + 1024).outcomes[0].best - estimate(**facts).outcomes[0].best
    assert told["seq_len"]["gib"] * 2**30 == pytest.approx(longer)
    assert told["batch_size"]["gib"] > told["lora_rank"]["gib"] > 0


def test_what_one_more_costs_is_that_of_the_peak_and_of_its_neighbourhood() -> None:
    """Free blocks that take up a part, and another moment of the step that becomes the fullest, are told beside the cost."""
    base = {"model": "Llama-3-8B", "method": "full", "batch_size": 1}
    shared = estimate(**base, n_gpus=8, zero_stage=3, seq_len=2048).json(derivation=False)
    held = {one["name"]: one["gib"] for one in shared["terms"]}
    more = {row["quantity"]: row for row in shared["sensitivity"]}
    assert more["batch_size"]["own_gib"] == pytest.approx(held["activations"] + held["logits"], rel=0.02)
    crossed = {row["quantity"]: row for row in estimate(**base, seq_len=8192).json(derivation=False)["sensitivity"]}
    assert crossed["batch_size"]["then_gib"] > crossed["batch_size"]["gib"]
    assert 8192 < crossed["seq_len"]["until"] < 2 * 8192
