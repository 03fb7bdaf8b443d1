"""Which ZeRO stage to take, on each of several numbers of cards: the lowest that fits, by what it sends and what it leaves."""

from collections.abc import Callable

from chat.figures.layouts.overlapped_buckets import AT_ONCE, SMALLER_BUCKET
from chat.figures.layouts.zero_bytes import OF_STAGE, on_each_card
from chat.figures.named import GB, Figures, Missing, both_words, default_of, gib_words, most_of
from chat.phrases import VERDICTS
from chat.words import term
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT
from kb.interval import FITS
from kb.outcome import Outcome

_FEWEST = 2  # stages to choose between


def _to_take(figures: Figures) -> Words:
    """The lowest stage that fits on each number of cards, and what the highest would send for what it saves."""
    stages = sorted({int(one) for one in figures.logged_all("zero_asked")} - {0})
    counts = [int(one) for one in figures.logged_all("count_asked")]
    if len(stages) < _FEWEST or len(counts) < _FEWEST or figures.knob("method") != "full":
        raise Missing("stages")
    told = [_on(figures, stages, count) for count in counts]
    taken = {stage for stage, _ in told}
    stage = taken.pop() if len(taken) == 1 else 0
    weights = both_words(2 * figures.params)
    again = Words("whichever number of cards it is", "卡数不同结论不变") if stage else Words("it depends on the number of cards", "结论随卡数而变")  # fmt: skip
    sent = Words(
        f"ZeRO-1 and ZeRO-2 send what plain data parallel sends, 2 × {weights} for an optimizer step; ZeRO-3 gathers the weights forwards and backwards, 3 × {weights}, half as much again, and for every micro-step of an accumulation.",
        f"ZeRO-1、ZeRO-2 的通信量与普通数据并行相同,每个优化器步 2 × {weights};ZeRO-3 前向、反向各聚合一次权重,是 3 × {weights},多一半,而且梯度累积的每个微步都要传。",
    )
    if not stage and all(not one for one, _ in told):
        return Words(
            f"**None of these stages fits: {'; '.join(one.en for _, one in told)}.** {sent.en}",
            f"**这些阶段都放不下\uff1a{';'.join(one.zh for _, one in told)}。** {sent.zh}",
        )
    name, name_zh = (f"ZeRO-{stage}", f"ZeRO-{stage}") if stage else ("the lowest stage that fits", "放得下的最低阶段")  # fmt: skip
    return Words(
        f"**Take {name}: {'; '.join(one.en for _, one in told)}; {again.en}.** {sent.en}",
        f"**选 {name_zh}\uff1a{';'.join(one.zh for _, one in told)};{again.zh}。** {sent.zh}",
    )


def _on(figures: Figures, stages: list[int], count: int) -> tuple[int, Words]:
    """On so many cards the lowest stage that fits (0 where none does), with the states and the whole need of each."""
    there: dict[int, Outcome] = {one: figures.at(n_gpus=count, zero_stage=one) for one in stages}
    fitting = [one for one, where in there.items() if where.verdict == "yes" or where.leaning in FITS]
    states = {one: figures.params * on_each_card(one, count) for one in stages}
    each = ", ".join(f"ZeRO-{one} {gib_words(states[one])} of states ({gib_words(there[one].best)} in all)" for one in stages)  # fmt: skip
    each_zh = "、".join(
        f"ZeRO-{one} 状态 {gib_words(states[one])}(合计 {gib_words(there[one].best)})" for one in stages
    )
    room = there[stages[0]].capacity
    has, has_zh = (f" of {gib_words(room)}", f",可用 {gib_words(room)}") if room else ("", "")
    return (min(fitting) if fitting else 0), Words(
        f"on {count} cards {each}{has}", f"{count} 张卡每卡 {each_zh}{has_zh}"
    )


_DIVIDED = ("weights", "gradients", "optimizer")
_FELT = 0.02  # of the whole
_WITH_BUCKETS = 2  # the stage that reduces gradients through them


