"""What one's own machine has beside a card, and the programs that run there, asked about by name."""

from collections.abc import Callable

from chat.figures.formats.file_alone import file_beyond, file_fills
from chat.remarks.features_meant import means
from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST, Asked, Remark
from chat.works import (
    AWQ,
    JETSON,
    LLAMACPP,
    LLAMACPP_CACHE,
    LLAMACPP_CARDS,
    METAL,
    MLX,
    OLLAMA,
    OLLAMA_GPUS,
    POPE,
    QUANTS,
)
from formulas.errors import BadInput
from kb.cards import kinds_meant
from kb.hosting import AT_HOME
from kb.overheads import vendor_of


def _file_alone(c: Asked) -> bool:
    """Is a file told and not whose it is, and asked how it runs? Where it failed, or why is asked, that it is larger than the
    card or nearly fills it is the reason. One memory for all is told of by it as well where it was refused; of amounts whose
    units are asked about the units are told."""
    if (
        c.modelled
        or c.training
        or c.any("gb_of_file_and_card", "file_doubted")
        or (c.any("units") and not c.any("loading"))
    ):
        return False
    explained = c.failed or (c.any("why_more") and not c.any("unified_memory"))
    return not explained or file_beyond(c.figures) or (not c.failed and file_fills(c.figures))


def _files_and_checkpoints(c: Asked) -> bool:
    """Is it asked which to take of formats of which some are files of llama.cpp's and some are not, on cards of one's own?"""
    named = [str(one) for one in c.figures.log.get("format", ())]
    files = [one for one in named if one.startswith("gguf:")]
    asked = c.any("which_method", "comparison") and c.any("several_formats") and not c.said("engine")
    return c.serving and c.modelled and not c.failed and c.n <= AT_HOME and asked and 0 < len(files) < len(named)


_OF_ITS_PROGRAM = (
    "Which program is to run it decides, too: checkpoints (AWQ, GPTQ, FP8) go into vLLM or SGLang, which batch many requests as they come; a GGUF file goes into llama.cpp or Ollama, simplest for one user, where {what_ram_holds} can stay in RAM, so that more bits go than the card holds. The cache is the same in each, {kv_token} a token{of_a_long_one}.",
    "还要看用什么程序跑:AWQ、GPTQ、FP8 用 vLLM、SGLang,适合多人并发(连续批处理);GGUF 用 llama.cpp、Ollama,单人使用最省事,还可以把{what_ram_holds}放进内存,从而用上显存放不下的更高位数。KV 缓存都一样,每 token {kv_token}{of_a_long_one}。",
)
_MAKERS = (
    "**Yes, cards of different makers share one model in llama.cpp: with Vulkan, whose one backend sees them all, or a build that has both backends (CUDA and HIP, GGML_BACKEND_DL); split by layers, -sm layer, with -ts in proportion to their memory.** They take turns, so each token takes the sum of both parts' times, and Vulkan reads prompts more slowly than CUDA. vLLM, ExLlama and tensor parallel take cards of one maker only.",
    "**可以,不同厂家的卡能在 llama.cpp 里一起放一个模型:用 Vulkan(一个后端能看到所有卡),或同时编译了两种后端(CUDA 和 HIP,GGML_BACKEND_DL)的版本;按层切分(-sm layer),-ts 按各卡显存比例。** 各卡轮流计算,每个 token 的时间是两部分之和,Vulkan 读提示比 CUDA 慢。vLLM、ExLlama 和张量并行只能用同一厂家的卡。",
)


def _two_makers(c: Asked) -> bool:
    """Are cards of several makers to hold one model?"""
    told = str(c.figures.given.get("gpu") or "")
    named = [told] if " + " in told else list(map(str, c.figures.told.get("gpus", ())))
    joined = " + " in told or c.any("pooled_asked", "split_asked", "cards_added")
    if c.training or not joined:
        return False
    try:
        return len({vendor_of(card.name) for one in named for card in kinds_meant(one)}) > 1
    except BadInput:
        return False


