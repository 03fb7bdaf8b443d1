"""How far a batch may still grow: from what the run was seen to take, by what the formulas give for each further sequence."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, gib_words
from formulas.quantity import Words

# of the card: lengths vary, and blocks of other sizes stay reserved
_KEPT_FREE = 0.05
# sequences more, over which the growth is taken: a single one may fill blocks that stand free
_OVER = 4
_LEAST = 0.005 * GIB
# what was seen may be so many times less than the formulas' growth; below that other things differ than the samples' length
_SURELY = 4


def _batch_from_seen(figures: Figures) -> Words:
    """Missing where no card is named, several amounts were seen, or none that this card can hold."""
    seen, room = [float(one) * GIB for one in figures.told.get("observed_gb", ())], figures.base.capacity
    if len(seen) != 1 or room is None or not seen[0] < room:
        raise Missing("seen")
    batch = int(figures.knob("batch_size") or 1)
    each = (figures.at(batch_size=batch + _OVER).best - figures.base.best) / _OVER
    free = max(0.0, room * (1 - _KEPT_FREE) - seen[0])
    if each < _LEAST:
        raise Missing("growth")
    # shorter samples than the formulas suppose take less each: what was seen beyond the part that does not grow
    seen_each = (seen[0] - (figures.base.best - batch * each)) / batch
    rates = sorted({each, seen_each if seen_each > each / _SURELY else each})
    most = list(dict.fromkeys(batch + int(free / rate) for rate in reversed(rates)))
    took, left = gib_words(seen[0]), gib_words(free)
    more = [gib_words(rate) for rate in rates] if len(most) > 1 else [gib_words(each)]
    by, by_zh = (
        (f"{more[0]} to {more[1]} (the formulas give {gib_words(each)})", f"{more[0]} 到 {more[1]}(公式给出 {gib_words(each)})")
        if len(more) > 1 else (f"{more[0]} by the formulas", f"{more[0]}(公式)")
    )  # fmt: skip
    reach = [str(one) for one in most]
    head, head_zh = (
        (f"From what you see, batch {batch} is near the limit", f"按您看到的,批大小 {batch} 已接近上限") if most == [batch]
        else (f"From what you see, about batch {' to '.join(reach)} on each card", f"按您看到的推算,每卡批大小约可到 {' 至 '.join(reach)}")
    )  # fmt: skip
    return Words(
        f"**{head}**: batch {batch} takes {took}, each further sequence about {by}, and of {gib_words(room)} less 5 % {left} are left. Longer samples take more each; gradient accumulation makes up the rest.",
        f"**{head_zh}**:批大小 {batch} 占 {took},每多一条约 {by_zh},{gib_words(room)} 留 5 % 余量还剩 {left}。样本更长时每条占得更多;要更大的有效批,其余用梯度累积。",
    )


BATCH_WORDS: dict[str, Callable[[Figures], Words]] = {"batch_from_seen": _batch_from_seen}
