"""Lightning Attention (MiniMax-01): linear attention in blocks of the sequence, without a kernel of its own.

One projection gives queries, keys and values of all heads, each block multiplies its pairs of tokens by a decay, and a state
of key by value passes from block to block. Amounts are in bytes per token.
"""

from formulas.anatomy import (
    fp32_bytes,
    half_bytes,
    head_dim,
    layer_state,
    linear_bytes,
    mixer,
    mixer_backward,
    mixer_forward,
    mixer_matrices,
    mixer_vectors,
    n_heads,
    n_input_norms,
    one_norm,
    output_norm_value_bytes,
    q_width,
    read_bytes,
    residual_bytes,
    saved_output_input,
    saved_scores,
    ssm_chunk,
)
from formulas.formula import Formula
from formulas.quantity import least
from formulas.sources import LIGHTNING, modelling
from formulas.tuning import on_o
from formulas.vocabulary import hidden_size, seq_len

h, s, c, q, a, d = hidden_size, seq_len, ssm_chunk, q_width, n_heads, head_dim
_LAYER = modelling("minimax", "MiniMaxLightningAttention")
_SHAPES = {q: 8192, a: 64, d: 128, c: 256, s: 2048}
_REST = 1 - c / s  # of all blocks but one

matrices_of_lightning_attention = Formula(
    mixer_matrices,
    5 * h * q,
    says="Queries, keys and values (3), a gate on the output and the output projection (5 in all).",
    zh="查询、键、值(3)、输出门控与输出投影(共 5)。",
    source=LIGHTNING.at("§2.2, as in modeling_minimax.py"),
    when={mixer: "lightning"},
    example=({h: 6144, q: 8192}, 5 * 6144 * 8192),
)
norm_of_lightning_attention = Formula(
    mixer_vectors,
    q,
    says="A norm over all heads.",
    zh="全部头上的归一化。",
    source=_LAYER,
    when={mixer: "lightning"},
    example=({q: 8192}, 8192),
)
state_of_lightning_attention = Formula(
    layer_state,
    q * d * half_bytes,
    says="A key-by-value matrix of each head in the type of the values.",
    zh="每头一个键×值矩阵,精度与值相同。",
    source=_LAYER,
    when={mixer: "lightning"},
    example=({q: 8192, d: 128, half_bytes: 2}, 2097152),
)
lightning_keeps = Formula(
    saved_scores,
    linear_bytes * (7 * q + a * c + 2 * q * _REST + q * d / c)
    + (fp32_bytes + output_norm_value_bytes + residual_bytes) * q
    + fp32_bytes,
    says="The projection and its SiLU (6) and the gate's sigmoid (7 in all); a block's decayed pairs of tokens; but in one "
    "block decayed queries and keys (2); the state of each block; the norm's float32 input, the normalised value if its weight "
    "trains, its result, one float32.",
    zh="投影及其 SiLU(6)与门控的 sigmoid(共 7);块内衰减后的 token 对;除一块外衰减后的查询与键(2);每块的状态;归一化的 float32 "
    "输入、(权重可训练时)归一化值、结果与一个 float32。",
    source=_LAYER,
    when={mixer: "lightning"},
    example=(
        {**_SHAPES, linear_bytes: 2, fp32_bytes: 4, output_norm_value_bytes: 2, residual_bytes: 2},
        2 * (57344 + 16384 + 14336 + 4096) + 8 * 8192 + 4,
    ),
)
lightning_output_is_read = Formula(
    saved_output_input,
    read_bytes * q * on_o,
    says="The output projection keeps its input.",
    zh="输出投影保存其输入。",
    source=_LAYER,
    when={mixer: "lightning"},
    example=({read_bytes: 2, q: 8192, on_o: 1}, 16384),
)
lightning_backwards = Formula(
    mixer_backward,
    5 * fp32_bytes * q
    - (output_norm_value_bytes + residual_bytes + linear_bytes) * q
    - saved_output_input
    + residual_bytes * h
    - one_norm * least(1, n_input_norms),
    says="Inside the norm behind the scan: its float32 gradients (5) and the residual's; the gate, the output projection, the "
    "norm's own values and the norm in front of the experts have given back.",
    zh="位于扫描后的归一化内:其 float32 梯度(5)与残差梯度;门控、输出投影、归一化自身的值与专家前的归一化已释放。",
    source=modelling("minimax", "MiniMaxLightningAttention, backwards"),
    when={mixer: "lightning"},
    example=(
        {
            fp32_bytes: 4, q: 8192, output_norm_value_bytes: 2, residual_bytes: 2, linear_bytes: 2, saved_output_input: 16384,
            h: 6144, one_norm: 36868, n_input_norms: 2,
        },
        163840 - 49152 - 16384 + 12288 - 36868,
    ),
)  # fmt: skip
lightning_works_on = Formula(
    mixer_forward,
    half_bytes * (3 * h + 4 * q) + 2 * fp32_bytes * q + half_bytes * (a * c * c + 3 * c * q + 2 * q * d) / s,
    says="Embedding, layer's input and norm (3), the projection's SiLU (3 of 4) and the output (4); in its norm a float32 copy and the "
    "normalised value (2); of the last block its pairs of tokens, three outputs (3) and two states (2).",
    zh="词嵌入、层输入与归一化(3),投影的 SiLU(4 中的 3)与输出(4);其归一化中的 float32 副本与归一化值(2);最后一块的 token 对、"
    "三份输出(3)与两份状态(2)。",
    source=_LAYER,
    when={mixer: "lightning"},
    example=(
        {**_SHAPES, h: 6144, half_bytes: 2, fp32_bytes: 4},
        2 * (18432 + 32768) + 65536 + 2 * (64 * 65536 + 3 * 256 * 8192 + 2 * 8192 * 128) / 2048,
    ),
)
