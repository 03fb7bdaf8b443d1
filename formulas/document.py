"""The accounts of the source document: what weights, model states, activations and buffers take, as it states them.

Where a statement is an account that newer, exact chapters also give, it is a rival of theirs (`rule=True`), taken by
name. The document's slips are not repeated here; `kb audit` finds them by recomputing its figures with these formulas.
Quotients and small integers stay named quantities, because 2 + 2 + 4 + 4 + 4 would collapse to a 16 that says nothing.
"""

from sympy import Integer, sqrt

from formulas.formula import Formula
from formulas.quantity import Words, byte
from formulas.sources import ADAM, DOCUMENT, IEEE754, MIXED_PRECISION, SCALING_LAWS, SUBLINEAR, ZERO
from formulas.vocabulary import (
    activation_numbers,
    activations,
    adam_states,
    batch_size,
    bits_per_weight,
    buffers,
    bytes_of_activation,
    bytes_of_master_weight,
    bytes_of_momentum,
    bytes_of_variance,
    bytes_of_working_gradient,
    bytes_of_working_weight,
    bytes_per_weight,
    card_memory,
    exponent_bits,
    format_bits,
    fraction_bits,
    fragmentation,
    gradients,
    hidden_size,
    integer_bits,
    master_weights,
    model_states,
    momentum,
    n_layers,
    n_params,
    n_values,
    optimizer,
    parameter_bytes,
    seq_len,
    sign_bits,
    usable_memory,
    variance,
    weights,
    weights_and_gradients,
    working_gradients,
    working_weights,
)

_THE_MODEL = DOCUMENT.at("Memory of the model (模型占用)")
_TRAINING = DOCUMENT.at("Memory of training (训练占用)")

# ── data types and weights ─────────────────────────────────────────────────────────────────────────────────────────

bytes_from_bits = Formula(
    bytes_per_weight,
    bits_per_weight / 8,
    says="A byte has 8 bits.",
    zh="一个字节有 8 位。",
    source=_THE_MODEL,
    example=({bits_per_weight: 32}, 4),
    coefficients_in=byte,
)

a_float_is_sign_exponent_and_fraction = Formula(
    format_bits,
    sign_bits + exponent_bits + fraction_bits,
    says="A floating-point number is stored as sign, exponent and fraction, side by side.",
    zh="浮点数由符号位、指数位和尾数位依次存储。",
    source=IEEE754.at("Table 3.5, binary32"),
    example=({sign_bits: 1, exponent_bits: 8, fraction_bits: 23}, 32),
)

an_integer_counts_in_powers_of_two = Formula(
    n_values,
    2**integer_bits,
    says="Every further bit doubles the values that an integer can take.",
    zh="每增加一位,整数可取的值翻倍。",
    source=_THE_MODEL,
    example=({integer_bits: 8}, 256),
)

parameters_times_bytes = Formula(
    parameter_bytes,
    n_params * bytes_per_weight,
    says="Every parameter is stored once, in the bytes of its data type.",
    zh="每个参数按其数据类型占用的字节数存储一次。",
    source=_THE_MODEL,
    example=({n_params: 7 * 10**9, bytes_per_weight: 4}, 28 * 10**9),
)

weights_from_parameters = Formula(
    weights,
    parameter_bytes,
    says="The weights take what all parameters take in one data type; nothing is divided and nothing kept wider.",
    zh="权重占用等于全部参数按同一精度存储的大小,不切分,也没有保留更高精度的部分。",
    source=_THE_MODEL,
    example=({parameter_bytes: 28 * 10**9}, 28 * 10**9),
    rule=True,
)

twelve_hidden_squared_per_layer = Formula(
    n_params,
    12 * n_layers * hidden_size**2,
    says="A GPT block has 4 h² parameters in its attention and 8 h² in its MLP; embeddings are left out.",
    zh="GPT 的每个块有 4 h² 个注意力参数和 8 h² 个 MLP 参数,不计嵌入层。",
    source=SCALING_LAWS.at("§2.1, Table 1"),
    example=({n_layers: 48, hidden_size: 1600}, 1_474_560_000),
    rule=True,
)

# ── mixed-precision training with Adam ─────────────────────────────────────────────────────────────────────────────

