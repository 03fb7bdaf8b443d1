"""Units as documents write them, by what they measure, in the units of `formulas.quantity`."""

from formulas.quantity import Quantity

_PREFIX = {"K": 1, "M": 2, "G": 3, "T": 4}
_BYTES = {f"{letter}B": 1000.0**power for letter, power in _PREFIX.items()}
_BYTES |= {f"{letter}iB": 1024.0**power for letter, power in _PREFIX.items()}

_SCALES: dict[str, dict[str, float]] = {
    # of one parameter or one byte: x and θ are bytes for each, times is bytes for a byte; G is short for GB
    "byte": _BYTES | {"byte": 1.0, "bit": 1 / 8, "G": 1e9, "x": 1.0, "θ": 1.0, "times": 1.0},
    "second": {"s": 1.0, "hours": 3600.0, "days": 86400.0},
    "1": {"B": 1e9, "K": 1024.0, "%": 0.01, "times": 1.0, "bit": 1.0, "cards": 1.0, "values": 1.0, "sequences": 1.0},
    "FLOP": {"FLOP": 1.0},
    "FLOP/second": {"TFLOP/s": 1e12},
}

# what a unit is commonly written for: 2^30 bytes as GB, bytes as bits
BINARY = {"KB": "KiB", "MB": "MiB", "GB": "GiB", "TB": "TiB", "G": "GiB"}
WIDER = {"bit": "byte"}

CHINESE = {
    "byte": "字节", "bit": "位", "hours": "小时", "days": "天", "times": "倍", "cards": "张卡", "values": "个", "sequences": "条序列",
}  # fmt: skip


def scale(quantity: Quantity, unit: str) -> float:
    """What one `unit` of the quantity is in its inside unit."""
    return _SCALES[str(quantity.unit)][unit]


def measures(quantity: Quantity, unit: str) -> bool:
    """Whether the quantity can be given in this unit."""
    return unit in _SCALES[str(quantity.unit)]


def bytes_in(unit: str) -> float:
    """Bytes in one unit of memory."""
    return _SCALES["byte"][unit]
