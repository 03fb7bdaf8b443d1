"""Moments in a low rank (GaLore, APOLLO) or factored in rows and columns (Adafactor): what the sides of matrices cost."""

from collections.abc import Mapping
from typing import Any

from sympy import Add, Expr

from formulas.anatomy import (
    ADAPTER,
    FULL,
    KIND,
    delta_key_dim,
    delta_key_width,
    delta_value_heads,
    delta_value_width,
    embedding_params,
    fp32_bytes,
    gate_up,
    intermediate_size,
    kv_lora_rank,
    kv_width,
    latent_query,
    mask_bytes,
    mixer,
    mixer_adapter_width,
    mixer_adapters,
    mixer_matrices,
    mlp,
    mlp_adapter_width,
    mlp_adapters,
    mlp_matrices,
    moe_intermediate_size,
    n_experts,
    n_heads,
    n_layers_of,
    q_lora_rank,
    q_width,
    qk_nope_head_dim,
    qk_rope_head_dim,
    qkv,
    regime,
    shared_width,
    ssm_dt_rank,
    ssm_inner_size,
    ssm_n_groups,
    ssm_n_heads,
    ssm_state_size,
    trained_params,
    v_head_dim,
    vocab_size,
)
from formulas.formula import Formula
from formulas.optimizers import optimizer_kind
from formulas.quantity import Choice, Quantity, Words, greatest, least, total
from formulas.sources import APOLLO, GALORE
from formulas.tuning import (
    ADAFACTOR,
    ADAFACTOR_CODE,
    GALORE_CODE,
    block_params,
    long_sides,
    lora_rank,
    mlp_long_sides,
    mlp_short_sides,
    n_trained_of,
    short_sides,
    updated,
)
from formulas.vocabulary import bytes_of_state, hidden_size, master_bytes, model_optimizer

h, q, kv, f, r, a = hidden_size, q_width, kv_width, intermediate_size, lora_rank, n_heads
D, N, G, H, E, m, S = (
    ssm_inner_size, ssm_state_size, ssm_n_groups, ssm_n_heads, n_experts, moe_intermediate_size, shared_width,
)  # fmt: skip
_SIDES = GALORE.at("§3, an m×n matrix with m ≤ n")


Matrices = tuple[tuple[Expr, Expr, Expr], ...]  # how many, by how many rows and columns
_HEADS = a * (qk_nope_head_dim + qk_rope_head_dim)
_KEYS: Matrices = (
    (1, h, kv_lora_rank + qk_rope_head_dim),
    (1, kv_lora_rank, a * (qk_nope_head_dim + v_head_dim)),
    (1, a * v_head_dim, h),
)
_LLAMA = {h: 4096, q: 4096, kv: 1024, f: 14336}
_LITE = {h: 2048, a: 16, kv_lora_rank: 512, qk_rope_head_dim: 64, qk_nope_head_dim: 128, v_head_dim: 128}
_V3 = {**_LITE, h: 7168, a: 128, q_lora_rank: 1536}


def _sides(
    target: Quantity, matrices: Matrices, when: Mapping[Choice, Any], shapes: Mapping[Quantity, int], result: int
) -> Formula:
    """The longer or the shorter sides of a layer's matrices, summed."""
    longer = target in (long_sides, mlp_long_sides)
    side = greatest if longer else least
    expr = Add(*(count * side(rows, columns) for count, rows, columns in matrices if count))
    return Formula(
        target,
        expr,
        says=f"The {'longer' if longer else 'shorter'} side of each matrix; matrices of one shape counted together.",
        zh=f"每个矩阵的较{'长' if longer else '短'}边之和(同形矩阵合计)。",
        source=_SIDES,
        when=when,
        example=({quantity: value for quantity, value in shapes.items() if quantity in expr.free_symbols}, result),
    )


_SEPARATE: Matrices = ((2, h, q), (2, h, kv))
_FUSED: Matrices = ((1, h, q + 2 * kv), (1, h, q))
_DIRECT: Matrices = ((1, h, _HEADS), *_KEYS)
_COMPRESSED: Matrices = ((1, h, q_lora_rank), (1, q_lora_rank, _HEADS), *_KEYS)
_MAMBA2: Matrices = ((1, h, 2 * D + 2 * G * N + H), (1, D, h))
_MAMBA: Matrices = ((1, h, 2 * D), (1, D, ssm_dt_rank + 2 * N), (1, ssm_dt_rank, D), (1, D, h))
_DELTA: Matrices = (
    (1, h, 2 * delta_key_width + 2 * delta_value_width), (1, h, 2 * delta_value_heads), (1, delta_value_width, h),
)  # fmt: skip
_KIMI: Matrices = (
    (4, h, delta_value_width), (2, h, delta_key_dim), (2, delta_key_dim, delta_value_width), (1, h, delta_value_heads),
)  # fmt: skip
_LIGHTNING: Matrices = ((1, h, 3 * q), (2, h, q))
_CONV: Matrices = ((1, h, 3 * h), (1, h, h))
_GATED: Matrices = ((3, h, f),)
_FUSED_GATED: Matrices = ((1, h, 2 * f), (1, f, h))
_PLAIN: Matrices = ((2, h, f),)
# shared experts stand once where there are any
_EXPERTS: Matrices = ((3 * E, h, m), (3 * least(1, S), h, S))

