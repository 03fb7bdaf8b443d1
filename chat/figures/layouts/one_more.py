"""Whether the cards that are there are enough, and what one more of them would bring."""

from collections.abc import Callable

from chat.figures.layouts.parallel_words import room_for_tokens
from chat.figures.named import Figures, Missing, gib_words
from chat.figures.serving.pool_by_cards import POOL_BY_CARDS
from chat.figures.serving.prefix_words import PREFIX_WORDS
from chat.figures.training.later import LATER_WORDS
from chat.phrases import HOLDS
from formulas.quantity import SILENT, Words
from kb.cards import GIB
from kb.change import Price
from kb.outcome import Outcome

_ORDINALS = {2: "second", 3: "third", 4: "fourth", 5: "fifth", 6: "sixth", 7: "seventh", 8: "eighth", 9: "ninth"}
_EDGE = {
    "likely": ("most likely enough", "多半够"),
    "borderline": ("at the edge", "临界"),
    "unlikely": ("most likely not enough", "多半不够"),
}


def _one_more(figures: Figures) -> Words:
    """Missing of cards that are not alike, or where none is named."""
    if figures.base.capacity is None or len(figures.base.case.rig) > 1:
        raise Missing("card")
    if figures.base.situation.knob("task") == "train":
        return _of_training(figures)
    head, there = _set_right(figures) or _head(figures, figures.base), _further(figures)
    ranks, more, fits = "tp" in there.case.facts, figures.n + 1, figures.base.verdict == "yes"
    flag = f"--tensor-parallel-size {more}" if ranks else f"--pipeline-parallel-size {more}"
    heads, kv = int(figures.fact("n_heads")), int(figures.fact("n_kv_heads"))
    how = (
        Words(f"With a {_nth(figures)}, split by layers,", f"加到 {more} 张按层切分") if _splits_layers(figures) else
        Words(f"With a {_nth(figures)}, tensor parallel over {more} ({flag}),", f"加到 {more} 张做张量并行({flag})") if ranks
        else Words(
            f"A {_nth(figures)} cannot join tensor parallel ({heads} heads, {kv} of keys and values, do not divide by {more}); as a pipeline ({flag})",
            f"第 {more} 张加不进张量并行({heads} 个头、{kv} 个 KV 头不能被 {more} 整除);改用流水线({flag})",
        )
    )  # fmt: skip
    brings = _brings(figures, figures.base, there)
    alone = SILENT if ranks or not fits else Words(", and a single request is no faster", ",单个请求不会更快")
    return Words(f"{head.en} {how.en} {brings.en}{alone.en}.", f"{head.zh}{how.zh},{brings.zh}{alone.zh}。")


def _nth(figures: Figures) -> str:
    return _ORDINALS.get(figures.n + 1, "further one")


def _splits_layers(figures: Figures) -> bool:
    """Does the program put whole layers on each card (llama.cpp and its relatives)?"""
    files = str(figures.knob("weight_format")).startswith("gguf")
    return figures.knob("engine") == "llama.cpp" or (files and not figures.given.get("engine"))


def _further(figures: Figures) -> Outcome:
    """The case on one card more, as ranks where the heads divide over them, else as a pipeline."""
    more, heads, kv = figures.n + 1, int(figures.fact("n_heads")), int(figures.fact("n_kv_heads"))
    ranks = heads % more == 0 and (kv % more == 0 or more % kv == 0) and not _splits_layers(figures)
    return figures.at(n_gpus=more, dp=None, tp=more if ranks else None, pp=None if ranks else more)


