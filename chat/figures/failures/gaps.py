"""What stands beside a part of a need at its peak: each part with its amount, added up and held against what was seen."""

from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from typing import Any

from chat.figures.failures.seen_less import seen_less
from chat.figures.layouts.zero_bytes import OF_STAGE, on_each_card
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, how_far
from chat.figures.sums.identified import sums
from chat.figures.sums.quoted import claim_words, sixteen_claimed
from chat.figures.training.length_that_takes import length_that_takes
from chat.words import term
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.offers import accumulated
from kb.programs import serves
from kb.stated import ASKED
from kb.worked import STATES

# the terms that 16 B per parameter count; what an adapter takes beside the base
_ADAPTERS = ("adapter", "gradients", "optimizer")
# of a need, what is worth a word; how near what was seen is, that the sum explains; and by how much it must exceed the part
_WORTH, _NEAR, _BEYOND = 0.005, 0.1, 1.08
EXACTLY = 0.05  # what is further off is only about the amount
_WORTH_A_CHANGE = 0.97


def parts_beside(figures: Figures, kept: Iterable[str], worked: Collection[str] = ("logits",)) -> Words:
    """The other terms of the fullest moment, the largest first, with the products of those named."""
    base, products = figures.base, {one["name"]: one for one in figures.base.terms_json()}
    rest = {name: size for name, size in base.terms.items() if name not in kept and size > _WORTH * base.best}
    en, zh = [], []
    for name, size in sorted(rest.items(), key=lambda one: -one[1]):
        of = products.get(name, {}) if name in worked else {}
        en.append(f"{term(name, 'en')} {gib_words(size)}" + (f" ({of['says']})" if of.get("says") else ""))
        zh.append(f"{term(name, 'zh')} {gib_words(size)}" + (f"({of['zh']})" if of.get("zh") else ""))
    return Words(", ".join(en), "、".join(zh))


def against_seen(figures: Figures, seen: float) -> Words:
    """Whether the sum is the amount [GB] that was seen; else what the rest of it may be."""
    base, best = figures.base, figures.base.best
    off = min((seen * unit / best - 1 for unit in (GB, GIB)), key=abs)
    if abs(off) <= _NEAR:
        about, close = ("about ", "接近") if abs(off) > EXACTLY else ("", "正是")
        return Words(f", {about}the {seen:g} GB that you see", f",{close}您看到的 {seen:g} GB")
    binary = seen in map(float, figures.told.get("claims_gib", ()))
    rest = gib_words(abs(seen * GIB - best)) if binary else f"{abs(seen - best / GB):.3g} GB"
    if figures.knob("task") != "train":
        if off < 0:
            return Words(
                f"; your {seen:g} GB are {rest} less: a shorter context or fewer sequences than counted",
                f";您的 {seen:g} GB 比这少 {rest}:上下文更短,或并发更少",
            )
        return Words(
            f"; the other {rest} of the {seen:g} GB are what an engine adds to that: activations and buffers of prefill chunks larger than counted here (fewer tokens of a chunk, less of them), graphs, a pool for the cache and the margin of its share of the cards; where it was measured, perhaps another program too",
            f";{seen:g} GB 里另外 {rest} 是引擎在此之外的:比这里更大的预填充分块的激活与缓冲(分块调小就少)、CUDA graph、缓存池,以及显存利用率留的余量;若是实测,也可能有别的程序",
        )
    if off < 0 and (engine := _engine_as_weights(figures, seen)).en:
        return engine
    if seen * GIB < base.held(*STATES) or seen == float(figures.told.get("tried_gib") or 0):
        return SILENT  # no run holds less than its states, and what was asked for at once is a part of one
    if off < 0:
        return seen_less(figures, seen)
    return _what_takes_more(
        figures, seen * (GIB if binary else GB), f"{rest} of your {seen:g} GB", f"您看到的 {seen:g} GB 里其余 {rest}"
    )


