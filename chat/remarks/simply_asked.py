"""Short questions of no model: a file's types, a server's slots, share and steps, a cache over ranks. Each answered in its first words."""

from chat.remarks.features_meant import means
from chat.remarks.remark import ELSEWHERE, Remark
from chat.works import GQA, K_BIT, LLAMACPP, OLLAMA, QUANTS, V3, VLLM

SIMPLY_ASKED_MEANT = (
    Remark("meaning-of-called-bits", 1, means("called_bits"), "{called_and_stored}", "{called_and_stored}", QUANTS, ELSEWHERE),
    Remark("meaning-of-formats-apart", 1, means("formats_apart"), "{formats_apart}", "{formats_apart}", QUANTS, ELSEWHERE),
    Remark("meaning-of-file-ends", 1, means("file_ends"), "{file_ends}", "{file_ends}", QUANTS, ELSEWHERE),
    Remark("meaning-of-wide-ends", 1, means("wide_ends"), "{wide_ends}", "{wide_ends}", QUANTS, ELSEWHERE),
    Remark("meaning-of-slots", 1, means("slots_divide", "slots_told"), "{slots_divided}", "{slots_divided}", LLAMACPP, ELSEWHERE),
    Remark("meaning-of-ollama-slots", 1, means("ollama_slots"),
        "**Yes: Ollama reserves the KV cache for num_ctx × OLLAMA_NUM_PARALLEL tokens as it loads the model, used or not; num_ctx is of each request.** The weights are there once, so the whole grows by the cache alone and not by that factor. Where it no longer goes in, layers fall to the CPU (`ollama ps` shows it): fewer requests at once, a smaller num_ctx, or OLLAMA_FLASH_ATTENTION=1 with OLLAMA_KV_CACHE_TYPE=q8_0 (half the cache). llama-server is otherwise: its -c is of all slots together.",
        "**会:Ollama 加载模型时就按 num_ctx × OLLAMA_NUM_PARALLEL 个 token 预留 KV 缓存,用没用到都占着;num_ctx 是每个请求的。** 权重只有一份,所以成倍增长的只是缓存,不是总显存。放不下时会有层落到 CPU(`ollama ps` 能看到):调小并行数或 num_ctx,或设 OLLAMA_FLASH_ATTENTION=1 加 OLLAMA_KV_CACHE_TYPE=q8_0(缓存减半)。llama-server 不同:它的 -c 是所有 slot 合计。", OLLAMA, ELSEWHERE),
    Remark("meaning-of-step-tokens", 1, means("step_tokens"), "{step_tokens}", "{step_tokens}", VLLM, ELSEWHERE),
    Remark("meaning-of-bits-or-size", 1, means("bits_or_size"), "{bits_or_size}", "{bits_or_size}", K_BIT, ELSEWHERE),
    Remark("meaning-of-cache-on-ranks", 1, means("cache_on_ranks", "heads_on_ranks"), "{cache_on_ranks}", "{cache_on_ranks}", GQA, ELSEWHERE),
    Remark("meaning-of-latent-token", 1, means("latent_token"), "{latent_token}", "{latent_token}", V3, ELSEWHERE),
    Remark("meaning-of-no-room", 1, means("no_room_for_longest"),
        "**The pool is smaller than the cache of one sequence of --max-model-len, which it must hold: set that lower, to the largest length that vLLM's message names.** For the whole length make the pool larger or the cache smaller: --kv-cache-dtype fp8 (twice the tokens), --gpu-memory-utilization 0.95 on a card of its own, weights in 8 or 4 bits, --tensor-parallel-size 2 (each card keeps half of weights and cache), a smaller --max-num-batched-tokens. --max-num-seqs is of little help: it is one sequence that does not go in.",
        "**缓存池放不下一条 --max-model-len 长的序列,而它至少要放得下一条:把 --max-model-len 调小,报错里写着最长能设多少。** 要保住长度,就扩大池子或缩小缓存:--kv-cache-dtype fp8(token 数翻倍)、独占的卡把 --gpu-memory-utilization 设到 0.95、权重用 8 位或 4 位、--tensor-parallel-size 2(权重和缓存每卡各一半)、调小 --max-num-batched-tokens。--max-num-seqs 帮助不大:放不下的就是一条序列。", VLLM, ELSEWHERE),
    Remark("meaning-of-the-two", 1, means("two_of_the_cache"),
        "**The 2 in front is keys and values, one of each for every token, layer and KV head; a 2 at the end is the bytes of a number in 16 bit (1 in fp8, 4 in fp32).** {kv_examples} MLA has no 2 in front: one vector stands for both.",
        "**开头的 2 是 K 和 V 各一份(每个 token、每层、每个 KV 头都要存一对);末尾的 2 是 16 位数的字节数(fp8 为 1,fp32 为 4)。** {kv_examples} MLA 开头没有 2:一个向量同时代表 K 和 V。", GQA, ELSEWHERE),
)  # fmt: skip
