"""A cell of full training in LLaMA-Factory's table beside what each of several cards was seen to take: what each counts."""

from collections.abc import Callable

from chat.figures.failures.gaps import against_seen, parts_beside
from chat.figures.layouts.zero_bytes import on_each_card
from chat.figures.named import GB, Figures, Missing, both_words, gib_words
from chat.figures.sums.quoted import SEEN
from formulas.notation import size_words
from formulas.quantity import Words
from kb.bytes_each import PURE, TRAINED
from kb.database import rows
from kb.worked import STATES

_LIKE = 0.12  # a size is of a column if it is no further off
_SHARDED = 3  # the stage that divides all of the states
_MORE = 1.08  # of a card's share: what was seen is more than that


def cell_and_cards(figures: Figures) -> Words:
    """Why so many cards take more together than the cell: it is divided by them, and each adds what is its own."""
    n, cell = figures.n, _cell(figures)
    seen = {float(one) for one in figures.told.get(SEEN, ())}
    share = cell / n
    each = min((one for one in seen if share * _MORE < one < cell), default=0.0)
    if figures.knob("method") != "full" or n < 2 or int(figures.knob("zero_stage") or 0) != _SHARDED or not each:
        raise Missing("what each card takes")
    params, bytes_each = figures.need("params_said"), PURE if figures.pure else TRAINED
    states = on_each_card(_SHARDED, n) * params * bytes_each / TRAINED
    rest, match = parts_beside(figures, STATES, ("logits",)), against_seen(figures, each)
    product = f"{size_words(params)} × {bytes_each} ÷ {n} B = {both_words(states)}"
    return Words(
        f"**Both are right, each for what it counts, and neither is to be held against the sum over the cards: the table's {cell:g} GB is one whole copy of the states, which ZeRO-3 divides, {cell:g} ÷ {n} = {share:.3g} GB a card. Your {each:g} GB a card are that and what every card has for itself and no number of cards divides, so {n} × {each:g} = {n * each:g} GB grows with the cards.** Reckon states ÷ cards + what one card takes beside them: {product}, and {rest.en}, {gib_words(figures.base.best)} on each here{match.en}.",
        f"**两个数都对,口径不同,也都不该拿各卡之和去比:表里的 {cell:g} GB 是一整份状态,ZeRO-3 会切分,{cell:g} ÷ {n} = 每卡 {share:.3g} GB。您看到的每卡 {each:g} GB 是这一份再加上每张卡都有、不随卡数切分的部分,所以 {n} × {each:g} = {n * each:g} GB 会随卡数变大。** 应按“状态 ÷ 卡数 + 单卡开销”来估:{product.replace(' B =', ' 字节 =')},另有{rest.zh},这里每卡共 {gib_words(figures.base.best)}{match.zh}。",
    )


def _cell(figures: Figures) -> float:
    """GB of the cell of full training for this size that the asker tells."""
    told = {float(one) for name in ("claims_gb", "bare_gb") for one in figures.told.get(name, ())}
    found = rows(
        "SELECT memory_gb FROM finetune WHERE method = 'Full' AND abs(params_b * 1e9 / ? - 1) < ?",
        [figures.need("params_said"), _LIKE],
    )
    cell = next((float(row["memory_gb"]) for row in found if float(row["memory_gb"]) in told), 0.0)
    if not cell or cell * GB < PURE * figures.params / 2:
        raise Missing("cell")
    return cell


CELL_AND_CARDS: dict[str, Callable[[Figures], Words]] = {"cell_and_cards": cell_and_cards}
