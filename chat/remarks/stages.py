"""Remarks on what each stage of ZeRO, and each strategy of FSDP, leaves on a card of the states of full training."""

from chat.remarks.remark import FIRST, SUSPECT, Asked, Remark
from chat.works import DEEPSPEED_CONFIG, FSDP_OR_DEEPSPEED, ZERO


def _states_shared(c: Asked) -> bool:
    """Whether what each of several cards holds of Adam's states answers what is asked."""
    by_adam = c.training and c.modelled and c.method == "full" and c.n > 1 and c.k("optimizer") == "adamw"
    asked = c.any("oom_diagnosis", "fits", "how_many_gpus", "how_much", "zero_offload", "which_method")
    apart = c.any("same_memory", "training_time", "comparison", "method_diff")
    return by_adam and asked and not apart and not _divided_otherwise(c) and not c.figures.pure


def _seen(c: Asked) -> bool:
    """Are readings of a run told, of which it is asked why they are so?"""
    told = any(c.figures.told.get(name) for name in ("claims_gb", "observed_gb"))
    return told or "seen_at" in c.figures.log or c.any("why_more", "same_memory")


def _stages_told(c: Asked) -> bool:
    """Whether what each stage keeps of the states is told by the way."""
    of_cards = c.n > 1 or not (c.said("gpu") or c.said("gpu_memory_gb") or c.said("n_gpus"))
    asked = c.any("zero_offload", "method_diff", "multi_gpu_split") and (c.said("zero_stage") or c.any("stages"))
    return (
        c.training
        and of_cards
        and asked
        and not c.adapters
        and not c.any("same_memory")
        and not _states_shared(c)
        and not _divided_otherwise(c)
    )


def _of_fsdp(c: Asked) -> bool:
    """FSDP is named, whose strategies have names of their own."""
    return (
        c.any("by_fsdp")
        and c.modelled
        and c.n > 1
        and c.method == "full"
        and c.k("optimizer") == "adamw"
        and not c.figures.pure
    )


def _divided_otherwise(c: Asked) -> bool:
    """Are the states divided by more than the stage?"""
    return any(c.said(name) for name in ("tp", "pp", "cp", "ep", "shard_size"))


STAGES: tuple[Remark, ...] = (
    Remark("stages", 20, lambda c: _stages_told(c) and not _of_fsdp(c),
        "Model states with mixed-precision Adam, bytes per parameter on each of N cards: data parallel 16, ZeRO-1 4 + 12/N (weights 2 and gradients 2 whole, optimizer 12 divided), ZeRO-2 2 + 14/N (weights 2 whole, gradients 2 + optimizer 12 divided), ZeRO-3 16/N (all divided). Activations and logits are not divided by any stage.",
        "混合精度 Adam 的模型状态,N 张卡时每卡每参数的字节数:数据并行 16,ZeRO-1 为 4 + 12/N(权重 2、梯度 2 完整,优化器 12 切分),ZeRO-2 为 2 + 14/N(权重 2 完整,梯度 2 + 优化器 12 切分),ZeRO-3 为 16/N(全部切分)。激活和 logits 任何阶段都不切分。", ZERO, SUSPECT),
    Remark("stages-of-fsdp", 20, lambda c: _stages_told(c) and _of_fsdp(c),
        "Weights, gradients and optimizer states with mixed-precision Adam, bytes per parameter on each of N cards: DDP (FSDP's NO_SHARD) 16, ZeRO-1 4 + 12/N, ZeRO-2 (SHARD_GRAD_OP) 2 + 14/N, here {zero2}, ZeRO-3 (FULL_SHARD) 16/N, here {zero3}. Activations and logits are not divided by any of them.",
        "混合精度 Adam 的权重、梯度和优化器状态,N 张卡时每卡每参数的字节数:DDP(FSDP 的 NO_SHARD)16,ZeRO-1 为 4 + 12/N,ZeRO-2(SHARD_GRAD_OP)2 + 14/N,这里 {zero2},ZeRO-3(FULL_SHARD)16/N,这里 {zero3}。激活和 logits 都不切分。", FSDP_OR_DEEPSPEED, SUSPECT),
    Remark("stages-in-figures", 21, lambda c: (c.any("zero_offload", "method_diff") or (c.any("failing_count", "how_many_gpus", "oom_diagnosis") and not c.said("zero_stage"))) and c.modelled and c.training and c.n > 1 and c.method == "full" and not c.any("same_memory") and not _states_shared(c) and not _divided_otherwise(c),
        "Model states of {params} parameters on {cards} cards, per card: {zero1} with ZeRO-1, {zero2} with ZeRO-2, {zero3} with ZeRO-3; activations come on top.",
        "{params} 参数的模型状态分到 {cards} 张卡:ZeRO-1 每卡 {zero1},ZeRO-2 每卡 {zero2},ZeRO-3 每卡 {zero3};激活另算。", ZERO, SUSPECT),
    Remark("live-parameters", 13, lambda c: c.training and c.modelled and c.zero == 3 and c.k("offload") == "params" and c.any("parts", "why_more") and not c.failed and not c.any("by_fsdp"),
        "Of what is gathered DeepSpeed keeps up to stage3_max_live_parameters on the card (1e9 by default, 2 GB in 16 bit), and stage3_prefetch_bucket_size and reduce_bucket_size on top: smaller values take less and are slower. Logits go down with a fused or chunked loss, activations with checkpointing.",
        "聚合来的参数 DeepSpeed 最多在卡上留 stage3_max_live_parameters 个(默认 1e9 个,16 位共 2 GB),另有 stage3_prefetch_bucket_size 和 reduce_bucket_size:调小就省显存,但更慢。logits 靠融合或分块的损失,激活靠重计算。", DEEPSPEED_CONFIG),
    Remark("also-full-is-out", 25, lambda c: c.training and c.modelled and c.adapters and c.any("which_method") and not c.failed and c.over("full_over", 1),
        "Full fine-tuning is out of the question there: {params} × 16 B = {states} of weights, gradients and Adam's states alone, against {capacity_all}.",
        "全参微调在这里不用考虑:光权重、梯度和 Adam 状态就是 {params} × 16 字节 = {states},而显存共 {capacity_all}。", ZERO),
    Remark("halved-by-cards", 0, lambda c: c.training and c.modelled and not c.failed and "counts_raised" in c.figures.log and ("less_seen" in c.figures.log or not _seen(c)),
        "{halved_by_cards}", "{halved_by_cards}", ZERO, FIRST),
    Remark("buckets-lowered", 0, lambda c: c.training and c.modelled and c.zero in (2, 3) and c.any("buckets_lowered"),
        "{buckets_lowered}", "{buckets_lowered}", DEEPSPEED_CONFIG, FIRST),
    Remark("states-shared", 23, lambda c: _states_shared(c),
        "Of the states, {params} × 16 B = {states} with Adam, each of {cards} cards holds: plain data parallel all; ZeRO-1 4 + 12/{cards} B, {zero1}; ZeRO-2 2 + 14/{cards} B, {states_zero2}; ZeRO-3 or FSDP 16/{cards} B, {states_zero3}.{states_at_half} Activations and logits come on top; no stage divides them.",
        "Adam 训练的状态 {params} × 16 字节 = {states},在 {cards} 张卡上:普通数据并行每卡全部;ZeRO-1 每卡 4 + 12/{cards} 字节,{zero1};ZeRO-2 每卡 2 + 14/{cards} 字节,{states_zero2};ZeRO-3/FSDP 每卡 16/{cards} 字节,{states_zero3}。{states_at_half}激活与 logits 另算,任何阶段都不切分。", ZERO),
)  # fmt: skip
