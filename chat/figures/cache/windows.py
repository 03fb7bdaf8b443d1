"""Caches of models whose layers keep a window of the sequence: their sum, and what they would be in a program that knows no window."""

from collections.abc import Callable
from typing import NamedTuple

from chat.figures.amount_words import token_words
from chat.figures.cache.kv_kinds import Kind, kinds, served
from chat.figures.cache.long_cache import kv_at_long
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from formulas.notation import figure
from formulas.quantity import SILENT, Words

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


class _Saving(NamedTuple):
    """What windows keep out of the cache of one sequence of so many tokens."""

    model: str
    tokens: int
    whole: float
    kept: float
    layers: tuple[int, int]
    window: int


def _saving(figures: Figures) -> _Saving:
    """At the length that is told, else at the longest that is declared; Missing where no layer has a shorter window."""
    most = figures.row().get("max_position_embeddings")
    length = {} if "seq_len" in figures.given or not most else {"seq_len": int(most)}
    where = served(figures, batch_size=1, **length)
    found, tokens = kinds(where), int(where.situation.facts["seq_len"].value)
    short = [kind for kind in found if kind.kept < tokens]
    if not short:
        raise Missing("windows")
    return _Saving(
        str(where.situation.knob("model")).rpartition("/")[2],
        tokens,
        sum(kind.layers * kind.token * tokens for kind in found),
        sum(kind.layers * kind.token * kind.kept for kind in found),
        (sum(kind.layers for kind in short), sum(kind.layers for kind in found)),
        max(kind.kept for kind in short),
    )


def _saved(figures: Figures) -> Words:
    """What windows save of the cache: of a family the largest first, the other sizes behind it."""
    others = [Figures({**figures.given, "model": name}) for name in figures.log.get("other_model", ())]
    one, *rest = sorted((_saving(each) for each in (figures, *others)), key=lambda each: -each.whole)
    some, all_, at, window = *map(figure, one.layers), f"{one.tokens:,}", f"{one.window:,}"
    saved, whole, kept = (gib_words(size) for size in (one.whole - one.kept, one.whole, one.kept))
    share = f"{1 - one.kept / one.whole:.0%}"
    short = [(each.model, gib_words(each.whole), gib_words(each.kept)) for each in rest]
    more = "".join(f"; {name} {was} → {left}" for name, was, left in short)
    more_zh = more.replace("; ", "\uff1b")
    of = Words(f"Of {one.model} ", f"{one.model} 的 ") if rest else SILENT
    layers = (
        Words(f"Every layer keeps the last {window} tokens alone", f"每层都只保留最近 {window} 个 token")
        if some == all_
        else Words(
            f"{of.en}{some} of its {all_} layers keep the last {window} tokens alone, the others all",
            f"{of.zh}{all_} 层中有 {some} 层只保留最近 {window} 个 token,其余保留全部",
        )
    )
    return Words(
        f"**{one.model}: its window saves {saved} of {whole} ({share}) at {at} tokens: {kept} of KV cache are left{more}.** {layers.en}; up to {window} tokens nothing is saved.",
        f"**{one.model}\uff1a{at} token 时窗口省 {saved}({share}):KV 缓存从 {whole} 变为 {kept}{more_zh}。** {layers.zh};不超过 {window} 个 token 时不省。",
    )


def _room_unwindowed(figures: Figures) -> Words:
    """Whether the whole goes on the cards with that cache, and without it; nothing where no card is told."""
    if "gpu" not in figures.given and "gpu_memory_gb" not in figures.given:
        return SILENT
    room, whole, base = figures.need("all_room"), figures.need("whole_unwindowed"), figures.base
    other, holds = whole - _unwindowed(figures), base.total <= room
    fits = Words("which fits", "放得下") if holds else Words("too much as well", "同样放不下")
    if whole <= room:
        return Words(f" Both go in: {gib_words(whole)} of {gib_words(room)}, {gib_words(base.total)} without.", f"两种都放得下:{gib_words(whole)} / {gib_words(room)},不加是 {gib_words(base.total)}。")  # fmt: skip
    return Words(
        f" With weights and all else, {gib_words(other)}, that is {gib_words(whole)} against {gib_words(room)}; without it {gib_words(base.total)}, {fits.en}.",
        f"加上权重等 {gib_words(other)} 共 {gib_words(whole)},而显存共 {gib_words(room)};不加是 {gib_words(base.total)},{fits.zh}。",
    )


