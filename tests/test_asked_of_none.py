"""Short questions of no model about a file's types, slots, shares and steps of a server, and a cache over ranks."""

import pytest

from tests.talking import answer_to, opening


@pytest.mark.parametrize(
    ("question", "opens"),
    [
        ("Is Q5_K_M exactly 5 bit?", "**No: Q5_K_M takes 5.7 bits a weight**"),
        ("Q4_K_M 是不是正好 4 位", "**不是：Q4_K_M 每个权重 4.89 位**"),
        ("Is the embedding matrix quantized in a GGUF file?", "**Yes: a GGUF file quantises every matrix"),
        ("llama.cpp 的 Q8_0 输出层也会量化吗", "**会：GGUF 里每个矩阵都量化"),
        ("Does GPTQ quantize the lm_head?", "**No: AWQ, GPTQ and bitsandbytes"),
        ("AWQ 的词嵌入是 16 位吗", "**不量化：AWQ、GPTQ、bitsandbytes"),
        ("what's the difference between Q5_K_S and Q5_K_M", "**Q5_K_M stores more of the model in more bits"),
        ("Q3_K_M 和 Q3_K_L 区别在哪", "**Q3_K_L 有更多权重用更多的位存"),
        ("PagedAttention reduces memory how?", "**PagedAttention keeps the cache in small pages"),
        ("分页注意力怎么省显存", "**PagedAttention 把缓存切成任何序列都能用的小页"),
        ("sequence length doubled does memory double", "**No: with twice the length the whole goes"),
        ("llama-server --parallel 2 -c 16384, how much context per user", "**Split evenly: llama-server's -c is the"),
        ("llama.cpp server 的 -np 设 4,每个 slot 的上下文是多少", "**会平分：llama-server 的 -c"),
        ("Does Ollama allocate context for each OLLAMA_NUM_PARALLEL request?", "**Yes: Ollama reserves the KV cache"),
        ("ollama 并行数设成 4 显存会翻倍吗", "**会：Ollama 加载模型时就按"),
        ("is it ok to raise gpu-memory-utilization to 0.97", "**On a card of its own without a screen 0.97"),
        ("显存利用率设到 0.98 会不会出问题", "**最好不要设到 0.98"),
        ("gpu_memory_utilization 1.0 ok?", "**Rather not 1;"),
        ("what happens if gpu_memory_utilization is too low", "**Too low a share leaves too small a pool"),
        ("显存利用率调太低会怎么样", "**设得太低，缓存池就太小"),
        ("max_num_seqs too high, what happens", "**It reserves no cache"),
        ("max_num_seqs 设太大有什么影响", "**它不预留缓存"),
        ("what is the default OLLAMA_NUM_PARALLEL", "**1 unless OLLAMA_NUM_PARALLEL is set"),
        ("ollama 的并行数默认是多少", "**OLLAMA_NUM_PARALLEL 不设就是 1"),
        ("does -np 4 multiply the kv cache in llama-server", "**No: llama-server allocates the KV cache"),
        ("llama-server -np 4 会让 KV 缓存变成 4 倍吗", "**不会：llama-server 按 -c 的 token 数分配"),
        ("what does max-num-batched-tokens do?", "**max_num_batched_tokens bounds the tokens"),
        ("how many bits is Q6_K", "**Q6_K takes 6.5625 bits a weight"),
        ("Q3_K_M 是多少位", "**Q3_K_M 每个权重"),
        ("how much larger is Q5_K_M than Q4_K_M", "**Q5_K_M stores more of the model"),
        ("Q8_0 比 Q6_K 大多少", "**Q8_0 有更多权重"),
        ("is a large model at q4 better than a small one at fp16", "**The larger model in about 4 bits"),
        ("more parameters or higher quant?", "**The larger model in about 4 bits"),
        ("参数大还是量化精度高好", "**一般选约 4 位的大模型"),
        ("a model of 8GB on disk, 10GB in vram, why", "**A file holds the weights alone"),
        ("加载 8G 的模型为什么占 10G", "**文件里只有权重"),
        ("does pipeline parallelism shard the kv cache", "**It is divided, by layers"),
        ("流水线并行时 KV 缓存怎么分", "**会切分，按层切"),
        ("why is paged attention memory efficient", "**PagedAttention keeps the cache"),
        ("doubling the batch size doubles the vram?", "**No: with twice the batch"),
        ("what if max-num-batched-tokens is too large", "**max_num_batched_tokens bounds the tokens"),
        ("max_num_batched_tokens 设太大有什么影响", "**max_num_batched_tokens 限制一步里"),
        ("big model at 4bit or small model at 8bit?", "**The larger model in about 4 bits"),
        ("大模型低量化和小模型高量化哪个好", "**一般选约 4 位的大模型"),
        ("my model file is 8GB, it takes 11GB loaded, where is the rest from", "**A file holds the weights alone"),
        ("gguf 文件 8G 跑起来占 11G 多出来的是什么", "**文件里只有权重"),
        ("Is the KV cache duplicated on every GPU under tensor parallel?", "**It is divided, by KV heads"),
        ("张量并行时 kv 缓存每张卡都存一份吗", "**会切分，按 KV 头切"),
        ("can tp be larger than num_key_value_heads", "**More ranks than KV heads is fine"),
        ("张量并行数大于 kv 头数行吗", "**张量并行数可以超过 KV 头数"),
        ("tp 16 with 8 kv heads, what happens", "**It works, but the cache is divided over 8 cards"),
        ("tp 8 只有 2 个 kv 头会怎么样", "**可以跑，但缓存最多切成 2 份"),
        ("vllm: kv cache too small for max model len, how to fix", "**The pool is smaller than the cache of one"),
        ("vllm 提示缓存不足放不下最大长度，怎么解决", "**缓存池放不下一条"),
        ("MLA kv cache bytes per token formula", "**(latent width + rotary key) × bytes"),
        ("MLA 每 token 的 KV 要多少字节", "**每层（压缩向量宽度 + 旋转键）"),
        ("why is there a factor of 2 in the KV cache formula", "**The 2 in front is keys and values"),
        ("KV 缓存公式前面的 2 代表什么", "**开头的 2 是 K 和 V 各一份"),
        ("why is the kv cache of deepseek smaller than that of llama 3.1 70b", "**A token's cache takes"),
        ("deepseek 的缓存跟 llama 3.1 70b 比为什么小", "**Llama-3"),
    ],
)  # fmt: skip
def test_it_is_answered_in_its_first_words(question: str, opens: str) -> None:
    assert opening(question).startswith(opens)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("llama-server -c 24576 -np 3 context of each slot?", "24,576 ÷ 3 = 8,192 tokens"),
        ("-np 2 -c 8k 每个用户能用多少上下文", "8,192 ÷ 2 = 4,096 token"),
        ("what happens if I set max_num_batched_tokens to 32768", "32,768 × 2 × 14,336 × 2 B = 1.88 GB (1.75 GiB)"),
        ("gpu_memory_utilization 调到 0.9 会不会爆", "24 GB 的卡设 0.9 时只剩 2.40 GiB"),
        ("tp=4 does the kv cache get sharded", "keeps 1/4 of every token's cache"),
        ("tp 4 and the model has 8 kv heads: what happens to the cache?", "each card keeps 2 of the 8 heads"),
        ("长度从 4k 到 8k 显存翻倍吗", "15.5 GiB → 17.5 GiB"),
        ("tp 6 with 4 kv heads ok?", "does not start"),
        ("my gguf file is 20GB, it takes 24GB loaded, why the extra", "24 − 20 = 4 GB"),
    ],
)
def test_its_numbers_are_worked_with(question: str, said: str) -> None:
    assert said in answer_to(question)


