"""Words on many cards: groups that divide the states, stages of a pipeline and what each keeps, heads of keys that run out."""

from collections.abc import Callable
from typing import Any

from chat.figures.amount_words import token_words
from chat.figures.failures.cause_figures import logged
from chat.figures.layouts.stages_seen_apart import between_stages, by_the_rule
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, value_of
from formulas.anatomy import routed_params
from formulas.graphs import filled
from formulas.layouts import in_flight, virtual_stages
from formulas.layouts import n_microbatches as micro_batches
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.outcome import Outcome
from kb.rates import value as from_numbers
from kb.worked import STATES, Worked

# how far what was seen to rise may be from what is worked out, and still be it
_NEAR = (0.55, 1.8)


def _held(where: Outcome | Worked, *terms: str) -> float:
    return sum(where.terms.get(name, 0.0) for name in terms)


def _risen(figures: Figures) -> float | None:
    """By how much memory was seen to rise [bytes]; None where that is not told."""
    try:
        return (logged(figures, "to") - logged(figures, "from")) * GB
    except Missing:
        return None


def _expected(figures: Figures, more: float) -> Words:
    """Whether what is seen is as it should be, where that is asked."""
    if not {"normal_asked", "bug_suspected"} & figures.about:
        return SILENT
    risen = _risen(figures)
    if risen is not None and not _NEAR[0] <= risen / more <= _NEAR[1]:
        return Words("Only in part: ", "只有一部分正常:")
    return Words("Yes, that is expected: ", "正常:")


def _capital(words: Words, then: Words) -> Words:
    """An opening, and what follows it; the first letter is a capital where nothing stands before it."""
    en = then.en if words.en else then.en[0].upper() + then.en[1:]
    return Words(words.en + en, words.zh + then.zh)


# ── groups that divide the states ──────────────────────────────────────────────────────────────────────────────────


def _groups(figures: Figures) -> Words:
    """What a group's cards hold of the states, against all of them."""
    size, cards = int(figures.knob("shard_size") or 0), figures.n
    if not 1 < size < cards:
        raise Missing("shard group")
    here, whole = figures.base, figures.at(shard_size=None)
    own, over_all = _held(here, *STATES), _held(whole, *STATES)
    copies = cards // size
    full = figures.knob("method") == "full" and not figures.pure
    each = (
        both_words(own * size)
        if not full
        else f"{figures['params']} × {figure(own * size / figures.params, 3)} B = {both_words(own * size)}"
    )
    opens = _capital(
        _expected(figures, here.best - whole.best),
        Words(
            f"hybrid sharding divides the states over the {size} cards of a group only, and each of the {copies} groups keeps all of them",
            f"混合切分只在组内的 {size} 张卡之间切分状态,{copies} 个组各存完整的一份",
        ),
    )  # fmt: skip
    room = here.capacity
    left = gib_words(room - _held(here, *STATES)) if room and room > own else ""
    leaves, leaves_zh = (
        (f", which leaves {left} of a card for all else", f",每卡只剩 {left} 给其余部分") if left else ("", "")
    )
    return Words(
        f"**{opens.en}.** That is {each} ÷ {size} = {gib_words(own)} per card{leaves}; full sharding over all {cards} cards holds {gib_words(over_all)}, {gib_words(own - over_all)} less. "
        f"The whole need is {gib_words(here.best)} per card against {gib_words(whole.best)}. More machines take nothing off a card; what it buys is speed, since weights are gathered inside a machine and only gradients cross the network. "
        "For less memory: full sharding again, a larger group, the optimizer in host memory, 8-bit states; batch, length, checkpointing and a fused loss lower the rest.",
        f"**{opens.zh}。** 即 {each} ÷ {size} = 每卡 {gib_words(own)}{leaves_zh};完全切分到全部 {cards} 张卡是 {gib_words(over_all)},少 {gib_words(own - over_all)}。"
        f"每卡总需求 {gib_words(here.best)},完全切分 {gib_words(whole.best)}。再加机器每卡也不会变少;换来的是速度:权重只在机内聚合,跨机只传梯度。"
        "想省显存:换回完全切分、加大分组、优化器放内存、8 位优化器;批大小、长度、重计算和融合损失降的是其余部分。",
    )  # fmt: skip


