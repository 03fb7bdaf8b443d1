"""The gated delta rule (Qwen3-Next, Qwen3.5, OLMo-Hybrid): its parameters and what it keeps, on the plain PyTorch path.

Without the optional kernels transformers computes the rule in chunks of the sequence, in float32: queries and keys stand
repeated for each value head. Amounts are in bytes per token.
"""

from sympy import Expr

from formulas.anatomy import (
    delta_key_dim,
    delta_key_width,
    delta_value_heads,
    delta_value_width,
    fp32_bytes,
    half_bytes,
    layer_state,
    linear_bytes,
    mixer,
    mixer_backward,
    mixer_forward,
    mixer_matrices,
    mixer_vectors,
    n_input_norms,
    one_norm,
    read_bytes,
    regime,
    residual_bytes,
    saved_output_input,
    saved_scores,
    ssm_chunk,
    ssm_conv_kernel,
)
from formulas.formula import Formula
from formulas.quantity import greatest, least
from formulas.recurrence import delta_inputs, gated_norm, held_gate
from formulas.sources import DELTA, modelling
from formulas.tuning import on_o
from formulas.vocabulary import hidden_size, seq_len

h, s, c, K = hidden_size, seq_len, ssm_chunk, ssm_conv_kernel
_QK, V, H, d = delta_key_width, delta_value_width, delta_value_heads, delta_key_dim
_CHANNELS = 2 * _QK + V
_RULE = modelling("qwen3_next", "torch_chunk_gated_delta_rule")
_LAYER = modelling("qwen3_next", "Qwen3NextGatedDeltaNet")
# 16 key heads and 32 value heads of 128, chunks of 64
_SHAPES = {_QK: 2048, V: 4096, H: 32, d: 128, c: 64, s: 2048, K: 4}

# ── parameters and state ───────────────────────────────────────────────────────────────────────────────────────────
matrices_of_gated_delta = Formula(
    mixer_matrices,
    h * (2 * _QK + 2 * V + 2 * H) + V * h,
    says="Queries and keys (2), values and their gate (2), write strength and decay of each head (2), and the output.",
    zh="查询与键(2)、值与门控(2)、每头的写入强度与衰减(2),以及输出投影。",
    source=DELTA.at("§3.4, as in modeling_qwen3_next.py"),
    when={mixer: "delta"},
    example=({h: 2048, _QK: 2048, V: 4096, H: 32}, 2048 * (4096 + 8192 + 64) + 4096 * 2048),
)
small_weights_of_gated_delta = Formula(
    mixer_vectors,
    _CHANNELS * K + 2 * H + V / H,
    says="A convolution over queries, keys and values; decay and bias of each head (2); the norm of one head.",
    zh="查询、键、值上的卷积;每头衰减与偏置(2);单头归一化。",
    source=_LAYER,
    when={mixer: "delta"},
    example=({_QK: 2048, V: 4096, K: 4, H: 32}, 8192 * 4 + 64 + 128),
)
state_of_gated_delta = Formula(
    layer_state,
    V * d * fp32_bytes + _CHANNELS * K * half_bytes,
    says="A key-by-value matrix of each head in float32, and the convolution's last inputs of queries, keys and values.",
    zh="每头一个 float32 键×值矩阵,以及查询、键、值卷积的最近输入。",
    source=DELTA.at("§2.1"),
    when={mixer: "delta"},
    example=({V: 4096, d: 128, fp32_bytes: 4, _QK: 2048, K: 4, half_bytes: 2}, 2162688),
)

# ── kept for the backward pass ─────────────────────────────────────────────────────────────────────────────────────
_NORM = modelling("qwen3_next", "Qwen3NextRMSNormGated")
_TYPES = {linear_bytes: 2, half_bytes: 2, fp32_bytes: 4}


def _norm(regimes: tuple[str, ...], singles: int, halves: int, example: int, says: str, zh: str) -> Formula:
    expr: Expr = fp32_bytes * (singles * V + H) + halves * half_bytes * V
    given = {**_TYPES, V: 4096, H: 32}
    return Formula(
        gated_norm,
        expr,
        says=says,
        zh=zh,
        source=_NORM,
        when={mixer: "delta", regime: regimes},
        example=({quantity: value for quantity, value in given.items() if quantity in expr.free_symbols}, example),
    )


