"""How many tokens, and sequences of a length, a cache of so much memory holds."""

from collections.abc import Callable
from typing import Any, NamedTuple

from chat.figures.amount_words import kib
from chat.figures.cache.kv_kinds import kinds, served
from chat.figures.failures.cause_figures import logged
from chat.figures.named import GIB, Figures, gib_words
from formulas.quantity import SILENT, Words

# longer than any window: what then still grows are the layers that keep everything
_ANY_LENGTH = 1 << 20


class _Kept(NamedTuple):
    """Of one sequence: bytes of a token in layers that keep all of them, and of the layers with a window in all."""

    growing: float
    bounded: float


def _kept(figures: Figures, **how: Any) -> _Kept:
    found = kinds(served(figures, seq_len=_ANY_LENGTH, batch_size=1, **how))
    whole = [one for one in found if one.kept == _ANY_LENGTH]
    return _Kept(
        sum(one.layers * one.token for one in whole),
        sum(one.layers * one.token * one.kept for one in found if one not in whole),
    )


def _cache_budget(figures: Figures) -> Words:
    """Layers with a window take their tokens off first; the rest is divided by what a token takes in all others."""
    budget = logged(figures, "cache_gib") * GIB
    shown, kept = gib_words(budget), _kept(figures)
    if not kept.growing:
        count, each = int(budget / kept.bounded), gib_words(kept.bounded)
        return Words(
            f"**{shown} of KV cache hold {count} sequences, however long they are: each keeps the tokens of its window at most, {each}.**{_beside(figures).en}",
            f"**{shown} 的 KV 缓存可放 {count} 条序列,多长都行:每条最多只保留窗口内的 token,{each}。**{_beside(figures).zh}",
        )
    several, narrow = _sequences(figures, budget), SILENT
    left = f"({shown} − {gib_words(kept.bounded)})" if kept.bounded else shown
    window = Words(" (layers with a window keep no more)", "(带窗口的层不再增加)") if kept.bounded else SILENT
    if "kv_format" not in figures.given:
        in_fp8 = f"{_tokens(_kept(figures, kv_format='fp8'), budget):,}"
        narrow = Words(f" An fp8 cache holds {in_fp8}.", f"fp8 缓存可放 {in_fp8} 个。")
    tokens = f"{_tokens(kept, budget):,}"
    return Words(
        f"**{shown} of KV cache hold {tokens} tokens: {left} ÷ {kib(kept.growing)} a token{window.en}{several.en}.**{narrow.en}{_beside(figures).en}",
        f"**{shown} 的 KV 缓存可放 {tokens} 个 token:{left} ÷ 每 token {kib(kept.growing)}{window.zh}{several.zh}。**{narrow.zh}{_beside(figures).zh}",
    )


def _beside(figures: Figures) -> Words:
    """What is not in that amount; of what a load leaves, only the tensors of a step still come off it."""
    if "beside_weights" not in figures.log:
        return Words(" Weights, activations and the runtime come on top.", "权重、激活和运行时另算。")
    terms = figures.base.terms
    step = gib_words(terms.get("activations", 0.0) + terms.get("buffers", 0.0))
    return Words(
        f" The weights stand beside it; of those {gib_words(logged(figures, 'cache_gib') * GIB)} the tensors of one step still take a little, {step} here, so set the limit somewhat lower.",
        f"权重在此之外;这 {gib_words(logged(figures, 'cache_gib') * GIB)} 里还要留一点给每步的张量,这里 {step},上限要设得稍低。",
    )


def _tokens(kept: _Kept, budget: float) -> int:
    return max(0, int((budget - kept.bounded) / kept.growing))


def _sequences(figures: Figures, budget: float) -> Words:
    """How many sequences of the length that is told."""
    if "seq_len" not in figures.given:
        return SILENT
    one = sum(kind.layers * kind.token * kind.kept for kind in kinds(served(figures, batch_size=1)))
    count, length = int(budget / one), figures["seq"]
    return Words(
        f", that is {count} sequence{'s' if count != 1 else ''} of {length} tokens at once ({gib_words(one)} each)",
        f",即同时 {count} 条 {length} token 的序列(每条 {gib_words(one)})",
    )


CACHE_BUDGET: dict[str, Callable[[Figures], Words]] = {"cache_budget": _cache_budget}
