"""What is on its way between cards that train together, and what stays between micro-steps."""

from typing import Any

import pytest

from formulas.layouts import gradient_bucket, gradient_buckets, prefetched, standing_gradients, whole_gradients
from formulas.vocabulary import gathered, layer_unit, optimizer_temporaries
from kb.cases import Case
from kb.outcome import Outcome, outcome

PARAMS = 8030261248
LLAMA = {
    "model": "meta-llama/Meta-Llama-3-8B-Instruct", "method": "full", "precision": "pure-bf16", "seq_len": 2048,
    "meter": "allocated", "batch_size": 1,
}  # fmt: skip
MASTERS = LLAMA | {"precision": "bf16-params-fp32-states"}


def worked(**facts: Any) -> Outcome:
    return outcome(Case(facts, None, ()))


def test_nothing_is_gathered_as_the_optimizer_steps() -> None:
    """Weight, gradient, two moments and a temporary in 16 bits, divided: 10 bytes of a parameter on two cards."""
    there = worked(**LLAMA, zero_stage=3, n_gpus=2)
    assert there.phase is not None
    assert there.phase.name == "phase_optimizer_step"
    assert there.best == pytest.approx(10 * PARAMS / 2 + 8 * 2**20)


def test_a_layer_is_gathered_ahead_where_the_program_looks_ahead() -> None:
    """A layer is 4096·(4096 + 2·1024 + 4096) + 3·4096·14336 numbers of 2 bytes."""
    facts = LLAMA | {"zero_stage": 3, "n_gpus": 8}
    unit = 2 * (4096 * (2 * 4096 + 2 * 1024) + 3 * 4096 * 14336)
    titan, trainer = worked(**facts, engine="torchtitan"), worked(**facts, engine="transformers")
    assert titan.values[prefetched] == titan.values[layer_unit] == unit
    assert trainer.values[prefetched] == 0
    # embedding and head are gathered beside the layer at work
    assert titan.values[gathered] == unit + 2 * 2 * 128256 * 4096
    assert worked(**LLAMA).values[gathered] == 0


def test_gradients_of_a_unit_are_whole_before_they_are_divided() -> None:
    facts = LLAMA | {"zero_stage": 3, "n_gpus": 4}
    whole = 2 * (2 * 128256 * 4096 + 218103808)
    assert worked(**facts).values[whole_gradients] == pytest.approx(whole * 3 / 4)
    assert worked(**facts | {"method": "lora", "precision": "adapter-fp32"}).values[whole_gradients] == 0


def test_data_parallel_buckets_hold_all_gradients_again() -> None:
    alone, together = worked(**LLAMA), worked(**LLAMA, n_gpus=4, zero_stage=0)
    assert together.values[gradient_buckets] == 2 * PARAMS
    assert together.best - alone.best == pytest.approx(2 * PARAMS)
    # Megatron's gradients are the buffer that is reduced
    assert worked(**LLAMA, n_gpus=4, zero_stage=0, engine="megatron").values[gradient_buckets] == 0


def test_deepspeed_reduces_by_the_bucket() -> None:
    """5e8 gradients of 2 bytes by default; under full sharding transformers sets a square of the width."""
    assert worked(**MASTERS, n_gpus=4, zero_stage=2).values[gradient_bucket] == 10**9
    assert worked(**MASTERS, n_gpus=4, zero_stage=3).values[gradient_bucket] == 2 * 4096**2
    # what the runtime's constant held of it is not counted twice
    seen = MASTERS | {"meter": "device", "n_gpus": 4}
    assert worked(**seen, zero_stage=2).terms["runtime"] == pytest.approx((820 + 1606) * 2**20)
    assert worked(**seen, zero_stage=3).terms["runtime"] == pytest.approx((820 + 2560) * 2**20)


def test_masters_are_updated_from_float32_copies_of_a_cards_part() -> None:
    for stage in (1, 2):
        there = worked(**MASTERS, n_gpus=8, zero_stage=stage)
        assert there.values[optimizer_temporaries] == pytest.approx(4 * PARAMS / 8)
    # the third stage goes through groups of 1e9 parameters: their gradients put together, and their float32 copies
    assert worked(**MASTERS, n_gpus=8, zero_stage=3).values[optimizer_temporaries] == 6 * 10**9
    assert worked(**MASTERS, n_gpus=16, zero_stage=3).values[optimizer_temporaries] == pytest.approx(6 * PARAMS / 16)


def test_megatron_sums_up_gradients_in_float32() -> None:
    """Weight 2, gradient 4, master 4, moments 8: 18 bytes of a parameter; the states divided, 6 and 12 over the ranks."""
    facts = MASTERS | {"engine": "megatron"}
    alone, ranks = worked(**facts), worked(**facts, n_gpus=4, zero_stage=1)
    states = ("weights", "gradients", "optimizer")
    assert sum(alone.terms[name] for name in states) == pytest.approx(18 * PARAMS)
    assert sum(ranks.terms[name] for name in states) == pytest.approx((6 + 12 / 4) * PARAMS)


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        ({}, 0),
        ({"grad_accum": 8}, 2 * PARAMS),
        ({"grad_accum": 8, "zero_stage": 2, "n_gpus": 4}, 2 * PARAMS / 4),
        # the cards meet after the last micro-step only: whole gradients until then
        ({"grad_accum": 8, "zero_stage": 3, "n_gpus": 4}, 2 * PARAMS),
        ({"grad_accum": 8, "zero_stage": 3, "n_gpus": 4, "engine": "torchtune"}, 2 * PARAMS / 4),
        ({"grad_accum": 8, "zero_stage": 3, "n_gpus": 4, "precision": "bf16-params-fp32-states"}, 2 * PARAMS / 4),
        # buffers from the start on
        ({"zero_stage": 3, "n_gpus": 4, "precision": "bf16-params-fp32-states"}, 2 * PARAMS / 4),
        ({"engine": "megatron"}, 2 * PARAMS),
        ({"grad_accum": 8, "method": "lomo"}, 0),
    ],
    ids=str,
)  # fmt: skip
def test_gradients_that_stand_between_micro_steps(facts: dict[str, Any], standing: float) -> None:
    assert worked(**LLAMA | facts).values[standing_gradients] == pytest.approx(standing)


def test_accumulation_costs_memory_where_activations_decide() -> None:
    """Long sequences without accumulation peak before any gradient is there."""
    long = LLAMA | {"seq_len": 32768, "optimizer": "sgd", "optimizer_impl": "fused"}
    assert worked(**long, grad_accum=4).best - worked(**long).best == pytest.approx(2 * PARAMS)


def test_the_block_of_a_float32_layer_is_float32() -> None:
    half, single = (worked(**LLAMA | {"precision": p}, zero_stage=3, n_gpus=4) for p in ("pure-bf16", "fp32"))
    assert single.values[layer_unit] == 2 * half.values[layer_unit]


def test_layers_that_live_on_the_host_come_to_the_card() -> None:
    there = worked(**MASTERS, offload="params")
    assert there.values[gathered] == 2 * 218103808 + 2 * 2 * 128256 * 4096
