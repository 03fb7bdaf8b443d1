"""How each family of models builds its blocks: a few declared words per family, read from its modelling code.

Everything not declared is as in Llama: two RMSNorms in front, separate projections, rotary positions applied
elementwise, a gated MLP. `defaults` are values of the config class that a config.json may leave out.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Family:
    """`built`: answers to the choices of `formulas.anatomy` and small counts; `defaults`: what config.json leaves out;
    `adapted`: what peft's all-linear adapts of a mixture of experts beside attention; `shapes`: columns of a row of `models`
    that the config class sets where config.json says nothing; `estimated`: what of it the formulas estimate, not count, and
    in parentheses the same in Chinese; `refused`: linears that peft refuses to adapt (peft/tuners/tuners_utils.py,
    _check_lora_target_modules_mamba)."""

    built: Mapping[str, Any] = field(default_factory=dict)
    defaults: Mapping[str, Any] = field(default_factory=dict)
    adapted: tuple[str, ...] = ("router", "experts")
    shapes: Mapping[str, Any] = field(default_factory=dict)
    estimated: str = ""
    refused: tuple[str, ...] = ()
    divided: bool = False


# answers of a Llama block, and what a family changes in them
LLAMA: dict[str, Any] = {
    "norm": "rms", "qk_norm": "none", "qkv": "separate", "gate_up": "separate", "rotary": "whole",
    "rotary_tables": "model", "activation": "fused", "block": "sequential", "residual": "as-embedding", "router": "half", "routing_weights": "half", "expert_gate": "plain",
    "softmax": "upcast", "soft_cap": "none", "has_sinks": "no", "gated": True, "n_input_norms": 2, "n_output_norms": 0,
    "norm_vectors": 1, "final_norms": 1, "scan_gate": "normed", "layer_parts": "whole", "projection": "plain", "rotation": "as-stored", "causal_mask": "skipped", "cut_into_heads": "views", "extra_streams": 0, "extra_scores": 0,
}  # fmt: skip
_LAYERNORM = {"norm": "layernorm", "norm_vectors": 2}
_PLAIN = {"gated": False}
_PARALLEL = {"block": "parallel", "n_input_norms": 1}
_FORKED = {"block": "forked"}
_PHI3 = {"qkv": "fused", "gate_up": "fused", "rotary": "concatenated"}
_GLM = {"gate_up": "fused", "rotary": "concatenated", "rotary_tables": "layer"}
_SANDWICH = {"n_output_norms": 2}
_GEMMA = {"norm": "rms-late"}
_OUT = ("out",)
_TIED = {"tie_word_embeddings": True}
_QWEN_NEXT = {"qk_norm": "per-head", "norm": "rms-late", "rotary": "concatenated"}
_GATED_NEXT = {
    "attn_output_gate": True,
    "shared_gated": True,
    "partial_rotary_factor": 0.25,
    "full_attention_interval": 4,
}
_DEEPSEEK = {"router": "single", "routing_weights": "single"}

# hand one key head for many query heads to SDPA as they are, which no fused kernel takes
BROADCASTING = ("falcon",)

FAMILIES: dict[str, Family] = {
    "llama": Family(), "mistral": Family(defaults={"sliding_window": 4096}), "ministral": Family(), "ministral3": Family(),
    "mistral3": Family(), "internlm": Family(), "internlm3": Family(), "granite": Family(), "seed_oss": Family(),
    "smollm3": Family(defaults=_TIED), "solar": Family(), "baichuan": Family({"qkv": "fused"}, divided=True), "mimo": Family(), "yi": Family(),
    "internlm2": Family({"qkv": "fused"}, divided=True), "minicpm": Family(defaults=_TIED), "exaone": Family(), "openelm": Family(
        {"qk_norm": "per-head", "qkv": "fused", "gate_up": "fused"}),
    "hunyuan_v1_dense": Family({"qk_norm": "per-head"}), "ernie4_5": Family(
        {"rotation": "single"}, _TIED, shapes={"head_dim": 128}), "arcee": Family(
        {**_PLAIN, "activation": "relu2"}), "apertus": Family(
        {**_PLAIN, "qk_norm": "per-head", "activation": "xielu"}, shapes={"extra_scalars_per_layer": 2}),
    "helium": Family({"norm": "rms-late", "rotary_tables": "layer"}), "qwen": Family({"qkv": "fused"}, {"qkv_bias": True}),
    "qwen2": Family(defaults={"qkv_bias": True}), "qwen2_vl": Family(defaults={"qkv_bias": True}),
    "qwen2_5_vl": Family(defaults={"qkv_bias": True}), "qwen3": Family({"qk_norm": "per-head"}),
    "qwen3_vl": Family({"qk_norm": "per-head"}),
    "phi3": Family(_PHI3), "phi4mm": Family(_PHI3), "phi3_v": Family(_PHI3),
    "glm": Family(_GLM, {"attention_bias": True, "partial_rotary_factor": 0.5}), "chatglm": Family(
        {**_GLM, "qkv": "fused"}, {"attention_bias": True, "partial_rotary_factor": 0.5}),
    "glm4": Family({**_GLM, **_SANDWICH}, {"partial_rotary_factor": 0.5}),
    "glm4_moe": Family({**_DEEPSEEK, "rotary": "concatenated"}, {"partial_rotary_factor": 0.5}),
    "chatglm_6b": Family(
        {**_LAYERNORM, **_PLAIN, "qkv": "fused", "rotary": "concatenated", "activation": "gelu-new"}, {**_TIED, "use_bias": True}),
    # the language models of those that see
    "glm4v": Family({**_GLM, **_SANDWICH}, {"partial_rotary_factor": 0.5}),
    "glm4v_moe": Family({**_DEEPSEEK, "rotary": "concatenated"}, {"partial_rotary_factor": 0.5}),
    "kimi_vl": Family(_DEEPSEEK, {"router_bias": True}), "idefics3": Family(), "smolvlm": Family(),
    "gemma": Family(_GEMMA, _TIED, shapes={"head_dim": 256}), "vaultgemma": Family({**_GEMMA, "soft_cap": "both"}, {
        **_TIED, "pattern": ("sliding", "global")}, shapes={"head_dim": 256}), "gemma2": Family({**_GEMMA, **_SANDWICH, "soft_cap": "both"}, {
        **_TIED, "pattern": ("sliding", "global")}),
    "gemma3_text": Family({**_GEMMA, **_SANDWICH, "qk_norm": "per-head"}, {**_TIED, "sliding_window_pattern": 6}),
    "gemma3": Family({**_GEMMA, **_SANDWICH, "qk_norm": "per-head"}, {**_TIED, "sliding_window_pattern": 6}),
    "olmo": Family({"norm": "layernorm-single", "norm_vectors": 0}), "olmo2": Family(
        {**_GEMMA, "qk_norm": "full", "n_input_norms": 0, "n_output_norms": 2}),
    "olmo3": Family({**_GEMMA, "qk_norm": "full", "n_input_norms": 0, "n_output_norms": 2}, {"sliding_window_pattern": 4}),
    "exaone4": Family({"qk_norm": "per-head", "n_input_norms": 0, "n_output_norms": 2}),
    "cohere": Family(
        {"norm": "layernorm-late", "norm_vectors": 1, **_PARALLEL, "rotary_tables": "layer", "rotation": "single-copies"}, _TIED),
    "cohere2": Family(
        {"norm": "layernorm-late", "norm_vectors": 1, **_PARALLEL, "rotary_tables": "layer", "rotation": "single-copies"},
        {**_TIED, "sliding_window_pattern": 4}, shapes={"head_dim": 128}),
    "starcoder2": Family({**_LAYERNORM, **_PLAIN}, {**_TIED, "use_bias": True}),
    "stablelm": Family({**_LAYERNORM, "rotary": "concatenated", "extra_streams": 2}, {"partial_rotary_factor": 0.25}),
    "phi": Family({**_LAYERNORM, **_PLAIN, **_PARALLEL, "rotary": "concatenated", "activation": "gelu-new"}, {
        "use_bias": True, "partial_rotary_factor": 0.5, "lm_head_bias": True}),
    "phimoe": Family({**_LAYERNORM}, {"attention_bias": True}, ("router",)), "persimmon": Family(
        {**_LAYERNORM, **_PLAIN, "qkv": "fused", "rotary": "concatenated", "activation": "relu2", "qk_norm": "per-head"},
        {"use_bias": True}),
    "nemotron": Family({**_LAYERNORM, **_PLAIN, "activation": "relu2", "rotary": "concatenated"}, {"partial_rotary_factor": 0.5}),
    "gpt2": Family({**_LAYERNORM, **_PLAIN, "qkv": "fused", "rotary": "none", "softmax": "native", "activation": "gelu-new"},
                   {**_TIED, "use_bias": True, "attn_pdrop": 0.1, "learned": True}),
    "gpt_bigcode": Family(
        {**_LAYERNORM, **_PLAIN, "qkv": "fused", "rotary": "none", "softmax": "native", "extra_streams": 1}, {
        **_TIED, "use_bias": True, "learned": True, "multi_query": True}),
    "gpt_neo": Family({**_LAYERNORM, **_PLAIN, "rotary": "none", "activation": "gelu-new"}, {
        **_TIED, "mlp_bias": True, "attn_out_bias": True, "learned": True},
        estimated="attention, which its modelling code computes in float32 (代码以 float32 计算的注意力)"),
    "gpt_neox": Family({**_LAYERNORM, **_PLAIN, **_FORKED, "qkv": "fused", "rotary": "concatenated"}, {"use_bias": True}),
    "gptj": Family(
        {**_LAYERNORM, **_PLAIN, **_PARALLEL, "rotary": "by-token", "rotary_tables": "layer", "activation": "gelu-new"}, {
        "mlp_bias": True, "lm_head_bias": True}),
    "codegen": Family({
        **_LAYERNORM, **_PLAIN, **_PARALLEL, "qkv": "fused", "rotary": "by-token", "rotary_tables": "layer",
        "activation": "gelu-new"}, {"mlp_bias": True, "lm_head_bias": True},
        estimated="attention, which its modelling code computes in float32: on a small model prompts take 7 % and training 4 % more "
        "(代码以 float32 计算的注意力:小模型上提示多 7%、训练多 4%)"),
    "xglm": Family({**_LAYERNORM, **_PLAIN, "rotary": "none"}, {**_TIED, "use_bias": True}, estimated=
        "attention, computed in the type of the scores; on a small model prompts were 61 % too much and training from 18 % too little "
        "to 8 % too much (以分数自身类型计算的注意力:小模型上提示多估 61%,训练误差为 −18% 至 +8%)"),
    "jais2": Family({**_LAYERNORM, **_PLAIN, "activation": "relu2"}, {
        "attention_bias": True, "attn_out_bias": True, "mlp_bias": True}),
    "opt": Family({**_LAYERNORM, **_PLAIN, "rotary": "none", "activation": "relu"}, {**_TIED, "use_bias": True, "learned": True}),
    # eager attention also holds the probabilities of the layer before (`outputs` in BloomModel and MptModel), Bloom's the scores
    # as they were before the mask (`attention_scores` in BloomAttention)
    "bloom": Family({**_LAYERNORM, **_PLAIN, "qkv": "fused", "rotary": "none", "final_norms": 2, "extra_scores": 2},
                    {**_TIED, "use_bias": True}),
    "mpt": Family({"norm": "layernorm", "norm_vectors": 1, **_PLAIN, "qkv": "fused", "rotary": "none", "extra_scores": 1}, _TIED),
    "falcon": Family({**_LAYERNORM, **_PLAIN, **_PARALLEL, "qkv": "fused", "causal_mask": "made", "cut_into_heads": "copies"}, _TIED),
    "afmoe": Family({**_DEEPSEEK, **_SANDWICH, "qk_norm": "per-head"}, {
        "attn_output_gate": True, "router_bias": True, "sliding_window_pattern": 4}, shapes={"head_dim": 128}),
    # read, not counted to the byte: how far a small model of each was off is said
    **dict.fromkeys(("gemma3n", "gemma3n_text"), Family({**_GEMMA, **_SANDWICH, "qk_norm": "per-head"}, {
        **_TIED, "sliding_window_pattern": 5}, shapes={"per_layer_input_size": 256}, estimated=
        "its four residual streams (AltUp), which are left out: on a small model prompts take 40 % and training 28 to 65 % more "
        "(未计四路残差流 AltUp:小模型上提示多 40%、训练多 28% 至 65%)")),
    "zamba2": Family({"n_input_norms": 1}, {"partial_rotary_factor": 1}, estimated=
        "its attention, shared by layers and twice as wide; on a small model weights were 19 % too many, training from 16 % too little to 11 % too much "
        "(多层共享的双倍宽度注意力:小模型上权重多估 19%,训练误差为 −16% 至 +11%)"),
    "recurrent_gemma": Family({**_GEMMA}, _TIED, estimated=
        "its recurrent layers, which are counted as attention; on a small model training was 31 to 47 % too much "
        "(循环层按注意力计:小模型上训练多估 31% 至 47%)"),
    "bitnet": Family(estimated=
        "norms inside attention and MLP and its squared ReLU: on a small model prompts take 11 % and training 10 to 16 % more "
        "(注意力与 MLP 内部的归一化及平方 ReLU:小模型上提示多 11%、训练多 10% 至 16%)"),
    "doge": Family(estimated=
        "its dynamic mask of each head: on a small model prompts and training take 24 % more "
        "(每个头的动态掩码:小模型上提示与训练均多 24%)"),
    "diffllama": Family(estimated=
        "the second attention of its difference: on a small model training takes 6 % more (差分注意力的第二路:小模型上训练多 6%)"),
    "nanochat": Family({**_PLAIN, "activation": "relu2", "norm_vectors": 0}, estimated=
        "its norms of queries and keys, which have no weights: on a small model training takes 2 to 13 % more "
        "(无权重的 QK 归一化:小模型上训练多 2% 至 13%)"),
    "mixtral": Family({"routing_weights": "single"}), "granitemoe": Family(adapted=()), "granitemoeshared": Family(adapted=("shared",)), "qwen2_moe": Family({"extra_streams": 1}, defaults={"qkv_bias": True, "shared_gated": True}, adapted=("shared",)),
    "qwen3_moe": Family({"qk_norm": "per-head"}), "qwen3_vl_moe": Family({"qk_norm": "per-head"}),
    "olmoe": Family({"qk_norm": "full"}), "flex_olmo": Family({**_GEMMA, "qk_norm": "full", "n_input_norms": 0, "n_output_norms": 2}),
    "dbrx": Family({"norm": "layernorm", "norm_vectors": 1, "qkv": "fused"}), "deepseek": Family(),
    "ernie4_5_moe": Family({**_DEEPSEEK, "extra_streams": 1, "routing_weights": "half", "rotation": "single"}, {**_TIED, "router_bias": True}), "dots1": Family({**_DEEPSEEK, "qk_norm": "per-head"}),
    "minimax_m2": Family({**_DEEPSEEK, "qk_norm": "full", "rotary": "concatenated"}, {"router_bias": True}),
    # `divided` of its first generation (Ling-lite), not of the second, which most are
    "bailing_moe": Family({"qkv": "fused"}), "hunyuan_v1_moe": Family(
        {"qk_norm": "per-head", **_DEEPSEEK, "extra_streams": 1}, shapes={"n_shared_experts": 1}),
    "gpt_oss": Family({**_GEMMA, "has_sinks": "yes", "expert_gate": "clamped", "pattern": ("sliding", "global")}, {
        "attention_bias": True, "attn_out_bias": True, "router_bias": True, "expert_bias": True, "sinks": True}, ()),
    "youtu": Family(defaults=_TIED), "solar_open": Family(_DEEPSEEK, {"router_bias": True}), "exaone_moe": Family(
        {**_DEEPSEEK, "qk_norm": "per-head"}, {"router_bias": True, "sliding_window_pattern": 4}),
    "deepseek_v2": Family(_DEEPSEEK), "deepseek_v3": Family(_DEEPSEEK, {"router_bias": True}), "minicpm3": Family(defaults=_TIED),
    "kimi_k2": Family(_DEEPSEEK, {"router_bias": True}), "glm4_moe_lite": Family(_DEEPSEEK, {"router_bias": True}),
    "mamba": Family({"n_input_norms": 1, "rotary": "none", "residual": "single"}, {**_TIED, "mixer": "mamba"}, refused=_OUT),
    "falcon_mamba": Family(
        {"n_input_norms": 1, "rotary": "none", "residual": "single"}, {**_TIED, "mixer": "mamba"}, refused=_OUT),
    "mamba2": Family({"n_input_norms": 1, "rotary": "none", "residual": "single"}, {"mixer": "mamba2"}, refused=_OUT),
    "nemotron_h": Family({**_PLAIN, "n_input_norms": 1, "rotary": "none", "activation": "relu2", "norm": "rms-late"}, shapes={
        "head_dim": 128, "ssm_n_groups": 8, "ssm_chunk": 128}, refused=_OUT),
    "falcon_h1": Family({"n_input_norms": 1, "layer_parts": "side-by-side", "projection": "scaled"}, refused=_OUT),
    "bamba": Family({"rotary": "concatenated"}, {"partial_rotary_factor": 0.5}), "jamba": Family(
        {"rotary": "none"}, adapted=(), shapes={"ssm_extra_norms": 1}),
    "granitemoehybrid": Family(adapted=("shared",)),
    **dict.fromkeys(("llama4", "llama4_text"), Family(
        {"expert_gate": "every"}, {"sliding_window_pattern": 4}, ("shared",), {"n_shared_experts": 1},
        "its norms of queries and keys, which have no weights; 16-bit casts of its experts in mixed precision "
        "(无权重的 QK 归一化;混合精度下专家的 16 位副本)")),
    "qwen3_next": Family({**_QWEN_NEXT, "delta_inputs": "fused", "input_projections": 2}, _GATED_NEXT),
    **dict.fromkeys(("qwen3_5", "qwen3_5_text", "qwen3_5_moe", "qwen3_5_moe_text"), Family(
        {**_QWEN_NEXT, "delta_inputs": "beside", "input_projections": 4}, _GATED_NEXT, ("shared",))),
    "olmo_hybrid": Family({**_GEMMA, "qk_norm": "full", "delta_inputs": "after", "input_projections": 6}, {
        "full_attention_interval": 4}, estimated="norms of its attention layers, which stand behind the sublayers and not in front "
        "(其注意力层的归一化位于子层之后而非之前)"),
    "kimi_linear": Family({**_DEEPSEEK, "rotary": "none"}, {"linear_attention": "kda", "router_bias": True},
        shapes={"linear_num_heads": 32, "linear_head_dim": 128, "first_k_dense": 1}, estimated=
        "heights of its backward passes and 16-bit casts under autocast; with its kernel, which most use, activations are many times "
        "less (反向峰值与 autocast 下的 16 位副本;多数人使用的融合算子下激活值小得多)"),
    "lfm2": Family({"qk_norm": "per-head"}, _TIED), "lfm2_moe": Family(
        {"qk_norm": "per-head"}, {**_TIED, "router_bias": True}, ("gate", "up", "down")),
    "minimax": Family({"routing_weights": "single"}, {
        "linear_attention": "lightning", "partial_rotary_factor": 1}), "minimax_text_01": Family({"routing_weights": "single"}, {
        "linear_attention": "lightning"}),
}  # fmt: skip
