"""Settings and habits asked about by name, of no model: what each takes or saves, and where."""

from collections.abc import Callable

from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import (
    DEEPSPEED_CONFIG,
    FLASH2,
    GPTQ,
    MIXED,
    NVIDIA,
    PEFT_KBIT,
    QLORA,
    SCALING_LAWS,
    TORCH,
    TRAINER,
    TRANSFORMERS,
    UNSLOTH_LONG,
    VLLM,
)
from kb.kernels import BEFORE_AMPERE
from kb.names import gpu_row, names


def _means(*names: str) -> Callable[[Asked], bool]:
    return lambda c: c.any(*(f"meaning:{name}" for name in names))


_INTEGERS = ("int", "nf4", "fp4", "gptq", "awq", "hqq", "gguf:Q", "gguf:IQ", "aqlm")

_DISAGGREGATED = (
    "**Prefill and decode apart are two servers: each keeps the whole weights, divided over its own cards, and a pool of its own.** The prefill side needs room for the activations of a step (max_num_batched_tokens) and for the caches of prompts under way, which are sent on and freed; the decode side holds the cache of all requests that are answered, so it is the one that needs the pool. Memory is not saved, the weights stand twice; what is won is an even pace.",
    "**PD 分离就是两套服务:各自在自己的卡上放完整一份权重,各有缓存池。** prefill 一侧要放一步的激活(max_num_batched_tokens)和正在算的提示的缓存,传走后即释放;decode 一侧放所有正在回答的请求的缓存,大缓存池要给它。显存并不省,权重要放两份;换来的是稳定的延迟。",
)


def _generations(c: Asked) -> set[str]:
    """The generations of the NVIDIA cards that the one name can mean; empty of any other."""
    named = names().find_gpus(str(c.figures.given.get("gpu") or ""))
    rows = [gpu_row(one) for one in named]
    return {str(row["architecture"]) for row in rows} if all(row.get("vendor") == "NVIDIA" for row in rows) else set()


def _flash_on(old: bool, modelled: bool = False) -> Callable[[Asked], bool]:
    """Is it asked whether FlashAttention-2 runs on a card that is named, before Ampere or after; beside a model or alone?"""

    def holds(c: Asked) -> bool:
        found = _generations(c) if c.any("flash_on_card") and c.modelled is modelled else set()
        return bool(found) and (found <= set(BEFORE_AMPERE) if old else not found & set(BEFORE_AMPERE))

    return holds


def _trains_quantised(c: Asked) -> bool:
    """Are all weights to be trained that are stored in integers of so few bits?"""
    stored = str(c.k("weight_format") or "") if c.training and c.modelled and c.method == "full" else ""
    told = c.said("bits") or c.said("weight_format") or c.said("double_quant")
    return told and stored.startswith(_INTEGERS)


# of weights that are stored in fewer bits
_FROZEN = (
    "**No: weights that are stored in 4 or 8 bits take no gradients, so they stay frozen; what trains on such a base are adapters (QLoRA), in 16 or 32 bit beside it.** To train all weights they must be in 16 or 32 bit: 2 B of each, with gradients and Adam 16 B. Less, and still all of them: 8-bit Adam, Adafactor, GaLore or LOMO, an offloaded optimizer, ZeRO-3 over several cards.",
    "**不行:以 4 位、8 位存的权重没有梯度,只能冻结;在这样的基座上能训练的是适配器(QLoRA),另以 16 或 32 位存放。** 要训练全部权重,它们必须是 16 或 32 位:每参数 2 字节,连同梯度和 Adam 是 16 字节。想省又要全参:8 位 Adam、Adafactor、GaLore、LOMO,优化器 offload,或多卡 ZeRO-3。",
)

_NO_FLASH = (
    '**No: FlashAttention-2 needs Ampere or newer (A100, RTX 30 series and later), and this card is older. llama.cpp is another matter: its -fa has kernels of its own for Pascal, Volta and Turing too, and spares the scores and with a q8_0 cache half the KV cache there as well.** In PyTorch take SDPA (attn_implementation="sdpa"), whose memory-efficient kernel keeps no scores either, so the memory is about the same and only the speed is less; eager attention stores heads × length² scores in each layer. Such cards have no bf16: use fp16.',
    '**不能:FlashAttention-2 要 Ampere 或更新的卡(A100、RTX 30 系及以后),这张卡更早。llama.cpp 不受此限:它的 -fa 有自己的内核,Pascal、Volta、Turing 也能用,同样不存分数矩阵,还能配 q8_0 缓存省一半。** PyTorch 里改用 SDPA(attn_implementation="sdpa"):它的省显存内核同样不存分数矩阵,显存差不多,只是慢一些;eager 注意力每层要存 头数 × 长度² 的分数。这类卡也没有 bf16,用 fp16。',
)
_FLASH = (
    "**Yes: FlashAttention-2 runs on Ampere and newer, and so on this card, in fp16 or bf16.** It stores no scores (heads × length² in each layer), as SDPA does not either; so against SDPA it saves little memory, against eager attention much at long lengths.",
    "**可以:FlashAttention-2 支持 Ampere 及更新的卡,这张卡可以用,精度 fp16 或 bf16。** 它不存分数矩阵(每层 头数 × 长度²),SDPA 也不存;所以比 SDPA 省不了多少显存,比 eager 注意力在长序列时省很多。",
)

