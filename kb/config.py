"""A Hugging Face config.json as a row of the table `models`: one name for each field, checked, with what is not used."""

from collections.abc import Mapping
from typing import Any

from formulas.errors import BadInput
from kb.families import FAMILIES

# a column of `models` (or a key that kb.architecture reads): the names that config.json files give it
_KEYS: dict[str, tuple[str, ...]] = {
    "n_layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden_size": ("hidden_size", "n_embd", "d_model", "dim"),
    "n_heads": ("num_attention_heads", "n_head", "n_heads", "num_heads", "attention_heads"),
    "n_kv_heads": ("num_key_value_heads", "num_kv_heads", "n_head_kv", "multi_query_group_num"),
    "head_dim": ("head_dim", "kv_channels", "attention_head_dim"),
    "intermediate_size": ("intermediate_size", "n_inner", "ffn_dim", "ffn_hidden_size", "feed_forward_hidden_size"),
    "vocab_size": ("vocab_size", "padded_vocab_size"),
    "tie_word_embeddings": ("tie_word_embeddings", "tie_embedding"),
    "max_position_embeddings": (
        "max_position_embeddings",
        "n_positions",
        "max_sequence_length",
        "seq_length",
        "max_seq_len",
    ),
    "qkv_bias": ("qkv_bias", "add_qkv_bias", "use_qkv_bias"),
    "attention_bias": ("attention_bias",),
    "use_bias": ("use_bias", "bias"),
    "mlp_bias": ("mlp_bias",),
    "n_experts": ("num_experts", "num_local_experts", "n_routed_experts", "moe_num_experts"),
    "experts_per_token": ("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_k", "top_k"),
    "moe_intermediate_size": ("moe_intermediate_size", "expert_ffn_hidden_size"),
    "n_shared_experts": ("n_shared_experts", "num_shared_experts", "moe_num_shared_experts", "num_shared_expert"),
    "shared_expert_intermediate_size": ("shared_expert_intermediate_size", "shared_intermediate_size"),
    "first_k_dense": ("first_k_dense_replace", "num_dense_layers"),
    "mlp_only_layers": ("mlp_only_layers",),
    "kv_lora_rank": ("kv_lora_rank",),
    "q_lora_rank": ("q_lora_rank",),
    "qk_rope_head_dim": ("qk_rope_head_dim",),
    "qk_nope_head_dim": ("qk_nope_head_dim",),
    "v_head_dim": ("v_head_dim",),
    "sliding_window": ("sliding_window", "attention_chunk_size"),
    "layer_types": ("layer_types", "layers_block_type"),
    "ssm_state_size": ("state_size", "ssm_state_size", "mamba_d_state"),
    "ssm_conv_kernel": ("conv_kernel", "mamba_d_conv", "conv_L_cache"),
    "conv_biased": ("conv_bias",),
    "linear_chunk": ("block_size",),
    "ssm_inner_size": ("mamba_intermediate_size", "mamba_d_ssm"),
    "ssm_dt_rank": ("time_step_rank", "mamba_dt_rank"),
    "ssm_num_heads": ("mamba_num_heads", "mamba_n_heads", "n_mamba_heads"),
    "ssm_head_dim": ("mamba_head_dim", "mamba_d_head", "mamba_headdim"),
    "ssm_n_groups": ("n_groups", "mamba_n_groups", "mamba_ngroups"),
    "ssm_chunk": ("chunk_size", "mamba_chunk_size"),
    "linear_num_key_heads": ("linear_num_key_heads",),
    "linear_num_value_heads": ("linear_num_value_heads",),
    "linear_key_head_dim": ("linear_key_head_dim",),
    "linear_value_head_dim": ("linear_value_head_dim",),
    "linear_num_heads": ("linear_num_heads",),
    "linear_head_dim": ("linear_head_dim",),
    "linear_conv_kernel_dim": ("linear_conv_kernel_dim",),
    "per_layer_input_size": ("hidden_size_per_layer_input",),
    "mtp_layers": ("num_nextn_predict_layers",),
    "partial_rotary_factor": ("partial_rotary_factor", "rotary_pct"),
}
_COUNTS = {
    key for key in _KEYS
    if key not in ("tie_word_embeddings", "conv_biased", "qkv_bias", "attention_bias", "use_bias", "mlp_bias", "layer_types",
                   "mlp_only_layers", "partial_rotary_factor", "ssm_dt_rank")
}  # fmt: skip
# what some config.json files list for every layer
_OF_A_LAYER = (
    "n_heads",
    "n_kv_heads",
    "intermediate_size",
    "moe_intermediate_size",
    "experts_per_token",
    "n_shared_experts",
)
_MAY_BE_ZERO = {
    "first_k_dense",
    "n_shared_experts",
    "mtp_layers",
    "n_experts",
    "q_lora_rank",
    "sliding_window",
    "intermediate_size",
    "experts_per_token",
}
# fields that move no byte of weights, cache or activations
_HARMLESS = (
    "token", "rope", "dropout", "drop", "init", "eps", "epsilon", "dtype", "version", "name", "cache", "act", "aux", "loss",
    "scal", "routed", "topk_method", "norm_topk", "temperature", "pretraining", "architectures", "auto_map", "model_type",
    "max_window_layers", "query_pre_attn", "transformers", "output_", "return_dict", "id2label", "label2id", "expand", "use_conv_bias",
    "rms_norm", "scoring_func", "n_group", "topk_group", "multiplier", "softcap", "router_jitter", "position", "rescale", "time_step",
    "limit", "theta", "seq_aux", "ep_size", "residual_in", "hidden_size", "num_heads", "head_dim", "original_max", "bias", "scale_attn",
    "summary", "task_specific", "reorder", "is_decoder", "problem_type", "finetuning", "prefix", "unk", "attn_implementation",
)  # fmt: skip

