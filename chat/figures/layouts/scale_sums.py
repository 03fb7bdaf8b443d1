"""Sums on many cards: a formula of bytes per parameter that is quoted, readings at two numbers of cards, copies that load at once,
and degrees of sequence parallelism."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.layouts.parallel_words import shares_heads
from chat.figures.layouts.zero_bytes import DIVIDED, KEPT_WHOLE, OF_STAGE, on_each_card
from chat.figures.named import GB, Figures, Missing, both_words, default_of, gib_words
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import PURE, TRAINED, WEIGHT

# bytes of a parameter that stay whole, and those that are divided: what each is, by what names them
_QUOTED: dict[tuple[float, float], tuple[Words, Words, str]] = {
    OF_STAGE[1]: (
        Words("weights 2 and 16-bit gradients 2 stay on every data-parallel rank", "权重 2 字节和 16 位梯度 2 字节在每个数据并行卡上都是完整的"),
        Words("the optimizer's 4 + 4 + 4 (fp32 copy and two moments)", "优化器的 4 + 4 + 4(fp32 主权重和两个动量)"), "ZeRO-1",
    ),
    (6, 12): (
        Words("weights 2 and fp32 gradients 4 stay on every data-parallel rank", "权重 2 字节和 fp32 梯度 4 字节在每个数据并行卡上都是完整的"),
        Words("the optimizer's 4 + 4 + 4 (fp32 copy and two moments)", "优化器的 4 + 4 + 4(fp32 主权重和两个动量)"), "ZeRO-1",
    ),
    OF_STAGE[2]: (
        Words("weights 2 stay on every data-parallel rank", "权重 2 字节在每个数据并行卡上都是完整的"),
        Words("gradients 2 and the optimizer's 4 + 4 + 4", "梯度 2 字节与优化器的 4 + 4 + 4"), "ZeRO-2",
    ),
    (2, 16): (
        Words("weights 2 stay on every data-parallel rank", "权重 2 字节在每个数据并行卡上都是完整的"),
        Words("fp32 gradients 4 and the optimizer's 4 + 4 + 4", "fp32 梯度 4 字节与优化器的 4 + 4 + 4"), "ZeRO-2",
    ),
    OF_STAGE[3]: (SILENT, Words("weights 2, gradients 2 and the optimizer's 4 + 4 + 4", "权重 2、梯度 2 与优化器的 4 + 4 + 4"), "ZeRO-3"),
    (0, 18): (SILENT, Words("weights 2, fp32 gradients 4 and the optimizer's 4 + 4 + 4", "权重 2、fp32 梯度 4 与优化器的 4 + 4 + 4"), "ZeRO-3"),
}  # fmt: skip


def _other_gradients(whole: float, divided: float) -> Words:
    """The same stage with gradients of the other width, as another text writes it."""
    widened = {(4.0, 12.0): (6, 12), (2.0, 14.0): (2, 16), (0.0, 16.0): (0, 18)}
    for half, full in widened.items():
        for own, other, width in ((half, full, 32), (full, half, 16)):
            if (whole, divided) == own:
                said = f"{other[0]:g} + {other[1]:g}/d" if other[0] else f"{other[1]:g}/d"
                return Words(
                    f" With {width}-bit gradients the same stage is {said}, {sum(other):g} B undivided. ",
                    f"梯度换成 {width} 位,同一阶段就写作 {said}(不切分 {sum(other):g} 字节)。",
                )
    return Words(" ", "")


def _quoted(figures: Figures) -> Words:
    """What each term of a quoted formula is, and what it comes to."""
    whole, divided = logged(figures, "bytes_whole"), logged(figures, "bytes_divided")
    found = _QUOTED.get((whole, divided))
    if found is None:
        raise Missing("formula")
    kept, shared, stage = found
    lead = f"{whole:g} + {divided:g}/d" if whole else f"{divided:g}/d"
    head = f"{kept.en} ({whole:g} B); " if whole else ""
    head_zh = f"{kept.zh}(共 {whole:g} 字节);" if whole else ""
    worked = _evaluated(figures, whole, divided)
    in_fp32 = _other_gradients(whole, divided)
    without = whole + divided
    slip = _copies_slip(figures)
    if slip is None and "bytes_quoted" not in figures.about:
        raise Missing("slip")  # a sum that is right is judged as one
    if slip:
        return Words(
            f"**{slip.en}**{worked.en} In the formula, {head}{shared.en} ({divided:g} B) are divided over d, as {stage} does. Activations and buffers come on top.",
            f"**{slip.zh}**{worked.zh}公式里{head_zh}{shared.zh}(共 {divided:g} 字节)由 d 分摊,即 {stage}。激活与缓冲另算。",
        )
    return Words(
        f"**{lead} bytes per parameter: {head}{shared.en} ({divided:g} B) are divided over the d data-parallel ranks, as {stage} does.**{worked.en}{in_fp32.en}Without dividing it is {without:g} B. Activations come on top{'' if stage == 'ZeRO-3' else '; what stays whole only a higher ZeRO stage divides'}.",
        f"**每参数 {lead} 字节:{head_zh}{shared.zh}(共 {divided:g} 字节)由 d 个数据并行卡分摊,即 {stage}。**{worked.zh}{in_fp32.zh}不切分则是 {without:g} 字节。激活另算{'' if stage == 'ZeRO-3' else ';仍完整的部分要更高的 ZeRO 阶段才切分'}。",
    )


def _layout(figures: Figures) -> tuple[int, int]:
    """Parts of the weights by ranks and stages, and data-parallel copies; 0 copies where no cards are told."""
    ranks = 1
    for name in ("tp", "pp"):
        ranks *= int(figures.given.get(name) or 1)
    cards = int(figures.given.get("n_gpus") or 0)
    return ranks, int(figures.given.get("dp") or (cards // ranks if cards else 0))


def _copies_slip(figures: Figures) -> Words | None:
    """That d was taken for another number than the data-parallel copies, where the asker's own sum does so."""
    ranks, data = _layout(figures)
    taken = next(iter(figures.logged_all("divided_by")), 0.0)
    if data < 1 or not taken or taken == data or ranks == 1:
        return None
    cards = int(figures.given["n_gpus"]) if "n_gpus" in figures.given else ranks * data
    ways = " × ".join(f"{name.upper()} {figures.given[name]}" for name in ("tp", "pp") if name in figures.given)
    one = data == 1
    left = ", so the optimizer states are divided among nobody" if one else ""
    left_zh = ",分布式优化器没有可切的份" if one else ""
    return Words(
        f"d is the number of data-parallel copies, {cards} cards ÷ ({ways}) = {data}, not {taken:g}{left}.",
        f"错在 d:它是数据并行数,{cards} 张卡 ÷({ways})= {data},不是 {taken:g}{left_zh}。",
    )


