"""Figures of how programs take memory: an engine's share, what each meter counts, logits that nobody reads, layers over cards."""

from collections.abc import Callable, Iterator
from typing import Any

from chat.figures.amount_words import small_words
from chat.figures.cache.cache_largest import CACHE_LARGEST
from chat.figures.failures.cause_figures import logged
from chat.figures.failures.kept_blocks import CONTEXT_AT_MOST, after_long_ones
from chat.figures.failures.meters_shown import METERS_SHOWN
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.figures.serving.share_named import named_engine
from chat.figures.serving.under_load import UNDER_LOAD
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.overheads import CONTEXT_GIB, overheads
from kb.pools import share_by_default, share_of
from kb.recipe import ADAPTERS
from kb.recommender import usual_cards
from kb.stored import stored_bits

# of an engine's share, what is seen beyond it before that is told apart
_BESIDE = 0.03


def _takes_share(figures: Figures) -> Words:
    """Of what a program takes how much at its start, by its own rule, and what that makes here."""
    rule, share, name = (
        share_of(figures.given.get("engine")),
        share_by_default(figures.given.get("engine")),
        named_engine(figures),
    )
    seen = figures["pool_seen"]
    if figures.base.case.card is None:
        usual = figures["usual_share"]
        return Words(
            f"{name} takes a fixed share of the card at its start, {usual} or more by default, whatever the model is; the {seen} are that share, not what the model needs, and what the weights leave of it is set aside for keys and values",
            f"{name} 启动时按固定比例占用显存,默认 {usual} 以上,与模型大小无关;{seen} 就是这一份,不是模型的需求,放完权重后剩下的全部预留给 KV 缓存",
        )
    card = figures["capacity_whole"]
    if name and rule.rule == "share-of-rest" and share:
        told = float(figures.given.get("gpu_memory_utilization") or share)
        weights = figures.base.terms["weights"]
        room = figures.need("capacity_whole") - weights
        left, pool, whole = (gib_words(size) for size in (room, told * room, weights + told * room))
        held = gib_words(weights)
        return Words(
            f"{name} sets aside {told:g} of what the weights leave of the card for the cache ({rule.setting}), whatever the model is: {card} − {held} = {left}, × {told:g} = {pool}, with the weights {whole}; that is what you see ({seen})",
            f"{name} 把权重之后剩余显存的 {told:g} 全部预留给 KV 缓存({rule.setting}),与模型大小无关:{card} − {held} = {left},乘以 {told:g} 是 {pool},加上权重 {whole},就是看到的 {seen}",
        )
    if name and share is None:
        return Words(
            f"{name} takes the card at its start but for a reserve for activations and CUDA graphs ({rule.setting}), whatever the model is: {seen} of {card}; what the weights leave of that is set aside for keys and values",
            f"{name} 启动时除留给激活与 CUDA graph 的部分外全部占用({rule.setting}),与模型大小无关:{card} 里占 {seen},放完权重后剩下的都预留给 KV 缓存",
        )
    told = float(figures.given.get("gpu_memory_utilization") or share or 1)
    usual, part = figures["usual_share"], told * figures.need("capacity_whole")
    beside = figures.need("pool_seen") - part
    shown = Words(f"the {seen} are that share of {card}", f"{seen} 就是 {card} 的这一份")
    if beside > _BESIDE * part:  # CUDA graphs, the context and other programs stand outside of the share
        of = f"{gib_words(part)} of the {seen} are that share of {card}"
        shown = Words(
            f"{of}, and the other {gib_words(beside)} CUDA graphs, the context and other programs on the card, or a share that was set higher",
            f"{seen} 里 {gib_words(part)} 是 {card} 的这一份,另外 {gib_words(beside)} 是 CUDA graph、上下文和卡上的其他程序,或份额设得更高",
        )
    return Words(
        f"{name or 'a serving engine such as vLLM'} takes a fixed share of the card at its start, {usual} or more by default, whatever the model is; {shown.en}; what the weights leave of it is set aside for keys and values",
        f"{f'{name} ' if name else 'vLLM 这类推理引擎'}启动时按固定比例占用显存,默认 {usual} 以上,与模型大小无关;{shown.zh},放完权重后剩下的全部预留给 KV 缓存",
    )  # fmt: skip


