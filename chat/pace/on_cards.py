"""Lines on what a training takes of each card's memory, and on its time on one kind of card against another."""

from collections.abc import Sequence

from chat.pace.run import Asked
from chat.pace.words import Line, duration, gigabytes, line, scaled, share
from chat.works import LORA, ZERO
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.cards import GIB
from kb.names import gpu_row
from kb.recipe import ADAPTERS, usual_mfu
from kb.timing import EXAMPLE_TOKENS, FROZEN, Training

# bytes of a parameter with Adam in mixed precision: weights and gradients, and the optimizer's states
_WHOLE, _STATES = 4, 12
_FP32 = 4  # bytes of a logit
_MUCH = 0.1  # of the states, that one copy of the logits is


def states_lines(asked: Asked) -> list[Line]:
    """What the states take of a card: whole, by ZeRO-1 and fully divided; nothing for adapters or where no card is named."""
    t, params = asked.training, asked.said("stored_params") or asked.training.params
    room = GIB * float(gpu_row(t.card).get("memory_marketed_gb") or 0) if t.card else 0.0
    if (
        not params or not room or asked.method in ADAPTERS or by_adapters(asked) or "offload" in asked.kinds
    ):  # which tells what adapters save of them; what is offloaded is not on the cards
        return []
    cards, whole = t.n_gpus or 1, (_WHOLE + _STATES) * params
    product = f"{size_words(params)} × {_WHOLE + _STATES} B = {gigabytes(whole)}"
    logits = _logits_decide(asked, whole)
    if cards < 2:
        fits, fits_zh = ("", "") if whole < room else (", more than it has", ",放不下")
        return [line(f"Memory: the states take {product} of a card's {gigabytes(room)}{fits}; activations come on top{logits.en}.",
                     f"显存:状态 {product},卡上 {gigabytes(room)}{fits_zh};激活另算{logits.zh}。", ZERO)]  # fmt: skip
    first, all_of_them = (_WHOLE + _STATES / cards) * params, whole / cards
    alone = whole < MOST_OF_A_CARD * room
    some, some_zh = (
        ("plain DDP holds them, so DeepSpeed or FSDP is not needed, though ZeRO-1 or FSDP leaves room for larger micro-batches", "普通 DDP 放得下,不必上 DeepSpeed 或 FSDP,用 ZeRO-1 或 FSDP 能留出更大的微批")
        if alone
        else ("plain DDP leaves next to nothing beside them", "普通 DDP 放下后所剩无几")
        if whole < room
        else ("plain DDP does not hold them", "普通 DDP 放不下")
    )  # fmt: skip
    split = all_of_them < MOST_OF_A_CARD * room
    decides = (
        "the states fit so", "这样状态放得下"
    ) if split else (
        "divided over all cards they are still too much", "切分到全部卡仍放不下"
    )  # fmt: skip
    bold = "**" if "stages" in asked.kinds or "states" in asked.kinds else ""
    return [line(f"{bold}Memory: {product} of states; {some} (a card has {gigabytes(room)}).{bold} ZeRO-1 (distributed optimizer) leaves {gigabytes(first)} on each of {cards} cards, full sharding (ZeRO-3, FSDP) {gigabytes(all_of_them)}: {decides[0]}. Activations come on top{logits.en}.",
                 f"{bold}显存:状态 {product};{some_zh}(一张卡共 {gigabytes(room)})。{bold}ZeRO-1(分布式优化器)后 {cards} 张卡每张 {gigabytes(first)},完全切分(ZeRO-3、FSDP){gigabytes(all_of_them)}:{decides[1]}。激活另算{logits.zh}。", ZERO)]  # fmt: skip


def _logits_decide(asked: Asked, states: float) -> Words:
    """Of a small model with a large vocabulary that logits are what a micro-batch is bounded by."""
    copy = EXAMPLE_TOKENS * (asked.said("vocab_size") or 0.0) * _FP32
    if copy < _MUCH * states:
        return SILENT
    product = f"{EXAMPLE_TOKENS:,.0f} × {asked.said('vocab_size'):,.0f} × {_FP32} B = {gigabytes(copy)}"
    return Words(
        f", and of so small a model most of that are logits: {product} for one fp32 copy of {EXAMPLE_TOKENS:,.0f} tokens, several at once; so the micro-batch stays small, or a fused loss (Liger, cut cross-entropy) makes none",
        f";模型小,大头其实是 logits:每 {EXAMPLE_TOKENS:,.0f} token 一份 fp32 就是 {product.replace(' B =', ' 字节 =')},同时存在好几份,所以 micro-batch 要小,或用融合损失(Liger、cut cross-entropy)不生成 logits",
    )


