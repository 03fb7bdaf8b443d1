"""Words of a run that fails at an event that is no step of training: as it saves, as it loads, as it resumes."""

import math
from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, both_words, gib_words
from chat.phrases import case_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.recipe import host_reserve
from kb.worked import ALL_STATES

# ── saving ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def program_of(figures: Figures) -> str:
    """What divides the model, by the words of the question; empty where it is not told."""
    if "by_fsdp" in figures.about:
        return "fsdp"
    return "deepspeed" if "zero_stage" in figures.given or figures.given.get("engine") == "deepspeed" else ""


def _widths(figures: Figures) -> tuple[int, ...]:
    """Bytes per parameter of what is gathered, the usual first: FSDP's own parameters are the fp32 ones in mixed precision."""
    if figures.knob("method") != "full" or figures.pure:
        return (2,)
    return {"fsdp": (4, 2), "deepspeed": (2, 4)}.get(program_of(figures), (2, 4))


def _what_is_gathered(figures: Figures) -> Words:
    """The weights of the whole model, as a product, in each width."""
    told = [(width, f"{figures['params']} × {width}", both_words(width * figures.params)) for width in _widths(figures)]
    kinds, kinds_zh = {2: "16 bit", 4: "fp32"}, {2: "16 位", 4: "fp32"}
    return Words(
        ", or ".join(f"{product} B = {size} in {kinds[width]}" for width, product, size in told),
        ",或".join(f"{kinds_zh[width]} {product} 字节 = {size}" for width, product, size in told),
    )


def _gathered_on(figures: Figures) -> Words:
    """Which cards have the whole of it for that moment: PyTorch's FullStateDictConfig has rank0_only off, what calls it may not."""
    if program_of(figures) == "fsdp" and "rank_zero_fails" not in figures.about:
        return Words(
            "every card (so FULL_STATE_DICT does by itself; with rank0_only=True on rank 0's alone)",
            "每张卡上(FULL_STATE_DICT 默认如此;设 rank0_only=True 才只在 rank 0 上)",
        )
    return Words("one card, rank 0's", " rank 0 这一张卡上")


def _on_top(figures: Figures) -> Words:
    """What stands on the card already, and the sum against what it has."""
    held, sums = figures.need("in_training"), [width * figures.params for width in _widths(figures)]
    both, both_zh = (
        " or ".join(gib_words(held + one) for one in sums),
        " 或 ".join(gib_words(held + one) for one in sums),
    )
    there = figures["in_training"]
    if figures.base.capacity and held > figures.base.capacity:  # by the formulas it would not train, yet it did
        card = figures["capacity"]
        return Words(f" on top of what training holds of {card}", f",叠加在训练占用之上,而卡上只有 {card}")
    if figures.base.capacity is None:
        return Words(f" on top of the {there} of training: {both}", f",叠加在训练的 {there} 之上,共 {both_zh}")
    card, over = figures["capacity"], held + max(sums) > figures.base.capacity
    if over:
        return Words(
            f" on top of the {there} of training, {both} in all on a card of {card}",
            f",叠加在训练的 {there} 之上,共 {both_zh},而卡上只有 {card}",
        )
    return Words(
        f" on top of the {there} of training: {both} of {card}, which still goes in by that sum, so blocks that PyTorch keeps reserved, or optimizer states gathered as well, are in the way",
        f",叠加在训练的 {there} 之上,共 {both_zh},卡上 {card}:单看这个和还放得下,所以是 PyTorch 留着的显存块,或一并聚合的优化器状态占了位置",
    )


_FSDP = Words(
    "FSDP: a full state dict with offload_to_cpu=True and rank0_only=True (then rank 0's host RAM must hold it), or shards (SHARDED_STATE_DICT), merged afterwards on the CPU.",
    "FSDP:保存完整权重时设 offload_to_cpu=True 和 rank0_only=True(那样由 rank 0 的内存放下它),或分片保存(SHARDED_STATE_DICT),事后在 CPU 上合并。",
)
_DEEPSPEED = Words(
    "DeepSpeed: stage3_gather_16bit_weights_on_model_save off, the shards are joined afterwards by zero_to_fp32.py (with it on, rank 0's host RAM must hold the whole as well).",
    "DeepSpeed:关掉 stage3_gather_16bit_weights_on_model_save,事后用 zero_to_fp32.py 合并分片(开着的话,rank 0 的内存也要放得下整份)。",
)


def _save_so(figures: Figures) -> Words:
    """How to save without gathering on a card, in the program that is told, else in both."""
    told = {"fsdp": (_FSDP,), "deepspeed": (_DEEPSPEED,)}.get(program_of(figures), (_FSDP, _DEEPSPEED))
    return Words(" ".join(one.en for one in told), "".join(one.zh for one in told))