def _what_takes_more(figures: Figures, size: float, rest: str, rest_zh: str) -> Words:
    """What nobody told and would take so many bytes: tokens of a step, no checkpointing, blocks that PyTorch keeps."""
    found: list[Words] = []
    here = Words("told", "您说的是") if "seq_len" in figures.given else Words("here", "这里按")
    with suppress(Missing, BadInput):
        tokens = length_that_takes(figures, size)
        found.append(
            Words(
                f"samples of about {tokens:,} tokens ({here.en} {int(figures.knob('seq_len')):,}) would take it",
                f"样本约 {tokens:,} token 时就到这个数({here.zh} {int(figures.knob('seq_len')):,})",
            )
        )
    if figures.knob("gradient_checkpointing") == "on" and "gradient_checkpointing" not in figures.given:
        without = gib_words(figures.at(gradient_checkpointing="off").best)
        found.append(Words(f"without gradient checkpointing it is {without}", f"不开重计算是 {without}"))
    if figures.knob("meter") != "allocated":  # which counts no block that is only kept
        found.append(
            Words(
                "nvidia-smi also counts blocks that PyTorch keeps reserved (compare max_memory_allocated)",
                "nvidia-smi 还计入 PyTorch 保留的块(对比 max_memory_allocated)",
            )
        )
    if not found:
        found.append(Words("longer samples or other settings", "更长的样本或别的设置"))
    return Words(
        f"; the other {rest} come from what was not told: {'; '.join(one.en for one in found)}",
        f";{rest_zh} 来自没有说明的设置:{';'.join(one.zh for one in found)}",
    )


# shares of a card that a rollout engine is given, and how near a sum is that takes its weights for all of it
_SHARES, _SUMMED = (0.5, 0.45, 0.4, 0.35, 0.3), 0.15


def _engine_as_weights(figures: Figures, seen: float) -> Words:
    """That a sum takes a rollout engine for one copy of the weights, and what it takes; nothing where that is not the gap."""
    engine, copy = figures.base.terms.get("rollout_engine", 0.0), 2 * figures.params
    counted = figures.base.best - engine + copy
    if engine <= copy or how_far(seen, counted) > _SUMMED:
        return SILENT
    given = float(figures.knob("gpu_memory_utilization") or 1)
    fits = ((share, figures.at(gpu_memory_utilization=share)) for share in _SHARES if share < given)
    lower = next(((share, there.best) for share, there in fits if there.verdict == "yes"), None)
    less = SILENT
    if lower is not None:
        less = Words(
            f"; at a share of {lower[0]:g} it is {gib_words(lower[1])} in all, and tensor parallel for the rollout divides its weights, so that the smaller share still holds a cache",
            f";份额降到 {lower[0]:g} 总共 {gib_words(lower[1])},同时给 rollout 开张量并行,把这份权重切开,小份额里才有地方放缓存",
        )
    return Words(
        f"; your {seen:g} GB count the rollout engine as one copy of the weights, {both_words(copy)}, but it takes its whole share of the card, {gib_words(engine)} of weights and cache{less.en}",
        f";您的 {seen:g} GB 把 rollout 引擎只算成一份权重 {both_words(copy)},而它占的是整个份额 {gib_words(engine)}(权重加缓存){less.zh}",
    )


def _told(figures: Figures, *names: str) -> float:
    """The most that is told; of several sizes with an amount for each, in the order of both, that of the case, the first."""
    amounts = [float(one) for name in names for one in figures.told.get(name, ())]
    return amounts[0] if 1 < len(figures.told.get("sizes", ())) == len(amounts) else max(amounts, default=0.0)


def _seen(figures: Figures) -> float:
    """The most that is told of a run [GB]; what is 16 B for each parameter is a rule's sum, which nobody saw."""
    by_rule = {one.claim for one in sums(figures, TRAINED)}
    by_rule |= {one for one in map(float, figures.told.get("claims_gb", ())) if _is_rule(figures, one)}
    told = (float(one) for name in ("observed_gb", "claims_gb", "monitor_gib") for one in figures.told.get(name, ()))
    return max((one for one in told if one not in by_rule), default=0.0)


