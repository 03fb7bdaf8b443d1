"""How many bytes a number takes where, in each regime of training: the residual stream, a linear's input, a norm.

half            parameters, gradients and states in 16 bits, no autocast needed
mixed           float32 parameters under autocast: the residual stream is float32, linears compute in 16 bits
single          everything float32
adapter-single  float32 adapters on a 16-bit base without autocast (peft's default)
adapter-mixed   the same under autocast
adapter-half    16-bit adapters on a 16-bit base
kbit            float32 adapters under autocast on a quantised base prepared for k-bit training
"""

from formulas.anatomy import (
    ADAPTER,
    FULL,
    adapter_bytes,
    expert_bytes,
    fp32_bytes,
    half_bytes,
    layernorm_bytes,
    linear_bytes,
    norm,
    norm_value_bytes,
    output_norm_value_bytes,
    read_bytes,
    regime,
    residual,
    residual_bytes,
)
from formulas.formula import Formula
from formulas.quantity import Quantity
from formulas.sources import AUTOCAST, PEFT_LORA, modelling
from formulas.vocabulary import bytes_of_gradient

_ALL = (*FULL, *ADAPTER)


def _in_half(target: Quantity, regimes: tuple[str, ...], says: str, zh: str) -> Formula:
    return Formula(
        target,
        half_bytes,
        says=says,
        zh=zh,
        source=AUTOCAST.at("CUDA ops that autocast to float16"),
        when={regime: regimes},
        example=({half_bytes: 2}, 2),
    )


def _in_single(target: Quantity, regimes: tuple[str, ...], says: str, zh: str) -> Formula:
    return Formula(
        target,
        fp32_bytes,
        says=says,
        zh=zh,
        source=AUTOCAST.at("CUDA ops that autocast to float32"),
        when={regime: regimes},
        example=({fp32_bytes: 4}, 4),
    )


residual_in_half = Formula(
    residual_bytes,
    half_bytes,
    says="The residual stream has the type of the embedding: 16 bits.",
    zh="残差流与词嵌入同类型:16 位。",
    source=modelling("llama", "LlamaModel"),
    when={residual: "as-embedding", regime: ("half", "adapter-single", "adapter-mixed", "adapter-half")},
    example=({half_bytes: 2}, 2),
)
residual_in_single = Formula(
    residual_bytes,
    fp32_bytes,
    says="A float32 embedding makes a float32 residual stream.",
    zh="float32 词嵌入使残差流为 float32。",
    source=modelling("llama", "LlamaModel"),
    when={residual: "as-embedding", regime: ("mixed", "single", "kbit")},
    example=({fp32_bytes: 4}, 4),
)
residual_in_single_by_its_code = Formula(
    residual_bytes,
    fp32_bytes,
    says="Such models keep the residual stream in float32 whatever their weights.",
    zh="这类模型的残差流始终为 float32。",
    source=modelling("mamba2", "Mamba2Block, residual_in_fp32"),
    when={residual: "single"},
    example=({fp32_bytes: 4}, 4),
)
linears_give_half = _in_half(
    linear_bytes,
    tuple(r for r in _ALL if r != "single"),
    "Linears give 16-bit numbers, by their weights' type or by autocast.",
    "线性层输出 16 位数(由权重类型或 autocast 决定)。",
)
linears_give_single = _in_single(
    linear_bytes,
    ("single",),
    "Without autocast float32 linears give float32.",
    "无 autocast 时 float32 线性层输出 float32。",
)
reads_in_half = _in_half(
    read_bytes,
    ("half", "mixed", "adapter-mixed", "adapter-half", "kbit"),
    "A linear that computes in 16 bits keeps its input in 16 bits.",
    "以 16 位计算的线性层以 16 位保存其输入。",
)
reads_in_single = _in_single(
    read_bytes,
    ("single", "adapter-single"),
    "A float32 linear, such as an adapter without autocast, keeps its input in float32.",
    "float32 线性层(如无 autocast 的适配器)以 float32 保存输入。",
)
layernorm_in_half = Formula(
    layernorm_bytes,
    half_bytes,
    says="LayerNorm keeps its input as it is.",
    zh="LayerNorm 按原样保存输入。",
    source=modelling("starcoder2", "Starcoder2DecoderLayer"),
    when={norm: "layernorm", regime: ("half", "adapter-single", "adapter-half")},
    example=({half_bytes: 2}, 2),
)
layernorm_in_single_by_autocast = Formula(
    layernorm_bytes,
    fp32_bytes,
    says="Autocast runs LayerNorm in float32: it keeps a float32 input.",
    zh="autocast 以 float32 运行 LayerNorm,并保存 float32 输入。",
    source=AUTOCAST.at("CUDA ops that autocast to float32"),
    when={norm: "layernorm", regime: ("mixed", "single", "adapter-mixed", "kbit")},
    example=({fp32_bytes: 4}, 4),
)
layernorm_in_single_by_its_code = Formula(
    layernorm_bytes,
    fp32_bytes,
    says="A LayerNorm that casts its input keeps it in float32.",
    zh="自行转换输入的 LayerNorm 以 float32 保存。",
    source=modelling("olmo", "OlmoLayerNorm"),
    when={norm: "layernorm-single"},
    example=({fp32_bytes: 4}, 4),
)
experts_in_half = _in_half(
    expert_bytes,
    tuple(r for r in _ALL if r not in ("mixed", "single")),
    "Grouped matrix products of 16-bit experts give 16-bit numbers.",
    "16 位专家的分组矩阵乘输出 16 位数。",
)
experts_in_single = _in_single(
    expert_bytes,
    ("mixed", "single"),
    "Autocast does not reach grouped matrix products: float32 experts compute in float32.",
    "autocast 不作用于分组矩阵乘:float32 专家以 float32 计算。",
)
gradients_in_half = _in_half(
    bytes_of_gradient, ("half", "adapter-half"), "A gradient has its parameter's type.", "梯度与参数同类型。"
)
gradients_in_single = _in_single(
    bytes_of_gradient,
    ("mixed", "single", "adapter-single", "adapter-mixed", "kbit"),
    "A gradient has its parameter's type.",
    "梯度与参数同类型。",
)
adapters_in_half = _in_half(adapter_bytes, ("adapter-half",), "Adapters in 16 bits.", "16 位适配器。")
adapters_in_single = _in_single(
    adapter_bytes,
    ("adapter-single", "adapter-mixed", "kbit"),
    "peft makes adapters float32 unless told otherwise.",
    "peft 默认把适配器设为 float32。",
)