# letters of a hybrid's pattern: Mamba-2, attention, MLP, mixture of experts
_LETTERS = {"M": "mamba", "*": "attention", "-": "mlp", "E": "moe"}
# by the weights that a norm of queries and keys has: Cohere's and StableLM's one vector for each head, Llama-4's none
_QK_NORM = {"cohere": "full", "stablelm": "full", "llama4_text": "none"}


def row_of(config: Mapping[str, Any]) -> tuple[dict[str, Any], tuple[str, ...]]:
    """The row, and a sentence for each field that is not used and could matter."""
    if not isinstance(config, Mapping):
        raise BadInput("config.json is not an object")
    warnings: list[str] = []
    if isinstance(config.get("text_config"), Mapping):
        inner = dict(config["text_config"])
        inner.setdefault("tie_word_embeddings", config.get("tie_word_embeddings"))
        warnings.append("only the language model of a larger one is counted: its other towers are left out")
        kind = inner.get("model_type") or str(config.get("model_type") or "")
        config = {**{k: v for k, v in inner.items() if v is not None}, "model_type": kind}
    config = _unfolded(config)
    kind = str(config.get("model_type") or "")
    row: dict[str, Any] = {"model_type": kind}
    used = {"model_type"}
    for column, names in _KEYS.items():
        for name in names:
            if config.get(name) is not None:
                row[column] = _checked(name, config[name], column)
                used.add(name)
                break
            if name in config:
                used.add(name)
    _complete(row, config, kind, used)
    _divides(row)
    published = config.get("quantization_config")
    if isinstance(published, Mapping) and published.get("quant_method"):
        row["quantization"] = str(published["quant_method"])
    if config.get("alibi"):
        warnings.append(
            f"of {kind} this is estimated, not counted: the mask of every head that ALiBi makes; on a small model prompts take "
            "36 % and training 8 to 19 % more (ALiBi 为每个头生成的掩码:小模型上提示多 36%、训练多 8% 至 19%)"
        )
    for name, value in config.items():
        if name not in used and not name.startswith("_") and _could_matter(name, value):
            warnings.append(f"config field `{name[:60]}` is not used, and could matter")
    return row, tuple(warnings)


def _checked(name: str, value: Any, column: str) -> Any:
    if column in _OF_A_LAYER and isinstance(value, (list, tuple)) and value:
        if any(one != value[0] for one in value):
            raise BadInput(f"{name} differs from layer to layer, which no formula here counts; give one whole number")
        value = value[0]  # one for each layer, all the same
    if column in ("layer_types", "mlp_only_layers"):
        if not isinstance(value, (list, tuple)):
            raise BadInput(f"{name} is a list, not {type(value).__name__}")
        return tuple(value)
    if column not in _COUNTS:
        return value
    if isinstance(value, bool) or not isinstance(value, int):
        if isinstance(value, float) and value.is_integer():
            value = int(value)
        else:
            raise BadInput(f"{name} is a whole number, not {str(value)[:40]!r}")
    least = 0 if column in _MAY_BE_ZERO else 1
    if value < least:
        raise BadInput(f"{name} is at least {least}, not {value}")
    if value > 10**9:
        raise BadInput(f"{name} is at most 10^9, not {value}")
    return value