def _second_copy(figures: Figures) -> Words:
    """The second partition that hpZ keeps of the weights."""
    cards, size = figures.n, int(logged(figures, "group"))
    if not 1 < size < cards:
        raise Missing("group")
    whole = figures.need("w16")
    base = figures.base.best
    opens = _capital(
        _expected(figures, whole / size),
        Words(
            f"ZeRO++ hpZ keeps a second copy of the 16-bit weights, divided over the {size} cards of a group",
            f"ZeRO++ 的 hpZ 另存一份 16 位权重,切分到每组 {size} 张卡",
        ),
    )
    return Words(
        f"**{opens.en}: {both_words(whole)} ÷ {size} = {gib_words(whole / size)} more per card.** The first copy, gradients and optimizer states stay divided over all {cards} cards: {gib_words(base)} per card without it, {gib_words(base + whole / size)} with it. It buys speed: the backward pass gathers weights inside the group. Without hpZ, or with a larger partition, it goes again.",
        f"**{opens.zh}:{both_words(whole)} ÷ {size} = 每卡多 {gib_words(whole / size)}。** 第一份权重、梯度和优化器状态仍切分到全部 {cards} 张卡:不开每卡 {gib_words(base)},开了 {gib_words(base + whole / size)}。换来的是速度:反向时只在组内聚合权重。关掉 hpZ 或加大分组就降回去。",
    )


def _told_or(figures: Figures, name: str, otherwise: float) -> float:
    try:
        return logged(figures, name)
    except Missing:
        return otherwise


# ── stages of a pipeline ───────────────────────────────────────────────────────────────────────────────────────────


def _factor(stages: int, chunks: int) -> float:
    """Activations of the first stage, interleaved, in shares of those without."""
    many = 64 * stages * chunks  # more micro-batches than are ever on their way
    kept = from_numbers(in_flight, "interleaving_keeps_more", **{
        micro_batches.name: many, virtual_stages.name: chunks, "pp": stages, "stage": 0,
    })  # fmt: skip
    return kept / stages


def _interleaved(figures: Figures) -> Words:
    """What interleaving adds to the first stage, and what it takes from the bubble."""
    stages, chunks = int(figures.given.get("pp") or 0), int(figures.given.get("virtual_stages") or 0)
    if stages < 2 or chunks < 2:
        raise Missing("virtual stages")
    factor, more = _factor(stages, chunks), _factor(stages, 2 * chunks)
    share = f"{factor - 1:.0%}" if (factor - 1) * 100 % 1 < 0.01 else f"{(factor - 1) * 100:.3g} %".replace(" %", "%")
    share = share.replace("%", " %")
    opens = (
        Words("Yes, that is expected: ", "正常:")
        if {"normal_asked", "why_more", "bug_suspected"} & figures.about
        else SILENT
    )
    first = _capital(opens, Words(
        f"interleaved, the first stage keeps 1 + (p − 1)/(p·v) times the activations, with p = {stages} and v = {chunks} {figure(factor, 4)} times: {share} more",
        f"交错调度(VPP)使首级的激活变为 1 + (p − 1)/(p·v) 倍,p = {stages}、v = {chunks} 时为 {figure(factor, 4)} 倍,多 {share}",
    ))  # fmt: skip
    return Words(
        f"**{first.en}.** Weights, gradients and optimizer states stay; a whole that rises by as much is nearly all activations, as it is without checkpointing. "
        f"What it buys: the bubble, the time in which stages wait, is (p − 1)/(v·m) of the computing for m micro-batches, {chunks} times smaller; it costs {chunks} times the messages between stages. "
        f"For less memory: no interleaving, selective or full checkpointing, or a shorter micro-batch; more chunks take less of it, v = {2 * chunks} gives {figure(more, 4)} times, and send more.",
        f"**{first.zh}。** 权重、梯度和优化器状态不变;总显存也涨这么多,说明激活占了大头(没开重计算时就是这样)。"
        f"换来的是气泡变小:各级等待的时间占计算的 (p − 1)/(v·m)(m 为微批次数),缩小到 1/{chunks};代价是级间通信变为 {chunks} 倍。"
        f"想省显存:关掉交错、开选择性或完全重计算、减小微批;v 越大系数越小(v = {2 * chunks} 时 {figure(more, 4)} 倍),但通信更多。",
    )  # fmt: skip