norm_of_gated_delta_keeps = _norm(
    ("half",), 3, 2, 4 * 12320 + 4 * 4096,
    "float32 copies of its input and of the gate and the gate's SiLU (3), one float32 per head; the normalised value and its "
    "product with the weight in 16 bits (2).",
    "输入与门控的 float32 副本及门控的 SiLU(3)、每头一个 float32;16 位的归一化值及其与权重之积(2)。",
)  # fmt: skip
norm_of_gated_delta_keeps_in_mixed_precision = _norm(
    ("mixed",), 4, 1, 4 * 16416 + 2 * 4096,
    "As in 16 bits; a float32 weight makes its product with the normalised value float32 (4, and 1 in 16 bits).",
    "同 16 位;float32 权重使其与归一化值之积为 float32(共 4,另有 1 个 16 位)。",
)  # fmt: skip
norm_of_gated_delta_keeps_in_single_precision = _norm(
    ("single",), 5, 0, 4 * 20512,
    "Its input, the normalised value, its product with the weight, the gate and the gate's SiLU (5), all float32.",
    "输入、归一化值、其与权重之积、门控及其 SiLU(5),均为 float32。",
)  # fmt: skip
norm_of_gated_delta_keeps_under_adapters = _norm(
    ("adapter-single", "adapter-mixed", "adapter-half"), 3, 1, 4 * 12320 + 2 * 4096,
    "As in full training, without the normalised value (1 in 16 bits), which only a weight that trains needs.",
    "同全量训练,但不保存仅可训练权重才需要的归一化值(16 位只余 1)。",
)  # fmt: skip
norm_of_gated_delta_keeps_after_kbit_preparation = _norm(
    ("kbit",), 4, 0, 4 * 16416,
    "As under adapters; the weight, made float32, makes its product with the normalised value float32 (4).",
    "同适配器;权重转为 float32,其与归一化值之积亦为 float32(4)。",
)  # fmt: skip

_CONVOLVED = linear_bytes * _CHANNELS * (2 + (K - 1) / s)
_HEADED = H * d  # queries or keys, repeated for each value head
_EACH = {_QK: 2048, V: 4096, H: 32, d: 128, c: 64, s: 2048, K: 4, linear_bytes: 2, fp32_bytes: 4}
_CONVOLVED_EXAMPLE = 2 * 8192 * 2 + 2 * 8192 * 3 / 2048
_SAYS = (
    "The convolution's input and result; float32 queries and keys as cast and as scaled (4), keys as written, as "
    "corrected, as decayed, and decayed queries (4); values, corrected values and what is written (3); five tables of a chunk's "
    "pairs of tokens (5); the state of each chunk; small numbers of each head ({0}), one of a chunk; the write strength."
)
_ZH = (
    "卷积的输入与结果;float32 的查询与键的转换与缩放副本(4)、写入、校正与衰减后的键及衰减后的查询(4);值、校正值与写入值(3);"
    "块内 token 对的五张表(5);每块的状态;每头的小量({0}),每块一个;写入强度。"
)


def _keeps(regimes: tuple[str, ...], small: int) -> Formula:
    return Formula(
        saved_scores,
        gated_norm
        + _CONVOLVED
        + fp32_bytes * (8 * _HEADED + 3 * V + 5 * H * c + small * H + H / c + V * d / c)
        + linear_bytes * H,
        says=_SAYS.format(small),
        zh=_ZH.format(small),
        source=_RULE,
        when={mixer: "delta", regime: regimes},
        example=(
            {**_EACH, gated_norm: 65664},
            65664 + _CONVOLVED_EXAMPLE + 4 * (32768 + 12288 + 10240 + 32 * small + 0.5 + 8192) + 64,
        ),
    )


delta_keeps = _keeps(("half",), 8)
delta_keeps_under_adapters = _keeps(("adapter-single", "adapter-half"), 7)
_REST = 1 - c / s  # of all chunks but one
_MIXED = (
    "As in 16 bits; products of matrices take 16-bit casts of keys and queries (4) and, but in one chunk, of decayed "
    "ones (3), of what is written (twice, once but in one chunk), of the states (2), and give 16-bit tables (3 of 5); small "
    "numbers of each head ({0})."
)
_MIXED_ZH = (
    "同 16 位;矩阵乘使用键与查询的 16 位副本(4),除一块外还有衰减后的副本(3)、写入值(两份,其一除一块外)、状态(2),并给出 16 位表"
    "(五张中的三张);每头的小量({0})。"
)


def _keeps_casts(regimes: tuple[str, ...], small: int) -> Formula:
    return Formula(
        saved_scores,
        gated_norm
        + _CONVOLVED
        + fp32_bytes * (6 * _HEADED + 2 * V + 2 * H * c + small * H + H / c + V * d * _REST / c)
        + half_bytes * (_HEADED * (4 + 3 * _REST) + V * (1 + _REST) + 3 * H * c + H + 2 * V * d / c),
        says=_MIXED.format(small),
        zh=_MIXED_ZH.format(small),
        source=_RULE,
        when={mixer: "delta", regime: regimes},
        example=(
            {**_EACH, c: 128, half_bytes: 2, gated_norm: 73856},
            73856
            + _CONVOLVED_EXAMPLE
            + 4 * (24576 + 8192 + 8192 + 32 * small + 0.25 + 3840)
            + 2 * (4096 * (4 + 3 * 15 / 16) + 4096 * (1 + 15 / 16) + 12288 + 32 + 8192),
        ),
    )