def _complete(row: dict[str, Any], config: Mapping[str, Any], kind: str, used: set[str]) -> None:
    """Values that follow from others, as the config classes set them."""
    default = FAMILIES[kind].defaults if kind in FAMILIES else {}
    _lettered(row, config, used)
    for needed, names in (
        ("n_layers", "num_hidden_layers"),
        ("hidden_size", "hidden_size"),
        ("vocab_size", "vocab_size"),
    ):
        if needed not in row:
            raise BadInput(f"config.json has no {names}")
    _recurrent_sizes(row, config, kind, used)
    _layer_kinds(row, config, kind, used)
    _mlp_widths(row, config, kind, used)
    if default.get("learned"):
        row["max_learned_positions"] = (row.get("max_position_embeddings") or 1024) + (2 if kind == "opt" else 0)
    _side_by_side(row, config, kind, used)
    _hybrid(row, config, used)
    if not config.get("new_decoder_architecture") and config.get("multi_query", kind == "falcon"):
        row["n_kv_heads"] = 1
        used.add("multi_query")
    if kind in ("gpt2", "gpt_bigcode") and default.get("attn_pdrop"):
        row["block_dropout"] = float(config.get("attn_pdrop", default["attn_pdrop"])) > 0
    for flag in ("use_qk_norm", "qk_layernorm"):
        if flag in config:
            used.add(flag)
            row["qk_norm"] = _QK_NORM.get(kind, "per_head") if config[flag] else "none"
    if config.get("moe_layer_start_index"):
        row["first_k_dense"] = _checked("moe_layer_start_index", config["moe_layer_start_index"], "first_k_dense")
        used |= {"moe_layer_start_index", "moe_layer_end_index", "moe_layer_interval"}
    _windows(row, config, default, used)
    _experts_placed(row, config, kind, used)
    for column, value in (FAMILIES[kind].shapes if kind in FAMILIES else {}).items():
        row.setdefault(column, value)


