"""Low-rank adapters: any rank, any targets. An adapted linear has two thin matrices, r by its input and by its output."""

from collections.abc import Mapping
from typing import Any

from sympy import Add, Expr

from formulas.anatomy import (
    ADAPTER,
    FULL,
    KIND,
    adapter_bytes,
    adapter_params,
    delta_key_dim,
    delta_key_width,
    delta_value_heads,
    delta_value_width,
    expert_adapter_params,
    expert_adapters,
    gate_up,
    gated_attention,
    half_bytes,
    intermediate_size,
    kv_lora_rank,
    kv_width,
    latent_query,
    mask_bytes,
    materialised_experts,
    mixer,
    mixer_adapter_inputs,
    mixer_adapter_width,
    mixer_adapters,
    mlp,
    mlp_adapter_inputs,
    mlp_adapter_width,
    mlp_adapters,
    moe_intermediate_size,
    n_experts,
    n_heads,
    n_layers_of,
    q_lora_rank,
    q_width,
    qk_nope_head_dim,
    qk_rope_head_dim,
    qkv,
    read_bytes,
    regime,
    saved_adapters,
    shared_width,
    ssm_dt_rank,
    ssm_inner_size,
    ssm_n_groups,
    ssm_n_heads,
    ssm_state_size,
    v_head_dim,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import experts_held
from formulas.programs import copied_matrices
from formulas.quantity import Choice, Quantity, total
from formulas.recurrence import input_projections
from formulas.sources import LORA, PEFT_LORA
from formulas.tuning import (
    adapter_kind,
    dropout_kept,
    lora_rank,
    on_down,
    on_dt,
    on_experts,
    on_gate,
    on_gate_up,
    on_in,
    on_k,
    on_kv_a,
    on_kv_b,
    on_o,
    on_out,
    on_q,
    on_q_a,
    on_qkv,
    on_shared,
    on_up,
    on_v,
    on_x,
)
from formulas.vocabulary import hidden_size, model_adapter

h, q, kv, f, a, S, r = hidden_size, q_width, kv_width, intermediate_size, n_heads, shared_width, lora_rank
D, N, G, H, R = ssm_inner_size, ssm_state_size, ssm_n_groups, ssm_n_heads, ssm_dt_rank
E, m = n_experts, moe_intermediate_size
_DQK = qk_nope_head_dim + qk_rope_head_dim

Linears = tuple[tuple[Quantity, Expr, Expr], ...]  # whether it is adapted (1 or 0), its input width, its output width
_SEPARATE: Linears = ((on_q, h, q * (1 + gated_attention)), (on_k, h, kv), (on_v, h, kv), (on_o, q, h))
_FUSED: Linears = ((on_qkv, h, q + 2 * kv), (on_o, q, h))
_LATENT: Linears = (
    (on_kv_a, h, kv_lora_rank + qk_rope_head_dim),
    (on_kv_b, kv_lora_rank, a * (qk_nope_head_dim + v_head_dim)),
    (on_o, a * v_head_dim, h),
)
_DIRECT: Linears = ((on_q, h, a * _DQK), *_LATENT)
_COMPRESSED: Linears = ((on_q_a, h, q_lora_rank), (on_q, q_lora_rank, a * _DQK), *_LATENT)
_MAMBA2: Linears = ((on_in, h, 2 * D + 2 * G * N + H), (on_out, D, h))
_CONV: Linears = ((on_in, h, 3 * h), (on_o, h, h))
# queries, keys and values; the gate
_LIGHTNING: Linears = ((on_in, h, 3 * q), (on_in, h, q), (on_o, q, h))
_MAMBA1: Linears = ((on_in, h, 2 * D), (on_x, D, R + 2 * N), (on_dt, R, D), (on_out, D, h))
_GATED: Linears = ((on_gate, h, f), (on_up, h, f), (on_down, f, h))
_FUSED_GATED: Linears = ((on_gate_up, h, 2 * f), (on_down, f, h))
_PLAIN: Linears = ((on_up, h, f), (on_down, f, h))
_SHARED: Linears = ((on_shared, h, S), (on_shared, h, S), (on_shared, S, h))

# shapes of Llama-3-8B, DeepSeek-V2-Lite and -V3, Mamba-2-2.7B, for the examples
_LLAMA = {h: 4096, q: 4096, kv: 1024, f: 14336, gated_attention: 0}
_LITE = {h: 2048, a: 16, kv_lora_rank: 512, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128}
_V3 = {**_LITE, h: 7168, a: 128, q_lora_rank: 1536}
_MAMBA = {h: 2560, D: 5120, G: 1, N: 128, H: 80}


def _formula(
    target: Quantity,
    linears: Linears,
    part: str,
    when: Mapping[Choice, Any],
    shapes: Mapping[Quantity, int],
    result: int,
) -> Formula:
    """The count, the widths (in and out) or the input widths of the linears that carry an adapter."""
    counted = {
        "count": [on for on, _, _ in linears],
        "width": [on * (into + out) for on, into, out in linears],
        "inputs": [on * into for on, into, _ in linears],
    }
    expr = Add(*counted[part])
    says, zh = {
        "count": ("Each linear that is adapted counts once.", "每个带适配器的线性层计一次。"),
        "width": ("An adapter has r rows for each input and each output.", "适配器对每个输入与输出各有 r 个参数。"),
        "inputs": ("Each adapter reads its linear's input.", "每个适配器读取其线性层的输入。"),
    }[part]
    given = {on: 1 for on, _, _ in linears} | dict(shapes)
    example = {quantity: value for quantity, value in given.items() if quantity in expr.free_symbols}
    return Formula(target, expr, says, zh, LORA.at("§4.1, §4.2"), (example, result), when=when)


_SEP, _FUS = {mixer: "grouped", qkv: "separate"}, {mixer: "grouped", qkv: "fused"}
_DIR, _COM = {mixer: "latent", latent_query: "direct"}, {mixer: "latent", latent_query: "compressed"}
adapters_of_qkvo = _formula(mixer_adapters, _SEPARATE, "count", _SEP, _LLAMA, 4)
widths_of_qkvo_adapters = _formula(mixer_adapter_width, _SEPARATE, "width", _SEP, _LLAMA, 26624)
inputs_of_qkvo_adapters = _formula(mixer_adapter_inputs, _SEPARATE, "inputs", _SEP, _LLAMA, 16384)
adapters_of_fused_qkv = _formula(mixer_adapters, _FUSED, "count", _FUS, _LLAMA, 2)
widths_of_fused_qkv_adapters = _formula(mixer_adapter_width, _FUSED, "width", _FUS, _LLAMA, 18432)
inputs_of_fused_qkv_adapters = _formula(mixer_adapter_inputs, _FUSED, "inputs", _FUS, _LLAMA, 8192)
adapters_of_latent = _formula(mixer_adapters, _DIRECT, "count", _DIR, _LITE, 4)
widths_of_latent_adapters = _formula(mixer_adapter_width, _DIRECT, "width", _DIR, _LITE, 16448)
inputs_of_latent_adapters = _formula(mixer_adapter_inputs, _DIRECT, "inputs", _DIR, _LITE, 6656)
adapters_of_compressed = _formula(mixer_adapters, _COMPRESSED, "count", _COM, _V3, 5)
widths_of_compressed_adapters = _formula(mixer_adapter_width, _COMPRESSED, "width", _COM, _V3, 99392)
inputs_of_compressed_adapters = _formula(mixer_adapter_inputs, _COMPRESSED, "inputs", _COM, _V3, 32768)
adapters_of_mamba_2 = _formula(mixer_adapters, _MAMBA2, "count", {mixer: "mamba2"}, _MAMBA, 2)
widths_of_mamba_2_adapters = _formula(mixer_adapter_width, _MAMBA2, "width", {mixer: "mamba2"}, _MAMBA, 20816)
inputs_of_mamba_2_adapters = _formula(mixer_adapter_inputs, _MAMBA2, "inputs", {mixer: "mamba2"}, _MAMBA, 7680)
_KIMI: Linears = (
    *((on_in, h, delta_value_width),) * 3, *((on_in, h, delta_key_dim), (on_in, delta_key_dim, delta_value_width)) * 2,
    (on_in, h, delta_value_heads), (on_o, delta_value_width, h),
)  # fmt: skip
_KIMI_LINEAR = {h: 2304, delta_value_width: 4096, delta_key_dim: 128, delta_value_heads: 32}
adapters_of_kimi_delta = _formula(mixer_adapters, _KIMI, "count", {mixer: "kda"}, _KIMI_LINEAR, 9)
widths_of_kimi_delta_adapters = _formula(mixer_adapter_width, _KIMI, "width", {mixer: "kda"}, _KIMI_LINEAR, 41248)
inputs_of_kimi_delta_adapters = _formula(mixer_adapter_inputs, _KIMI, "inputs", {mixer: "kda"}, _KIMI_LINEAR, 18176)
_LFM2 = {h: 2048}
adapters_of_a_short_convolution = _formula(mixer_adapters, _CONV, "count", {mixer: "conv"}, _LFM2, 2)
widths_of_short_convolution_adapters = _formula(mixer_adapter_width, _CONV, "width", {mixer: "conv"}, _LFM2, 12288)
inputs_of_short_convolution_adapters = _formula(mixer_adapter_inputs, _CONV, "inputs", {mixer: "conv"}, _LFM2, 4096)
_MINIMAX = {h: 6144, q: 8192}
adapters_of_lightning = _formula(mixer_adapters, _LIGHTNING, "count", {mixer: "lightning"}, _MINIMAX, 3)
widths_of_lightning_adapters = _formula(mixer_adapter_width, _LIGHTNING, "width", {mixer: "lightning"}, _MINIMAX, 59392)
inputs_of_lightning_adapters = _formula(
    mixer_adapter_inputs, _LIGHTNING, "inputs", {mixer: "lightning"}, _MINIMAX, 20480
)
_DELTA = {
    on_in: 1,
    on_o: 1,
    input_projections: 2,
    h: 2048,
    delta_key_width: 2048,
    delta_value_width: 4096,
    delta_value_heads: 32,
}
adapters_of_gated_delta = Formula(
    mixer_adapters,
    on_in * input_projections + on_o,
    says="Each linear that is adapted counts once, however many the family makes of its input projection.",
    zh="每个带适配器的线性层计一次,输入投影按该系列实际个数计。",
    source=LORA.at("§4.1, §4.2"),
    when={mixer: "delta"},
    example=({on_in: 1, input_projections: 2, on_o: 1}, 3),
)
widths_of_gated_delta_adapters = Formula(
    mixer_adapter_width,
    on_in * (input_projections * h + 2 * delta_key_width + 2 * delta_value_width + 2 * delta_value_heads)
    + on_o * (delta_value_width + h),
    says="r rows for each input of every projection, and for queries and keys (2), values and gate (2), strength and decay (2).",
    zh="每个投影的输入各 r 个,查询与键(2)、值与门控(2)、写入强度与衰减(2)的输出各 r 个。",
    source=LORA.at("§4.1, §4.2"),
    when={mixer: "delta"},
    example=(_DELTA, 2 * 2048 + 4096 + 8192 + 64 + 6144),
)
inputs_of_gated_delta_adapters = Formula(
    mixer_adapter_inputs,
    on_in * input_projections * h + on_o * delta_value_width,
    says="Each adapter reads its linear's input.",
    zh="每个适配器读取其线性层的输入。",
    source=LORA.at("§4.1, §4.2"),
    when={mixer: "delta"},
    example=({on_in: 1, input_projections: 2, h: 2048, on_o: 1, delta_value_width: 4096}, 8192),
)
adapters_of_gated_mlp = _formula(mlp_adapters, _GATED, "count", {mlp: "gated", gate_up: "separate"}, _LLAMA, 3)
widths_of_gated_mlp_adapters = _formula(
    mlp_adapter_width, _GATED, "width", {mlp: "gated", gate_up: "separate"}, _LLAMA, 55296
)
inputs_of_gated_mlp_adapters = _formula(
    mlp_adapter_inputs, _GATED, "inputs", {mlp: "gated", gate_up: "separate"}, _LLAMA, 22528
)
adapters_of_fused_gate_up = _formula(mlp_adapters, _FUSED_GATED, "count", {mlp: "gated", gate_up: "fused"}, _LLAMA, 2)
widths_of_fused_gate_up_adapters = _formula(
    mlp_adapter_width, _FUSED_GATED, "width", {mlp: "gated", gate_up: "fused"}, _LLAMA, 51200
)
inputs_of_fused_gate_up_adapters = _formula(
    mlp_adapter_inputs, _FUSED_GATED, "inputs", {mlp: "gated", gate_up: "fused"}, _LLAMA, 18432
)
adapters_of_plain_mlp = _formula(mlp_adapters, _PLAIN, "count", {mlp: "plain"}, _LLAMA, 2)
widths_of_plain_mlp_adapters = _formula(mlp_adapter_width, _PLAIN, "width", {mlp: "plain"}, _LLAMA, 36864)
inputs_of_plain_mlp_adapters = _formula(mlp_adapter_inputs, _PLAIN, "inputs", {mlp: "plain"}, _LLAMA, 18432)
adapters_of_shared_experts = _formula(mlp_adapters, _SHARED, "count", {mlp: "experts"}, _LITE, 3)
widths_of_shared_expert_adapters = _formula(
    mlp_adapter_width, _SHARED, "width", {mlp: "experts"}, {**_LITE, S: 2816}, 14592
)
inputs_of_shared_expert_adapters = _formula(
    mlp_adapter_inputs, _SHARED, "inputs", {mlp: "experts"}, {**_LITE, S: 2816}, 6912
)


def _nothing(target: Quantity, when: Mapping[Choice, Any], says: str, zh: str) -> Formula:
    return Formula(target, 0 * r, says, zh, LORA.at("§4.2"), ({}, 0), when=when)


_NO_MIXER: Mapping[Choice, Any] = {mixer: "none"}
_SCAN, _MAMBA_130M = {mixer: "mamba"}, {h: 768, D: 1536, R: 48, N: 16}
adapters_of_selective_scan = _formula(mixer_adapters, _MAMBA1, "count", _SCAN, _MAMBA_130M, 4)
widths_of_selective_scan = _formula(mixer_adapter_width, _MAMBA1, "width", _SCAN, _MAMBA_130M, 9344)
inputs_of_selective_scan = _formula(mixer_adapter_inputs, _MAMBA1, "inputs", _SCAN, _MAMBA_130M, 3888)
_NO_MLP: Mapping[Choice, Any] = {mlp: "none"}
_SAYS, _ZH = "Nothing there carries an adapter.", "此处没有适配器。"
no_mixer_adapters = _nothing(mixer_adapters, _NO_MIXER, _SAYS, _ZH)
no_mixer_adapter_widths = _nothing(mixer_adapter_width, _NO_MIXER, _SAYS, _ZH)
no_mixer_adapter_inputs = _nothing(mixer_adapter_inputs, _NO_MIXER, _SAYS, _ZH)
no_mlp_adapters = _nothing(mlp_adapters, _NO_MLP, _SAYS, _ZH)
no_mlp_adapter_widths = _nothing(mlp_adapter_width, _NO_MLP, _SAYS, _ZH)
no_mlp_adapter_inputs = _nothing(mlp_adapter_inputs, _NO_MLP, _SAYS, _ZH)
no_expert_adapters = _nothing(expert_adapters, {mlp: ("gated", "plain", "none")}, _SAYS, _ZH)

parameters_of_adapters = Formula(
    adapter_params,
    total(n_layers_of * r * (mixer_adapter_width + mlp_adapter_width), KIND)
    + expert_adapter_params
    + copied_matrices * vocab_size * h,
    says="r for each input and output of every adapted linear, over all layers; an embedding or a head that trains is a "
    "copy of its V h.",
    zh="所有层中每个适配线性层的输入与输出各 r 个参数;参与训练的词嵌入或输出头为 V h 的副本。",
    source=LORA.at("§4.2"),
    when={regime: ADAPTER, adapter_kind: "low-rank"},
    example=(
        {
            n_layers_of: 32,
            r: 16,
            mixer_adapter_width: 26624,
            mlp_adapter_width: 55296,
            expert_adapter_params: 0,
            copied_matrices: 0,
            vocab_size: 32000,
            h: 4096,
        },
        41943040,
    ),
)
bytes_of_adapters = Formula(
    model_adapter,
    adapter_params * adapter_bytes,
    says="Adapters are stored beside the frozen weights.",
    zh="适配器与冻结权重并存。",
    source=LORA.at("§4.2"),
    when={regime: ADAPTER},
    example=({adapter_params: 41943040, adapter_bytes: 4}, 167772160),
)
no_adapters = Formula(
    model_adapter,
    0 * adapter_bytes,
    says="Without adapters nothing is stored beside the weights.",
    zh="没有适配器时无需额外存储。",
    source=LORA.at("§4.2"),
    when={regime: FULL},
    example=({}, 0),
)
adapters_keep = Formula(
    saved_adapters,
    read_bytes * r * (mixer_adapters + mlp_adapters) + dropout_kept * mask_bytes * (mixer_adapter_inputs + mlp_adapter_inputs),
    says="Each adapter keeps the r numbers between its two matrices; dropout keeps a mask of its input.",
    zh="每个适配器保存两矩阵之间的 r 个数;dropout 另存输入掩码。",
    source=PEFT_LORA.at("Linear.forward"),
    when={regime: ADAPTER, adapter_kind: ("low-rank", "stabilised")},
    example=(
        {
            read_bytes: 4, r: 16, mixer_adapters: 4, mlp_adapters: 3, dropout_kept: 0, mask_bytes: 1,
            mixer_adapter_inputs: 16384, mlp_adapter_inputs: 22528,
        },
        448,
    ),
)  # fmt: skip
no_adapters_keep = Formula(
    saved_adapters,
    0 * read_bytes,
    says="There are no adapters.",
    zh="没有适配器。",
    source=PEFT_LORA,
    when={regime: FULL},
    example=({}, 0),
)
adapted_experts_are_merged = Formula(
    materialised_experts,
    on_experts
    * (
        3 * experts_held * m * h * half_bytes
        + experts_held * half_bytes * (2 * r * (h + 2 * m) + r * (m + h))
        + experts_held * h * half_bytes
    ),
    says="An adapted layer of experts is merged before use: a 16-bit copy of all experts (3mh each) and of their adapters.",
    zh="带适配器的专家层先合并:保存全部专家(各 3mh)及其适配器的 16 位副本。",
    source=PEFT_LORA.at("ParamWrapper, merged weights"),
    when={mlp: "experts", regime: ADAPTER, adapter_kind: ("low-rank", "stabilised")},
    example=({on_experts: 1, experts_held: 128, m: 768, h: 2048, half_bytes: 2, r: 16}, 6 * 128 * 768 * 2048 + 2 * 128 * 16 * 9984 + 2 * 128 * 2048),
)  # fmt: skip
no_experts_are_merged = Formula(
    materialised_experts,
    0 * half_bytes,
    says="Nothing is merged.",
    zh="无需合并。",
    source=PEFT_LORA,
    when={mlp: ("gated", "plain", "none"), regime: ADAPTER},
    example=({}, 0),
)
trained_experts_are_used_as_they_are = Formula(
    materialised_experts,
    0 * half_bytes,
    says="Experts that train themselves are used as they are.",
    zh="直接训练的专家无需合并。",
    source=PEFT_LORA,
    when={regime: FULL},
    example=({}, 0),
)
