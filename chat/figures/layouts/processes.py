"""What stands on each card where several share or divide it: processes with a copy each, ranks of which the smallest card decides."""

from collections.abc import Callable
from math import floor

from chat.figures.named import Figures, Missing, gib_words
from formulas.quantity import SILENT, Words


def _copies(figures: Figures) -> Words:
    """The product, whether the card holds it, and how many it holds. Missing where no count of processes is told."""
    if max(told := figures.logged_all("sharers"), default=0) < 2:  # one alone shares with nobody
        raise Missing("sharers")
    count, each, room = int(told[0]), figures.base.best, figures.amount("capacity")
    whole = count * each
    weights = gib_words(figures.base.terms["weights"])
    sum_ = f"{count} × {gib_words(each)} = {gib_words(whole)}"
    most = floor(room / each) if room else 0
    fits = SILENT
    if room:
        fits = (
            Words(f" of {gib_words(room)}, they fit", f",可用 {gib_words(room)},放得下")
            if whole <= room
            else Words(f", more than the {gib_words(room)} there are", f",超过可用的 {gib_words(room)}")
        )
    held = Words(f" The card holds {most} of them.", f"这张卡最多放 {most} 个。") if room and most != count else SILENT
    better = (
        Words(" One server that batches the requests holds the weights once.", "一个服务批处理所有请求,权重只放一份。")
        if figures.knob("task") == "inference"
        else SILENT
    )
    if figures.knob("task") == "train" and not figures.logged_all("mps"):
        return Words(
            f"**{count} trainings at once are {count} times as much: {sum_}{fits.en}.** Each has its own weights ({weights}), states, activations and runtime; they take turns at computing, so each is slower, and where one grows the next allocation of any of them may fail.{held.en}",
            f"**同时跑 {count} 个就是 {count} 倍:{sum_}{fits.zh}。** 每个各有自己的权重({weights})、状态、激活和运行时;算力轮流用,各自都会变慢,一个涨了,任何一个的下一次分配都可能失败。{held.zh}",
        )
    return Words(
        f"**{count} processes hold {count} copies: {sum_}{fits.en}.** MPS shares the computing and little of the contexts, no memory: each has its own weights ({weights}), cache and activations.{held.en}{better.en}",
        f"**{count} 个进程就是 {count} 份:{sum_}{fits.zh}。** MPS 共享的是算力(上下文略省),不是显存:每个进程各有一份权重({weights})、缓存和激活。{held.zh}{better.zh}",
    )


def _of_smallest(figures: Figures) -> Words:
    """That ranks of tensor parallel take the same of cards that are not alike, so the smallest counts for all."""
    ranks, rig = int(figures.knob("tp") or 1), figures.base.case.rig
    sizes = {card.capacity for card in rig}
    if ranks < 2 or len(sizes) < 2:
        return SILENT
    each = gib_words(figures.base.part_of_all("weights") / ranks)
    return Words(
        f" (tensor parallel gives each card the same, {each} of weights, and the smallest decides for all)",
        f"(张量并行每张卡分得一样多,权重各 {each},由最小的卡决定)",
    )


PROCESS_WORDS: dict[str, Callable[[Figures], Words]] = {
    "copies_of_processes": _copies,
    "of_smallest": _of_smallest,
}
