"""What programs add to the tensors of a model: copies that they hold, tables, buffers, a reference model, many cards.

Each holds under a fact of the program and its version (kb/engines.py reads those); none is fitted.
"""

from formulas.anatomy import (
    KIND,
    fp32_bytes,
    half_bytes,
    head_dim,
    intermediate_size,
    saved_layer,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import exchanged, gradient_buckets, kept_tokens
from formulas.programs import (
    adapters_sharded,
    cache_growth,
    dequantised,
    dequantising,
    engine_peak,
    kept_logits,
    layer_tables,
    loss_bytes,
    loss_kernel,
    loss_precision,
    max_positions,
    old_cache,
    outputs_kept,
    phase_generating,
    position_tables,
    reading,
    reference_model,
    reference_weights,
    second_layer,
)
from formulas.quantity import greatest, largest
from formulas.sources import (
    ADAPTER_SHARDING,
    AUTOCAST,
    AUTOGPTQ,
    DPO,
    LIGER,
    OLD_CACHE,
    OLD_HEADS,
    OLD_TABLES,
    TRAINER,
    ZERO_OFFLOAD,
    modelling,
)
from formulas.vocabulary import (
    buffers,
    gathered,
    hidden_size,
    kv_cache,
    logit_tokens,
    logits_at_backward,
    logits_at_forward,
    model_weights,
    n_layers,
    phase_decode,
    phase_end_of_prefill,
    phase_prefill,
    recomputed_layer,
    task,
    tensors_peak,
    tokens,
    weight_shards,
)

T, V = tokens, vocab_size
_FULL = ("full-logits", "last-logits")

# ── training: logits, layers, a reference model ────────────────────────────────────────────────────────────────────
loss_in_single = Formula(
    loss_bytes,
    fp32_bytes,
    says="Logits are made float32 before the loss, by the model's code or by autocast.",
    zh="损失之前 logits 由模型代码或 autocast 转为 float32。",
    source=AUTOCAST.at("CUDA ops that autocast to float32: cross_entropy"),
    when={loss_precision: "single"},
    example=({fp32_bytes: 4}, 4),
)
loss_in_half = Formula(
    loss_bytes,
    half_bytes,
    says="Where neither the model's code nor autocast makes logits float32, the loss works in 16 bits.",
    zh="若模型代码与 autocast 都不转换,损失以 16 位计算。",
    source=OLD_HEADS.at("GPTBigCodeForCausalLM.forward: shift_logits"),
    when={loss_precision: "half"},
    example=({half_bytes: 2}, 2),
)
loss_writes_over_the_logits = Formula(
    logits_at_backward,
    logit_tokens * V * 2 * loss_bytes,
    says="A loss that writes its gradient over its logits leaves two copies: those, and the same put back into "
    "the shape before the shift.",
    zh="原地写梯度的损失只剩两份:logits(即其梯度)与移位前形状的副本。",
    source=LIGER.at("§3.2, CrossEntropy: the gradient replaces the logits"),
    when={loss_kernel: "in-place"},
    example=({logit_tokens: 2048, V: 32000, loss_bytes: 4}, 524288000),
)
logits_before_they_are_written_over = Formula(
    logits_at_forward,
    logit_tokens * V * (loss_bytes + half_bytes),
    says="16-bit logits and their copy in the type of the loss, over which the loss writes.",
    zh="16 位 logits 与以损失精度保存的副本,损失在其上原地写入。",
    source=LIGER.at("§3.2, CrossEntropy: the gradient replaces the logits"),
    when={loss_kernel: "in-place"},
    example=({logit_tokens: 2048, V: 32000, loss_bytes: 4, half_bytes: 2}, 393216000),
)
no_logits_are_kept = Formula(
    kept_logits,
    0 * half_bytes,
    says="Only the loss leaves the step's forward pass.",
    zh="前向结束后只保留损失。",
    source=TRAINER.at("Trainer.training_step"),
    when={outputs_kept: "nothing"},
    example=({}, 0),
)
kept_in_half = Formula(
    kept_logits,
    kept_tokens * V * half_bytes,
    says="The caller holds the model's outputs, 16-bit logits among them, until the backward pass is done.",
    zh="调用方持有模型输出(16 位 logits)直至反向结束。",
    source=TRAINER.at("Trainer.compute_loss: outputs"),
    when={outputs_kept: "half"},
    example=({kept_tokens: 2048, V: 32000, half_bytes: 2}, 131072000),
)
kept_in_single = Formula(
    kept_logits,
    kept_tokens * V * fp32_bytes,
    says="The caller holds the model's outputs, logits made float32 among them, until the backward pass is done.",
    zh="调用方持有模型输出(已转为 float32 的 logits)直至反向结束。",
    source=TRAINER.at("Trainer.compute_loss: outputs; logits = logits.float()"),
    when={outputs_kept: "single"},
    example=({kept_tokens: 2048, V: 32000, fp32_bytes: 4}, 262144000),
)
kept_with_those_of_the_reference = Formula(
    kept_logits,
    logit_tokens * V * 3 * fp32_bytes,
    says="Beside the model's own float32 logits, those of the reference model, or of a teacher, and their log-probabilities "
    "stand (3).",
    zh="除模型自身的 float32 logits 外,参考模型(或教师)的 logits 与对数概率仍在(共 3 份)。",
    source=DPO.at("§4, equation 7"),
    when={outputs_kept: "reference"},
    example=({logit_tokens: 2048, V: 32000, fp32_bytes: 4}, 786432000),
)
one_layer_at_a_time = Formula(
    second_layer,
    0 * recomputed_layer,
    says="A recomputed layer is given back before the next is recomputed.",
    zh="重计算的一层在下一层之前释放。",
    source=modelling("llama", "GradientCheckpointingLayer"),
    when={adapters_sharded: "no"},
    example=({}, 0),
)
two_layers_at_a_time = Formula(
    second_layer,
    tokens * largest(saved_layer, KIND),
    says="Where adapters are units of full sharding, what the layer before kept is not yet given back.",
    zh="适配器各自为分片单元时,上一层所保存的内容尚未释放。",
    source=ADAPTER_SHARDING.at("get_fsdp_policy: adapters are units of their own; measured runs on 2 and 4 cards"),
    when={adapters_sharded: "yes"},
    example=({tokens: 8192, saved_layer: 200000}, 8192 * 200000),
)
no_reference_model = Formula(
    reference_weights,
    0 * model_weights,
    says="Nothing but the model itself.",
    zh="除模型本身外没有其他模型。",
    source=DPO.at("§4"),
    when={reference_model: "no"},
    example=({}, 0),
)
frozen_copy_of_the_model = Formula(
    reference_weights,
    model_weights / weight_shards,
    says="A frozen copy of the model gives the probabilities that training is compared with.",
    zh="一份冻结的模型副本给出对照概率。",
    source=DPO.at("§4, the reference policy"),
    when={reference_model: "yes"},
    example=({model_weights: 13476831232, weight_shards: 1}, 13476831232),
)

# ── inference: the cache as it grows, tables, unpacked matrices ────────────────────────────────────────────────────
cache_grows_in_place = Formula(
    old_cache,
    0 * kv_cache,
    says="A new token's keys and values take the place of the old ones, layer by layer.",
    zh="新 token 的键值逐层替换旧缓存。",
    source=modelling("llama", "DynamicCache"),
    when={cache_growth: "in-place"},
    example=({}, 0),
)
cache_is_copied = Formula(
    old_cache,
    kv_cache,
    says="A step makes a new cache of all layers while the caller still holds the old one.",
    zh="每步生成全部层的新缓存,而调用方仍持有旧缓存。",
    source=OLD_CACHE.at("DynamicCache.from_legacy_cache, torch.cat in update"),
    when={cache_growth: "copied"},
    example=({kv_cache: 2**30}, 2**30),
)
token_joins_the_cache = Formula(
    phase_generating,
    phase_decode + old_cache,
    says="Generating, with the cache before the new token where an engine still holds it.",
    zh="生成时,若引擎仍持有旧缓存则一并计入。",
    source=OLD_CACHE.at("DynamicCache.update"),
    example=({phase_decode: 14 * 10**9, old_cache: 10**9}, 15 * 10**9),
)
tables_are_shared = Formula(
    layer_tables,
    0 * half_bytes,
    says="One pair of rotary tables, as long as the prompt, serves all layers.",
    zh="所有层共用一对与提示等长的旋转表。",
    source=modelling("llama", "LlamaRotaryEmbedding"),
    when={position_tables: "shared"},
    example=({}, 0),
)
tables_of_each_layer = Formula(
    layer_tables,
    2 * n_layers * max_positions * largest(head_dim, KIND) * half_bytes,
    says="Each layer keeps a cosine and a sine (2) of every position that the model knows.",
    zh="每层常驻全部位置的余弦与正弦(2)。",
    source=OLD_TABLES.at("Qwen2RotaryEmbedding: cos_cached, sin_cached"),
    when={position_tables: "per-layer"},
    example=({n_layers: 28, max_positions: 32768, head_dim: 128, half_bytes: 2}, 469762048),
)
weights_are_unpacked_in_the_kernel = Formula(
    dequantised,
    0 * half_bytes,
    says="The kernel unpacks weights as it multiplies.",
    zh="内核在相乘时解包权重。",
    source=AUTOGPTQ.at("qlinear"),
    when={dequantising: "in-kernel"},
    example=({}, 0),
)
a_matrix_is_unpacked = Formula(
    dequantised,
    half_bytes * hidden_size * largest(intermediate_size, KIND),
    says="One buffer holds the largest matrix, of the MLP, in 16 bits.",
    zh="一个缓冲区以 16 位保存最大的矩阵(MLP)。",
    source=AUTOGPTQ.at("autogptq_post_init: temp_dq"),
    when={dequantising: "matrix"},
    example=({half_bytes: 2, hidden_size: 3584, intermediate_size: 18944}, 135790592),
)
buffers_of_an_engine = Formula(
    buffers,
    gathered + exchanged + layer_tables + dequantised,
    says="Gathered layers, keys and values of other cards, tables and unpacked matrices.",
    zh="聚合的层、来自其他卡的键值、旋转表与反量化的矩阵。",
    source=ZERO_OFFLOAD.at("§4"),
    when={task: "inference"},
    example=({gathered: 10**9, exchanged: 0, layer_tables: 0, dequantised: 0}, 10**9),
)
buffers_of_a_trainer = Formula(
    buffers,
    gradient_buckets + exchanged + layer_tables + dequantised,
    says="Through the whole step: buckets of gradients, keys and values of other cards, tables and unpacked matrices.",
    zh="整个训练步期间:梯度桶、来自其他卡的键值、旋转表与反量化的矩阵。",
    source=ZERO_OFFLOAD.at("§4"),
    when={task: "train"},
    example=({gradient_buckets: 10**9, exchanged: 0, layer_tables: 0, dequantised: 0}, 10**9),
)

# ── the peak as an engine runs it ──────────────────────────────────────────────────────────────────────────────────
a_step_as_it_runs = Formula(
    engine_peak,
    tensors_peak,
    says="A training step's greatest phase.",
    zh="训练步中最大的阶段。",
    source=TRAINER.at("Trainer.training_step"),
    when={task: "train"},
    example=({tensors_peak: 14 * 10**9}, 14 * 10**9),
)
a_request_as_it_runs = Formula(
    engine_peak,
    greatest(phase_prefill, phase_end_of_prefill, phase_generating),
    says="Reading the prompt or generating the last token, whichever holds more.",
    zh="读取提示与生成最后一个 token 中较大者。",
    source=OLD_CACHE.at("generate"),
    when={task: "inference", reading: "peak"},
    example=({phase_prefill: 14e9, phase_end_of_prefill: 13e9, phase_generating: 15e9}, 15e9),
)
a_request_as_it_generates = Formula(
    engine_peak,
    phase_generating,
    says="A figure of no stated meter is what is held as the last token is generated, not a peak within the prompt.",
    zh="未说明口径的数值视为生成末尾所占,而非提示内的峰值。",
    source=OLD_CACHE.at("generate"),
    when={task: "inference", reading: "generating"},
    example=({phase_generating: 15e9}, 15e9),
)
