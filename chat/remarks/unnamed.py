"""A symptom that is told without a model: its general cause and its cure, for which no figure of a model is needed."""

from chat.remarks.remark import ELSEWHERE, Asked, Remark
from chat.works import (
    ADAM,
    ANATOMY,
    BALANCED,
    BIG,
    DATA,
    DEEPSPEED_CONFIG,
    FLASH,
    LAUNCH,
    LIGER,
    LLAMACPP,
    NCCL,
    OLLAMA,
    TORCH,
    TRAINER,
    TRANSFORMERS,
    VLLM,
    ZERO,
)


def unnamed(c: Asked) -> bool:
    """Is no model told, so that figures would be of an example only?"""
    return not c.modelled or c.any("any_model")


def _by_a_server(c: Asked) -> bool:
    """Is a server told that takes its share at its start, alone or beside another program?"""
    told = c.figures.given.get("engine")
    return bool({"vllm", "sglang", "lmdeploy", "tgi"} & set(told if isinstance(told, list | tuple) else [told]))


def _printed(c: Asked) -> bool:
    """Does a pasted message tell more than the words beside it?"""
    return c.over("oom_tried", 1) or c.over("log_total", 1)


# asked of these, a failure is what led to the question
_ASKS_ELSE = ("units", "explain_derive", "comparison", "method_diff", "table_lookup", "kv_cache", "quant_gguf", "multi_gpu_split", "which_method", "max_batch_ctx", "how_many_gpus", "rl_memory", "moe", "adam_state", "check_arithmetic")  # fmt: skip


def _explained(c: Asked) -> bool:
    """Does the message itself tell the cause: fragments, another process, or more that is free than was asked for?"""
    tried = c.figures.amount("tried")
    free, idle = c.figures.amount("log_free"), c.figures.amount("oom_idle")
    return c.over("log_others", 2**29) or (tried > 0 and (free > 1.2 * tried or idle >= tried))


def _serves(c: Asked) -> bool:
    return (
        not c.training
        and not c.any("of_training")
        and (c.any("long_running", "chat_turns") or c.given("task", "inference"))
    )


def _troubled(c: Asked) -> bool:
    return c.failed or c.any("growing", "why_more", "same_memory", "oom_diagnosis")