_ASKS_CARD = frozenset({"how_many_gpus", "how_much", "fits"})


def _card_for_peak(figures: Figures) -> Words:
    """The card that a peak of tensors asks for, which that peak alone tells, and not what is reserved."""
    if not (peak := figures.logged_all("peak")):
        return SILENT
    context, kept = CONTEXT_GIB, float(overheads({})["slack_share"].value)
    low, high = peak[0] + context[0], peak[0] * (1 + kept) + context[1]
    sizes = sorted({one.marketed_gb for one in usual_cards()})
    held = next((one for one in sizes if one >= high), None)
    if held is None:
        return SILENT
    tight = max((one for one in sizes if low <= one < high), default=0.0)
    edge, edge_zh = (f" ({tight:g} GB is marginal)", f"({tight:g} GB 很勉强)") if tight else ("", "")
    beside = f"{context[0]:g}–{context[1]:g} GiB"
    return Words(
        f"Plan with max_memory_allocated, {peak[0]:g} GiB, the CUDA context ({beside}) and up to {100 * kept:g} % for blocks that cannot be put to use: {low:.1f}–{high:.1f} GiB, a card of {held:g} GB{edge}.",
        f"选卡看 max_memory_allocated 的 {peak[0]:g} GiB,再加 CUDA 上下文({beside})和最多 {100 * kept:g} % 用不上的空闲块:{low:.1f}–{high:.1f} GiB,{held:g} GB 的卡{edge_zh}。",
    )


def _card_first(figures: Figures) -> Words:
    """That card before all else, where it is asked for."""
    said = _card_for_peak(figures) if _ASKS_CARD & figures.about else SILENT
    return Words(f"**{said.en}** ", f"**{said.zh}** ") if said.en else SILENT


def _card_last(figures: Figures) -> Words:
    said = SILENT if _ASKS_CARD & figures.about else _card_for_peak(figures)
    return Words(f" {said.en}", said.zh) if said.en else SILENT


_WEIGHTS_NEAR = 0.02  # of the weights, buffers beside them and what is rounded away
_SIXTEEN = 16.0


def _weights_allocated(figures: Figures) -> Words:
    """That what is allocated is just the weights, and what the driver shows beside them; Missing where it is more."""
    tensors, driver = logged(figures, "tensors"), logged(figures, "driver")
    off, unit, base = min(_how_near(figures, tensors), key=lambda one: one[0])
    weights, between = float(base.terms.get("weights", 0.0)), driver * GIB - tensors * unit
    many = between >= CONTEXT_AT_MOST and figures.knob("task") == "train"  # which keeps more beside its weights
    if off > _WEIGHTS_NEAR or figures.n > 1 or between <= 0 or many:
        raise Missing("tensors")
    product = next((one for one in base.terms_json() if one["name"] == "weights"), {})
    asked = "leak_asked" in figures.about
    no = Words("No leak: ", "不是泄漏:") if asked else SILENT
    if "which_is_needed" in figures.about:
        no = Words("All of them are right, each counts something else: ", "都对,只是口径不同:")
    rest, apart, wide = gib_words(between), _kept_apart(figures, tensors, driver), _kept_wide(figures, base)
    seen = f"{tensors:g} {'GiB' if unit == GIB else 'GB'}"
    end, file = after_long_ones(figures, between), _file_told(figures, tensors, weights) if unit == GIB else SILENT
    return Words(
        f"**{no.en}{seen} is just the weights, {product.get('says', both_words(weights))} ({gib_words(weights)}); the other {rest} that nvidia-smi shows are the CUDA context with its kernels, and blocks that PyTorch's allocator took and keeps.**{wide.en}{file.en} {apart.en}{end.en} Whether it fits goes by nvidia-smi; what the model takes is the allocated figure.",
        f"**{no.zh}{seen} 正好是权重:{product.get('zh', both_words(weights))}({gib_words(weights)});nvidia-smi 多出的 {rest} 是 CUDA 上下文(含内核),以及 PyTorch 分配器要来留着的块。** {wide.zh}{file.zh}{apart.zh}{end.zh}能不能放下看 nvidia-smi,模型本身占多少看 allocated。",
    )


