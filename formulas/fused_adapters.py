"""Adapters whose backward pass is written by hand: what a layer holds then. Chapter of `library.py`."""

from formulas.activations import h
from formulas.anatomy import KIND, half_bytes, intermediate_size, kv_width, q_width
from formulas.formula import Formula, Source
from formulas.quantity import largest
from formulas.scans import layer_parts
from formulas.tuning import adapter_kind, adapter_path
from formulas.vocabulary import recomputed_layer, tokens

_UNSLOTH = "https://github.com/unslothai/unsloth/blob/015bdef0d94a241bcd94eec7a405b1700632180d/unsloth/kernels"
UNSLOTH_KERNELS = Source("unsloth-kernels", "Unsloth, kernels of adapters", f"{_UNSLOTH}/fast_lora.py")

layer_of_fused_adapters_recomputed = Formula(
    recomputed_layer,
    tokens * half_bytes * largest(5 * h + 2 * q_width + 2 * kv_width + 3 * intermediate_size, KIND),
    says="The layer at work, in 16 bits: both normalised inputs, the stream between attention and MLP, the layer's output and "
    "its gradient (5 h); queries, keys, values and what attention gives; gate and up and the gradient of their product (3 f), "
    "in whose place the further gradients are written.",
    zh="正在反向的一层,均为 16 位:两处归一化输出、注意力与 MLP 之间的残差、该层输出及其梯度(5 h);Q、K、V 与注意力输出;"
    "gate、up 及其乘积的梯度(3 f),其余梯度就地写入。",
    source=UNSLOTH_KERNELS.at("LoRA_MLP, LoRA_QKV, LoRA_W: save_for_backward; dX in the place of X"),
    when={adapter_kind: ("low-rank", "stabilised"), layer_parts: "whole", adapter_path: "fused"},
    example=(
        {tokens: 2048, half_bytes: 2, h: 4096, q_width: 4096, kv_width: 1024, intermediate_size: 14336},
        2048 * 2 * 73728,
    ),
)
