"""Whether a mechanism is at work, told from what a card was seen to hold: states of Adam that come with the first step,
stages of ZeRO, FSDP and offload."""

from collections.abc import Callable
from contextlib import suppress
from math import floor

from chat.figures.failures.cause_figures import logged
from chat.figures.failures.gaps import parts_beside
from chat.figures.layouts.distributed import bytes_of_stage, copies_of, ranks_of
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from chat.figures.serving.share_lowered import lowered
from chat.figures.sums.quoted import claim_words
from formulas.notation import figure, size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.cards import kinds_meant
from kb.pools import share_of
from kb.worked import ALL_STATES, STATES

_OFF = 0.12  # a jump between two readings of a meter is rounded twice
# of a whole copy's states: a card that holds as much of them divides none
_WHOLE = 0.9
_FAR = 1.3
# ZeRO, figure 1: 7.5B parameters on 64 cards, states alone
_EXAMPLE = 7.5e9
_EXAMPLE_OFF, _MOST_CARDS = 0.03, 1024


def _amounts(figures: Figures, *names: str) -> list[float]:
    """The amounts in GB that were told."""
    return [float(one) for name in names for one in figures.told.get(name, ()) if one]


def _moment_bytes(figures: Figures) -> int:
    """Bytes of both moments for each parameter: as the parameters are, where no fp32 copy is kept."""
    return 4 if figures.pure else 8


def _moments(figures: Figures) -> float:
    return _moment_bytes(figures) * figures.params / (figures.n if figures.knob("zero_stage") in (1, 2, 3) else 1)


def jump_of_moments(figures: Figures) -> float:
    """The amount that was told and is both moments; Missing where none is."""
    size = _moments(figures)
    for told in _amounts(figures, "observed_gb", "claims_gb"):
        if min(abs(told * GB / size - 1), abs(told * GIB / size - 1)) <= _OFF:
            return told * GB
    raise Missing("jump")


def _moments_sum(figures: Figures) -> Words:
    """Both moments as a sum, beside the jump that was seen."""
    each, size = _moment_bytes(figures), _moments(figures)
    shared = f" ÷ {figures.n}" if size < each * figures.params else ""
    shown = f"{size / GB:.1f} GB ({gib_words(size)})"
    try:
        seen = claim_words(jump_of_moments(figures))
    except Missing:
        match = SILENT
    else:
        match = Words(f", the {seen} that you saw", f",正是您看到的 {seen}")
    divided = SILENT
    if figures.n > 1 and not shared:  # no stage is told, and a whole copy on each card hardly goes in
        part = f"{size / figures.n / GB:.1f} GB"
        divided = Words(
            f"; divided by ZeRO or FSDP {part} on each of {figures.n} cards", f";由 ZeRO/FSDP 切分则 {figures.n} 张卡每张 {part}"
        )  # fmt: skip
    return Words(
        f"{figures['params']} × {each} B{shared} = {shown}{match.en}{divided.en}",
        f"{figures['params']} × {each} 字节{shared} = {shown}{match.zh}{divided.zh}",
    )


# ── stages ─────────────────────────────────────────────────────────────────────────────────────────────────────────


def _seen(figures: Figures) -> float:
    """The most that a card was seen to hold; 0 where none was told."""
    return max(_amounts(figures, "observed_gb", "monitor_gib"), default=0.0)


def _held(figures: Figures, stage: int) -> float:
    """What a stage leaves on each card of weights, gradients and optimizer states."""
    if figures.knob("method") == "full" and figures.knob("optimizer") == "adamw" and not figures.pure:
        whole, divided = bytes_of_stage(figures, stage)
        return _params(figures) * (whole + divided / copies_of(figures))
    return figures.at(zero_stage=stage, offload="none").held(*ALL_STATES)


def said_or_real(figures: Figures) -> float:
    """The real count of a model that is named, the round one of a size."""
    return figures.params if "model" in figures.given else figures.need("params_said")


def _params(figures: Figures) -> float:
    """A card's part of them, where ranks and stages divide them."""
    return said_or_real(figures) / ranks_of(figures)