def _file_told(figures: Figures, tensors: float, weights: float) -> Words:
    """That a file's size in GB is the same bytes, where it is told beside what is allocated in GiB."""
    told = (float(one) for one in figures.told.get("claims_gb", ()) if float(one) != tensors)
    file = next((one for one in told if abs(one * GB / weights - 1) <= _WEIGHTS_NEAR / 2), None)
    if file is None:
        return SILENT
    return Words(
        f" The {file:g} GB of the files are the same bytes: their GB are 10^9 bytes, while torch, nvidia-smi and a card's memory go by GiB of 2^30 ({file:g} ÷ {GIB / GB:.4f} = {file * GB / GIB:.2f}); compare in one unit.",
        f"文件的 {file:g} GB 是同样的字节:文件的 GB 按 10^9 算,torch、nvidia-smi 和显卡容量按 GiB(2^30)算({file:g} ÷ {GIB / GB:.4f} = {file * GB / GIB:.2f}),比较时要用同一单位。",
    )


# bitsandbytes' 4 bits with their scales quantised as well: what was loaded may be either where nobody said which
_DOUBLY = {"nf4": "nf4-dq", "fp4": "fp4-dq"}


def _how_near(figures: Figures, tensors: float) -> Iterator[tuple[float, float, Outcome]]:
    """How far what is allocated is from the weights, in either unit, and in either way in which they may be stored."""
    stored = str(figures.knob("weight_format"))
    cases = [figures.base]
    if stored in _DOUBLY and "double_quant" not in figures.given:
        cases.append(figures.at(weight_format=_DOUBLY[stored]))
    for case in cases:
        weights = float(case.terms.get("weights", 0.0))
        for unit in (GIB, 1e9):
            yield (abs(tensors * unit / weights - 1) if weights else 1.0), unit, case


def _kept_wide(figures: Figures, base: Outcome) -> Words:
    """Why quantised weights are more than parameters × bits: scales, and the tensors that stay in 16 bits; silent of others."""
    each, whole = stored_bits(base), float(base.terms.get("weights", 0.0))
    nominal = next((bits for bits in (8, 4) if bits <= each < 2 * bits), 0)
    wide = (8 * whole - figures.params * each) / (_SIXTEEN - each) if each < _SIXTEEN else 0.0
    if not nominal or str(figures.knob("weight_format")).startswith("gguf") or wide <= 0:
        return SILENT
    twice = "double_quant" not in figures.given and str(base.situation.knob("weight_format")) in _DOUBLY.values()
    scales = Words("scales that are quantised too", "缩放系数(也量化)") if twice else Words("scales", "缩放系数")
    plain, kept = both_words(figures.params * nominal / 8), both_words(2 * wide)
    return Words(
        f" Parameters × {nominal} bits would be {plain}: with {scales.en} it is {each:.3g} bits, and only the linear layers are quantised; embedding, output head and norms, {size_words(wide)} parameters, stay in 16 bits, {kept}.",
        f"参数量 × {nominal} 位只有 {plain}:加上{scales.zh}是 {each:.3g} 位,而且只量化线性层,embedding、输出头和归一化共 {size_words(wide)} 参数仍是 16 位,{kept}。",
    )


def _kept_apart(figures: Figures, tensors: float, driver: float) -> Words:
    """The allocator's blocks apart from the context, where what is reserved is told; else what tells them apart."""
    kept = next(iter(figures.logged_all("kept")), 0.0)
    if not tensors <= kept <= driver:
        return Words(
            "torch.cuda.memory_reserved() tells the blocks apart from the context.",
            "看 torch.cuda.memory_reserved() 就能把两者分开。",
        )
    blocks, context = small_words((kept - tensors) * GIB), gib_words((driver - kept) * GIB)
    return Words(
        f"memory_reserved {kept:g} holds {blocks} of such blocks; {context} are the context.",
        f"memory_reserved 的 {kept:g} 含这样的块 {blocks};其余 {context} 是上下文。",
    )


