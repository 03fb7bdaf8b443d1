"""What recurrent layers keep for their backward pass, in bytes per token: Mamba-2 on the plain PyTorch path."""

from formulas.anatomy import (
    mixer,
    on_in,
    on_o,
    read_bytes,
    regime,
    saved_mixer_input,
    saved_output_input,
    saved_scores,
    ssm_chunk,
    ssm_inner_size,
    ssm_n_groups,
    ssm_n_heads,
    ssm_state_size,
)
from formulas.formula import Formula
from formulas.quantity import byte
from formulas.sources import MAMBA2, modelling
from formulas.vocabulary import hidden_size, seq_len

h, s = hidden_size, seq_len
D, N, G, H, c = ssm_inner_size, ssm_state_size, ssm_n_groups, ssm_n_heads, ssm_chunk
_PATH = modelling("mamba2", "Mamba2Mixer.torch_forward")
_SHAPES = {D: 5120, N: 128, G: 1, H: 80, c: 256, s: 2048}
_CHANNELS, _PROJECTED = D + 2 * G * N, 2 * D + 2 * G * N + H

scan_keeps_its_input = Formula(
    saved_mixer_input,
    read_bytes * h * on_in,
    says="The input projection keeps its input.",
    zh="输入投影保存其输入。",
    source=_PATH,
    when={mixer: ("mamba", "mamba2", "delta")},
    example=({read_bytes: 2, h: 2560, on_in: 1}, 5120),
)
mamba_2_keeps = Formula(
    saved_scores,
    42 * D
    + 20 * H * N
    + 12 * H * c
    + 20 * H
    + 8 * D * N / c
    + 4 * D * N / s
    + 2 * _CHANNELS
    + 2 * _PROJECTED
    + 2 * c
    + 4,
    says="Channels through convolution, gate, skip and gated norm (42D); B and C repeated for each head and cast (20HN); "
    "decays between the tokens of a chunk (12Hc) and of a token (20H); states of the chunks (8DN/c, 4DN/s); "
    "what enters and leaves the convolution and the projection, in bytes.",
    zh="通道经卷积、门控、跳连与门控归一化(42D);按头重复并转换的 B、C(20HN);块内衰减(12Hc)与每 token 衰减(20H);"
    "各块状态(8DN/c、4DN/s);卷积与投影的输入输出。",
    source=_PATH,
    when={mixer: "mamba2", regime: ("half", "adapter-half")},
    example=(_SHAPES, 42 * 5120 + 20 * 10240 + 12 * 20480 + 1600 + 20480 + 1280 + 10752 + 21152 + 512 + 4),
    coefficients_in=byte,
)
mamba_2_keeps_in_mixed_precision = Formula(
    saved_scores,
    36 * D + 12 * H * N + 8 * H * c + 20 * H + 4 * D * N / c + 2 * D * N / s + 4 * _CHANNELS + 2 * c + 4,
    says="As in 16 bits; what is float32 already is not copied again.",
    zh="同 16 位;已是 float32 的张量不再复制。",
    source=_PATH,
    when={mixer: "mamba2", regime: ("mixed", "single")},
    example=(_SHAPES, 36 * 5120 + 12 * 10240 + 8 * 20480 + 1600 + 10240 + 640 + 21504 + 512 + 4),
    coefficients_in=byte,
)
mamba_2_keeps_under_adapters = Formula(
    saved_scores,
    32 * D
    + 20 * H * N
    + 12 * H * c
    + 16 * H
    + 8 * D * N / c
    + 4 * D * N / s
    + 2 * _CHANNELS
    + 2 * _PROJECTED
    + 2 * c
    + 4,
    says="As in full training, less what only the frozen norm and output projection needed (10D, 4H).",
    zh="同全量训练,少了冻结的归一化与输出投影所需部分(10D、4H)。",
    source=_PATH,
    when={mixer: "mamba2", regime: "adapter-single"},
    example=(_SHAPES, 32 * 5120 + 20 * 10240 + 12 * 20480 + 1280 + 20480 + 1280 + 10752 + 21152 + 512 + 4),
    coefficients_in=byte,
)
mamba_2_keeps_under_adapters_and_autocast = Formula(
    saved_scores,
    26 * D
    + 12 * H * N
    + 8 * H * c
    + 20 * H
    + 4 * D * N / c
    + 2 * D * N / s
    + 2 * _CHANNELS
    + 2 * _PROJECTED
    + 2 * c
    + 4,
    says="As under adapters; autocast computes in 16 bits what else is copied to float32.",
    zh="同适配器;autocast 以 16 位计算原需 float32 副本的部分。",
    source=_PATH,
    when={mixer: "mamba2", regime: ("adapter-mixed", "kbit")},
    example=(_SHAPES, 26 * 5120 + 12 * 10240 + 8 * 20480 + 1600 + 10240 + 640 + 10752 + 21152 + 512 + 4),
    coefficients_in=byte,
)
scan_output_is_counted = Formula(
    saved_output_input,
    read_bytes * D * on_o,
    says="An adapter of the output projection keeps a copy of its input.",
    zh="输出投影的适配器保存其输入副本。",
    source=MAMBA2.at("§7.1"),
    when={mixer: "mamba2", regime: ("adapter-single", "adapter-mixed", "kbit")},
    example=({read_bytes: 4, D: 5120, on_o: 0}, 0),
)
scan_output_is_in_the_sum = Formula(
    saved_output_input,
    0 * read_bytes,
    says="The gated norm's result, counted already, is the output projection's input.",
    zh="门控归一化的结果(已计入)即输出投影的输入。",
    source=MAMBA2.at("§7.1"),
    when={mixer: "mamba2", regime: ("half", "mixed", "single", "adapter-half")},
    example=({}, 0),
)
