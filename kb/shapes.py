"""The shapes of a model: numbers of its row by the names of quantities, each kind of layer with those that it needs."""

from collections.abc import Callable, Mapping
from typing import Any

from formulas.errors import BadInput
from kb.families import FAMILIES
from kb.layers import Layer

Row = Mapping[str, Any]
# flags by the columns that state them, the first that is there
_FLAGS = {
    "ssm_normed": ("ssm_extra_norms",), "head_biased": ("lm_head_bias",), "qkv_biased": ("qkv_bias", "attention_bias", "use_bias"),
    "out_biased": ("attn_out_bias", "use_bias"), "mlp_biased": ("mlp_bias", "use_bias"), "router_biased": ("router_bias",),
    "expert_biased": ("expert_bias",), "shared_gated": ("shared_expert_gate", "shared_gated"),
    "gated_attention": ("attn_output_gate",), "sinks": ("attn_sinks", "sinks"), "block_dropout": ("block_dropout", "attn_pdrop"),
}  # fmt: skip


def shapes_of(row: Row, kind: str, layers: list[Layer]) -> dict[str, Any]:
    """What the formulas of these layers need. BadInput names what the row lacks for one of them."""
    default = FAMILIES[kind].defaults if kind in FAMILIES else {}
    values: dict[str, Any] = {
        "n_layers": row["n_layers"],
        "hidden_size": row["hidden_size"],
        "vocab_size": row["vocab_size"],
        "tied": "yes" if _flag(row, default, "tie_word_embeddings") else "no",
        "extra_params": _extra(row),
        "tower_params": int(row.get("vision_params") or 0),
        "dsa_heads": int(row.get("dsa_index_n_heads") or 0),
        "dsa_dim": int(row.get("dsa_index_head_dim") or 0),
        "learned_positions": int(row.get("max_learned_positions") or 0),
        **{name: _flag(row, default, *columns) for name, columns in _FLAGS.items()},
    }
    mixers, feeds = {layer.mixer for layer in layers}, {layer.mlp for layer in layers}
    for kinds, shapes in _BY_MIXER:
        if mixers & kinds:
            values |= shapes(row, default)
    for kinds, shapes in _BY_FEED:
        if feeds & kinds:
            values |= shapes(row, default)
    return values


def _flag(row: Row, default: Row, *columns: str) -> int:
    """What the first of the columns that is there states; else what the family's config class sets."""
    stated = next((row[name] for name in columns if row.get(name) is not None), None)
    if stated is None:
        stated = next((default[name] for name in columns if name in default), 0)
    return int(bool(stated))


def _extra(row: Row) -> int:
    """Parameters outside the blocks: other towers, scalars; not the masks and copies that a published total counts."""
    unique, computed = row.get("unique_params"), row.get("computed_params")
    stated = int(row.get("extra_params") or 0)
    if unique and computed and computed - int(row.get("mtp_params") or 0) - stated == unique:
        stated = 0
    return (
        stated
        + int(row.get("vision_params") or 0)
        # an embedding of its own for every layer
        + int(row.get("per_layer_input_size") or 0) * int(row["vocab_size"]) * int(row["n_layers"])
        + int(row.get("extra_scalars_per_layer") or 0) * int(row["n_layers"])
    )


def _heads(row: Row, _: Row) -> dict[str, Any]:
    heads = row.get("n_heads")
    if not heads:
        raise BadInput("num_attention_heads is missing")
    return {"n_heads": heads, "n_kv_heads": row.get("n_kv_heads") or heads}