def _fp16_instead(figures: Figures) -> Words:
    """How a training is told to compute in fp16, and what must not be fp16 itself."""
    if figures.knob("method") == "full":
        return Words(
            ' Set fp16: true in place of bf16, and attn_implementation="sdpa" (no FlashAttention-2 either). What trains must not itself be fp16, for GradScaler unscales no fp16 gradients: load it in fp32 (4 + 4 + 8 B per parameter, the same 16) or let DeepSpeed keep the fp32 masters.',
            '设 fp16: true 代替 bf16,attn_implementation="sdpa"(也没有 FlashAttention-2)。被训练的权重本身不能是 fp16(GradScaler 不会还原 fp16 梯度):按 fp32 加载(每参数 4 + 4 + 8,同样 16 字节),或由 DeepSpeed 保留 fp32 主权重。',
        )
    return Words(
        ' Set fp16: true in place of bf16, load the base with torch_dtype=float16 (QLoRA: bnb_4bit_compute_dtype=float16) and keep the adapters in fp32; attn_implementation="sdpa", for FlashAttention-2 lacks too.',
        '设 fp16: true 代替 bf16,基座用 torch_dtype=float16 加载(QLoRA 设 bnb_4bit_compute_dtype=float16),适配器保持 fp32;也没有 FlashAttention-2,用 attn_implementation="sdpa"。',
    )


def _prompt_logits(figures: Figures) -> float:
    """One fp32 copy of the logits of a whole prompt."""
    return figures.tokens * figures.fact("vocab_size") * 4


MECHANISMS: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "prompt_logits": (_prompt_logits, both_words),
    "prompt_copy": (lambda f: _prompt_logits(f) / 2, both_words),
    "with_prompt_logits": (lambda f: f.base.best + 1.5 * _prompt_logits(f), gib_words),
    # one layer's scores of a whole prompt, two bytes each
    "prompt_scores": (lambda f: 2 * f.fact("n_heads") * f.tokens * float(f.knob("seq_len")), both_words),
}


def _logits_of_loss(figures: Figures) -> Words:
    """What one fp32 copy of the logits takes, with the numbers that were told of tokens and vocabulary."""
    length, vocab = figures.given.get("seq_len"), next(iter(figures.logged_all("vocabulary")), None)
    if not length or not vocab:
        return Words("tokens of a micro-batch × vocabulary × 4 B", "micro-batch 的 token 数 × 词表 × 4 字节")
    batch = int(figures.given.get("batch_size") or 1)
    sequences = f"{batch} × " if batch > 1 else ""
    size = both_words(batch * float(length) * vocab * 4)
    shown = f"{sequences}{float(length):,.0f} token{{}} × {vocab:,.0f} × 4 {{}} = {size}"
    return Words(shown.format("s", "B"), shown.format("", "字节"))


def _ask_card(figures: Figures) -> Words:
    """The cards, where they were not told."""
    return SILENT if {"gpu", "gpu_memory_gb"} & set(figures.given) else Words(", and the cards", "以及显卡")


# the size that people train first, by two usual models: one of few words in its vocabulary, one of many
_SEVEN = ({"params": "7B"}, {"model": "Qwen2.5-7B"})
_BY_METHOD = (("qlora", "QLoRA", "QLoRA"), ("lora", "LoRA", "LoRA"), ("full", "full fine-tuning", "全参"))


def _seven_by_method(figures: Figures) -> Words:
    """What a 7B takes by each method, from the smaller of two usual models to the larger."""
    told = []
    for method, *names in _BY_METHOD:
        sizes = sorted(Figures({**one, "method": method}).base.best / GIB for one in _SEVEN)
        told.append((*names, f"{sizes[0]:.0f}–{sizes[-1]:.0f} GiB"))
    return Words(
        ", ".join(f"{name} {size}" for name, _, size in told), "、".join(f"{name} {size}" for _, name, size in told)
    )


