"""A training that runs out, told without a model: idle blocks, cards that were added, one rank, a rise at each step, rows of a vocabulary."""

from chat.remarks.remark import CAUSE, ELSEWHERE, Asked, Remark
from chat.remarks.trainings_meant import TRAININGS_MEANT
from chat.remarks.unnamed import UNNAMED, serves, unnamed
from chat.works import ANATOMY, DDP, FLASH, FSDP_QLORA, PEFT_TOKENS, TORCH, TRAINER, TRL_VLLM, VLLM, VLLM_PREEMPTION
from kb.programs import ROLLS

_IDLE = (
    '**It is memory that PyTorch holds and no tensor uses, and yet it did not serve the request: the free blocks are smaller than the piece that was asked for ("Tried to allocate"), which is fragmentation.** Set PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True before the program starts; where that is not supported, max_split_size_mb, or garbage_collection_threshold. Then the reason: batches of many lengths leave blocks of many sizes, so pad to a few lengths (buckets) or pack, cap the longest, and call torch.cuda.empty_cache() between phases (before an evaluation, after loading). It wins back at most what lies idle. Where the piece is larger than that, the card is simply full: a smaller micro-batch or length, checkpointing, a fused loss.',
    "**这是 PyTorch 留着、却没有张量在用的显存,而申请仍然失败:空闲块都比要的那一整块(报错里的 “Tried to allocate”)小,这就是碎片。** 程序启动前设 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True;不支持时用 max_split_size_mb 或 garbage_collection_threshold。再治根源:批次长短不一会留下大小不一的块,所以补齐到少数几种长度(分桶)或 packing,限制最长样本,阶段之间(评估前、加载后)调用 torch.cuda.empty_cache。最多能找回闲置的那么多。若要的那一块比闲置的总量还大,就是卡真的满了:减小 micro-batch 或长度,开重计算,用融合损失。",
)
_ADDED = (
    "**More cards give no room by themselves, and data parallel takes a little more of each: every card keeps a whole copy of weights, gradients and states and its own batch, and DDP adds buckets with all trained gradients once more (2 or 4 B of each; gradient_as_bucket_view=True does without), NCCL's buffers and a context.** So a run that just went on one card no longer goes. Look first which of these it is: started with plain python on several cards, transformers' Trainer takes nn.DataParallel, which gathers outputs and logits on the first card: launch by torchrun or accelerate; all processes open cuda:0, so that card holds several copies (nvidia-smi shows one process on each if not); device_map=\"auto\" had split the model over the cards and now each process loads it whole. Then: gradient_as_bucket_view, a smaller micro-batch (per_device_train_batch_size is of each card, so the total grew already), checkpointing; to divide the model FSDP or ZeRO-2/3.",
    '**加卡本身不会多出容量,数据并行每张卡反而略多占一些:每张卡都有完整的权重、梯度、优化器状态和自己那一批,DDP 还要用桶把全部可训练梯度再存一份(每个 2 或 4 字节;gradient_as_bucket_view=True 就没有),外加 NCCL 缓冲和 CUDA 上下文。** 所以单卡刚好放下的任务会放不下。先看是哪一种:直接用 python 启动而机器上有多张卡时,transformers 的 Trainer 会用 nn.DataParallel,把输出和 logits 都收到第一张卡:改用 torchrun 或 accelerate 启动;所有进程都打开了 cuda:0,那张卡上有好几份(正常时 nvidia-smi 每张卡一个进程);原来 device_map="auto" 把模型拆到各卡,现在每个进程都加载整个模型。然后:打开 gradient_as_bucket_view,减小 micro-batch(per_device_train_batch_size 是每张卡的,总批大小已经变大了),开重计算;要切分模型就用 FSDP 或 ZeRO-2/3。',
)
_EACH_STEP = (
    "**Two numbers after each step tell whether it leaks: where torch.cuda.memory_allocated() rises at equal lengths, something is kept; where only memory_reserved() rises and then stays, it is no leak but the allocator, which keeps the largest batch so far (or fragments of many lengths).** Weights, gradients, Adam's states and ZeRO's or DDP's buckets stand still after the first step, so none of them grows. Kept are as a rule: the loss summed or logged as a tensor (loss.item(), detach()), outputs, logits or hidden states in a list, a metric that holds tensors of the card, retain_graph, a state that is carried from step to step without detach(). By epochs: what an evaluation collects (eval_accumulation_steps, preprocess_logits_for_metrics), a loader or a model that is built anew each time, a save. Where it only jumps at long samples: cap the length, expandable_segments:True, a fused loss.",
    "**是不是泄漏,看每步之后的两个数:长度相同而 torch.cuda.memory_allocated() 还在涨,就是有东西没释放;只有 memory_reserved() 涨一阵后停住,则不是泄漏,是分配器留着迄今最大批次的块(或长短不一造成的碎片)。** 权重、梯度、Adam 状态以及 ZeRO、DDP 的桶从第一步之后就不变,不会是它们在涨。没释放的通常是:loss 以张量形式累加或记录(要用 loss.item()、detach),把 outputs、logits、hidden states 存进列表,指标对象里留着显卡上的张量,retain_graph,跨步传递的状态没有 detach。按 epoch 涨:评估时攒下的 logits(eval_accumulation_steps、preprocess_logits_for_metrics),每轮重新建的 DataLoader 或模型,以及保存。若只是遇到长样本跳一下:限制长度,设 expandable_segments:True,用融合损失。",
)

