"""Closed forms of families that no counted run of the tables has: bytes per token and layer, from their modelling code."""

import json
from typing import Any

import pytest

from formulas.derivation import derive
from formulas.vocabulary import phase_start_of_backward
from kb.architecture import from_config
from kb.cases import parse_given, spread
from kb.facts import situation

h, f, a, n, q, kv = 4096, 16384, 32, 8, 4096, 1024
SHAPES: dict[str, Any] = {
    "vocab_size": 32000, "hidden_size": h, "num_hidden_layers": 4, "num_attention_heads": a, "intermediate_size": f,
}  # fmt: skip
GROUPED = SHAPES | {"num_key_value_heads": n}
HALF, MIXED = "pure-bf16", "amp-bf16"


def kept(config: dict[str, Any], name: str = "saved_layer", **run: Any) -> int:
    given = {
        "method": "full",
        "gradient_checkpointing": "off",
        "attention": "flash",
        "seq_len": 2048,
        "batch_size": 1,
        **run,
    }
    there = situation(spread(parse_given({"config": json.dumps(config), **given}))[0])
    return next(int(v) for k, v in derive(phase_start_of_backward, there.facts).values.items() if k.name == name)


@pytest.mark.parametrize(
    ("family", "precision", "bytes_per_token"),
    [
        ({"model_type": "apertus"} | GROUPED, HALF, 16 * h + 10 * q + 10 * kv + 11 * f + 8 * a + 4 * n + 8),
        ({"model_type": "gpt_neox"} | SHAPES, HALF, 6 * h + 14 * q + 4 * f + 4 * a + 16),
        ({"model_type": "gptj", "rotary_dim": 64} | SHAPES, HALF, 4 * h + 8 * q + 10 * f + 4 * a + 8 + 4 * 128),
        ({"model_type": "arcee"} | GROUPED, MIXED, 24 * h + 4 * q + 4 * kv + 8 * f + 4 * a + 8),
    ],
    ids=["xIELU", "two norms on one input", "rotary token by token", "squared ReLU under autocast"],
)
def test_a_layer_keeps_what_its_operators_do(family: dict[str, Any], precision: str, bytes_per_token: int) -> None:
    assert kept(family, precision=precision) == bytes_per_token


def test_norms_of_a_fork_share_their_input_and_those_in_a_row_do_not() -> None:
    forked = {"model_type": "gpt_neox"} | SHAPES
    assert kept(forked | {"use_parallel_residual": False}, precision=HALF) - kept(forked, precision=HALF) == 2 * h


def test_one_key_head_for_many_queries_takes_no_fused_kernel() -> None:
    falcon = {"model_type": "falcon", "multi_query": True} | SHAPES
    pairs = 4 * a * 2048
    assert kept(falcon, "saved_scores", precision=HALF, attention="sdpa") >= pairs
    assert kept(falcon, "saved_scores", precision=HALF, attention="flash") < pairs


def test_a_hybrid_by_indices_has_attention_where_they_say() -> None:
    bamba = GROUPED | {
        "model_type": "bamba", "attn_layer_indices": [2], "mamba_n_heads": 128, "mamba_d_head": 64, "mamba_d_state": 128,
        "mamba_expand": 2,
    }  # fmt: skip
    assert [layer.mixer for layer in from_config(bamba).layers] == ["mamba2", "mamba2", "grouped", "mamba2"]
