"""Why cards among which a model is divided by layers hold unlike amounts: what is no layer, and which card has it."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.worked import Worked

# of what was seen on each card (`chat.reads.seen.held_on_each`): whether the first one holds the most
_BY_FIRST = "held_by_first"
_WORTH = 0.97  # of a need: what a change brings below that is worth telling


def first_holds_more(figures: Figures) -> bool:
    """Was the first card seen to hold the most?"""
    return figures.told_one(_BY_FIRST) == 1


def _by_layers(figures: Figures) -> Words:
    """What each of the cards holds by the figures, with what the last one has alone; Missing unless divided by layers."""
    if not figures.given.get("layer_split") or figures.n < 2:
        raise Missing("layers over cards")
    case = figures.at(zero_stage=None)  # copies that are told beside it are another run
    if len(case.cards) < 2:
        raise Missing("layers over cards")
    return _trained(figures, case) if figures.knob("task") == "train" else _run(case)


def _ends(case: Outcome) -> tuple[Worked, Worked]:
    """The card of the first layers, and that of the last."""
    stage = [(min(one.place.stages), one) for one in case.cards]
    return min(stage, key=lambda one: one[0])[1], max(stage, key=lambda one: one[0])[1]


def _trained(figures: Figures, case: Outcome) -> Words:
    first, last = _ends(case)
    logits, weights = last.terms.get("logits", 0.0), last.terms.get("weights", 0.0)
    if not logits:
        raise Missing("logits")
    tokens, vocabulary = f"{figures.tokens:,.0f}", f"{int(figures.fact('vocab_size')):,}"
    copy = f"{tokens} × {vocabulary} × 4 B = {gib_words(figures.need('logits_copy'))}"
    needs = [gib_words(one.best) for one in (first, last)]
    fused = _with_fused(figures, last.best)
    less = _if_first(figures)
    return Words(
        f'**device_map divides the weights by whole layers, {gib_words(weights)} a card, and not what comes with a step: the last card alone has the output head, the logits and the loss, {gib_words(logits)} here ({copy} a copy, several at once), so by the figures {needs[0]} on the first and {needs[1]} on the last.** Logits go with tokens × vocabulary: longer samples or a larger batch widen the gap; activations stay with their layers, the embedding is on the first card.{less.en} Even it out with max_memory={{0: "…GiB", 1: "…GiB"}}, less for the card that fills, or shrink the logits: {fused.en}a smaller micro-batch, shorter samples. The cards take turns, so it adds room and no speed; FSDP or ZeRO-3 load all cards alike, each with a batch of its own, and DDP keeps a whole copy on each.',
        f'**device_map 只把权重按整层分,每卡 {gib_words(weights)},一步里产生的不平分:输出头、logits 和损失只在最后一张卡上,这里 {gib_words(logits)}(一份 {copy.replace(" B ", " 字节 ")},同时好几份),所以按公式第一张 {needs[0]}、最后一张 {needs[1]}。** logits 与 token 数 × 词表成正比:样本越长、batch 越大差得越多;激活留在各层所在的卡,词嵌入在第一张。{less.zh}想均衡:用 max_memory={{0: "…GiB", 1: "…GiB"}} 让满的那张少分几层,或把 logits 变小:{fused.zh}减小 micro-batch、缩短样本。这样各卡轮流算,只加容量不加速度;FSDP、ZeRO-3 才让各卡占得一样(各算各的批),DDP 则每卡一整份。',
    )


def _if_first(figures: Figures) -> Words:
    """That the first card is the fuller one, which the logits do not explain."""
    if not first_holds_more(figures):
        return SILENT
    return Words(
        ' Where it is the first card that holds more, the inputs, whatever opened that card without choosing, or a desktop is on it (device_map="balanced_low_0" spares it).',
        '若多的是第一张卡:输入、没选卡就打开它的程序、桌面都在上面(device_map="balanced_low_0" 会少放它)。',
    )


def _with_fused(figures: Figures, need: float) -> Words:
    try:
        fused = figures.at(loss="fused", zero_stage=None)
    except BadInput:
        return SILENT
    _, last = _ends(fused)
    if last.best > _WORTH * need:
        return SILENT
    return Words(
        f"a fused loss (Liger) brings the last card to {gib_words(last.best)}; else ",
        f"融合损失(Liger)可使最后一张降到 {gib_words(last.best)};或",
    )


def _run(case: Outcome) -> Words:
    first, last = _ends(case)
    needs = [gib_words(one.best) for one in (first, last)]
    weights, cache = gib_words(first.terms.get("weights", 0.0)), gib_words(first.terms.get("kv_cache", 0.0))
    return Words(
        f'**device_map="auto" deals out whole layers by the size of the weights alone: every card but the last gets an even share and a margin, the last what is left, and what a prompt takes comes on top where it is computed.** Divided evenly it would be {weights} of weights and {cache} of cache on each, {needs[0]} and {needs[1]} in all. What makes it uneven: a layer goes to a card or does not; embedding and inputs are on the first, output head and logits on the last; activations of a long prompt; a card of which other programs hold a part. Say it yourself: max_memory={{0: "…GiB", 1: "…GiB"}}, or device_map="balanced_low_0" to spare the first. Tensor parallel (vLLM, SGLang) divides every layer, so all cards hold the same.',
        f'**device_map="auto" 只按权重大小分整层:除最后一张外每卡拿平均份额加一点余量,剩下的都归最后一张;提示带来的部分另加在计算它的卡上。** 若完全平分,每卡权重 {weights}、缓存 {cache},共 {needs[0]} 和 {needs[1]}。不均的原因:一层要么整层在这张卡要么不在;词嵌入和输入在第一张,输出头和 logits 在最后一张;长提示的激活;某张卡上还有别的程序。可自己写 max_memory={{0: "…GiB", 1: "…GiB"}},或用 device_map="balanced_low_0" 少放第一张。张量并行(vLLM、SGLang)切开每一层,各卡一样多。',
    )


HELD_UNEVENLY: dict[str, Callable[[Figures], Words]] = {"held_unevenly": _by_layers}
