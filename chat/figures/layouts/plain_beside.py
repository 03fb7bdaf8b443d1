"""Beside ways to train all weights with less: what the usual one takes, mixed precision with AdamW and nothing offloaded."""

from collections.abc import Callable

from chat.figures.named import Figures, both_words, gib_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import TRAINED
from kb.interval import FITS


def _plain_beside(figures: Figures) -> Words:
    n = figures.n
    base = figures.at(zero_stage=3) if n > 1 else figures.base
    states, states_zh = (
        f"{figures['params']} × {TRAINED} {each} = {both_words(TRAINED * figures.params)}" for each in ("B", "字节")
    )
    over, over_zh = SILENT.en, SILENT.zh
    if n > 1:
        share = both_words(TRAINED * figures.params / n)
        over, over_zh = f", ÷ {n} with ZeRO-3 {share} per card", f",ZeRO-3 ÷ {n} 每卡 {share}"
    room, room_zh = SILENT.en, SILENT.zh
    if base.capacity is not None:
        whether = base.leaning in FITS
        room = f" of {gib_words(base.capacity)}, which {'fits' if whether else 'does not fit'}"
        room_zh = f",可用 {gib_words(base.capacity)},{'放得下' if whether else '放不下'}"
    return Words(
        f"For comparison the usual way, mixed precision with AdamW and nothing offloaded: states {states}{over}; with activations, logits and buffers {gib_words(base.best)}{' per card' if n > 1 else ''}{room}.",
        f"作对照,普通混合精度 AdamW、不 offload:状态 {states_zh}{over_zh};加上激活、logits 和缓冲{'每卡' if n > 1 else ''}共 {gib_words(base.best)}{room_zh}。",
    )


PLAIN_BESIDE: dict[str, Callable[[Figures], Words]] = {"plain_beside": _plain_beside}
