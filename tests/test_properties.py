"""What holds of every configuration, drawn with a fixed seed: memory grows with what is asked for, terms add up, and
`solve` inverts `estimate`."""

import random
from collections.abc import Iterator
from itertools import pairwise
from typing import Any

import pytest

from formulas.errors import BadInput
from kb import estimate, solve
from kb.cards import plain_card
from kb.cases import Case
from kb.outcome import Outcome, outcome
from kb.recipe import formats_by_bits, representatives
from kb.solver import LARGEST

pytestmark = pytest.mark.slow

Facts = dict[str, Any]
MODELS = (
    "Llama-3.1-8B", "Qwen2.5-7B", "gemma-2-9b", "Mixtral-8x7B", "DeepSeek-V3", "Qwen2.5-0.5B", "Falcon-H1-7B-Base",
    "gpt2-xl", "Qwen3-30B-A3B", "Llama-3.3-70B",
)  # fmt: skip
BATCHES, LENGTHS, RANKS = (1, 2, 3, 8), (1, 100, 2048, 9000), (1, 8, 64, 300)
TRAINED: dict[str, tuple[Any, ...]] = {
    "method": ("full", "lora", "qlora", "freeze", "dora", "galore"), "batch_size": BATCHES, "seq_len": LENGTHS,
    "gradient_checkpointing": ("on", "off", "selective"), "attention": ("flash", "sdpa", "eager"),
    "loss": ("full-logits", "fused", "chunked"), "optimizer": ("adamw", "adamw-8bit", "adafactor", "sgd"),
    "n_gpus": (1, 2, 8), "zero_stage": (0, 1, 2, 3), "offload": ("none", "none", "optimizer"),
}  # fmt: skip
SERVED: dict[str, tuple[Any, ...]] = {
    "method": ("inference",), "batch_size": BATCHES, "seq_len": LENGTHS, "bits": (16, 8, 4), "output_len": (0, 500),
    "engine": ("transformers", "vllm", "llama.cpp"), "n_gpus": (1, 2), "kv_format": ("bf16", "fp8", "q8_0"),
}  # fmt: skip


def drawn(seed: int, count: int, *kinds: dict[str, tuple[Any, ...]]) -> Iterator[tuple[Facts, Outcome]]:
    """So many configurations that can be, with their estimate; what contradicts itself is drawn again."""
    chance = random.Random(seed)
    found = 0
    while found < count:
        knobs = chance.choice(kinds)
        facts = {"model": chance.choice(MODELS)} | {name: chance.choice(values) for name, values in knobs.items()}
        try:
            there = outcome(Case(facts, plain_card(80), ()))
        except BadInput:
            continue
        found += 1
        yield facts, there


def again(facts: Facts, **changed: Any) -> Outcome:
    return outcome(Case({**facts, **changed}, plain_card(80), ()))


def rising(found: list[float]) -> bool:
    """Never falls, but for the last digits of floating point."""
    return all(later >= earlier * (1 - 1e-12) for earlier, later in pairwise(found))


@pytest.mark.parametrize(("name", "values"), [("batch_size", BATCHES), ("seq_len", LENGTHS)])
def test_memory_never_falls_with_batch_and_length(name: str, values: tuple[int, ...]) -> None:
    for facts, _ in drawn(1, 40, TRAINED, SERVED):
        found = [again(facts, **{name: value}).best for value in values]
        assert rising(found), (facts, found)


def test_memory_never_falls_with_rank() -> None:
    adapted = TRAINED | {"method": ("lora", "qlora", "dora", "rslora")}
    for facts, _ in drawn(2, 40, adapted):
        found = [again(facts, lora_rank=rank).best for rank in RANKS]
        assert rising(found), (facts, found)


def test_memory_never_falls_with_bits() -> None:
    """Of formats whose kernels read them as they are stored; a GGUF format is llama.cpp's, whose buffers are its own."""
    for facts, _ in drawn(3, 30, SERVED | {"engine": ("transformers", "vllm"), "kv_format": ("bf16",)}):
        found = [again(facts, bits=bits).best for bits in (4, 8, 16, 32)]
        assert rising(found), (facts, found)


def test_more_cards_never_need_more_each_where_they_share_everything() -> None:
    """From two on: a second card brings communication, which one does not have."""
    for facts, _ in drawn(4, 40, TRAINED | {"zero_stage": (3,), "n_gpus": (2,)}):
        found = [again(facts, n_gpus=count).best for count in (2, 3, 4, 8, 16, 64)]
        assert rising(found[::-1]), (facts, found)