def _recurrent_sizes(row: dict[str, Any], config: Mapping[str, Any], kind: str, used: set[str]) -> None:
    """Heads and widths of a state-space model."""
    if kind == "mamba2":
        row["ssm_num_heads"] = row.get("ssm_num_heads") or config.get("num_heads") or 128
        row["ssm_head_dim"] = row.get("ssm_head_dim") or config.get("head_dim") or 64
        used |= {"num_heads", "head_dim", "expand"}
    if kind in ("mamba", "mamba2", "falcon_mamba"):
        row["ssm_inner_size"] = (
            row.get("ssm_inner_size")
            or config.get("intermediate_size")
            or int(config.get("expand") or 2) * row["hidden_size"]
        )
        row.pop("head_dim", None)
    if isinstance(row.get("ssm_dt_rank"), str):
        row["ssm_dt_rank"] = -(-row["hidden_size"] // 16)


def _layer_kinds(row: dict[str, Any], config: Mapping[str, Any], kind: str, used: set[str]) -> None:
    """Which layers attend to all tokens, where a list of places tells."""
    if kind.startswith("lfm2") and config.get("full_attn_idxs") and "layer_types" not in row:
        attention = config["full_attn_idxs"]
        row["layer_types"] = tuple("full_attention" if i in attention else "conv" for i in range(row["n_layers"]))
    used |= {"full_attn_idxs", "block_dim", "conv_dim", "conv_dim_out"}
    if isinstance(config.get("attn_type_list"), (list, tuple)) and "layer_types" not in row:
        row["layer_types"] = tuple(
            "full_attention" if kept else "linear_attention" for kept in config["attn_type_list"]
        )
    used.add("attn_type_list")


def _mlp_widths(row: dict[str, Any], config: Mapping[str, Any], kind: str, used: set[str]) -> None:
    """The width of a dense MLP."""
    used.add("block_ff_dim")
    if kind == "lfm2":
        row["intermediate_size"] = _lfm2_width(config, row)
        used |= {"block_auto_adjust_ff_dim", "block_ffn_dim_multiplier", "block_multiple_of"}
    if kind in ("gpt2", "gptj", "gpt_neo", "gpt_bigcode", "bloom", "mpt", "falcon", "codegen") and not row.get(
        "intermediate_size"
    ):
        row["intermediate_size"] = 4 * row["hidden_size"]
    # of layers without experts; the other is an expert's
    if kind == "llama4_text" and config.get("intermediate_size_mlp"):
        row["moe_intermediate_size"] = row.get("intermediate_size")
        row["intermediate_size"] = _checked(
            "intermediate_size_mlp", config["intermediate_size_mlp"], "intermediate_size"
        )
        used.add("intermediate_size_mlp")


def _windows(row: dict[str, Any], config: Mapping[str, Any], default: Mapping[str, Any], used: set[str]) -> None:
    """Layers that attend to a window, or linearly, between those that attend to all."""
    if config.get("use_sliding_window") is False:
        row.pop("sliding_window", None)
    used.add("use_sliding_window")
    if row.get("sliding_window") == 0:
        row.pop("sliding_window")
    every = config.get("sliding_window_pattern") or default.get("sliding_window_pattern")
    used |= {"sliding_window_pattern", "full_attention_interval"}
    if every and isinstance(every, int) and row.get("sliding_window") and not row.get("layer_types"):
        row["layer_pattern"] = f"{every - 1}S,1A"
    _attend_to_pictures(row, config, used)
    interval = config.get("full_attention_interval") or default.get("full_attention_interval")
    if interval and not row.get("layer_types"):
        row["layer_pattern"] = f"{interval - 1}L,1A"


def _attend_to_pictures(row: dict[str, Any], config: Mapping[str, Any], used: set[str]) -> None:
    """Layers of cross-attention, which keep none of the text's keys: their projections are counted outside the blocks."""
    cross = config.get("cross_attention_layers")
    used.add("cross_attention_layers")
    if (
        not isinstance(cross, list)
        or row.get("layer_types")
        or not {"n_layers", "n_heads", "hidden_size"} <= row.keys()
    ):
        return
    row["layer_types"] = ["mlp" if at in cross else "attention" for at in range(row["n_layers"])]
    head = row.get("head_dim") or row["hidden_size"] // row["n_heads"]
    width = (row["n_heads"] + (row.get("n_kv_heads") or row["n_heads"])) * head
    row["extra_params"] = row["layer_types"].count("mlp") * 2 * row["hidden_size"] * width


def _experts_placed(row: dict[str, Any], config: Mapping[str, Any], kind: str, used: set[str]) -> None:
    """Which layers have experts."""
    used |= {"decoder_sparse_step", "moe_layer_freq"}
    step = config.get("decoder_sparse_step") or config.get("moe_layer_freq") or config.get("interleave_moe_layer_step")
    if isinstance(step, int) and step > 1:
        row["moe_layer_step"], row["moe_layer_offset"] = step, step - 1
    if row.get("n_experts") == 0:
        row.pop("n_experts")
        if kind == "granitemoehybrid" and row.get(
            "shared_expert_intermediate_size"
        ):  # what experts would share is then the MLP itself
            row["intermediate_size"], row["built_gate_up"] = row["shared_expert_intermediate_size"], "fused"


def _unfolded(config: Mapping[str, Any]) -> Mapping[str, Any]:
    """Kimi-Linear's config keeps the shapes and places of its linear attention in an object of its own."""
    inner = config.get("linear_attn_config")
    if not isinstance(inner, Mapping):
        return config
    found: dict[str, Any] = {key: value for key, value in config.items() if key != "linear_attn_config"}
    names = {
        "num_heads": "linear_num_heads",
        "head_dim": "linear_head_dim",
        "short_conv_kernel_size": "linear_conv_kernel_dim",
    }
    found |= {name: inner[key] for key, name in names.items() if key in inner}
    full, count = inner.get("full_attn_layers"), config.get("num_hidden_layers")
    if isinstance(full, (list, tuple)) and isinstance(count, int) and "layer_types" not in config:
        found["layer_types"] = ["full_attention" if i + 1 in full else "linear_attention" for i in range(count)]
    return found


def _lfm2_width(config: Mapping[str, Any], row: Mapping[str, Any]) -> int:
    """Width of LFM2's MLP: two thirds of the width stated, times a multiplier, rounded up (Lfm2MLP)."""
    width = int(config.get("block_ff_dim") or row.get("intermediate_size") or 12288)
    if config.get("block_auto_adjust_ff_dim", True) is False:
        return width
    step = int(config.get("block_multiple_of") or 256)
    adjusted = int(float(config.get("block_ffn_dim_multiplier") or 1) * int(2 * width / 3))
    return step * -(-adjusted // step)


def _side_by_side(row: dict[str, Any], config: Mapping[str, Any], kind: str, used: set[str]) -> None:
    """Attention and MLP on one input, behind one norm or one each, where a field says so."""
    used |= {"use_parallel_residual", "parallel_attn", "new_decoder_architecture"}
    if kind == "falcon" and config.get("new_decoder_architecture"):
        norms = config.get("num_ln_in_parallel_attn") or 2
        # both norms are computed before attention, so that the MLP's input waits
        row["built_block"], row["built_n_input_norms"], row["built_extra_streams"] = "forked", norms, norms - 1
    elif kind == "falcon" and config.get("parallel_attn") is False:
        row["built_block"], row["built_n_input_norms"] = "sequential", 2
    if kind == "gpt_neox" and config.get("use_parallel_residual") is False:
        row["built_block"] = "sequential"
    if kind == "stablelm" and config.get("use_parallel_residual"):
        row["built_block"], row["built_n_input_norms"], row["built_extra_streams"] = "parallel", 1, 0


def _lettered(row: dict[str, Any], config: Mapping[str, Any], used: set[str]) -> None:
    """Layers spelled by letters, as Nemotron-H does; where every layer is listed their number is that of the list."""
    spelled = config.get("hybrid_override_pattern")
    used |= {"hybrid_override_pattern", "mtp_layers_block_type", "mtp_hybrid_override_pattern"}
    if isinstance(spelled, str) and "layer_types" not in row:
        unknown = sorted(set(spelled) - set(_LETTERS))
        if unknown:
            raise BadInput(f"hybrid_override_pattern has letters that no formula knows: {' '.join(unknown)[:40]}")
        row["layer_types"] = tuple(_LETTERS[letter] for letter in spelled)
    if "layer_types" in row:
        row.setdefault("n_layers", len(row["layer_types"]))


def _hybrid(row: dict[str, Any], config: Mapping[str, Any], used: set[str]) -> None:
    """Layers listed by the indices, or the period, of those with attention; a period of those with experts."""
    count, indices = row["n_layers"], config.get("attn_layer_indices")
    used |= {
        "attn_layer_indices",
        "attn_layer_period",
        "attn_layer_offset",
        "expert_layer_period",
        "expert_layer_offset",
    }
    period, offset = config.get("attn_layer_period"), config.get("attn_layer_offset") or 0
    if isinstance(period, int) and period > 0 and not isinstance(indices, (list, tuple)):
        indices = range(offset, count, period) if isinstance(offset, int) else ()
    if indices is not None and "layer_types" not in row:
        row["layer_types"] = tuple("attention" if index in indices else "mamba" for index in range(count))
    if isinstance(config.get("mamba_expand"), int) and "ssm_inner_size" not in row:
        row["ssm_inner_size"] = config["mamba_expand"] * row["hidden_size"]
    if "ssm_inner_size" not in row and row.get("ssm_num_heads") and row.get("ssm_head_dim"):
        row["ssm_inner_size"] = row["ssm_num_heads"] * row["ssm_head_dim"]
    used |= {"mamba_rms_norm", "mamba_norm_before_gate", "mamba_use_mlp"}
    if config.get("model_type") == "falcon_h1":
        row["built_scan_gate"] = "normed" if config.get("mamba_rms_norm") else "plain"
    every = config.get("expert_layer_period")
    if isinstance(every, int) and every > 1:
        row["moe_layer_step"], row["moe_layer_offset"] = every, config.get("expert_layer_offset") or 0


def _divides(row: Mapping[str, Any]) -> None:
    heads, groups = row.get("n_heads"), row.get("n_kv_heads")
    if heads and groups and heads % groups:
        raise BadInput(f"num_attention_heads {heads} is not divided by num_key_value_heads {groups}")
    if heads and "head_dim" not in row and not row.get("kv_lora_rank") and row["hidden_size"] % heads:
        raise BadInput(f"hidden_size {row['hidden_size']} is not divided by num_attention_heads {heads}")


def _could_matter(name: str, value: Any) -> bool:
    if isinstance(value, (str, bool)) or value is None or value in (0, 1):
        return False
    return not any(part in name.lower() for part in _HARMLESS)
