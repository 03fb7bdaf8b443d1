"""What many cards divide and what each of them keeps whole. Cards do not simply add up."""

from formulas.anatomy import routed_params
from formulas.formula import Formula
from formulas.layouts import DEEPSPEED_MOE, cp, ep, experts_split, frozen_weights, shard_group
from formulas.programs import (
    offloaded,
)
from formulas.quantity import Choice, Quantity
from formulas.sources import BNB_FSDP, FSDP, ZERO, ZERO_OFFLOAD
from formulas.tuning import PAGED, companions, states_counted
from formulas.vocabulary import (
    adapter,
    dp,
    gradient_shards,
    gradients,
    host_memory,
    model_adapter,
    model_gradients,
    model_optimizer,
    model_weights,
    n_params,
    optimizer,
    optimizer_shards,
    sharding,
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
    when={offloaded: "none", states_counted: "yes"},
    example=({model_optimizer: 84 * 10**9, optimizer_shards: 64}, 1312500000),
)
paged_states_are_beside_the_framework = Formula(
    optimizer,
    0 * model_optimizer,
    says="Paged states are managed memory that bitsandbytes takes from CUDA: the framework's counters do not see them, the driver does.",
    zh="分页状态是 bitsandbytes 向 CUDA 申请的托管内存:框架的计数器看不到,驱动能看到。",
    source=PAGED.at("functional.get_paged: cget_managed_ptr"),
    when={offloaded: "none", states_counted: "no"},
    example=({}, 0),
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
    when={offloaded: "optimizer", companions: "none"},
    example=({model_optimizer: 84 * 10**9, model_gradients: 14 * 10**9}, 98 * 10**9),
)
host_holds_the_parameters_too = Formula(
    host_memory,
    model_optimizer + model_gradients + model_weights,
    says="The host holds states, gradients and weights of the whole model.",
    zh="内存保存整个模型的优化器状态、梯度和权重。",
    source=ZERO_OFFLOAD.at("§4.1"),
    when={offloaded: "params", companions: "none"},
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
    1,
    says="Data parallel, ZeRO-1 and ZeRO-2 keep on every rank all the weights of its layers and heads (1 part).",
    zh="数据并行、ZeRO-1、ZeRO-2 的每张卡都保留其层与头的完整权重(1 份)。",
    source=_STATES,
    when={sharding: ("none", "zero-1", "zero-2")},
    example=({}, 1),
)
weights_divided_by_zero_3 = Formula(
    weight_shards,
    shard_group,
    says="ZeRO-3 and FSDP divide the weights over the ranks of a group.",
    zh="ZeRO-3 与 FSDP 把权重切分到一组卡上。",
    source=_STATES,
    when={sharding: "zero-3", experts_split: "no", frozen_weights: "divided"},
    example=({shard_group: 8}, 8),
)
weights_of_whole_numbers_stay = Formula(
    weight_shards,
    1,
    says="Full sharding divides numbers with a point alone: weights in 8-bit whole numbers stay on every card (1 part); 4-bit codes "
    "are divided where they are packed into such numbers (bnb_4bit_quant_storage).",
    zh="完全切分只能切分浮点张量:8 位整数权重在每张卡上都是完整的(1 份);4 位权重打包进浮点类型(bnb_4bit_quant_storage)才会被切分。",
    source=BNB_FSDP.at("Quantized data storage"),
    when={sharding: "zero-3", frozen_weights: "whole"},
    example=({}, 1),
)
gradients_whole_below_zero_2 = Formula(
    gradient_shards,
    1,
    says="Data parallel and ZeRO-1 keep all gradients on every data-parallel rank (1 part).",
    zh="数据并行与 ZeRO-1 的每个数据并行卡都保留完整梯度(1 份)。",
    source=_STATES,
    when={sharding: ("none", "zero-1")},
    example=({}, 1),
)
gradients_divided_from_zero_2 = Formula(
    gradient_shards,
    shard_group,
    says="ZeRO-2 and ZeRO-3 divide the gradients over the ranks of a group.",
    zh="ZeRO-2 与 ZeRO-3 把梯度切分到一组卡上。",
    source=_STATES,
    when={sharding: ("zero-2", "zero-3"), experts_split: "no"},
    example=({shard_group: 64}, 64),
)
optimizer_whole_without_zero = Formula(
    optimizer_shards,
    1,
    says="Plain data parallel keeps all optimizer states on every rank (1 part).",
    zh="普通数据并行的每张卡都保留完整的优化器状态(1 份)。",
    source=_STATES,
    when={sharding: "none"},
    example=({}, 1),
)
optimizer_divided_by_zero = Formula(
    optimizer_shards,
    shard_group,
    says="Every ZeRO stage divides the optimizer states over the ranks of a group.",
    zh="ZeRO 的每个阶段都把优化器状态切分到一组卡上。",
    source=_STATES,
    when={sharding: ("zero-1", "zero-2", "zero-3"), experts_split: "no"},
    example=({shard_group: 64}, 64),
)
all_that_share_parameters_divide_them = Formula(
    shard_group,
    dp * cp,
    says="Data-parallel and context-parallel ranks hold the same parameters and divide them; hybrid sharding does so in smaller groups.",
    zh="数据并行与上下文并行各卡参数相同,一起切分;混合切分在更小的组内进行。",
    source=FSDP.at("§3.2.2"),
    example=({dp: 8, cp: 2}, 16),
)


def _with_experts(target: Quantity, stages: tuple[str, ...]) -> Formula:
    divided: dict[Choice, str | tuple[str, ...]] = {frozen_weights: "divided"} if target is weight_shards else {}
    return Formula(
        target,
        shard_group / (1 + (ep - 1) * routed_params / n_params),
        says="A card's experts are held by fewer ranks, one in N_ep: their share of the parameters is divided that much less (the "
        "other 1 as all else).",
        zh="一张卡上的专家只由 1/N_ep 的卡持有:这部分参数的切分份数相应减少(其余 1 份照常)。",
        source=DEEPSPEED_MOE.at("§5.1"),
        when={sharding: stages, experts_split: "yes", **divided},
        example=({shard_group: 8, ep: 4, routed_params: 5 * 10**8, n_params: 10**9}, 3.2),
    )


weights_of_experts_divided_by_zero_3 = _with_experts(weight_shards, ("zero-3",))
gradients_of_experts_divided_from_zero_2 = _with_experts(gradient_shards, ("zero-2", "zero-3"))
optimizer_of_experts_divided_by_zero = _with_experts(optimizer_shards, ("zero-1", "zero-2", "zero-3"))
