"""What programs and models have beside weights, asked about by name and of no model: whether it takes memory, and which."""

from collections.abc import Callable

from chat.remarks.remark import ELSEWHERE, Asked, Remark
from chat.works import ANATOMY, GQA, MIXTRAL, NVIDIA_SMI, TORCH, TRAINER, V3, VLLM, WINDOW, ZERO


def _means(*names: str) -> Callable[[Asked], bool]:
    return lambda c: c.any(*(f"meaning:{name}" for name in names))


FEATURES_MEANT = (
    Remark("meaning-of-compile", 1, _means("compile"),
        "**torch.compile changes no weights and no states: fused kernels keep fewer intermediate tensors, so activations stay the same or shrink a little.** What it can add: CUDA graphs (mode=\"reduce-overhead\" or \"max-autotune\") keep buffers of their own for each shape, and tuning takes a workspace at the first steps. Lengths that vary compile again for each; mark them dynamic or pad to a few.",
        "**torch.compile 不改变权重和状态:融合的内核少存中间张量,激活不变或略小。** 可能多出来的:CUDA graph(mode=\"reduce-overhead\"、\"max-autotune\")为每种形状保留自己的缓冲,前几步调优要工作区。长度不断变化会反复编译,应设为动态形状或补齐到少数几种长度。", TORCH, ELSEWHERE),
    Remark("meaning-of-ema", 1, _means("ema"),
        "**An average of the weights is one more copy of them: 4 B of each parameter in fp32, 2 in 16 bit, and nothing else.** Full training with Adam in mixed precision goes from 16 to 20 B of each, so it adds a quarter and does not double; of adapters it is only theirs. It is read once a step at most: keep it in host memory, or shard it with the rest.",
        "**权重的滑动平均就是再多一份权重:每参数 fp32 4 字节、16 位 2 字节,别的都不增加。** 混合精度 Adam 全参训练由每参数 16 字节变成 20 字节,多四分之一,而不是翻倍;LoRA 只是适配器那一份。每步最多用一次:可以放在内存里,或随其他状态一起切分。", ANATOMY, ELSEWHERE),
    Remark("meaning-of-workers", 1, _means("workers"),
        "**They take RAM, not VRAM: each worker is a process with its own part of the data set and of batches that wait (num_workers × prefetch_factor); pin_memory locks the waiting batches in host memory.** The card sees only the batch of the step. It takes VRAM only where the data set or the collate function makes tensors on the card: then every worker opens a CUDA context of its own.",
        "**占的是内存,不是显存:每个 worker 是一个进程,各持一份数据和排队的批次(num_workers × prefetch_factor);pin_memory 把排队的批次锁在内存里。** 显卡只看到当前这一步的批次。只有在 dataset 或 collate 里直接建 GPU 张量时才占显存:那样每个 worker 都会另开一个 CUDA 上下文。", TORCH, ELSEWHERE),
    Remark("meaning-of-system-prompt", 1, _means("system_prompt"),
        "**Yes, like any other tokens: a system prompt stands in the KV cache of every request, tokens × bytes per token.** With prefix caching (vLLM, SGLang) requests that begin with it share one copy, computed once; without it each sequence keeps its own. Reading it takes activations for a moment; the weights do not change.",
        "**占,和其他 token 一样:系统提示词在每个请求的 KV 缓存里都占 token 数 × 每 token 字节数。** 开了前缀缓存(vLLM、SGLang)时,以它开头的请求共用一份,只算一次;没开就每条序列各存一份。读入时另有一时的激活;权重不变。", VLLM, ELSEWHERE),
    Remark("meaning-of-thinking", 1, _means("thinking"),
        "**The weights are the same; what it thinks are tokens, and each stands in the KV cache until the answer ends.** So a request takes its prompt + thoughts + answer × bytes per token: thousands of tokens more, and fewer such requests at once. Set the length for them (max-model-len, num_ctx), and take an 8-bit cache where many think at once.",
        "**权重不变;思考的内容也是 token,在回答结束之前都留在 KV 缓存里。** 所以一个请求占(提示 + 思考 + 回答)× 每 token 字节数,会多出几千个 token,能同时服务的请求相应减少。长度(max-model-len、num_ctx)要把它算进去;并发思考的多时用 8 位缓存。", VLLM, ELSEWHERE),
    Remark("meaning-of-chunked-prefill", 1, _means("chunked_prefill"),
        "**Chunked prefill takes less: a prompt is read in pieces of max_num_batched_tokens, so the activations of a step go with that number and not with the length of the prompt.** The server's profile run takes one such step, so smaller pieces leave more of the share to the KV cache. The cache of the prompt itself is the same; very small pieces only read long prompts more slowly.",
        "**分块预填充更省:提示按 max_num_batched_tokens 分段读入,一步的激活取决于这个数,而不是提示的长度。** 服务启动时的测量就是这样的一步,段越小,份额里留给 KV 缓存的越多。提示本身的缓存不变;段太小只会让长提示读得慢。", VLLM, ELSEWHERE),
    Remark("meaning-of-ecc", 1, _means("ecc"),
        "**On cards with GDDR memory ECC takes a part of it: with it on the driver reports less than the card is sold with (A10, L4, L40S, RTX A6000 and the like); on cards with HBM (A100, H100) the memory of the check bits is there beside, and nothing is lost.** nvidia-smi -q shows whether it is on; nvidia-smi -e 0 and a restart turn it off, at the risk of bit errors that nobody sees.",
        "**GDDR 显存的卡开 ECC 会占用一部分:开启后驱动报告的显存少于标称(A10、L4、L40S、RTX A6000 等);HBM 的卡(A100、H100)校验位另有存放的地方,不损失容量。** nvidia-smi -q 可看是否开启;nvidia-smi -e 0 再重启可以关闭,代价是出了比特错误无从发现。", NVIDIA_SMI, ELSEWHERE),
    Remark("meaning-of-window", 1, _means("window"),
        "**It bounds the cache: a layer with a sliding window keeps only the last tokens of its window, however long the text is; layers without one keep all.** Models mix both (Gemma, gpt-oss), so the cache grows with the length in the others alone. Attention sinks add only a few tokens that are kept for good. The program must know of it: one that stores every layer at full length saves nothing.",
        "**它给缓存设了上限:带滑动窗口的层只保留窗口内最近的 token,文本再长也不增加;没有窗口的层仍保留全部。** 多数模型两种层混用(Gemma、gpt-oss),缓存只在其余层随长度增长。attention sink 只是多留开头几个 token。前提是程序支持:若每层都按全长存,就一点不省。", WINDOW, ELSEWHERE),
    Remark("meaning-of-grouped-heads", 1, _means("grouped_heads"),
        "**Grouped-query attention shrinks the KV cache, by query heads ÷ KV heads: with 32 and 8 a quarter is left; MQA keeps one pair of key and value for all.** The weights shrink only by the key and value projections, a few per cent. Activations of training hardly change. Tensor parallel beyond the number of KV heads copies the cache instead of dividing it.",
        "**分组查询注意力(GQA)省的是 KV 缓存,倍数为 查询头数 ÷ KV 头数:32 比 8 就只剩四分之一;MQA 所有头共用一份 K、V。** 权重只少了 K、V 投影的一部分,几个百分点。训练的激活几乎不变。张量并行的卡数超过 KV 头数时,缓存是复制而不是再切分。", GQA, ELSEWHERE),
    Remark("meaning-of-latent-cache", 1, _means("latent_cache"),
        "**Multi-head latent attention keeps one compressed vector and one rotary key per token and layer, for all heads together, instead of a key and a value for each: DeepSeek-V3's take 576 numbers a layer.** The cache is smaller by an order of magnitude than with separate heads, at any precision. It is one vector, so tensor parallel does not divide it: each card keeps a whole copy (data-parallel attention avoids that). A program without support for it stores full heads.",
        "**MLA 每层每个 token 只存一个压缩向量和一个旋转键,所有头共用,而不是每个头一对 K、V:DeepSeek-V3 每层 576 个数。** 缓存比分头存小一个数量级,与精度无关。因为只有一个向量,张量并行切不开,每张卡各存完整的一份(数据并行注意力可避免)。不支持 MLA 的程序会按完整的头存。", V3, ELSEWHERE),
    Remark("meaning-of-ddp", 1, _means("ddp"),
        "**A little more than on one card: each card holds all weights, gradients and optimizer states, as one would alone, and beside them the buckets in which gradients are exchanged (as large as the gradients, unless gradient_as_bucket_view is on), NCCL's buffers and a context of its own.** Nothing is divided, so more cards make it faster, not smaller; ZeRO or FSDP divides.",
        "**比单卡略多:每张卡都和单卡一样放完整的权重、梯度和优化器状态,另有交换梯度的桶(与梯度一样大,除非打开 gradient_as_bucket_view)、NCCL 缓冲和各自的上下文。** 什么都没切分,卡多只是更快,不会更省;要切分得用 ZeRO 或 FSDP。", ZERO, ELSEWHERE),
    Remark("meaning-of-vocabulary", 1, _means("vocabulary"),
        "**The size of the vocabulary counts twice: in embedding and head, vocabulary × hidden size × bytes of each (once where they are tied), and in the logits, tokens × vocabulary × 4 B in fp32, several copies at once in training.** For small models and long batches the logits are often the largest part; a fused loss (Liger) does without them. In running a model they are those of the last token alone. Added tokens cost their rows, and their training, if embedding and head train (modules_to_save).",
        "**词表大小有两处影响:embedding 和 head 各是 词表 × 隐藏维度 × 字节数(共用时只算一份);logits 是 token 数 × 词表 × 4 字节(fp32),训练时同时有好几份。** 模型小、批次长时,logits 往往是最大的一块,融合损失(Liger)可以不存。推理只要最后一个 token 的。新增 token 只多出对应的行;若 embedding 和 head 也训练(modules_to_save),再加它们的梯度和优化器状态。", TRAINER, ELSEWHERE),
    Remark("meaning-of-active-in-training", 1, _means("active_in_training"),
        "**By the total: weights, gradients and optimizer states of all experts are kept, for any of them may be used in a step: total parameters × 16 B with Adam in mixed precision.** The active parameters set the computing, and activations go with what each token passes through, that is with the active ones. Expert parallel and ZeRO divide the experts over the cards; adapters on attention alone leave them frozen.",
        "**按总参数:所有专家的权重、梯度和优化器状态都要保留,因为任何一步都可能用到:混合精度 Adam 是总参数 × 16 字节。** 激活参数决定计算量;中间激活按每个 token 经过的部分,即激活参数计。专家并行和 ZeRO 把专家切到各卡;只在注意力上加适配器时专家都冻结。", MIXTRAL, ELSEWHERE),
)  # fmt: skip
