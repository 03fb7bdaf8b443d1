"""Relations between formulas, proved symbolically: one account follows from another."""

from typing import Any

import pytest
from sympy import Rational, simplify, sqrt

from formulas.derivation import Derivation, Fact, derive
from formulas.quantity import Quantity
from formulas.time import card_flops, card_time, n_train_tokens, training_time, utilisation
from formulas.vocabulary import (
    activation_numbers,
    activations,
    adam_states,
    batch_size,
    bits_per_weight,
    buffers,
    bytes_of_activation,
    bytes_of_master_weight,
    bytes_of_momentum,
    bytes_of_variance,
    bytes_of_working_gradient,
    bytes_of_working_weight,
    hidden_size,
    model_states,
    n_gpus,
    n_layers,
    n_params,
    peak,
    seq_len,
    weights,
    weights_and_gradients,
)


def by(rule: str, target: Quantity = peak, **facts: float) -> Any:
    """What a rule gives, in terms of whatever is not among the facts."""
    given = {name: Fact(value, "given") for name, value in facts.items()}
    return expanded(derive(target, given, {target.name: rule}))


FREE = (
    n_params,
    bits_per_weight,
    n_layers,
    hidden_size,
    batch_size,
    seq_len,
    n_train_tokens,
    card_flops,
    utilisation,
    n_gpus,
)


def expanded(account: Derivation) -> Any:
    """The account down to the quantities that people state."""
    stated = {quantity.name for quantity in FREE} - set(account.given) - {account.target.name}
    return account.in_terms_of(*(quantity for quantity in FREE if quantity.name in stated))


def test_sixteen_bytes_are_two_and_two_and_twelve() -> None:
    assert by("sixteen_bytes_per_parameter") == 16 * n_params
    assert expanded(derive(weights_and_gradients, {})) == 4 * n_params
    assert expanded(derive(adam_states, {})) == 12 * n_params


def test_the_sixteen_keeps_its_parts_apart() -> None:
    """2 + 2 + 4 + 4 + 4 is not one number: each part is a step of its own, and can be changed."""
    account = derive(model_states, {"n_params": Fact(1, "given")})
    parts = {
        bytes_of_working_weight: 2,
        bytes_of_working_gradient: 2,
        bytes_of_master_weight: 4,
        bytes_of_momentum: 4,
        bytes_of_variance: 4,
    }
    assert {part: account.values[part] for part in parts} == parts
    assert account.evaluate({bytes_of_working_gradient: 4})[model_states] == 18


def test_float32_gradients_make_eighteen_bytes() -> None:
    """Megatron's and LLaMA-Factory's 18: the same account with float32 gradients."""
    assert by("sixteen_bytes_per_parameter", bytes_of_working_gradient=4) == by("eighteen_bytes_per_parameter")


def test_twenty_bytes_are_sixteen_and_a_fused_buffer() -> None:
    fused = expanded(derive(buffers, {}, {"buffers": "gradients_are_fused_in_single_precision"}))
    assert by("twenty_bytes_per_parameter") == by("sixteen_bytes_per_parameter") + fused


def test_pure_bfloat16_without_a_master_copy_makes_eight_bytes() -> None:
    pure = {"bytes_of_momentum": 2, "bytes_of_variance": 2, "master_weights": 0}
    assert by("sixteen_bytes_per_parameter", **pure) == by("eight_bytes_per_parameter")


@pytest.mark.parametrize(
    ("bits", "rule"),
    [(16, "two_bytes_per_parameter"), (8, "one_byte_per_parameter"), (4, "half_a_byte_per_parameter"),
     (2, "a_quarter_byte_per_parameter")],
)  # fmt: skip
def test_llama_factory_counts_nothing_but_weights(bits: int, rule: str) -> None:
    assert by("weights_from_parameters", weights, bits_per_weight=bits) == by(rule)


def test_inference_is_six_fifths_of_the_weights() -> None:
    assert simplify(by("a_fifth_on_top_of_the_weights") - Rational(6, 5) * n_params * bits_per_weight / 8) == 0


def test_training_is_ten_odd_times_inference_only_in_eight_bits() -> None:
    """The document's 16θ over its own 1.2: 6.7 times in float16, 13.3 times in int8."""
    for bits, times in ((16, Rational(20, 3)), (8, Rational(40, 3)), (4, Rational(80, 3))):
        inference = by("a_fifth_on_top_of_the_weights", bits_per_weight=bits)
        assert by("sixteen_bytes_per_parameter") / inference == times


def test_twelve_hidden_squared_says_what_twelve_hidden_does() -> None:
    """ZeRO's 12·h numbers per token and layer: as many as a block has weights, over its width."""
    numbers = expanded(derive(activation_numbers, {"batch_size": Fact(1, "given"), "seq_len": Fact(1, "given")}))
    parameters = by("twelve_hidden_squared_per_layer", n_params)
    assert simplify(parameters / numbers - hidden_size) == 0


def test_recomputation_divides_by_the_root_of_the_layers() -> None:
    kept = by("every_activation_is_kept", activations)
    assert simplify(kept / by("recomputation_keeps_a_square_root", activations) - sqrt(n_layers)) == 0


def test_one_checkpoint_a_layer_is_a_twelfth_and_one_layer() -> None:
    kept = by("every_activation_is_kept", activations)
    checkpoints = by("recomputation_keeps_one_checkpoint_per_layer", activations)
    assert simplify(checkpoints - (kept / 12 + kept / n_layers)) == 0
    assert bytes_of_activation not in checkpoints.free_symbols


def test_gpu_hours_do_not_depend_on_the_number_of_cards() -> None:
    spent = simplify(expanded(derive(card_time, {})))
    assert "n_gpus" not in {symbol.name for symbol in spent.free_symbols}
    assert {n_params, n_train_tokens} <= spent.free_symbols


def test_recomputation_takes_a_third_more_time() -> None:
    """ZeRO §3.2: 33 % more computation."""
    plainly = expanded(derive(training_time, {}))
    again = expanded(derive(training_time, {}, {"training_flop": "recomputation_adds_a_forward_pass"}))
    assert simplify(again / plainly) == Rational(4, 3)
