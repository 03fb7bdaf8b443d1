"""The size of a file beside the memory of cards: the one told in powers of ten, the other in powers of two."""

from collections.abc import Callable

from chat.figures.formats.file_alone import FILE_ALONE
from chat.figures.layouts.cards_together import rig_told
from chat.figures.named import GB, GIB, Figures, Missing, both_words, gib_words
from chat.figures.serving.pool_explained import pool_sum
from formulas.quantity import Words
from kb.overheads import CONTEXT_GIB
from kb.programs import serves

_SAME, _EIGHT, _FOUR = 0.04, "gguf:Q8_0", "gguf:Q4_K_M"
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
    room, token = float(sum(one.capacity for one in rig)), served.amount("kv_token")
    if len(rig) == 1:  # what a program sees of the card is all that it can use
        room = min([room, *(one * GIB for one in figures.logged_all("total"))])
    if file is None or not token or not 0 < room - file < _TIGHT * room:
        raise Missing("file")
    if serves(figures.given.get("engine")):
        return _in_a_share(figures, room, eight=served.stored(weight_format=_EIGHT))
    few, most = (max(0.0, room - file - len(rig) * one * GIB) for one in CONTEXT_GIB[::-1])
    eight, four = (served.stored(weight_format=one) for one in (_EIGHT, _FOUR))
    narrower = f"{both_words(eight)}", f"{both_words(four)}"
    if not most:
        return Words(
            f"**The context alone takes what is left, so not one token of cache (of {token / 2**10:.0f} KiB) has room.** In 8 bits (Q8_0) the weights take {narrower[0]}, in 4 (Q4_K_M) {narrower[1]}, and leave {gib_words(room - eight)} and {gib_words(room - four)}.",
            f"**剩下的连上下文(context)都不够,一个 token 的 KV 缓存(每 token {token / 2**10:.0f} KiB)也放不下。** 换 8 位(Q8_0)权重只要 {narrower[0]},4 位(Q4_K_M){narrower[1]},分别剩 {gib_words(room - eight)} 和 {gib_words(room - four)}。",
        )
    tokens = f"{_rounded(few / token)}–{_rounded(most / token)}" if few / token >= 1 else f"{_rounded(most / token)}"
    each = gib_words(token) if token >= GIB else f"{token / 2**10:.0f} KiB"
    poor = Words(": hardly usable", ",基本没法用") if most / token < _USABLE else Words("", "")
    return Words(
        f"**At {each} a token of the KV cache that is room for {'' if few / token >= 1 else 'at most '}about {tokens} tokens, and buffers and a desktop take of it too{poor.en}.** In 8 bits (Q8_0) the weights take {narrower[0]}, in 4 (Q4_K_M) {narrower[1]}, and leave {gib_words(room - eight)} and {gib_words(room - four)}.",
        f"**KV 缓存每 token {each},这样{'' if few / token >= 1 else '最多'}约放得下 {tokens} 个 token,缓冲和桌面还要占{poor.zh}。** 换 8 位(Q8_0)权重只要 {narrower[0]},4 位(Q4_K_M){narrower[1]},分别剩 {gib_words(room - eight)} 和 {gib_words(room - four)}。",
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


# of the size that is told, by which the formulas' own may differ: files of one kind are made a little differently
_OF_ONE_FILE = 0.03
_USUAL_LENGTH = 8192
_WHOLE = 0.98


def _sizes_of_it(figures: Figures) -> tuple[float, float]:
    """The size that is told in GB and that in GiB; Missing where they are not those of the weights."""
    decimal, binary = (figures.logged_all(name)[0] for name in ("file_decimal", "file_binary"))
    whole = figures.stored(weight_format=figures.knob("weight_format"))
    if abs(decimal * GB / whole - 1) > _OF_ONE_FILE:
        raise Missing("file")
    return decimal, binary


def _one_file_beside(figures: Figures) -> Words:
    """The same in a sentence, and what it leaves of the card."""
    decimal, binary = _sizes_of_it(figures)
    room = (figures.base.capacity or 0) - decimal * GB
    left, left_zh = (f", {gib_words(room)} less than this card has", f",比卡上可用的少 {gib_words(room)}") if room > 0 else ("", "")  # fmt: skip
    return Words(
        f"Both sizes are of one file: {decimal:g} GB are 10^9 bytes each, {binary:g} are GiB, which Windows calls GB ({decimal:g} × 10^9 ÷ 2^30 = {decimal * GB / GIB:.2f}){left}; a card's memory is told in GiB, too.",
        f"两个大小是同一个文件:{decimal:g} GB 按 10^9 字节计,{binary:g} 是 GiB,Windows 写成 GB({decimal:g} × 10^9 ÷ 2^30 = {decimal * GB / GIB:.2f}){left_zh};显卡的容量也按 GiB 算。",
    )


def _one_file(figures: Figures) -> Words:
    """Two sizes of one file, and what to set against a card; Missing where they are not those of the weights."""
    decimal, binary = _sizes_of_it(figures)
    plain = figures.base
    length = min(_USUAL_LENGTH, plain.declared or _USUAL_LENGTH)
    long = figures.at(seq_len=length, batch_size=1)
    cache, held = long.part_of_all("kv"), long.terms["weights"]
    rest, total = long.best - cache - held, long.best
    printed, printed_zh = (" and llama.cpp prints", ",llama.cpp 打印的也是它") if str(figures.knob("weight_format")).startswith("gguf") else ("", "")  # fmt: skip
    # a program of files keeps the embedding in host memory
    of_it, of_it_zh = (f" ({gib_words(held)} of it on the card)", f"(其中卡上 {gib_words(held)})") if held < _WHOLE * binary * GIB else ("", "")  # fmt: skip
    return Words(
        f"**Both are right, it is one file: {decimal:g} GB are 10^9 bytes each, as download pages count; {binary:g} are GiB, 2^30 bytes, which Windows calls GB{printed}: {decimal:g} × 10^9 ÷ 2^30 = {decimal * GB / GIB:.2f}.** Plan with the GiB, since a card's memory is told in them, too: {binary:g}{of_it} + {gib_words(cache)} of cache for {length:,} tokens ({cache / length / 2**10:.0f} KiB each) + {gib_words(rest)} of buffers and runtime ≈ {gib_words(total)}.",
        f"**两个都对,是同一个文件:{decimal:g} GB 按 10^9 字节计(下载页面的算法);{binary:g} 是 GiB(2^30 字节),Windows 写成 GB{printed_zh}:{decimal:g} × 10^9 ÷ 2^30 = {decimal * GB / GIB:.2f}。** 规划显存按 GiB 算,因为显卡的容量也是 GiB:{binary:g}{of_it_zh} + {length:,} token 的缓存 {gib_words(cache)}(每 token {cache / length / 2**10:.0f} KiB)+ 缓冲和运行时 {gib_words(rest)} ≈ {gib_words(total)}。",
    )


FILE_UNITS: dict[str, Callable[[Figures], Words]] = {
    "file_units": _file_units,
    "one_file": _one_file,
    "one_file_beside": _one_file_beside,
    "room_in_tokens": _room_in_tokens,
    **FILE_ALONE,
}
