"""What a symptom tells by itself, whatever the model: its cause and its cure in words, where no figure is needed for them."""

from chat.figures.formats.estimated_weights import reckoned
from chat.figures.layouts.held_unevenly import first_holds_more
from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST, Asked, Remark
from chat.remarks.unnamed import unnamed
from chat.works import GPT_OSS_TUNED, LAST_LOGITS, LLAMACPP, LLM_INT8, MXFP, NVIDIA, QUANTS, SWITCH, TORCH, WEBUI, ZERO

_UNEVEN = (
    "**One rank running out while the others have room, and another after a restart, is the load of the experts: the router sends more tokens to some experts than to others, and the rank that holds them keeps the activations and all-to-all buffers of all these tokens.** It changes with the data, so the rank changes too. Bound it: a capacity factor with dropped tokens, a stronger load-balancing loss (aux loss or bias); make the peak smaller: recompute the MoE layers, a smaller micro-batch or length; and leave a margin, since an average tells nothing of the worst step. If it is always the same rank, look for an uneven pipeline stage or another process there.",
    "**只有某个 rank 爆、其他有余量、重启后换一个,原因是专家负载不均衡:路由把更多 token 发给某些专家,它们所在的 rank 要放下这些 token 的激活和 all-to-all 通信缓冲。** 它随数据变化,所以会换 rank。限制它:设置 capacity factor 并丢弃超出的 token,加大负载均衡损失(aux loss 或 bias);降低峰值:MoE 层重计算、减小 micro-batch 或序列长度;并留出余量,平均值说明不了最坏的一步。若总是同一个 rank,再查流水线切分不均或那张卡上的其他进程。",
)
_GROWING = (
    "**Memory that grows from turn to turn in a chat is the history: each turn sends the whole conversation again, and KV cache, activations and logits of the prefill grow with it.** empty_cache gives back only blocks that nothing refers to: it frees no tensor that is in use, and the allocator keeps the largest peak again at the next turn. Bound the history, the new tokens and the requests at once; generate under torch.inference_mode(), and keep no outputs, past_key_values or logits between turns (those references are the real leak). If torch.cuda.memory_allocated falls back after each turn, it is no leak. A server with a fixed pool (vLLM) keeps the cache bounded.",
    "**多轮对话里显存逐轮上涨,涨的是历史:每轮都把整段对话重新送进去,KV 缓存、prefill 的激活和 logits 随之变大。** empty_cache 只归还没有被引用的块:正在用的张量它释放不了,下一轮分配器又会涨到新的峰值。应限制历史长度、生成长度和并发;用 torch.inference_mode 生成,不要跨轮保留 outputs、past_key_values 或 logits(这些引用才是真的泄漏)。每轮结束后 torch.cuda.memory_allocated 能回落就不是泄漏。改用有固定缓存池的服务(vLLM),缓存就有上限。",
)
_PEAKS_OF_TURNS = (
    "**Most likely no leak, but peaks that are kept: each turn reads the whole history again, and PyTorch's allocator keeps the blocks of the largest (memory_reserved) and gives none back to the driver, so nvidia-smi falls neither between turns nor at the end.** The cache itself takes {kv_token} a token, {kv_all} at {tokens}; before 4.45 transformers made fp32 logits of the whole prompt, {prompt_logits} a copy, and eager attention writes out its scores, {prompt_scores} a layer. Look at torch.cuda.memory_allocated() after each turn: where it falls back to the weights ({w_all}) nothing leaks, and empty_cache() returns the rest; where it rises, outputs, past_key_values or logits are kept, or it is generated without torch.inference_mode(). Update transformers, cut the history and limit max_new_tokens{fewer_bits_loaded}, or serve it with a fixed pool (vLLM).",
    "**多半不是泄漏,而是峰值被留了下来:每一轮都重新读入整段历史,PyTorch 的分配器把最大一次用到的块留着复用(memory_reserved),不还给驱动,所以轮与轮之间、对话结束后 nvidia-smi 都不降。** KV 缓存本身每 token {kv_token},{tokens} token 时共 {kv_all};transformers 4.45 之前还会给整段提示算 fp32 logits,一份 {prompt_logits};eager 注意力会写出分数矩阵,每层 {prompt_scores}。每轮后看 torch.cuda.memory_allocated():能回落到权重大小({w_all})就没有泄漏,其余可用 empty_cache() 归还;一轮比一轮高,才是留着 outputs、past_key_values、logits,或没有用 torch.inference_mode(no_grad)。升级 transformers、截断历史、限制 max_new_tokens{fewer_bits_loaded},或换有固定缓存池的服务(vLLM)。",
)
_FIRST_CARD = (
    "**An even -ts divides the layers and their cache, not everything: beside its layers and their cache the main GPU, the first by default, holds buffers of computing and intermediate results (with -sm row the whole KV cache too), so with equal parts it is full first.** Give it less: a smaller first number in -ts until both fill alike. Then make the buffers themselves smaller: -ub and -c, flash attention (-fa), a quantised cache (-ctk/-ctv q8_0). The log tells each card's model, KV and compute buffer.",
    "**-ts 平分的只是各层和它们的 KV,不是全部:主卡(默认第一张)除了分到的层和 KV,还要放计算缓冲和中间结果(-sm row 时连整份 KV 也在它上面),所以均分时它会先满。** 让它少分一些:把 -ts 的第一个数调小,直到两张卡差不多满。再把缓冲本身调小:减小 -ub 和 -c,打开 flash attention(-fa),量化 KV 缓存(-ctk/-ctv q8_0)。日志里逐卡写有模型、KV 和计算缓冲的大小。",
)
_FIRST_HOLDS_MORE = (
    '**What only the first card has is no part of the model: layouts divide weights, states and cache alike.** It drives the display if there is one; programs open it where no card is named; and each process that touches CUDA before it has chosen its own card leaves a context of 0.5 to 1 GiB there. `nvidia-smi` lists the processes by card: several of one run on card 0 are its other ranks (CUDA_VISIBLE_DEVICES for each, torch.cuda.set_device(LOCAL_RANK) before anything else, map_location="cpu" in torch.load). Where results are gathered on rank 0 (sampling, evaluation, saving; by nn.DataParallel the outputs and logits of every step: launch DDP with torchrun instead) their buffers stay with its allocator. It is no leak, but the fullest card decides what fits: a share of the card (gpu_memory_utilization) must leave room for it there.',
    '**只有第一张卡多出来的不属于模型:各种切分方式把权重、状态和缓存均匀分到各卡。** 接显示器时桌面在它上面;没指定卡的程序默认用它;每个在选卡之前就碰了 CUDA 的进程,都会在它上面留一份 0.5–1 GiB 的 CUDA 上下文。`nvidia-smi` 按卡列出进程:0 号卡上有同一次运行的好几个进程,就是别的 rank 留下的(给每个进程设 CUDA_VISIBLE_DEVICES,最先调用 torch.cuda.set_device 到 LOCAL_RANK,torch.load 用 map_location="cpu")。在 rank 0 汇总结果(采样、评估、保存;nn.DataParallel 则每步都汇总输出和 logits,应改用 torchrun 启动 DDP)时,缓冲也留在它的分配器里。这不是泄漏,但最满的那张卡决定放不放得下:按比例占用(gpu_memory_utilization)时要给它留出这一块。',
)
_METERS = (
    "{card_first}**Neither is wrong, they count different things: memory_allocated is tensors in use, memory_reserved is all that PyTorch's allocator has taken from the driver and keeps for reuse, and nvidia-smi shows that plus the CUDA context (some hundred MiB), libraries' workspaces, NCCL's buffers and every other process on the card.**{meters} Most of the difference is blocks that are kept, and lengths that vary from batch to batch keep more of them: the blocks of one size do not serve the next. What gives them back: PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True, and samples bucketed by length or padded to a few lengths; empty_cache() does for a moment, the context stays. What a run needs is torch.cuda.max_memory_allocated(); it is near its end when that, or max_memory_reserved() with retries in memory_summary(), nears the card.{card_last}",
    "{card_first}**口径不同,谁都没错:memory_allocated 是正在用的张量,memory_reserved 是 PyTorch 分配器向驱动要来、留着复用的全部,nvidia-smi 则再加上 CUDA 上下文(几百 MiB)、各库的工作区、NCCL 缓冲和卡上所有其他进程。**{meters}差额大部分是留着复用的空闲块;每批长度不一时会留得更多,一种大小的块给下一种用不上。能要回来的办法:PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True,样本按长度分桶或补齐到少数几种长度;empty_cache() 只管一时,上下文要不回来。任务真正需要的是 torch.cuda.max_memory_allocated();它(或 max_memory_reserved(),且 memory_summary 里出现重试)接近显卡容量时才快要爆。{card_last}",
)
_KEPT = (
    "**Most likely no leak: PyTorch's allocator keeps freed blocks for reuse (memory_reserved) and does not give them back to the driver, so nvidia-smi stays at the highest point that was reached.**{@} Look at torch.cuda.memory_allocated(): where it falls, nothing leaks; where it stays, something still refers to the tensors (outputs, past_key_values or a history that are kept, a traceback, a notebook's Out[]), and where it rises from one run to the next, that is the leak. torch.cuda.empty_cache() after del and gc.collect() gives back the blocks that are wholly free; the CUDA context (some hundred MiB) stays until the process ends.{history_too}",
    "**多半不是泄漏:PyTorch 的分配器把释放的块留着复用(memory_reserved),不还给驱动,所以 nvidia-smi 停在到过的最高点。**{@}看 torch.cuda.memory_allocated():它降下来就没有泄漏;不降,说明还有引用(留着的 outputs、past_key_values、历史、异常的 traceback、notebook 的 Out[]);一次比一次高,才是泄漏。del 和 gc.collect() 之后调用 torch.cuda.empty_cache(),可归还完全空闲的块;CUDA 上下文(几百 MiB)要到进程结束才释放。{history_too}",
)
_HELD_HERE = (
    " What stays in use here is the weights, {w_all}; the cache takes {kv_token} per token, {kv_usual} for {usual_context}, so the rest are peaks of reading long prompts (logits, attention scores, copies) that are kept.",
    "这里真正一直在用的是权重 {w_all};KV 缓存每 token {kv_token},{usual_context} token 才 {kv_usual},其余是处理长输入时的临时峰值(logits、注意力分数、拷贝)被留了下来。",
)


