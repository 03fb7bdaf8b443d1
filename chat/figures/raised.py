"""A setting that was raised before a run failed: the case before it and after; shares of a card side by side."""

from collections.abc import Callable
from typing import Any

from chat.figures.named import GIB, Figures, Missing, gib_words, pool_of
from chat.phrases import case_words
from chat.words import term
from formulas.quantity import Words
from kb.outcome import Outcome

# how a setting that was raised is told: `before_batch_size 4`
BEFORE = "before_"
_SHARE = "gpu_memory_utilization"
# a term that grew by so much of the need is told
_WORTH = 0.01
_NONE = 0.005 * GIB
# from this part of the card on what is worked out explains the failure by itself
_NEARLY = 0.9


def changed(figures: Figures) -> tuple[str, float]:
    """The setting that was raised, and what it was before; Missing where none is told."""
    for line in figures.told.get("log", ()):
        called, _, number = str(line).partition(" ")
        if called.startswith(BEFORE):
            return called.removeprefix(BEFORE), float(number)
    raise Missing("change")


def _was(figures: Figures) -> Outcome:
    name, value = changed(figures)
    return figures.at(**{name: value if name == _SHARE else int(value)})


def _step(figures: Figures) -> Words:
    """The setting with both its values."""
    name, value = changed(figures)
    before, after = {name: int(value)}, {name: int(float(figures.knob(name)))}
    return Words(
        f"from {case_words(before, 'en')} to {case_words(after, 'en')}",
        f"{case_words(before, 'zh')} → {case_words(after, 'zh')}",
    )


def _grew(figures: Figures) -> Words:
    """What each term was before, and what it is, the most first."""
    before, now = _was(figures).terms, figures.base.terms
    more = {name: now[name] - before.get(name, 0.0) for name in now}
    told = sorted((name for name in more if more[name] > _WORTH * figures.base.best), key=lambda name: -more[name])
    if not told:
        raise Missing("more")

    def each(language: str) -> list[str]:
        was = {name: before.get(name, 0.0) for name in told}
        return [
            f"{term(name, language)} {f'{gib_words(was[name])} → ' if was[name] > _NONE else ''}{gib_words(now[name])}"
            for name in told
        ]

    return Words(", ".join(each("en")), "、".join(each("zh")))


def _against(figures: Figures) -> Words:
    """What the card has."""
    room = figures.base.capacity
    return Words(f" of {gib_words(room)}", f",卡上 {gib_words(room)}") if room else Words("", "")


def _doubt(figures: Figures) -> Words:
    """That more than what was told must be at work where the need is well below what the card has."""
    room = figures.base.capacity
    if room is None or figures.base.best >= _NEARLY * room:
        return Words("", "")
    trains = figures.knob("task") == "train"
    other = ("no checkpointing", "没开重计算") if trains else ("no flash attention", "没开 flash attention")
    return Words(
        f" By the formulas that alone would still fit, so something else takes more than was told: another precision, {other[0]}, or another process on the card (nvidia-smi).",
        f"按公式仅此还放得下,所以另有一项比所说的大:精度不同、{other[1]},或卡上有别的进程(用 nvidia-smi 查)。",
    )


def _back(figures: Figures) -> Words:
    """How to have what was wanted without what it costs."""
    name, value = changed(figures)
    size = gib_words(_was(figures).best)
    after = float(figures.knob(name))
    if name == "batch_size" and figures.knob("task") == "train":
        steps = after / value
        if steps == int(steps):
            return Words(
                f"Keep {value:g} on each card and accumulate gradients over {steps:g} steps: the same global batch at {size}.",
                f"每卡保持 {value:g},梯度累积 {steps:g} 步:全局批大小不变,只要 {size}。",
            )
        return Words(
            f"Keep {value:g} on each card and accumulate gradients: {size}.",
            f"每卡保持 {value:g},其余用梯度累积:{size}。",
        )
    if name == "seq_len" and figures.base.longest:
        most = f"{int(figures.base.longest):,}"
        return Words(
            f"By the middle of the estimate about {most} tokens are the most here.",
            f"按区间中值,这里最长约 {most} token。",
        )
    return Words(
        f"With {case_words({name: int(value)}, 'en')} it is {size}.",
        f"{case_words({name: int(value)}, 'zh')}时是 {size}。",
    )


