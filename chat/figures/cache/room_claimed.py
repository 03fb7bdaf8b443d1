"""What somebody subtracts to find the room of a cache, judged: what a server has for it, and what takes the difference."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, gib_words, how_far
from chat.figures.serving.engine_words import share_knob
from chat.figures.serving.pool_explained import POOL_WORDS as _POOL
from chat.figures.serving.pool_explained import pool_at
from formulas.quantity import SILENT, Words

_NEAR = 0.1


def _room_claimed(figures: Figures) -> Words:
    """The sum of the pool against what was taken for left; Missing where that is about it."""
    left = figures.logged_all("left_gb")
    if not left or figures.knob("task") == "train":
        raise Missing("left")
    pool = pool_at(figures)
    tokens, room = int(pool["kv_tokens"]), pool["kv_pool"] * GIB
    claimed, said = figures.told_one("left_tokens"), " / ".join(f"{one:g} GB" for one in left)
    if tokens <= 0:
        raise Missing("tokens")
    close = any(how_far(one, room) <= _NEAR for one in left)
    if close and (claimed is None or abs(claimed / tokens - 1) <= _NEAR):
        return Words(
            f"**{said} is right for the cache's room: {_POOL['pool_explained'](figures).en}.**",
            f"**留给缓存的 {said} 是对的:{_POOL['pool_explained'](figures).zh}。**",
        )
    sum_, copied = POOL_WORDS["pool_explained"](figures), POOL_WORDS["pool_copied"](figures)
    less = SILENT if claimed is None else Words(f", not {claimed:,.0f}", f",不是 {claimed:,.0f} 个")
    more, knob = gib_words(room), share_knob(figures)
    return Words(
        f"**{said} is not what the cache gets: {sum_.en}{less.en}.** What the card has less the weights is no pool: what lies outside the server's share, its profile run and the runtime come off first, which leaves {more}{' on each card' if figures.n > 1 else ''}. A larger {knob.en} gives it more.{copied.en}",
        f"**{said} 并不都能给缓存:{sum_.zh}{less.zh}。** 显存减权重不等于缓存池:还要先扣掉服务份额之外的部分、测量运行和运行时,{'每张卡' if figures.n > 1 else ''}剩 {more}。调高 {knob.zh} 能多给一些。{copied.zh}",
    )


POOL_WORDS: dict[str, Callable[[Figures], Words]] = {**_POOL, "room_claimed": _room_claimed}