def logged_for_all(c: Asked) -> bool:
    """Does a log tell the pool's tokens, and the asker how many requests of which length there are?"""
    return (
        c.serving
        and not c.any("longer_than_pool")
        and c.said("seq_len")
        and c.over("batch", 2)
        and c.over("log_pool", 1)
    )


def _kept(en: str = "", zh: str = "") -> tuple[str, str]:
    return _KEPT[0].replace("{@}", en), _KEPT[1].replace("{@}", zh)


_MORE_THAN_THE_FILE = 1.1
# tokens that a chat seldom reaches
_LONG_CHAT = 32768


def _of_a_run(c: Asked) -> bool:
    """Was more seen than a file of this kind has, so that it is of the run and not of the file?"""
    file = c.figures.stored(weight_format=c.k("weight_format"))
    return any(float(one) * 1e9 > _MORE_THAN_THE_FILE * file for one in c.figures.told.get("observed_gb", ()))


_PRINTED = ("oom_tried", "log_total")


def _keeps(c: Asked) -> bool:
    """Is memory that was given up still shown as used, in a program that allocates by PyTorch?"""
    own = c.given("engine", "llama.cpp", "vllm", "sglang", "lmdeploy", "tgi", "tensorrt-llm")
    return c.any("memory_kept") and not c.any("at_work") and not own and not any(c.over(one, 1) for one in _PRINTED)


