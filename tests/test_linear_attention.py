"""What layers of linear attention and short convolutions keep, against counts of their modelling code, byte for byte.

Counted: storages alive after the forward pass of transformers 5.24's plain PyTorch path (peft 0.21, rank 16, every linear
of a dense layer) on tensors without storage, of three layers less those of two, at one sequence of 256 tokens.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from formulas.derivation import Fact, derive
from formulas.errors import BadInput
from formulas.vocabulary import n_params, phase_start_of_backward
from kb.architecture import from_config
from kb.cases import parse_given, spread
from kb.facts import situation

TOKENS, RANK = 256, 16
h, f, V, H = 64, 96, 96, 4  # hidden and MLP widths; values of all heads and their heads
C = 2 * 32 + V  # channels of the convolution: queries, keys and values
SMALL: dict[str, Any] = {
    "vocab_size": 64, "hidden_size": h, "intermediate_size": f, "num_attention_heads": 4, "num_key_value_heads": 2,
    "head_dim": 16, "tie_word_embeddings": False,
}  # fmt: skip
DELTA = {
    "linear_num_key_heads": 2, "linear_num_value_heads": 4, "linear_key_head_dim": 16, "linear_value_head_dim": 24,
    "linear_conv_kernel_dim": 4,
}  # fmt: skip
EXPERTS = {
    "num_experts": 4,
    "num_experts_per_tok": 2,
    "moe_intermediate_size": 32,
    "shared_expert_intermediate_size": 32,
}
CONFIGS = {
    "delta": SMALL | DELTA | {"model_type": "qwen3_5_text", "layer_types": ["linear_attention"] * 2},
    "gated": SMALL | DELTA | {"model_type": "qwen3_5_text", "layer_types": ["full_attention"] * 2},
    "conv": SMALL | {"model_type": "lfm2", "conv_L_cache": 3, "conv_bias": False, "block_auto_adjust_ff_dim": False,
                     "layer_types": ["conv"] * 2},
    "lightning": SMALL | {"model_type": "minimax", "block_size": 64, "num_local_experts": 4, "num_experts_per_tok": 2,
                          "layer_types": ["linear_attention"] * 2},
    "kimi": SMALL | {
        "model_type": "kimi_linear", "num_key_value_heads": 4, "kv_lora_rank": 16, "qk_rope_head_dim": 8, "qk_nope_head_dim": 8,
        "v_head_dim": 8, "linear_attn_config": {
            "num_heads": 4, "head_dim": 24, "short_conv_kernel_size": 4, "full_attn_layers": [], "kda_layers": [1, 2]}},
    "experts": SMALL | DELTA | EXPERTS | {"model_type": "qwen3_next", "layer_types": ["linear_attention"] * 2},
}  # fmt: skip
RUNS: dict[str, dict[str, Any]] = {
    "half": {"method": "full", "precision": "pure-bf16"},
    "mixed": {"method": "full", "precision": "amp-bf16"},
    "single": {"method": "full", "precision": "fp32", "weight_format": "fp32"},
    "adapter-single": {"method": "lora"},
    "adapter-mixed": {"method": "lora"},
}
# what does not grow with the tokens: 1 + weight of a norm, the mask of a chunk, decay rates and their exponentials
NORMS = 2 * 4 * h
CHUNK, RATES, FROZEN_RATES = 64 * 64, 2 * 4 * H, 4 * H
# widths into and out of the linears that autocast casts, or that carry adapters
MLP, DELTA_IN, DELTA_OUT = 3 * h * f, h * (C + V + 2 * H), V * h
DELTA_ADAPTERS = 4 * h + C + V + 2 * H + V + h + 3 * (h + f)
GATED_ADAPTERS = (h + 128) + 2 * (h + 32) + (64 + h) + 3 * (h + f)
CONV_ADAPTERS = (h + 3 * h) + 2 * h + 3 * (h + f)
# of experts, a token: the sum of the chosen weights, the shared gate's sigmoid, two chosen weights in float32 and not in 16 bits
SUM, GATE, SINGLE = 4, 2, 2 * 2
# where each expert's tokens begin; the decays of two of Lightning Attention's blocks
OFFSETS, BLOCKS = 4 * 4, 2 * 2 * H


@pytest.mark.parametrize(
    ("name", "regime", "counted", "fixed"),
    [
        ("delta", "half", 3331616, NORMS + CHUNK + RATES),
        ("delta", "mixed", 3282720, NORMS + CHUNK + RATES + 2 * (MLP + DELTA_IN + DELTA_OUT + 4 * C)),
        ("delta", "single", 4170208, NORMS + CHUNK + RATES),
        ("delta", "adapter-single", 3704336, NORMS + CHUNK + FROZEN_RATES),
        ("delta", "adapter-mixed", 3067664, NORMS + CHUNK + FROZEN_RATES + 2 * RANK * DELTA_ADAPTERS),
        ("gated", "half", 930432, NORMS + 2 * 4 * 16),
        ("gated", "mixed", 1098368, NORMS + 2 * 4 * 16 + 2 * (MLP + h * (128 + 2 * 32 + 64))),
        ("gated", "adapter-single", 1159808, NORMS + 2 * 4 * 16),
        ("gated", "adapter-mixed", 888448, NORMS + 2 * 4 * 16 + 2 * RANK * GATED_ADAPTERS),
        ("conv", "half", 657664, 0),
        ("conv", "mixed", 825984, 2 * (MLP + 4 * h * h + 3 * h)),
        ("conv", "single", 1182208, 0),
        ("conv", "adapter-single", 887040, 0),
        ("conv", "adapter-mixed", 693504, 2 * RANK * CONV_ADAPTERS),
        ("kimi", "half", 28003264, 3 * CHUNK + RATES + 4 * 24),
        ("kimi", "adapter-single", 28519344, 3 * CHUNK + FROZEN_RATES + 4 * 24),
        ("lightning", "half", 1396768, OFFSETS + BLOCKS + (SUM + SINGLE) * TOKENS),
        ("experts", "half", 3520560, NORMS + CHUNK + RATES + OFFSETS + (SUM + GATE) * TOKENS),
    ],
)
def test_a_layer_keeps_what_was_counted(name: str, regime: str, counted: int, fixed: int, tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text(json.dumps(CONFIGS[name] | {"num_hidden_layers": 2}), encoding="utf-8")
    run = {
        "config": str(path), "gradient_checkpointing": "off", "attention": "flash", "seq_len": TOKENS, "batch_size": 1,
    }  # fmt: skip
    facts = situation(spread(parse_given(run | RUNS[regime]))[0]).facts | {"regime": Fact(regime, "asked")}
    kept = next(v for q, v in derive(phase_start_of_backward, facts).values.items() if q.name == "saved_layer")
    assert int(kept * TOKENS) + fixed == counted


@pytest.mark.parametrize(
    ("config", "parameters"),
    [
        # LFM2-1.2B: MLP of two thirds of 12288
        (
            {
                "model_type": "lfm2", "vocab_size": 65536, "hidden_size": 2048, "num_hidden_layers": 16, "block_ff_dim": 12288,
                "num_attention_heads": 32, "num_key_value_heads": 8, "conv_L_cache": 3, "block_multiple_of": 256,
                "full_attn_idxs": [2, 5, 8, 10, 12, 14], "tie_embedding": True,
            },
            65536 * 2048 + 16 * (3 * 2048 * 8192 + 2 * 2048) + 10 * (4 * 2048**2 + 3 * 2048)
            + 6 * (2 * 2048**2 + 2 * 2048 * 512 + 2 * 64) + 2048,
        ),
        # MiniMax-Text-01's layers by the list of its config: softmax attention in every eighth
        (
            {
                "model_type": "minimax_text_01", "vocab_size": 1000, "hidden_size": 512, "num_hidden_layers": 8,
                "num_attention_heads": 8, "num_key_value_heads": 2, "head_dim": 64, "intermediate_size": 256,
                "num_local_experts": 4, "num_experts_per_tok": 2, "attn_type_list": [0, 0, 0, 0, 0, 0, 0, 1],
            },
            2 * 1000 * 512 + 8 * (4 * 3 * 512 * 256 + 4 * 512 + 2 * 512) + 7 * (5 * 512**2 + 512)
            + 2 * 512**2 + 2 * 512 * 128 + 512,
        ),
    ],
    ids=["LFM2", "MiniMax-01"],
)  # fmt: skip
def test_parameters_follow_from_the_published_config(config: dict[str, Any], parameters: int) -> None:
    assert derive(n_params, from_config(config).facts).value == parameters


def test_linear_attention_without_its_widths_is_refused_in_one_line() -> None:
    with pytest.raises(BadInput, match="linear_num_key_heads"):
        from_config(SMALL | {"model_type": "qwen3_next", "num_hidden_layers": 4})