def _is_rule(figures: Figures, amount: float) -> bool:
    """Is it what 16 B for each parameter come to, where that is named as a rule and nothing was seen of the run?"""
    named = "sixteen_bytes" in figures.about and not figures.told.get("observed_gb")
    return named and how_far(amount, TRAINED * figures.params) <= _NEAR


def _beside_states(figures: Figures) -> Words:
    """Where more was seen than the states: what stands beside them, added up and held against what was seen."""
    base, states = figures.base, figures.base.held(*STATES)
    most = _seen(figures)
    failed = not most and "oom_diagnosis" in figures.about  # the rule would fit, and the run does not
    if (not failed and most * GB < _BEYOND * states) or base.best < _BEYOND * states or figures.n > 1:
        return _seen_in_gib(figures, TRAINED * figures.params)
    rest, left, whole = parts_beside(figures, STATES), both_words(base.best - states), both_words(base.best)
    match, less = SILENT if failed else against_seen(figures, most), SILENT
    with suppress(Missing):
        less = _why_less(figures)
    return Words(
        f" **What comes beside them at the peak: {rest.en}, together {left}: {whole} in all{match.en}.**" + (f" What takes less: {less.en}." if less.en else ""),
        f"**峰值时其余的是:{rest.zh},合计 {left};总共 {whole}{match.zh}。**" + (f"更省的办法:{less.zh}。" if less.zh else ""),
    )  # fmt: skip


def _seen_in_gib(figures: Figures, whole: float) -> Words:
    """Where a meter showed less than a sum in GB, what it is to be held against; silent where both are far apart all the same."""
    seen = _told(figures, "observed_gb", "monitor_gib")
    if figures.n > 1 or not seen * GB < (1 - _WORTH) * whole or abs(seen * GIB / whole - 1) > _NEAR:
        return SILENT
    shown = f"{seen:g}"
    return Words(
        f" **nvidia-smi and PyTorch count in GiB, whatever unit they write: the {shown} that you see is to be held against {whole / GIB:.1f}, not against {whole / GB:.1f}.**",
        f"**nvidia-smi 和 PyTorch 不管写什么单位都按 GiB 计:您看到的 {shown} 应和 {whole / GIB:.1f} 比,而不是和 {whole / GB:.1f} 比。**",
    )


def _weights_in_gib(figures: Figures) -> Words:
    return _seen_in_gib(figures, 2 * figures.params)


def _beside_base(figures: Figures) -> Words:
    """What stands beside the frozen base of adapters, added up and held against what was seen."""
    base, weights = figures.base, figures.base.terms.get("weights", 0.0)
    if not weights or base.best < _BEYOND * weights:
        raise Missing("parts beside the base")
    own = base.held(*_ADAPTERS)
    rest = parts_beside(figures, ("weights", *_ADAPTERS))
    left, whole = both_words(base.best - weights), both_words(base.best)
    most = _told(figures, "observed_gb", "monitor_gib")
    match = against_seen(figures, most) if most * GB > weights else SILENT
    return Words(
        f"{rest.en}, the adapters with their states {gib_words(own)}: together {left}, {whole} in all{match.en}",
        f"{rest.zh}、适配器及其状态 {gib_words(own)},合计 {left};总共 {whole}{match.zh}",
    )


_A_SHARE = 0.8  # of a card
PRODUCTS = ("logits", "kv_cache", "optimizer", "gradients")


def _beside_weights(figures: Figures) -> Words:
    """What stands beside the weights of a model that runs or is trained whole, added up and held against what was told."""
    base, weights = figures.base, figures.base.terms.get("weights", 0.0)
    if not weights or base.best < _BEYOND * weights or figures.n > 1:
        raise Missing("parts beside the weights")
    most = _told(figures, "observed_gb", "claims_gb", "monitor_gib")
    if serves(figures.given.get("engine")) and base.capacity and most * GB > _A_SHARE * base.capacity:
        raise Missing("parts beside the weights")  # a server's share of its card
    if "just_loaded" in figures.about:
        return _just_loaded(figures, weights, most)
    rest = parts_beside(figures, ("weights",), PRODUCTS)
    left, whole, own = both_words(base.best - weights), both_words(base.best), both_words(weights)
    match = against_seen(figures, most) if most * GB > weights else SILENT
    freed = freed_before(figures)
    return Words(
        f"**Beside the weights, {own}, there are {rest.en}: together {left}, {whole} in all{match.en}.**{freed.en}",
        f"**权重 {own} 之外还有:{rest.zh},合计 {left};总共 {whole}{match.zh}。**{freed.zh}",
    )


