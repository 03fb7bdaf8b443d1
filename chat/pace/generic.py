"""Lines that hold of any model: what quantising, more cards, slow links and a monitor's figure mean for speed."""

from chat.pace.words import Line, amount, line, share
from chat.works import MARLIN, MEGATRON, MEGATRON_SCALING, NVML, PALM, SCALING_LAWS
from kb.rates import TRAINING, shares


def formats(several: bool) -> list[Line]:
    """Fewer bits and speed; of several formats of the same bits, what sets them apart, first."""
    found = [
        line("**For one or a few sequences yes, about as much as the bytes shrink: a token then reads 4.5 bits a weight instead of 16, at most 3.5 times as fast. For prompts and large batches hardly, because arithmetic decides there and the weights are unpacked to 16 bits first.**",
             "**单条或少量序列:是,大致按字节减少的比例:每个权重读 4.5 位而不是 16 位,最多 3.5 倍。长提示和大批量几乎不会变快,因为那时由算力决定,且权重要先解包成 16 位。**", MARLIN),
        line("**Formats of the same bits differ by their kernels, not by bytes**: AWQ and GPTQ with fused kernels (Marlin, ExLlama) and GGUF in llama.cpp come near the bandwidth; bitsandbytes NF4 unpacks separately and is slower.",
             "**位数相同的格式差别在算子而不在字节**:AWQ、GPTQ 配融合算子(Marlin、ExLlama)以及 llama.cpp 的 GGUF 接近带宽上限;bitsandbytes 的 NF4 单独解包,更慢。", MARLIN),
    ]  # fmt: skip
    return found[::-1] if several else found


def slower_bits() -> list[Line]:
    """Why a model in few bits generates more slowly than in 16, though a token reads less of it."""
    return [
        line("**It is the kernel, not the bits: fewer bytes are read for a token, but each weight must be unpacked to 16 bits before it is multiplied, and bitsandbytes (NF4, LLM.int8()) does that in a pass of its own at every token.** Formats whose kernels unpack as they multiply are faster than 16 bit for a few sequences: AWQ or GPTQ with Marlin or ExLlama, GGUF in llama.cpp. Large batches and long prompts are bound by arithmetic, and there few bits of the weights alone gain nothing; formats whose arithmetic is in few bits too (FP8, INT8, NVFP4, on cards with units for it) do.",
             "**慢在算子,不在位数:每个 token 读的字节少了,但每个权重要先解包成 16 位才能相乘,bitsandbytes(NF4、LLM.int8())每个 token 都单独做一遍。** 边解包边乘的格式在少量序列时比 16 位快:AWQ、GPTQ 配 Marlin 或 ExLlama,llama.cpp 的 GGUF。大批量和长提示受算力限制,只把权重存成低位不会更快;连计算也用低位的格式(FP8、INT8、NVFP4,卡上要有相应单元)才会。", MARLIN),
        line("Check as well that all layers are on the card: with a part in RAM (device_map, num_gpu) the speed is that of the RAM.",
             "再看是不是所有层都在卡上:有一部分在内存里(device_map、num_gpu)时,速度由内存决定。"),
    ]  # fmt: skip


def scaling() -> list[Line]:
    """Twice the cards."""
    return [
        line("**Nearly twice as fast with twice the cards, not quite**: in data parallel each card computes the same and a ring exchange sends about 2 × the gradients whatever the number of cards, so time falls almost in proportion while that hides behind the computing (NVLink inside a machine, fast network between machines). Over PCIe or Ethernet, with small micro-batches or ZeRO-3, the gain is less.",
             "**卡数翻倍,速度接近翻倍但略少**:数据并行时每卡计算量不变,环形同步的通信量约为梯度的 2 倍,与卡数无关,只要能被计算掩盖(机内 NVLink、机间高速网络),时间就几乎成比例缩短。走 PCIe 或以太网、微批太小或用 ZeRO-3 时收益更小。", MEGATRON_SCALING),
        line("The global batch doubles as well unless accumulation is halved: an epoch has half the steps, and the learning rate may need to follow.",
             "除非把累积步数减半,否则全局批也翻倍:每轮步数减半,学习率可能要随之调整。"),
    ]  # fmt: skip


