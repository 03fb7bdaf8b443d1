"""What a schedule, a second model, a cache elsewhere or a slice of a card does to memory, asked about by name and of no model."""

from collections.abc import Callable

from chat.remarks.features_meant import means
from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import (
    CUDA_RATES,
    HICACHE,
    LLM_COMPRESSOR_FP4,
    MEGATRON_PIPELINE,
    MIG,
    MPS,
    RLHF,
    V3,
    VLLM,
    VLLM_HARDWARE,
    VLLM_KV,
)
from kb.kernels import BEFORE_AMPERE, NVIDIA_WITH_FP4, NVIDIA_WITHOUT_FP8
from kb.names import gpu_row, names

_OTHERS = frozenset(NVIDIA_WITHOUT_FP8) - set(BEFORE_AMPERE)


def generations(c: Asked) -> set[str]:
    """The generations of the NVIDIA cards that the one name can mean; empty of any other."""
    card = c.figures.given.get("gpu")
    rows = [gpu_row(one) for one in names().find_gpus(str(card))] if card else []
    return {str(row["architecture"]) for row in rows} if all(row.get("vendor") == "NVIDIA" for row in rows) else set()


def _on(name: str, *, fp8: bool | None) -> Callable[[Asked], bool]:
    """Is it asked of cards from Ampere on that have units for FP8, or have none; None: of no generation, or an older one."""

    def holds(c: Asked) -> bool:
        found = generations(c) if c.any(f"meaning:{name}") else set()
        if fp8 is None:
            return c.any(f"meaning:{name}") and (not found or not found.isdisjoint(BEFORE_AMPERE))
        return bool(found) and (found.isdisjoint(NVIDIA_WITHOUT_FP8) if fp8 else found <= _OTHERS)

    return holds


def _fp4(*, units: bool) -> Callable[[Asked], bool]:
    """Is 4-bit floating point asked about on cards with units for it, or on those from Ampere on that have none?"""

    def holds(c: Asked) -> bool:
        found = generations(c) if c.any("meaning:fp4_on_card") else set()
        return bool(found) and (
            found <= set(NVIDIA_WITH_FP4) if units else found.isdisjoint((*NVIDIA_WITH_FP4, *BEFORE_AMPERE))
        )

    return holds


def _as_large(*, fp8: bool, modelled: bool) -> Callable[[Asked], bool]:
    """Is it asked why FP8 takes as much as 16 bit, of cards that have units for it or of those that have none?"""

    def holds(c: Asked) -> bool:
        found = generations(c) if c.any("fp8_as_16") and c.any("why_more") and not c.training else set()
        there = bool(found) and (
            found.isdisjoint(NVIDIA_WITHOUT_FP8) if fp8 else found <= frozenset(NVIDIA_WITHOUT_FP8)
        )
        return there and c.modelled == modelled

    return holds


_NOT_KEPT = (
    "**Because it is no FP8 on the card any more: these cards (Ampere or older) have no FP8 units, so a program without weight-only kernels turns the weights back into 16 bit as it loads them, 2 B of each{sizes}.** transformers does so with FP8 checkpoints; vLLM keeps 1 B of each on Ampere (Marlin, weights alone). Or take INT8, AWQ or GPTQ, which stay small here, or a card with FP8 units (Ada, Hopper and later). With a server look at its log for what the weights take: its share of the card is full in any format.",
    "**因为加载后已经不是 FP8 了:这一代卡(Ampere 及更早)没有 FP8 单元,没有“只量化权重”内核的程序会在加载时把权重还原成 16 位,每个 2 字节{sizes}。** transformers 加载 FP8 模型就是这样;vLLM 在 Ampere 上用 Marlin 可以保持每个 1 字节。也可以换 INT8、AWQ、GPTQ(在这里仍然小),或换有 FP8 单元的卡(Ada、Hopper 及以后)。用推理服务时看日志里权重占多少:它按比例占卡,不管什么格式都会占满。",
)
_STAYS_SMALL = (
    "**On this card FP8 weights stay at 1 B each, half of 16 bit{sizes}: what is as large as before is not the weights.** A server fills its share of the card (gpu_memory_utilization) in any format, and what the weights leave becomes KV cache: its log tells both. If the weights are as large, they were loaded otherwise (a dtype of 16 bit, or FP8 that is only a setting of the cache).",
    "**这张卡有 FP8 单元,FP8 权重每个 1 字节,是 16 位的一半{sizes}:占得一样多的不是权重。** 推理服务不管什么格式都按比例占满(gpu_memory_utilization),权重省下的变成 KV 缓存,看日志就知道。若权重真的一样大,就是没按 FP8 加载(dtype 指定了 16 位,或只把缓存设成 FP8)。",
)


