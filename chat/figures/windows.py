"""Caches of models whose layers keep a window of the sequence: their sum, and what they would be in a program that knows no window."""

from collections.abc import Callable

from chat.figures.amount_words import token_words
from chat.figures.kv_words import Kind, kinds, served
from chat.figures.named import Figures, Missing, gib_words
from formulas.notation import figure
from formulas.quantity import Words

_LESS = 0.98  # of the product of tokens and bytes: so much less only windows and states keep


def _windowed(figures: Figures) -> tuple[Kind, ...]:
    """The layers, where some keep a window only that is shorter than the sequence; else Missing."""
    found = kinds(served(figures))
    longest = max(kind.kept for kind in found)
    if all(kind.kept == longest for kind in found):
        raise Missing("windows")
    return found


def _token_unwindowed(figures: Figures) -> float:
    return sum(kind.layers * kind.token for kind in _windowed(figures))


def _unwindowed(figures: Figures) -> float:
    """Bytes of all sequences with every token kept in every layer."""
    return _token_unwindowed(figures) * figures.tokens


def _whole_unwindowed(figures: Figures) -> float:
    """Bytes of the whole need, over all cards, with that cache."""
    base = figures.base
    return base.total - base.part_of_all("kv") + _unwindowed(figures)


def _cache_sum(figures: Figures) -> Words:
    """How the cache of all tokens comes about: a product, but where windows keep less of it."""
    cache, token = figures.need("kv_all"), figures.need("kv_token")
    tokens, each = figures["tokens"], figures["kv_token"]
    if abs(cache - token * figures.tokens) <= (1 - _LESS) * cache:  # past every window a token adds nothing
        return Words(f"{tokens} tokens × {each} = {gib_words(cache)}", f"{tokens} token × {each} = {gib_words(cache)}")
    return Words(
        f"{gib_words(cache)} for {tokens} tokens, of which layers with a window keep the last ones only",
        f"{tokens} token 共 {gib_words(cache)}(带窗口的层只存最近一段)",
    )


_FAR = 2**17  # tokens: longer than any window


def _growth(figures: Figures) -> Words:
    """Whether the cache grows with every token: in which layers it does, and what a further token adds."""
    far, farther = (kinds(served(figures, seq_len=length)) for length in (_FAR, 2 * _FAR))
    layers = int(served(figures).situation.facts["n_layers"].value)
    grow = [one for one, more in zip(far, farther, strict=True) if more.kept > one.kept]
    stay = [one for one, more in zip(far, farther, strict=True) if more.kept == one.kept]
    token = token_words(sum(one.layers * one.token for one in grow))
    window = figure(max((one.kept for one in stay), default=0))
    if not grow:
        most = gib_words(sum(one.layers * one.token * one.kept for one in stay))
        return Words(
            f"**It grows up to {window} tokens and no further: every layer keeps the last {window} alone, {most} per sequence.**",
            f"**只增长到 {window} 个 token 为止:每层只保留最近 {window} 个,之后每条序列一直是 {most}。**",
        )
    growing = sum(one.layers for one in grow)
    if growing == layers:
        return Words(
            f"**It grows with every token, by {token}: none of its layers has a window.**",
            f"**一直随 token 增长,每个 {token}:没有带窗口的层。**",
        )
    rest = (
        Words(f"the last {window} tokens alone", f"最近 {window} 个 token")
        if stay
        else Words("a state of one size", "大小固定的状态")
    )
    return Words(
        f"**It grows on in {growing} of its {layers} layers alone: each further token adds {token}; the others keep {rest.en}.**",
        f"**只在 {layers} 层中的 {growing} 层继续增长:每多一个 token 增加 {token};其余的层只保留{rest.zh}。**",
    )


def _layers_with_a_window(figures: Figures) -> Words:
    found = _windowed(figures)
    longest = max(kind.kept for kind in found)
    short = [kind for kind in found if kind.kept < longest]
    many, all_ = figure(sum(kind.layers for kind in short)), figure(sum(kind.layers for kind in found))
    kept = figure(min(kind.kept for kind in short))
    return Words(f"{many} of its {all_} layers keep the last {kept} only", f"{all_} 层中 {many} 层只存最近 {kept} 个")


WINDOWS: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "kv_token_unwindowed": (_token_unwindowed, token_words),
    "kv_unwindowed": (_unwindowed, gib_words),
    "whole_unwindowed": (_whole_unwindowed, gib_words),
}
WINDOW_WORDS: dict[str, Callable[[Figures], Words]] = {
    "cache_sum": _cache_sum, "cache_growth": _growth, "layers_with_a_window": _layers_with_a_window,
}  # fmt: skip
