"""What runs out at a moment that is no step of training, though training itself runs; and where several share a card."""

from chat.figures.formats.on_disk import ASKED_ON_DISK
from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST, Asked, Remark
from chat.works import (
    ADAM,
    DEEPSPEED_CONFIG,
    KORTHIKANTI,
    MPS,
    PEFT_MERGING,
    TORCH,
    TRAINER,
    TRANSFORMERS,
    TRL_GRPO,
    VLLM,
    ZERO,
)
from kb.programs import ROLLS


def _merges(c: Asked) -> bool:
    """Is what runs out, or is asked about, the merging of an adapter?"""
    return c.modelled and c.any("merging") and (c.failed or c.any("host_killed"))


def _shares(c: Asked) -> bool:
    """Do several servers of one model stand on one card?"""
    several = (
        c.serving
        and c.any("several_servers")
        and not c.any("comparison", "one_or_several")
        and (c.any("copies_asked") or not c.any("replicas"))
        and not c.figures.told.get("served_models")
    )
    return several and c.n == 1 and c.over("capacity_whole", 1)


def _shares_asked(c: Asked) -> bool:
    """Is it asked whether the card holds several of a model, or how many?"""
    asked = c.any("fits", "how_to", "how_much", "copies_asked") or "servers" in c.figures.log
    return _shares(c) and asked and not c.failed and not c.any("why_more", "growing")


def _saves(c: Asked) -> bool:
    """Does a training run out of GPU memory as it saves?"""
    return c.training and c.failed and c.modelled and c.any("saving") and not c.any("host_killed", "merging")


def _gathers_to_host(c: Asked) -> bool:
    """Does DeepSpeed gather what it divides, as it saves?"""
    by_it = c.said("zero_stage") or c.given("engine", "deepspeed")
    several = c.n > 1 or (c.said("zero_stage") and not c.said("n_gpus"))
    return _saves(c) and several and c.zero == 3 and by_it and "by_fsdp" not in c.figures.about


def _rises_in_evaluation(c: Asked) -> bool:
    """Is it told that an evaluation takes more, and asked why or what helps?"""
    return c.any("what_helps", "why_more", "growing", "leak_asked")


def _by_an_engine(c: Asked) -> bool:
    """Does an engine answer in the evaluation, as where answers are learnt from?"""
    return c.k("algo") in ROLLS or c.given("engine", "verl", "openrlhf")


_MUCH = 0.1  # of a card


def _of_log_probabilities(c: Asked) -> bool:
    """Is the micro-batch told of the pass that computes log-probabilities, and are its logits much of a card?"""
    rows = c.modelled and c.k("algo") in ROLLS and c.over("log_prob_rows", 2)
    return rows and c.over("log_prob_logits", _MUCH * c.figures.amount("capacity"))


def _stepped(c: Asked) -> bool:
    """Is it asked why memory rises as the optimizer first steps?"""
    trains = c.training and c.modelled and c.method == "full" and c.k("optimizer") == "adamw"
    risen = c.any("first_step", "optimizer_step") and c.any("why_more", "growing", "what_helps")
    return trains and risen and not c.any("saving", "evaluation") and (not c.failed or c.over("jump_of_moments", 1))


def _states_are_too_large(c: Asked) -> bool:
    """Do the states of all roles alone take more than the card has at the first step, so that no micro-batch is of use?"""
    base = c.figures.base
    held = sum(base.terms.get(one, 0.0) for one in ("weights", "gradients", "optimizer"))
    return c.k("algo") == "ppo" and c.any("first_step") and base.capacity is not None and held > base.capacity


