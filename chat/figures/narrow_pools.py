"""What a cache in fewer bits does on a card of which a server takes its share anyway: more tokens, and no less memory."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.kv_words import kinds, served
from chat.figures.named import Figures, Missing, both_words
from chat.figures.pool_explained import pool_at
from formulas.quantity import Words
from kb.facts import bits_of
from kb.pools import pool_figures

_SIXTEEN = 16
_WIDE = "bf16"


def _narrow_pool(figures: Figures) -> Words:
    """Bytes of a token and tokens of the pool, in 16 bit and as it is told; Missing where that is no fewer bits."""
    stored = str(figures.given.get("kv_format") or "")
    if not stored or float(bits_of(stored)) >= _SIXTEEN:
        raise Missing("kv_format")
    wide = figures.at(kv_format=_WIDE)
    before = {
        one["quantity"]: float(one["value"]) for one in pool_figures(wide.situation.facts | wide.fullest.place.facts)
    }
    many, few = pool_at(figures)["kv_tokens"], before.get("kv_tokens", 0.0)
    if few <= 0 or many <= few:
        raise Missing("tokens")
    narrow = _token(figures)
    each = f"{kib(narrow * _shrinks(stored))} → {kib(narrow)}"
    weights = both_words(figures.need("w_all"))
    more = f"{few:,.0f} → {many:,.0f}"
    return Words(
        f"a token takes {each}, so the same pool holds {more} tokens by the formulas; the weights, {weights}, stay as they are",
        f"每 token 从 {each},同一个缓存池按公式能放 {more} 个 token;权重 {weights} 不变",
    )


def _shrinks(stored: str) -> float:
    """By how much 16 bit are more than a format's bits."""
    return _SIXTEEN / float(bits_of(stored))


def _token(figures: Figures) -> float:
    """Bytes of one token over all layers, as the cache is stored."""
    return sum(kind.layers * kind.token for kind in kinds(served(figures)))


NARROW_POOLS: dict[str, Callable[[Figures], Words]] = {"narrow_pool": _narrow_pool}