UNNAMED = (
    Remark("held-after-the-end", 0, lambda c: c.any("held_after_end") and unnamed(c),
        "**A process that was not seen to end still holds it: memory of a card is given back when the last process that opened it is gone.** Usual ones: the other ranks of a launcher that was stopped, DataLoader workers, a notebook's kernel, a run that was suspended (Ctrl-Z) and not ended. `nvidia-smi` or `fuser -v /dev/nvidia*` shows whose it is (from outside a container if it lists none); end that process by its number. empty_cache in another process frees nothing of it. If no process is left, the driver holds it: restart the machine, or reset the card.",
        "**还有没真正退出的进程占着:显存要等最后一个打开这张卡的进程结束才归还。** 常见的是被中断的启动器留下的其他 rank、DataLoader 的 worker、notebook 内核,或只是挂起(Ctrl-Z)而没有结束的任务。用 `nvidia-smi` 或 `fuser -v /dev/nvidia*` 找到进程号(容器里看不到就到宿主机上看)并结束它;在别的进程里调 empty_cache 没有用。若确实没有进程了,就是驱动没释放:重启机器或重置这张卡。", LAUNCH, ELSEWHERE),
    Remark("cell-again", 1, lambda c: c.any("cell_again") and _troubled(c) and unnamed(c),
        "**The first run's model, optimizer and activations are still alive in the notebook's kernel, so the second run comes on top of them.** Restart the kernel; that frees all for certain. Without a restart: delete every name that leads to them (model, optimizer, trainer, outputs), then gc.collect() and torch.cuda.empty_cache(). After an error the traceback itself holds the tensors of the step that failed (and the notebook's Out[] history what it printed), so that del alone does not free them.",
        "**第一次运行的模型、优化器和激活还活在 notebook 的内核里,第二次是叠加在上面的。** 重启内核最可靠。不想重启:先删掉所有引用(model、optimizer、trainer、outputs),再 gc.collect() 和 torch.cuda.empty_cache()。报错之后 traceback 本身还引用着失败那一步的张量(Out[] 历史也引用着打印过的结果),只 del 是释放不掉的。", TORCH, ELSEWHERE),
    Remark("ranks-on-one-card-unnamed", 1, lambda c: c.any("all_on_first") and not c.any("device_map") and unnamed(c) and not c.over("log_others", 1),
        "**Every rank has opened the first card: each process on it holds a CUDA context there, and what it loads before it chooses its own card.** Call torch.cuda.set_device(LOCAL_RANK) before anything touches CUDA, load with map_location=\"cpu\" (or to that rank's card), give device_map={{\"\": local_rank}} instead of \"auto\", and leave no bare .cuda() or cuda:0. Started well, nvidia-smi shows one process on each card.",
        "**每个 rank 都打开了第一张卡:每个进程都在上面放了 CUDA 上下文,以及选卡之前加载的东西。** 在碰 CUDA 之前先 torch.cuda.set_device 到 LOCAL_RANK,torch.load 用 map_location=\"cpu\"(或本 rank 的卡),device_map 写 {{\"\": local_rank}} 而不是 \"auto\",代码里不要留 .cuda() 或 cuda:0。改对后 nvidia-smi 里每张卡只有一个进程。", BIG, ELSEWHERE),
    Remark("workers-take-ram", 1, lambda c: c.any("host_killed") and c.any("loader_workers") and (unnamed(c) or c.any("growing", "midway")),
        "**It is host RAM, not GPU memory, and the DataLoader's workers take it: each is a process of its own that holds the data set again** (lists of Python objects are copied page by page as they are read, so it climbs over hours) **and batches fetched ahead, num_workers × prefetch_factor.** Fewer workers first; data in one array, Arrow or a memory-mapped file instead of Python lists; a smaller prefetch_factor, pin_memory and persistent_workers off. A pod's limit is its own (dmesg or kubectl describe shows the kill). If it climbs with num_workers=0 as well, something is kept in the loop.",
        "**耗尽的是主机内存,不是显存,主要是 DataLoader 的 worker:每个 worker 都是独立进程,各持一份数据集**(Python 对象列表会随读取逐页复制,所以几个小时里慢慢涨)**,还有预取的批次,num_workers × prefetch_factor。** 先减少 num_workers;数据改用整块数组、Arrow 或内存映射文件,不用 Python 列表;调小 prefetch_factor,关掉 pin_memory 和 persistent_workers。容器或 pod 有自己的限额(用 dmesg 或 kubectl describe 确认)。若 num_workers=0 也涨,就是循环里有东西没释放。", DATA, ELSEWHERE),
    Remark("saving-unnamed", 2, lambda c: c.failed and c.any("saving") and not c.any("merging", "host_killed") and unnamed(c),
        "**Saving gathers what training keeps divided: the whole model's weights come together on one card (2 B per parameter in 16 bit, 4 in fp32), on top of what training holds; optimizer states too, if the full state is saved.** Save shards instead: FSDP with SHARDED_STATE_DICT, or a full one with offload_to_cpu and rank0_only; DeepSpeed ZeRO-3 with stage3_gather_16bit_weights_on_model_save off, joined afterwards by zero_to_fp32.py. Then it needs host RAM at most. On a single card nothing is gathered: there it is the evaluation before the save, or a copy that the script makes.",
        "**保存时会把训练中切分的东西聚合起来:整个模型的权重集中到一张卡上(16 位每参数 2 字节,fp32 4 字节),叠加在训练占用之上;完整保存时优化器状态也一样。** 改为分片保存:FSDP 用 SHARDED_STATE_DICT,或完整保存时设 offload_to_cpu 和 rank0_only;DeepSpeed ZeRO-3 关掉 stage3_gather_16bit_weights_on_model_save,事后用 zero_to_fp32.py 合并。这样最多只占内存。单卡没有聚合:那就是保存前的评估,或脚本自己复制了一份。", DEEPSPEED_CONFIG, ELSEWHERE),
    Remark("first-step-unnamed", 2, lambda c: (c.failed or c.any("leak_asked")) and c.any("first_step", "optimizer_step") and not c.any("saving", "evaluation") and unnamed(c),
        "**Adam's two moments are allocated only when the optimizer first steps: 8 B per parameter that is trained, in fp32 (with DeepSpeed's fp32 master copy 12 B), so that forward and backward pass without them.** They stay from then on, which is why a second step can fail too. Make them smaller or move them: 8-bit AdamW (about 2 B), Adafactor, states in bf16, ZeRO-1 or higher over more cards, optimizer offload to host RAM, or LoRA, which trains next to nothing. A smaller batch helps only as far as activations are still there.",
        "**Adam 的两个动量在优化器第一次 step 时才分配:每个可训练参数 8 字节(fp32;连 DeepSpeed 的 fp32 主权重是 12 字节),所以前向和反向都能过。** 分配之后一直占着,第二步才爆也是同样的原因。把它变小或移走:8 位 AdamW(约 2 字节)、Adafactor、bf16 状态、多卡 ZeRO-1 以上、优化器 offload 到内存,或 LoRA(可训练参数很少)。减小 batch 只对那时仍在的激活有用。", ADAM, ELSEWHERE),
    Remark("resuming-unnamed", 2, lambda c: c.failed and c.any("resuming") and not c.any("saving") and unnamed(c),
        "**Resuming reads the saved weights and optimizer states onto the card beside those that were just built, so both stand there for a moment, while a fresh start gets Adam's states only at the first step.** Load to host memory (map_location=\"cpu\"), delete what was loaded and call torch.cuda.empty_cache() before the first step, and resume with the same number of ranks and the same ZeRO settings. Check too that every rank does not load onto card 0. Else resume from the weights alone.",
        "**续训时会把保存的权重和优化器状态读到卡上,与刚建好的并存,瞬间有两份;从头训练则到第一步更新才有 Adam 状态。** 先加载到内存(map_location=\"cpu\"),第一步之前删掉读入的对象并 torch.cuda.empty_cache(),用相同的进程数和 ZeRO 设置续训。再查是否每个 rank 都加载到了 0 号卡。不行就只从权重续训,不恢复优化器状态。", TORCH, ELSEWHERE),
    Remark("evaluation-unnamed", 2, lambda c: (c.failed or c.any("leak_asked", "growing")) and c.any("evaluation") and not c.any("served_users", "host_killed") and unnamed(c),
        "**Most likely the logits: with compute_metrics the Trainer keeps those of every evaluation batch on the GPU until the end, examples × length × vocabulary × 4 B, so it grows with the evaluation set however small the batch.** Reduce them at once with preprocess_logits_for_metrics (argmax), move them to host memory with eval_accumulation_steps, or set prediction_loss_only. Its batch is a setting of its own, too (per_device_eval_batch_size, {eval_batch} by default), its samples are often longer, and generation (predict_with_generate) adds a KV cache.",
        "**最可能是 logits:有 compute_metrics 时,Trainer 把每个评估批次的 logits 都留在显存里直到最后,即 样本数 × 长度 × 词表 × 4 字节,随验证集增长,eval batch 再小也没用。** 用 preprocess_logits_for_metrics(先取 argmax)当场压缩,用 eval_accumulation_steps 移到内存,或设 prediction_loss_only。评估批大小也是单独的设置(per_device_eval_batch_size,默认 {eval_batch}),验证样本往往更长;predict_with_generate 还要加 KV 缓存。", TRAINER, ELSEWHERE),
    Remark("kept-graph-unnamed", 2, lambda c: c.any("kept_graph") and _troubled(c) and unnamed(c),
        "**A loss that is summed or collected as a tensor keeps the graph, and the activations, of every step alive.** Add loss.item() or loss.detach() instead. If torch.cuda.memory_allocated() after each step then stays level, that was it.",
        "**把 loss 张量直接累加或存进列表,会让每一步的计算图(连同激活)一直不释放。** 改成累加 loss.item() 或 loss.detach()。改后若每步结束时 torch.cuda.memory_allocated() 不再上涨,就是它。", TORCH, ELSEWHERE),
    Remark("communication-buffers", 3, lambda c: c.any("nccl_buffers") and unnamed(c),
        "**Yes: NCCL's buffers stand outside of PyTorch's allocator, on every card, for each communicator: NCCL_BUFFSIZE (4 MiB by default) for every channel and connection, and each group (data, tensor, pipeline, expert parallel) is a communicator of its own.** So it grows with the number of ranks and groups, shows in nvidia-smi and not in memory_allocated, and comes with the first collective. It is no leak. Leave room for it; to shrink it use fewer groups, fewer channels (NCCL_MAX_NCHANNELS) or a smaller NCCL_BUFFSIZE, at some cost in bandwidth. DDP's and ZeRO's own gradient buckets are apart from it.",
        "**正常:NCCL 的缓冲不在 PyTorch 的分配器里,每张卡都有,按通信组各一份:每个通道、每个连接 NCCL_BUFFSIZE(默认 4 MiB),数据、张量、流水线、专家并行各是一个通信组。** 所以它随 rank 数和通信组数增长,nvidia-smi 能看到而 memory_allocated 看不到,第一次集合通信时才出现。不是泄漏。给它留余量;要减小就少建通信组、减少通道(NCCL_MAX_NCHANNELS)或调小 NCCL_BUFFSIZE,带宽会受些影响。DDP、ZeRO 自己的梯度桶另算。", NCCL, ELSEWHERE),
    Remark("share-of-the-engine", 3, lambda c: _by_a_server(c) and c.any("why_more", "growing", "takes_all", "which_is_needed") and not c.any("after_start", "same_memory") and not c.failed and unnamed(c),
        "**No leak: the engine takes a share of the card at its start, whatever the model is ({its_share}), and what the weights leave of it is set aside for the KV cache.** nvidia-smi shows all of it as used, with no request running. What the model needs is much less: weights, plus the cache of the tokens that are served at once. Lower {knob_of_share} to give memory back; a smaller maximum length does not shrink what it takes.",
        "**不是泄漏:引擎启动时不管模型多大都先占一定比例的显存({its_share}),放完权重后剩下的都预留给 KV 缓存。** 没有请求时 nvidia-smi 也显示为已用。模型真正需要的小得多:权重加上同时服务的 token 的缓存。想让出显存就调低 {knob_of_share};只减小最大长度不会让占用变小。", VLLM, ELSEWHERE),
    Remark("partly-on-the-cpu-unnamed", 2, lambda c: c.any("fell_back") and c.given("engine", "llama.cpp") and not c.modelled,
        "**The file is not all that has to go on the card: Ollama and llama.cpp reserve the KV cache of the whole context at once (num_ctx × OLLAMA_NUM_PARALLEL), a compute buffer and the CUDA context beside it, and what other programs hold is gone too; layers that find no room stay on the CPU.** In this order: a smaller num_ctx (-c), one slot (OLLAMA_NUM_PARALLEL=1), flash attention with a q8_0 cache (OLLAMA_FLASH_ATTENTION=1, OLLAMA_KV_CACHE_TYPE=q8_0), no other model kept loaded (`ollama ps`), then a smaller file; num_gpu (-ngl) sets the number of layers by hand, and too many fail. Name the model and the context, and it is worked out.",
        "**要放进卡里的不只是模型文件:Ollama 和 llama.cpp 会一次预留整个上下文的 KV 缓存(num_ctx × OLLAMA_NUM_PARALLEL),还有计算缓冲和 CUDA 上下文,别的程序占的也不能用;放不下的层就留在 CPU 上。** 依次试:减小 num_ctx(-c),只留一个槽位(OLLAMA_NUM_PARALLEL=1),开 flash attention 并用 q8_0 缓存(OLLAMA_FLASH_ATTENTION=1、OLLAMA_KV_CACHE_TYPE=q8_0),不要同时加载别的模型(看 `ollama ps`),再换更小的文件;num_gpu(-ngl)可以手动指定层数,太多会失败。说出模型和上下文长度,就能算出来。", OLLAMA, ELSEWHERE),
    Remark("map-keeps-room", 2, lambda c: c.any("device_map") and c.any("fell_back", "why_more") and c.n < 2 and not c.any("oom_diagnosis") and not c.any("uneven_cards", "all_on_first") and c.over("map_share", 0.01),
        "**device_map=\"auto\" gives the weights only {map_share} of what a single card has free, and puts a whole layer or none there: a model a little below the card's size goes partly to the CPU.**{map_case} What other programs and the CUDA context hold is not free either. Say it yourself: max_memory={{0: \"…GiB\"}}, leaving room for cache and activations; device_map={{\"\": 0}} puts all of it there or fails; or take fewer bits.",
        "**单卡时 device_map=\"auto\" 只拿空闲显存的 {map_share} 放权重,而且每层要么整层放、要么不放:比卡略小的模型也会有一部分落到 CPU。**{map_case} 别的程序和 CUDA 上下文占的也不算空闲。可自己指定 max_memory={{0: \"…GiB\"}},给缓存和激活留余地;device_map={{\"\": 0}} 则全放卡上,放不下就报错;或降低位数。", BALANCED, ELSEWHERE),
    Remark("map-counts-weights-unnamed", 3, lambda c: c.any("device_map") and c.any("oom_diagnosis", "uneven_cards", "why_more", "all_on_first") and unnamed(c),
        "**device_map=\"auto\" balances the weights alone: inputs, embedding, logits, the KV cache and (in training) activations come on top, and most of them gather on one card, the first or the last, which is full while the others have room.** Give that card less: max_memory={{0: \"…GiB\", 1: \"…GiB\"}} with a smaller first number, or device_map=\"balanced_low_0\". The cards then work one after the other, so it adds room and no speed; to train on several cards use FSDP or ZeRO-3 instead, to serve, tensor parallel.",
        "**device_map=\"auto\" 只按权重均分:输入、embedding、logits、KV 缓存以及训练时的激活都是额外的,而且多半集中在第一张或最后一张卡,所以一张满了、别的还空着。** 让那张卡少分一些:max_memory={{0: \"…GiB\", 1: \"…GiB\"}} 里把它写小,或用 device_map=\"balanced_low_0\"。这样各卡是依次工作的,只加容量不加速度;多卡训练应改用 FSDP 或 ZeRO-3,推理服务用张量并行。", TRANSFORMERS, ELSEWHERE),
    Remark("eager-unnamed", 3, lambda c: c.any("flash_lacking") and (c.failed or c.any("why_more", "how_much")) and unnamed(c),
        "**Eager attention writes out the scores, heads × length × length for every sequence and layer (2 B each, 4 in fp32), so twice the length takes four times as much; FlashAttention and SDPA never store them.** No package is needed for that: attn_implementation=\"sdpa\" is PyTorch's own, and its memory-efficient kernel runs on Turing and Volta cards too, which FlashAttention-2 does not support. See that no output_attentions and no odd mask forces eager; else shorten the length, or a smaller batch with checkpointing.",
        "**eager 注意力会把分数矩阵写出来,每层每条序列 头数 × 长度 × 长度(每个 2 字节,fp32 4 字节),所以长度翻倍就是四倍;FlashAttention 和 SDPA 不保存它。** 不用装任何包:attn_implementation=\"sdpa\" 是 PyTorch 自带的,其省显存内核在 Turing、Volta 上也能用,而 FlashAttention-2 不支持这些卡。检查有没有 output_attentions 或特殊掩码迫使它退回 eager;否则就缩短长度,或减小 batch 并开重计算。", FLASH, ELSEWHERE),
    Remark("more-cards-unnamed", 4, lambda c: _troubled(c) and c.any("more_cards") and not c.given("zero_stage", 3) and not c.any("device_map") and unnamed(c),
        "**Cards do not add up under data parallel: every card holds a whole copy of weights, gradients and optimizer states, and its own batch, so a second card doubles the samples per step and not the room.** Sharding divides the model: FSDP (FULL_SHARD) or ZeRO-3; ZeRO-1 and ZeRO-2 divide only optimizer states and gradients. Activations and logits of one sample are divided by none of them (tensor or sequence parallel does): for those lower the micro-batch or the length, with checkpointing and a fused loss.",
        "**数据并行时显存不会相加:每张卡都有完整的一份权重、梯度和优化器状态,再加自己那一批,所以加一张卡只是每步样本翻倍,容量不变。** 切分才能分摊:FSDP(FULL_SHARD)或 ZeRO-3;ZeRO-1/2 只切分优化器状态和梯度。单个样本的激活和 logits 它们都不切分(张量或序列并行才行):要减小 micro-batch 或长度,开重计算,用融合损失。", ZERO, ELSEWHERE),
    Remark("fails-in-the-loss", 3, lambda c: c.failed and c.any("in_the_loss") and not _serves(c) and not c.any("evaluation") and not _printed(c) and unnamed(c),
        "**Where it fails in the loss, the logits decide: {logits_of_loss} for one fp32 copy, and several stand at once (their 16-bit source, the softmax, its gradient).** In this order: a fused or chunked cross entropy, which never makes them all (Liger, Cut Cross Entropy, a chunked loss of the trainer); a micro-batch of 1 with accumulation; shorter samples; sequence or tensor parallelism, which divide them. LoRA, a 4-bit base, checkpointing and ZeRO leave them as they are. Name the model, the method and the card, and the rest of the step is told as well.",
        "**爆在 loss 这一步,就是 logits 决定的:一份 fp32 是 {logits_of_loss},同时存在好几份(16 位的原件、softmax、它的梯度)。** 依次做:融合或分块的交叉熵,不会同时生成全部 logits(Liger、Cut Cross Entropy、训练器的分块损失);micro-batch 设为 1 加梯度累积;缩短样本;序列并行或张量并行可以切分它。LoRA、4 位基座、重计算、ZeRO 都减不了它。说出模型、方法和显卡,就能把这一步的其余部分也算出来。", LIGER, ELSEWHERE),
    Remark("more-cards-sharded-unnamed", 4, lambda c: _troubled(c) and c.any("more_cards") and c.given("zero_stage", 3) and unnamed(c),
        "**ZeRO-3 and FSDP divide weights, gradients and optimizer states by the number of cards, never a sample's activations and logits: if it still runs out, those decide, and more cards change nothing.** Where it fails tells: in the loss it is the logits (tokens × vocabulary × 4 B a copy: a fused or chunked loss), in the backward pass activations (checkpointing, a smaller micro-batch, a shorter length, sequence or tensor parallel). If it fails while loading, every rank loads the whole model (zero.Init is not in force).",
        "**ZeRO-3/FSDP 只把权重、梯度和优化器状态除以卡数,单个样本的激活和 logits 从不切分:加卡还爆,就是它们决定的,再加也没用。** 看爆在哪里:在 loss 处是 logits(每份 token 数 × 词表 × 4 字节:用融合或分块损失),在反向是激活(重计算、减小 micro-batch、缩短长度、序列或张量并行)。若在加载时爆,是每个 rank 都加载了整个模型(zero.Init 没生效)。", ZERO, ELSEWHERE),
    Remark("library-found-no-room", 1, lambda c: c.any("cublas") and not c.over("capacity", 1),
        "**ALLOC_FAILED of cuBLAS or cuDNN is out of memory by another name: the library found no room for its workspace, because PyTorch's allocator or another process holds the rest of the card.** The workspace itself is small, so the card was full already: a smaller batch or length, checkpointing, weights in fewer bits; see what else is on the card (nvidia-smi). NOT_INITIALIZED can also be a build that does not match the driver. Say the model, the method and the card, and there are figures.",
        "**cuBLAS、cuDNN 的 ALLOC_FAILED 就是显存不足的另一种说法:库要不到工作区,因为卡上其余显存已被 PyTorch 的分配器或别的进程占着。** 工作区本身很小,所以卡本来就满了:减小批大小或长度、开重计算、降低权重位数,再看卡上还有什么(nvidia-smi)。NOT_INITIALIZED 也可能是版本与驱动不匹配。说出模型、方法和显卡,就能给出数字。", TORCH, ELSEWHERE),
    Remark("buffer-not-allocated", 1, lambda c: c.any("allocation_failed") and not c.modelled and not c.any("cublas", "host_killed"),
        "**The card, or RAM, had no room for a buffer that is set aside whole at the start; the message says which.** A KV cache buffer: a smaller context (-c, num_ctx), a cache in 8 bits (-fa on -ctk q8_0 -ctv q8_0), fewer slots. A model buffer (CUDA0): fewer layers on the card (-ngl, num_gpu), the experts of a mixture in RAM (--n-cpu-moe), a file in fewer bits. A compute buffer: a smaller -ub. Several cards: move the split (-ts) off the one that is named. What else is on the card, nvidia-smi shows. With the model, its file and the card there are figures.",
        "**启动时要一次性预留的某个缓冲放不下,消息里写着是哪一个。** KV 缓存缓冲:缩短上下文(-c、num_ctx),缓存用 8 位(-fa on -ctk q8_0 -ctv q8_0),减少并发槽位。模型缓冲(CUDA0):少放几层到卡上(-ngl、num_gpu),把专家放到内存(--n-cpu-moe),换位数更低的文件。计算缓冲:减小 -ub。多卡时用 -ts 从报错的那张卡挪走一些。卡上还有什么用 nvidia-smi 查。给出模型、文件和显卡就能算出数字。", LLAMACPP, ELSEWHERE),
    Remark("long-inputs-fail", 1, lambda c: c.any("long_only") and not c.training and not c.modelled,
        "**What fails with long inputs alone grows with the length, so the weights are not it: the KV cache, the activations of reading the prompt, with eager attention the scores (heads × length² in each layer), and logits where every prompt token gets them (length × vocabulary × 4 B).** In a program that takes memory as it needs it (transformers, Ollama): FlashAttention or SDPA, a shorter or summarised input, an 8-bit cache, weights in fewer bits. In a server with a pool (vLLM, SGLang) the cache is set aside already: read prompts in smaller steps (--max-num-batched-tokens, chunked prefill), leave more room beside the pool (a lower gpu_memory_utilization or mem_fraction_static), ask for no prompt_logprobs. With the model and the card named there are figures.",
        "**只有长输入才爆,说明是随长度增长的部分,不是权重:KV 缓存、读入提示时的激活,eager 注意力的分数(每层 头数 × 长度²),以及给提示每个 token 都算的 logits(长度 × 词表 × 4 字节)。** 按需占用的程序(transformers、Ollama):改用 FlashAttention 或 SDPA,缩短或总结输入,8 位缓存,降低权重位数。有缓存池的服务(vLLM、SGLang)缓存早已预留:让提示分小步读入(--max-num-batched-tokens、chunked prefill),池外多留一些(调低 gpu_memory_utilization 或 mem_fraction_static),不要 prompt_logprobs。给出模型和显卡就能算出数字。", VLLM, ELSEWHERE),
    Remark("service-that-grows", 5, lambda c: (c.any("growing") or (c.failed and c.any("after_start"))) and not c.any("chat_turns", "all_on_first") and not c.given("engine", "vllm", "sglang", "lmdeploy", "tgi", "tensorrt-llm", "llama.cpp") and _serves(c) and unnamed(c),
        "**Two things grow in a service: the allocator's cache, which rises to the largest request so far and stays there, and tensors that something still refers to.** Log memory_allocated and memory_reserved after each request to tell them apart. Only reserved rises: bound length, batch and requests at once, and set PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True. Allocated rises: a real leak; generate under torch.inference_mode(), keep no outputs, past_key_values, logits or exceptions with their tracebacks between requests, move results to the CPU. empty_cache does not help: it returns only blocks that nothing refers to, and the next long request takes them again. An engine with a fixed cache (vLLM) bounds it.",
        "**服务里会涨的有两样:分配器的缓存,它涨到迄今最大的请求就停在那里;以及仍被引用的张量。** 每个请求后打印 memory_allocated 和 memory_reserved 来区分。只有 reserved 涨:限制长度、批大小和并发,设 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True。allocated 也涨才是真泄漏:用 torch.inference_mode 生成,不要跨请求保留 outputs、past_key_values、logits 或带 traceback 的异常,结果先移到 CPU。empty_cache 没用:它只归还没有被引用的块,下一个长请求又会要回来。改用缓存池固定的引擎(vLLM)就有上限。", TORCH, ELSEWHERE),
    Remark("training-that-grows-unnamed", 6, lambda c: (c.failed or c.any("leak_asked") or (c.training and c.any("why_more") and c.any("growing"))) and c.any("midway", "growing") and (c.failed or not c.any("first_step", "optimizer_step")) and not c.any("host_killed", "images", "chat_turns", "kept_graph") and not c.any("evaluation", "saving") and c.k("algo") not in ("grpo", "ppo") and not _serves(c) and not _printed(c) and unnamed(c),
        "**Most likely no leak but the first really long batch: with padding to the longest sample a step's activations and logits follow that sample, while weights, gradients and optimizer states stand still after the first step.** Log the batch's length and max_memory_allocated at each step, or run the longest batch first: if it fails at once, cap the length (max_length, cutoff_len), filter or sort by length, fused loss. If it fails at equal lengths: memory_reserved far above memory_allocated is fragmentation (expandable_segments:True); memory_allocated rising step by step is tensors that are kept (loss instead of loss.item(), outputs in a list). If it fails at a round number of steps, it is the evaluation or the save.",
        "**多半不是泄漏,而是遇到了第一个特别长的批次:按最长样本补齐时,一步的激活和 logits 跟着那条样本走,而权重、梯度和优化器状态从第一步之后就不再变。** 每步记录批次长度和 max_memory_allocated,或把最长的批次排到最前先跑:一开始就爆就是它,限制长度(max_length、cutoff_len)、过滤或按长度排序,用融合损失。长度相同也爆:memory_reserved 远大于 memory_allocated 是碎片(expandable_segments:True);memory_allocated 逐步上涨是有张量没释放(用了 loss 而不是 loss.item(),把输出存进列表)。若总在整数步爆,就是评估或保存。", ANATOMY, ELSEWHERE),
    Remark("free-yet-full", 6, lambda c: c.failed and c.any("free_yet") and not _printed(c) and unnamed(c),
        "**What is free is less than the one piece that was asked for, or is not free to this process.** The message says which: \"Tried to allocate\" against \"free\", and \"reserved by PyTorch but unallocated\". If that reserve is larger than what was asked for, it is in pieces (expandable_segments:True). Else nvidia-smi shows another moment or another card than the one that failed (CUDA_VISIBLE_DEVICES renumbers them), or a limit holds: a MIG slice, set_per_process_memory_fraction, an engine's share, WSL's or a container's limit. Paste the message with its figures and they are read.",
        "**剩下的比这一次要的一整块少,或者并不归这个进程用。** 看报错:“Tried to allocate”对“free”,以及“reserved by PyTorch but unallocated”。后者比要申请的大,就是碎片(expandable_segments:True)。否则就是 nvidia-smi 看的是另一时刻或另一张卡(CUDA_VISIBLE_DEVICES 会重新编号),或有限制:MIG 切片、set_per_process_memory_fraction、引擎的份额、WSL 或容器的限制。把完整报错贴出来,就能按里面的数字判断。", TORCH, ELSEWHERE),
    Remark("smallest-batch-unnamed", 8, lambda c: c.failed and c.given("batch_size", 1) and not c.any("accumulation") and not _printed(c) and not _serves(c) and unnamed(c),
        "**At batch 1 what is left does not depend on the batch: weights, gradients and optimizer states, 16 B per trained parameter with Adam and 2 B per frozen one, and then the length.** In this order: LoRA, or QLoRA with a 4-bit base; for full fine-tuning 8-bit AdamW or Adafactor, optimizer offload, ZeRO-3 or FSDP over more cards; then the length (max_length), a fused or chunked loss (Liger) for the logits, and SDPA or FlashAttention. Name the model, the card and the method, and the figure of each is told.",
        "**batch 已是 1,剩下的就与 batch 无关:权重、梯度、优化器状态(Adam 每个训练的参数 16 字节,冻结的 2 字节),其次是长度。** 依次试:LoRA,或 4 位基座的 QLoRA;全参就用 8 位 AdamW 或 Adafactor、优化器 offload、多卡 ZeRO-3/FSDP;再缩短长度(max_length),用融合或分块损失(Liger)消除 logits,用 SDPA 或 FlashAttention。说出模型、显卡和方法,就给出每一项的数字。", ZERO, ELSEWHERE),
    Remark("levers-of-training", 9, lambda c: c.failed and c.training and not _explained(c) and not c.any("host_killed", "evaluation", "loading", "saving", "accumulation", "ran_otherwise", "method_diff", "comparison") and not c.said("algo") and unnamed(c),
        "{last_request}{levers_of_training}\n\nWhen does it fail: loading, the first step (optimizer states), a later one (a long sample), evaluation? What else is on the card (nvidia-smi)? Tell the model or its size, the method, length and batch{ask_card}, and each of these is told in figures.",
        "{last_request}{levers_of_training}\n\n爆在什么时候:加载、第一步(优化器状态)、之后某一步(特别长的样本)还是评估?卡上还有没有别的进程(nvidia-smi)?请说出模型或参数量、方法、长度和批大小{ask_card},就给出每一项的数字。", ANATOMY, ELSEWHERE),
    Remark("levers-of-serving", 9, lambda c: c.failed and _serves(c) and not _explained(c) and not c.any("host_killed", "chat_turns", "growing", "loading") and not c.said("engine") and unnamed(c),
        "{last_request}**Not necessarily a larger card. Whatever the model, in this order: a shorter context, fewer sequences at once, an 8-bit KV cache, weights of fewer bits (8, 4), layers or experts in host memory; then a larger card, or several with tensor parallel.** When does it fail: while loading (the weights are too large), or with a long prompt or many users (the cache)? Tell the model or its size, the length, how many at once{ask_card}, and each of these is told in figures.",
        "{last_request}**不一定要换卡。什么模型都适用,依次试:缩短上下文,减少并发,8 位 KV 缓存,降低权重位数(8 位、4 位),把部分层或专家放到内存;还不够再换更大的卡,或多卡张量并行。** 爆在什么时候:加载时(权重太大),还是长提示、多人同时用时(缓存)?请说出模型或参数量、长度和并发数{ask_card},就给出每一项的数字。", ANATOMY, ELSEWHERE),
    Remark("levers-in-order", 9, lambda c: c.failed and not _explained(c) and not c.any("host_killed") and not _serves(c) and not c.any("evaluation", "loading", "chat_turns", "accumulation") and not c.said("engine") and (c.any("what_helps") or not c.any(*_ASKS_ELSE)) and unnamed(c),
        "{last_request}**Whatever the model, in this order. Training: micro-batch 1 with accumulation, gradient checkpointing, a shorter maximum length, a fused or chunked loss (Liger), SDPA or FlashAttention; then what stands still: LoRA, a 4-bit base (QLoRA), 8-bit AdamW, optimizer offload or sharding over cards. Running: a shorter context, fewer sequences at once, an 8-bit KV cache, then weights of fewer bits (8, 4), then layers or experts in host memory.** First see what else is on the card (nvidia-smi) and at which moment it fails: loading, the first step (optimizer states), a later one (a long sample), evaluation or saving. Name the model, what you do with it, length and batch{ask_card}, and each of these is told in figures.",
        "{last_request}**什么模型都适用,依次试。训练:micro-batch 设为 1 加梯度累积,开重计算(gradient checkpointing),缩短最大长度,用融合或分块损失(Liger),用 SDPA 或 FlashAttention;再压缩固定的部分:LoRA、4 位基座(QLoRA)、8 位 AdamW、优化器 offload 或多卡切分。推理:缩短上下文,减少并发,8 位 KV 缓存,再降低权重位数(8 位、4 位),最后把部分层或专家放到内存。** 先用 nvidia-smi 看卡上还有什么,再看爆在什么时候:加载、第一步(优化器状态)、之后某一步(特别长的样本)、评估还是保存。说出模型、用途、长度和批大小{ask_card},就给出每一项的数字。", ANATOMY, ELSEWHERE),
)  # fmt: skip
