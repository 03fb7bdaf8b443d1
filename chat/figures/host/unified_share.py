"""What of a Mac's one memory Metal lets the GPU have, and what limit to set instead."""

from collections.abc import Callable
from contextlib import suppress
from fractions import Fraction

from chat.figures.formats.file_alone import FILE_ALONE
from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.cards import DRIVER, is_board
from kb.recipe import host_reserve, unified_share

_THREE_QUARTERS = Fraction(3, 4)
_MIB = 1024  # of a GiB
# GB from which on more is left to the system than the least
_LARGE = 32


def _unified_share(figures: Figures) -> Words:
    """By default and at most, of the memory that is told; else by the rule of the two kinds of Macs."""
    given = figures.given.get("gpu_memory_gb") or figures.given.get("host_memory_gb")
    return _of_any() if given is None else _of(float(given))


def _left(whole: float) -> float:
    return 2 * host_reserve() if whole >= _LARGE else host_reserve()


def _of(whole: float) -> Words:
    of_it = Fraction(unified_share(whole)).limit_denominator(4)  # the table has 2/3 in three digits
    share, kept = float(whole * of_it), _left(whole)
    part, part_zh = ("three quarters", "四分之三") if of_it == _THREE_QUARTERS else ("two thirds", "三分之二")
    most = whole - kept
    raised = SILENT
    if most > share:
        set_ = f"sudo sysctl iogpu.wired_limit_mb={most * _MIB:.0f}"
        raised = Words(
            f" {set_} raises it to {most:g} GiB and leaves macOS and all else {kept:g}.",
            f"{set_} 把它提高到 {most:g} GiB,给 macOS 和其他程序留 {kept:g} GiB。",
        )
    return Words(
        f"**About {share:.1f} of the {whole:g} GiB by default, {part} ({share * _MIB:,.0f} MiB).**{raised.en} {_RULE.en}",
        f"**默认约 {share:.1f} GiB(共 {whole:g} GiB 的{part_zh},{share * _MIB:,.0f} MiB)。**{raised.zh}{_RULE.zh}",
    )


def _of_any() -> Words:
    return Words(
        f"**By default two thirds of it up to {_LARGE} GB, three quarters of more.** sudo sysctl iogpu.wired_limit_mb=N raises it, N in MiB: (memory in GB − {host_reserve():g} to {2 * host_reserve():g} for macOS) × {_MIB}. {_RULE.en}",
        f"**默认:{_LARGE} GB 以内约三分之二,更大的约四分之三。** sudo sysctl iogpu.wired_limit_mb=N 可调高,N 以 MiB 计:(内存 GB − 给 macOS 留的 {host_reserve():g} 到 {2 * host_reserve():g})× {_MIB}。{_RULE.zh}",
    )


_RULE = Words(
    "The limit counts all that the GPU holds wired: weights, cache and buffers. 0 sets the default again, and so does a restart; a program's log prints what it has (recommendedMaxWorkingSetSize), which differs a little between versions of macOS.",
    "这个上限算的是 GPU 锁定的全部:权重、缓存和缓冲。设 0 或重启就恢复默认;程序日志会打印实际值(recommendedMaxWorkingSetSize),不同 macOS 版本略有出入。",
)


def _board_shares(figures: Figures) -> Words:
    """What a board, whose processor and GPU share one memory, reports of it in all; Missing of a card."""
    rig = figures.base.case.rig
    if len(rig) != 1 or not is_board(rig[0].name):
        raise Missing("board")
    sold, seen = f"{rig[0].marketed_gb:g} GB", gib_words(rig[0].capacity)
    told = Words(f": {seen} is all that it reports", f":系统报告的总量是 {seen}") if rig[0].origin == DRIVER else SILENT
    return Words(
        f"Its {sold} are shared with the system{told.en}, and what the system holds comes off them (of an Orin Nano without a desktop about half a GiB, with one more). Leave that room: run without a desktop, with fewer bits, a shorter context or a cache in 8 bits (q8_0 in llama.cpp, about half of the KV cache).",
        f"{sold} 由系统和 GPU 共用{told.zh},系统自己占的也从里面扣(Orin Nano 不开桌面约半个 GiB,开桌面更多)。要留出这部分:不开桌面,用更低的位数、更短的上下文或 8 位缓存(llama.cpp 是 q8_0,KV 缓存约减半)。",
    )


def _working_set(figures: Figures) -> Words:
    """What was printed of the limit, in both units and as a part of the whole memory."""
    size = sum(figures.logged_all("working_set_mb")) * 1e6
    if not size:
        raise Missing("working set")
    given = figures.given.get("gpu_memory_gb") or figures.given.get("host_memory_gb")
    part = part_zh = raised = raised_zh = ""
    if given:
        share, most = size / GIB / float(given), float(given) - _left(float(given))
        part, part_zh = f", {share:.0%} of its {float(given):g} GiB", f",是 {float(given):g} GiB 的 {share:.0%}"
        if most * GIB > size:
            raised = f" sudo sysctl iogpu.wired_limit_mb={most * _MIB:.0f} raises it to {most:g} GiB."
            raised_zh = f"sudo sysctl iogpu.wired_limit_mb={most * _MIB:.0f} 可提高到 {most:g} GiB。"
    file = SILENT
    with suppress(Missing):
        told = FILE_ALONE["file_alone"](figures)
        file = Words(f"\n\n{told.en}", f"\n\n{told.zh}")
    return Words(
        f"**Both: {size / GB:.1f} GB (10^9 B) are {gib_words(size)} (2^30 B){part}: what macOS lets the GPU have.** Weights, cache and buffers have to go in it together; a file's GB count in 10^9, too.{raised}{file.en}",
        f"**两个都对:{size / GB:.1f} GB(10^9 字节)就是 {gib_words(size)}(2^30 字节){part_zh},即 macOS 让 GPU 使用的上限。** 权重、缓存和缓冲合起来不能超过它;文件的 GB 同样按 10^9 算。{raised_zh}{file.zh}",
    )


UNIFIED_SHARE: dict[str, Callable[[Figures], Words]] = {
    "working_set": _working_set,
    "unified_share": _unified_share,
    "board_shares": _board_shares,
}
