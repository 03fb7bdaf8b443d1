"""A chain of sums gone through line by line: weights, cache, both together, the units, what else a card holds, and a server's share."""

from collections.abc import Callable
from typing import Any

from chat.figures.amount_words import kib
from chat.figures.failures.cause_figures import logged
from chat.figures.named import GB, Figures, Missing, gib_words
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.outcome import Outcome
from kb.pools import pool_figures, share_by_default
from kb.recipe import format_for

_BITS = {2.0: 16, 1.0: 8, 0.5: 4}
_TIGHT = 0.95  # of a card
_RIGHT = 0.03  # by which a round figure may be off
_SERVER = "vllm"
_SHORT = Words("less than that.", "不到这么多。")


def _chain(figures: Figures) -> Words:
    """The verdict on the cards first, then every line of the chain, and what it leaves out."""
    weights, cache, each = (logged(figures, name) for name in ("chain_weights", "chain_cache", "chain_each"))
    bits = _BITS.get(each)
    if bits is None:
        raise Missing("bytes of a parameter")
    stored = _stored(figures, bits)
    base, token = figures.at(**stored), figures.need("kv_mean")
    card = base.fullest.place.card
    n, room = base_cards(base), float(card.capacity if card else base.capacity or 0.0)
    own = base.best - base.terms.get("kv_cache", 0.0)
    divided = base.terms.get("kv_cache", 0.0) / (base.part_of_all("kv") or 1.0)
    need = own + cache * GB * divided
    share = _share_line(figures, stored, cache)
    opens = _opens(need, room, n, share)
    lines = [
        _weights_line(figures, base, weights, each),
        _cache_line(cache, token),
        _sum_line(figures, weights, cache, n, room),
        _left_out(base, own, n),
        share,
        _most_cache(figures, own, room, divided) if need > room else SILENT,
    ]
    english, chinese = "\n".join(f"- {one.en}" for one in lines if one.en), "\n".join(f"- {one.zh}" for one in lines if one.zh)  # fmt: skip
    return Words(f"{opens.en}\n\n{english}", f"{opens.zh}\n\n{chinese}")


def base_cards(base: Outcome) -> int:
    """How many cards the case has."""
    return int(base.situation.knob("n_gpus") or 1)


def _stored(figures: Figures, bits: int) -> dict[str, Any]:
    """How the weights are stored: as it was told, else in the usual format of so many bits."""
    told = figures.given.get("weight_format")
    if told is not None and "bits_named" not in figures.log and bits == 16:
        return {"weight_format": told}
    if bits == 16:
        return {"weight_format": "bf16", "bits": None}
    if told is not None and not str(told).startswith(("bf16", "fp16")):
        return {"weight_format": told}
    return {"weight_format": format_for("inference", bits, str(figures.given.get("engine") or "")), "bits": None}


def _opens(need: float, room: float, n: int, share: Words) -> Words:
    each, each_zh = (f" on each of {n} cards", f"({n} 张卡每张)") if n > 1 else ("", "")
    amount = f"{gib_words(need)} of {gib_words(room)}{each}"
    amount_zh = f"{gib_words(need)} / {gib_words(room)}{each_zh}"
    if need > room:
        return Words(
            f"**No, not with that much cache: {amount}; the sum leaves out what a card holds beside both.**",
            f"**不够:按这么多缓存要 {amount_zh};这道算式漏了卡上另外要占的部分。**",
        )
    if need > _TIGHT * room:
        return Words(
            f"**Only just, with nothing to spare: {amount}.** The sum leaves out what a card holds beside both.",
            f"**勉强放得下,没有余量:{amount_zh}。** 这道算式漏了卡上另外要占的部分。",
        )
    short = share.en.endswith(_SHORT.en)
    served, served_zh = ("; in the share that a server takes by default it does not", ";但推理服务默认的份额里放不下这么多缓存") if short else ("", "")  # fmt: skip
    return Words(
        f"**It fits, with that much cache in it: {amount}{served}.** The sum is not the whole need, and GB are no GiB.",
        f"**放得下(含这么多缓存):{amount_zh}{served_zh}。** 这道算式不是全部,GB 也不等于 GiB。",
    )


def _weights_line(figures: Figures, base: Outcome, told: float, each: float) -> Words:
    real, named = base.part_of_all("weights"), told * GB / each
    right = abs(figures.params / named - 1) <= _RIGHT and abs(real / (told * GB) - 1) <= _RIGHT
    size, shown = size_words(figures.params), f"{real / GB:.3g} GB ({gib_words(real)})"
    verdict, verdict_zh = ("right", "对") if right else ("by the name", "这是按名字算的")
    more, more_zh = (" with scales and what stays in 16 bit", ",含缩放系数和仍为 16 位的部分") if each < 2 else ("", "")
    return Words(
        f"Weights {told:g} GB: {verdict}; the model has {size} parameters, {shown}{more}.",
        f"权重 {told:g} GB:{verdict_zh};模型实际 {size} 参数,{shown}{more_zh}。",
    )


