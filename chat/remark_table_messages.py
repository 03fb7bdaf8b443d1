"""What a pasted message tells: a failure that is none of memory, the memory that ran out, and what its figures are."""

from chat.remarks import CAUSE, ELSEWHERE, Remark

TORCH = ("PyTorch documentation: CUDA semantics", "https://pytorch.org/docs/stable/notes/cuda.html")
LAUNCH = (
    "PyTorch documentation: CUDA environment variables",
    "https://pytorch.org/docs/stable/cuda_environment_variables.html",
)
DISTRIBUTED = ("PyTorch documentation: distributed communication", "https://pytorch.org/docs/stable/distributed.html")
DATA = ("PyTorch documentation: torch.utils.data", "https://pytorch.org/docs/stable/data.html")
BIG = (
    "Accelerate documentation: big model inference",
    "https://huggingface.co/docs/accelerate/usage_guides/big_modeling",
)
PEFT = ("PEFT documentation: model merging", "https://huggingface.co/docs/peft/developer_guides/lora")
DEEPSPEED = ("DeepSpeed documentation: memory requirements", "https://deepspeed.readthedocs.io/en/latest/memory.html")
OLLAMA = ("Ollama, FAQ", "https://github.com/ollama/ollama/blob/main/docs/faq.mdx")
VLLM = ("vLLM documentation: conserving memory", "https://docs.vllm.ai/en/latest/configuration/conserving_memory.html")
TGI = (
    "TGI documentation: launcher arguments",
    "https://huggingface.co/docs/text-generation-inference/reference/launcher",
)
LLAMACPP = ("llama.cpp, server README", "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md")
FLASH = ("Dao et al., FlashAttention", "https://arxiv.org/abs/2205.14135")
TRANSFORMERS = ("transformers documentation: loading models", "https://huggingface.co/docs/transformers/models")
NVIDIA = ("NVIDIA: system memory fallback", "https://nvidia.custhelp.com/app/answers/detail/a_id/5490")

