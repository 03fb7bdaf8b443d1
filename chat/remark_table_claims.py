"""Remarks that name what a figure of the asker's is, or work out what an explanation is asked for."""

from chat.remarks import Remark

ZERO = ("Rajbhandari et al., ZeRO", "https://arxiv.org/abs/1910.02054")
GQA = ("Ainslie et al., GQA", "https://arxiv.org/abs/2305.13245")
LORA = ("Hu et al., LoRA", "https://arxiv.org/abs/2106.09685")
LIGER = ("Hsu et al., Liger Kernel", "https://arxiv.org/abs/2410.10989")
EIGHT_BIT = ("Dettmers et al., 8-bit Optimizers", "https://arxiv.org/abs/2110.02861")
SCALING = ("Kaplan et al., Scaling Laws", "https://arxiv.org/abs/2001.08361")
FACTORY = ("LLaMA-Factory, README", "https://github.com/hiyouga/LLaMA-Factory")
CUDA = ("PyTorch documentation: CUDA semantics", "https://pytorch.org/docs/stable/notes/cuda.html")
VL = ("Wang et al., Qwen2-VL", "https://arxiv.org/abs/2409.12191")

_EXPLAINS = ("check_arithmetic", "why_more", "explain_derive", "kv_cache", "units", "how_much", "table_lookup")

