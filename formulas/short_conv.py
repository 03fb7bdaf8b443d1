"""Short convolutions (LFM2): a gated product, a convolution over a few tokens, a second gate. In bytes per token."""

from formulas.anatomy import (
    half_bytes,
    layer_state,
    linear_bytes,
    mixer,
    mixer_backward,
    mixer_forward,
    mixer_matrices,
    mixer_vectors,
    read_bytes,
    saved_output_input,
    saved_scores,
    ssm_conv_kernel,
)
from formulas.formula import Formula
from formulas.recurrence import conv_biased
from formulas.sources import modelling
from formulas.tuning import on_o
from formulas.vocabulary import hidden_size, seq_len

h, s, K = hidden_size, seq_len, ssm_conv_kernel
_LAYER = modelling("lfm2", "Lfm2ShortConv")

matrices_of_a_short_convolution = Formula(
    mixer_matrices,
    4 * h * h,
    says="Two gates and a value (3) come in, one projection goes out (4 in all).",
    zh="两个门控与一个值(3)的输入投影,一个输出投影(共 4)。",
    source=_LAYER,
    when={mixer: "conv"},
    example=({h: 2048}, 16777216),
)
weights_of_a_short_convolution = Formula(
    mixer_vectors,
    h * (K + 5 * conv_biased),
    says="K numbers for each channel, and biases of both projections and of the convolution (5) where there are any.",
    zh="每通道 K 个数;若有偏置,两个投影与卷积共 5 份。",
    source=_LAYER,
    when={mixer: "conv"},
    example=({h: 2048, K: 3, conv_biased: 0}, 6144),
)
state_of_a_short_convolution = Formula(
    layer_state,
    h * K * half_bytes,
    says="The convolution's last K inputs.",
    zh="卷积最近的 K 个输入。",
    source=_LAYER,
    when={mixer: "conv"},
    example=({h: 2048, K: 3, half_bytes: 2}, 12288),
)
short_convolution_keeps = Formula(
    saved_scores,
    linear_bytes * h * (5 + (K - 1) / s),
    says="The input projection (3), the gated product that goes into the convolution and what comes out (2), K - 1 tokens longer "
    "than the sequence.",
    zh="输入投影(3)、进入卷积的门控乘积与卷积结果(2;比序列长 K-1 个 token)。",
    source=_LAYER,
    when={mixer: "conv"},
    example=({linear_bytes: 2, h: 2048, K: 3, s: 2048}, 20484),
)
short_convolution_output_is_read = Formula(
    saved_output_input,
    read_bytes * h * on_o,
    says="The output projection keeps its input.",
    zh="输出投影保存其输入。",
    source=_LAYER,
    when={mixer: "conv"},
    example=({read_bytes: 2, h: 2048, on_o: 1}, 4096),
)
short_convolution_backwards = Formula(
    mixer_backward,
    0 * linear_bytes,
    says="A convolution's gradients are smaller than what the MLP has given back by then.",
    zh="卷积的梯度小于此时 MLP 已释放的内容。",
    source=modelling("lfm2", "Lfm2ShortConv, backwards"),
    when={mixer: "conv"},
    example=({}, 0),
)
short_convolution_works_on = Formula(
    mixer_forward,
    half_bytes * 9 * h,
    says="Embedding, residual and norm (3), the input projection (3), the convolution's result, its gated product and the "
    "output (9 in all).",
    zh="词嵌入、残差与归一化(3)、输入投影(3)、卷积结果、门控乘积与输出(共 9)。",
    source=_LAYER,
    when={mixer: "conv"},
    example=({half_bytes: 2, h: 2048}, 36864),
)
