"""Layers with a state on the plain PyTorch path: closed forms worked by hand, equal to the bytes that their code was seen to keep.

The counts are of transformers 5.23: all storages alive at the end of the forward pass, less weights and optimizer.
"""

import json
from typing import Any

import pytest

from formulas.derivation import Fact, derive
from formulas.vocabulary import phase_start_of_backward, tensors_peak
from kb.architecture import from_config
from kb.targets import trained
from tests.test_exact import facts_of

h, D, N, H, K, V = 1024, 2048, 128, 32, 4, 4096
MAMBA_2: dict[str, Any] = {
    "model_type": "mamba2", "vocab_size": V, "hidden_size": h, "num_hidden_layers": 3, "num_heads": H, "head_dim": 64,
    "state_size": N, "n_groups": 1, "expand": 2, "chunk_size": 256,
}  # fmt: skip
MAMBA = {"model_type": "mamba", "vocab_size": V, "hidden_size": h, "num_hidden_layers": 2, "state_size": 16}
GRANITE = {
    "model_type": "granitemoehybrid", "vocab_size": V, "hidden_size": h, "intermediate_size": 512, "num_hidden_layers": 4,
    "shared_intermediate_size": 4096, "num_attention_heads": 8, "num_key_value_heads": 2, "num_local_experts": 0,
    "layer_types": ["mamba", "mamba", "attention", "mamba"], "num_experts_per_tok": 0, "mamba_n_heads": H,
    "mamba_d_head": 64, "mamba_d_state": N, "mamba_n_groups": 1, "mamba_expand": 2, "mamba_chunk_size": 256,
    "position_embedding_type": "nope", "tie_word_embeddings": True,
}  # fmt: skip
NEMOTRON_H = {
    "model_type": "nemotron_h", "vocab_size": V, "hidden_size": h, "intermediate_size": 5376, "num_attention_heads": 8,
    "num_key_value_heads": 2, "head_dim": 128, "hybrid_override_pattern": "M-M*-M", "mamba_num_heads": H,
    "mamba_head_dim": 64, "ssm_state_size": N, "n_groups": 8, "chunk_size": 128, "expand": 2,
}  # fmt: skip
FALCON_H1 = {
    "model_type": "falcon_h1", "vocab_size": V, "hidden_size": h, "intermediate_size": 2048, "num_hidden_layers": 3,
    "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 64, "mamba_d_ssm": 1536, "mamba_n_heads": 24,
    "mamba_d_head": 64, "mamba_d_state": N, "mamba_n_groups": 1, "mamba_chunk_size": 128, "mamba_expand": 2,
}  # fmt: skip


def run(config: dict[str, Any], seq_len: int, batch: int = 1, **how: Any) -> dict[str, Fact]:
    """The facts of a counted run: full training in 16 bits without checkpointing unless said otherwise."""
    row = {
        "method": "full", "precision": "pure-bf16", "extra": "optimizer_impl=fused", "attention": "sdpa", "loss": "full-logits",
        "gradient_checkpointing": "0", "weight_format": "bf16", "output_len": 2, "lora_rank": 16,
        "lora_targets": "all-linear", "config": json.dumps(config), "seq_len": seq_len, "batch_size": batch, **how,
    }  # fmt: skip
    return facts_of(row)


def kept(facts: dict[str, Fact], name: str) -> float:
    return float(next(v for k, v in derive(phase_start_of_backward, facts).values.items() if k.name == name))


def test_a_padded_mamba_2_layer_keeps_what_its_operators_do() -> None:
    """640 tokens in chunks of 256 are computed as 768: what lies in chunks is half as much again for every fifth token."""
    s, rho, chunks, channels = 640, 1.2, 3, D + 2 * N
    convolution = 2 * (channels + D + H) + 2 * channels * (s + K - 1) / s
    scan = (
        4 * D + 16 * D * rho + 20 * H * N * rho + 12 * H * 256 * rho + 8 * H * rho + 4 * D * N * (2 * chunks + 1) / s
        + 4 * H * (chunks + 1) ** 2 / s + (2 * 256**2 + 2 * (chunks + 1) ** 2 + 8 * H) / (2 * s)
    )  # fmt: skip
    gate = 4 * D * rho + 16 * D + 4
    norm_and_inputs = (4 * h + 4 + 2 * h) + 2 * h + 2 * D
    wanted = convolution + 12 * H + scan + gate + norm_and_inputs
    assert kept(run(MAMBA_2, s, batch=2), "saved_layer") == pytest.approx(wanted, rel=1e-12)


def test_mamba_keeps_every_tokens_state() -> None:
    """Decay, input, float32 state and its 16-bit cast: 14 bytes for each of the 2048 * 16 numbers of a state."""
    s, state, rank = 256, D * 16, 64
    wanted = (
        2 * (2 * D + D * (s + K - 1) / s) + 2 * D + 2 * (rank + 32) + 4 * D
        + 8 * state + 4 * D + 4 * (D + 16 + state * (s - 1) / s) + 2 * (state * (s + 1) / s + D) + 8 * state / s
        + (4 * h + 4 + 2 * h) + 2 * h + 2 * D
    )  # fmt: skip
    assert kept(run(MAMBA, s), "saved_layer") == pytest.approx(wanted, rel=1e-12)


@pytest.mark.parametrize(
    ("config", "seq_len", "batch", "how", "counted", "within"),
    [
        (MAMBA_2, 640, 2, {"method": "inference", "loss": "last-logits"}, 414238912, 0.0001),
        (MAMBA_2, 1024, 1, {}, 1144880094, 0.001),
        (MAMBA_2, 1024, 1, {"gradient_checkpointing": "1"}, 570589690, 0.001),
        (MAMBA_2, 1024, 1, {"precision": "fp32"}, 1360412318, 0.01),
        (MAMBA, 640, 2, {"method": "inference", "loss": "last-logits"}, 607502336, 0.001),
        (GRANITE, 640, 2, {}, 2084243496, 0.001),
        (GRANITE, 1024, 1, {"method": "lora", "precision": "adapter-fp32"}, 1326950894, 0.001),
        (NEMOTRON_H, 640, 2, {"method": "inference", "loss": "last-logits"}, 371272384, 0.001),
        (NEMOTRON_H, 640, 2, {}, 1553105560, 0.002),
        (NEMOTRON_H, 1024, 1, {"method": "lora", "precision": "adapter-fp32", "gradient_checkpointing": "1"}, 462650346, 0.001),
        (FALCON_H1, 1024, 1, {}, 958881774, 0.001),
        (FALCON_H1, 1024, 1, {"gradient_checkpointing": "1"}, 584679818, 0.02),
    ],
)  # fmt: skip
def test_peaks_are_those_counted(
    config: dict[str, Any], seq_len: int, batch: int, how: dict[str, Any], counted: int, within: float
) -> None:
    peak = derive(tensors_peak, run(config, seq_len, batch, **how)).value
    assert float(peak or 0) == pytest.approx(counted, rel=within)


def test_a_pattern_of_letters_is_a_list_of_layers() -> None:
    found = from_config(NEMOTRON_H)
    assert [(layer.mixer, layer.mlp) for layer in found.layers] == [
        ("mamba2", "none"), ("none", "plain"), ("mamba2", "none"), ("grouped", "none"), ("none", "plain"), ("mamba2", "none"),
    ]  # fmt: skip
    assert found.warnings == ()


def test_peft_leaves_out_proj_alone_where_it_refuses_it() -> None:
    refused, taken = (trained(from_config(config), "all-linear")["on_out"].value for config in (NEMOTRON_H, GRANITE))
    assert (refused, taken) == (0, 1)
