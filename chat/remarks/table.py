"""The remarks, most telling first within a subject. Ranks: 10 corrects the question, 20 decides the answer, 30 explains, 40 adds."""

from chat.figures.cards.kernel_words import slow_in_half
from chat.remarks.asked import ASKED
from chat.remarks.causes import CAUSES
from chat.remarks.claims import CLAIMS
from chat.remarks.concepts import CONCEPTS
from chat.remarks.concepts_asked import CONCEPTS_ASKED
from chat.remarks.derivations_meant import DERIVATIONS_MEANT
from chat.remarks.effects_meant import EFFECTS_MEANT
from chat.remarks.failing import FAILING
from chat.remarks.far_more import FAR_MORE
from chat.remarks.features_meant import FEATURES_MEANT
from chat.remarks.further import FURTHER
from chat.remarks.home_machines import HOME_MACHINES
from chat.remarks.meanings import MEANINGS
from chat.remarks.messages import MESSAGES
from chat.remarks.moments import MOMENTS
from chat.remarks.narrow_formats import NARROW_FORMATS
from chat.remarks.observed_meant import OBSERVED_MEANT
from chat.remarks.operating import OPERATED
from chat.remarks.own_points import OWN_POINTS
from chat.remarks.raised import RAISED
from chat.remarks.remark import CAUSE, FIRST, SUSPECT, TROUBLE, Asked, Remark, is_general
from chat.remarks.reproduced import REPRODUCED
from chat.remarks.roles import ROLES
from chat.remarks.said import SAID
from chat.remarks.scale import SCALE
from chat.remarks.serving import SERVING
from chat.remarks.settings_meant import SETTINGS_MEANT
from chat.remarks.simply_asked import SIMPLY_ASKED_MEANT
from chat.remarks.speeds_meant import SPEEDS_MEANT
from chat.remarks.split_meant import SPLIT_MEANT
from chat.remarks.stages import STAGES
from chat.remarks.sums import SUMS
from chat.remarks.supposed import SUPPOSED, counts_bytes
from chat.remarks.symptoms import SYMPTOMS_EXPLAINED
from chat.remarks.trained_shortly import TRAINED_SHORTLY
from chat.remarks.unnamed_failures import OF_NO_MODEL
from chat.remarks.ways import WAYS
from chat.remarks.workings_meant import WORKINGS_MEANT
from chat.works import (
    ANATOMY,
    BIG,
    CUDA_RATES,
    DEEPSPEED,
    EIGHT_BIT,
    FACTORY,
    FLASH,
    FSDP_QLORA,
    GALORE,
    KORTHIKANTI,
    LIGER,
    LORA,
    MIXED,
    NLG,
    PEFT_DORA,
    PEFT_KBIT,
    PEFT_ZERO3,
    QLORA,
    TORCH,
    TORCH_SCALER,
    TRL_GRPO,
    VL,
    ZERO,
    ZERO_INIT,
)
from kb.kernels import BEFORE_AMPERE

GIB = 2**30
_RL = ("grpo", "ppo", "dpo", "kto", "rm")


def _slow_in_half(c: Asked) -> bool:
    """Has a card next to no rate in 16 bit, as Pascal's of compute capability 6.1?"""
    return c.modelled and slow_in_half(c.figures) is not None


def _before_bf16(c: Asked) -> bool:
    """Is it trained on a card without units for bf16, which computes fp16 at a usable rate?"""
    old = c.card.get("architecture") in BEFORE_AMPERE
    return c.training and old and not _slow_in_half(c) and not c.any("how_many_gpus")


def _whole_claimed(c: Asked) -> bool:
    """Is an amount told that is what ordinary full training takes, 16 to 18 B for each parameter?"""
    told = (float(one) * 1e9 / c.figures.params for one in c.figures.told.get("claims_gb", ()))
    return any(_LEAST_WHOLE <= one <= _MOST_WHOLE for one in told)


_LEAST_WHOLE, _MOST_WHOLE = 15.5, 18.5  # bytes of a parameter, as people round them