delta_keeps_in_mixed_precision = _keeps_casts(("mixed",), 8)
delta_keeps_under_adapters_and_autocast = _keeps_casts(("adapter-mixed", "kbit"), 7)
_REPEATED = least(1, _HEADED / _QK - 1)
delta_keeps_in_single_precision = Formula(
    saved_scores,
    gated_norm
    + _CONVOLVED
    + fp32_bytes
    * (_HEADED * (10 + 2 * _REPEATED) + _CHANNELS * (1 - _REPEATED) + 3 * V + 5 * H * c + 9 * H + H / c + V * d / c),
    says="As in 16 bits; keys and queries that are float32 already are copied where they are repeated for more value heads (2) "
    "and again for each product with their transposes (4 of 10), else the convolution's result is kept whole.",
    zh="同 16 位;已为 float32 的键与查询在按值头重复时复制(2),并为每次与转置相乘再复制(10 中的 4);否则整个卷积结果被保存。",
    source=_RULE,
    when={mixer: "delta", regime: "single"},
    example=(
        {**_EACH, linear_bytes: 4, gated_norm: 82048},
        82048 + 2 * _CONVOLVED_EXAMPLE + 4 * (4096 * 12 + 12288 + 10240 + 288 + 0.5 + 8192),
    ),
)
delta_output_is_read = Formula(
    saved_output_input,
    read_bytes * V * on_o,
    says="The output projection keeps its input.",
    zh="输出投影保存其输入。",
    source=DELTA.at("§3.4"),
    when={mixer: "delta"},
    example=({read_bytes: 2, V: 4096, on_o: 1}, 8192),
)
delta_backwards = Formula(
    mixer_backward,
    fp32_bytes * (H * c + 3 * _HEADED + 2 * V + greatest(H * c, _HEADED))
    + linear_bytes * V
    + residual_bytes * h
    - gated_norm
    - saved_output_input
    - one_norm * least(1, n_input_norms),
    says="As the gradients of the chunks are summed: a table of a chunk's pairs of tokens; gradients of queries and of keys "
    "twice (3), of values and of the output (2), of the gate and of the residual; the wider one that a chunk adds; the gated norm, the output "
    "projection and the norm in front of the MLP have given back.",
    zh="各块梯度累加时:一张块内 token 对的表;查询与两份键的梯度(3)、值与输出的梯度(2)、门控与残差的梯度;某块加入的较宽一份;门控归一化、输出投影与 "
    "MLP 前的归一化已释放。",
    source=modelling("qwen3_next", "torch_chunk_gated_delta_rule, backwards"),
    when={mixer: "delta"},
    example=(
        {
            fp32_bytes: 4, H: 32, c: 64, d: 128, V: 4096, linear_bytes: 2, residual_bytes: 2, h: 2048, gated_norm: 65664,
            saved_output_input: 8192, one_norm: 16388, n_input_norms: 2,
        },
        4 * (2048 + 12288 + 8192 + 4096) + 8192 + 4096 - 65664 - 8192 - 16388,
    ),
)  # fmt: skip

# ── at inference ───────────────────────────────────────────────────────────────────────────────────────────────────
fused_inputs_are_held = Formula(
    held_gate,
    2 * _QK + 3 * V + 4 * H,
    says="The whole projection (queries and keys, values and gate), the gate cut out of it (3 widths of values in all), write "
    "strength and decay and their cuts (4).",
    zh="整个投影(查询与键、值与门控)、从中切出的门控(共 3 倍值宽)、写入强度与衰减及其切片(4)。",
    source=modelling("qwen3_next", "fix_query_key_value_ordering"),
    when={delta_inputs: "fused"},
    example=({_QK: 2048, V: 4096, H: 32}, 4096 + 12288 + 128),
)
gate_is_held_beside = Formula(
    held_gate,
    V + 2 * H,
    says="The gate, write strength and decay (2).",
    zh="门控、写入强度与衰减(2)。",
    source=modelling("qwen3_5", "Qwen3_5GatedDeltaNet"),
    when={delta_inputs: "beside"},
    example=({V: 4096, H: 32}, 4160),
)
gate_is_made_later = Formula(
    held_gate,
    0 * V,
    says="The gate is made after the scan.",
    zh="门控在扫描之后生成。",
    source=modelling("olmo_hybrid", "OlmoHybridGatedDeltaNet"),
    when={delta_inputs: "after"},
    example=({}, 0),
)
delta_works_on = Formula(
    mixer_forward,
    half_bytes * (3 * h + _CHANNELS + H + held_gate)
    + fp32_bytes * (6 * _HEADED + 4 * V + 3 * H * c + 5 * H + V * d / s),
    says="Embedding, residual and norm (3); the convolution's result, the write strength, what is held of the projections; in "
    "float32 queries and keys, the keys in three further forms and the decayed queries (6), values in four forms (4), "
    "three tables of a chunk's pairs of tokens (3), small numbers of each head (5) and one state.",
    zh="词嵌入、残差与归一化(3);卷积结果、写入强度与所持投影;float32 的查询与键、另三种形式的键与衰减后的查询(6)、四种形式的值(4)、"
    "块内 token 对的三张表(3)、每头小量(5)与一份状态。",
    source=_RULE,
    when={mixer: "delta"},
    example=(
        {h: 2048, _QK: 2048, V: 4096, H: 32, d: 128, c: 64, s: 2048, half_bytes: 2, fp32_bytes: 4, held_gate: 16512},
        2 * (6144 + 8192 + 32 + 16512) + 4 * (24576 + 16384 + 6144 + 160 + 256),
    ),
)