MESSAGES = (
    # ── no shortage of memory ──────────────────────────────────────────────────────────────────────────────────────
    Remark("index-out-of-range", 0, lambda c: c.any("device_assert"),
        "**This is no shortage of memory: a kernel was given an index out of range, and more memory will not help.** The usual ones: token ids at or beyond the rows of the embedding (tokens added without resize_token_embeddings), labels beyond the head, positions beyond the model's. Run one batch on the CPU, or with CUDA_LAUNCH_BLOCKING=1, and the traceback names the operation.",
        "**这不是显存不足:某个 kernel 收到了越界的下标,加显存没有用。** 常见的是 token id 超出 embedding 行数(加了新 token 却没有 resize_token_embeddings)、标签超出 head、位置超出模型的最大长度。在 CPU 上跑一个 batch,或设 CUDA_LAUNCH_BLOCKING=1,报错栈就会指出是哪个操作。", LAUNCH, ELSEWHERE),
    Remark("illegal-access", 0, lambda c: c.any("illegal_access"),
        "**This is no shortage of memory: a kernel read or wrote outside of what it was given; running out says `out of memory`.** The usual causes: builds that do not match each other or the card (flash-attn, bitsandbytes, Triton, PyTorch, CUDA), a fault of a custom kernel, or an unstable card (overclocking, heat, a riser). Run with CUDA_LAUNCH_BLOCKING=1 to find the operation, take SDPA instead of flash-attn to rule that out, then reinstall or update what is named.",
        "**这不是显存不足:某个 kernel 访问了分配范围之外的地址;显存不足的报错会写 out of memory。** 常见原因:flash-attn、bitsandbytes、Triton、PyTorch、CUDA 与显卡的版本不匹配,自定义 kernel 有缺陷,或显卡不稳定(超频、过热、转接线)。设 CUDA_LAUNCH_BLOCKING=1 找出是哪个操作,把 flash-attn 换成 SDPA 排除它,再重装或升级对应的库。", LAUNCH, ELSEWHERE),
    Remark("collective-timeout", 0, lambda c: c.any("nccl_timeout"),
        "**A timeout of a collective is by itself no shortage of memory: one rank waited for another that never came.** First read the log of every rank: where one died of `out of memory` before, that is the cause and the timeout only its echo. Else a rank has more to do (data of unequal length, evaluation or saving on rank 0 alone), took another branch, or the link is down (NCCL_DEBUG=INFO tells). A longer limit (ddp_timeout) mends only steps that are slow.",
        "**集合通信超时本身不是显存不足:某个 rank 在等另一个始终没到的 rank。** 先看每个 rank 的日志:若有一个之前就因 out of memory 退出,那才是原因,超时只是后果。否则是某个 rank 活更多(数据长短不一、只有 rank 0 在评估或保存)、走了不同分支,或链路有问题(设 NCCL_DEBUG=INFO 查看)。调大 ddp_timeout 只能解决单步太慢。", DISTRIBUTED, ELSEWHERE),
    Remark("port-taken", 0, lambda c: c.any("port_taken"),
        "**This has nothing to do with memory: another process holds the port.** Take another (--master_port, --port), or end the run that was left over (ss -ltnp shows whose it is).",
        "**这与显存无关:端口被另一个进程占着。** 换一个端口(--master_port、--port),或结束上次残留的进程(用 ss -ltnp 查是谁)。", DISTRIBUTED, ELSEWHERE),
    Remark("build-of-another-card", 0, lambda c: c.any("no_kernel"),
        "**This has nothing to do with memory: the installed build has no kernels for this card, or the driver is too old for its CUDA.** Install the build of PyTorch (and of flash-attn, bitsandbytes, vLLM) for the card's compute capability, or update the driver; torch.cuda.get_arch_list() tells what a build has.",
        "**这与显存无关:安装的版本没有这张卡的 kernel,或驱动低于它需要的 CUDA。** 安装支持该算力版本的 PyTorch(以及 flash-attn、bitsandbytes、vLLM),或升级驱动;torch.cuda.get_arch_list() 可查已编译的架构。", LAUNCH, ELSEWHERE),
    Remark("shared-segment", 0, lambda c: c.any("shared_segment") and not c.any("shared_gpu"),
        "**It is the shared segment of host memory (/dev/shm) that ran full, not the GPU:** DataLoader workers and NCCL pass data through it, and containers get little. Start the container with --ipc=host or a larger --shm-size, or take fewer workers.",
        "**满的是主机的共享内存段(/dev/shm),不是显存:** DataLoader 的 worker 和 NCCL 用它传数据,而容器默认给得很少。启动容器时加 --ipc=host 或更大的 --shm-size,或减少 worker。", DATA, ELSEWHERE),
    Remark("disk-full", 0, lambda c: c.any("disk_full") and c.modelled,
        "**It is the disk that is full, not memory:** a checkpoint takes {w16} for 16-bit weights alone, and {states} more or less with optimizer states. Keep fewer (save_total_limit), save weights only (save_only_model), or point output and cache (HF_HOME) at a larger disk.",
        "**满的是磁盘,不是显存:** 一个检查点仅 16 位权重就要 {w16},连优化器状态约 {states}。少留几个(save_total_limit)、只存权重(save_only_model),或把输出与缓存目录(HF_HOME)换到更大的盘。", TRANSFORMERS, ELSEWHERE),
    # ── host memory ────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("host-killed-merging", 0, lambda c: c.any("host_killed") and c.any("merging") and c.modelled and c.over("w16", 1) and c.figures.amount("w16") > c.figures.amount("ram") > 0,
        "**Host RAM ran out, not GPU memory: merging loads the base in 16 bit, {w16}, more than the {ram} that the machine has.** Put a part of it on the cards or the disk while merging (device_map=\"auto\" with max_memory and offload_folder), take a machine with more RAM or swap, or do not merge: vLLM and others serve base and adapter side by side. A base in 4 bits trains in less, but the adapter is merged into 16-bit weights.",
        "**耗尽的是主机内存,不是显存:合并要按 16 位加载基座,{w16},超过机器的 {ram}。** 合并时把一部分放到显卡或磁盘(device_map=\"auto\" 加 max_memory 和 offload_folder),换内存更大的机器或加 swap,或者不合并:vLLM 等可以直接挂载适配器推理。4 位基座训练省显存,但合并是并进 16 位权重。", PEFT, ELSEWHERE),
    Remark("host-killed-merging-anyhow", 1, lambda c: c.any("merging") and c.modelled and c.over("w16", 1) and c.failed and (c.any("host_killed") or (c.over("capacity", 1) and c.figures.amount("w16") > c.figures.amount("capacity"))) and not c.figures.amount("w16") > c.figures.amount("ram") > 0,
        "**Merging needs the base in 16 bit, {w16}, whatever it was trained in, and a copy of what is written beside it.** Do it in host RAM (device_map=\"cpu\", low_cpu_mem_usage) of a machine that has that, spread over cards and disk (device_map=\"auto\", offload_folder), or serve base and adapter unmerged.",
        "**合并需要 16 位的基座,{w16},与训练时用几位无关,写出时还有一份副本。** 在内存足够的机器上用 CPU 合并(device_map=\"cpu\"、low_cpu_mem_usage),或摊到显卡与磁盘(device_map=\"auto\"、offload_folder),也可以不合并,直接挂载适配器推理。", PEFT, ELSEWHERE),
    Remark("host-short-of-offload", 1, lambda c: c.training and c.failed and c.modelled and c.over("host_needed", 1) and c.figures.amount("host_needed") > c.figures.amount("ram") > 0,
        "**Host RAM is what runs out, not GPU memory: what is offloaded takes {host_needed} there, and the machine has {ram}.** The card itself needs {peak} of {capacity}; a process that the system kills (signal 9, exit 137) prints no CUDA error. What the machine does hold: {cheapest}. Else more RAM, more machines, or offloading to NVMe (ZeRO-Infinity). dmesg shows the oom-killer.",
        "**耗尽的是主机内存,不是显存:offload 的部分要 {host_needed},而机器只有 {ram}。** 卡上只需 {peak} / {capacity};被系统杀掉(signal 9、exit 137)时不会有 CUDA 报错。这台机器放得下的办法:{cheapest}。否则加内存、加机器,或 offload 到 NVMe(ZeRO-Infinity)。用 dmesg 可看到 oom-killer。", DEEPSPEED, CAUSE),
    Remark("host-killed-offloading", 1, lambda c: c.training and c.modelled and c.any("host_killed") and c.method == "full" and c.k("offload") in ("params", "optimizer") and not c.over("ram", 1),
        "**Host RAM ran out, not GPU memory (signal 9, exit 137): offloaded parameters, gradients and Adam states take {host} there, the optimizer alone {host_optimizer}.** Compare that with the machine's RAM (and the job's or container's limit). Less of it: 8-bit or bf16 states, LoRA; else NVMe offload or more RAM. dmesg shows the oom-killer.",
        "**耗尽的是主机内存,不是显存(signal 9、exit 137):offload 的参数、梯度与 Adam 状态共 {host},仅优化器就是 {host_optimizer}。** 与机器内存(以及作业或容器的限额)比一比。要少用:8 位或 bf16 的优化器状态、LoRA;否则 NVMe offload 或加内存。dmesg 里能看到 oom-killer。", DEEPSPEED, CAUSE),
    Remark("host-killed-loading", 1, lambda c: c.modelled and c.any("host_killed") and not c.any("merging") and c.n > 1 and c.k("offload") in (None, "none"),
        "**Host RAM ran out, not GPU memory (signal 9, exit 137): each of {cards} processes reads the whole checkpoint, {cards} × {w16} = {host_load}, twice that in fp32.** Let one process read it or each only its part (device_map or tensor parallel in a single process, zero.Init, FSDP's cpu_ram_efficient_loading), with safetensors, low_cpu_mem_usage and a 16-bit dtype; or raise the job's limit (--mem, docker -m).",
        "**耗尽的是主机内存,不是显存(signal 9、exit 137):{cards} 个进程各自读入完整权重,{cards} × {w16} = {host_load},fp32 再翻倍。** 让单个进程加载,或每个进程只读自己的部分(单进程 device_map 或张量并行、zero.Init、FSDP 的 cpu_ram_efficient_loading),配合 safetensors、low_cpu_mem_usage 和 16 位精度;或调高作业限额(--mem、docker -m)。", BIG, ELSEWHERE),
    Remark("host-killed-alone", 2, lambda c: c.modelled and c.any("host_killed") and not c.any("merging") and c.n == 1 and c.k("offload") in (None, "none"),
        "**Host RAM ran out, not GPU memory (signal 9, exit 137, or the CPU allocator): loading reads the weights there first, {w16} in 16 bit and {w32} in fp32, which is what no dtype means before transformers 5.** Give a 16-bit dtype, low_cpu_mem_usage=True or a device_map, and safetensors, so that tensors go to the card one by one; a limit of the job or container (--mem, docker -m) counts as well.",
        "**耗尽的是主机内存,不是显存(signal 9、exit 137 或 CPU 分配失败):加载时权重先进内存,16 位要 {w16},fp32 要 {w32};transformers 5 之前不写精度就是 fp32。** 指定 16 位精度,用 low_cpu_mem_usage=True 或 device_map 以及 safetensors,让张量逐个送到卡上;作业或容器的内存限额(--mem、docker -m)也要看。", BIG, ELSEWHERE),
    Remark("host-killed-unknown", 3, lambda c: c.any("host_killed") and not c.modelled,
        "**Host RAM ran out, not GPU memory: the system killed the process (signal 9, exit 137), and a full GPU raises CUDA's own error instead.** dmesg names the oom-killer; a job or container has a limit of its own (--mem, docker -m). What usually takes it: every rank reading the whole checkpoint (in fp32 twice), an offloaded optimizer, a data set held by each worker, a checkpoint gathered for saving.",
        "**耗尽的是主机内存,不是显存:进程被系统杀掉(signal 9、exit 137),显存不足则会有 CUDA 自己的报错。** dmesg 里能看到 oom-killer;作业或容器另有限额(--mem、docker -m)。常见大户:每个进程都读入完整权重(fp32 翻倍)、offload 的优化器、每个 worker 各持一份数据集、保存时聚合的检查点。", BIG, ELSEWHERE),
    Remark("ollama-sees-no-card", 1, lambda c: c.any("ollama_ram") and c.serving and c.over("log_needs", 1) and c.n >= 1 and c.over("all_room", 1) and c.figures.amount("log_needs") > 0.85 * c.figures.amount("whole_need"),
        "**Ollama does not use the card: the {log_needs} of system memory that it asks for are the whole model ({w_all} of weights, {kv_all} of cache), where {all_room} of GPU memory should take their part.** See what it found: `ollama ps` and its log (no compatible GPUs, a driver too old, a container without --gpus, num_gpu 0). Without it, {log_lack} more RAM is needed than is free.",
        "**Ollama 没有用上显卡:它要的 {log_needs} 系统内存就是整个模型,即权重 {w_all} 加缓存 {kv_all},而 {all_room} 显存本该分担。** 查看 `ollama ps` 与日志(没有可用 GPU、驱动太旧、容器没加 --gpus、num_gpu 为 0)。不用显卡的话,空闲内存还差 {log_lack}。", OLLAMA, CAUSE),
    Remark("ollama-lacks-ram", 2, lambda c: c.any("ollama_ram") and c.over("log_lack", 1) and c.serving,
        "**{log_lack} of system RAM are lacking: the part of the model that does not go on the card needs {log_needs} there, and {log_available} are free.** GPU memory and RAM do add up, but what the system and other programs hold does not count. The whole takes {whole_need} ({w_all} of weights, {kv_all} of cache for {seq} tokens): close programs or add swap, take a smaller context (num_ctx, {kv_token} per token) or a smaller quantisation or model.",
        "**系统内存差 {log_lack}:不上显卡的那部分需要 {log_needs},而空闲只有 {log_available}。** 显存与内存可以合用,但系统和其他程序占着的不算。整个模型要 {whole_need}:权重 {w_all},{seq} token 的缓存 {kv_all}。关掉别的程序或加 swap,减小上下文(num_ctx,每 token {kv_token}),或换更小的量化或模型。", OLLAMA, CAUSE),
    Remark("spilled-by-windows", 2, lambda c: c.any("shared_gpu") and c.modelled and c.over("capacity", 1) and not c.over("host_needed", 1),
        "**The card is full, and Windows' driver goes on in system RAM (shared GPU memory) instead of failing: what spills is read over PCIe, many times slower.** What was told takes about {peak} of {capacity}{of_case}, and the desktop has its own share of that.{but_fits} Make it fit: less length or batch, a fused loss, fewer bits, no other program on the card. With CUDA - Sysmem Fallback Policy set to `Prefer No Sysmem Fallback` in NVIDIA's control panel it fails with out of memory instead of crawling.",
        "**显存已满,Windows 驱动不报错而是改用系统内存(共享 GPU 内存):溢出的部分走 PCIe,慢很多倍。** 所说的设置约需 {peak},卡上 {capacity}{of_case},桌面还要占一部分。{but_fits}要让它放得下:缩短长度或减小 batch、融合损失、更低位数、关掉占显存的程序。在 NVIDIA 控制面板把“CUDA - Sysmem Fallback Policy”设为不回退(Prefer No Sysmem Fallback),它就会直接报 OOM,而不是变慢。", NVIDIA, CAUSE),
    # ── the figures of PyTorch's message ───────────────────────────────────────────────────────────────────────────
    Remark("ranks-on-one-card", 1, lambda c: c.modelled and (c.any("all_on_first") or c.over("log_processes", 3)) and not c.over("log_others", 1),
        "**All ranks load onto the same card.** Each must take its own: device_map={{\"\": local_rank}} instead of \"auto\", torch.cuda.set_device(LOCAL_RANK) before anything touches CUDA, map_location=\"cpu\" in torch.load. One copy of the weights is {w_whole}; nvidia-smi then shows one process on each card.",
        "**所有进程都加载到了同一张卡上。** 每个进程要用自己的卡:device_map={{\"\": local_rank}} 而不是 \"auto\"；在碰 CUDA 之前先 torch.cuda.set_device(LOCAL_RANK),torch.load 时 map_location=\"cpu\"。一份权重是 {w_whole};改好后 nvidia-smi 里每张卡只有一个进程。", BIG, CAUSE),
    Remark("ranks-on-one-card-logged", 1, lambda c: c.modelled and c.over("log_processes", 3),
        "**All ranks load onto the same card: the message shows {log_processes} other processes on it, {log_others} together{all_ranks}.** Each must take its own: device_map={{\"\": local_rank}} instead of \"auto\", torch.cuda.set_device(LOCAL_RANK) before anything touches CUDA, map_location=\"cpu\" in torch.load. One copy of the weights is {w_whole}; nvidia-smi then shows one process on each card.",
        "**所有进程都加载到了同一张卡上:报错显示这张卡上另有 {log_processes} 个进程,共占 {log_others}{all_ranks}。** 每个进程要用自己的卡:device_map={{\"\": local_rank}} 而不是 \"auto\"；在碰 CUDA 之前先 torch.cuda.set_device(LOCAL_RANK),torch.load 时 map_location=\"cpu\"。一份权重是 {w_whole};改好后 nvidia-smi 里每张卡只有一个进程。", BIG, CAUSE),
    Remark("others-on-the-card", 2, lambda c: c.over("log_others", 2**29) and c.modelled and c.over("log_total", 1) and not c.over("log_processes", 3),
        "**Another process holds {log_others} of this card's {log_total}: {log_left} are left, and this run takes about {peak}{of_case}.** End it (nvidia-smi shows it: a run that was left over, a notebook, a desktop), or choose another card with CUDA_VISIBLE_DEVICES.",
        "**另一个进程占着这张卡 {log_total} 中的 {log_others}:只剩 {log_left},而这个任务约需 {peak}{of_case}。** 用 nvidia-smi 找到并结束它(残留的任务、notebook、桌面程序),或用 CUDA_VISIBLE_DEVICES 换一张卡。", TORCH, CAUSE),
    Remark("others-on-a-card", 3, lambda c: c.over("log_others", 2**29) and c.over("log_total", 1) and not c.modelled,
        "**Other processes hold {log_others} of this card's {log_total}: {log_left} are left.** End them (nvidia-smi shows them), or choose another card with CUDA_VISIBLE_DEVICES.",
        "**别的进程占着这张卡 {log_total} 中的 {log_others}:只剩 {log_left}。** 用 nvidia-smi 找到并结束它们,或用 CUDA_VISIBLE_DEVICES 换一张卡。", TORCH, CAUSE),
    Remark("oom-fragmented", 3, lambda c: c.over("oom_tried", 1) and c.figures.amount("oom_idle") >= c.figures.amount("oom_tried"),
        "**Fragmentation: the message asks for {oom_tried} while {oom_idle} are reserved by PyTorch and not in use, in pieces that are too small.** Set PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True before anything else; it wins back at most that much. Batches of varying length cause it: pad to a few lengths, and torch.cuda.empty_cache() before an evaluation.",
        "**这是碎片:报错要申请 {oom_tried},而 PyTorch 已保留却未使用的有 {oom_idle},只是都太零碎。** 先设置 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True;最多能找回这么多。长短不一的批次最易造成碎片:补齐到少数几种长度,评估前 torch.cuda.empty_cache()。", TORCH, CAUSE),
    Remark("tried-as-fp32-matrix", 3, lambda c: c.modelled and c.any("oom_diagnosis") and c.over("tried_matrix", 1) and not c.training,
        "**The weights are being loaded in fp32: the {tried} that could not be allocated are one of the model's matrices in 4 B.** All of them take {w32} so; in 16 bit they take {w16}. Pass torch_dtype=torch.bfloat16 (or \"auto\"): before transformers 5 from_pretrained takes fp32 where nothing is said. With it the whole is {peak}.",
        "**权重正按 fp32 加载:没能分配的 {tried} 恰好是模型的一个矩阵按每参数 4 字节存放。** 全部这样存要 {w32},16 位只要 {w16}。请写 torch_dtype=torch.bfloat16(或 \"auto\"):transformers 5 之前 from_pretrained 不写就是 fp32。写上后共需 {peak}。", TRANSFORMERS, CAUSE),
    Remark("tried-as-scores", 3, lambda c: c.training and c.modelled and c.over("tried_scores", 1),
        "**Eager attention: the {tried} that could not be allocated are the scores of one layer, {heads} heads × {seq} × {seq} tokens for each sequence.** FlashAttention-2 or SDPA (attn_implementation) makes none: then the whole takes {peak_flash} instead of {peak_eager} per card.",
        "**eager 注意力:没能分配的 {tried} 正好是一层的分数矩阵,每条序列 {heads} 头 × {seq} × {seq} token。** FlashAttention-2 或 SDPA(attn_implementation)不产生它:每卡由 {peak_eager} 降到 {peak_flash}。", FLASH, CAUSE),
    Remark("tried-as-gathered-logits", 2, lambda c: c.training and c.any("evaluation") and c.over("tried_tokens", 1),
        "**Evaluation gathers logits: the {tried} that could not be allocated are those of {tried_tokens} tokens in fp32 (vocabulary {vocab} × 4 B), kept on the card batch after batch until the metric.** Set prediction_loss_only or preprocess_logits_for_metrics, else eval_accumulation_steps (moves them to host memory) and per_device_eval_batch_size 1: by default it is {eval_batch}, whatever training takes.",
        "**评估会累积 logits:没能分配的 {tried} 正好是 {tried_tokens} 个 token 的 fp32 logits(词表 {vocab} × 4 字节),它们一批批留在卡上直到算完指标。** 设 prediction_loss_only 或 preprocess_logits_for_metrics,否则设 eval_accumulation_steps(移到内存)并把 per_device_eval_batch_size 设为 1:它默认是 {eval_batch},与训练的批大小无关。", TORCH, CAUSE),
    # ── servers ────────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("longer-than-pool", 2, lambda c: c.any("longer_than_pool") and c.modelled and c.over("log_tokens", 1),
        "**Set --max-model-len to at most {log_tokens}: for so many tokens the cache has room, {kv_of_log} at {kv_token} each, while one sequence of {seq} needs {kv_sequence}.** Of the engine's share of {capacity} the weights take {w_here}, then the profile run. To keep more: an 8-bit cache (--kv-cache-dtype fp8) holds about {log_tokens_fp8} tokens, each hundredth more of gpu_memory_utilization {hundredth}; quantised weights or a further card (tensor parallel) give the rest.",
        "**把 --max-model-len 设到 {log_tokens} 以内:缓存只放得下这么多 token,共 {kv_of_log}(每 token {kv_token}),而一条 {seq} token 的序列要 {kv_sequence}。** 引擎可用的 {capacity} 里,权重占 {w_here},其次是启动时的测量运行。要更长:8 位缓存(--kv-cache-dtype fp8)约可放 {log_tokens_fp8} token,gpu_memory_utilization 每加 0.01 多 {hundredth};再不够就量化权重或加卡做张量并行。", VLLM, CAUSE),
    Remark("another-process-beside-a-server", 1, lambda c: c.serving and c.failed and c.any("other_process") and c.over("kv_card", 1) and not c.over("log_others", 1),
        "**The other process is the cause: every rank gets only as much cache as the fullest card has left, and {that_process} comes off the engine's share there.** On a clean card the weights take {w_here}, the cache {kv_card} for {seq} tokens, the whole {peak}{of_capacity}. Free that card, leave it out (CUDA_VISIBLE_DEVICES), or lower --max-model-len.",
        "**原因就是那张卡上的另一个进程:每张卡分到的缓存都以最满的那张为准,{that_process}要从引擎在那张卡上的份额里扣掉。** 干净的卡上权重占 {w_here},{seq} token 的缓存占 {kv_card},总共 {peak}{of_capacity}。清空那张卡、用 CUDA_VISIBLE_DEVICES 避开它,或调小 --max-model-len。", VLLM, CAUSE),
    Remark("no-cache-blocks", 2, lambda c: c.any("no_blocks") and c.serving and c.over("capacity", 1),
        "**Weights and the profile run leave nothing for the cache: of the engine's share of {capacity} per card the weights take {w_here}, and {left_of_share} must hold the activations of a full step, CUDA graphs and every page.**{pool_words} In this order: a smaller --max-model-len and --max-num-batched-tokens (the profile run is of that many tokens), --enforce-eager, a higher --gpu-memory-utilization where nothing else is on the card; then fewer bits or more cards{or_cards}.",
        "**权重和测量运行之后没有给缓存剩下空间:每卡可用的 {capacity} 里权重占 {w_here},剩下 {left_of_share} 要放一整步的激活、CUDA graph 和所有缓存页。**{pool_words}依次试:减小 --max-model-len 和 --max-num-batched-tokens(测量运行就是这么多 token)、--enforce-eager、卡上没有别的程序时调高 --gpu-memory-utilization;再不行就用更低位数或更多卡{or_cards}。", VLLM, CAUSE),
    Remark("prefill-warmup", 2, lambda c: c.any("prefill_warmup") and c.serving and c.over("log_prefill", 1) and c.over("capacity", 1),
        "**The warm-up prefills {log_prefill} tokens at once, and beside the weights there is no room for it: {w_here} of {capacity} are weights, and those tokens need {kv_of_prefill} of cache and the activations of them all; the whole is about {peak}.** Lower --max-batch-prefill-tokens and --max-input-tokens (to {prefill_less}, say), then --max-total-tokens; the card holds about {longest_here} tokens in all.",
        "**预热要一次 prefill {log_prefill} 个 token,而权重之外放不下:{capacity} 里权重占 {w_here},这些 token 要 {kv_of_prefill} 缓存,再加它们的激活,共约 {peak}。** 调小 --max-batch-prefill-tokens 和 --max-input-tokens(如 {prefill_less}),再调小 --max-total-tokens;这张卡总共约放得下 {longest_here} 个 token。", TGI, CAUSE),
    Remark("buffer-is-cache", 2, lambda c: c.serving and c.reads_gguf and c.over("buffer_of_cache", 1) and c.over("all_room", 1),
        "**The buffer of {log_buffer} that fails is the KV cache: {seq} tokens × {kv_token} = {kv_all}, reserved at once beside {w_all} of weights, against {all_room}.** What fits: {cheapest}. A q8_0 cache takes {kv_q8_all} (-ctk q8_0 -ctv q8_0, with flash attention).",
        "**分配失败的 {log_buffer} 缓冲就是 KV 缓存:{seq} token × {kv_token} = {kv_all},启动时一次预留,再加权重 {w_all},而显存共 {all_room}。** 放得下的办法:{cheapest}。q8_0 缓存是 {kv_q8_all}(-ctk q8_0 -ctv q8_0,并开 flash attention)。", LLAMACPP, CAUSE),
    Remark("buffer-is-weights", 2, lambda c: c.serving and c.reads_gguf and c.over("buffer_of_weights", 1) and c.over("all_room", 1),
        "**The buffer of {log_buffer} that fails is the weights: {w_all} in all, and with {kv_all} of cache for {seq} tokens the need is {peak} of {capacity}.** What fits: {cheapest}. See too what else is on the card (nvidia-smi).",
        "**分配失败的 {log_buffer} 缓冲就是权重:共 {w_all},加上 {seq} token 的缓存 {kv_all},需要 {peak},而卡上是 {capacity}。** 放得下的办法:{cheapest}。再用 nvidia-smi 看卡上还有什么。", LLAMACPP, CAUSE),
    Remark("library-without-workspace", 7, lambda c: c.any("cublas") and c.modelled and c.over("capacity", 1),
        "**This too is memory: cuBLAS or cuDNN asks for its workspace outside of PyTorch, and the card is full: {peak} of {capacity}{of_case}, of which {largest_terms}.** The cheapest change that makes it fit: {cheapest}.",
        "**这也是显存不足:cuBLAS 或 cuDNN 在 PyTorch 之外申请工作区,而卡已经满了:{peak} / {capacity}{of_case},其中{largest_terms}。** 代价最小的改法:{cheapest}。", TORCH, CAUSE),
)  # fmt: skip