def _why_as_large(key: str, words: tuple[str, str], *, fp8: bool) -> tuple[Remark, Remark]:
    """The remark with the weights of the model that is named, and without."""
    en, zh = words
    is_, is_not = ("{w8}", "{w16}") if fp8 else ("{w16}", "{w8}")
    return (
        Remark(f"{key}-weights", 0, _as_large(fp8=fp8, modelled=True), en.format(sizes=f" ({is_} and not {is_not})"), zh.format(sizes=f"({is_},不是 {is_not})"), VLLM_HARDWARE, FIRST),
        Remark(f"meaning-of-{key}", 0, _as_large(fp8=fp8, modelled=False), en.format(sizes=""), zh.format(sizes=""), VLLM_HARDWARE, ELSEWHERE),
    )  # fmt: skip


def _both_told(fp8: bool) -> Callable[[Asked], bool]:
    """Are FP8 and INT8 set against each other for a model that is served on cards from Ampere on, with FP8 units or without?"""

    def holds(c: Asked) -> bool:
        formats = set(c.figures.log.get("format", ()))
        if not c.serving or formats != {"fp8", "int8"}:
            return False
        found = generations(c)
        return bool(found) and (found.isdisjoint(NVIDIA_WITHOUT_FP8) if fp8 else found <= _OTHERS)

    return holds