def _alike(figures: Figures) -> Words:
    """Two stages that are said to take the same: what they should differ by, and what hides it."""
    stages = sorted({int(one) for one in figures.logged_all("compared_stage")})
    if len(stages) != _FEWEST or figures.n < _FEWEST:
        raise Missing("stages")
    low, high = (figures.at(zero_stage=one) for one in stages)
    most = {name: (most_of(low, name), most_of(high, name)) for name in (*_DIVIDED, "buffers")}
    less = {name: pair for name, pair in most.items() if pair[0] - pair[1] > _FELT * low.best}
    more = most["buffers"][1] - most["buffers"][0]
    pair = f"{gib_words(low.best)} → {gib_words(high.best)}"
    en = ", ".join(f"{term(name, 'en')} {gib_words(was)} → {gib_words(now)}" for name, (was, now) in less.items())
    zh = "、".join(f"{term(name, 'zh')} {gib_words(was)} → {gib_words(now)}" for name, (was, now) in less.items())
    gathers = (f"; gathered layers and buckets take {gib_words(more)} more", f";聚合的层和桶多占 {gib_words(more)}") if more > _FELT * low.best else ("", "")  # fmt: skip
    kept = gib_words(most_of(high, "activations") + most_of(high, "logits"))
    live, live_zh, bytes_, bytes_zh = "", "", "", ""
    if stages[-1] == 3:
        live = " ZeRO-3 keeps up to stage3_max_live_parameters gathered (1e9 by default, 2 GB in 16 bit) and prefetches on top: lower both."
        live_zh = (
            "ZeRO-3 会保留最多 stage3_max_live_parameters 个已聚合的参数(默认 1e9,16 位即 2 GB),还有预取桶,可以都调小。"
        )
    if stages[-1] == 3 and figures.knob("method") == "qlora":
        bytes_ = " A 4-bit base that is stored as bytes is not divided at all (bnb_4bit_quant_storage)."
        bytes_zh = "按字节存储的 4 位基座根本不切分(见 bnb_4bit_quant_storage)。"
    if less and abs(high.best - low.best) <= _FELT * low.best:
        return _peak_alike(figures, stages, (low, high), Words(en, zh), kept)
    buckets = _buckets(figures, stages)
    return Words(
        f"**They should differ: ZeRO-{stages[0]} → ZeRO-{stages[-1]} is {pair} per card ({en or 'next to nothing here'}{gathers[0]}).** Where the meter shows the same: nvidia-smi counts what PyTorch keeps reserved (compare torch.cuda.max_memory_allocated); activations and logits, {kept} at most, are divided by neither; or the stage is not at work, which DeepSpeed's log tells at the start.{buckets.en}{live}{bytes_}",
        f"**本应有差别:ZeRO-{stages[0]} → ZeRO-{stages[-1]} 每卡 {pair}({zh or '这里几乎没有可切分的'}{gathers[1]})。** 看到一样的原因:nvidia-smi 包含 PyTorch 保留的块(应比较 torch.cuda.max_memory_allocated);激活和 logits 最多 {kept},两者都不切分;或者这一阶段没有生效,看 DeepSpeed 启动日志。{buckets.zh}{live_zh}{bytes_zh}",
    )


def _peak_alike(figures: Figures, stages: list[int], both: tuple[Outcome, Outcome], divided: Words, kept: str) -> Words:
    """Two stages that do take the same: what is divided is not there at the peak, and what is there nobody divides."""
    low, high = both
    names = [f"ZeRO-{one}" for one in stages]
    logits = most_of(high, "logits")
    vocabulary = Words("", "")
    if logits and logits > most_of(high, "activations"):
        size = f"{int(figures.fact('vocab_size')):,}"
        vocabulary = Words(
            f", logits and loss above all ({gib_words(logits)} with a vocabulary of {size})",
            f",其中主要是 logits 与损失(词表 {size},{gib_words(logits)})",
        )
    buckets = _buckets(figures, stages)
    return Words(
        f"**They are divided, and yet both peak alike, {names[0]} at {gib_words(low.best)} and {names[1]} at {gib_words(high.best)} per card: {divided.en}, but at the moment of the peak these are not there; what is, activations and logits, up to {kept}{vocabulary.en}, no stage divides.** What lowers that peak is a fused loss, a smaller micro-batch or shorter samples.{buckets.en}",
        f"**确实切了,但两者峰值一样,每卡 {names[0]} {gib_words(low.best)}、{names[1]} {gib_words(high.best)}:{divided.zh},可峰值那一刻它们并不在;在的是激活和 logits,最多 {kept}{vocabulary.zh},哪个阶段都不切分。** 要降这个峰值,用融合损失、更小的 micro-batch 或更短的样本。{buckets.zh}",
    )


