"""Mamba-2 as transformers computes it without the optional kernels: chunk by chunk, in float32 where it can.

Every model with Mamba-2 layers (Mamba-2, Bamba, Nemotron-H, Granite-4.0-H, Falcon-H1, Zamba2) runs the same functions;
only the norm behind the gate differs. Amounts are in bytes per token; what is computed in whole chunks counts its padding.
"""

from sympy import ceiling

from formulas.anatomy import (
    ADAPTER,
    FULL,
    UNCHECKPOINTED,
    checkpointing,
    fp32_bytes,
    half_bytes,
    linear_bytes,
    mask_bytes,
    mixer,
    mixer_backward,
    mixer_forward,
    read_bytes,
    regime,
    residual_bytes,
    saved_output_input,
    saved_scores,
    ssm_chunk,
    ssm_conv_kernel,
    ssm_inner_size,
    ssm_n_groups,
    ssm_n_heads,
    ssm_state_size,
)
from formulas.blocks import AUTOCAST_REGIMES
from formulas.formula import Formula
from formulas.quantity import Words, greatest
from formulas.scans import (
    chunk_backward,
    chunk_padding,
    gate_backward,
    n_chunks,
    normed_input,
    projection,
    saved_convolution,
    saved_gate,
    saved_scan,
    saved_steps,
    scan_again,
    scan_bytes,
    scan_copies,
    scan_gate,
    scan_trains,
)
from formulas.sources import MAMBA2, PEFT_LORA, modelling
from formulas.tuning import on_out
from formulas.vocabulary import hidden_size, seq_len, tokens

h, s, T = hidden_size, seq_len, tokens
D, N, G, H, c = ssm_inner_size, ssm_state_size, ssm_n_groups, ssm_n_heads, ssm_chunk
K, w, rho = ssm_conv_kernel, scan_bytes, chunk_padding
_MIXER = modelling("mamba2", "Mamba2Mixer.forward")
_CHUNKS = modelling("mamba2", "mamba2_chunk_scan")
_MUP = modelling("falcon_h1", "FalconH1Mixer.forward, mup_vector")
_BACKWARDS = modelling("mamba2", "mamba2_chunk_scan, backwards")
_TORCH = Words("the plain PyTorch path, which transformers takes where mamba-ssm is not installed", "未安装 mamba-ssm 时 transformers 所走的普通 PyTorch 路径")  # fmt: skip
# channels, B and C pass the convolution; the projection also gives the gate and a time step of each head
_CHANNELS, _PROJECTED = D + 2 * G * N, 2 * D + 2 * G * N + H
# one state more than chunks
_STATES = D * N * (n_chunks + 1) / s
_SMALL = {D: 2048, N: 128, G: 1, H: 32, c: 256, n_chunks: 4, s: 1024}
_HALF = {linear_bytes: 2, fp32_bytes: 4, half_bytes: 2, w: 4, rho: 1}

sequence_is_cut_into_chunks = Formula(
    n_chunks,
    ceiling(s / c),
    says="The last chunk may be shorter.",
    zh="最后一块可能不满。",
    source=_CHUNKS,
    example=({s: 640, c: 256}, 3),
)
whole_chunks_are_scanned = Formula(
    chunk_padding,
    c * n_chunks / s,
    says="A sequence is padded to whole chunks.",
    zh="序列补齐到整块。",
    source=_CHUNKS,
    example=({c: 256, n_chunks: 3, s: 640}, 1.2),
)
scan_computes_in_float32 = Formula(
    scan_bytes,
    fp32_bytes,
    says="Products of the scan are of float32 numbers.",
    zh="扫描的乘积为 float32。",
    source=_CHUNKS,
    when={regime: ("half", "single", "adapter-single", "adapter-half")},
    example=({fp32_bytes: 4}, 4),
)
scan_computes_in_sixteen_bits_under_autocast = Formula(
    scan_bytes,
    half_bytes,
    says="Autocast makes the products of 16-bit copies.",
    zh="autocast 以 16 位副本计算乘积。",
    source=_CHUNKS,
    when={regime: AUTOCAST_REGIMES},
    example=({half_bytes: 2}, 2),
)
small_weights_train = Formula(
    scan_trains, 0 * h + 1,
    says="In full training the scan's decays and skips train too.", zh="全量训练时扫描的衰减与跳连也训练。",
    source=_MIXER, when={regime: FULL}, example=({}, 1),
)  # fmt: skip
small_weights_are_frozen = Formula(
    scan_trains, 0 * h,
    says="Adapters leave the scan's decays and skips frozen.", zh="适配器不训练扫描的衰减与跳连。",
    source=PEFT_LORA, when={regime: ADAPTER}, example=({}, 0),
)  # fmt: skip
sixteen_bits_are_copied = Formula(
    scan_copies, 0 * h + 1,
    says="16-bit channels, B, C and gate are copied to float32.", zh="16 位的通道、B、C 与门控复制为 float32。",
    source=_CHUNKS, when={regime: ("half", *ADAPTER)}, example=({}, 1),
)  # fmt: skip
results_of_autocast_are_copied = Formula(
    scan_copies, 0 * h + 1,
    says="What autocast's projection gives is copied to float32.", zh="autocast 下投影的结果复制为 float32。",
    source=_CHUNKS, when={regime: "mixed", projection: "plain"}, example=({}, 1),
)  # fmt: skip
scaled_results_are_float32 = Formula(
    scan_copies, 0 * h,
    says="A float32 vector that scales the projection makes what follows float32.", zh="以 float32 向量缩放投影结果,其后均为 float32。",
    source=_MUP, when={regime: "mixed", projection: "scaled"}, example=({}, 0),
)  # fmt: skip
float32_is_used_as_it_is = Formula(
    scan_copies, 0 * h,
    says="What is float32 already is not copied.", zh="已是 float32 的张量不再复制。",
    source=_CHUNKS, when={regime: "single"}, example=({}, 0),
)  # fmt: skip