TRAINING = (
    # ── what one card does and what many do ────────────────────────────────────────────────────────────────────────
    Remark("zero-on-one-card", 10, lambda c: c.training and c.modelled and c.said("zero_stage") and c.zero > 0 and c.n == 1 and (c.said("n_gpus") or c.said("gpu") or c.said("gpu_memory_gb")) and not c.said("offload") and c.method == "full" and (c.any("why_more", "check_arithmetic", "fits", "zero_offload") and not c.any("same_memory")),
        "ZeRO divides over cards: at stage 2 each of N cards holds 2 + 14/N bytes per parameter, so one card still holds all 16: {states}. On one card only CPU offload, or 8-bit states in pure bf16 with a fused update, brings it down.",
        "ZeRO 按卡数切分:ZeRO-2 每卡每参数 2 + 14/N 字节,N = 1 时仍是完整的 16 字节,共 {states}。单卡只有 CPU offload,或 8 位优化器加纯 bf16 与融合更新,才能降下来。", ZERO),
    Remark("zero2-keeps-frozen-weights", 10, lambda c: c.training and c.adapters and (c.n > 1 or not c.said("n_gpus")) and c.said("zero_stage") and c.zero in (1, 2),
        "ZeRO-1 and ZeRO-2 divide gradients and optimizer states, which adapters hardly have: the frozen base weights of {w_here} stay whole on every card. ZeRO-3 or FSDP divides them (a 4-bit base FSDP with QLoRA), quantising makes them smaller, and one card of {card_needed} or more holds them.",
        "ZeRO-1/2 只切分梯度和优化器状态,而适配器几乎没有这些:冻结的基座权重 {w_here} 在每张卡上都是完整的一份。ZeRO-3 或 FSDP 才会切分它(4 位基座用 FSDP + QLoRA),量化会让它变小,或换一张 {card_needed} 以上的卡。", FSDP_QLORA, SUSPECT),
    Remark("zero3-of-a-quantised-base", 9, lambda c: c.training and c.adapters and not c.failed and c.n > 1 and c.said("zero_stage") and c.zero == 3 and str(c.k("weight_format")).startswith(("nf4", "fp4")),
        "As bitsandbytes stores them by default, as bytes, ZeRO-3 does not divide 4-bit weights: each card then holds all {w_nf4_stored}. QLoRA with FSDP and bnb_4bit_quant_storage set to the 16-bit type divides them, and so does ZeRO-3 with that setting in newer versions (peft 0.13, bitsandbytes 0.43.3): then it is {peak} per card.",
        "bitsandbytes 默认按字节存储 4 位权重,ZeRO-3 切分不了:每张卡都会放完整的 {w_nf4_stored}。QLoRA + FSDP 并把 bnb_4bit_quant_storage 设为 16 位类型才会切分;较新版本(peft 0.13、bitsandbytes 0.43.3)的 ZeRO-3 配同样设置也可以:这时每卡 {peak}。", PEFT_ZERO3),
    Remark("zero3-loads-whole", 20, lambda c: c.training and c.zero == 3 and c.n > 1 and c.method != "qlora" and c.any(*TROUBLE, "zero_offload", "each_card") and c.any("oom_diagnosis", "each_card", "loading"),
        "Sharded, a card holds {w16_share} of the {w16} of 16-bit weights, but only if they are loaded under zero.Init. Loaded before the launcher, with device_map or in 4 bits, each rank first holds the whole copy.",
        "正确切分时,{w16} 的 16 位权重每卡只占 {w16_share};前提是在 zero.Init 下加载。若在启动器之前加载、用了 device_map 或 4 位加载,每个进程会先放完整的一份。", ZERO_INIT, SUSPECT),
    Remark("layers-take-turns", 11, lambda c: c.training and c.n > 1 and c.said("layer_split") and not c.failed and (c.said("zero_stage") or c.any("method_diff", "which_method", "training_time", "why_slow", "multi_gpu_split")),
        "device_map puts whole layers on each card and the cards take turns: one computes while the others wait, so {cards} cards train no faster than one. DDP keeps a whole copy on every card and all compute, each on its own batch. ZeRO-3 and FSDP divide the weights as device_map does and all compute, for traffic between the cards in every pass, which PCIe makes slow.",
        "device_map 把整层整层地放到各卡上,各卡轮流工作:一张计算时其余在等,所以 {cards} 张卡并不比一张训练得快。DDP 每张卡放完整的一份,各算各的批,同时工作。ZeRO-3/FSDP 像 device_map 一样分掉权重,又让所有卡同时计算,代价是每遍都要在卡间通信,走 PCIe 时较慢。", BIG),
    Remark("stages-compute-the-same", 11, lambda c: c.any("method_diff", "which_method", "precision_loss") and c.any("zero_offload", "stages") and not c.failed and c.training and not c.said("layer_split"),
        "ZeRO changes where states live, not what is computed: no stage costs precision. Take the lowest stage that fits: ZeRO-2 is fastest, ZeRO-3 trades traffic between cards for memory, offload trades PCIe and CPU time.",
        "ZeRO 只改变状态放在哪里,不改变数值计算:任何阶段都不损失精度。选放得下的最低阶段:ZeRO-2 最快,ZeRO-3 用卡间通信换显存,offload 用 CPU 与 PCIe 时间换显存。", ZERO),
    Remark("host-memory", 10, lambda c: c.training and c.modelled and c.method == "full" and c.any("zero_offload") and c.k("offload") == "params" and c.k("optimizer") == "adamw" and c.over("ram", 1),
        "Host memory: offloaded parameters, gradients and Adam states are 16 B per parameter, {host} or more; you have {ram}.{kept_on_cards} Else more RAM, NVMe offload (ZeRO-Infinity), or LoRA/QLoRA.",
        "内存:卸载的参数、梯度与 Adam 状态每参数 16 字节,至少 {host};您有 {ram}。{kept_on_cards}此外可加内存、用 NVMe 卸载(ZeRO-Infinity),或改用 LoRA/QLoRA。", DEEPSPEED, SUSPECT),
    Remark("host-of-each-machine", 9, lambda c: c.training and c.modelled and c.over("host_needed", 1) and bool(c.figures.logged_all("in_machine")),
        "{of_each_machine}", "{of_each_machine}", ZERO),
    Remark("host-memory-plain", 12, lambda c: c.training and c.modelled and c.method == "full" and c.any("zero_offload", "how_much", "fits") and c.k("offload") in ("params", "optimizer") and c.k("optimizer") == "adamw" and not c.over("ram", 1) and not c.given("algo", "ppo"),
        "Offload moves memory, it does not remove it: Adam's states take 12 B per parameter of host RAM, {host_optimizer}, with parameters and gradients 16 B, {host}; DeepSpeed's estimator adds a buffer factor of 1.5.",
        "offload 是搬走显存而不是消除:Adam 状态占内存每参数 12 字节,共 {host_optimizer},连同参数与梯度 16 字节,共 {host};DeepSpeed 的估算还要乘 1.5 的缓冲系数。", DEEPSPEED, SUSPECT),
    Remark("dora-is-heavier", 9, lambda c: c.training and c.modelled and c.adapters and c.any("dora"),
        "**DoRA takes more than LoRA, in activations and time rather than in parameters**: beside LoRA's matrices it trains only one magnitude per output, {magnitudes} more, but in every pass it multiplies the adapter out and finds the norm of each merged weight ({dora_norm} of temporaries), and keeps the results of both for the magnitude's gradient. With checkpointing one layer takes {dora_layer} while it is computed again, with LoRA {lora_layer}{dora_peak}; without checkpointing all layers keep {dora_kept} instead of {lora_kept}. Its steps are slower. What lowers it: checkpointing, a smaller micro-batch or length, a quantised base, or plain LoRA; rsLoRA only scales by α/√r, LoRA+ only gives one of the two matrices a larger learning rate: both take what LoRA takes.{dora_rise}",
        "**DoRA 比 LoRA 占得多,多在激活和时间,不在参数**:除 LoRA 的矩阵外只多训练每个输出一个幅值,共 {magnitudes};但每次前后向都要把适配器展开、求合并权重的范数(临时内存 {dora_norm}),并为幅值的梯度保存两路输出。开重计算时一层在重算时占 {dora_layer},LoRA 为 {lora_layer}{dora_peak};不开时全部层共保存 {dora_kept},而 LoRA 为 {lora_kept}。每步也更慢。省的办法:开重计算、减小 micro-batch 或长度、量化基座,或退回 LoRA;rsLoRA 只把缩放改成 α/√r,LoRA+ 只给其中一个矩阵更大的学习率,显存都与 LoRA 一样。{dora_rise}", PEFT_DORA),
    Remark("sharding-not-felt", 10, lambda c: c.training and (c.any("same_memory") or (c.any("not_felt") and c.n > 1)) and c.zero == 3 and not c.any("lora") and not c.said("algo"),
        "Sharding divides weights, gradients and optimizer states by the number of cards, never activations, logits or the runtime. If a card needs as much as alone, one of those decides, the model is wrapped as a single unit (then each card gathers all of it), or PyTorch's cache has filled the card: compare max_memory_allocated, not nvidia-smi.",
        "切分只把权重、梯度和优化器状态除以卡数,激活、logits 和运行时不变。若每卡占用和单卡一样:要么由后者主导,要么整个模型被当成一个单元包装(每张卡都会收集全部权重),要么是 PyTorch 缓存把卡占满了。应比较 max_memory_allocated 峰值,而不是 nvidia-smi。", ZERO),
    Remark("same-memory", 10, lambda c: c.training and c.any("same_memory") and c.zero > 0 and c.any("lora") and c.k("offload") != "optimizer",
        "They should differ by the states that LoRA does not keep, about 14 B per parameter divided by N cards, {saved_by_lora} ÷ N. If a monitor shows the same, activations decide (a large batch), the optimizer is offloaded and not on the card at all, or PyTorch's cache has filled the card: compare max_memory_allocated, not nvidia-smi.",
        "两者本应相差 LoRA 不保存的状态,约每参数 14 字节除以 N 张卡,即 {saved_by_lora} ÷ N。若看到一样:批大小很大时由激活主导;offload 时优化器本来就不在 GPU 上;或者 PyTorch 缓存把卡占满了。应比较 max_memory_allocated 峰值,而不是 nvidia-smi。", TORCH),
    Remark("host-load", 12, lambda c: c.training and c.modelled and c.any("loading") and c.n > 1 and c.over("ram", 1),
        "Host memory while loading: every process reads the whole checkpoint unless zero.Init or low_cpu_mem_usage is on, {cards} × {w16} = {host_load} against {ram}; with zero.Init each keeps only its part.",
        "加载时的内存:除非启用 zero.Init 或 low_cpu_mem_usage,每个进程都会读入完整权重,{cards} × {w16} = {host_load},而内存是 {ram};启用 zero.Init 后每个进程只保留自己那一份。", ZERO_INIT),
    # ── states ─────────────────────────────────────────────────────────────────────────────────────────────────────
    Remark("adam-keeps", 20, lambda c: c.any("adam_state") and not c.any("fits"),
        "It depends on the precision. Mixed precision: an fp32 master copy 4 + momentum 4 + variance 4 = 12 B per parameter, the copy counted with the optimizer (ZeRO, §3.1). Pure fp32 or pure bf16 training has no extra copy: the two moments take 8 B or 4 B. 8-bit Adam keeps both in about 2 B. Accounts with and without the copy are both right, each for its own case.",
        "取决于精度。混合精度:fp32 主权重 4 + 动量 4 + 二阶动量 4 = 12 字节/参数,主权重算在优化器里(ZeRO 论文 §3.1)。纯 fp32 或纯 bf16 训练没有额外副本:两个动量共 8 字节或 4 字节。8 位 Adam 两个动量约 2 字节。算不算副本两种说法都对,只是口径不同。", ZERO),
    Remark("sixteen-eighteen-twenty", 6, counts_bytes,
        "**{multiple_judged}16 B per parameter = 2 (16-bit weights) + 2 (16-bit gradients) + 4 (fp32 copy of the weights) + 4 + 4 (Adam's two moments in fp32).**{of_eighteen}{of_twenty} 12 B: no fp32 copy, 2 + 2 + 8, as where bitsandbytes updates bf16 parameters; 10 B: 8-bit Adam, 2 + 2 + 4 + 2; 8 B: pure bf16, 2 + 2 + 2 + 2. Training in fp32 alone comes to 16 as well, 4 + 4 + 8. All are right, each for its own program; activations, logits and buffers are in none of them.",
        "**{multiple_judged}每参数 16 字节 = 16 位权重 2 + 16 位梯度 2 + fp32 主权重 4 + Adam 两个 fp32 动量 4 + 4。**{of_eighteen}{of_twenty}12 字节:没有 fp32 主权重,即 2 + 2 + 8,如 bitsandbytes 直接更新 bf16 参数;10 字节:8 位 Adam,即 2 + 2 + 4 + 2;8 字节:纯 bf16,即 2 + 2 + 2 + 2。全用 fp32 训练也是 16,即 4 + 4 + 8。都对,只是程序不同、口径不同;激活、logits 和缓冲都不在其中。", NLG),
    Remark("first-step", 22, lambda c: c.training and c.method == "full" and c.k("optimizer") == "adamw" and not c.said("offload") and not c.any("midway", "comparison") and c.any("oom_diagnosis", "first_step", "rl_memory", "failing_count"),
        "Adam's states, 12 B per parameter and {adam12} in all, appear at the first optimizer step: the first forward and backward can pass and the second step still run out.",
        "Adam 状态每参数 12 字节,共 {adam12},在第一次优化器更新时才分配:第一步能过,第二步才爆很正常。", ANATOMY, SUSPECT),
    Remark("states-floor-over", 23, lambda c: c.training and c.modelled and c.over("states_over", 1) and c.modelled and c.method == "full" and c.k("optimizer") == "adamw" and not c.figures.pure and not c.said("offload") and not c.any("same_memory", "training_time", "four_by_four") and not c.over("claim_less", 1) and not c.over("seen_32", 1) and c.any(*TROUBLE, "check_arithmetic", "max_batch_ctx", "checkpointing", "flash", "injection", "claim_checked"),
        "No smaller batch or length, no checkpointing, FlashAttention or fused loss makes the {states} of weights, gradients and Adam less: those lower activations and logits alone. It is {params} × 16 B in mixed precision (2 + 2 + 12) and in fp32 (4 + 4 + 8), half in pure bf16, {states8}.{states_cards}",
        "减小批大小或长度、重计算、FlashAttention、融合损失都不会减少权重、梯度与 Adam 的 {states}:它们只省激活和 logits。混合精度(2 + 2 + 12)与 fp32(4 + 4 + 8)都是 {params} × 16 字节,纯 bf16 减半,为 {states8}。{states_cards}", ZERO, SUSPECT),
    Remark("states-floor", 23, lambda c: c.training and not c.any("part:activations", "part:logits") and c.modelled and (not c.over("states_over", 1) or c.any("how_many_gpus")) and c.method == "full" and c.k("optimizer") == "adamw" and not c.figures.pure and not c.said("offload") and not c.any("same_memory", "training_time", "four_by_four") and not c.over("claim_less", 1) and not c.over("seen_32", 1) and c.any(*TROUBLE, "fits", "check_arithmetic", "injection", "how_many_gpus", "how_much", "max_batch_ctx"),
        "Weights, gradients and Adam alone, before any activation: {params} × 16 B = {states} in mixed precision (2 + 2 + 12) and in fp32 (4 + 4 + 8); 18 B with fp32 gradients, {states18}; half in pure bf16, {states8}.",
        "仅权重、梯度与 Adam(还没算激活):混合精度(2 + 2 + 12)与 fp32(4 + 4 + 8)都是 {params} × 16 字节 = {states};梯度用 fp32 则 18 字节,{states18};纯 bf16 减半,为 {states8}。", ZERO, SUSPECT),
    Remark("pure-bf16-in-figures", 12, lambda c: c.training and c.modelled and c.method == "full" and c.n == 1 and c.k("optimizer") == "adamw" and not c.figures.pure and not c.said("offload") and not c.said("zero_stage") and not c.failed and c.over("capacity", 1) and c.figures.amount("peak_pure") < c.figures.amount("capacity") < c.figures.base.best,
        "In mixed precision weights 2 + gradients 2 + Adam with its fp32 copy 12 are 16 B per parameter, {params} × 16 B = {states}{of_the_card}. In pure bf16 it is 8 B, weights 2 + gradients 2 + both moments 4: {params} × 8 B = {states8}. AdamW's usual step over lists (foreach) makes a temporary as large as the gradients, {grads16}: {peak_pure} with it and the runtime, {peak_pure_fused} with a fused step (adamw_torch_fused).",
        "混合精度下权重 2 + 梯度 2 + Adam(含 fp32 主权重)12 是每参数 16 字节:{params} × 16 字节 = {states}{of_the_card}。纯 bf16 每参数 8 字节,即权重 2 + 梯度 2 + 两个动量 4:{params} × 8 字节 = {states8}。AdamW 默认的 foreach 更新还要一份与梯度一样大的临时内存 {grads16}:连同运行时共 {peak_pure};用融合更新(adamw_torch_fused)是 {peak_pure_fused}。", ZERO),
    Remark("frozen-base-alone", 12, lambda c: c.training and c.modelled and c.any("how_many_gpus") and c.any("lora") and not c.failed and not c.said("weight_format") and c.over("capacity", 1) and c.figures.amount("w16") > c.figures.amount("capacity"),
        "LoRA keeps the frozen weights in 16 bit: {params} × 2 B = {w16} alone, before adapters and activations, so at least {base_cards} of {room} each, divided (ZeRO-3/FSDP). QLoRA stores the same weights in 4 bit: {w_nf4_stored}.",
        "LoRA 的冻结权重仍是 16 位:仅权重就是 {params} × 2 字节 = {w16},还没算适配器和激活,所以至少要 {base_cards}(每张 {room}),并切分(ZeRO-3/FSDP)。QLoRA 把同样的权重存成 4 位:{w_nf4_stored}。", LORA),
    Remark("small-model-fp32", 24, lambda c: c.training and c.method == "full" and c.any("oom_diagnosis") and c.k("engine") in ("litgpt", "torchtune"),
        "What helps: bf16-true (or fp16) parameters, FSDP over the cards, a smaller block size, 8-bit Adam, or LoRA ({peak_lora}).",
        "可行的办法:参数用 bf16-true(或 fp16)、用 FSDP 切到各卡、缩短序列、8 位 Adam,或 LoRA({peak_lora})。", EIGHT_BIT, SUSPECT),
    Remark("half-rate", 21, lambda c: c.training and _slow_in_half(c) and not c.any("how_many_gpus"),
        "**The arithmetic of {slow_card} is the limit sooner than its memory: it has no tensor cores and no bf16, and computes fp16 at {half_rate}, 1/64 of its fp32 rate.** Keep the weights in fp16 or 4 bits but compute in fp32 (no fp16 autocast; QLoRA: bnb_4bit_compute_dtype=float32; activations then take 4 B a number), and expect a run to take many times as long as on a newer card.",
        "**{slow_card} 先不够的是算力而不是显存:没有 Tensor Core,也没有 bf16,fp16 只有 {half_rate},是 fp32 的 1/64。** 权重可以存成 fp16 或 4 位,计算要用 fp32(不开 fp16 autocast;QLoRA 设 bnb_4bit_compute_dtype=float32;激活按每个数 4 字节算),速度比新卡慢很多倍。", CUDA_RATES),
    Remark("bf16-refused-in-training", 0, lambda c: c.modelled and c.training and not c.failed and c.any("bf16_named") and not c.any("bf16_doubted") and _before_bf16(c),
        "**Not in bf16: cards before Ampere do not compute in it. In fp16 with loss scaling, the same 2 B per parameter, what follows holds.**{fp16_instead}",
        "**不能用 bf16。Ampere 之前的卡不支持,改用 fp16(带 loss scaling),同样每参数 2 字节,下面的数字照样成立。**{fp16_instead}", MIXED, FIRST),
    Remark("also-no-bf16", 2, lambda c: c.modelled and c.training and c.any("bf16_doubted") and _before_bf16(c),
        "**Right, cards before Ampere have no bf16: train in fp16 with loss scaling, the same 2 B per parameter, so the figures hold.**{fp16_instead}",
        "**对,Ampere 之前的卡没有 bf16:改用 fp16 训练(带 loss scaling),同样每参数 2 字节,上面的数字不变。**{fp16_instead}", MIXED),
    Remark("no-bf16", 25, lambda c: _before_bf16(c) and c.adapters,
        "This generation (before Ampere) has no bf16 units and no FlashAttention-2: load the base in fp16 (torch_dtype=float16), train with fp16: true, whose loss is scaled, and attn_implementation=\"sdpa\"; in fp32 the weights alone would take {w32}.",
        "这一代(Ampere 之前)没有 bf16 单元,也用不了 FlashAttention-2:基座按 fp16 加载(torch_dtype=float16),训练用 fp16: true(带 loss scaling),attn_implementation=\"sdpa\";按 fp32 加载,仅权重就要 {w32}。", MIXED),
    Remark("no-bf16-full", 25, lambda c: _before_bf16(c) and not c.adapters,
        "This generation (before Ampere) has no bf16 units and no FlashAttention-2: use fp16: true, whose loss is scaled, and attn_implementation=\"sdpa\". What trains must not itself be fp16, for PyTorch's GradScaler unscales no fp16 gradients: load it in fp32 (4 + 4 + 8 B per parameter, {states} as well), or let DeepSpeed keep the fp32 masters beside fp16 weights.",
        "这一代(Ampere 之前)没有 bf16 单元,也用不了 FlashAttention-2:用 fp16: true(带 loss scaling)和 attn_implementation=\"sdpa\"。被训练的权重本身不能是 fp16,PyTorch 的 GradScaler 不会还原 fp16 梯度:要按 fp32 加载(每参数 4 + 4 + 8 字节,同样是 {states}),或由 DeepSpeed 在 fp16 权重之外保留 fp32 主权重。", TORCH_SCALER),
    # ── what a step keeps ──────────────────────────────────────────────────────────────────────────────────────────
    Remark("logits", 20, lambda c: c.training and c.modelled and (not c.failed or c.of_the_need("logits") > 0.3) and (c.over("logits_copy", 2e9) or (c.any("logits") and c.over("logits_copy", 2e8))) and c.k("loss") == "full-logits" and c.over("logits_peak", 1e8) and c.any(*TROUBLE, "max_batch_ctx", "fits", "logits", "zero_offload", "comparison"),
        "Logits: {tokens} tokens × {vocab} vocabulary × 4 B = {logits_copy} for one fp32 copy, and several exist at once ({logits_peak} at the worst moment); embedding and head take {embedding} in 16 bit.{other_vocabulary} ZeRO does not divide them; a fused or chunked loss (Liger) does away with them: {then_fused}.",
        "logits:{tokens} token × 词表 {vocab} × 4 字节 = 一份 fp32 就是 {logits_copy},同时存在好几份(最高 {logits_peak});embedding 与 head(16 位)共 {embedding}。{other_vocabulary}ZeRO 不切分它;融合或分块损失(Liger)可以消除,{then_fused};也可用序列并行。", LIGER),
    Remark("prepared-for-k-bits", 18, lambda c: c.training and c.modelled and c.method == "qlora" and not c.fits and not c.said("kbit_prep") and (c.n == 1 or c.said("zero_stage")) and c.figures.base.situation.facts["kbit_preparation"].value == "on" and c.figures.amount("peak") - c.figures.amount("peak_unprepared") > GIB,
        "This counts what PEFT's prepare_model_for_kbit_training does: all that is not quantised (embedding, norms, head) becomes float32, and hidden states with it. A program that leaves them in 16 bit needs {peak_unprepared}, with a fused loss {peak_unprepared_fused}.",
        "这里按 PEFT 的 prepare_model_for_kbit_training 计算:未量化的部分(embedding、归一化、输出头)转为 float32,隐藏状态也随之变大。保持 16 位的程序只需 {peak_unprepared},再加融合损失是 {peak_unprepared_fused}。", PEFT_KBIT),
    Remark("script-that-prepares", 10, lambda c: c.training and c.modelled and c.method == "qlora" and c.may_fit and c.n == 1 and (c.k("engine") in (None, "trl") or c.any("plain_peft")) and not c.said("kbit_prep") and c.figures.base.situation.facts["kbit_preparation"].value == "off" and c.over("capacity", 1) and c.figures.amount("peak_by_script") > c.figures.amount("capacity"),
        "Counted with what is not quantised left in 16 bit, as LLaMA-Factory, Unsloth, Axolotl, ms-swift and newer versions of TRL train. A plain script of transformers and PEFT, or TRL before 0.26, calls prepare_model_for_kbit_training, which makes embedding, norms and head float32, and computes all logits at once: {peak_by_script}, too much for {capacity}.",
        "这里按未量化的部分保持 16 位计算(LLaMA-Factory、Unsloth、Axolotl、ms-swift 和较新的 TRL 如此)。普通的 transformers + PEFT 脚本,或 0.26 之前的 TRL,会调用 prepare_model_for_kbit_training,把 embedding、归一化和输出头转为 float32,并一次算出全部 logits:{peak_by_script},超过 {capacity}。", PEFT_KBIT),
    Remark("vocabulary", 19, lambda c: c.training and c.any("logits", "oom_diagnosis") and c.over("logits_copy", 5e8) and not (c.any("logits") or c.over("logits_copy", 2e9)),
        "Its vocabulary of {vocab} makes logits of {tokens} × {vocab} × 4 B = {logits_copy} for each fp32 copy, and an embedding and head of {embedding} in 16 bit.",
        "词表 {vocab}:每份 fp32 logits 为 {tokens} × {vocab} × 4 字节 = {logits_copy},embedding 与 head(16 位)共 {embedding}。", LIGER, SUSPECT),
    Remark("checkpoints", 30, lambda c: c.training and not c.any("comparison") and c.modelled and c.any("max_batch_ctx", "oom_diagnosis") and c.over("checkpoints", 2 * GIB) and c.k("gradient_checkpointing") == "on",
        "With checkpointing the kept layer inputs are {layers} layers × {tokens} tokens × {hidden} × {input_bytes} B = {checkpoints}.",
        "开启重计算后只存每层输入:{layers} 层 × {tokens} token × {hidden} × {input_bytes} 字节 = {checkpoints}。", KORTHIKANTI, SUSPECT),
    Remark("eager", 31, lambda c: c.training and c.any(*TROUBLE) and not c.said("attention") and c.over("scores", GIB) and c.over("seq", 2048),
        "All this is with FlashAttention. Eager attention keeps scores that grow with the square of the length, {scores} for a layer: use FlashAttention-2 or SDPA; a fused loss (Liger) or optimizer offload for what is still missing.",
        "以上按 FlashAttention 计算。eager 注意力要存随长度平方增长的分数矩阵,每层 {scores}:请用 FlashAttention-2 或 SDPA;还差一点时用融合损失(Liger)或优化器 offload。", FLASH, SUSPECT),
    Remark("lora-saves-states", 18, lambda c: c.training and not c.failed and c.modelled and c.any("why_more", "method_diff") and (c.any("long_context") or c.over("seq", 8000)) and c.any("lora"),
        "LoRA saves gradients and optimizer states only, here at most {states} of model states; it saves no activations and adds some (the adapters' inputs, dropout masks), and QLoRA dequantises on top. At {seq} tokens without checkpointing activations and logits take {kept_off} and decide, so the methods meet or even cross.",
        "LoRA 只省梯度与优化器状态,这里模型状态最多 {states};激活不省,还多出适配器输入和 dropout 掩码,QLoRA 还要反量化。{seq} token、不开重计算时激活与 logits 占 {kept_off},起决定作用,所以各方法会持平甚至反超。", LORA),
    Remark("long-context-remedy", 22, lambda c: c.training and c.any("long_context") and c.any(*TROUBLE),
        "What helps at long context is what shrinks activations: gradient checkpointing (then {kept_on}) and a fused cross-entropy.",
        "长上下文要靠减少激活:激活重计算(之后 {kept_on})和融合交叉熵。", KORTHIKANTI, SUSPECT),
    Remark("checkpointing-effect", 14, lambda c: c.training and c.modelled and c.any("checkpointing") and c.any("method_diff", "unclear", "how_much", "why_more"),
        "{checkpointing_kept}", "{checkpointing_kept}", KORTHIKANTI),
    Remark("flash-effect", 14, lambda c: c.training and c.modelled and c.any("flash") and c.any("method_diff", "unclear", "explain_derive", "why_more") and c.over("scores", 1e8),
        "FlashAttention never stores the attention scores; eager attention would keep {scores} for every layer that waits for its backward pass, growing with the square of the length. Weights and states do not change.",
        "FlashAttention 不存注意力分数矩阵;eager 注意力每层要存 {scores},且随长度平方增长。权重和状态不变。", FLASH),
    Remark("accumulation", 14, lambda c: c.training and c.modelled and c.any("accumulation") and not c.any("lever:accumulation") and c.any("method_diff", "unclear", "fits", "why_more", "how_much"),
        "Gradient accumulation by itself neither saves nor costs memory to speak of; the micro-batch decides: gradients are summed into one buffer, and activations are those of one micro-batch. That buffer only stands between micro-steps, beside the next activations; with FSDP it is whole on every card until the cards meet after the last (sync_each_batch divides it). It is how a large batch fits: small micro-batches, many steps.",
        "梯度累积本身几乎不省也不增加显存,起作用的是 micro-batch:梯度累加在同一块缓冲里,激活只按一个 micro-batch 计。只是这块缓冲在微步之间一直存在,与下一批激活并存;FSDP 下各卡在最后一个微步才通信,此前每张卡保留完整梯度(sync_each_batch 可切分)。它正是用小批次凑大批次的办法。", ANATOMY),
    Remark("beyond-weights", 6, lambda c: c.training and c.modelled and c.any("why_more", "rest_asked") and c.adapters and not c.failed and not c.all("who_is_right", "supposed_not") and not (c.any("leak_asked") and c.any("growing")) and not c.any("method_diff", "comparison", "claim_checked", "same_memory", "checkpoint_size") and not c.figures.told.get("ranges") and not (c.any("accumulation") and "rise_gb" in c.figures.log),
        "**{seen_is}The frozen base stays on the card, {w_here}. Beside it at the peak: {beside_base}.** Adapters ({adapters_all} with gradients and states) save the gradients and optimizer states of the frozen weights, 14 of full training's 16 B per parameter, {fourteen}, and nothing else: the backward pass goes through the frozen layers too, so activations and logits stay. What takes less: {why_less}.",
        "**{seen_is}冻结的基座照样在卡上,{w_here}。峰值时此外还有:{beside_base}。** 适配器(连同梯度和状态 {adapters_all})只省冻结权重的梯度和优化器状态,即全量训练每参数 16 字节里的 14 字节,共 {fourteen},别的都不省:反向要穿过冻结的层,激活和 logits 照样在。更省的办法:{why_less}。", ANATOMY),
    Remark("where-it-goes", 1, lambda c: c.modelled and c.any("parts") and not c.failed,
        "{where_it_goes}", "{where_it_goes}", ANATOMY),
    Remark("rest-of-the-need", 5, lambda c: c.modelled and c.any("rest_asked") and not c.adapters and not c.failed and not c.any("lost_bytes", "method_diff", "comparison", "same_memory", "stages"),
        "{beside_weights}", "{beside_weights}", ANATOMY),
    Remark("claim-as-length", 15, lambda c: c.modelled and c.any(*TROUBLE) and c.training and not c.quoted and c.over("claim_seq", 1),
        "{observed} would be reached at about {claim_seq} tokens, all else equal: look at the maximum length and at padding every sample up to it. Trainable embeddings and head would add {embedding_train} of gradients and states.",
        "其余不变,序列约 {claim_seq} token 时才会到 {observed}:检查最大长度,以及是否把每条样本都补齐到最大长度。若把 embedding 和 head 也设为可训练,梯度和状态另加 {embedding_train}。", ANATOMY, SUSPECT),
    Remark("fits-on-paper", 12, lambda c: c.failed and not c.hosted and not c.any("unified_memory") and c.fits and not c.caused,
        "**What was told takes {peak} of {capacity} and would fit, and no usual setting overflows it; so look for what else is there.** In this order: another process on the card (nvidia-smi), all ranks on one card, a second copy of the model (a reference, an evaluation, a checkpoint as it is saved), samples longer than assumed, fragments (memory_reserved far above memory_allocated).",
        "**所说的设置只要 {peak},卡上 {capacity},本应放得下,常见设置也都不足以溢出;所以要找别的东西。** 依次查:卡上别的进程(nvidia-smi)、所有进程挤在一张卡、第二份模型(参考模型、评估、保存时的副本)、比设想更长的样本、碎片(memory_reserved 远大于 memory_allocated)。", ANATOMY, CAUSE),
    Remark("loading", 26, lambda c: c.training and c.fits and c.adapters and c.any("oom_diagnosis", "loading") and c.k("weight_format") == "bf16" and c.n == 1,
        "Check how the weights are loaded: in fp32 they need {w32} instead of {w16}, if only for a moment. A script for one card needs no ZeRO-2, whose buffers come on top; QLoRA takes {peak_qlora}{table_qlora}{measured_qlora}.",
        "检查加载精度:若先按 fp32 加载,权重是 {w32} 而不是 {w16},哪怕只是一瞬间。单卡脚本不需要 ZeRO-2,其通信缓冲还要额外占用;改用 QLoRA 约 {peak_qlora}{table_qlora}{measured_qlora}。", ANATOMY, SUSPECT),
    Remark("host-bounds-size", 11, lambda c: c.training and not c.modelled and c.method == "full" and c.k("offload") == "params" and c.said("host_memory_gb") and c.any("max_batch_ctx"),
        "{host_bounds}", "{host_bounds}", ZERO),
    Remark("states-of-any-size", 12, lambda c: c.training and not c.modelled and c.method == "full" and c.n > 1 and not c.said("offload"),
        "Whatever the model, full fine-tuning with Adam keeps 16 B per parameter. Sharded over {cards} cards that is {billion_share} per billion parameters on each, so the states alone fill a card of {room} at {states_fill} parameters, before any activation.",
        "不论哪个模型,用 Adam 全量微调每参数要 16 字节。切分到 {cards} 张卡,每十亿参数每卡 {billion_share},所以 {states_fill} 参数时仅状态就占满 {room} 的卡,还没算激活。", ZERO),
    Remark("states-of-any-size-alone", 12, lambda c: c.training and not c.modelled and c.method == "full" and c.n == 1 and c.k("optimizer") in (None, "adamw") and not c.failed and c.any("max_batch_ctx"),
        "Whatever the model, full fine-tuning with AdamW keeps 16 B per parameter (2 + 2 + 12), so the states alone fill {room} at {states_fill} parameters, before activations, logits and the CUDA context; in pure bf16 (8 B) at twice that, with 8-bit states or an offloaded optimizer at more.",
        "不论哪个模型,用 AdamW 全量微调每参数要 16 字节(2 + 2 + 12),所以 {states_fill} 参数时仅状态就占满 {room},激活、logits 和 CUDA 上下文还没算;纯 bf16(8 字节)可到它的两倍,8 位状态或优化器卸载还能更大。", ZERO),
    Remark("common-size", 12, lambda c: c.training and not c.modelled and c.any("largest_model"),
        "**Of the usual sizes a {common} is the largest with room to spare on one card** ({common_qlora} of {room} by 4-bit QLoRA). All at {common_seq} tokens, batch 1 and checkpointing:\n\n{usual_sizes}",
        "**常见尺寸里,单卡留有余量的最大是 {common}**(4 位 QLoRA 占 {common_qlora},卡上共 {room})。都按 {common_seq} token、批大小 1、开启重计算:\n\n{usual_sizes}", FACTORY),
    Remark("common-size-instead", 12, lambda c: c.training and c.modelled and not c.failed and c.n == 1 and (c.said("gpu") or c.said("gpu_memory_gb")) and c.any("fits", "how_to", "which_method", "injection") and not c.said("algo") and min(c.figures.amount("copy_qlora"), c.figures.amount("copy_qlora_least")) > c.figures.amount("room"),
        "Not even 4-bit QLoRA of it goes on one such card, {copy_qlora} of {room}{least_qlora}; a single card for that has {card_of_qlora}. How many such cards are there? That decides: FSDP with QLoRA divides the base over them (ZeRO-2 divides no weights): {qlora_over}. What one card trains with room to spare is a {common}, {common_qlora} by 4-bit QLoRA{at_the_edge}.",
        "单卡连它的 4 位 QLoRA 也放不下:要 {copy_qlora}{least_qlora},卡上 {room};单卡要用 {card_of_qlora} 的。关键是有几张这样的卡:FSDP + QLoRA 把基座切分到各卡(ZeRO-2 不切分权重):{qlora_over}。一张卡能训练的:{common} 留有余量(4 位 QLoRA 占 {common_qlora}){at_the_edge}。", FACTORY),
    Remark("eight-bits-between", 24, lambda c: c.training and c.modelled and c.method in ("lora", "qlora") and c.any("which_method") and not c.said("bits") and not c.said("weight_format") and c.figures.base.capacity is not None and not c.any("quantised"),
        "In between lies an 8-bit base: QLoRA in 8 bit takes {copy_qlora8}{eight_on_each} of {room} ({eight_fits}), LoRA in 16 bit {copy_lora} as one copy, QLoRA in 4 bit {copy_qlora}; full fine-tuning has {states} of states alone.",
        "两者之间还有 8 位基座:8 位 QLoRA 占 {copy_qlora8}{eight_on_each},卡上 {room}({eight_fits});一份完整的 16 位 LoRA 是 {copy_lora},4 位 QLoRA {copy_qlora};全参光状态就要 {states}。", QLORA),
    Remark("qlora-for-more", 24, lambda c: c.training and c.modelled and c.method == "lora" and c.n > 1 and c.any("fits") and not c.any("which_method") and not c.failed and not c.said("bits") and not c.said("weight_format") and c.may_fit and c.figures.base.capacity is not None and c.figures.base.best > 0.7 * c.figures.base.capacity and c.figures.amount("copy_qlora") < 0.8 * c.figures.base.best,
        "QLoRA leaves more: in 4 bit a whole copy per card takes {copy_qlora}, to about {qlora_length} tokens.",
        "想要更多余量用 QLoRA:4 位时每卡一份完整副本只占 {copy_qlora},最长约 {qlora_length} token。", QLORA),
    Remark("qlora-by-program", 23, lambda c: c.training and c.modelled and c.method in ("lora", "qlora") and c.any("which_method") and not c.said("kbit_prep") and not c.said("loss") and c.figures.base.capacity is not None and c.n == 1 and c.figures.amount("copy_qlora") > 0.6 * c.figures.amount("room") and c.figures.amount("copy_qlora") - c.figures.amount("copy_qlora_least") > 2 * GIB,
        "QLoRA's {copy_qlora} in 4 bit count plain logits; a program that leaves embedding, head and norms in 16 bit and fuses the loss (Unsloth, Liger) takes {copy_qlora_least} of {room}.",
        "4 位 QLoRA 的 {copy_qlora} 按普通 logits 计算;embedding、head、归一化保持 16 位并用融合损失的程序(Unsloth、Liger)只需 {copy_qlora_least},卡上 {room}。", PEFT_KBIT),
    Remark("eight-bit-states-save", 3, lambda c: c.training and c.modelled and c.method == "full" and c.n == 1 and c.any("saving_asked", "each_claimed") and (c.any("eight_bit_states") or c.given("optimizer", "adamw-8bit", "paged-adamw-8bit")),
        "**{eight_verdict}8-bit states save {six_said}: the two moments go from 8 to about 2 B per parameter, {adam8_said} to {adam2_said}; with the fp32 master copy, which stays, the optimizer goes 12 → 6 B. With weights and gradients that is 16 → 10 B, {sixteen_said} → {ten_said}, 38 % less and not half; activations and logits stay.**{adapters_too} With masters: {eight_mixed}. Without them, pure bf16 with 8-bit AdamW, it is 2 + 2 + 2 = 6 B, {six_said}; {eight_pure}; the price is that small updates are rounded away. A larger difference between two totals is the step's: AdamW over lists of tensors makes a temporary as large as the gradients, a fused or 8-bit step does not.{paged_too}",
        "**{eight_verdict}8 位状态省 {six_said}:两个动量从每参数 8 字节降到约 2 字节,{adam8_said} → {adam2_said};加上不变的 fp32 主权重,优化器是 12 → 6 字节。连同权重和梯度是 16 → 10 字节,{sixteen_said} → {ten_said},少 38 %,不到一半;激活和 logits 不变。** {adapters_too}保留主权重:{eight_mixed}。不保留(纯 bf16 加 8 位 AdamW)是 2 + 2 + 2 = 6 字节,{six_said};{eight_pure};代价是小的更新会被舍入掉。两个总量若差得更多,那是更新那一步的临时内存:逐列表更新的 AdamW 要一份与梯度同大的临时量,融合或 8 位的更新不要。{paged_too}", EIGHT_BIT),
    Remark("states-of-adapters-are-few", 3, lambda c: c.training and c.modelled and c.adapters and c.any("eight_bit_states") and c.any("saving_asked", "use_doubted", "meter_same", "adam_state", "lever:optimizer_8bit") and not c.failed,
        "**Next to nothing is saved, even where it works as it should: 8 bits are of optimizer states, and beside a frozen base only the adapters have any, {adapter_moments}, of about {peak} in all.** The frozen base of {w_here}, activations and logits have no states and stay. In full fine-tuning, where every parameter has states, the same change is {adam8_said} → {adam2_said}, {six_said} less.{paging} What takes less here: {why_less}.",
        "**几乎省不了,但这不代表没生效:8 位只作用于优化器状态,而基座冻结,只有适配器有,{adapter_moments},总共约 {peak}。** 冻结的基座 {w_here}、激活和 logits 没有优化器状态,不受影响。全参微调时每个参数都有状态,同样一换是 {adam8_said} → {adam2_said},省 {six_said}。{paging}这里真正更省的办法:{why_less}。", EIGHT_BIT),
    Remark("fused-step-saves", 3, lambda c: c.training and c.modelled and c.method == "full" and c.any("fused_step") and not c.failed and c.any("same_memory", "saving_asked", "use_doubted", "method_diff", "adam_state", "comparison", "which_method"),
        "**The states are the same, 8 B per parameter for both moments, {adam8_said}; only the step differs: over lists of tensors (foreach, the default) it makes a temporary as large as the gradients, up to {w16} in 16 bit and {w32} in fp32, a fused step none.** That raises the peak only where the step is the fullest moment, which it is at short lengths and small batches; fused is faster as well.",
        "**状态一样,两个动量每参数 8 字节,共 {adam8_said};差别只在更新那一步:默认的 foreach 按列表更新,要一份与梯度同大的临时内存,16 位梯度最多 {w16},fp32 最多 {w32},fused 不要。** 只有峰值落在更新那一步时(长度短、批次小)总峰值才会因此更高;fused 也更快。", EIGHT_BIT),
    Remark("offload-moves-few-states", 3, lambda c: c.training and c.modelled and c.adapters and c.k("offload") == "optimizer" and c.any("why_more", "saving_asked", "use_doubted", "same_memory", "at_work") and not c.failed,
        "**Offloading the optimizer moves only its states, and beside a frozen base only the adapters have any: {adapter_states_alone}, of about {peak} that stay on the card.** The base, {w_here}, activations and logits stay. What takes less: {why_less}.",
        "**offload 优化器只搬走优化器状态,而基座冻结,只有适配器有:{adapter_states_alone};留在卡上的约 {peak}。** 基座 {w_here}、激活和 logits 都还在卡上。真正更省的办法:{why_less}。", ZERO),
    Remark("paging-saves-no-byte", 2, lambda c: c.training and c.modelled and c.any("paged_in_full") and c.any("saving_asked", "adam_state", "use_doubted"),
        "**Paging saves no byte: a paged 32-bit AdamW keeps both moments in fp32, 8 B per parameter, {adam8_said}; they move to host memory only while the card is short, which slows the steps.** It averts a failure at a peak, and takes less only of what is on the card at that moment.",
        "**分页本身不省字节:paged 32 位 AdamW 的两个动量仍是 fp32,每参数 8 字节,{adam8_said};只在显存不够时换到内存,并拖慢步速。** 它避免的是峰值时溢出,只让当时卡上的占用变少。", EIGHT_BIT),
    Remark("galore-beside-full", 1, lambda c: c.training and c.modelled and c.any("galore") and _whole_claimed(c),
        "**Both hold: the larger figure is ordinary AdamW in mixed precision, 16 to 18 B for each parameter, {states}; GaLore trains the same weights and keeps only low-rank moments.** Its price is time: one card is far too slow for a real pre-training of hundreds of billions of tokens.",
        "**两个都成立:大的数是普通混合精度 AdamW,每参数 16 到 18 字节,即 {states};GaLore 同样训练全部权重,但只保存低秩动量。** 代价是时间:单卡远不足以做几千亿 token 的真正预训练。", GALORE, FIRST),
    Remark("galore-layer-by-layer", 8, lambda c: c.training and c.modelled and c.any("galore") and c.n == 1,
        "GaLore trains all weights and projects only what the optimizer keeps: moments of {galore_states} ({galore_states8} in 8 bit); the gradient still appears whole, {w16}, beside the weights, {w16}. What brings it near LoRA is the layer-wise update, which uses and drops each gradient as it appears (galore_layerwise: no accumulation, one card): plain {galore_plain}, layer-wise {galore_layerwise}, layer-wise with 8-bit moments {galore_least}{galore_fits}. That variant is what is run on 24 GB; activations and logits are as in full training.",
        "GaLore 训练全部权重,投影的只是优化器保存的部分:动量 {galore_states}(8 位 {galore_states8});梯度仍会完整出现,{w16},权重另占 {w16}。让它接近 LoRA 的是逐层更新(galore_layerwise:梯度算出一个用掉一个,不能梯度累积,只限单卡):普通 {galore_plain},逐层更新 {galore_layerwise},逐层更新加 8 位动量 {galore_least}{galore_fits}。通常说的 24 GB 能跑指的是这一种;激活和 logits 与全量训练相同。", GALORE),
    Remark("moments-or-masters", 9, lambda c: c.training and c.modelled and c.method == "full" and c.any("eight_bit_states", "paged_in_full"),
        "**Weights, gradients and optimizer are 16 B per parameter with AdamW in mixed precision, {sixteen_said}; 10 B with 8-bit states beside the fp32 master copy, {ten_said}; 6 B without that copy, in pure bf16, {six_said}{states_in_room}.**{stepped_in_backward} The two moments of AdamW are 8 B per parameter, {adam8_said}; in 8 bit about 2 B, {adam2_said}. Mixed precision keeps an fp32 master copy beside them, 4 B, {master_said}: AdamW's 12 B count it, while 8-bit and paged optimizers by themselves keep none and update the 16-bit weights. Paging changes no byte: the states move to host memory only while the card is short, and only then are steps slower.",
        "**权重、梯度和优化器合计:混合精度 AdamW 每参数 16 字节,{sixteen_said};8 位状态加 fp32 主权重 10 字节,{ten_said};不留主权重(纯 bf16)6 字节,{six_said}{states_in_room}。**{stepped_in_backward}AdamW 的两个动量每参数 8 字节,共 {adam8_said};8 位时约 2 字节,{adam2_said}。混合精度另存 fp32 主权重,每参数 4 字节,{master_said}:AdamW 的 12 字节含它;8 位与分页优化器自身不存主权重,直接更新 16 位权重。分页不改变字节数:只在显存不足时把状态移到内存,也只有那时才变慢。", EIGHT_BIT),
    Remark("lora-beside-several-cards", 27, lambda c: c.training and c.modelled and not c.failed and c.method == "qlora" and c.n == 1 and len(c.figures.told.get("gpus", ())) > 1 and c.any("fits", "how_much") and not c.said("algo") and not c.said("offload"),
        "On 16-bit weights, {w16} by themselves, LoRA takes {copy_lora} in place of {peak}{lora_on}.",
        "不量化的 16 位 LoRA 光权重就要 {w16},共 {copy_lora}(这里是 {peak}){lora_on}。", QLORA),
    Remark("smaller-methods", 27, lambda c: c.training and not c.any("same_memory") and c.modelled and c.method == "full" and c.any("check_arithmetic", "why_more", "injection") and c.n == 1 and not c.said("algo"),
        "Whether a single card holds it is decided by the method: LoRA takes {copy_lora}, 4-bit QLoRA {copy_qlora}{less_of_all}.",
        "单卡能否放下取决于方法:LoRA 需 {copy_lora},4 位 QLoRA 需 {copy_qlora}{less_of_all}。", QLORA, SUSPECT),
    Remark("fragmentation", 35, lambda c: c.training and c.any("fragmentation") and c.any(*TROUBLE) and not c.over("oom_tried", 1),
        "When reserved memory is far above allocated, it is fragmentation: set PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True.",
        "若 reserved 远大于 allocated,就是碎片:设置 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True。", TORCH, SUSPECT),
    Remark("images-by-pixels", 29, lambda c: c.training and c.modelled and c.any("images") and c.any(*TROUBLE, "fits", "how_much") and c.over("picture_square", 1),
        "A picture is its pixels ÷ ({picture_side} × {picture_side}) tokens, 1,024 × 1,024 about {picture_square} and 3,840 × 2,160 about {picture_4k}, each with activations and logits (vocabulary {vocab} × 4 B a copy, several at once) like one of text: the resolution decides, so cap it (max_pixels) before anything else.",
        "一张图的 token 数是像素 ÷({picture_side} × {picture_side}):1,024 × 1,024 约 {picture_square} 个,3,840 × 2,160 约 {picture_4k} 个,每个都和文本一样有激活和 logits(词表 {vocab} × 4 字节一份,同时几份)。所以分辨率影响很大,先限制它(max_pixels)。", VL, SUSPECT),
    Remark("images", 30, lambda c: c.training and c.modelled and c.any("images") and c.any(*TROUBLE, "fits", "how_much"),
        "Images become tokens: several hundred to thousands each, counted within the sequence length. Cap their pixels (max_pixels) before anything else.",
        "图片会变成 token:每张几百到几千个,都计入序列长度。先限制图片像素(max_pixels)。", ANATOMY, SUSPECT),
    # ── several models at once ─────────────────────────────────────────────────────────────────────────────────────
    Remark("rollouts-beside-pairs", 3, lambda c: c.modelled and c.training and not c.said("rollouts_by") and len(c.figures.log.get("objective", ())) > 1,
        "{rollouts_beside}", "{rollouts_beside}", TRL_GRPO),
    Remark("preference-roles", 11, lambda c: c.modelled and c.k("algo") == "dpo" and c.method == "full" and not c.given("ref_model", False),
        "Beside the policy's {states} of states (16 B per parameter) stands a frozen reference of {w16}, {policy_and_reference} together, and each step reads a chosen and a rejected answer, so activations count twice the batch. The reference's log-probabilities can be computed beforehand, and LoRA needs no second copy: without its adapters the base is the reference ({lora_here}).",
        "除策略模型的 {states}(每参数 16 字节)外,还有冻结的参考模型 {w16},合计 {policy_and_reference};每步要读 chosen 与 rejected 两条回答,激活按两倍批大小算。参考模型的 log 概率可以预先算好;LoRA 不需要第二份副本,关掉适配器就是参考模型({lora_here})。", TRL_GRPO),
    Remark("kto-roles", 11, lambda c: c.modelled and c.k("algo") == "kto" and c.method == "full" and not c.given("ref_model", False),
        "Beside the policy's {states} of states (16 B per parameter) stands a frozen reference of {w16}, {policy_and_reference} together. KTO reads single answers, each marked good or bad, not pairs. The reference's log-probabilities can be computed beforehand, and LoRA needs no second copy: without its adapters the base is the reference ({lora_here}).",
        "除策略模型的 {states}(每参数 16 字节)外,还有冻结的参考模型 {w16},合计 {policy_and_reference}。KTO 读的是单条标了好坏的回答,不是成对的。参考模型的 log 概率可以预先算好;LoRA 不需要第二份副本,关掉适配器就是参考模型({lora_here})。", TRL_GRPO),
    Remark("reference-left-out", 11, lambda c: c.modelled and c.k("algo") in ("dpo", "kto") and c.method == "full" and c.given("ref_model", False),
        "No reference model is counted: its log-probabilities must be computed beforehand (precompute_ref_log_probs), or TRL loads a copy of {w16}.",
        "这里没有算参考模型:它的 log 概率要预先算好(precompute_ref_log_probs),否则 TRL 会再加载一份 {w16} 的副本。", TRL_GRPO),
    Remark("no-reference", 11, lambda c: c.modelled and c.k("algo") in ("orpo", "simpo"),
        "ORPO and SimPO need no reference model: the memory is that of supervised tuning with two answers for each prompt.",
        "ORPO 与 SimPO 不需要参考模型:显存与每个提示带两条回答的监督微调相同。", TRL_GRPO),
    Remark("no-kl-no-reference", 9, lambda c: c.modelled and c.k("algo") in ("grpo", "ppo") and c.method == "full" and c.any("no_kl"),
        "With a KL weight of 0 (beta) no reference model is loaded, and none is counted ({w16} a copy). What stays is the policy's {states} of states (16 B per parameter), all of it on every card unless it is sharded, beside the rollouts.",
        "KL 系数(beta)为 0 时不会加载参考模型,这里也没有计入(每份 {w16})。剩下的是策略模型的 {states}(每参数 16 字节),不切分就每张卡一整份,另加 rollout。", TRL_GRPO),
    Remark("card-parts-in-rl", 1, lambda c: c.modelled and c.k("algo") in ("grpo", "ppo") and c.training and not c.failed and c.any("memory_divided", "parts") and c.over("rollout_takes", 1),
        "{card_parts}", "{card_parts}", TRL_GRPO),
    Remark("rollout-share", 9, lambda c: c.modelled and c.k("algo") in ("grpo", "ppo") and c.training and c.any("share_asked") and c.over("rollout_takes", 1),
        "{share_to_set}", "{share_to_set}", TRL_GRPO),
    Remark("rollout-engine", 10, lambda c: c.modelled and c.k("algo") in ("grpo", "ppo") and c.training and c.over("rollout_takes", 1),
        "{rollout_engine}",
        "{rollout_engine}", TRL_GRPO),
    Remark("rl-roles-alone", 11, lambda c: c.modelled and c.k("algo") == "grpo" and c.method == "full" and c.given("ref_model", False),
        "GRPO has no critic, and with a KL weight of 0 (TRL's default) no reference either: the policy's {states} of states (16 B per parameter; 8 to 12 with bf16 states) stand alone; rollouts add a KV cache ({kv_token} per token), an engine on these cards a 16-bit copy of its own too.{rl_host} A KL weight above 0 loads a frozen reference of {w16} more; with LoRA the base with the adapter off is the reference ({lora_here}).",
        "GRPO 没有 critic,KL 系数为 0 时(TRL 默认)也没有参考模型:只有策略模型的 {states}(每参数 16 字节;bf16 状态为 8 到 12);rollout 还要 KV 缓存(每 token {kv_token}),同卡的引擎另有一份 16 位权重。{rl_host}KL 系数大于 0 才会加载冻结的参考模型,再加 {w16};用 LoRA 时关掉适配器就是参考({lora_here})。", TRL_GRPO),
    Remark("rl-roles", 11, lambda c: c.modelled and c.k("algo") == "grpo" and c.method == "full" and not c.given("ref_model", False),
        "GRPO has no critic: beside the policy's {states} of states (16 B per parameter; 8 to 12 with bf16 states) stands only a frozen reference of {w16} (none with a KL weight of 0, TRL's default), {policy_and_reference} together{rl_shared}; rollouts add a KV cache ({kv_token} per token), an engine on these cards a 16-bit copy of its own too.{rl_host} LoRA needs no reference copy: the base with the adapter off is the reference ({lora_here}).",
        "GRPO 没有 critic:除策略模型的 {states}(每参数 16 字节;bf16 状态为 8 到 12)外,只有冻结的参考模型 {w16}(KL 系数为 0 时没有,TRL 默认如此),合计 {policy_and_reference}{rl_shared};rollout 还要 KV 缓存(每 token {kv_token}),同卡的引擎另有一份 16 位权重。{rl_host}LoRA 不需要参考模型副本,关掉适配器就是参考({lora_here})。", TRL_GRPO),
    Remark("rl-few-actors", 10, lambda c: c.modelled and c.k("algo") in _RL and c.any("few_actors") and c.zero in (1, 2),
        "Only the actor's cards share its states: with ZeRO-2 over 2 of them a card holds the weights and half of gradients and Adam: together {actor_two}, activations not counted. Use all cards for each role (colocate), ZeRO-3 with optimizer offload, or LoRA.",
        "只有 actor 所在的卡分担它的状态:ZeRO-2 分到 2 张卡时,每卡要放完整权重和一半的梯度与 Adam,合计 {actor_two},还不含激活。应让所有角色共用全部卡(colocate),用 ZeRO-3 加优化器卸载,或用 LoRA。", ZERO),
    Remark("rl-generation", 24, lambda c: c.modelled and c.k("algo") in ("grpo", "ppo") and c.zero == 3 and not c.over("rollout_takes", 1),
        "Generation gathers the sharded weights again (ds3_gather_for_generation): turned on, a card holds the whole {w16} for that while; the rollouts' KV cache and logits come on top.",
        "生成阶段会把切分的权重重新收集(ds3_gather_for_generation):开启时每卡会暂时持有完整的 {w16};rollout 的 KV 缓存和 logits 另算。", TRL_GRPO),
    # ── tables and rules ───────────────────────────────────────────────────────────────────────────────────────────
    Remark("half-a-byte", 10, lambda c: c.modelled and c.method == "qlora" and (c.any("half_byte") or (c.any("explain_derive") and not c.failed) or (c.any("table_lookup") and c.any("measured")) or c.over("claim_half", 1)),
        "4 bits are 0.5 B per parameter, {w4_bare}: the floor of the weights, not the need.{real_sizes} Quantisation constants (0.127 bit for each with double quantisation, 0.5 without) and a 16-bit embedding and head ({embedding}) make the stored weights {w_nf4_stored}, {bits_stored} bits for each (where a script calls PEFT's prepare_model_for_kbit_training, those two become float32: {w_nf4_prepared}); adapters with gradients and Adam, activations, logits and the cache make {peak_qlora} at {seq} tokens.",
        "4 位即每参数 0.5 字节,{w4_bare}:这是权重的下限,不是总需求。{real_sizes}量化常数(双重量化每参数 0.127 位,否则 0.5 位),加上仍为 16 位的 embedding 与 head({embedding}),存储的权重是 {w_nf4_stored},平均每参数 {bits_stored} 位(脚本若调用 PEFT 的 prepare_model_for_kbit_training,这两者转为 float32,即 {w_nf4_prepared});再加 LoRA 参数及其梯度和 Adam、激活、logits 与缓存,{seq} token 时共 {peak_qlora}。", QLORA),
    Remark("rules-of-the-table", 9, lambda c: c.modelled and c.training and c.any("x_rule", "eighteen_bytes") and not c.any("half_byte") and not c.serving and bool(c.figures.given.get("params")),
        "For {params_said} its rules give: {table_rules}.",
        "按它的公式,{params_said} 是:{table_rules}。", FACTORY),
    Remark("bare-low-bits", 10, lambda c: c.modelled and c.method == "qlora" and c.k("bits") in (2, 3) and c.any("table_lookup", "claim_checked", "explain_derive", "fits"),
        "At {bits} bits the weights alone are {params_said} × {bits} / 8 B = {w_bare}, and as they are stored {w_here}, with scales and what stays in 16 bit; adapters, activations and the runtime make {peak} at {seq} tokens. A figure near the first is the weights and little more. bitsandbytes has no such width: HQQ, AQLM or GPTQ do.{smaller_in_four}",
        "{bits} 位时权重本身是 {params_said} × {bits} / 8 字节 = {w_bare},连同缩放系数和仍为 16 位的部分,实际存 {w_here};再加适配器、激活和运行时,{seq} token 时共 {peak}。接近前者的数字只是权重再加一点。bitsandbytes 没有这种位宽,要用 HQQ、AQLM 或 GPTQ。{smaller_in_four}", QLORA),
    Remark("what-the-table-counts", 1, lambda c: c.any("llama_factory") and c.any("figure_counts") and not (c.any("each_card") and c.said("params")) and not c.failed,
        "**The figures of LLaMA-Factory's table are of one whole copy, whatever the number of cards (sharding divides it, DDP does not), and count the states: full training at 18 B (mixed) or 8 B (pure bf16) per parameter, weights, gradients and optimizer together; LoRA and freeze the 16-bit base at 2 B with a little for what trains, QLoRA the quantised base (1, 0.5 or 0.25 B) likewise.** Activations, logits and the context are in it only as far as the rounding up goes: no length or batch is named.",
        "**LLaMA-Factory 的表里是一份完整副本的总量,与卡数无关(切分才会除以卡数,DDP 不会),算的是模型状态:全参混合精度每参数 18 字节、纯 bf16 8 字节,权重、梯度和优化器都在内;LoRA、Freeze 是 16 位基座每参数 2 字节再加一点可训练部分,QLoRA 是量化后的基座(1、0.5 或 0.25 字节)再加一点。** 激活、logits 和上下文没有单独算,最多在取整的余量里:表没有写长度和批大小。", FACTORY, FIRST),
    Remark("table-and-measurement", 1, lambda c: c.modelled and c.any("table_lookup") and c.any("measured") and len(c.figures.told.get("claims_gb", ())) > 1,
        "**Plan for the larger of the two, {claim}: a card of {card_for_claim}.** Both can be right, of different things: the table is a rough estimate of one copy at short lengths, a measured run also holds what PyTorch keeps cached and what its program leaves in float32. The formulas come to {peak} at {seq} tokens, without those.",
        "**按两者中较大的 {claim} 规划:{card_for_claim} 的卡。**两个数口径不同,可以都对:表是一份副本、较短序列的粗略估计;实测还包含 PyTorch 缓存的显存和程序保留为 float32 的部分。这里的公式在 {seq} token 时是 {peak},不含这些。", FACTORY),
    Remark("pure-bf16-halves", 11, lambda c: c.any("table_lookup", "method_diff") and c.any("pure_bf16"),
        "Pure bf16 is half of *mixed-precision full* training: weights, gradients and both moments at 2 B each are 8 B per parameter, where mixed precision has 2 + 2 B, an fp32 copy of the weights (4 B) and moments in fp32 (8 B), 16 B. The price: with no fp32 copy small updates are rounded away, so it may converge worse (stochastic rounding or Kahan summation help).",
        "pure_bf16 是*混合精度全量*训练的一半:权重、梯度、两个动量各 2 字节,每参数 8 字节;混合精度是 2 + 2 字节,加 fp32 主权重 4 字节和 fp32 动量 8 字节,共 16 字节。代价:没有 fp32 主权重,小的更新会被舍入掉,收敛可能变差(随机舍入或 Kahan 求和可缓解)。", FACTORY),
)  # fmt: skip

REMARKS: tuple[Remark, ...] = (
    CONCEPTS
    + MEANINGS
    + SETTINGS_MEANT
    + SPEEDS_MEANT
    + SPLIT_MEANT
    + FEATURES_MEANT
    + HOME_MACHINES
    + EFFECTS_MEANT
    + NARROW_FORMATS
    + DERIVATIONS_MEANT
    + WORKINGS_MEANT
    + OBSERVED_MEANT
    + OWN_POINTS
    + SIMPLY_ASKED_MEANT
    + OPERATED
    + CONCEPTS_ASKED
    + SUMS
    + SAID
    + SUPPOSED
    + TRAINED_SHORTLY
    + WAYS
    + ASKED
    + FAR_MORE
    + FURTHER
    + CLAIMS
    + MESSAGES
    + MOMENTS
    + ROLES
    + RAISED
    + REPRODUCED
    + SYMPTOMS_EXPLAINED
    + OF_NO_MODEL
    + CAUSES
    + FAILING
    + SCALE
    + STAGES
    + TRAINING
    + SERVING
)
# what holds of any model: no figure of a case stands in it
GENERAL = frozenset(one.key for one in REMARKS if is_general(one)) | {"kv-general"}
