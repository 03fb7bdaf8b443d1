"""Whether a need that somebody tells is that of the case, on one card or on all of them."""

from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from formulas.quantity import SILENT, Words
from kb.facts import bits_of
from kb.knobs import amount

_OF_ALL = 1.25  # of the fullest card's need, from which a figure is taken for that of all cards
# a figure that is said of the weights is rounded, and their file padded
_OF_WEIGHTS = 0.03
_WHOLE_TYPES = ("bf16", "fp16", "fp32")
# between what the leanest program takes for QLoRA and a card that holds what a plain one does
_LEAST_NARROW, _MOST_NARROW, _SPREAD = 0.8, 1.4, 1.1


def _over_a_narrow_base(figures: Figures, claim: float) -> Words:
    """That a need told of a training in 16 bit is about that of adapters over a base in 4 bits, where it is."""
    if figures.knob("method") not in ("lora", "full") or figures.knob("weight_format") not in _WHOLE_TYPES:
        return SILENT
    least, plain = sorted((figures.need("copy_qlora_least"), figures.need("copy_qlora")))
    if not _LEAST_NARROW * least <= claim * GB <= _MOST_NARROW * plain:
        return SILENT
    spread = (
        f"about {gib_words(least)}"
        if plain < _SPREAD * least
        else f"{least / GIB:.1f}–{gib_words(plain)} by the program"
    )
    spread_zh = (
        f"约 {gib_words(least)}" if plain < _SPREAD * least else f"{least / GIB:.1f}–{gib_words(plain)}(随程序而定)"
    )
    room, room_zh = "", ""
    if figures.base.capacity and plain <= figures.base.capacity:
        room, room_zh = f", of {gib_words(figures.base.capacity)}", f",卡上 {gib_words(figures.base.capacity)}"
    return Words(
        f"; over a base in 4 bits (QLoRA) it is {spread}{room}, which is what such a figure means",
        f";基座用 4 位(QLoRA)则{spread_zh}{room_zh},这类说法指的就是它",
    )


# between the states with a fused step and all with the usual one, such figures are rounded
_LEAST_PURE, _MOST_PURE = 0.88, 1.08


def _in_pure_bf16(figures: Figures, claim: float) -> Words:
    """That a need told of full training is about that of pure bf16, where it is."""
    if figures.knob("method") != "full" or figures.pure or figures.n > 1 or "precision" in figures.given:
        return SILENT
    fused, listed = figures.need("peak_pure_fused"), figures.need("peak_pure")
    if not _LEAST_PURE * fused <= claim * GB <= _MOST_PURE * listed:
        return SILENT
    return Words(
        f"; only pure bf16 (8 B per parameter: no fp32 copy, both moments in 16 bit) comes to such a figure, {gib_words(fused)} with a fused step, {gib_words(listed)} with AdamW's usual one",
        f";只有纯 bf16(每参数 8 字节:没有 fp32 主权重,两个动量也是 16 位)才是这个数,融合更新 {gib_words(fused)},AdamW 默认的更新 {gib_words(listed)}",
    )


def _at_a_length(figures: Figures) -> Words:
    """Of which length the figure is, where several are told."""
    if len(figures.logged_all("length")) < 2:
        return SILENT
    length = f"{int(figures.knob('seq_len')):,}"
    return Words(f" at {length} tokens", f"({length} token 时)")


# a rule's product is told as it comes out
_AS_RULED = 0.015


def _as_called(figures: Figures) -> float:
    """The size that is told, as it is called; 0 of a model that is named."""
    told = figures.given.get("params")
    return float(amount(told, "params")) if told else 0.0


def ruled_weights(figures: Figures, claim: float) -> float:
    """The bits of the rule `parameters × bits ÷ 8` that gives this claim of a model that runs, of the size as it is called; 0
    where it is no such product."""
    size = _as_called(figures)
    kind = str(figures.knob("weight_format"))
    if figures.knob("task") == "train" or figures.n > 1 or not size or kind.startswith("gguf:"):
        return 0.0
    bits = float(round(bits_of(kind)))
    return bits if abs(claim * GB - size * bits / 8) <= _AS_RULED * size * bits / 8 else 0.0


