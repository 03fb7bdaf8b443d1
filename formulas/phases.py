"""Phases of a training step that need one layer's backward pass, and the peak over all phases."""

from sympy import Rational

from formulas.anatomy import (
    ADAPTER,
    FULL,
    KIND,
    UNCHECKPOINTED,
    checkpointing,
    late_matrices,
    mixer_backward,
    mixer_matrices,
    mlp,
    mlp_matrices,
    regime,
    saved_mlp,
    saved_mlp_input,
    tied,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import (
    GPIPE,
    embeddings_here,
    gradient_bucket,
    heads_here,
    prefetched,
    schedule,
    standing_gradients,
    waiting,
    whole_gradients,
)
from formulas.programs import (
    second_layer,
)
from formulas.quantity import greatest, largest
from formulas.sources import ACCOUNTING, LORA, SUBLINEAR, TYING
from formulas.tuning import rollouts, updated
from formulas.vocabulary import (
    adapter,
    attention_at_backward,
    bytes_of_gradient,
    first_gradients,
    gathered,
    gradient_shards,
    gradients,
    gradients_not_yet_made,
    gradients_so_far,
    hidden_size,
    merged_experts,
    optimizer,
    own_input,
    phase_backward_of_attention,
    phase_backward_of_first_layer,
    phase_backward_of_last_layer,
    phase_end_of_backward,
    phase_end_of_forward,
    phase_optimizer_step,
    phase_start_of_backward,
    recomputed_layer,
    saved_activations,
    task,
    tensors_peak,
    token_ids,
    tokens,
    weight_casts,
    weights,
)

h, V, T = hidden_size, vocab_size, tokens
# embedding and head train
_WHOLE = ("everything", "sampled-layers")
_LOOP = ACCOUNTING.at("a forward and a backward pass, counted")

late_matrices_of_three = Formula(
    late_matrices,
    mixer_matrices + Rational(2, 3) * mlp_matrices,
    says="At the height of its backward pass a layer has made the gradient of its down projection only (1 of 3).",
    zh="反向峰值时该层只产生了下投影(三分之一)的梯度。",
    source=_LOOP,
    when={mlp: ("gated", "experts")},
    example=({mixer_matrices: 41943040, mlp_matrices: 176160768}, 159383552),
)
late_matrices_of_two = Formula(
    late_matrices,
    mixer_matrices + mlp_matrices / 2,
    says="At the height of its backward pass a layer has made the gradient of its down projection only (1 of 2).",
    zh="反向峰值时该层只产生了下投影(二分之一)的梯度。",
    source=_LOOP,
    when={mlp: "plain"},
    example=({mixer_matrices: 10240000, mlp_matrices: 20480000}, 20480000),
)
late_matrices_of_a_scan = Formula(
    late_matrices,
    Rational(2, 3) * mixer_matrices,
    says="At the height of its backward pass a scan has made the gradient of its output projection only (1 of 3).",
    zh="反向峰值时扫描层只产生了输出投影(三分之一)的梯度。",
    source=_LOOP,
    when={mlp: "none"},
    example=({mixer_matrices: 40000000 * 3}, 80000000),
)
gradients_of_first_layer_and_embedding = Formula(
    gradients_not_yet_made,
    bytes_of_gradient * (V * h * embeddings_here + largest(late_matrices, KIND)),
    says="The embedding's gradient comes last, after the first layer's.",
    zh="词嵌入的梯度在首层之后最后产生。",
    source=_LOOP,
    when={tied: "no", regime: FULL, updated: _WHOLE},
    example=(
        {bytes_of_gradient: 2, V: 128256, h: 4096, embeddings_here: 1, late_matrices: 159383552},
        2 * (525336576 + 159383552),
    ),
)
gradients_of_first_layer = Formula(
    gradients_not_yet_made,
    bytes_of_gradient * largest(late_matrices, KIND),
    says="A tied embedding has its gradient from the head already.",
    zh="共享词嵌入已有来自输出头的梯度。",
    source=TYING.at("§3"),
    when={tied: "yes", regime: FULL, updated: _WHOLE},
    example=({bytes_of_gradient: 2, late_matrices: 159383552}, 318767104),
)
all_but_nothing_of_adapters = Formula(
    gradients_not_yet_made,
    0 * bytes_of_gradient,
    says="Gradients of one layer's adapters are too small to tell apart.",
    zh="单层适配器的梯度可忽略。",
    source=LORA.at("§4.2"),
    when={regime: ADAPTER},
    example=({}, 0),
)
gradients_of_earlier_micro_batches = Formula(
    gradients_so_far,
    gradients,
    says="In a pipeline the micro-batches before have left all gradients, to which the others are added.",
    zh="流水线中,此前的微批次已留下全部梯度,后续继续累加。",
    source=GPIPE.at("§2.2"),
    when={schedule: ("1f1b", "interleaved", "gpipe")},
    example=({gradients: 10**9}, 10**9),
)
gradients_of_head_and_one_mlp = Formula(
    first_gradients,
    bytes_of_gradient * (V * h * heads_here + largest(mlp_matrices, KIND)) / gradient_shards,
    says="The head and the last layer's MLP have their gradients first.",
    zh="输出头与末层 MLP 最先产生梯度。",
    source=_LOOP,
    when={regime: FULL, updated: _WHOLE},
    example=(
        {bytes_of_gradient: 2, V: 32000, h: 4096, heads_here: 1, mlp_matrices: 135266304, gradient_shards: 1},
        532676608,
    ),
)
no_gradients_of_a_frozen_head = Formula(
    first_gradients,
    0 * bytes_of_gradient,
    says="A frozen head has no gradient, and one layer's adapters are small.",
    zh="冻结的输出头没有梯度。",
    source=LORA.at("§4.2"),
    when={regime: ADAPTER},
    example=({}, 0),
)
attention_of_the_last_layer = Formula(
    attention_at_backward,
    saved_activations + T * largest(mixer_backward - saved_mlp - saved_mlp_input, KIND),
    says="The last layer's MLP has given back what it kept; attention's gradients are at their height.",
    zh="末层 MLP 已释放其保存内容,注意力梯度达到峰值。",
    source=_LOOP,
    example=(
        {saved_activations: 14e9, T: 2048, mixer_backward: 393216, saved_mlp: 88064, saved_mlp_input: 8192},
        14e9 + 2048 * 296960,
    ),
)
backward_of_attention = Formula(
    phase_backward_of_attention,
    weights + adapter + optimizer + weight_casts + standing_gradients + first_gradients + attention_at_backward + merged_experts
    + gathered + prefetched + whole_gradients + gradient_bucket,
    says="Without checkpointing the first attention that is reached backwards has all other layers' activations beside it.",
    zh="不做重计算时,最先反向的注意力与其余各层激活值并存。",
    source=_LOOP,
    when={checkpointing: UNCHECKPOINTED},
    example=(
        {
            weights: 13e9, adapter: 0, optimizer: 26e9, weight_casts: 0, standing_gradients: 0, first_gradients: 5e8,
            attention_at_backward: 14e9, merged_experts: 0, gathered: 0, prefetched: 0, whole_gradients: 0, gradient_bucket: 0,
        },
        53.5e9,
    ),
)  # fmt: skip
backward_of_first_layer = Formula(
    phase_backward_of_first_layer,
    weights + adapter + optimizer + gradients_so_far + waiting + recomputed_layer + second_layer + own_input + merged_experts + token_ids
    + gathered + whole_gradients + gradient_bucket,
    says="The first layer is recomputed when almost all gradients are made.",
    zh="重计算首层时几乎所有梯度都已产生。",
    source=SUBLINEAR.at("§3"),
    when={checkpointing: "on"},
    example=(
        {
            weights: 13e9, adapter: 0, optimizer: 26e9, gradients_so_far: 12e9, waiting: 0, recomputed_layer: 5e8, second_layer: 0,
            own_input: 16777216, merged_experts: 0, token_ids: 16384, gathered: 0, whole_gradients: 0, gradient_bucket: 0,
        },
        51516793600,
    ),
)  # fmt: skip
peak_of_a_step = Formula(
    tensors_peak,
    greatest(
        phase_end_of_forward,
        phase_start_of_backward,
        phase_backward_of_attention,
        phase_end_of_backward,
        phase_optimizer_step,
    ),
    says="The phase with the most live tensors decides.",
    zh="存活张量最多的阶段决定峰值。",
    source=_LOOP,
    when={task: "train", checkpointing: UNCHECKPOINTED, rollouts: "no"},
    example=(
        {
            phase_end_of_forward: 48e9, phase_start_of_backward: 49e9, phase_backward_of_attention: 47e9,
            phase_end_of_backward: 53924118528, phase_optimizer_step: 53907324928,
        },
        53924118528,
    ),
)  # fmt: skip
peak_of_a_checkpointed_step = Formula(
    tensors_peak,
    greatest(
        phase_end_of_forward,
        phase_start_of_backward,
        phase_backward_of_last_layer,
        phase_backward_of_first_layer,
        phase_end_of_backward,
        phase_optimizer_step,
    ),
    says="The phase with the most live tensors decides.",
    zh="存活张量最多的阶段决定峰值。",
    source=SUBLINEAR.at("§3"),
    when={task: "train", checkpointing: "on", rollouts: "no"},
    example=(
        {
            phase_end_of_forward: 48e9, phase_start_of_backward: 49e9, phase_backward_of_last_layer: 47e9,
            phase_backward_of_first_layer: 55e9, phase_end_of_backward: 53924118528, phase_optimizer_step: 53907324928,
        },
        55e9,
    ),
)  # fmt: skip
