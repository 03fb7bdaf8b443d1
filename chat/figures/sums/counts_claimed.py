"""Numbers of cards that are said to be needed to serve a model, in one format or several: whether so many are, and no more."""

from collections.abc import Callable

from chat.figures.named import Figures, Missing, gib_words
from chat.phrases import value
from formulas.errors import BadInput
from formulas.quantity import Words
from kb.hosting import MACHINE
from kb.interval import FITS
from kb.outcome import Outcome
from kb.recommender import SERVERS


def _cards(count: int) -> Words:
    """So many cards, and the machines that they fill."""
    if count <= MACHINE:
        return Words(f"{count} {'card' if count == 1 else 'cards'}", f"{count} 张")
    nodes = count // MACHINE
    return Words(f"{count} cards ({nodes} machines of {MACHINE})", f"{count} 张({nodes} 台 {MACHINE} 卡机)")


def _least(figures: Figures, stored: str, most: int) -> tuple[int, Outcome, Outcome | None]:
    """The fewest cards that hold the model in a format, with what fewer do; Missing where `most` do not."""
    fewer: Outcome | None = None
    for count in SERVERS:
        if count > most:
            break
        try:
            there = figures.at(n_gpus=count, weight_format=stored, bits=None)
        except BadInput:
            continue
        if there.capacity and there.leaning in FITS:
            return count, there, fewer
        fewer = there
    raise Missing("cards")


def _counts_claimed(figures: Figures) -> Words:
    """Each format with the count that was said of it, the fewest cards with the fewest bits."""
    claims = sorted({int(one) for one in figures.logged_all("claimed_count")})
    formats = [str(one) for one in figures.log.get("claimed_format", ())] or [str(figures.knob("weight_format"))]
    if not claims or len(claims) not in (1, len(formats)) or not figures.base.capacity:
        raise Missing("claims")
    stored = sorted(formats, key=lambda one: figures.stored(weight_format=one))
    claimed = claims if len(claims) == len(stored) else claims * len(stored)
    said, said_zh, wrong = [], [], 0
    for one, count in zip(stored, claimed, strict=True):
        least, there, fewer = _least(figures, one, 2 * max(claims))
        wrong += least != count
        name, cards = value("weight_format", one, "en"), _cards(least)
        each = f"{gib_words(there.best)} of {gib_words(there.capacity or 0)}"
        less = (
            f", and fewer do not hold it ({gib_words(fewer.best)} on {fewer.situation.knob('n_gpus')})" if fewer else ""
        )
        less_zh = f",{fewer.situation.knob('n_gpus')} 张放不下({gib_words(fewer.best)})" if fewer else ""
        said.append(f"{name} takes {cards.en}, {each} on each{less}")
        said_zh.append(
            f"{value('weight_format', one, 'zh')} 最少 {cards.zh},每张 {each.replace(' of ', ' / ')}{less_zh}"
        )
    opens = ("That is right", "对") if not wrong else ("By memory it is otherwise", "按显存算不一样")
    length = figures["request"]
    return Words(
        f"**{opens[0]}: {'; '.join(said)}.** That is with {length} tokens of cache and cards of this kind in powers of two or whole machines; more requests or longer ones need room on top.",
        f"**{opens[1]}:{';'.join(said_zh)}。** 这里按缓存 {length} 个 token、卡数取 2 的幂或整机计算;并发更多、上下文更长要另留空间。",
    )


COUNTS_CLAIMED: dict[str, Callable[[Figures], Words]] = {"counts_claimed": _counts_claimed}