def freed_before(figures: Figures) -> Words:
    """What stood beside the states until their step; nothing where activations are part of the peak."""
    before = figures.base.before_json()
    if not before:
        return SILENT
    kept = gib_words(GIB * float(before["kept_gib"]))
    whole = Words(" which no number of cards divides,", ",不随卡数切分") if figures.n > 1 else SILENT
    return Words(
        f" Activations and logits, {kept} at the fullest step before,{whole.en} are freed by the optimizer's step, but the allocator may keep their blocks.",
        f"激活与 logits(此前最多 {kept}{whole.zh})在优化器更新时已释放,但分配器可能仍保留这些块。",
    )


def _beside_few_bits(figures: Figures) -> Words:
    """What stands on the card beside weights in few bits, held against the smallest amount that was seen above them."""
    base, weights = figures.base, figures.base.terms.get("weights", 0.0)
    seen = [
        one
        for name in ("observed_gb", "claims_gb")
        for one in map(float, figures.told.get(name, ()))
        if one * GB > weights
    ]
    if not weights or not seen or figures.n > 1:
        raise Missing("parts beside the weights")
    rest = parts_beside(figures, ("weights",), ("kv_cache",))
    of_others = "comparison" in figures.about and len(seen) > 1  # several models, each with its own amount
    match = SILENT if of_others else against_seen(figures, min(seen))
    return Words(
        f"**Nor do the bits of weights change what else is on the card: {rest.en}; {both_words(base.best)} in all{match.en}.**",
        f"**权重的位数也不影响卡上其余的:{rest.zh};总共 {both_words(base.best)}{match.zh}。**",
    )


def _just_loaded(figures: Figures, weights: float, seen: float) -> Words:
    """Before the first step there is nothing beside the weights but the context, and what loading left reserved."""
    runtime = figures.base.terms.get("runtime", 0.0)
    more = seen * GB - weights - runtime
    rest = SILENT
    if more > _WORTH * weights:
        rest = Words(
            f" The other {both_words(more)} of the {seen:g} GB that you see are blocks that loading used and PyTorch keeps reserved: torch.cuda.empty_cache() gives them back.",
            f"您看到的 {seen:g} GB 里另外 {both_words(more)} 是加载时用过、PyTorch 仍保留的块,torch.cuda.empty_cache() 可以归还。",
        )
    return Words(
        f"**Right after loading there are the weights, {both_words(weights)}, and the CUDA context, about {gib_words(runtime)}: {both_words(weights + runtime)}.**{rest.en} The cache and activations come with the first prompt or batch.",
        f"**刚加载完只有权重 {both_words(weights)} 和 CUDA 上下文(约 {gib_words(runtime)}),共 {both_words(weights + runtime)}。**{rest.zh}缓存和激活要到第一次输入时才有。",
    )