_SEP, _FUS = {mixer: "grouped", qkv: "separate"}, {mixer: "grouped", qkv: "fused"}
_DIR, _COM = {mixer: "latent", latent_query: "direct"}, {mixer: "latent", latent_query: "compressed"}
long_sides_of_attention = _sides(long_sides, _SEPARATE, _SEP, _LLAMA, 16384)
short_sides_of_attention = _sides(short_sides, _SEPARATE, _SEP, _LLAMA, 10240)
long_sides_of_fused_attention = _sides(long_sides, _FUSED, _FUS, _LLAMA, 6144 + 4096)
short_sides_of_fused_attention = _sides(short_sides, _FUSED, _FUS, _LLAMA, 8192)
long_sides_of_latent_attention = _sides(long_sides, _DIRECT, _DIR, _LITE, 3072 + 2048 + 4096 + 2048)
short_sides_of_latent_attention = _sides(short_sides, _DIRECT, _DIR, _LITE, 2048 + 576 + 512 + 2048)
long_sides_of_compressed_attention = _sides(long_sides, _COMPRESSED, _COM, _V3, 7168 + 24576 + 7168 + 32768 + 16384)
short_sides_of_compressed_attention = _sides(short_sides, _COMPRESSED, _COM, _V3, 1536 + 1536 + 576 + 512 + 7168)
_SCAN2 = {h: 2560, D: 5120, G: 1, N: 128, H: 80}
long_sides_of_mamba_2 = _sides(long_sides, _MAMBA2, {mixer: "mamba2"}, _SCAN2, 10576 + 5120)
short_sides_of_mamba_2 = _sides(short_sides, _MAMBA2, {mixer: "mamba2"}, _SCAN2, 5120)
_SCAN = {h: 768, D: 1536, ssm_dt_rank: 48, N: 16}
long_sides_of_mamba = _sides(long_sides, _MAMBA, {mixer: "mamba"}, _SCAN, 3072 + 1536 + 1536 + 1536)
short_sides_of_mamba = _sides(short_sides, _MAMBA, {mixer: "mamba"}, _SCAN, 768 + 80 + 48 + 768)
_LINEAR = {h: 2048, delta_key_width: 2048, delta_value_width: 4096, delta_value_heads: 32}
long_sides_of_gated_delta = _sides(long_sides, _DELTA, {mixer: "delta"}, _LINEAR, 12288 + 2048 + 4096)
short_sides_of_gated_delta = _sides(short_sides, _DELTA, {mixer: "delta"}, _LINEAR, 2048 + 64 + 2048)
_KIMI_LINEAR = {h: 2304, delta_value_width: 4096, delta_key_dim: 128, delta_value_heads: 32}
long_sides_of_kimi_delta = _sides(long_sides, _KIMI, {mixer: "kda"}, _KIMI_LINEAR, 6 * 4096 + 3 * 2304)
short_sides_of_kimi_delta = _sides(short_sides, _KIMI, {mixer: "kda"}, _KIMI_LINEAR, 4 * 2304 + 4 * 128 + 32)
_MINIMAX = {h: 6144, q: 8192}
long_sides_of_lightning_attention = _sides(long_sides, _LIGHTNING, {mixer: "lightning"}, _MINIMAX, 5 * 8192)
short_sides_of_lightning_attention = _sides(short_sides, _LIGHTNING, {mixer: "lightning"}, _MINIMAX, 3 * 6144)
long_sides_of_a_short_convolution = _sides(long_sides, _CONV, {mixer: "conv"}, {h: 2048}, 4 * 2048)
short_sides_of_a_short_convolution = _sides(short_sides, _CONV, {mixer: "conv"}, {h: 2048}, 2 * 2048)
long_sides_of_no_mixer = _sides(long_sides, (), {mixer: "none"}, {}, 0)
short_sides_of_no_mixer = _sides(short_sides, (), {mixer: "none"}, {}, 0)
_SEP_F, _FUS_F = {mlp: "gated", gate_up: "separate"}, {mlp: "gated", gate_up: "fused"}
_STARCODER = {h: 4608, f: 18432}
long_sides_of_a_gated_mlp = _sides(mlp_long_sides, _GATED, _SEP_F, _LLAMA, 43008)
short_sides_of_a_gated_mlp = _sides(mlp_short_sides, _GATED, _SEP_F, _LLAMA, 12288)
long_sides_of_a_fused_gated_mlp = _sides(mlp_long_sides, _FUSED_GATED, _FUS_F, _LLAMA, 28672 + 14336)
short_sides_of_a_fused_gated_mlp = _sides(mlp_short_sides, _FUSED_GATED, _FUS_F, _LLAMA, 8192)
long_sides_of_a_plain_mlp = _sides(mlp_long_sides, _PLAIN, {mlp: "plain"}, _STARCODER, 36864)
short_sides_of_a_plain_mlp = _sides(mlp_short_sides, _PLAIN, {mlp: "plain"}, _STARCODER, 9216)
_MIXTRAL = {E: 8, h: 4096, m: 14336, S: 0}
long_sides_of_experts = _sides(mlp_long_sides, _EXPERTS, {mlp: "experts"}, _MIXTRAL, 24 * 14336)
short_sides_of_experts = _sides(mlp_short_sides, _EXPERTS, {mlp: "experts"}, _MIXTRAL, 24 * 4096)
long_sides_of_no_mlp = _sides(mlp_long_sides, (), {mlp: "none"}, {}, 0)
short_sides_of_no_mlp = _sides(mlp_short_sides, (), {mlp: "none"}, {}, 0)