def _times_unwindowed(figures: Figures) -> float:
    return _unwindowed(figures) / figures.need("kv_all")


def _unwindowed_q8(figures: Figures) -> float:
    """Bytes of that cache in q8_0, by what the format makes of the cache of the case."""
    return _unwindowed(figures) * figures.need("kv_q8_all") / figures.need("kv_all")


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


def layers_with_a_window(figures: Figures) -> Words:
    found = _windowed(figures)
    longest = max(kind.kept for kind in found)
    short = [kind for kind in found if kind.kept < longest]
    many, all_ = figure(sum(kind.layers for kind in short)), figure(sum(kind.layers for kind in found))
    kept = f"{int(min(kind.kept for kind in short)):,}"
    return Words(f"{many} of its {all_} layers keep the last {kept} only", f"{all_} 层中 {many} 层只存最近 {kept} 个")


_AS_SEEN = 0.02  # of a cache: what a log prints of one is as near
_NEXT_TO = 0.25  # and what is told round, or of one kind of layer, so near


def amounts_seen(figures: Figures) -> list[float]:
    """Bytes of the amounts that are told, in each unit that they may be in."""
    logged = [float(one) * GIB for one in figures.log.get("buffer", ())]
    shown = [float(one) * GIB for one in figures.told.get("monitor_gib", ())]
    claims = {float(one) for name in ("claims_gb", "observed_gb") for one in figures.told.get(name, ())}
    return [*logged, *shown, *(one * unit for one in claims for unit in (GB, GIB))]


def _fell_to_windows(figures: Figures) -> float:
    """Bytes of the cache with windows, where it is told beside that of all tokens in every layer; else Missing."""
    found = _windowed_by_llamacpp(figures)
    whole = sum(kind.layers * kind.token for kind in found) * figures.tokens
    parts = [kind.layers * kind.token * kind.kept * figures.tokens / max(one.kept for one in found) for kind in found]
    seen = amounts_seen(figures)
    fell = any(abs(one / size - 1) < _NEXT_TO for one in seen for size in (sum(parts), max(parts)))
    if not (fell and any(abs(one / whole - 1) < _AS_SEEN for one in seen)):
        raise Missing("windows")
    return sum(parts)


def _buffer_unwindowed(figures: Figures) -> float:
    """The buffer that a log names, where it is that cache of all tokens in every layer; else Missing."""
    whole = _unwindowed(figures)
    if not any(abs(float(one) * GIB / whole - 1) < _AS_SEEN for one in figures.log.get("buffer", ())):
        raise Missing("windows")
    return whole


def _windowed_by_llamacpp(figures: Figures) -> tuple[Kind, ...]:
    """The layers as llama.cpp keeps them: beside a window the tokens of one step of a prompt."""
    _windowed(figures)
    return kinds(served(figures, engine="llama.cpp"))


def _windows_summed(figures: Figures) -> Words:
    """What each kind of layer keeps of a sequence, and all of it."""
    found = _windowed_by_llamacpp(figures)
    each = [kind.layers * kind.token * kind.kept for kind in found]
    parts = [(figure(kind.layers), figure(kind.kept), gib_words(size)) for kind, size in zip(found, each, strict=True)]
    return Words(
        " + ".join(f"{layers} layers × {kept} tokens = {size}" for layers, kept, size in parts) + f", {gib_words(sum(each))} in all",
        " + ".join(f"{layers} 层 × {kept} token = {size}" for layers, kept, size in parts) + f",共 {gib_words(sum(each))}",
    )  # fmt: skip


WINDOWS: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "kv_token_unwindowed": (_token_unwindowed, token_words),
    "kv_unwindowed": (_unwindowed, gib_words),
    "fell_to_windows": (_fell_to_windows, gib_words),
    "buffer_unwindowed": (_buffer_unwindowed, gib_words),
    "whole_unwindowed": (_whole_unwindowed, gib_words),
    "unwindowed_times": (_times_unwindowed, lambda times: f"{times:.2g}"),
    "unwindowed_q8": (_unwindowed_q8, gib_words),
}
WINDOW_WORDS: dict[str, Callable[[Figures], Words]] = {
    "cache_sum": _cache_sum, "cache_growth": _growth, "layers_with_a_window": layers_with_a_window, "windows_summed": _windows_summed, "unwindowed_room": _room_unwindowed,
    "window_saved": _saved, "kv_at_long": kv_at_long,
}  # fmt: skip
