"""A reference or reward model that is loaded by itself beside adapters: what its copy of the weights adds."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, both_words, gib_words, most_of
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.engines import PAIRS
from kb.recipe import ADAPTERS

_SHARDED = 3


def _reference_copy(figures: Figures) -> Words:
    """The need with the copy and without it, against the card; Missing where nothing is loaded by itself."""
    if "reference_copy" not in figures.log or figures.knob("method") not in ADAPTERS:
        raise Missing("copy")
    copy, need, room = 2 * figures.params, figures.base.best, figures.base.capacity
    over = Words(f" of {gib_words(room)}", f",卡上 {gib_words(room)}") if room else SILENT
    pairs = SILENT
    if figures.knob("algo") in PAIRS:
        pairs = Words(
            f" The chosen and the rejected answer go through together: {figures.tokens:,.0f} tokens a step, twice those of plain tuning, and with them the logits.",
            f"chosen 和 rejected 两条一起前向:每步 {figures.tokens:,.0f} token,是普通微调的两倍,logits 也跟着翻倍。",
        )
    cards = SILENT
    if figures.n > 1 and not figures.knob("zero_stage"):
        cards = Words(
            " A further card under data parallel holds all of it again and does not help.",
            "数据并行时,多加的卡又各放完整一份,没有帮助。",
        )
    return Words(
        f"**The reference that is loaded by itself is a second copy of the weights, {size_words(figures.params)} × 2 B = {both_words(copy)}: {gib_words(need + copy)} with it{over.en}, {gib_words(need)} without it.** Under adapters pass ref_model=None: with the adapter turned off the base is the reference.{pairs.en}{cards.en}",
        f"**单独加载的参考模型是第二份权重,{size_words(figures.params)} × 2 字节 = {both_words(copy)}:有它共 {gib_words(need + copy)}{over.zh},没有它是 {gib_words(need)}。** 用适配器时传 ref_model=None 即可:关掉适配器,基座就是参考模型。{pairs.zh}{cards.zh}",
    )


def _reward_copy(figures: Figures) -> Words:
    """The weights of policy and reward model, and the need with both; Missing where the reward is an adapter, too."""
    sized = sum(figures.logged_all("reward_params")[:1])
    told = ("reward_copy" in figures.log or sized) and figures.knob("algo") in ("ppo", "grpo", "rloo", None)
    if not told or figures.knob("method") not in ADAPTERS:
        raise Missing("copy")
    judge = sized or figures.params
    copy, base, room = 2 * judge, figures["w_all"], figures.base.capacity
    need = figures.base.best
    over = SILENT
    if room and need + copy > room:
        over = Words(f", more than the {gib_words(room)} of the card", f",超过卡上的 {gib_words(room)}")
    elif room:
        over = Words(f" of {gib_words(room)}", f",卡上 {gib_words(room)}")
    loads = SILENT
    if room and figures.n == 1 and figures.amount("w_all") + copy > room:
        loads = Words(
            " The two are more than the card holds before anything is computed, so it runs out while loading.",
            "光这两份就超过卡的容量,还没开始算,所以加载时就爆。",
        )
    quarter = figures["w4"]
    four, four_zh = (
        (f"the base in 4 bits ({quarter})", f"基座用 4 位({quarter})")
        if sized
        else (f"both bases in 4 bits ({quarter} each)", f"两份基座都用 4 位(各 {quarter})")
    )
    alike, alike_zh = ("", "") if sized else (" at the policy's size", "与策略同样大小时 ")
    return Words(
        f"**The reward model that is loaded whole is a second model beside the policy's {base}: {size_words(judge)} × 2 B = {both_words(copy)}{alike}, {gib_words(need + copy)} in all{over.en}, {gib_words(need)} where it is an adapter on the same base, as counted below.**{loads.en} Under adapters the reference is the base with the adapter off and the critic a value head: neither is a copy. What takes less: a reward adapter (LLaMA-Factory: reward_model_type lora), one behind an API (api), {four}, or ZeRO-3 over several cards.",
        f"**整个加载的奖励模型是策略 {base} 之外的第二个模型:{alike_zh}{size_words(judge)} × 2 字节 = {both_words(copy)},合计 {gib_words(need + copy)}{over.zh};若奖励模型只是同一基座上的适配器(下面按此计算),是 {gib_words(need)}。**{loads.zh}用适配器时,关掉适配器的基座就是参考模型,critic 只是一个 value head,都不是另一份权重。更省的办法:奖励模型也用适配器(LLaMA-Factory:reward_model_type lora)、走 API(api)、{four_zh},或多卡 ZeRO-3。",
    )


def _reference_each(figures: Figures) -> Words:
    """What of it each of several cards holds: a whole copy, or its part where it is sharded as the policy is."""
    if figures.n < 2:
        return SILENT
    copy = 2 * figures.params
    whole, part = gib_words(copy), gib_words(copy / figures.n)
    return Words(
        f"; each of {figures.n} cards holds all of it, {whole}, under DDP and ZeRO-1 or 2, and {part} under ZeRO-3 or FSDP where it is sharded as the policy is (TRL does so under ZeRO-3)",
        f";{figures.n} 张卡时,DDP、ZeRO-1/2 每张卡都放完整一份 {whole},ZeRO-3/FSDP 下与策略一起切分则每卡 {part}(TRL 在 ZeRO-3 下会切分)",
    )


# of two wholes, from which ratio on the one is as good as double the other
_DOUBLE = 1.8


def _no_double(figures: Figures, times: float) -> Words:
    """Said first where it is asked whether it is double."""
    if "cells_ratio:0.5" not in figures.about or times >= _DOUBLE:
        return SILENT
    return Words(f"No, {times:.2f} times: ", f"不是两倍,是 {times:.2f} 倍:")


def _pairs_more(figures: Figures) -> Words:
    """What DPO takes beyond plain tuning of all weights on each card: its reference, and the logits of two answers at once."""
    shard = _shared_to_fit(figures)
    pairs, plain = figures.at(algo="dpo", **shard), figures.at(algo="sft", **shard)
    more, seq = pairs.best - plain.best, f"{figures.need('seq'):,.0f}"
    copy, held = pairs.held("weights") - plain.held("weights"), pairs.held("logits")
    logits = held or most_of(pairs, "logits")
    gone = SILENT if held else Words(", gone at the update, which is the peak here", ",到更新那一步(这里的峰值)已释放")
    each = _reference_each(figures)
    states = _both_train(figures, int(shard.get("zero_stage") or figures.knob("zero_stage") or 0))
    sharded = Words(" with ZeRO-3 or FSDP", "、用 ZeRO-3/FSDP 切分") if shard else Words("", " ")
    card, card_zh = (" on each card", "每卡") if figures.n > 1 else ("", "")
    no = _no_double(figures, pairs.best / plain.best)
    weights = f"{size_words(figures.params)} × 2 B = {both_words(2 * figures.params)}"
    return Words(
        f"**{no.en}DPO takes {gib_words(more)} more{card} than SFT{sharded.en} at answers of {seq} tokens, {gib_words(pairs.best)} against {gib_words(plain.best)}: the reference counts, {gib_words(copy)}, and chosen and rejected go through together, so activations and logits are those of twice the tokens, logits of {gib_words(logits)}{gone.en}.**{states.en} The reference is a frozen copy of the weights, {weights}, without gradients and optimizer{each.en}. It is spared by log-probabilities computed beforehand (precompute_ref_log_probs), or by LoRA, whose base is the reference; the logits by a fused loss, shorter answers or a smaller batch.",
        f"**{no.zh}回答长 {seq} token{sharded.zh}时,DPO {card_zh}比 SFT 多 {gib_words(more)}({gib_words(pairs.best)} 对 {gib_words(plain.best)}):参考模型要算,{gib_words(copy)};chosen 和 rejected 一起前向,激活和 logits 按两倍的 token 算,logits 共 {gib_words(logits)}{gone.zh}。**{states.zh}参考模型是冻结的一份权重,{weights},没有梯度和优化器{each.zh}。预先算好对数概率(precompute_ref_log_probs)就不用放它,LoRA 则由基座兼任;logits 靠融合损失、缩短回答或减小 batch。",
    )


def _pairs_with_adapters(figures: Figures) -> Words:
    """What DPO takes beyond plain tuning under adapters on each card: no second copy, and two answers at once."""
    shard = _shared_to_fit(figures)
    pairs, plain = figures.at(algo="dpo", **shard), figures.at(algo="sft", **shard)
    seq, times = f"{figures.need('seq'):,.0f}", pairs.best / plain.best
    no = SILENT if "why_more" in figures.about else _no_double(figures, times)  # what is seen is not denied
    more = gib_words(pairs.best - plain.best)
    whole = f"{gib_words(pairs.best)} against {gib_words(plain.best)}, {times:.2f} times"
    grown, before = ([one.held(name) for name in ("activations", "logits")] for one in (pairs, plain))
    parts = [f"{gib_words(one)} instead of {gib_words(other)}" for one, other in zip(grown, before, strict=True)]
    grows, grows_zh = parts, [one.replace(" instead of ", " 对 ") for one in parts]
    card, card_zh = (" on each card", "每卡") if figures.n > 1 else ("", "")
    near = SILENT
    if figures.knob("gradient_checkpointing") == "on":
        loose, single = (figures.at(algo=one, gradient_checkpointing="off", **shard) for one in ("dpo", "sft"))
        near = Words(
            f" It nears twice where those are most of it, with long answers, a large batch or without checkpointing; without it {gib_words(loose.best)} against {gib_words(single.best)}, {loose.best / single.best:.2f} times.",
            f"激活和 logits 占大头时(回答长、batch 大、不开激活重计算)才接近翻倍:不开重计算是 {gib_words(loose.best)} 对 {gib_words(single.best)},{loose.best / single.best:.2f} 倍。",
        )
    return Words(
        f"**{no.en}DPO takes {more} more{card} than SFT at answers of {seq} tokens, {whole}, and no second copy is in it: with its adapters off the base is the reference. It is the pair: chosen and rejected go through together, twice the tokens, so activations take {grows[0]} and logits {grows[1]}.**{near.en} Less of it take shorter answers, a smaller batch with accumulation, checkpointing and a fused loss; precompute_ref_log_probs spares the reference's pass. A ref_model passed by itself would be one more copy, {gib_words(2 * figures.params)}.",
        f"**{no.zh}回答长 {seq} token 时,DPO {card_zh}比 SFT 多 {more}({whole.replace(' against ', ' 对 ').replace(', ', ',').replace(' times', ' 倍')}),不是多了一份权重(关掉适配器,基座就是参考模型),而是多在成对的样本:chosen 和 rejected 一起前向,token 翻倍,激活 {grows_zh[0]},logits {grows_zh[1]}。**{near.zh}要降:缩短回答、减小 batch 加梯度累积、开激活重计算、融合损失;precompute_ref_log_probs 省掉参考的那次前向。另传 ref_model 才会多一份 {gib_words(2 * figures.params)}。",
    )


def _shared_to_fit(figures: Figures) -> dict[str, int]:
    """Sharding, where no stage is told and a copy of it all on every card is too much for one."""
    whole = figures.at(algo="dpo")
    copies = figures.n > 1 and not {"zero_stage", "tp", "pp"} & set(figures.given)
    return {"zero_stage": _SHARDED} if copies and whole.capacity is not None and whole.best > whole.capacity else {}


# bytes of a frozen weight; of a whole copy, below which it is divided
_SIXTEEN_BIT, _DIVIDED = 2, 0.9


def _pair_adds(figures: Figures) -> Words:
    """What a step on preferences takes beside a supervised one: the reference's weights, where it is a model of its own, and twice the tokens."""
    tokens, single = figures["tokens"], figures["tokens_sft"]
    reference = figures.base.terms["weights"] - figures.at(algo=None).terms["weights"]
    if reference < 0.01 * figures.base.best:
        return Words(
            f"Each pair is two sequences, chosen and rejected: a step has {tokens} tokens where supervised tuning has {single}",
            f"每个偏好对是两条序列(chosen 与 rejected),每步 {tokens} token,而 SFT 是 {single}",
        )
    held = gib_words(reference)
    whole = figures.params * _SIXTEEN_BIT
    apart = figures.n > 1 and reference < _DIVIDED * whole
    copy = Words(f", divided as the policy is; kept whole it is {gib_words(whole)} on every card", f",和策略一样切分;不切分则每张卡都放整份 {gib_words(whole)}") if apart else SILENT  # fmt: skip
    return Words(
        f"Beside the policy a frozen reference model is held, {held} of weights{copy.en}, and each pair is two sequences, {tokens} tokens a step where supervised tuning has {single}",
        f"除策略模型外还多放一份冻结的参考模型(权重 {held}{copy.zh}),而且每个偏好对是两条序列(chosen 与 rejected),每步 {tokens} token,而 SFT 是 {single}",
    )


