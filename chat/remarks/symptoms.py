"""What a symptom tells by itself, whatever the model: its cause and its cure in words, where no figure is needed for them."""

from chat.remarks.remark import CAUSE, ELSEWHERE, Remark
from chat.remarks.unnamed import unnamed
from chat.works import LLAMACPP, NVIDIA, QUANTS, SWITCH, TORCH, V3

_UNEVEN = (
    "**One rank running out while the others have room, and another after a restart, is the load of the experts: the router sends more tokens to some experts than to others, and the rank that holds them keeps the activations and all-to-all buffers of all these tokens.** It changes with the data, so the rank changes too. Bound it: a capacity factor with dropped tokens, a stronger load-balancing loss (aux loss or bias); make the peak smaller: recompute the MoE layers, a smaller micro-batch or length; and leave a margin, since an average tells nothing of the worst step. If it is always the same rank, look for an uneven pipeline stage or another process there.",
    "**只有某个 rank 爆、其他有余量、重启后换一个,原因是专家负载不均衡:路由把更多 token 发给某些专家,它们所在的 rank 要放下这些 token 的激活和 all-to-all 通信缓冲。** 它随数据变化,所以会换 rank。限制它:设置 capacity factor 并丢弃超出的 token,加大负载均衡损失(aux loss 或 bias);降低峰值:MoE 层重计算、减小 micro-batch 或序列长度;并留出余量,平均值说明不了最坏的一步。若总是同一个 rank,再查流水线切分不均或那张卡上的其他进程。",
)
_GROWING = (
    "**Memory that grows from turn to turn in a chat is the history: each turn sends the whole conversation again, and KV cache, activations and logits of the prefill grow with it.** empty_cache gives back only blocks that nothing refers to: it frees no tensor that is in use, and the allocator keeps the largest peak again at the next turn. Bound the history, the new tokens and the requests at once; generate under torch.inference_mode(), and keep no outputs, past_key_values or logits between turns (those references are the real leak). If torch.cuda.memory_allocated falls back after each turn, it is no leak. A server with a fixed pool (vLLM) keeps the cache bounded.",
    "**多轮对话里显存逐轮上涨,涨的是历史:每轮都把整段对话重新送进去,KV 缓存、prefill 的激活和 logits 随之变大。** empty_cache 只归还没有被引用的块:正在用的张量它释放不了,下一轮分配器又会涨到新的峰值。应限制历史长度、生成长度和并发;用 torch.inference_mode 生成,不要跨轮保留 outputs、past_key_values 或 logits(这些引用才是真的泄漏)。每轮结束后 torch.cuda.memory_allocated 能回落就不是泄漏。改用有固定缓存池的服务(vLLM),缓存就有上限。",
)
_FIRST_CARD = (
    "**An even -ts divides the layers and their cache, not everything: beside its layers and their cache the main GPU, the first by default, holds buffers of computing and intermediate results (with -sm row the whole KV cache too), so with equal parts it is full first.** Give it less: a smaller first number in -ts until both fill alike. Then make the buffers themselves smaller: -ub and -c, flash attention (-fa), a quantised cache (-ctk/-ctv q8_0). The log tells each card's model, KV and compute buffer.",
    "**-ts 平分的只是各层和它们的 KV,不是全部:主卡(默认第一张)除了分到的层和 KV,还要放计算缓冲和中间结果(-sm row 时连整份 KV 也在它上面),所以均分时它会先满。** 让它少分一些:把 -ts 的第一个数调小,直到两张卡差不多满。再把缓冲本身调小:减小 -ub 和 -c,打开 flash attention(-fa),量化 KV 缓存(-ctk/-ctv q8_0)。日志里逐卡写有模型、KV 和计算缓冲的大小。",
)