def _buckets(figures: Figures, stages: list[int]) -> Words:
    """That buckets take what the stage saves, where they are much beside the gradients of a small model."""
    size = default_of("DeepSpeed", "reduce_bucket_size", "train")
    at_once = 2 * AT_ONCE * size  # elements of both buckets
    if stages[-1] != _WITH_BUCKETS or figures.knob("method") != "full" or at_once < figures.params:
        return SILENT
    each, both, whole = f"{WEIGHT * size / GB:.1f} GB", f"{WEIGHT * at_once / GB:.1f} GB", both_words(WEIGHT * figures.params)  # fmt: skip
    return Words(
        f" There are buckets, too, which no stage divides: reduce_bucket_size and allgather_bucket_size are {size:,.0f} elements each by default, {each} in 16 bit, and with overlap_comm {AT_ONCE:g} times that, {both} for both, where all gradients are {whole}: with a model so small they can take what the stage saves, or more. Lower both, to {SMALLER_BUCKET:,.0f} say.",
        f"此外还有通信桶,任何阶段都不切分:reduce_bucket_size 和 allgather_bucket_size 默认各 {size:,.0f} 个元素,16 位时每个 {each},开 overlap_comm 再乘 {AT_ONCE:g},两个共 {both},而全部梯度才 {whole}:模型这么小,省下的可能都被桶吃掉,甚至更高。两个都调小,例如 {SMALLER_BUCKET:,.0f}。",
    )


_IN_A_MACHINE = 8  # cards


def _hybrid_sharded(figures: Figures) -> Words:
    """What hybrid sharding leaves on a card beside full sharding, over several machines of eight cards."""
    inside = _in_a_machine(figures) or _IN_A_MACHINE
    if not figures.names_model or figures.knob("method") != "full" or figures.n <= inside:
        return SILENT
    hybrid, whole = (both_words(figures.params * on_each_card(3, count)) for count in (inside, figures.n))
    return Words(
        f": {hybrid} by {inside}, {whole} by all {figures.n}",
        f":按 {inside} 张切是 {hybrid},按全部 {figures.n} 张切是 {whole}",
    )


def _same_shares(figures: Figures) -> Words:
    """What FSDP's full sharding and ZeRO-3 leave on each card alike, and what stands beside it in the two runs that were seen."""
    if not figures.names_model or figures.knob("method") not in (None, "full") or figures.n < _FEWEST or figures.pure:
        return SILENT
    share, count = figures.params * on_each_card(_ALL, figures.n), size_words(figures.params)
    sum_ = f"16 B × {count} ÷ {figures.n} = {both_words(share)}"
    seen = list(dict.fromkeys(float(one) for one in figures.told.get("observed_gb", ())))
    beside, beside_zh = "", ""
    if len(seen) == _READINGS and min(seen) * GB > share:
        left = [f"{one - share / GB:.3g} GB" for one in seen]
        beside = f"; of your {seen[0]:g} and {seen[1]:g} GB that leaves {left[0]} and {left[1]} beside the states"
        beside_zh = f";您看到的 {seen[0]:g} 和 {seen[1]:g} GB 里,状态以外是 {left[0]} 和 {left[1]}"
    return Words(
        f", here {sum_} of states on each of {figures.n} cards{beside}",
        f",这里 {figures.n} 张卡每张的状态都是 {sum_.replace(' B ', ' 字节 ', 1)}{beside_zh}",
    )