def links() -> list[Line]:
    """Slow links, with no model."""
    return [
        line("**For tensor parallel yes, for pipeline or layer split hardly**: tensor parallel sums over the cards twice in every layer and for every token, pipeline passes one vector of the hidden width per token from stage to stage. Over slow links (PCIe x4, Ethernet) split by layers; keep tensor parallel inside a machine. NVLink adds no memory.",
             "**张量并行会,流水线或按层切分几乎不会**:张量并行每层、每个 token 都要跨卡求和两次;流水线每个 token 只在相邻阶段间传一个隐藏维度的向量。链路慢(PCIe x4、以太网)时按层切分,张量并行留在机内。NVLink 不增加显存。", MEGATRON),
    ]  # fmt: skip


def low_utilisation(told: float | None) -> list[Line]:
    """What makes a training reach little of the peak rate; `told` is the share that it reaches."""
    low, high = shares(TRAINING)
    found: list[Line] = []
    if told:
        verdict = ("low", "偏低") if told < low else ("usual", "正常")
        found.append(line(f"**{share(told)} MFU is {verdict[0]}; large runs reach {100 * low:.0f}–{100 * high:.0f} %.**",
                          f"**MFU {share(told)} {verdict[1]};大规模训练通常为 {100 * low:.0f}–{100 * high:.0f} %。**", PALM))  # fmt: skip
    else:
        found.append(line("**nvidia-smi's utilization only says that some kernel was running, not how much of the arithmetic it used.** The measure is MFU: 6 × parameters × tokens a second ÷ (cards × peak rate); tell model, cards and tokens a second for it.",
                          "**nvidia-smi 的利用率只表示有算子在运行,不表示用了多少算力。** 应看 MFU:6 × 参数量 × 每秒 token 数 ÷(卡数 × 峰值);给出模型、显卡和每秒 token 数即可计算。", NVML))  # fmt: skip
    return [*found, usual_causes()]


def usual_causes() -> Line:
    """Why a training reaches less of the peak rate than it might."""
    return line("Usual causes, in the order to check: micro-batches of too few tokens (raise batch × length, pack short samples); padding counted as work or as waste; eager attention or fp32/TF32 products instead of FlashAttention and bf16; full checkpointing (8 operations done for 6 counted, a quarter of the share); communication over PCIe or Ethernet, ZeRO-3 or offload with small micro-batches; data loading, logging or evaluation between steps.",
                      "常见原因,按排查顺序:微批的 token 太少(增大批 × 长度,短样本打包);填充占了计算;用了 eager 注意力或 fp32/TF32 矩阵乘,而不是 FlashAttention 和 bf16;完全重计算(计 6 次实际算 8 次,占比少四分之一);PCIe/以太网通信、ZeRO-3 或 offload 配小微批;步间的数据加载、日志和评估。")  # fmt: skip


def idle(cards: int = 1, in_turn: bool = False) -> list[Line]:
    """Cards that are hardly busy while they generate; `in_turn`: the program splits a model over them by layers."""
    found = []
    if cards > 1 and in_turn:
        found.append(line(f"**Usual: split by layers, {cards} cards take turns, so each works about 1/{cards} of the time, {100 / cards:.0f} %**; a further card brings memory and no speed. Tensor parallel (vLLM, SGLang) lets them work at once.",
                          f"**正常:按层切分时 {cards} 张卡轮流工作,每张约忙 1/{cards} 的时间,即 {100 / cards:.0f} %**;多一张卡只多显存,不加快。要同时工作就用张量并行(vLLM、SGLang)。"))  # fmt: skip
    found.append(line("**Usual for one sequence: generating waits for memory, not for arithmetic**, so the units idle while weights are read; a part of the model on the CPU, or Python between small kernels, lowers it further. More sequences at once (a server with continuous batching), a fused or graph-captured program and all layers on the card raise it; tokens a second, not the percentage, is the measure.",
                      "**单条序列时很正常:生成受显存带宽限制而不是算力**,读取权重时计算单元在等待;部分模型在 CPU 上,或小算子之间的 Python 开销,会让它更低。同时跑多条序列(连续批处理的服务)、用融合算子或 CUDA graph 的程序、所有层都放到卡上会提高它;应看每秒 token 数而不是百分比。"))  # fmt: skip
    return found