# what makes a training smaller, in the order of its price, each with the facts that tell it is done already
_STEP: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"batch_size": 1}, "micro-batch 1 with accumulation", "micro-batch 设为 1 加梯度累积"),
    ({"gradient_checkpointing": "on"}, "gradient checkpointing", "开重计算(gradient checkpointing)"),
    ({}, "shorter samples (max_length)", "缩短样本(max_length)"),
    ({"loss": "fused"}, "a fused or chunked loss (Liger)", "用融合或分块损失(Liger)"),
    ({"attention": "flash"}, "SDPA or FlashAttention", "用 SDPA 或 FlashAttention"),
)
_STATES: tuple[tuple[dict[str, Any], str, str], ...] = (
    ({"method": "lora"}, "LoRA", "LoRA"),
    ({"method": "qlora"}, "QLoRA (a 4-bit base)", "QLoRA(4 位基座)"),
)


def _undone(levers: tuple[tuple[dict[str, Any], str, str], ...], figures: Figures) -> list[tuple[str, str]]:
    """Those that are not told to be in use."""
    return [
        (en, zh)
        for done, en, zh in levers
        if not done or any(figures.given.get(name) != value for name, value in done.items())
    ]


def _what_stands(figures: Figures) -> Words:
    """What makes smaller that which no batch and no length touches: of adapters, whose states are small, only the base."""
    method = figures.given.get("method")
    if method == "qlora":
        return Words(
            "then a smaller base, for the rest is the 4-bit weights (8-bit or paged AdamW and a lower rank save little: only the adapter has states)",
            "再换更小的基座,剩下的就是 4 位权重(8 位或 paged AdamW、调低 rank 都省不了多少:只有适配器有优化器状态)",
        )
    if method in ADAPTERS:
        return Words(
            "then QLoRA (a 4-bit base; 8-bit AdamW and a lower rank save little: only the adapter has states)",
            "再换 QLoRA(4 位基座;8 位 AdamW、调低 rank 省不了多少:只有适配器有优化器状态)",
        )
    states = _undone(_STATES, figures)
    if method == "full":
        return Words(
            f"then 8-bit AdamW, or {' or '.join(en for en, _ in states)} instead of all weights",
            f"再用 8 位 AdamW,或不训全部参数,换 {'、'.join(zh for _, zh in states)}",
        )
    return Words(
        f"then {', '.join(en for en, _ in states)}, for full fine-tuning 8-bit AdamW",
        f"再换 {'、'.join(zh for _, zh in states)},全参可用 8 位 AdamW",
    )


def _levers_of_training(figures: Figures) -> Words:
    """What makes a training smaller, in the order of its price; where it is asked what suffices, what a 7B takes before it."""
    sizes, copies = _seven_by_method(figures), _cards_by_copies(figures)
    step, still = _undone(_STEP, figures), _what_stands(figures)
    alone = Words(f"{', '.join(en for en, _ in step)}; {still.en}", f"{','.join(zh for _, zh in step)};{still.zh}")
    if "cards_as_cure" in figures.about:
        return _cards_as_cure(alone, sizes)
    levers = Words(
        f"{alone.en}; then ZeRO-3 or FSDP over several cards, or offload to host memory",
        f"{alone.zh};最后是多卡 ZeRO-3/FSDP 切分,或 offload 到内存",
    )
    if figures.about & {"fits", "how_much", "how_many_gpus"}:
        return Words(
            f"**That depends on the model and the method: at one sequence of 2,048 tokens a 7B takes {sizes.en}.**{copies.en}\n\nWhatever the model, try in this order: {levers.en}.",
            f"**取决于模型和方法:训练一条 2,048 token 的序列,7B 要 {sizes.zh}。**{copies.zh}\n\n什么模型都适用,依次试:{levers.zh}。",
        )
    if figures.given.get("gradient_checkpointing") == "on":
        return _left_by_checkpointing(levers, sizes, copies)
    return Words(
        f"**Whatever the model, in this order: {levers.en}.**\n\nFor orientation, at one sequence of 2,048 tokens a 7B takes {sizes.en}.{copies.en}",
        f"**什么模型都适用,依次试:{levers.zh}。**\n\n参考:训练一条 2,048 token 的序列,7B 要 {sizes.zh}。{copies.zh}",
    )