def _stage_sum(figures: Figures, stage: int) -> str:
    """`16 B × 7B ÷ 8 = 13.5 GB`, or the amount alone where other bytes are kept."""
    size = f"{figure(_held(figures, stage) / GB, 3)} GB"
    if figures.knob("method") != "full" or figures.knob("optimizer") != "adamw" or figures.pure:
        return size
    whole, divided = bytes_of_stage(figures, stage)
    count, copies = size_words(_params(figures)), copies_of(figures)
    each = f"({whole:g} + {divided:g}/{copies}) B × {count}" if whole else f"{divided:g} B × {count} ÷ {copies}"
    return f"{each} = {size}"


def _stages_at_work(figures: Figures) -> Words:
    """Whether what was seen on a card is a share or a whole copy; of nothing seen by what it would show."""
    stage = int(figures.knob("zero_stage") or 0)
    if figures.n < 2 or not stage or str(figures.knob("offload")) not in ("None", "none"):
        raise Missing("stage")
    share, whole, seen = _held(figures, stage), _held(figures, 0), _seen(figures)
    sum_, copy, told = _stage_sum(figures, stage), f"{figure(whole / GB, 3)} GB", f"{seen:g} GB"
    fails = figures.base.capacity is not None and whole > figures.base.capacity
    failing, failing_zh = (", and would have run out of memory", ",早就爆显存了") if fails else ("", "")
    if not seen:
        peak = gib_words(figures.base.best)
        return Words(
            f"**A card's memory tells: in force it holds about {peak}, of which the states are {sum_}; not in force it holds a whole copy, {copy} of states alone{failing}.**",
            f"**看每张卡的占用就知道:生效时每卡约 {peak},其中状态 {sum_};没生效则每卡放完整的一份,仅状态就要 {copy}{failing_zh}。**",
        )
    undivided = figures.at(zero_stage=0).best
    if seen * GIB >= _WHOLE * undivided and seen * GB > _FAR * figures.base.best:
        taken = gib_words(undivided)
        return Words(
            f"**It looks as if it is not in force: {told} on a card is about what a whole copy takes, {taken}, {copy} of it states; divided they would be {sum_}.** See that the run is started by its launcher (deepspeed, torchrun, accelerate) with one process per card, that the configuration is passed to it, and that its log names the stage.",
            f"**看起来没有生效:每卡 {told} 约等于放了完整的一份({taken},其中状态 {copy});切分后状态只有 {sum_}。** 检查是否用启动器(deepspeed、torchrun、accelerate)每卡一个进程启动、配置确实传了进去、日志里写明了 stage。",
        )
    if "at_work" not in figures.about and "doubted_height" in figures.about:
        return _too_high(figures, stage, share, seen)
    sure, sure_zh = ("It is", "已经") if whole > seen * GIB else ("Most likely it is", "多半已经")
    return Words(
        f"**{sure} in force: divided over {copies_of(figures)} cards the states take {sum_} on each; not divided each card would hold {copy}{failing}. You see {told}.**{_kept_whole(figures, stage).en}{_beyond(figures, share).en}",
        f"**{sure_zh}生效:切分到 {copies_of(figures)} 张卡后,每卡状态 {sum_};没生效的话每卡要放 {copy}{failing_zh},而您看到的是 {told}。**{_kept_whole(figures, stage).zh}{_beyond(figures, share).zh}",
    )  # fmt: skip


def _too_high(figures: Figures, stage: int, share: float, seen: float) -> Words:
    """Whether what was seen is much, where that is asked: against the sum, and that of the states."""
    peak, high, told = gib_words(figures.base.best), figures.base.bounds[1], f"{seen:g} GB"
    much = seen * GB > high
    head = Words(
        f"Yes, {told} is more than it should be" if much else f"No, {told} is about what it should be",
        f"是偏高,{told} 超出应有的" if much else f"不高,{told} 与应有的相近",
    )
    sum_ = _stage_sum(figures, stage)
    return Words(
        f"**{head.en}: about {peak} per card at batch {figures['batch']} and {figures['seq']} tokens, of which the states are {sum_}.**{_beyond(figures, share).en}",
        f"**{head.zh}:批大小 {figures['batch']}、{figures['seq']} token 时每卡约 {peak},其中状态 {sum_}。**{_beyond(figures, share).zh}",
    )


