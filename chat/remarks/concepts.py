"""How a thing works, asked of no model in particular: the reason in the first sentence, whatever the figures.

What is said here holds of every model; figures of a case are added by the remarks beside it.
"""

from chat.figures.adapters.frozen_layers import TOPICS as FREEZE_TOPICS
from chat.remarks.remark import ELSEWHERE, FIRST, Asked, Remark
from chat.works import (
    ANATOMY,
    DEEPSPEED_CONFIG,
    FLASH,
    FREEZE,
    GQA,
    KORTHIKANTI,
    KTRANSFORMERS,
    LORA,
    MIXED,
    PEFT,
    SWITCH,
    V3,
    ZERO,
)

_ASKS_HOW = ("why_more", "explain_derive", "method_diff", "unclear", "oom_diagnosis", "how_much", "fits", "zero_offload", "moe", "check_arithmetic")  # fmt: skip


def _of_any_cache(c: Asked) -> bool:
    return (not c.modelled or c.any("any_model")) and not c.training and c.any("kv_cache", "kv", "multi_head")


def _one_setting(c: Asked) -> bool:
    """Is it asked what one setting does, where no remark of its own says so?"""
    asked = any(one.startswith("lever:") for one in c.about) and not c.any("rank_denied")
    eight_bit = c.training and c.modelled and c.any("eight_bit_states", "lever:optimizer_8bit")
    judged = any(one.startswith("lever_claim:") for one in c.about)  # what somebody says of it is
    saving = c.method == "full" and c.n == 1 and c.any("saving_asked", "each_claimed") and not judged
    return asked and not (eight_bit and (c.adapters or saving))


