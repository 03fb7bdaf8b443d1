"""What many cards divide and what each of them keeps whole. Cards do not simply add up."""

from formulas.formula import Formula
from formulas.sources import ZERO
from formulas.vocabulary import (
    adapter,
    dp,
    gradient_shards,
    gradients,
    model_adapter,
    model_gradients,
    model_optimizer,
    model_weights,
    optimizer,
    optimizer_shards,
    pp,
    sharding,
    tp,
    weight_shards,
    weights,
)

_STATES = ZERO.at("§5, Figure 1")

weights_on_a_card = Formula(
    weights,
    model_weights / weight_shards,
    says="A card holds its part of the weights.",
    zh="每张卡保存它那一份权重。",
    source=ZERO.at("§5.3"),
    example=({model_weights: 14 * 10**9, weight_shards: 2}, 7 * 10**9),
)
gradients_on_a_card = Formula(
    gradients,
    model_gradients / gradient_shards,
    says="A card holds its part of the gradients.",
    zh="每张卡保存它那一份梯度。",
    source=ZERO.at("§5.2"),
    example=({model_gradients: 14 * 10**9, gradient_shards: 2}, 7 * 10**9),
)
optimizer_on_a_card = Formula(
    optimizer,
    model_optimizer / optimizer_shards,
    says="A card holds its part of the optimizer states.",
    zh="每张卡保存它那一份优化器状态。",
    source=ZERO.at("§5.1"),
    example=({model_optimizer: 84 * 10**9, optimizer_shards: 64}, 1312500000),
)
adapter_on_a_card = Formula(
    adapter,
    model_adapter / weight_shards,
    says="Adapters are divided as the weights are.",
    zh="适配器与权重按同样方式切分。",
    source=ZERO.at("§5.3"),
    example=({model_adapter: 4 * 10**8, weight_shards: 2}, 2 * 10**8),
)

weights_whole_in_data_parallel = Formula(
    weight_shards,
    tp * pp,
    says="Data parallel, ZeRO-1 and ZeRO-2 keep all the weights on every data-parallel rank; only TP and PP divide them.",
    zh="数据并行、ZeRO-1、ZeRO-2 的每个数据并行卡都保留完整权重;只有张量并行和流水线并行才切分。",
    source=_STATES,
    when={sharding: ("none", "zero-1", "zero-2")},
    example=({tp: 2, pp: 4}, 8),
)
weights_divided_by_zero_3 = Formula(
    weight_shards,
    dp * tp * pp,
    says="ZeRO-3 and FSDP divide the weights over all data-parallel ranks too.",
    zh="ZeRO-3 与 FSDP 把权重也切分到所有数据并行卡上。",
    source=_STATES,
    when={sharding: "zero-3"},
    example=({dp: 8, tp: 1, pp: 1}, 8),
)
gradients_whole_below_zero_2 = Formula(
    gradient_shards,
    tp * pp,
    says="Data parallel and ZeRO-1 keep all gradients on every data-parallel rank.",
    zh="数据并行与 ZeRO-1 的每个数据并行卡都保留完整梯度。",
    source=_STATES,
    when={sharding: ("none", "zero-1")},
    example=({tp: 2, pp: 1}, 2),
)
gradients_divided_from_zero_2 = Formula(
    gradient_shards,
    dp * tp * pp,
    says="ZeRO-2 and ZeRO-3 divide the gradients over the data-parallel ranks.",
    zh="ZeRO-2 与 ZeRO-3 把梯度切分到各数据并行卡。",
    source=_STATES,
    when={sharding: ("zero-2", "zero-3")},
    example=({dp: 64, tp: 1, pp: 1}, 64),
)
optimizer_whole_without_zero = Formula(
    optimizer_shards,
    tp * pp,
    says="Plain data parallel keeps all optimizer states on every rank.",
    zh="普通数据并行的每张卡都保留完整的优化器状态。",
    source=_STATES,
    when={sharding: "none"},
    example=({tp: 1, pp: 2}, 2),
)
optimizer_divided_by_zero = Formula(
    optimizer_shards,
    dp * tp * pp,
    says="Every ZeRO stage divides the optimizer states over the data-parallel ranks.",
    zh="ZeRO 的每个阶段都把优化器状态切分到各数据并行卡。",
    source=_STATES,
    when={sharding: ("zero-1", "zero-2", "zero-3")},
    example=({dp: 64, tp: 1, pp: 1}, 64),
)