def _kept_by_the_second(figures: Figures) -> Words:
    """The weights that stay whole where gradients and states alone are divided."""
    if not figures.names_model or figures.n < _FEWEST:
        return SILENT
    return Words(f" and keeps {figures['w16']} of weights whole", f",权重 {figures['w16']} 每张卡都是完整的")


_READINGS = 2


def _in_a_machine(figures: Figures) -> int:
    """The cards of each of several machines; 0 where these are not told."""
    return int(next(iter(figures.logged_all("in_machine")), 0))


_GRADIENTS_ONLY, _ALL = 2, 3  # what SHARD_GRAD_OP and FULL_SHARD divide, as a stage


def _strategies_apart(figures: Figures) -> Words:
    """What SHARD_GRAD_OP takes on each card beyond FULL_SHARD: the weights that stay whole."""
    if figures.n < _FEWEST or figures.knob("method") != "full" or figures.knob("optimizer") != "adamw" or figures.pure:
        return SILENT
    kept, divided = (figures.params * on_each_card(one, figures.n) for one in (_GRADIENTS_ONLY, _ALL))
    size, n = size_words(figures.params), figures.n
    whole, each = OF_STAGE[_GRADIENTS_ONLY]
    sums = f"({whole:g} + {each:g}/{n}) B × {size} = {both_words(kept)}", f"{sum(OF_STAGE[_ALL]):g}/{n} B × {size} = {both_words(divided)}"  # fmt: skip
    more = both_words(kept - divided)
    if 1 < (inside := _in_a_machine(figures)) < n:
        hybrid = (
            f"{sum(OF_STAGE[_ALL]):g}/{inside} B × {size} = {both_words(figures.params * on_each_card(_ALL, inside))}"
        )
        wholes = {"FULL_SHARD": {"zero_stage": _ALL}, "SHARD_GRAD_OP": {"zero_stage": _GRADIENTS_ONLY}, "HYBRID_SHARD": {"zero_stage": _ALL, "shard_size": inside}}  # fmt: skip
        needs = [gib_words(figures.at(**one).best) for one in wholes.values()]
        held = _held_by(figures, wholes)
        whole_need = Words(
            held.en.strip() or f"The whole need per card, in this order: {', '.join(needs)}.",
            held.zh or f"每卡总需求依次是 {'、'.join(needs)}。",
        )
        take = _choice(figures, wholes)
        return Words(
            f"{take.en}**Of weights, gradients and optimizer states each of {n} cards holds: FULL_SHARD, divided by all {n}, {sums[1]}; SHARD_GRAD_OP, the weights whole, {sums[0]}; HYBRID_SHARD, divided by the {inside} of a machine, {hybrid}.** {whole_need.en} ",
            f"{take.zh}**{n} 张卡时每卡的权重、梯度和优化器状态:FULL_SHARD 按全部 {n} 张切分,{sums[1]};SHARD_GRAD_OP 权重保持完整,{sums[0]};HYBRID_SHARD 只按单机 {inside} 张切分,{hybrid}。** {whole_need.zh}",
        )
    take = _choice(figures, {"FULL_SHARD": {"zero_stage": _ALL}, "SHARD_GRAD_OP": {"zero_stage": _GRADIENTS_ONLY}})
    return Words(
        f"{take.en}**SHARD_GRAD_OP takes {more} more on each of {n} cards than FULL_SHARD, as the weights stay whole: states of {sums[0]} against {sums[1]}.** ",
        f"{take.zh}**{n} 张卡时,SHARD_GRAD_OP 每卡比 FULL_SHARD 多 {more},因为权重保持完整:状态 {sums[0]},对 {sums[1]}。** ",
    )


# what each is taken for where it fits
_TAKEN_FOR = {
    "HYBRID_SHARD": Words(
        "where the network between the machines is slow take HYBRID_SHARD", "机间网络慢就选 HYBRID_SHARD"
    ),
    "SHARD_GRAD_OP": Words(
        "for one gather of the weights less in each micro-batch take SHARD_GRAD_OP",
        "想让每个微批少聚合一次权重就选 SHARD_GRAD_OP",
    ),
}