def _evaluated(figures: Figures, whole: float, divided: float) -> Words:
    """The formula with the numbers of the question; nothing where no size is told."""
    if not {"model", "params"} & set(figures.given):
        return SILENT
    size = figures.need("params_said")
    ranks, data = _layout(figures)
    if data < 1:
        return SILENT
    each = whole + divided / data
    here = size / ranks
    of_it = f"{size_words(size)} ÷ {ranks} = {figure(here / 1e9, 3)}B" if ranks > 1 else f"{size_words(size)}"
    sum_ = f"{whole:g} + {divided:g}/{data} = {figure(each, 4)}" if whole else f"{divided:g}/{data} = {figure(each, 4)}"
    without = both_words(here * (whole + divided))
    instead, instead_zh = (f", instead of {without}", f",不切分是 {without}") if data > 1 else ("", "")
    return Words(
        f" Here: {of_it} parameters on a card × ({sum_}) B = {both_words(here * each)} per card{instead}.",
        f"代入:每卡参数 {of_it},× ({sum_}) 字节 = 每卡 {both_words(here * each)}{instead_zh}。",
    )


# ── readings at two numbers of cards ───────────────────────────────────────────────────────────────────────────────


def _readings(figures: Figures) -> list[tuple[int, float]]:
    """Cards, and GB of each that were seen with so many."""
    told = [one.partition(" ") for one in figures.log.get("seen_at", ())]
    found = [(int(cards), float(amount)) for cards, _, amount in told]
    if len(found) != _TWO or found[0][0] == found[1][0]:
        raise Missing("readings")
    return sorted(found)