def _cards_as_cure(levers: Words, sizes: Words) -> Words:
    """What more cards divide and what they do not, where they are thought of as the cure, before what needs none."""
    return Words(
        f"**Only if the model is sharded over them: with DDP each card keeps a whole copy and more cards save nothing; ZeRO-3 or FSDP divides weights, gradients and optimizer states, 16 to 18 B per parameter in full training, by the number of cards.** Activations and logits of a card stay as they are, however many cards there are: if those fill it, only its own batch and length help. How many it takes depends on the model and the method: at one sequence of 2,048 tokens a 7B takes {sizes.en} in all.\n\nFirst what needs no card, whatever the model: {levers.en}.",
        f"**切分了才有用:DDP 每张卡都放完整的一份,加卡一点不省;ZeRO-3 或 FSDP 才把权重、梯度和优化器状态按卡数分摊(全参每参数 16–18 字节 ÷ 卡数)。** 激活和 logits 不随卡数减少:爆在这里就只能减小每卡的批大小和长度。要加几张取决于模型和方法:训练一条 2,048 token 的序列,7B 总共要 {sizes.zh}。\n\n先试不用加卡的,什么模型都适用:{levers.zh}。",
    )


def _left_by_checkpointing(levers: Words, sizes: Words, copies: Words) -> Words:
    """What recomputation does not touch, before what helps against it."""
    return Words(
        f"**With checkpointing on, activations are each layer's input and one layer at a time; what is left are the logits of the loss (tokens × vocabulary × 4 B a copy, several at once) and what stands still, weights, gradients and optimizer states.** See first that it is in force: use_cache=False, no warning that it was ignored, set before the model is wrapped. Then in this order: {levers.en}.\n\nFor orientation, with it on and at one sequence of 2,048 tokens a 7B takes {sizes.en}.{copies.en}",
        f"**重计算已开,激活就只剩每层输入和正在重算的一层;剩下的是损失处的 logits(每份 token 数 × 词表 × 4 字节,同时好几份),以及固定的权重、梯度和优化器状态。** 先确认它真的生效:use_cache=False,没有被忽略的警告,在包装模型之前就已打开。然后依次试:{levers.zh}。\n\n参考:开着它训练一条 2,048 token 的序列,7B 要 {sizes.zh}。{copies.zh}",
    )


def _cards_by_copies(figures: Figures) -> Words:
    """Of several cards that they do not add up by themselves."""
    if int(figures.given.get("n_gpus") or 1) < 2:
        return SILENT
    return Words(
        " Several cards do not add up by themselves: DDP keeps a whole copy on each; only ZeRO-3, FSDP or a split of the layers divides the weights.",
        "多张卡的显存不会自动相加:DDP 每张卡都放完整的一份,只有 ZeRO-3、FSDP 或按层切分才会分摊权重。",
    )


def _cards_served(figures: Figures) -> Words:
    """Which ways to serve with more cards divide the memory, where they are thought of as the cure."""
    if "cards_as_cure" not in figures.about:
        return SILENT
    return Words(
        "**More cards help if they hold the model together: tensor or pipeline parallel divides weights and KV cache over them; replicas (data parallel) keep a whole copy each and only serve more at once.**\n\n",
        "**几张卡共同放一个模型才有用:张量并行或流水线并行会分摊权重和 KV 缓存;多副本(数据并行)每张卡都放完整一份,只增加吞吐。**\n\n",
    )


MECHANISM_WORDS: dict[str, Callable[[Figures], Words]] = {
    "takes_share": _takes_share, "card_first": _card_first, "card_last": _card_last,
    "weights_allocated": _weights_allocated, "fp16_instead": _fp16_instead, **METERS_SHOWN, **CACHE_LARGEST, **UNDER_LOAD, "ask_card": _ask_card, "logits_of_loss": _logits_of_loss, "levers_of_training": _levers_of_training, "cards_served": _cards_served,
}  # fmt: skip