@pytest.mark.parametrize(
    ("question", "unsaid"),
    [
        ("is Q4_K_M with 4 bits good enough for coding", "takes 4.89 bits"),
        ("does Llama-3-8B Q4_K_M really fit in 4 bits on 8GB", "**No: Q4_K_M"),
        ("which quantized embedding model gguf for rag", "quantises every matrix"),
        ("Q4_K_M vs Q5_K_M: which is better quality", "stores more of the model"),
        ("Qwen3-8B Q4_K_M, llama-server -np 4 -c 32768: fits in 12 GB?", "Split evenly"),
        ("vllm max-num-seqs 4 and context 32768, memory per user for Llama-3-8B", "Split evenly"),
        ("OLLAMA_NUM_PARALLEL=4 num_ctx 8192 llama3.1:8b q4: how much vram?", "**Yes: Ollama reserves"),
        ("what gpu_memory_utilization for two models on one card", "mostly stands"),
        ("max_num_batched_tokens 65536 OOM with Llama-3.1-8B on 24GB", "bounds the tokens of one step"),
        ("set gpu_memory_utilization to 0.5, can i set it for a second model", "mostly stands"),
        ("max_num_seqs 256 with Llama-3-8B on 24GB: OOM", "It reserves no cache"),
        ("does doubling the model size double the vram", "with twice the batch"),
        ("32B q4 or 14B q8 on a 24gb card", "The larger model in about 4 bits"),
        ("kv cache of Qwen2.5-7B with tp 4 per gpu", "where the model has 4 KV heads or more"),
        ("can i use tp 3 on 3 gpus", "More ranks than KV heads"),
        ("MLA vs GQA: cache per token?", "**(latent width"),
        ("kv cache formula", "The 2 in front"),
        ("where do your numbers come from", "A file holds the weights"),
        ("where does the rest of the memory come from", "Every figure is worked out by formulas"),
        ("mistral kv cache vs smaller batch per token", "A token's cache takes"),
    ],
)
def test_a_case_or_another_matter_is_none_of_it(question: str, unsaid: str) -> None:
    assert unsaid not in answer_to(question)
