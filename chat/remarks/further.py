"""Remarks on a second question: `also-…` stand behind the verdict, those that judge what is asked open the answer."""

from chat.reads.said_free import PART_FREE
from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import (
    ANATOMY,
    DPO,
    EIGHT_BIT,
    FLASH2,
    GQA,
    HF_LATENT,
    KORTHIKANTI,
    LIGER,
    LORA,
    MIXED,
    MIXTRAL,
    QLORA,
    QUANTS,
    TRAINER,
    VLLM,
    ZERO,
)

_PURE_BF16 = (
    "**Pure bf16 can hurt, by rounding: bf16 has 8 significant bits, so an update smaller than about 1/256 of its weight is lost, as many are at the small learning rates of fine-tuning.** What avoids it: fp32 masters (mixed precision, 16 B per parameter instead of 8), stochastic rounding or Kahan summation in the optimizer (torchao, optimi), or LoRA, whose few adapters are in fp32. Moments in 8 bits cost much less than this; forward and backward are the same as in mixed precision.",
    "**纯 bf16 会有影响,来自舍入:bf16 只有 8 位有效位,小于权重约 1/256 的更新会被舍掉,微调的学习率小,许多更新都在此列。** 避免的办法:保留 fp32 主权重(混合精度,每参数 16 字节而不是 8)、优化器用随机舍入或 Kahan 求和(torchao、optimi),或用 LoRA(适配器很小,用 fp32)。8 位动量的影响比这小得多;前向和反向与混合精度相同。",
)


def _pure_doubted(c: Asked) -> bool:
    """Is it asked what training without fp32 masters costs in quality?"""
    pure = c.any("pure_bf16") or c.given("precision", "pure-bf16")
    return not c.serving and not c.failed and pure and c.any("precision_loss")


def _use_not_said(c: Asked) -> bool:
    """Is a size held against one card in the usual formats, and nothing tells whether it is to be run or trained?"""
    told = any(
        c.said(name)
        for name in ("method", "task", "weight_format", "engine", "seq_len", "batch_size", "host_memory_gb")
    )
    others = c.any(
        "use_named",
        "active_alone",
        "active_experts",
        "several_formats",
        "kv",
        "kv_cache",
        "moe",
        "comparison",
        "of_training",
        "served_users",
    )
    return (
        c.serving and c.n == 1 and c.said("params") and not told and not others and not c.figures.log.get("bits_named")
    )


