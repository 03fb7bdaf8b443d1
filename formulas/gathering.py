"""Sharded and data-parallel training: layers gathered to compute, gradients on their way to other cards, micro-steps.

What is gathered is there while a layer works, and gone as the optimizer steps.
"""

from sympy import Rational

from formulas.anatomy import ADAPTER, FULL, KIND, embedding_params, half_bytes, mixer_matrices, mlp_matrices, regime
from formulas.formula import Formula, Source
from formulas.layouts import (
    accumulation,
    ahead_numbers,
    bucket_numbers,
    bucket_sizes,
    gathered_ahead,
    gradient_bucket,
    gradient_buckets,
    prefetched,
    reduction,
    schedule,
    standing_gradients,
    whole_gradients,
)
from formulas.quantity import largest
from formulas.sources import FSDP, TRAINER, ZERO
from formulas.vocabulary import (
    bytes_of_gradient,
    gradient_shards,
    gradients,
    gradients_not_yet_made,
    gradients_so_far,
    hidden_size,
    layer_unit,
    model_gradients,
)

DDP = Source(
    "pytorch-ddp",
    "PyTorch, DistributedDataParallel",
    "https://docs.pytorch.org/docs/stable/generated/torch.nn.parallel.DistributedDataParallel.html",
)
DEEPSPEED_BUCKETS = Source(
    "deepspeed-zero", "DeepSpeed, ZeRO optimizers",
    "https://github.com/deepspeedai/DeepSpeed/blob/v0.14.0/deepspeed/runtime/zero/stage_1_and_2.py",
)  # fmt: skip
FSDP_ACCUMULATION = Source(
    "pytorch-fsdp-accumulation", "PyTorch, gradient accumulation under FSDP",
    "https://github.com/pytorch/pytorch/pull/126166",
)  # fmt: skip
DEEPSPEED_CONFIG = Source("deepspeed-config", "DeepSpeed, configuration", "https://www.deepspeed.ai/docs/config-json/")
TRAINER_BUCKETS = Source(
    "transformers-deepspeed", "transformers, DeepSpeed integration",
    "https://github.com/huggingface/transformers/blob/v4.46.0/src/transformers/integrations/deepspeed.py",
)  # fmt: skip
TRAINER_PREFETCH = Source(
    "transformers-fsdp", "transformers, TrainingArguments: fsdp_config",
    "https://github.com/huggingface/transformers/blob/v4.46.0/src/transformers/training_args.py",
)  # fmt: skip
_PREFETCH = FSDP.at("§3.3.2, backward prefetching")
_WHOLE_GRADIENT = FSDP.at("§3.2.1, §4.3: a unit's gradient is reduced and divided once it is whole")

# ── one layer ahead ────────────────────────────────────────────────────────────────────────────────────────────────
nothing_is_gathered_ahead = Formula(
    prefetched,
    0 * half_bytes,
    says="Nothing is gathered but what works: weights are whole, or the program does not look ahead.",
    zh="只聚合正在计算的部分:权重完整,或程序不预取。",
    source=TRAINER_PREFETCH.at("backward_prefetch: NO_PREFETCH unless fsdp_config names a policy"),
    when={gathered_ahead: "nothing"},
    example=({}, 0),
)
the_next_layer_is_gathered_ahead = Formula(
    prefetched,
    layer_unit,
    says="On the way back the next layer is gathered while one works: two at once.",
    zh="反向时,一层计算的同时预先聚合下一层:两层同时在卡上。",
    source=_PREFETCH,
    when={gathered_ahead: "layer"},
    example=({layer_unit: 404750336}, 404750336),
)
a_bucket_is_gathered_ahead = Formula(
    prefetched,
    ahead_numbers * half_bytes,
    says="A fixed number of parameters is gathered ahead.",
    zh="预先聚合固定数量的参数。",
    source=DEEPSPEED_CONFIG.at("stage3_prefetch_bucket_size"),
    when={gathered_ahead: "bucket"},
    example=({ahead_numbers: 5 * 10**7, half_bytes: 2}, 10**8),
)
parameters_ahead_by_width = Formula(
    ahead_numbers,
    Rational(9, 10) * hidden_size**2,
    says="Left to the trainer, nine tenths of a square matrix of the model's width.",
    zh="由训练器自动设置:模型宽度方阵的十分之九。",
    source=TRAINER_BUCKETS.at("HfTrainerDeepSpeedConfig.trainer_config_finalize"),
    when={bucket_sizes: "by-width"},
    example=({hidden_size: 4000}, 144 * 10**5),
)
bucket_by_width = Formula(
    bucket_numbers,
    hidden_size**2,
    says="Left to the trainer, a square matrix of the model's width.",
    zh="由训练器自动设置:模型宽度的方阵。",
    source=TRAINER_BUCKETS.at("HfTrainerDeepSpeedConfig.trainer_config_finalize"),
    when={bucket_sizes: "by-width"},
    example=({hidden_size: 4096}, 16777216),
)