SYMPTOMS_EXPLAINED = (
    Remark("spilled-by-windows-unnamed", 1, lambda c: c.any("shared_gpu") and not c.any("shared_segment") and (unnamed(c) or not c.over("capacity", 1)) and not c.over("host_needed", 1),
        "**The card is full: Windows' driver (WSL too) goes on in system RAM, the \"shared GPU memory\", instead of failing with out of memory, and what spills is read over PCIe, many times slower (sysmem fallback).** So no error, but a step that takes many times as long. Make it fit the card: a smaller batch, a shorter length, gradient checkpointing, fewer bits (4-bit), no other program on the card. With CUDA - Sysmem Fallback Policy set to `Prefer No Sysmem Fallback` in NVIDIA's control panel it fails at once instead of crawling.",
        "**显存其实已经满了:Windows 驱动(WSL 也一样)不报 OOM,而是把超出的部分放进系统内存,即“共享 GPU 内存”,这部分走 PCIe,慢很多倍(sysmem fallback)。** 所以没有报错,但每步要多花很多倍时间。让它放得下:减小 batch、缩短长度、开重计算(gradient checkpointing)、更低位数(4 位)、关掉占显存的程序。在 NVIDIA 控制面板把“CUDA - Sysmem Fallback Policy”设为不回退(Prefer No Sysmem Fallback),它就会直接报 OOM,而不是变慢。", NVIDIA, ELSEWHERE),
    Remark("uneven-experts-unnamed", 1, lambda c: c.any("uneven_experts") and unnamed(c), *_UNEVEN, SWITCH, ELSEWHERE),
    Remark("uneven-experts", 1, lambda c: c.any("uneven_experts") and not unnamed(c), *_UNEVEN, SWITCH, CAUSE),
    Remark("history-that-grows-unnamed", 2, lambda c: c.any("growing") and c.any("chat_turns") and unnamed(c) and not c.training, *_GROWING, TORCH, ELSEWHERE),
    Remark("history-that-grows", 4, lambda c: c.any("growing") and c.any("chat_turns") and c.serving and not unnamed(c) and not c.over("longest_here", 1), *_GROWING, TORCH, CAUSE),
    Remark("first-card-fills-unnamed", 1, lambda c: c.any("first_card_fills") and unnamed(c), *_FIRST_CARD, LLAMACPP, ELSEWHERE),
    Remark("first-card-fills", 1, lambda c: c.any("first_card_fills") and not unnamed(c), *_FIRST_CARD, LLAMACPP, CAUSE),
    # ── why a file has its size ────────────────────────────────────────────────────────────────────────────────────
    Remark("file-larger-than-its-bits", 1, lambda c: c.serving and c.any("file_size") and c.any("why_more", "explain_derive", "check_arithmetic") and c.reads_gguf and not c.failed and not (c.said("seq_len") and c.over("kv_all", 0.25 * c.figures.amount("w_all"))),
        "**A GGUF's name is not its bits per weight: every block of weights has scales (and minima) beside it, and a _M or _S mix keeps some tensors, such as the output layer and a part of attention and feed-forward, in a type of more bits.** So the file is larger than parameters × bits ÷ 8. Cache and activations are in no file.",
        "**GGUF 的名字不等于每权重的位数:每块权重都另存缩放系数(和最小值),_M、_S 这类混合格式还把一部分张量(如输出层、部分注意力和前馈)存成位数更高的类型。** 所以文件大于 参数量 × 位数 ÷ 8。KV 缓存和激活不在文件里。", QUANTS, ELSEWHERE),
    Remark("published-in-fp8", 1, lambda c: c.serving and c.native_fp8 and c.any("file_size") and c.any("why_more", "explain_derive", "check_arithmetic") and not c.failed and not c.given("weight_format", "bf16", "fp16"),
        "**The checkpoint is published in FP8, one byte per parameter, so it is about half of what parameters × 2 B gives: {w8} instead of {w16}.** The larger figure is that of a copy converted to bf16; what is served as published needs only the smaller one.",
        "**这个模型发布的权重本来就是 FP8,每参数 1 字节,所以只有 参数量 × 2 字节 的一半左右:{w8},而不是 {w16}。** 大的那个数是转成 bf16 之后的;按发布的格式部署只需要小的。", V3, ELSEWHERE),
)  # fmt: skip
