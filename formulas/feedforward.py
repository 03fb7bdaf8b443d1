"""What a dense MLP keeps for its backward pass, in bytes per token and layer."""

from formulas.anatomy import (
    activation,
    fp32_bytes,
    half_bytes,
    intermediate_size,
    linear_bytes,
    mask_bytes,
    mlp,
    mlp_backward,
    read_bytes,
    regime,
    residual_bytes,
    saved_mlp,
)
from formulas.blocks import AUTOCAST_REGIMES, OWN_INPUT
from formulas.formula import Formula
from formulas.sources import GLU, PEFT_LORA, XIELU, modelling
from formulas.tuning import on_down
from formulas.vocabulary import hidden_size

f, h = intermediate_size, hidden_size

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
    when={mlp: "plain", activation: "fused"},
    example=({linear_bytes: 2, f: 18432, read_bytes: 2, on_down: 1}, 4 * 18432),
)
_SQUARED = modelling("nemotron", "NemotronMLP, squared ReLU")
squared_mlp_keeps = Formula(
    saved_mlp,
    linear_bytes * f + read_bytes * f * on_down,
    says="ReLU keeps its result, which is squared; the square is the down projection's input.",
    zh="ReLU 保存其结果,其平方为下投影的输入。",
    source=_SQUARED,
    when={mlp: "plain", activation: "relu2", regime: ("half", "single", "adapter-single", "adapter-half")},
    example=({linear_bytes: 2, f: 24576, read_bytes: 2, on_down: 1}, 4 * 24576),
)
squared_mlp_keeps_under_autocast = Formula(
    saved_mlp,
    (linear_bytes + fp32_bytes + read_bytes * on_down) * f,
    says="Autocast squares in float32: a float32 copy of ReLU's result is kept beside it.",
    zh="autocast 以 float32 求平方,另存 ReLU 结果的 float32 副本。",
    source=_SQUARED,
    when={mlp: "plain", activation: "relu2", regime: AUTOCAST_REGIMES},
    example=({linear_bytes: 2, fp32_bytes: 4, read_bytes: 2, on_down: 1, f: 18432}, 8 * 18432),
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
written_out_gelu_backwards_under_autocast = Formula(
    mlp_backward,
    residual_bytes * h + half_bytes * (h - f) + 3 * fp32_bytes * f,
    says="Gradients of the residual, in 16 bits too, and of the product and its two factors in float32 (3), less the product.",
    zh="残差梯度及其 16 位副本;乘积与其两个因子的 float32 梯度(3),减去乘积本身。",
    source=modelling("gpt2", "GPT2MLP with NewGELUActivation, backwards"),
    when={mlp: "plain", activation: "gelu-new", regime: "mixed"},
    example=({residual_bytes: 4, h: 4096, half_bytes: 2, f: 16384, fp32_bytes: 4}, 6 * 4096 + 10 * 16384),
)
_XIELU = XIELU.at("§3, as in activations.py, XIELUActivation")
xielu_keeps = Formula(
    saved_mlp,
    4 * linear_bytes * f + mask_bytes * f + read_bytes * f * on_down,
    says="xIELU written out keeps its input, the scaled input, the exponential and its difference from the input (4), and "
    "where the input is positive; its result is the down projection's input.",
    zh="逐步计算的 xIELU 保存输入、缩放后的输入、指数及其与输入之差(4),以及正负标记;结果为下投影的输入。",
    source=_XIELU,
    when={mlp: "plain", activation: "xielu", regime: ("half", "single")},
    example=({linear_bytes: 2, f: 21504, mask_bytes: 1, read_bytes: 2, on_down: 1}, 11 * 21504),
)
xielu_keeps_under_adapters = Formula(
    saved_mlp,
    3 * linear_bytes * f + mask_bytes * f + read_bytes * f * on_down,
    says="Its frozen slopes need no difference: input, scaled input and exponential (3), and where the input is positive.",
    zh="斜率冻结时无需保存差值:输入、缩放后的输入与指数(3)及正负标记。",
    source=_XIELU,
    when={mlp: "plain", activation: "xielu", regime: ("adapter-single", "adapter-half")},
    example=({linear_bytes: 2, f: 21504, mask_bytes: 1, read_bytes: 4, on_down: 1}, 11 * 21504),
)
xielu_keeps_in_mixed_precision = Formula(
    saved_mlp,
    (linear_bytes + 3 * fp32_bytes + mask_bytes + read_bytes * on_down) * f,
    says="float32 slopes make all steps but the input float32 (3).",
    zh="float32 的斜率使除输入外的各步为 float32(3)。",
    source=_XIELU,
    when={mlp: "plain", activation: "xielu", regime: "mixed"},
    example=({linear_bytes: 2, fp32_bytes: 4, mask_bytes: 1, read_bytes: 2, on_down: 1, f: 21504}, 17 * 21504),
)
xielu_keeps_under_adapters_and_autocast = Formula(
    saved_mlp,
    (linear_bytes + 2 * fp32_bytes + mask_bytes + read_bytes * on_down) * f,
    says="Autocast makes the exponential float32, and with it the scaled input (2); frozen slopes need no difference.",
    zh="autocast 使指数与缩放后的输入为 float32(2);斜率冻结时无需差值。",
    source=_XIELU,
    when={mlp: "plain", activation: "xielu", regime: ("adapter-mixed", "kbit")},
    example=({linear_bytes: 2, fp32_bytes: 4, mask_bytes: 1, read_bytes: 2, on_down: 1, f: 21504}, 13 * 21504),
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