def _program(
    name: str, cue: str, source: tuple[str, str], en: str, zh: str, unless: Callable[[Asked], bool] = lambda c: False
) -> tuple[Remark, Remark]:
    """What a program does, asked of none of the models: the whole answer; else what opens the answer of the case."""
    return (
        Remark(f"{name}-unnamed", 0, lambda c: c.any(cue) and not (c.modelled or c.training or unless(c)), en, zh, source, ELSEWHERE),
        Remark(name, 0, lambda c: c.any(cue) and c.serving and not unless(c), en, zh, source, FIRST),
    )  # fmt: skip


def _step_s_memory(c: Asked) -> bool:
    """Is it asked whether a larger step takes more memory, and not whether it is faster or worth it? The setting answers that."""
    return c.any("lever:ubatch") and not c.any("use_doubted", "decoding_rate", "comparison")


_AMOUNTS = ("how_much", "fits")  # which the estimate answers, before what is one part of it
_SCORES = (
    "**Without flash attention llama.cpp holds the scores of one step in its compute buffer: {heads} heads × {ubatch} × {seq} tokens × 4 B = {graph} on every card; they grow in a straight line with the context, as the KV cache does, {kv_all} here.** With it they are never stored: -fa on, OLLAMA_FLASH_ATTENTION=1, which a quantised V cache needs anyway. Where it cannot be, half of -ub halves them.",
    "**不开 flash attention 时,llama.cpp 要在计算缓冲里放一步的注意力分数:{heads} 头 × {ubatch} × {seq} token × 4 字节 = 每张卡 {graph},随上下文成正比增长;KV 缓存也是,这里 {kv_all}。** 打开后就不存了:-fa on 或 OLLAMA_FLASH_ATTENTION=1(量化 V 缓存本来也要它)。不能开就把 -ub 减半,它也减半。",
)


def _scores_held(c: Asked) -> bool:
    """Does llama.cpp write out the scores of a step, as flash attention is told to be off?"""
    runs = c.serving and c.reads_gguf and not c.failed and not c.hosted
    return runs and c.any("flash_lacking") and c.over("graph", 0.2e9)


