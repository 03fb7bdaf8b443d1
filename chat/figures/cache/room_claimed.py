"""What somebody subtracts to find the room of a cache, judged: what a server has for it, and what takes the difference."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, gib_words, how_far, pool_of
from chat.figures.serving.engine_words import share_knob
from chat.figures.serving.pool_explained import POOL_WORDS as _POOL
from chat.figures.serving.pool_explained import pool_at
from formulas.quantity import SILENT, Words
from kb.lengths import reach
from kb.pools import MOST_SHARE, VLLM, share_of

_NEAR = 0.1


def _over_all_cards(figures: Figures, room: float, copied: Words) -> tuple[str, str]:
    """That the room is of one card, and what it is over all of them, from whose memory somebody subtracts; not of a cache that
    every card keeps whole."""
    if figures.n < 2:
        return "", ""
    if copied.en:
        return " on each card", ""
    total = gib_words(room * figures.base.part_of_all("kv") / figures.base.terms["kv_cache"])
    return f" on each card, {total} over all {figures.n}", f"、{figures.n} 张卡共 {total}"


def _against_the_length(figures: Figures, tokens: int) -> Words:
    """Whether one sequence of the length that is told goes into so many tokens."""
    if "seq_len" not in figures.given or int(figures.knob("batch_size") or 1) > 1:
        return SILENT
    asked = int(figures.knob("seq_len"))
    if asked > (reach(figures.knob("model")) or asked):
        return SILENT  # the tokens that all sequences together are said to have
    if asked <= tokens:
        return Words(f" One sequence of {asked:,} goes in.", f"一条 {asked:,} token 的序列放得下。")
    return Words(
        f" One sequence of {asked:,} does not go in (--max-model-len {tokens:,} is the most that does)."
        if figures.given.get("engine") == VLLM else f" One sequence of {asked:,} does not go in.",
        f"一条 {asked:,} token 的序列放不下(--max-model-len 最多 {tokens:,})。"
        if figures.given.get("engine") == VLLM else f"一条 {asked:,} token 的序列放不下。",
    )  # fmt: skip


def _by_the_share(figures: Figures) -> Words:
    """What a larger share makes of it, where the program's is one of the card and is not as large already."""
    knob = share_knob(figures)
    share = figures.base.situation.facts.get("memory_utilisation")
    of_card = share_of(figures.given.get("engine")).rule == "share-of-card"
    if share is not None and of_card and float(share.value) >= MOST_SHARE:
        return SILENT
    most = pool_of(figures.at(gpu_memory_utilization=MOST_SHARE)) if share is not None and of_card else {}
    if not most.get("kv_tokens"):
        return Words(f" A larger {knob.en} gives it more.", f"调高 {knob.zh} 能多给一些。")
    more, tokens = gib_words(most["kv_pool"] * GIB), f"{most['kv_tokens']:,.0f}"
    each, each_zh = (" a card", "每张卡 ") if figures.n > 1 else ("", "")
    return Words(
        f" A larger {knob.en} gives it more: {MOST_SHARE:g}, where nothing else is on the card, {more}{each}, about {tokens} tokens.",
        f"调高 {knob.zh} 能多给一些:卡上没有别的程序时设 {MOST_SHARE:g},{each_zh}{more},约 {tokens} 个 token。",
    )


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
    more, length, share = gib_words(room), _against_the_length(figures, tokens), _by_the_share(figures)
    of_all, of_all_zh = _over_all_cards(figures, room, copied)
    return Words(
        f"**{said} is not what the cache gets: {sum_.en}{less.en}.** What the card has less the weights is no pool: what lies outside the server's share, its profile run and the runtime come off first, which leaves {more}{of_all}.{length.en}{share.en}{copied.en}",
        f"**{said} 并不都能给缓存:{sum_.zh}{less.zh}。** 显存减权重不等于缓存池:还要先扣掉服务份额之外的部分、测量运行和运行时,{'每张卡' if figures.n > 1 else ''}剩 {more}{of_all_zh}。{length.zh}{share.zh}{copied.zh}",
    )


POOL_WORDS: dict[str, Callable[[Figures], Words]] = {**_POOL, "room_claimed": _room_claimed}
