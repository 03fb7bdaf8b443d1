"""What a dense MLP keeps for its backward pass, in bytes per token and layer."""

from formulas.anatomy import (
    activation,
    fp32_bytes,
    half_bytes,
    intermediate_size,
    linear_bytes,
    mlp,
    on_down,
    read_bytes,
    regime,
    saved_mlp,
)
from formulas.blocks import AUTOCAST_REGIMES, OWN_INPUT
from formulas.formula import Formula
from formulas.sources import GLU, PEFT_LORA, modelling

f = intermediate_size

gated_mlp_keeps = Formula(
    saved_mlp,
    3 * linear_bytes * f + read_bytes * f * on_down,
    says="Gate, activated gate and up (3); their product is the down projection's input.",
    zh="门控、激活后的门控与上投影(3);乘积为下投影的输入。",
    source=GLU.at("§2, as in modeling_llama.py, LlamaMLP"),
    when={mlp: "gated"},
    example=({linear_bytes: 2, f: 14336, read_bytes: 2, on_down: 1}, 8 * 14336),
)
plain_mlp_keeps = Formula(
    saved_mlp,
    linear_bytes * f + read_bytes * f * on_down,
    says="The pre-activation; the activation is the down projection's input.",
    zh="激活前的值;激活值为下投影的输入。",
    source=modelling("starcoder2", "Starcoder2MLP"),
    when={mlp: "plain", activation: ("fused", "relu2")},
    example=({linear_bytes: 2, f: 18432, read_bytes: 2, on_down: 1}, 4 * 18432),
)
relu_mlp_keeps_one = Formula(
    saved_mlp,
    linear_bytes * f,
    says="ReLU keeps its result, which is the down projection's input.",
    zh="ReLU 保存其结果,即下投影的输入。",
    source=modelling("opt", "OPTDecoderLayer"),
    when={mlp: "plain", activation: "relu", regime: OWN_INPUT},
    example=({linear_bytes: 2, f: 8192}, 16384),
)
relu_mlp_with_adapters_keeps = Formula(
    saved_mlp,
    linear_bytes * f + read_bytes * f * on_down,
    says="ReLU keeps its result; the adapter of the down projection keeps a copy.",
    zh="ReLU 保存其结果;下投影的适配器另存一份副本。",
    source=PEFT_LORA,
    when={mlp: "plain", activation: "relu", regime: ("adapter-single", "adapter-mixed", "kbit")},
    example=({linear_bytes: 2, f: 8192, read_bytes: 4, on_down: 1}, 49152),
)
written_out_gelu_keeps = Formula(
    saved_mlp,
    4 * linear_bytes * f + read_bytes * f * on_down,
    says="GELU written out keeps its input, tanh, 1 + tanh and half the input (4).",
    zh="逐步计算的 GELU 保存输入、tanh、1+tanh 与半输入(4)。",
    source=modelling("gpt2", "GPT2MLP with NewGELUActivation"),
    when={mlp: "plain", activation: "gelu-new", regime: ("half", "single", "adapter-single", "adapter-half")},
    example=({linear_bytes: 2, f: 6400, read_bytes: 2, on_down: 1}, 64000),
)
written_out_gelu_keeps_under_autocast = Formula(
    saved_mlp,
    3 * fp32_bytes * f + half_bytes * f + read_bytes * f * on_down,
    says="Autocast makes the cube float32, and with it tanh and 1 + tanh (3); half the input stays in 16 bits.",
    zh="autocast 使立方、tanh 与 1+tanh 为 float32(3);半输入仍为 16 位。",
    source=modelling("gpt2", "GPT2MLP with NewGELUActivation"),
    when={mlp: "plain", activation: "gelu-new", regime: AUTOCAST_REGIMES},
    example=({fp32_bytes: 4, f: 6400, half_bytes: 2, read_bytes: 2, on_down: 1}, 102400),
)
no_mlp_keeps_nothing = Formula(
    saved_mlp,
    0 * read_bytes,
    says="The layer has no MLP.",
    zh="该层没有 MLP。",
    source=modelling("mamba2", "Mamba2Block"),
    when={mlp: "none"},
    example=({}, 0),
)
