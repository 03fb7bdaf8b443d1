"""What things are, asked of no model: a sentence that says it, what follows from it for memory, figures of a usual model."""

from collections.abc import Callable

from chat.remarks.remark import ELSEWHERE, Asked, Remark
from chat.works import (
    ANATOMY,
    BIG,
    GQA,
    KTRANSFORMERS,
    LLAMACPP,
    LORA,
    MEGATRON,
    MIXED,
    POPE,
    QLORA,
    QUANTS,
    SWITCH,
    TORCH,
    TRANSFORMER_MATH,
    ZERO,
)

# settings that are shown on a run
_LEVERS = ("flash", "checkpointing", "fused_loss", "optimizer_8bit", "offload_optimizer", "lora", "qlora", "double_quant", "kv_format")  # fmt: skip


def _means(*names: str) -> Callable[[Asked], bool]:
    return lambda c: c.any(*(f"meaning:{name}" for name in names))


def _term(name: str, en: str, zh: str) -> Remark:
    return Remark(f"meaning-of-{name}", 1, lambda c: c.any(f"meaning:term:{name}"), en, zh, ANATOMY, ELSEWHERE)


def _type(name: str, en: str, zh: str) -> Remark:
    return Remark(f"meaning-of-{name}", 1, lambda c: c.any(f"meaning:type:{name}"), en, zh, QLORA, ELSEWHERE)


def _of_settings(c: Asked) -> bool:
    return c.any(*(f"meaning:{name}" for name in _LEVERS))


