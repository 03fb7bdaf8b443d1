"""What weights in few bits are taken for, against what they are as stored; and what that leaves of the card for the cache."""

from collections.abc import Callable

from chat.figures.failures.cause_figures import logged
from chat.figures.formats.estimated_weights import MIXED
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words, pool_of
from chat.figures.sums.identified import sums
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT
from kb.recipe import format_for
from kb.stored import stored_bits

_OFF, _ALIKE = 0.04, 0.01


def _weights_claimed(figures: Figures) -> Words:
    """Whether the claim is the weights, and what is left beside them; Missing where nothing is claimed or several cards share it."""
    claimed, bits = logged(figures, "weights_claimed"), logged(figures, "bits_claimed")
    raw, named = bits / 8 * figures.params, {"weight_format", "bits"} & set(figures.given)
    untold = None if named else format_for("inference", int(bits), str(figures.knob("engine") or ""))
    stored = (figures.at(weight_format=untold) if untold else figures.base).part_of_all("weights")
    shown, left = f"{claimed:g} GB", left_for_cache(figures)
    off, bare = min(abs(claimed * unit / stored - 1) for unit in (GB, GIB)), abs(claimed * GB / raw - 1)
    in_gb = abs(claimed * GB / stored - 1) <= _OFF
    if off <= _OFF and off <= bare + _ALIKE and (in_gb or bare > _OFF):  # else it is the bare product
        return Words(
            f"**{shown} of weights is right: {both_words(stored)}.**{left.en}",
            f"**权重 {shown} 是对的:{both_words(stored)}。**{left.zh}",
        )
    if stored < raw:
        raise Missing("weights_claimed")
    if str(figures.knob("weight_format")).startswith("gguf"):
        more, more_zh = f".** {MIXED.en}", f"。** {MIXED.zh}"
    else:
        more, more_zh = (
            ", and on top come the scales of the groups and what stays in 16 bit, the embedding and head among it.**",
            ",另有分组的量化常数,以及保持 16 位的部分(如 embedding 与输出头)。**",
        )
    return Words(
        f"**The weights take {both_words(stored)}, not {shown}: {size_words(figures.params)} × {bits:g} bits alone are {both_words(raw)}{more}{left.en}",
        f"**权重占 {both_words(stored)},不是 {shown}:{size_words(figures.params)} × {bits:g} 位是 {both_words(raw)}{more_zh}{left.zh}",
    )


def left_for_cache(figures: Figures) -> Words:
    """What the card has left for keys and values, where one is named."""
    base = figures.base
    if base.capacity is None or figures.n > 1:
        return SILENT
    spare = next(iter(figures.logged_all("spare")), 0.0)
    pool = float(pool_of(base).get("kv_pool") or 0) * GIB
    left = pool or base.capacity - (base.best - float(base.terms.get("kv_cache", 0.0)))
    if left <= 0:
        return Words(" Nothing is left for the cache.", "没有剩下给缓存的。")
    paged = float(pool_of(base).get("kv_tokens") or 0)
    tokens = f"{int(paged or left / figures.need('kv_mean')):,}"
    instead, instead_zh = (f", not {spare:g} GB", f",不是 {spare:g} GB") if spare else ("", "")
    of, of_zh = (
        (f"of the {gib_words(base.capacity)} that the server takes", f"服务占用的 {gib_words(base.capacity)} 里") if pool
        else (f"of the card's {gib_words(base.capacity)}", f"卡上 {gib_words(base.capacity)} 里")
    )  # fmt: skip
    return Words(
        f" With activations and the runtime that leaves {gib_words(left)} {of} for the cache{instead}: about {tokens} tokens at {figures['kv_mean']}.",
        f"再除去激活与运行时,{of_zh}留给缓存的是 {gib_words(left)}{instead_zh},按每 token {figures['kv_mean']} 约 {tokens} 个 token。",
    )


# what a figure for serving counts on top of the weights, by how it is usually rounded
_LEAST_MORE, _MOST_MORE = 1.03, 1.25


def _weights_and_room(figures: Figures) -> Words:
    """That the claim is the weights in 16 bit and a margin for cache, activations and the runtime; Missing where it is not."""
    claimed = [float(one) for one in figures.told.get("claims_gb", ()) if one]
    weights, named = WEIGHT * figures.params, set(figures.given) & {"bits", "weight_format"}
    if named and round(stored_bits(figures.base)) != 8 * WEIGHT:
        raise Missing("width")  # of another width it is no figure of 16 bits
    if len(claimed) != 1 or not _LEAST_MORE <= claimed[0] * GB / weights <= _MOST_MORE or sums(figures, WEIGHT):
        raise Missing("margin")  # what the size comes to as it is named has no margin
    more, sum_ = (
        round(100 * (claimed[0] * GB / weights - 1)),
        f"{size_words(figures.params)} × {WEIGHT} B = {both_words(weights)}",
    )
    return Words(
        f"{claimed[0]:g} GB is the weights in 16 bit, {sum_}, and {more} % for cache, activations and the runtime, in all and not per card.",
        f"{claimed[0]:g} GB 是 16 位权重 {sum_},再加 {more} % 给缓存、激活和运行时,是总量而不是单卡。",
    )


WEIGHTS_CLAIMED: dict[str, Callable[[Figures], Words]] = {
    "weights_claimed": _weights_claimed,
    "weights_and_room": _weights_and_room,
}