_BATCH_FIRST = (
    "**The batch first: down to 1, with as many more accumulation steps, which keeps the effective batch and loses no data; cutting the length loses the ends of samples.** For memory both do the same with FlashAttention or SDPA: activations and logits go with batch × length. The length is next once the micro-batch is 1, and first only where eager attention writes out its scores, which go with length squared. Neither lowers weights, gradients and optimizer states: where those alone nearly fill the card, take LoRA or QLoRA, 8-bit AdamW, offload or sharding. Gradient checkpointing and a fused loss come before a shorter length.",
    "**先降 batch:micro-batch 降到 1、累积步数相应加大,等效批大小不变,也不丢数据;降长度会截掉样本。** 对显存两者一样有效(FlashAttention 或 SDPA 时):激活和 logits 只看 batch × 长度。micro-batch 已是 1 才轮到长度;只有 eager 注意力会写出随长度平方增长的分数矩阵,这时才先降长度。两者都不减少权重、梯度和优化器状态:光它们就快占满时,要用 LoRA、QLoRA、8 位 AdamW、offload 或切分。截短之前,先开梯度检查点和融合损失。",
)


def _grows_each(c: Asked) -> bool:
    """Is a training told to take more at each step or epoch, of no model?"""
    asked = c.failed or c.training or c.any("leak_asked", "why_more", "what_helps")
    elsewhere = c.any("chat_turns", "host_killed", "images", "kept_graph") or serves(c)
    return asked and c.any("grows_each") and not elsewhere and c.k("algo") not in ROLLS


def _of_rows(c: Asked) -> bool:
    """Does a training fail, or take more than was thought, by rows of the vocabulary, of no model?"""
    if not unnamed(c) or serves(c) or c.any("meaning:frozen_ends", "meaning:frozen_layers", "merging"):
        return False
    told = c.any("embedding_trained") or (c.any("embedding_resized") and (c.adapters or c.training))
    return (c.failed and told) or (c.wholly and c.any("why_more")) or (c.any("rows_cost") and c.adapters)


# what another remark tells of a server that fails, or what is no matter of load
_NOT_OF_LOAD = ("no_blocks", "refused_though_fits", "longer_than_pool", "host_killed", "fails_loading", "does_not_start", "start_fails", "other_process", "growing", "chat_turns", "several_servers", "engine_beside", "long_only", "graph_capture", "sampler_warmup", "images", "all_on_first", "uneven_cards", "memory_kept", "free_yet")  # fmt: skip


def _under_load(c: Asked) -> bool:
    """Does a server that sets its pool aside run out as many use it, of no model?"""
    # how many it can hold at once is a question of its own
    loaded = c.any("under_load", "cards_as_cure") or (c.any("served_users") and not c.any("max_batch_ctx"))
    printed = c.over("oom_tried", 1) or c.over("log_total", 1) or c.said("gpu_memory_utilization")
    return (
        c.failed
        and c.by_server
        and loaded
        and unnamed(c)
        and not c.training
        and not printed
        and not c.any(*_NOT_OF_LOAD)
    )


