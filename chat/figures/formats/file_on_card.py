"""Beside the size of a file, where it is asked whether it goes on the card and does not: what does."""

from chat.figures.named import GIB, Figures, gib_words
from chat.phrases import HOLDS, leaning
from formulas.quantity import SILENT, Words
from kb.interval import FITS


def file_on_card(figures: Figures) -> Words:
    """The verdict, which opens; then a file in fewer bits that fits, and how many layers of this one do. Silent where it fits,
    which the estimate tells, or where no card is told or it is not asked."""
    base = figures.base
    if "fits" not in figures.about or base.capacity is None or base.verdict is None or figures.n > 1:
        return SILENT
    leans = leaning({"leaning": base.leaning, "verdict": base.verdict})
    # beside a size that is judged the verdict stands already
    if leans in FITS or "weights_claimed" in figures.log:
        return SILENT
    en, zh = HOLDS[leans]
    need, room, tokens = gib_words(base.best), gib_words(base.capacity), figures["tokens"]
    head = f"**It {en}: {need} of {room} with the cache of {tokens} tokens and the runtime.** "
    head_zh = f"**{zh}:加上 {tokens} token 的缓存和运行时约 {need},可用 {room}。** "
    ways = [next((one for one in figures.changes if name in one["facts"]), None) for name in ("weight_format", "gpu_layers")]  # fmt: skip
    found = [(one, gib_words(one["gib"] * GIB)) for one in ways if one]
    if not found:
        return Words(head, head_zh)
    told = "; or ".join(f"{one['says']} ({size})" for one, size in found)
    told_zh = ";或 ".join(f"{one['zh']}({size})" for one, size in found)
    return Words(f"{head}What does: {told}. ", f"{head_zh}放得下的:{told_zh}。")