a_working_weight_is_half_precision = Formula(
    bytes_of_working_weight,
    Integer(2),
    says="In mixed precision the layers compute with float16 weights: 2 bytes.",
    zh="混合精度训练以 float16 权重参与计算:2 字节。",
    source=MIXED_PRECISION.at("§3.1, Figure 1"),
    example=({}, 2),
    coefficients_in=byte,
)
a_gradient_is_half_precision = Formula(
    bytes_of_working_gradient,
    Integer(2),
    says="In mixed precision gradients are float16: 2 bytes.",
    zh="混合精度训练的梯度为 float16:2 字节。",
    source=MIXED_PRECISION.at("§3.1, Figure 1"),
    example=({}, 2),
    coefficients_in=byte,
)
a_master_weight_is_single_precision = Formula(
    bytes_of_master_weight,
    Integer(4),
    says="The optimizer keeps a float32 copy of every weight, so that small updates are not lost: 4 bytes.",
    zh="优化器为每个权重保存一份 float32 副本,避免丢失微小更新:4 字节。",
    source=MIXED_PRECISION.at("§3.1"),
    example=({}, 4),
    coefficients_in=byte,
)
a_momentum_is_single_precision = Formula(
    bytes_of_momentum,
    Integer(4),
    says="Adam keeps a float32 running mean of every gradient: 4 bytes.",
    zh="Adam 为每个梯度保存 float32 的滑动均值:4 字节。",
    source=ADAM.at("Algorithm 1, m"),
    example=({}, 4),
    coefficients_in=byte,
)
a_variance_is_single_precision = Formula(
    bytes_of_variance,
    Integer(4),
    says="Adam keeps a float32 running mean of every squared gradient: 4 bytes.",
    zh="Adam 为每个梯度的平方保存 float32 的滑动均值:4 字节。",
    source=ADAM.at("Algorithm 1, v"),
    example=({}, 4),
    coefficients_in=byte,
)

working_weights_in_full = Formula(
    working_weights,
    n_params * bytes_of_working_weight,
    says="Every parameter has one weight that the layers compute with.",
    zh="每个参数有一个参与计算的权重。",
    source=ZERO.at("§3.1"),
    example=({n_params: 10**9, bytes_of_working_weight: 2}, 2 * 10**9),
)
working_gradients_in_full = Formula(
    working_gradients,
    n_params * bytes_of_working_gradient,
    says="Every parameter has one gradient.",
    zh="每个参数有一个梯度。",
    source=ZERO.at("§3.1"),
    example=({n_params: 10**9, bytes_of_working_gradient: 2}, 2 * 10**9),
)
master_weights_in_full = Formula(
    master_weights,
    n_params * bytes_of_master_weight,
    says="Every parameter has one float32 copy.",
    zh="每个参数有一份 float32 副本。",
    source=ZERO.at("§3.1"),
    example=({n_params: 10**9, bytes_of_master_weight: 4}, 4 * 10**9),
)
momentum_in_full = Formula(
    momentum,
    n_params * bytes_of_momentum,
    says="Every parameter has one first moment.",
    zh="每个参数有一个一阶动量。",
    source=ZERO.at("§3.1"),
    example=({n_params: 10**9, bytes_of_momentum: 4}, 4 * 10**9),
)
variance_in_full = Formula(
    variance,
    n_params * bytes_of_variance,
    says="Every parameter has one second moment.",
    zh="每个参数有一个二阶动量。",
    source=ZERO.at("§3.1"),
    example=({n_params: 10**9, bytes_of_variance: 4}, 4 * 10**9),
)

weights_beside_gradients = Formula(
    weights_and_gradients,
    working_weights + working_gradients,
    says="Weights and gradients stand side by side: 2θ + 2θ = 4θ bytes.",
    zh="权重与梯度合计 2θ + 2θ = 4θ 字节。",
    source=_TRAINING,
    example=({working_weights: 2 * 10**9, working_gradients: 2 * 10**9}, 4 * 10**9),
)
adam_keeps_a_copy_and_two_moments = Formula(
    adam_states,
    master_weights + momentum + variance,
    says="Mixed-precision Adam keeps the float32 copy and two moments: 4θ + 4θ + 4θ = 12θ bytes.",
    zh="混合精度 Adam 保存 float32 主权重与两个动量:4θ + 4θ + 4θ = 12θ 字节。",
    source=ZERO.at("§3.1"),
    example=({master_weights: 4 * 10**9, momentum: 4 * 10**9, variance: 4 * 10**9}, 12 * 10**9),
)
model_states_are_weights_gradients_and_optimizer = Formula(
    model_states,
    weights_and_gradients + adam_states,
    says="Together 4θ + 12θ = 16θ bytes, activations not counted.",
    zh="合计 4θ + 12θ = 16θ 字节,不含激活值。",
    source=ZERO.at("§3.1"),
    example=({weights_and_gradients: 4 * 10**9, adam_states: 12 * 10**9}, 16 * 10**9),
)

