"""The usual ways to make a cache of keys and values smaller, each with what it leaves."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, gib_words
from formulas.quantity import Words
from kb.outcome import Outcome
from kb.served_offers import cache_called
from kb.stored import FILES
from kb.wider import NARROW_CACHE

_SIXTEEN = 2.0  # bytes of a number in 16 bit
_ASKED = frozenset({"saving_asked", "what_helps"})


def in_fewer_bits(figures: Figures, where: Outcome, sequence: float, bytes_in: Callable[[str], float]) -> Words:
    """The usual way to halve it, where it is large and nothing was said of its format; the others too where they are asked for.

    bytes_in    bytes of a number, by the format of the cache
    """
    many = int(where.situation.knob("batch_size") or 1)
    whole = sequence * many
    told = {"seq_len", "batch_size"} & set(figures.given)
    sixteen = float(where.situation.facts["kv_bytes"].value) == _SIXTEEN
    if not told or "kv_format" in figures.given or not sixteen or whole < GIB:
        return Words("", "")
    engine = str(figures.knob("engine"))
    narrow = NARROW_CACHE.get(engine, "fp8")
    less, called = gib_words(whole * bytes_in(narrow) / _SIXTEEN), cache_called(figures.base, narrow)
    flash, flash_zh = (" (flash attention on)", "(要开 flash attention)") if engine == FILES else ("", "")
    said = Words(f"A cache in {called}{flash} takes {less}", f"{called} 缓存{flash_zh}为 {less}")
    if not figures.about & _ASKED:
        return said
    en, zh = "", ""
    if engine == FILES or figures.knob("engine") is None:
        four = gib_words(whole * bytes_in("q4_0") / _SIXTEEN)
        en, zh = f", in q4_0 {four}", f",q4_0 为 {four}"
    if many > 1:
        en, zh = f"{en}; fewer sequences at once take less in proportion", f"{zh};减少并发按比例减少"
    return Words(
        f"{said.en}{en}; half the context takes half; quantised weights leave it as it is",
        f"{said.zh}{zh};上下文减半就少一半;只量化权重不会让它变小",
    )
