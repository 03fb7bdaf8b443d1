"""Gradient checkpointing: what is kept without it and with it, what it leaves as it is, and what it costs."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, Missing, gib_words, most_of, value_of
from chat.figures.settings.lever_claims import claim_of, with_tokens
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words
from kb.bytes_each import PURE, TRAINED, TRAINED_8, WEIGHT
from kb.offers import accumulated
from kb.outcome import Outcome
from kb.stated import ASKED
from kb.sums import Of, inputs_kept, kept_by_layers
from kb.timing import FROZEN, FULL, RECOMPUTED, Training
from kb.worked import ALL_STATES

# of what the activations fall by: the whole falls by less where its peak moves to another moment
_ALL_OF_IT = 0.9
_FELT = 0.01  # of the whole
_LESS = 0.95  # of it: what is worth a setting


def off_and_on(figures: Figures) -> tuple[Outcome, Outcome]:
    """The case without checkpointing and with it; Missing where either cannot be worked out."""
    try:
        return figures.at(gradient_checkpointing="off"), figures.at(gradient_checkpointing="on")
    except BadInput as error:
        raise Missing("case") from error


def kept(figures: Figures) -> Words:
    """The activations that wait for the backward pass without it and with it, and the parts that it does not lower."""
    off, on = off_and_on(figures)
    every, inputs = value_of(off, "saved_activations"), value_of(on, "checkpoints")
    layer = gib_words(value_of(on, "recomputed_layer"))
    of_off, of_on = (
        _as_product(product(Of(one.fullest, one.n_params, one.situation.facts)), size)
        for one, product, size in ((off, kept_by_layers, every), (on, inputs_kept, inputs))
    )
    held, logits = _held(on), _logits(figures)
    return Words(
        f"Without checkpointing the layers keep all that their backward pass needs of every token, {of_off}; with it only the input of each, {of_on}, and one layer at a time is computed again ({layer}). It lowers neither {logits.en}weights, gradients and optimizer states ({held.en}).",
        f"不开重计算时各层为每个 token 保存反向所需的全部中间结果,{of_off};开了只存每层的输入,{of_on},外加正在重算的一层({layer})。{logits.zh}权重、梯度和优化器状态({held.zh})都不会因此减少。",
    )


def _held(on: Outcome) -> Words:
    """The states at the peak, and with the gradients that the backward pass makes only after it."""
    at_peak = on.held(*ALL_STATES)
    later = most_of(on, "gradients") - on.held("gradients")
    if later < _FELT * on.best:
        return Words(gib_words(at_peak), gib_words(at_peak))
    return Words(
        f"{gib_words(at_peak)} at the peak, {gib_words(at_peak + later)} once all gradients are there",
        f"峰值时 {gib_words(at_peak)},梯度都算出后 {gib_words(at_peak + later)}",
    )


def _as_product(product: str, size: float) -> str:
    return f"{product} = {gib_words(size)}" if product else gib_words(size)


def _logits(figures: Figures) -> Words:
    """The logits, which are no layer's; none where the loss makes none."""
    if figures.knob("loss") != "full-logits":
        return SILENT
    copy, most = figures["logits_copy"], figures["logits_peak"]
    return Words(
        f"the logits ({copy} a copy, {most} at once; a fused loss does) nor ",
        f"logits(一份 {copy},峰值 {most},要靠融合损失)、",
    )


def price(figures: Figures) -> Words:
    """What it costs in computing, by what is trained."""
    frozen = figures.knob("method") != "full"
    plain, again = (
        Training(params=1, tokens=1).flop(rule) for rule in ((FROZEN, FULL) if frozen else (FULL, RECOMPUTED))
    )
    part = Words("half", "一半") if frozen else Words("a third", "三分之一")
    sums = f"{again:g} / {plain:g}"
    why = Words(", as frozen weights have no gradients of their own", ",冻结权重不算自己的梯度") if frozen else SILENT
    return Words(
        f"the forward pass runs twice, about {part.en} more computing ({sums} operations for each parameter and token{why.en})",
        f"前向多跑一遍,计算量约多{part.zh}(每参数每 token {sums} 次运算{why.zh})",
    )


def whole(figures: Figures) -> Words:
    """What it makes of the whole, and why that is less than of the activations where the peak moves."""
    off, on = off_and_on(figures)
    less, freed = off.best - on.best, most_of(off, "activations") - most_of(on, "activations")
    if gib_words(off.best) == gib_words(on.best):
        pair, pair_zh = f"stays at {gib_words(on.best)}", f"仍是 {gib_words(on.best)}"
    else:
        pair, pair_zh = (f"{gib_words(off.best)} → {gib_words(on.best)}",) * 2
    moved = less < _ALL_OF_IT * freed and on.held("gradients") > 0
    why = (
        Words(
            ": with it the peak is where the gradients stand and the activations are freed",
            ":开了之后峰值在梯度占满、激活已释放的时刻",
        )
        if moved
        else SILENT
    )
    return Words(f"{pair}{why.en}", f"{pair_zh}{why.zh}")