CONCEPTS = (
    Remark("lever-effect", 2, _one_setting, "{lever_effect}", "{lever_effect}", ANATOMY),
    Remark("levers-apart", 1, lambda c: any(one.startswith("levers_apart:") for one in c.about), "{levers_apart}", "{levers_apart}", ANATOMY, FIRST),
    Remark("kinds-of-attention", 3, lambda c: (not c.modelled or c.any("any_model")) and not c.training and c.any("kinds_of_attention"),
        "**They differ in what each layer keeps of a token: MHA a key and a value for every head, GQA one pair for a group of query heads, MQA one pair for all, MLA one compressed vector for all heads.** {kv_examples} The cache shrinks in proportion to the KV heads, and weights change little; MLA shrinks further and computes keys and values of each head from its vector.",
        "**区别在于每层为每个 token 存什么:MHA 每个头各存一份 K 和 V,GQA 一组查询头共用一份,MQA 所有头共用一份,MLA 所有头共用一个压缩向量。** {kv_examples} 缓存按 KV 头数成比例缩小,权重变化不大;MLA 更小,各头的 K 和 V 由这个向量算出。", GQA),
    Remark("cache-by-size", 1, lambda c: not c.training and c.any("cache_by_size"),
        "**No, not on the number of parameters: a token's cache is 2 (keys and values) × layers × KV heads × head size × bytes of a number.** Two models of one size differ by what they share: with a key and a value for every head (MHA) it is several times that of grouped heads (GQA).",
        "**不是看参数量:每 token 的缓存 = 2(K 与 V)× 层数 × KV 头数 × 每头维度 × 每个数的字节数。** 参数量相同的两个模型,每个头各有 K、V 的(MHA)是分组共用(GQA)的好几倍。", GQA, FIRST),
    Remark("cache-narrowed", 3, lambda c: _of_any_cache(c) and c.said("kv_format"),
        "{cache_narrowed} A token's cache is 2 (keys and values) × layers × KV heads × head size × bytes of a number; the weights stay as they are, and a server's pool holds more tokens instead of getting smaller.",
        "{cache_narrowed}每 token 的缓存 = 2(K 与 V)× 层数 × KV 头数 × 每头维度 × 每个数的字节数;权重不变,服务的缓存池也不变小,而是能放更多 token。", GQA),
    Remark("cache-of-any-model", 4, lambda c: _of_any_cache(c),
        "**Bytes per token = 2 (keys and values) × layers × KV heads × head size × bytes of a number (2 in 16 bit); times tokens and sequences.** Not the hidden size, which is query heads × head size: with grouped-query attention that is too large by query heads ÷ KV heads. Nor heads × hidden, which counts the heads twice. {kv_examples} Layers with a sliding window keep only the window; quantised weights leave the cache in 16 bit.",
        "**每 token 字节数 = 2(K 与 V)× 层数 × KV 头数 × 每头维度 × 每个数的字节数(16 位为 2);再乘 token 数和序列数。** 不能用隐藏维度(= 查询头数 × 每头维度):GQA 时会偏大 查询头数 ÷ KV 头数 倍;也不能用 头数 × 隐藏维度,那把头数算了两次。{kv_examples} 滑动窗口层只保留窗口内的 token;权重量化后缓存仍是 16 位。", GQA),
    Remark("micro-batch-decides", 3, lambda c: (not c.modelled or c.any("any_model")) and not c.serving and c.any("accumulation") and c.any(*_ASKS_HOW),
        "**The number of accumulation steps does not change what a step takes; the micro-batch does.**{whole_under_fsdp} Activations and logits are those of one micro-batch, and gradients are summed into one buffer, so more steps at the same micro-batch save nothing and cost nothing; only from one step to several the gradients stay in memory through the next passes, and what rises beyond that is a longer batch that came by, or blocks that PyTorch keeps (compare max_memory_allocated). What saves is a smaller micro-batch with as many more steps: from B at once to 1 at a time activations and logits fall to about 1/B at the same effective batch, while weights, gradients and optimizer states stay as they are: where one sequence at a time already runs out, accumulation cannot help, but checkpointing, LoRA, ZeRO-3 or a shorter length can. The price is time: no computing is saved, and small micro-batches use the card less well.",
        "**累积步数不改变单步显存,micro-batch 才决定。**{whole_under_fsdp}激活和 logits 只按一个 micro-batch 计,梯度累加在同一块缓冲里,所以 micro-batch 不变、只加累积步数,显存既不省也不涨;只有从 1 步变为多步时,梯度要留到后面的前向,除此之外的上涨来自碰到的更长批次或 PyTorch 保留的块(比较 max_memory_allocated)。真正省的是把 micro-batch 调小、累积步数相应调大:从一次 B 条改成一次 1 条、累积 B 步,等效批大小不变,激活和 logits 约降到 1/B;权重、梯度和优化器状态不变:一次 1 条就已经放不下时,累积帮不上忙,要靠重计算、LoRA、ZeRO-3 或更短的长度。代价是时间:计算量不省,小 micro-batch 的利用率还更低。", ANATOMY),
    Remark("packing-fills-any", 3, lambda c: (not c.modelled or c.any("any_model")) and not c.serving and c.any("packing") and not c.failed and c.any(*_ASKS_HOW),
        "**Packing joins samples until every sequence has the maximum length, so each step holds batch × maximum tokens, where before it held batch × the longest sample of it.** Activations and logits go with the tokens and grow in that proportion; weights, gradients and optimizer states stay, and there are as many fewer steps. Lower the maximum length or the micro-batch to get back to what a step took; packing loses nothing by it but samples longer than that. Without FlashAttention's variable lengths packed samples also want a full mask.",
        "**packing 把样本拼到最大长度,每步都是 批大小 × 最大长度 个 token,而之前只是 批大小 × 该批最长样本。** 激活和 logits 按 token 数增长;权重、梯度和优化器状态不变,步数则相应减少。把最大长度或 micro-batch 调小,就回到原来每步的占用;除了超过最大长度的样本,packing 没有损失。没有 FlashAttention 的变长支持时,拼在一起的样本还需要完整的掩码。", KORTHIKANTI),
    Remark("packing-fills-here", 3, lambda c: c.training and c.modelled and not c.any("any_model") and not c.failed and (c.any("lever:packing") or (c.any("packing") and c.any("why_more", "method_diff", "explain_derive"))),
        "**Packing does not raise the most that a step can take, it makes every step take it: packed, each holds {tokens} tokens (batch × maximum length), {peak}{of_case}; unpacked, a step holds batch × its longest sample, which is as much only where samples reach the maximum, and at half the length {peak_shorter}.** Weights, gradients and optimizer states stay, and there are fewer steps. To get back to what a step took lower the maximum length or the micro-batch; packing loses nothing by it but samples longer than that. It wants FlashAttention's variable lengths, else packed samples attend to one another.",
        "**packing 不抬高单步的上限,而是让每一步都达到上限:打包后每步都是 {tokens} 个 token(批大小 × 最大长度),{peak}{of_case};不打包时是 批大小 × 该批最长样本,只有样本达到最大长度时才一样多,一半长度则是 {peak_shorter}。** 权重、梯度和优化器状态不变,步数减少。想回到原来的占用就调小最大长度或 micro-batch;除了更长的样本,packing 没有损失。需要 FlashAttention 的变长接口,否则打包的样本会互相注意。", KORTHIKANTI),
    Remark("length-or-batch", 4, lambda c: not c.serving and c.any("length_and_batch"),
        "**Twice the length and twice the batch take the same as long as attention is FlashAttention or SDPA**: activations and logits then go with the tokens of a micro-batch, batch × length. Eager attention also keeps score matrices that go with batch × length², so there twice the length is worse.",
        "**用 FlashAttention 或 SDPA 时,长度翻倍和 batch 翻倍效果相同**:激活与 logits 只看一个 micro-batch 的 token 数,即 batch × 长度。eager 注意力还要存 batch × 长度² 的分数矩阵,长度翻倍就更吃显存。", FLASH),
    Remark("linear-in-length", 5, lambda c: not c.serving and c.any("square_of_length") and not c.any("score_formula") and not c.given("attention", "eager"),
        "**Activations and logits grow linearly with the length, not with its square**, as long as attention is FlashAttention or SDPA: twice the tokens, twice the bytes. Only eager attention keeps score matrices of length × length, which grow with the square. (Computing attention does grow with the square: that is time, not memory.)",
        "**激活与 logits 随长度线性增长,不是平方**,前提是用 FlashAttention 或 SDPA:token 翻倍,字节翻倍。只有 eager 注意力会存 长度 × 长度 的分数矩阵,才随平方增长。(注意力的计算量确实按平方涨,那是时间,不是显存。)", FLASH),
    Remark("why-activations-are-kept", 4, lambda c: not c.serving and c.any("why_recompute") and not c.failed and not (c.modelled and c.any("saving_asked", "in_bytes_asked")),
        "**The backward pass needs them: the gradient of a weight is the product of the layer's input with the gradient from above, and norms, attention and activation functions need their own inputs or outputs too; so the forward pass keeps what every layer computed until the backward pass gets there.** That grows with batch × length × layers. Gradient checkpointing keeps only the input of each layer and computes the rest of one layer again when the backward pass reaches it: memory for one more forward pass, about a third more computing. It changes neither weights, gradients and optimizer states nor the result.",
        "**反向传播要用到它们:权重的梯度 = 该层输入 × 上层传来的梯度,归一化、注意力和激活函数的反向也要用自己的输入或输出,所以前向必须把每层的中间结果留到反向用完为止。** 它随 batch × 长度 × 层数增长。激活重计算(梯度检查点)只保留每层的输入,反向走到某一层时再把这一层重算一遍:用多一次前向(约多三分之一的计算量)换显存。权重、梯度、优化器状态和计算结果都不变。", KORTHIKANTI),
    Remark("experts-on-demand", 4, lambda c: c.any("experts_on_demand"),
        "**All experts must be within reach: the router picks others for every token and in every layer, so a few tokens already use nearly all of them.** The active parameters say what a token computes and reads, not what must be stored. To fetch experts on demand from host memory or disk does work (llama.cpp, KTransformers), but then each token reads its active parameters over PCIe or from the disk, and that bandwidth is the speed: active bytes ÷ bandwidth for every token, seconds from a disk. So the experts stay in host memory and are computed there, and the card holds attention, shared experts and the KV cache.",
        "**所有专家都必须随时可用:路由器在每一层、对每个 token 选的专家都不同,几个 token 就几乎用遍全部专家。** 激活参数量说的是每个 token 要计算和读取多少,不是要存多少。按需从内存或硬盘取专家是可行的(llama.cpp、KTransformers),但每个 token 都要把激活的那部分经 PCIe 或硬盘读一遍,速度就是 激活参数字节数 ÷ 带宽,从硬盘读要几秒一个 token。所以实际做法是专家留在内存并由 CPU 计算,显卡只放注意力、共享专家和 KV 缓存。", KTRANSFORMERS),
    Remark("zero3-takes-more", 1, lambda c: not c.serving and c.any("zero3_takes_more"),
        "**By its states ZeRO-3 never takes more: 16/N B of a parameter on each of N cards against 2 + 14/N. What it adds is buffers: each layer is gathered whole before it computes, and the next ones ahead of it (stage3_max_live_parameters, stage3_prefetch_bucket_size); activations and logits no stage divides.**{little_divided} It is more than is saved where there is little to divide: one card for each process, a small or mostly frozen model (LoRA, QLoRA), a large embedding that is gathered at once. Check, too, that it is at work: a config that is not read leaves a whole copy, batch and length must be the same in both, and nvidia-smi counts the blocks that PyTorch keeps, of which gathering leaves many (compare max_memory_allocated). Lower the two settings, or stay at ZeRO-2 where that fits: it is faster, as ZeRO-3 gathers the weights in both passes, half as much traffic again for each micro-batch.",
        "**单看模型状态,ZeRO-3 不会更多:N 张卡时每卡每参数 16/N 字节,ZeRO-2 是 2 + 14/N。多出来的是缓冲:每层计算前要临时聚合成完整的一层,还会提前聚合后面的层(stage3_max_live_parameters、stage3_prefetch_bucket_size);激活和 logits 任何阶段都不切。** {little_divided}可切的东西少时,缓冲就比省下的多:每个进程只有一张卡、模型小或大部分冻结(LoRA、QLoRA)、很大的词嵌入一次聚合。还要确认它真的生效(配置没读到就是每卡一份完整副本)、两次的批大小和长度相同;nvidia-smi 还包括 PyTorch 留着的块,聚合会留下很多(对比 max_memory_allocated)。把这两个设置调小;ZeRO-2 放得下就用 ZeRO-2,更快:ZeRO-3 前向、反向都要聚合权重,每个微步的通信量多一半。", DEEPSPEED_CONFIG, FIRST),
    Remark("zero3-divides-states", 3, lambda c: not c.serving and c.any("zero3_divides_all") and (c.zero == 3 or c.any("stages")),
        "**Not quite: ZeRO-3 divides weights, gradients and optimizer states by the number of cards, but neither activations nor logits; each card computes its own batch and keeps all of its own.** On top come, on every card, the layers that are gathered for computing, communication buffers and the CUDA context, so N cards hold less than N times the model of one. What brings activations down: checkpointing, a smaller micro-batch or length, sequence or tensor parallelism.",
        "**不完全对:ZeRO-3 按卡数切分的是权重、梯度和优化器状态,激活和 logits 不切;每张卡算自己的 batch,激活都是完整的一份。** 每张卡另有计算时临时聚合的层参数、通信缓冲和 CUDA 上下文,所以 N 张卡训不了单卡 N 倍大的模型。要降激活,得靠重计算(检查点)、减小 micro-batch 或长度、序列并行或张量并行。", ZERO),
    Remark("one-card-divides-nothing", 3, lambda c: not c.serving and c.zero > 0 and c.n == 1 and c.said("n_gpus") and not c.said("offload") and not c.failed and c.any("use_doubted", "saving_asked", "what_helps", "unclear", "zero_offload"),
        "**By itself it does nothing on one card: ZeRO and FSDP divide by the number of cards, and one card keeps all of weights, gradients and optimizer states; stage 3 only adds buffers for gathering layers.** What helps there is what DeepSpeed offloads: optimizer states (stage 2) or the parameters as well (stage 3) go to host memory, at the price of slower steps. Without offload take 8-bit states, a fused loss, checkpointing or a quantised base with adapters.",
        "**单卡上它本身没有作用:ZeRO/FSDP 按卡数切分,一张卡还是要放下完整的权重、梯度和优化器状态,ZeRO-3 只会多出聚合层的缓冲。** 有用的是 DeepSpeed 的 offload:把优化器状态(ZeRO-2)或连参数一起(ZeRO-3)放到主机内存,代价是步速变慢。不想 offload 就用 8 位优化器、融合损失、激活重计算,或量化基座加适配器。", ZERO),
    Remark("fp8-training-counted", 2, lambda c: c.training and c.modelled and c.method == "full" and c.any("fp8_training"),
        "**No less than in bf16, but a little more: FP8 is what matrices are multiplied in, while weights, gradients and Adam's states stay, {params} × 16 B = {states}, and FP8 copies of the weights stand beside them, up to {w8}, which is not counted here.** Inputs kept in FP8 save a part of the activations; what it buys is speed. Less takes 8-bit or bf16 moments, pure bf16 (8 B per parameter), sharding or offload.",
        "**不会比 bf16 少,还略多一点:FP8 只用于矩阵乘法,权重、梯度和 Adam 状态照旧是 {params} × 16 字节 = {states},另外还要存权重的 FP8 副本,最多 {w8},这里没有计入。** 以 FP8 保存的输入能省一部分激活;换来的主要是速度。要省显存,得用 8 位或 bf16 动量、纯 bf16(每参数 8 字节)、切分或 offload。", MIXED),
    Remark("fp8-training", 3, lambda c: not c.serving and c.any("fp8_training"),
        "**No: training in FP8 multiplies matrices in FP8, but the master weights and gradients stay in fp32 and Adam's moments in fp32 or bf16, and these are most of the 16 B per parameter.** It saves at most about a byte per parameter of the weights that are computed with, and a part of the activations (inputs kept in FP8); what it gains is speed. To halve the states takes 8-bit or bf16 moments, pure bf16 (8 B per parameter), sharding or offload.",
        "**不会减半:FP8 训练只是用 FP8 做矩阵乘法,主权重和梯度仍是 fp32,Adam 动量是 fp32 或 bf16,而每参数 16 字节里大部分就是它们。** 它最多在计算用的权重上每参数省约 1 字节,再省一部分激活(以 FP8 保存的输入);主要收益是速度。要把状态减半,得用 8 位或 bf16 动量、纯 bf16(每参数 8 字节)、切分或 offload。", V3),
    Remark("price-of-checkpointing", 2, lambda c: not c.serving and not c.modelled and not c.failed and c.any("checkpointing_price"),
        "**Time, and no quality: the forward pass runs twice, about a third more computing with all weights trained (8 / 6 operations for each parameter and token), about half more with adapters (6 / 4).** For that only the input of each layer is kept and not all that a layer computes, so activations fall to a small part; weights, gradients, optimizer states and logits stay. Selective checkpointing recomputes attention alone and costs a few per cent.",
        "**代价是时间,不影响质量:前向多跑一遍,全参训练约多三分之一的计算(每参数每 token 8 / 6 次运算),适配器约多一半(6 / 4)。** 换来的是每层只存输入,激活降到一小部分;权重、梯度、优化器状态和 logits 不变。选择性重计算只重算注意力,只慢几个百分点。", KORTHIKANTI, ELSEWHERE),
    Remark("adapters-as-full-seen", 2, lambda c: not c.serving and (not c.modelled or c.any("any_model")) and not c.failed and c.any("adapters_like_full") and c.any("why_more"),
        "**By its states it should take far less, 2 B per parameter of a 16-bit base instead of 16; where both show the same, what shows is something that adapters do not save.** That is activations and logits (long samples, a large batch, no checkpointing: they are as large in both), blocks that the allocator keeps (compare max_memory_allocated and not nvidia-smi), a base loaded in fp32 (4 B), or weights that were never frozen: see that print_trainable_parameters() counts about 1 % or less. With ZeRO-3 over many cards the states are small on each, and what is left is the same in both.",
        "**按状态算它应该少得多,16 位基座每参数 2 字节而不是 16;若两者看起来一样,看到的就是 LoRA 省不了的部分。** 即激活和 logits(样本长、批大、没开检查点时两者一样大)、分配器留着的块(要比 max_memory_allocated,不要比 nvidia-smi)、用 fp32 加载的基座(4 字节),或者权重根本没冻结:看 print_trainable_parameters() 是不是 1 % 左右或更少。多卡 ZeRO-3 时每张卡的状态本来就小,剩下的两者相同。", LORA, FIRST),
    Remark("adapters-like-full", 2, lambda c: not c.serving and not c.modelled and not c.failed and c.any("adapters_like_full") and (c.any("claim_checked") or not c.any("why_more")),
        "**No: both load the base, 2 B per parameter in 16 bit, but full training keeps another 14 B for each parameter, gradients 2, the fp32 copy 4, Adam's moments 8; adapters keep these only for their own few parameters.** Activations and logits are about the same in both, so the gap is widest with short samples and checkpointing. A base in 4 bits (QLoRA) takes about 0.5 B per parameter instead of 2.",
        "**不一样:两者都要加载基座(16 位每参数 2 字节),但全参训练每个参数另要 14 字节:梯度 2、fp32 主权重 4、Adam 动量 8;适配器只为自己那一点参数存这些。** 激活和 logits 两者差不多,所以样本越短、开了重计算,差距越大。4 位基座(QLoRA)每参数只要约 0.5 字节。", LORA),
    Remark("adapters-take-more", 3, lambda c: not c.serving and c.any("adapters_take_more"),
        "**It can be so where activations and logits decide, with a small model at a long context; with the same settings it is seldom so.** Adapters save gradients and optimizer states alone, 14 B of the 16 B per parameter: little of a small model, and nothing of what grows with the tokens. They keep activations of their own beside those of the frozen layers (the input after dropout, its product with A), and a 4-bit base is unpacked layer by layer, with norms and hidden states often in float32. So see first that checkpointing, batch, length and padding are the same in both runs. What brings it down: checkpointing, a fused or chunked loss, a smaller micro-batch.",
        "**在激活和 logits 占大头时(小模型、长上下文)可能出现;设置完全相同时很少见。** 适配器省的只是梯度和优化器状态,即每参数 16 字节里的 14 字节:小模型本来就没多少,而随 token 增长的部分一点不省。它在冻结层的激活之外还要存自己的激活(dropout 之后的输入、与 A 的乘积),4 位基座要逐层解包,归一化和隐藏状态还常转成 float32。所以先核对两次运行的重计算、批大小、长度和补齐是否一致。真正能降的办法:重计算、融合或分块损失、更小的 micro-batch。", PEFT),
    Remark("freeze-beside-adapters", 2, lambda c: c.training and c.modelled and not c.failed and c.any(*FREEZE_TOPICS),
        "{freeze_beside_adapters}", "{freeze_beside_adapters}", FREEZE),
    Remark("freeze-explained", 2, lambda c: c.training and c.modelled and not c.failed and c.k("method") == "freeze" and c.said("n_trainable_layers") and c.any("why_more", "meaning:frozen_layers") and not c.any(*FREEZE_TOPICS),
        "{freeze_explained}", "{freeze_explained}", FREEZE, FIRST),
    Remark("where-activations-decide", 4, lambda c: c.training and c.modelled and c.any("adapters_take_more"),
        "At {seq} tokens and batch {batch} the states of full training are {states}; activations and logits are {kept_off} without checkpointing and {kept_on} with it. Without it they decide, and both methods then keep nearly the same; with it the states do.",
        "{seq} token、批大小 {batch} 时,全量训练的状态是 {states};激活与 logits 不开重计算是 {kept_off},开了是 {kept_on}。不开时由它们决定,两种方法几乎一样多;开了才由状态决定。", KORTHIKANTI),
    Remark("times-inference", 1, lambda c: not c.failed and c.any("times_inference") and not c.any("over_inference"), "{times_inference}", "{times_inference}", ZERO, FIRST),
    Remark("mixed-saves-no-states-counted", 2, lambda c: not c.serving and not c.failed and c.any("mixed_saves") and c.said("params"),
        "**Mixed precision saves no states: fp32 is 4 + 4 + 8 and mixed precision 2 + 2 + 4 + 8, 16 B per parameter in both, here {sixteen_said}; with gradients kept in fp32 it is even 18.** What it halves is what is computed: activations are kept in 16 bit, and matrix products run on tensor cores, several times as fast. Fewer bytes of states take pure bf16 (8 B), 8-bit Adam (about 10 B), ZeRO or FSDP over several cards, or adapters.",
        "**混合精度省的不是模型状态:fp32 是 4 + 4 + 8,混合精度是 2 + 2 + 4 + 8,都是每参数 16 字节,这里是 {sixteen_said};梯度若另存 fp32 反而是 18 字节。** 减半的是计算出来的东西:激活按 16 位保存,矩阵乘法用 tensor core,快好几倍。要省状态得用纯 bf16(8 字节)、8 位 Adam(约 10 字节)、ZeRO/FSDP 切分到多卡,或用 LoRA。", ZERO),
    Remark("mixed-saves-no-states", 2, lambda c: not c.serving and not c.failed and c.any("mixed_saves") and not c.said("params"),
        "**Mixed precision saves no states: fp32 is 4 + 4 + 8 and mixed precision 2 + 2 + 4 + 8, 16 B per parameter in both (18 with gradients kept in fp32).** What it halves is what is computed: activations are kept in 16 bit, and matrix products run on tensor cores, several times as fast. Fewer bytes of states take pure bf16 (8 B), 8-bit Adam (about 10 B), ZeRO or FSDP over several cards, or adapters.",
        "**混合精度省的不是模型状态:fp32 是 4 + 4 + 8,混合精度是 2 + 2 + 4 + 8,都是每参数 16 字节(梯度若另存 fp32 是 18)。** 减半的是计算出来的东西:激活按 16 位保存,矩阵乘法用 tensor core,快好几倍。要省状态得用纯 bf16(8 字节)、8 位 Adam(约 10 字节)、ZeRO/FSDP 切分到多卡,或用 LoRA。", MIXED),
    Remark("masters-cost", 1, lambda c: c.modelled and not c.serving and not c.failed and c.any("masters_cost") and not c.any("check_arithmetic", "claim_checked"),
        "**The fp32 copy is 4 B per parameter, {w32_said}, of the 16 B that mixed precision with Adam takes, and is divided with the optimizer by ZeRO and FSDP.** It can be left out: pure bf16 (the model loaded and trained in bf16, without autocast or with an optimizer that keeps none) takes 2 + 2 + 4 B, with 8-bit Adam 2 + 2 + 2 B; the price is that small updates are rounded away, unless the optimizer rounds stochastically or sums with Kahan's correction. In fp16 it cannot: gradients are scaled, and updates need it. With LoRA only the adapters have one.",
        "**fp32 主权重每参数 4 字节,共 {w32_said},是混合精度加 Adam 的 16 字节中的一部分,ZeRO/FSDP 会随优化器一起切分。** 可以不要:纯 bf16 训练(模型按 bf16 加载和更新,或用不保留主权重的优化器)每参数 2 + 2 + 4 字节,配 8 位 Adam 为 2 + 2 + 2 字节;代价是小的更新会被舍入掉,除非优化器用随机舍入或 Kahan 求和。fp16 不行:梯度要缩放,更新离不开它。LoRA 只有适配器才有主权重。", MIXED, FIRST),
    Remark("why-masters", 3, lambda c: not c.modelled and not c.serving and c.any("why_masters"),
        "**The fp32 copy is what the optimizer updates: a step changes a weight by far less than bf16 or fp16 can resolve beside it, so in 16 bit most updates would be rounded away and training would stall.** Forward and backward compute with the 16-bit weights, which are rounded from the copy after each step; Adam's moments are in fp32 for the same reason. It costs 4 B per parameter: 16 B with it (2 + 2 + 4 + 8), 12 B without (2 + 2 + 8), 8 B in pure bf16 with 16-bit moments too (2 + 2 + 4). It can be left out with stochastic rounding or Kahan summation, at some risk with a large learning rate alone; adapters (LoRA) keep theirs in fp32 for next to nothing.",
        "**优化器真正更新的是这份 fp32 主权重:每步的改动远小于权重本身,bf16/fp16 的精度分辨不出来,直接加在 16 位权重上大多会被舍掉,训练就停滞。** 前向和反向用的 16 位权重是每步之后由它舍入得到的;Adam 的动量用 fp32 也是同样原因。代价是每参数 4 字节:有它 16 字节(2 + 2 + 4 + 8),去掉是 12(2 + 2 + 8),动量也用 bf16 的纯 bf16 是 8(2 + 2 + 4)。配合随机舍入或 Kahan 求和可以省掉,直接省掉则有精度风险;LoRA 的适配器很小,用 fp32 几乎不占显存。", MIXED),
    Remark("lora-parameters", 3, lambda c: not c.modelled and not c.serving and c.any("lora_parameters"),
        "**LoRA writes the change of a d × k matrix as the product B·A of two thin ones, B of d × r and A of r × k: d·r + r·k = r × (d + k) parameters in place of d × k.** Sum it over the adapted matrices of a layer and times the layers. With gradients and Adam in fp32 each takes 4 + 4 + 8 = 16 B, so it grows in proportion to r, while the frozen base and the activations do not depend on it.",
        "**LoRA 把 d × k 矩阵的改动写成两个瘦矩阵之积 B·A,B 是 d × r,A 是 r × k:d·r + r·k = r × (d + k) 个参数,而不是 d × k。** 对每层被适配的矩阵求和,再乘层数。连同 fp32 梯度与 Adam,每个参数 4 + 4 + 8 = 16 字节,所以与 r 成正比;冻结的基座和激活则与 r 无关。", LORA),
    Remark("experts-are-stored", 6, lambda c: (not c.modelled or c.any("any_model")) and not c.training and c.any("moe") and c.any("active_alone", "explain_derive", "why_more"),
        "**A mixture of experts stores all of its parameters; the active ones only say how much a token computes and reads.** Every layer's router may send the next token to any expert, so none can be left out.{mixture_sum}",
        "**MoE 要存全部参数;激活参数量只决定每个 token 的计算量和读取量。** 每一层的路由器都可能把下一个 token 送到任何一个专家,所以一个也不能少。{mixture_sum}", SWITCH),
)  # fmt: skip
# beside them those that stand with what they are about
CONCEPT_KEYS = frozenset(one.key for one in CONCEPTS) | {"fsdp-and-zero", "frozen-layers-keep", "static-fraction"}
