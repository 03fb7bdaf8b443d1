"""Several servers with a model each on one card: the share that each needs at least, and a split that leaves them their caches."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from math import ceil, floor
from typing import Any

from chat.figures.named import Figures, Missing, gib_words, pool_of
from chat.phrases import value
from formulas.errors import BadInput
from formulas.notation import size_words
from formulas.quantity import SILENT, Words
from kb.cards import Card, cards_meant
from kb.cases import spread
from kb.outcome import outcome
from kb.pools import ALL_SERVERS, MOST_SHARE, VLLM, share_by_default, share_of

_FINE = 100
# usual sizes that stand for models that nobody named, and the context of one sequence beside them
_SIZES, _BITS, _SHORT = (7e9, 14e9, 32e9, 70e9), (16, 8, 4), 4096
# of what a model needs, from which a server's share is told of
_MUCH_MORE = 1.5
# what stands for a model that was told by its size
_SIZE = re.compile(r"([\d.]+)B")


@dataclass(frozen=True)
class _Server:
    """A model's server: the least share that holds one sequence for sure."""

    name: str
    figures: Figures
    least: float
    need: float


def _shares_each(figures: Figures) -> Words:
    """One share for each model, of the whole card; Missing where the program's share is none of the card."""
    named = [str(one) for one in figures.told.get("served_models", ())]
    engine = figures.given.get("engine") or VLLM
    if len(named) < 2 or share_of(engine).rule not in ("share-of-card", "share-of-free") or figures.n > 1:
        raise Missing("models")
    card, knob = figures.need("capacity_whole"), share_of(engine).setting
    servers = [_server(figures, one, engine, card) for one in named]
    least = [f"{one.name} {one.least:g} ({gib_words(one.need)})" for one in servers]
    taken = sum(one.least for one in servers)
    if ALL_SERVERS < taken <= MOST_SHARE:
        return Words(
            f"**Only tightly on this card: each needs a share of the whole card, {', '.join(least)}, {taken:.2g} in all; {ALL_SERVERS:g} of {gib_words(card)} is what leaves the contexts beside the shares room.** A shorter --max-model-len or an fp8 cache for the larger one lowers what it needs; start them one after the other, the larger first.",
            f"**这张卡上只能勉强放下:每个服务各要整卡的一份,{'、'.join(least)},合计 {taken:.2g};给份额之外的上下文留空间,整卡 {gib_words(card)} 最好只分 {ALL_SERVERS:g}。** 给大的那个调小 --max-model-len 或用 fp8 缓存可以少占;先后启动,大的先起。",
        )
    if taken > ALL_SERVERS:
        return Words(
            f"**Not together on this card: each needs a share of the whole card, {', '.join(least)}, and {taken:.2g} in all is more than the {ALL_SERVERS:g} that servers may take of {gib_words(card)}.** Fewer bits for one of them, a larger card, or a card for each.",
            f"**这张卡上放不下全部:每个服务各要整卡的一份,{'、'.join(least)},合计 {taken:.2g},超过可分的 {ALL_SERVERS:g}(整卡 {gib_words(card)})。** 给其中一个降低位数、换更大的卡,或各用一张卡。",
        )
    split = [floor(_FINE * (one.least + (ALL_SERVERS - taken) / len(servers))) / _FINE for one in servers]
    shown = [(one.name, share, _tokens(one, engine, share)) for one, share in zip(servers, split, strict=True)]
    en = "; ".join(f"{name} {share:g}, cache for about {tokens} tokens" for name, share, tokens in shown)
    zh = ";".join(f"{name} {share:g},缓存约 {tokens} 个 token" for name, share, tokens in shown)
    why = _pool_of_the_first(figures, card, servers)
    return Words(
        why.en
        + f"**Give each server its own {knob}, a share of the whole card ({gib_words(card)}), {ALL_SERVERS:g} in all at most. At least: {', '.join(least)}. With what is left divided alike: {en}.** Start them one after the other, each with a --max-model-len of its own: the first with the default takes nearly all, and the second then finds too little.",
        why.zh
        + f"**给每个服务各设一个 {knob},都是整卡({gib_words(card)})的份额,合计不超过 {ALL_SERVERS:g}。最低:{'、'.join(least)};余下的平分:{zh}。** 先后启动,各自设好 --max-model-len:先启动的若用默认值就几乎占满,后一个就不够了。",
    )


def _pool_of_the_first(figures: Figures, card: float, servers: list[_Server]) -> Words:
    """What is taken as the second one starts, where its message tells it: the share of the first, and not its model's need."""
    if "others" not in figures.log:
        return SILENT
    taken, least = figures.need("log_others"), max(servers, key=lambda one: one.need)
    if taken < _MUCH_MORE * least.need:
        return SILENT
    share, need = f"{taken / card:.2f}", gib_words(least.need)
    return Words(
        f"**The {gib_words(taken)} that are taken are no model's need ({least.name} takes {need}): a server takes its share of the whole card, here {share}, not of what is free, and sets all of it beyond the weights aside for its KV cache.** ",
        f"**被占的 {gib_words(taken)} 不是模型的需要({least.name} 只要 {need}):先启动的服务按整卡(不是剩余)的比例占用,这里约 {share},权重之外全部预留作 KV 缓存池。** ",
    )


