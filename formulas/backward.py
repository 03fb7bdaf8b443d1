"""Working sets of a layer's backward pass: the gradients that are alive at its height, in bytes per token.

Three instants compete: inside the MLP, where all that the layer keeps is still there; in a norm behind a sublayer;
inside attention, when the MLP has given back what it kept.
"""

from typing import Any

from formulas.anatomy import (
    ADAPTER,
    FULL,
    activation,
    attention_kernel,
    expert_bytes,
    expert_gate,
    experts_per_token,
    fp32_bytes,
    gate_up,
    half_bytes,
    input_kept_already,
    intermediate_size,
    layer_backward,
    linear_bytes,
    mask_bytes,
    mixer,
    mixer_backward,
    mlp,
    mlp_backward,
    mlp_matrices,
    moe_intermediate_size,
    n_experts,
    n_heads,
    n_input_norms,
    n_output_norms,
    norm,
    norm_backward,
    read_bytes,
    regime,
    residual_bytes,
    routing_weights,
    saved_mlp,
    saved_mlp_input,
    shared_width,
    ssm_chunk,
    ssm_inner_size,
    ssm_n_heads,
    ssm_state_size,
)
from formulas.formula import Formula
from formulas.quantity import greatest, least
from formulas.sources import ACCOUNTING, PEFT_LORA, SDPA, XIELU, modelling
from formulas.tuning import lora_rank, on_experts, on_shared
from formulas.vocabulary import hidden_size, seq_len, tokens

h, f, r, a, s = hidden_size, intermediate_size, lora_rank, n_heads, seq_len
D, N, H, c = ssm_inner_size, ssm_state_size, ssm_n_heads, ssm_chunk
k, m, S, E, T = experts_per_token, moe_intermediate_size, shared_width, n_experts, tokens
_LOOP = ACCOUNTING.at("a backward pass of one layer, counted")
_PLAIN_REGIMES = ("half", "single", "adapter-half")
_GATED_REGIMES = (*_PLAIN_REGIMES, "mixed")
_ADAPTED = PEFT_LORA.at("Linear.forward, backwards")