def _first_held_more(c: Asked) -> bool:
    """Was the first of cards that divide nothing by layers seen to hold the most, and the others alike?"""
    return first_holds_more(c.figures) and not c.given("layer_split", True)


def _turns_that_keep(c: Asked) -> bool:
    """Is it asked whether turns that take more and more leak, where no card is too small for what is said in them?"""
    turns = c.any("growing") and c.any("chat_turns") and c.any("leak_asked", "memory_kept")
    # a length that was come to, with nothing refused, is one that fits
    came_to = c.said("seq_len") and not c.failed and c.over("longest_here", c.figures.tokens)
    small = 0 < c.figures.amount("longest_here") <= _LONG_CHAT and not came_to
    return turns and c.in_transformers and not unnamed(c) and not small


def read_onto_first(c: Asked) -> bool:
    """Did every rank of a data-parallel training read its checkpoint onto the first card?"""
    copies = c.training and c.modelled and c.method == "full" and c.n > 1 and not c.zero
    resumed = c.failed and c.any("resuming") and c.any("all_on_first", "first_fails")
    return copies and resumed and c.over("capacity", 1)


def roomy_chat(c: Asked) -> bool:
    """Does a chat fail on a card that holds the cache of more than people say in one?"""
    fails = c.serving and c.failed and c.any("chat_turns") and not c.preallocates and not c.reads_gguf
    return fails and c.over("kv_token", 1) and c.over("longest_here", 2 * _LONG_CHAT) and not _turns_that_keep(c)


