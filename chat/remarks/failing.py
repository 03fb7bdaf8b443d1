"""Remarks on a run that has failed, or that takes more than its weights: the likely cause first, then what it costs to mend."""

from chat.figures.failures.loaded_words import AS_SEEN, file_and_run
from chat.figures.layouts.buffer_words import rose_with_cards
from chat.figures.layouts.overlapped_buckets import buckets_fill
from chat.figures.training.moments import explains_what_is_seen
from chat.remarks.remark import CAUSE, ELSEWHERE, FIRST, SUSPECT, TROUBLE, Asked, Remark
from chat.remarks.unnamed import unnamed
from chat.works import (
    ANATOMY,
    DDP,
    DEEPSPEED,
    DEEPSPEED_CONFIG,
    FSDP_QLORA,
    HF_DEEPSPEED,
    LIGER,
    LLAMACPP,
    QWEN_1M,
    TORCH,
    TRAINER,
    TRANSFORMERS,
    TRL_GRPO,
    VL,
    VLLM,
)
from kb.host_memory import host_verdict

# who trains on samples of so many tokens has set the batch to 1
_LONG = 16384


def _as_seen(c: Asked) -> bool:
    """Is what was seen what the formulas give?"""
    return abs(c.figures.amount("seen_most") / c.figures.base.total - 1) < AS_SEEN


def _stepped_undivided(c: Asked) -> bool:
    """Did it take steps, as it could not with the whole base on a card?"""
    return c.any("midway", "evaluation", "saving") and c.figures.amount("w_nf4") > c.figures.amount("capacity")


def _told_less(c: Asked) -> bool:
    """Is what is told less than the estimate, from which a setting that takes more leads further away?"""
    cards = c.figures.given.get("gpu_memory_gb", ()) if c.any("claim_checked") else ()
    told = [float(one) for one in (*c.figures.told.get("claims_gb", ()), *([cards] if cards else ()))]
    return bool(told) and max(told) * 1e9 < c.figures.base.best


def _cache_explains(c: Asked) -> bool:
    """Is it asked why a file takes more as it runs, where the cache of the context that was set is much beside the weights?"""
    much = c.over("kv_all", (0.1 if c.any("file_size") and _as_seen(c) else 0.25) * c.figures.amount("w_all"))
    asked = c.any("why_more", "method_diff") and (not c.failed or c.any("fell_back"))
    return asked and c.said("seq_len") and much and (_as_seen(c) or c.any("bug_suspected", "growing"))


def _copies(c: Asked) -> bool:
    """Does each of several cards hold a whole copy, as it was told or as it is unless told?"""
    told = c.said("zero_stage")
    several = c.n > 1 or "seen_at" in c.figures.log
    return not c.said("tp") and not c.said("pp") and (c.zero == 0 if told else several)


def _leaves_layers(c: Asked) -> bool:
    """Is it asked of a log why not all layers went on the cards, which do not hold them with the cache?"""
    return "layers_now" in c.figures.log and c.figures.base.total > c.figures.amount("room_of_all")


# what data parallel keeps on each card
_COPIES = (
    "**Data parallel (DDP) keeps a whole copy on every card: weights, gradients, states, and the activations of its own batch, {copy_or_seen} on each, as on one card alone.** {both_on_first}What comes on top are the buckets in which gradients are exchanged ({ddp_buckets}, unless gradient_as_bucket_view is on) and NCCL's buffers. A second card adds speed (twice the batch a step), not room. To divide the model: FSDP (for a 4-bit base FSDP-QLoRA, with bnb_4bit_quant_storage set), ZeRO-3 for 16-bit weights, or device_map over the cards, one after the other.{frozen_whole}",
    "**数据并行(DDP)在每张卡上都保留完整的一份:权重、梯度、状态和自己那一批的激活,{copy_or_seen},与单卡相同。**{both_on_first}多出来的是交换梯度的桶({ddp_buckets};打开 gradient_as_bucket_view 就没有)和 NCCL 缓冲。加卡增加的是速度(每步批大小随卡数成倍),不是容量。要切分模型:FSDP(4 位基座用 FSDP-QLoRA,需设置 bnb_4bit_quant_storage)、16 位权重用 ZeRO-3,或用 device_map 把各层依次放到几张卡上。{frozen_whole}",
)

_COMPILED = (
    '**torch.compile can take more by itself: with mode "reduce-overhead" or "max-autotune" every graph captures CUDA graphs with a memory pool of their own, that no other step may use; each new length compiles again and captures again; autotuning allocates what it measures; and a graph that is not broken up may keep what checkpointing would have dropped.** Take the default mode without CUDA graphs, pad to a few lengths (or dynamic=True), compile block by block with checkpointing outside of it, and see TORCH_LOGS=recompiles. If it still does not fit, run without: compiling is for speed.',
    '**torch.compile 本身就可能更占显存:mode 为 "reduce-overhead" 或 "max-autotune" 时,每个图都用自己的显存池捕获 CUDA graph,别的步骤不能用;每遇到新长度就重新编译、重新捕获;自动调优时也要分配测试用的张量;整图编译还可能保留重计算本该丢掉的激活。** 用不带 CUDA graph 的默认模式,把长度补齐到少数几种(或 dynamic=True),按层编译并把重计算放在外面,用 TORCH_LOGS=recompiles 查看是否反复编译。还放不下就不编译:它只为速度。',
)


# of the room of all cards so much cache of one sequence is worth telling beside weights that are too large by themselves
_MUCH_OF_THE_ROOM = 0.1


def _whole_length_fits(c: Asked) -> bool:
    """Would the cards hold the cache of all that the model declares as well?"""
    return c.figures.at(seq_len=int(c.figures.amount("whole_length"))).verdict == "yes"


# of what was seen, what weights and the whole cache may be: runtime and buffers come on top, and tools round
_WHOLE_OF_SEEN = (0.75, 1.1)


def _takes_the_whole_length(c: Asked) -> bool:
    """Is what was seen about the weights and a cache of all that the model declares?"""
    low, high = (part * c.figures.amount("seen_most") for part in _WHOLE_OF_SEEN)
    return low <= c.figures.amount("whole_sum") <= high