def _ends(figures: Figures, kept: bool = False) -> tuple[Worked, Worked]:
    """The first stage and the last; `kept`: with all activations, where nobody said whether they are recomputed."""
    open_ = kept and "gradient_checkpointing" not in figures.given
    cards = (figures.at(gradient_checkpointing="off") if open_ else figures.base).cards
    if int(figures.knob("pp") or 1) < 2 or len(cards) < 2 or figures.knob("task") != "train":
        raise Missing("stages")
    first = min(cards, key=lambda one: min(one.place.stages))
    last = max(cards, key=lambda one: max(one.place.stages))
    return first, last


def _kept(one: Worked) -> tuple[float, float]:
    """Micro-batches on their way on a stage, and what one of them keeps there."""
    count = float(one.values[in_flight])
    size = sum(max(one.at_any_phase(name)) for name in ("activations",))
    return count, size


def _apart(figures: Figures) -> Words:
    """Why the first stage takes more than the last although the layers are divided evenly."""
    proposed = figures
    figures = (
        Figures({**figures.given, "virtual_stages": None}, figures.told)
        if "virtual_stages" in figures.given
        else figures
    )
    first, last = _ends(figures, kept=True)
    stages = int(figures.knob("pp"))
    micro = int(float(first.values.get(micro_batches, 0) or 0))
    (count, size), (others, less) = _kept(first), _kept(last)
    each, states = size / count, (_held(first, *STATES), _held(last, *STATES))
    head = max(last.at_any_phase("logits") or [0.0])
    counted = f"{count:.3g}"
    if _TELL_MICRO_BATCHES & set(figures.given) and count in (stages, micro):
        counted = f"min({stages}, {micro}) = {count:g}"
    elif count == stages:
        counted = f"p = {count:g}"
    opens = Words("No fault: ", "没有问题:") if {"normal_asked", "bug_suspected"} & figures.about else SILENT
    lead = _capital(opens, Words(
        f"the parameters are divided evenly, the activations are not: the first stage keeps {counted} micro-batches at once, the last one {others:g}",
        f"参数是均分的,激活不是:首级要同时保留 {counted} 个微批次的激活,末级只有 {others:g} 个",
    ))  # fmt: skip
    logits = (f" with logits of {gib_words(head)}", f"和 logits {gib_words(head)}") if head > GIB / 20 else ("", "")
    judged = _interleaving_judged(proposed, first, size) if "interleaved" in proposed.about else SILENT
    few = micro and micro <= stages
    seen, rule = between_stages(figures, count - others, each), by_the_rule(figures, each)
    bare = ("", "") if "gradient_checkpointing" in figures.given else ("All activations kept: ", "不开重计算时:")
    batch = ("", "") if few else (
        " The number of micro-batches (a smaller or larger global batch) changes nothing while it is above that of stages; interleaving keeps more.",
        "只要微批次数多于级数,增减微批次(全局批大小)没有用;交错调度反而更多。",
    )  # fmt: skip
    return Words(
        f"**{lead.en} (one forward, one backward).** {bare[0]}Stage 1: states {gib_words(states[0])} + activations {count:g} × {gib_words(each)} = {gib_words(size)}, {gib_words(first.best)} in all; stage {stages}: states {gib_words(states[1])} + activations {gib_words(less)}, {gib_words(last.best)} in all; the embedding is on the first stage, the head{logits[0]} on the last.{seen.en}{rule.en} "
        f"{_cures(figures, first).en}{batch[0]}{judged.en}",
        f"**{lead.zh}(1F1B 调度)。** {bare[1]}第 1 级:状态 {gib_words(states[0])} + 激活 {count:g} × {gib_words(each)} = {gib_words(size)},合计 {gib_words(first.best)};第 {stages} 级:状态 {gib_words(states[1])} + 激活 {gib_words(less)},合计 {gib_words(last.best)};embedding 在首级,输出头{logits[1]}在末级。{seen.zh}{rule.zh}"
        f"{_cures(figures, first).zh}{batch[1]}{judged.zh}",
    )  # fmt: skip