def _alloc_conf(figures: Figures) -> Words:
    """The variable that PyTorch's allocator is set by, on this card; of no model CUDA's."""
    try:
        card = figures.base.case.card
    except BadInput:
        card = None
    name = "PYTORCH_NPU_ALLOC_CONF" if card and "Ascend" in card.name else "PYTORCH_CUDA_ALLOC_CONF"
    return Words(name, name)


def _gathered_to_host(figures: Figures) -> Words:
    """What DeepSpeed gathers to the host of rank 0, against its memory; and the largest module, which the card holds at once."""
    if program_of(figures) != "deepspeed":
        raise Missing("deepspeed")
    whole = f"{figures['params']} × 2", both_words(2 * figures.params)
    piece = figures.fact("vocab_size") * figures.fact("hidden_size")
    shape = f"{figures.fact('vocab_size'):,.0f} × {figures.fact('hidden_size'):,.0f} × 2 B = {gib_words(2 * piece)}"
    host, offloaded = figures.given.get("host_memory_gb"), figures.knob("offload") not in (None, "none")
    has, has_zh = (f" of the {float(host):g} GB there are", f",机器有 {float(host):g} GB") if host else ("", "")
    if offloaded and figures.amount("host_needed") > 0:
        beside = figures["host_needed"]
        has, has_zh = f"{has}, beside the {beside} that is offloaded", f"{has_zh},offload 的 {beside} 另占"
    share = gib_words(2 * figures.params / figures.n)
    kept = (
        Words(f" (in training {share} of them on each card)", f"(训练时每卡只有 {share})") if figures.n > 1 else SILENT
    )
    return Words(
        f"{whole[0]} B = {whole[1]} in 16 bit{kept.en}{has}; a card holds one module at a time, the embedding at most, {shape}",
        f"16 位 {whole[0]} 字节 = {whole[1]}{kept.zh}{has_zh};显卡上每次只有一个模块,最大的是 embedding,{shape}",
    )


def _training_is_fine(figures: Figures) -> Words:
    """That training is not what fails, with what the states are of it where all of them are trained with Adam."""
    if figures.knob("method") != "full" or figures.knob("optimizer") != "adamw":
        return SILENT
    if figures.pure or figures.knob("offload") not in (None, "none"):
        return SILENT
    if figures.knob("zero_stage") and figures.n < 2:  # over how many cards nobody said
        return SILENT
    states, count = TRAINED * figures.params / figures.n, figures.n
    over, sum_, held = figures.need("in_training") - states, f"16 B × {figures['params']} ÷ {count}", both_words(states)
    if over < GIB or figures.need("in_training") > (figures.base.capacity or math.inf):
        return SILENT
    rest = gib_words(over)
    return Words(
        f" Training itself is fine: its states are {sum_} = {held} a card, the other {rest} activations, logits and buffers.",
        f"训练本身没有问题:状态每卡 {sum_.replace(' B ', ' 字节 ')} = {held},其余 {rest} 是激活、logits 和缓冲。",
    )


def _saving_alone(figures: Figures) -> Words:
    """What a card holds as it saves where nothing is gathered, and what is left of it."""
    if figures.base.capacity is None:
        raise Missing("card")
    held, left = figures.need("in_training"), figures.base.capacity - figures.need("in_training")
    there, card = gib_words(held), figures["capacity"]
    if left <= 0:
        return SILENT
    room = gib_words(left)
    return Words(
        f" Training holds {there} of {card}, so such a copy or batch has {room}.",
        f"训练占 {there},卡上 {card},这样的副本或批次只剩 {room} 可用。",
    )


# ── loading ────────────────────────────────────────────────────────────────────────────────────────────────────────


def _too_wide(figures: Figures) -> list[Words]:
    """Wider weights than were told that would overflow the card, and copies of several ranks on one."""
    card, found = figures.need("capacity"), []
    stored, size = figures.base.terms["weights"], figures["w16"]
    if stored < 1.5 * figures.params and card < 2 * figures.params:
        published = str(figures.row().get("quantization") or "").startswith("mxfp4") and figures.knob("task") == "train"
        found.append(
            Words(
                f"the MXFP4 of the files serves only, and trainers dequantise it to 16 bit as they load it, {size}, unless they load another 4-bit format (QLoRA)",
                f"文件里的 MXFP4 只能推理,训练程序加载时会反量化成 16 位,就是 {size},除非换成另一种 4 位格式加载(QLoRA)",
            )
            if published
            else Words(f"the quantisation is not in force, and 16 bit are {size}", f"量化没有生效,16 位就是 {size}")
        )
    elif card < 4 * figures.params:
        whole = figures["w32"]
        found.append(
            Words(
                f"they are loaded in fp32, {whole}, which is what no torch_dtype means before transformers 5",
                f"按 fp32 加载了,{whole}:transformers 5 之前不写 torch_dtype 就是这样",
            )
        )
    count = figures.n
    if count > 1 and count * stored > card:
        each, together = gib_words(stored), gib_words(count * stored)
        found.append(
            Words(
                f"all {count} ranks load onto the first card, {count} × {each} = {together} (device_map={{'': local_rank}}, map_location)",
                f"{count} 个进程都加载到第一张卡,{count} × {each} = {together}(用 device_map={{'': local_rank}}、map_location)",
            )
        )
    return found


