"""What a whole need is the sum of, where that is asked: the formula in words, its figures shown on the model or an example."""

from chat.remarks.remark import ELSEWHERE, Asked, Remark
from chat.works import ANATOMY, KORTHIKANTI, ZERO


def _asked(c: Asked, other: bool) -> bool:
    """Is the sum asked for, and not that of the other use? Where neither is named, both are told."""
    open_use = not c.said("task") and not c.said("method")
    of_experts = c.any("moe") and (not c.modelled or c.any("any_model"))  # what is stored of them is asked
    if (c.modelled and c.any("parts")) or _explains_what_was_seen(c):  # told in figures of the case
        return False
    return c.any("whole_formula") and not c.failed and not of_experts and (open_use or not other)


def _explains_what_was_seen(c: Asked) -> bool:
    """Is it asked why a card shows more than a formula, and not for the formula?"""
    return c.modelled and c.any("why_more") and bool(c.figures.told.get("observed_gb"))


SUMS = (
    Remark("stage-derived", 1, lambda c: c.training and not c.failed and not c.adapters and c.any("stage_formula") and c.any("explain_derive", "zero_offload", "how_much", "method_diff", "multi_gpu_split") and not _explains_what_was_seen(c),
        "{stage_derived}", "{stage_derived}", ZERO),
    Remark("sum-of-serving", 2, lambda c: _asked(c, c.training),
        "**Running a model takes weights + KV cache + activations + runtime.** Weights: parameters × bytes of each (2 in 16 bit, 1 in 8, about half a byte and its scales in 4). KV cache: 2 × layers × KV heads × head size × bytes of a number × tokens × sequences; it alone grows with use. Activations: those of the one step that is computed. Runtime: the CUDA context and buffers of the program, whatever the model.",
        "**推理显存 = 权重 + KV 缓存 + 激活 + 运行时。** 权重:参数量 × 每参数字节数(16 位 2、8 位 1、4 位约半个字节再加缩放系数)。KV 缓存:2 × 层数 × KV 头数 × 每头维度 × 每个数的字节数 × token 数 × 序列数,只有它随使用增长。激活:只有正在计算的那一步。运行时:CUDA 上下文和程序的缓冲,与模型无关。", ANATOMY),
    Remark("sum-of-rl", 2, lambda c: _asked(c, c.serving) and c.k("algo") in ("dpo", "kto", "orpo", "simpo", "grpo", "ppo") and not c.adapters,
        "{sum_of_rl}", "{sum_of_rl}", ZERO),
    Remark("sum-of-training", 2, lambda c: _asked(c, c.serving) and (c.adapters or c.k("algo") not in ("dpo", "kto", "orpo", "simpo", "grpo", "ppo")),
        "**Training takes weights + gradients + optimizer states + activations + logits + runtime.** With Adam in mixed precision the first three are 2 + 2 + 12 = 16 B per parameter (an fp32 copy and two moments are the 12), in pure bf16 2 + 2 + 4 = 8 B. LoRA keeps 2 B of each frozen parameter, 4-bit QLoRA about half a byte, and 16 B of each that trains. Activations go with tokens × hidden size × layers, logits with tokens × vocabulary × 4 B, several copies at once; the tokens are those of a micro-batch, batch × length. ZeRO-1, 2 and 3 divide optimizer states, then gradients too, then weights too by the number of cards; nothing of them divides activations.",
        "**训练显存 = 权重 + 梯度 + 优化器状态 + 激活 + logits + 运行时。** 用 Adam 混合精度时,前三项是每参数 2 + 2 + 12 = 16 字节(12 是 fp32 主权重和两个动量),纯 bf16 是 2 + 2 + 4 = 8 字节。LoRA:冻结的参数各 2 字节(4 位 QLoRA 约半个字节),训练的参数各 16 字节。激活与 token 数 × 隐藏维度 × 层数成正比,logits 是 token 数 × 词表 × 4 字节,同时有好几份;token 数是一个 micro-batch 的,即 批大小 × 长度。ZeRO-1、2、3 依次把优化器状态、梯度、权重按卡数切分,都不切分激活。", ZERO),
    Remark("largest-part-of-any", 1, lambda c: c.any("parts") and not c.modelled and not c.failed and not c.any("units", "smi_differs", "rest_asked", "lost_bytes", "roles_each") and not c.figures.told.get("claims_gb"),
        "**It depends on what is done. Full fine-tuning: the optimizer's states (with Adam in mixed precision 12 of 16 B per parameter), until a micro-batch of many tokens outgrows them. LoRA and QLoRA: the frozen weights (2 B, about half a byte), then activations and logits. Running: the weights, until the tokens of all sequences × the cache of one outweigh them.** States and weights are the same for any length; activations go with tokens × hidden size × layers, logits with tokens × vocabulary × 4 B, several copies at once, the KV cache with tokens × layers × KV heads × head size. So small models with long samples or a large vocabulary are decided by logits and activations, large ones with short samples by states, and servers with many users by the cache. Name a model, what you do with it, length and batch, and its parts are told in order.",
        "**看做什么。全参微调:优化器状态最大(混合精度 Adam 每参数 16 字节里占 12 字节),直到一个 micro-batch 的 token 很多才被激活和 logits 超过。LoRA、QLoRA:冻结的权重最大(每参数 2 字节、约半个字节),其次是激活和 logits。推理:权重最大,直到所有序列的 token 数 × 每 token 缓存超过它。** 状态和权重与长度无关;激活随 token 数 × 隐藏维度 × 层数,logits 随 token 数 × 词表 × 4 字节(同时有好几份),KV 缓存随 token 数 × 层数 × KV 头数 × 每头维度。所以小模型配长样本或大词表由 logits 和激活决定,大模型配短样本由状态决定,并发多的服务由缓存决定。给出模型、用途、长度和批大小,就按大小列出各部分。", ANATOMY, ELSEWHERE),
    Remark("sum-of-activations", 2, lambda c: c.any("activations_formula") and not c.any("score_formula") and not c.serving and not c.failed,
        "**Activations are what the forward pass keeps for the backward pass: about 34 × hidden size bytes for each token and layer in 16 bit, and with eager attention 5 × heads × length bytes more.** FlashAttention leaves the latter out. With gradient checkpointing only the input of each layer stays, 2 × hidden size bytes for each token and layer, and one layer at a time is computed again. Tokens are those of a micro-batch, batch × length. Logits come on top, tokens × vocabulary × 4 B, several copies.",
        "**激活是前向为反向保留的中间结果:16 位时每个 token、每层约 34 × 隐藏维度 字节;eager 注意力再加 5 × 头数 × 长度 字节。** FlashAttention 没有后一项。开激活重计算后每层只留输入,每个 token、每层 2 × 隐藏维度 字节,再加正在重算的一层。token 数是一个 micro-batch 的,即 批大小 × 长度。logits 另算:token 数 × 词表 × 4 字节,同时有好几份。", KORTHIKANTI),
)  # fmt: skip
SUM_KEYS = frozenset(one.key for one in SUMS)