gated_mlp_backwards = Formula(
    mlp_backward,
    residual_bytes * h + 2 * linear_bytes * f,
    says="The residual's gradient; the gradients of the product, the activation and up, less the product itself (2).",
    zh="残差梯度;乘积、激活与上投影的梯度减去乘积本身(2)。",
    source=_LOOP,
    when={mlp: "gated", regime: _GATED_REGIMES},
    example=({residual_bytes: 2, h: 4096, linear_bytes: 2, f: 14336}, 2 * 4096 + 4 * 14336),
)
gated_mlp_with_adapters_backwards = Formula(
    mlp_backward,
    fp32_bytes * ((3 - 2 * least(1, n_output_norms)) * h + f - r),
    says="Three float32 gradients of the down projection's output (one where a norm behind it has given back two), one "
    "of its input; the adapter's r are done.",
    zh="下投影输出的三份 float32 梯度(其后有归一化时为一份)与输入的一份;适配器的 r 已完成。",
    source=_ADAPTED,
    when={mlp: "gated", gate_up: "separate", regime: "adapter-single"},
    example=({fp32_bytes: 4, n_output_norms: 0, h: 4096, f: 14336, r: 16}, 4 * (3 * 4096 + 14336 - 16)),
)
fused_gated_mlp_with_adapters_backwards = Formula(
    mlp_backward,
    fp32_bytes * ((3 - 2 * least(1, n_output_norms)) * h - r) + 5 * half_bytes * f,
    says="As with separate projections, and the halves' gradients put back into one of twice the width (5 in all).",
    zh="同分开的投影,另将两半梯度拼回双倍宽度(共 5)。",
    source=_ADAPTED,
    when={mlp: "gated", gate_up: "fused", regime: "adapter-single"},
    example=(
        {fp32_bytes: 4, n_output_norms: 0, h: 4096, half_bytes: 2, f: 13696, r: 16},
        4 * 12272 + 10 * 13696,
    ),
)
gated_mlp_with_adapters_backwards_under_autocast = Formula(
    mlp_backward,
    half_bytes * (5 * h + 3 * f),
    says="Gradients of the down projection's output in 32, 16 and 32 bits (5 halves), and of its input (3 halves).",
    zh="下投影输出在 32、16、32 位的梯度(5 个半精度)与输入的梯度(3 个半精度)。",
    source=_ADAPTED,
    when={mlp: "gated", regime: ("adapter-mixed", "kbit")},
    example=({half_bytes: 2, h: 4096, f: 14336}, 10 * 4096 + 6 * 14336),
)
plain_mlp_backwards = Formula(
    mlp_backward,
    residual_bytes * h + linear_bytes * f,
    says="The residual's gradient; the gradients of activation and pre-activation, less the activation itself.",
    zh="残差梯度;激活与激活前的梯度减去激活本身。",
    source=_LOOP,
    when={mlp: "plain", regime: _PLAIN_REGIMES, activation: ("fused", "relu", "relu2", "gelu-new")},
    example=({residual_bytes: 2, h: 4608, linear_bytes: 2, f: 18432}, 46080),
)
xielu_backwards = Formula(
    mlp_backward,
    residual_bytes * h + 5 * linear_bytes * f - mask_bytes * f,
    says="The residual's gradient; six gradients of both branches and their steps less the activation itself (5); where the input "
    "is positive is done with.",
    zh="残差梯度;两个分支及其步骤的六份梯度减去激活本身(5);正负标记已用完。",
    source=XIELU.at("§3, as in activations.py, XIELUActivation"),
    when={mlp: "plain", regime: _PLAIN_REGIMES, activation: "xielu"},
    example=({residual_bytes: 2, h: 4096, linear_bytes: 2, f: 21504, mask_bytes: 1}, 2 * 4096 + 9 * 21504),
)
plain_mlp_backwards_in_mixed_precision = Formula(
    mlp_backward,
    residual_bytes * h + half_bytes * (h + f),
    says="As in 16 bits, and a 16-bit copy of the residual's gradient.",
    zh="同 16 位,另加残差梯度的 16 位副本。",
    source=_LOOP,
    when={mlp: "plain", regime: "mixed", activation: ("fused", "relu", "relu2", "xielu")},
    example=({residual_bytes: 4, half_bytes: 2, h: 4608, f: 18432}, 64512),
)
plain_mlp_with_adapters_backwards = Formula(
    mlp_backward,
    fp32_bytes * (2 * h + f - r),
    says="Two float32 gradients of the down projection's output and one of its input; the adapter's r are done.",
    zh="下投影输出的两份 float32 梯度与输入的一份;适配器的 r 已完成。",
    source=_ADAPTED,
    when={mlp: "plain", regime: "adapter-single"},
    example=({fp32_bytes: 4, h: 4608, f: 18432, r: 16}, 4 * 27632),
)
plain_mlp_with_adapters_backwards_under_autocast = Formula(
    mlp_backward,
    half_bytes * (6 * h + 4 * f),
    says="Gradients of the down projection's output (6 halves) and of its input (4 halves).",
    zh="下投影输出的梯度(6 个半精度)与输入的梯度(4 个半精度)。",
    source=_ADAPTED,
    when={mlp: "plain", regime: ("adapter-mixed", "kbit")},
    example=({half_bytes: 2, h: 4608, f: 18432}, 12 * 4608 + 8 * 18432),
)
_EXPERTS = modelling("mixtral", "MixtralExperts, backwards")
_ROUTED = {residual_bytes: 2, h: 2048, k: 8, half_bytes: 2, fp32_bytes: 4, expert_bytes: 2, m: 1024, mlp_matrices: 402653184,
           T: 8192, linear_bytes: 2, S: 0, read_bytes: 2, on_shared: 0, on_experts: 1, E: 64}  # fmt: skip
# shared experts have given back what they kept by then
_SHARED_DONE = 3 * linear_bytes * S + read_bytes * S * on_shared
# until the tokens' gradients are put back in order no expert has its own, of which `late_matrices` counts one of three
_NONE_YET = expert_bytes * mlp_matrices / (3 * T)
# gradients of the merged down projections of all experts
_MERGED = on_experts * half_bytes * E * m * h / T


_WIDE = {**_ROUTED, m: 14336, mlp_matrices: 1409286144}


def _experts(
    weights: str,
    regimes: tuple[str, ...],
    copies: Any,
    inside: Any,
    says: str,
    zh: str,
    example: int,
    shapes: Any = _ROUTED,
) -> Formula:
    return Formula(
        mlp_backward,
        residual_bytes * h + greatest(copies, inside) - _SHARED_DONE,
        says=says,
        zh=zh,
        source=_EXPERTS,
        when={mlp: "experts", routing_weights: weights, regime: regimes, expert_gate: ("plain", "clamped")},
        example=(shapes, example),
    )


