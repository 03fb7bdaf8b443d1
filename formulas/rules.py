"""Rules of thumb for the whole peak, each under its own name: taken only when asked for."""

from sympy import Rational

from formulas.formula import Formula
from formulas.quantity import byte
from formulas.sources import DOCUMENT, LLAMA_FACTORY, TRANSFORMER_MATH, ZERO
from formulas.vocabulary import (
    activations,
    buffers,
    inference_memory,
    inference_overhead,
    model_states,
    n_params,
    parameter_bytes,
    peak,
    training_multiple,
)

_INFERENCE = DOCUMENT.at("Memory of inference (推理占用)")
_TRAINING = DOCUMENT.at("Memory of training (训练占用)")
_HARDWARE = LLAMA_FACTORY.at("Hardware Requirement, lines 472–479")

# ── inference ──────────────────────────────────────────────────────────────────────────────────────────────────────

inference_needs_at_most_a_fifth_more = Formula(
    inference_overhead,
    Rational(1, 5),
    says="Experience says that inference needs at most 20 % beside the weights.",
    zh="经验表明,推理的额外开销不超过权重的 20%。",
    source=TRANSFORMER_MATH.at("Inference, Total Inference Memory"),
    example=({}, Rational(1, 5)),
)
inference_is_weights_and_overhead = Formula(
    inference_memory,
    (1 + inference_overhead) * parameter_bytes,
    says="Inference takes the weights and a share of them for intermediate results: 1.2 times the weights.",
    zh="推理占用为权重加上一定比例的中间结果:约为权重的 1.2 倍。",
    source=_INFERENCE,
    example=({inference_overhead: 0.2, parameter_bytes: 14 * 10**9}, 16_800_000_000),
)
a_fifth_on_top_of_the_weights = Formula(
    peak,
    inference_memory,
    says="By the document's rule inference peaks at 1.2 times the weights, however long the context.",
    zh="按文档的经验法则,推理峰值为权重的 1.2 倍,与上下文长度无关。",
    source=_INFERENCE,
    example=({inference_memory: 16_800_000_000}, 16_800_000_000),
    rule=True,
)

# ── training ───────────────────────────────────────────────────────────────────────────────────────────────────────

ten_odd_times_inference = Formula(
    peak,
    training_multiple * inference_memory,
    says="By experience full training takes ten-odd times the memory of inference.",
    zh="经验上,全量训练所需显存是推理的十几倍。",
    source=_TRAINING,
    example=({training_multiple: 13, inference_memory: 8_400_000_000}, 109_200_000_000),
    rule=True,
)
twenty_bytes_per_parameter = Formula(
    peak,
    20 * n_params,
    says="Another saying: training takes 20 bytes for every parameter.",
    zh="另一种说法:训练时每个参数需要 20 字节。",
    source=_TRAINING,
    example=({n_params: 7 * 10**9}, 140 * 10**9),
    coefficients_in=byte,
    rule=True,
)
sixteen_bytes_per_parameter = Formula(
    peak,
    model_states,
    says="Training takes 16 bytes for every parameter when nothing but weights, gradients and optimizer is counted.",
    zh="只计权重、梯度和优化器时,训练每个参数需要 16 字节。",
    source=_TRAINING,
    example=({model_states: 112 * 10**9}, 112 * 10**9),
    rule=True,
)
states_activations_and_buffers = Formula(
    peak,
    model_states + activations + buffers,
    says="What drives training memory: parameters, gradients and optimizer through the model states, "
    "sample length and batch size through the activations.",
    zh="训练显存的影响因素:参数量、梯度、优化器参数决定模型状态,样本长度与 BatchSize 决定激活值。",
    source=ZERO.at("§3"),
    example=({model_states: 24 * 10**9, activations: 60 * 10**9, buffers: 6 * 10**9}, 90 * 10**9),
    rule=True,
)

# ── LLaMA-Factory's own later rules, estimated by its authors ──────────────────────────────────────────────────────

eighteen_bytes_per_parameter = Formula(
    peak,
    18 * n_params,
    says="Full tuning, float32 states: 18 GB for every billion parameters.",
    zh="全参数微调(bf16 或 fp16 混合精度):每十亿参数 18 GB。",
    source=_HARDWARE,
    example=({n_params: 10**9}, 18 * 10**9),
    coefficients_in=byte,
    rule=True,
)
eight_bytes_per_parameter = Formula(
    peak,
    8 * n_params,
    says="Full tuning in pure bfloat16: 2 bytes each for weight, gradient and two moments.",
    zh="纯 bf16 全参数微调:权重、梯度与两个动量各 2 字节。",
    source=_HARDWARE,
    example=({n_params: 10**9}, 8 * 10**9),
    coefficients_in=byte,
    rule=True,
)
two_bytes_per_parameter = Formula(
    peak,
    2 * n_params,
    says="Freeze, LoRA, GaLore, APOLLO, BAdam: the 16-bit weights are all that the rule counts.",
    zh="冻结、LoRA、GaLore、APOLLO、BAdam:法则只计 16 位权重。",
    source=_HARDWARE,
    example=({n_params: 10**9}, 2 * 10**9),
    coefficients_in=byte,
    rule=True,
)
one_byte_per_parameter = Formula(
    peak,
    n_params,
    says="QLoRA in 8 bits: 1 GB for every billion parameters.",
    zh="8 位 QLoRA:每十亿参数 1 GB。",
    source=_HARDWARE,
    example=({n_params: 10**9}, 10**9),
    coefficients_in=byte,
    rule=True,
)
half_a_byte_per_parameter = Formula(
    peak,
    n_params / 2,
    says="QLoRA in 4 bits: half a GB for every billion parameters.",
    zh="4 位 QLoRA:每十亿参数 0.5 GB。",
    source=_HARDWARE,
    example=({n_params: 10**9}, 5 * 10**8),
    coefficients_in=byte,
    rule=True,
)
a_quarter_byte_per_parameter = Formula(
    peak,
    n_params / 4,
    says="QLoRA in 2 bits: a quarter of a GB for every billion parameters.",
    zh="2 位 QLoRA:每十亿参数 0.25 GB。",
    source=_HARDWARE,
    example=({n_params: 10**9}, 25 * 10**7),
    coefficients_in=byte,
    rule=True,
)