MOST_OF_A_CARD = 0.85  # of a card that states may take beside activations


def each_card(asked: Asked, named: list[str], counts: Sequence[int]) -> list[Line]:
    """The same training on each of several kinds of cards: both times, what lies between them, and the price at which they are even.

    counts      of each kind, or one for all
    """
    t = asked.training
    many = [*counts] if len(counts) == len(named) else [t.n_gpus] * len(named)
    each = [Training.of(t.params, t.tokens, card, count, None if t.assumed_share else t.share[0]) for card, count in zip(named, many, strict=True)]  # fmt: skip
    each = [one for one in each if one.peak and one.params and one.tokens]
    if len({one.card for one in each}) < _PAIR:
        return []
    usual = usual_mfu() if asked.training.assumed_share else asked.training.share[0]
    middles = {one.card: one.flop() / (one.peak * usual) / 3600 / (one.n_gpus or 1) for one in each}
    told = [f"{one.n_gpus or 1} × {one.card} {{}}" for one in each]
    took = [(duration(*one.hours()), duration(middles[one.card], middles[one.card])) for one in each]
    at = share(usual)
    fast, slow = min(each, key=lambda one: middles[one.card]), max(each, key=lambda one: middles[one.card])
    less = duration(*(middles[slow.card] - middles[fast.card],) * 2)
    ratio = middles[slow.card] / middles[fast.card]
    alone = ratio * (slow.n_gpus or 1) / (fast.n_gpus or 1)  # one card against one
    several = len(set(many)) > 1
    faster = Words(f"{fast.n_gpus} × {fast.card} {'is' if fast.n_gpus == 1 else 'are'}" if several else f"{fast.card} is", f"{fast.n_gpus} × {fast.card}" if several else f"{fast.card}")  # fmt: skip
    en = "; ".join(name.format(f"{span.en} ({one.en})") for name, (span, one) in zip(told, took, strict=True))
    zh = ";".join(name.format(f"{span.zh}({one.zh})") for name, (span, one) in zip(told, took, strict=True))
    return [
        line(f"**{en}, at {at} in brackets: {faster.en} {ratio:.2g} times as fast and {less.en} sooner.**",
             f"**{zh},括号内按利用率 {at}:{faster.zh} 的速度是 {ratio:.2g} 倍,少用 {less.zh}。**"),
        line(f"Where both hold it, arithmetic decides: {slow.card} pays only below {share(1 / alone)} of the price of {fast.card} for an hour.",
             f"两种卡都放得下时看算力:{slow.card} 每卡时的价格低于 {fast.card} 的 {share(1 / alone)} 才划算。"),
    ]  # fmt: skip


_PAIR = 2


def by_adapters(asked: Asked) -> list[Line]:
    """The time of adapters beside that of all weights, where both are asked about."""
    t = asked.training
    if "adapters" not in asked.kinds or asked.method != "full" or not (t.params and t.tokens and t.peak):
        return []
    plain, frozen = t.hours(), scaled(t.hours(), t.flop(FROZEN) / t.flop())
    ratio = t.flop() / t.flop(FROZEN)
    stored = asked.said("stored_params") or t.params
    whole, base = gigabytes((_WHOLE + _STATES) * stored), gigabytes(2 * stored)
    return [line(f"**With LoRA about {duration(*frozen).en} instead of {duration(*plain).en}: {ratio:.2g} times as fast at most, and no more.** Frozen weights need no gradient, so a token takes 4 operations for each parameter instead of 6. What LoRA saves is memory: 16-bit weights of {base} where all states take {whole}.",
                 f"**LoRA 约 {duration(*frozen).zh},全参 {duration(*plain).zh}:最多快到 {ratio:.2g} 倍,不是快很多倍。** 冻结权重不算梯度,每参数每 token 4 次运算而不是 6 次。LoRA 省的主要是显存:16 位权重 {base},而全参的状态共 {whole}。", LORA)]  # fmt: skip