# facts that tell how many micro-batches a step has
_TELL_MICRO_BATCHES = frozenset({"n_microbatches", "grad_accum", "global_batch"})
_CHUNKS = 2  # of interleaving where nobody says how many


def _interleaving_judged(figures: Figures, first: Worked, size: float) -> Words:
    """What interleaving, proposed against it, does to the first stage."""
    stages, chunks = int(figures.knob("pp")), int(figures.given.get("virtual_stages") or _CHUNKS)
    factor = _factor(stages, chunks)
    there = first.best + (factor - 1) * size
    room = f" of {gib_words(first.capacity)}" if first.capacity else ""
    product = f"1 + (p − 1)/(p·v) = {figure(factor, 4)}"
    return Words(
        f"\n\n**Interleaving (v = {chunks}) does not even that out, it adds to it:** the first stage then keeps {product} times as much, {gib_words(factor * size)} of activations and {gib_words(there)} in all{room}; what it buys is a shorter bubble.",
        f"\n\n**交错调度(v = {chunks})不能均衡,反而更多:** 首级的激活变为 {product} 倍,即 {gib_words(factor * size)},合计 {gib_words(there)}{room.replace(' of ', ' / ')};它换来的只是气泡变小。",
    )


def _cures(figures: Figures, first: Worked) -> Words:
    """What takes activations off the first stage."""
    if figures.given.get("gradient_checkpointing") == "on":
        return Words(
            "Less of it: more tensor parallel ranks, fewer layers on the first stages, a shorter micro-batch.",
            "想减少:加大张量并行、前面几级少放层、减小微批。",
        )
    checked = min(figures.at(gradient_checkpointing="on").cards, key=lambda one: min(one.place.stages))
    now = max(checked.at_any_phase("activations") or [0.0])
    return Words(
        f"Less of it: full checkpointing leaves {gib_words(now)} of the first stage's activations (selective something between), more tensor parallel ranks, fewer layers on the first stage (Megatron --decoder-first-pipeline-num-layers).",
        f"想减少:完全重计算后首级激活只剩 {gib_words(now)}(选择性重计算居中),或加大张量并行、首级少放几层(Megatron --decoder-first-pipeline-num-layers)。",
    )


def _in_flight(figures: Figures) -> Words:
    """The same beside a verdict: what the first stage keeps."""
    first, last = _ends(figures)
    count, size = _kept(first)
    if count < 2:
        raise Missing("micro-batches")
    data = int(figures.base.situation.knob("dp") or 1)
    told = {"distributed_unfelt", "distributed_helps"} & figures.about  # which says so itself
    alone = SILENT
    if data == 1 and figures.knob("method") == "full" and not told:
        alone = Words(" With one replica (data parallel 1) a distributed optimizer divides nothing.", "数据并行为 1,分布式优化器切不动任何东西。")  # fmt: skip
    how, how_zh = ("GPipe: all of a step", "GPipe:一步的全部") if figures.knob("schedule") == "gpipe" else ("one forward, one backward", "1F1B")  # fmt: skip
    return Words(
        f"Of the activations the first stage keeps {count:g} micro-batches at once ({how}), {count:g} × {gib_words(size / count)} = {gib_words(size)}; the last keeps {float(last.values[in_flight]):g}.{alone.en}",
        f"激活方面,首级要同时保留 {count:g} 个微批次({how_zh}):{count:g} × {gib_words(size / count)} = {gib_words(size)};末级只有 {float(last.values[in_flight]):g} 个。{alone.zh}",
    )  # fmt: skip


