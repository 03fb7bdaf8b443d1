"""What a pasted message tells: a failure that is none of memory, the memory that ran out, and what its figures are."""

from chat.figures.failures.contexts_on_first import each_context
from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST, Asked, Remark, idle_is_little
from chat.remarks.symptoms import logged_for_all, read_onto_first
from chat.remarks.unnamed import full_beside_empty, unnamed
from chat.works import (
    BIG,
    BIG_FILES,
    DATA,
    DEEPSPEED,
    DISTRIBUTED,
    FLASH,
    FSDP_OR_DEEPSPEED,
    FSDP_QLORA_README,
    LAUNCH,
    LLAMACPP,
    NVIDIA,
    OLLAMA,
    SGLANG_TUNING,
    TGI,
    TORCH,
    TRANSFORMERS,
    V3,
    VLLM,
    VLLM_HARDWARE,
)

_RAM_SEEN = (
    "**{ram_is_normal}What is offloaded lies in host RAM: {host_sum}; you see {ram_seen}{against_ram}.** Pinned buffers, the data loaders and the system come on top, about {host_roomy} in all; what RAM lacks can go to NVMe (ZeRO-Infinity). {less_ram}.",
    "**{ram_is_normal}offload 的部分都在内存里:{host_sum};您看到 {ram_seen}{against_ram}。** 锁页缓冲、dataloader 和系统还要另占,一共约 {host_roomy};内存不够的部分可以放 NVMe(ZeRO-Infinity)。{less_ram}。",
)
_OFFLOADED = (
    "**{ram_is_normal}Host RAM is what runs out, not GPU memory: {host_sum}{against_ram}.** A process that the system kills (signal 9, exit 137) prints no CUDA error; dmesg shows the oom-killer, and a job or container has a limit of its own. Once it steps, the card itself needs {peak}{of_capacity} at {seq} tokens{whole_weights}. With the system and pinned buffers this wants about {host_roomy} of RAM, or offloading to NVMe (ZeRO-Infinity).{kept_on_cards} {less_ram}.",
    "**{ram_is_normal}耗尽的是主机内存,不是显存:{host_sum}{against_ram}。** 被系统杀掉(signal 9、exit 137)时不会有 CUDA 报错,用 dmesg 可看到 oom-killer;作业或容器另有限额。开始训练后,显卡自己要 {peak}{of_capacity}(按 {seq} 个 token){whole_weights}。连同系统和锁页缓冲,要约 {host_roomy} 内存,或 offload 到 NVMe(ZeRO-Infinity)。{kept_on_cards}{less_ram}。",
)

_LOADING = (
    "**Host RAM ran out, not GPU memory (signal 9, exit 137): each of {cards} processes reads the whole checkpoint, {cards} × {w16} = {host_load}{against_told}, {read_in_fp32}.**{of_the_shard} {read_once}, with safetensors, low_cpu_mem_usage and a 16-bit dtype; or raise the job's limit (--mem, docker -m).{quantised_as_read}",
    "**耗尽的是主机内存,不是显存(signal 9、exit 137):{cards} 个进程各自读入完整权重,{cards} × {w16} = {host_load}{against_told},{read_in_fp32}。** {of_the_shard}{read_once},配合 safetensors、low_cpu_mem_usage 和 16 位精度;或调高作业限额(--mem、docker -m)。{quantised_as_read}",
)

_KERNEL_BEYOND = (
    "**It is the kernel, not the memory: Marlin begins with Ampere (compute capability 8.0), older cards need the plain kernels: --quantization gptq (from 7.0) or --quantization awq (from 7.5), with --dtype half.** The file and its memory stay the same, it is slower. FP8, NVFP4 and MXFP4 weights have no kernel below Ampere: take GPTQ, AWQ, INT8 or a GGUF file.",
    "**是内核的问题,不是显存:Marlin 要 Ampere(计算能力 8.0)起,更老的卡要用普通内核:--quantization gptq(7.0 起)或 --quantization awq(7.5 起),并加 --dtype half。** 模型文件和显存占用不变,只是慢一些。FP8、NVFP4、MXFP4 权重在 Ampere 之前没有内核:换 GPTQ、AWQ、INT8 或 GGUF。",
)  # fmt: skip


def _killed_loading(c: Asked) -> bool:
    """Did the machine's memory run out as several processes read the checkpoint?"""
    at_load = (
        c.modelled and c.any("host_killed") and not c.any("merging", "saving", "growing") and not _while_it_runs(c)
    )
    if c.k("offload") not in (None, "none") and not _before_offload(c):
        return False
    return at_load and not (c.serving and c.by_server) and not _one_process(c)


def _before_offload(c: Asked) -> bool:
    """Is it said that the checkpoint was being read, by several processes, so that what is offloaded was not there yet?"""
    return c.training and c.any("fails_loading") and not _one_process(c)


def _quantised_by_fsdp(c: Asked) -> bool:
    return c.method == "qlora" and c.any("by_fsdp")


def _ram_as_offloaded(c: Asked) -> bool:
    """Is it told what RAM a run holds that has not failed, but for a leak that is feared?"""
    goes_on = not c.failed or c.any("leak_asked", "normal_asked")
    seen = bool(c.figures.logged_all("ram_seen")) and c.over("host_takes", 2**30)
    return c.training and c.modelled and goes_on and seen and not c.any("host_killed", "merging", "saving")


def _while_it_runs(c: Asked) -> bool:
    """Did it stop on the way, and not on the way through the checkpoint?"""
    return c.any("midway") and not c.any("loading", "fails_loading")


def _pool_asked(c: Asked) -> bool:
    """Is it asked what the tokens of a server's cache mean, or how to have more, and no count of users is told?

    Who holds a sum of their own against the line asks what is wrong with the sum.
    """
    own_sum = c.any("check_arithmetic") and c.any("mistake_sought", "why_more")
    return "pool_asked" in c.figures.log and not own_sum and _no_user_told(c)


def _users_told(c: Asked) -> bool:
    """Are so many users of a length of their own told, and not that of the printed line?"""
    printed = c.figures.logged_all("concurrency_length")
    return c.said("batch_size") and c.said("seq_len") and c.figures.given["seq_len"] not in printed


def _pool_derived(c: Asked) -> bool:
    """Is it asked how the printed numbers come about, and not whether users of another length go in?"""
    printed = c.figures.logged_all("concurrency_length")
    asked = c.any("explain_derive") or ("pool_asked" not in c.figures.log and c.any("what_is_it", "why_more"))
    own = c.said("seq_len") and c.figures.given["seq_len"] not in printed
    otherwise = (
        own
        or c.said("batch_size")
        or "wished" in c.figures.log
        or c.failed
        or c.any("longer_than_pool", "check_arithmetic", "mistake_sought")
    )
    return c.serving and c.modelled and asked and ("gpu_blocks" in c.figures.log or bool(printed)) and not otherwise


def _no_room_beside_another(c: Asked) -> bool:
    """Is another process on the card that leaves too little for what would fit alone? One whose size is not told may."""
    seen = c.figures.told.get("observed_gb", ())
    held = float(seen[0]) * 1e9 if len(seen) == 1 else None
    alone = c.any("other_process") and c.over("capacity", 1) and c.fits and not c.over("log_others", 1)
    return alone and (held is None or held + c.figures.amount("high") > c.figures.amount("capacity"))


def _no_user_told(c: Asked) -> bool:
    """Is neither a limit of sequences told nor how many users need how much, and has nothing failed?"""
    told = "max_seqs" in c.figures.log or (c.said("batch_size") and (c.modelled or _users_told(c)))
    return not (told or c.failed or c.any("longer_than_pool"))


# requests that find no room in a pool
def _one_process(c: Asked) -> bool:
    """Is the checkpoint read by one process, as where a script serves it or layers are put on the cards in turn?"""
    return c.n == 1 or ("loaders" not in c.figures.log and (c.serving or bool(c.k("layer_split"))))