MEANINGS = (
    Remark("meaning-of-setting", 1, _of_settings, "{lever_explained}", "{lever_explained}", LORA, ELSEWHERE),
    Remark("meaning-of-zero", 1, _means("zero"),
        "**ZeRO and FSDP divide over the cards what plain data parallel keeps whole on each: stage 1 the optimizer states, stage 2 the gradients too, stage 3 (FSDP's full sharding) the weights too.** With Adam in mixed precision a card of N then holds 4 + 12/N, 2 + 14/N or 16/N bytes of each parameter instead of 16; {zero_shares}. Each card still computes its own samples: no stage divides activations or logits. Stages 1 and 2 send as much as plain data parallel, stage 3 half as much again.",
        "**ZeRO 和 FSDP 把普通数据并行在每张卡上都完整保留的东西切分到各卡:第 1 阶段切优化器状态,第 2 阶段再切梯度,第 3 阶段(即 FSDP 完全切分)再切权重。** Adam 混合精度时,N 张卡的每张从每参数 16 字节降到 4 + 12/N、2 + 14/N、16/N 字节;{zero_shares}。各卡仍算自己的样本,任何阶段都不切分激活和 logits。第 1、2 阶段的通信量与普通数据并行相同,第 3 阶段多一半。", ZERO, ELSEWHERE),
    Remark("meaning-of-parallel", 1, _means("tp_pp"),
        "**Tensor parallel divides every matrix over the cards, pipeline parallel gives each card whole layers; with N cards either holds about 1/N of the weights and of the cache on each.** Tensor parallel: all cards compute each token together, with two sums over the cards in each layer, so it wants NVLink, and a number of cards that divides the heads; where there are fewer KV heads than cards they are kept several times. Pipeline: little traffic, so any link does; a single request uses one card after the other, and the first and the last card also hold embedding and head. Data parallel is neither: it keeps a whole copy on each card.",
        "**张量并行把每个矩阵切到各卡,流水线并行让每张卡放若干整层;N 张卡时两者每张都约放 1/N 的权重和缓存。** 张量并行:所有卡一起算每个 token,每层要跨卡求和两次,所以需要 NVLink,卡数要能整除头数;KV 头比卡少时要各存一份。流水线:通信很少,什么链路都行;单个请求时各卡轮流工作,首尾两张卡还要放词嵌入和输出头。数据并行不是这两种:它每张卡都放完整的一份。", MEGATRON, ELSEWHERE),
    Remark("meaning-of-quantisation", 1, _means("quantisation"),
        "**Quantising stores weights in fewer bits, with a scale for each small group of them: a 7B takes {seven_bits}.** Computing stays in 16 bit; memory and what is read for each token shrink. 8 bits cost next to no quality, 4 bits a little, 3 and 2 noticeably. Some tensors and the scales keep more, so 4 bits are {bits_of_q4} bits a parameter in a Q4_K_M file. It shrinks the weights alone: activations and the KV cache stay in 16 bit (a cache has formats of its own).",
        "**量化是用更少的位数存权重,每一小组共用一个缩放系数:7B {seven_bits}。** 计算仍是 16 位,变小的是显存和每个 token 要读取的量。8 位几乎不损失质量,4 位损失一点,3 位、2 位明显。部分张量和缩放系数位数更多,所以 Q4_K_M 实际每参数 {bits_of_q4} 位。它只缩小权重:激活和 KV 缓存仍是 16 位(缓存另有自己的量化格式)。", QUANTS, ELSEWHERE),
    Remark("meaning-of-format", 1, _means("format"),
        "{format_meant} It is a file format of llama.cpp (GGUF, also of Ollama and LM Studio). The number is the nominal bits; K stands for blocks whose scales are quantised in their turn, S, M and L for how many tensors get more bits, IQ for values from a table (better at the same size, slower on a CPU), _0 and _1 for the older plain blocks of 32. 8 bits cost next to no quality, 4 bits a little, 3 and 2 noticeably. The KV cache comes on top.",
        "{format_meant}这是 llama.cpp 的文件格式(GGUF,Ollama、LM Studio 也用)。数字是名义位数;K 表示缩放系数本身也量化的分块,S、M、L 表示有多少张量用更高位数,IQ 表示从表中取值(同样大小质量更好,CPU 上较慢),_0、_1 是较早的每 32 个一块的普通格式。8 位几乎不损失质量,4 位损失一点,3 位、2 位明显。KV 缓存另算。", QUANTS, ELSEWHERE),
    Remark("training-against-inference", 1, _means("train_infer"),
        "**Training keeps what inference does not: gradients, optimizer states, and what the forward pass computed, which the backward pass needs.** With Adam in mixed precision that is 2 + 2 + 12 = 16 B of each parameter instead of 2, and activations and logits on top, which go with batch × length; inference has its KV cache instead. So {run_and_trained}.",
        "**训练要保留推理没有的东西:梯度、优化器状态,以及反向传播要用的前向中间结果。** Adam 混合精度是每参数 2 + 2 + 12 = 16 字节,而推理只要 2 字节;再加随 批大小 × 长度 增长的激活和 logits,推理则是 KV 缓存。例如 {run_and_trained}。", MIXED, ELSEWHERE),
    Remark("ram-against-vram", 1, _means("ram"),
        "**A GPU computes at its own speed only from its own memory; RAM can hold a part of the model, and that part is as slow as RAM.** Every token reads all (active) weights once, so bandwidth ÷ bytes is the limit: {bandwidths}; {seven_rates}. llama.cpp and Ollama put layers in RAM (-ngl, num_gpu), or the experts of a mixture (--n-cpu-moe), which lose least; training offloads optimizer states there. Only Macs and chips like them have one memory for both.",
        "**GPU 只有从自己的显存读取才有自己的速度;内存可以放模型的一部分,但那部分就只有内存的速度。** 每个 token 都要把(激活的)权重读一遍,上限是 带宽 ÷ 字节数:{bandwidths};{seven_rates}。llama.cpp 和 Ollama 可以把部分层(-ngl、num_gpu)或 MoE 的专家(--n-cpu-moe,损失最小)放内存;训练则把优化器状态 offload 到内存。只有 Mac 这类芯片是两者共用一份内存。", KTRANSFORMERS, ELSEWHERE),
    Remark("how-slow-offload-is", 1, _means("offload_speed"),
        "**As slow as the memory that the offloaded part is read from: its bytes ÷ the bandwidth of RAM for every token.** {bandwidths}; {seven_rates}, so half of it in RAM already takes most of the time. Of a mixture only the active experts are read, which is why putting them in RAM costs far less than putting layers there. In training the optimizer's step runs on the CPU and gradients and weights cross PCIe once a step: seconds, whatever the batch, so a large batch or accumulation hides it.",
        "**有多慢取决于被 offload 的部分从哪里读:每个 token 要花 那部分的字节数 ÷ 内存带宽。** {bandwidths};{seven_rates},所以哪怕只有一半放在内存,大部分时间也花在它上面。MoE 只读激活的专家,因此把专家放内存比放整层慢得少。训练时优化器更新在 CPU 上做,梯度和权重每步过一次 PCIe:每步多几秒,与批大小无关,批大或累积多就不明显。", KTRANSFORMERS, ELSEWHERE),
    Remark("what-bandwidth-decides", 1, _means("bandwidth"),
        "**Bandwidth decides how fast tokens come, not whether the model fits: each token reads all (active) weights and its cache once, so tokens/s are at most bandwidth ÷ those bytes.** {bandwidths}; {seven_rates}. With several requests at once the weights are read once for all of them, and prompts and training depend on FLOP/s instead.",
        "**带宽决定生成速度,不决定放不放得下:每个 token 都要把(激活的)权重和缓存读一遍,每秒 token 数最多是 带宽 ÷ 这些字节数。** {bandwidths};{seven_rates}。多个请求一起算时权重只读一遍;读提示和训练看的则是算力(FLOP/s)。", POPE, ELSEWHERE),
    Remark("larger-than-the-card", 1, _means("larger"),
        "**In one of three ways, in this order: fewer bits, a part of it in RAM, or several cards.** Fewer bits: a 7B takes {seven_bits}. In RAM: layers (llama.cpp -ngl, Ollama num_gpu) or, of a mixture, the experts (--n-cpu-moe); it then runs at the speed of RAM ({bandwidths}). Several cards: llama.cpp divides layers by their memory, vLLM matrices evenly (--tensor-parallel-size). To train it: QLoRA, offload to host memory, or ZeRO-3 and FSDP over cards. Name the model, card and RAM, and each is told in figures.",
        "**有三种办法,依次是:降低位数,一部分放内存,或用多张卡。** 降低位数:7B {seven_bits}。放内存:部分层(llama.cpp -ngl、Ollama num_gpu),MoE 则放专家(--n-cpu-moe);这时速度由内存带宽决定({bandwidths})。多卡:llama.cpp 按显存分层,vLLM 平均切矩阵(--tensor-parallel-size)。训练:QLoRA、offload 到内存,或多卡 ZeRO-3/FSDP。说出模型、显卡和内存,就给出每一种的数字。", LLAMACPP, ELSEWHERE),
    Remark("when-cards-add-up", 1, lambda c: c.any("meaning:cards") and not c.failed,
        "**Cards add up only where the model is divided over them: by layers (llama.cpp, Ollama, device_map, pipeline parallel), by tensor parallel (vLLM), or with ZeRO-3 and FSDP in training.** Plain data parallel (DDP) keeps a whole copy on each: faster, no larger. Different cards work together: llama.cpp gives each layers by its memory (--tensor-split), while tensor parallel and ZeRO take the smallest card's part from all. Each card also holds its own context and buffers, so N cards hold a little less than N times as much; NVLink adds speed, no memory.",
        "**只有把模型切分到各卡,显存才能合起来用:按层切分(llama.cpp、Ollama、device_map、流水线并行),张量并行(vLLM),训练用 ZeRO-3/FSDP。** 普通数据并行(DDP)每张卡都放完整的一份:只是更快,装不下更大的。不同的卡也能一起用:llama.cpp 按各卡显存分层(--tensor-split),张量并行和 ZeRO 则都按最小的那张卡算。每张卡还各有自己的上下文和缓冲,所以 N 张卡略小于 N 倍;NVLink 只增加速度,不增加显存。", BIG, ELSEWHERE),
    Remark("per-billion-parameters", 1, lambda c: c.any("meaning:per_billion") and not c.modelled,
        "**For each billion parameters: 2 GB of weights in 16 bit, 1 GB in 8, about 0.6 GB in 4 to run it; full fine-tuning with AdamW 16 GB, LoRA 2 GB and more, 4-bit QLoRA 0.6 GB and more.** On top come the KV cache (length × users) when running, activations and logits (batch × length) when training, and the runtime. So {run_and_trained}.",
        "**每 10 亿(1B)参数:推理的权重 16 位 2 GB、8 位 1 GB、4 位约 0.6 GB;AdamW 全量微调 16 GB,LoRA 2 GB 起,4 位 QLoRA 0.6 GB 起。** 推理另加 KV 缓存(长度 × 并发),训练另加激活和 logits(批大小 × 长度),以及运行时。例如 {run_and_trained}。", TRANSFORMER_MATH, ELSEWHERE),
    Remark("per-user", 1, lambda c: c.any("meaning:per_user") and not c.modelled,
        "**Each user at the same time adds the KV cache of the own tokens, prompt and answer; the weights are shared.** {kv_examples} So at 8,192 tokens a user adds 8,192 times that. Users who are not generating at that moment add nothing; a server lets those that find no room wait.",
        "**每个同时在用的用户增加的是自己那些 token(提示加回答)的 KV 缓存;权重是共用的。** {kv_examples} 8,192 token 就是它的 8,192 倍。没有正在生成的用户不占;放不下的请求会排队。", GQA, ELSEWHERE),
    Remark("where-figures-come-from", 1, _means("sources"),
        "**Every figure is worked out by formulas with their sources, from rows of tables with theirs; a language model words nothing that was not computed.** The 90 % interval beside a figure is how far such predictions were off from published measurements of the same kind of run; `kb validate` shows all of them, `kb measurements` those nearest to a set-up, and each answer names what it assumed.",
        "**每个数字都由注明出处的公式、根据注明出处的表格算出;语言模型不写没有算出来的数。** 数字旁的 90% 区间,是同类运行的预测与已发表实测的偏差;`kb validate` 列出全部对比,`kb measurements` 列出与某个配置最接近的实测,每个回答都写明假设了什么。", ANATOMY, ELSEWHERE),
    Remark("meaning-of-experts", 1, _means("moe"),
        "**A mixture of experts has many MLPs in each layer and sends every token to a few of them: memory goes with all parameters, computing and reading with the active ones.** Every layer's router chooses for each token anew, so no expert can be left out; they may lie in RAM (llama.cpp --n-cpu-moe), since a token reads only a few. Attention and the KV cache are those of any model.",
        "**MoE(混合专家)的每层有许多个 MLP,每个 token 只送到其中几个:显存看全部参数,计算和读取看激活参数。** 每层的路由器对每个 token 重新选择,所以一个专家也不能少;但每个 token 只读几个专家,可以把专家放内存(llama.cpp --n-cpu-moe)。注意力和 KV 缓存与普通模型相同。", SWITCH, ELSEWHERE),
    _type("bf16", "**bf16 has the 8 bits of exponent of fp32 and 8 bits of precision: 2 B a number, the same memory as fp16.** It overflows no sooner than fp32, so training wants no loss scaling; GPUs have it from Ampere on.",
          "**bf16 的指数有 8 位,与 fp32 相同,精度约 8 位:每个数 2 字节,显存与 fp16 一样。** 范围与 fp32 相同,训练不需要 loss scaling;Ampere 及以后的卡才支持。"),
    _type("fp16", "**fp16 has 5 bits of exponent and 11 of precision: 2 B a number, the same memory as bf16.** It is finer than bf16 and overflows above 65,504, so training in it needs loss scaling.",
          "**fp16 的指数 5 位、精度 11 位:每个数 2 字节,显存与 bf16 一样。** 精度比 bf16 高,但超过 65,504 就溢出,用它训练需要 loss scaling。"),
    _type("fp8", "**FP8 is a floating-point number of 8 bits (E4M3 or E5M2), 1 B: half of 16 bit for weights, and for a KV cache that is stored in it.** It costs next to no quality with good scales; cards compute with it from Ada and Hopper on, older ones unpack it at best. {seven_bits_said}",
          "**FP8 是 8 位浮点数(E4M3 或 E5M2),1 字节:权重是 16 位的一半,KV 缓存也可以用它存。** 缩放得当时质量几乎不降;Ada、Hopper 及以后的卡能直接计算,更早的卡最多只能解包使用。{seven_bits_said}"),
    _type("int8", "**INT8 stores a weight as a whole number of 8 bits with a scale, 1 B: half of 16 bit.** LLM.int8() of bitsandbytes computes outliers in 16 bit and is slower; W8A8 computes in INT8 throughout. It costs next to no quality. {seven_bits_said}",
          "**INT8 把权重存成 8 位整数加缩放系数,1 字节:是 16 位的一半。** bitsandbytes 的 LLM.int8() 把离群值用 16 位单独计算,较慢;W8A8 则全程用 INT8 计算。质量几乎不降。{seven_bits_said}"),
    _type("nf4", "**NF4 is the 4-bit type of bitsandbytes and QLoRA: 16 values spaced as weights are distributed, with one scale for each 64 of them.** With double quantisation that is about 4.13 bits a weight; embedding and head stay in 16 bit. {seven_bits_said}",
          "**NF4 是 bitsandbytes 和 QLoRA 用的 4 位类型:16 个取值按权重的分布排列,每 64 个共用一个缩放系数。** 加双重量化约每权重 4.13 位;词嵌入和输出头仍是 16 位。{seven_bits_said}"),
    _type("mxfp4", "**MXFP4 and NVFP4 are 4-bit floating-point types with a scale for each 32 or 16 numbers: 4.25 and 4.5 bits a weight.** gpt-oss was published in MXFP4; Blackwell computes with them, other cards unpack them. {seven_bits_said}",
          "**MXFP4、NVFP4 是 4 位浮点类型,每 32 个或 16 个数共用一个缩放系数:每权重 4.25 位和 4.5 位。** gpt-oss 就以 MXFP4 发布;Blackwell 能直接计算,其他卡解包使用。{seven_bits_said}"),
    _type("gptq", "**GPTQ rounds the weights of a trained model to 4 (3, 8) bits layer by layer, so that the layer's output on calibration data changes least.** It is a format of GPU servers (vLLM, ExLlama) with a scale for each 128 weights as a rule; GGUF is what llama.cpp reads, AWQ differs in how it chooses the scales and takes the same memory. {seven_bits_said}",
          "**GPTQ 把训练好的权重逐层舍入到 4 位(或 3、8 位),使该层在校准数据上的输出变化最小。** 它是 GPU 推理框架(vLLM、ExLlama)的格式,一般每 128 个权重共用一个缩放系数;llama.cpp 读的是 GGUF;AWQ 只是选缩放系数的办法不同,显存相同。{seven_bits_said}"),
    _type("awq", "**AWQ stores weights in 4 bits with scales that spare the channels which matter most to the activations.** It is a format of GPU servers (vLLM, SGLang, LMDeploy) with a scale for each 128 weights as a rule, and takes the same memory as GPTQ in 4 bits. {seven_bits_said}",
          "**AWQ 用 4 位存权重,缩放系数照顾对激活最重要的通道。** 它是 GPU 推理框架(vLLM、SGLang、LMDeploy)的格式,一般每 128 个权重共用一个缩放系数,显存与 4 位 GPTQ 相同。{seven_bits_said}"),
    _type("gguf", "**GGUF is the file format of llama.cpp (Ollama, LM Studio, KoboldCpp): one file with weights, tokenizer and settings, in types from F16 to 2 bits.** Q8_0, Q4_K_M and so on are its types; it can lie partly in RAM (-ngl). {seven_bits_said}",
          "**GGUF 是 llama.cpp(Ollama、LM Studio、KoboldCpp)的文件格式:一个文件包含权重、分词器和设置,类型从 F16 到 2 位。** Q8_0、Q4_K_M 等是其中的类型;可以一部分放内存(-ngl)。{seven_bits_said}"),
    _term("weights", "**Weights are the model's parameters themselves: parameters × bytes of each, the same for every request.** 2 B in 16 bit, 1 in 8, about half a byte and its scales in 4; with full sharding or tensor parallel each card holds a part.",
          "**权重就是模型参数本身:参数量 × 每参数字节数,与请求无关。** 16 位 2 字节,8 位 1 字节,4 位约半个字节再加缩放系数;完全切分或张量并行时每张卡只放一部分。"),
    _term("gradients", "**Gradients are one number for each parameter that trains, in its type or in fp32, from the backward pass to the optimizer's step.** 2 or 4 B a parameter; LoRA has them for the adapters alone, ZeRO-2 and 3 divide them over the cards.",
          "**梯度是每个可训练参数一个数,类型与参数相同或为 fp32,从反向传播保留到优化器更新。** 每参数 2 或 4 字节;LoRA 只有适配器有,ZeRO-2/3 会切分到各卡。"),
    _term("optimizer", "**Optimizer states are what the optimizer remembers of each parameter that trains: Adam's two moments, 8 B in fp32, and in mixed precision an fp32 copy of the weights, 4 B.** 8-bit Adam keeps the moments in about 2 B, Adafactor in next to nothing; they are allocated at the first step and stay.",
          "**优化器状态是优化器为每个可训练参数记住的东西:Adam 的两个动量,fp32 共 8 字节;混合精度还有 4 字节的 fp32 主权重。** 8 位 Adam 的动量约 2 字节,Adafactor 几乎为零;它们在第一次更新时分配,之后一直占着。"),
    _term("activations", "**Activations are what the forward pass keeps of every layer because the backward pass needs it; they go with batch × length × layers.** With gradient checkpointing only each layer's input stays and the rest is computed again. When running they are those of the one step at hand, and small.",
          "**激活是前向传播为反向传播保留的各层中间结果,随 批大小 × 长度 × 层数 增长。** 开激活重计算后每层只留输入,其余重算。推理时只有当前这一步的激活,很小。"),
    _term("logits", "**Logits are the scores of every word of the vocabulary for every token: tokens × vocabulary × 4 B in fp32, several copies at once in training.** They go with batch × length, and a large vocabulary makes them the peak; a fused or chunked loss (Liger) never stores them whole. When running only the last token's are needed.",
          "**logits 是每个 token 对词表中每个词的分数:token 数 × 词表 × 4 字节(fp32),训练时同时有好几份。** 它随 批大小 × 长度 增长,词表大时就是峰值;融合或分块损失(Liger)不会完整存下。推理只需要最后一个 token 的。"),
    _term("adapter", "**The adapter is what LoRA trains: two thin matrices beside each adapted one, r × (inputs + outputs) parameters.** With gradients and Adam it takes 16 B for each, little beside the frozen base, which stays loaded.",
          "**适配器是 LoRA 训练的部分:每个被适配的矩阵旁边两个瘦矩阵,r ×(输入 + 输出)个参数。** 连同梯度和 Adam 每参数 16 字节,比仍要加载的冻结基座小得多。"),
    _term("buffers", "**Buffers are what a step needs for a moment: layers gathered by ZeRO-3, temporaries of the optimizer's step, communication, the compute graph of llama.cpp.** They come and go, and count where the peak is.",
          "**缓冲区是一步中临时需要的:ZeRO-3 聚合的层、优化器更新的临时内存、通信、llama.cpp 的计算图。** 用完即还,但峰值时要算进去。"),
    _term("runtime", "**The runtime is what a process holds on a card before any tensor: the CUDA context, loaded kernels and libraries, communication buffers.** Some hundred MiB, more with several cards; nvidia-smi shows it, torch.cuda.memory_allocated does not.",
          "**运行时是进程在任何张量之前就占的:CUDA 上下文、加载的内核和库、通信缓冲。** 几百 MiB,多卡更多;nvidia-smi 看得到,torch.cuda.memory_allocated 看不到。"),
    Remark("meaning-of-slack", 1, lambda c: c.any("meaning:term:slack") and not c.failed,
        "**It is memory that PyTorch has reserved and that fits no request: free blocks of the wrong size between blocks in use.** memory_reserved less memory_allocated shows it. Varying lengths make more of it; expandable_segments:True (PYTORCH_CUDA_ALLOC_CONF), padding to a few lengths or a fixed length make less.",
        "**它是 PyTorch 已经保留、却放不下新请求的显存:夹在使用中的块之间、大小不合适的空闲块。** memory_reserved 减 memory_allocated 就能看到。长度变化大时更多;设 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True,或补齐到少数几种长度、固定长度,就会减少。", TORCH, ELSEWHERE),
)  # fmt: skip
