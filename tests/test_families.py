"""Closed forms of families that no counted run of the tables has: bytes per token and layer, from their modelling code."""

import json
import re
from typing import Any

import pytest

from chat.answers.warned import warnings
from formulas.derivation import derive
from formulas.vocabulary import n_params, phase_start_of_backward, recomputed_casts
from kb.architecture import from_config
from kb.cases import parse_given, spread
from kb.facts import situation
from kb.families import FAMILIES

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


@pytest.mark.parametrize(("kind", "switch"), [("cohere", "use_qk_norm"), ("stablelm", "qk_layernorm")])
def test_norms_of_queries_and_keys_may_have_a_vector_for_each_head(kind: str, switch: str) -> None:
    without, with_norms = (
        derive(n_params, from_config({"model_type": kind, switch: on} | GROUPED).facts).value for on in (False, True)
    )
    assert int(with_norms or 0) - int(without or 0) == 4 * (q + kv)


def test_a_recomputed_layer_keeps_what_autocast_casts() -> None:
    """Of a plain MLP's two matrices the down projection's copy is done; attention's are not."""
    starcoder = {"model_type": "starcoder2"} | GROUPED
    run = {"method": "full", "gradient_checkpointing": "on", "attention": "flash", "seq_len": 2048, "batch_size": 1}
    there = situation(spread(parse_given({"config": json.dumps(starcoder), "precision": MIXED, **run}))[0])
    assert derive(recomputed_casts, there.facts).value == 2 * (2 * h * q + 2 * h * kv + h * f)


@pytest.mark.parametrize("kind", [kind for kind, family in FAMILIES.items() if family.estimated])
def test_what_is_estimated_is_said_in_either_language(kind: str) -> None:
    warning = f"of {kind} this is estimated, not counted: {FAMILIES[kind].estimated}"
    (english,), (chinese,) = (warnings({"warnings": [warning]}, language) for language in ("en", "zh"))
    assert english.isascii()
    assert not re.search(r"estimated|counted", chinese)
