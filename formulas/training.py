"""The peak of one training step: named phases in terms of a card, each a plain sum; the greatest decides."""

from formulas.anatomy import (
    ADAPTER,
    FULL,
    UNCHECKPOINTED,
    adapter_params,
    checkpointing,
    expert_adapter_params,
    fp32_bytes,
    regime,
    tied,
    trained_params,
    vocab_size,
)
from formulas.formula import Formula
from formulas.layouts import (
    embeddings_here,
    gradient_bucket,
    heads_here,
    prefetched,
    standing_gradients,
    sub_group_size,
    waiting,
    whole_gradients,
)
from formulas.programs import (
    kept_logits,
    second_layer,
)
from formulas.quantity import Choice, Words, least
from formulas.sources import (
    ACCOUNTING,
    ADAMW_PYTORCH,
    AUTOCAST,
    DEEPSPEED_STAGE3,
    DEEPSPEED_STEP,
    LORA,
    SUBLINEAR,
    TYING,
    ZERO,
)
from formulas.tuning import EVERYWHERE, updated
from formulas.vocabulary import (
    adapter,
    bytes_of_gradient,
    checkpoints,
    final_norm,
    forward_casts,
    gathered,
    gradient_shards,
    gradients,
    hidden_size,
    logits_at_backward,
    logits_at_forward,
    merged_experts,
    model_gradients,
    n_params,
    optimizer,
    optimizer_shards,
    optimizer_temporaries,
    phase_backward_of_last_layer,
    phase_end_of_backward,
    phase_end_of_forward,
    phase_optimizer_step,
    phase_start_of_backward,
    recomputed_layer,
    residual_gradient,
    saved_activations,
    tied_gradient,
    token_ids,
    tokens,
    weight_casts,
    weights,
)

h, V = hidden_size, vocab_size
_CAST = AUTOCAST.at("autocast op reference; the weight cache")
_LOOP = ACCOUNTING.at("a forward and a backward pass, counted")
optimizer_step = Choice(
    "optimizer_step",
    ("fused", "foreach", "master", "master-groups"),
    Words(
        "whether the optimizer updates in one kernel, over lists of tensors, or float32 masters from 16-bit gradients",
        "优化器更新方式",
    ),
)

all_parameters_train = Formula(
    trained_params,
    n_params,
    says="In full training every parameter trains.",
    zh="全量训练时所有参数都训练。",
    source=ZERO.at("§3.1"),
    when={regime: FULL, updated: ("everything", "one-matrix")},
    example=({n_params: 6738415616}, 6738415616),
)
adapters_train = Formula(
    trained_params,
    adapter_params,
    says="With adapters only they train.",
    zh="使用适配器时只有适配器训练。",
    source=LORA.at("§4.2"),
    when={regime: ADAPTER, updated: "everything"},
    example=({adapter_params: 41943040, expert_adapter_params: 0}, 41943040),
)
gradients_of_what_trains = Formula(
    model_gradients,
    trained_params * bytes_of_gradient,
    says="Each parameter that trains has one gradient.",
    zh="每个可训练参数有一个梯度。",
    source=ZERO.at("§3.1"),
    when={updated: ("everything", "last-layers", "sampled-layers", "outer-factors")},
    example=({trained_params: 6738415616, bytes_of_gradient: 2}, 13476831232),
)

# ── gradients along the way ────────────────────────────────────────────────────────────────────────────────────────
tied_embedding_has_two_gradients = Formula(
    tied_gradient,
    bytes_of_gradient * V * h * heads_here * embeddings_here,
    says="A tied matrix gets the embedding's gradient beside the head's before the two are added.",
    zh="共享矩阵在相加之前同时存在词嵌入与输出头两份梯度。",
    source=TYING.at("§3"),
    when={tied: "yes", regime: FULL, updated: EVERYWHERE},
    example=({bytes_of_gradient: 2, V: 128256, h: 3072, heads_here: 1, embeddings_here: 1}, 788004864),
)
one_gradient_of_an_untied_embedding = Formula(
    tied_gradient,
    0 * bytes_of_gradient,
    says="Untied matrices have a gradient each.",
    zh="不共享时各有一份梯度。",
    source=TYING.at("§3"),
    when={tied: "no", regime: FULL},
    example=({}, 0),
)
no_gradient_of_a_frozen_embedding = Formula(
    tied_gradient,
    0 * bytes_of_gradient,
    says="A frozen embedding has no gradient.",
    zh="冻结的词嵌入没有梯度。",
    source=LORA.at("§4.2"),
    when={regime: ADAPTER},
    example=({}, 0),
)
tokens_and_rotary_tables = Formula(
    token_ids,
    tokens * (fp32_bytes + fp32_bytes),
    says="The token numbers are 64-bit integers (two float32 wide).",
    zh="token 编号为 64 位整数。",
    source=_LOOP,
    example=({tokens: 2048, fp32_bytes: 4}, 16384),
)

