"""Adapters of experts, which depend on how the experts are stored: one tensor of all, or linears of their own.

One tensor holds gate and up of an expert together. peft adapts it with twice the rank, so that an adapter of the linears of
before can be loaded, since version 0.20 for `all-linear` as well; who names the tensor himself gets the rank that he set.
"""

from formulas.anatomy import (
    KIND,
    expert_adapter_params,
    expert_adapters,
    mlp,
    moe_intermediate_size,
    n_experts,
    n_layers_of,
)
from formulas.formula import Formula, Source
from formulas.layouts import experts_held
from formulas.quantity import total
from formulas.sources import LORA, PEFT_LORA
from formulas.tuning import adapter_kind, experts_adapted, lora_rank, on_experts, on_router
from formulas.vocabulary import hidden_size

h, m, E, r = hidden_size, moe_intermediate_size, n_experts, lora_rank
_PEFT = "https://github.com/huggingface/peft/blob/v0.20.0/src/peft/utils/transformers_weight_conversion.py"
CONVERTED = Source("peft-0.20", "PEFT 0.20, conversion for transformers 5", _PEFT)
_ROUTER = on_router * r * (h + E)
_KINDS = ("low-rank", "stabilised")
_SHAPE = {on_experts: 1, experts_held: 128, E: 128, r: 16, h: 2048, m: 768, on_router: 1}

adapters_of_experts = Formula(
    expert_adapters,
    on_experts * experts_held * r * (2 * (h + 2 * m) + m + h) + _ROUTER,
    says="Every expert's fused gate and up projection has an adapter of twice the rank (2), its down projection one of "
    "the rank; the router has one.",
    zh="每个专家的合并门控/上投影适配器秩为两倍(2),下投影为一倍;路由器一个。",
    source=CONVERTED.at("_convert_peft_config_moe"),
    when={mlp: "experts", adapter_kind: _KINDS, experts_adapted: "joined"},
    example=(_SHAPE, 128 * 16 * 9984 + 16 * 2176),
)
adapters_of_separate_experts = Formula(
    expert_adapters,
    3 * on_experts * experts_held * r * (h + m) + _ROUTER,
    says="Gate, up and down of every expert (3) are linears of their own, each with an adapter of the rank; the router has one.",
    zh="每个专家的 gate、up、down(3 个)是独立的线性层,各有一个适配器;路由器一个。",
    source=LORA.at("§4.1, §4.2"),
    when={mlp: "experts", adapter_kind: _KINDS, experts_adapted: "separate"},
    example=(_SHAPE, 128 * 16 * 8448 + 16 * 2176),
)
adapters_of_named_experts = Formula(
    expert_adapters,
    on_experts * experts_held * r * (h + 2 * m + m + h) + _ROUTER,
    says="Named as parameters, gate and up of an expert are one matrix with one adapter of the rank, down is another; the "
    "router has one.",
    zh="按参数名指定时,每个专家的 gate 与 up 合为一个矩阵,一个适配器,down 一个;路由器一个。",
    source=PEFT_LORA.at("ParamWrapper"),
    when={mlp: "experts", adapter_kind: _KINDS, experts_adapted: "named"},
    example=(_SHAPE, 128 * 16 * 6400 + 16 * 2176),
)
parameters_of_expert_adapters = Formula(
    expert_adapter_params,
    total(n_layers_of * expert_adapters, KIND),
    says="Adapters of the experts and routers of all layers.",
    zh="所有层的专家与路由器的适配器。",
    source=PEFT_LORA.at("ParamWrapper"),
    example=({n_layers_of: 48, expert_adapters: 20481952}, 983133696),
)