def _server(figures: Figures, model: str, engine: str, card: float) -> _Server:
    name, _, stored = model.partition(" in ")
    size = _SIZE.fullmatch(name)  # of which only the parameters were told
    meant: dict[str, Any] = {"model": None, "params": float(size[1]) * 1e9} if size else {"model": name}
    meant |= {"weight_format": stored, "bits": None} if stored else {}
    own = Figures({**figures.given, **meant, "engine": engine, "gpu_memory_utilization": None}, figures.told)
    try:
        high, best = own.base.bounds[1], own.base.best
    except BadInput as error:
        raise Missing("models") from error
    called = f" {value('weight_format', stored, 'en')}" if stored else ""
    return _Server(name.rsplit("/", 1)[-1] + called, own, ceil(_FINE * high / card) / _FINE, best)


def _card_shared(figures: Figures) -> Words:
    """Several servers of models that nobody named on one card: the share that each is given, and what goes into that."""
    told = figures.given.get("gpu") or figures.given.get("gpu_memory_gb")
    count, engine = int(next(iter(figures.logged_all("servers")), 2)), figures.given.get("engine") or VLLM
    if not told or share_of(engine).rule not in ("share-of-card", "share-of-free"):
        raise Missing("card")
    each, knob = floor(_FINE * ALL_SERVERS / count) / _FINE, share_of(engine).setting
    cards = meant(figures.given.get("gpu"), figures.given.get("gpu_memory_gb"))
    shown = [(gib_words(each * one.capacity), gib_words(one.capacity), _goes_in(one, each)) for one in cards]
    default = share_by_default(engine)
    usual = Words(f", {default:g},", f" {default:g} ") if default else SILENT
    apiece = "; ".join(f"{part} apiece of {whole}" for part, whole, _ in shown)
    apiece_zh = ";".join(f"整卡 {whole},各 {part}" for part, whole, _ in shown)
    holds = "; ".join(f"{part} hold{held.en}" for part, _, held in shown if held.en)
    holds_zh = ";".join(f"{part} 放得下{held.zh}" for part, _, held in shown if held.zh)
    return Words(
        f"**Give each of the {count} its own {knob}, {each:g} where they are alike: {apiece}; {ALL_SERVERS:g} in all at most, and a larger share for the larger model.** The share is of the whole card and not of what is free, and the default{usual.en} leaves the second nothing: start them one after the other, each with a --max-model-len of its own. Weights, a runtime and the cache of each go into its share{': ' + holds if holds else ''}.",
        f"**给这 {count} 个服务各设一个 {knob},平分就是 {each:g}:{apiece_zh};合计不超过 {ALL_SERVERS:g},模型大的那个分多一些。** 这是整张卡的份额,不是剩余的份额,默认值{usual.zh}会让后一个没有地方:先后启动,各自设好 --max-model-len。每个服务的权重、运行时和缓存都在自己的份额里{',例如 ' + holds_zh if holds_zh else ''}。",
    )


def meant(gpu: Any, memory: Any) -> list[Card]:
    """The cards that are told by a name, or by their memory alone."""
    if gpu:
        return cards_meant(str(gpu), float(memory) if memory else None)
    one = spread({"method": "inference", "params": 1e9, "gpu_memory_gb": memory})[0].card
    return [one] if one else []


def _goes_in(card: Card, share: float) -> Words:
    """The largest of the usual sizes that are sure to go into such a share, in 16, 8 and 4 bits."""
    found: dict[int, str] = {}
    for bits in _BITS:
        for size in _SIZES:
            case = {
                "method": "inference",
                "params": size,
                "bits": bits,
                "engine": VLLM,
                "gpu_memory_utilization": share,
            }
            if outcome(spread(case)[0]).bounds[1] <= share * card.capacity:
                found[bits] = size_words(size)
    # fewer bits that hold no larger one are not told
    found = {bits: size for bits, size in found.items() if size not in [found[more] for more in found if more > bits]}
    if not found:
        return SILENT
    en = " or ".join(f"{size} in {bits} bits" for bits, size in found.items())
    return Words(
        f" {en}, with {_SHORT:,} tokens",
        f" {'、'.join(f'{bits} 位的 {size}' for bits, size in found.items())}({_SHORT:,} token)",
    )


def _tokens(server: _Server, engine: str, share: float) -> str:
    held = pool_of(server.figures.at(engine=engine, gpu_memory_utilization=share)).get("kv_tokens")
    if not held:
        raise Missing("kv_tokens")
    return f"{int(held):,}"


SHARES_EACH: dict[str, Callable[[Figures], Words]] = {"shares_each": _shares_each, "card_shared": _card_shared}