def effect(figures: Figures) -> Words:
    """What it does to the case: the activations first, and where these decide nothing what does lower the rest."""
    off, on = off_and_on(figures)
    before, after = most_of(off, "activations"), most_of(on, "activations")
    pair, all_of_it = f"{gib_words(before)} → {gib_words(after)}", whole(figures)
    if off.best - on.best < _FELT * off.best:
        less = _less_of_states(figures)
        return Words(
            f"**Hardly: it lowers activations alone, {pair}, and the whole {all_of_it.en}.**{less.en}",
            f"**几乎降不下来:重计算只减少激活({pair}),总量{all_of_it.zh}。**{less.zh}",
        )
    if {"saving_asked", "in_bytes_asked"} & figures.about:
        saved = gib_words(before - after)
        opens = Words(f"It saves {saved} of activations, {pair}", f"激活省 {saved}({pair})")
    else:
        opens = Words(f"Yes: activations go {pair}", f"会:激活 {pair}")
    return Words(f"**{opens.en}; the whole {all_of_it.en}.**", f"**{opens.zh};总量 {all_of_it.zh}。**")


def of_its_part(figures: Figures, opens: Words, more: Words) -> tuple[Words, Words]:
    """What is said of the whole and holds of the activations alone, what was seen of both, and when it saves more."""
    longer = with_tokens(figures, {"gradient_checkpointing": "off"}, {"gradient_checkpointing": "on"})
    claimed = claim_of(figures)
    if claimed is None or not opens.en.startswith("**No"):
        return opens, more if more.en else longer
    off, on = off_and_on(figures)
    before, after = most_of(off, "activations"), most_of(on, "activations")
    part = Words(
        f"The {1 - claimed:.0%} is said of the activations, {gib_words(before)} → {gib_words(after)} ({_less(before, after, ' %')} less), not of the whole: the fewer tokens, the less of it they are.",
        f"所说的 {1 - claimed:.0%} 指激活({gib_words(before)} → {gib_words(after)},少 {_less(before, after)}),不是总显存:token 越少,激活占得越少。",
    )
    seen = _seen_to_fall(figures, off, on)
    if seen.en:
        opens = seen
    return Words(f"{opens.en} {part.en}", f"{opens.zh}{part.zh}"), Words(
        f"{longer.en} {more.en}".strip(), longer.zh + more.zh
    )


def _less(before: float, after: float, percent: str = "%") -> str:
    return f"{100 * (1 - after / before):.0f}{percent}"


# of the fall by the formulas: what was seen of it tells that it is at work
_AT_WORK = 0.4


def _seen_to_fall(figures: Figures, off: Outcome, on: Outcome) -> Words:
    """That it is at work, from two amounts of which the later is the smaller; silent of others."""
    told = [float(one) for one in figures.told.get("observed_gb", ()) or figures.told.get("claims_gb", ())]
    if len(told) != 2 or told[1] >= told[0] or (told[0] - told[1]) * GB < _AT_WORK * (off.best - on.best):
        return SILENT
    seen, fall = f"{told[0]:g} → {told[1]:g} GB", f"{told[0] - told[1]:.3g} GB"
    pair = f"{gib_words(off.best)} → {gib_words(on.best)}"
    return Words(
        f"**It is at work: your {seen} is {fall} less ({_less(told[0], told[1], ' %')}), the formulas give {pair} ({_less(off.best, on.best, ' %')}).**",
        f"**已经生效:您看到的 {seen} 少了 {fall}({_less(told[0], told[1])}),公式是 {pair}(少 {_less(off.best, on.best)})。**",
    )


def _less_of_states(figures: Figures) -> Words:
    """What lowers weights, gradients and optimizer states, where all weights train with Adam in mixed precision."""
    if figures.knob("method") != "full" or figures.pure or figures.knob("optimizer") != "adamw":
        return SILENT
    params = figures.params
    states, eight, pure, frozen = (gib_words(each * params) for each in (TRAINED, TRAINED_8, PURE, WEIGHT))
    return Words(
        f" What lowers weights, gradients and Adam, {TRAINED} B per parameter, {states}: 8-bit Adam ({TRAINED_8} B, {eight}), pure bf16 ({PURE} B, {pure}), LoRA (the base's {WEIGHT} B, {frozen}), the optimizer in host memory, or ZeRO-3/FSDP, which divide it by the cards.",
        f"权重、梯度和 Adam 每参数 {TRAINED} 字节,共 {states},要靠别的办法降:8 位 Adam({TRAINED_8} 字节,{eight})、纯 bf16({PURE} 字节,{pure})、LoRA(只剩基座 {WEIGHT} 字节,{frozen})、优化器放内存,或 ZeRO-3/FSDP 按卡数切分。",
    )


