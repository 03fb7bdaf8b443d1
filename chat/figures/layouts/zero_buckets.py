"""What DeepSpeed's buckets and thresholds take of a card: numbers of elements, in the bytes of what goes through them."""

from collections.abc import Callable

from chat.figures.named import GB, Figures, default_of
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.bytes_each import WEIGHT

# settings that are allocated, or filled, to that many elements; those that only bound what may be held at once
BUCKETS = ("reduce_bucket_size", "allgather_bucket_size", "stage3_prefetch_bucket_size", "prefetch_bucket_size")
BOUNDS = ("stage3_max_live_parameters", "max_live_parameters", "stage3_max_reuse_distance", "max_reuse_distance")
_DEFAULT = "reduce_bucket_size"


def _zero_buckets(figures: Figures) -> Words:
    """Each setting that is told with its product; else the default of the one that every stage has."""
    told = dict(line.rsplit(" ", 1) for line in figures.log.get("bucket", ()))
    sizes = {name: float(size) for name, size in told.items()} or {_DEFAULT: default_of("DeepSpeed", _DEFAULT, "train")}
    lines = [
        f"{name} {figure(size, 3)} × {WEIGHT} B = {figure(WEIGHT * size / GB, 3)} GB" for name, size in sizes.items()
    ]
    bound = [name for name in sizes if name in BOUNDS]
    most = (
        Words(
            f" {bound[0]} is no buffer but a bound: so much of gathered weights at most stays at once.",
            f"{bound[0]} 不是缓冲而是上限:同时留在卡上的聚合权重最多这么多。",
        )
        if bound
        else SILENT
    )
    by_default = (SILENT.en, SILENT.zh) if told else (" by default", "(默认)")
    return Words(
        f"**Each counts elements, at {WEIGHT} B in 16 bit: {'; '.join(lines)}{by_default[0]}.**{most.en}",
        f"**这些值数的是元素个数,16 位每个 {WEIGHT} 字节:{';'.join(line.replace(' B =', ' 字节 =') for line in lines)}{by_default[1]}。**{most.zh}",
    )


ZERO_BUCKETS: dict[str, Callable[[Figures], Words]] = {"zero_buckets": _zero_buckets}
