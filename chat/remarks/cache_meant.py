"""A KV cache asked about by itself: where it lies, what of it is shared, when it outgrows the weights, how it gets larger."""

from chat.remarks.features_meant import means
from chat.remarks.remark import ELSEWHERE, Remark
from chat.works import GQA, LLAMACPP, V3, VLLM, VLLM_PREFIX

CACHE_MEANT = (
    Remark("meaning-of-cache-place", 1, means("cache_place"),
        "**In the memory of whatever computes attention: on the card for the layers that are there, in RAM for those that the CPU computes.** vLLM, SGLang and transformers keep all of it on the cards (a server may put what waits into RAM); llama.cpp and Ollama keep that of each layer where the layer is, and all of it in RAM with --no-kv-offload, which is slower. So layers that are left in RAM take their part of the cache along, and the card has room for more context.",
        "**放在计算注意力的地方:在显卡上的层,缓存在显存;由 CPU 计算的层,缓存在内存。** vLLM、SGLang、transformers 全部放在显卡上(服务可以把暂时不用的换到内存);llama.cpp、Ollama 的每层缓存跟着那一层走,加 --no-kv-offload 则全部放内存,会变慢。所以把几层留在内存,它们的缓存也一起过去,显卡就能放更长的上下文。", LLAMACPP, ELSEWHERE),
    Remark("meaning-of-latent-on-ranks", 1, means("latent_on_ranks"),
        "**It works, but the cache is not divided: MLA keeps one vector for all heads, and every rank of tensor parallel needs it whole, so each card holds the same cache, however many there are.** Weights and query heads are divided as usual, and what the weights leave is the room that the cache gains. To divide the cache as well, give each card its own requests: data-parallel attention (SGLang --enable-dp-attention, vLLM --data-parallel-size with expert parallel), or pipeline stages (by layers). An fp8 cache halves it.",
        "**可以用,但缓存不会切分:MLA 所有头共用一个向量,张量并行的每张卡都要完整的一份,所以不管几张卡,每卡的缓存一样大。** 权重和查询头照常切分,权重让出来的空间就是缓存多得到的。想把缓存也分开,就让每张卡管自己的请求:数据并行注意力(SGLang --enable-dp-attention,vLLM 的 --data-parallel-size 配合专家并行),或用流水线(按层分)。fp8 缓存可减半。", V3, ELSEWHERE),
    Remark("meaning-of-cache-or-weights", 1, means("cache_or_weights"),
        "**It can be: weights stay as they are, the cache grows with length × users, and is the larger part from weights ÷ bytes of a token on.** {cache_outgrows} One user at a usual length is far below that; long contexts, many users at once or weights in 4 bits bring it there. GQA, MLA and an 8-bit cache put it off.",
        "**有可能:权重不变,缓存随 长度 × 并发 增长,token 总数超过 权重 ÷ 每 token 字节数 之后就比权重大。** {cache_outgrows}单用户、一般长度远达不到;长上下文、多并发或 4 位权重才会。GQA、MLA、8 位缓存会推迟这一点。", GQA, ELSEWHERE),
    Remark("meaning-of-cache-shared", 1, means("cache_shared"),
        "**Only what begins alike: keys and values of a token depend on all tokens before it, so requests share the cache of a common beginning (a system prompt, a document put first), and nothing after the first difference.** Prefix caching does that by itself (vLLM and SGLang by default); everything else each sequence has of its own, so it goes with the users at once. The pool's memory is shared in another sense: any request may use its free pages.",
        "**只能共享相同的开头:一个 token 的 K、V 取决于它前面的所有 token,所以请求之间只能共用相同的前缀(系统提示、放在最前面的文档),从第一个不同的 token 起就各存各的。** 前缀缓存会自动这样做(vLLM、SGLang 默认开);其余部分每条序列各有一份,随并发增长。另一种意义上池子是共用的:空闲的页哪个请求都能用。", VLLM_PREFIX, ELSEWHERE),
    Remark("meaning-of-pool-larger", 1, means("pool_larger"),
        "**The pool is no setting of its own: it is what weights and the start's measurement leave of the share, so a larger share or smaller weights make it larger.** A card of its own: --gpu-memory-utilization 0.95; weights in 8 or 4 bits; --tensor-parallel-size 2 (half of the weights on each card, so each card's pool grows and holds half of every token); a smaller --max-num-batched-tokens or --max-num-seqs (a little). Or let it hold more: --kv-cache-dtype fp8 is twice the tokens, prefix caching keeps a common beginning once, and a lower --max-model-len asks for less where one long sequence is what does not go in.",
        "**缓存池没有单独的大小设置:它是服务占用的份额减去权重和启动测量后剩下的,所以提高份额或缩小权重就变大。** 独占的卡 --gpu-memory-utilization 0.95;权重用 8 位或 4 位;--tensor-parallel-size 2(每卡权重减半,池子变大,每个 token 每卡也只存一半);调小 --max-num-batched-tokens 或 --max-num-seqs(效果小)。或者让同样大的池子装得更多:--kv-cache-dtype fp8 token 数翻倍,前缀缓存让相同的开头只存一份;若是一条长序列放不下,就调低 --max-model-len。", VLLM, ELSEWHERE),
    Remark("meaning-of-llama-cache-line", 1, means("llama_cache_line"),
        "**It is the KV cache that llama.cpp sets aside as it loads, for all of -c and used or not: half of it keys, half values, in the types of -ctk and -ctv (f16 unless told).** Its lines by device (KV buffer size) say how much of it is on each card and in RAM, which follows the layers. It stands beside the model buffer (weights) and the compute buffer. Half the -c, or q8_0, about halves it.",
        "**它是 llama.cpp 加载时按整个 -c 预留的 KV 缓存,用没用到都占着:一半是 K,一半是 V,类型由 -ctk、-ctv 决定(不设就是 f16)。** 按设备列出的几行(KV buffer size)是各张卡和内存各放了多少,跟着层走。它与 model buffer(权重)、compute buffer(计算缓冲)分开计算。-c 减半或用 q8_0,约减半。", LLAMACPP, ELSEWHERE),
    Remark("meaning-of-cache-of-prompt", 1, means("cache_of_prompt"),
        "**Yes: every token of the prompt has its keys and values in the cache, as every token of the answer has; so it goes with prompt + answer.** The prompt's are written at once as it is read, the answer's one by one. {kv_examples} In a chat the earlier turns are part of the prompt.",
        "**包括:提示的每个 token 和回答的每个 token 一样,都在缓存里存 K、V,所以要按 提示 + 回答 的长度算。** 提示的部分在读入时一次写好,回答的部分逐个增加。{kv_examples} 多轮对话里,之前的轮次也是提示的一部分。", GQA, ELSEWHERE),
)  # fmt: skip