def _choice(figures: Figures, cases: dict[str, dict[str, int]]) -> Words:
    """Which of the strategies to take, where that is asked of one card: the one that leaves most, and each other that fits."""
    asked = figures.about & {"which_method", "fits"}
    if not asked or figures.base.capacity is None or len(figures.told.get("gpus", ())) > 1:
        return SILENT
    found = {name: figures.at(**how) for name, how in cases.items()}
    held = [name for name, one in found.items() if (one.leaning or one.verdict) in ("yes", "likely")]
    if "FULL_SHARD" not in held:
        return SILENT
    others = [_TAKEN_FOR[name] for name in reversed(held) if name in _TAKEN_FOR]
    if not others:
        return Words("**Take FULL_SHARD: it alone fits.** ", "**选 FULL_SHARD:只有它放得下。** ")
    return Words(
        f"**FULL_SHARD leaves most memory; {', '.join(one.en for one in others)}: {'it fits' if len(others) == 1 else 'both fit'} as well.** ",
        f"**最省显存选 FULL_SHARD;{','.join(one.zh for one in others)}({'也' if len(others) == 1 else '都'}放得下)。** ",
    )


def _of_strategies(figures: Figures) -> Words:
    """The states of a whole training on each card by the strategies of FSDP, over several machines the hybrid one too."""
    if not figures.names_model or figures.n < _FEWEST or figures.knob("method") != "full" or figures.pure:
        return SILENT
    n, size, everything = figures.n, size_words(figures.params), f"{sum(OF_STAGE[_ALL]):g}"
    whole, each = OF_STAGE[_GRADIENTS_ONLY]
    full, gradients = (both_words(figures.params * on_each_card(one, n)) for one in (_ALL, _GRADIENTS_ONLY))
    told = [f"FULL_SHARD {everything}/{n} B, {full}", f"SHARD_GRAD_OP {whole:g} + {each:g}/{n} B, {gradients}"]
    cases: dict[str, dict[str, int]] = {"FULL_SHARD": {"zero_stage": _ALL}, "SHARD_GRAD_OP": {"zero_stage": _GRADIENTS_ONLY}}  # fmt: skip
    if n > (inside := _in_a_machine(figures) or _IN_A_MACHINE):
        hybrid = both_words(figures.params * on_each_card(_ALL, inside))
        told.append(f"HYBRID_SHARD {everything}/{inside} B, {hybrid}")
        cases["HYBRID_SHARD"] = {"zero_stage": _ALL, "shard_size": inside}
    fit = _held_by(figures, cases)
    return Words(
        f" Weights, gradients and Adam of {size} on each of {n} cards: {'; '.join(told)}.{fit.en}",
        f"{size} 的权重、梯度与 Adam 在 {n} 张卡上每卡:{';'.join(told).replace(' B,', ' 字节,')}。{fit.zh}",
    )


def _held_by(figures: Figures, cases: dict[str, dict[str, int]]) -> Words:
    """Which of the strategies the cards hold, with all that a card needs; nothing where no card, or several, are named."""
    card = figures.base.capacity
    if card is None or len(figures.told.get("gpus", ())) > 1:
        return SILENT
    found = [(name, figures.at(**how)) for name, how in cases.items()]
    said = [(f"{name} {gib_words(one.best)}", VERDICTS[one.leaning or one.verdict or "no"]) for name, one in found]
    needs = ", ".join(f"{need} ({verdict[0]})" for need, verdict in said)
    needs_zh = "、".join(f"{need}({verdict[1]})" for need, verdict in said)
    return Words(
        f" With activations and buffers, of a card's {gib_words(card)}: {needs}.",
        f"每卡可用 {gib_words(card)},加上激活和缓冲各为{needs_zh}。",
    )


STAGES_ASKED: dict[str, Callable[[Figures], Words]] = {
    "stage_to_take": _to_take,
    "stages_alike": _alike,
    "hybrid_sharded": _hybrid_sharded,
    "same_shares": _same_shares,
    "kept_by_the_second": _kept_by_the_second,
    "strategies_apart": _strategies_apart,
    "of_strategies": _of_strategies,
}