_EIGHT_HERE = (
    "**Their memory is the same, 1 B of each quantised weight; on Ampere (A100, A40, RTX 30, A6000) INT8 is the faster: these cards have INT8 units and none for FP8.** FP8 weights run there as weights alone (Marlin unpacks them to 16 bit): faster than 16 bit for a few sequences, since half the bytes are read, not for long prompts and large batches. INT8 with activations in 8 bits, too (W8A8), computes at twice the rate of 16 bit; INT8 of weights alone (GPTQ 8-bit) is as FP8 there, and bitsandbytes' LLM.int8() is slower than 16 bit.",
    "**显存一样,每个量化的权重都是 1 字节;在 Ampere(A100、A40、RTX 30、A6000)上 INT8 更快:这些卡有 INT8 单元,没有 FP8 单元。** FP8 在这里只能当权重格式用(Marlin 解包成 16 位计算):少量序列时比 16 位快(读的字节减半),长提示和大批量不快。激活也是 8 位的 INT8(W8A8)算力是 16 位的两倍;只量化权重的 INT8(GPTQ 8 位)和那里的 FP8 一样,bitsandbytes 的 LLM.int8() 比 16 位还慢。",
)  # fmt: skip
_EIGHT_THERE = (
    "**Their memory is the same, 1 B of each quantised weight, and from Ada and Hopper on so is the rate: both have units, at twice the speed of 16 bit. There FP8 is the usual choice: hardly any loss without calibration, since a float keeps outliers that INT8 has to scale, and the servers' kernels are made for it.** For a few sequences both are about twice as fast as 16 bit, for half the bytes are read. INT8 counts where it must run on Ampere as well; bitsandbytes' LLM.int8() is slower than 16 bit.",
    "**显存一样,每个量化的权重都是 1 字节;从 Ada、Hopper 起速度也一样:两种都有硬件单元,算力是 16 位的两倍。这里通常选 FP8:几乎不用校准也不掉精度(浮点能保留离群值,INT8 得靠缩放),推理框架的内核也主要针对它。** 少量序列时两者都约为 16 位的两倍,因为读的字节减半。需要同时在 Ampere 上跑才选 INT8;bitsandbytes 的 LLM.int8() 比 16 位慢。",
)  # fmt: skip
EFFECTS_MEANT = (
    *_why_as_large("fp8-not-kept", _NOT_KEPT, fp8=False),
    *_why_as_large("fp8-stays-small", _STAYS_SMALL, fp8=True),
    Remark("meaning-of-stages", 1, means("stages_keep"),
        "**With 1F1B the first of p stages keeps the activations of p micro-batches at once, the next p − 1, the last 1, however many a step has: what the first has sent on it must keep until its gradient has come back through all the others.** A micro-batch on one stage is 1/p of the layers, so the first keeps about as much as the whole model would of one micro-batch: weights, gradients and states are divided by p, the activations of the fullest stage are not. GPipe keeps all m micro-batches of a step on every stage, m/p times as much; interleaving with v chunks a card keeps 1 + (p − 1)/(p·v) times as much. The first also holds the embedding, the last the head and the logits, which can outweigh it where the vocabulary is large or checkpointing is on. Checkpointing and smaller micro-batches bring it down; more of them do not, in 1F1B.",
        "**1F1B 调度下,p 级流水线的第 1 级同时保留 p 个微批次的激活,第 2 级 p − 1 个,最后一级 1 个,与一步有多少个微批次无关:前级送出去的要等梯度从后面各级传回来才能释放。** 一个微批次在一级上只有 1/p 的层,所以第 1 级的激活约等于整个模型处理一个微批次的量:权重、梯度、优化器状态按 p 切分,最满那一级的激活并没有减少。GPipe 每一级都保留全部 m 个微批次,是它的 m/p 倍;交错调度(每卡 v 段)是 1 + (p − 1)/(p·v) 倍。此外首级还放词嵌入,末级还放输出头和 logits,词表大或开了重计算时末级可能更满。要降就开重计算、减小微批次;1F1B 下微批次个数增加并不会增加显存。", MEGATRON_PIPELINE, ELSEWHERE),
    Remark("meaning-of-roles", 1, means("roles_share"),
        "**They share nothing by themselves: PPO holds four networks, policy and critic, which train (16 B per parameter each with Adam in mixed precision), and reference and reward model, which only run (2 B each): {ppo_each} B per parameter where all are of one size.** Less is held where it is built so: a value head on the policy's own layers instead of a critic; adapters for policy and critic on one frozen base, of which the reference is the base with them off; a smaller reward model and critic (InstructGPT had 6B beside a policy of 175B); a reward by rules, which takes none. On the same cards (colocated) each takes its part of every card, and what waits can be offloaded. GRPO has no critic; DPO neither critic nor reward model.",
        "**默认什么都不共享:PPO 有四个网络,policy 与 critic 要训练(混合精度 Adam 下每参数各 16 字节),reference 与 reward 只做前向(各 2 字节):都是同样大小时,合计每参数 {ppo_each} 字节。** 专门设计才能省:在 policy 自己的层上加价值头代替 critic;policy 和 critic 用同一冻结基座上的两套适配器,关掉适配器就是 reference;reward 和 critic 用更小的模型(InstructGPT 的 175B policy 配 6B);用规则打分则不需要 reward 模型。放在同一批卡上(colocate)时各占一份,暂时不用的可以 offload。GRPO 没有 critic;DPO 连 reward 模型也没有。", RLHF, ELSEWHERE),
    Remark("meaning-of-cache-in-ram", 1, means("cache_in_ram"),
        "**It keeps what waits, not what runs: attention reads the whole cache of a sequence at every token, so the sequences that generate must be in the card's pool; neither the longest context nor the number at once grows.** What lies in RAM (LMCache, vLLM's offloading connector, SGLang's --enable-hierarchical-cache with --hicache-ratio or --hicache-size) are prefixes and conversations that come back: they are copied in over PCIe instead of computed again, which saves time to the first token. vLLM's --swap-space was for requests that were preempted, no more. More room for the running cache make an 8-bit cache, fewer bits of weights, --cpu-offload-gb (which moves weights, slowly) or more cards. llama.cpp (--no-kv-offload) and transformers (cache_implementation=\"offloaded\") do keep a running cache in RAM, and are as slow as that.",
        "**它存的是暂时不用的,不是正在跑的:每生成一个 token 注意力都要读整条序列的缓存,正在生成的序列必须在显卡的缓存池里;最长上下文和同时的条数都不会因此增加。** 放进内存的(LMCache、vLLM 的 offloading connector、SGLang 的 --enable-hierarchical-cache 加 --hicache-ratio 或 --hicache-size)是会再用到的前缀和对话:经 PCIe 拷回而不用重新计算,省的是首 token 时间。它既不省显存,也几乎不占。vLLM 的 --swap-space 只用来放被抢占的请求。要给正在跑的缓存腾地方,用 8 位缓存、更低位的权重、--cpu-offload-gb(把权重挪到内存,变慢)或加卡。llama.cpp(--no-kv-offload)和 transformers(cache_implementation=\"offloaded\")可以把正在用的缓存放内存,但很慢。", HICACHE, ELSEWHERE),
    Remark("also-cache-in-ram", 1, lambda c: c.serving and c.modelled and not c.failed and c.any("cache_in_ram") and not c.any("meaning:cache_in_ram"),
        "**A cache in RAM keeps what waits, not what runs: neither the longest context nor the number that generate at once grows, for attention reads the whole cache of each at every token and the card's pool must hold it.** LMCache, the offloading connector and SGLang's hierarchical cache bring prefixes and conversations that come back in over PCIe instead of computing them again: the first token comes sooner. --swap-space is for requests that were preempted. So the figures below are the same with it and without.",
        "**放进内存的缓存是暂时不用的,不是正在跑的:最长上下文和同时生成的条数都不会增加,因为每个 token 都要读整条序列的缓存,显卡的缓存池必须放得下。** LMCache、offloading connector、SGLang 的分层缓存把会再用到的前缀和对话经 PCIe 拷回来,不用重新计算,首 token 更快;--swap-space 只放被抢占的请求。所以下面的数字开不开都一样。", HICACHE, FIRST),
    Remark("meaning-of-cpu-offload", 1, means("cpu_offload"),
        "**--cpu-offload-gb moves weights to RAM, not the cache: so many GiB of them for each card are read over PCIe at every step.** The cache stays on the card and gains the room that they leave, so longer or more sequences fit; the price is speed, about the offloaded GiB ÷ the PCIe bandwidth (some 20 GB/s in practice) for every step. It takes as much RAM, pinned. A smaller share of weights by 4 or 8 bits gains the same room and is faster.",
        "**--cpu-offload-gb 挪到内存的是权重,不是缓存:每张卡这么多 GiB 的权重,每一步都要经 PCIe 读一遍。** 缓存仍在卡上,并得到腾出来的空间,所以能放更长或更多的序列;代价是速度,每一步多花约 卸载的 GiB ÷ PCIe 带宽(实际约 20 GB/s)。内存要占同样多(锁页)。改用 4 位或 8 位权重能腾出同样的空间,而且更快。", VLLM, ELSEWHERE),
    Remark("meaning-of-cache-pace", 1, means("cache_pace"),
        "**An 8-bit cache halves the bytes; whether it is faster goes with the kernel. At short contexts there is hardly a difference, for a step reads mostly weights; at long contexts or many sequences it is somewhat faster where attention reads 8 bits itself (vLLM with FlashAttention-3 computes in FP8, FlashInfer), and slower where the cache is unpacked first.** So it is in transformers' quantised cache, older attention kernels and llama.cpp without flash attention (-fa, which a quantised V needs). What it always brings is room: twice the tokens in the pool, so more sequences at once and more tokens a second in all.",
        "**8 位缓存字节减半;快慢取决于内核。上下文短时几乎没有差别,因为每一步主要在读权重;上下文长或并发多时,注意力内核直接读 8 位的会略快(vLLM 的 FlashAttention-3 直接按 FP8 计算、FlashInfer),要先解包的会变慢。** 后者如 transformers 的量化缓存、旧的注意力内核、没开 flash attention 的 llama.cpp(-fa,量化 V 必须开)。一定有的好处是空间:同样的池能放两倍 token,并发更多,总吞吐更高。", VLLM_KV, ELSEWHERE),
    Remark("meaning-of-eight-bits-here", 0, _on("fp8_or_int8", fp8=False),
        *_EIGHT_HERE, CUDA_RATES, ELSEWHERE),
    Remark("meaning-of-eight-bits-there", 0, _on("fp8_or_int8", fp8=True),
        *_EIGHT_THERE, CUDA_RATES, ELSEWHERE),
    Remark("also-eight-bits-here", 1, _both_told(fp8=False), *_EIGHT_HERE, CUDA_RATES, FIRST),
    Remark("also-eight-bits-there", 1, _both_told(fp8=True), *_EIGHT_THERE, CUDA_RATES, FIRST),
    Remark("meaning-of-eight-bits", 1, _on("fp8_or_int8", fp8=None),
        "**Their memory is the same, 1 B of each quantised weight; the speed goes with the card. Turing and Ampere (T4, A100, RTX 30) have units for INT8 and none for FP8: INT8 with activations in 8 bits computes at twice the rate of 16 bit there, FP8 is a way to store weights only (vLLM's Marlin kernels, from Ampere on). Ada, Hopper and Blackwell (RTX 40, L40S, H100) have both, at the same rate, and FP8 loses less without calibration.** For a few sequences either is faster than 16 bit because half the bytes are read; bitsandbytes' LLM.int8() is slower.",
        "**显存一样,每个量化的权重都是 1 字节;速度看卡。Turing、Ampere(T4、A100、RTX 30)有 INT8 单元而没有 FP8:激活也是 8 位的 INT8 算力是 16 位的两倍,FP8 只是存权重的格式(vLLM 的 Marlin 内核,Ampere 起)。Ada、Hopper、Blackwell(RTX 40、L40S、H100)两种都有、速度相同,而 FP8 不用校准也更不掉精度。** 少量序列时两者都比 16 位快,因为读的字节减半;bitsandbytes 的 LLM.int8() 反而更慢。", CUDA_RATES, ELSEWHERE),
    Remark("meaning-of-fp8-here", 0, _on("fp8_on_card", fp8=False),
        "**It runs, as a way to store weights: 1 B of each instead of 2, so the memory is halved; Ampere has no FP8 units, and computes in 16 bit.** vLLM's Marlin kernels unpack the weights as they are read: for a few sequences that is faster than 16 bit, since half the bytes are read, for long prompts and large batches it is not. An FP8 cache saves its half as well. INT8 with activations in 8 bits (W8A8) does compute faster on these cards.",
        "**能跑,但只是权重的存储格式:每个 1 字节而不是 2 字节,显存减半;Ampere 没有 FP8 单元,仍按 16 位计算。** vLLM 的 Marlin 内核边读边解包:少量序列时比 16 位快(读的字节减半),长提示和大批量则不快。FP8 缓存同样省一半。想在这类卡上算得更快,用激活也是 8 位的 INT8(W8A8)。", VLLM_HARDWARE, ELSEWHERE),
    Remark("meaning-of-fp8-before", 0, lambda c: c.any("meaning:fp8_on_card", "meaning:fp4_on_card") and bool(generations(c)) and generations(c) <= set(BEFORE_AMPERE),
        "**No: cards before Ampere have no units for FP8 or FP4, and the kernels that keep such weights there (Marlin) begin with Ampere: a program that loads such a checkpoint turns it into 16 bit, 2 B of each.** What does save here: INT8, GPTQ or GGUF weights, at 1 B and about half a byte.",
        "**不能:Ampere 之前的卡没有 FP8 或 FP4 单元,能保持这类权重的内核(Marlin)也从 Ampere 起才有;程序加载这种模型时会转成 16 位,每个 2 字节。** 这里能省的是 INT8、GPTQ 或 GGUF 权重:每个 1 字节或约半个字节。", VLLM_HARDWARE, ELSEWHERE),
    Remark("meaning-of-fp8-there", 0, _on("fp8_on_card", fp8=True),
        "**Yes: from Ada and Hopper on cards have FP8 units. FP8 halves the weights (1 B of each instead of 2) and computes at up to twice the rate of 16 bit**: for a few sequences because half the bytes are read, for long prompts and large batches because of the units. An FP8 cache is a setting of its own (--kv-cache-dtype fp8).",
        "**支持:从 Ada、Hopper 起的卡都有 FP8 单元。FP8 让权重减半(每个 1 字节而不是 2 字节),算力最高是 16 位的两倍**:少量序列时因为读的字节减半,长提示和大批量时靠 FP8 单元。KV 缓存用 FP8 要另外设(--kv-cache-dtype fp8)。", VLLM_HARDWARE, ELSEWHERE),
    Remark("meaning-of-fp4-here", 0, _fp4(units=False),
        "**It runs, as a way to store weights: FP4 units begin with Blackwell (B200, RTX 50, RTX PRO 6000 Blackwell), and before it vLLM unpacks NVFP4 and MXFP4 weights to 16 bit as it reads them (Marlin, from Ampere on).** So the memory is the format's, 4.5 bits a weight for NVFP4 and 4.25 for MXFP4, about half of FP8; faster it is only for a few sequences, since fewer bytes are read, and for large batches FP8 on a card with FP8 units is the faster. TensorRT-LLM takes NVFP4 on Blackwell alone. AWQ or GPTQ in 4 bits takes as much and runs everywhere.",
        "**能跑,但只是权重的存储格式:FP4 单元从 Blackwell(B200、RTX 50、RTX PRO 6000 Blackwell)才有,之前的卡由 vLLM 边读边解包成 16 位计算(Marlin,Ampere 起)。** 所以显存按格式算:NVFP4 每个权重 4.5 位,MXFP4 4.25 位,约为 FP8 的一半;只有少量序列时更快(读的字节少),大批量时有 FP8 单元的卡上 FP8 更快。TensorRT-LLM 的 NVFP4 只支持 Blackwell。4 位的 AWQ、GPTQ 一样大,而且到处能跑。", LLM_COMPRESSOR_FP4, ELSEWHERE),
    Remark("meaning-of-fp4-there", 0, _fp4(units=True),
        "**Yes: from Blackwell on cards have FP4 units. NVFP4 stores 4.5 bits a weight, about half of FP8, and computes at up to twice its rate**: for a few sequences because fewer bytes are read, for long prompts and large batches because of the units (where the activations are in 4 bits, too). The KV cache is a setting of its own and stays in 16 bit unless told otherwise.",
        "**支持:从 Blackwell 起的卡有 FP4 单元。NVFP4 每个权重 4.5 位,约为 FP8 的一半,算力最高是 FP8 的两倍**:少量序列时因为读的字节更少,长提示和大批量时靠 FP4 单元(激活也要是 4 位)。KV 缓存另外设置,不设仍是 16 位。", LLM_COMPRESSOR_FP4, ELSEWHERE),
    Remark("meaning-of-slices", 1, means("slices"),
        "**A MIG slice gives a little less than its name: nvidia-smi shows 9.5 GiB for 1g.10gb and 39.3 for 3g.40gb of an A100 80 GB (nvidia-smi mig -lgip lists them), and each needs a CUDA context and its own copy of the weights.** Memory comes in eighths and computing in sevenths: seven slices of 1g.10gb leave one eighth of the memory unused, two of 3g.40gb leave a seventh of the computing. What a slice does not use no other can take, and a model does not reach over slices (no NVLink or peer access). So it wastes memory where one model serves all: one server on the whole card holds the weights once. It pays for several small models or users that must not disturb each other.",
        "**MIG 切片能用的比名字略少:A100 80 GB 上 nvidia-smi 显示 1g.10gb 为 9.5 GiB、3g.40gb 为 39.3 GiB(nvidia-smi mig -lgip 可查),每个切片还要各自的 CUDA 上下文和一份权重。** 显存按八分之一、算力按七分之一划分:7 个 1g.10gb 会空着八分之一的显存,两个 3g.40gb 会空着七分之一的算力。一个切片没用完的,别的切片拿不到;模型也不能跨切片(没有 NVLink 和点对点访问)。所以同一个模型给所有人用时是浪费:整卡起一个服务只放一份权重。适合几个小模型或互相不能干扰的用户。", MIG, ELSEWHERE),
    Remark("meaning-of-shared-processes", 1, means("shared_processes"),
        "**MPS shares the computing of a card, not its memory: every process keeps its own weights, its own cache and, since Volta, its own address space.** So two servers of one model hold the weights twice, and each of vLLM's takes its share of the card: their gpu_memory_utilization together must stay below 1. A little of the CUDA contexts is saved, and no limit is set unless CUDA_MPS_PINNED_DEVICE_MEM_LIMIT is. One server with many requests at once (continuous batching) holds the weights once and is mostly faster; MPS pays for different small models that each leave the card idle.",
        "**MPS 共享的是算力,不是显存:每个进程都有自己的权重、缓存,Volta 起还有各自的地址空间。** 所以同一个模型起两个服务就放两份权重,vLLM 的每个实例又各占一份额:gpu_memory_utilization 之和必须小于 1。CUDA 上下文略省一点;不设 CUDA_MPS_PINNED_DEVICE_MEM_LIMIT 就没有显存上限。一个服务同时处理很多请求(连续批处理)只放一份权重,通常也更快;MPS 适合几个不同的、各自用不满算力的小模型。", MPS, ELSEWHERE),
    Remark("meaning-of-own-drafts", 1, means("mtp"),
        "**Multi-token prediction adds the weights of its module, about one more layer, and the cache of that one layer: nothing next to the model.** DeepSeek-V3's files have 685B parameters, of which 14B are the module's (embedding and head in it are those of the model, and shared): 14 GB in FP8. In serving it drafts, so a program that does not use it need not load it; in training it also keeps activations and logits of one more prediction for each depth. A separate draft model takes all of its own layers and their cache instead.",
        "**多 token 预测(MTP)多占的是它那个模块的权重(约一层)和这一层的缓存,与整个模型相比很小。** DeepSeek-V3 的文件共 685B 参数,其中 14B 属于该模块(里面的 embedding 和 head 与主模型共用):FP8 约 14 GB。推理时它用来起草,不用它的程序可以不加载;训练时每个深度还要多一份预测的激活和 logits。换成单独的草稿模型,则是它全部的层和各层的缓存。", V3, ELSEWHERE),
)  # fmt: skip
