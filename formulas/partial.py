"""Parts of a model that train, and parts of a layer that are recomputed: freeze, BAdam, LISA, LOMO; selective checkpointing."""

from formulas.anatomy import (
    FULL,
    KIND,
    RECURRENT,
    attention_kernel,
    checkpointing,
    fp32_bytes,
    intermediate_size,
    kv_width,
    late_matrices,
    linear_bytes,
    mixer,
    mixer_matrices,
    mixer_vectors,
    mlp,
    mlp_matrices,
    mlp_vectors,
    n_heads,
    n_input_norms,
    n_layers_of,
    n_output_norms,
    norm,
    norm_value_bytes,
    norm_vectors,
    one_norm,
    output_norm_value_bytes,
    q_width,
    qk_norm_params,
    read_bytes,
    regime,
    residual_bytes,
    saved_final,
    saved_layer,
    saved_mixer_input,
    saved_mlp_input,
    saved_output_input,
    softmax,
    tied,
)
from formulas.formula import Formula
from formulas.mixing import has_sinks
from formulas.quantity import Words, largest, total
from formulas.sources import BADAM, KORTHIKANTI, LISA, LOMO, LORA_FA, PEFT_LORA, SUBLINEAR, modelling
from formulas.tuning import (
    FREEZE,
    TORCHTITAN_AC,
    TORCHTUNE_AC,
    block_params,
    checkpointed_layers,
    down_input,
    frozen_layer,
    kept_by_layers,
    kept_layer,
    n_trained_of,
    norm_values,
    on_down,
    recomputed_pairs,
    updated,
)
from formulas.vocabulary import (
    bytes_of_gradient,
    first_gradients,
    gradient_shards,
    gradients,
    gradients_not_yet_made,
    hidden_size,
    model_gradients,
    n_layers,
    n_trainable_layers,
    seq_len,
    tied_gradient,
)

h, f, a, s, L_t = hidden_size, intermediate_size, n_heads, seq_len, n_trainable_layers
_LAST = FREEZE.at("FreezeArguments.freeze_trainable_layers: the last n layers")
_PASSED = ("one-block", "sampled-layers")
_BLOCKS = ("last-layers", "one-block")
_HALF_LAYER = {saved_layer: 200840, residual_bytes: 2, h: 4096}