_TWO = 2
# what sharding divides: of adapters the base, beside which their own states are next to nothing
_HELD = {
    "full": Words("the states are", "状态"),
    "lora": Words("the frozen weights (and the adapters' small states) are", "冻结的权重(和很小的适配器状态)"),
}
_NEAR = 0.15  # of what the states should give back: GB beside GiB, and what fragments of either run differ


def _fixed_part(figures: Figures) -> Words:
    """What more cards take off each one, and what they cannot."""
    (few, most), (many, less) = _readings(figures)
    stage = int(figures.knob("zero_stage") or 0)
    method = figures.knob("method")
    if method not in ("full", "lora") or stage < 1 or most <= less or (method != "full" and stage != _SHARDED):
        raise Missing("readings")
    if stage != _SHARDED:
        return _whole_part(figures, stage)
    each = WEIGHT if method == "lora" else PURE if figures.pure else TRAINED
    whole, held = each * figures.params, _HELD[method]
    due = whole * (1 / few - 1 / many) / GB
    fixed = (many * less - few * most) / (many - few)
    states = [f"{whole / cards / GB:.3g} GB" for cards in (few, many)]
    match = _matches(most - less, due)
    normal = "normal_asked" in figures.about and abs((most - less) / due - 1) <= _NEAR
    yes = Words("Normal: only", "正常,只有") if normal else Words("Only", "只有")
    if most - less < (1 - _NEAR) * due:
        rest = _beside_each((few, most, whole / few / GB), (many, less, whole / many / GB))
    else:
        rest = Words(
            f" The rest, ({many} × {less:g} − {few} × {most:g}) ÷ {many - few} = {fixed:.3g} GB, is on every card however many there are: activations and logits of its own micro-batch (batch × length), gathered layers, communication buffers and the CUDA context.",
            f" 其余 ({many} × {less:g} − {few} × {most:g}) ÷ {many - few} = {fixed:.3g} GB 每张卡都有,与卡数无关:自己微批的激活和 logits(批大小 × 长度)、临时聚合的层、通信缓冲和 CUDA 上下文。",
        )
    return Words(
        f"**{yes.en} {held.en} divided by the cards: {figures['params']} × {each} B = {both_words(whole)}, {states[0]} on each of {few} cards and {states[1]} on each of {many}. That is {due:.3g} GB less{match[0]}.**{rest.en} "
        f"Less of that: a smaller micro-batch with accumulation, checkpointing, a fused loss, or sequence/context parallel; more cards take off less each time.",
        f"**{yes.zh}{held.zh}按卡数切分:{figures['params']} × {each} B = {both_words(whole)},{few} 张卡每张 {states[0]},{many} 张卡每张 {states[1]},少 {due:.3g} GB,{match[1]}。**{rest.zh}"
        f"要降它:减小微批配合累积、重计算、融合损失,或序列/上下文并行;卡越多,每次省得越少。",
    )  # fmt: skip


def _matches(fell: float, due: float) -> tuple[str, str]:
    """Whether what was seen to fall is what more cards should take off."""
    if abs(fell / due - 1) <= _NEAR:
        return f", which matches the {fell:.3g} GB that you see", f"与您看到的 {fell:.3g} GB 相符"
    if fell < due:
        return (
            f"; you see {fell:.3g} GB, so more stands beside the states on the larger number, or the runs are not sharded alike",
            f"而您看到的是 {fell:.3g} GB:卡多的那次,状态以外的部分更大,或者两次的切分不一样",
        )
    return (
        f"; you see {fell:.3g} GB: check that both runs are sharded alike",
        f"而您看到的是 {fell:.3g} GB:请检查两次运行的切分是否一样",
    )