_NORM = modelling("llama", "LlamaRMSNorm")
_LATE = modelling("olmo2", "Olmo2RMSNorm")
norm_keeps_residual_type = Formula(
    norm_value_bytes,
    residual_bytes,
    says="A training norm weight keeps the normalised value, cast back to the type of its input.",
    zh="可训练的归一化权重保存归一化值(已转回输入类型)。",
    source=_NORM,
    when={norm: "rms", residual: "as-embedding", regime: FULL},
    example=({residual_bytes: 2}, 2),
)
norm_keeps_its_own_type = Formula(
    norm_value_bytes,
    half_bytes,
    says="A norm that casts a float32 residual stream to its weight's 16 bits first keeps 16 bits.",
    zh="先将 float32 残差流转为 16 位再归一化者,归一化值为 16 位。",
    source=modelling("mamba2", "Mamba2Block"),
    when={norm: "rms", residual: "single", regime: "half"},
    example=({half_bytes: 2}, 2),
)
norm_keeps_its_own_single = Formula(
    norm_value_bytes,
    fp32_bytes,
    says="A float32 norm keeps the normalised value in float32.",
    zh="float32 归一化以 float32 保存归一化值。",
    source=modelling("mamba2", "Mamba2Block"),
    when={norm: "rms", residual: "single", regime: ("mixed", "single")},
    example=({fp32_bytes: 4}, 4),
)
norm_keeps_single = Formula(
    norm_value_bytes,
    fp32_bytes,
    says="Where the weight is applied before the cast back, the normalised value is kept in float32.",
    zh="若先乘权重再转换类型,则归一化值以 float32 保存。",
    source=_LATE,
    when={norm: ("rms-late", "layernorm-late"), regime: FULL},
    example=({fp32_bytes: 4}, 4),
)
frozen_norm_keeps_no_value = Formula(
    norm_value_bytes,
    0 * fp32_bytes,
    says="A frozen norm weight needs no normalised value.",
    zh="冻结的归一化权重无需保存归一化值。",
    source=PEFT_LORA,
    when={norm: ("rms", "rms-late", "layernorm-late"), regime: ADAPTER},
    example=({}, 0),
)
output_norm_keeps_linear_type = Formula(
    output_norm_value_bytes,
    linear_bytes,
    says="Behind a sublayer a norm's input is what a linear gave.",
    zh="子层之后的归一化输入为线性层输出。",
    source=_NORM,
    when={norm: "rms", regime: FULL},
    example=({linear_bytes: 2}, 2),
)
output_norm_keeps_single = Formula(
    output_norm_value_bytes,
    fp32_bytes,
    says="Where the weight is applied before the cast back, the normalised value is kept in float32.",
    zh="若先乘权重再转换类型,则归一化值以 float32 保存。",
    source=_LATE,
    when={norm: ("rms-late", "layernorm-late"), regime: FULL},
    example=({fp32_bytes: 4}, 4),
)
frozen_output_norm_keeps_no_value = Formula(
    output_norm_value_bytes,
    0 * fp32_bytes,
    says="A frozen norm weight needs no normalised value.",
    zh="冻结的归一化权重无需保存归一化值。",
    source=PEFT_LORA,
    when={norm: ("rms", "rms-late", "layernorm-late"), regime: ADAPTER},
    example=({}, 0),
)