CLAIMS = (
    # ── what a figure is that the asker states ─────────────────────────────────────────────────────────────────────
    Remark("claim-as-16-bit", 13, lambda c: c.any(*_EXPLAINS) and c.over("claim_16", 1),
        "{claim_16} is what the weights take in 16 bit, 2 B per parameter: {params} parameters are {w16}.",
        "{claim_16} 是 16 位(每参数 2 字节)权重的大小:{params} 参数即 {w16}。", CUDA),
    Remark("claim-as-states", 13, lambda c: c.any(*_EXPLAINS) and c.over("claim_states", 1),
        "{claim_states} is what weights, gradients and Adam's states take in training, 16 B per parameter: {states}, in fp32 (4 + 4 + 8) as in mixed precision (2 + 2 + 12).",
        "{claim_states} 是训练时权重、梯度与 Adam 状态的大小,每参数 16 字节:{states};fp32(4 + 4 + 8)与混合精度(2 + 2 + 12)都是如此。", ZERO),
    Remark("claim-as-cache", 11, lambda c: c.serving and c.any("kv", "kv_cache") and c.over("claim_kv", 1),
        "{claim_kv} of keys and values for {seq} tokens is right: {kv_token} per token, {kv_sequence}.",
        "{seq} token 的 KV 缓存为 {claim_kv} 是对的:每 token {kv_token},共 {kv_sequence}。", GQA),
    Remark("cache-without-groups", 12, lambda c: c.serving and c.any("multi_head"),
        "With a key and a value of its own for each of the {heads} query heads (multi-head attention) the cache of {seq} tokens would take {kv_multi_head} instead of {kv_sequence}.",
        "若 {heads} 个查询头各有自己的 K 和 V(MHA),{seq} token 的缓存是 {kv_multi_head},而不是 {kv_sequence}。", GQA),
    # ── keys and values ────────────────────────────────────────────────────────────────────────────────────────────
    Remark("cache-is-divided", 12, lambda c: c.serving and c.n > 1 and c.any("kv") and c.over("kv_all", 1e9) and not c.over("kv_doubled", 1),
        "The cache is divided like the weights, not kept twice: {kv_all} for {tokens} tokens ({kv_token} each) over all {cards} cards. What each card has of its own is the runtime and the buffers of its computation.",
        "KV 缓存和权重一样被切分,不会每张卡各存一份:{tokens} token 共 {kv_all}(每 token {kv_token}),分到 {cards} 张卡。每张卡各自都有的是运行时和计算缓冲。", GQA),
    Remark("cache-of-any-model", 12, lambda c: not c.modelled and not c.training and c.any("kv_cache", "kv", "multi_head"),
        "Whatever the model: keys and values (2) × layers × KV heads × width of a head × bytes of a number (2 in 16 bit), for every token. Grouped-query attention has fewer KV heads than query heads, and the hidden size is query heads × width: with it instead of KV heads × width the figure is too large by query heads ÷ KV heads.",
        "不论哪个模型:每个 token 为 2(K 与 V)× 层数 × KV 头数 × 每头维度 × 每个数的字节数(16 位为 2)。GQA 的 KV 头比查询头少,而隐藏维度 = 查询头数 × 每头维度:若用隐藏维度代替 KV 头数 × 每头维度,结果会偏大到 查询头数 ÷ KV 头数 倍。", GQA),
    # ── states and adapters ────────────────────────────────────────────────────────────────────────────────────────
    Remark("adam-in-figures", 21, lambda c: c.modelled and c.any("adam_state") and not c.adapters,
        "Of {params_said} parameters: {adam12_said} with the fp32 master copy, of which the two fp32 moments take {adam8_said} and the copy {w32_said}; 8-bit Adam keeps both moments in {adam2_said}, an optimizer with one fp32 moment (Lion, SGD with momentum) {w32_said}.",
        "{params_said} 参数:连同 fp32 主权重共 {adam12_said},其中两个 fp32 动量 {adam8_said},主权重 {w32_said};8 位 Adam 的两个动量共 {adam2_said};只有一个 fp32 动量的优化器(Lion、带动量的 SGD)为 {w32_said}。", EIGHT_BIT),
    Remark("adapters-in-figures", 12, lambda c: c.modelled and c.adapters and c.any("explain_derive", "adam_state", "check_arithmetic"),
        "An adapter of rank r beside a matrix of d inputs and k outputs has r × (d + k) parameters: {adapter_params} in all here. With gradients and Adam at 16 B each they take {adapter_states}; the frozen base of {w_here} and activations are what counts.",
        "秩 r 的适配器在 d 输入、k 输出的矩阵旁有 r × (d + k) 个参数,这里合计 {adapter_params}。连同梯度与 Adam 每参数 16 字节,共 {adapter_states};真正占显存的是冻结的基座权重 {w_here} 和激活。", LORA),
    Remark("eighteen-of-the-table", 21, lambda c: c.modelled and c.any("eighteen_bytes") and c.said("params"),
        "18 B × {params_said} are {states18_said}. The table's own cells are rounded by hand, at 17 to 20 B per parameter.",
        "18 字节 × {params_said} = {states18_said}。表里的数是手工取整的,相当于每参数 17 到 20 字节。", FACTORY),
    # ── a message ──────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("tried-as-logits", 5, lambda c: c.modelled and c.over("tried", 1) and c.over("tried_tokens", 1),
        "The {tried} that could not be allocated are the logits of {tried_tokens} tokens in fp32 (vocabulary {vocab} × 4 B), or of twice as many in 16 bit: an unusually long sample or batch. A fused loss (Liger) makes none; a limit on the length keeps them small.",
        "没能分配的 {tried} 正好是 {tried_tokens} 个 token 的 fp32 logits(词表 {vocab} × 4 字节),16 位则是两倍的 token:遇到了特别长的样本或批次。融合损失(Liger)不产生它,限制长度可以压低它。", LIGER),
    # ── time, images ───────────────────────────────────────────────────────────────────────────────────────────────
    Remark("computing-per-token", 12, lambda c: c.modelled and c.any("training_time") and not c.any("epoch_known"),
        "Training computes 6 FLOP per parameter and token, {flop_token} per token here; times the tokens trained on it is the total, and total ÷ (cards × peak rate × time) is the utilisation.",
        "训练每参数每 token 要 6 FLOP,这里每 token {flop_token};乘以训练的 token 数就是总计算量,总计算量 ÷(卡数 × 峰值 × 时间)就是利用率。", SCALING),
    Remark("images-served", 12, lambda c: c.serving and c.any("images"),
        "Images become tokens, several hundred to many thousands each by their pixels, and the image tower's own activations come on top: both grow with the resolution, so cap the pixels (max_pixels) and use flash attention. What is counted here is the text of {seq} tokens.",
        "图片会按像素变成几百到上万个 token,视觉编码器自身的激活另算:两者都随分辨率增长,请限制像素(max_pixels)并用 flash attention。这里按 {seq} 个 token 计算。", VL),
)  # fmt: skip