_WAITS = (
    "**No, it does not run out of memory: a request that finds no room in the cache waits in the queue.** A server sets its pool aside at its start, and it does not grow; max_num_seqs only bounds how many may run, and whichever is reached first holds. Where requests that run grow beyond the pool, some are preempted and computed again, which is slow: then allow fewer sequences, a shorter max_model_len, or an 8-bit cache (--kv-cache-dtype fp8, twice the tokens).",
    "**不会 OOM:缓存里放不下的请求会排队。** 服务启动时就一次预留好缓存池,之后不再变大;max_num_seqs 只是同时运行条数的上限,两个限制先到哪个算哪个。正在跑的请求变长、超过缓存池时,会有请求被抢占后重算,变慢:可减少同时的条数、缩短 max_model_len,或用 8 位缓存(--kv-cache-dtype fp8,token 数翻倍)。",
)


def _fills(c: Asked) -> bool:
    """Is it asked what comes of requests beyond the pool, and has nothing failed?"""
    told = "tokens" in c.figures.log or c.over("oom_tried", 1)
    return not c.training and c.any("pool_full") and not c.any("longer_than_pool") and not told


MESSAGES = (
    # ── no shortage of memory ──────────────────────────────────────────────────────────────────────────────────────
    Remark("index-out-of-range", 0, lambda c: c.any("device_assert"),
        "**This is no shortage of memory: a kernel was given an index out of range, and more memory will not help.** The usual ones: token ids at or beyond the rows of the embedding (tokens added without resize_token_embeddings), labels beyond the head, positions beyond the model's. Run one batch on the CPU, or with CUDA_LAUNCH_BLOCKING=1, and the traceback names the operation.",
        "**这不是显存不足:某个 kernel 收到了越界的下标,加显存没有用。** 常见的是 token id 超出 embedding 行数(加了新 token 却没有 resize_token_embeddings)、标签超出 head、位置超出模型的最大长度。在 CPU 上跑一个 batch,或设 CUDA_LAUNCH_BLOCKING=1,报错栈就会指出是哪个操作。", LAUNCH, ELSEWHERE),
    Remark("engine-refuses-bf16", 0, lambda c: c.any("bf16_refused"),
        "**This is no shortage of memory: cards before Ampere (V100, T4, RTX 20) compute no bf16, and the model's config asks for it. Start with `--dtype half` (vLLM), torch_dtype=torch.float16 (transformers) or fp16: true in training.** fp16 has the same 2 bytes, so what fits stays as it is, and weights of 4 or 8 bit are untouched; FlashAttention-2 does not run there either, and the engine takes another kernel.",
        "**这不是显存不足:Ampere 之前的卡(V100、T4、RTX 20 系)没有 bf16,而模型的 config 默认用它。加 `--dtype half`(vLLM),transformers 用 torch_dtype=torch.float16,训练用 fp16: true。** fp16 同样每个 2 字节,放不放得下不变,4 位、8 位的权重也不受影响;FlashAttention-2 在这些卡上也用不了,引擎会换别的内核。", VLLM, ELSEWHERE),
    Remark("illegal-access", 0, lambda c: c.any("illegal_access"),
        "**This is no shortage of memory: a kernel read or wrote outside of what it was given; running out says `out of memory`.** The usual causes: builds that do not match each other or the card (flash-attn, bitsandbytes, Triton, PyTorch, CUDA), a fault of a custom kernel, or an unstable card (overclocking, heat, a riser). Run with CUDA_LAUNCH_BLOCKING=1 to find the operation, take SDPA instead of flash-attn to rule that out, then reinstall or update what is named.",
        "**这不是显存不足:某个 kernel 访问了分配范围之外的地址;显存不足的报错会写 out of memory。** 常见原因:flash-attn、bitsandbytes、Triton、PyTorch、CUDA 与显卡的版本不匹配,自定义 kernel 有缺陷,或显卡不稳定(超频、过热、转接线)。设 CUDA_LAUNCH_BLOCKING=1 找出是哪个操作,把 flash-attn 换成 SDPA 排除它,再重装或升级对应的库。", LAUNCH, ELSEWHERE),
    Remark("collective-timeout", 0, lambda c: c.any("nccl_timeout"),
        "**A timeout of a collective is by itself no shortage of memory: one rank waited for another that never came.** First read the log of every rank: where one died of `out of memory` before, that is the cause and the timeout only its echo. Else a rank has more to do (data of unequal length, evaluation or saving on rank 0 alone), took another branch, or the link is down (NCCL_DEBUG=INFO tells). A longer limit (ddp_timeout) mends only steps that are slow.",
        "**集合通信超时本身不是显存不足:某个 rank 在等另一个始终没到的 rank。** 先看每个 rank 的日志:若有一个之前就因 out of memory 退出,那才是原因,超时只是后果。否则是某个 rank 活更多(数据长短不一、只有 rank 0 在评估或保存)、走了不同分支,或链路有问题(设 NCCL_DEBUG=INFO 查看)。调大 ddp_timeout 只能解决单步太慢。", DISTRIBUTED, ELSEWHERE),
    Remark("communication-fault", 0, lambda c: c.any("nccl_error") and not c.any("nccl_timeout"),
        "**An NCCL error is a fault of communication, not by itself a shortage of memory.** NCCL_DEBUG=INFO names the call: the interface (NCCL_SOCKET_IFNAME), InfiniBand or peer access (NCCL_IB_DISABLE, NCCL_P2P_DISABLE), a small /dev/shm in a container, versions that differ between machines. Only where a rank's own log says `out of memory` before was it that.",
        "**NCCL error 是通信故障,本身不是显存不足。** 设 NCCL_DEBUG=INFO 看是哪个调用:网卡(NCCL_SOCKET_IFNAME)、InfiniBand 或卡间直连(NCCL_IB_DISABLE、NCCL_P2P_DISABLE)、容器里 /dev/shm 太小、各机器版本不一致。只有某个 rank 的日志在此之前写了 out of memory,才是显存的问题。", DISTRIBUTED, ELSEWHERE),
    Remark("another-setting-asked", 0, lambda c: c.any("hyper_asked"),
        "**Which value to take is no question of memory, and is not answered here: learning rate, epochs, warm-up, decay, dropout or alpha change no tensor on the card.**{nan_too} {what_is_counted}",
        "**该取什么值不是显存问题,这里不作答:学习率、轮数、warmup、权重衰减、dropout、alpha 都不改变卡上的任何张量。**{nan_too}{what_is_counted}", TORCH, ELSEWHERE),
    Remark("loss-is-no-number", 0, lambda c: c.any("nan_loss") and not c.any("short_by", "meaning:paged_states"),
        "**A loss of nan is no question of memory but of numbers: in fp16 they overflow.** Take bf16 where the card has it (Ampere or newer), else loss scaling, a lower learning rate, a longer warm-up and clipped gradients; look at the batch in which it appears (empty labels, all tokens masked).",
        "**loss 变成 nan 与显存无关,是数值问题:fp16 会溢出。** 卡支持就用 bf16(Ampere 及更新),否则用 loss scaling、更小的学习率、更长的 warmup 和梯度裁剪;再看出现 nan 的那个 batch(标签为空、全被 mask)。", TORCH, ELSEWHERE),
    Remark("error-of-the-program", 0, lambda c: c.any("python_error") and not c.any("library_missing", "host_killed", "cublas", "no_blocks", "allocation_failed") and not c.over("oom_tried", 1),
        "**This is an error of the program, not a shortage of memory: running out says `out of memory`.** The last line of the traceback that is in your own code, and the versions of transformers, peft and the trainer, tell more than the card does.",
        "**这是程序错误,不是显存不足:显存不足的报错会写 out of memory。** 看 traceback 里最后一行属于自己代码的位置,以及 transformers、peft 和训练框架的版本是否匹配。", LAUNCH, ELSEWHERE),
    Remark("library-missing", 0, lambda c: c.any("library_missing") and not c.over("oom_tried", 1),
        "**This is an installation that does not fit together, not a shortage of memory.** A shared library that is not found (libcudart, libcublas, libnccl) or an undefined symbol: the package was built for another CUDA or PyTorch than this environment has; install its build for yours (nvidia-smi shows the newest CUDA that the driver runs, torch.version.cuda what PyTorch was built for), or put the folder that holds the library on LD_LIBRARY_PATH. A module that is not found: install it with the same interpreter (python -m pip install). nvcc comes with the CUDA toolkit, which a driver alone does not bring.",
        "**这是安装环境不匹配,不是显存不足。** 找不到动态库(libcudart、libcublas、libnccl)或 undefined symbol:装的包是按另一个 CUDA 或 PyTorch 版本编译的,换成与本机一致的版本(nvidia-smi 显示驱动最高支持的 CUDA,torch.version.cuda 显示 PyTorch 的编译版本),或把该库所在目录加进 LD_LIBRARY_PATH。找不到模块:用同一个解释器安装(python -m pip install)。nvcc 属于 CUDA 工具包,只装驱动是没有的。", TORCH, ELSEWHERE),
    Remark("port-taken", 0, lambda c: c.any("port_taken"),
        "**This has nothing to do with memory: another process holds the port.** Take another (--master_port, --port), or end the run that was left over (ss -ltnp shows whose it is).",
        "**这与显存无关:端口被另一个进程占着。** 换一个端口(--master_port、--port),或结束上次残留的进程(用 ss -ltnp 查是谁)。", DISTRIBUTED, ELSEWHERE),
    Remark("build-of-another-card", 0, lambda c: c.any("no_kernel"),
        "**This has nothing to do with memory: the installed build has no kernels for this card, or the driver is too old for its CUDA.** Install the build of PyTorch (and of flash-attn, bitsandbytes, vLLM) for the card's compute capability, or update the driver; torch.cuda.get_arch_list() tells what a build has.",
        "**这与显存无关:安装的版本没有这张卡的 kernel,或驱动低于它需要的 CUDA。** 安装支持该算力版本的 PyTorch(以及 flash-attn、bitsandbytes、vLLM),或升级驱动;torch.cuda.get_arch_list() 可查已编译的架构。", LAUNCH, ELSEWHERE),
    Remark("kernel-beyond-card", 0, lambda c: c.any("kernel_beyond_card") and c.modelled and not c.lacks_kernels,
        *_KERNEL_BEYOND, VLLM_HARDWARE, FIRST),
    Remark("kernel-beyond-card-alone", 0, lambda c: c.any("kernel_beyond_card") and not c.modelled,
        *_KERNEL_BEYOND, VLLM_HARDWARE, ELSEWHERE),
    Remark("shared-segment", 0, lambda c: c.any("shared_segment") and not c.any("shared_gpu"),
        "**It is the shared segment of host memory (/dev/shm) that ran full, not the GPU:** DataLoader workers and NCCL pass data through it, and containers get little. Start the container with --ipc=host or a larger --shm-size, or take fewer workers.",
        "**满的是主机的共享内存段(/dev/shm),不是显存:** DataLoader 的 worker 和 NCCL 用它传数据,而容器默认给得很少。启动容器时加 --ipc=host 或更大的 --shm-size,或减少 worker。", DATA, ELSEWHERE),
    Remark("disk-full", 0, lambda c: c.any("disk_full") and c.modelled,
        "**It is the disk that is full, not memory:** a checkpoint takes {w16} for 16-bit weights alone, and {states} more or less with optimizer states. Keep fewer (save_total_limit), save weights only (save_only_model), or point output and cache (HF_HOME) at a larger disk.",
        "**满的是磁盘,不是显存:** 一个检查点仅 16 位权重就要 {w16},连优化器状态约 {states}。少留几个(save_total_limit)、只存权重(save_only_model),或把输出与缓存目录(HF_HOME)换到更大的盘。", TRANSFORMERS, ELSEWHERE),
    # ── host memory ────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("host-killed-offloading", 0, lambda c: c.training and c.modelled and c.any("host_killed") and not c.any("merging", "saving") and c.over("host_takes", 2**30) and not _before_offload(c) and not max(map(c.figures.amount, ("host_roomy", "host_deepspeed"))) < c.figures.amount("ram"), *_OFFLOADED, DEEPSPEED, ELSEWHERE),
    Remark("ram-as-offloaded", 0, _ram_as_offloaded, *_RAM_SEEN, DEEPSPEED, CAUSE),
    Remark("host-short-of-offload", 1, lambda c: c.training and c.failed and c.modelled and not c.any("host_killed") and c.over("host_needed", 1) and c.figures.amount("host_needed") > c.figures.amount("ram") > 0, *_OFFLOADED, DEEPSPEED, CAUSE),
    Remark("host-killed-saving", 0, lambda c: c.any("host_killed") and c.any("saving") and not c.any("merging") and c.modelled and c.training,
        "**Host RAM ran out as the checkpoint was saved, not GPU memory: the 16-bit weights are gathered in one process's RAM, {w16} beside all that is held there already (in fp32 {w32}).**{held_beside} Save shards: DeepSpeed with stage3_gather_16bit_weights_on_model_save off, joined later by zero_to_fp32.py on a machine with enough RAM; FSDP with SHARDED_STATE_DICT. Smaller shards (max_shard_size) do not help, the gathering does it.{resumed_from}",
        "**耗尽的是保存时的主机内存,不是显存:16 位权重会聚合到一个进程的内存里,{w16},叠加在已占用的内存之上(fp32 则 {w32})。** {held_beside}改为分片保存:DeepSpeed 关掉 stage3_gather_16bit_weights_on_model_save,事后在内存足够的机器上用 zero_to_fp32.py 合并;FSDP 用 SHARDED_STATE_DICT。调小 max_shard_size 没有用,占内存的是聚合本身。{resumed_from}", DEEPSPEED, ELSEWHERE),
    Remark("host-killed-server", 1, lambda c: c.serving and c.modelled and c.any("host_killed") and c.by_server and not c.any("merging", "saving", "growing") and not _while_it_runs(c) and not c.reads_gguf and c.k("offload") in (None, "none"),
        "**Host RAM ran out, not GPU memory (signal 9, exit 137): the weights, {w_all} in all, are read through it.** Files of safetensors are mapped: their pages count towards a container's limit but can be dropped, and each rank copies its own part to its card. What cannot be dropped, in this order: checkpoints in .bin or .pt, which each rank loads whole; weights that are converted or quantised as they load; --cpu-offload-gb and --swap-space, for each card; /dev/shm, which is RAM. Raise the limit (--mem, docker -m, the pod's) and take safetensors.",
        "**耗尽的是主机内存,不是显存(signal 9、exit 137):权重共 {w_all},都要经过内存读入。** safetensors 是内存映射:读过的页会算进容器限额,但可以释放,每个进程只把自己那部分拷到卡上。不能释放的依次是:.bin/.pt 权重(每个进程整份读入);加载时才转换或量化的权重;--cpu-offload-gb 和 --swap-space(按卡计);/dev/shm(就是内存)。调高限额(--mem、docker -m、Pod 的 limit),用 safetensors。", VLLM, ELSEWHERE),
    Remark("host-killed-loading", 1, lambda c: _killed_loading(c) and not _quantised_by_fsdp(c), *_LOADING, FSDP_OR_DEEPSPEED, ELSEWHERE),
    Remark("host-killed-quantising", 1, lambda c: _killed_loading(c) and _quantised_by_fsdp(c), *_LOADING, FSDP_QLORA_README, ELSEWHERE),
    Remark("host-killed-alone", 2, lambda c: c.modelled and c.any("host_killed") and not (c.serving and c.by_server) and not c.any("merging", "saving", "growing") and not _while_it_runs(c) and _one_process(c) and c.k("offload") in (None, "none") and not c.reads_gguf,
        "**Host RAM ran out, not GPU memory (signal 9, exit 137, or the CPU allocator): loading reads the weights there first, {w16} in 16 bit and {w32} in fp32, which is what no dtype means before transformers 5; without low_cpu_mem_usage the model and its state dict are there at once, twice that.** Give a 16-bit dtype, low_cpu_mem_usage=True or a device_map, and safetensors, so that tensors go to the card one by one.{loaded_so} A limit of the job or container (--mem, docker -m) counts as well.",
        "**耗尽的是主机内存,不是显存(signal 9、exit 137 或 CPU 分配失败):加载时权重先进内存,16 位要 {w16},fp32 要 {w32};transformers 5 之前不写精度就是 fp32;不开 low_cpu_mem_usage 时模型和 state dict 同时在内存里,还要翻倍。** 指定 16 位精度,用 low_cpu_mem_usage=True 或 device_map 以及 safetensors,让张量逐个送到卡上。{loaded_so}作业或容器的内存限额(--mem、docker -m)也要看。", BIG_FILES, ELSEWHERE),
    Remark("host-killed-file", 2, lambda c: c.serving and c.any("host_killed") and c.reads_gguf and not c.hosted and c.over("capacity", 1),
        "**Host RAM ran out: the file's {w_all} are read through it, and what does not go on the card stays there.** On the card the whole takes {peak} of {capacity}. Put as many layers on the card as go on it (-ngl) and keep the memory map (no --no-mmap, no --mlock), so that the pages can be dropped; what stays in RAM (-ngl lower, --n-cpu-moe) has to fit there beside the system, or take fewer bits.",
        "**耗尽的是主机内存:文件的 {w_all} 都要经过内存读入,没放上显卡的部分就一直留在内存里。** 全部放上显卡要 {peak},卡上 {capacity}。尽量多的层放到 GPU(-ngl),保留 mmap(不加 --no-mmap、--mlock),读过的页就能释放;留在内存里的部分(-ngl 调小、--n-cpu-moe)要和系统一起放得下,否则换更低的量化。", LLAMACPP, ELSEWHERE),
    Remark("host-killed-unknown", 3, lambda c: c.any("host_killed") and (not c.modelled or c.any("growing") or _while_it_runs(c)),
        "**Host RAM ran out, not GPU memory: the system killed the process (signal 9, exit 137), and a full GPU raises CUDA's own error instead.** dmesg names the oom-killer; a job or container has a limit of its own (--mem, docker -m). What usually takes it: every rank reading the whole checkpoint (in fp32 twice), an offloaded optimizer, a data set held by each worker, a checkpoint gathered for saving.",
        "**耗尽的是主机内存,不是显存:进程被系统杀掉(signal 9、exit 137),显存不足则会有 CUDA 自己的报错。** dmesg 里能看到 oom-killer;作业或容器另有限额(--mem、docker -m)。常见大户:每个进程都读入完整权重(fp32 翻倍)、offload 的优化器、每个 worker 各持一份数据集、保存时聚合的检查点。", BIG, ELSEWHERE),
    Remark("ollama-sees-no-card", 1, lambda c: c.any("ollama_ram") and c.serving and c.over("log_needs", 1) and c.n >= 1 and c.over("all_room", 1) and c.figures.amount("log_needs") > 0.85 * c.figures.amount("whole_need"),
        "**Ollama does not use the card: the {log_needs} of system memory that it asks for are the whole model ({w_all} of weights, {kv_all} of cache), where {all_room} of GPU memory should take their part.** See what it found: `ollama ps` and its log (no compatible GPUs, a driver too old, a container without --gpus, num_gpu 0). Without it, {log_lack} more RAM is needed than is free.",
        "**Ollama 没有用上显卡:它要的 {log_needs} 系统内存就是整个模型,即权重 {w_all} 加缓存 {kv_all},而 {all_room} 显存本该分担。** 查看 `ollama ps` 与日志(没有可用 GPU、驱动太旧、容器没加 --gpus、num_gpu 为 0)。不用显卡的话,空闲内存还差 {log_lack}。", OLLAMA, CAUSE),
    Remark("ollama-lacks-ram", 2, lambda c: c.any("ollama_ram") and c.over("log_lack", 1) and c.serving,
        "**{log_lack} of system RAM are lacking: the part of the model that does not go on the card needs {log_needs} there, and {log_available} are free.** GPU memory and RAM do add up, but what the system and other programs hold does not count. The whole takes {whole_need} ({w_all} of weights, {kv_all} of cache for {seq} tokens): close programs or add swap, take a smaller context (num_ctx, {kv_token} per token) or a smaller quantisation or model.",
        "**系统内存差 {log_lack}:不上显卡的那部分需要 {log_needs},而空闲只有 {log_available}。** 显存与内存可以合用,但系统和其他程序占着的不算。整个模型要 {whole_need}:权重 {w_all},{seq} token 的缓存 {kv_all}。关掉别的程序或加 swap,减小上下文(num_ctx,每 token {kv_token}),或换更小的量化或模型。", OLLAMA, CAUSE),
    Remark("load-buffers", 0, lambda c: unnamed(c),
        "{load_buffers}", "{load_buffers}", LLAMACPP, ELSEWHERE),
    Remark("load-buffers-too-large", 0, lambda c: not unnamed(c) and c.serving and c.failed,
        "{load_buffers}", "{load_buffers}", LLAMACPP, CAUSE),
    Remark("also-load-buffers", 3, lambda c: not unnamed(c) and c.serving and not c.failed,
        "{load_buffers}", "{load_buffers}", LLAMACPP),
    Remark("lent-by-windows", 0, lambda c: "lent" in c.figures.log,
        "**Shared GPU memory is no VRAM: it is {log_lent} of system RAM that Windows lends to the card, read over PCIe and many times slower. Count the card's own memory alone.**",
        "**共享 GPU 内存不是显存:那是 Windows 借给显卡的 {log_lent} 系统内存,走 PCIe,慢很多倍。只算显卡自己的专用显存。**", NVIDIA, FIRST),
    Remark("spilled-by-windows", 2, lambda c: c.any("shared_gpu") and c.modelled and c.over("capacity", 1) and not c.over("host_needed", 1),
        "**The card is full, and Windows' driver goes on in system RAM (shared GPU memory) instead of failing: what spills is read over PCIe, many times slower.** What was told takes about {peak} of {capacity}{of_case}, and the desktop has its own share of that.{but_fits}{spilled} Make it fit: {spill_eased}, no other program on the card. With CUDA - Sysmem Fallback Policy set to `Prefer No Sysmem Fallback` in NVIDIA's control panel it fails with out of memory instead of crawling.",
        "**显存已满,Windows 驱动不报错而是改用系统内存(共享 GPU 内存):溢出的部分走 PCIe,慢很多倍。** 所说的设置约需 {peak},卡上 {capacity}{of_case},桌面还要占一部分。{but_fits}{spilled}要让它放得下:{spill_eased}、关掉占显存的程序。在 NVIDIA 控制面板把“CUDA - Sysmem Fallback Policy”设为不回退(Prefer No Sysmem Fallback),它就会直接报 OOM,而不是变慢。", NVIDIA, CAUSE),
    # ── the figures of PyTorch's message ───────────────────────────────────────────────────────────────────────────
    Remark("ranks-on-one-card", 1, lambda c: c.modelled and c.any("all_on_first") and not each_context(c.figures) and not full_beside_empty(c) and not (c.serving and c.any("first_full")) and not read_onto_first(c) and not c.any("device_map") and not c.over("log_others", 1) and not (c.zero == 3 and c.any("loading", "fails_loading")),
        "**All ranks load onto the same card.** Each must take its own: device_map={{\"\": local_rank}} instead of \"auto\", torch.cuda.set_device(LOCAL_RANK) before anything touches CUDA, map_location=\"cpu\" in torch.load. One copy of the weights is {w_whole}; nvidia-smi then shows one process on each card.",
        "**所有进程都加载到了同一张卡上。** 每个进程要用自己的卡:device_map={{\"\": local_rank}} 而不是 \"auto\"；在碰 CUDA 之前先 torch.cuda.set_device 到 LOCAL_RANK,torch.load 时 map_location=\"cpu\"。一份权重是 {w_whole};改好后 nvidia-smi 里每张卡只有一个进程。", BIG, CAUSE),
    Remark("ranks-on-one-card-logged", 1, lambda c: c.modelled and c.over("log_processes", 3),
        "**All ranks load onto the same card: the message shows {log_processes} other processes on it, {log_others} together{all_ranks}.** Each must take its own: device_map={{\"\": local_rank}} instead of \"auto\", torch.cuda.set_device(LOCAL_RANK) before anything touches CUDA, map_location=\"cpu\" in torch.load. One copy of the weights is {w_whole}; nvidia-smi then shows one process on each card.",
        "**所有进程都加载到了同一张卡上:报错显示这张卡上另有 {log_processes} 个进程,共占 {log_others}{all_ranks}。** 每个进程要用自己的卡:device_map={{\"\": local_rank}} 而不是 \"auto\"；在碰 CUDA 之前先 torch.cuda.set_device 到 LOCAL_RANK,torch.load 时 map_location=\"cpu\"。一份权重是 {w_whole};改好后 nvidia-smi 里每张卡只有一个进程。", BIG, CAUSE),
    Remark("less-free-than-the-share", 1, lambda c: c.any("less_than_share") and c.over("log_others", 1),
        "**Another process holds {log_others} of this card: {log_free} of {log_total} are free, and the engine's share asks for {log_wanted}.** If it is left over, end it (nvidia-smi shows it: the server that was started first, a notebook, a desktop), or choose another card (CUDA_VISIBLE_DEVICES). {share_beside}.",
        "**这张卡上另有进程占着 {log_others}:{log_total} 只剩 {log_free},而引擎的份额要 {log_wanted}。** 不需要就用 nvidia-smi 找到并结束它(先启动的服务、notebook、桌面程序),或用 CUDA_VISIBLE_DEVICES 换卡。{share_beside}。", VLLM, CAUSE),
    Remark("free-but-refused", 2, lambda c: c.over("tried", 1) and c.figures.amount("log_free") > 1.2 * c.figures.amount("tried"),
        "**More is free than was asked for, {log_free} against {tried}, so the card is not what is full.** A limit on the process or the machine is: set_per_process_memory_fraction, a MIG slice or vGPU, a container's or WSL's limit on memory and page file, ulimit -v; or another rank's card, or the moment before (the message is of one card). torch.cuda.mem_get_info() tells what the process sees.",
        "**空闲的比申请的还多,{log_free} 对 {tried},所以满的不是这张卡。** 多半是进程或系统的限制:set_per_process_memory_fraction、MIG 切片或 vGPU、容器或 WSL 的内存与页面文件限制、ulimit -v;或者是别的 rank 的卡、前一刻的状态(报错只写一张卡)。用 torch.cuda.mem_get_info 看进程实际看到多少。", TORCH, CAUSE),
    Remark("others-on-the-card", 2, lambda c: c.over("log_others", 2**29) and not c.any("less_than_share") and c.modelled and c.over("log_total", 1) and not c.over("log_processes", 3),
        "**Another process holds {log_others} of this card's {log_total}: {log_left} are left, and this run takes about {peak}{of_case}.** End it (nvidia-smi shows it: a run that was left over, a notebook, a desktop), or choose another card with CUDA_VISIBLE_DEVICES.",
        "**另一个进程占着这张卡 {log_total} 中的 {log_others}:只剩 {log_left},而这个任务约需 {peak}{of_case}。** 用 nvidia-smi 找到并结束它(残留的任务、notebook、桌面程序),或用 CUDA_VISIBLE_DEVICES 换一张卡。", TORCH, CAUSE),
    Remark("others-on-a-card", 3, lambda c: c.over("log_others", 2**29) and not c.any("less_than_share") and c.over("log_total", 1) and not c.modelled,
        "**Other processes hold {log_others} of this card's {log_total}: {log_left} are left.** End them (nvidia-smi shows them), or choose another card with CUDA_VISIBLE_DEVICES.",
        "**别的进程占着这张卡 {log_total} 中的 {log_others}:只剩 {log_left}。** 用 nvidia-smi 找到并结束它们,或用 CUDA_VISIBLE_DEVICES 换一张卡。", TORCH, CAUSE),
    Remark("oom-hardly-fragmented", 2, lambda c: c.over("oom_tried", 1) and c.modelled and not c.any("any_model") and c.failed and c.figures.base.capacity is not None and c.figures.base.best > c.figures.base.capacity + c.figures.amount("oom_idle") and c.figures.amount("oom_idle") >= c.figures.amount("oom_tried"),
        "**Not mainly fragmentation: {oom_idle} are reserved and unused in pieces too small for the {oom_tried} asked for, but what was told takes {peak}{of_case} of {capacity}, of which {largest_terms}.** {alloc_conf}=expandable_segments:True wins back at most the {oom_idle}. What makes it fit: {cheapest}.",
        "**主要不是碎片:已保留而未用的只有 {oom_idle},虽然零碎到放不下申请的 {oom_tried},但按所说的设置要 {peak}{of_case},卡上只有 {capacity},其中 {largest_terms}。** {alloc_conf}=expandable_segments:True 最多找回这 {oom_idle}。放得下的办法:{cheapest}。", TORCH, CAUSE),
    Remark("numbers-of-a-message", 2, lambda c: c.any("which_is_needed") and c.over("oom_idle", 1) and c.over("log_allocated", 1),
        "**What the run really holds are its tensors, {log_allocated} allocated. {oom_idle} more are blocks that PyTorch keeps and no tensor uses, {oom_reserved} reserved in all; nvidia-smi shows what is reserved and the CUDA context beside it.** Plan with torch.cuda.max_memory_allocated() and a margin.",
        "**任务真正占用的是张量:已分配 {log_allocated}。另有 {oom_idle} 是 PyTorch 留着、没有张量在用的块,合计保留 {oom_reserved};nvidia-smi 显示的是保留量加 CUDA 上下文。** 规划显存请看 torch.cuda.max_memory_allocated(),再留余量。", TORCH, CAUSE),
    Remark("oom-fragmented", 3, lambda c: c.over("oom_tried", 1) and c.figures.amount("oom_idle") >= c.figures.amount("oom_tried") and not idle_is_little(c),
        "**Fragmentation: the message asks for {oom_tried} while {oom_idle} are reserved by PyTorch and not in use, in pieces that are too small.** Allocated is what tensors hold, reserved what PyTorch keeps of the card{idle_sum}: a kept block serves only what fits into it. Set {alloc_conf}=expandable_segments:True before anything else (where that is not supported, max_split_size_mb); it wins back at most that much. Batches of varying length cause it, step by step: blocks of one length do not fit the next and pile up, so it fails only after many steps; pad to a few lengths (buckets), pack, cap the length or take a smaller batch, and torch.cuda.empty_cache() before an evaluation.",
        "**这是碎片:报错要申请 {oom_tried},而 PyTorch 已保留却未使用的有 {oom_idle},只是都太零碎。** allocated 是张量实际占用,reserved 是 PyTorch 留着的显存{idle_sum}:留着的块只能放得下比它小的请求。先设置 {alloc_conf}=expandable_segments:True(不支持时用 max_split_size_mb),最多能找回这么多。长短不一的批次最易造成碎片,而且逐步积累:前一种长度留下的块放不进下一种,所以跑了很多步才炸;按长度分桶、补齐到少数几种长度或 packing,限制最大长度或减小批大小,评估前 torch.cuda.empty_cache()。", TORCH, CAUSE),
    Remark("tried-as-fp32-matrix", 3, lambda c: c.modelled and c.any("oom_diagnosis") and c.over("tried_matrix_fp32", 1) and not c.training,
        "**The weights are being loaded in fp32: the {tried} that could not be allocated are one of the model's matrices in 4 B.** All of them take {w32} so; in 16 bit they take {w16}. Pass torch_dtype=torch.bfloat16 (or \"auto\"): before transformers 5 from_pretrained takes fp32 where nothing is said. With it the whole is {peak}.",
        "**权重正按 fp32 加载:没能分配的 {tried} 恰好是模型的一个矩阵按每参数 4 字节存放。** 全部这样存要 {w32},16 位只要 {w16}。请写 torch_dtype=torch.bfloat16(或 \"auto\"):transformers 5 之前 from_pretrained 不写就是 fp32。写上后共需 {peak}。", TRANSFORMERS, CAUSE),
    Remark("tried-as-matrix", 6, lambda c: c.training and c.failed and c.modelled and c.over("tried_matrix", 1) and (c.over("states_over", 1) or not c.over("tried_tokens", 1)) and not c.logits_as_tried,
        "The {tried} that could not be allocated are as large as {tried_matrix_is}.{in_training_matrix}",
        "没能分配的 {tried} 大小正好等于{tried_matrix_is}。{in_training_matrix}", TORCH),
    Remark("tried-as-scores", 1, lambda c: (c.training or c.in_transformers) and c.modelled and not c.logits_of_the_step and c.over("tried_scores", 1),
        "**The {tried} that could not be allocated are the attention scores of one layer, which eager attention writes out: {scores_product}.** They grow with the square of the length{no_cache}. {never_written}: with it the whole takes {peak_flash} per card{of_capacity}{flash_too_little}; half the length makes a quarter of them{unless_checked}.",
        "**没能分配的 {tried} 就是 eager 注意力写出的一层注意力分数矩阵:{scores_product}。** 它随长度的平方增长{no_cache}。{never_written}:改用后每卡共 {peak_flash}{of_capacity}{flash_too_little};长度减半,它就只剩四分之一{unless_checked}。", FLASH, CAUSE),
    Remark("tried-with-eager", 3, lambda c: (c.training or c.in_transformers) and c.modelled and c.over("tried", 2**28) and c.over("scored_length", 256),
        "**With eager attention the {tried} that could not be allocated are most likely the attention scores of one layer: {heads} heads × length² × 4 B, which is that at {scored_length} tokens (in 16 bit at {scored_length_16}).** They grow with the square of the length{no_cache}. {never_written}.",
        "**用 eager 注意力时,没能分配的 {tried} 多半是一层的注意力分数矩阵:{heads} 头 × 长度² × 4 字节,对应 {scored_length} 个 token(16 位则对应 {scored_length_16})。** 它随长度的平方增长{no_cache}。{never_written}。", FLASH, CAUSE),
    Remark("tried-as-gathered-logits", 2, lambda c: c.training and c.any("evaluation") and c.over("tried_tokens", 1),
        "**Evaluation gathers logits: the {tried} that could not be allocated are those of {tried_tokens} tokens in fp32 (vocabulary {vocab} × 4 B), kept on the card batch after batch until the metric.** Set prediction_loss_only or preprocess_logits_for_metrics, else eval_accumulation_steps (moves them to host memory) and per_device_eval_batch_size 1: by default it is {eval_batch}, whatever training takes.",
        "**评估会累积 logits:没能分配的 {tried} 正好是 {tried_tokens} 个 token 的 fp32 logits(词表 {vocab} × 4 字节),它们一批批留在卡上直到算完指标。** 设 prediction_loss_only 或 preprocess_logits_for_metrics,否则设 eval_accumulation_steps(移到内存)并把 per_device_eval_batch_size 设为 1:它默认是 {eval_batch},与训练的批大小无关。", TORCH, CAUSE),
    # ── servers ────────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("longer-than-pool-unnamed", 2, lambda c: c.any("longer_than_pool") and unnamed(c) and c.over("log_pool", 1),
        "**Set --max-model-len to at most {log_pool}: so many tokens are all that the cache has room for, and one sequence of the model's whole length must fit it.** What the weights and the profile run leave of the engine's share is the cache. To keep more: a larger share (--gpu-memory-utilization, 0.92 by default, 0.9 before), an 8-bit cache (--kv-cache-dtype fp8, twice the tokens), --enforce-eager, which spares the CUDA graphs, then quantised weights or a further card (--tensor-parallel-size). Name the model and the card, and each of these is told in figures.",
        "**把 --max-model-len 设到 {log_pool} 以内:缓存只放得下这么多 token,而模型全长的一条序列必须放得进去。** 引擎占用的份额减去权重和启动时的测量运行,剩下的才是缓存。要更长:提高份额(--gpu-memory-utilization,默认 0.92,旧版 0.9);8 位缓存(--kv-cache-dtype fp8,token 数翻倍);--enforce-eager 省下 CUDA graph;再不够就量化权重或加卡(--tensor-parallel-size)。说出模型和显卡,就给出每一项的数字。", VLLM, ELSEWHERE),
    Remark("longer-than-pool", 2, lambda c: c.any("longer_than_pool") and not unnamed(c) and c.over("log_pool", 1),
        "**Set --max-model-len to at most {log_pool}: for so many tokens the cache has room, {kv_of_log} at {kv_mean} each, while one sequence of {seq} needs {kv_sequence}{pool_of_a_rank}.** Of the engine's share of {capacity} the weights take {w_here}{beside_pool}. To keep more: an 8-bit cache (--kv-cache-dtype fp8) holds about {log_pool_fp8} tokens; {share_raised}--enforce-eager spares the CUDA graphs; then quantised weights or a further card (tensor parallel).{short_of_pool}",
        "**把 --max-model-len 设到 {log_pool} 以内:缓存只放得下这么多 token,共 {kv_of_log}(每 token {kv_mean}),而一条 {seq} token 的序列要 {kv_sequence}{pool_of_a_rank}。** 引擎可用的 {capacity} 里,权重占 {w_here}{beside_pool}。要更长:8 位缓存(--kv-cache-dtype fp8)约可放 {log_pool_fp8} token;{share_raised}--enforce-eager 省下 CUDA graph;再不够就用更低位数的权重、换小一号的模型或加卡做张量并行。{short_of_pool}", VLLM, CAUSE),
    Remark("longer-than-worked-pool", 2, lambda c: c.serving and c.any("longer_than_pool") and not unnamed(c) and not c.any("how_many_gpus") and not c.over("log_pool", 1) and c.over("pool_tokens", 1) and c.figures.amount("pool_tokens") < c.figures.need("seq"),
        "**Set --max-model-len to what you use, at most about {pool_tokens}: one sequence of that length must fit the cache before vLLM starts, and {seq} tokens × {kv_mean} = {kv_sequence}{no_groups}.** Unset it is all that the config declares. Of the engine's share of {capacity} the weights take {w_here}, then the profile run; the rest is the cache, and a token takes as much of it in however few bits the weights are. To keep more: {cache_in_eight}{share_raised}--enforce-eager spares the CUDA graphs; then quantised weights or a further card (tensor parallel).",
        "**把 --max-model-len 设成实际要用的长度,最多约 {pool_tokens}:vLLM 启动前要求这么长的一条序列放得进缓存,而 {seq} token × {kv_mean} = {kv_sequence}{no_groups}。** 不设就按 config 声明的全长。引擎可用的 {capacity} 里,权重占 {w_here},其次是启动时的测量运行,剩下的才是缓存;权重位数再低,每 token 的缓存也不变。要更长:{cache_in_eight}{share_raised}--enforce-eager 省下 CUDA graph;再不够就用更低位数的权重或加卡做张量并行。", VLLM, CAUSE),
    Remark("logged-pool-holds-all", 1, lambda c: logged_for_all(c) and c.over("log_pool", c.figures.amount("log_of_all")),
        "**{batch} at once go in: {batch} × {request} tokens are {log_of_all} of the {log_pool} for which your log has room, so up to {log_requests} requests of that length.** The concurrency that is printed is of requests that use the whole maximum length: pages are taken as tokens come, and what is beyond waits in the queue (or is set back and computed again). An 8-bit cache (--kv-cache-dtype fp8) makes it about {log_requests_fp8}; a smaller max_model_len changes only the line.{pool_if_asked}",
        "**{batch} 个同时用也放得下:{batch} × {request} = {log_of_all} 个 token,日志里的缓存能放 {log_pool} 个,这样的请求最多同时 {log_requests} 个。** 日志打印的并发数按每个请求用满最大长度算;缓存页是随 token 增加才占的,超出的在队列里等(或被换出后重算)。8 位缓存(--kv-cache-dtype fp8)约 {log_requests_fp8} 个;调小 max_model_len 只改变打印的数字。{pool_if_asked}", VLLM),
    Remark("logged-pool-holds-some", 1, lambda c: logged_for_all(c) and c.over("log_requests", 1) and not c.over("log_pool", c.figures.amount("log_of_all")),
        "**Not all at once: {log_requests} of the {batch} run, and the others wait in the queue (or are set back and computed again); none fails. {batch} × {request} tokens are {log_of_all}, and by your log the cache has room for {log_pool}{pool_bytes}.**{printed_full} Requests that are shorter let more in, up to --max-num-seqs. More of it: an 8-bit cache (--kv-cache-dtype fp8, about {log_requests_fp8} of them), quantised weights, a higher --gpu-memory-utilization or a second card (tensor parallel).{pool_if_asked}",
        "**不能全部同时:{batch} 个里同时跑 {log_requests} 个,其余在队列里等(或被换出后重算),不会报错。{batch} × {request} = {log_of_all} 个 token,而日志里的缓存能放 {log_pool} 个{pool_bytes}。**{printed_full}请求更短就能更多,另一个上限是 --max-num-seqs。要更多:8 位缓存(--kv-cache-dtype fp8,约 {log_requests_fp8} 个)、权重量化、调高 --gpu-memory-utilization,或加一张卡(张量并行)。{pool_if_asked}", VLLM, FIRST),
    Remark("logged-pool", 2, lambda c: c.serving and c.any("served_users", "max_batch_ctx") and not c.any("longer_than_pool") and c.said("seq_len") and c.over("log_pool", 1) and c.over("log_requests", 1),
        "**{not_only}{log_requests} at once: by your log the cache has room for {log_pool} tokens{pool_bytes}, ÷ {request} a request.**{printed_full} Pages are taken as tokens come, so shorter requests let more in{shorter_let_in}, up to --max-num-seqs; what is beyond waits in the queue (or is set back and computed again), it is not refused and does not run out of memory. More of it: an 8-bit cache (--kv-cache-dtype fp8, about {log_requests_fp8}) or a higher --gpu-memory-utilization. The log is what this start measured, so it holds before any estimate.",
        "**{not_only}同时 {log_requests} 个:按日志,缓存能放 {log_pool} 个 token{pool_bytes},÷ 每个请求 {request}。**{printed_full}缓存页随 token 增加才占用,请求更短就能更多{shorter_let_in},另一个上限是 --max-num-seqs;超出的在队列里等(或被换出后重算),不会报错,也不会 OOM。要更多:8 位缓存(--kv-cache-dtype fp8,约 {log_requests_fp8} 个)或调高 --gpu-memory-utilization。日志是这次启动的实测值,以它为准。", VLLM, FIRST),
    Remark("requests-set-back", 2, lambda c: c.serving and c.any("preempted") and c.said("seq_len") and not c.any("longer_than_pool") and c.over("let_in", 2),
        "Preempted means that more was let in than the cache holds: a request that finds no free page is set back and computed again later. Let in only as many as fit, here --max-num-seqs {let_in} or somewhat less; the others then wait in the queue, and no work is lost.",
        "出现抢占(preempted)说明放进来的请求超过了缓存能容纳的:拿不到空闲页的请求会被退回,之后重算。只放进装得下的数量,这里设 --max-num-seqs {let_in} 或略少;其余的在队列里等,不会白算。", VLLM),
    Remark("pool-full-waits", 0, lambda c: c.modelled and not c.failed and _fills(c), *_WAITS, VLLM, FIRST),
    Remark("pool-full-waits-alone", 0, lambda c: not c.modelled and _fills(c), *_WAITS, VLLM, ELSEWHERE),
    Remark("logged-pool-derived", 0, _pool_derived, "**{pool_read}.**{pool_from}{host_blocks}", "**{pool_read}。**{pool_from}{host_blocks}", VLLM, FIRST),
    Remark("pool-line-meant", 0, lambda c: c.serving and _pool_asked(c), "{pool_meant}", "{pool_meant}", VLLM, FIRST),
    Remark("pool-for-users-alone", 0, lambda c: not c.modelled and not c.failed and "tokens" in c.figures.log and _users_told(c), "{pool_for_users}", "{pool_for_users}", VLLM, ELSEWHERE),
    Remark("pool-line-meant-alone", 0, lambda c: not c.modelled and (_pool_asked(c) or (_no_user_told(c) and "tokens" in c.figures.log)), "{pool_meant} Name the model and the card, and it is told in GiB.", "{pool_meant}说出模型和显卡,就给出折合多少 GiB。", VLLM, ELSEWHERE),
    Remark("concurrency-is-no-limit", 0, lambda c: c.serving and not c.failed and "max_seqs" in c.figures.log, "{concurrency_meant}", "{concurrency_meant}", VLLM, FIRST),
    Remark("concurrency-is-no-limit-alone", 0, lambda c: not c.modelled and "max_seqs" in c.figures.log, "{concurrency_meant}", "{concurrency_meant}", VLLM, ELSEWHERE),
    Remark("logged-pool-kept-whole", 0, lambda c: c.serving and c.latent and not c.failed and not c.any("longer_than_pool", "served_users") and (c.any("why_more", "kv_cache", "check_arithmetic", "cache_left") or "left_gb" in c.figures.log) and c.over("log_pool", 1),
        "{pool_kept_whole}", "{pool_kept_whole}", V3, FIRST),
    Remark("pool-of-the-free", 0, lambda c: c.serving and c.modelled and not c.failed and not c.latent and not c.any("longer_than_pool") and ("free_after" in c.figures.log or ("left_gb" in c.figures.log and c.k("engine") == "vllm")) and c.any("why_more", "kv_cache", "check_arithmetic", "cache_left", "explain_derive", "what_is_it"),
        "{share_of_free}", "{share_of_free}", SGLANG_TUNING, FIRST),
    Remark("logged-pool-explained", 0, lambda c: c.serving and not c.failed and not c.any("longer_than_pool") and not (c.any("served_users", "max_batch_ctx") and c.said("seq_len")) and c.any("why_more", "kv_cache", "check_arithmetic", "cache_left") and c.over("log_pool", 1),
        "**{pool_eaten}{pool_explained}; {against_the_log}.**{pool_copied}{not_the_rest}{room_made}",
        "**{pool_eaten}{pool_explained};{against_the_log}。**{pool_copied}{not_the_rest}{room_made}", VLLM),
    Remark("logged-pool-in-bytes", 3, lambda c: c.serving and c.modelled and not c.failed and not c.any("longer_than_pool") and not (c.any("served_users", "max_batch_ctx") and c.said("seq_len")) and c.over("log_pool", 1),
        "**By your log the cache holds {log_pool} tokens: × {kv_mean} = {kv_of_log}.** It is set aside at the start, used or not.",
        "**按日志,缓存能放 {log_pool} 个 token:× {kv_mean} = {kv_of_log}。** 启动时就整块预留,用没用到都占着。", VLLM),
    Remark("another-process-beside-a-server", 1, lambda c: c.serving and c.failed and (c.by_server or c.n > 1) and c.any("other_process") and c.over("kv_card", 1) and not c.over("log_others", 1),
        "**The other process is the cause: every rank gets only as much cache as the fullest card has left, and {that_process} comes off the engine's share there.** On a clean card the weights take {w_here}, the cache {kv_card} for {seq} tokens, the whole {peak}{of_capacity}. Free that card, leave it out (CUDA_VISIBLE_DEVICES), or lower --max-model-len.",
        "**原因就是那张卡上的另一个进程:每张卡分到的缓存都以最满的那张为准,{that_process}要从引擎在那张卡上的份额里扣掉。** 干净的卡上权重占 {w_here},{seq} token 的缓存占 {kv_card},总共 {peak}{of_capacity}。清空那张卡、用 CUDA_VISIBLE_DEVICES 避开它,或调小 --max-model-len。", VLLM, CAUSE),
    Remark("another-process-has-the-room", 1, lambda c: c.serving and c.failed and c.modelled and not (c.by_server or c.n > 1) and _no_room_beside_another(c),
        "**The other process is the cause: of the card's {capacity} {that_process} cannot be had by this one, which takes {peak}, {w_here} of it weights.** nvidia-smi lists the processes by card. Take a card that is free (CUDA_VISIBLE_DEVICES), have that process ended, or come back when it is; a smaller batch or length of your own frees nothing of it. What goes in beside it: fewer bits, a smaller model, or layers in RAM (device_map=\"auto\", -ngl).",
        "**原因就是另一个进程:卡上共 {capacity},{that_process}这里用不了,而这次要 {peak},其中权重 {w_here}。** nvidia-smi 按卡列出进程。换一张空闲的卡(CUDA_VISIBLE_DEVICES),或请对方结束;自己减小批大小或长度腾不出它占的部分。要与它共存:更低的位数、更小的模型,或把部分层放内存(device_map=\"auto\"、-ngl)。", TORCH, CAUSE),
    Remark("weights-beyond-the-share", 2, lambda c: c.any("no_blocks") and c.serving and c.over("capacity", 1) and c.figures.base.terms["weights"] > (c.figures.base.capacity or 0),
        "**The weights alone, {w_here}, are more than the engine's share of {capacity} per card: a shorter --max-model-len, fewer tokens a step or --enforce-eager cannot help.**{highest_share} What can: {ways}.{tokens_in_fewer_bits}",
        "**仅权重 {w_here} 就超过引擎在每张卡上可用的 {capacity}:减小 --max-model-len、每步 token 数或加 --enforce-eager 都没用。**{highest_share}可行的办法:{ways}。{tokens_in_fewer_bits}", VLLM, CAUSE),
    Remark("room-at-start", 1, lambda c: c.serving and c.failed and c.any("no_blocks", "prefill_warmup") and not c.any("direction_asked"),
        "{room_at_start}", "{room_at_start}", VLLM, CAUSE),
    Remark("no-cache-blocks", 2, lambda c: c.any("no_blocks") and c.serving and c.over("capacity", 1) and c.figures.base.terms["weights"] <= (c.figures.base.capacity or 0),
        "**{too_large_here}Not all of the card counts, {card_whole}, but the engine's share of it, {capacity}: the weights take {w_here}, and {left_of_share} must hold the activations of a full step, CUDA graphs and every page.**{pool_words} {block_levers}{or_cards}.",
        "**{too_large_here}不能按整张卡 {card_whole} 算,要按引擎的份额 {capacity} 算:权重占 {w_here},剩下 {left_of_share} 要放一整步的激活、CUDA graph 和所有缓存页。**{pool_words}{block_levers}{or_cards}。", VLLM, CAUSE),
    Remark("prefill-warmup", 2, lambda c: c.any("prefill_warmup") and c.serving and c.over("log_prefill", 1) and c.over("capacity", 1) and c.figures.base.terms["weights"] < (c.figures.base.capacity or 0),
        "**The warm-up prefills {log_prefill} tokens at once, and beside the weights there is no room for it: {w_here} of {capacity} are weights, and those tokens need {kv_of_prefill} of cache and the activations of them all; the whole is about {peak_of_prefill}.**{not_left} Lower --max-batch-prefill-tokens and --max-input-tokens (to {prefill_less}, say), then --max-total-tokens; the card holds about {longest_here} tokens in all.",
        "**预热要一次 prefill {log_prefill} 个 token,而权重之外放不下:{capacity} 里权重占 {w_here},这些 token 要 {kv_of_prefill} 缓存,再加它们的激活,共约 {peak_of_prefill}。** {not_left}调小 --max-batch-prefill-tokens 和 --max-input-tokens(如 {prefill_less}),再调小 --max-total-tokens;这张卡总共约放得下 {longest_here} 个 token。", TGI, CAUSE),
    Remark("buffer-is-cache", 2, lambda c: c.failed and c.serving and c.reads_gguf and c.over("buffer_of_cache", 1) and c.over("all_room", 1),
        "**The buffer of {log_buffer} that fails is the KV cache: {cache_sum}, reserved at once beside {w_all} of weights, against {all_room}.** What fits: {cheapest}. A q8_0 cache takes {kv_q8_all} (-ctk q8_0 -ctv q8_0, with flash attention).",
        "**分配失败的 {log_buffer} 缓冲就是 KV 缓存:{cache_sum},启动时一次预留,再加权重 {w_all},而显存共 {all_room}。** 放得下的办法:{cheapest}。q8_0 缓存是 {kv_q8_all}(-ctk q8_0 -ctv q8_0,并开 flash attention)。", LLAMACPP, CAUSE),
    Remark("buffer-is-weights", 2, lambda c: c.failed and c.serving and c.reads_gguf and not c.over("buffer_unwindowed", 1) and c.over("buffer_of_weights", 1) and c.over("all_room", 1),
        "**The buffer of {log_buffer} that fails is the weights: {w_all} in all, and with {kv_all} of cache for {seq} tokens the need is {peak} of {capacity}.** What fits: {cheapest}. See too what else is on the card (nvidia-smi).",
        "**分配失败的 {log_buffer} 缓冲就是权重:共 {w_all},加上 {seq} token 的缓存 {kv_all},需要 {peak},而卡上是 {capacity}。** 放得下的办法:{cheapest}。再用 nvidia-smi 看卡上还有什么。", LLAMACPP, CAUSE),
    Remark("buffer-of-a-longer-cache", 3, lambda c: c.serving and c.reads_gguf and c.any("kv", "kv_cache") and c.over("log_buffer", 2**30) and not c.over("buffer_of_cache", 1) and not c.over("buffer_of_weights", 1) and c.over("all_room", 1) and c.figures.amount("log_buffer") + c.figures.amount("weights_sum") > c.figures.amount("all_room"),
        "**The KV buffer of {log_buffer} is the cache of {buffer_tokens} tokens at {kv_mean} each, the length that the program was given or the model declares (-c 0): with {w_all} of weights it is more than the {all_room} there are.** Set -c to what you use: at {usual_context} tokens the cache is {kv_usual}. A q8_0 cache (-ctk q8_0 -ctv q8_0, with flash attention) takes about half.",
        "**{log_buffer} 的 KV 缓冲是 {buffer_tokens} 个 token 的缓存(每 token {kv_mean}),即给定的长度或模型声明的全长(-c 0):加上权重 {w_all},超过现有的 {all_room}。** 把 -c 设为实际需要的长度:{usual_context} token 时缓存 {kv_usual}。q8_0 缓存(-ctk q8_0 -ctv q8_0,并开 flash attention)约占一半。", LLAMACPP, CAUSE),
    Remark("library-without-workspace", 7, lambda c: c.any("cublas") and c.modelled and c.over("capacity", 1),
        "**This too is memory: cuBLAS or cuDNN asks for its workspace outside of PyTorch, and the card is full: {peak} of {capacity}{of_case}, of which {largest_terms}.** What makes it fit, the cheapest first: {cheapest}.",
        "**这也是显存不足:cuBLAS 或 cuDNN 在 PyTorch 之外申请工作区,而卡已经满了:{peak} / {capacity}{of_case},其中{largest_terms}。** 放得下的办法(代价最小的在前):{cheapest}。", TORCH, CAUSE),
)  # fmt: skip
