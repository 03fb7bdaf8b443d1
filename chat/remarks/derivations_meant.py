"""Formulas that are asked for of no model: counts of parameters, bits with their scales, what parallel ranks divide."""

from chat.reads.concepts.ways_divide import DIVIDES
from chat.remarks.features_meant import means
from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import ANATOMY, FSDP_PAPER, GQA, KORTHIKANTI, LIGER, QLORA, QUANTS, VLLM, ZERO


def _divides(c: Asked) -> bool:
    """Is it asked what a way of parallelism divides?"""
    return any(one.startswith(DIVIDES) for one in c.about)


DERIVATIONS_MEANT = (
    Remark("ways-divide", 0, lambda c: _divides(c) and not c.modelled and not c.any("stages_unlike"), "{ways_divide}", "{ways_divide}", KORTHIKANTI, ELSEWHERE),
    Remark("ways-divide-here", 0, lambda c: _divides(c) and c.modelled and not c.failed and not c.any("at_work", "distributed_named") and "stages_over" not in c.figures.log, "{ways_divide}", "{ways_divide}", KORTHIKANTI, FIRST),
    Remark("meaning-of-params-counted", 1, means("params_counted"),
        "**A layer has 2·h·(heads·d) for queries and output, 2·h·(KV heads·d) for keys and values, 3·h·f for a gated MLP (gate, up, down; 2·h·f without a gate) and 2·h for two norms; times the layers, plus vocabulary·h for the embedding, the same again for the head unless it is tied, plus h for the last norm.** {params_counted} h is the hidden size, d the head size, f the intermediate size. Biases of q, k and v add (heads + 2 × KV heads)·d a layer; of a mixture of experts the MLP counts once for each expert, and a router h × experts. Name a model and its own count is derived.",
        "**每层:查询与输出 2·h·(头数·d),键与值 2·h·(KV 头数·d),门控 MLP 3·h·f(gate、up、down;无门控是 2·h·f),两个归一化 2·h;乘层数,再加词嵌入 词表·h、输出头同样一份(与词嵌入共享则没有)、末尾归一化 h。** {params_counted} h 是隐藏维度,d 是每头维度,f 是中间维度。q、k、v 的偏置每层另加(头数 + 2 × KV 头数)·d;混合专家的 MLP 按专家数计,另有路由 h × 专家数。给出模型名,就推导它自己的参数量。", ANATOMY, ELSEWHERE),
    Remark("meaning-of-nf4-bits", 1, means("nf4_bits"),
        "{nf4_bits} Embedding, head and norms stay in 16 bit, so that a whole model has more than that for each parameter.",
        "{nf4_bits}词嵌入、输出头和归一化仍是 16 位,所以整个模型平均每参数更多。", QLORA, ELSEWHERE),
    Remark("meaning-of-cache-speed", 1, means("cache_speed"), "{cache_and_speed}", "{cache_and_speed}", GQA, ELSEWHERE),
    Remark("meaning-of-share-included", 1, means("share_includes"),
        "**Weights and the peak of activations that the start measures are included, the CUDA context is not: gpu_memory_utilization is a share of the whole card, these two come out of it, and what is left is the KV pool.** The context and the buffers with which NCCL starts stand beside it in recent versions, which measure from after they are there; some older ones counted them in. CUDA graphs were captured beyond it in older versions, newer ones count them in (--enforce-eager leaves them out). What other processes hold is not part of it: the share must be free when the server starts, else it refuses.",
        "**包括权重和启动时测得的激活峰值,不包括 CUDA 上下文:gpu_memory_utilization 是整张卡的份额,减去这两项,剩下的就是 KV 池。** 上下文和 NCCL 启动时的缓冲,新版本在测量之前就已占用,算在份额之外;有的旧版本计入。CUDA graph 在旧版本里另外占用,新版本已计入(--enforce-eager 不用它)。其他进程占的不在其中:启动时这个份额必须空着,否则拒绝启动。", VLLM, ELSEWHERE),
    Remark("meaning-of-dequantising", 1, means("dequantises"),
        "**No whole copy, and no arithmetic in 4 bits: the weights stay in their few bits, and a kernel unpacks a tile of a matrix as it multiplies (Marlin and ExLlama to 16 bit, llama.cpp often to 8-bit integers; in registers and shared memory, nothing in VRAM).** bitsandbytes without its fused kernel, and GPTQ or AWQ for long prompts or in training, first write one matrix in 16 bit and drop it after use: at most the largest matrix of a layer, for example {one_matrix}. What does stay in 16 bit are embedding, head and norms, and the KV cache.",
        "**不会有整份的 16 位副本,乘法也不在 4 位里做:权重一直以低位存放,算子做矩阵乘时才逐块解包(Marlin、ExLlama 解成 16 位,llama.cpp 常解成 8 位整数;都在寄存器和共享内存里做,不占显存)。** bitsandbytes 没用融合算子时,以及 GPTQ、AWQ 处理长提示或训练时,会先把一个矩阵还原成 16 位、用完即放:最多是一层里最大的那个矩阵,例如 {one_matrix}。真正仍是 16 位的是词嵌入、输出头、归一化和 KV 缓存。", QLORA, ELSEWHERE),
    Remark("meaning-of-page-waste", 1, means("page_waste"),
        "**Hardly: a sequence wastes at most the rest of its last page, block size − 1 tokens, so 15 with pages of 16, about 8 on average.** {page_sum} Pages of one token waste nothing but need more bookkeeping and slower kernels. What it replaced reserved the maximum length for every sequence and wasted most of it; the pool itself is reserved whole at the start (gpu_memory_utilization), which is no waste of pages.",
        "**几乎不浪费:每条序列最多浪费最后一页剩下的部分,即 块大小 − 1 个 token,16 一页最多 15 个,平均约 8 个。** {page_sum}一页一个 token 不浪费,但页表更大、算子更慢。它取代的做法是给每条序列按最大长度预留,大部分都浪费;至于启动时整个池子被占满(gpu_memory_utilization),那是预留,不是分页的浪费。", VLLM, ELSEWHERE),
    Remark("meaning-of-traffic", 1, means("traffic"), "{traffic}", "{traffic}", ZERO, ELSEWHERE),
    Remark("meaning-of-gathers", 1, means("gathers"), "{gathered}", "{gathered}", FSDP_PAPER, ELSEWHERE),
    Remark("meaning-of-format-bits", 1, means("format_bits"), "{format_bits}", "{format_bits}", QUANTS, ELSEWHERE),
    Remark("meaning-of-logits-derived", 1, means("logits_derived"), "{logits_derived}", "{logits_derived}", LIGER, ELSEWHERE),
    Remark("meaning-of-activations-whole", 1, means("activations_whole"),
        "**{denies}ZeRO and FSDP do not divide activations. They divide what is kept of parameters: optimizer states, gradients, weights; activations belong to samples, and each card takes its own micro-batch through every layer, so it keeps all that its own samples leave for the backward pass.** Divided weights do not change that: ZeRO-3 gathers a layer whole before it computes it. More cards lower a card's activations and logits only where each then takes a smaller micro-batch. What divides those of one sample: tensor with sequence parallelism (inside a layer), context parallelism such as Ulysses or ring attention (its tokens). What lowers them on each card: micro-batch 1 with accumulation, checkpointing, checkpoints in host memory; for logits a fused loss. DeepSpeed's partition_activations divides checkpoints among tensor-parallel ranks alone, which would hold the same ones.",
        "**{denies}ZeRO 和 FSDP 不切分激活。它们切分的是跟着参数走的东西:优化器状态、梯度、权重;激活属于样本,每张卡都让自己的 micro-batch 走完所有层,所以自己那些样本留给反向传播的激活全在这张卡上。** 权重切分改变不了这一点:ZeRO-3 计算某层前会先把整层聚合起来。加卡只有在每张卡的 micro-batch 因此变小时,才会减少单卡的激活和 logits。能切分单个样本激活的:张量并行加序列并行(层内)、上下文并行如 Ulysses 或 ring attention(按 token)。能让每张卡减少的:micro-batch 设为 1 加梯度累积、激活重计算、把检查点放到内存;logits 用融合损失。DeepSpeed 的 partition_activations 只在张量并行的各卡之间切分检查点,因为它们存的本来是同一份。", ZERO, ELSEWHERE),
    Remark("meaning-of-activations-divided", 1, means("activations_divided"),
        "**Of s·b·h·(34 + 5·a·s/h) bytes that a layer keeps, tensor parallelism over t divides what is inside attention and MLP and leaves 10·s·b·h whole on each card: s·b·h·(10 + 24/t + 5·a·s/(h·t)); sequence parallelism divides those 10 as well: s·b·h·(34 + 5·a·s/h)/t.** The 10 are inputs of the norms and the masks of dropout; FlashAttention keeps no 5·a·s/h. {activations_divided} Embedding and logits are divided by the vocabulary; context parallelism divides s itself.",
        "**每层保留 s·b·h·(34 + 5·a·s/h) 字节:张量并行 t 切分注意力和 MLP 内部的部分,每卡仍有完整的 10·s·b·h,即 s·b·h·(10 + 24/t + 5·a·s/(h·t));再开序列并行,这 10 也切分:s·b·h·(34 + 5·a·s/h)/t。** 这 10 是归一化的输入和 dropout 掩码;FlashAttention 没有 5·a·s/h 一项。{activations_divided}词嵌入与 logits 按词表切分;上下文并行切分 s 本身。", KORTHIKANTI, ELSEWHERE),
)  # fmt: skip