def test_terms_add_up_and_cards_bound_the_total() -> None:
    for facts, there in drawn(5, 150, TRAINED, SERVED):
        for card in there.cards:
            assert sum(card.terms.values()) == pytest.approx(card.best), facts
            assert all(size > 0 for size in card.terms.values()), facts
        assert sum(card.place.count for card in there.cards) == there.n_gpus, facts
        assert max(card.best for card in there.cards) * there.n_gpus >= there.total * (1 - 1e-12), facts
        low, high = there.bounds
        assert 0 <= low <= there.best <= high, facts
        assert there.exact <= there.best * (1 + 1e-12), facts


# ── solve inverts estimate ─────────────────────────────────────────────────────────────────────────────────────────


def fits(facts: Facts) -> bool:
    there = estimate(**facts).outcomes[0]
    return bool(there.best <= (there.capacity or 0))


@pytest.mark.parametrize("quantity", ["seq_len", "batch_size", "lora_rank", "output_len"])
def test_the_most_of_a_knob_fits_and_one_more_does_not(quantity: str) -> None:
    kinds = {
        "lora_rank": (TRAINED | {"method": ("lora", "qlora"), "n_gpus": (1,), "zero_stage": (0,)},),
        "output_len": (SERVED | {"n_gpus": (1,)},),
    }.get(quantity, (TRAINED, SERVED))
    solved = 0
    for facts, there in drawn(6, 25, *kinds):
        card = {
            "gpu_memory_gb": round(there.best / 2**30 * 1.2, 1)
        }  # a card with some room, so that there is an answer
        value = solve(quantity, **{**facts, **card}).answers[0].value
        if value is None or value >= LARGEST[quantity]:
            continue
        solved += 1
        assert fits({**facts, **card, quantity: value}), (quantity, facts)
        assert not fits({**facts, **card, quantity: value + 1}), (quantity, facts)
    assert solved > 12


def test_the_fewest_cards_are_enough_and_one_fewer_is_not() -> None:
    solved = 0
    for facts, there in drawn(7, 15, TRAINED | {"zero_stage": (3,), "n_gpus": (8,)}):
        asked = {name: value for name, value in facts.items() if name != "n_gpus"}
        asked["gpu_memory_gb"] = round(there.best / 2**30 * 1.1 + 0.2, 1)
        value = solve("n_gpus", **asked).answers[0].value
        assert value
        assert fits({**asked, "n_gpus": value}), facts
        if value > 1:
            solved += 1
            assert not fits({**asked, "n_gpus": int(value) - 1}), facts
    assert solved > 8


def test_the_largest_model_fits_and_none_larger_does() -> None:
    for facts in (
        {"method": "inference"},
        {"method": "qlora", "bits": 4},
        {"method": "full", "optimizer": "adafactor"},
    ):
        for memory in (12, 24, 48, 80):
            asked = {**facts, "gpu_memory_gb": memory}
            value = solve("params", **asked).answers[0].value
            larger = [model for params, model in representatives() if params > (value or 0)]
            assert not any(fits({**asked, "model": model}) for model in larger)
            if value:
                assert fits({**asked, "model": dict(representatives())[value]})


def test_the_most_bits_fit_and_the_next_format_does_not() -> None:
    for model in MODELS[:4]:
        for memory in (8, 16, 24):
            asked = {"model": model, "gpu_memory_gb": memory}
            value = solve("bits", **asked).answers[0].value
            more = [bits for bits in formats_by_bits() if bits > (value or 0)]
            assert not any(fits({**asked, "bits": bits}) for bits in more)
            if value:
                assert fits({**asked, "bits": value})


@pytest.mark.parametrize(("quantity", "further"), [("gpu_layers", 1), ("n_cpu_moe", -1)])
def test_one_more_layer_or_its_experts_on_the_card_do_not_fit(quantity: str, further: int) -> None:
    """Unless the card holds all of the model."""
    solved = 0
    for model in ("Mixtral-8x7B", "Qwen3-30B-A3B"):
        for memory in (12, 16, 24):
            asked = {"model": model, "weight_format": "gguf:Q4_K_M", "gpu_memory_gb": memory}
            value = solve(quantity, **asked).answers[0].value
            if value and not fits(asked):
                solved += 1
                assert fits({**asked, quantity: value})
                assert not fits({**asked, quantity: int(value) + further})
    assert solved > 3
