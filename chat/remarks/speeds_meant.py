"""What bounds the speed, told of no model: each opens with the answer and its sum."""

from chat.remarks.features_meant import means
from chat.remarks.remark import ELSEWHERE, FIRST, Remark
from chat.works import KTRANSFORMERS, OLLAMA_CONTEXT, POPE, VLLM

_OLLAMA_DEFAULT = (
    "**Ollama's default context goes with the VRAM: 4k tokens below 24 GiB, 32k up to 48 GiB, 256k from there on (older versions: 2,048, then 4,096, whatever the card).** num_ctx of the model or request, or OLLAMA_CONTEXT_LENGTH, sets another; `ollama ps` shows what is allocated.{ollama_grown}",
    "**Ollama 的默认上下文看显存:24 GiB 以下 4k,24–48 GiB 为 32k,48 GiB 起 256k(旧版本不看显卡,先是 2,048,后来 4,096)。** 用模型或请求的 num_ctx、或 OLLAMA_CONTEXT_LENGTH 改;`ollama ps` 能看到实际分配的长度。{ollama_grown}",
)

SPEEDS_MEANT = (
    Remark("meaning-of-ollama-context", 1, lambda c: not c.modelled and means("ollama_context")(c), *_OLLAMA_DEFAULT, OLLAMA_CONTEXT, ELSEWHERE),
    Remark("also-ollama-context", 0, lambda c: c.modelled and not c.training and not c.failed and c.any("ollama_context"), *_OLLAMA_DEFAULT, OLLAMA_CONTEXT, FIRST),
    Remark("meaning-of-roofline", 1, means("roofline"),
        "{roofline} A step reads every weight once, 2 B in 16 bit, and computes 2 FLOP with it for each sequence: so the number is FLOP/s ÷ bytes/s. In 4 bits that are computed in 16 it is a quarter of that; in FP8 with FP8 units about the same as in 16 bit. A prompt computes all its tokens in one pass, so it is compute bound from as many tokens on. Attention over the cache stays memory bound at any batch, for each sequence reads a cache of its own, so long contexts gain less from a batch; the experts of a mixture each see a part of the batch and need total ÷ active experts times as many sequences. Real kernels reach less of both rates, and memory for the caches usually ends first.",
        "{roofline}一步把每个权重读一遍(16 位 2 字节),对每条序列各做 2 次运算,所以这个数就是 算力 ÷ 带宽。4 位权重按 16 位计算时是它的四分之一;FP8 且有 FP8 单元时与 16 位差不多。提示一遍算完所有 token,同样多的 token 起就受算力限制。对缓存的注意力无论批多大都受带宽限制,因为每条序列读自己的缓存,长上下文增大批的收益就小;MoE 的每个专家只分到一部分序列,要再乘 总专家数 ÷ 激活专家数。实际内核两种速率都达不到,而且往往先被缓存的显存限制。", POPE, ELSEWHERE),
    Remark("meaning-of-first-token", 1, means("first_token"),
        "**Mostly not: reading a prompt is bound by arithmetic, not by the size or bandwidth of memory.** It computes {prompt_time}. Memory has a part in it only where layers or weights lie in RAM (ollama ps, nvidia-smi), or where the pool of the cache is full and requests wait or are preempted. What shortens it: a cached prefix (what prompts begin with is computed once), a shorter prompt, FP8 arithmetic, more cards in tensor parallel; chunked prefill keeps others from waiting for it and does not shorten it.",
        "**一般不是:读提示受算力限制,不受显存容量或带宽限制。** 要算 {prompt_time}。只有两种情况与显存有关:有层或权重放在内存里(看 ollama ps、nvidia-smi),或缓存池满了,请求在排队或被抢占。缩短它的办法:前缀缓存(相同的开头只算一次)、缩短提示、FP8 计算、更多卡张量并行;分块预填充只是让别的请求不被它卡住,不缩短它自己。", POPE, ELSEWHERE),
    Remark("meaning-of-share-pace", 1, means("share_pace"),
        "**Only through the room for the cache: a single stream is not faster, and more sequences run at once where the pool was what ended them.** The difference is {share_apart}, all of it cache. It matters for throughput where requests wait or are preempted (vLLM logs the usage of the KV cache); where the pool is never full it changes nothing. The price is what stands beside the share: the CUDA context, graphs, other programs.",
        "**只通过缓存空间起作用:单条的速度不变;缓存池原来不够时,能同时跑的序列变多,总吞吐才上升。** 差的是{share_apart},全部用作缓存。请求在排队或被抢占时才有用(vLLM 日志会打印 KV cache 使用率);缓存池从来不满就没有变化。代价是份额之外变小:CUDA 上下文、计算图和别的程序。", VLLM, ELSEWHERE),
    Remark("meaning-of-half-in-ram", 1, means("half_in_ram"),
        "{half_in_ram}. So every layer that goes back on the card helps: with a quarter in RAM that part takes half as long. Fewer bits or an 8-bit cache may make all of it fit; of a mixture put the experts in RAM instead of layers. Prompts slow down too: the layers in RAM are computed by the CPU, or their weights are copied to the card for every step of a long prompt.",
        "{half_in_ram}。所以多放回一层都有用:只剩四分之一在内存时,这部分时间减半。也可以用更低的位数或 8 位缓存让它全部放下;MoE 则把专家而不是整层放内存。读提示也会变慢:内存里的层由 CPU 计算,提示长时则每一步都要把它们的权重拷到显卡上算。", KTRANSFORMERS, ELSEWHERE),
)  # fmt: skip