def _set_right(figures: Figures) -> Words | None:
    """The cards that are there are enough as soon as the program is told a setting that costs nothing."""
    way = next((one for one in figures.changes if one["price"] == Price.NOTHING.told), None)
    if way is None or figures.base.verdict == "yes":
        return None
    (those, each, each_zh), need, then = _cards(figures.n), gib_words(figures.base.best), gib_words(way["gib"] * GIB)
    room = gib_words(way["capacity_gib"] * GIB)
    return Words(
        f"**{those[0].upper()}{those[1:]} enough with {way['says']}: {then} of {room}{each}** ({way['cost']}; by default it takes {need}).",
        f"**{way['zh']}就够:{figures.n} 张卡{each_zh}要 {then},可用 {room}**({way['cost_zh']};默认设置要 {need})。",
    )


def _cards(n: int) -> tuple[str, str, str]:
    return ("one card is", "", "") if n == 1 else (f"the {n} cards are", " each", ",每张")


def _head(figures: Figures, here: Outcome) -> Words:
    n, need, room = figures.n, gib_words(here.best), gib_words(here.capacity or 0)
    those, each, each_zh = _cards(n)
    if here.verdict == "yes":
        return Words(
            f"**Yes, {those} enough: {need} of {room}{each}; a {_nth(figures)} is not needed.**",
            f"**够,不需要再加:{n} 张卡{each_zh}要 {need},可用 {room}。**",
        )
    if here.verdict == "no":
        return Words(
            f"**No, {those} not enough: {need} of {room}{each}.**",
            f"**不够:{n} 张卡{each_zh}要 {need},可用 {room}。**",
        )
    en, zh = _EDGE[str(here.leaning)]
    return Words(
        f"**{those[0].upper()}{those[1:]} {en}: {need} of {room}{each}.**",
        f"**{zh}:{n} 张卡{each_zh}要 {need},可用 {room}。**",
    )


def _brings(figures: Figures, here: Outcome, there: Outcome) -> Words:
    """More room where it fits already, else whether it fits then."""
    then, room, before, after = (
        gib_words(there.best),
        gib_words(there.capacity or 0),
        room_for_tokens(here),
        room_for_tokens(there),
    )
    if before == after:  # all that the model declares, whatever the cards
        before = after = SILENT
    if here.verdict == "yes":
        now = f"{gib_words(here.best)} ({before.en[2:]})" if before.en else gib_words(here.best)
        return Words(
            f"each card takes {then}{after.en}, instead of {now}: room for more requests or longer contexts",
            f"每张卡 {then}{after.zh}(现在 {gib_words(here.best)}{before.zh}):多出来的是并发和上下文的余量",
        )
    en, zh = HOLDS[str(there.leaning)]
    return Words(f"it {en}, {then} of {room} on the fullest{after.en}", f"{zh},最满的卡 {then} / {room}{after.zh}")


def _of_training(figures: Figures) -> Words:
    """A copy on each card, where that fits, needs no further one; else the states are sharded over them."""
    copy, more = figures.at(zero_stage=0), figures.n + 1
    if copy.verdict == "yes":
        head = _head(figures, copy)
        return Words(
            f"{head.en} Each holds a whole copy (data parallel); a {_nth(figures)} would only be for speed, or a larger batch in all.",
            f"{head.zh}每张卡都放得下完整的一份(数据并行);再加只是更快,或总批更大。",
        )
    here, there = (
        (figures.at(zero_stage=3), figures.at(n_gpus=more, zero_stage=3))
        if figures.n > 1
        else (copy, figures.at(n_gpus=more, zero_stage=3))
    )
    head, (en, zh) = _head(figures, here), HOLDS[str(there.leaning)]
    then, room = gib_words(there.best), gib_words(there.capacity or 0)
    return Words(
        f"{head.en} Sharded (ZeRO-3/FSDP) over {more} it {en}: {then} of {room} each.",
        f"{head.zh}用 {more} 张切分(ZeRO-3/FSDP){zh}:每张 {then} / {room}。",
    )


# beside one more card what is planned for later, and what requests that begin alike share
ONE_MORE_WORDS: dict[str, Callable[[Figures], Words]] = {
    "one_more": _one_more,
    **LATER_WORDS,
    **PREFIX_WORDS,
    **POOL_BY_CARDS,
}
