"""Mamba as transformers computes it without the optional kernels: token by token, every token's state kept.

Mamba, FalconMamba and Jamba run the same functions; norms of time step, B and C, a few numbers per token, are left out.
"""

from formulas.anatomy import (
    fp32_bytes,
    half_bytes,
    linear_bytes,
    mixer,
    mixer_backward,
    mixer_forward,
    read_bytes,
    regime,
    residual_bytes,
    saved_output_input,
    saved_scores,
    ssm_conv_kernel,
    ssm_dt_rank,
    ssm_inner_size,
    ssm_state_size,
)
from formulas.blocks import AUTOCAST_REGIMES
from formulas.formula import Formula
from formulas.quantity import Words
from formulas.scans import saved_convolution, saved_scan, saved_steps, scan_copies, scan_trains
from formulas.sources import modelling
from formulas.tuning import on_x
from formulas.vocabulary import hidden_size, seq_len, tokens

h, s, T = hidden_size, seq_len, tokens
D, N, K, R = ssm_inner_size, ssm_state_size, ssm_conv_kernel, ssm_dt_rank
_MIXER = modelling("mamba", "MambaMixer.forward")
_SCAN = modelling("mamba", "mamba_selective_scan")
_TORCH = Words(
    "the plain PyTorch path, which transformers takes where mamba-ssm is not installed",
    "未安装 mamba-ssm 时 transformers 所走的普通 PyTorch 路径",
)
_SMALL = {D: 2048, N: 4, s: 8}
_CONVOLVED = linear_bytes * (2 * D + D * (s + K - 1) / s) + read_bytes * D * on_x + linear_bytes * (R + 2 * N)

selective_convolution_keeps = Formula(
    saved_convolution,
    _CONVOLVED,
    says="Gate and channels (2); the convolution's result, longer by the padding (K - 1); what x_proj reads, if it trains, and gives: "
    "time step, B and C (2).",
    zh="门控与通道(2);含填充(K−1)的卷积结果;x_proj 的输入(若训练)与输出:时间步、B 与 C(2)。",
    source=_MIXER,
    when={mixer: "mamba", regime: ("half", "single", "adapter-single", "adapter-half", "adapter-mixed", "kbit")},
    example=(
        {linear_bytes: 2, **_SMALL, K: 4, read_bytes: 2, on_x: 1, R: 64},
        8192 + 5632 + 4096 + 144,
    ),
)
selective_convolution_keeps_in_mixed_precision = Formula(
    saved_convolution,
    _CONVOLVED + half_bytes * D,
    says="As in 16 bits, and a 16-bit copy of the convolution's input.",
    zh="同 16 位,另加卷积输入的 16 位副本。",
    source=_MIXER,
    when={mixer: "mamba", regime: "mixed"},
    example=(
        {linear_bytes: 2, half_bytes: 2, **_SMALL, K: 4, read_bytes: 2, on_x: 1, R: 64},
        8192 + 5632 + 4096 + 144 + 4096,
    ),
)
selective_steps_keep = Formula(
    saved_steps,
    2 * linear_bytes * D,
    says="Time steps of each channel before and after softplus (2).",
    zh="每通道 softplus 前后的时间步(2)。",
    source=_SCAN,
    when={mixer: "mamba", regime: ("half", "single", "adapter-single", "adapter-half")},
    example=({linear_bytes: 2, D: 2048}, 8192),
)
selective_steps_keep_in_float32 = Formula(
    saved_steps,
    2 * fp32_bytes * D,
    says="Autocast's softplus works in float32.",
    zh="autocast 的 softplus 以 float32 计算。",
    source=_SCAN,
    when={mixer: "mamba", regime: AUTOCAST_REGIMES},
    example=({fp32_bytes: 4, D: 2048}, 16384),
)
selective_scan_keeps = Formula(
    saved_scan,
    fp32_bytes * (2 * D * N + D)
    + scan_copies * fp32_bytes * (D + N + D * N * (s - 1) / s)
    + linear_bytes * (D * N * (s + 1) / s + D)
    + fp32_bytes * D * N * (1 + scan_trains) / T,
    says="Decay and input of every state number (2) and the result; float32 channels and B, and the states before each token but "
    "the first; the states that C reads, the state at the start, and the gate's SiLU in their own type; the decays themselves.",
    zh="每个状态数的衰减与输入(2)及结果;float32 的通道与 B,以及除首个外每个 token 之前的状态;C 读入的状态、起始状态与门控 SiLU(同类型);衰减参数本身。",
    source=_SCAN,
    when={mixer: "mamba"},
    assumes=(_TORCH,),
    example=(
        {**_SMALL, fp32_bytes: 4, scan_copies: 1, linear_bytes: 2, scan_trains: 1, T: 8},
        2 * 32768 + 8192 + 8192 + 16 + 7 * 4096 + 9 * 2048 + 4096 + 8192,
    ),
)
selective_scan_and_its_convolution_keep = Formula(
    saved_scores,
    saved_convolution + saved_steps + saved_scan,
    says="Projections and convolution, time steps, and the scan.",
    zh="投影与卷积、时间步与扫描。",
    source=_MIXER,
    when={mixer: "mamba"},
    example=({saved_convolution: 18064, saved_steps: 8192, saved_scan: 141328}, 167584),
)
selective_scan_works_on = Formula(
    mixer_forward,
    (residual_bytes + 2 * half_bytes) * h
    + half_bytes * (7 * D + R + 2 * N)
    + fp32_bytes * (3 * D * N + 2 * D)
    + fp32_bytes * D * N / T,
    says="Residual, embedding and normalised input (2); gate and channels (2), the convolved ones, time steps and their softplus (2), "
    "results token by token and put together (2), time step, B and C (2); in float32 decay, input and their product of every "
    "state number (3), the skip and its sum (2), and the decays themselves.",
    zh="残差、词嵌入与归一化输入(2);门控与通道(2)、卷积结果、时间步及其 softplus(2)、逐 token 的结果及其合并(2)、时间步与 B、C(2);"
    "float32 的每个状态数的衰减、输入及其乘积(3)、跳连及其和(2),以及衰减参数。",
    source=_SCAN,
    when={mixer: "mamba"},
    assumes=(_TORCH,),
    example=(
        {residual_bytes: 4, half_bytes: 2, h: 1024, D: 2048, R: 64, N: 8, fp32_bytes: 4, T: 64},
        8192 + 2 * (14336 + 80) + 4 * (49152 + 4096) + 1024,
    ),
)
selective_scan_backwards = Formula(
    mixer_backward,
    residual_bytes * h + 4 * fp32_bytes * D * N + (2 * linear_bytes - fp32_bytes) * D - saved_output_input,
    says="The residual's gradient; two gradients of decay and input of every state number, each token's added to the sum (4); "
    "gradients of channels and gate, in place of what the gate and the output projection kept.",
    zh="残差梯度;每个状态数的衰减与输入各两份梯度(逐 token 累加,共 4);通道与门控的梯度,取代门控与输出投影所保存的内容。",
    source=modelling("mamba", "mamba_selective_scan, backwards"),
    when={mixer: "mamba"},
    example=(
        {residual_bytes: 4, h: 1024, fp32_bytes: 4, D: 2048, N: 8, linear_bytes: 2, saved_output_input: 4096},
        4096 + 16 * 16384 + 0 - 4096,
    ),
)
