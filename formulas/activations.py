"""Activations of a micro-batch: what all layers keep, what checkpointing leaves, what one recomputed layer needs; logits."""

from sympy import ceiling

from formulas.anatomy import (
    ADAPTER,
    FULL,
    KIND,
    UNCHECKPOINTED,
    checkpointing,
    first_layer,
    fp32_bytes,
    half_bytes,
    late_matrices,
    layer_backward,
    materialised_experts,
    mlp_backward,
    n_input_norms,
    n_layers_of,
    norm_value_bytes,
    one_norm,
    read_bytes,
    regime,
    residual,
    residual_bytes,
    saved_adapters,
    saved_dropout,
    saved_final,
    saved_layer,
    saved_mixer_input,
    saved_mlp,
    saved_mlp_input,
    saved_norms,
    saved_output_input,
    saved_qk_norms,
    saved_rotary,
    saved_scores,
    soft_cap,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import cp, embeddings_here, heads_here, in_flight, stream_shards
from formulas.programs import (
    loss_bytes,
    loss_kernel,
)
from formulas.quantity import Choice, Words, greatest, largest, least, total
from formulas.recurrence import saved_output_gate
from formulas.scans import layer_parts
from formulas.sources import ACCOUNTING, AUTOCAST, KORTHIKANTI, LIGER, PEFT_LORA, SUBLINEAR, modelling
from formulas.tuning import (
    EVERYWHERE,
    TORCHTUNE_OFFLOAD,
    activations_hosted,
    adapter_kind,
    adapter_path,
    checkpointed_layers,
    kept_by_layers,
    stashed_layers,
    updated,
)
from formulas.vocabulary import (
    activations,
    batch_size,
    checkpoints,
    final_norm,
    hidden_size,
    logit_tokens,
    logits,
    logits_at_backward,
    logits_at_forward,
    loss_chunk,
    merged_experts,
    own_input,
    recomputed_casts,
    recomputed_layer,
    residual_gradient,
    saved_activations,
    seq_len,
    task,
    tokens,
)

h, V, T = hidden_size, vocab_size, tokens
loss = Choice(
    "loss",
    ("full-logits", "last-logits", "fused", "chunked", "scores"),
    Words("how the [tokens, vocabulary] logits are handled", "logits 与损失的计算方式"),
)
_CAUSAL = ACCOUNTING.at("loss/loss_utils.py, ForCausalLMLoss")

tokens_of_a_micro_batch = Formula(
    tokens,
    batch_size * seq_len / cp,
    says="Every sequence of the micro-batch has its tokens, a part of them where several cards share it.",
    zh="微批次中每个序列的 token 数相加;多卡共享一个序列时取其一部分。",
    source=KORTHIKANTI.at("§3"),
    example=({batch_size: 4, seq_len: 2048, cp: 1}, 8192),
)
one_layer_keeps = Formula(
    saved_layer,
    (saved_norms + saved_mixer_input + saved_mlp_input + saved_dropout) / stream_shards
    + saved_qk_norms
    + saved_rotary
    + saved_scores
    + saved_output_input
    + saved_output_gate
    + saved_mlp
    + saved_adapters,
    says="What each operator of a block keeps for its backward pass, summed: along the residual stream, and inside "
    "attention and MLP, whose heads and columns are those of the card.",
    zh="块内各算子为反向传播保存的内容之和:残差流部分,以及(该卡的头与列的)注意力与 MLP 内部。",
    source=KORTHIKANTI.at("§4.1, §4.2"),
    example=(
        {
            saved_norms: 49160, saved_mixer_input: 8192, saved_qk_norms: 0, saved_rotary: 0, saved_scores: 20608,
            saved_output_input: 0, saved_output_gate: 0, saved_mlp_input: 8192, saved_mlp: 114688, saved_dropout: 0,
            saved_adapters: 0, stream_shards: 1,
        },
        200840,
    ),
)  # fmt: skip
first_layer_under_adapters = Formula(
    first_layer,
    one_norm * least(1, n_input_norms),
    says="With adapters only, the first norm stands before anything that trains: it keeps nothing.",
    zh="仅训练适配器时,首个归一化之前没有可训练内容,不保存。",
    source=PEFT_LORA,
    when={regime: ("adapter-single", "adapter-mixed", "adapter-half")},
    example=({one_norm: 16388, n_input_norms: 2}, 16388),
)
first_layer_keeps_all = Formula(
    first_layer,
    0 * fp32_bytes,
    says="Where the embedding trains, or its output is made to need a gradient, the first layer keeps all.",
    zh="若词嵌入可训练(或其输出需要梯度),首层全部保存。",
    source=modelling("llama"),
    when={regime: (*FULL, "kbit")},
    example=({}, 0),
)
all_layers_keep = Formula(
    saved_activations,
    in_flight * T * (kept_by_layers - first_layer * embeddings_here),
    says="Without checkpointing every layer keeps its own for every token.",
    zh="不做重计算时,每层为每个 token 各自保存。",
    source=KORTHIKANTI.at("§4.1"),
    when={checkpointing: UNCHECKPOINTED},
    example=({in_flight: 1, T: 2048, kept_by_layers: 32 * 200840, first_layer: 0, embeddings_here: 1}, 13162250240),
)
checkpointed_layers_keep_their_input = Formula(
    checkpoints,
    in_flight * T * residual_bytes * h * checkpointed_layers / stream_shards,
    says="With checkpointing each layer keeps its input only.",
    zh="重计算时每层只保存其输入。",
    source=SUBLINEAR.at("§3"),
    when={activations_hosted: "no"},
    example=({in_flight: 1, T: 2048, residual_bytes: 2, h: 4096, checkpointed_layers: 32, stream_shards: 1}, 2**29),
)
inputs_go_to_the_host = Formula(
    checkpoints,
    T * residual_bytes * h * least(checkpointed_layers, stashed_layers) / stream_shards,
    says="Layers' inputs go to host memory as they are made; those of a few layers are still on their way.",
    zh="各层输入随即移至内存;仅少数几层仍在传输途中。",
    source=TORCHTUNE_OFFLOAD.at("OffloadActivations: max_fwd_stash_size"),
    when={activations_hosted: "yes"},
    example=(
        {T: 2048, residual_bytes: 2, h: 4096, checkpointed_layers: 32, stashed_layers: 5, stream_shards: 1},
        5 * 2**24,
    ),
)
one_layer_recomputed = Formula(
    recomputed_layer,
    T * largest(saved_layer + layer_backward, KIND) + recomputed_casts,
    says="The layer at work is recomputed whole; to it come the gradients at the height of its backward pass.",
    zh="正在反向的一层被完整重计算,再加其反向过程的梯度峰值。",
    source=SUBLINEAR.at("§3"),
    when={adapter_kind: ("low-rank", "stabilised", "rotation"), layer_parts: "whole", adapter_path: "autograd"},
    example=({T: 2048, saved_layer: 200840, layer_backward: 73728, recomputed_casts: 0}, 562315264),
)
parts_of_a_layer_recomputed = Formula(
    recomputed_layer,
    T * greatest(total(saved_layer, KIND) + largest(mlp_backward, KIND), largest(saved_layer + layer_backward, KIND))
    + recomputed_casts,
    says="All parts of the layer are recomputed before the MLP goes back; the part that comes first is alone at its height.",
    zh="层的各部分全部重计算之后 MLP 才反向;最先的部分达到峰值时只有其自身。",
    source=modelling("falcon_h1", "FalconH1DecoderLayer"),
    when={adapter_kind: ("low-rank", "stabilised", "rotation"), layer_parts: "side-by-side"},
    example=(
        {T: 2048, saved_layer: 200840, mlp_backward: 65536, layer_backward: 73728, recomputed_casts: 0},
        2048 * 274568,
    ),
)
recomputed_weights_are_cast = Formula(
    recomputed_casts,
    half_bytes * largest(late_matrices, KIND),
    says="Autocast casts the weights anew; a linear keeps its 16-bit copy until its own backward pass.",
    zh="autocast 重新转换权重;每个线性层的 16 位副本保留到其自身反向完成。",
    source=AUTOCAST.at("CUDA ops that autocast to float16: linear"),
    when={regime: "mixed"},
    example=({half_bytes: 2, late_matrices: 134217728}, 2**28),
)
recomputed_weights_are_as_stored = Formula(
    recomputed_casts,
    0 * half_bytes,
    says="Weights compute in the type that they are stored in.",
    zh="权重以存储的类型参与计算。",
    source=AUTOCAST.at("CUDA ops that autocast to float16: linear"),
    when={regime: ("half", "single", *ADAPTER)},
    example=({}, 0),
)
activations_without_checkpointing = Formula(
    activations,
    saved_activations,
    says="All that is kept for the backward pass.",
    zh="为反向传播保存的全部内容。",
    source=KORTHIKANTI.at("§4.1"),
    when={checkpointing: UNCHECKPOINTED},
    example=({saved_activations: 13162250240}, 13162250240),
)
activations_with_checkpointing = Formula(
    activations,
    checkpoints + recomputed_layer,
    says="The layers' inputs and the one layer that is recomputed.",
    zh="各层输入加上正在重计算的一层。",
    source=SUBLINEAR.at("§3"),
    when={checkpointing: "on"},
    example=({checkpoints: 2**29, recomputed_layer: 562315264}, 1099186176),
)
input_of_the_layer_at_work = Formula(
    own_input,
    T * residual_bytes * h / stream_shards,
    says="The layer that is recomputed starts from its kept input.",
    zh="重计算的层从其保存的输入开始。",
    source=SUBLINEAR.at("§3"),
    example=({T: 2048, residual_bytes: 2, h: 4096, stream_shards: 1}, 16777216),
)
gradient_of_the_residual_stream = Formula(
    residual_gradient,
    T * residual_bytes * h / stream_shards,
    says="The backward pass carries one gradient of the residual stream.",
    zh="反向传播携带一份残差流梯度。",
    source=SUBLINEAR.at("§3"),
    example=({T: 2048, residual_bytes: 2, h: 4096, stream_shards: 1}, 16777216),
)

_FINAL = modelling("llama", "LlamaModel.norm, lm_head")
final_norm_and_head_keep = Formula(
    saved_final,
    one_norm + read_bytes * h,
    says="The last norm keeps as any other; the head that trains keeps its input.",
    zh="末层归一化同其他归一化;可训练的输出头保存其输入。",
    source=_FINAL,
    when={regime: FULL, updated: EVERYWHERE, residual: "as-embedding"},
    example=({one_norm: 24580, read_bytes: 2, h: 4096}, 8 * 4096 + 4),
)
final_norm_of_a_float32_stream_and_head_keep = Formula(
    saved_final,
    one_norm + (residual_bytes - norm_value_bytes + read_bytes) * h,
    says="The last norm reads the float32 stream itself: its normalised value is float32 too; the head keeps its input.",
    zh="末层归一化直接读取 float32 残差流,其归一化值也是 float32;输出头保存其输入。",
    source=modelling("mamba2", "Mamba2Model.norm_f"),
    when={regime: FULL, updated: EVERYWHERE, residual: "single"},
    example=({one_norm: 24580, residual_bytes: 4, norm_value_bytes: 2, read_bytes: 2, h: 4096}, 10 * 4096 + 4),
)
final_norm_before_a_frozen_head = Formula(
    saved_final,
    one_norm,
    says="The last norm keeps as any other; a frozen head keeps nothing.",
    zh="末层归一化同其他归一化;冻结的输出头不保存。",
    source=_FINAL,
    when={regime: ("adapter-single", "adapter-mixed", "adapter-half")},
    example=({one_norm: 16388}, 16388),
)
final_norm_after_kbit_preparation = Formula(
    saved_final,
    one_norm + half_bytes * h,
    says="The head, made float32, computes on a 16-bit copy of its input.",
    zh="float32 的输出头使用其输入的 16 位副本。",
    source=_FINAL,
    when={regime: "kbit"},
    example=({one_norm: 16388, half_bytes: 2, h: 4096}, 6 * 4096 + 4),
)
final_norm_of_all_tokens = Formula(
    final_norm,
    T * saved_final * heads_here / stream_shards,
    says="The end of the model keeps its part for every token, on the card that holds it.",
    zh="模型末端为每个 token 保存的部分,位于持有它的卡上。",
    source=_FINAL,
    example=({T: 2048, saved_final: 32772, heads_here: 1, stream_shards: 1}, 67117056),
)

logits_of_all_tokens = Formula(
    logit_tokens,
    T * heads_here,
    says="The loss is computed over all tokens at once, on the card that holds the head.",
    zh="在持有输出头的卡上一次性对所有 token 计算损失。",
    source=_CAUSAL,
    when={loss: ("full-logits", "last-logits")},
    example=({T: 2048, heads_here: 1}, 2048),
)
logits_of_a_chunk = Formula(
    logit_tokens,
    loss_chunk * heads_here,
    says="The loss is computed chunk by chunk.",
    zh="按分块计算损失。",
    source=LIGER.at("§3.2"),
    when={loss: "chunked"},
    example=({loss_chunk: 1024, heads_here: 1}, 1024),
)
logits_of_a_fused_loss = Formula(
    logit_tokens,
    ceiling(T / ceiling(V / h)) * heads_here,
    says="Fused linear cross entropy takes as many chunks as the vocabulary is wider than the hidden size.",
    zh="融合线性交叉熵的分块数为词表与隐藏维度之比。",
    source=LIGER.at("§3.2, FusedLinearCrossEntropy"),
    when={loss: "fused"},
    example=({T: 8192, V: 128256, h: 4096, heads_here: 1}, 256),
)
logits_at_the_start_of_backward = Formula(
    logits_at_backward,
    logit_tokens * V * 3 * loss_bytes,
    says="Three copies in the type of the loss: the logits, their log-probabilities and the gradient.",
    zh="以损失的精度保存三份:logits、对数概率与梯度。",
    source=_CAUSAL,
    when={soft_cap: ("none", "attention"), loss_kernel: "copying"},
    example=({logit_tokens: 2048, V: 32000, loss_bytes: 4}, 786432000),
)
capped_logits_at_the_start_of_backward = Formula(
    logits_at_backward,
    logit_tokens * V * (3 * loss_bytes + half_bytes),
    says="Three copies in the type of the loss, and the tanh of the cap in 16 bits.",
    zh="以损失的精度保存三份,另加软上限的 16 位 tanh。",
    source=modelling("gemma2", "Gemma2ForCausalLM"),
    when={soft_cap: "both", loss_kernel: "copying"},
    example=({logit_tokens: 2048, V: 256000, loss_bytes: 4, half_bytes: 2}, 7340032000),
)
logits_at_the_end_of_forward = Formula(
    logits_at_forward,
    logit_tokens * V * (2 * loss_bytes + half_bytes),
    says="16-bit logits, their copy in the type of the loss and the log-probabilities (2).",
    zh="16 位 logits、以损失精度保存的副本与对数概率(2)。",
    source=_CAUSAL,
    when={loss_kernel: "copying"},
    example=({logit_tokens: 2048, V: 32000, loss_bytes: 4, half_bytes: 2}, 655360000),
)
logits_of_training = Formula(
    logits,
    logits_at_backward,
    says="Logits are at their peak as the backward pass starts.",
    zh="反向开始时 logits 占用最大。",
    source=_CAUSAL,
    when={task: "train"},
    example=({logits_at_backward: 786432000}, 786432000),
)
experts_merged_in_all_layers = Formula(
    merged_experts,
    total(n_layers_of * materialised_experts, KIND),
    says="Without checkpointing every layer keeps its merged experts.",
    zh="不做重计算时每层保存合并后的专家。",
    source=PEFT_LORA.at("ParamWrapper"),
    when={checkpointing: UNCHECKPOINTED, regime: ADAPTER},
    example=({n_layers_of: 48, materialised_experts: 1000}, 48000),
)
experts_merged_in_one_layer = Formula(
    merged_experts,
    largest(materialised_experts, KIND),
    says="With checkpointing one layer's experts are merged at a time.",
    zh="重计算时每次只合并一层的专家。",
    source=PEFT_LORA.at("ParamWrapper"),
    when={checkpointing: "on", regime: ADAPTER},
    example=({materialised_experts: 1000}, 1000),
)
no_experts_merged = Formula(
    merged_experts,
    0 * half_bytes,
    says="Nothing is merged in full training.",
    zh="全量训练无需合并。",
    source=PEFT_LORA,
    when={regime: FULL},
    example=({}, 0),
)