# ── kept for the backward pass ─────────────────────────────────────────────────────────────────────────────────────
convolution_keeps = Formula(
    saved_convolution,
    linear_bytes * (_PROJECTED + _CHANNELS * (s + K - 1) / s + (1 - scan_copies) * _CHANNELS),
    says="The projection, of which the convolution's input is a view; its result, longer by the padding (K - 1), which SiLU "
    "keeps; and SiLU's result where the scan reads it without a copy.",
    zh="投影结果(卷积输入是其视图)、含填充(K−1)的卷积结果(SiLU 保存),以及无副本时 SiLU 的结果。",
    source=_MIXER.at("in_proj, causal_conv1d_fn"),
    when={mixer: "mamba2", regime: ("half", "single", *ADAPTER)},
    example=({**_SMALL, linear_bytes: 2, K: 4, scan_copies: 1}, 2 * (4384 + 2304 * 1027 // 1 / 1024)),
)
convolution_keeps_in_mixed_precision = Formula(
    saved_convolution,
    half_bytes * _CHANNELS * (2 + (K - 1) / s),
    says="A 16-bit copy of the convolution's input, and its result, longer by the padding (K - 1).",
    zh="卷积输入的 16 位副本与含填充(K−1)的卷积结果。",
    source=_MIXER.at("causal_conv1d_fn under autocast"),
    when={mixer: "mamba2", regime: "mixed", projection: "plain"},
    example=({**_SMALL, half_bytes: 2, K: 4}, 2 * 2304 * 2 + 2 * 2304 * 3 / 1024),
)
convolution_keeps_what_is_scaled = Formula(
    saved_convolution,
    fp32_bytes * (_PROJECTED + _CHANNELS) + half_bytes * _CHANNELS * (2 + (K - 1) / s),
    says="The scaled projection and SiLU's result in float32; a 16-bit copy of the convolution's input, and its result, longer by "
    "the padding (K - 1).",
    zh="float32 的缩放后投影与 SiLU 结果;卷积输入的 16 位副本与含填充(K−1)的卷积结果。",
    source=_MUP,
    when={mixer: "mamba2", regime: "mixed", projection: "scaled"},
    example=({**_SMALL, fp32_bytes: 4, half_bytes: 2, K: 4}, 4 * 6688 + 2 * 2304 * 2 + 2 * 2304 * 3 / 1024),
)
steps_keep = Formula(
    saved_steps,
    2 * (half_bytes + fp32_bytes) * H,
    says="Time steps before and after softplus (2), and two float32 copies of them (2).",
    zh="softplus 前后的时间步(2)及其两份 float32 副本(2)。",
    source=_CHUNKS.at("dt"),
    when={mixer: "mamba2", regime: "half"},
    example=({half_bytes: 2, fp32_bytes: 4, H: 32}, 384),
)
steps_keep_under_adapters = Formula(
    saved_steps,
    (2 * half_bytes + fp32_bytes) * H,
    says="Frozen decays need one float32 copy of the time steps only.",
    zh="衰减冻结时只需时间步的一份 float32 副本。",
    source=_CHUNKS.at("dt"),
    when={mixer: "mamba2", regime: ("adapter-single", "adapter-half")},
    example=({half_bytes: 2, fp32_bytes: 4, H: 32}, 256),
)
steps_keep_in_float32 = Formula(
    saved_steps,
    3 * fp32_bytes * H,
    says="Autocast's softplus works in float32: time steps before and after it, and cut to their limits (3).",
    zh="autocast 的 softplus 以 float32 计算:其前、其后与截断后的时间步(3)。",
    source=_CHUNKS.at("dt"),
    when={mixer: "mamba2", regime: ("single", *AUTOCAST_REGIMES)},
    example=({fp32_bytes: 4, H: 32}, 384),
)
# decays: between the tokens of a chunk, the products of C and B there and their weighed form, masks, of chunks, of tokens
_DECAYS = (fp32_bytes + 2 * w) * H * c * rho + 2 * fp32_bytes * H * rho
_MASKS = 2 * mask_bytes * (c**2 + (n_chunks + 1) ** 2) / T
_OF_CHUNKS = (2 * fp32_bytes - w) * H * (n_chunks + 1) ** 2 / s
chunks_keep = Formula(
    saved_scan,
    fp32_bytes * D * (scan_copies + scan_trains * rho)
    + 3 * w * D * rho
    + (fp32_bytes + 4 * w) * H * N * rho
    + _DECAYS
    + w * (D * N * n_chunks / s + _STATES)
    + _OF_CHUNKS
    + _MASKS
    + fp32_bytes * H * (1 + scan_trains) / T,
    says="float32 channels, and padded ones where the skip trains; channels of two products and a product's result (3); B for "
    "each head, and of B and C what four products read (4); decays within a chunk, products of C and B and their weighed "
    "form (1 + 2), decays of tokens (2); states before and after the chunks; decays between chunks; masks (2).",
    zh="float32 通道(跳连训练时另有补齐的一份);两个乘积读入的通道与一个乘积结果(3);每头的 B 与四个乘积读入的 B、C(4);"
    "块内衰减、C 与 B 的乘积及其加权(1+2)、每 token 衰减(2);块前后的状态;块间衰减;掩码(2)。",
    source=_CHUNKS,
    when={mixer: "mamba2"},
    assumes=(_TORCH,),
    example=(
        {**_SMALL, **_HALF, scan_copies: 1, scan_trains: 1, mask_bytes: 1, T: 1024},
        8 * 2048 + 12 * 2048 + 20 * 4096 + 12 * 8192 + 256 + 4 * (1024 + 1280) + 100 / 32 + 131122 / 1024 + 0.25,
    ),
)
_OUTPUT = fp32_bytes * D * rho
gated_norm_keeps = Formula(
    saved_gate,
    _OUTPUT + fp32_bytes * D * (2 + scan_copies + scan_trains) + fp32_bytes * G,
    says="The scan's result; the gate in float32, its SiLU and the product (2 and a copy), one float32 of each group, and the "
    "normalised value if the norm trains.",
    zh="扫描结果;float32 的门控、其 SiLU 与乘积(2 及一份副本)、每组一个 float32,若归一化可训练还有归一化值。",
    source=modelling("mamba2", "MambaRMSNormGated"),
    when={mixer: "mamba2", scan_gate: "normed"},
    example=({**_SMALL, fp32_bytes: 4, rho: 1, scan_copies: 1, scan_trains: 1}, 20 * 2048 + 4),
)
plain_gate_keeps = Formula(
    saved_gate,
    _OUTPUT + (scan_copies * linear_bytes + (1 - scan_copies) * fp32_bytes) * D,
    says="The scan's result, and the gate's SiLU in its own type.",
    zh="扫描结果与同类型的门控 SiLU。",
    source=modelling("falcon_h1", "FalconH1Mixer.forward, mamba_rms_norm"),
    when={mixer: "mamba2", scan_gate: "plain"},
    example=({D: 2048, fp32_bytes: 4, rho: 1, linear_bytes: 2, scan_copies: 1}, 6 * 2048),
)
mamba_2_keeps = Formula(
    saved_scores,
    saved_convolution + saved_steps + saved_scan + saved_gate,
    says="Projection and convolution, time steps, the scan of chunks, and the gate.",
    zh="投影与卷积、时间步、分块扫描与门控。",
    source=_MIXER,
    when={mixer: "mamba2"},
    example=({saved_convolution: 13390, saved_steps: 384, saved_scan: 227972, saved_gate: 40964}, 282710),
)
scan_output_is_read = Formula(
    saved_output_input,
    read_bytes * D * on_out,
    says="The output projection keeps its input, if it trains.",
    zh="输出投影若可训练则保存其输入。",
    source=MAMBA2.at("§7.1"),
    when={mixer: "mamba2"},
    example=({read_bytes: 2, D: 5120, on_out: 1}, 10240),
)

# ── forwards ───────────────────────────────────────────────────────────────────────────────────────────────────────
mamba_2_works_on = Formula(
    mixer_forward,
    (residual_bytes + 2 * half_bytes) * h
    + half_bytes * (_PROJECTED + _CHANNELS + H)
    + fp32_bytes * rho * (3 * D + 4 * H + 3 * H * N + 3 * H * c + greatest(4 * D, D + H * N + D * N * n_chunks / s))
    + fp32_bytes * (_STATES + H * (n_chunks + 1) ** 2 / s),
    says="Residual, embedding and normalised input (2); projection and convolution's result; in float32 channels, skip and the "
    "result within chunks (3), time steps and decays (4), B, C and decayed B for each head (3), decays and products of a "
    "chunk (3), new states; and the result between chunks in four steps (4), or that and C and states as its product reads them.",
    zh="残差、词嵌入与归一化输入(2);投影与卷积结果;float32 的通道、跳连与块内结果(3)、时间步与衰减(4)、每头的 B、C 与衰减后的 "
    "B(3)、块内衰减与乘积(3)、状态;以及块间结果的四步(4),或该乘积及其读入的 C 与状态。",
    source=_CHUNKS,
    when={mixer: "mamba2"},
    assumes=(_TORCH,),
    example=(
        {**_SMALL, half_bytes: 2, fp32_bytes: 4, residual_bytes: 4, h: 1024, rho: 1},
        8 * 1024 + 2 * (4384 + 2304 + 32) + 4 * (6144 + 128 + 12288 + 24576 + 8192) + 4 * 1280 + 100 / 32,
    ),
)

# ── backwards ──────────────────────────────────────────────────────────────────────────────────────────────────────
gated_norm_backwards = Formula(
    gate_backward,
    residual_bytes * h + fp32_bytes * (5 - scan_trains) * D - fp32_bytes * G - saved_output_input,
    says="The residual's gradient; five float32 gradients of the norm's steps, in place of what norm and projection kept.",
    zh="残差梯度;归一化各步的五份 float32 梯度,取代归一化与投影所保存的内容。",
    source=modelling("mamba2", "MambaRMSNormGated, backwards"),
    when={mixer: "mamba2", scan_gate: "normed"},
    example=(
        {residual_bytes: 4, h: 1024, fp32_bytes: 4, scan_trains: 1, D: 2048, G: 1, saved_output_input: 4096},
        4096 + 16 * 2048 - 4 - 4096,
    ),
)
plain_gate_backwards = Formula(
    gate_backward,
    residual_bytes * h + 2 * fp32_bytes * D - saved_output_input,
    says="The residual's gradient; float32 gradients of the scan's result and of the gate (2).",
    zh="残差梯度;扫描结果与门控的 float32 梯度(2)。",
    source=modelling("falcon_h1", "FalconH1Mixer.forward, backwards"),
    when={mixer: "mamba2", scan_gate: "plain"},
    example=({residual_bytes: 2, h: 1024, fp32_bytes: 4, D: 1536, saved_output_input: 3072}, 2048 + 12288 - 3072),
)
_DONE = saved_gate + saved_output_input
chunks_backwards = Formula(
    chunk_backward,
    residual_bytes * h
    + linear_bytes * D
    + fp32_bytes * rho * (2 * D + 2 * H * N + H + 3 * H * c)
    + (fp32_bytes - w) * H * c * rho
    - rho * (w * (2 * H * N + 3 * D + H * c) + 2 * fp32_bytes * H + fp32_bytes * H * N)
    - w * (D * N * n_chunks / s + _STATES)
    - _DONE,
    says="The residual's gradient and the gate's; of channels and of B and C two each (2), of time steps, of the products of a "
    "chunk and their two factors (3), in place of what states, decays of tokens, gate and projection kept.",
    zh="残差与门控的梯度;通道、B 与 C 各两份(2)、时间步、块内乘积及其两个因子的梯度(3),取代状态、每 token 衰减、门控与投影所保存的内容。",
    source=_BACKWARDS,
    when={mixer: "mamba2"},
    example=(
        {
            **_SMALL, **_HALF, c: 1024, n_chunks: 1, residual_bytes: 4, h: 1024, saved_gate: 40964, saved_output_input: 4096,
        },
        4096 + 4096 + 4 * (4096 + 8192 + 32 + 98304) - (4 * (8192 + 6144 + 32768) + 256 + 16384) - 4 * 768 - 45060,
    ),
)  # fmt: skip
normed_input_is_the_kept_one = Formula(
    normed_input, 0 * h,
    says="The projection keeps the normalised input itself.", zh="投影直接保存归一化后的输入。",
    source=_MIXER, when={regime: ("half", "single", "adapter-half")}, example=({}, 0),
)  # fmt: skip
normed_input_beside_its_copy = Formula(
    normed_input, half_bytes * h,
    says="The adapter keeps a copy; the normalised input is alive beside it.", zh="适配器保存副本,归一化后的输入与之并存。",
    source=PEFT_LORA, when={regime: ("adapter-single", "adapter-mixed")}, example=({half_bytes: 2, h: 1024}, 2048),
)  # fmt: skip
float32_normed_input_beside_its_copy = Formula(
    normed_input, fp32_bytes * h,
    says="Autocast keeps a 16-bit copy; the float32 normalised input is alive beside it.", zh="autocast 保存 16 位副本,float32 的归一化输入与之并存。",
    source=_MIXER, when={regime: ("mixed", "kbit")}, example=({fp32_bytes: 4, h: 1024}, 4096),
)  # fmt: skip
scan_is_computed_again = Formula(
    scan_again,
    residual_bytes * h
    + normed_input
    + linear_bytes * (scan_copies * _CHANNELS + H)
    + fp32_bytes * rho * (5 * D + 2 * H + 2 * H * N)
    + w * (rho * D + _STATES + D * N / s)
    + 2 * (fp32_bytes - w) * H * c * rho
    - _DONE,
    says="The residual's gradient; beside all that the scan keeps SiLU's result, five steps of channels (5), time steps (2), C and "
    "decayed B (2), the result within chunks, new states, and under autocast the weighed products in float32; gate and projection keep nothing yet.",
    zh="残差梯度;除扫描保存的内容外,还有 SiLU 结果、通道的五步(5)、时间步(2)、C 与衰减后的 B(2)、块内结果、新状态,autocast 下还有 float32 的加权乘积;门控与投影尚未保存。",
    source=_CHUNKS,
    when={mixer: "mamba2"},
    example=(
        {
            **_SMALL, **_HALF, residual_bytes: 4, h: 1024, normed_input: 0, scan_copies: 1, saved_gate: 40964, saved_output_input: 4096,
        },
        4096 + 2 * 2336 + 4 * (10240 + 64 + 8192) + 4 * (2048 + 1280) + 1024 - 45060,
    ),
)  # fmt: skip
_EXAMPLE = {gate_backward: 32764, chunk_backward: -8000, scan_again: 50000}
mamba_2_backwards = Formula(
    mixer_backward,
    greatest(gate_backward, chunk_backward),
    says="The higher of two instants: in the gate's norm, or inside the chunks.",
    zh="两个时刻的较大者:门控归一化内,或块内。",
    source=_BACKWARDS,
    when={mixer: "mamba2", checkpointing: UNCHECKPOINTED, regime: FULL},
    example=({gate_backward: 32764, chunk_backward: -8000}, 32764),
)
mamba_2_recomputed_backwards = Formula(
    mixer_backward,
    greatest(gate_backward, chunk_backward, scan_again),
    says="The highest of three instants: as the scan is recomputed, in the gate's norm, or inside the chunks.",
    zh="三个时刻的最大者:重新计算扫描时、门控归一化内,或块内。",
    source=_BACKWARDS,
    when={mixer: "mamba2", checkpointing: "on"},
    example=(_EXAMPLE, 50000),
)
mamba_2_backwards_under_adapters = Formula(
    mixer_backward,
    greatest(gate_backward, chunk_backward, scan_again),
    says="Few gradients are made by then: the end of the last scan forwards is as high as what follows.",
    zh="此时梯度很少:末层扫描前向结束时与其后同样高。",
    source=_BACKWARDS,
    when={mixer: "mamba2", checkpointing: UNCHECKPOINTED, regime: ADAPTER},
    example=(_EXAMPLE, 50000),
)
