"""Remarks on serving, on units and on what is the same for all."""

from chat.remarks.remark import CAUSE, SUSPECT, Asked, Remark
from chat.works import BIG, CHATGLM, FP8, GQA, KTRANSFORMERS, METAL, MIXTRAL, OLLAMA, R1, SGLANG, TORCH, V3, VLLM

_TROUBLE = ("oom_diagnosis", "why_more")
_NO_FP8 = ("Ampere", "Turing", "Volta", "Pascal")


# of a card's memory, from which a desktop, or what a program keeps back, decides
_NEARLY_FULL = 0.85


def _slots_fill(case: Asked) -> bool:
    """Does the context of all slots fill the card, where that of one leaves room?"""
    figures = case.figures
    room = figures.base.capacity
    return bool(room) and figures.base.best > _NEARLY_FULL * room >= figures.at(batch_size=1).best  # type: ignore[operator]


def _other_maker(case: Asked) -> bool:
    """Is a card named that is not Apple's? Metal's limit is none of its own."""
    return bool(case.card) and case.card["vendor"] != "Apple"


SERVING = (
    # ── keys and values ────────────────────────────────────────────────────────────────────────────────────────────
    Remark("kv-in-one-line", 5, lambda c: c.modelled and not c.training and c.any("kv_cache", "max_batch_ctx", "two_lengths"),
        "{kv_line}", "{kv_line}", GQA),
    Remark("kv-general", 4, lambda c: c.modelled and not c.training and c.any("kv_cache") and c.any("explain_derive") and not c.any("check_arithmetic", "claim_checked"),
        "{kv_general}", "{kv_general}", GQA),
    Remark("kv-with-other-heads", 6, lambda c: c.modelled and not c.training and c.any("kv_cache", "kv", "multi_head"),
        "{kv_with_heads}", "{kv_with_heads}", GQA),
    Remark("kv-stays-16-bit", 22, lambda c: c.serving and c.any("kv_cache", "two_lengths") and (c.any("quant_gguf", "quantised") or str(c.k("weight_format")) not in ("bf16", "fp16", "fp32")) and not c.said("kv_format"),
        "The cache stays 16 bit whatever the weights are, unless the engine is told otherwise; the weights do not change with the length.",
        "无论权重量化到几位,KV 缓存默认仍是 16 位,除非在推理框架里另设;权重不随长度变化。", GQA),
    Remark("weights-and-one-sequence", 10, lambda c: c.serving and c.any("how_much", "how_many_gpus", "max_batch_ctx") and c.over("seq", 32768) and c.k("weight_format") == "bf16",
        "{w16} of 16-bit weights ({params} parameters) and {kv_sequence} of KV cache for one full sequence of {seq} tokens ({kv_token} per token) are {serve_total} together; in FP8 the weights are {w8}.",
        "16 位权重 {w16}({params} 参数),一条 {seq} token 的完整序列 KV 缓存 {kv_sequence}(每 token {kv_token}),合计 {serve_total};FP8 的权重为 {w8}。", VLLM),
    Remark("cards-for-one-sequence", 11, lambda c: c.serving and c.k("batch_size") == 1 and c.any("how_many_gpus") and c.over("seq", 32768) and c.k("weight_format") == "bf16" and c.figures.base.capacity is not None,
        "At 0.9 of a card that is at least {serve_cards} cards (nodes of 8: {serve_nodes}), in FP8 {serve_cards_fp8} (nodes of 8: {serve_nodes_fp8}); prefill in chunks needs little beside.",
        "按每卡可用 0.9 计,至少 {serve_cards} 张({serve_nodes} 台 8 卡机),FP8 至少 {serve_cards_fp8} 张({serve_nodes_fp8} 台 8 卡机);分块 prefill 的额外开销不大。", VLLM),
    Remark("kv-per-token-quietly", 24, lambda c: c.serving and c.any("fits", "how_much", "quant_gguf") and not c.any("kv_cache", "two_lengths", "moe") and not c.over("seq", 32768) and c.figures.base.verdict in ("no", "borderline"),
        "The KV cache grows by {kv_token} per token, so what is left of the card is the context: a shorter one is the first thing to give up.",
        "KV 缓存每 token 增加 {kv_token},卡上剩余的显存就是上下文的余量:放不下时先缩短上下文。", GQA, SUSPECT),
    Remark("pool", 21, lambda c: c.k("engine") in ("vllm",) and c.given("engine", "vllm", None) and not (c.any("kv_cache") and not c.any("served_users", "fits")) and not c.training and c.any("served_users", "max_batch_ctx", "why_more", "oom_diagnosis", "kv_cache") and not (c.preallocates and c.any("why_more") and not c.any("kv_cache")),
        "vLLM takes 0.9 of the card by default, newer versions 0.92 (gpu_memory_utilization); what weights and its profile run leave of that is the KV pool. The cache is per sequence: n users at full length need n times as much.",
        "vLLM 默认使用显卡的 0.9,新版本为 0.92(gpu_memory_utilization),扣除权重和测量运行后剩下的才是 KV 池。缓存按序列计:n 个用户同时用满长度就要 n 倍。", VLLM, SUSPECT),
    Remark("at-once", 12, lambda c: c.k("engine") in ("vllm", "sglang") and not c.training and c.any("served_users", "max_batch_ctx") and not c.said("seq_len"),
        "Sequences at once = (share of the card − weights − activation peak) ÷ (cache per token × tokens of a request). The server prints it as it starts: the tokens that its cache holds, and how many requests of the full length that is.",
        "可同时服务的条数 =(可用份额 − 权重 − 激活峰值)÷(每 token 的 KV × 每个请求的 token 数)。服务启动时的日志会打印缓存能容纳的 token 数,以及满长请求的并发数。", VLLM, SUSPECT),
    Remark("static-fraction", 10, lambda c: c.any("mem_fraction") and c.any("oom_diagnosis", "might_fail", "which_method", "explain_derive") and not c.any("graph_capture", "after_start") and not c.training,
        "It depends on when it fails. At start (no room for the KV pool after the weights): raise it, because mem_fraction_static = (weights + KV pool) / card. While serving (activations, CUDA graphs): lower it, to leave them room.",
        "看在什么时候 OOM。启动时(放完权重没有 KV 池的空间):调大,因为 mem_fraction_static =(权重 + KV 池)/ 显存。运行中(激活、CUDA graph 不够):调小,给它们留空间。", SGLANG),
    Remark("heads-do-not-divide", 1, lambda c: c.serving and c.any("heads_do_not_divide") and c.over("heads", 1),
        "**Not as tensor parallel: {heads} heads ({kv_heads} of keys and values) divide over {even_ranks} cards. As a pipeline they run: --pipeline-parallel-size {pp}, whole layers on each card.** llama.cpp and ExLlama split by layers, too. A pipeline adds up memory as well, {w_here} of weights per card here; a single request uses the cards in turn.",
        "**不能用张量并行:{heads} 个头({kv_heads} 个 KV 头)只能由 {even_ranks} 张卡均分。用流水线并行可以:--pipeline-parallel-size {pp},每张卡放若干整层。** llama.cpp、ExLlama 也是按层切分。流水线同样能把显存合起来用,这里每张卡权重 {w_here};但单个请求会轮流使用各张卡。", VLLM),
    Remark("replicas-or-ranks", 4, lambda c: c.serving and c.any("replicas") and c.n > 1 and c.over("pool_each", 1) and c.over("pool_shared", 1),
        "**Divided over the {cards} cards the model leaves most for the cache: {pool_shared} tokens in one pool, against {pool_each} on each card, {pool_copies} in all, where every card has a copy of its own.** A copy keeps all {w_all} of weights on each card. Copies need no traffic between the cards and serve many short requests fastest; tensor parallel is for long contexts, for more sequences at once, or for the speed of one.",
        "**切分到 {cards} 张卡留给缓存的最多:一个池共 {pool_shared} 个 token;每张卡各放一份时,每张 {pool_each} 个,合计 {pool_copies} 个。** 各放一份时每张卡都有全部权重 {w_all}。独立副本不需要卡间通信,大量短请求时吞吐最高;张量并行适合长上下文、更多并发,或要单个请求更快。", VLLM),
    Remark("mla-on-every-rank", 21, lambda c: c.serving and c.n > 1 and c.k("pp") in (None, 1) and c.latent and c.any("kv_cache", "max_batch_ctx", "served_users", "fits", "multi_gpu_split"),
        "Tensor parallel does not divide this cache: the compressed vector is one for all heads, so each card keeps the whole of it. Data-parallel attention (SGLang --enable-dp-attention, vLLM --data-parallel-size with expert parallel) divides the requests over the cards instead.",
        "张量并行切不了这种缓存:压缩向量由所有头共用,每张卡都存完整的一份。数据并行注意力(SGLang --enable-dp-attention,vLLM 的 --data-parallel-size 配合专家并行)改为把请求分到各卡。", V3, SUSPECT),
    Remark("served-total", 8, lambda c: c.serving and not c.said("gpu") and c.over("batch", 2) and c.any("kv_cache") and c.any("claim_checked", "check_arithmetic"),
        "With {w16} of 16-bit weights that is {serve_users} in all: at least {serve_users_cards} cards of 80 GB.",
        "加上 16 位权重 {w16},合计 {serve_users}:80 GB 的卡至少 {serve_users_cards} 张。", GQA),
    Remark("kv-replicated", 22, lambda c: c.serving and not c.latent and int(c.k("tp") or 1) > 1 and c.over("kv_heads", 1) and int(c.k("tp") or 1) > c.figures.amount("kv_heads"),
        "The model has {kv_heads} KV heads for {cards} tensor-parallel cards: beyond that number the cache is replicated, not divided.",
        "模型只有 {kv_heads} 个 KV 头,而张量并行用了 {cards} 张卡:超出部分 KV 缓存只是复制,不再切分。", GQA),
    Remark("slots-times-context", 7, lambda c: c.serving and c.k("engine") == "llama.cpp" and c.over("batch", 2) and c.any("fell_back", "oom_diagnosis") and c.any("parallel_requests") and _slots_fill(c),
        "**The parallel slots are the cause: Ollama and llama.cpp allocate the context once for each, {batch} × {seq} tokens, so the KV cache is {kv_all} instead of {kv_sequence}, and with the weights it takes about {peak} of the {capacity} of the card, of which the desktop and the reserve of the program take a part; what does not go in is left to the CPU.** Set OLLAMA_NUM_PARALLEL (-np) lower, take a shorter num_ctx, or a cache in 8 bits (q8_0) with flash attention.",
        "**原因就是并行数:Ollama 和 llama.cpp 为每一路各分配一份上下文,{batch} × {seq} token,KV 缓存从 {kv_sequence} 变成 {kv_all},连同权重约需 {peak};卡上 {capacity} 里桌面和程序的预留还要占一部分,放不下的层就落到 CPU。** 把 OLLAMA_NUM_PARALLEL(-np)调小、缩短 num_ctx,或打开 flash attention 并用 8 位(q8_0)缓存。", OLLAMA, CAUSE),
    Remark("parallel-requests", 20, lambda c: c.serving and c.k("engine") == "llama.cpp" and (c.any("two_lengths", "parallel_requests") or c.over("batch", 2)),
        "Ollama allocates num_ctx × OLLAMA_NUM_PARALLEL tokens and picks the parallelism by itself from free memory: with a larger num_ctx it may serve fewer requests at once, which turns the order round. Set it to 1 to compare.",
        "Ollama 分配的是 num_ctx × OLLAMA_NUM_PARALLEL 个 token,并行数按空闲显存自动决定:num_ctx 变大时可能自动减少并行,大小关系就会反过来。比较时请把它设为 1。", OLLAMA, SUSPECT),
    Remark("parallel-requests-quietly", 20, lambda c: c.serving and c.any("two_lengths") and c.any("quant_gguf") and c.k("engine") != "llama.cpp",
        "In Ollama OLLAMA_NUM_PARALLEL multiplies the context and shrinks by itself when memory is short, which can turn the order round. Set it to 1 to compare.",
        "在 Ollama 里 OLLAMA_NUM_PARALLEL 会成倍放大上下文,显存不足时又会自动减小,大小关系因此可能反过来。比较时请把它设为 1。", OLLAMA, SUSPECT),
    Remark("heads-decide", 14, lambda c: c.serving and c.any("several_shapes") and not c.any("comparison"),
        "A size alone does not tell the cache: with one KV head per query head (Llama-2) it is several times that of grouped heads (Qwen2.5, Llama-3). Both are shown; name the model to settle it.",
        "只有参数量还不能确定 KV 缓存:每个查询头各有 KV 头(MHA,如 Llama-2)是分组查询(GQA,如 Qwen2.5、Llama-3)的好几倍。两种都已列出,说出具体模型即可确定。", GQA),
    Remark("cards-share-a-model", 12, lambda c: c.serving and c.any("multi_gpu_split") and c.n > 1 and not c.any("oom_diagnosis"),
        "Cards do not become one larger card: the program splits the model over them (tensor parallel, pipeline, device_map), and each then holds its part, here {w_here} of the weights, beside a runtime of its own. A program that does not split uses one card only.",
        "多张卡不会变成一张大卡:要由程序切分模型(张量并行、流水线、device_map),每张卡放自己那一份,这里是权重 {w_here},外加各自的运行时。不做切分的程序只用得到一张卡。", BIG),
    Remark("unequal-cards", 9, lambda c: c.modelled and c.any("mixed_cards", "multi_gpu_split") and c.over("pool", 1),
        "Unequal cards: split evenly (tensor parallel, data parallel, ZeRO), the smaller decides for both. Split by layers in proportion (llama.cpp --tensor-split, device_map with max_memory), they count together: {pool} against the {copy} of a single copy, beside a runtime on each.",
        "显存不同的卡:平均切分(张量并行、数据并行、ZeRO)时由较小的卡决定;按层按比例切分(llama.cpp 的 --tensor-split、device_map 加 max_memory)才能合计使用:共 {pool},单份副本需 {copy},另加每张卡各自的运行时。", BIG),
    Remark("weights-are-not-all", 13, lambda c: c.serving and c.any("check_arithmetic", "why_more") and not c.any("kv_cache") and c.over("kv_all", 1e6),
        "Parameters × bytes give the weights alone, here {w_all} in all. On top come the KV cache, {kv_token} per token and {kv_all} in all for {tokens} tokens, what a forward pass needs, and the driver's context.",
        "参数量 × 字节数只是权重,这里合计 {w_all}。此外还有 KV 缓存(每 token {kv_token},{tokens} token 时合计 {kv_all})、前向计算的临时激活和驱动上下文。", TORCH, SUSPECT),
    Remark("claim-as-precision", 12, lambda c: c.serving and c.k("engine") != "llama.cpp" and c.any("check_arithmetic", "why_more", "explain_derive", "units", "how_much") and c.over("claim_32", 1),
        "{is_4}: the weights in fp32, 4 B per parameter, and that is how from_pretrained loads where no torch_dtype says otherwise (before transformers 5). Models are served in 16 bit, {w16}, or quantised: 8 bit {w8}, 4 bit {w4}.",
        "{is_4}:这是 fp32(每参数 4 字节)的权重大小;transformers 5 之前,from_pretrained 不写 torch_dtype 就按它加载。实际推理用 16 位,{w16},或量化:8 位 {w8},4 位 {w4}。", TORCH, SUSPECT),
    # ── weights ────────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("name-is-no-product", 3, lambda c: c.modelled and c.experts and c.any("name_multiplied"),
        "The numbers in the name do not multiply: attention, embeddings and norms are there once, and only the feed-forward experts are there several times. It has {params} parameters in all, {w16} in 16 bit, and {active} of them are active for a token: that is its speed, not its memory.",
        "名字里的数不能直接相乘:注意力、embedding 和归一化只有一份,只有前馈专家有多份。它共有 {params} 参数,16 位是 {w16};每个 token 激活其中 {active},那决定速度而不是显存。", MIXTRAL),
    Remark("all-experts", 13, lambda c: c.modelled and c.experts and not c.hosted and not c.any("ktransformers") and c.any("moe", "fits", "how_much", "how_many_gpus", "oom_diagnosis"),
        "All {params} parameters must be in memory, {w_whole} as they are stored here; only {active} are active for a token, which saves computing, not memory.",
        "全部 {params} 参数都要放进显存,按这里的格式共 {w_whole};每个 token 只激活 {active},省的是计算,不是显存。", MIXTRAL, SUSPECT),
    Remark("experts-on-the-host", 13, lambda c: c.hosted and c.experts and (c.k("offload") == "experts" or c.said("n_cpu_moe")),
        "Attention, shared experts, router and the KV cache stay on the card; of the experts only the active ones are read for a token, {active} parameters in all, so the bandwidth of host memory sets the speed.",
        "注意力、共享专家、路由器和 KV 缓存留在卡上;每个 token 只读取激活的专家,合计 {active} 参数,速度取决于内存带宽。", MIXTRAL),
    Remark("other-precisions", 14, lambda c: c.serving and not c.hosted and not c.failed and c.any("quantised", "quant_gguf") and c.said("gpu") and c.figures.base.capacity is not None and c.over("w8", c.figures.base.capacity * 0.97 * c.n) and not c.over("w4", c.figures.base.capacity * 0.97 * c.n),
        "Only about 4 bits go in: the weights alone are {w16} in 16 bit and {w8} in 8 bit, more than there is.",
        "只放得下约 4 位的量化:仅权重,16 位就要 {w16},8 位要 {w8},都不行。", GQA, SUSPECT),
    Remark("no-fp8-native", 11, lambda c: c.serving and c.native_fp8 and not c.said("weight_format") and c.card.get("architecture") in _NO_FP8,
        "It is published in FP8, but this generation has no FP8 units: run in bf16 the weights are {w16}, at least {cards_for_16} cards by memory alone; tensor and pipeline parallel want whole nodes of 8, so {nodes_for_16} to {power_for_16} in practice. In 4 bits the weights are {w4}: {cards_for_4} cards, one node of 8.",
        "官方权重是 FP8,但这一代卡没有 FP8 单元:用 bf16 权重是 {w16},只按显存至少 {cards_for_16} 张;受并行度限制要凑整机(8 的倍数),实际 {nodes_for_16} 到 {power_for_16} 张。4 位量化的权重是 {w4}:{cards_for_4} 张即够,一台 8 卡机可以。", V3, SUSPECT),
    Remark("no-fp8", 11, lambda c: c.serving and c.said("weight_format") and c.figures.given.get("weight_format") == "fp8" and c.card.get("architecture") in _NO_FP8,
        "The FP8 weights of {w8} are enough on paper, but this generation (Ampere or older) has no FP8 units: an engine that upcasts to 16 bit needs {w16}, and repacking while loading peaks as well; weight-only kernels (Marlin) keep 8 bits.",
        "FP8 权重 {w8} 纸面上放得下,但这一代(Ampere 及更早)没有 FP8 单元:若引擎转成 16 位就要 {w16},加载时重排权重也会有峰值;只量化权重的内核(Marlin)才能保持 8 位。", FP8, SUSPECT),
    Remark("distilled", 13, lambda c: c.modelled and "distill" in str(c.k("model")).lower(),
        "This is the distilled {params} model on a dense base, not the 671B original, whose smallest useful quantisation is beyond any single card.",
        "这是稠密基座的 {params} 蒸馏版,不是 671B 原版;后者即使量化也远超单卡。", R1),
    Remark("host-experts", 10, lambda c: c.modelled and c.experts and c.any("ktransformers"),
        "A figure of that order is right: KTransformers keeps the experts in host memory. The weights at Q4_K_M are {q4km} of RAM, in FP8 about {w8}; attention, shared experts and the KV cache stay on the GPU, for which 14 to 24 GB do.",
        "这个量级是对的,理解没有错:KTransformers 把专家权重放在内存里。Q4_K_M 的权重约占内存 {q4km},FP8 约 {w8};GPU 只放注意力、共享专家和 KV 缓存,14 到 24 GB 显存即可。", KTRANSFORMERS),
    Remark("quantised-on-load", 15, lambda c: c.modelled and not c.training and c.any(*_TROUBLE) and c.k("engine") in (None, "transformers") and (c.figures.given.get("bits") in (4, 8) or str(c.k("weight_format")) in ("int4", "int8", "nf4", "nf4-dq")) and (c.any("loading") or c.over("near_w16", 1)),
        "Stored, the quantised weights are {w_all} in all (embedding and head often stay 16 bit), and {kv_all} of KV cache come on top at {tokens} tokens. A peak near {w16} means that the 16-bit weights were put on the GPU first and quantised there: load and quantise on the CPU, then move with .cuda().",
        "量化后的权重合计约 {w_all}(embedding 与 head 通常仍是 16 位),另有 KV 缓存 {kv_all}({tokens} token)。若峰值接近 {w16},说明加载时先把 fp16 权重放到 GPU 再量化:应先在 CPU 上加载并量化,再 .cuda()。", CHATGLM),
    Remark("dtype-on-load", 11, lambda c: c.in_transformers and c.any("oom_diagnosis") and c.k("layer_split") and not c.any("quant_gguf") and not c.said("weight_format") and not c.said("bits"),
        "Check the dtype first: {w16} in fp16 but {w32} in fp32, which is what from_pretrained loads without torch_dtype=torch.float16. In fp16 it fits when spread evenly: \"auto\" and \"balanced\" do that; device_map=\"balanced_low_0\" or max_memory leaves room on the first card, which also holds the inputs and what generation keeps.",
        "先检查精度:fp16 是 {w16},fp32 是 {w32},不写 torch_dtype=torch.float16 时 from_pretrained 就按 fp32 加载。fp16 均匀分布时放得下:\"auto\" 与 \"balanced\" 就是均匀分布;第一张卡还要放输入和生成缓存,可用 device_map=\"balanced_low_0\" 或 max_memory 给它留出空间。", BIG),
    Remark("unified-between", 10, lambda c: c.any("unified_memory") and c.serving and not _other_maker(c),
        "**Not within what macOS lets the GPU have by default ({metal_low} to {metal_high} of the {mac}), but {raised}: it takes about {metal_between}.** Raise it with sudo sysctl iogpu.wired_limit_mb and close everything else: the nearer it is to the {mac}, the less is left for the system. One app stays below the default limit and refuses, another asks for more. To have room take fewer bits, a smaller model or a shorter context.",
        "**macOS 默认只给 GPU {metal_low} 到 {metal_high}(共 {mac}),放不下;{raised}才行:约需 {metal_between}。** 用 sudo sysctl iogpu.wired_limit_mb 调高,并关掉其他程序:越接近 {mac},留给系统的越少。有的应用守着默认上限就拒绝,有的会多要。想留余量就换更低的量化、更小的模型或更短的上下文。", METAL),
    Remark("unified-tight", 10, lambda c: c.any("unified_memory") and c.serving and not _other_maker(c),
        "**Tight: about {metal_tight}, and macOS lets the GPU have {metal_low} to {metal_high} of the {mac} by default; {raised} it fits.** Raise it with sudo sysctl iogpu.wired_limit_mb and close other programs, or take a shorter context, fewer bits or a smaller model.",
        "**很紧:约需 {metal_tight},而 macOS 默认只给 GPU {metal_low} 到 {metal_high}(共 {mac});{raised}就放得下。** 用 sudo sysctl iogpu.wired_limit_mb 调高并关掉其他程序,或缩短上下文、换更低的量化或更小的模型。", METAL),
    Remark("unified-close", 10, lambda c: c.any("unified_memory") and c.serving and c.fits and not _other_maker(c),
        "It takes {metal_close} of the {mac} that the system and other programs use as well; macOS lets the GPU have {metal_low} to {metal_high} by default (sudo sysctl iogpu.wired_limit_mb raises it). Close what is not needed; if it swaps, take a shorter context, a cache in 8 bits or a smaller model.",
        "它占 {mac} 中的 {metal_close},系统和其他程序也用这块内存;macOS 默认只给 GPU {metal_low} 到 {metal_high}(sudo sysctl iogpu.wired_limit_mb 可调高)。关掉不用的程序;若开始换页就缩短上下文、用 8 位缓存或换更小的模型。", METAL),
    Remark("unified", 11, lambda c: c.any("unified_memory") and not c.training and not _other_maker(c),
        "On Apple silicon CPU and GPU share the memory, and Metal lets the GPU take about 2/3 to 75 % of it by default, here {metal_low} to {metal_high}. Raise it with sudo sysctl iogpu.wired_limit_mb, or take a smaller context.",
        "Apple 芯片的 CPU 与 GPU 共用内存,Metal 默认只给 GPU 约 2/3 到 75 %,这里是 {metal_low} 到 {metal_high}。可用 sudo sysctl iogpu.wired_limit_mb 调高,或减小上下文。", METAL),
    # ── units and monitors ─────────────────────────────────────────────────────────────────────────────────────────
    Remark("units", 10, lambda c: c.any("units") and (c.said("gpu") or (c.said("gpu_memory_gb") and not c.any("host_words")) or c.said("meter")),
        "Plan with GiB: the driver's MiB divided by 1024, less 0.5 to 1 GiB for the CUDA context and what the driver reserves (ECC too); that is why a program sees a little less than nvidia-smi. Tools that print GB there mean GiB (2^30 bytes). The size on a card's box is in GiB too, whatever it is called: 24 GB are 24 GiB. Convert a model's bytes into the same unit before comparing.",
        "请按 GiB 规划:驱动报告的 MiB 除以 1024,再减去 0.5 到 1 GiB 的 CUDA 上下文和驱动(含 ECC)保留部分,所以程序看到的比 nvidia-smi 略少。这些工具写的 GB 其实是 GiB(2^30 字节),显卡标称的 24 GB 也就是 24 GiB。比较前先把模型字节数换成同一单位。", TORCH, SUSPECT),
    Remark("reserved", 34, lambda c: c.any("why_more") and bool(c.figures.told.get("observed_gb")) and not c.training and c.modelled and not c.any("quantised", "kv_cache", "claim_checked", "unified_memory"),
        "nvidia-smi counts what the allocator keeps cached and the CUDA context too; torch.cuda.max_memory_allocated shows the tensors alone.",
        "nvidia-smi 还计入缓存分配器保留的显存和 CUDA 上下文;torch.cuda.max_memory_allocated 只显示张量。", TORCH, SUSPECT),
    Remark("rejected", 5, lambda c: c.any("injection") and c.modelled,
        "No sentence in a question changes a table or a formula here, so what follows is computed as always.",
        "问题里的一句话改不了这里的表和公式,下面仍按公式计算。", TORCH),
)  # fmt: skip
