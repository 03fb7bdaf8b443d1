"""An amount that is told of a cache and is what every token in every layer comes to, of a model whose layers have windows."""

from collections.abc import Callable

from chat.figures.cache.kv_kinds import amount, kinds, served
from chat.figures.cache.windows import layers_with_a_window
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.figures.worked import by_program
from formulas.notation import figure
from formulas.quantity import SILENT, Words

_AS_TOLD = 0.015  # near enough to be that product: it is rounded to whole GiB at most lengths
_AS_WRITTEN = 0.5  # and of a small amount that is rounded so
_LEAST_TIMES = 1.3  # of the cache: what is nearer is no other count


def _told(figures: Figures) -> tuple[str, float, float]:
    """The amount as it is told, the bytes of all tokens in every layer, and of what is kept; Missing where none is told so."""
    found = kinds(served(figures, **by_program(figures)))
    many = figures.tokens / max(kind.kept for kind in found)
    kept = many * sum(kind.layers * kind.token * kind.kept for kind in found)
    whole = sum(kind.layers * kind.token for kind in found) * figures.tokens
    binary = {float(one) for one in figures.told.get("claims_gib", ())}
    seen = {float(one) for one in figures.told.get("observed_gb", ())}
    for one in map(float, figures.told.get("claims_gb", ())):
        units = (GIB,) if one in binary else (GIB, GB)
        near = any(_is(one, whole / unit) for unit in units)
        if near and one not in seen and whole > _LEAST_TIMES * kept and not _of_weights(figures, one):
            return f"{one:g} {'GiB' if one in binary else 'GB'}", whole, kept
    raise Missing("claim")


def _is(told: float, size: float) -> bool:
    """Is it that size, or the whole number that it is rounded to?"""
    return abs(told / size - 1) < _AS_TOLD or (told == round(told) > 9 and abs(told - size) <= _AS_WRITTEN)


def _of_weights(figures: Figures, told: float) -> bool:
    """Is it rather what the weights take, in 16, 8 or 4 bits?"""
    return any(abs(told * unit / (figures.params * each) - 1) < _AS_TOLD for each in (2, 1, 0.5) for unit in (GB, GIB))


def _in_full(figures: Figures) -> float:
    return _told(figures)[1]


def _verdict(figures: Figures) -> Words:
    """What the amount counts, what the cache takes and the whole with it; and what an engine takes that keeps all after all."""
    shown, whole, kept = _told(figures)
    layers, length = figure(sum(kind.layers for kind in kinds(served(figures)))), figure(float(figures.knob("seq_len")))
    own, all_ = layers_with_a_window(figures), both_words(figures.base.total)
    least = _in_an_engine_without(figures, whole)
    return Words(
        f"**{shown} counts every token in all {layers} layers; the cache of {length} tokens takes {amount(kept)}, for {own.en}: with weights and all else {all_}.**{least.en}",
        f"**{shown} 是把 {layers} 层都按全部 token 算的;{length} token 的缓存实际是 {amount(kept)},因为 {own.zh};加上权重等一共 {all_}。**{least.zh}",
    )


def _in_an_engine_without(figures: Figures, whole: float) -> Words:
    """Of vLLM, what it takes where it does not set aside by kind of layer, and whether the cards hold that."""
    if figures.given.get("engine") != "vllm":
        return SILENT
    total = figures.need("whole_unwindowed")
    held = Words("", "")
    if figures.base.capacity is not None:
        room = figures.base.capacity * figures.n  # what the server may take
        held = (
            Words(f" of {gib_words(room)}, which still fits", f",而可用 {gib_words(room)},仍放得下")
            if total <= room
            else Words(f" against {gib_words(room)}, too much", f",而可用只有 {gib_words(room)},放不下")
        )
    return Words(
        f" That holds as long as the engine sets the cache aside by kind of layer, as vLLM's hybrid KV cache manager does. Where that is off (--disable-hybrid-kv-cache-manager, or an old version) layers with a window get blocks for all tokens, too: {gib_words(whole)} of cache and {gib_words(total)} in all{held.en}.",
        f"前提是引擎按层的类型分配缓存,vLLM 的 hybrid KV cache manager 就是这样;若它没有启用(--disable-hybrid-kv-cache-manager,或版本太旧),带窗口的层也按全部 token 分配:缓存 {gib_words(whole)},一共 {gib_words(total)}{held.zh}。",
    )


TOLD_IN_FULL: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "told_in_full": (_in_full, gib_words),
}
TOLD_IN_FULL_WORDS: dict[str, Callable[[Figures], Words]] = {"told_in_full_judged": _verdict}