MOMENTS = (
    # ── whether a mechanism is at work ─────────────────────────────────────────────────────────────────────────────
    Remark("jump-explained", 0, lambda c: c.training and c.modelled and not c.failed and (c.any("first_step", "optimizer_step", "loading", "growing") or (c.any("why_more") and c.over("rises", 1))) and c.over("jump", 1),
        "**No bug and no leak: {jump_explained}.** {jump_when} {jump_less}",
        "**不是 bug,也不是泄漏:{jump_explained}。** {jump_when}{jump_less}", ADAM),
    Remark("moments-come-late", 1, lambda c: _stepped(c),
        "**No bug and no leak: AdamW allocates its two moments at the first optimizer.step(), and they stay for the whole training: {moments_sum}.** Later steps add nothing. {jump_less}",
        "**不是 bug,也不是泄漏:AdamW 的两个动量在第一次 optimizer.step() 时才分配,之后整个训练一直占着:{moments_sum}。** 后面的步不会再涨。{jump_less}", ADAM),
    Remark("masters-beside-moments", 0, lambda c: c.training and c.modelled and not c.failed and c.zero in (1, 2, 3),
        "{masters_beside}", "{masters_beside}", ZERO, CAUSE),
    Remark("sharding-at-work", 1, lambda c: c.training and c.modelled and not c.failed and (c.any("at_work") or (c.any("why_more") and "seen_at" not in c.figures.log and not c.any("same_memory") and c.method == "full" and c.zero in (1, 2) and c.said("zero_stage") and bool(c.figures.told.get("observed_gb")))),
        "{stages_at_work}{example_elsewhere}", "{stages_at_work}{example_elsewhere}", ZERO),
    Remark("offload-at-work", 1, lambda c: c.training and c.modelled and c.any("at_work") and not c.failed,
        "{offload_at_work}", "{offload_at_work}", DEEPSPEED_CONFIG),
    Remark("checkpointing-at-work", 0, lambda c: c.training and c.modelled and not c.failed and c.any("checkpointing_little") and not c.any("lever:checkpointing"),
        "{checkpointing_little}", "{checkpointing_little}", KORTHIKANTI, FIRST),
    Remark("memory-version", 2, lambda c: c.modelled and c.training and c.any("memory_version") and not c.failed,
        "{memory_version}", "{memory_version}", ZERO),
    # ── what training leaves on the disk ─────────────────────────────────────────────────────────────────────────────────
    Remark("saved-and-held", 0, lambda c: c.training and c.modelled and c.any("saved_held", "saved_whence") and not c.failed,
        "{saved_files}", "{saved_files}", TRAINER, FIRST),
    Remark("on-disk-alone", 0, lambda c: c.training and c.modelled and c.any(*ASKED_ON_DISK) and (not c.failed or c.any("disk_short")) and (c.any("disk_short") or not c.any("of_memory_too", "merge_asked")),
        "**{on_disk}.**{saved_alone}", "**{on_disk}。**{saved_alone}", PEFT_MERGING),
    Remark("on-disk", 0, lambda c: c.training and c.modelled and c.any(*ASKED_ON_DISK) and not c.failed and not c.any("disk_short") and c.any("of_memory_too", "merge_asked"),
        "**{on_disk}.**{saved_alone}", "**{on_disk}。**{saved_alone}", PEFT_MERGING),
    # ── other moments ──────────────────────────────────────────────────────────────────────────────────────────────
    Remark("merging-loads-16-bit", 0, lambda c: _merges(c) and not c.any("merge_asked", "host_killed"),
        "**Merging loads the base in 16 bit whatever it was trained in: {params} × 2 B = {w16}{merge_room}.** Merge in host RAM instead (device_map=\"cpu\", in LLaMA-Factory export_device: cpu) with at least {w16} of it free{merge_ram}{merge_wide}; load it with low_cpu_mem_usage=True and save it in shards (max_shard_size), of which the one being written comes on top.{ram_short} Do not merge into the 4-bit base: the adapter is added to 16-bit weights, and the result can be quantised afterwards. Or save the adapter alone, which is small, and merge it on a larger machine (Unsloth: also a lower maximum_memory_usage), or not at all: vLLM and others serve base and adapter side by side{merge_narrow}.",
        "**合并要按 16 位加载基座,与训练时用几位无关:{params} × 2 字节 = {w16}{merge_room}。** 改在内存里用 CPU 合并(device_map=\"cpu\",LLaMA-Factory 是 export_device: cpu),空闲内存至少 {w16}{merge_ram}{merge_wide};加载时用 low_cpu_mem_usage=True,分片保存(max_shard_size),正在写的那一片另占内存。{ram_short}不要往 4 位基座上合并:适配器要加到 16 位权重上,合并后再量化。也可以只保存适配器(很小),拿到更大的机器上合并(Unsloth 还可调低 maximum_memory_usage),或干脆不合并:vLLM 等可以直接挂载适配器推理{merge_narrow}。", PEFT_MERGING, ELSEWHERE),
    Remark("merging-asked", 0, lambda c: c.modelled and c.any("merging") and c.any("merge_asked") and not c.any("host_killed"),
        "{file_first}**{merge_verdict} loads the base in 16 bit whatever it was trained in: {params} × 2 B = {w16}{merge_room}.** In host RAM (device_map=\"cpu\", in LLaMA-Factory export_device: cpu) it takes at least {w16}{merge_ram}{merge_wide}; it needs no gradients, optimizer states or cache, and the adapter itself is small. Load the base with low_cpu_mem_usage=True and save in shards (max_shard_size), of which the one being written comes on top.{ram_short} Do not merge into the 4-bit base: the adapter is added to 16-bit weights, and the result can be quantised afterwards. Or do not merge: a server holds the adapter beside its base, which may be quantised (vLLM --enable-lora; in 4 bits about {w4}).",
        "{file_first}**{merge_verdict}要按 16 位加载基座,与训练时用几位无关:{params} × 2 字节 = {w16}{merge_room}。** 在内存里用 CPU 合并(device_map=\"cpu\",LLaMA-Factory 是 export_device: cpu)至少要 {w16}{merge_ram}{merge_wide};不需要梯度、优化器状态和缓存,适配器本身很小。加载基座用 low_cpu_mem_usage=True,分片保存(max_shard_size),正在写的那一片另占内存。{ram_short}不要往 4 位基座上合并:适配器要加到 16 位权重上,合并后再量化。也可以不合并:服务时把适配器直接挂在基座旁,基座可以是量化的(vLLM --enable-lora;4 位约 {w4})。", PEFT_MERGING, ELSEWHERE),
    Remark("host-killed-merging", 0, lambda c: _merges(c) and c.any("host_killed"),
        "**Host RAM ran out, not GPU memory: merging loads the base in 16 bit whatever it was trained in, {params} × 2 B = {w16}{merge_ram}, and the part of a file that is being written comes on top.** It needs no GPU: the CPU merges (device_map=\"cpu\") where RAM holds that. Else add swap (slow, but it goes through), put a part of it on the cards or the disk while merging (device_map=\"auto\" with max_memory and offload_folder), take a machine with more RAM, or do not merge: vLLM and others serve base and adapter side by side. A base in 4 bits trains in less, but the adapter is merged into 16-bit weights.",
        "**耗尽的是主机内存,不是显存:合并要按 16 位加载基座,与训练时用几位无关,{params} × 2 字节 = {w16}{merge_ram},另加正在写出的那个分片。** 合并不需要 GPU,内存放得下就用 CPU 做(device_map=\"cpu\")。放不下就加 swap(慢,但能跑完),合并时把一部分放到显卡或磁盘(device_map=\"auto\" 加 max_memory 和 offload_folder),换内存更大的机器,或者不合并:vLLM 等可以直接挂载适配器推理。4 位基座训练省显存,但合并是并进 16 位权重。", PEFT_MERGING, ELSEWHERE),
    Remark("evaluation-generates", 0, lambda c: c.training and c.failed and c.modelled and c.any("evaluation") and c.any("generates_in_eval") and not c.any("served_users", "host_killed") and not _by_an_engine(c),
        "**Generating in the evaluation takes what training has none of: a KV cache, {eval_cache}, growing with beams and max_new_tokens, beside the weights and states that stay.** With predict_with_generate only the tokens are kept; the rest are logits of each step and, under ZeRO-3, layers that are gathered again for every token. In this order: per_device_eval_batch_size 1, a smaller max_new_tokens and one beam, fewer samples; use_cache on and model.eval(), for with checkpointing on the cache is switched off and every token reads all again; empty_cache() before the evaluation; or evaluate in a process of its own, with the saved adapter. Nothing about training has to change.",
        "**评估时做生成,要占训练里没有的 KV 缓存:{eval_cache},随 beam 数和 max_new_tokens 增长,叠加在一直留着的权重和优化器状态之上。** predict_with_generate 只保留 token;此外是每步的 logits,ZeRO-3 下每个 token 还要重新聚合各层。依次做:per_device_eval_batch_size 设为 1,减小 max_new_tokens、beam 设为 1,减少样本;确认 use_cache 打开并 model.eval()(重计算开着时会关掉缓存,每个 token 都整段重读);评估前 empty_cache();或训练后用保存的适配器另起进程评估。训练的设置不用动。", TRAINER, ELSEWHERE),
    Remark("evaluation-by-default", 0, lambda c: c.training and (c.failed or _rises_in_evaluation(c)) and c.modelled and c.any("evaluation") and not c.any("served_users", "host_killed") and not _by_an_engine(c) and not c.over("tried_tokens", 1),
        "**Evaluation takes more than training: {eval_reason}.** It keeps no gradients, and yet logits of all its tokens. In this order: {eval_mends}, and prediction_loss_only=True where the loss is enough (it leaves compute_metrics without predictions). Nothing about training has to change.",
        "**评估比训练更占显存:{eval_reason}。** 它不存梯度,但要全部 token 的 logits。依次做:{eval_mends};只要 loss 就设 prediction_loss_only=True(那样 compute_metrics 拿不到预测)。训练的设置不用动。", TRAINER, ELSEWHERE),
    Remark("saving-gathers-to-host", 0, lambda c: _gathers_to_host(c),
        "**Saving with stage3_gather_16bit_weights_on_model_save brings the divided weights together, layer by layer, and moves them to the host RAM of rank 0: {gathered_to_host}.**{training_is_fine} So a CUDA error there says that the card was full to the brim: torch.cuda.empty_cache() before the save, no evaluation at the same step, no state dict that a script keeps on the card. A process that is killed lacks host RAM. With stage3_gather_16bit_weights_on_model_save off nothing is gathered: the shards are written, and zero_to_fp32.py joins them afterwards on the CPU.",
        "**开着 stage3_gather_16bit_weights_on_model_save,保存时就要把切分的权重逐层聚合,随即移到 rank 0 的主机内存:{gathered_to_host}。**{training_is_fine}所以这时报 CUDA OOM,是卡本来就满了:保存前 torch.cuda.empty_cache(),不要和评估同一步,脚本不要在卡上另留 state dict。进程被杀则是主机内存不够。关掉 stage3_gather_16bit_weights_on_model_save 就不聚合:只写分片,事后用 zero_to_fp32.py 在 CPU 上合并。", DEEPSPEED_CONFIG, ELSEWHERE),
    Remark("saving-gathers", 0, lambda c: _saves(c) and not _gathers_to_host(c) and c.n > 1 and (c.zero == 3 or not c.said("zero_stage")),
        "**Saving gathers what training keeps divided: the whole model's weights come together on {gathered_on}, {what_is_gathered},{on_top}.**{training_is_fine} {save_so} torch.cuda.empty_cache() just before gives room back, and optimizer states that are saved in full are gathered as well.",
        "**保存时会把训练中切分的权重聚合起来:整个模型的权重集中到{gathered_on},{what_is_gathered}{on_top}。**{training_is_fine}{save_so}保存前 torch.cuda.empty_cache() 也能腾出一些;优化器状态若完整保存,同样会聚合。", DEEPSPEED_CONFIG, ELSEWHERE),
    Remark("saving-alone", 1, lambda c: _saves(c),
        "**Saving by itself takes next to nothing on the card here: each holds all of what it trains, and the tensors are written one by one.** So it is what comes with the save: an evaluation at the same step (eval_steps beside save_steps, load_best_model_at_end), weights that are merged or turned into 16 or 32 bit for the file, or a state dict that a script copies on the card.{saving_alone} See in the traceback which of them it is; save from CPU copies ({{k: v.cpu() for k, v in state_dict}}), evaluate with batch 1, merge in host RAM.",
        "**这里保存本身几乎不占显存:每张卡都有训练的全部内容,张量是逐个写出的。** 所以是和保存一起发生的事:同一步的评估(eval_steps 与 save_steps 重合、load_best_model_at_end),为写文件而合并或转成 16/32 位的权重,或脚本在卡上复制了一份 state dict。{saving_alone}看报错堆栈是哪一个;先 .cpu() 再保存,评估批大小设为 1,合并放到内存里做。", TRAINER, ELSEWHERE),
    Remark("fails-as-it-loads", 2, lambda c: (c.training or c.given("engine", None, "transformers")) and not c.preallocates and not c.reads_gguf and c.failed and c.modelled and "reward_copy" not in c.figures.log and c.any("fails_loading") and not c.any("host_killed", "device_map", "resuming", "in_the_loss") and not (c.any("before_a_step") and c.over("held_at_stage", 0.8 * (c.figures.base.capacity or 0))) and (c.n == 1 or c.zero in (0, 1, 2)) and 0 < c.figures.amount("held_at_load") <= 0.97 * c.figures.amount("capacity"),
        "**As it loads nothing but weights lies on the card, {w_here} of {capacity} as told{all_of_them}; batch, length and optimizer have no part in it yet.** That goes in, so it is otherwise: {at_load}. Print the dtype of the first parameters, and torch.cuda.mem_get_info() before loading.",
        "**加载时卡上只有权重,按所说的是 {w_here}{all_of_them},卡上 {capacity};批大小、长度和优化器这时还没有份。** 这本来放得下,所以是别的原因:{at_load}。加载前打印 torch.cuda.mem_get_info(),加载后看参数的 dtype。", TRANSFORMERS, ELSEWHERE),
    Remark("end-of-an-epoch", 1, lambda c: c.training and c.failed and c.modelled and c.any("epoch_end") and not c.any("saving", "evaluation", "host_killed", "growing"),
        "**At the end of an epoch comes what is no step of training: an evaluation and a save; training itself had gone through.** The evaluation: {all_rows}; its batch is a setting of its own, {eval_setting}, {eval_batch} × {seq} tokens × {vocab} vocabulary × 4 B = {eval_logits} for one fp32 copy; {smaller_logits}, eval_accumulation_steps, per_device_eval_batch_size 1, or prediction_loss_only=True. The save: a model that is sharded is gathered on one card ({w16} in 16 bit), unless shards are saved or it is offloaded to the CPU; one that is merged for saving is turned into 16 bit there. The traceback tells which it is.",
        "**一个 epoch 结束时做的不是训练步,而是评估和保存;训练本身已经跑过了。** 评估:{all_rows};评估批大小也是单独的设置,{eval_setting},{eval_batch} × {seq} token × 词表 {vocab} × 4 字节 = 一份 fp32 logits 就是 {eval_logits};{smaller_logits},eval_accumulation_steps,per_device_eval_batch_size 设为 1,或 prediction_loss_only=True。保存:切分的模型会聚合到一张卡上(16 位 {w16}),除非分片保存或 offload 到 CPU;为保存而合并的,会在卡上转成 16 位。看报错堆栈是哪一个。", TRAINER, ELSEWHERE),
    Remark("training-that-grows", 5, lambda c: c.training and (c.failed or (c.any("leak_asked") and c.any("midway", "growth_told")) or (c.any("why_more") and not c.any("leak_asked"))) and c.modelled and not c.any("any_model") and c.any("growing") and not c.any("kept_graph"),
        "**Most likely no leak: from the first optimizer step on, weights, gradients and states stand still{standing}; what grows is the longest batch so far: one fp32 copy of the logits alone is {logits_copy} for {tokens} tokens of a vocabulary of {vocab}.**{growth} In this order: cap the length (max_length, cutoff_len); {one_at_once}a fused loss (Liger){fused_less_to}; expandable_segments:True against fragments of varying lengths; in batches of several samples group_by_length, so that no short one is padded to a long one. Try the longest samples first: what does not fit then fails in the first steps. To be sure, print memory_allocated and memory_reserved after each step: if allocated rises at equal lengths, something is kept (loss instead of loss.item(), outputs in a list), and only that is a leak.",
        "**多半不是泄漏:从第一次优化器更新之后,权重、梯度和优化器状态就不再变{standing};会涨的是迄今最长的批次:仅一份 fp32 logits,{tokens} token、词表 {vocab} 就是 {logits_copy}。**{growth}依次做:截断长度(max_length、cutoff_len);{one_at_once}用融合损失 Liger{fused_less_to};设 expandable_segments:True 减少长短不一造成的碎片;一批有几条样本时开 group_by_length,短样本就不会补齐到长样本。开跑前先拿最长的样本试几步:放不下的开头就会爆。要确认就每步打印 memory_allocated 与 memory_reserved:长度相同而 allocated 仍上涨,才是有东西没释放(用了 loss 而不是 loss.item(),把输出存进列表)。", TORCH, CAUSE),
    Remark("log-probability-pass", 0, lambda c: c.training and c.failed and _of_log_probabilities(c),
        "**The pass that computes log-probabilities has a micro-batch of its own, and logits as an update has: {log_prob_rows} × {seq} tokens × {vocab} vocabulary × 2 B = {log_prob_logits} for one 16-bit copy{tried_of_log_probs}.** Turned into fp32, or with the entropy, it takes that twice and more. Set log_prob_micro_batch_size_per_gpu of rollout and ref to 1 or 2 ({log_prob_one} each at the full length), or count it in tokens (log_prob_use_dynamic_bsz with log_prob_max_token_len_per_gpu); it changes no result. At that moment the engine should sleep (free_cache_engine), and its share counts only if it does not.",
        "**算 log 概率的那一遍有自己的 micro-batch,也要写出 logits:{log_prob_rows} 条 × {seq} token × 词表 {vocab} × 2 字节 = 一份 16 位就是 {log_prob_logits}{tried_of_log_probs}。** 转成 fp32 或算熵时再翻倍。把 rollout 和 ref 的 log_prob_micro_batch_size_per_gpu 都设为 1 到 2(满长每条 {log_prob_one}),或按 token 数组批(log_prob_use_dynamic_bsz 配 log_prob_max_token_len_per_gpu),结果不变。这时引擎应已休眠(free_cache_engine),没休眠才要再减它的份额。", TRL_GRPO, CAUSE),
    Remark("update-of-a-policy", 1, lambda c: not _of_log_probabilities(c) and not _states_are_too_large(c) and c.training and (c.failed or (c.any("why_more") and c.over("rises", 1))) and c.modelled and c.k("algo") in ROLLS and c.any("in_update", "in_the_loss") and not c.any("rollout_again") and not c.over("split_short", 1) and not c.over("rollout_crowds", 1) and (c.fits or c.k("rollouts_by") == "asleep" or not c.over("rollout_takes", 1)) and c.over("capacity", 1) and c.over("update_logits", 1),
        "{update_verdict}In the update the trainer's own part counts{not_the_share}: {what_trains} on each card, and activations and logits of the micro-batch on top, {tokens} tokens × {vocab} vocabulary × 4 B = {logits_copy} for one fp32 copy, several at once ({update_logits} at the worst moment){tried_of_update}. With gathered layers and the runtime {update_alone} of {capacity}{update_most}.{update_bold}{engine_gone} {then_lower}: a micro-batch of 1, or one counted in tokens (ppo_micro_batch_size_per_gpu, use_dynamic_bsz with ppo_max_token_len_per_gpu); shorter answers; a fused or chunked loss; parameters and optimizer in host memory (param_offload, optimizer_offload); sequence parallelism, which divides a sample's activations (verl: ulysses_sequence_parallel_size); more cards, or LoRA{no_reference}.",
        "{update_verdict}更新阶段看训练自己的部分{not_the_share}:每张卡上有{what_trains},再加 micro-batch 的激活与 logits,{tokens} token × 词表 {vocab} × 4 字节 = 一份 fp32 就是 {logits_copy},同时存在好几份(最高 {update_logits}){tried_of_update}。连同收集的层和运行时共 {update_alone},卡上 {capacity}{update_most}。{update_bold}{engine_gone}{then_lower}:micro-batch 设为 1 或按 token 数动态组批(ppo_micro_batch_size_per_gpu、use_dynamic_bsz 配 ppo_max_token_len_per_gpu);缩短回答长度;融合或分块损失;参数和优化器 offload 到内存(param_offload、optimizer_offload);序列并行,把单条样本的激活分到几张卡(verl 的 ulysses_sequence_parallel_size);加卡,或用 LoRA{no_reference}。", TRL_GRPO, ELSEWHERE),
    Remark("reference-moved-alone", 1, lambda c: c.training and c.failed and c.modelled and c.method == "full" and 1 in c.figures.logged_all("reference_moved") and c.k("offload") in (None, "none") and not c.any("in_update", "in_the_loss", "rollout_again", "engine_starts", "no_blocks") and c.over("left_beside_reference", 1),
        "{reference_moved}", "{reference_moved}", TRL_GRPO, CAUSE),
    Remark("processes-on-a-card", 0, lambda c: c.modelled and c.n == 1 and "sharers" in c.figures.log and (c.training or not c.any("several_servers", "less_than_share")),
        "{copies_of_processes}", "{copies_of_processes}", MPS, FIRST),
    Remark("one-or-several-servers", 0, lambda c: c.serving and c.modelled and c.any("several_servers") and c.any("one_or_several") and c.n == 1 and not c.failed,
        "{one_or_several}", "{one_or_several}", VLLM),
    Remark("share-for-each", 0, lambda c: c.serving and c.n == 1 and bool(c.figures.told.get("served_models")) and c.over("capacity", 1) and c.any("several_servers", "less_than_share", "share_asked", "share_value", "mem_fraction") and c.given("engine", None, "vllm", "sglang", "tgi") and not c.reads_gguf,
        "{shares_each}", "{shares_each}", VLLM, CAUSE),
    Remark("servers-on-one-card", 0, lambda c: _shares(c) and not c.reads_gguf and (c.failed or c.any("why_more", "growing")) and not c.over("log_others", 1),
        "**No leak, and no lack of memory: {shared_card}", "**不是泄漏,也不是显存不够:{shared_card}", VLLM, ELSEWHERE),
    Remark("card-shared-by-servers", 0, lambda c: not c.modelled and c.any("several_servers") and not c.training and not c.failed and not c.any("comparison", "one_or_several", "replicas", "copies_asked") and int(c.figures.given.get("n_gpus") or 1) == 1,
        "{card_shared}", "{card_shared}", VLLM, ELSEWHERE),
    Remark("servers-on-one-card-asked", 0, _shares_asked,
        "{copies_held}", "{copies_held}", VLLM, ELSEWHERE),
)  # fmt: skip