def _why_less(figures: Figures) -> Words:
    """What takes less, the cheapest first, each with the need that is left."""
    plain: dict[str, Any] = {"bits": 4, "weight_format": None, "precision": None}
    tried: list[tuple[Words, dict[str, Any]]] = [(Words("Liger's fused loss", "融合损失 Liger"), {"loss": "fused"})]
    if int(figures.knob("batch_size") or 1) > 1:
        each_alone = accumulated(figures.base, 1).facts
        tried.append((Words("micro-batch 1 with accumulation", "micro-batch 设为 1 加梯度累积"), each_alone))
    half = int(figures.knob("seq_len")) // 2
    tried.append((Words(f"samples of {half:,} tokens", f"样本截断到 {half:,} token"), {"seq_len": half}))
    if figures.knob("method") == "lora":
        narrow = {**plain, "method": "qlora"}
        base = gib_words(figures.at(**narrow).terms.get("weights", 0.0))
        tried.append((Words(f"QLoRA, whose 4-bit base is {base}", f"QLoRA(4 位基座 {base})"), narrow))
    found = [(words, figures.at(**how).best) for words, how in tried]
    kept = [(words, gib_words(size)) for words, size in found if size < _WORTH_A_CHANGE * figures.base.best]
    if not kept:
        raise Missing("less")
    told = figures.base.situation.knobs["gradient_checkpointing"]
    off = (
        gib_words(figures.at(gradient_checkpointing="off").best) if told.value == "on" and told.origin != ASKED else ""
    )
    checked = (
        Words(f"; gradient checkpointing, counted as on here (off: {off})", f";重计算(这里按已开计,没开是 {off})")
        if off
        else SILENT
    )
    return Words(
        "; ".join(f"{words.en}: {size} in all" for words, size in kept) + checked.en,
        ";".join(f"{words.zh},共 {size}" for words, size in kept) + checked.zh,
    )


def _share_of_states(figures: Figures) -> Words:
    """A figure that is a card's share of the states: right for those alone, and what stands beside them on each card."""
    stage, base = int(figures.knob("zero_stage")), figures.base
    whole, divided = OF_STAGE[stage]
    claim = figures[f"claim_zero{stage}"]
    each = f"({whole} + {divided} ÷ {figures.n})" if whole else f"{divided} ÷ {figures.n}"
    params = figures.amount("params_said") or figures.params
    share = both_words(on_each_card(stage, figures.n) * params)
    rest = parts_beside(figures, STATES, ("logits",))
    seen = [float(one) for one in figures.told.get("observed_gb", ()) if f"{float(one):g} GB" != claim]
    match = against_seen(figures, max(seen)) if seen else SILENT
    more, more_zh = (", and more while gradients are whole", ",梯度未切分时更多") if stage == 2 else ("", "")
    product, before = f"{size_words(params)} × {each}", freed_before(figures)
    return Words(
        f"**{claim} is right for the states alone: {product} B = {share} on each card. On top come {rest.en}: {gib_words(base.best)} per card{more}{match.en}.**{before.en}",
        f"**{claim} 对,但只是模型状态:{product} 字节 = 每卡 {share}。此外每张卡还有{rest.zh}:每卡共 {gib_words(base.best)}{more_zh}{match.zh}。**{before.zh}",
    )


def _claim_and_seen(figures: Figures) -> Words:
    """A figure that is the 16-bit weights, and the larger one that was seen: what stands on the card beside them."""
    claim, best = sixteen_claimed(figures), figures.base.best
    seen = {float(one) for one in figures.told.get("observed_gb", ())} - {claim / GB, claim / GIB}
    if len(seen) != 1 or not claim < best or how_far(max(seen), best) > _NEAR or figures.n > 1:
        raise Missing("what was seen")
    rest, match = parts_beside(figures, ("weights",), ("kv_cache",)), against_seen(figures, max(seen))
    product = f"{size_words(figures.params)} × 2 B = {both_words(2 * figures.params)}"
    told = claim_words(claim)
    return Words(
        f"**Both are right, each of its own: {told} is the weights alone in 16 bit, {product}. On the card stand beside them {rest.en}: {both_words(best)} in all{match.en}.**",
        f"**两个数都对,只是口径不同:{told} 只是 16 位权重,{product}。卡上此外还有{rest.zh},总共 {both_words(best)}{match.zh}。**",
    )


GAP_WORDS: dict[str, Callable[[Figures], Words]] = {
    "beside_states": _beside_states,
    "weights_in_gib": _weights_in_gib,
    "beside_base": _beside_base,
    "beside_weights": _beside_weights,
    "beside_few_bits": _beside_few_bits,
    "claim_and_seen": _claim_and_seen,
    "why_less": _why_less,
    "share_of_states": _share_of_states,
}