def _kept_whole(figures: Figures, stage: int) -> Words:
    """What the stage leaves whole on every card, and that the third divides it."""
    if stage == 3 or figures.knob("method") != "full":
        return SILENT
    weights, third = f"{figure(2 * _params(figures) / GB, 3)} GB", _stage_sum(figures, 3)
    left, left_zh = ("weights and gradients", "权重和梯度") if stage == 1 else ("weights", "权重")
    return Words(
        f" ZeRO-{stage} leaves the 16-bit {left} whole on every card (the weights are {weights}); ZeRO-3 divides them too: {third}.",
        f"ZeRO-{stage} 每张卡都保留完整的 16 位{left_zh}(权重 {weights});ZeRO-3 连它也切分:{third}。",
    )


def _whole_weights(figures: Figures) -> Words:
    """Of what a card needs the weights that a stage below the third leaves whole on it."""
    stage = int(figures.knob("zero_stage") or 0)
    if stage not in (1, 2) or figures.n < 2 or figures.knob("method") != "full":
        return SILENT
    weights = f"{figure(2 * _params(figures) / GB, 3)} GB"
    return Words(
        f", {weights} of it 16-bit weights, which ZeRO-{stage} keeps whole on every card (ZeRO-3 divides them)",
        f",其中 16 位权重 {weights},ZeRO-{stage} 在每张卡上都留完整一份(ZeRO-3 才切分)",
    )


def _beyond(figures: Figures, share: float) -> Words:
    """What no stage divides, against what was seen beyond the states."""
    peak, seen = figures.base.best, _seen(figures)
    rest = seen * GB - share
    if rest < 0.05 * seen * GB:
        return SILENT
    kept = parts_beside(figures, STATES)
    shown, total = f"{figure(rest / GB, 3)} GB", gib_words(peak)
    more = SILENT
    if seen * GB > _FAR * peak:
        more = Words(
            ": more than that comes of longer samples, a larger micro-batch or checkpointing that is off",
            ",再多就是样本更长、micro-batch 更大或没开重计算",
        )
    return Words(
        f" The other {shown} are what no stage divides, by the formulas {kept.en}, {total} in all at batch {figures['batch']} and {figures['seq']} tokens{more.en}.",
        f"其余 {shown} 是任何阶段都不切分的,批大小 {figures['batch']}、{figures['seq']} token 时按公式为{kept.zh},共 {total}{more.zh}。",
    )


def _example_elsewhere(figures: Figures) -> Words:
    """A figure that is the states of another size on other cards, as a paper's example is."""
    sizes: list[float] = []
    with suppress(Missing):
        sizes.append(logged(figures, "elsewhere") * GB)
    seen = _amounts(figures, "observed_gb")
    for told in (one for one in _amounts(figures, "claims_gb") if one not in seen):
        for params in (*sizes, _EXAMPLE):
            cards = _cards_of(told, params)
            if cards and cards != figures.n:
                shown = f"{told:g} GB"
                return Words(
                    f" The {shown} are {size_words(params)} × 16 B ÷ {cards} cards, states alone.",
                    f"{shown} 是 {size_words(params)} × 16 字节 ÷ {cards} 张卡,只算状态。",
                )
    return SILENT


def _cards_of(told: float, params: float) -> int:
    """The power of two of cards on which each holds so many GB of states; 0 where there is none."""
    cards = 2
    while cards <= _MOST_CARDS:
        if abs(TRAINED * params / cards / (told * GB) - 1) <= _EXAMPLE_OFF:
            return cards
        cards *= 2
    return 0