# ── gradients on their way ─────────────────────────────────────────────────────────────────────────────────────────
no_gradient_is_whole = Formula(
    whole_gradients,
    0 * half_bytes,
    says="No gradient is made whole to be divided afterwards.",
    zh="没有先完整产生、再切分的梯度。",
    source=ZERO.at("§5.2"),
    when={reduction: ("none", "copies", "bucket")},
    example=({}, 0),
)
gradients_of_a_unit_are_whole = Formula(
    whole_gradients,
    half_bytes * (embedding_params + largest(mixer_matrices + mlp_matrices, KIND)) * (1 - 1 / gradient_shards),
    says="A unit's gradients are whole (1) until it is done, in the 16 bits in which it computes; the outermost unit, with embedding and "
    "head, is done last. The part that stays is counted already (1/N).",
    zh="一个单元的梯度在其反向完成之前是完整的(1),按计算所用的 16 位;含词嵌入与输出头的最外层单元最后完成。留在本卡的部分(1/N)已计入。",
    source=_WHOLE_GRADIENT,
    when={reduction: "units", regime: FULL},
    example=(
        {half_bytes: 2, embedding_params: 262144000, mixer_matrices: 41943040, mlp_matrices: 176160768, gradient_shards: 4},
        720371712,
    ),
)  # fmt: skip
whole_gradients_of_adapters_are_small = Formula(
    whole_gradients,
    0 * half_bytes,
    says="A frozen unit has no gradient, and one layer's adapters are small.",
    zh="冻结的单元没有梯度,单层适配器的梯度可忽略。",
    source=_WHOLE_GRADIENT,
    when={reduction: "units", regime: ADAPTER},
    example=({}, 0),
)
no_bucket_of_gradients = Formula(
    gradient_bucket,
    0 * half_bytes,
    says="No bucket stands beside the gradients.",
    zh="梯度之外没有归约桶。",
    source=ZERO.at("§5.2"),
    when={reduction: ("none", "copies", "units")},
    example=({}, 0),
)
a_bucket_is_filled_and_reduced = Formula(
    gradient_bucket,
    bucket_numbers * half_bytes,
    says="Gradients are copied into a bucket of a fixed number, which is reduced when it is full.",
    zh="梯度先复制到固定大小的桶中,装满后归约。",
    source=DEEPSPEED_BUCKETS.at("DeepSpeedZeroOptimizer.backward: ipg_buffer of reduce_bucket_size"),
    when={reduction: "bucket"},
    example=({bucket_numbers: 5 * 10**8, half_bytes: 2}, 10**9),
)
gradients_are_no_copies = Formula(
    gradient_buckets,
    0 * half_bytes,
    says="Gradients are reduced where they are, or in parts.",
    zh="梯度就地或分块归约。",
    source=ZERO.at("§5"),
    when={reduction: ("none", "units", "bucket")},
    example=({}, 0),
)
buckets_hold_all_gradients_again = Formula(
    gradient_buckets,
    model_gradients,
    says="Unless gradients are views of the buckets, which is not the default, the buckets that are reduced hold all gradients again.",
    zh="除非梯度是桶的视图(非默认),否则归约所用的桶另存一份全部梯度。",
    source=DDP.at("gradient_as_bucket_view"),
    when={reduction: "copies"},
    example=({model_gradients: 16060522496}, 16060522496),
)

# ── micro-steps without a pipeline ─────────────────────────────────────────────────────────────────────────────────
no_gradients_before = Formula(
    standing_gradients,
    0 * gradients,
    says="The first micro-batch finds no gradients.",
    zh="首个微批次之前没有梯度。",
    source=TRAINER.at("Trainer.training_step"),
    when={schedule: "none", accumulation: "no"},
    example=({}, 0),
)
gradients_stand_between_micro_steps = Formula(
    standing_gradients,
    gradients,
    says="Accumulated over micro-steps, or held in a buffer of their own, the gradients stand while later activations are made.",
    zh="梯度累积(或梯度另有常驻缓冲)时,后续微步产生激活值期间梯度一直存在。",
    source=FSDP_ACCUMULATION.at("reduce-scatter for each micro-batch: the sharded gradients are stored"),
    when={schedule: "none", accumulation: "divided"},
    example=({gradients: 10**9}, 10**9),
)
whole_gradients_stand_between_micro_steps = Formula(
    standing_gradients,
    model_gradients * half_bytes / bytes_of_gradient,
    says="Where cards meet only after the last micro-step, each keeps whole gradients until then, in the 16 bits in which it computes.",
    zh="若各卡只在最后一个微步通信,此前每张卡保留完整梯度,按计算所用的 16 位。",
    source=FSDP_ACCUMULATION.at("no reduce-scatter: the unsharded gradients are stored"),
    when={schedule: "none", accumulation: "whole"},
    example=({model_gradients: 32121044992, half_bytes: 2, bytes_of_gradient: 4}, 16060522496),
)
gradients_before_the_first_layer_ends = Formula(
    gradients_so_far,
    gradients - gradients_not_yet_made / gradient_shards,
    says="All gradients but those that come last.",
    zh="除最后产生的以外的全部梯度。",
    source=TRAINER.at("Trainer.training_step"),
    when={schedule: "none", accumulation: "no"},
    example=({gradients: 16060522496, gradients_not_yet_made: 1369440256, gradient_shards: 1}, 14691082240),
)
gradients_of_earlier_micro_steps = Formula(
    gradients_so_far,
    standing_gradients,
    says="The micro-steps before have left all gradients, to which the others are added.",
    zh="此前的微步已留下全部梯度,后续继续累加。",
    source=TRAINER.at("Trainer.training_step"),
    when={schedule: "none", accumulation: ("divided", "whole")},
    example=({standing_gradients: 10**9}, 10**9),
)