_SAYS = "The residual's gradient; as the gathered tokens' gradients are put back in order, three {0} copies (3), or inside the experts {1}."
_ZH = "残差梯度;收集 token 的梯度按原序写回时的三份 {0} 副本(3),或专家内部{1}。"
_OWN = ("two gradients of their width (2)", "两份梯度(2)")
_ADAPTERS = ("a gradient of their width, and the merged down projections'", "一份梯度与合并后下投影的梯度")
_OWN_INSIDE, _ADAPTED_INSIDE = expert_bytes * k * (2 * m - h), expert_bytes * k * m + _MERGED
experts_backwards = _experts(
    "half", FULL, 3 * half_bytes * k * h - _NONE_YET, _OWN_INSIDE,
    _SAYS.format("16-bit", _OWN[0]), _ZH.format("16 位", _OWN[1]), 4096 + 425984, _WIDE,
)  # fmt: skip
experts_with_single_weights_backwards = _experts(
    "single", FULL, 3 * fp32_bytes * k * h - _NONE_YET, _OWN_INSIDE,
    _SAYS.format("float32", _OWN[0]), _ZH.format("float32", _OWN[1]), 4096 + 425984, _WIDE,
)  # fmt: skip
adapted_experts_backwards = _experts(
    "half", ADAPTER, 3 * half_bytes * k * h, _ADAPTED_INSIDE,
    _SAYS.format("16-bit", _ADAPTERS[0]), _ZH.format("16 位", _ADAPTERS[1]), 4096 + 98304,
)  # fmt: skip
adapted_experts_with_single_weights_backwards = _experts(
    "single", ADAPTER, 3 * fp32_bytes * k * h, _ADAPTED_INSIDE,
    _SAYS.format("float32", _ADAPTERS[0]), _ZH.format("float32", _ADAPTERS[1]), 4096 + 196608,
)  # fmt: skip
every_expert_backwards = Formula(
    mlp_backward,
    3 * residual_bytes * h + 2 * expert_bytes * E * m - _SHARED_DONE,
    says="Gradients of the residual and of both outputs (3); of gate, up and product of every expert, less the product (2); the "
    "shared expert is done.",
    zh="残差与两个输出的梯度(3);每个专家门控、上投影与乘积的梯度减去乘积本身(2);共享专家已完成。",
    source=modelling("llama4", "Llama4TextExperts, backwards"),
    when={mlp: "experts", expert_gate: "every"},
    example=(
        {
            residual_bytes: 2,
            h: 5120,
            expert_bytes: 2,
            E: 16,
            m: 8192,
            linear_bytes: 2,
            S: 8192,
            read_bytes: 2,
            on_shared: 1,
        },
        30720 + 524288 - 65536,
    ),
)
no_mlp_backwards = Formula(
    mlp_backward,
    residual_bytes * h,
    says="The residual's gradient.",
    zh="残差梯度。",
    source=_LOOP,
    when={mlp: "none"},
    example=({residual_bytes: 2, h: 2560}, 5120),
)


def _norm(regimes: tuple[str, ...], kind: str, halves: int, example: int) -> Formula:
    return Formula(
        norm_backward,
        halves * half_bytes * h * least(1, n_output_norms),
        says=f"A norm behind a sublayer has float32 gradients of its steps beside all that the layer keeps: {halves} "
        "numbers of 16 bits.",
        zh=f"子层之后的归一化在反向时有各步的 float32 梯度:相当于 {halves} 个 16 位数。",
        source=modelling("olmo2" if kind == "rms-late" else "glm4", "RMSNorm, backwards"),
        when={norm: kind, regime: regimes},
        example=({half_bytes: 2, h: 4096, n_output_norms: 2}, example),
    )


late_norm_backwards = _norm(("half", "adapter-half"), "rms-late", 9, 73728)
late_norm_backwards_in_float32 = _norm(("mixed", "single"), "rms-late", 10, 81920)
norm_backwards = _norm(("half", "adapter-half"), "rms", 10, 81920)
norm_backwards_in_float32 = _norm(("mixed", "single"), "rms", 11, 90112)
late_norm_backwards_under_adapters = _norm(("adapter-single", "adapter-mixed"), "rms-late", 11, 90112)
norm_backwards_under_adapters = _norm(("adapter-single", "adapter-mixed"), "rms", 11, 90112)
late_norm_backwards_after_kbit_preparation = _norm(("kbit",), "rms-late", 12, 98304)
norm_backwards_after_kbit_preparation = _norm(("kbit",), "rms", 12, 98304)
layer_norm_backwards = Formula(
    norm_backward,
    0 * half_bytes,
    says="A LayerNorm's gradients are never the highest.",
    zh="LayerNorm 的梯度从不是峰值。",
    source=_LOOP,
    when={norm: ("layernorm", "layernorm-single", "layernorm-late")},
    example=({}, 0),
)