def _offload_at_work(figures: Figures) -> Words:
    """Whether what was seen on a card leaves room for what is said to be offloaded."""
    kind = str(figures.knob("offload"))
    if kind not in ("optimizer", "params") or figures.knob("task") != "train":
        raise Missing("offload")
    here, without, seen = figures.base, figures.at(offload="none"), _seen(figures)
    if without.best < _FAR * here.best:
        raise Missing("difference")
    there, other, told = gib_words(here.best), gib_words(without.best), f"{seen:g} GB"
    fails = here.capacity is not None and without.best > here.capacity
    failing, failing_zh = (
        (f", more than the {gib_words(here.capacity or 0)} of the card", f",超过卡上的 {gib_words(here.capacity or 0)}") if fails else ("", "")
    )  # fmt: skip
    if not seen:
        return Words(
            f"**A card's memory tells: with it in force about {there}, without it {other}{failing}.** The machine's RAM rises by what is offloaded.",
            f"**看占用就知道:生效时每卡约 {there},没生效是 {other}{failing_zh}。** 主机内存会相应上涨。",
        )
    if seen * GIB >= _WHOLE * without.best:
        return Words(
            f"**It looks as if it is not in force: {told} on a card is about what it takes without, {other}; with it about {there}.** See in the log that the offload section of the configuration was read, and that the machine's RAM rises.",
            f"**看起来没有生效:每卡 {told} 约等于不 offload 的 {other};生效时约 {there}。** 在日志里确认 offload 配置确实被读到,并看主机内存有没有上涨。",
        )
    kept, lower = _not_moved(figures, kind)
    return Words(
        f"**It is in force: without it each card would need {other}{failing}; with it about {there} at batch {figures['batch']} and {figures['seq']} tokens. You see {told}.** What stays on the card are {kept.en}activations, logits, the layers that are fetched, buffers for what moves, and blocks that the allocator keeps; a smaller micro-batch, {lower.en}a shorter length or a fused loss lowers it.",
        f"**已经生效:不 offload 每卡要 {other}{failing_zh};生效后批大小 {figures['batch']}、{figures['seq']} token 时约 {there},您看到的是 {told}。** 留在卡上的是{kept.zh}激活、logits、取回来计算的层、搬运用的缓冲和分配器留着的块;{lower.zh}减小 micro-batch、缩短长度或用融合损失才能再降。",
    )


def _not_moved(figures: Figures, kind: str) -> tuple[Words, Words]:
    """Where the optimizer alone is offloaded: the weights that stay on each card; and what lowers what was not moved."""
    if kind != "optimizer":
        return SILENT, SILENT
    stays = gib_words(figures.base.terms["weights"])
    further = gib_words(figures.at(offload="params", zero_stage=3).best)
    return (
        Words(
            f"the 16-bit weights ({stays}: only optimizer states and gradients have moved), ",
            f"16 位权重({stays},搬走的只是优化器状态和梯度)、",
        ),
        Words(
            f"gradient checkpointing, ZeRO-3 with offload_param too ({further} here), ",
            f"开激活重计算、改用 ZeRO-3 并加 offload_param(这里约 {further})、",
        ),
    )


# ── a server's share ───────────────────────────────────────────────────────────────────────────────────────────────

_FINE = 100  # steps in which shares are told
_ANOTHER = Words("Another", "可以")


def _beside_it(figures: Figures) -> Words:
    """The share at which another service goes on the card, where one is asked about."""
    if "another_service" not in figures.about:
        return SILENT
    told = _room_beside(figures, Words("So yes, another", "所以可以"))
    return Words(f" {told.en}", told.zh)


def _room_beside(figures: Figures, opens: Words = _ANOTHER) -> Words:
    """The share of the card that leaves another service its room, and what it leaves, in words that open so."""
    rule, low = share_of(figures.given.get("engine")), lowered(figures)
    if low is None:
        return Words(
            "**Another service does not go beside it on this card:** the model needs nearly all of it.",
            "**这张卡上放不下另一个服务:**模型本身就要占掉绝大部分。",
        )
    share, cached, taken, left = low.share, low.cached, gib_words(low.takes), gib_words(low.left)
    place = "each card" if figures.n > 1 else "the card"
    pool, pool_zh = (
        (f" with a cache of about {cached:,.0f} tokens", f"(缓存约 {cached:,.0f} 个 token)") if cached else ("", "")
    )
    return Words(
        f"**{opens.en} service goes on {place}: {rule.setting} {share:g} takes {taken}{pool} and leaves {left} for it**; set a maximum length as well, start one after the other, and where the other is such a server too give it a share of its own, together below 1.",
        f"**{opens.zh}再放一个服务:{rule.setting} 设为 {share:g},占 {taken}{pool_zh},留给它 {left}**;同时设好最大长度,先后启动;另一个若也是这类服务,同样要给它设比例,各服务之和小于 1。",
    )