# ── moments in a low rank ──────────────────────────────────────────────────────────────────────────────────────────
_PROJECTORS = total(n_layers_of * r * (short_sides + mlp_short_sides), KIND)
_MOMENTS = total(n_layers_of * 2 * r * (long_sides + mlp_long_sides), KIND)
_OTHERS = trained_params - total(n_layers_of * (mixer_matrices + mlp_matrices), KIND)
_WHOLE = ("everything", "one-matrix")
_LLAMA_3_8B = {
    n_layers_of: 32, r: 128, long_sides: 16384, mlp_long_sides: 43008, trained_params: 8030261248,
    mixer_matrices: 41943040, mlp_matrices: 176160768,
}  # fmt: skip
_SHORT = {short_sides: 10240, mlp_short_sides: 12288}
galore_keeps_a_projector_and_two_moments = Formula(
    model_optimizer,
    bytes_of_state * (_PROJECTORS + _MOMENTS + 2 * _OTHERS) + trained_params * master_bytes,
    says="Of each matrix a projector, the rank by the shorter side, and two moments (2), the rank by the longer side; "
    "AdamW's two moments (2) of all else.",
    zh="每个矩阵一个投影(秩×较短边)与两个动量(2,秩×较长边);其余参数用 AdamW 的两个动量(2)。",
    source=GALORE.at("Table 1"),
    when={optimizer_kind: "galore-adamw", updated: _WHOLE, regime: FULL},
    example=(
        {**_LLAMA_3_8B, **_SHORT, bytes_of_state: 2, master_bytes: 0},
        2 * (32 * 128 * 141312 + 2 * (8030261248 - 32 * 218103808)),
    ),
)
galore_keeps_its_moments_in_8_bits = Formula(
    model_optimizer,
    bytes_of_state * _PROJECTORS
    + (mask_bytes + fp32_bytes / 256) * (_MOMENTS + 2 * _OTHERS)
    + trained_params * master_bytes,
    says="The moments take one byte each and a float32 scale for each block of 256; the projectors keep their type.",
    zh="动量各占 1 字节,每 256 个一块有一个 float32 尺度;投影保持原类型。",
    source=GALORE_CODE.at("adamw8bit.py: the projected gradient is updated by 8-bit AdamW; galore_projector.py"),
    when={optimizer_kind: "galore-adamw-8bit", updated: _WHOLE, regime: FULL},
    example=(
        {**_LLAMA_3_8B, **_SHORT, bytes_of_state: 2, mask_bytes: 1, fp32_bytes: 4, master_bytes: 0},
        2 * 32 * 128 * 22528 + (32 * 256 * 59392 + 2 * 1050939392) * 65 / 64,
    ),
)
apollo_keeps_two_moments = Formula(
    model_optimizer,
    bytes_of_state * (_MOMENTS + 2 * _OTHERS) + trained_params * master_bytes,
    says="Of each matrix two moments (2), the rank by the longer side; the random projector is drawn anew from its seed; "
    "AdamW's two moments (2) of all else.",
    zh="每个矩阵两个动量(2,秩×较长边);随机投影由种子重新生成;其余参数用 AdamW 的两个动量(2)。",
    source=APOLLO.at("Table 1"),
    when={optimizer_kind: "apollo", updated: _WHOLE, regime: FULL},
    example=(
        {**_LLAMA_3_8B, r: 256, bytes_of_state: 2, master_bytes: 0},
        2 * (64 * 256 * 59392 + 2 * (8030261248 - 32 * 218103808)),
    ),
)