# how states that both train are kept, for which the bytes of a parameter are told
_USUAL = {
    "optimizer": ("adamw",), "precision": ("amp-bf16", "bf16-params-fp32-states"), "offload": (None, "none"), "tp": (None, 1), "pp": (None, 1),
}  # fmt: skip


def _both_train(figures: Figures, stage: int) -> Words:
    """Weights, gradients and states, which both ways of training have, of the usual recipe."""
    if any(figures.knob(name) not in usual for name, usual in _USUAL.items()):
        return SILENT
    size, whole = f"{size_words(figures.params)} × {TRAINED} B", TRAINED * figures.params
    part, part_zh = (
        (f", {both_words(whole / figures.n)} on each of {figures.n} cards", f",{figures.n} 张卡每张 {both_words(whole / figures.n)}")
        if stage == _SHARDED and figures.n > 1
        else ("", "")
    )  # fmt: skip
    return Words(
        f" Both train the same states, {size} = {both_words(whole)}{part}.",
        f"训练状态(权重、梯度、优化器)两者相同,{size} = {both_words(whole)}{part_zh}。",
    )


REFERENCE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "reference_each": _reference_each,
    "reference_copy": _reference_copy,
    "pairs_more": _pairs_more,
    "pairs_with_adapters": _pairs_with_adapters,
    "pair_adds": _pair_adds,
    "reward_copy": _reward_copy,
}