def _meters_differ(c: Asked) -> bool:
    """Is it told what two programs show of one run?"""
    return (
        c.any("smi_differs", "meters_apart")
        and not c.any("memory_kept")
        and not c.any("units", "same_memory")
        and not any(c.over(one, 1) for one in _PRINTED)
        and not (c.failed and c.any("free_yet"))
        and (unnamed(c) or not (c.failed or c.preallocates))
    )


def _expected_too(c: Asked) -> bool:
    """Is it asked as well whether what was seen is what such a run takes?"""
    return c.modelled and c.any("normal_asked") and bool(c.figures.told.get("observed_gb"))


_NEARLY_FULL = (
    '**No problem by itself: nvidia-smi and wandb show what PyTorch\'s allocator has reserved, which stays at the highest point so far and is given back before a request fails; a run that is past its longest batch and its first evaluation stays there.** What decides is torch.cuda.max_memory_allocated(): below some 90 % of the card leave the batch as it is, or raise it by what that leaves: activations and logits grow in proportion to it, weights and states do not. Lower it where that is higher and longer samples or an evaluation are still to come, or where torch.cuda.memory_stats()["num_alloc_retries"] keeps rising: then blocks are freed and asked for again in every step, which is slow.',
    '**本身没有问题:nvidia-smi、wandb 显示的是 PyTorch 分配器保留的显存,停在到过的最高点,真不够时会先释放;已经过了最长的批次和第一次评估,就会稳在那里。** 要看的是 torch.cuda.max_memory_allocated():低于卡的 90 % 左右就不用动 batch,也可以按余量加大:激活和 logits 与它成正比,权重和状态不变。若它更高、后面还有更长的样本或评估,或 torch.cuda.memory_stats()["num_alloc_retries"] 一直在涨(每步都要释放再申请,会变慢),再调小。',
)


def dequantised(c: Asked) -> bool:
    """Is a model that was published in MXFP4 trained on weights of 16 bit?"""
    return str(c.shape.get("quantization")).startswith("mxfp4") and c.k("weight_format") == "bf16"