def _is_of_the_length(c: Asked) -> bool:
    """Do weights and the whole cache come near to all that the cards have, and the weights do not, or go in at a short length? A
    message that there are no blocks at all is of no length, nor is a refusal of so many cards."""
    room = 0.85 * c.figures.amount("room_of_all")
    by_weights = c.figures.amount("weights_sum") >= room and (
        not c.may_fit or c.any("no_blocks", "heads_do_not_divide")
    )
    return c.figures.amount("whole_sum") > room and not by_weights


def _moved_and_held(c: Asked) -> bool:
    """Are states offloaded to a machine that is told and holds them, while the cards hold what is left?"""
    moved = c.k("offload") in ("params", "optimizer") and c.said("host_memory_gb") and not c.any("host_killed")
    return (
        moved
        and c.figures.base.verdict_of_cards == "yes"
        and host_verdict(c.figures.base.situation) in ("yes", "borderline")
    )


FAILING = (
    Remark("share-is-no-need", 1, lambda c: c.serving and not c.reads_gguf and c.over("pool_seen", 1) and not (c.any("kv_cache", "kv") and c.any("claim_checked", "check_arithmetic")) and not c.any("first_card_fills", "training"),
        "**{no_unpacking}: {takes_share}.** What is needed is {peak}: {w_all} of weights, {kv_token} of cache for a token{of_a_long_one}, the runtime.{plain_seen} {give_back}{beside_it}",
        "**{no_unpacking}:{takes_share}。** 真正需要的是 {peak}:权重 {w_all}、每 token {kv_token} 的缓存{of_a_long_one}和运行时。{plain_seen}{give_back}{beside_it}", VLLM),
    Remark("split-all-the-same", 0, lambda c: c.serving and not c.failed and c.n > 1 and c.any("split_doubted"),
        "{split_all_the_same} The log of the start prints it (“GPU KV cache size”, “# GPU blocks”); to take less, set {knob_of_share} lower.",
        "{split_all_the_same} 启动日志里能看到(“GPU KV cache size”、“# GPU blocks”);想少占就把 {knob_of_share} 调低。", VLLM),
    Remark("parallel-multiplies", 4, lambda c: c.serving and c.failed and c.reads_gguf and c.any("parallel_requests") and c.over("batch", 2) and c.over("capacity", 1) and c.over("kv_all", 2**29) and not c.hosted,
        "**The parallel requests multiply the context: {batch} × {seq} = {tokens} tokens are set aside at the start, {kv_all} of cache where one request takes {kv_sequence}.** With {w_all} of weights, the compute buffers and the runtime that is about {peak} of {capacity}, of which the desktop and the driver hold a part, so some layers go to the CPU. {brings_back}",
        "**并行数会乘上上下文:启动时就按 {batch} × {seq} = {tokens} 个 token 预留,KV 缓存 {kv_all},而 1 路只要 {kv_sequence}。** 加上权重 {w_all}、计算缓冲和运行时约 {peak},卡上 {capacity} 里桌面和驱动还要占一部分,所以一部分层落到了 CPU。{brings_back}", LLAMACPP, CAUSE),
    # ── served ─────────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("requirement-published", 0, lambda c: c.serving and c.modelled and c.any("required_elsewhere") and not c.failed and c.said("seq_len"),
        "{requirement}", "{requirement}", QWEN_1M, FIRST),
    Remark("takes-its-share", 7, lambda c: c.serving and c.preallocates and not (c.failed and c.any("growing", "grows_in_use")) and (c.any("why_more", "leak_asked", "normal_asked") or c.failed) and not c.any("mem_fraction") and (c.any("leak_asked") or not c.any("kv_cache")),
        "{engine_name} takes a share of the card at its start whatever the model is ({its_share}): what the weights leave of it is set aside for keys and values, and nvidia-smi shows it as used. That is no need: in all there are {w_all} of weights and {kv_all} of cache for {tokens} tokens, which with the runtime is about {peak} on each card.{plain_seen} A lower share ({knob_of_share}) shrinks it; a smaller maximum length or fewer requests let it start with less, but do not shrink what it takes.",
        "{engine_name}启动时不管模型多大都先占一定比例的显存({its_share}):放完权重后剩下的都预留给 KV 缓存,nvidia-smi 会显示为已用。这不是需求:总共权重 {w_all}、{tokens} token 的缓存 {kv_all},加运行时,每卡实际约 {peak}。{plain_seen}调低这个比例({knob_of_share})才会变小;减小最大长度或并发数可以用更少显存启动,但不会让占用变小。", VLLM, SUSPECT),
    Remark("others-name-cards-too", 8, lambda c: c.serving and not c.failed and c.any("why_more") and bool(c.figures.told.get("others_cards")),
        "{others_cards}", "{others_cards}", VLLM),
    Remark("share-is-to-go-down", 2, lambda c: c.serving and c.failed and c.said("gpu_memory_utilization") and c.any("after_start") and not c.any("no_blocks", "less_than_share", "longer_than_pool", "growing", "several_servers") and c.fits,
        "{share_down}", "{share_down}", VLLM, CAUSE),
    Remark("share-is-to-go-up", 0, lambda c: c.serving and c.failed and c.said("gpu_memory_utilization") and c.any("no_blocks") and c.any("direction_asked"),
        "{share_up}", "{share_up}", VLLM, CAUSE),
    Remark("beside-the-share", 10, lambda c: c.serving and c.failed and c.fits and c.preallocates and c.n > 1 and c.given("engine", "vllm", None),
        "**Weights and cache are not what lacks: of {capacity} a card's weights are {w_here}, the whole {peak}. The likeliest is what stands beside the share that the engine takes:** CUDA graphs, NCCL's buffers and the custom all-reduce, set up in every rank and growing with the number of ranks. Lower gpu_memory_utilization so that the rest holds them, or set enforce_eager and disable_custom_all_reduce, with a smaller max_model_len.",
        "**权重和缓存都不缺地方:{capacity} 里每卡权重 {w_here},总共 {peak}。最可能是引擎份额之外的部分:** CUDA graph、NCCL 缓冲和 custom all-reduce,在每个进程里另外分配,并且随卡数增加。调低 gpu_memory_utilization 给它们留空间,或加 enforce_eager、disable_custom_all_reduce,并减小 max_model_len。", VLLM, CAUSE),
    Remark("beside-the-share-of-one", 10, lambda c: c.serving and c.failed and c.fits and c.preallocates and c.n == 1 and c.given("engine", "vllm") and c.k("gpu_memory_utilization") is not None,
        "**Weights and cache are not what lacks: of {capacity} the weights are {w_here}, the whole {peak}. So look at what else is on the card:** the engine takes its share of the whole card, and of what another process holds it knows nothing beforehand (nvidia-smi); CUDA graphs and the context stand in the {beside_share} that its share of {share} leaves. Free the card, lower --gpu-memory-utilization, or set --enforce-eager.",
        "**权重和缓存都不缺地方:{capacity} 里权重 {w_here},总共 {peak}。所以要看卡上还有什么:** 引擎按整张卡的比例占用,并不知道别的进程占了多少(用 nvidia-smi 查);CUDA graph 和上下文要放进份额 {share} 之外的 {beside_share}。清空这张卡、调低 --gpu-memory-utilization,或加 --enforce-eager。", VLLM, CAUSE),
    Remark("pool-beside-the-rest", 10, lambda c: c.serving and c.failed and c.fits and c.preallocates and not c.given("engine", "vllm", None),
        "**The weights are not what lacks: {w_here} of a card's {capacity}, and with the cache of {tokens} tokens {peak}. The likeliest is the pool of the cache: {program} sets aside what its share leaves,** and activations, graphs and communication have to do with the rest. Lower {knob_of_share}, the tokens prefilled at once and the requests at once; then see what else is on the card (nvidia-smi).",
        "**缺的不是放权重的地方:每卡 {capacity} 里权重 {w_here},连同 {tokens} token 的缓存共 {peak}。最可能是缓存池:{program}会把份额里剩下的全部预留,** 激活、计算图和通信只能用其余的。调低 {knob_of_share}、一次 prefill 的 token 数和并发数,再用 nvidia-smi 看卡上还有什么。", VLLM, CAUSE),
    Remark("whole-length", 6, lambda c: c.failed and c.whole_length and "spilled" not in c.figures.log and not c.any("sampler_warmup", "growing", "grows_in_use", "after_start", "long_only", "under_load") and not c.all("chat_turns", "ran_otherwise") and not c.hosted and c.over("capacity", 1) and not _whole_length_fits(c) and _is_of_the_length(c) and not c.over("log_pool", c.figures.amount("whole_length")),
        "**The likeliest cause: no length is told, and then {a_server} sets aside the cache for all that the model declares, {whole_length} tokens × {kv_whole_token} = {kv_whole}: with {weights_sum} of weights {whole_sum} in all, against {all_room}{left_for_whole}** ({long_model}; runtime and buffers of computing come on top). {set_length} {narrow_whole}",
        "**最可能的原因:没有设置上下文长度,{a_server}就按模型声明的全长预留 KV 缓存,{whole_length} token × {kv_whole_token} = {kv_whole}:加上权重 {weights_sum} 共 {whole_sum},而显存共 {all_room}{left_for_whole}**({long_model};另有运行时与计算缓冲)。{set_length}{narrow_whole}", LLAMACPP, CAUSE),
    Remark("length-unset", 2, lambda c: c.modelled and not c.failed and c.whole_length and c.any("length_unset") and c.any("why_more", "normal_asked", "bug_suspected") and not c.hosted and _takes_the_whole_length(c),
        "**That is normal, and nothing is broken: no length is told, and then {a_server} sets aside the cache for all that the model declares, {whole_length} tokens × {kv_whole_token} = {kv_whole}: with {weights_sum} of weights {whole_sum} in all** ({long_model}; runtime and buffers of computing come on top). {set_length} {narrow_whole}",
        "**正常,没有坏:没有设置上下文长度,{a_server}就按模型声明的全长预留 KV 缓存,{whole_length} token × {kv_whole_token} = {kv_whole}:加上权重 {weights_sum} 共 {whole_sum}**({long_model};另有运行时与计算缓冲)。{set_length}{narrow_whole}", LLAMACPP, CAUSE),
    Remark("also-whole-length", 12, lambda c: c.failed and c.whole_length and not c.hosted and c.over("capacity", 1) and c.figures.amount("weights_sum") > c.figures.amount("room_of_all") and c.figures.amount("kv_whole") > _MUCH_OF_THE_ROOM * c.figures.amount("all_room"),
        "With weights that go in, set the length as well ({length_flags}): where none is set {a_server} wants room for all that the model declares, {whole_length} tokens × {kv_whole_token} = {kv_whole} for one sequence.",
        "换成放得下的权重之后还要设置长度({length_flags}):不设时{a_server}要按模型声明的全长留出缓存,一条序列 {whole_length} token × {kv_whole_token} = {kv_whole}。", LLAMACPP),
    # the length is known from a message, and may have been set by nobody
    Remark("length-left-open", 14, lambda c: c.serving and c.failed and not c.hosted and not c.ollama and not c.any("length_set") and (c.reads_gguf or c.given("engine", "vllm")) and c.over("kv_card", 2**28) and c.figures.base.verdict != "yes" and 0 < c.figures.base.declared <= c.figures.amount("seq") and c.figures.amount("longest_here") < c.figures.amount("seq"),
        "That is the whole length that the model declares, or more: where none is set ({length_flags}), {a_server} takes what the model's file declares. Weights in fewer bits leave the cache as it is; at {usual_context} tokens it is {kv_usual}, with the weights {usual_sum}.",
        "这已是模型声明的全长(或更长):不设置长度({length_flags})时,{a_server}就按模型文件里声明的长度预留。权重量化到更低位数,缓存不会变小;设为 {usual_context} token 时缓存 {kv_usual},连同权重 {usual_sum}。", LLAMACPP),
    Remark("graph-on-every-card", 5, lambda c: c.serving and c.failed and c.reads_gguf and not c.hosted and c.over("graph", 0.5e9),
        "llama.cpp and Ollama reserve a compute graph on every GPU beside its layers and its part of the cache. Without flash attention it holds the scores of a step, {heads} heads × {ubatch} × {seq} tokens × 4 B = {graph} on each: with these scores {with_graphs} in all against {all_room}, with flash attention {without_graphs}. What does not go in is left to the CPU. Turn flash attention on, quantise the cache (to {kv_q8_all} in q8_0), or take a smaller context (num_ctx, -c).",
        "llama.cpp 与 Ollama 在每张 GPU 上除了各自的层和那一份缓存,还要预留一份计算图。不开 flash attention 时它要放一步的注意力分数:{heads} 头 × {ubatch} × {seq} token × 4 字节 = 每张 {graph}:存这些分数共 {with_graphs},而显存共 {all_room};开了 flash attention 是 {without_graphs}。放不下的部分就交给 CPU。可打开 flash attention、量化缓存(q8_0 时为 {kv_q8_all}),或减小上下文(num_ctx、-c)。", LLAMACPP),
    Remark("enough-in-all-not-on-each", 9, lambda c: c.serving and c.failed and c.reads_gguf and c.n > 1 and not c.hosted and c.may_fit and c.over("capacity", 1) and c.figures.base.best > (0.6 if c.unequal_cards else 0.8) * c.figures.amount("capacity"),
        "**Enough in all is not enough on each card: layers are placed whole ({layers} and the output layer over {cards} cards), and beside its layers and their cache every card holds a CUDA context and a compute buffer of its own, the main one the most, and one may drive the screen. By the formulas the fullest takes {peak} of {capacity}, and without flash attention {graph} more for the scores of a step.** In this order: flash attention (-fa){narrower_cache}, a smaller -ub or -c, fewer layers on the card that fails (--tensor-split), then fewer bits.",
        "**总量够,不等于每张卡都够:层只能整层放({layers} 层加输出层分到 {cards} 张卡),每张卡除了自己的层和那部分缓存,还各有 CUDA 上下文和计算缓冲,主卡更多,有的卡还接着显示器。按公式最满的卡要 {peak},卡上 {capacity};不开 flash attention 时每张还要多 {graph} 存一步的注意力分数。** 依次做:打开 flash attention(-fa){narrower_cache},减小 -ub 或 -c,用 --tensor-split 让爆的那张少放几层,再降低位数。", LLAMACPP, CAUSE),
    Remark("allocated-at-load", 3, lambda c: c.serving and c.reads_gguf and not c.any("oom_diagnosis", "several_formats") and (c.any("suspected_format") or _cache_explains(c) or file_and_run(c.figures) > 0 or _leaves_layers(c)),
        "**{no_leak}The cache is set aside for the whole context as the model loads, used or not: {cache_sum}. With {w_all} of weights{of_the_file}, the compute buffers and the runtime that is {peak_all}{as_seen}; a file holds the weights alone.**{times_parallel}{left_to_cpu}{at_usual} A q8_0 cache of the whole context (with flash attention) takes {kv_q8_all}.",
        "**{no_leak}加载时就按整个上下文预留 KV 缓存,用没用到都占着:{cache_sum}。加上权重 {w_all}{of_the_file}、计算缓冲和运行时共 {peak_all}{as_seen};文件里只有权重。**{times_parallel}{left_to_cpu}{at_usual}全长的 q8_0 缓存(需开 flash attention)是 {kv_q8_all}。", LLAMACPP, CAUSE),
    Remark("pictures-in-tokens", 1, lambda c: c.serving and c.failed and c.over("picture_tokens", 1) and c.over("capacity", 1) and c.figures.amount("weights_sum") < c.figures.amount("room_of_all") and c.pixels_help,
        "{tried_of_tower}**Each picture of {picture_width} × {picture_height} is about {picture_tokens} tokens, its pixels ÷ ({picture_side} × {picture_side}){how_many_pictures}{beyond_positions}.** They take {pictures_kv} of cache beside {w_here} of weights, {peak_pictures} in all of {capacity}, and the vision tower's own activations for all those patches come on top.{tower_scores} Cap the pixels: max_pixels = {picture_capped} × {picture_side} × {picture_side} leaves at most {picture_capped} tokens of each, {pictures_capped} in all ({peak_capped}); or send smaller or fewer pictures, use flash attention in the tower, and a quantised checkpoint for more room.",
        "{tried_of_tower}**每张 {picture_width} × {picture_height} 的图约 {picture_tokens} 个 token,即像素数 ÷({picture_side} × {picture_side}){how_many_pictures}{beyond_positions}。** 它们要 {pictures_kv} 的 KV 缓存,加上权重 {w_here} 共约 {peak_pictures},卡上 {capacity};视觉塔对这些图块的激活还要另算。{tower_scores}先限制像素:max_pixels = {picture_capped} × {picture_side} × {picture_side},每张最多 {picture_capped} 个 token,共 {pictures_capped} 个({peak_capped});也可以缩小或减少图片,视觉塔用 flash attention,或换量化版腾出空间。", VL, CAUSE),
    Remark("image-tower", 3, lambda c: c.serving and c.failed and c.any("images") and not c.any("loading") and not c.over("picture_fixed", 1) and not c.over("picture_tokens", 1) and c.over("capacity", 1) and c.figures.amount("weights_sum") < c.figures.amount("room_of_all") and c.reads_gguf,
        "**A picture is one more peak: the vision tower and the graph of its computation come on top as the first one is read, and the text alone already takes {peak} of {capacity}.** Leave room for it: a smaller context or step (num_ctx, num_batch), a cache in 8 bits ({kv_q8_all}), smaller pictures, or a smaller quantisation.",
        "**图片会另起一个峰值:第一张图片进来时才分配视觉部分与它的计算图,而仅文本就已占 {peak},卡上只有 {capacity}。** 要给它留空间:减小上下文或步长(num_ctx、num_batch)、8 位缓存({kv_q8_all})、缩小图片,或用更小的量化。", LLAMACPP, CAUSE),
    Remark("pictures-beside-the-text", 3, lambda c: c.serving and c.failed and c.any("images") and not c.any("loading") and not c.over("picture_fixed", 1) and not c.over("picture_tokens", 1) and c.over("capacity", 1) and c.figures.amount("weights_sum") < c.figures.amount("room_of_all") and not c.reads_gguf,
        "**Pictures are one more peak: the vision tower computes on all patches of a prompt's pictures at once, beside weights of {w_here}, and each picture is hundreds to many thousands of tokens by its pixels; a server measures the largest that it admits already at its start.** The text alone takes {peak} of {capacity}. Cap the pixels (max_pixels; in vLLM --mm-processor-kwargs) or scale the pictures down, admit fewer per prompt (--limit-mm-per-prompt) and fewer tokens a step (--max-num-batched-tokens); then a shorter context, an 8-bit cache or quantised weights.",
        "**图片会另起一个峰值:视觉部分要一次算完提示里所有图片的 patch,权重已占 {w_here};每张图按像素折合几百到上万个 token,而服务启动时就会按允许的最大图片做测量。** 仅文本占 {peak},卡上 {capacity}。限制像素(max_pixels;vLLM 用 --mm-processor-kwargs)或先缩小图片,减少每个提示的图片数(--limit-mm-per-prompt)和每步 token 数(--max-num-batched-tokens);再缩短上下文、用 8 位缓存或量化权重。", VLLM, CAUSE),
    # ── trained ────────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("batch-by-default", 9, lambda c: c.training and c.failed and c.fits and not c.any("ran_otherwise") and not c.figures.logged_all("steps_before") and not c.over("tuning_rest", 1) and not c.said("batch_size") and not explains_what_is_seen(c.figures) and not (c.said("seq_len") and c.over("seq", _LONG)) and not c.any("evaluation", "midway", "fails_loading") and c.figures.amount("peak_default") > 0.8 * c.figures.amount("capacity"),
        "**The likeliest cause: no batch is told, and the trainers of transformers then take {default_batch} sequences per card: {peak_default} of {capacity}{if_not_over}, where one sequence takes {peak}{of_case}.** Most of the difference are logits: one fp32 copy is {default_tokens} tokens × {vocab} vocabulary × 4 B = {default_logits}, several exist at once, {default_logits_peak} at the worst moment. Set per_device_train_batch_size to 1 and accumulate; then shorten the length, take bf16, a fused loss (Liger) or padding-free batches.{states_beside}",
        "**最可能的原因:没有设置批大小,transformers 系的训练器默认每卡 {default_batch} 条序列:{peak_default},卡上 {capacity}{if_not_over};1 条只要 {peak}{of_case}。** 差别主要在 logits:一份 fp32 是 {default_tokens} token × 词表 {vocab} × 4 字节 = {default_logits},同时存在好几份,最高 {default_logits_peak}。先把 per_device_train_batch_size 设为 1 并用梯度累积,再缩短长度、用 bf16、融合损失(Liger)或 padding-free。{states_beside}", TRAINER, CAUSE),
    Remark("undivided-by-copies", 6, lambda c: c.training and c.modelled and _copies(c) and (c.any("undivided") or rose_with_cards(c.figures)) and not c.any("lever_unfelt"), *_COPIES, DDP, FIRST),
    Remark("a-copy-on-each", 6, lambda c: c.training and c.modelled and _copies(c) and (not (c.any("undivided") or rose_with_cards(c.figures)) or c.any("lever_unfelt")) and (c.any("same_memory") or (c.any("why_more") and c.said("zero_stage"))), *_COPIES, DDP),
    Remark("is-checkpointing-on", 16, lambda c: c.training and c.modelled and c.adapters and c.any("why_more") and not explains_what_is_seen(c.figures) and not _told_less(c) and not c.said("gradient_checkpointing") and not c.any("checkpointing") and c.k("gradient_checkpointing") == "on" and c.figures.amount("kept_off") > 2 * c.figures.amount("kept_on"),
        "All this is with gradient checkpointing. Is it on? Without it activations and logits take {kept_off} instead of {kept_on}, and the whole {peak_unchecked} instead of {peak}. nvidia-smi besides counts blocks that PyTorch keeps reserved from earlier peaks; torch.cuda.max_memory_allocated shows the tensors.",
        "以上都是开启重计算(gradient checkpointing)的结果。它真的开着吗?不开的话激活与 logits 是 {kept_off} 而不是 {kept_on},总共 {peak_unchecked} 而不是 {peak}。nvidia-smi 还会计入 PyTorch 从此前峰值保留下来的块;torch.cuda.max_memory_allocated 才是张量的占用。", ANATOMY, SUSPECT),
    Remark("tried-as-parameters", 3, lambda c: c.modelled and c.any("oom_diagnosis") and c.over("tried", 1) and not c.adapters and not c.logits_of_the_step and c.over("tried_parameters", 1),
        "**The {tried} that could not be allocated are {tried_what}: one flat tensor, not activations, so no shorter sample mends it.** {tried_mends}",
        "**没能分配的 {tried} 正好是{tried_what}:这是一整块张量,不是激活,缩短样本没有用。**{tried_mends}", DEEPSPEED_CONFIG, CAUSE),
    Remark("four-bits-not-divided", 4, lambda c: c.training and c.modelled and c.failed and c.method == "qlora" and c.zero == 3 and c.n > 1 and c.over("capacity", 1) and (c.may_fit or not c.any("by_fsdp")) and not _stepped_undivided(c),
        "**The likeliest cause: bitsandbytes stores 4-bit weights as bytes, and as such neither ZeRO-3 nor FSDP divides them, so every card holds all {w_nf4} and needs {copy_qlora} of the {capacity} that it has.** Only with bnb_4bit_quant_storage set to a floating type are they divided (FSDP-QLoRA): then {w_here} of weights are on each of {cards} cards, and with the layer that is gathered, activations and logits {peak}.",
        "**最可能的原因:bitsandbytes 的 4 位权重默认按字节存储,ZeRO-3 和 FSDP 都不切分它,于是每张卡都放完整的 {w_nf4},共需 {copy_qlora},而卡上只有 {capacity}。**只有把 bnb_4bit_quant_storage 设为浮点类型(FSDP-QLoRA)才会切分:那样 {cards} 张卡每张只放权重 {w_here},连同收集的层、激活与 logits 共 {peak}。", FSDP_QLORA, CAUSE),
    Remark("small-shortfall", 3, lambda c: c.training and c.failed and c.modelled and c.over("short", 1) and c.over("capacity", 1) and c.figures.amount("short") < 0.1 * c.figures.amount("capacity") and c.over("batch", 2),
        "**Right at the edge: {short} is little, so the smallest change does. A micro-batch of {batch_less} instead of {batch} saves {batch_saves}, and accumulation over twice the steps trains the same.**{reported_otherwise} Else a shorter length ({seq_less} tokens save {length_saves}){or_quantised}.",
        "**正好在边缘,{short} 差得不多,最小的改动就够:micro-batch 从 {batch} 降到 {batch_less} 省 {batch_saves},梯度累积步数加倍,训练效果不变。**{reported_otherwise}其次是缩短长度({seq_less} token 省 {length_saves}){or_quantised}。", ANATOMY, CAUSE),
    Remark("small-shortfall-of-one", 3, lambda c: c.training and c.failed and c.modelled and c.over("short", 1) and c.over("capacity", 1) and c.figures.amount("short") < 0.1 * c.figures.amount("capacity") and not c.over("batch", 2) and c.over("length_saves", 2**28),
        "**Right at the edge: {short} is little, so the smallest change does. Half the length, {seq_less} tokens, saves {length_saves}{or_fused}.**{reported_otherwise} Or end what else is on the card (nvidia-smi), and set PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True{or_quantised}.",
        "**正好在边缘,{short} 差得不多,最小的改动就够:长度减半到 {seq_less} token 省 {length_saves}{or_fused}。**{reported_otherwise}或关掉卡上别的程序(nvidia-smi),并设 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True{or_quantised}。", ANATOMY, CAUSE),
    Remark("buckets-left-out", 0, lambda c: c.training and c.modelled and c.method == "full" and c.n > 1 and (buckets_fill(c.figures) if c.failed else c.any("why_more", "lost_bytes", "mistake_sought")),
        "{overlapped_buckets}", "{overlapped_buckets}", HF_DEEPSPEED, CAUSE),
    Remark("gradients-whole-first", 7, lambda c: c.training and c.failed and c.method == "full" and c.zero == 2 and c.n > 1 and c.k("offload") in (None, "none") and c.figures.amount("with_grads32") > c.figures.amount("capacity") > c.figures.base.best,
        "**The likeliest cause: gradients that are still whole. With them in fp32 it is {with_grads32} per card of {capacity}, where the shares alone make {peak}.** ZeRO-2 divides the gradients as they are reduced, and only what was reduced is a share ({grads_share}): until then, with accumulation, overlapping communication or fp32 accumulation, a card holds up to {grads16} of them in 16 bit or {grads32} in fp32, beside buckets of {bucket} each. ZeRO-3 divides the weights too ({peak_zero3}); with the optimizer in host memory ZeRO-2 takes {peak_half}.",
        "**最可能的原因:梯度还没切分。保留完整 fp32 梯度时每卡 {with_grads32},卡上 {capacity};切分后的份额加起来只有 {peak}。** ZeRO-2 的梯度是边规约边切分的,规约之后才只剩一份 {grads_share}:在那之前(梯度累积、通信重叠或 fp32 累积时)每张卡最多要放完整的 16 位梯度 {grads16} 或 fp32 梯度 {grads32},另有每个 {bucket} 的通信桶。ZeRO-3 连权重也切分({peak_zero3});ZeRO-2 加优化器 offload 为 {peak_half}。", DEEPSPEED_CONFIG, CAUSE),
    Remark("estimators-count-states", 4, lambda c: c.training and c.method == "full" and c.zero == 2 and c.k("offload") == "optimizer" and c.any(*TROUBLE, "check_arithmetic"),
        "**ZeRO-2 does not divide the weights: with the optimizer in host memory {w16_said} of 16-bit weights ({params_said} × 2 B) stay on every card.** On top come gradients on their way to the host (a bucket of {bucket}; kept whole they are {grads16}, and a card then takes {with_grads16}{of_capacity}), activations and logits ({kept_here} at {tokens} tokens; the tokens of pictures count too) and the runtime ({runtime}).{weights_divided} What works: ZeRO-3 with parameters and optimizer in host memory ({peak_off_card} per card, {host} of RAM) and checkpointing, or cards of 80 GB.{host_against} DeepSpeed's estimators count model states alone.",
        "**ZeRO-2 不切分权重:优化器卸载后,每张卡仍有完整的 16 位权重 {w16_said}({params_said} × 2 字节)。**此外还有等待卸载的梯度(一个桶 {bucket};整份保留则是 {grads16},那时每卡共 {with_grads16}{of_capacity})、激活与 logits({tokens} token 时 {kept_here},图片的 token 也计入)和运行时({runtime})。{weights_divided}可行的办法:ZeRO-3 加参数与优化器 offload(每卡 {peak_off_card},内存 {host})并开重计算,或换 80 GB 的卡。{host_against}DeepSpeed 的估算只算模型状态。", DEEPSPEED, CAUSE),
    Remark("loss-of-one-program", 7, lambda c: c.training and c.failed and c.modelled and not c.said("loss") and len(c.figures.log.get("engine_told", ())) == 2 and c.any("method_diff", "comparison", "why_more", "explain_derive"),
        "{loss_of_one}", "{loss_of_one}", LIGER, CAUSE),
    Remark("loss-not-fused", 8, lambda c: c.training and c.failed and c.modelled and not c.said("loss") and c.k("loss") != "full-logits" and c.over("logits_copy", 4e9) and c.figures.amount("peak_logits") > (c.figures.base.capacity or 0),
        "**The likeliest cause: the fused or chunked loss is not in force. Without it the logits decide, {peak_logits} of {capacity}; with it the formulas give {peak}{of_case}.** {tokens} tokens × {vocab} vocabulary × 4 B = {logits_copy} for one fp32 copy, several at once, {logits_peak} at the worst moment.{inputs_too} Then about {longest_full} tokens are the most; with the loss in force about {longest_fused}. See in the log that it was applied to this model.{unfused_ways}",
        "**最可能的原因:融合或分块损失没有生效。没有它由 logits 决定,{peak_logits},卡上 {capacity};生效时按公式是 {peak}{of_case}。** {tokens} token × 词表 {vocab} × 4 字节 = 一份 fp32 就是 {logits_copy},同时存在好几份,最高 {logits_peak}。{inputs_too}那样最长约 {longest_full} token,生效时约 {longest_fused}。在日志里确认它真的作用于这个模型。{unfused_ways}", LIGER, CAUSE),
    Remark("offload-not-at-work", 9, lambda c: c.training and c.failed and c.method == "full" and _moved_and_held(c),
        "**By the figures the card holds only what a step works on, {peak} of {capacity}{of_case}, and the RAM has room for the rest: that the card runs out means that the offload is not in effect, or that a step is larger than told{larger_step}.** Without it the states take {zero3} of each card. It is not in effect where the trainer reads another config than the one that was edited, where offload_param is set below stage 3, which ignores it, or where the model is loaded before that config exists, for then each process first puts the whole on its card ({w16}; zero.Init). DeepSpeed's log names DeepSpeedCPUAdam where the optimizer is offloaded, and with parameters offloaded nvidia-smi shows little more than the context after loading.",
        "**按公式卡上只剩每步的工作集 {peak} / {capacity}{of_case},其余部分主机内存放得下:显存仍溢出,说明 offload 没有生效,或者一步比所说的更大{larger_step}。** 不 offload 时状态每张卡占 {zero3}。没有生效的常见原因:训练器读的不是改过的那份配置;阶段低于 3 时 offload_param 会被忽略;模型在这份配置建立之前就已加载,每个进程会先把完整权重放上自己的卡({w16};zero.Init)。优化器 offload 生效时,DeepSpeed 日志里有 DeepSpeedCPUAdam;参数也 offload 时,加载后 nvidia-smi 只比上下文多一点。", DEEPSPEED_CONFIG, CAUSE),
    Remark("offload-needs-ram", 9, lambda c: c.training and c.failed and c.fits and c.method == "full" and c.k("offload") == "params" and not (c.caused and c.said("seq_len")) and not _moved_and_held(c),
        "**The likeliest to run out is the machine's RAM: offloaded, the states of {params} parameters must fit the machine, {states} (16 B each, {adam12} of it Adam's); the process is then killed without a CUDA error.** On the cards only the working set is left, {peak} of {capacity}: check the micro-batch, checkpointing, a fused loss (one fp32 copy of the logits is {logits_copy} at {tokens} tokens) and zero.Init. Without offload the states are {zero3} on each of {cards} cards; machines of {cards} such cards that hold them with room: {state_nodes}. Without either: 8-bit states in pure bf16, or LoRA ({peak_lora}).",
        "**最可能不够的是主机内存:offload 后 {params} 参数的状态必须放得进内存,共 {states}(每参数 16 字节,其中 Adam {adam12});那时进程会被直接杀掉而没有 CUDA 报错。** 卡上只剩工作集 {peak} / {capacity}:检查 micro-batch、重计算、融合损失({tokens} token 的一份 fp32 logits 是 {logits_copy})和 zero.Init。不用 offload 时状态在 {cards} 张卡上每张占 {zero3},留有余量放下它们需要这样的机器({cards} 张卡){state_nodes} 台。都不行时:8 位优化器加纯 bf16,或 LoRA({peak_lora})。", DEEPSPEED, CAUSE),
    Remark("rollout-wakes-beside-states", 2, lambda c: c.any("rollout_again") and c.k("algo") in ("grpo", "ppo") and c.modelled and c.method == "full" and c.failed and c.said("gpu_memory_utilization") and c.k("optimizer") == "adamw" and c.figures.amount("with_the_engine") > 0.9 * c.figures.amount("card_whole"),
        "**The first rollout found the card without Adam's states, the next does not: they are allocated at the first update ({moments} of moments in all) and stay. With weights and runtime training then keeps {stays_after_update} of each card, sharded over {cards}{kept_reference}; the engine wakes and wants its {rollout_takes} back: {with_the_engine} of {card_whole}**, before gradients or cached blocks that were not freed and the copy of weights that is handed over. Put parameters and optimizer into host memory while the engine runs (param_offload, optimizer_offload), set gradients to None and empty PyTorch's cache before it wakes, or give it a smaller share (gpu_memory_utilization).{wakes_within} A smaller micro-batch of the update does not help here.",
        "**第一次 rollout 时卡上还没有 Adam 状态,下一次就有了:它们在第一次更新时才分配(动量共 {moments}),之后一直留着。连同权重和运行时,切分到 {cards} 张卡后训练每卡常驻 {stays_after_update}{kept_reference};引擎被唤醒又要拿回 {rollout_takes},合计 {with_the_engine},卡上 {card_whole}**,还没算没释放的梯度、缓存块和同步权重时的临时副本。办法:rollout 期间把参数和优化器 offload 到内存(param_offload、optimizer_offload),唤醒前把梯度置 None 并清空 PyTorch 缓存,或把 gpu_memory_utilization 调低。{wakes_within}减小更新的 micro-batch 在这里没有用。", TRAINER, CAUSE),
    Remark("one-rank-alone", 3, lambda c: c.training and c.failed and c.modelled and c.n > 1 and c.any("one_rank") and not c.any("fails_loading", "saving", "all_on_first", "uneven_experts", "evaluation", "other_process") and not c.over("log_others", 1),
        "**What differs from card to card is its own batch, not the model: weights and states are the same on all{each_holds}, activations and logits are those of the samples that this rank got, and the longest sample falls on one.** At {tokens} tokens a step is {peak}{of_case}{of_capacity}; one fp32 copy of the logits is {logits_copy}, and about {longest_here} tokens a sequence are the most. Cap the length or group by length; a fused loss (Liger){fused_less_to}. Always the same rank: another process on that card, or what only it does (rank 0: saving, evaluation, contexts of ranks that opened cuda:0; a pipeline stage with the head); see nvidia-smi before the start.",
        "**各卡不同的是自己那一批样本,不是模型:权重和状态每张卡都一样{each_holds},激活和 logits 则由这个 rank 分到的样本决定,最长的样本只落在一张卡上。** {tokens} token 的一步是 {peak}{of_case}{of_capacity};一份 fp32 logits 是 {logits_copy},每条最长约 {longest_here} token。限制长度或按长度分组;用融合损失 Liger{fused_less_to}。若总是同一个 rank:那张卡上有别的进程,或只有它做的事(rank 0 的保存、评估、别的进程误开 cuda:0 的上下文;流水线里带输出头的一段);启动前用 nvidia-smi 看。", ANATOMY, CAUSE),
    Remark("compiled-code-unnamed", 3, lambda c: c.failed and c.any("compiled") and unnamed(c), *_COMPILED, TORCH, ELSEWHERE),
    Remark("compiled-code", 3, lambda c: c.failed and c.any("compiled") and not unnamed(c), *_COMPILED, TORCH, CAUSE),
    Remark("answers-in-one-batch", 3, lambda c: c.training and c.failed and c.modelled and c.k("algo") in ("grpo", "ppo") and not c.said("batch_size") and not c.over("tried_tokens", 1) and not c.given("engine", "verl", "openrlhf") and c.figures.amount("peak_of_group") > 0.85 * c.figures.amount("capacity") >= 0.85 * c.figures.base.best,
        "**num_generations by itself divides over cards and accumulation steps; what grows is the micro-batch if it was raised with it: {group} answers in one take {peak_of_group} of {capacity}{of_case}, one takes {peak_one}.** Keep per_device_train_batch_size at 1 or 2, and let gradient_accumulation_steps (or cards) make up the multiple of {group}. Generating still holds all of them at once, {group_cache} of cache here, so a shorter max_completion_length helps both; then a fused loss.",
        "**num_generations 本身由各卡和梯度累积步分摊;变大的是跟着调大的 micro-batch:一次 {group} 条回答要 {peak_of_group},卡上 {capacity}{of_case},一次 1 条是 {peak_one}。** per_device_train_batch_size 保持 1 到 2,用 gradient_accumulation_steps(或加卡)凑成 {group} 的倍数。生成时仍要同时放下全部回答,这里缓存 {group_cache},所以缩短 max_completion_length 两边都有用;再用融合损失。", TRL_GRPO, CAUSE),
    Remark("another-version", 3, lambda c: c.training and c.failed and c.modelled and c.any("upgraded") and c.caused,
        "**The same settings ran before, so a default changed with the version; what was told takes {peak} of {capacity}{of_case}, and alone this overflows it: {likeliest}.**{further} Print on both versions the dtype of the base's parameters, attn_implementation and whether checkpointing is on (use_cache off), and compare max_memory_allocated of the first step; a loss computed in fp32 over the whole vocabulary, an adapter or a head kept in fp32 show there too. Pin the old version until then.",
        "**同样的设置以前能跑,所以是某个默认值随版本变了;按所说的设置是 {peak},卡上 {capacity}{of_case},单独就足以溢出的是:{likeliest}。**{further}在两个版本上分别打印基座参数的 dtype、attn_implementation、重计算是否生效(use_cache 是否关闭),并比较第一步的 max_memory_allocated;损失按 fp32 对整个词表计算、适配器或输出头保留 fp32 也会在这里看出来。在此之前先固定旧版本。", TRANSFORMERS, CAUSE),
    Remark("rollout-starts-beside-training", 2, lambda c: c.any("engine_starts") and c.k("algo") in ("grpo", "ppo") and c.modelled and c.failed and not c.any("in_update", "rollout_again") and not c.over("rollout_lacks", 1) and c.over("engine_crowds", 1),
        "**As the engine starts, a card holds {training_at_start} of the training ({held_at_start}) and {runtime_here} of runtime, and the engine takes {rollout_takes} at once: {engine_crowds} of {card_whole}.** Its share is {rollout_copy} of 16-bit weights and {rollout_pool} of cache.{after_first_update} What to turn, in this order: {room_for_engine}.",
        "**引擎启动时,每张卡上已有训练的 {training_at_start}({held_at_start})和运行时 {runtime_here},引擎再一次占走 {rollout_takes}:共 {engine_crowds},卡上 {card_whole}。** 它的份额里 {rollout_copy} 是 16 位权重,{rollout_pool} 是缓存。{after_first_update}依次可调:{room_for_engine}。", TRL_GRPO, CAUSE),
    Remark("rollout-without-blocks", 1, lambda c: c.k("algo") in ("grpo", "ppo") and c.modelled and c.failed and c.any("no_blocks") and c.over("rollout_takes", 1) and not c.over("rollout_lacks", 1),
        "{rollout_without_blocks}", "{rollout_without_blocks}", VLLM, CAUSE),
    Remark("rollout-does-not-start", 2, lambda c: c.k("algo") in ("grpo", "ppo") and c.modelled and c.failed and not c.any("in_update", "rollout_again") and c.over("rollout_lacks", 1),
        "**The rollout engine cannot even start: of each card it gets {rollout_takes}, and its own 16-bit copy of the policy takes {by_ranks}.** {weights_twice} What works: {start_ways}.{of_a_group}",
        "**rollout 引擎根本起不来:每张卡分给它 {rollout_takes},而它自己的一份 16 位权重是 {by_ranks}。** {weights_twice}可行的办法:{start_ways}。{of_a_group}", TRL_GRPO, CAUSE),
    Remark("rollout-shares-the-card", 3, lambda c: c.k("algo") in ("grpo", "ppo") and c.modelled and c.failed and (not c.fits or (c.over("rollout_crowds", 1) and not c.any("rollout_again", "engine_starts", "evaluation"))) and c.k("rollouts_by") != "asleep" and c.over("rollout_takes", 1),
        "{shared_lead} {shared_engine} {shared_ways}",
        "{shared_lead}{shared_engine}{shared_ways}", TRAINER, CAUSE),

)  # fmt: skip
