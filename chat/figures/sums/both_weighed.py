"""Two amounts that two give for one need, of which it is asked who is right: each against what is counted for what was told."""

from contextlib import suppress

from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, how_far
from chat.figures.sums.both_right import STATES, WITHOUT_OPTIMIZER
from chat.figures.sums.identified import product
from chat.figures.training.length_that_takes import length_that_takes
from chat.phrases import gib
from chat.words import term
from formulas.errors import BadInput
from formulas.quantity import Words

_TWO = 2
# how near an amount is that is the weights alone, and one that is all but a term; what such a term is at least of it
_ALONE, _WITHOUT, _WORTH = 0.03, 0.03, 0.04
_ROUNDED = 0.015  # as people round an amount in another unit
_IN_ROUND_FIGURES = 0.08  # the sums of states lie 11 % apart and more
_ABOUT = 0.15  # so near is what a setting that was not told would take to an amount that it explains


def both_weighed(figures: Figures) -> Words:
    """Which holds, and what the other one lacks or has besides; Missing unless two amounts are told of one need."""
    told = list(dict.fromkeys(float(one) for one in figures.told.get("claims_gb", ()) if one))
    if len(told) != _TWO or figures.base.best <= 0:
        raise Missing("two amounts")
    if _apart(figures, told) <= _ROUNDED:
        raise Missing("one amount")  # in two units, which is told elsewhere
    base = figures.base
    low, high = (bound / GIB for bound in base.bounds)
    each = [_judged(figures, one) for one in told]
    opens = _opening(figures, told)
    counted, span = both_words(base.best), f"{gib(low).removesuffix(' GiB')}–{gib(high)}"
    parts = "; ".join(f"{one:g} GB {words.en}" for one, words in zip(told, each, strict=True))
    parts_zh = ";".join(f"{one:g} GB {words.zh}" for one, words in zip(told, each, strict=True))
    return Words(
        f"**{opens.en} For what you told {counted} are counted (90 % interval {span}): {parts}.**",
        f"**{opens.zh}按所说的设置算是 {counted}(90% 区间 {span}):{parts_zh}。**",
    )


def _apart(figures: Figures, told: list[float]) -> float:
    """By what share two amounts differ, each in its own unit."""
    first, second = (one * _units(figures, one)[0] for one in told)
    return abs(first / second - 1)


def _units(figures: Figures, amount: float) -> tuple[float, ...]:
    """Bytes of the unit in which an amount is told: GiB are GiB, while GB may be either."""
    return (GIB,) if amount in set(map(float, figures.told.get("claims_gib", ()))) else (GB, GIB)


def _opening(figures: Figures, told: list[float]) -> Words:
    """What was measured holds for its own run; else what lies within the interval is the likelier."""
    within = [one for one in told if _inside(figures, one)]
    seen = [one for one in told if one in set(map(float, figures.told.get("observed_gb", ())))]
    if len(seen) == 1:
        return Words(
            f"The {seen[0]:g} GB that were measured are right for that run.",
            f"实测的 {seen[0]:g} GB 对那次运行是准的。",
        )
    if len(within) == len(told) or "measured" in figures.about:
        return Words("Both can be right, of different settings.", "两个都可能对,只是设置不同。")
    if within:
        return Words(f"{within[0]:g} GB is the nearer.", f"{within[0]:g} GB 更接近。")
    return Words("Neither is what this takes.", "两个都对不上。")


def _inside(figures: Figures, amount: float) -> bool:
    low, high = figures.base.bounds
    return any(low <= amount * unit <= high for unit in _units(figures, amount))


def _judged(figures: Figures, amount: float) -> Words:
    """What an amount [GB] is of the need: the weights alone, all but a term, within the interval, less or more."""
    base, weights = figures.base, figures.base.terms.get("weights", 0.0)
    if how_far(amount, weights) <= _ALONE < how_far(amount, base.best):
        return Words(f"are the weights alone, {both_words(weights)}", f"只是权重 {both_words(weights)}")
    if _inside(figures, amount):
        return Words("lie within it", "在区间之内")
    if known := _sum_of_states(figures, amount):
        return known
    size = min((amount * unit for unit in _units(figures, amount)), key=lambda one: abs(one - base.best))
    gap = gib_words(abs(size - base.best))
    if size > base.best:
        more = _takes_more(figures, size)
        return Words(f"are {gap} more{more.en}", f"多 {gap}{more.zh}")
    for name, part in sorted(base.terms.items(), key=lambda one: -one[1]):
        left_out = name != "weights" and part > _WORTH * base.best and how_far(amount, base.best - part) <= _WITHOUT
        if left_out:
            return Words(
                f"leave out {term(name, 'en')}, {gib_words(part)}", f"少算了{term(name, 'zh')} {gib_words(part)}"
            )
    return Words(f"are {gap} less", f"少 {gap}")


def _sum_of_states(figures: Figures, amount: float) -> Words | None:
    """Of a training of all weights the sum of states that an amount is, in round figures; None where it is none."""
    if figures.knob("task") != "train" or figures.knob("method") != "full":
        return None
    every = {4: WITHOUT_OPTIMIZER, **STATES}
    each = min(every, key=lambda one: how_far(amount, one * figures.params))
    if how_far(amount, each * figures.params) > _IN_ROUND_FIGURES:
        return None
    counted = product(figures, each, real=True)
    return Words(f"are {counted.en}: {every[each].en}", f"即{counted.zh}:{every[each].zh}")


def _takes_more(figures: Figures, size: float) -> Words:
    """What would take so many bytes: longer samples or no checkpointing of what is trained, a longer context of what is served."""
    trains, found = figures.knob("task") == "train", []
    with suppress(Missing, BadInput):
        tokens, here = f"{length_that_takes(figures, size):,}", f"{int(figures.knob('seq_len')):,}"
        what, what_zh = ("samples", "样本") if trains else ("a context", "上下文")
        found.append(Words(f"{what} of {tokens} tokens (here {here})", f"{what_zh} {tokens} token(这里 {here})"))
    if trains and figures.knob("gradient_checkpointing") == "on":
        without = figures.at(gradient_checkpointing="off").best
        if abs(without / size - 1) <= _ABOUT:
            kept = gib_words(without)
            found.append(Words(f"no gradient checkpointing ({kept})", f"不开重计算({kept})"))
    if not found:
        return Words("", "")
    return Words(
        f", as {' or '.join(one.en for one in found)} would take", f",相当于{'或'.join(one.zh for one in found)}"
    )