def _little_felt(figures: Figures) -> Words:
    """That it is at work, from what was seen without it and with it, when it saves more, and what lowers the rest."""
    off, on = off_and_on(figures)
    seen = _seen_to_fall(figures, off, on)
    if not seen.en:
        raise Missing("fall")
    freed = gib_words(most_of(off, "activations") - most_of(on, "activations"))
    longer = with_tokens(figures, {"gradient_checkpointing": "off"}, {"gradient_checkpointing": "on"})
    less = _less_of_states(figures)
    return Words(
        f"{seen.en} It lowers activations alone, here by {freed} of the {gib_words(off.best)}. {longer.en}{less.en}",
        f"{seen.zh}重计算只减少激活,在 {gib_words(off.best)} 里能省的就是这 {freed}。{longer.zh}{less.zh}",
    )


def kept_and_price(figures: Figures) -> Words:
    """What it keeps, and what it costs."""
    gains, costs = kept(figures), price(figures)
    return Words(f"{gains.en} The price: {costs.en}.", f"{gains.zh}代价:{costs.zh}。")


def _price_and_gain(figures: Figures) -> Words:
    """What it costs, and what it saves for that."""
    costs, gains, all_of_it = price(figures), kept(figures), whole(figures)
    return Words(
        f"**Gradient checkpointing costs time and no quality: {costs.en}.** {gains.en} The whole {all_of_it.en}. Selective checkpointing (attention alone) costs a few per cent and saves less.",
        f"**重计算的代价是时间,不影响质量:{costs.zh}。** {gains.zh}总量 {all_of_it.zh}。选择性重计算(只重算注意力)只慢几个百分点,但省得少。",
    )


def _at_this_length(figures: Figures) -> Words:
    """What it would change of the case: what is kept of the layers, the whole, and how that goes with the tokens."""
    kept_words, all_of_it = kept(figures), whole(figures)
    longer = with_tokens(figures, *({"gradient_checkpointing": one} for one in ("off", "on")))
    more = Words(f" {longer.en}", longer.zh) if longer.en else SILENT
    tokens = int(figures.tokens)
    return Words(
        f"{kept_words.en} With {tokens:,} tokens a step the whole would go {all_of_it.en}.{more.en}",
        f"{kept_words.zh}每步 {tokens:,} 个 token 时总量本应是 {all_of_it.zh}。{more.zh}",
    )


def _unchecked(figures: Figures) -> Outcome | None:
    """The case without checkpointing, where it is only assumed to be on and the card does not hold it otherwise."""
    told, room = figures.base.situation.knobs.get("gradient_checkpointing"), figures.base.capacity
    if figures.knob("task") != "train" or told is None or told.value != "on" or told.origin == ASKED or not room:
        return None
    off = figures.at(gradient_checkpointing="off")
    return off if off.best > room else None


def _even_checked(figures: Figures) -> Words:
    """That what is counted has checkpointing on, where nobody said so and it decides."""
    return Words(" even with gradient checkpointing", "(按已开重计算)") if _unchecked(figures) else SILENT


def _if_unchecked(figures: Figures) -> Words:
    """What it takes if checkpointing is off after all, and with one sequence at a time."""
    off = _unchecked(figures)
    if off is None:
        return SILENT
    few, many, each = figures["kept_on"], figures["kept_off"], gib_words(off.best)
    # where states are the peak it hardly helps: gradients that are added up stay
    least = figures.at(**accumulated(figures.base, 1).facts).best
    one = gib_words(least) if least < _LESS * figures.base.best else ""
    single = (
        Words(f" Then batch 1 with accumulation: {one}.", f"再把批大小降到 1 加梯度累积:{one}。") if one else SILENT
    )
    return Words(
        f" Check first that it is on: without it activations and logits are {many} instead of {few}, {each} in all.{single.en}",
        f"先确认它真的开着:不开的话激活和 logits 是 {many} 而不是 {few},共 {each}。{single.zh}",
    )


CHECKPOINTING: dict[str, Callable[[Figures], Words]] = {
    "even_checked": _even_checked,
    "if_unchecked": _if_unchecked,
    "checkpointing_price": _price_and_gain,
    "checkpointing_kept": kept,
    "checkpointing_little": _little_felt,
    "checkpointing_here": _at_this_length,
}