def _beside_each(few: tuple[int, float, float], many: tuple[int, float, float]) -> Words:
    """What each reading leaves beside its states, where it falls by less than they do: no constant of both. Cards, GB seen, GB of
    states."""
    left = [seen - states for _, seen, states in (few, many)]
    bucket = default_of("DeepSpeed", "reduce_bucket_size", "train")
    each = f"{bucket / 1e6:,.0f}M × {WEIGHT} B = {WEIGHT * bucket / GB:.3g} GB"
    if min(left) < 0:
        head = Words(
            f" With {few[0]} you see less than these states, so other types or another optimizer were at work there.",
            f"{few[0]} 张卡时看到的比这些状态还少,说明那次用的类型或优化器不同。",
        ) if left[0] < 0 else SILENT  # fmt: skip
    else:
        head = Words(
            f" Beside the states that leaves {left[0]:.3g} GB with {few[0]} and {left[1]:.3g} GB with {many[0]}, though activations and logits of the same micro-batch do not grow with the cards.",
            f"状态以外,{few[0]} 张卡时剩 {left[0]:.3g} GB,{many[0]} 张卡时剩 {left[1]:.3g} GB;而同样微批的激活和 logits 不会随卡数变大。",
        )
    return Words(
        f"{head.en} Most likely the rest are communication buckets (DeepSpeed's reduce and allgather bucket, {each} each by default, several at once with overlap_comm) and blocks that the allocator keeps, which nvidia-smi counts: compare torch.cuda.max_memory_allocated(), and lower the bucket sizes or the micro-batch.",
        f"{head.zh}多出的多半是通信桶(DeepSpeed 的 reduce、allgather 桶默认各 {each.replace(' B =', ' 字节 =')},开 overlap_comm 时同时有好几个)和分配器留着的块,nvidia-smi 都算在内:请比较 torch.cuda.max_memory_allocated(),并调小桶或微批。",
    )


def _with_temporaries(figures: Figures, counts: tuple[int, int], fell: float, due: float) -> tuple[str, str] | None:
    """That what fell by more than the states are the step's temporaries, which shrink with the shards; none elsewhere."""
    if fell <= (1 + _NEAR) * due:
        return None
    held = [figures.at(n_gpus=count).best / GB for count in counts]
    if fell > (1 + _NEAR) * (held[0] - held[1]):
        return None
    return (
        f"; the temporaries of the optimizer's step shrink with the shards, so the {fell:.3g} GB that you see are plausible",
        f"优化器更新的临时内存也随分片变小,所以您看到的 {fell:.3g} GB 是合理的",
    )


def _whole_part(figures: Figures, stage: int) -> Words:
    """The same with a stage that leaves weights whole: they too are on each card, however many there are."""
    (few, most), (many, less) = _readings(figures)
    whole, divided = OF_STAGE[stage]
    if figures.pure or figures.knob("optimizer") != "adamw":
        raise Missing("bytes of the stage")
    params = figures.params
    here, there = (on_each_card(stage, cards) * params / GB for cards in (few, many))
    fell, kept, shared = most - less, KEPT_WHOLE[stage], DIVIDED[stage]
    match = _with_temporaries(figures, (few, many), fell, here - there) or _matches(fell, here - there)
    beside = (many * less - few * most) / (many - few) - whole * params / GB
    size, stays = size_words(params), both_words(whole * params)
    sharded = f"{TRAINED} B × {size} ÷ {many} = {TRAINED * params / many / GB:.3g} GB"
    if fell < (1 - _NEAR) * (here - there):
        apart = _beside_each((few, most, here), (many, less, there))
        rest = apart.en, apart.zh
    else:
        rest = (f" About {beside:.3g} GB more are on every card whatever their number: activations and logits of its own micro-batch, communication buffers and the CUDA context (smaller micro-batch, checkpointing).",
                f"另有约 {beside:.3g} GB 每张卡都有,也与卡数无关:自己微批的激活和 logits、通信缓冲和 CUDA 上下文(可减小微批、开重计算)。") if beside > 0 else ("", "")  # fmt: skip
    return Words(
        f"**ZeRO-{stage} divides only {shared.en}; the {kept.en} stay whole on each card: {size} × {whole:g} B = {stays}, however many cards. So the states are {size} × ({whole:g} + {divided:g}/{few}) B = {here:.3g} GB on each of {few} and {size} × ({whole:g} + {divided:g}/{many}) B = {there:.3g} GB on each of {many}, {here - there:.3g} GB less{match[0]}.**{rest[0]} "
        f"ZeRO-3 (FSDP FULL_SHARD) divides the weights too: {sharded} of states on each of {many}.",
        f"**ZeRO-{stage} 只切分{shared.zh},{kept.zh}每张卡都是完整的:{size} × {whole:g} 字节 = {stays},与卡数无关。所以状态在 {few} 张卡时每张 {size} ×({whole:g} + {divided:g}/{few})字节 = {here:.3g} GB,{many} 张时每张 {size} ×({whole:g} + {divided:g}/{many})字节 = {there:.3g} GB,少 {here - there:.3g} GB,{match[1]}。**{rest[1]}"
        f"ZeRO-3(FSDP FULL_SHARD)连权重也切分:{many} 张时每卡状态 {sharded.replace(' B ', ' 字节 ')}。",
    )  # fmt: skip


