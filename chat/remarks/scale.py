"""Remarks on many cards: groups that divide the states, stages that differ, heads and experts that are divided otherwise."""

from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST, Asked, Remark
from chat.remarks.symptoms import read_onto_first
from chat.works import (
    BIG,
    DEEPSPEED_BF16,
    DEEPSPEED_CONFIG,
    DEEPSPEED_MOE,
    FSDP_PAPER,
    GQA,
    HPZ,
    KORTHIKANTI,
    MEGATRON_PIPELINE,
    MIXTRAL,
    PEFT_KBIT,
    ULYSSES,
    ZERO,
    ZERO_INFINITY,
    ZERO_INIT,
)
from kb.hosting import MACHINE

_WHY = ("why_more", "normal_asked", "bug_suspected", "explain_derive", "method_diff", "comparison")


def _pipelined(c: Asked) -> bool:
    return c.modelled and c.training and c.said("pp")


def _asks_of_stages(c: Asked) -> bool:
    """Is it asked why one stage takes more than another?"""
    judged = c.any("interleaved") and c.any("claim_checked", "fits")  # what is proposed against it
    seen = c.any("stages_unlike") and len(set(c.figures.told.get("observed_gb", ()))) > 1  # two of them were read
    asked = c.any(*_WHY, "stages_unlike", "oom_diagnosis") and not c.any("fits")
    return c.any("stages_apart") and (judged or asked or seen)


def _of_a_cache(c: Asked) -> bool:
    return c.any("kv", "kv_cache", "cache_over_cards", "cache_left", "max_batch_ctx", "bug_suspected")


def _all_trained(c: Asked) -> bool:
    return c.training and c.modelled and c.experts and c.method == "full"


