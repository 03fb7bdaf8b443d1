"""Adapters that are not LoRA: rsLoRA (the same bytes), DoRA (a magnitude for each output), OFT (rotations of the input)."""

from formulas.activations import one_layer_recomputed
from formulas.adapters import adapters_keep, parameters_of_adapters
from formulas.anatomy import (
    ADAPTER,
    KIND,
    adapter_params,
    expert_adapters,
    fp32_bytes,
    gate_up,
    half_bytes,
    intermediate_size,
    linear_bytes,
    mask_bytes,
    materialised_experts,
    mixer_adapter_inputs,
    mixer_adapter_width,
    mixer_matrices,
    mlp,
    mlp_adapter_inputs,
    mlp_adapter_width,
    n_layers_of,
    read_bytes,
    regime,
    saved_adapters,
    saved_layer,
    vocab_size,
)
from formulas.formula import Formula
from formulas.programs import copied_matrices
from formulas.quantity import Words, greatest, largest, total
from formulas.sources import PEFT_LORA
from formulas.tuning import (
    DORA,
    OFT,
    PEFT_DORA,
    PEFT_OFT,
    RSLORA,
    adapter_kind,
    adapter_magnitudes,
    dropout_kept,
    on_down,
    rotation_block,
    weight_norm_workspace,
)
from formulas.vocabulary import hidden_size, recomputed_layer, tokens

h, f, B = hidden_size, intermediate_size, rotation_block
_OUTPUTS = mixer_adapter_width - mixer_adapter_inputs + mlp_adapter_width - mlp_adapter_inputs
# Llama-2-7B, all linears
_WIDTHS = {mixer_adapter_width: 32768, mixer_adapter_inputs: 16384, mlp_adapter_width: 45312, mlp_adapter_inputs: 19200}
_DORA = {adapter_kind: "magnitude"}
_NORM = PEFT_DORA.at("DoraLinearLayer.forward: x_eye, lora_weight, get_weight_norm")

stabilised_adapters_have_as_many_parameters = Formula(
    adapter_params,
    parameters_of_adapters.expr,
    says="rsLoRA divides by the root of the rank instead of the rank: only the scale differs, not one byte.",
    zh="rsLoRA 仅将缩放由除以秩改为除以秩的平方根,内存完全相同。",
    source=RSLORA.at("§3, Theorem 3.2"),
    when={regime: ADAPTER, adapter_kind: "stabilised"},
    example=parameters_of_adapters.example,
)
outputs_of_adapted_linears = Formula(
    adapter_magnitudes,
    total(n_layers_of * _OUTPUTS, KIND),
    says="Every adapted linear has one magnitude for each of its outputs.",
    zh="每个适配线性层的每个输出有一个幅值。",
    source=DORA.at("§4.1, m in equation 5"),
    example=({n_layers_of: 32, **_WIDTHS}, 32 * 42496),
)
magnitudes_stand_beside_the_low_rank = Formula(
    adapter_params,
    parameters_of_adapters.expr + adapter_magnitudes,
    says="DoRA is LoRA with a vector of magnitudes for each adapted linear.",
    zh="DoRA 即 LoRA 加每个适配层的幅值向量。",
    source=DORA.at("§4.1"),
    when={regime: ADAPTER, **_DORA},
    example=({**parameters_of_adapters.example[0], adapter_magnitudes: 1359872}, 41943040 + 1359872),
)
magnitudes_keep_both_results = Formula(
    saved_adapters,
    adapters_keep.expr + (linear_bytes + read_bytes) * _OUTPUTS,
    says="For a magnitude's gradient the frozen linear's result and the adapter's are both kept.",
    zh="为计算幅值梯度,冻结线性层与适配器的输出都要保存。",
    source=PEFT_DORA.at("DoraLinearLayer.forward: result_dora"),
    when={regime: ADAPTER, **_DORA},
    example=({**adapters_keep.example[0], **_WIDTHS, linear_bytes: 2}, 448 + 6 * 42496),
)
norm_of_a_dense_mlp_weight = Formula(
    weight_norm_workspace,
    fp32_bytes * (on_down * f**2 + 2 * h * f) + 2 * read_bytes * h * f,
    says="For the down projection: an identity of its input width, the weight and its sum with the adapter in float32 "
    "(2), the adapter multiplied out and scaled (2).",
    zh="对下投影:输入宽度的单位矩阵、float32 的权重及其与适配器之和(2)、展开并缩放的适配器(2)。",
    source=_NORM,
    when={mlp: "plain", **_DORA},
    example=({fp32_bytes: 4, on_down: 1, f: 18432, h: 4608, read_bytes: 4}, 4 * 18432**2 + 16 * 4608 * 18432),
)
norm_of_a_gated_mlp_weight = Formula(
    weight_norm_workspace,
    norm_of_a_dense_mlp_weight.expr,
    says="As for a plain MLP: the down projection's identity is the widest.",
    zh="同普通 MLP:下投影的单位矩阵最宽。",
    source=_NORM,
    when={mlp: "gated", gate_up: "separate", **_DORA},
    example=({fp32_bytes: 4, on_down: 1, f: 11008, h: 4096, read_bytes: 2}, 4 * 11008**2 + 12 * 4096 * 11008),
)
norm_of_a_fused_gated_mlp_weight = Formula(
    weight_norm_workspace,
    greatest(
        norm_of_a_dense_mlp_weight.expr,
        fp32_bytes * (h**2 + 4 * h * f) + 4 * read_bytes * h * f,
    ),
    says="The down projection's identity, or the fused gate and up projection of twice the width (4), whichever is more.",
    zh="下投影的单位矩阵与双倍宽度的合并门控投影(4)中较大者。",
    source=_NORM,
    when={mlp: "gated", gate_up: "fused", **_DORA},
    example=({fp32_bytes: 4, on_down: 1, f: 17920, h: 5120, read_bytes: 2}, 4 * 17920**2 + 12 * 5120 * 17920),
)
norm_of_an_attention_weight = Formula(
    weight_norm_workspace,
    fp32_bytes * (h**2 + 2 * mixer_matrices) + 2 * read_bytes * mixer_matrices,
    says="Where no dense MLP is adapted: an identity of the hidden width and copies of attention's matrices (2 and 2), "
    "all of them at most.",
    zh="没有稠密 MLP 时:隐藏宽度的单位矩阵与注意力矩阵的副本(2 与 2),作为上界。",
    source=_NORM,
    when={mlp: ("experts", "none"), **_DORA},
    example=(
        {fp32_bytes: 4, h: 2048, mixer_matrices: 18874368, read_bytes: 2},
        4 * 4194304 + 12 * 18874368,
    ),
)
layer_recomputed_with_magnitudes = Formula(
    recomputed_layer,
    greatest(one_layer_recomputed.expr, tokens * largest(saved_layer, KIND) + largest(weight_norm_workspace, KIND)),
    says="A recomputed layer is highest in its backward pass, or as the last weight's norm is found.",
    zh="重计算层的峰值在其反向过程,或在计算最后一个权重范数时。",
    source=_NORM,
    when=_DORA,
    assumes=(
        Words(
            "Without checkpointing the copies are gone before the loss: they are not counted there.",
            "不做重计算时,这些副本在损失之前已释放,不计入。",
        ),
    ),
    example=(
        {**one_layer_recomputed.example[0], weight_norm_workspace: 1025900544},
        2048 * 200840 + 1025900544,
    ),
)

