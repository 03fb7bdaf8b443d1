"""Why a file that is smaller than the card is left partly on the CPU: what stands beside it grows with the context that is set."""

from collections.abc import Callable

from chat.figures.named import Figures, gib_words
from formulas.errors import BadInput
from formulas.quantity import SILENT, Words

# lengths that programs are set to, beside the one that is assumed
_LENGTHS = (8192, 16384, 32768, 65536, 131072)
# the next smaller of the usual files by four bits, and of three
_SMALLER = (("gguf:Q4_K_M", "gguf:IQ4_XS", "IQ4_XS"), ("gguf:IQ4_XS", "gguf:Q3_K_M", "Q3_K_M"))


def _beyond(figures: Figures) -> list[tuple[int, float]]:
    """Longer contexts that may be set with what all of it takes then, up to the first that the card does not hold; empty where
    the length is told, or the card holds every length."""
    room = figures.base.capacity or 0.0
    if "seq_len" in figures.given or figures.base.verdict != "yes":
        return []
    found = []
    for length in _LENGTHS:
        if length <= figures.tokens or length > (figures.base.declared or length):
            continue
        found.append((length, figures.at(seq_len=length).best))
        if found[-1][1] > room:
            return [found[0], found[-1]] if len(found) > 1 else found
    return []


def _opening(figures: Figures) -> Words:
    """What the whole is by the formulas: at the length that is told, or from which context on it is more than the card."""
    room = gib_words(figures.base.capacity or 0.0)
    beyond = _beyond(figures)
    if not beyond:
        return Words(
            f"**By the formulas all of it would go on the card, {figures['peak']} of {room}, so the program sees less room or plans for more.**",
            f"**按公式全部放得下,{figures['peak']} / {room},所以是程序看到的空闲更少,或按更多的量来规划。**",
        )
    weights, token, tokens = figures["w_all"], figures["kv_token"], f"{int(figures.tokens):,}"
    rest = gib_words(figures.base.best - figures.need("w_all") - figures.base.part_of_all("kv"))
    each = Words(
        ", ".join(f"{length:,} {gib_words(size)}" for length, size in beyond),
        ",".join(f"{length:,} 时 {gib_words(size)}" for length, size in beyond),
    )
    most = f"{int(figures.need('longest_here')):,}"
    return Words(
        f"**The file is not all: beside {weights} of weights the cache of the whole num_ctx is set aside at the load, {token} a token, and {rest} of compute buffers and runtime. A num_ctx of {tokens} makes it {figures['peak']} of {room}, {each.en}; about {most} is the most, less where a desktop or a browser holds a part of the card, and beyond it layers go to the CPU.**",
        f"**文件不是全部:除权重 {weights} 外,加载时就按整个 num_ctx 预留缓存,每 token {token},另有计算缓冲和运行时 {rest}。num_ctx 为 {tokens} 时共 {figures['peak']} / {room},{each.zh};最多约 {most},卡上还有桌面、浏览器时更少,超过就有层放到 CPU。**",
    )


def _ways(figures: Figures) -> Words:
    """What brings all of it back onto the card: a shorter context, a narrow cache, and the next smaller file."""
    beyond = _beyond(figures)
    length = beyond[-1][0] if beyond else int(figures.tokens)
    narrow = _narrow(figures, length)
    smaller = _smaller(figures)
    return Words(
        f"What brings all of it back: a smaller num_ctx (-c){narrow.en} or a smaller file{smaller.en}.",
        f"要全部放回显卡:调小 num_ctx(-c){narrow.zh}或换更小的文件{smaller.zh}。",
    )


def _narrow(figures: Figures, length: int) -> Words:
    """The next narrower cache than the one that is told, with what it takes; none below four bits."""
    told = str(figures.knob("kv_format") or "")
    kind = "q4_0" if told in ("q8_0", "fp8", "int8") else "q8_0"
    now, then = (figures.at(seq_len=length, kv_format=one).part_of_all("kv") for one in (told or "fp16", kind))
    if then >= now:
        return Words(",", ",")
    return Words(
        f", a {kind} cache with flash attention ({gib_words(then)} instead of {gib_words(now)} at {length:,} tokens),",
        f",flash attention 加 {kind} 缓存({length:,} token 时 {gib_words(then)},原为 {gib_words(now)}),",
    )


def _smaller(figures: Figures) -> Words:
    """The next smaller file with its weights, of a format that has one here."""
    for of, kind, name in _SMALLER:
        if figures.knob("weight_format") == of:
            try:
                size = figures.stored(weight_format=kind)
            except BadInput:
                return SILENT
            return Words(f" ({name}: {gib_words(size)} of weights)", f"({name} 的权重 {gib_words(size)})")
    return SILENT


SPLIT_BY_CONTEXT: dict[str, Callable[[Figures], Words]] = {"split_opens": _opening, "split_ways": _ways}