def _stages_save(figures: Figures) -> Words:
    """Asked whether a pipeline divides the activations: the fullest card keeps as much as the whole model of one micro-batch."""
    first, last = _ends(figures)
    stages, (count, size), (others, less) = int(figures.knob("pp")), _kept(first), _kept(last)
    if count < stages or stages < 2 or figures.knob("schedule") == "gpipe":
        raise Missing("micro-batches")
    each = gib_words(size / count)
    return Words(
        f"**Not on the fullest card: the first of {stages} stages keeps {count:g} micro-batches at once (one forward, one backward), {count:g} × {each} = {gib_words(size)}, as much as the whole model keeps of one micro-batch; later stages keep fewer, the last {others:g}, {gib_words(less)}.** What is divided by {stages} are weights, gradients and optimizer states. Less of the activations: checkpointing, a smaller micro-batch, more tensor parallel ranks.",
        f"**最满的那张卡不会减少:{stages} 级里第 1 级同时保留 {count:g} 个微批次(1F1B),{count:g} × {each} = {gib_words(size)},等于整个模型处理一个微批次的量;后面各级依次减少,末级 {others:g} 个,{gib_words(less)}。** 按 {stages} 切分的是权重、梯度和优化器状态。要降激活:重计算、减小微批次、加大张量并行。",
    )


def _schedules_apart(figures: Figures) -> Words:
    """What the first stage keeps by either schedule: as many micro-batches as there are stages, or all of a step."""
    first, _ = _ends(figures)
    (count, size), stages = _kept(first), int(figures.knob("pp"))
    micro = int(float(first.values.get(micro_batches, 0) or 0))
    if "n_microbatches" not in figures.given or micro < 1 or figures.knob("schedule") == "gpipe":
        raise Missing("micro-batches")
    each = gib_words(size / count)
    return Words(
        f"**1F1B keeps min({stages}, {micro}) = {count:g} micro-batches on the first stage and 1 on the last, {count:g} × {each} = {gib_words(size)}; GPipe keeps all {micro} of a step on every stage, {micro} × {each} = {gib_words(micro * size / count)}.** The time is the same, and so is what is idle: the schedule changes activations alone.",
        f"**1F1B 首级保留 min({stages}, {micro}) = {count:g} 个微批次、末级 1 个,{count:g} × {each} = {gib_words(size)};GPipe 每一级都保留一步的全部 {micro} 个,{micro} × {each} = {gib_words(micro * size / count)}。** 时间和气泡一样,调度只影响激活。",
    )


# ── heads of keys and values that run out ──────────────────────────────────────────────────────────────────────────