_VERY_MANY = 64  # cards from which the states of any model are the smaller part


def _never_nothing(figures: Figures) -> Words:
    """What is left on a card that shares all its states with very many: the parts that none of them divides."""
    if figures.knob("method") != "full" or int(figures.knob("zero_stage") or 0) != _SHARDED or figures.n < _VERY_MANY:
        raise Missing("sharded states")
    base, cards = figures.base, f"{figures.n:,}"
    states = TRAINED * figures.params / figures.n
    tokens, layers, fixed = (
        gib_words(sum(base.terms.get(name, 0.0) for name in names))
        for names in (("activations", "logits"), ("buffers",), ("runtime", "slack"))
    )
    return Words(
        f"**No: only weights, gradients and optimizer states go to zero, {TRAINED} B × {figures['params']} ÷ {cards} = {gib_words(states)} a card; about {gib_words(base.best)} are left on each.** However many cards there are, each holds activations and logits of its own micro-batch ({tokens}), the layer that is gathered and communication buffers ({layers}), the CUDA context with those of NCCL ({fixed}). Less of these: a shorter length or smaller micro-batch, checkpointing, a fused loss, sequence or context parallel.",
        f"**不会:趋近于 0 的只有权重、梯度和优化器状态,{TRAINED} 字节 × {figures['params']} ÷ {cards} = 每卡 {gib_words(states)};每张卡仍要约 {gib_words(base.best)}。** 卡再多,每张卡也有自己 micro-batch 的激活和 logits({tokens})、临时聚合的那一层与通信缓冲({layers}),以及 CUDA 上下文和 NCCL 的缓冲({fixed})。要降这部分:缩短长度、减小 micro-batch、重计算、融合损失、序列或上下文并行。",
    )


_SHARDED = 3


# ── copies that load at once ───────────────────────────────────────────────────────────────────────────────────────


def _copies(figures: Figures) -> Words:
    """So many processes on a machine that each read the whole model into its memory."""
    count = int(logged(figures, "loaders"))
    if count < _TWO:
        raise Missing("processes")
    one, together = figures.need("w16"), figures.need("w16") * count
    room = figures.amount("ram")
    over, over_zh = "", ""
    if room:
        over = f", {'more than the' if together > room else 'of the'} {figures['ram']} of the machine"
        over_zh = f",{'超过' if together > room else '而'}机器的 {figures['ram']}"
    share = both_words(one / count)
    return Words(
        f"**Each of the {count} processes reads a whole copy into host memory: {count} × {both_words(one)} = {both_words(together)} in 16 bit{over}; in fp32, where no dtype is told (before transformers 5), twice that.** "
        f"FSDP and ZeRO divide the weights over the cards only once they are loaded, so the cards stay empty until then. Load one copy: DeepSpeed ZeRO-3 with the config made before from_pretrained (zero.Init), FSDP with cpu_ram_efficient_loading and sync_module_states (rank 0 reads, the others wait on the meta device for what it sends), or meta-device loading of shards, and a 16-bit dtype. Then the machine needs about {both_words(one)} and each card holds {share} of the weights. device_map=\"auto\" is no help under a launcher.",
        f"**{count} 个进程各自把完整一份读进内存:{count} × {both_words(one)} = {both_words(together)}(16 位){over_zh};不写 dtype(transformers 5 之前默认 fp32)还要翻倍。** "
        f"FSDP、ZeRO 要等权重加载完才切分到各卡,此前显卡是空的。应只加载一份:DeepSpeed ZeRO-3 先建配置再 from_pretrained(zero.Init),FSDP 用 cpu_ram_efficient_loading 加 sync_module_states(只有 rank 0 读,其余在 meta 设备上等广播),或按分片 meta 加载,并指定 16 位 dtype。这样内存约需 {both_words(one)},每张卡权重 {share}。用启动器多进程时 device_map=\"auto\" 帮不上忙。",
    )  # fmt: skip


# ── degrees of sequence parallelism ────────────────────────────────────────────────────────────────────────────────