SCALE = (
    Remark("held-unevenly", 0, lambda c: c.modelled and c.given("layer_split", True) and "held_most" in c.figures.log and not c.reads_gguf,
        "{held_unevenly}", "{held_unevenly}", BIG, FIRST),
    Remark("layout-over-machines", 0, lambda c: c.training and c.modelled and not c.failed and "stages_over" in c.figures.log,
        "{layout_over}", "{layout_over}", MEGATRON_PIPELINE, FIRST),
    Remark("distributed-is-zero", 0, lambda c: c.training and c.modelled and not c.failed and c.any("distributed_stage"),
        "{distributed_stage}", "{distributed_stage}", ZERO, CAUSE),
    Remark("distributed-is-zero-of-any", 0, lambda c: not c.modelled and c.any("distributed_stage"),
        "{distributed_of_any}", "{distributed_of_any}", ZERO, ELSEWHERE),
    Remark("distributed-unfelt", 0, lambda c: c.training and c.modelled and c.any("distributed_unfelt", "distributed_helps"),
        "{distributed_unfelt}", "{distributed_unfelt}", ZERO, CAUSE),
    Remark("shards-of-two-types", 0, lambda c: c.training and c.modelled and not c.failed and c.any("fsdp_and_zero") and not c.any("fsdp_strategies") and c.any(*_WHY, "cells_ratio:0.5") and (c.any("zero_above_fsdp") or "fsdp_read" in c.figures.log),
        "{shards_apart}", "{shards_apart}", DEEPSPEED_BF16, CAUSE),
    Remark("sequence-divides-in-part", 0, lambda c: c.training and c.modelled and not c.failed and c.said("cp") and c.any("divides_memory"),
        "{cp_answers}", "{cp_answers}", KORTHIKANTI, CAUSE),
    Remark("last-stage-is-fuller", 0, lambda c: _pipelined(c) and c.any("last_is_fuller"),
        "{last_is_fuller}", "{last_is_fuller}", MEGATRON_PIPELINE, CAUSE),
    Remark("active-is-not-trained", 0, lambda c: _all_trained(c) and c.any("active_alone", "like_a_size", "active_or_all"),
        "**{not_the_active}full fine-tuning trains and stores all {params} parameters, not the {active} that a token activates: {states} of weights, gradients and Adam's states at 16 B each{states_on_each}.** The active ones lower the computing only.{held_by}",
        "**{not_the_active}全参训练要存、要更新的是全部 {params} 参数,不是每个 token 激活的 {active}:权重、梯度和 Adam 状态按 16 字节共 {states}{states_on_each}。** 激活参数少,省的只是计算量。{held_by}", MIXTRAL, FIRST),
    Remark("active-is-not-frozen", 0, lambda c: c.training and c.modelled and c.experts and c.adapters and c.any("active_alone", "like_a_size", "active_or_all"),
        "**{not_the_active}adapters train on a frozen base, and that base is all {params} parameters, {w_here} as it is stored, not the {active} that a token activates.** The active ones lower the computing only.",
        "**{not_the_active}适配器训练时基座冻结,但要放进显存的是全部 {params} 参数,这里存为 {w_here},不是每个 token 激活的 {active}。** 激活参数少,省的只是计算量。", MIXTRAL, FIRST),
    Remark("at-other-count", 0, lambda c: c.training and c.modelled and not c.failed and "asked_at" in c.figures.log,
        "{at_other_count}", "{at_other_count}", ZERO, FIRST),
    Remark("stages-seem-alike", 0, lambda c: c.training and c.modelled and not c.failed and c.any("same_memory", "not_felt") and "stages_asked" in c.figures.log,
        "{stages_alike}", "{stages_alike}", DEEPSPEED_CONFIG, FIRST),
    Remark("stage-to-take", 1, lambda c: c.training and c.modelled and c.any("which_method") and not c.failed,
        "{stage_to_take}", "{stage_to_take}", ZERO, FIRST),
    Remark("also-all-trained", 12, lambda c: _all_trained(c) and c.any("how_many_gpus", "how_much"),
        "All {params} parameters are trained and have states, not only the {active} that a token activates: those set the computing.",
        "全部 {params} 参数都要训练、都有状态,不是只算每个 token 激活的 {active}:后者只决定计算量。", MIXTRAL),
    Remark("also-all-held", 12, lambda c: c.serving and c.experts and c.failed and c.any("how_many_gpus") and not c.hosted and not c.beside_ram,
        "All {params} parameters must lie on the cards, {w_whole} as they are stored here; the {active} that a token activates set the speed, not the size.",
        "全部 {params} 参数都要放到卡上,按这里的格式共 {w_whole};每个 token 激活的 {active} 只决定速度,不决定大小。", MIXTRAL),
    Remark("hybrid-shards-less", 1, lambda c: c.training and c.modelled and c.said("shard_size"),
        "{shard_groups}", "{shard_groups}", FSDP_PAPER, CAUSE),
    Remark("hpz-second-copy", 1, lambda c: c.training and c.modelled and c.any("second_copy"),
        "{second_copy}", "{second_copy}", HPZ, CAUSE),
    Remark("interleaving-keeps-more", 1, lambda c: c.modelled and c.said("virtual_stages") and c.any(*_WHY, "interleaved") and not c.any("fits", "stages_apart"),
        "{interleaved_keeps}", "{interleaved_keeps}", KORTHIKANTI, CAUSE),
    Remark("interleaving-of-any", 1, lambda c: not c.modelled and c.said("virtual_stages") and c.any(*_WHY, "interleaved"),
        "{interleaved_keeps}", "{interleaved_keeps}", KORTHIKANTI, ELSEWHERE),
    Remark("stages-differ", 1, lambda c: _pipelined(c) and _asks_of_stages(c),
        "{stages_apart}", "{stages_apart}", MEGATRON_PIPELINE, CAUSE),
    Remark("stages-differ-of-any", 0, lambda c: not c.modelled and c.training and c.said("pp") and _asks_of_stages(c) and not c.any("last_is_fuller"),
        "{stages_of_any}", "{stages_of_any}", MEGATRON_PIPELINE, ELSEWHERE),
    Remark("layout-keeps-states", 0, lambda c: c.training and c.modelled and c.method == "full" and (c.said("tp") or c.said("pp")) and (c.failed or c.any("why_more", "check_arithmetic", "claim_checked")) and not c.any("distributed_unfelt", "distributed_helps", "distributed_stage") and not _asks_of_stages(c),
        "{layout_keeps}", "{layout_keeps}", KORTHIKANTI, CAUSE),
    Remark("stages-save-no-activations", 0, lambda c: _pipelined(c) and not _asks_of_stages(c) and not c.failed and c.any("stages_save"),
        "{stages_save}", "{stages_save}", MEGATRON_PIPELINE, FIRST),
    Remark("schedules-apart", 0, lambda c: _pipelined(c) and not c.failed and c.any("schedules_apart"),
        "{schedules_apart}", "{schedules_apart}", MEGATRON_PIPELINE, FIRST),
    Remark("also-first-stage", 15, lambda c: _pipelined(c) and not _asks_of_stages(c) and not c.any("interleaved"),
        "{stages_keep}", "{stages_keep}", MEGATRON_PIPELINE),
    Remark("kv-heads-repeated", 2, lambda c: c.serving and c.said("tp") and _of_a_cache(c),
        "{kv_heads_repeated}", "{kv_heads_repeated}", GQA),
    Remark("bytes-quoted", 1, lambda c: (c.any("bytes_quoted") or "divided_by" in c.figures.log) and not c.given("task", "inference"),
        "{quoted_bytes}", "{quoted_bytes}", ZERO, CAUSE),
    Remark("fixed-part", 1, lambda c: c.training and c.modelled and not c.any("max_batch_ctx", "how_many_gpus"),
        "{fixed_part}", "{fixed_part}", ZERO, CAUSE),
    Remark("states-alone-vanish", 1, lambda c: c.training and c.modelled and c.any("goes_to_zero"),
        "{never_nothing}", "{never_nothing}", ZERO, CAUSE),
    Remark("eight-bits-step-on-the-card", 1, lambda c: c.training and c.modelled and c.method == "full" and c.given("optimizer", "adamw-8bit", "paged-adamw-8bit") and c.given("offload", "optimizer", "params"),
        "**These two do not go together: bitsandbytes' 8-bit optimizers are CUDA kernels and step on the card, while what FSDP or DeepSpeed offloads steps on the CPU, with fp32 states: 12 B per parameter of RAM, {host_optimizer}.** Take one of them: offloading with a CPU Adam (DeepSpeedCPUAdam, torch's AdamW), or the 8-bit states on the card, where the paged ones (paged_adamw_8bit) move to host memory by themselves as it fills. The figures below are of bytes alone.",
        "**这两样不能一起用:bitsandbytes 的 8 位优化器是 CUDA 算子,在卡上更新;FSDP、DeepSpeed 卸载的部分在 CPU 上更新,状态是 fp32:内存每参数 12 字节,共 {host_optimizer}。** 二选一:卸载并用 CPU 版 Adam(DeepSpeedCPUAdam、torch 的 AdamW),或把 8 位状态留在卡上,其中分页的(paged_adamw_8bit)在显存占满时会自动换到内存。下面的数字只按字节计算。", DEEPSPEED_CONFIG, FIRST),
    Remark("copy-on-each-card", 0, lambda c: c.training and c.modelled and c.failed and c.n > 1 and "loaders" in c.figures.log and c.any("loading", "fails_loading") and not c.any("host_killed", "ram_asked", "merging", "saving") and (c.adapters or c.said("bits")) and c.figures.amount("w_here") > c.figures.amount("capacity") > 0,
        "**Under a launcher each process loads the whole model onto its own card: {w_here} of weights, and a card has {capacity}; data parallel divides nothing.** In one process device_map=\"auto\" lays the layers out over all {cards} cards, so it loads, but they compute in turns. To train on all of them at once shard the base: FSDP with QLoRA (cpu_ram_efficient_loading, bnb_4bit_quant_storage in the type of the rest) or DeepSpeed ZeRO-3 with 16-bit weights under zero.Init.",
        "**用启动器时每个进程都把整个模型加载到自己的卡上:权重 {w_here},而每张卡只有 {capacity};数据并行不切分任何东西。** 单进程 device_map=\"auto\" 把各层分到 {cards} 张卡上,所以能加载,但各卡轮流计算。要同时用上所有卡,就切分基座:FSDP + QLoRA(cpu_ram_efficient_loading,bnb_4bit_quant_storage 与其余参数同类型),或 DeepSpeed ZeRO-3 在 zero.Init 下加载 16 位权重。", PEFT_KBIT, ELSEWHERE),
    Remark("copies-loaded", 0, lambda c: c.modelled and c.any("host_killed", "loading", "ram_asked") and not c.any("merging", "saving") and not read_onto_first(c),
        "{copies_loaded}", "{copies_loaded}", ZERO_INIT, ELSEWHERE),
    Remark("sp-degrees", 1, lambda c: c.modelled and not c.serving and c.any("sp_degree"),
        "{sp_degrees}", "{sp_degrees}", ULYSSES, CAUSE),
    Remark("states-beyond-all", 1, lambda c: c.training and c.modelled and not c.said("offload") and (c.said("tp") or c.said("pp")) and c.any("fits", "which_method", "multi_gpu_split", "comparison"),
        "{states_beyond}", "{states_beyond}", ZERO),
    Remark("stage-sum-slip", 0, lambda c: c.training and c.modelled and (c.said("zero_stage") or c.n > 1) and c.any("check_arithmetic", "rest_asked", "why_more", "oom_diagnosis"),
        "{stage_slip}", "{stage_slip}", ZERO, CAUSE),
    Remark("adapters-not-divided", 1, lambda c: c.training and c.modelled and c.any("not_felt") and not c.failed,
        "{adapters_unfelt}", "{adapters_unfelt}", ZERO, CAUSE),
    Remark("nodes-proposed", 1, lambda c: c.training and c.modelled and c.any("how_many_gpus", "check_arithmetic", "fits"),
        "{nodes_proposed}", "{nodes_proposed}", ZERO, CAUSE),
    Remark("on-nvme", 1, lambda c: c.training and c.modelled and not c.any("host_killed"),
        "{on_nvme}", "{on_nvme}", ZERO_INFINITY, CAUSE),
    Remark("also-more-nodes", 3, lambda c: c.training and c.modelled,
        "{at_more_nodes}", "{at_more_nodes}", ZERO),
    Remark("network-or-memory", 1, lambda c: c.training and c.modelled and (c.n > MACHINE or "gbit" in c.figures.log) and c.any("network_or_memory") and not c.failed,
        "{network_or_memory}", "{network_or_memory}", ZERO),
    Remark("nvlink-not-needed", 1, lambda c: c.training and c.modelled and c.n > 1 and not c.failed and c.any("nvlink_needed") and not c.any("training_time", "pooled_asked"),
        "**No: NVLink changes how fast it trains, not what fits.** Without it the same memory is taken, and {link_of_training} go over PCIe; that is little with adapters, most with ZeRO-3 or FSDP, which gather the weights in every pass.",
        "**不需要:NVLink 只影响训练速度,不影响放不放得下。** 没有它显存一样,只是{link_of_training}走 PCIe;适配器要传的很少,ZeRO-3/FSDP 每次前向和反向都要聚合权重,传得最多。", ZERO, FIRST),
    Remark("also-no-nvlink", 12, lambda c: c.training and c.modelled and c.n > 1 and c.any("no_nvlink") and not c.any("training_time", "pooled_asked"),
        "Without NVLink it takes the same memory, only longer: {link_of_training} go over PCIe.",
        "没有 NVLink 只影响速度,不影响是否放得下:{link_of_training}走 PCIe。", ZERO),
    Remark("experts-divided-less", 2, lambda c: c.training and c.modelled and c.said("ep"),
        "{experts_apart}", "{experts_apart}", DEEPSPEED_MOE, CAUSE),
)  # fmt: skip
SCALE_KEYS = frozenset(one.key for one in SCALE if not one.key.startswith("also-"))