_ZERO_BUCKETS = (
    "{zero_buckets} With overlap_comm DeepSpeed holds several at once: Hugging Face's documentation counts 4.5 × 2 × bucket × 2 B, 9 GB for reduce and allgather buckets of 5e8, 3.6 GB at 2e8. stage3_prefetch_bucket_size is what is gathered ahead, stage3_max_live_parameters the most that stays gathered, 1e9 × 2 B = 2 GB by default; parameters below stage3_param_persistence_threshold (norms, biases) stay whole on every card, some MB. Smaller values take less, for more and smaller messages; none of this is divided by the number of cards.",
    "{zero_buckets}开 overlap_comm 时 DeepSpeed 同时占好几份:Hugging Face 文档按 4.5 × 2 × 桶 × 2 字节计,reduce 和 allgather 桶都是 5e8 时 9 GB,2e8 时 3.6 GB。stage3_prefetch_bucket_size 是提前聚合的量,stage3_max_live_parameters 是同时保持聚合的上限,默认 1e9 × 2 字节 = 2 GB;小于 stage3_param_persistence_threshold 的参数(norm、bias)在每张卡上完整保留,只有几 MB。调小更省显存,但通信次数更多;这些都不随卡数减小。",
)
_ADAPTERS_ON_QUANTISED = (
    "**GPTQ and AWQ bases can be frozen under LoRA adapters (PEFT, with GPTQModel for the kernels; LLaMA-Factory and ms-swift too), a GGUF cannot.** They take about what QLoRA's NF4 takes, 4 bits and the scales of each group; kernels that are made for serving can be slower in the backward pass. The adapters cannot be merged into the 4-bit weights: serve them beside the base, or merge into the 16-bit model and quantise again. Without a quantised file at hand bitsandbytes' NF4 (load_in_4bit) is the usual way.",
    "**GPTQ 和 AWQ 的权重可以冻结当基座训 LoRA(PEFT,内核用 GPTQModel;LLaMA-Factory、ms-swift 也支持),GGUF 不行。** 显存与 QLoRA 的 NF4 差不多,每权重 4 位加每组缩放系数;为推理写的内核,反向传播可能更慢。适配器不能合并回 4 位权重:与基座并排部署,或合并到 16 位模型后再量化。手头没有量化好的文件时,通常直接用 bitsandbytes 的 NF4(load_in_4bit)。",
)
_UNSLOTH_CHECKPOINTING = (
    '**use_gradient_checkpointing="unsloth" recomputes as True does, and moves what is kept, the input of each layer, to host memory: on the card it saves layers × tokens × hidden size × 2 B against True.**{unsloth_inputs} It costs that much RAM and a per cent or two of speed, and matters at long lengths; weights, states and logits stay.',
    '**use_gradient_checkpointing="unsloth" 和 True 一样重计算,另外把保留的每层输入搬到内存:比 True 在卡上少 层数 × token 数 × 隐藏维度 × 2 字节。**{unsloth_inputs}代价是占同样多的内存、慢百分之一二;长序列才明显,权重、状态和 logits 不变。',
)

_FUSED_ADAMW = (
    "**The states are the same, 8 B per parameter in fp32; only the step differs: AdamW over lists (foreach, PyTorch's default on CUDA) makes temporaries as large as what it updates, up to one more copy of the gradients, and a fused step (adamw_torch_fused, fused=True) makes none.** That shows in full fine-tuning, where the peak is at the step: up to 2 B per parameter in bf16, 4 B in fp32; with LoRA it is next to nothing. It is faster as well. foreach=False takes as little, and is slower.",
    "**优化器状态一样,都是每参数 8 字节(fp32);不同的只是更新那一步:按列表更新的 AdamW(foreach,PyTorch 在 CUDA 上的默认)要临时占用与被更新内容一样大的内存,最多再多一份梯度,融合更新(adamw_torch_fused、fused=True)没有。** 全参微调的峰值在更新时,能看出差别:bf16 每参数最多 2 字节,fp32 为 4 字节;LoRA 几乎没有。融合更新也更快;foreach=False 同样省,但更慢。",
)

