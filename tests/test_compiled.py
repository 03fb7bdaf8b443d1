"""A compiled formula gives what the walk over its expression gives: the docstring of `formulas.compiled`, held."""

import random
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
import sympy

from formulas.compiled import compiled
from formulas.derivation import Derivation
from formulas.formula import Formula
from formulas.library import library
from formulas.numeric import value_of
from formulas.quantity import Largest, Quantity, Total
from formulas.vocabulary import n_gpus, seq_len
from kb.cards import plain_card
from kb.cases import Case
from kb.outcome import outcome

MODELS = ("Llama-3.1-8B", "gemma-2-9b", "Mixtral-8x7B", "Qwen2.5-0.5B", "DeepSeek-V3", "Falcon-H1-7B-Base", "gpt2-xl")
DRAWN: dict[str, tuple[Any, ...]] = {
    "batch_size": (1, 3, 8), "seq_len": (1, 777, 2048, 9001), "gradient_checkpointing": ("on", "off", "selective"),
    "attention": ("flash", "sdpa", "eager"), "loss": ("full-logits", "fused", "chunked"), "lora_rank": (4, 16, 100),
    "optimizer": ("adamw", "adamw-8bit", "adafactor", "paged-adamw"),
}  # fmt: skip
SERVED: dict[str, tuple[Any, ...]] = {
    "batch_size": (1, 7), "seq_len": (1, 4097, 32768), "output_len": (0, 300), "bits": (16, 8, 4),
    "engine": ("transformers", "vllm", "llama.cpp"), "kv_format": ("bf16", "fp8"),
}  # fmt: skip


def configurations(seed: int, count: int) -> list[dict[str, Any]]:
    """Configurations that hold together: training in several layouts, and serving."""
    chance = random.Random(seed)
    found: list[dict[str, Any]] = []
    for _ in range(count):
        model = {"model": chance.choice(MODELS)}
        method = chance.choice(("full", "lora", "qlora", "inference", "inference"))
        knobs = SERVED if method == "inference" else DRAWN
        facts = model | {"method": method} | {name: chance.choice(values) for name, values in knobs.items()}
        if method == "inference":
            facts |= {"weight_format": "gguf:Q4_K_M", "kv_format": "q8_0"} if facts["engine"] == "llama.cpp" else {}
            facts.pop("bits" if "weight_format" in facts else "", None)
        else:
            facts |= {"n_gpus": chance.choice((1, 2, 8)), "zero_stage": chance.choice((0, 2, 3))}
            facts |= {"bits": 4} if method == "qlora" else {}
        found.append(facts)
    return found


def test_every_step_of_many_configurations_is_what_the_walk_gives() -> None:
    used: set[str] = set()
    for facts in configurations(seed=4, count=60):
        for card in outcome(Case(facts, plain_card(80), ())).cards:
            used |= checked(card.derivation)
    assert len(used) > 150  # formulas, each met at least once


def checked(derivation: Derivation) -> set[str]:
    """The names of the formulas whose steps were compared."""
    names = set()
    for step in derivation.steps:
        if step.bound is not None and step.formula is not None and step.quantity in derivation.values:
            walked = value_of(step.bound.expr, derivation.values)
            assert same(derivation.values[step.quantity], walked), (step.quantity.name, step.formula.name)
            names.add(step.formula.name)
    return names


def same(compiled_value: Any, walked: Any) -> bool:
    """Exact where both are whole or fractions; floats may be added and multiplied in another order."""
    if isinstance(compiled_value, float) or isinstance(walked, float):
        return bool(compiled_value == pytest.approx(walked, rel=1e-12))
    return bool(compiled_value == walked)


def plain_formulas() -> list[Formula]:
    return [formula for formula in library().by_name.values() if not formula.expr.has(Total, Largest)]


def test_every_formula_is_what_the_walk_gives_for_drawn_numbers() -> None:
    """Whole numbers, fractions and floats, and for every comparison in a formula also what makes both sides equal."""
    chance = random.Random(4)
    for formula in plain_formulas():
        function = compiled(formula)
        for draw in range(6):
            values = {q: drawn(chance, draw, q) for q in function.scalars}
            assert same(function.function(values, function.scalars), value_of(formula.expr, values)), formula.name


def drawn(chance: random.Random, draw: int, quantity: Quantity) -> Any:
    if draw == 0:
        return 3  # all equal: the edge of every comparison
    whole = chance.randint(1, 50)
    return whole if draw < 3 or quantity.whole else Fraction(whole, 7) if draw < 5 else whole / 7


def test_another_value_of_one_input_is_seen() -> None:
    """The comparison can fail: what moved with one input is not what the walk gives for the old one."""
    facts = {"model": "Llama-3.1-8B", "method": "lora", "seq_len": 2048}
    there = outcome(Case(facts, None, ())).derivation
    longer = there.evaluate({seq_len: 2049})
    moved = [step for step in there.steps if step.bound and longer[step.quantity] != there.values[step.quantity]]
    assert moved
    for step in moved:
        assert step.bound is not None
        assert same(longer[step.quantity], value_of(step.bound.expr, longer))
        assert not same(longer[step.quantity], value_of(step.bound.expr, there.values))


def test_an_operation_without_a_number_is_refused_by_both() -> None:
    strange = replace(plain_formulas()[0], expr=sympy.sin(n_gpus))
    with pytest.raises(TypeError, match="no numeric value"):
        compiled(strange)
    with pytest.raises(TypeError, match="no numeric value"):
        value_of(strange.expr, {n_gpus: 1})