def six_operations(frozen: bool = False) -> list[Line]:
    """Where the 6 of 6·N·D is from; `frozen`: asked of adapters, whose base has no gradients of its own."""
    if frozen:
        return [
            line("**Not quite: with a frozen base it is about 4·N·D, and 6·N·D with full recomputation.** Forwards 2; backwards only the gradient of the inputs, 2, for it must pass through the frozen layers; their own gradient, the other 2, is not made. Recomputation adds a forward pass, 2. The adapter's own share, 6 for each of its parameters, is next to nothing; attention over the context comes on top.",
                 "**不完全对:基座冻结时约为 4·N·D,开完全重计算时为 6·N·D。** 前向 2;反向只求输入的梯度,2(要穿过冻结的层);冻结权重自己的梯度,即另外的 2,不用算。重计算再加一遍前向,2。适配器自己每参数 6,几乎可以忽略;对上下文的注意力另算。", SCALING_LAWS),
        ]  # fmt: skip
    return [
        line("**6 = 2 forwards + 4 backwards**: each weight is multiplied and added once for a token, 2 operations; backwards it takes part in two such products, one for the gradient of the inputs and one for its own, 4. Times N parameters and D tokens: 6·N·D.",
             "**6 = 前向 2 + 反向 4**:每个权重对每个 token 做一次乘和一次加,即 2 次运算;反向要做两次这样的乘积,一次求输入的梯度,一次求权重自己的梯度,即 4 次。再乘参数量 N 和 token 数 D,就是 6·N·D。", SCALING_LAWS),
        line("N are the parameters that compute (of a mixture of experts the active ones); attention over the context comes on top, 6 × layers × width × length for each token; full recomputation runs the forward pass again and makes it 8; frozen weights (LoRA) need no gradient of their own and make it 4.",
             "N 是参与计算的参数(混合专家取激活参数);对上下文的注意力另加每个 token 6 × 层数 × 宽度 × 长度;完全重计算要再跑一遍前向,变成 8;冻结权重(LoRA)不求自身梯度,是 4。", SCALING_LAWS),
    ]  # fmt: skip


def time_formula() -> list[Line]:
    """How long a training takes, of any model."""
    low, high = shares(TRAINING)
    usual = f"{100 * low:.0f}–{100 * high:.0f} %"
    return [line(f"**Time = 6·N·D ÷ (cards × peak rate × MFU)**, N parameters and D tokens: operations by what the cards reach; MFU is usually {usual}. With full recomputation the cards do 8·N·D: a third longer at the same share of the peak.",
                 f"**时间 = 6·N·D ÷(卡数 × 峰值算力 × MFU)**,N 为参数量,D 为 token 数:总运算量除以实际达到的速度,MFU 通常 {usual}。开完全重计算时实际要算 8·N·D,以同样的速度要多三分之一的时间。", PALM)]  # fmt: skip


def each_token(sizes: list[tuple[str, float]]) -> list[Line]:
    """Training operations of one token for each of several models."""
    said = "; ".join(f"{name} {amount(6 * params / 1e9)} GFLOP" for name, params in sizes)
    said_zh = ";".join(f"{name} {amount(6 * params / 1e9)} GFLOP" for name, params in sizes)
    return [line(f"**Training, for each token: {said}** (6 × the parameters that compute; of a mixture of experts the active ones).",
                 f"**训练时每个 token:{said_zh}**(6 × 参与计算的参数;混合专家取激活参数)。", SCALING_LAWS)]  # fmt: skip


def users(count: float, rate: float | None) -> list[Line]:
    """What a number of users comes to, with no model."""
    each = rate or 10.0
    said, said_zh = ("", "") if rate else (" (10 for each taken as an example)", "(每人按 10 举例)")
    return [line(f"**{count:g} users × {each:g} tokens/s = {amount(count * each)} tokens/s together**{said}, if all generate at the same moment; name the model and the cards to see whether they make it.",
                 f"**{count:g} 个用户 × {each:g} token/秒 = 合计 {amount(count * each)} token/秒**{said_zh},前提是同时在生成;给出模型和显卡即可判断够不够。")]  # fmt: skip