# ── phases ─────────────────────────────────────────────────────────────────────────────────────────────────────────
start_of_backward = Formula(
    phase_start_of_backward,
    weights + adapter + optimizer + weight_casts + standing_gradients + saved_activations + merged_experts + final_norm + logits_at_backward + kept_logits
    + gathered + gradient_bucket,
    says="Everything is kept for the backward pass, and the gradient of the logits is made.",
    zh="所有保存的激活值都在,且正在产生 logits 的梯度。",
    source=_LOOP,
    when={checkpointing: UNCHECKPOINTED},
    example=(
        {
            weights: 13476831232, adapter: 0, optimizer: 26953662464, weight_casts: 0, standing_gradients: 0, saved_activations: 14e9,
            merged_experts: 0, final_norm: 67117056, logits_at_backward: 786432000, kept_logits: 0, gathered: 0,
            gradient_bucket: 0,
        },
        13476831232 + 26953662464 + 14e9 + 67117056 + 786432000,
    ),
)  # fmt: skip
start_of_backward_with_checkpointing = Formula(
    phase_start_of_backward,
    weights + adapter + optimizer + weight_casts + standing_gradients + checkpoints + final_norm + logits_at_backward + kept_logits
    + gathered + gradient_bucket,
    says="The layers' inputs are kept, and the gradient of the logits is made.",
    zh="保存各层输入,且正在产生 logits 的梯度。",
    source=_LOOP,
    when={checkpointing: "on"},
    example=(
        {
            weights: 13476831232, adapter: 0, optimizer: 26953662464, weight_casts: 0, standing_gradients: 0, checkpoints: 2**29,
            final_norm: 67117056, logits_at_backward: 786432000, kept_logits: 0, gathered: 0, gradient_bucket: 0,
        },
        13476831232 + 26953662464 + 2**29 + 67117056 + 786432000,
    ),
)  # fmt: skip
end_of_forward_with_checkpointing = Formula(
    phase_end_of_forward,
    weights + adapter + optimizer + forward_casts + standing_gradients + checkpoints + final_norm + logits_at_forward + gathered,
    says="Autocast's copies of all weights are still cached while the loss is computed.",
    zh="计算损失时 autocast 的权重副本仍在缓存中。",
    source=_CAST,
    when={checkpointing: "on"},
    example=(
        {
            weights: 26953662464, adapter: 0, optimizer: 53907324928, forward_casts: 13214154752, standing_gradients: 0, checkpoints: 2**30,
            final_norm: 83894272, logits_at_forward: 655360000, gathered: 0,
        },
        26953662464 + 53907324928 + 13214154752 + 2**30 + 83894272 + 655360000,
    ),
)  # fmt: skip
end_of_forward = Formula(
    phase_end_of_forward,
    weights + adapter + optimizer + forward_casts + standing_gradients + saved_activations + merged_experts + final_norm + logits_at_forward + gathered,
    says="Everything is kept for the backward pass, and the loss is computed.",
    zh="所有保存的激活值都在,且正在计算损失。",
    source=_LOOP,
    when={checkpointing: UNCHECKPOINTED},
    example=(
        {
            weights: 13476831232, adapter: 0, optimizer: 26953662464, forward_casts: 0, standing_gradients: 0, saved_activations: 14e9,
            merged_experts: 0, final_norm: 67117056, logits_at_forward: 655360000, gathered: 0,
        },
        13476831232 + 26953662464 + 14e9 + 67117056 + 655360000,
    ),
)  # fmt: skip
last_layer_recomputed = Formula(
    phase_backward_of_last_layer,
    weights + adapter + optimizer + standing_gradients + checkpoints + recomputed_layer + second_layer + merged_experts + token_ids
    + gathered + prefetched + gradient_bucket,
    says="The last layer is recomputed first, while the inputs of all layers are still kept.",
    zh="最后一层最先重计算,此时所有层的输入都还在。",
    source=SUBLINEAR.at("§3"),
    when={checkpointing: "on"},
    example=(
        {
            weights: 13476831232, adapter: 160e6, optimizer: 320e6, standing_gradients: 0, checkpoints: 2**29, recomputed_layer: 5e8,
            second_layer: 0, merged_experts: 0, token_ids: 16384, gathered: 0, prefetched: 0, gradient_bucket: 0,
        },
        13476831232 + 160e6 + 320e6 + 2**29 + 5e8 + 16384,
    ),
)  # fmt: skip
end_of_backward = Formula(
    phase_end_of_backward,
    weights + adapter + optimizer + gradients + tied_gradient + waiting + residual_gradient + token_ids
    + gathered + whole_gradients + gradient_bucket,
    says="All gradients are made, the embedding's last.",
    zh="所有梯度均已产生,词嵌入的梯度最后产生。",
    source=_LOOP,
    example=(
        {
            weights: 13476831232, adapter: 0, optimizer: 26953662464, gradients: 13476831232, tied_gradient: 0, waiting: 0,
            residual_gradient: 16777216, token_ids: 16384, gathered: 0, whole_gradients: 0, gradient_bucket: 0,
        },
        53907324928 + 16777216 + 16384,
    ),
)  # fmt: skip
step_of_the_optimizer = Formula(
    phase_optimizer_step,
    weights + adapter + optimizer + gradients + optimizer_temporaries,
    says="Weights, gradients and states are all there, with the step's own temporaries.",
    zh="权重、梯度与状态俱在,另加更新的临时内存。",
    source=ADAMW_PYTORCH.at("foreach, fused"),
    example=(
        {
            weights: 16060522496, adapter: 0, optimizer: 32121044992, gradients: 16060522496,
            optimizer_temporaries: 16060522496,
        },
        80302612480,
    ),
)  # fmt: skip
fused_step_needs_nothing = Formula(
    optimizer_temporaries,
    0 * gradients,
    says="A fused step updates in place.",
    zh="融合更新就地进行。",
    source=ADAMW_PYTORCH.at("fused"),
    when={optimizer_step: "fused"},
    example=({}, 0),
)
foreach_step_needs_one_more = Formula(
    optimizer_temporaries,
    gradients,
    says="Steps over lists of tensors make a temporary of the size of all gradients.",
    zh="foreach 更新产生与全部梯度同样大小的临时内存。",
    source=ADAMW_PYTORCH.at("foreach: uses ~ sizeof(params) more peak memory"),
    when={optimizer_step: "foreach"},
    example=({gradients: 16060522496}, 16060522496),
)
gradients_are_made_single_for_the_masters = Formula(
    optimizer_temporaries,
    gradients * gradient_shards / optimizer_shards * fp32_bytes / bytes_of_gradient,
    says="Before float32 masters are updated, the 16-bit gradients of a card's part of them are copied to float32.",
    zh="更新 float32 主权重之前,本卡所更新部分的 16 位梯度先复制为 float32。",
    source=DEEPSPEED_STEP.at("step: single_grad_partition = flatten(...).to(fp32)"),
    when={optimizer_step: "master"},
    example=(
        {gradients: 10**9, gradient_shards: 1, optimizer_shards: 8, fp32_bytes: 4, bytes_of_gradient: 2},
        25 * 10**7,
    ),
)
gradients_are_made_single_group_by_group = Formula(
    optimizer_temporaries,
    least(gradients / bytes_of_gradient, sub_group_size) * (fp32_bytes + bytes_of_gradient),
    says="ZeRO-3 updates one group of parameters after the other: its gradients are put together and copied to float32.",
    zh="ZeRO-3 逐组更新参数:先把该组梯度拼接,再复制为 float32。",
    source=DEEPSPEED_STAGE3.at("_create_fp16_sub_groups, _prepare_fp32_grad_for_sub_group"),
    when={optimizer_step: "master-groups"},
    example=({gradients: 4 * 10**9, bytes_of_gradient: 2, sub_group_size: 10**9, fp32_bytes: 4}, 6 * 10**9),
)