SYMPTOMS_EXPLAINED = (
    Remark("risen-in-use", 0, lambda c: c.in_transformers and c.modelled and not c.failed and not c.preallocates and (c.said("seq_len") or c.any("chat_turns")) and c.any("kv_cache", "why_more", "growing", "memory_kept", "leak_asked", "normal_asked") and not _turns_that_keep(c) and not c.any("swa_full", "comparison", "method_diff"),
        "{risen_in_use}", "{risen_in_use}", TORCH, FIRST),
    Remark("nearly-full", 0, lambda c: c.any("nearly_full") and c.modelled and not c.failed and not c.serving, *_NEARLY_FULL, TORCH, FIRST),
    Remark("nearly-full-alone", 0, lambda c: c.any("nearly_full") and (not c.modelled or c.failed), *_NEARLY_FULL, TORCH, ELSEWHERE),
    Remark("blocks-that-are-kept", 3, lambda c: _keeps(c) and (unnamed(c) or not c.serving), *_kept(), TORCH, ELSEWHERE),
    Remark("blocks-that-are-kept-here", 3, lambda c: _keeps(c) and not unnamed(c) and c.serving and not c.preallocates, *_kept(*_HELD_HERE), TORCH, ELSEWHERE),
    Remark("weights-are-allocated", 2, lambda c: c.modelled and c.any("smi_differs") and not c.failed and not c.preallocates,
        "{weights_allocated}", "{weights_allocated}", TORCH, ELSEWHERE),
    Remark("allocated-is-needed", 2, lambda c: c.any("smi_differs") and c.any("which_is_needed") and not c.failed and not c.any("memory_kept"),
        "{tensors_needed}", "{tensors_needed}", TORCH, ELSEWHERE),
    Remark("what-each-counts", 4, lambda c: not _expected_too(c) and _meters_differ(c), *_METERS, TORCH, ELSEWHERE),
    Remark("what-each-counts-too", 12, lambda c: _expected_too(c) and _meters_differ(c), *_METERS, TORCH),
    Remark("logits-of-the-whole-prompt", 3, lambda c: c.failed and c.in_transformers and c.given("engine", "transformers") and c.said("seq_len") and not c.any("new_transformers") and c.over("capacity", 1) and c.over("prompt_logits", 2**31) and c.figures.amount("with_prompt_logits") > 0.8 * c.figures.amount("capacity") and c.figures.amount("weights_sum") < c.figures.amount("room_of_all"),
        "**Not the cache ({kv_all}): before 4.45 transformers made the logits of the whole prompt and not of its last token, {tokens} tokens × {vocab} × 4 B = {prompt_logits} in fp32 beside their 16-bit copy of {prompt_copy}: {with_prompt_logits} with the rest, of {capacity}.** A server (vLLM, llama.cpp) makes them of the last token alone and reads the prompt in steps. Update transformers, which makes it {peak}; and see that attention is \"sdpa\" or FlashAttention: eager writes out the scores of each layer, {heads} heads × {seq}² × 2 B = {prompt_scores}. Else read the prompt in pieces (prefill_chunk_size, or past_key_values), or serve it with an engine.",
        "**不是 KV 缓存({kv_all}):transformers 4.45 之前,prefill 会算出整个提示的 logits,而不只是最后一个 token 的:{tokens} token × {vocab} × 4 字节 = fp32 {prompt_logits},旁边还有 16 位的一份 {prompt_copy},连同其余共 {with_prompt_logits},卡上 {capacity}。** 推理引擎(vLLM、llama.cpp)只算最后一个 token,并且分步读提示。升级 transformers 后是 {peak};并确认注意力是 \"sdpa\" 或 FlashAttention:eager 会把每层的分数矩阵写出来,{heads} 头 × {seq}² × 2 字节 = {prompt_scores}。不能升级就分段 prefill(prefill_chunk_size 或 past_key_values),或改用推理引擎。", LAST_LOGITS, CAUSE),
    Remark("spilled-by-windows-unnamed", 1, lambda c: c.any("shared_gpu") and not c.any("shared_segment") and (unnamed(c) or not c.over("capacity", 1)) and not c.over("host_needed", 1),
        "**The card is full: Windows' driver (WSL too) goes on in system RAM, the \"shared GPU memory\", instead of failing with out of memory, and what spills is read over PCIe, many times slower (sysmem fallback).** So no error, but a step that takes many times as long. Make it fit the card: a smaller batch, a shorter length, gradient checkpointing, fewer bits (4-bit), no other program on the card. With CUDA - Sysmem Fallback Policy set to `Prefer No Sysmem Fallback` in NVIDIA's control panel it fails at once instead of crawling.",
        "**显存其实已经满了:Windows 驱动(WSL 也一样)不报 OOM,而是把超出的部分放进系统内存,即“共享 GPU 内存”,这部分走 PCIe,慢很多倍(sysmem fallback)。** 所以没有报错,但每步要多花很多倍时间。让它放得下:减小 batch、缩短长度、开重计算(gradient checkpointing)、更低位数(4 位)、关掉占显存的程序。在 NVIDIA 控制面板把“CUDA - Sysmem Fallback Policy”设为不回退(Prefer No Sysmem Fallback),它就会直接报 OOM,而不是变慢。", NVIDIA, ELSEWHERE),
    Remark("uneven-experts-unnamed", 1, lambda c: c.any("uneven_experts") and unnamed(c), *_UNEVEN, SWITCH, ELSEWHERE),
    Remark("uneven-experts", 1, lambda c: c.any("uneven_experts") and not unnamed(c), *_UNEVEN, SWITCH, CAUSE),
    Remark("history-that-grows-unnamed", 2, lambda c: c.any("growing") and c.any("chat_turns") and unnamed(c) and not c.training and not c.given("engine", "llama.cpp"), *_GROWING, TORCH, ELSEWHERE),
    Remark("peaks-of-turns", 2, _turns_that_keep, *_PEAKS_OF_TURNS, TORCH, CAUSE),
    Remark("chat-on-a-roomy-card", 2, roomy_chat,
        "**It is hardly the cache: at {kv_token} a token the card holds about {longest_here} tokens of history beside {w_here} of weights, more than a chat comes to.** What else grows with the conversation: attention that writes out its scores (eager, heads × length² × 2 B: {prompt_scores} a layer at {tokens} tokens, so use SDPA or FlashAttention); logits of the whole prompt in fp32 (transformers before 4.45: {prompt_logits} a copy); outputs, past_key_values or logits that are kept between turns, or generating without torch.inference_mode(), which is a leak; several chats at once. Look at torch.cuda.memory_allocated() after each turn: where it rises from turn to turn something is kept, where it falls back to the weights it is the peak of reading the history. Cut or summarise the history, update transformers, or serve it with an engine.",
        "**多半不是 KV 缓存:每 token 只有 {kv_token},权重 {w_here} 之外,这张卡放得下约 {longest_here} 个 token 的历史,聊天到不了这么长。** 随对话增长的还有:会写出分数矩阵的 eager 注意力(头数 × 长度² × 2 字节,{tokens} token 时每层 {prompt_scores};改用 SDPA 或 FlashAttention);给整段提示算 fp32 logits(transformers 4.45 之前,一份 {prompt_logits});跨轮保留的 outputs、past_key_values、logits,或没有用 torch.inference_mode() 生成,这才是泄漏;以及同时开着几个对话。每轮后看 torch.cuda.memory_allocated():一轮比一轮高就是留着东西,能回落到权重大小就是读历史时的峰值。截断或总结历史、升级 transformers,或改用推理引擎。", TORCH, CAUSE),
    Remark("history-that-grows", 4, lambda c: c.any("growing") and c.any("chat_turns") and c.in_transformers and not unnamed(c) and not _turns_that_keep(c) and not c.over("longest_here", 1), *_GROWING, TORCH, CAUSE),
    Remark("first-card-more-unnamed", 1, lambda c: (c.any("first_card_more") or (c.any("rank_zero_fails") and not c.any("saving", "evaluation", "fails_loading"))) and not c.any("first_card_fills", "all_on_first") and unnamed(c), *_FIRST_HOLDS_MORE, TORCH, ELSEWHERE),
    Remark("first-card-more", 1, lambda c: (c.any("first_card_more") or _first_held_more(c)) and not c.any("first_card_fills", "all_on_first", "device_map") and not c.reads_gguf and not unnamed(c), *_FIRST_HOLDS_MORE, TORCH, FIRST),
    Remark("first-card-fills-unnamed", 1, lambda c: c.any("first_card_fills") and unnamed(c), *_FIRST_CARD, LLAMACPP, ELSEWHERE),
    Remark("first-card-fills", 1, lambda c: c.any("first_card_fills") and not unnamed(c), *_FIRST_CARD, LLAMACPP, CAUSE),
    Remark("served-by-shards", 0, lambda c: c.serving and c.modelled and not c.failed and c.n > 1 and c.zero == 3 and c.any("shards_served"), "{served_sharded}", "{served_sharded}", ZERO, FIRST),
    Remark("split-fills-the-first", 1, lambda c: c.serving and c.modelled and c.failed and c.n > 1 and c.any("gpu_split_fills") and c.fits, "{split_by_hand}", "{split_by_hand}", WEBUI, CAUSE),
    Remark("peak-while-loading", 0, lambda c: c.modelled and not c.training and not c.failed and c.all("loading", "peak_then_less") and not c.by_server and not c.reads_gguf and (c.figures.given.get("bits") in (4, 8) or str(c.k("weight_format")) in ("int4", "int8", "nf4", "nf4-dq")),
        "**That is the loading: weights are read in 16 bit, {w16} in all, and quantised piece by piece; what waits to be quantised is on the card too, and what is stored in the end is {w_all}.** How high the peak is depends on how much is moved before it is quantised: the whole model at once comes near the 16-bit size, with device_map and low_cpu_mem_usage it is a few tensors or one shard. A checkpoint that is stored quantised (AWQ, GPTQ, a saved bitsandbytes one, GGUF) has no such peak. PyTorch keeps the freed blocks: torch.cuda.empty_cache() gives them back.",
        "**这是加载过程本身:权重按 16 位读入(共 {w16}),逐块量化;还没量化的部分也在卡上,最后存下来的是 {w_all}。** 峰值多高,看量化之前先搬了多少到卡上:整个模型一次搬过去就接近 16 位的大小;用 device_map 加 low_cpu_mem_usage 只是几个张量或一个分片。存好的量化权重(AWQ、GPTQ、保存过的 bitsandbytes、GGUF)没有这个峰值。腾出的块 PyTorch 会留着,torch.cuda.empty_cache() 才还给驱动。", LLM_INT8, FIRST),
    # ── why a file has its size ────────────────────────────────────────────────────────────────────────────────────
    Remark("file-larger-than-its-bits", 1, lambda c: c.serving and c.any("file_size") and not (c.over("estimated_weights", 1) and (c.over("capacity", 1) or c.any("file_doubted"))) and not c.any("suspected_format", "one_file_twice") and not _of_a_run(c) and c.any("why_more", "explain_derive", "check_arithmetic") and not c.any("rest_asked") and c.reads_gguf and not c.failed and not (c.said("seq_len") and (c.any("kv") or c.over("kv_all", 0.25 * c.figures.amount("w_all")))),
        "**A GGUF's name is not its bits per weight: every block of weights has scales (and minima) beside it, and a _M or _S mix keeps some tensors, such as the output layer and a part of attention and feed-forward, in a type of more bits.** So the file is larger than parameters × bits ÷ 8.{files_worked} Cache and activations are in no file.",
        "**GGUF 的名字不等于每权重的位数:每块权重都另存缩放系数(和最小值),_M、_S 这类混合格式还把一部分张量(如输出层、部分注意力和前馈)存成位数更高的类型。** 所以文件大于 参数量 × 位数 ÷ 8。{files_worked}KV 缓存和激活不在文件里。", QUANTS, ELSEWHERE),
    Remark("published-in-few-bits", 1, lambda c: c.serving and c.as_published and not c.failed and not (c.any("check_arithmetic") and reckoned(c.figures)) and not (c.any("kernels_asked") and c.said("gpu")) and not c.any("active_alone", "active_experts") and (c.unquantised_too or (c.any("file_size") and c.any("why_more", "explain_derive", "check_arithmetic"))),
        "**It was published in {stored_format}, so {w_whole} of weights is its own size and costs no quality; {converted_16}.** Converted it is only for fine-tuning, or for cards and programs without that format.",
        "**这个模型发布的权重本来就是 {stored_format}:{w_whole} 就是它原本的大小,不损失质量;{converted_16}。** 只有微调,或显卡、程序不支持该格式时才需要转换。", MXFP, ELSEWHERE),
    Remark("published-bits-are-served", 9, lambda c: c.training and c.modelled and dequantised(c) and (c.any("fits", "why_more", "how_much", "method_diff") or c.failed),
        "The MXFP4 that it was published in serves only: it has no backward pass, so trainers dequantise the base to 16 bit as it is loaded, {w16} of all {params} parameters, not only the {active} that a token activates; unless they load it in another 4-bit format (QLoRA: {copy_qlora} on one card).",
        "发布时的 MXFP4 只用于推理:它没有反向传播,训练程序加载时先反量化到 16 位,基座就是 {w16}(全部 {params} 参数,不是只算每个 token 激活的 {active});除非换成另一种 4 位格式加载(QLoRA,一张卡共 {copy_qlora})。", GPT_OSS_TUNED),
)  # fmt: skip
