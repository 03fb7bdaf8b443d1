"""Kimi Delta Attention (Kimi-Linear): a delta rule whose decay is one number per channel, on the plain PyTorch path.

Without its kernel the decay between two tokens of a chunk is a table of every channel: that table is most of what is kept.
Amounts are in bytes per token.
"""

from sympy import Integer

from formulas.anatomy import (
    delta_key_dim,
    delta_value_heads,
    delta_value_width,
    fp32_bytes,
    half_bytes,
    layer_state,
    linear_bytes,
    mask_bytes,
    mixer,
    mixer_backward,
    mixer_forward,
    mixer_matrices,
    mixer_vectors,
    read_bytes,
    regime,
    saved_output_input,
    saved_scores,
    ssm_conv_kernel,
)
from formulas.formula import Formula
from formulas.quantity import Words
from formulas.sources import modelling
from formulas.tuning import on_in, on_o
from formulas.vocabulary import hidden_size, seq_len

h, s, K = hidden_size, seq_len, ssm_conv_kernel
c = Integer(64)  # tokens of a chunk: `chunk_size`, which no config sets
Q, H, d = delta_value_width, delta_value_heads, delta_key_dim
_RULE = modelling("kimi_linear", "chunk_kimi_delta_attention")
_LAYER = modelling("kimi_linear", "KimiLinearDeltaAttention")
_SHAPES = {
    Q: 4096,
    H: 32,
    d: 128,
    s: 2048,
    K: 4,
    linear_bytes: 2,
    fp32_bytes: 4,
    mask_bytes: 1,
    read_bytes: 2,
    on_in: 1,
}

matrices_of_kimi_delta = Formula(
    mixer_matrices,
    4 * h * Q + 2 * (h * d + d * Q) + h * H,
    says="Queries, keys, values and the output (4); forget gate and output gate through the width of a head (2); the write strength.",
    zh="查询、键、值与输出(4);经单头宽度的遗忘门与输出门(2);写入强度。",
    source=_LAYER,
    when={mixer: "kda"},
    example=({h: 2304, Q: 4096, d: 128, H: 32}, 4 * 2304 * 4096 + 2 * (2304 * 128 + 128 * 4096) + 2304 * 32),
)
small_weights_of_kimi_delta = Formula(
    mixer_vectors,
    3 * Q * K + Q + H + d,
    says="A convolution over queries, keys and values (3); a bias of each channel, a decay rate of each head, the norm of one head.",
    zh="查询、键、值上的卷积(3);每通道偏置、每头衰减率与单头归一化。",
    source=_LAYER,
    when={mixer: "kda"},
    example=({Q: 4096, K: 4, H: 32, d: 128}, 49152 + 4096 + 32 + 128),
)
state_of_kimi_delta = Formula(
    layer_state,
    Q * d * fp32_bytes + 3 * Q * K * half_bytes,
    says="A key-by-value matrix of each head in float32, and the convolution's last inputs of queries, keys and values (3).",
    zh="每头一个 float32 键×值矩阵,以及查询、键、值(3)卷积的最近输入。",
    source=_LAYER,
    when={mixer: "kda"},
    example=({Q: 4096, d: 128, fp32_bytes: 4, K: 4, half_bytes: 2}, 2097152 + 98304),
)
_SAYS = (
    "In chunks of 64 tokens, three tables of a chunk's pairs of tokens for every channel (3), two of every head (2) and what the rows of a triangular "
    "system were; float32 numbers of every channel ({0}, and 3 but in one chunk), the state of each chunk, small numbers of each "
    "head (4); the convolution's input and result (3 widths, twice), the low-rank gates' inputs (2)."
)
_ZH = (
    "每块 64 个 token:每通道的三张块内 token 对表(3)、每头的两张(2)与三角方程组各行;每通道的 float32 数({0},除一块外另 3)、每块的状态、每头小量(4);"
    "卷积的输入与结果(3 倍宽,两份)与低秩门的输入(2)。"
)


def _keeps(regimes: tuple[str, ...], wide: int, *assumed: Words) -> Formula:
    return Formula(
        saved_scores,
        fp32_bytes
        * (
            3 * c * Q
            + 2 * H * c
            + H * (c**2 - 1) / 3
            + Q * (wide + 3 * (1 - c / s))
            + Q * (d / c + 1 / c - 1 / s)
            + 4 * H
        )
        + linear_bytes * (3 * Q * (2 + (K - 1) / s) + H)
        + 2 * read_bytes * d * on_in
        + mask_bytes * Q,
        says=_SAYS.format(wide),
        zh=_ZH.format(wide),
        source=_RULE,
        when={mixer: "kda", regime: regimes},
        assumes=assumed,
        example=(
            _SHAPES,
            4 * (786432 + 4096 + 43680 + 4096 * (wide + 3 * 31 / 32) + 8254 + 128)
            + 2 * (12288 * (2 + 3 / 2048) + 32)
            + 512
            + 4096,
        ),
    )


kimi_delta_keeps = _keeps(("half", "single"), 19)
kimi_delta_keeps_under_adapters = _keeps(("adapter-single", "adapter-half"), 17)
_LIKE = Words("16-bit casts under autocast are not told apart", "未区分 autocast 下的 16 位副本")
kimi_delta_keeps_in_mixed_precision = _keeps(("mixed",), 19, _LIKE)
kimi_delta_keeps_under_adapters_and_autocast = _keeps(("adapter-mixed", "kbit"), 17, _LIKE)
kimi_delta_output_is_read = Formula(
    saved_output_input,
    read_bytes * Q * on_o,
    says="The output projection keeps its input.",
    zh="输出投影保存其输入。",
    source=_LAYER,
    when={mixer: "kda"},
    example=({read_bytes: 2, Q: 4096, on_o: 1}, 8192),
)
kimi_delta_backwards = Formula(
    mixer_backward,
    2 * fp32_bytes * c * Q,
    says="As, in chunks of 64 tokens, the gradients of the table of decays are summed: the sum and what a chunk adds (2).",
    zh="每块 64 个 token,各块衰减表梯度累加时:其和与某块加入的一份(2)。",
    source=modelling("kimi_linear", "chunk_kimi_delta_attention, backwards"),
    when={mixer: "kda"},
    example=({fp32_bytes: 4, Q: 4096}, 2097152),
)
kimi_delta_works_on = Formula(
    mixer_forward,
    half_bytes * (3 * h + 3 * Q + H) + fp32_bytes * (7 * Q + 3 * c * Q + H),
    says="Embedding, residual and norm (3), the convolution's result (3 widths), the write strength; in float32 the forget gate and its "
    "sums, queries, keys and values, as written too (7); in chunks of 64 tokens the table of decays and two products with it (3).",
    zh="词嵌入、残差与归一化(3)、卷积结果(3 倍宽)、写入强度;float32 的遗忘门及其累加、查询、键、值及其写入形式(7);每块 64 个 token 的衰减表及两个乘积(3)。",
    source=_RULE,
    when={mixer: "kda"},
    example=(
        {h: 2304, Q: 4096, H: 32, half_bytes: 2, fp32_bytes: 4},
        2 * (6912 + 12288 + 32) + 4 * (28672 + 786432 + 32),
    ),
)