def _starts_with_more(c: Asked) -> bool:
    """Is it asked of a server that does not start, of no model, whether further cards are the cure?"""
    starts = c.any("does_not_start", "start_fails", "fails_loading") or (c.failed and c.any("loading"))
    told = c.any(
        "no_blocks", "refused_though_fits", "less_than_share", "host_killed", "graph_capture", "sampler_warmup"
    )
    return c.by_server and c.any("cards_as_cure") and starts and unnamed(c) and not c.training and not told


UNNAMED_FAILURES = (
    Remark("more-cards-to-start", 0, _starts_with_more,
        "**Only where the weights, or beside them the cache of one request, find no room, and only with tensor parallel (--tensor-parallel-size in vLLM, --tp in SGLang): then each of N cards holds 1/N of both. Without it a further card stays empty, and against any other cause it does nothing.** The last lines of the log tell which it is. Out of memory while weights are loaded: they do not fit; fewer bits (FP8, AWQ or GPTQ in 4 bits) or more cards. Loaded, and then no room for cache blocks, or a length beyond the cache: lower the maximum length (--max-model-len, --context-length) first, which unset is all that the model declares; then the share, then cards. Less memory free than the share asks for: end the other process or lower the share. Out of memory while graphs are captured or in the first step: that stands beside the pool, and every card has it of its own; a lower share, fewer sequences. Tell model, card and length, and each of these is told in figures.",
        "**只有权重放不下、或权重之外连一条请求的缓存都放不下时才有用,而且要开张量并行(vLLM 的 --tensor-parallel-size、SGLang 的 --tp):这时 N 张卡各放 1/N 的权重和缓存。不开,多出来的卡就空着;其他原因加卡没用。** 看日志最后几行就知道是哪种。加载权重时 OOM:权重放不下,用更低位数(FP8、4 位 AWQ/GPTQ)或加卡。加载完了才说没有缓存块、或长度超过缓存:先调低最大长度(--max-model-len、--context-length,不设就是模型声明的全长),再调比例,最后才加卡。空闲显存少于比例所要的:清掉别的进程,或调低比例。捕获 CUDA graph 或第一步时 OOM:那部分在缓存池之外,每张卡都各有一份,调低比例、减少并发。说出模型、显卡和长度,就能逐项给出数字。", VLLM, ELSEWHERE),
    Remark("fails-as-it-loads-unnamed", 1, lambda c: c.training and c.failed and c.any("fails_loading") and c.given("method", "lora", "qlora") and unnamed(c) and not c.any("host_killed", "device_map", "saving", "evaluation", "resuming", "all_on_first"),
        "**As it loads, nothing but the base's weights lies on the card; batch, length and checkpointing have no part in it yet. In 16 bit they are 2 B for every parameter, about four times a 4-bit file that a server runs, and each process of DDP, ZeRO-1 or ZeRO-2 loads all of them, where a server divides them over its cards.** So load the base in 4 bit (BitsAndBytesConfig, load_in_4bit: QLoRA); in one process with device_map=\"auto\", which spreads the layers over the cards, or under FSDP, which divides a 4-bit base, too; and with torch_dtype given, for in fp32 it is 4 B. End a server that still runs: it keeps its share of every card. Name the model, and it is told in figures.",
        "**加载时卡上只有基座的权重,批大小、长度和梯度检查点这时还没有份。16 位是每参数 2 字节,约为推理用的 4 位文件的四倍;而且 DDP、ZeRO-1、ZeRO-2 的每个进程都加载完整的一份,推理服务则按卡切分。** 所以用 4 位加载基座(BitsAndBytesConfig 的 load_in_4bit,即 QLoRA);单进程加 device_map=\"auto\" 把各层分到几张卡上,或用 FSDP(4 位基座也能切分);写明 torch_dtype,按 fp32 加载就是 4 字节。还开着的推理服务先停掉:它一直占着每张卡的份额。说出模型,就能给出具体数字。", FSDP_QLORA, ELSEWHERE),
    Remark("library-failed-otherwise", 0, lambda c: c.any("cublas_other") and not c.any("cublas"),
        "**As a rule no lack of memory: cuBLAS or cuDNN fails so where it was given numbers out of range or a kernel before it did, most often an index too large, a token id beyond the vocabulary (tokens were added and the embedding not resized) or a label beyond the classes.** The line that is shown is not the one at fault, since kernels run later than they are called: set CUDA_LAUNCH_BLOCKING=1, or run the same batch on the CPU, which names it. Else: a type or shape that the card does not support (bf16 before Ampere), or CUDA, driver and PyTorch that do not go together. If it comes only when the card is nearly full (nvidia-smi), try it with a smaller batch: then it was memory.",
        "**一般不是显存不够:cuBLAS、cuDNN 这样报错,多半是之前的内核或传进来的数据越界了,最常见的是下标太大:token id 超出词表(加了 token 却没扩 embedding),或标签超出类别数。** 内核是异步执行的,报错的那一行往往不是出错的那一行:设 CUDA_LAUNCH_BLOCKING=1,或把同一批放到 CPU 上跑,就能看到。此外还有:显卡不支持的类型或形状(Ampere 之前的 bf16),或 CUDA、驱动、PyTorch 版本不匹配。如果只在卡快满时出现(nvidia-smi),换小 batch 试一次:好了就是显存。", TORCH, ELSEWHERE),
    Remark("server-under-load-unnamed", 2, _under_load, "{under_load}\n\nTell the model, the cards, the length and how many use it at once, and each of these is told in figures.", "{under_load}\n\n说出模型、显卡、长度和并发数,就能给出具体数字。", VLLM_PREEMPTION, ELSEWHERE),
    Remark("batch-before-length", 2, lambda c: c.failed and c.any("batch_or_length") and unnamed(c) and not serves(c), *_BATCH_FIRST, FLASH, ELSEWHERE),
    Remark("later-epoch-unnamed", 3, lambda c: c.failed and c.any("later_epoch", "epoch_end") and not c.any("saving", "evaluation", "growing", "host_killed") and unnamed(c) and not serves(c),
        "**The first epoch went through, so training fits; what comes between epochs is no step of training but an evaluation and a save.** The evaluation: its batch is a setting of its own (per_device_eval_batch_size), and with compute_metrics the logits of all its examples are kept on the card: preprocess_logits_for_metrics, eval_accumulation_steps or prediction_loss_only. The save: a full state dict brings the shards together on one card: save shards, or offload to the CPU. If it fails in the middle of the later epoch, it is a batch of longer samples in the new order, or pieces that are left (expandable_segments:True); if memory_allocated rises from epoch to epoch, something is kept (predictions, losses as tensors, a loader built anew).",
        "**第一个 epoch 跑完了,说明训练本身放得下;两个 epoch 之间做的不是训练步,而是评估和保存。** 评估:批大小是单独的设置(per_device_eval_batch_size),有 compute_metrics 时全部样本的 logits 都留在显卡上:用 preprocess_logits_for_metrics、eval_accumulation_steps 或 prediction_loss_only。保存:完整的 state dict 会把切分的权重聚到一张卡上:改为分片保存,或 offload 到 CPU。若爆在后一个 epoch 的中间,是新的顺序里遇到了更长的批次,或显存碎了(expandable_segments:True);若 memory_allocated 一个 epoch 比一个 epoch 高,就是有东西没释放(攒着的预测、张量形式的 loss、重新建的 DataLoader)。", TRAINER, ELSEWHERE),
    Remark("idle-blocks-unnamed", 2, lambda c: c.any("idle_blocks") and unnamed(c) and not c.over("oom_tried", 1), *_IDLE, TORCH, ELSEWHERE),
    Remark("idle-blocks", 3, lambda c: c.any("idle_blocks") and not unnamed(c) and c.failed and not c.over("oom_tried", 1) and not c.preallocates and (c.fits or not c.over("capacity", 1)), *_IDLE, TORCH, CAUSE),
    Remark("cards-added-unnamed", 2, lambda c: c.failed and c.any("cards_added_fail") and unnamed(c) and not c.by_server and not c.any("device_map", "long_running", "chat_turns"), *_ADDED, DDP, ELSEWHERE),
    Remark("one-rank-unnamed", 3, lambda c: c.failed and c.any("one_rank", "other_rank_fails") and not c.any("rank_zero_fails", "uneven_experts", "all_on_first", "device_map", "saving", "evaluation", "fails_loading") and unnamed(c) and not serves(c) and not c.over("log_others", 1),
        "**Weights and states are the same on every rank, so what differs is its batch: activations and logits follow the samples that it got, and the longest falls on one.** If it is another rank each time, that is it: cap the length, group by length, a fused loss (Liger), a smaller micro-batch. Always the same one: another process on that card (nvidia-smi before the start), a card with less memory, or what only it has: rank 0 saving, evaluation and gathered results, of a pipeline the stage with embedding or head, of a mixture the busiest experts.",
        "**每个 rank 的权重和状态都一样,不同的是它那一批样本:激活和 logits 由分到的样本决定,最长的只落在一个 rank 上。** 每次换 rank 就是这个原因:限制长度,按长度分组,用融合损失(Liger),减小 micro-batch。总是同一个 rank:那张卡上有别的进程(启动前看 nvidia-smi)、显存比别的卡小,或有只归它的东西:rank 0 的保存、评估和汇总,流水线里带词嵌入或输出头的一段,MoE 里最忙的专家。", ANATOMY, ELSEWHERE),
    Remark("grows-each-step-unnamed", 5, lambda c: _grows_each(c) and unnamed(c), *_EACH_STEP, TORCH, ELSEWHERE),
    Remark("trained-rows-unnamed", 2, _of_rows,
        "**What costs is modules_to_save, and not new tokens by themselves: it trains whole copies of embedding and output head, with gradients and Adam, 16 B for each number of two matrices of vocabulary × hidden size: {ends_trained}.** The adapters themselves are small beside that. Train the new rows alone: trainable_token_indices in PEFT's LoraConfig; or leave the head out of modules_to_save, and where both are one matrix (tied) train it once; or put adapters on them (target_modules) in place of copies. If embedding and head are not trained, resizing adds next to nothing, and it is something else that ran out.",
        "**费显存的是 modules_to_save,不是新 token 本身:它会把词嵌入和输出头各整个复制一份来训练,带梯度和 Adam,两个 词表 × 隐藏维度 的矩阵每个数 16 字节:{ends_trained}。** 适配器本身与之相比很小。只训练新的行:PEFT LoraConfig 的 trainable_token_indices;或不把输出头放进 modules_to_save,两者共享矩阵的只训练一份;或用 target_modules 给它们挂适配器而不是整份复制。如果词嵌入和输出头并不训练,扩词表几乎不占显存,爆的就是别的。", PEFT_TOKENS, ELSEWHERE),
    Remark("midway-without-card", 6, lambda c: c.training and c.failed and c.modelled and not unnamed(c) and c.any("midway") and not c.any("evaluation", "saving", "growing", "images", "resuming", "epoch_end", "host_killed") and not c.over("capacity", 1) and c.k("algo") not in ROLLS and not c.over("oom_tried", 1),
        "**A setting alone would fail at the first steps: weights, gradients and optimizer states stand still from then on, so a later step is larger than those before, by the longest sample so far, or finds the room in pieces.** A step of the whole {seq} tokens at a micro-batch of {batch} takes {peak}, of which one fp32 copy of the logits is {logits_copy}; shorter samples take less. In this order: sort by length so that the longest come first and fail at once, and cap it; PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True; a fused loss (Liger){fused_less_to}; {one_at_once}see whether something is due at that step (eval_steps, save_steps), and whether memory_allocated rises at equal lengths (then something is kept). Name the card and the longest sample that goes is told.",
        "**单是设置不对,头几步就会爆:权重、梯度和优化器状态从那以后就不变,所以后来的某一步比之前的都大(迄今最长的样本),或者显存已经零碎。** micro-batch {batch}、补满 {seq} token 的一步要 {peak},其中一份 fp32 logits 是 {logits_copy};样本短就少一些。依次做:按长度排序让最长的先跑、一开始就暴露,并限制长度;设 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True;用融合损失 Liger{fused_less_to};{one_at_once}看那一步是不是正好要评估或保存(eval_steps、save_steps),以及长度相同时 memory_allocated 是否还在涨(那就是有东西没释放)。说出显卡,就能算出最长多少 token。", ANATOMY, CAUSE),
    Remark("engine-beside-unnamed", 1, lambda c: c.failed and c.k("algo") in ROLLS and c.by_server and c.any("engine_beside") and not c.any("phase_asked") and unnamed(c),
        "**Two programs stand on the one card: the engine keeps its share of it the whole time, its own copy of the weights and the KV cache in it (TRL: vllm_gpu_memory_utilization, 0.3 by default), through the update as well, unless it sleeps.** So what the update has is the rest: weights, gradients and states, and the logits of its micro-batch. In this order: vllm_enable_sleep_mode=True, which gives the share back while the model trains (verl: free_cache_engine); a smaller share, down to weights (2 B of each parameter) and some cache, with a shorter vllm_max_model_length or max_completion_length; a micro-batch of 1 with accumulation, checkpointing, a fused or chunked loss; LoRA, or the states divided (ZeRO-3, FSDP) or in host memory; or the engine on a card of its own (vllm_mode=\"server\"). If it fails as the engine starts, the trainer already holds what the share counts on: a smaller share. Name the model and the card, and both parts are told.",
        "**一张卡上有两个程序:引擎一直占着它的份额,里面是它自己的一份权重和 KV 缓存(TRL 是 vllm_gpu_memory_utilization,默认 0.3),更新时也不让出来,除非让它休眠。** 更新能用的只是其余部分:权重、梯度、优化器状态,以及 micro-batch 的 logits。依次做:vllm_enable_sleep_mode=True,训练时把份额还回来(verl 是 free_cache_engine);调小份额,最低要放得下权重(每参数 2 字节)和一点缓存,同时缩短 vllm_max_model_length 或 max_completion_length;micro-batch 设为 1 加梯度累积,开重计算,用融合或分块损失;改用 LoRA,或把状态切分(ZeRO-3、FSDP)或放到内存;或让引擎单独用一张卡(vllm_mode=\"server\")。若在引擎启动时就爆,是训练部分已占住了份额要的显存:调小份额。说出模型和显卡,两部分都能算出来。", TRL_VLLM, ELSEWHERE),
    Remark("phase-that-fails", 1, lambda c: c.any("phase_asked") and unnamed(c),
        "**The traceback tells: frames of vllm, generate or the engine's start mean the rollout; compute_log_prob, the loss, backward() or optimizer.step() mean the update.** Without one, log torch.cuda.max_memory_allocated() at the end of each phase and reset_peak_memory_stats() before it; an engine that takes its share does not show in it, nvidia-smi does. In the rollout: a larger share of the card for the engine where it has no room for its cache, fewer sequences (max_num_seqs), shorter answers; and the trainer's part out of the way (offload). In the update: the engine asleep (vllm_enable_sleep_mode, free_cache_engine) or a smaller share (gpu_memory_utilization), a micro-batch of 1, a fused or chunked loss for the logits, shorter answers, checkpointing. At the change from one to the other: both stand there at once, with a copy of the weights that is handed over.",
        "**看报错堆栈:停在 vllm、generate 或引擎启动,是 rollout 阶段;停在 compute_log_prob、loss、backward、`optimizer.step`,是训练(更新)阶段。** 没有堆栈就在每个阶段前 reset_peak_memory_stats、结束时打印 torch.cuda.max_memory_allocated;按份额预占的引擎不在这个数里,要看 nvidia-smi。rollout 爆:引擎放不下缓存就调大它的份额,减少同时的序列(max_num_seqs),缩短回答;并把训练部分 offload 让开。更新爆:让引擎休眠(vllm_enable_sleep_mode、free_cache_engine)或调小份额(gpu_memory_utilization),micro-batch 设为 1,logits 用融合或分块损失,缩短回答,开重计算。在两阶段切换时爆:两边同时在卡上,还有一份正在同步的权重。", TRL_VLLM, ELSEWHERE),
)  # fmt: skip
# what is told of no model at all
OF_NO_MODEL = TRAININGS_MEANT + UNNAMED_FAILURES + UNNAMED