def _all_of_them(figures: Figures) -> Words:
    """Of a mixture that all experts are loaded."""
    try:
        if not figures.row().get("n_experts"):
            return SILENT
    except Missing:
        return SILENT
    whole = figures["params"]
    return Words(
        f" (all {whole} parameters are loaded, whatever few of them a token uses)",
        f"(全部 {whole} 参数都要加载,与每个 token 激活多少无关)",
    )


def _at_load(figures: Figures) -> Words:
    """What may hold the card as the weights arrive."""
    found = [
        *_too_wide(figures),
        Words(
            "another process, or an earlier run in the same notebook, still holds the card (nvidia-smi)",
            "别的进程,或同一个 notebook 里之前的运行,还占着卡(用 nvidia-smi 看)",
        ),
    ]
    return Words("; or ".join(one.en for one in found), ";或".join(one.zh for one in found))


# ── one rank of several ────────────────────────────────────────────────────────────────────────────────────────────


def _each_holds(figures: Figures) -> Words:
    """What weights and states take of every card, as much on each."""
    held = figures.base.held(*ALL_STATES)
    amount = gib_words(held)
    return Words(f" ({amount} each)", f"(各 {amount})")


# ── a message alone ────────────────────────────────────────────────────────────────────────────────────────────────


def _last_request(figures: Figures) -> Words:
    """What the amount in a message is, and what the rest of the message tells or would tell."""
    if not figures.amount("tried"):
        return SILENT
    tried, told, told_zh = figures["tried"], [], []
    for name, en, zh in (
        ("log_total", "the card has {}", "卡上共 {}"),
        ("log_allocated", "{} are allocated by this run already", "本任务已占 {}"),
        ("log_free", "{} are free", "空闲 {}"),
    ):
        if figures.amount(name):
            told.append(en.format(figures[name]))
            told_zh.append(zh.format(figures[name]))
    rest = Words(
        f"The rest of the message: {', '.join(told)}, so the card is full with the run itself.",
        f"报错的其余部分:{','.join(told_zh)},即卡是被任务自己占满的。",
    )
    if len(told) < 2:
        rest = Words(
            "The lines behind it tell more: the card's total, what this process has allocated (about all of the card: the run is too large), what is reserved but unallocated (more than the request: fragments, PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True), and what other processes hold (end them).",
            "后面几行更有用:卡的总量、本进程已分配的量(接近整张卡:任务本身太大)、已保留未分配的量(比这次申请还大:是碎片,设 PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True)、别的进程占的量(结束它们)。",
        )
    return Words(
        f"**{tried} is only the last request, the one that found no room: neither what the run needs in all nor what is lacking.** {rest.en}\n\n",
        f"**{tried} 只是最后一次、没有位置的那次申请,既不是总需求,也不是还差的量。** {rest.zh}\n\n",
    )


def _nan_too(figures: Figures) -> Words:
    """Of a loss that is no number, asked beside."""
    if "nan_loss" not in figures.about:
        return SILENT
    return Words(
        " A loss of nan is no lack of memory either: fp16 overflows where bf16 does not, or a batch has no labels left.",
        "loss 变成 nan 也不是显存不足:fp16 会溢出而 bf16 不会,或某个 batch 的标签全被 mask。",
    )


def _what_is_counted(figures: Figures) -> Words:
    """What can be worked out instead: the memory of the training that is named."""
    if not {"model", "params"} & set(figures.given):
        return Words(
            "What is worked out here is memory and time: name the model, the method and the card.",
            "这里能算的是显存和时间:请给出模型、方法和显卡。",
        )
    named = {name: figures.knob(name) for name in ("method",)}
    model, peak = str(figures.knob("model") or figures["params"]).rpartition("/")[2], gib_words(figures.base.best)
    length, count = f"{int(figures.knob('seq_len')):,}", int(figures.knob("batch_size") or 1)
    return Words(
        f"What can be worked out is its memory: {case_words(named, 'en')} of {model} takes about {peak} at {length} tokens and batch {count}; tell card, length and batch, and it is judged.",
        f"能算的是它的显存:{model} {case_words(named, 'zh')},{length} token、批大小 {count} 约需 {peak};给出显卡、长度和批大小就能判断。",
    )