HOME_MACHINES = (
    *_program("split-mode", "split_mode", LLAMACPP_CARDS,
        "**Layer, the default: each card holds whole layers with their cache, hardly anything crosses PCIe, and unlike cards do well with it; the cards take turns, so memory adds up and the speed of one request does not.** Row is the older way of cutting matrices: llama.cpp calls it deprecated and slow, and it splits dense weights only. -sm tensor (experimental) cuts weights and cache, so that the cards read at the same time: faster generation where they are alike and the link is fast (NVLink, PCIe x16, NCCL); it divides evenly unless -ts says otherwise, needs flash attention, allows no --fit, and not every model or type of cache runs. Memory in all is about the same; measure both with llama-bench -sm.",
        "**用默认的 layer:每张卡放若干整层和它们的缓存,几乎不走 PCIe,型号不同的卡也合适;各卡轮流计算,所以显存相加、单个请求的速度不相加。** row 是较早的按行切矩阵的方式,llama.cpp 已标为弃用、性能较差,而且只切稠密权重。-sm tensor(实验性)把权重和缓存都切开,各卡同时读:卡相同、互联快(NVLink、PCIe x16、NCCL)时生成更快;不写 -ts 就平均分,要求 flash attention,不支持 --fit,也不是所有模型和缓存类型都能用。总显存差不多;用 llama-bench -sm 两种都测一下。"),
    *_program("backends-apart", "backends_apart", LLAMACPP,
        "**The same: weights, KV cache and compute buffer have the same size with CUDA, ROCm, Vulkan or Metal; only the context that a driver keeps differs, some hundred MiB either way.** What can differ is flash attention: where the backend has no kernel for the card or the type of the cache, the scores are written out and the compute buffer grows with the context (see its line in the log). The speed differs more than the memory, prompts most.",
        "**一样:权重、KV 缓存、计算缓冲在 CUDA、ROCm、Vulkan、Metal 下大小相同,只有驱动自己的上下文不同,相差几百 MiB。** 可能不同的是 flash attention:该后端若没有适合这张卡或这种缓存类型的算子,就要把注意力分数写出来,计算缓冲会随上下文增长(看日志里那一行)。差得多的是速度,尤其是读提示。"),
    *_program("card-unseen", "card_unseen", OLLAMA_GPUS,
        "**That is the driver or the build, not memory: the program found no backend for the card and went on with the CPU without an error.** `ollama ps` says CPU or GPU, the server's log which devices were found; llama.cpp lists them with --list-devices. NVIDIA: a driver new enough for the CUDA build (in a container --gpus all); AMD: ROCm for the cards on Ollama's list, else Vulkan; Intel Arc: Vulkan (in Ollama, with the vendor's driver) or llama.cpp's SYCL build; Linux: the user in the groups render and video, and after a suspend nvidia_uvm reloaded.",
        "**这是驱动或版本的问题,不是显存:程序没有找到这张卡的后端,就不报错地用 CPU 跑了。** `ollama ps` 显示 CPU 还是 GPU,服务日志里有找到的设备;llama.cpp 用 --list-devices 列出。NVIDIA:驱动要新到支持所用的 CUDA 版本(容器里加 --gpus all);AMD:Ollama 名单上的卡用 ROCm,其余用 Vulkan;Intel Arc:Vulkan(Ollama 装好厂商驱动即可)或 llama.cpp 的 SYCL 版;Linux 上用户要在 render、video 组里,休眠唤醒后重新加载 nvidia_uvm。"),
    *_program("cache-kernels", "cache_kernels", LLAMACPP_CACHE,
        "**A quantised V cache needs flash attention: start with -fa on (Ollama: OLLAMA_FLASH_ATTENTION=1), and give K and V the same type, q8_0 or q4_0.** The usual CUDA builds have flash attention for f16, bf16, q8_0 and q4_0 with K and V alike; for q4_1, q5_0, q5_1 or a mixed pair it runs on the CPU without a word, many times slower, most of all for prompts, unless llama.cpp was built with -DGGML_CUDA_FA_ALL_QUANTS=ON. q8_0 halves the cache at hardly any cost in quality and a little in speed; q4_0 takes a quarter, and K suffers from it.",
        "**V 缓存量化必须开 flash attention:启动加 -fa on(Ollama:OLLAMA_FLASH_ATTENTION=1),并让 K、V 用同一种类型,q8_0 或 q4_0。** 一般的 CUDA 版本只编译了 f16、bf16、q8_0、q4_0 且 K、V 相同的 flash attention;q4_1、q5_0、q5_1 或 K、V 混用时会不声不响地放到 CPU 上算,慢很多倍,读提示尤其慢,除非编译时加 -DGGML_CUDA_FA_ALL_QUANTS=ON。q8_0 缓存减半,质量几乎不降、速度略降;q4_0 只占四分之一,但 K 会受影响。"),
    *_program("sticks-are-no-channels", "sticks_added", POPE,
        "**A desktop has two memory channels however many modules are in: four modules hold more and are no faster, often slower, for many boards run four of them at a lower rate.** What layers and experts in RAM generate goes with channels × MT/s × 8 B: two of DDR4-3200 are 51 GB/s, two of DDR5-5600 90, eight of a server's DDR4-3200 205. So faster modules (two, with XMP or EXPO switched on), more of the model on the card, or a platform with more channels.",
        "**家用主板只有两个内存通道,插几根都一样:四根只是容量更大,不会更快,很多主板插四根还要降频,反而更慢。** 放在内存里的层和专家的生成速度看 通道数 × MT/s × 8 字节:双通道 DDR4-3200 是 51 GB/s,双通道 DDR5-5600 是 90,服务器八通道 DDR4-3200 是 205。想快就用频率更高的两根(打开 XMP/EXPO)、让显卡多放几层,或换通道更多的平台。"),
    *_program("iq-on-cpu", "iq_on_cpu", QUANTS,
        "**On the card hardly, on the CPU yes: IQ types look their values up in tables, which CPUs do slowly, while a GPU still waits for its memory and gains by the smaller file.** So with all layers on the card take the IQ file of the size that fits; with layers or experts in RAM a K-quant of about that size (Q4_K_S for IQ4_XS, Q3_K_M for IQ3) is usually faster, unless the smaller file brings more layers onto the card. IQ4_XS and IQ4_NL cost the CPU least. For the same bytes IQ types keep more quality.",
        "**在显卡上几乎不慢,在 CPU 上会慢:IQ 类型要查表取值,CPU 算得慢;显卡仍在等显存,文件小反而快。** 所以全部层在卡上就选放得下的 IQ;有层或专家在内存里时,差不多大的 K 量化(IQ4_XS 对应 Q4_K_S,IQ3 对应 Q3_K_M)通常更快,除非更小的文件能让显卡多放几层。IQ4_XS、IQ4_NL 对 CPU 最轻。同样字节数下 IQ 的质量更好。"),
    *_program("power-limited", "power_limited", POPE,
        "**Hardly, for generating: a token waits for the card's memory, whose clock a power limit leaves alone, so at 70–80 % of the limit it usually loses a few percent.** Prompts, batches of requests and training are bound by arithmetic and lose more, about as the core clock falls. Below about half the limit generating suffers too. Memory needs do not change. Measure with llama-bench: tg is generating, pp prompts.",
        "**生成几乎不受影响:每个 token 等的是显存,功耗限制不降显存频率,限到 70–80 % 一般只慢百分之几。** 读提示、并发批处理和训练受算力限制,大致随核心频率下降而变慢。限到一半以下生成也会变慢。显存占用不变。用 llama-bench 测:tg 是生成,pp 是读提示。"),
    *_program("context-unfilled", "context_unfilled", LLAMACPP,
        "**No error: it says that you run a shorter context than the model was trained for, so longer inputs are cut or refused, and nothing else.** Raise -c (num_ctx) only if you need it: the cache is set aside for all of it, so memory grows in proportion. n_ctx_per_seq is -c divided by the slots (-np).",
        "**不是错误:只是说你开的上下文比模型训练时的短,更长的输入会被截断或拒绝,别无影响。** 需要更长才调大 -c(num_ctx):缓存按整个上下文预留,显存成比例增加。n_ctx_per_seq 是 -c 除以 slot 数(-np)。"),
    *_program("prompt-batch", "prompt_batch", LLAMACPP,
        "**512 is the usual one: -ub (KoboldCpp: blasbatchsize) is how many tokens of a prompt are computed at once; the compute buffer grows in proportion to it, and generating is no faster with more.** 1024 or 2048 read long prompts faster, most where experts or layers are in RAM, for then the weights are read fewer times; take them while the card has room, and go back to 512 or 256 where a layer more on the card is worth more.",
        "**一般用 512:-ub(KoboldCpp 的 blasbatchsize)是读提示时一次算多少个 token,计算缓冲按它成比例变大,生成速度不变。** 1024、2048 读长提示更快,专家或层放在内存时更明显(权重读的次数少);显存有余就开大,若换来多放一层更值,就退回 512 或 256。", _step_s_memory),
    *_program("mmap-on-or-off", "mmap_asked", LLAMACPP,
        "**Leave it on where the file is larger than the RAM that is free; off (--no-mmap) only where RAM holds all that is not on the card with several GB to spare.** With mmap the file's pages come in as they are read: it starts at once, even if it is too large, and what RAM does not hold is read from the disk again for every token (missing part ÷ the disk's bandwidth; of a mixture the active experts alone). Without it everything is copied to RAM first: a file that does not fit swaps or fails, one that does is never dropped again, and what went to the card takes no RAM any more, so nothing is held double; with it the same pages may show as used, but they are the system's file cache and given up when they are wanted. VRAM is the same with both.",
        "**文件比空闲内存大就开着;只有不上显卡的部分内存能全部放下、还余好几 GB 时才关(--no-mmap)。** 开 mmap 时按需读入文件页:启动快,太大的文件也能启动,内存放不下的部分每个 token 都要重新从硬盘读(缺的字节 ÷ 硬盘带宽;MoE 只读激活的专家)。关掉则先整份读进内存:放不下就换页或失败,放得下就不会再被丢掉,已上显卡的部分也不再占内存,所以不会占双份;开 mmap 时文件页也显示为占用,那是系统的文件缓存,需要时会让出。显存占用两种一样。"),
    *_program("loaded-twice", "loaded_twice", OLLAMA,
        "**Ollama keeps one runner for each model file, and loads it anew when a request asks for other settings, num_ctx above all; beside each other stand only different files.** So set the same num_ctx everywhere (the app, its title and tag tasks, the API, or OLLAMA_CONTEXT_LENGTH), and give the app's task model the very same tag: another tag, an embedding model for documents or a second quantisation is a further model with a cache of its own. OLLAMA_MAX_LOADED_MODELS=1 allows one at a time; `ollama ps` lists what is loaded. What doubles without a second copy is the cache: num_ctx × OLLAMA_NUM_PARALLEL.",
        "**Ollama 每个模型文件只开一个运行实例;请求的设置不同(主要是 num_ctx)就会重新加载,同时并存的只会是不同的文件。** 所以各处 num_ctx 要一致(应用本身、它的标题/标签任务、API,或用 OLLAMA_CONTEXT_LENGTH 统一),任务模型也选完全相同的 tag:别的 tag、文档用的 embedding 模型、另一种量化都是另一个模型,各有自己的缓存。OLLAMA_MAX_LOADED_MODELS=1 限制只留一个;`ollama ps` 能看到加载了什么。没有第二份却翻倍的,是缓存:num_ctx × OLLAMA_NUM_PARALLEL。"),
    Remark("all-on-the-card", 0, lambda c: c.serving and c.any("all_on_card") and c.reads_gguf and c.fits and not c.failed,
        "{all_on_card} So: num_ctx no larger than that (`/set parameter num_ctx 4096`, or OLLAMA_CONTEXT_LENGTH), OLLAMA_NUM_PARALLEL=1, OLLAMA_FLASH_ATTENTION=1 with OLLAMA_KV_CACHE_TYPE=q8_0, `ollama stop` for other models, and no browser or game on the card. Then num_gpu 99 (-ngl 99 in llama.cpp) puts every layer there even where Ollama is more careful; `ollama ps` shows 100% GPU.",
        "{all_on_card}做法:num_ctx 不超过它(`/set parameter num_ctx 4096` 或 OLLAMA_CONTEXT_LENGTH),OLLAMA_NUM_PARALLEL=1,OLLAMA_FLASH_ATTENTION=1 加 OLLAMA_KV_CACHE_TYPE=q8_0,用 `ollama stop` 卸载别的模型,关掉占显存的浏览器和游戏。还不行就设 num_gpu 99(llama.cpp 是 -ngl 99)强制全部放上去;`ollama ps` 显示 100% GPU 即可。", OLLAMA, FIRST),
    Remark("two-makers", 2, _two_makers, *_MAKERS, LLAMACPP_CARDS, FIRST),
    Remark("two-makers-unnamed", 1, lambda c: not c.modelled and _two_makers(c), *_MAKERS, LLAMACPP_CARDS, ELSEWHERE),
    Remark("board-shares-memory", 9, lambda c: c.serving and c.said("gpu") and not c.failed, "{board_shares}", "{board_shares}", JETSON),
    Remark("partly-on-the-cpu-somewhere", 1, lambda c: c.serving and c.modelled and c.any("fell_back") and c.reads_gguf and not c.over("capacity", 1) and not c.hosted and c.any("why_more", "oom_diagnosis"),
        "**A part of it runs on the CPU, and every token waits for that part: whole on a card it takes {peak} with {seq} tokens, and beside {w_all} of weights the cache of the whole num_ctx is set aside at the load, {kv_token} a token.** ollama ps shows the split, the log how many layers were offloaded (offloaded N/M layers). A smaller num_ctx, OLLAMA_NUM_PARALLEL=1 and a q8_0 cache (OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0) make room, as does closing what else holds the card (nvidia-smi); num_gpu (-ngl) overrides the split. Otherwise a smaller file.",
        "**有一部分跑在 CPU 上,每个 token 都要等它:全部上卡要 {peak}(按 {seq} 个 token),除了权重 {w_all},加载时还要按整个 num_ctx 预留缓存,每 token {kv_token}。** 用 ollama ps 看两边的比例,日志里有放上卡的层数(offloaded N/M layers)。减小 num_ctx、OLLAMA_NUM_PARALLEL=1、用 q8_0 缓存(OLLAMA_FLASH_ATTENTION=1 OLLAMA_KV_CACHE_TYPE=q8_0)、关掉占着卡的其他程序(nvidia-smi)都能腾出位置;num_gpu(-ngl)可强制指定层数。再不行就换更小的文件。", OLLAMA, CAUSE),
    Remark("working-set-told", 0, lambda c: not c.training and "working_set_mb" in c.figures.log and c.any("units", "who_is_right", "which_is_needed"),
        "{working_set}", "{working_set}", METAL, ELSEWHERE),
    Remark("file-alone", 0, _file_alone, "{file_alone}", "{file_alone}", LLAMACPP, ELSEWHERE),
    Remark("file-or-checkpoint", 12, _files_and_checkpoints, *_OF_ITS_PROGRAM, LLAMACPP),
    Remark("mlx-or-files", 0, lambda c: c.any("mlx_or_gguf") and not c.training,
        "**Nearly the same, MLX a few percent less: its 4-bit weights take 4.5 bits (groups of 64 share a scale and a bias of 16 bits each), a Q4_K_M file 4.8 to 4.9 on average, as it keeps some tensors in 6; the KV cache of so many tokens is the same.** The figures here count MLX as llama.cpp with that file. MLX takes the cache as it fills, llama.cpp sets all of the context aside as it loads, so MLX shows less at first.",
        "**差不多,MLX 少百分之几:它的 4 位权重每个 4.5 位(64 个一组,各带一个 16 位的缩放和偏置),Q4_K_M 文件因为有些张量用 6 位,平均 4.8 到 4.9 位;同样多 token 的 KV 缓存一样大。** 这里的数字把 MLX 按 llama.cpp 的这种文件计算。MLX 的缓存随用随长,llama.cpp 加载时就按整个上下文预留,所以一开始 MLX 显示得更少。", MLX, FIRST),
    Remark("meaning-of-mlock", 1, means("mlock"),
        "**--mlock keeps the pages of the file in RAM, so that the system does not drop them: it helps where all that is computed in RAM fits there with several GB to spare, and does harm where it does not.** A model that nearly fills the RAM leaves nothing for the system, which then swaps other programs or refuses to lock. What lies on the card needs no RAM once it is loaded: with all layers there mlock gains nothing. Without it (mmap) pages that were dropped are read from the disk again.",
        "**--mlock 把文件的内存页锁在内存里,不让系统丢掉:在内存里计算的部分放得下、还余好几 GB 时有用,否则有害。** 模型几乎占满内存时,系统就没有内存可用,只好把别的程序换出,或者锁不住。放在显卡上的部分加载完就不再需要内存:全部层在卡上时 mlock 没有用。不开时(mmap)被丢掉的页会重新从硬盘读。", LLAMACPP, ELSEWHERE),
    Remark("meaning-of-kept-loaded", 1, means("kept_loaded"),
        "**Ollama keeps a model for 5 minutes after the last request and then unloads it; to free its memory at once: `ollama stop MODEL`, or keep_alive 0 in a request; OLLAMA_KEEP_ALIVE (or keep_alive) sets the time, 0 unloads after each answer, -1 keeps it loaded for good.** While it is loaded it holds its memory of the card, used or not; `ollama ps` shows until when. An app that sends requests of its own (titles, completion) keeps it alive. Loading again takes the size of the file ÷ the bandwidth of the disk, unless RAM still has it cached: a SATA SSD reads about half a GB a second, an NVMe one several times that, so with RAM to spare for the file the second load hardly reads the disk.",
        "**Ollama 在最后一次请求 5 分钟后才卸载模型;要马上释放:`ollama stop 模型名`,或请求里 keep_alive 设 0;OLLAMA_KEEP_ALIVE(或 keep_alive)改这个时间,0 是每次回答完就卸载,-1 是一直保留。** 加载着就一直占显存,用没用都一样;`ollama ps` 能看到几点卸载。前端应用自己发的请求(起标题、补全)会让它一直不卸载。重新加载的时间是 文件大小 ÷ 硬盘带宽,除非内存里还有缓存:SATA 固态每秒约半 GB,NVMe 是它的好几倍;内存够缓存整个文件时,第二次加载几乎不读硬盘。", OLLAMA, ELSEWHERE),
    Remark("meaning-of-context-unused", 1, means("context_unused"),
        "**No, as long as all of it still fits on the card: a token reads the keys and values of the tokens that are there, so an empty context of 32k is as fast as one of 4k.** What it does cost is memory: llama.cpp and Ollama set the whole cache aside as they load, and where that pushes layers into RAM everything gets slow at once. As the context fills, each further token reads more of the cache and comes a little later. So take as much as you use, with a q8_0 cache if it is tight.",
        "**不影响,只要全部还放得下:每个 token 只读已有 token 的键和值,所以空着的 32k 和 4k 一样快。** 代价是显存:llama.cpp 和 Ollama 加载时就按整个上下文预留缓存,一旦把层挤到内存里,就会整体变慢。上下文填得越多,每个 token 要读的缓存越多,会逐渐变慢。所以用多少开多少,紧张时用 q8_0 缓存。", LLAMACPP, ELSEWHERE),
    Remark("meaning-of-fits-whole", 1, means("fits_whole"),
        "**Hardly: with all layers and the cache on the card, each token reads the card's own memory, and its bandwidth sets the speed; RAM and processor only load the file, prepare the text and start the kernels.** RAM's bandwidth decides as soon as layers, experts or the cache lie in it: then each token reads that part there, which is many times slower. So see that it really is all on the card (-ngl 99; `ollama ps` says 100 % GPU), with as much RAM as the file takes while it loads.",
        "**几乎没有影响:所有层和缓存都在卡上时,每个 token 读的是显存,速度由显存带宽决定;内存和 CPU 只负责加载文件、处理文本、启动内核。** 一旦有层、专家或缓存放在内存里,每个 token 就要从内存读那一部分,内存带宽就成了瓶颈,会慢很多倍。所以先确认确实全在卡上(-ngl 99;`ollama ps` 显示 100% GPU),加载时内存够放下文件即可。", POPE, ELSEWHERE),
    Remark("meaning-of-processor-split", 1, means("processor_split"),
        "**It is where the loaded model lies, weights, context and compute buffers together: the first percentage in the machine's RAM, computed by the CPU, the second on the card.** The part in RAM sets the speed, as each token reads it at RAM's bandwidth; 100% GPU is the aim. To get there: a smaller num_ctx, one slot (OLLAMA_NUM_PARALLEL=1), flash attention with a q8_0 cache (OLLAMA_FLASH_ATTENTION=1, OLLAMA_KV_CACHE_TYPE=q8_0), no other model kept loaded, then a smaller file.",
        "**指加载的模型(权重、上下文和计算缓冲合计)放在哪里:前一个百分比在内存里、由 CPU 计算,后一个在显卡上。** 速度由内存里的那部分决定,每个 token 都要按内存带宽把它读一遍;目标是 100% GPU。办法:减小 num_ctx,只留一个槽位(OLLAMA_NUM_PARALLEL=1),开 flash attention 并用 q8_0 缓存(OLLAMA_FLASH_ATTENTION=1、OLLAMA_KV_CACHE_TYPE=q8_0),卸载别的模型,再不行就换更小的文件。", OLLAMA, ELSEWHERE),
    Remark("scores-of-a-step-unnamed", 2, lambda c: c.reads_gguf and c.any("flash_lacking") and not c.modelled,
        "**Without flash attention llama.cpp holds the scores of one step in its compute buffer, heads × step (-ub, {ubatch}) × context × 4 B on every card: they grow in a straight line with the context, beside the KV cache, which does too.** With it they are never stored. Turn it on (-fa on, OLLAMA_FLASH_ATTENTION=1), which a quantised V cache needs anyway; where it cannot be, half of -ub halves them, and so does half the context.",
        "**不开 flash attention 时,llama.cpp 要在计算缓冲里放一步的注意力分数:头数 × 一步的 token 数(-ub,{ubatch})× 上下文 × 4 字节,每张卡都有,随上下文成正比增长;KV 缓存也随上下文增长。** 打开后就不存了:-fa on 或 OLLAMA_FLASH_ATTENTION=1(量化 V 缓存本来也要它)。不能开就把 -ub 减半,它也减半,上下文减半也一样。", LLAMACPP, ELSEWHERE),
    Remark("scores-of-a-step", 2, lambda c: _scores_held(c) and not c.any(*_AMOUNTS), *_SCORES, LLAMACPP, FIRST),
    Remark("also-scores-of-a-step", 9, lambda c: _scores_held(c) and c.any(*_AMOUNTS), *_SCORES, LLAMACPP),
    Remark("meaning-of-beyond-ram", 1, means("beyond_ram"),
        "**llama.cpp maps the file (mmap), so it still starts, and what RAM does not hold is read from the disk again for every token: the missing part ÷ the disk's bandwidth is time added to each token, seconds where it is tens of GB.** A mixture reads its active experts only, so less of it is missed; a dense model reads all. With --no-mmap all of it is copied to RAM, which then swaps or fails to load. Reading does not wear the SSD out. Better: fewer bits or a smaller model that RAM and card hold together, or more RAM.",
        "**llama.cpp 用 mmap 映射文件,所以仍能启动,但内存放不下的部分每个 token 都要重新从硬盘读:缺的字节 ÷ 硬盘带宽就是每个 token 多出的时间,缺几十 GB 就是好几秒。** 混合专家模型只读激活的专家,缺得少些;稠密模型每次读全部。加 --no-mmap 则要整份读进内存,只会换页或加载失败。只读不写,不会磨损 SSD。更好的办法:更低的位数或更小的模型,让内存加显存放得下,或加内存。", LLAMACPP, ELSEWHERE),
    Remark("meaning-of-integrated", 1, means("integrated"),
        "**Integrated graphics have no memory of their own: what the firmware calls dedicated is carved out of RAM, and beyond it they may use a share of the rest (llama.cpp with Vulkan or ROCm does; some drivers cap it at half).** It is the same RAM at the same bandwidth, so tokens are generated about as fast as on the processor; prompts are read faster. How large a model goes in follows from the RAM, how fast from its bandwidth: name the model and the RAM (DDR5-5600, two channels) and both are worked out.",
        "**核显没有自己的显存:BIOS 里的“专用显存”是从内存划出来的,除此之外还能共享一部分内存(llama.cpp 的 Vulkan、ROCm 可以用;有的驱动限一半)。** 用的是同一条内存、同样的带宽,所以生成速度和 CPU 差不多,读提示词会快一些。能放多大的模型看内存容量,多快看内存带宽:说出模型和内存(如双通道 DDR5-5600),就能算出来。", LLAMACPP, ELSEWHERE),
    Remark("size-of-one-card", 12, lambda c: c.serving and c.modelled and not c.failed and c.n == 1 and (c.said("gpu") or c.said("gpu_memory_gb")) and c.any("fits", "injection") and not c.any("unified_memory", "shared_gpu", "why_more", "active_alone", "active_experts") and not c.said("host_memory_gb"),
        "{size_of_one}", "{size_of_one}", AWQ),
)  # fmt: skip
