"""What PyTorch's meters and the driver's show of one run: the parts between them, and which of them tells the need."""

from collections.abc import Callable

from chat.figures.named import GB, GIB, Figures, Missing, gib_words
from formulas.quantity import SILENT, Words
from kb.overheads import CONTEXT_GIB

_NAMES = ("tensors", "kept", "driver")


def _readings(figures: Figures) -> tuple[dict[str, float], bool]:
    """Bytes of each meter that is told, and whether PyTorch's are told in GB of 10^9: what is printed as GB is mostly GiB, but no
    more can be reserved than the driver shows."""
    told = {name: next(iter(figures.logged_all(name)), 0.0) for name in _NAMES}
    shown = {name: value * GIB for name, value in told.items() if value}
    most = max(told["kept"], told["tensors"])
    decimal = told["driver"] < most <= told["driver"] * GIB / GB
    if decimal:
        shown |= {name: told[name] * GB for name in _NAMES[:2] if told[name]}
    return shown, decimal or "printed_gb" in figures.log


def _meters(figures: Figures) -> Words:
    """What lies between the figures that the asker's meters show."""
    shown, _ = _readings(figures)
    told = {name: gib_words(size) for name, size in shown.items()}

    def between(more: str, less: str) -> str:
        return gib_words(shown[more] - shown[less])

    if {"tensors", "kept", "driver"} <= set(shown):
        blocks, beside = between("kept", "tensors"), between("driver", "kept")
        peak, now = figures.logged_all("peak"), figures.logged_all("now")
        most, most_zh = (" at the peak", "(峰值)") if peak else ("", "")
        if peak and now and now[0] < peak[0]:
            most, most_zh = f" at the peak ({now[0]:g} at this moment)", f"(峰值,眼下 {now[0]:g})"
        return Words(
            f" Here {told['tensors']} are tensors{most}, {blocks} more blocks that are kept, which no tensor needs, and {beside} stand outside of PyTorch's allocator.",
            f"这里张量 {told['tensors']}{most_zh},留着复用的块 {blocks}(张量并不需要),PyTorch 分配器之外 {beside}。",
        )
    if {"tensors", "driver"} <= set(shown):
        beside = between("driver", "tensors")
        return Words(
            f" Here {told['driver']} − {told['tensors']} = {beside}: all but the context is mostly such kept blocks (memory_reserved tells them apart).",
            f"这里 {told['driver']} − {told['tensors']} = {beside}:除上下文外大多是这种留着复用的块(看 memory_reserved 就能分开)。",
        )
    if {"tensors", "kept"} <= set(shown):
        blocks = between("kept", "tensors")
        return Words(
            f" Here {told['kept']} − {told['tensors']} = {blocks} of blocks that are kept.",
            f"这里 {told['kept']} − {told['tensors']} = {blocks},就是留着复用的块。",
        )
    return SILENT


def _tensors_needed(figures: Figures) -> Words:
    """Which of the meters tells the need, and the parts of what the driver shows, in the unit in which that is told."""
    shown, decimal = _readings(figures)
    if not {"tensors", "driver"} <= set(shown) or shown["driver"] <= shown["tensors"]:
        raise Missing("driver")
    unit = _unit(figures) if decimal else SILENT
    held = _in_gib(shown["tensors"], decimal)
    parts = _parts(shown, decimal)
    low, high = CONTEXT_GIB
    if figures.log.get("now") and not figures.log.get("peak"):
        need = Words(
            f"What the run needs is the peak, max_memory_allocated, with the CUDA context of {low:g} to {high:g} GiB; memory_allocated's {held}{unit.en} are the tensors of this moment",
            f"真正需要多少看峰值 max_memory_allocated,另加 CUDA 上下文 {low:g}–{high:g} GiB;memory_allocated 的 {held}{unit.zh}只是此刻的张量",
        )
    else:
        need = Words(
            f"What the run needs is max_memory_allocated, {held}{unit.en}, and the CUDA context of {low:g} to {high:g} GiB beside it",
            f"真正需要的是 max_memory_allocated:{held}{unit.zh},另加 CUDA 上下文 {low:g}–{high:g} GiB",
        )
    return Words(
        f"**{need.en}; the card is filled by what nvidia-smi shows, {parts.en}.** PyTorch gives the kept blocks up before it fails, and torch.cuda.empty_cache() gives the free ones back to the driver; where other programs share the card, what is reserved (max_memory_reserved) with the context has to go on it. Leave a margin beside both for fragments, free blocks that fit no request (PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True keeps them few). It is near its end when max_memory_allocated nears the card, or memory_summary() counts retries.",
        f"**{need.zh};卡上实际占的是 nvidia-smi 的数,{parts.zh}。** 留着复用的块在不够时会先释放,torch.cuda.empty_cache() 也能把空闲的还给驱动;与别的程序共用一张卡时,要放得下的是预留量(max_memory_reserved)加上下文。另留一点余量给碎片,即空闲却放不进任何请求的块(PYTORCH_CUDA_ALLOC_CONF=expandable_segments:True 可减少)。max_memory_allocated 接近显卡容量,或 memory_summary() 里出现重试,才是快要爆。",
    )


def _in_gib(size: float, decimal: bool) -> str:
    return f"{size / GB:.3g} GB = {size / GIB:.2f} GiB" if decimal else f"{size / GIB:g} GiB"


def _unit(figures: Figures) -> Words:
    """Why what PyTorch shows is told in GB of 10^9."""
    if "printed_gb" in figures.log:
        return Words(
            " (divided by 1e9 it is GB; nvidia-smi counts in GiB)", "(除以 1e9 得到的是 GB,nvidia-smi 用的是 GiB)"
        )
    return Words(
        " (GB of 10^9 B, for no more can be reserved than nvidia-smi shows in GiB)",
        "(这里的 GB 按 10^9 字节计,因为预留的不会比 nvidia-smi 以 GiB 显示的还多)",
    )


def _parts(shown: dict[str, float], decimal: bool) -> Words:
    """What the driver shows as the sum of tensors, kept blocks and all that is outside of the allocator."""
    driver, tensors, kept = shown["driver"], shown["tensors"], shown.get("kept", 0.0)
    whole = f"{driver / GIB:.3g} GiB" + (f" ({driver / GB:.1f} GB)" if decimal else "")
    if not tensors <= kept <= driver:
        more = gib_words(driver - tensors)
        return Words(
            f"{whole}, {more} more: blocks that PyTorch's allocator keeps for reuse (memory_reserved), that context and other processes",
            f"{whole},多出 {more}:PyTorch 分配器留着复用的块(memory_reserved)、上下文和其他进程",
        )
    blocks, beside = kept - tensors, driver - kept
    as_told = f" ({kept / GB:.3g} − {tensors / GB:.3g} = {blocks / GB:.1f} GB)" if decimal else ""
    return Words(
        f"{whole}: tensors {gib_words(tensors)} + blocks that PyTorch's allocator keeps for reuse {gib_words(blocks)}{as_told} + CUDA context and other processes {gib_words(beside)}",
        f"{whole}:张量 {gib_words(tensors)} + PyTorch 分配器留着复用的块 {gib_words(blocks)}{as_told} + CUDA 上下文和其他进程 {gib_words(beside)}",
    )


METERS_SHOWN: dict[str, Callable[[Figures], Words]] = {"meters": _meters, "tensors_needed": _tensors_needed}