def _heads_repeated(figures: Figures) -> Words:
    """More tensor-parallel ranks than heads of keys and values: each head stands on several cards."""
    if "kv_lora_rank" in figures.base.situation.facts:
        return _vector_repeated(figures)
    ranks = int(_told_or(figures, "ranks", float(figures.knob("tp") or 1)))
    heads = int(figures.fact("n_kv_heads"))
    if ranks <= heads or ranks % heads:
        raise Missing("heads")
    whole = figures.need("kv_token")
    each, times = whole / heads, ranks // heads
    weights = [figures.at(n_gpus=n, tp=n, pp=None, dp=None, **_sized(figures)).terms["weights"] for n in (heads, ranks)]
    opens = _capital(
        Words("No bug: ", "不是 bug:") if {"bug_suspected", "normal_asked", "why_more"} & figures.about else SILENT,
        Words(
            f"the model has {heads} heads of keys and values, so the cache divides over {heads} cards at most; at tensor parallel {ranks} each head stands on {times} cards",
            f"模型只有 {heads} 个 KV 头,缓存最多切成 {heads} 份;张量并行 {ranks} 时每个头在 {times} 张卡上各存一份",
        ),
    )
    return Words(
        f"**{opens.en}.** A token's cache is {token_words(whole)} in all, {token_words(each)} on each card at tensor parallel {heads} and {token_words(each)} at {ranks}. Only the weights shrink, {gib_words(weights[0])} → {gib_words(weights[1])} per card, and that is all the room that the cache gains. "
        f"More of it: {times} replicas of tensor parallel {heads}, or tensor parallel {heads} × pipeline {times} ({token_words(each / times)} a token on each card), or an fp8 cache ({token_words(each / 2)}).",
        f"**{opens.zh}。** 每 token 的缓存共 {token_words(whole)},张量并行 {heads} 时每卡 {token_words(each)},{ranks} 时每卡仍是 {token_words(each)}。变小的只有权重:每卡 {gib_words(weights[0])} → {gib_words(weights[1])},缓存多出的空间就这么多。"
        f"想放更多缓存:{times} 个张量并行 {heads} 的副本,或张量并行 {heads} × 流水线 {times}(每卡每 token {token_words(each / times)}),或用 fp8 缓存({token_words(each / 2)})。",
    )  # fmt: skip


def _vector_repeated(figures: Figures) -> Words:
    """Two numbers of ranks over a cache of one vector for all heads (MLA): it is on each card what it is on one."""
    told = sorted({int(one) for one in figures.logged_all("ranks") if int(one) > 1})
    if len(told) < 2:
        raise Missing("ranks")
    whole, few, many = figures.need("kv_token"), told[0], told[-1]
    weights = [figures.at(n_gpus=n, tp=n, pp=None, dp=None, **_sized(figures)).terms["weights"] for n in (few, many)]
    return Words(
        f"**MLA has no heads of keys and values that tensor parallel could divide: it caches one compressed vector for all of them, which each card needs whole, {token_words(whole)} a token at tensor parallel {few} as at {many}.** Only the weights shrink, {gib_words(weights[0])} → {gib_words(weights[1])} per card, and that is all the room that the cache gains. "
        f"More of it: attention by requests (SGLang --enable-dp-attention, vLLM --data-parallel-size with expert parallel), where each card keeps its own requests alone, or an fp8 cache ({token_words(whole / 2)} a token).",
        f"**MLA 没有可按头切分的 KV:所有头共用一个压缩向量,每张卡都要用完整的一份,张量并行 {few} 和 {many} 时每 token 都是 {token_words(whole)}。** 变小的只有权重:每卡 {gib_words(weights[0])} → {gib_words(weights[1])},缓存多出的空间就这么多。"
        f"想放更多缓存:数据并行注意力(SGLang --enable-dp-attention,vLLM 的 --data-parallel-size 配合专家并行),每张卡只存自己的请求;或用 fp8 缓存(每 token {token_words(whole / 2)})。",
    )  # fmt: skip


def _sized(figures: Figures) -> dict[str, Any]:
    return {"gpu_memory_utilization": None} if figures.knob("gpu") is None else {}


# ── experts over cards ─────────────────────────────────────────────────────────────────────────────────────────────


# how near what is divided by hand has to be to the weights of the card: other ranks divide them further
_ALIKE = 0.02


def _experts_alone(figures: Figures, routed: float, rest: float, ranks: int) -> Words:
    """The weights of a card where experts alone are divided, against all of them divided; silent where more is."""
    each, here_held = routed / ranks + rest, figures.base.terms.get("weights", 0.0)
    if not here_held or abs(2 * each / here_held - 1) > _ALIKE:
        return SILENT
    parts = [figure(one / 1e9, 3) for one in (routed, routed / ranks, rest, each)]
    here, evenly, states = (both_words(one) for one in (2 * each, 2 * figures.params / ranks, TRAINED * each))
    return Words(
        f"**Expert parallel divides the experts alone: {parts[0]}B ÷ {ranks} = {parts[1]}B on each card, and attention, embeddings, head and routers, {parts[2]}B, stand whole on every one: {parts[3]}B × 2 B = {here} of 16-bit weights per card, not all of them ÷ {ranks} = {evenly}.** Gradients and optimizer states go the same way: {parts[3]}B × {TRAINED} B = {states}.",
        f"**专家并行只切专家:{parts[0]}B ÷ {ranks} = 每卡 {parts[1]}B;注意力、embedding、head 和路由共 {parts[2]}B,每卡各存一份:每卡 {parts[3]}B × 2 B = {here} 的 16 位权重,而不是全部 ÷ {ranks} = {evenly}。** 梯度和优化器状态同理:{parts[3]}B × {TRAINED} 字节 = {states}。",
    )