# ── a server's share and its sequences ─────────────────────────────────────────────────────────────────────────────


def _served(figures: Figures, share: float) -> dict[str, Any]:
    """The pool of a server with this share, by quantity."""
    there = figures.at(gpu_memory_utilization=share, engine=figures.given.get("engine") or "vllm")
    found = pool_of(there)
    if not found:
        raise Missing("pool")
    return found


def _pool_of(figures: Figures, share: float) -> Words:
    """What a share takes, what it leaves for the cache and how many tokens that is."""
    found = _served(figures, share)
    size = float(found["pool"]) * GIB
    taken, beside = gib_words(size), gib_words(figures.need("capacity_whole") - size)
    of_each = Words(" of each card", "每卡") if figures.n > 1 else Words(" of the card", "")
    tokens = int(float(found["kv_tokens"])) if "kv_tokens" in found else 0
    if tokens <= 0:
        return Words(
            f"{share:g} takes {taken}{of_each.en}, which weights and profile run fill: nothing is left for the cache, and it does not start",
            f"{share:g} {of_each.zh}占 {taken},放完权重和测量运行就没有缓存的空间,无法启动",
        )
    left = gib_words(float(found["kv_pool"]) * GIB)
    return Words(
        f"{share:g} takes {taken}{of_each.en}, leaves {left} for the cache, {tokens:,} tokens, and {beside} beside it",
        f"{share:g} {of_each.zh}占 {taken},留给缓存 {left},即 {tokens:,} 个 token,份额之外剩 {beside}",
    )


def shares(figures: Figures) -> list[float]:
    """The shares that were named side by side, the largest first."""
    told = [str(line).partition(" ") for line in figures.told.get("log", ())]
    return sorted({float(number) for called, _, number in told if called == "share"}, reverse=True)


def _shares_beside(figures: Figures) -> Words:
    """Several shares, each with what it leaves."""
    each = [_pool_of(figures, share) for share in shares(figures)]
    if len(each) < 2:
        raise Missing("shares")
    return Words("; ".join(one.en for one in each), ";".join(one.zh for one in each))


def _before(name: str) -> Callable[[Figures], float]:
    """What the setting was, where it is this one that was raised."""

    def value(figures: Figures) -> float:
        raised, before = changed(figures)
        if raised != name or not before < float(figures.knob(name) or 0):
            raise Missing(name)
        return before

    return value


def _any_before(figures: Figures) -> float:
    name, before = changed(figures)
    if not before < float(figures.knob(name) or 0):
        raise Missing(name)
    return before


def _of_share(share: Callable[[Figures], float], rest: bool = False) -> Callable[[Figures], float]:
    def size(figures: Figures) -> float:
        taken = float(_served(figures, share(figures))["pool"]) * GIB
        return figures.need("capacity_whole") - taken if rest else taken

    return size


def _at_once(figures: Figures) -> float:
    """Whole sequences of the told length that the pool holds."""
    count = int(pool_of(figures.base).get("concurrent_sequences") or 0)
    if not count:
        raise Missing("pool")
    return float(count)


_SHARE_WAS = _before(_SHARE)
_COUNT = "{:,.0f}".format
RAISED_FIGURES: dict[str, tuple[Callable[[Figures], float], Callable[[float], str]]] = {
    "share_was": (_SHARE_WAS, "{:g}".format),
    "share_took": (_of_share(_SHARE_WAS), gib_words),
    "share_takes": (_of_share(lambda f: float(f.knob(_SHARE))), gib_words),
    "beside_was": (_of_share(_SHARE_WAS, rest=True), gib_words),
    "sequences_were": (_before("batch_size"), _COUNT),
    "sampled_was": (lambda f: f.need("sequences_were") * f.fact("vocab_size") * 4, gib_words),
    "sampled_is": (lambda f: float(f.knob("batch_size")) * f.fact("vocab_size") * 4, gib_words),
    "pool_at_once": (_at_once, _COUNT),
    "value_was": (_any_before, _COUNT),
    "peak_was": (lambda f: _was(f).best if f.need("value_was") else 0.0, gib_words),
}
RAISED_WORDS: dict[str, Callable[[Figures], Words]] = {
    "raised_step": _step, "raised_grew": _grew, "raised_against": _against, "raised_back": _back, "raised_doubt": _doubt,
    "shares_beside": _shares_beside,
}  # fmt: skip