def _history_too(figures: Figures) -> Words:
    """What keeps the peak of a chat low."""
    if "chat_turns" not in figures.about:
        return SILENT
    return Words(
        " What lowers the peak itself: cut or summarise the history, cap the length of prompt and answer.",
        "要压低峰值本身:截断或总结历史,限制输入和生成的长度。",
    )


def _ram_short(figures: Figures) -> Words:
    """How to merge with less RAM than the weights take."""
    ways = Words(
        'add swap (slow, but it goes through), or let a part lie on cards and disk (device_map="auto" with max_memory and offload_folder)',
        '加 swap(慢,但能跑完),或把一部分放到显卡和磁盘(device_map="auto" 加 max_memory 和 offload_folder)',
    )
    if "host_memory_gb" not in figures.given:
        return Words(f" Where RAM does not suffice: {ways.en}.", f"内存不够就{ways.zh}。")
    if figures.need("w16") / GIB <= float(figures.given["host_memory_gb"]) - host_reserve():
        return SILENT
    return Words(f" With that RAM: {ways.en}.", f"内存只有这么多,就{ways.zh}。")


def _loaded_so(figures: Figures) -> Words:
    """Whether 16-bit weights, read once, go through the machine's memory and onto the card, where these are told."""
    held = "host_memory_gb" in figures.given
    goes = held and figures.need("w16") / GIB <= float(figures.given["host_memory_gb"]) - host_reserve()
    ram = f"{float(figures.given.get('host_memory_gb') or 0):g} GB"
    en, zh = [], []
    if goes:
        en.append(f"{ram} of RAM hold that")
        zh.append(f"{ram} 内存放得下")
    elif held and float(figures.given["host_memory_gb"]) - host_reserve() >= _FILE:
        en.append(
            f"{ram} of RAM suffice: the files pass one by one, at most {_FILE} GB each unless they were cut otherwise"
        )
        zh.append(f"{ram} 内存也够:文件逐个读入,默认每个不超过 {_FILE} GB")
    elif held:
        en.append(f"{ram} of RAM hold it only in shards that pass one by one")
        zh.append(f"{ram} 内存要逐个分片读入才放得下")
    verdict = figures.base.verdict_of_cards
    if figures.knob("task") != "train" and verdict in _ON_THE_CARD:
        on_card = _ON_THE_CARD[verdict]
        each = Words("on each card", "每张卡上") if figures.n > 1 else Words("on the card", "卡上")
        en.append(f"{each.en} it {on_card.en} ({figures['peak']} of {figures['capacity']})")
        zh.append(f"{each.zh}{on_card.zh}({figures['peak']},可用 {figures['capacity']})")
    return Words(f" Then {'; '.join(en)}.", f"这样{','.join(zh)}。") if en else SILENT


_FILE = 5  # GB: max_shard_size as save_pretrained cuts a checkpoint
_ON_THE_CARD = {
    "yes": Words("fits", "放得下"),
    "borderline": Words("is at the edge", "正好在边缘"),
    "no": Words("does not fit: take 8 or 4 bits", "放不下,要用 8 位或 4 位"),
}


# ── generating in an evaluation ────────────────────────────────────────────────────────────────────────────────────


def _eval_cache(figures: Figures) -> Words:
    """The cache of one batch of an evaluation that generates."""
    count, seq = figures["eval_batch"], figures["seq"]
    cache = gib_words(figures.need("eval_batch") * float(figures.knob("seq_len")) * figures.need("kv_mean"))
    token = figures["kv_mean"]
    return Words(
        f"{count} sequences × {seq} tokens × {token} = {cache}",
        f"{count} 条 × {seq} token × {token} = {cache}",
    )


EVENT_WORDS: dict[str, Callable[[Figures], Words]] = {
    "what_is_gathered": _what_is_gathered, "gathered_on": _gathered_on, "gathered_to_host": _gathered_to_host, "alloc_conf": _alloc_conf, "on_top": _on_top, "save_so": _save_so, "training_is_fine": _training_is_fine,
    "saving_alone": _saving_alone, "at_load": _at_load, "all_of_them": _all_of_them, "eval_cache": _eval_cache, "each_holds": _each_holds, "history_too": _history_too, "ram_short": _ram_short, "loaded_so": _loaded_so, "last_request": _last_request, "nan_too": _nan_too,
    "what_is_counted": _what_is_counted, 
}  # fmt: skip
