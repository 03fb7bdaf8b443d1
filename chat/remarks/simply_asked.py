"""Short questions of no model: a file's types, a server's slots, share and steps, a cache over ranks. Each answered in its first words."""

from chat.remarks.cache_meant import CACHE_MEANT
from chat.remarks.features_meant import means
from chat.remarks.flags_asked import FLAGS_MEANT
from chat.remarks.remark import ELSEWHERE, Remark
from chat.remarks.shortly_asked import SHORTLY_ASKED_MEANT
from chat.works import GQA, K_BIT, LLAMACPP, MEGATRON_SCALING, OLLAMA, QUANTS, V3, VLLM

SIMPLY_ASKED_MEANT = (
    *FLAGS_MEANT,
    *CACHE_MEANT,
    *SHORTLY_ASKED_MEANT,
    Remark("meaning-of-called-bits", 1, means("called_bits"), "{called_and_stored}", "{called_and_stored}", QUANTS, ELSEWHERE),
    Remark("meaning-of-formats-apart", 1, means("formats_apart"), "{formats_apart}", "{formats_apart}", QUANTS, ELSEWHERE),
    Remark("meaning-of-file-ends", 1, means("file_ends"), "{file_ends}", "{file_ends}", QUANTS, ELSEWHERE),
    Remark("meaning-of-wide-ends", 1, means("wide_ends"), "{wide_ends}", "{wide_ends}", QUANTS, ELSEWHERE),
    Remark("meaning-of-slots", 1, means("slots_divide", "slots_told", "slots_cache"), "{slots_divided}", "{slots_divided}", LLAMACPP, ELSEWHERE),
    Remark("meaning-of-ollama-slots", 1, means("ollama_slots"),
        "**Yes: Ollama reserves the KV cache for num_ctx × OLLAMA_NUM_PARALLEL tokens as it loads the model, used or not; num_ctx is of each request.** The weights are there once, so the whole grows by the cache alone and not by that factor. Where it no longer goes in, layers fall to the CPU (`ollama ps` shows it): fewer requests at once, a smaller num_ctx, or OLLAMA_FLASH_ATTENTION=1 with OLLAMA_KV_CACHE_TYPE=q8_0 (half the cache). llama-server is otherwise: its -c is of all slots together.",
        "**会:Ollama 加载模型时就按 num_ctx × OLLAMA_NUM_PARALLEL 个 token 预留 KV 缓存,用没用到都占着;num_ctx 是每个请求的。** 权重只有一份,所以成倍增长的只是缓存,不是总显存。放不下时会有层落到 CPU(`ollama ps` 能看到):调小并行数或 num_ctx,或设 OLLAMA_FLASH_ATTENTION=1 加 OLLAMA_KV_CACHE_TYPE=q8_0(缓存减半)。llama-server 不同:它的 -c 是所有 slot 合计。", OLLAMA, ELSEWHERE),
    Remark("meaning-of-ollama-default", 1, means("ollama_default"),
        "**1 unless OLLAMA_NUM_PARALLEL is set: requests to a model are answered one after the other; older versions chose it by free memory.** Each further one reserves the KV cache of one more num_ctx as the model loads, used or not: num_ctx × OLLAMA_NUM_PARALLEL tokens in all; the weights are there once.",
        "**OLLAMA_NUM_PARALLEL 不设就是 1:同一个模型的请求逐个处理;旧版本按空闲显存自动取。** 每多一路,加载模型时就多预留一份 num_ctx 的 KV 缓存,用没用到都占着,合计 num_ctx × OLLAMA_NUM_PARALLEL 个 token;权重只有一份。", OLLAMA, ELSEWHERE),
    Remark("meaning-of-many-sequences", 1, means("many_sequences"), "{many_sequences}", "{many_sequences}", VLLM, ELSEWHERE),
    Remark("meaning-of-step-tokens", 1, means("step_tokens"), "{step_tokens}", "{step_tokens}", VLLM, ELSEWHERE),
    Remark("meaning-of-bits-or-size", 1, means("bits_or_size"), "{bits_or_size}", "{bits_or_size}", K_BIT, ELSEWHERE),
    Remark("meaning-of-cache-on-ranks", 1, means("cache_on_ranks", "heads_on_ranks"), "{cache_on_ranks}", "{cache_on_ranks}", GQA, ELSEWHERE),
    Remark("meaning-of-cache-on-stages", 1, means("cache_on_stages"),
        "**It is divided, by layers: each pipeline stage keeps the keys and values of its own layers alone, with N equal stages 1/N of every token's cache, whatever the number of KV heads, and of MLA's vector too.** So where tensor parallel would copy heads, stages still divide: tensor parallel up to the number of KV heads, stages for the rest of the cards. Embedding and output head stand on the first and the last stage, a context and buffers on each. A single request is no faster by it, as the stages take turns.",
        "**会切分,按层切:每个流水线级只存自己那些层的 K、V,N 个等长的级就各存每 token 缓存的 1/N,与 KV 头数无关,MLA 的向量也一样。** 所以张量并行会复制 KV 头的时候,流水线仍能切:张量并行不超过 KV 头数,多出的卡用流水线。词嵌入在第一级、输出头在最后一级,每张卡各有 CUDA 上下文和缓冲。单个请求不会因此变快,各级轮流工作。", MEGATRON_SCALING, ELSEWHERE),
    Remark("meaning-of-low-share", 1, means("low_share"),
        "**Too low a share leaves too small a pool: what weights and the profile run leave of gpu_memory_utilization is all that the KV cache gets.** Where nothing is left, the start fails (\"No available memory for the cache blocks\"); where one sequence of --max-model-len does not go in, it fails too and names the length that would; above that it runs, with fewer requests at once, more that wait or are preempted, and less room for prefix caching. Nothing is saved by it but what other programs on the card may then have.",
        "**设得太低,缓存池就太小:gpu_memory_utilization 这个份额里,除去权重和启动测量,剩下的才是 KV 缓存。** 一点不剩时启动失败(“No available memory for the cache blocks”);放不下一条 --max-model-len 长的序列也会失败,并提示最长能到多少;再高一些就能跑,只是同时处理的请求少、排队或被抢占的多,前缀缓存的余地也小。调低换来的只是把显存让给卡上的其他程序。", VLLM, ELSEWHERE),
    Remark("meaning-of-latent-token", 1, means("latent_token"), "{latent_token}", "{latent_token}", V3, ELSEWHERE),
    Remark("meaning-of-no-room", 1, means("no_room_for_longest"),
        "**The pool is smaller than the cache of one sequence of --max-model-len, which it must hold: set that lower, to the largest length that vLLM's message names.** For the whole length make the pool larger or the cache smaller: --kv-cache-dtype fp8 (twice the tokens), --gpu-memory-utilization 0.95 on a card of its own, weights in 8 or 4 bits, --tensor-parallel-size 2 (each card keeps half of weights and cache), a smaller --max-num-batched-tokens. --max-num-seqs is of little help: it is one sequence that does not go in.",
        "**缓存池放不下一条 --max-model-len 长的序列,而它至少要放得下一条:把 --max-model-len 调小,报错里写着最长能设多少。** 要保住长度,就扩大池子或缩小缓存:--kv-cache-dtype fp8(token 数翻倍)、独占的卡把 --gpu-memory-utilization 设到 0.95、权重用 8 位或 4 位、--tensor-parallel-size 2(权重和缓存每卡各一半)、调小 --max-num-batched-tokens。--max-num-seqs 帮助不大:放不下的就是一条序列。", VLLM, ELSEWHERE),
    Remark("meaning-of-the-two", 1, means("two_of_the_cache"),
        "**The 2 in front is keys and values, one of each for every token, layer and KV head; a 2 at the end is the bytes of a number in 16 bit (1 in fp8, 4 in fp32).** {kv_examples} MLA has no 2 in front: one vector stands for both.",
        "**开头的 2 是 K 和 V 各一份(每个 token、每层、每个 KV 头都要存一对);末尾的 2 是 16 位数的字节数(fp8 为 1,fp32 为 4)。** {kv_examples} MLA 开头没有 2:一个向量同时代表 K 和 V。", GQA, ELSEWHERE),
)  # fmt: skip
