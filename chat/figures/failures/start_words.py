"""A server that fails at its start: what of a card somebody takes for free beside the weights, and the settings its message names."""

from collections.abc import Callable
from contextlib import suppress

from chat.figures.named import GB, Figures, Missing, gib_words
from chat.figures.serving.engine_words import starting_server, steps_and_lengths
from formulas.quantity import SILENT, Words
from kb.programs import serves

_AS_SUBTRACTED = 0.05  # of the card: how far a difference may be from what people round it to
_HARDLY = 0.02  # of the card


def _not_left(figures: Figures) -> Words:
    """The card as it is sold less its weights, which somebody takes for free, against the server's part of what the driver shows."""
    card, left = figures.base.fullest.place.card, figures.logged_all("left_gb")
    if card is None or figures.base.capacity is None or not left:
        return SILENT
    free = card.marketed_gb * figures.n - figures.amount("w_all") / GB
    meant = [one for one in left if abs(one - free) <= _AS_SUBTRACTED * card.marketed_gb * figures.n]
    if not meant:
        return SILENT
    shown, room, whole = f"{meant[0]:g} GB", figures.base.capacity, float(card.capacity)
    rest = room - figures.base.terms.get("weights", 0.0)
    stays = (
        Words("hardly anything", "几乎什么也没有")
        if rest < _HARDLY * whole
        else Words(gib_words(rest), f"只有 {gib_words(rest)}")
    )
    each, each_zh = (" of each card", "每张卡") if figures.n > 1 else (" of it", "")
    part = f", and the server may fill {gib_words(room)}{each}" if room < whole else ""
    part_zh = f",服务{each_zh}最多用其中 {gib_words(room)}" if room < whole else ""
    return Words(
        f" The {shown} are not free: the driver shows {gib_words(whole)}{part}, so beside the weights {stays.en} is left.",
        f"{shown} 并不是空闲的:驱动显示整卡 {gib_words(whole)}{part_zh},权重之外{stays.zh}。",
    )


def _fewer_at_once(figures: Figures) -> Words:
    """The settings of a step and of the length, which such a start tells to lower, and what they can give."""
    if not {"prefill_warmup", "no_blocks", "graph_capture"} & set(figures.about):
        return SILENT
    length, step = steps_and_lengths(starting_server(figures))
    terms = figures.base.terms
    beside = gib_words(terms.get("activations", 0.0) + terms.get("kv_cache", 0.0))
    to, to_zh = "", ""
    with suppress(Missing):
        to, to_zh = f"; {figures['prefill_less']}, say", f",如 {figures['prefill_less']}"
    within = terms.get("weights", 0.0) <= (figures.base.capacity or 0.0)
    help_, help_zh = ("are worth a try, but", "可以先试,但") if within else ("cannot help, for", "没有用,")
    return Words(
        f" Fewer tokens at once ({step}, {length}{to}) {help_} that makes only activations and cache smaller ({beside} here), not the weights.",
        f"减少一次的 token 数({step}、{length.replace(', ', '、')}{to_zh}){help_zh}那只减少激活和缓存(这里共 {beside}),不减权重。",
    )


def _left_for_whole(figures: Figures) -> Words:
    """What the server's share of one card leaves to the cache, where that is less than the whole length takes: by the card alone it
    might seem to go in."""
    base, engine = figures.base, figures.given.get("engine")
    room, whole = base.capacity or 0.0, figures.need("all_room")
    left = room - base.best + base.terms.get("kv_cache", 0.0)
    if (
        figures.n > 1
        or figures.amount("log_pool")
        or not serves(engine)
        or room >= whole
        or not 0 < left < figures.need("kv_whole")
    ):
        return SILENT
    return Words(
        f", of which the server takes {gib_words(room)} and has {gib_words(left)} left for the cache beside weights, profile run and runtime",
        f",其中服务器占 {gib_words(room)},放下权重、测量运行和运行时后只剩 {gib_words(left)} 给缓存",
    )


START_SETTINGS: dict[str, Callable[[Figures], Words]] = {
    "not_left": _not_left, "fewer_at_once": _fewer_at_once, "left_for_whole": _left_for_whole,
}  # fmt: skip
