"""The size of a file beside the memory of cards: the one told in powers of ten, the other in powers of two."""

from collections.abc import Callable

from chat.figures.formats.file_alone import FILE_ALONE
from chat.figures.layouts.cards_together import rig_told
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.figures.serving.pool_explained import pool_sum
from formulas.quantity import Words
from kb.overheads import CONTEXT_GIB
from kb.programs import serves

_SAME, _EIGHT = 0.04, "gguf:Q8_0"
_USABLE = 8192  # tokens


def _rounded(tokens: float) -> str:
    """Two digits: what is left rests on a usual amount."""
    return f"{int(float(f'{tokens:.2g}')):,}"


def _file_units(figures: Figures) -> Words:
    """Both in both units, and what the file leaves; Missing where either is not told."""
    files, rig = figures.logged_all("file_gb"), rig_told(figures)
    if not files:
        raise Missing("file")
    file, room, count = files[0] * GB, sum(one.capacity for one in rig), len(rig)
    each = f"{count} × {rig[0].capacity_gib:.1f} = " if count > 1 and len({one.capacity for one in rig}) == 1 else ""
    sizes = f"{file / GB:g} GB = {file / GIB:.1f} GiB", f"{each}{room / GIB:.1f} GiB = {room / GB:.1f} GB"
    left = room - file
    if left < 0:
        return Words(
            f"**No: a file is told in GB of 10^9 B, {sizes[0]}, a card in GiB of 2^30 B, {sizes[1]}. The file alone is {-left / GIB:.1f} GiB more.**",
            f"**不是:文件按 10^9 字节的 GB 计,{sizes[0]};显卡按 2^30 字节的 GiB 计,{sizes[1]}。光是文件就超出 {-left / GIB:.1f} GiB。**",
        )
    also = Words(" over all cards", "(各卡合计)") if count > 1 else Words("", "")
    return Words(
        f"**No: a file is told in GB of 10^9 B, {sizes[0]}, a card in GiB of 2^30 B, {sizes[1]}. So the file alone goes in and leaves {left / GIB:.1f} GiB{also.en}** for the cache, the buffers and each card's own runtime.",
        f"**不是:文件按 10^9 字节的 GB 计,{sizes[0]};显卡按 2^30 字节的 GiB 计,{sizes[1]}。单看文件放得下,还剩 {left / GIB:.1f} GiB{also.zh}**,要放缓存、缓冲和每张卡各自的运行时。",
    )


# of the cards, from which on what a file leaves is tight
_TIGHT = 0.2


def _room_in_tokens(figures: Figures) -> Words:
    """How many tokens go in what a file leaves, and what eight bits would leave; Missing where there is room, or none at all."""
    rig, claims = rig_told(figures), [float(one) * GB for one in figures.told.get("claims_gb", ())]
    # how it is run is asked, whatever the reading leaves open
    served = Figures(
        {**{name: one for name, one in figures.given.items() if name in ("model", "params")}, "method": "inference"}
    )
    whole = served.stored(weight_format="bf16")
    file = next((one for one in claims if abs(one / whole - 1) <= _SAME), None)
    room, token = sum(one.capacity for one in rig), served.amount("kv_token")
    if file is None or not token or not 0 < room - file < _TIGHT * room:
        raise Missing("file")
    if serves(figures.given.get("engine")):
        return _in_a_share(figures, room, eight=served.stored(weight_format=_EIGHT))
    few, most = (max(0.0, room - file - len(rig) * one * GIB) for one in CONTEXT_GIB[::-1])
    eight = served.stored(weight_format=_EIGHT)
    tokens = f"{_rounded(few / token)}–{_rounded(most / token)}" if few / token >= 1 else f"{_rounded(most / token)}"
    each = gib_words(token) if token >= GIB else f"{token / 2**10:.0f} KiB"
    poor = Words(": hardly usable", ",基本没法用") if most / token < _USABLE else Words("", "")
    return Words(
        f"**At {each} a token of the KV cache that is room for {'' if few / token >= 1 else 'at most '}about {tokens} tokens, and buffers and a desktop take of it too{poor.en}.** In 8 bits (Q8_0) the weights take {both_words(eight)} and leave {gib_words(room - eight)}.",
        f"**KV 缓存每 token {each},这样{'' if few / token >= 1 else '最多'}约放得下 {tokens} 个 token,缓冲和桌面还要占{poor.zh}。** 换 8 位(Q8_0)权重只要 {both_words(eight)},剩 {gib_words(room - eight)}。",
    )


def _in_a_share(figures: Figures, room: float, eight: float) -> Words:
    """The tokens that a server's share leaves beside 16-bit weights and its profile run, which is less than the card does."""
    here = Figures({**figures.given, "weight_format": "bf16"}, figures.told)
    try:
        told = pool_sum(here)
    except Missing:
        told = Words(
            "the server's share of the card leaves nothing for the cache beside the weights and its profile run",
            "按服务的份额,放完权重和测量运行后没有地方给缓存",
        )
    return Words(
        f"**A server takes its share only: {told.en}; a higher --gpu-memory-utilization, fewer tokens and sequences a step or --kv-cache-dtype fp8 give more.** In 8 bits the weights take {both_words(eight)} and leave {gib_words(room - eight)} of the card.",
        f"**服务只用自己的份额:{told.zh};调高 --gpu-memory-utilization、减少一步的 token 和序列数或用 --kv-cache-dtype fp8 能多一些。** 换 8 位权重只要 {both_words(eight)},卡上剩 {gib_words(room - eight)}。",
    )


FILE_UNITS: dict[str, Callable[[Figures], Words]] = {
    "file_units": _file_units,
    "room_in_tokens": _room_in_tokens,
    **FILE_ALONE,
}