# ── rotations ──────────────────────────────────────────────────────────────────────────────────────────────────────
skew_matrices_turn_the_input = Formula(
    adapter_params,
    total(n_layers_of * (mixer_adapter_inputs + mlp_adapter_inputs) * (B - 1) / 2, KIND)
    + copied_matrices * vocab_size * h,
    says="An input of width n is turned in n/B blocks; a skew-symmetric B by B matrix has B(B-1)/2 entries.",
    zh="宽度 n 的输入分 n/B 块旋转;每个 B×B 反对称矩阵有 B(B-1)/2 个元素。",
    source=OFT.at("§3.2; PEFT OFTConfig.oft_block_size"),
    when={regime: ADAPTER, adapter_kind: "rotation"},
    example=(
        {
            n_layers_of: 32, mixer_adapter_inputs: 16384, mlp_adapter_inputs: 19200, B: 32, copied_matrices: 0,
            vocab_size: 32000, h: 4096,
        },
        32 * 35584 * 31 // 2,
    ),
)  # fmt: skip
rotations_keep_their_input_only = Formula(
    saved_adapters,
    dropout_kept * mask_bytes * (mixer_adapter_inputs + mlp_adapter_inputs),
    says="A rotated input goes on into the frozen linear; nothing lies between two thin matrices.",
    zh="旋转后的输入直接进入冻结线性层,没有中间的低秩结果。",
    source=PEFT_OFT.at("Linear.forward: oft_R(x), then base_layer"),
    when={regime: ADAPTER, adapter_kind: "rotation"},
    assumes=(
        Words(
            "The blocks of the rotations themselves, a few numbers for each input, are not counted.",
            "旋转矩阵块本身(每个输入少量数值)未计入。",
        ),
    ),
    example=({dropout_kept: 0, mask_bytes: 1, mixer_adapter_inputs: 16384, mlp_adapter_inputs: 19200}, 0),
)

# ── fused experts ──────────────────────────────────────────────────────────────────────────────────────────────────
_PLAIN_ONLY = PEFT_LORA.at("ParamWrapper.__init__: plain LoRA only")
experts_have_no_magnitudes_or_rotations = Formula(
    expert_adapters,
    0 * h,
    says="PEFT adapts fused experts by plain LoRA only: with DoRA or OFT they stay frozen.",
    zh="PEFT 只支持对融合专家使用普通 LoRA;DoRA 与 OFT 下专家保持冻结。",
    source=_PLAIN_ONLY,
    when={mlp: "experts", adapter_kind: ("magnitude", "rotation")},
    example=({}, 0),
)
frozen_experts_are_not_merged = Formula(
    materialised_experts,
    0 * half_bytes,
    says="Experts without adapters are used as they are.",
    zh="没有适配器的专家直接使用。",
    source=_PLAIN_ONLY,
    when={mlp: "experts", regime: ADAPTER, adapter_kind: ("magnitude", "rotation")},
    example=({}, 0),
)
