"""Remarks on a message that was pasted, on prices, drafts, and what a setting would change."""

from chat.remarks import Remark

TORCH = ("PyTorch documentation: CUDA semantics", "https://pytorch.org/docs/stable/notes/cuda.html")
FLASH = ("Dao, FlashAttention-2", "https://arxiv.org/abs/2307.08691")
DRAFT = ("Leviathan et al., Speculative Decoding", "https://arxiv.org/abs/2211.17192")
TRL = ("TRL documentation: DPO Trainer", "https://huggingface.co/docs/trl/dpo_trainer")
GQA = ("Ainslie et al., GQA", "https://arxiv.org/abs/2305.13245")
MIXTRAL = ("Jiang et al., Mixtral of Experts", "https://arxiv.org/abs/2401.04088")
FSDP_OR_DEEPSPEED = (
    "accelerate documentation: FSDP and DeepSpeed",
    "https://huggingface.co/docs/accelerate/concept_guides/fsdp_and_deepspeed",
)
ZERO = ("Rajbhandari et al., ZeRO", "https://arxiv.org/abs/1910.02054")
SCALING = ("Kaplan et al., Scaling Laws", "https://arxiv.org/abs/2001.08361")

IEC = ("IEC 80000-13, prefixes for binary multiples", "https://physics.nist.gov/cuu/Units/binary.html")

TRANSFORMER_MATH = ("EleutherAI, Transformer Math 101", "https://blog.eleuther.ai/transformer-math/")
KORTHIKANTI = ("Korthikanti et al., Reducing Activation Recomputation", "https://arxiv.org/abs/2205.05198")
LORA = ("Hu et al., LoRA", "https://arxiv.org/abs/2106.09685")