twelve_bytes_of_optimizer_per_parameter = Formula(
    optimizer,
    adam_states,
    says="By the document's account the optimizer takes 12 bytes for every parameter.",
    zh="按文档的算法,优化器每个参数占 12 字节。",
    source=_TRAINING,
    example=({adam_states: 84 * 10**9}, 84 * 10**9),
    rule=True,
)
two_bytes_of_gradient_per_parameter = Formula(
    gradients,
    working_gradients,
    says="By the document's account a gradient takes 2 bytes for every parameter.",
    zh="按文档的算法,梯度每个参数占 2 字节。",
    source=_TRAINING,
    example=({working_gradients: 14 * 10**9}, 14 * 10**9),
    rule=True,
)

# ── activations, buffers, fragmentation ────────────────────────────────────────────────────────────────────────────

_GPT2_XL = {hidden_size: 1600, n_layers: 48, seq_len: 1024, batch_size: 32}

an_activation_is_half_precision = Formula(
    bytes_of_activation,
    Integer(2),
    says="In mixed precision an activation is a float16 number: 2 bytes.",
    zh="混合精度训练的激活值为 float16:2 字节。",
    source=MIXED_PRECISION.at("§3.1"),
    example=({}, 2),
    coefficients_in=byte,
)
twelve_activations_per_hidden_unit = Formula(
    activation_numbers,
    12 * n_layers * hidden_size * batch_size * seq_len,
    says="Each layer keeps about 12 numbers for every token and hidden unit.",
    zh="每一层为每个 token 的每个隐藏单元保存约 12 个数。",
    source=ZERO.at("§3.2, footnote on activation memory"),
    example=(_GPT2_XL, 30_198_988_800),
)
every_activation_is_kept = Formula(
    activations,
    activation_numbers * bytes_of_activation,
    says="Every activation waits for the backward pass.",
    zh="所有激活值都保存到反向传播。",
    source=ZERO.at("§3.2"),
    example=({activation_numbers: 30_198_988_800, bytes_of_activation: 2}, 60_397_977_600),
    rule=True,
    assumes=(
        Words(
            "12 numbers per hidden unit is ZeRO's estimate; code of today keeps 2.4 to 5.8 times that for GPT-2",
            "每个隐藏单元 12 个数是 ZeRO 论文的估计;对 GPT-2,如今的代码实际保存其 2.4 到 5.8 倍",
        ),
    ),
)
recomputation_keeps_a_square_root = Formula(
    activations,
    activation_numbers * bytes_of_activation / sqrt(n_layers),
    says="With recomputation about one in √L activations is kept at a time; the rest is computed anew.",
    zh="采用重计算时,同一时刻约保存 1/√L 的激活值,其余重新计算。",
    source=SUBLINEAR.at("abstract, O(√n) memory for n layers; ZeRO §3.2 relies on it"),
    example=({activation_numbers: 30_198_988_800, bytes_of_activation: 2, n_layers: 64}, 7_549_747_200),
    rule=True,
)
recomputation_keeps_one_checkpoint_per_layer = Formula(
    activations,
    bytes_of_activation * hidden_size * batch_size * seq_len * (n_layers + 12),
    says="Each layer keeps its input alone; one layer at a time holds its 12 numbers per hidden unit.",
    zh="每层只保存输入;同一时刻只有一层持有其每个隐藏单元的 12 个数。",
    source=ZERO.at("§3.2, footnote on activation memory; §6.1"),
    example=({bytes_of_activation: 2, **_GPT2_XL}, 6_291_456_000),
    rule=True,
)
gradients_are_fused_in_single_precision = Formula(
    buffers,
    4 * n_params,
    says="Gradients are flattened into one float32 buffer for communication: 4 bytes for every parameter.",
    zh="通信时梯度被合并到一个 float32 缓冲区:每个参数 4 字节。",
    source=ZERO.at("§3.2, Temporary buffers"),
    example=({n_params: 1_500_000_000}, 6 * 10**9),
    coefficients_in=byte,
    rule=True,
)
fragments_cannot_be_used = Formula(
    usable_memory,
    card_memory * (1 - fragmentation),
    says="Memory in fragments is free and yet of no use to a large tensor; in extreme cases 30 % of it.",
    zh="碎片虽然空闲,却无法容纳大张量;极端情况下可达 30%。",
    source=ZERO.at("§3.2, Memory fragmentation"),
    example=({card_memory: 80 * 10**9, fragmentation: 0.3}, 56 * 10**9),
    valid=(fragmentation < 1,),
)
