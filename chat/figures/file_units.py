"""The size of a file beside the memory of cards: the one told in powers of ten, the other in powers of two."""

from collections.abc import Callable

from chat.figures.cards_together import rig_told
from chat.figures.named import GB, GIB, Figures, Missing
from formulas.quantity import Words


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


FILE_UNITS: dict[str, Callable[[Figures], Words]] = {"file_units": _file_units}
