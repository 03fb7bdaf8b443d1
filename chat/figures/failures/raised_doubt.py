"""Where a run fails since a setting was raised, and by the formulas would still fit: what more must be at work."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.failures.raised import NEARLY, WORTH, learns_from_answers, ran_seen, was_then
from chat.figures.named import GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words

_MOST_OF_IT = 0.7
_FEW = 2  # settings that overflow the card by themselves, of which the usual ones come first


def _doubt(figures: Figures) -> Words:
    """That more than what was told must be at work where the need is well below what the card has."""
    room = figures.base.capacity
    if room is None or figures.base.best >= NEARLY * room or learns_from_answers(figures):
        return SILENT
    more = ran_seen(figures) - was_then(figures).best
    if more > WORTH * room and figures.base.best + more > NEARLY * room:
        seen, beyond, whole = ran_seen(figures), gib_words(more), gib_words(figures.base.best + more)
        return Words(
            f" The {seen / GIB:g} GB that you saw there are {beyond} more than is counted (longer samples, another batch, blocks kept reserved); with as much more it is {whole} here.",
            f"您之前看到的 {seen / GIB:g} GB 比这里算的多 {beyond}(样本更长、批大小不同或保留的显存块);现在同样多出这些就是 {whole}。",
        )
    if (high := figures.base.bounds[1]) > room:
        most = gib_words(high)
        return Words(
            f" By the middle of the estimate that is just below the card; at 90 % it is up to {most}.",
            f"按区间中值刚好低于这张卡,90% 上限是 {most}。",
        )
    return _untold(figures)


def _untold(figures: Figures) -> Words:
    """What was not told and takes the rest of the card: the settings that would by themselves, else those that people have."""
    found: list[Words] = []
    # of a card that is half empty none of them is likely
    if figures.base.best >= _MOST_OF_IT * (figures.base.capacity or 0.0):
        with suppress(Missing):
            found = [one.says for one in figures.causes[:_FEW]]
    if not found:
        trains = figures.knob("task") == "train"
        other = ("no checkpointing", "没开重计算") if trains else ("no flash attention", "没开 flash attention")
        return Words(
            f" By the formulas that alone would still fit, so something else takes more than was told: another precision, {other[0]}, or another process on the card (nvidia-smi).",
            f"按公式仅此还放得下,所以另有一项比所说的大:精度不同、{other[1]},或卡上有别的进程(用 nvidia-smi 查)。",
        )
    left = gib_words((figures.base.capacity or 0.0) - figures.base.best)
    return Words(
        f" By the formulas that leaves {left}, which goes on what was not told: {'; '.join(one.en for one in found)}; or another process on the card (nvidia-smi).",
        f"按公式还剩 {left},被没说到的部分占满:{';'.join(one.zh for one in found)};或卡上有别的进程(用 nvidia-smi 查)。",
    )


RAISED_DOUBT: dict[str, Callable[[Figures], Words]] = {"raised_doubt": _doubt}
