"""Recurrent layers as a server runs them: fused kernels, which keep no table of a chunk's steps in memory."""

from formulas.anatomy import (
    delta_key_dim,
    delta_key_width,
    delta_value_heads,
    delta_value_width,
    fp32_bytes,
    half_bytes,
    mixer,
    ssm_chunk,
    ssm_dt_rank,
    ssm_inner_size,
    ssm_n_groups,
    ssm_n_heads,
    ssm_state_size,
)
from formulas.formula import Formula
from formulas.quantity import Words
from formulas.serving import VLLM_MODELS, served_mixer
from formulas.vocabulary import hidden_size

h, c = hidden_size, ssm_chunk
D, N, G, H, R = ssm_inner_size, ssm_state_size, ssm_n_groups, ssm_n_heads, ssm_dt_rank
_QK, V, _HEADS, d = delta_key_width, delta_value_width, delta_value_heads, delta_key_dim
_FROM_KERNELS = Words("what the kernels' code allocates, not measured", "按内核代码的分配计,未经实测")

served_mamba = Formula(
    served_mixer,
    half_bytes * (3 * h + 5 * D + R + 2 * N),
    says="Residual, input and output (3h); channels and gate (2D), the convolution's result, the time step and the scan's output "
    "(3D), and what the time step, B and C are projected from.",
    zh="残差、输入与输出(3h);通道与门控(2D),卷积结果、时间步与扫描输出(3D),以及时间步、B、C 的投影。",
    source=VLLM_MODELS.at("MambaMixer, as mamba_mixer.py has it"),
    when={mixer: "mamba"},
    assumes=(_FROM_KERNELS,),
    example=({half_bytes: 2, h: 4096, D: 8192, R: 256, N: 16}, 2 * (12288 + 40960 + 288)),
)
served_mamba_2 = Formula(
    served_mixer,
    half_bytes * (3 * h + 5 * D + 4 * G * N + H) + fp32_bytes * (2 * H + G * c + D * N / c),
    says="Residual, input and output (3h); the projection (2D, B and C, a time step of each head), the convolution's result (D, B "
    "and C), output and its norm (2D); in float32 steps and decays (2), the products of C and B within a chunk, and a state "
    "for each chunk.",
    zh="残差、输入与输出(3h);投影(2D、B 与 C、每头时间步)、卷积结果(D、B 与 C)、输出及其归一化(2D);float32 的时间步与衰减(2)、"
    "块内 C 与 B 的乘积,以及每块一份状态。",
    source=VLLM_MODELS.at("MambaMixer2 and mamba_chunk_scan_combined, as mamba_mixer2.py has them"),
    when={mixer: "mamba2"},
    assumes=(_FROM_KERNELS,),
    example=(
        {half_bytes: 2, fp32_bytes: 4, h: 2048, D: 4096, G: 1, N: 128, H: 64, c: 256},
        2 * (6144 + 20480 + 512 + 64) + 4 * (128 + 256 + 2048),
    ),
)
served_gated_delta = Formula(
    served_mixer,
    half_bytes * (3 * h + 6 * _QK + 6 * V + 2 * _HEADS + _HEADS * (d + c) + V * d / c) + fp32_bytes * _HEADS * (2 + c),
    says="Residual, input and output (3h); queries, keys, values and the gate projected, with two numbers of each head; the "
    "convolution's result; queries and keys normalised; values changed, made new, read out and normed (4), keys of each head, the "
    "solved table of a chunk and a state for each chunk; in float32 decays and strengths (2) and the table before it is solved.",
    zh="残差、输入与输出(3h);查询、键、值与门控的投影及每头两个数;卷积结果;归一化后的查询与键;值的变换、新值、读出与归一化(4)、"
    "每头的键、块内求解后的表与每块一份状态;float32 的衰减与强度(2)及求解前的表。",
    source=VLLM_MODELS.at("Qwen3NextGatedDeltaNet and chunk_gated_delta_rule, as qwen3_next.py has them"),
    when={mixer: "delta"},
    assumes=(_FROM_KERNELS,),
    example=(
        {half_bytes: 2, fp32_bytes: 4, h: 2048, _QK: 2048, V: 6144, _HEADS: 32, d: 128, c: 64},
        2 * (6144 + 12288 + 36864 + 64 + 32 * 192 + 12288) + 4 * 32 * 66,
    ),
)