def _cache_line(cache: float, token: float) -> Words:
    tokens = int(cache * GB // token)
    return Words(
        f"KV {cache:g} GB: ÷ {kib(token)} a token = {tokens:,} tokens, of all sequences together.",
        f"KV {cache:g} GB ÷ 每 token {kib(token)} = {tokens:,} 个 token,所有序列合计。",
    )


def _sum_line(figures: Figures, weights: float, cache: float, n: int, room: float) -> Words:
    """Whether the two add up to what is told, and what that is in the unit of the cards."""
    told, more = (next(iter(figures.logged_all(name)), 0.0) for name in ("chain_sum", "chain_more"))
    added = weights + cache + more
    wrong = bool(told) and abs(told - added) > 0.5
    sum_ = f"{weights:g} + {cache:g}{f' + {more:g}' if more else ''} = {added:g} GB"
    verdict = Words(f", not {told:g}", f",不是 {told:g}") if wrong else Words(", as you add it", ",加得对") if told else SILENT  # fmt: skip
    cards = f"{n} × {gib_words(room)} = {gib_words(n * room)}" if n > 1 else gib_words(room)
    left = n * room - added * GB
    rest, rest_zh = (f"{gib_words(left)} more", f"还多 {gib_words(left)}") if left >= 0 else (f"{gib_words(-left)} less", f"还少 {gib_words(-left)}")  # fmt: skip
    return Words(
        f"{sum_}{verdict.en}; that is {gib_words(added * GB)}, and the {'cards have' if n > 1 else 'card has'} {cards}, {rest}.",
        f"{sum_}{verdict.zh};即 {gib_words(added * GB)},而显卡有 {cards},{rest_zh}。",
    )


def _left_out(base: Outcome, own: float, n: int) -> Words:
    """What each card holds beside weights and cache."""
    rest = own - base.terms.get("weights", 0.0)
    each, each_zh = (" on each card", "每张卡") if n > 1 else ("", "")
    return Words(
        f"Not in the sum: runtime and activations, {gib_words(rest)}{each}, and whatever else runs there.",
        f"没算的:{each_zh}运行时与激活 {gib_words(rest)},以及卡上的其他程序。",
    )


def _most_cache(figures: Figures, own: float, room: float, divided: float) -> Words:
    """The cache that the cards do hold beside the rest, as it is and in 8 bits."""
    most = max(0.0, (room - own) / divided) if divided else 0.0
    tokens = int(most // figures.need("kv_mean"))
    if tokens <= 0:
        return Words("The weights alone leave no room for a cache: fewer bits, or more cards.", "仅权重就没给缓存留位置:降低位数或加卡。")  # fmt: skip
    return Words(
        f"What fits beside the rest: a cache of {most / GB:.3g} GB, {tokens:,} tokens, or twice as many in 8 bits.",
        f"能放下的缓存是 {most / GB:.3g} GB,即 {tokens:,} 个 token;用 8 位缓存则翻倍。",
    )


def _share_line(figures: Figures, stored: dict[str, Any], cache: float) -> Words:
    """What a server's share of the cards leaves for the cache, against what is told of it."""
    share = share_by_default(_SERVER)
    if figures.given.get("engine") not in (None, _SERVER) or share is None:
        return SILENT
    there = figures.at(**stored, engine=_SERVER)
    found = {one["quantity"]: float(one["value"]) for one in pool_figures(there.situation.facts | there.fullest.place.facts)}  # fmt: skip
    tokens = int(found.get("kv_tokens", 0.0))
    share = float(there.situation.knob("gpu_memory_utilization") or share)
    if tokens <= 0:
        return Words(
            f"vLLM takes {share:g} of a card by default, and that leaves no room for a cache beside the weights.",
            f"vLLM 默认只用显卡的 {share:g},除去权重后没有缓存的位置。",
        )
    held = tokens * figures.need("kv_mean")
    enough, enough_zh = (
        ("enough for it", "够用") if held >= cache * GB else (_SHORT.en.rstrip("."), _SHORT.zh.rstrip("。"))
    )
    return Words(
        f"A server takes a share: vLLM {share:g} by default, which leaves a cache of {tokens:,} tokens, {held / GB:.3g} GB: {enough}.",
        f"推理服务只用一部分:vLLM 默认 {share:g},剩给缓存 {tokens:,} 个 token,{held / GB:.3g} GB:{enough_zh}。",
    )


CHAINED_SUMS: dict[str, Callable[[Figures], Words]] = {"chain": _chain}
