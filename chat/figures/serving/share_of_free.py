"""Why a server whose share is one of the free memory (SGLang) gives its cache less than is free once the weights are loaded: what it
keeps back for activations and graphs, worked out from what it printed, and what a larger share would give."""

from collections.abc import Callable

from chat.figures.amount_words import kib
from chat.figures.named import GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.pools import MOST_SHARE, share_of
from kb.recipe import format_for

_STEP, _FEW = 0.05, 8  # of the share; bits of weights that are fewer
_NEAR = 0.05  # of the tokens: what is printed is rounded, and a page is whole


def _before(figures: Figures) -> float:
    """GiB that were free before the weights came: as printed, else the card less its runtime."""
    printed, card = figures.told_one("free_before"), figures.base.fullest.place.card
    if printed:
        return printed
    if card is None:
        raise Missing("card")
    return float(card.capacity - figures.base.terms.get("runtime", 0.0)) / GIB


def _after(figures: Figures) -> float:
    """GiB that are free once the weights are loaded: as printed, else as the asker says."""
    printed = figures.told_one("free_after") or max(figures.logged_all("left_gb"), default=0.0)
    if not printed:
        raise Missing("left")
    return printed


def _token(figures: Figures) -> float:
    """Bytes of a token in the cache of one card."""
    return float(figures.base.terms["kv_cache"]) / figures.tokens


def _given(figures: Figures) -> float | None:
    """GiB that the cache was given, as printed in bytes or in tokens."""
    tokens = figures.told_one("tokens")
    return figures.told_one("cache_printed") or (tokens * _token(figures) / GIB if tokens else None)


def _share(figures: Figures) -> float:
    """The share that is told; else the one that what was printed comes to."""
    told, given = figures.given.get("gpu_memory_utilization"), _given(figures)
    if told:
        return float(told)
    if given is None:
        raise Missing("share")
    return 1 - (_after(figures) - given) / _before(figures)


def _share_of_free(figures: Figures) -> Words:
    """The free memory less what is kept back, as memory and tokens, against what was printed, and what gives more."""
    if share_of(figures.given.get("engine")).rule != "share-of-free":
        raise Missing("share-of-free")
    before, after, share = _before(figures), _after(figures), _share(figures)
    kept = (1 - share) * before
    room = after - kept
    if not 0 < room < after < before:
        raise Missing("room")
    token = _token(figures)
    tokens = int(room * GIB / token)
    agrees = _agrees(figures, tokens)
    sum_ = f"(1 − {share:.2g}) × {before:.4g} = {kept:.3g} GiB"
    more = _more(figures, before, after, share)
    return Words(
        f"**The {after:g} GB that are free are not all the cache's: {sum_} are kept back for activations and CUDA graphs, and {after:g} − {kept:.3g} = {room:.3g} GiB are left for the cache; ÷ {kib(token)} a token = about {tokens:,} tokens{agrees.en}.** What SGLang prints as GB is GiB, and its share is one of the {before:.4g} that were free before it loaded: weights and cache together.{more.en}",
        f"**空闲的 {after:g} GB 并不都给缓存:先留出 {sum_} 给激活和 CUDA graph,{after:g} − {kept:.3g} = {room:.3g} GiB 才是缓存;÷ 每 token {kib(token)} 约为 {tokens:,} 个 token{agrees.zh}。** SGLang 打印的 GB 就是 GiB;它的份额按加载前空闲的 {before:.4g} 算,权重和缓存都在里面。{more.zh}",
    )


def _agrees(figures: Figures, tokens: int) -> Words:
    """Whether the printed tokens are those of the sum; silent where none are printed."""
    logged = figures.told_one("tokens")
    if not logged:
        return SILENT
    if abs(logged / tokens - 1) <= _NEAR:
        return Words(f", which is what your log says ({logged:,.0f})", f",与日志的 {logged:,.0f} 相符")
    return Words(f"; your log says {logged:,.0f}", f";日志是 {logged:,.0f}")


def _more(figures: Figures, before: float, after: float, share: float) -> Words:
    """What a larger share, a narrow cache and narrow weights would give, with the price of each."""
    token, higher = _token(figures), min(share + _STEP, MOST_SHARE)
    now = after - (1 - share) * before
    said, zh = [], []
    if higher > share:
        kept = (1 - higher) * before
        room = after - kept
        said.append(
            f"--mem-fraction-static {higher:.2g} leaves {room:.3g} GiB, about {int(room * GIB / token):,} tokens, and {kept:.3g} GiB for a step: where it then runs out of memory while it serves, lower --chunked-prefill-size or --cuda-graph-max-bs, or go back"
        )
        zh.append(
            f"--mem-fraction-static {higher:.2g} 给缓存 {room:.3g} GiB,约 {int(room * GIB / token):,} 个 token,留给计算 {kept:.3g} GiB:运行中若 OOM,就调小 --chunked-prefill-size 或 --cuda-graph-max-bs,或调回去"
        )
    if figures.knob("kv_format") is None:
        doubled = int(2 * now * GIB / token)
        said.append(f"--kv-cache-dtype fp8_e4m3, half the bytes a token, about {doubled:,} tokens")
        zh.append(f"--kv-cache-dtype fp8_e4m3,每 token 字节减半,约 {doubled:,} 个 token")
    saved = _saved(figures)
    if saved > 0:
        in_all = int((now * GIB + saved) / token)
        said.append(
            f"weights in {_FEW} bits, {gib_words(saved)} less, all of it for the cache: about {in_all:,} tokens"
        )
        zh.append(f"权重用 {_FEW} 位,省 {gib_words(saved)},全部归缓存,约 {in_all:,} 个 token")
    if not said:
        return SILENT
    return Words(f"\n\nMore of it: {'; '.join(said)}.", f"\n\n要更多:{';'.join(zh)}。")


def _saved(figures: Figures) -> float:
    """Bytes of a card that weights of fewer bits save; 0 where they have no more than that."""
    narrow = format_for("inference", _FEW, str(figures.knob("engine") or ""))
    return float(figures.base.terms["weights"] - figures.at(weight_format=narrow, bits=None).terms["weights"])


SHARE_OF_FREE: dict[str, Callable[[Figures], Words]] = {"share_of_free": _share_of_free}