ASKED = (
    # ── rules that people quote ───────────────────────────────────────────────────────────────────────────────────
    Remark("one-point-two", 6, lambda c: c.serving and c.any("one_point_two"),
        "The factor 1.2 is a rule of thumb for what comes on top of the weights, not derived: here {w_here} × 1.2 = {w_times}. What comes on top does not follow the weights: the KV cache grows with tokens and sequences, {kv_token} each and {kv_all} for {tokens}, and with activations and the runtime it is {rest_here}, {peak} in all. So the rule is near for short contexts and too low for long ones or many users.",
        "1.2 倍只是经验法则,给权重之外的部分留 20%,并非推导出来的:这里 {w_here} × 1.2 = {w_times}。而权重之外的部分并不随权重走:KV 缓存随 token 数和并发增长,每 token {kv_token},{tokens} token 共 {kv_all},连同激活和运行时是 {rest_here},总共 {peak}。所以短上下文时接近,长上下文或多用户时偏小。", TRANSFORMER_MATH),
    Remark("scores-formula", 5, lambda c: c.modelled and c.any("score_formula") and not c.serving,
        "s·b·h·L·(34 + 5·a·s/h) with {tokens} tokens, {hidden} wide, {layers} layers and {heads} heads is {scores_all}: that is everything a GPT block keeps in 16 bit, scores and dropout masks included (Korthikanti et al.). Without the 5·a·s/h part, which flash attention never stores, it is {scores_none}. With gradient checkpointing only the layers' inputs stay, 2·s·b·h·L = {checkpoints}, and one layer at a time is computed again: that is how it fits. The formula knows neither gated feed-forward blocks, grouped heads nor logits.",
        "s·b·h·L·(34 + 5·a·s/h) 代入 {tokens} token、宽 {hidden}、{layers} 层、{heads} 头,是 {scores_all}:这是 GPT 结构以 16 位保存的全部中间量,含注意力分数和 dropout 掩码(Korthikanti 等)。去掉 5·a·s/h(flash attention 不保存)是 {scores_none}。开梯度检查点只留各层输入 2·s·b·h·L = {checkpoints},再逐层重算:这就是放得下的办法。该公式不含门控 FFN、分组头和 logits。", KORTHIKANTI),
    Remark("frozen-layers-keep", 5, lambda c: c.adapters and c.any("frozen_keep") and c.any("why_more", "explain_derive", "method_diff") and c.any("lora"),
        "Frozen layers keep activations too: the gradient has to pass through them to reach the adapters of earlier layers, and for that every norm, attention and activation function needs what it computed. A frozen linear keeps no input for its own weights, but the adapter beside it reads the same input, so most of it stays. What LoRA saves are gradients and optimizer states; activations are saved by gradient checkpointing (here {kept_on} instead of {kept_off}).",
        "冻结的层也要保存激活:梯度必须穿过它们才能传到更前面各层的适配器,归一化、注意力和激活函数的反向都要用到前向的中间量。冻结的线性层自己不需要存输入,但旁边的适配器要读同一个输入,所以大部分还是得存。LoRA 省的是梯度和优化器状态;激活要靠梯度检查点来省(这里 {kept_on},不开是 {kept_off})。", LORA),
    Remark("cache-of-a-mixture", 6, lambda c: c.modelled and c.experts and not c.training and c.any("kv_cache", "kv") and c.any("moe"),
        "The cache does not depend on the experts: keys and values are attention's, which every token passes whole, so neither the active nor the total number of parameters enters it.",
        "KV 缓存与专家无关:K 和 V 属于注意力层,每个 token 都完整经过,激活参数和总参数都不参与计算。", MIXTRAL),
    # ── words of counting ──────────────────────────────────────────────────────────────────────────────────────────
    Remark("counting-words", 2, lambda c: c.any("counting_words"),
        "B after a number of parameters is billion (10^9), not bytes: 7B is 7 × 10^9 parameters, at 2 bytes each in 16 bit 14 GB. M is million, k thousand; the Chinese w (wan) is ten thousand and yi a hundred million, so that 7B is 70 yi. In a context length K is 1,024 as models declare it: 32K is 32,768 tokens, 128K 131,072. GB is 10^9 bytes, GiB 2^30: 1 GiB = 1.074 GB.",
        "参数量里的 B 是十亿(10^9),不是字节:7B 是 70 亿参数,16 位每个 2 字节,共 14 GB。M 是百万,k 是千,w 和万都是一万(1.5w = 15,000),1 亿 = 0.1B。上下文长度里的 K 按模型声明是 1,024:32K 是 32,768 token,128K 是 131,072(有人也写成 32,000、128,000)。GB 是 10^9 字节,GiB 是 2^30 字节:1 GiB = 1.074 GB,差约 7.4%。", IEC),
    Remark("bits-and-bytes", 3, lambda c: c.any("bits_and_bytes") and not c.modelled and not c.any("adam_state", "kv_cache"),
        "8 bits are one byte: a 4-bit weight is 0.5 bytes, 8 bit 1, 16 bit 2, fp32 4. So a billion parameters take 0.5, 1, 2 or 4 GB. Quantised files keep scales and some 16-bit parts beside: 4-bit ones come to some 4.2 to 4.9 bits a weight.",
        "8 位是 1 字节:4 位权重 0.5 字节,8 位 1 字节,16 位 2 字节,fp32 4 字节。所以每 10 亿参数分别占 0.5、1、2、4 GB。量化文件还要存缩放系数和部分 16 位的参数,4 位的平均每权重约 4.2 到 4.9 位。", IEC),
    Remark("k-of-cached-tokens", 3, lambda c: c.modelled and c.any("k_of_tokens") and c.any("kv", "kv_cache"),
        "{k_tokens_cached}",
        "{k_tokens_cached}", IEC),
    Remark("k-of-tokens", 4, lambda c: c.any("k_of_tokens") and not (c.modelled and c.any("kv", "kv_cache")),
        "{k_tokens}",
        "{k_tokens}", IEC),
    Remark("ram-in-two-units", 3, lambda c: c.any("units") and c.any("host_words") and c.said("gpu_memory_gb") and not c.said("gpu"),
        "Two effects, and no bug. An amount in GB (10^9) is a smaller number in GiB (2^30): {marketed_gb} = {marketed_gib}. Sticks of RAM are binary, {marketed_sticks}: then what is missing is kept by the firmware, the kernel and an integrated GPU. Compare a model's bytes in the same unit, and leave some for the system.",
        "是两个效应叠加,不是 bug。同样的字节用 GB(10^9)表示的数字比用 GiB(2^30)大:{marketed_gb} = {marketed_gib}。内存条本身是二进制的,即 {marketed_sticks}:那么少掉的部分是固件、内核和核显保留的。比较时把模型大小换成同一单位,并给系统留一些。", IEC),
    Remark("oom-short", 4, lambda c: c.over("oom_tried", 1) and 0 < c.figures.amount("oom_idle") < c.figures.amount("oom_tried"),
        "The message asks for {oom_tried}, and of what PyTorch reserved only {oom_idle} is unused: no fragmentation, so expandable_segments will not mend it; less memory has to be asked for.",
        "报错要申请 {oom_tried},而 PyTorch 已保留的显存里只有 {oom_idle} 未使用:不是碎片,expandable_segments 解决不了,只能减少占用。", TORCH),
    Remark("active-alone", 5, lambda c: c.modelled and c.experts and c.any("moe") and abs(c.figures.amount("claim") / (c.figures.amount("active16") or 1) - 1) < 0.15,
        "No: {claim} is what the active parameters alone would take in 16 bit.",
        "不对:{claim} 只是激活参数按 16 位存放的大小。", MIXTRAL),
    Remark("quantised-cache", 11, lambda c: c.serving and c.said("kv_format") and not c.any("kv_cache") and str(c.k("kv_format")) not in ("bf16", "fp16", "fp32"),
        "So quantised, the cache of one sequence of {seq} tokens takes {kv_sequence}; in 16 bit {kv_sequence16}.",
        "这样量化后,一条 {seq} token 的序列 KV 缓存占 {kv_sequence},16 位时为 {kv_sequence16}。", GQA),
    Remark("ways-to-fit", 6, lambda c: c.modelled and c.any("how_to") and c.figures.base.verdict == "no",
        "Not as it is usually run ({method}); on the same cards it fits with any of: {ways}.",
        "按通常的设置({method})不行;在同样的卡上,以下任一改动就放得下:{ways}。", ZERO),
    Remark("fsdp-and-zero", 6, lambda c: c.any("fsdp_and_zero") and not c.failed,
        "By what they divide they are the same: FSDP's FULL_SHARD is ZeRO-3 (16 B per parameter ÷ N cards), SHARD_GRAD_OP is ZeRO-2, NO_SHARD is DDP; activations are divided by neither. What can differ is the type of the shards: DeepSpeed keeps 16-bit weights beside fp32 masters whatever was loaded, FSDP keeps the type that the model was loaded in, so an fp32 load doubles its shards and a bf16 load has no masters. Buckets and how far ahead layers are gathered differ too.",
        "按切分的内容两者相同:FSDP 的 FULL_SHARD 就是 ZeRO-3(每参数 16 字节 ÷ N 张卡),SHARD_GRAD_OP 是 ZeRO-2,NO_SHARD 就是 DDP;激活都不切分。不同的是分片的类型:DeepSpeed 无论加载什么精度,都在 16 位权重旁保留 fp32 主权重;FSDP 保持加载时的类型,用 fp32 加载分片就翻倍,用 bf16 加载则没有主权重。此外,通信桶大小和提前聚合多少层也不同。", FSDP_OR_DEEPSPEED),
    Remark("price", 7, lambda c: c.any("cost"),
        "Prices are not in the tables: say what a card costs you for an hour, and the GPU-hours of a run are priced.",
        "表里没有价格:说出每张卡每小时多少钱,就按 GPU 小时算出费用。", SCALING),
    Remark("flash-or-eager", 6, lambda c: c.training and c.modelled and c.any("flash_compared"),
        "Yes: with flash attention the whole takes {peak_flash} per card, with eager attention, which keeps scores that grow with the square of the length, {peak_eager}. PyTorch's SDPA saves the same.",
        "能省:用 flash attention 每卡共 {peak_flash};eager 注意力要保存随长度平方增长的分数矩阵,共 {peak_eager}。PyTorch 的 SDPA 同样省。", FLASH),
    Remark("adapters-are-no-reference", 6, lambda c: c.training and c.modelled and c.adapters and c.k("algo") in ("dpo", "kto", "grpo"),
        "The reference model costs no memory here: with its adapters turned off the base is the reference. Only its log-probabilities are computed too.",
        "这里参考模型不额外占显存:关掉适配器,基座就是参考模型,只多算一遍它的 log 概率。", TRL),
    Remark("draft", 6, lambda c: c.serving and c.any("speculative") and not c.k("draft_model"),
        "Speculative decoding keeps the draft model beside the target: the weights of both and a KV cache for each must fit together. Name the draft model and it is counted; n-gram lookup takes nothing.",
        "投机解码时草稿模型与主模型同时在显存里:两份权重和各自的 KV 缓存要一起放得下。说出草稿模型就会一并计入;n-gram 查找不占显存。", DRAFT),
    Remark("draft-counted", 6, lambda c: c.serving and c.k("draft_model") not in (None, "ngram"),
        "What drafts is counted: its weights are in the weights, its keys and values in the KV cache; it shares the process, so there is one runtime. It must have the tokenizer of the model that checks.",
        "起草部分已计入:其权重在权重中,键与值在 KV 缓存中;同一进程只有一份运行时。草稿模型须与主模型使用同一分词器。", DRAFT),
    Remark("draft-looked-up", 6, lambda c: c.serving and c.k("draft_model") == "ngram",
        "Proposals that are looked up in the text (n-gram) take no memory on the card.",
        "从已有文本中查找候选(n-gram)不占显存。", DRAFT),
)  # fmt: skip
