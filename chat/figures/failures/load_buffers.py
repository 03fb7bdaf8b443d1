"""The buffers that llama.cpp prints as it loads: what each holds, what they are together, and what makes each smaller."""

from collections.abc import Callable

from chat.figures.named import GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.facts import bits_of
from kb.names import names

_PREFIX = "buffer_"
_CALLED = {
    "model": Words("weights", "权重"),
    "kv": Words("KV cache", "KV 缓存"),
    "compute": Words("compute buffer", "计算缓冲"),
    "other": Words("other buffers", "其他缓冲"),
}
# what each is, and what turns it
_TURNED = {
    "kv": Words(
        "The KV buffer is the cache of all -c tokens and slots, set aside at the start: a smaller -c (half of it halves the buffer), fewer -np, or -ctk q8_0 -ctv q8_0 with flash attention ({q8})",
        "KV buffer 是 -c 的全部 token(所有 slot)的缓存,启动时一次预留:调小 -c(减半就省一半)、减少 -np,或用 -ctk q8_0 -ctv q8_0 并开 flash attention({q8})",
    ),
    "compute": Words(
        "The compute buffer holds the tensors of one step of -ub tokens, without flash attention its scores too, which grow with -c: turn on -fa, or take a smaller -ub (256, 128)",
        "compute buffer 是一步 -ub 个 token 的中间张量,不开 flash attention 时还有随 -c 增长的注意力分数:打开 -fa,或调小 -ub(256、128)",
    ),
    "model": Words(
        "The model buffer is the weights of the layers on the card: a lower -ngl (the experts of a mixture: --n-cpu-moe), or a file of fewer bits",
        "model buffer 是放在卡上的层的权重:调低 -ngl(MoE 的专家用 --n-cpu-moe),或换更低位数的文件",
    ),
}
_CELLS = _PREFIX + "cells"  # tokens for which the cache was set aside
_SEVERAL = 2  # kinds: one alone tells nothing of the others
_CONTEXT = 0.5 * GIB  # of a process on a card, about


def of_sixteen(stored: str) -> float:
    """What a cache in this type takes of one in 16 bit."""
    return float(bits_of(stored)) / 16


def _told(figures: Figures) -> dict[str, float]:
    """Bytes of each kind on the cards; Missing where fewer than two are told, and no line on the cache with its tokens."""
    found = {
        name: sum(figures.logged_all(_PREFIX + name)) * GIB for name in _CALLED if figures.logged_all(_PREFIX + name)
    }
    if len(found) < _SEVERAL and not figures.logged_all(_CELLS):
        raise Missing("buffers")
    return found


def _of_cards(figures: Figures) -> float:
    """Bytes of the cards that are told, of no model; 0 where none is."""
    each = float(figures.given.get("gpu_memory_gb") or 0)
    found = names().match_cards(str(figures.given["gpu"])) if not each and figures.given.get("gpu") else []
    each = each or max((float(one.memory_gb) for one in found if one.memory_gb), default=0.0)
    return each * GIB * int(figures.given.get("n_gpus") or 1)


def load_buffers(figures: Figures) -> Words:
    """Their sum, against the cards where their memory is told; then what each is, the one that is turned at no price first."""
    found = _told(figures)
    if set(found) == {"kv"}:
        return _cache_alone(figures, found["kv"])
    whole = sum(found.values())
    parts = [
        Words(f"{gib_words(size)} {_CALLED[name].en}", f"{_CALLED[name].zh} {gib_words(size)}")
        for name, size in found.items()
    ]
    room = figures.amount("all_room") or _of_cards(figures)
    against = _against(whole, room)
    turned = sorted((name for name in found if name in _TURNED), key=lambda name: (name == "model", -found[name]))
    q8 = gib_words(found["kv"] * of_sixteen("q8_0")) if "kv" in found else ""
    host = sum(figures.logged_all(_PREFIX + "host")) * GIB
    aside = (
        Words(
            f" What lies in host memory (CPU, CUDA_Host), {gib_words(host)}, takes nothing of the card.",
            f"放在内存里的(CPU、CUDA_Host){gib_words(host)} 不占显存。",
        )
        if host
        else SILENT
    )
    en = ". ".join(_TURNED[name].en.format(q8=f"{gib_words(found['kv'])} → {q8}" if q8 else "") for name in turned)
    zh = "。".join(_TURNED[name].zh.format(q8=f"{gib_words(found['kv'])} → {q8}" if q8 else "") for name in turned)
    return Words(
        f"**{' + '.join(one.en for one in parts)} = {gib_words(whole)} on the card; {against.en}.** {en}.{aside.en}",
        f"**{' + '.join(one.zh for one in parts)} = 显卡上共 {gib_words(whole)};{against.zh}。** {zh}。{aside.zh}",
    )


def _cache_alone(figures: Figures, size: float) -> Words:
    """The line on the cache by itself: what makes it smaller, at what price, and what a token takes."""
    tokens = figures.logged_all(_CELLS)[0]
    half, few, short = (gib_words(size * share) for share in (of_sixteen("q8_0"), of_sixteen("q4_0"), 0.5))
    each = f"{size / tokens / 1024:.4g} KiB"
    return Words(
        f"**-ctk q8_0 -ctv q8_0 with -fa on: {gib_words(size)} → {half}, at hardly any cost in quality; or half the context, -c {tokens / 2:.0f}: {short}.** q4_0 takes {few} and costs some, most of it in K. The line is the cache of {tokens:,.0f} tokens at {each} each, set aside as the model loads, used or not; all slots (-np) share it. Fewer bits of the weights do not change it.",
        f"**-ctk q8_0 -ctv q8_0 并开 -fa on:{gib_words(size)} → {half},质量几乎不降;或上下文减半,-c {tokens / 2:.0f}:{short}。** q4_0 是 {few},质量会降一些,主要是 K。这一行是 {tokens:,.0f} 个 token 的缓存,每个 {each},加载时一次预留,用没用都占;所有 slot(-np)共用。权重降位数不影响它。",
    )


def _against(whole: float, room: float) -> Words:
    """What the cards have, and whether that goes on them with the context."""
    context, has = gib_words(_CONTEXT), gib_words(room)
    if not room:
        return Words(f"the CUDA context comes on top, about {context}", f"CUDA 上下文另占约 {context}")
    over = whole + _CONTEXT - room
    if over <= 0:
        return Words(
            f"with the CUDA context (about {context}) it goes on the {has} there are",
            f"加上 CUDA 上下文(约 {context}),可用的 {has} 放得下",
        )
    more = gib_words(over)
    return Words(
        f"with the CUDA context (about {context}) that is {more} more than the {has} there are",
        f"加上 CUDA 上下文(约 {context}),比可用的 {has} 多 {more}",
    )


LOAD_BUFFERS: dict[str, Callable[[Figures], Words]] = {"load_buffers": load_buffers}
