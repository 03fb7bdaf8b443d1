"""What a training from nothing takes beside its memory: the time that its arithmetic needs, and bytes with 8-bit states."""

from collections.abc import Callable

from chat.figures.layouts.cards_together import rig_told
from chat.figures.named import Figures, Missing, both_words
from formulas.errors import BadInput
from formulas.notation import figure, size_words
from formulas.quantity import Words
from kb.cards import cards_meant
from kb.knobs import amount
from kb.recipe import usual_tokens
from kb.timing import Training

# bytes of a parameter: 16-bit weight and gradient, fp32 master, two moments of 8 bits
_NARROW = (2, 2, 4, 2)
_DAY = 24.0
_MOST = 3  # cards of which a sentence tells the time


def _scratch_time(figures: Figures) -> Words:
    """How long the compute-optimal number of tokens takes on each card that is named; Missing where none is."""
    said = figures.given.get("params")
    params = float(amount(said, "params")) if said else float(figures.params)
    tokens = usual_tokens(params)
    cards = _cards(figures)
    count = figures.n if len(cards) == 1 else 1
    trained = [(one, Training.of(params, tokens, one, count, None)) for one in cards]
    if not trained or not all(one.peak for _, one in trained):
        raise Missing("rate")
    spans = [(name, _took(*one.hours())) for name, one in trained]
    many = (f"{count} × ", f"{count} 张 ") if count > 1 else ("", "")
    low, high = (f"{100 * share:.0f}" for share in trained[0][1].share)
    flop = figure(trained[0][1].flop(), 2)
    narrow = sum(_NARROW)
    sum_ = " + ".join(map(str, _NARROW))
    bytes_ = both_words(narrow * figures.params)
    return Words(
        f"What takes long is the arithmetic; memory only has to hold a step: 6·N·D, with N = {size_words(params)} and 20 tokens for each parameter (Chinchilla), D = {size_words(tokens)}, is {flop} FLOP, at {low}–{high} % of the peak rate {', '.join(f'{span.en} on {many[0]}{name}' for name, span in spans)}. A larger card holds a larger micro-batch; accumulation makes the batch large on a small one. With 8-bit AdamW the moments take 2 B and all states {sum_} = {narrow} B of each parameter, {bytes_}.",
        f"真正的瓶颈是算力,显存只要放得下一步:6·N·D,N = {size_words(params)},每参数 20 个 token(Chinchilla)即 D = {size_words(tokens)},共 {flop} FLOP;按峰值的 {low}–{high} % 计,{'、'.join(f'{many[1]}{name} 要 {span.zh}' for name, span in spans)}。卡大可以开大 micro-batch,卡小就用梯度累积凑大批。8 位 AdamW 的动量只占 2 字节,状态共 {sum_} = {narrow} 字节/参数,即 {bytes_}。",
    )


def _took(least: float, most: float) -> Words:
    """A span of hours in days, or in hours where it is short."""
    unit, en, zh = (_DAY, "days", "天") if most >= 2 * _DAY else (1.0, "hours", "小时")
    said = f"{figure(least / unit, 2)}–{figure(most / unit, 2)}"
    return Words(f"{said} {en}", f"{said} {zh}")


def _cards(figures: Figures) -> list[str]:
    """The cards that are named, one of each; the first memory of those that are sold in several."""
    named = [str(one) for one in figures.told.get("gpus", ())][:_MOST]
    try:
        if named:
            return list(dict.fromkeys(cards_meant(one)[0].name for one in named))
        kinds = {one.name for one in rig_told(figures)}
    except (BadInput, IndexError) as error:
        raise Missing("card") from error
    return sorted(kinds) if len(kinds) == 1 else []


FROM_SCRATCH: dict[str, Callable[[Figures], Words]] = {"scratch_time": _scratch_time}