SETTINGS_MEANT = (
    Remark("meaning-of-padding", 1, _means("padding"),
        "**Yes: a padded token costs what a real one costs: each step takes batch × the longest sample of the batch in activations and logits.** Weights, gradients and optimizer states do not change. Sort or bucket by length (group_by_length), pad to the longest of the batch and not to the maximum, which makes most steps lighter and faster while the peak stays that of the longest sample that comes; cut the few longest samples; packing fills the sequences instead, at batch × maximum length.",
        "**会:填充的 token 和真实的一样占:每步的激活和 logits 按 批大小 × 该批最长样本 计。** 权重、梯度、优化器状态不变。按长度排序或分桶(group_by_length),只补到该批最长而不是最大长度(多数步更省更快,但峰值仍由出现过的最长样本决定);截断少数特别长的样本;packing 则把序列填满,按 批大小 × 最大长度 计。", TRAINER, ELSEWHERE),
    Remark("meaning-of-fused-adamw-alone", 1, lambda c: not c.modelled and _means("fused_adamw")(c), *_FUSED_ADAMW, TORCH, ELSEWHERE),
    Remark("meaning-of-zero-buckets", 1, lambda c: c.modelled and _means("zero_buckets")(c), *_ZERO_BUCKETS, DEEPSPEED_CONFIG, FIRST),
    Remark("meaning-of-zero-buckets-alone", 1, lambda c: not c.modelled and _means("zero_buckets")(c), *_ZERO_BUCKETS, DEEPSPEED_CONFIG, ELSEWHERE),
    Remark("meaning-of-adapters-on-quantised", 1, lambda c: c.modelled and _means("adapters_on_quantised")(c), *_ADAPTERS_ON_QUANTISED, PEFT_KBIT, FIRST),
    Remark("meaning-of-adapters-on-quantised-alone", 1, lambda c: not c.modelled and _means("adapters_on_quantised")(c), *_ADAPTERS_ON_QUANTISED, PEFT_KBIT, ELSEWHERE),
    Remark("meaning-of-unsloth-checkpointing", 1, lambda c: c.modelled and _means("unsloth_checkpointing")(c), *_UNSLOTH_CHECKPOINTING, UNSLOTH_LONG, FIRST),
    Remark("meaning-of-unsloth-checkpointing-alone", 1, lambda c: not c.modelled and _means("unsloth_checkpointing")(c), *_UNSLOTH_CHECKPOINTING, UNSLOTH_LONG, ELSEWHERE),
    Remark("meaning-of-declared-length", 1, _means("declared_length"),
        "**Not in transformers: the cache grows with the tokens that are there, so a short prompt takes what it takes, whatever the config declares.** {kv_examples} vLLM and SGLang set a pool aside whatever is declared, and need room for one sequence of max_model_len to start: set it to what you send. llama.cpp and Ollama set the cache of the whole -c or num_ctx aside, not of the declared length. Tables of positions are next to nothing with RoPE.",
        "**用 transformers 时不会:缓存随实际的 token 增长,短提示只占短提示的,与配置里声明多长无关。** {kv_examples}vLLM、SGLang 启动时预留的缓存池也不看声明的长度,但要放得下一条 max_model_len 的序列才能启动,按实际需要设小即可。llama.cpp、Ollama 按整个 -c 或 num_ctx 预留,而不是按声明的长度。用 RoPE 时位置表几乎不占显存。", TRANSFORMERS, ELSEWHERE),
    Remark("meaning-of-eager-mode", 1, _means("eager_mode"),
        "**--enforce-eager saves the buffers of CUDA graphs, some hundred MiB to a few GiB with many captured batch sizes and cards, at the price of speed: each step launches its kernels one by one.** vLLM prints what capturing took. The graphs stand beside the share of gpu_memory_utilization, so without them that share can be set higher; the pool itself does not grow by the flag. Capturing fewer sizes (cudagraph_capture_sizes, a smaller --max-num-seqs) saves most of it and keeps the speed.",
        "**--enforce-eager 省的是 CUDA graph 的缓冲,几百 MiB,捕获的批大小和卡多时可达几 GiB,代价是变慢:每步都要逐个启动内核。** vLLM 启动日志会打印捕获占了多少。这部分在 gpu_memory_utilization 的份额之外,所以关掉后可以把份额调高;只加这个开关,缓存池不会变大。少捕获几种大小(cudagraph_capture_sizes、减小 --max-num-seqs)能省下大半,速度也还在。", VLLM, ELSEWHERE),
    Remark("meaning-of-swap-space", 1, _means("swap_space"),
        "**--swap-space is RAM, not VRAM: so many GiB of pinned host memory for each card, to which the cache of a preempted request is moved.** It makes no model and no context fit that does not fit without; where RAM is short set it to 0. Later engines of vLLM compute a preempted request again instead and do not use it. What moves weights to RAM is --cpu-offload-gb.",
        "**--swap-space 占的是内存,不是显存:每张卡这么多 GiB 的锁页内存,被抢占的请求的缓存会换到那里。** 它不能让放不下的模型或上下文变得放得下;内存紧张就设为 0。vLLM 的新引擎改为重新计算被抢占的请求,不再用它。把权重放到内存的是 --cpu-offload-gb。", VLLM, ELSEWHERE),
    Remark("meaning-of-high-share", 1, _means("high_share"),
        "{share_feared} Where the share is not free when it starts, vLLM refuses (\"free memory … is less than desired\"); where graphs or the sampler's warm-up find no room, the start ends in out of memory; and a step that takes more than the profile run fails while it serves: many sequences sampled at once, prompt_logprobs, large pictures. What a higher share buys is pool, which only more or longer requests at once need. Leave the default elsewhere.",
        "{share_feared} 启动时空闲显存不到这个份额,vLLM 直接拒绝(“free memory … is less than desired”);捕获 graph 或采样预热时放不下,启动就报 OOM;某一步超过启动时的测量,则在服务过程中报错:一次采样很多条、prompt_logprobs、很大的图片。调高换来的只是更大的缓存池,并发更多或请求更长才用得上。其余情况用默认值。", VLLM, ELSEWHERE),
    Remark("meaning-of-rope-scaling", 1, _means("rope_scaling"),
        "**RoPE scaling (YaRN) takes no memory of its own: it changes the angles of the positions, and no tensor grows.** What takes memory is the cache of the tokens that are there: requests of 4k hold 4k, however long the limit is. A server's pool stays as it is, too; only it must hold one sequence of the whole length, or vLLM does not start. Set the limit no higher than what is used: vLLM's static YaRN blurs short texts a little.",
        "**RoPE 缩放(YaRN)本身不占显存:它只改变位置的旋转角度,没有哪个张量变大。** 占显存的是实际存在的 token 的缓存:请求只有 4k 就只占 4k,与上限多长无关。服务的缓存池也不变,只是必须放得下一条全长的序列,否则 vLLM 拒绝启动。上限按实际需要设:vLLM 的 YaRN 是静态的,对短文本的效果略有影响。", VLLM, ELSEWHERE),
    Remark("meaning-of-disaggregation", 1, lambda c: not c.modelled and _means("disaggregated")(c), *_DISAGGREGATED, VLLM, ELSEWHERE),
    Remark("prefill-apart-from-decode", 1, lambda c: c.modelled and c.serving and c.any("pd_apart") and not c.failed, *_DISAGGREGATED, VLLM, FIRST),
    Remark("meaning-of-fewer-sequences", 1, _means("fewer_sequences"),
        "**What nvidia-smi shows does not change: the server takes its share of the card at the start, and the pool of the cache is what is left of it, however many sequences may run.** A lower --max-num-seqs makes the profile run's logits and the captured CUDA graphs smaller, so the pool gains a little, and fewer requests can run at once; the rest wait. What frees memory of the card is a lower gpu_memory_utilization.",
        "**nvidia-smi 看到的不会变:服务启动时就按份额占满,缓存池是其中剩下的部分,与最多跑几条序列无关。** 调小 --max-num-seqs 会让测量运行的 logits 和捕获的 CUDA graph 变小,缓存池因此略大,同时能跑的请求变少,其余排队。要让出显存,得调低 gpu_memory_utilization。", VLLM, ELSEWHERE),
    Remark("meaning-of-desktop", 1, _means("desktop"),
        "**A screen takes some hundred MiB, with a browser and Windows' compositor up to a few GiB; a card without one on Linux is nearly empty.** nvidia-smi (or Task Manager, Dedicated GPU memory) before anything is loaded shows what is gone: subtract it, or say so here (“my desktop takes 2 GB”) and it is counted. To get it back: the monitor on the CPU's own graphics, hardware acceleration off in the browser, no desktop at all. WSL2 uses the same card through Windows and so has what Windows leaves; Windows' driver moves what does not fit to RAM instead of failing, which is slow.",
        "**接显示器会占几百 MiB,加上浏览器和 Windows 的桌面合成可达几 GiB;Linux 上不接显示器的卡几乎是空的。** 加载任何东西之前用 nvidia-smi(或任务管理器的专用 GPU 内存)看已经少了多少,把它扣掉,或者在这里说明(“桌面占了 2G”),就会算进去。想要回来:显示器接核显,关掉浏览器的硬件加速,或不开桌面。WSL2 是通过 Windows 用同一张卡,所以只有 Windows 剩下的;Windows 驱动会把放不下的挪到内存而不报错,但很慢。", NVIDIA, ELSEWHERE),
    Remark("meaning-of-precision-saves", 1, _means("precision_saves"),
        "**Mixed precision saves no states: weights 2 + gradients 2 + fp32 masters 4 + Adam's moments 8 are 16 B of a parameter, and fp32 has 4 + 4 + 8 = 16 as well.** What it halves are the activations and what is computed in, so with long samples it does save, and it is faster. States that are halved take pure bf16 (2 + 2 + 4 = 8 B, small updates are rounded away) or 8-bit Adam. Autocast over fp32 weights even keeps 16-bit copies of them beside.",
        "**混合精度不省状态:权重 2 + 梯度 2 + fp32 主权重 4 + Adam 动量 8,每参数 16 字节;fp32 也是 4 + 4 + 8 = 16。** 减半的是激活和参与计算的部分,所以样本长时确实省,而且更快。想让状态减半要用纯 bf16(2 + 2 + 4 = 8 字节,小的更新会被舍入)或 8 位 Adam。fp32 权重加 autocast 还会另存一份 16 位副本。", MIXED, ELSEWHERE),
    Remark("meaning-of-tuning-quantised", 1, _means("tune_quantised"), *_FROZEN, QLORA, ELSEWHERE),
    Remark("quantised-weights-stay-frozen", 0, _trains_quantised, *_FROZEN, QLORA, FIRST),
    Remark("meaning-of-twice-the-parameters", 1, _means("twice_params"),
        "**Nearly: weights, gradients and optimizer states go with the number of parameters, at the same bytes of each; the rest does not.** KV cache and activations go with layers × width × tokens, which grow more slowly than parameters (and GQA cuts the cache), logits with the vocabulary, and context, runtime and buffers hardly at all. So twice the parameters is a little less than twice the memory, and far less where long contexts make up most of it.",
        "**差不多:权重、梯度、优化器状态与参数量成正比(每参数字节数不变),其余不是。** KV 缓存和激活按 层数 × 宽度 × token 数,比参数量增长得慢(GQA 更省),logits 看词表,上下文、运行时和缓冲几乎不变。所以参数翻倍,显存略少于翻倍;以长上下文为主时差得更多。", SCALING_LAWS, ELSEWHERE),
    Remark("meaning-of-same-bits-other-format", 1, _means("same_bits"),
        "**Two things differ besides the nominal bits. What is stored: AWQ and GPTQ keep a scale for each group of weights and leave embedding and head in 16 bit; a GGUF file mixes widths from tensor to tensor and quantises embedding and head, too. And the program: vLLM takes a fixed share of the card for its cache at the start, llama.cpp only what the context needs.** So a card that looks full under vLLM holds mostly free cache; compare the weights that each prints as it loads.",
        "**名义位数之外有两点不同。存法:AWQ、GPTQ 每组权重另存缩放系数,embedding 和 head 留在 16 位;GGUF 文件各张量位宽不同,embedding 和 head 也量化。程序:vLLM 启动时按固定份额占显存做缓存,llama.cpp 只按上下文占。** 所以 vLLM 里看起来占满的卡,大半是空的缓存;要比就比各自加载时打印的权重大小。", GPTQ, ELSEWHERE),
    Remark("flash-on-an-old-card", 0, _flash_on(old=True), *_NO_FLASH, FLASH2, ELSEWHERE),
    Remark("flash-on-a-new-card", 0, _flash_on(old=False), *_FLASH, FLASH2, ELSEWHERE),
    Remark("also-flash-on-an-old-card", 0, _flash_on(old=True, modelled=True), *_NO_FLASH, FLASH2, FIRST),
    Remark("also-flash-on-a-new-card", 0, _flash_on(old=False, modelled=True), *_FLASH, FLASH2, FIRST),
)  # fmt: skip