# ── factored second moments ────────────────────────────────────────────────────────────────────────────────────────
_LAYER_SIDES = long_sides + short_sides + mlp_long_sides + mlp_short_sides
# embedding and head are matrices too: V rows and h columns each
_TABLES = embedding_params / (vocab_size * h) * (vocab_size + h)
_VECTORS = _OTHERS - embedding_params
_FACTORED = total(n_layers_of * _LAYER_SIDES, KIND) + _TABLES + _VECTORS
_LLAMA_2_7B = {
    n_layers_of: 32, long_sides: 16384, short_sides: 16384, mlp_long_sides: 33024, mlp_short_sides: 12288,
    embedding_params: 262144000, vocab_size: 32000, h: 4096, trained_params: 6738415616, mixer_matrices: 67108864,
    mlp_matrices: 135266304,
}  # fmt: skip
_LLAMA_2_STATES = 32 * 78080 + 2 * 36096 + 266240
_ROWS = ADAFACTOR_CODE.at("Adafactor.step: exp_avg_sq_row, exp_avg_sq_col, in float32")
_ROUTERS = Words(
    "Routers are counted whole; experts as separate matrices, three each.", "路由器按整体计,专家按每个三个矩阵计。"
)
adafactor_keeps_rows_and_columns = Formula(
    model_optimizer,
    fp32_bytes * _FACTORED + trained_params * master_bytes,
    says="Of each matrix one float32 number for each row and each column, of vectors one for each entry; no momentum.",
    zh="每个矩阵按行与列各存一个 float32,向量逐元素存;没有动量。",
    source=_ROWS,
    when={optimizer_kind: "adafactor", updated: _WHOLE, regime: FULL},
    assumes=(_ROUTERS,),
    example=({**_LLAMA_2_7B, fp32_bytes: 4, master_bytes: 0}, 4 * _LLAMA_2_STATES),
)
adafactor_with_momentum = Formula(
    model_optimizer,
    fp32_bytes * (_FACTORED + trained_params) + trained_params * master_bytes,
    says="With a first moment (beta1) also one float32 number for each parameter.",
    zh="启用一阶动量(beta1)时,每个参数另有一个 float32。",
    source=ADAFACTOR.at("§4, Algorithm 4; §6 on momentum"),
    when={optimizer_kind: "adafactor-momentum", updated: _WHOLE, regime: FULL},
    assumes=(_ROUTERS,),
    example=({**_LLAMA_2_7B, fp32_bytes: 4, master_bytes: 0}, 4 * (_LLAMA_2_STATES + 6738415616)),
)
adafactor_of_the_last_layers = Formula(
    model_optimizer,
    fp32_bytes * total(n_trained_of * (_LAYER_SIDES + block_params - mixer_matrices - mlp_matrices), KIND)
    + trained_params * master_bytes,
    says="Rows, columns and vectors of the layers that train.",
    zh="训练的各层的行、列与向量。",
    source=_ROWS,
    when={optimizer_kind: "adafactor", updated: "last-layers"},
    example=(
        {
            n_trained_of: 2, long_sides: 16384, short_sides: 16384, mlp_long_sides: 33024, mlp_short_sides: 12288,
            block_params: 202383360, mixer_matrices: 67108864, mlp_matrices: 135266304, fp32_bytes: 4,
            trained_params: 404766720, master_bytes: 0,
        },
        4 * 2 * (78080 + 8192),
    ),
)  # fmt: skip
adafactor_of_adapters = Formula(
    model_optimizer,
    fp32_bytes * total(n_layers_of * (mixer_adapter_width + mlp_adapter_width + 2 * r * (mixer_adapters + mlp_adapters)), KIND),
    says="Of an adapter's two thin matrices the rows and columns: its input and output width, and twice the rank (2).",
    zh="适配器两个薄矩阵的行与列:输入、输出宽度与两倍的秩(2)。",
    source=_ROWS,
    when={optimizer_kind: "adafactor", regime: ADAPTER},
    example=(
        {
            fp32_bytes: 4, n_layers_of: 32, mixer_adapter_width: 32768, mlp_adapter_width: 45312, r: 16,
            mixer_adapters: 4, mlp_adapters: 3,
        },
        4 * 32 * (78080 + 224),
    ),
)  # fmt: skip