_KEPT = ACCOUNTING.at("storages counted once")
float32_input_is_kept_by_its_norm = Formula(
    input_kept_already,
    residual_bytes * h * least(1, n_input_norms),
    says="RMSNorm keeps a float32 input itself, which is the checkpoint.",
    zh="RMSNorm 直接保存 float32 输入,即检查点本身。",
    source=_KEPT,
    when={norm: ("rms", "rms-late", "layernorm-single"), regime: ("mixed", "single", "kbit")},
    example=({residual_bytes: 4, h: 4096, n_input_norms: 2}, 16384),
)
input_is_kept_by_the_linears = Formula(
    input_kept_already,
    residual_bytes * h * (1 - least(1, n_input_norms)),
    says="Where no norm stands in front, the linears keep the layer's input itself.",
    zh="若子层前没有归一化,线性层直接保存该层输入。",
    source=_KEPT,
    when={norm: ("rms", "rms-late"), regime: ("half", "adapter-half")},
    example=({residual_bytes: 2, h: 4096, n_input_norms: 0}, 8192),
)
input_is_kept_in_copies = Formula(
    input_kept_already,
    0 * residual_bytes,
    says="All that keep the layer's input keep a copy in another type.",
    zh="保存该层输入者均为其他类型的副本。",
    source=_KEPT,
    when={norm: ("rms", "rms-late", "layernorm-single"), regime: ("adapter-single", "adapter-mixed")},
    example=({}, 0),
)
input_is_kept_by_its_layer_norm = Formula(
    input_kept_already,
    residual_bytes * h,
    says="LayerNorm keeps its input itself.",
    zh="LayerNorm 直接保存其输入。",
    source=_KEPT,
    when={norm: "layernorm", regime: ("half", "mixed", "single", "adapter-single", "adapter-half", "kbit")},
    example=({residual_bytes: 2, h: 4608}, 9216),
)
layer_norm_casts_its_input = Formula(
    input_kept_already,
    0 * residual_bytes,
    says="Autocast gives LayerNorm a float32 copy.",
    zh="autocast 为 LayerNorm 生成 float32 副本。",
    source=_KEPT,
    when={norm: "layernorm", regime: "adapter-mixed"},
    example=({}, 0),
)
float32_layer_norm_casts_its_input = Formula(
    input_kept_already,
    0 * residual_bytes,
    says="A LayerNorm that casts its input keeps the cast, not the input.",
    zh="自行转换输入的 LayerNorm 保存转换后的副本。",
    source=_KEPT,
    when={norm: "layernorm-single", regime: ("half", "adapter-half")},
    example=({}, 0),
)
written_out_layer_norm_keeps_differences = Formula(
    input_kept_already,
    0 * residual_bytes,
    says="LayerNorm written out keeps its input less the mean, not the input.",
    zh="逐步计算的 LayerNorm 保存去均值后的值,而非输入。",
    source=_KEPT,
    when={norm: "layernorm-late"},
    example=({}, 0),
)

fused_attention_backwards = Formula(
    mixer_backward,
    0 * half_bytes,
    says="A fused kernel's gradients are smaller than what the MLP has given back by then.",
    zh="融合注意力核的梯度小于此时 MLP 已释放的内容。",
    source=_LOOP,
    when={mixer: ("grouped", "latent"), attention_kernel: ("flash", "sdpa")},
    example=({}, 0),
)
math_attention_backwards = Formula(
    mixer_backward,
    2 * fp32_bytes * a * s,
    says="The float32 gradients of probabilities and scores (2), of every pair of tokens.",
    zh="每对 token 的概率与分数的 float32 梯度(2)。",
    source=SDPA.at("math backend, backwards"),
    when={mixer: ("grouped", "latent"), attention_kernel: "math"},
    example=({fp32_bytes: 4, a: 71, s: 2048}, 8 * 71 * 2048),
)
eager_attention_backwards = Formula(
    mixer_backward,
    a * s * (fp32_bytes + half_bytes),
    says="The float32 gradient of the probabilities and its cast, of every pair of tokens.",
    zh="每对 token 的概率梯度(float32)及其转换副本。",
    source=modelling("llama", "eager_attention_forward, backwards"),
    when={mixer: ("grouped", "latent"), attention_kernel: "eager"},
    example=({a: 32, s: 2048, fp32_bytes: 4, half_bytes: 2}, 393216),
)
scan_backwards = Formula(
    mixer_backward,
    0 * half_bytes,
    says="The layer mixes no tokens.",
    zh="该层不混合 token。",
    source=modelling("nemotron_h", "NemotronHBlock, backwards"),
    when={mixer: "none"},
    example=({}, 0),
)
height_of_a_layer_backwards = Formula(
    layer_backward,
    greatest(mlp_backward, norm_backward, mixer_backward - saved_mlp - saved_mlp_input) - input_kept_already,
    says="The highest of three instants: in the MLP, in a norm behind it, in attention after the MLP has given back.",
    zh="三个时刻的最大者:MLP 内、其后归一化内、MLP 释放后的注意力内。",
    source=_LOOP,
    example=(
        {
            mlp_backward: 65536,
            norm_backward: 0,
            mixer_backward: 393216,
            saved_mlp: 114688,
            saved_mlp_input: 8192,
            input_kept_already: 0,
        },
        270336,
    ),
)