def _experts(figures: Figures) -> Words:
    """What a card holds of experts and of all else where experts are parallel and the optimizer is distributed."""
    ranks = int(figures.knob("ep") or 1)
    if ranks < 2 or figures.knob("task") != "train" or figures.knob("method") != "full":
        raise Missing("experts")
    base = figures.base
    routed = float(filled(routed_params, figures.plain.situation.facts).value or 0)
    if not routed:
        raise Missing("experts")
    rest = figures.params - routed
    if int(figures.knob("zero_stage") or 0) < 1:
        return _experts_alone(figures, routed, rest, ranks)
    cards, data = figures.n, int(base.situation.knob("dp") or 1)
    copies = max(1, data // ranks)
    per_card = routed / ranks
    # weights and gradients, which a distributed optimizer leaves whole
    whole_each = 2 + value_of(base, "bytes_of_gradient")
    own, other = (whole_each + 12 / parts for parts in (copies, data))
    sums = (
        f"{figure(per_card / 1e9, 3)}B × {figure(own, 4)} B = {both_words(per_card * own)}",
        f"{figure(rest / 1e9, 3)}B × {figure(other, 4)} B = {both_words(rest * other)}",
    )
    whole = figures.params * (whole_each + 12)
    more = per_card * (whole_each + 12 / (2 * copies)) + rest * (whole_each + 12 / (2 * data))
    return Words(
        f"**Experts and all else are divided differently: over {ranks} expert ranks of {cards} cards an expert has {copies} {'copy' if copies == 1 else 'copies'}, so a distributed optimizer divides its states by {copies}; attention and embeddings stand on every card, and only their optimizer is divided by {data}.** "
        f"Per card: experts {sums[0]}; the rest {sums[1]} ({figure(whole_each)} B of weights and gradients whole, 12 B ÷ {data}); together {both_words(per_card * own + rest * other)}, where {both_words(whole)} ÷ {cards} would be {both_words(whole / cards)}. Activations, logits and communication buffers come on top. "
        f"Less of it: twice the cards ({both_words(more)} of states), 16-bit gradients, the optimizer in host memory, or tensor and pipeline parallel for the rest.",
        f"**专家和其余部分的切法不同:{cards} 张卡上 EP = {ranks},每个专家有 {copies} 份,分布式优化器只能把它的状态除以 {copies};注意力、词嵌入等每张卡都有完整一份,只有优化器除以 {data}。** "
        f"每张卡:专家 {sums[0]};其余 {sums[1]}(权重与梯度 {figure(whole_each)} 字节完整,12 字节 ÷ {data});合计 {both_words(per_card * own + rest * other)},而 {both_words(whole)} ÷ {cards} 是 {both_words(whole / cards)}。激活、logits 和通信缓冲另算。"
        f"想减少:卡数翻倍(状态 {both_words(more)})、16 位梯度、优化器放内存,或用张量/流水线并行切分其余部分。",
    )  # fmt: skip


SCALE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "shard_groups": _groups, "second_copy": _second_copy, "interleaved_keeps": _interleaved, "stages_apart": _apart,
    "stages_keep": _in_flight, "stages_save": _stages_save, "schedules_apart": _schedules_apart, "kv_heads_repeated": _heads_repeated, "experts_apart": _experts,
}  # fmt: skip