def _to_reach(figures: Figures) -> Words:
    """The share that comes to the amount which was told as the most, and what it leaves for the cache."""
    try:
        target = logged(figures, "target")
    except Missing:
        return SILENT
    rule, whole = share_of(figures.given.get("engine")), figures.need("capacity_whole")
    aside = figures.base.terms["weights"] if rule.rule == "share-of-rest" else 0.0
    least, shown = gib_words(figures.base.bounds[1]), f"{target:g} GB"
    if target * GIB >= whole or target * GIB < figures.base.bounds[1]:
        return Words(f"**Not under {shown}: the model needs {least}.**", f"**降不到 {shown}:模型本身就要 {least}。**")
    share = floor(_FINE * (target * GIB - aside) / (whole - aside)) / _FINE
    cache = gib_words(aside + share * (whole - aside) - figures.base.best + figures.base.terms.get("kv_cache", 0.0))
    return Words(
        f"**For {shown} set {rule.setting} to {share:g}: that leaves about {cache} for the cache.**",
        f"**要在 {shown} 以内,把 {rule.setting} 设为 {share:g}:缓存还有约 {cache}。**",
    )


# ── two versions of a card ─────────────────────────────────────────────────────────────────────────────────────────


def _memory_version(figures: Figures) -> Words:
    """What the larger of two memories of a card changes for a training: what fits, not the rate of arithmetic."""
    gpu = figures.given.get("gpu")
    meant = kinds_meant(str(gpu)) if gpu else []
    sizes = sorted({card.marketed_gb for card in meant} or _amounts(figures, "claims_gb"))
    if len(sizes) < 2:
        raise Missing("two memories")
    small, large, states = sizes[0], sizes[-1], TRAINED * figures.need("params_said")
    sum_ = f"{size_words(figures.need('params_said'))} × 16 B = {states / GB:,.1f} GB"
    sum_zh = sum_.replace(" B =", " 字节 =")
    if states < _MOST_OF_A_CARD * small * GIB:
        holds, holds_zh = (
            f"go on {small:g} GB already, so {large:g} GB only allow a larger micro-batch, or training without checkpointing",
            f"{small:g} GB 的卡就放得下,{large:g} GB 只是允许更大的 micro-batch,或者不开重计算",
        )
    elif states < _MOST_OF_A_CARD * large * GIB:
        holds, holds_zh = (
            f"go on {large:g} GB whole; on {small:g} GB they must be sharded over the cards (ZeRO, FSDP)",
            f"{large:g} GB 的卡放得下完整的一份,{small:g} GB 的要在各卡之间切分(ZeRO、FSDP)",
        )
    else:
        holds, holds_zh = (
            "must be sharded over the cards either way (ZeRO-3, FSDP); the larger memory allows a larger micro-batch",
            "两种卡都要在各卡之间切分(ZeRO-3、FSDP),显存大的允许更大的 micro-batch",
        )
    return Words(
        f"**The amount of memory changes little about the time: the peak rate of arithmetic is the same. It decides what fits: weights, gradients and Adam, {sum_}, {holds}.**",
        f"**显存大小几乎不影响时间:算力峰值相同。它决定放不放得下:权重、梯度与 Adam 共 {sum_zh},{holds_zh}。**",
    )


def _larger_step(figures: Figures) -> Words:
    """Which larger step would overflow the card by itself; silent where none of the usual would."""
    try:
        likeliest = figures.causes[0].says
    except Missing:
        return SILENT
    return Words(f", such as {likeliest.en}", f",例如{likeliest.zh}")


# of a card's memory what states may take beside activations, logits and buffers
_MOST_OF_A_CARD = 0.75


AT_WORK: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "jump_of_moments": (jump_of_moments, claim_words),
}
AT_WORK_WORDS: dict[str, Callable[[Figures], Words]] = {
    "moments_sum": _moments_sum, "stages_at_work": _stages_at_work, "example_elsewhere": _example_elsewhere, "offload_at_work": _offload_at_work,
    "larger_step": _larger_step, "beside_it": _beside_it, "room_beside": _room_beside, "to_reach": _to_reach, "whole_weights": _whole_weights, "memory_version": _memory_version,
}  # fmt: skip