def _head_dim(row: Row) -> int:
    return int(row.get("head_dim") or row["hidden_size"] // row["n_heads"])


def _grouped(row: Row, default: Row) -> dict[str, Any]:
    head = _head_dim(row)
    turned = float(row.get("partial_rotary_factor") or default.get("partial_rotary_factor") or 1)
    return {"head_dim": head, "rotary_dim": int(head * turned)}


def _latent(row: Row, _: Row) -> dict[str, Any]:
    nope, rope = row.get("qk_nope_head_dim"), row.get("qk_rope_head_dim")
    if nope is None or rope is None:
        raise BadInput("latent attention needs qk_nope_head_dim and qk_rope_head_dim")
    compressed = row.get("q_lora_rank")
    return {
        "kv_lora_rank": row["kv_lora_rank"], "qk_nope_head_dim": nope, "qk_rope_head_dim": rope,
        "v_head_dim": row.get("v_head_dim") or nope, "head_dim": nope + rope, "rotary_dim": rope,
        "latent_query": "compressed" if compressed else "direct", **({"q_lora_rank": compressed} if compressed else {}),
    }  # fmt: skip


def _state_space(row: Row, _: Row) -> dict[str, Any]:
    h = row["hidden_size"]
    heads = row.get("ssm_num_heads")
    return {
        "ssm_inner_size": row.get("ssm_inner_size") or 2 * h, "ssm_state_size": row.get("ssm_state_size") or 16,
        "ssm_conv_kernel": row.get("ssm_conv_kernel") or 4, "ssm_n_groups": row.get("ssm_n_groups") or 1,
        "ssm_chunk": row.get("ssm_chunk") or 256, "ssm_dt_rank": row.get("ssm_dt_rank") or -(-h // 16),
        **({"ssm_n_heads": heads} if heads else {}),
    }  # fmt: skip


def _convolution(row: Row, default: Row) -> dict[str, Any]:
    biased = _flag(row, default, "conv_biased")
    return {"ssm_conv_kernel": row.get("ssm_conv_kernel") or 3, "conv_biased": biased, "input_projections": 1}


def _kimi_delta(row: Row, _: Row) -> dict[str, Any]:
    heads, head = row.get("linear_num_heads"), row.get("linear_head_dim")
    if not heads or not head:
        raise BadInput("Kimi's linear attention needs the heads and their width: linear_attn_config")
    return {
        "delta_value_width": heads * head, "delta_value_heads": heads, "delta_key_dim": head,
        "ssm_conv_kernel": row.get("linear_conv_kernel_dim") or 4, "input_projections": 6,
    }  # fmt: skip


def _lightning(row: Row, default: Row) -> dict[str, Any]:
    return {
        **_heads(row, default), "head_dim": _head_dim(row), "ssm_chunk": row.get("linear_chunk") or 256, "input_projections": 2,
    }  # fmt: skip


def _gated_delta(row: Row, _: Row) -> dict[str, Any]:
    for column in ("linear_num_key_heads", "linear_num_value_heads", "linear_key_head_dim", "linear_value_head_dim"):
        if not row.get(column):
            raise BadInput(f"linear attention needs {column}")
    key, value = row["linear_key_head_dim"], row["linear_value_head_dim"]
    return {
        "delta_key_width": row["linear_num_key_heads"] * key, "delta_key_dim": key,
        "delta_value_width": row["linear_num_value_heads"] * value, "delta_value_heads": row["linear_num_value_heads"],
        "ssm_conv_kernel": row.get("linear_conv_kernel_dim") or 4, "ssm_chunk": 64,
    }  # fmt: skip


def _dense(row: Row, _: Row) -> dict[str, Any]:
    if not row.get("intermediate_size"):
        raise BadInput("intermediate_size is missing")
    return {"intermediate_size": row["intermediate_size"]}


def _experts(row: Row, _: Row) -> dict[str, Any]:
    width = row.get("moe_intermediate_size") or row.get("intermediate_size")
    if not width or not row.get("experts_per_token"):
        raise BadInput("a mixture of experts needs moe_intermediate_size and experts_per_token")
    shared = row.get("shared_expert_intermediate_size") or int(row.get("n_shared_experts") or 0) * width
    return {
        "n_experts": row["n_experts"], "experts_per_token": row["experts_per_token"],
        "moe_intermediate_size": width, "shared_width": shared,
    }  # fmt: skip


Shapes = Callable[[Row, Row], dict[str, Any]]
# in this order: where a model has several kinds, the later one's value of a shared name holds
_BY_MIXER: tuple[tuple[frozenset[str], Shapes], ...] = (
    (frozenset({"grouped", "latent"}), _heads),
    (frozenset({"grouped"}), _grouped),
    (frozenset({"latent"}), _latent),
    (frozenset({"mamba", "mamba2"}), _state_space),
    (frozenset({"conv"}), _convolution),
    (frozenset({"kda"}), _kimi_delta),
    (frozenset({"lightning"}), _lightning),
    (frozenset({"delta"}), _gated_delta),
)
_BY_FEED: tuple[tuple[frozenset[str], Shapes], ...] = (
    (frozenset({"gated", "plain"}), _dense),
    (frozenset({"experts"}), _experts),
)
