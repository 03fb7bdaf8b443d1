"""Bytes that each parameter takes where a whole model trains with Adam in mixed precision (ZeRO, §3.1), by the formulas."""

from formulas.derivation import Fact, derive
from formulas.quantity import Quantity
from formulas.vocabulary import adam_states, master_weights, model_states, n_params, working_gradients, working_weights
from kb.methods import models_held
from kb.stated import ASSUMED


def _of_one(quantity: Quantity) -> int:
    """Bytes of a quantity that goes with the parameters, of one of them."""
    value = derive(quantity, {n_params.name: Fact(1, ASSUMED)}).value
    assert value is not None
    return int(value)


WEIGHT = _of_one(working_weights)  # all that a frozen model has
GRADIENT = _of_one(working_gradients)
MASTER = _of_one(master_weights)
ADAM = _of_one(adam_states)  # the masters and both moments
TRAINED = _of_one(model_states)
MOMENTS = ADAM - MASTER
MOMENTS_8 = 2  # both in a byte each, https://arxiv.org/abs/2110.02861
TRAINED_8 = TRAINED - MOMENTS + MOMENTS_8
PURE_8 = WEIGHT + GRADIENT + MOMENTS_8  # 8-bit moments and no masters
PURE = WEIGHT + GRADIENT + 2 * WEIGHT  # moments as wide as the weights, and no masters


def of_algorithm(algo: str) -> int:
    """Bytes of each parameter of the policy that an algorithm holds, in models that are all of its size."""
    held = models_held(algo)
    return held.trained * TRAINED + held.frozen * WEIGHT