FURTHER = (
    Remark("part-not-free", 0, lambda c: c.modelled and c.any("injection") and any(one.startswith(PART_FREE) for one in c.about),
        "{not_free}", "{not_free}", GQA),
    Remark("also-if-tuned", 8, lambda c: _use_not_said(c) and not c.failed and c.any("fits", "how_many_gpus", "how_much") and c.over("capacity", 1),
        "{if_tuned}", "{if_tuned}", QLORA),
    Remark("cache-of-every-head", 0, lambda c: c.serving and c.modelled and c.latent and c.any("kv_cache"),
        "{every_head_seen}", "{every_head_seen}", HF_LATENT, FIRST),
    Remark("both-at-once", 0, lambda c: c.any("both_at_once"), "{both_at_once}", "{both_at_once}", VLLM, FIRST),
    Remark("adapter-adds", 0, lambda c: c.modelled and c.training and c.adapters and not c.failed and c.any("adapter_adds"),
        "**The adapters by themselves add {adapter_states}: {adapter_params} parameters at rank {rank_here}, each with its fp32 weight, gradient and Adam's two moments, 4 + 4 + 8 = 16 B.** The frozen base of {w_here} is there with or without them, and activations hardly depend on the rank; in all {peak}.",
        "**适配器本身增加 {adapter_states}:秩 {rank_here} 时有 {adapter_params} 个参数,每个连同 fp32 权重、梯度和 Adam 两个动量共 4 + 4 + 8 = 16 字节。** 冻结的基座 {w_here} 有没有适配器都在,激活几乎与秩无关;总共 {peak}。", LORA, FIRST),
    Remark("over-inference", 0, lambda c: c.modelled and not c.failed and c.any("over_inference"), "{over_inference}", "{over_inference}", LORA, FIRST),
    Remark("over-inference-alone", 0, lambda c: not c.modelled and not c.failed and c.any("over_inference") and c.adapters,
        "{over_inference}", "{over_inference}", LORA, ELSEWHERE),
    Remark("trained-or-tuned", 0, lambda c: c.modelled and not c.failed and c.any("trained_or_tuned"), "{trained_or_tuned}", "{trained_or_tuned}", ZERO, FIRST),
    Remark("trained-or-tuned-alone", 0, lambda c: not c.modelled and not c.failed and c.any("trained_or_tuned"),
        "{trained_or_tuned}", "{trained_or_tuned}", ZERO, ELSEWHERE),
    Remark("accumulated-or-at-once", 0, lambda c: c.modelled and (not c.failed or c.any("steps_equal")) and c.any("accumulated_or_at_once"),
        "{accumulated_or_at_once}", "{accumulated_or_at_once}", ANATOMY, FIRST),
    Remark("accumulated-or-at-once-alone", 0, lambda c: not c.modelled and not c.failed and c.any("accumulated_or_at_once"),
        "{accumulated_or_at_once}", "{accumulated_or_at_once}", ANATOMY, ELSEWHERE),
    Remark("kinds-of-recomputation", 0, lambda c: not c.serving and not c.failed and c.any("selective_recompute") and c.any("method_diff", "comparison", "explain_derive", "saving_asked", "unclear"), "{recomputed_apart}", "{recomputed_apart}", KORTHIKANTI, FIRST),
    Remark("embedding-frozen-saves", 1, lambda c: c.training and c.modelled and c.method == "full" and not c.failed and c.any("embedding_frozen"),
        "**Frozen, embedding and head keep their weights, {embedding} in 16 bit, and lose gradients, fp32 copy and Adam's moments, 14 B of each of their parameters: {embedding_trained} less of {peak}.** Logits and activations stay, for the gradient still passes through the head to the layers. Where the two are tied they are one matrix, and freezing one freezes both.",
        "**冻结后 embedding 和输出头的权重还在(16 位 {embedding}),省下的是它们的梯度、fp32 主权重和 Adam 动量,每参数 14 字节:从 {peak} 里少 {embedding_trained}。** logits 和激活不变,梯度仍要穿过输出头传到各层。两者共享权重(tied)时是同一个矩阵,冻结一个就等于都冻结。", ZERO, FIRST),
    Remark("reference-precomputed", 0, lambda c: c.training and c.modelled and not c.failed and c.adapters and c.any("precompute_asked") and c.k("algo") in ("dpo", "kto"),
        "**Hardly in memory, but in time: with adapters the reference is the same base with the adapter off, so no copy is saved; precompute_ref_log_probs only spares each step the reference's forward pass, whose logits are gone before the policy's are made.** The peak stays {peak}. It costs one pass over the data set beforehand.",
        "**几乎不省显存,省的是时间:用适配器时参考模型就是关掉适配器的同一个基座,本来就没有第二份;precompute_ref_log_probs 只是让每步不再跑参考的前向,它的 logits 在策略的 logits 之前就释放了。** 峰值仍是 {peak}。代价是训练前先把数据集跑一遍。", DPO, FIRST),
    Remark("reference-precomputed-whole", 0, lambda c: c.training and c.modelled and not c.failed and c.method == "full" and c.any("precompute_asked") and c.k("algo") in ("dpo", "kto"),
        "**Yes, by the reference's weights: with its log-probabilities computed beforehand (precompute_ref_log_probs) no frozen copy stays beside the policy, 2 B per parameter, {w16}{reference_each}.** It costs one pass over the data set beforehand; weights, gradients and Adam's states of the policy, its activations and logits stay.",
        "**省,省的是参考模型的权重:预先算好它的 log 概率(precompute_ref_log_probs),旁边就不用再放冻结的一份,每参数 2 字节,{w16}{reference_each}。** 代价是训练前先把数据集跑一遍;策略自己的权重、梯度、Adam 状态以及激活和 logits 不变。", DPO, FIRST),
    Remark("trained-on-a-cpu", 0, lambda c: c.training and c.modelled and not c.failed and c.any("no_card") and not c.said("gpu") and not c.said("gpu_memory_gb"),
        "**On a CPU alone the same tensors stand in RAM, about {peak}, and each step takes tens to hundreds of times as long as on a card.** It runs (use_cpu=True, attention \"sdpa\"), for a trial or a very small model; bf16 is only quick on CPUs with AMX or AVX512-BF16, else train in fp32 with twice the weights, and bitsandbytes' 4 bits (QLoRA) want a card. A rented card of 8 to 24 GB does in minutes what takes days here.",
        "**只用 CPU 时同样的张量放在内存里,约 {peak},每步比显卡慢几十到几百倍。** 能跑(use_cpu=True,注意力用 sdpa),适合试验或很小的模型;只有带 AMX 或 AVX512-BF16 的 CPU 上 bf16 才快,否则用 fp32,权重翻倍;bitsandbytes 的 4 位(QLoRA)需要显卡。租一张 8–24 GB 的卡,几分钟就能做完这里几天的事。", TRAINER, FIRST),
    Remark("batch-split", 0, lambda c: not c.serving and not c.failed and "batch_split" in c.figures.log, "{batch_split}", "{batch_split}", ANATOMY, FIRST),
    Remark("vocabularies-apart", 0, lambda c: not c.serving and c.modelled and not c.failed and "vocabularies" in c.figures.log, "{vocabularies}", "{vocabularies}", LIGER, FIRST),
    Remark("cache-part", 2, lambda c: not c.training and any(one.startswith("cache_part:") for one in c.about) and not any(one.startswith("lever:") for one in c.about),
        "{cache_part}", "{cache_part}", GQA),
    Remark("cache-in-blocks", 0, lambda c: not c.training and any(one.startswith("cache_blocks:") for one in c.about), "{cache_blocks}", "{cache_blocks}", QUANTS, FIRST),
    Remark("longest-decides", 5, lambda c: c.training and c.modelled and c.over("mean_length", 1),
        "**It is the longest samples that decide the memory, here {seq} tokens; the mean of {mean_length} decides only how long it takes.** A batch is padded to its longest sample, so one long sample in it is enough; a lower cutoff takes less.",
        "**显存由最长的样本决定,这里是 {seq} 个 token;平均 {mean_length} 个只影响训练时间。** 一批会补齐到其中最长的一条,出现一条长样本就会到这个峰值;调低截断长度才省。", ANATOMY),
    Remark("longest-is-served", 5, lambda c: c.serving and c.over("mean_length", 1) and not c.failed,
        "Counted are sequences of {seq} tokens, the longest told; one of the mean of {mean_length} tokens takes {kv_of_mean} of cache, so a server that hands the cache out in blocks runs more of those at once.",
        "这里按最长的 {seq} 个 token 计;平均长度 {mean_length} 的一条只占 {kv_of_mean} 的 KV 缓存,按块分配缓存的服务能同时跑更多条。", VLLM),
    Remark("bytes-each", 4, lambda c: not c.serving and c.any("explain_derive", "why_more", "adam_state", "check_arithmetic", "method_diff"),
        "{bytes_each}", "{bytes_each}", MIXED),
    Remark("fused-step-in-pure", 24, lambda c: c.training and c.modelled and c.method == "full" and c.k("optimizer") == "adamw" and c.figures.pure and c.n == 1 and not c.failed and not c.said("optimizer_impl") and not c.any("fused_step") and c.figures.amount("peak_fused_step") < 0.95 * c.figures.base.best,
        "That is with AdamW's usual step over lists (foreach), which holds one more copy of the gradients while it updates; with a fused step (adamw_torch_fused) it is {peak_fused_step}.",
        "这是按 AdamW 默认的 foreach 更新算的,更新时要多一份梯度;用融合更新(adamw_torch_fused)是 {peak_fused_step}。", EIGHT_BIT),
    Remark("width-refused", 1, lambda c: not c.reads_gguf and c.any("width_refused"),
        "**The error is right: bitsandbytes (quantization_bit, load_in_…bit) quantises to 4 or 8 bits only.** Fewer bits take a model that was quantised beforehand, with AQLM, HQQ or GPTQ: load that and leave the setting out; else use 4.",
        "**报错是对的:bitsandbytes(quantization_bit、load_in_…bit)只支持 4 位和 8 位。** 更低的位宽要用事先量化好的模型(AQLM、HQQ、GPTQ),直接加载,不设该参数;否则用 4 位。", QLORA),
    Remark("like-a-size", 4, lambda c: c.modelled and c.experts and not c.hosted and c.any("like_a_size") and not c.any("fits", "same_memory", "kv_cache", "kv") and c.any("how_much", "why_more", "comparison", "method_diff", "moe"),
        "**No: it takes the memory of all its {params} parameters, {w_whole} as they are here, not that of its {active} active ones.** Any token may use any expert; the active ones only set the speed.",
        "**不是:显存按全部 {params} 参数算,按这里的格式 {w_whole},不是按激活的 {active}。** 任何 token 都可能用到任何专家;激活参数只决定速度。", MIXTRAL),
    Remark("adapters-and-full", 1, lambda c: c.training and c.modelled and c.adapters and c.any("adapters_like_full") and not c.failed and (c.any("claim_checked") or not c.any("why_more")) and not c.figures.told.get("observed_gb"),
        "{adapters_and_full}", "{adapters_and_full}", LORA),
    Remark("also-checkpointing-off", 3, lambda c: c.training and c.modelled and c.any("also:checkpointing_off"),
        "{no_checkpointing}", "{no_checkpointing}", KORTHIKANTI),
    Remark("also-checkpointing-price", 3, lambda c: c.training and c.modelled and c.any("checkpointing_price") and not c.failed and not c.any("training_time"),
        "{checkpointing_price}", "{checkpointing_price}", KORTHIKANTI),
    Remark("also-ranks", 3, lambda c: c.modelled and c.any("must_divide"),
        "{ranks_needed}", "{ranks_needed}", ZERO),
    Remark("also-attention", 3, lambda c: c.modelled and c.any("also:attention"),
        "{attention_needed}", "{attention_needed}", FLASH2),
    Remark("also-quality-of-qlora", 3, lambda c: c.training and c.method == "qlora" and c.any("precision_loss") and not c.any("method_diff", "which_method"),
        "**Little quality is lost at 4 bits: QLoRA's authors report that NF4 with adapters on all linear layers keeps up with 16-bit fine-tuning on their benchmarks.** Fewer bits lose more; test on your own task.",
        "**4 位的精度损失很小:QLoRA 作者报告,NF4 加上作用于所有线性层的适配器,在其评测上与 16 位微调持平。** 位数更低损失更大;请用自己的任务验证。", QLORA),
    Remark("quality-of-pure-bf16", 0, lambda c: c.modelled and _pure_doubted(c), *_PURE_BF16, MIXED, FIRST),
    Remark("quality-of-pure-bf16-alone", 0, lambda c: not c.modelled and _pure_doubted(c), *_PURE_BF16, MIXED, ELSEWHERE),
    Remark("quality-asked", 0, lambda c: c.modelled and c.all("precision_loss", "quality_only") and (not c.training or c.said("grad_accum") or (c.any("lora") and c.method == "lora")) and not c.any("zero_offload", "oom_diagnosis") and not (c.serving and c.reads_gguf and c.over("fell_to_windows", 1)),
        "{quality_listed} What it is on your task no memory tells: try it there.",
        "{quality_listed}在您的任务上差多少与显存无关,请实测。", QUANTS, FIRST),
    Remark("also-quality", 3, lambda c: c.modelled and c.any("precision_loss") and not c.any("quality_only") and not c.training and not c.any("method_diff", "which_method", "zero_offload", "oom_diagnosis"),
        "{quality_listed} What it is on your task no memory tells: try it there.",
        "{quality_listed}在您的任务上差多少与显存无关,请实测。", QUANTS),
    Remark("quality-alone", 1, lambda c: c.any("precision_loss") and not c.modelled and not _pure_doubted(c) and not c.failed and not c.any("comparison", "zero_offload", "oom_diagnosis") and not (c.any("method_diff") and c.said("weight_format")),
        "{quality_listed} What it is on your task no memory tells: try it there.",
        "{quality_listed}在您的任务上差多少与显存无关,请实测。", QUANTS, ELSEWHERE),
)  # fmt: skip
