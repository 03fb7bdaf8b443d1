"""What many cards divide and what each of them keeps whole. Cards do not simply add up."""

from sympy import Min

from formulas.anatomy import mixer, n_kv_heads
from formulas.formula import Formula
from formulas.programs import (
    offloaded,
)
from formulas.sources import DEEPSEEK_V2, GQA, ZERO, ZERO_OFFLOAD
from formulas.vocabulary import (
    adapter,
    dp,
    gradient_shards,
    gradients,
    host_memory,
    kv_shards,
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
    when={offloaded: ("none", "optimizer")},
    example=({model_weights: 14 * 10**9, weight_shards: 2}, 7 * 10**9),
)
gradients_on_a_card = Formula(
    gradients,
    model_gradients / gradient_shards,
    says="A card holds its part of the gradients.",
    zh="每张卡保存它那一份梯度。",
    source=ZERO.at("§5.2"),
    when={offloaded: "none"},
    example=({model_gradients: 14 * 10**9, gradient_shards: 2}, 7 * 10**9),
)
optimizer_on_a_card = Formula(
    optimizer,
    model_optimizer / optimizer_shards,
    says="A card holds its part of the optimizer states.",
    zh="每张卡保存它那一份优化器状态。",
    source=ZERO.at("§5.1"),
    when={offloaded: "none"},
    example=({model_optimizer: 84 * 10**9, optimizer_shards: 64}, 1312500000),
)
optimizer_in_host_memory = Formula(
    optimizer,
    0 * model_optimizer,
    says="The optimizer's states and its step are on the host.",
    zh="优化器状态与更新都在主机上。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={offloaded: ("optimizer", "params")},
    example=({}, 0),
)
gradients_in_host_memory = Formula(
    gradients,
    0 * model_gradients,
    says="Gradients go to the host as they are made.",
    zh="梯度一经产生即移至主机。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={offloaded: ("optimizer", "params")},
    example=({}, 0),
)
weights_in_host_memory = Formula(
    weights,
    0 * model_weights,
    says="Weights are on the host; layers come to the card to compute.",
    zh="权重在主机上,计算时逐层送到卡上。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={offloaded: "params"},
    example=({}, 0),
)
host_holds_the_optimizer = Formula(
    host_memory,
    model_optimizer + model_gradients,
    says="The host holds the states of the whole model and the gradients that the step needs, whatever the number of cards.",
    zh="内存保存整个模型的优化器状态和更新所需的梯度,与卡数无关。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={offloaded: "optimizer"},
    example=({model_optimizer: 84 * 10**9, model_gradients: 14 * 10**9}, 98 * 10**9),
)
host_holds_the_parameters_too = Formula(
    host_memory,
    model_optimizer + model_gradients + model_weights,
    says="The host holds states, gradients and weights of the whole model.",
    zh="内存保存整个模型的优化器状态、梯度和权重。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={offloaded: "params"},
    example=({model_optimizer: 84 * 10**9, model_gradients: 14 * 10**9, model_weights: 14 * 10**9}, 112 * 10**9),
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

heads_of_a_cache_are_divided = Formula(
    kv_shards,
    pp * Min(tp, n_kv_heads),
    says="Tensor parallelism divides the key-value heads, down to one per card; stages divide the layers.",
    zh="张量并行切分键值头(每卡至少一个),流水线切分层。",
    source=GQA.at("§2.2"),
    when={mixer: "grouped"},
    example=({pp: 1, tp: 2, n_kv_heads: 8}, 2),
)
a_latent_cache_is_copied = Formula(
    kv_shards,
    pp,
    says="The compressed vector serves all heads: every tensor-parallel rank keeps a copy.",
    zh="压缩向量供所有头使用:每个张量并行卡各保留一份。",
    source=DEEPSEEK_V2.at("§2.1.2"),
    when={mixer: "latent"},
    example=({pp: 2}, 2),
)
states_are_divided = Formula(
    kv_shards,
    pp * tp,
    says="Channels of a recurrent layer are divided as heads are.",
    zh="循环层的通道与头一样被切分。",
    source=GQA.at("§2.2"),
    when={mixer: ("mamba", "mamba2", "delta", "none")},
    example=({pp: 1, tp: 2}, 2),
)