def _degrees(figures: Figures) -> Words:
    """Which degrees of Ulysses the heads and the cards allow, and what the other cards do."""
    heads, kv, cards = int(figures.fact("n_heads")), int(figures.fact("n_kv_heads")), figures.n
    if cards < _TWO:
        raise Missing("cards")
    allowed = [one for one in range(1, cards + 1) if cards % one == 0 and shares_heads(figures, one)]
    refused = [one for one in range(2, cards + 1) if cards % one == 0 and one not in allowed]
    told = [int(one) for one in figures.logged_all("degree")]
    best = max([one for one in told if one in allowed] or [max(allowed)])
    groups = cards // best
    states = TRAINED * figures.params
    rest = cards // best if cards % best == 0 else 1
    no, no_zh = (f"; {', '.join(map(str, refused))} {'does' if len(refused) == 1 else 'do'} not go", f";{'、'.join(map(str, refused))} 不行") if refused else ("", "")  # fmt: skip
    whole = figures.knob("method") in (None, "full")
    each = f", and ZeRO-3 still divides the states over all {cards}, {both_words(states)} ÷ {cards} = {gib_words(states / cards)} per card" if whole else ""  # fmt: skip
    each_zh = f",ZeRO-3 仍在全部 {cards} 张卡上切分状态:{both_words(states)} ÷ {cards} = 每卡 {gib_words(states / cards)}" if whole else ""  # fmt: skip
    if best < _TWO:
        return SILENT
    idle = (
        f" At {best} no card is idle: {groups} groups of {best} work on different samples (data parallel {groups}){each}.", f"设 {best} 不浪费:{groups} 组、每组 {best} 张卡各处理不同样本(数据并行 {groups}){each_zh}。"
    ) if groups > 1 else ("", "")  # fmt: skip
    both = f", or Ulysses {best} × ring {rest}" if rest > 1 else ""
    both_zh = f",或 Ulysses {best} × ring {rest} 混合" if rest > 1 else ""
    return Words(
        f"**Ulysses exchanges heads, so its degree must divide the {heads} heads and the {cards} cards, and divide the {kv} heads of keys and values or be a multiple of them: {_row(allowed, 'or')}{no}.**{idle[0]} A sequence over all {cards} cards goes with ring attention (context parallel), which heads do not limit{both}. At degree {best} a card has 1/{best} of each sequence's activations and logits.",
        f"**Ulysses 按注意力头交换,并行度要整除 {heads} 个头和 {cards} 张卡,并能整除 {kv} 个 KV 头或是其倍数:可选 {'、'.join(map(str, allowed))}{no_zh}。**{idle[1]}想把一条序列切到全部 {cards} 张卡,可用 ring attention(上下文并行,不受头数限制){both_zh}。并行度 {best} 时每卡的激活和 logits 是序列的 1/{best}。",
    )  # fmt: skip


def _row(numbers: list[int], joined: str) -> str:
    *before, last = map(str, numbers)
    return f"{', '.join(before)} {joined} {last}" if before else last


# ── what is saved ──────────────────────────────────────────────────────────────────────────────────────────────────


def _saved_alone(figures: Figures) -> Words:
    """How to keep the weights of a checkpoint alone, and fewer of them."""
    if figures.knob("method") != "full":
        return SILENT
    alone, wide = both_words(2 * figures.params), both_words(4 * figures.params)
    return Words(
        f" To keep less: save_only_model=True saves the weights alone, {alone}, from which no run is resumed; save_total_limit=1 and a larger save_steps keep fewer. Under ZeRO-3 whole 16-bit weights need stage3_gather_16bit_weights_on_model_save, else zero_to_fp32.py joins the shards, {wide} in fp32.",
        f"想少占硬盘:save_only_model=True 只存权重,{alone},但不能断点续训;save_total_limit=1、加大 save_steps 则少留几个。ZeRO-3 要得到完整的 16 位权重需开 stage3_gather_16bit_weights_on_model_save,否则用 zero_to_fp32.py 合并,fp32 为 {wide}。",
    )


SCALE_SUMS: dict[str, Callable[[Figures], Words]] = {
    "quoted_bytes": _quoted, "fixed_part": _fixed_part, "never_nothing": _never_nothing, "copies_loaded": _copies, "sp_degrees": _degrees, "saved_alone": _saved_alone,
}  # fmt: skip