def _as_a_rule(figures: Figures, claim: float, best: Words, interval: str) -> Words:
    """That such a product is right of the weights, and what a run needs beside them."""
    bits = ruled_weights(figures, claim)
    if not bits or not any(name in figures.about for name in ("claim_checked", "supposed")):
        return SILENT
    size, terms = f"{_as_called(figures) / 1e9:g}B", figures.base.terms
    cache, fixed, weights = (gib_words(terms.get(one, 0.0)) for one in ("kv_cache", "runtime", "weights"))
    stored, stored_zh = "", ""
    if abs(terms.get("weights", 0.0) - claim * GB) > _OF_WEIGHTS * claim * GB:
        own, counted = both_words(terms.get("weights", 0.0)), figures.params / 1e9
        stored = f" (of the model counted here {own}: {counted:.2f}B parameters, whose embedding and output head stay in 16 bit where the rest is in fewer)"
        stored_zh = f"(这里所算的模型是 {own}:实有 {counted:.2f}B 参数,其余量化时词嵌入和输出头仍是 16 位)"
    return Words(
        f"**Right of the weights alone: {size} × {bits:g} bits = {claim:g} GB{stored}. Not of all the memory: a run takes about {best.en} (90 % interval {interval}), with {weights} of weights, {cache} of KV cache, {fixed} of runtime, and activations.**",
        f"**只算权重是对的:{size} × {bits:g} 位 = {claim:g} GB{stored_zh}。当作全部显存不对:运行总共约 {best.zh}(90% 区间 {interval}),其中权重 {weights}、KV 缓存 {cache}、运行时 {fixed},还有激活。**",
    )


def total_claimed(figures: Figures) -> Words:
    """Whether a need that was read of is that of the case; Missing where several amounts were, or it is the card's."""
    stated = list(dict.fromkeys(float(one) for one in figures.told.get("claims_gb", ()) if one))
    if len(stated) != 1:
        raise Missing("one claim")
    of_each = "each_card" in figures.about
    # else it is told of all cards together
    many = figures.n > 1 and not of_each and stated[0] * GB > _OF_ALL * figures.base.best
    times = figures.base.total / figures.base.best if many else 1.0
    low, high = (one * times for one in figures.base.bounds)
    weights = figures.base.part_of_all("weights") if many else figures.base.terms.get("weights", 0.0)
    at = _at_a_length(figures)
    best, best_zh = (f"{both_words(figures.base.best * times)}{one}" for one in (at.en, at.zh))
    interval = f"{gib_words(low)} – {gib_words(high)}"
    shown, size = f"{stated[0]:g} GB", stated[0] * GB
    if (ruled := _as_a_rule(figures, stated[0], Words(best, best_zh), interval)).en:
        return ruled
    if abs(size - weights) <= _OF_WEIGHTS * weights:
        return Words(
            f"**{shown} is the weights alone, {both_words(weights)}; the whole takes about {best} (90 % interval {interval}).**",
            f"**{shown} 只是权重本身({both_words(weights)}),总共约 {best_zh}(90% 区间 {interval})。**",
        )
    narrow = _over_a_narrow_base(figures, stated[0])
    pure = SILENT if narrow.en else _in_pure_bf16(figures, stated[0])
    narrow = narrow if narrow.en else pure
    mixed = Words(" for mixed precision", "(按混合精度)") if pure.en else SILENT
    if size < weights:
        return Words(
            f"**No: {shown} does not even hold the weights, {both_words(weights)}; the whole takes about {best}{narrow.en}.**",
            f"**不对:{shown} 连权重({both_words(weights)})都放不下,总共约 {best_zh}{narrow.zh}。**",
        )
    if stated[0] * GIB < low:
        return Words(
            f"**Too little{mixed.en}: the whole takes about {best} (90 % interval {interval}); {shown} holds the weights, {both_words(weights)}, but not all that comes on top{narrow.en}.**",
            f"**偏小{mixed.zh}:总共约 {best_zh}(90% 区间 {interval});{shown} 够放权重 {both_words(weights)},放不下其余部分{narrow.zh}。**",
        )
    if size > high and not many:
        return Words(
            f"**More than it takes here: about {best} (90 % interval {interval}). {shown} is reached with longer samples, a larger batch, or without checkpointing.**"
            if figures.knob("task") == "train" else
            f"**More than it takes here: about {best} (90 % interval {interval}). {shown} is reached with a longer context, more sequences, or a program that takes the card's share.**",
            f"**偏大:这里总共约 {best_zh}(90% 区间 {interval})。序列更长、批更大或不开重计算才会到 {shown}。**"
            if figures.knob("task") == "train" else
            f"**偏大:这里总共约 {best_zh}(90% 区间 {interval})。上下文更长、并发更多,或框架按比例预占显存时才会到 {shown}。**",
        )  # fmt: skip
    return Words(
        f"**Plausible: the whole takes about {best} (90 % interval {interval}), so {shown} is within what the settings below need; longer samples or a larger batch need more.**",
        f"**基本可信:总共约 {best_zh}(90% 区间 {interval}),{shown} 落在下述设置的需求之内;序列更长或批更大就不够了。**",
    )
