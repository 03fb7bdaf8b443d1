"""Recurrent layers: their parameters, and what they keep for their backward pass, in bytes per token."""

from formulas.anatomy import (
    mixer,
    mixer_matrices,
    mixer_vectors,
    read_bytes,
    saved_mixer_input,
    saved_output_input,
    saved_scores,
    ssm_chunk,
    ssm_conv_kernel,
    ssm_dt_rank,
    ssm_inner_size,
    ssm_n_groups,
    ssm_n_heads,
    ssm_normed,
    ssm_state_size,
)
from formulas.formula import Formula
from formulas.quantity import Words
from formulas.scans import scan_gate
from formulas.sources import MAMBA, MAMBA2, modelling
from formulas.tuning import on_in, on_out
from formulas.vocabulary import hidden_size, seq_len

h, s = hidden_size, seq_len
D, N, G, H, c = ssm_inner_size, ssm_state_size, ssm_n_groups, ssm_n_heads, ssm_chunk
K, R = ssm_conv_kernel, ssm_dt_rank
_PATH = modelling("mamba2", "Mamba2Mixer.torch_forward")
_SHAPES = {D: 5120, N: 128, G: 1, H: 80, c: 256, s: 2048}
_CHANNELS, _PROJECTED = D + 2 * G * N, 2 * D + 2 * G * N + H

# ── parameters ─────────────────────────────────────────────────────────────────────────────────────────────────────
matrices_of_mamba_2 = Formula(
    mixer_matrices,
    h * (2 * D + 2 * G * N + H) + D * h,
    says="One input projection to gate and inner channels (2D), B and C of each group (2GN) and time steps; one back.",
    zh="输入投影产生门控与内部通道(2D)、各组的 B、C(2GN)与时间步;再投影回去。",
    source=MAMBA2.at("§7.1"),
    when={mixer: "mamba2"},
    example=({h: 2560, D: 5120, G: 1, N: 128, H: 80}, 2560 * (10240 + 256 + 80) + 5120 * 2560),
)
matrices_of_mamba = Formula(
    mixer_matrices,
    2 * h * D + D * (R + 2 * N) + R * D + D * h,
    says="Input projection to gate and channels (2D), to time step, B and C (R + 2N), the time step's, and the output's.",
    zh="输入投影(2D)、时间步与 B、C 投影(R+2N)、时间步投影与输出投影。",
    source=MAMBA.at("§3.4"),
    when={mixer: "mamba"},
    example=({h: 768, D: 1536, R: 48, N: 16}, 2 * 768 * 1536 + 1536 * 80 + 48 * 1536 + 1536 * 768),
)
small_weights_of_mamba_2 = Formula(
    mixer_vectors,
    (D + 2 * G * N) * (K + 1) + 3 * H + D,
    says="A convolution with bias over channels, B and C; decay, skip and bias of each head (3); the gated norm.",
    zh="通道与 B、C 上的卷积及偏置;每头的衰减、跳连与偏置(3);门控归一化。",
    source=MAMBA2.at("§7.1"),
    when={mixer: "mamba2", scan_gate: "normed"},
    example=({D: 5120, G: 1, N: 128, K: 4, H: 80}, 5376 * 5 + 240 + 5120),
)
small_weights_of_mamba_2_without_a_norm = Formula(
    mixer_vectors,
    (D + 2 * G * N) * (K + 1) + 3 * H,
    says="A convolution with bias over channels, B and C; decay, skip and bias of each head (3).",
    zh="通道与 B、C 上的卷积及偏置;每头的衰减、跳连与偏置(3)。",
    source=modelling("falcon_h1", "FalconH1Mixer, mamba_rms_norm"),
    when={mixer: "mamba2", scan_gate: "plain"},
    example=({D: 1536, G: 1, N: 128, K: 4, H: 24}, 1792 * 5 + 72),
)
small_weights_of_mamba = Formula(
    mixer_vectors,
    D * (K + 1) + D * N + 2 * D + ssm_normed * (R + 2 * N),
    says="A convolution with bias over the channels, the decay of each state, skip and time-step bias (2); norms of time "
    "step, B and C (2N) if there are any.",
    zh="通道卷积及偏置、每个状态的衰减、跳连与时间步偏置(2);以及可能的时间步与 B、C(2N)归一化。",
    source=MAMBA.at("§3.4"),
    when={mixer: "mamba"},
    example=({D: 1536, K: 4, N: 16, ssm_normed: 0, R: 48}, 1536 * 23),
)

# ── kept for the backward pass ─────────────────────────────────────────────────────────────────────────────────────
scan_keeps_its_input = Formula(
    saved_mixer_input,
    read_bytes * h * on_in,
    says="The input projection keeps its input.",
    zh="输入投影保存其输入。",
    source=_PATH,
    when={mixer: ("mamba", "mamba2")},
    example=({read_bytes: 2, h: 2560, on_in: 1}, 5120),
)
_KERNEL = Words("an estimate from what the fused kernels keep, not counted", "据融合算子保存内容估计,未经计数")
kernel_output_is_read = Formula(
    saved_output_input,
    read_bytes * D * on_out,
    says="The output projection keeps its input.",
    zh="输出投影保存其输入。",
    source=MAMBA.at("§3.4"),
    when={mixer: "mamba"},
    example=({read_bytes: 2, D: 1536, on_out: 1}, 3072),
)
no_scan_keeps_nothing = Formula(
    saved_scores,
    0 * read_bytes,
    says="The layer mixes no tokens.",
    zh="该层不混合 token。",
    source=modelling("nemotron_h"),
    when={mixer: "none"},
    example=({}, 0),
)
no_scan_has_no_input = Formula(
    saved_mixer_input,
    0 * read_bytes,
    says="The layer mixes no tokens.",
    zh="该层不混合 token。",
    source=modelling("nemotron_h"),
    when={mixer: "none"},
    example=({}, 0),
)
no_scan_has_no_output = Formula(
    saved_output_input,
    0 * read_bytes,
    says="The layer mixes no tokens.",
    zh="该层不混合 token。",
    source=modelling("nemotron_h"),
    when={mixer: "none"},
    example=({}, 0),
)