parameters_of_a_layer = Formula(
    block_params,
    mixer_matrices + mlp_matrices + mixer_vectors + qk_norm_params + mlp_vectors + (n_input_norms + n_output_norms) * norm_vectors * h,
    says="A layer's matrices, its small weights and its norms.",
    zh="一层的矩阵、小参数与归一化。",
    source=modelling("llama", "LlamaDecoderLayer"),
    example=(
        {
            mixer_matrices: 67108864, mlp_matrices: 135266304, mixer_vectors: 0, qk_norm_params: 0, mlp_vectors: 0,
            n_input_norms: 2, n_output_norms: 0, norm_vectors: 1, h: 4096,
        },
        202383360,
    ),
)  # fmt: skip
all_layers_of_a_kind_train = Formula(
    n_trained_of,
    n_layers_of,
    says="All layers train.",
    zh="所有层都训练。",
    source=LOMO.at("§3"),
    when={updated: ("everything", "one-matrix")},
    example=({n_layers_of: 32}, 32),
)
last_layers_train = Formula(
    n_trained_of,
    L_t,
    says="Where all layers are of one kind, the layers that train are of that kind.",
    zh="若所有层同类,则训练的层也属该类。",
    source=_LAST,
    when={updated: "last-layers"},
    example=({L_t: 2}, 2),
)
# ── what one layer keeps, whole, less what is recomputed, or frozen ────────────────────────────────────────────────
_CORE = KORTHIKANTI.at("§5, selective activation recomputation")
fused_attention_keeps_no_pairs = Formula(
    recomputed_pairs,
    0 * linear_bytes,
    says="A fused kernel keeps nothing for pairs of tokens: recomputing the core of attention gains nothing.",
    zh="融合核不为 token 对保存内容,重计算注意力核心没有收益。",
    source=_CORE,
    when={mixer: ("grouped", "latent"), attention_kernel: ("flash", "sdpa", "math")},
    example=({}, 0),
)
pairs_of_eager_attention = Formula(
    recomputed_pairs,
    a * s * (fp32_bytes + linear_bytes),
    says="The float32 probabilities and their cast are recomputed; queries, keys and values stay.",
    zh="重计算 float32 概率及其副本,保留查询、键与值。",
    source=_CORE,
    when={mixer: ("grouped", "latent"), attention_kernel: "eager", softmax: "upcast", has_sinks: "no"},
    example=({a: 32, s: 2048, fp32_bytes: 4, linear_bytes: 2}, 393216),
)
pairs_of_eager_attention_with_sinks = Formula(
    recomputed_pairs,
    a * s * linear_bytes,
    says="The 16-bit probabilities are recomputed.",
    zh="重计算 16 位概率。",
    source=_CORE,
    when={mixer: ("grouped", "latent"), attention_kernel: "eager", softmax: "upcast", has_sinks: "yes"},
    example=({a: 64, s: 2048, linear_bytes: 2}, 262144),
)
pairs_of_native_eager_attention = Formula(
    recomputed_pairs,
    a * s * linear_bytes,
    says="The probabilities are recomputed.",
    zh="重计算概率。",
    source=_CORE,
    when={mixer: ("grouped", "latent"), attention_kernel: "eager", softmax: "native"},
    example=({a: 25, s: 1024, linear_bytes: 2}, 51200),
)
no_attention_keeps_no_pairs = Formula(
    recomputed_pairs,
    0 * linear_bytes,
    says="A layer without attention has no pairs of tokens.",
    zh="没有注意力的层没有 token 对。",
    source=_CORE,
    when={mixer: (*RECURRENT, "none")},
    example=({}, 0),
)
layer_keeps_all = Formula(
    kept_layer,
    saved_layer,
    says="Nothing within a layer is recomputed apart from the rest.",
    zh="层内没有单独重计算的部分。",
    source=KORTHIKANTI.at("§4.1"),
    when={checkpointing: ("off", "on")},
    example=({saved_layer: 200840}, 200840),
)
layer_recomputes_its_attention = Formula(
    kept_layer,
    saved_layer - recomputed_pairs,
    says="Selective recomputation makes again only the core of attention, which is wide and cheap.",
    zh="选择性重计算只重算注意力核心(占用大、计算少)。",
    source=_CORE,
    when={checkpointing: "selective"},
    example=({saved_layer: 200840 + 393216, recomputed_pairs: 393216}, 200840),
)
every_other_layer_is_recomputed = Formula(
    kept_layer,
    (saved_layer + residual_bytes * h) / 2,
    says="Every second layer (2) is recomputed whole and keeps its input only.",
    zh="每隔一层(2)整体重计算,只保存输入。",
    source=TORCHTUNE_AC.at("checkpoint_wrapper: 2 == checkpoint every 2nd one"),
    when={checkpointing: "alternate"},
    example=(_HALF_LAYER, 104516),
)
_POLICY = TORCHTITAN_AC.at("_apply_op_sac: every second mm is recomputed")
every_other_product_is_kept = Formula(
    kept_layer,
    residual_bytes * h + linear_bytes * (h + 2 * q_width + kv_width + f) + fp32_bytes * a,
    says="The input; every second product in order (queries, values, gate, down); attention's output and a float32 per head.",
    zh="层输入;按顺序每隔一个矩阵乘的结果(查询、值、门控、下投影);注意力输出及每头一个 float32。",
    source=_POLICY,
    when={checkpointing: "operators", mixer: "grouped", mlp: "gated"},
    example=(
        {residual_bytes: 2, h: 4096, linear_bytes: 2, q_width: 4096, kv_width: 1024, f: 14336, fp32_bytes: 4, a: 32},
        63616,
    ),
)
other_blocks_keep_about_half = Formula(
    kept_layer,
    (saved_layer + residual_bytes * h) / 2,
    says="Where the order of products is not written down, half of what the layer keeps (2), and its input.",
    zh="未逐一列出矩阵乘顺序的结构,按保存内容的一半(2)加层输入计。",
    source=_POLICY,
    when={checkpointing: "operators", mixer: "grouped", mlp: ("plain", "experts", "none")},
    example=(_HALF_LAYER, 104516),
)
other_mixers_keep_about_half = Formula(
    kept_layer,
    (saved_layer + residual_bytes * h) / 2,
    says="Where the order of products is not written down, half of what the layer keeps (2), and its input.",
    zh="未逐一列出矩阵乘顺序的结构,按保存内容的一半(2)加层输入计。",
    source=_POLICY,
    when={checkpointing: "operators", mixer: ("latent", *RECURRENT, "none")},
    example=(_HALF_LAYER, 104516),
)
values_of_norms = Formula(
    norm_values,
    h * (n_input_norms * norm_value_bytes + n_output_norms * output_norm_value_bytes),
    says="A norm keeps its normalised value for its weight alone.",
    zh="归一化值只为其权重保存。",
    source=modelling("llama", "LlamaRMSNorm"),
    when={norm: ("rms", "rms-late")},
    example=({h: 4096, n_input_norms: 2, norm_value_bytes: 2, n_output_norms: 0, output_norm_value_bytes: 2}, 16384),
)
no_values_of_layer_norms = Formula(
    norm_values,
    0 * h * norm_value_bytes,
    says="What a LayerNorm keeps serves its input's gradient too.",
    zh="LayerNorm 保存的内容也用于输入梯度。",
    source=modelling("starcoder2", "Starcoder2DecoderLayer"),
    when={norm: ("layernorm", "layernorm-single", "layernorm-late")},
    example=({}, 0),
)
product_before_a_down_projection = Formula(
    down_input,
    read_bytes * f * on_down,
    says="The product of gate and up is kept for the down projection's weight alone.",
    zh="门控与上投影的乘积只为下投影权重保存。",
    source=modelling("llama", "LlamaMLP"),
    when={mlp: "gated"},
    example=({read_bytes: 2, f: 11008, on_down: 1}, 22016),
)
no_product_to_leave_out = Formula(
    down_input,
    0 * read_bytes,
    says="Elsewhere it is left in: an upper bound.",
    zh="其余情形不扣除,作为上界。",
    source=modelling("mixtral", "MixtralExperts"),
    when={mlp: ("plain", "experts", "none")},
    example=({}, 0),
)
frozen_layer_keeps = Formula(
    frozen_layer,
    saved_layer - saved_mixer_input - saved_output_input - saved_mlp_input - down_input - norm_values,
    says="A frozen layer that gradients pass through keeps no inputs of its linears and no normalised values.",
    zh="梯度穿过的冻结层不保存线性层输入与归一化值。",
    source=PEFT_LORA.at("frozen weights need no input"),
    example=(
        {
            saved_layer: 202888, saved_mixer_input: 8192, saved_output_input: 0, saved_mlp_input: 8192,
            down_input: 22016, norm_values: 16384,
        },
        148104,
    ),
)  # fmt: skip
# ── all layers ─────────────────────────────────────────────────────────────────────────────────────────────────────
every_layer_keeps = Formula(
    kept_by_layers,
    total(n_layers_of * kept_layer, KIND),
    says="Every layer keeps its own.",
    zh="每层各自保存。",
    source=KORTHIKANTI.at("§4.1"),
    when={updated: ("everything", "one-matrix")},
    example=({n_layers_of: 32, kept_layer: 200840}, 6426880),
)
layers_above_the_frozen_keep = Formula(
    kept_by_layers,
    total(n_trained_of * kept_layer, KIND),
    says="Below the first layer that trains no gradient passes: nothing is kept there.",
    zh="首个可训练层以下没有梯度,不保存。",
    source=_LAST,
    when={updated: "last-layers"},
    example=({n_trained_of: 2, kept_layer: 202888}, 405776),
)
passed_layers_keep = Formula(
    kept_by_layers,
    total(n_layers_of * frozen_layer, KIND) + L_t * largest(saved_layer - frozen_layer, KIND),
    says="The lowest layer may train: gradients pass all layers, and those that train keep their linears' inputs too.",
    zh="最低层可能训练:梯度穿过所有层,训练的层还保存线性层输入。",
    source=LISA.at("Algorithm 1"),
    when={updated: _PASSED},
    example=({n_layers_of: 32, frozen_layer: 148104, L_t: 2, saved_layer: 202888}, 32 * 148104 + 2 * 54784),
)
layers_with_frozen_inner_factors_keep = Formula(
    kept_by_layers,
    total(n_layers_of * frozen_layer, KIND),
    says="An inner factor that is frozen needs no input: only the r numbers behind it are kept.",
    zh="冻结的内侧矩阵无需保存输入,只保存其后的 r 个数。",
    source=LORA_FA.at("§3.1, §3.2"),
    when={updated: "outer-factors"},
    example=({n_layers_of: 32, frozen_layer: 148104}, 4739328),
)
all_layers_are_checkpointed = Formula(
    checkpointed_layers,
    n_layers,
    says="Every layer keeps its input.",
    zh="每层保存其输入。",
    source=SUBLINEAR.at("§3"),
    when={updated: ("everything", "one-matrix", "outer-factors", *_PASSED)},
    example=({n_layers: 32}, 32),
)
last_layers_are_checkpointed = Formula(
    checkpointed_layers,
    L_t,
    says="Only layers that train keep their input.",
    zh="只有训练的层保存其输入。",
    source=_LAST,
    when={updated: "last-layers"},
    example=({L_t: 2}, 2),
)
final_norm_before_a_frozen_head_in_full_precision = Formula(
    saved_final,
    one_norm,
    says="A frozen head keeps nothing; the norm before it at most what any norm keeps.",
    zh="冻结的输出头不保存;其前的归一化至多同其他归一化。",
    source=_LAST,
    when={regime: FULL, updated: _BLOCKS},
    example=({one_norm: 24580}, 24580),
)
# ── gradients ──────────────────────────────────────────────────────────────────────────────────────────────────────
one_gradient_of_a_frozen_tied_embedding = Formula(
    tied_gradient,
    0 * bytes_of_gradient,
    says="A frozen embedding has no gradient.",
    zh="冻结的词嵌入没有梯度。",
    source=_LAST,
    when={tied: "yes", regime: FULL, updated: _BLOCKS},
    example=({}, 0),
)
gradients_of_the_lowest_layer_come_last = Formula(
    gradients_not_yet_made,
    bytes_of_gradient * largest(late_matrices, KIND),
    says="The lowest layer that trains has its gradients last; the embedding is frozen.",
    zh="最低的可训练层最后产生梯度;词嵌入冻结。",
    source=_LAST,
    when={regime: FULL, updated: _BLOCKS},
    example=({bytes_of_gradient: 2, late_matrices: 157286400}, 314572800),
)
no_gradient_waits = Formula(
    gradients_not_yet_made,
    0 * bytes_of_gradient,
    says="One gradient is alive at any time.",
    zh="任何时刻只有一个梯度。",
    source=LOMO.at("§3.2"),
    when={regime: FULL, updated: "one-matrix"},
    example=({}, 0),
)
gradients_of_one_mlp = Formula(
    first_gradients,
    bytes_of_gradient * largest(mlp_matrices, KIND) / gradient_shards,
    says="The last layer's MLP has its gradients first; the head is frozen.",
    zh="末层 MLP 最先产生梯度;输出头冻结。",
    source=_LAST,
    when={regime: FULL, updated: _BLOCKS},
    example=({bytes_of_gradient: 2, mlp_matrices: 135266304, gradient_shards: 1}, 270532608),
)
one_gradient_at_the_start = Formula(
    first_gradients,
    gradients,
    says="One gradient is alive at any time.",
    zh="任何时刻只有一个梯度。",
    source=LOMO.at("§3.2"),
    when={regime: FULL, updated: "one-matrix"},
    example=({gradients: 270532608}, 270532608),
)
block_gradients_in_float32 = Formula(
    model_gradients,
    fp32_bytes * L_t * largest(block_params, KIND),
    says="BAdam turns the gradients of the block at work into float32 for its float32 copy.",
    zh="BAdam 把当前块的梯度转为 float32,供 float32 副本更新。",
    source=BADAM.at("§2.2, memory consumption: 2M + 16M/D"),
    when={updated: "one-block"},
    assumes=(Words("Blocks are layers; embedding and head are not among them.", "块即层,不含词嵌入与输出头。"),),
    example=({fp32_bytes: 4, L_t: 1, block_params: 202383360}, 809533440),
)
