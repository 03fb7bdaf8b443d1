"""The length that a model's name says: `-128k`, `-32K-`, `-1M`."""

import re

_K = re.compile(r"(?<=[-_])(4|8|16|32|64|80|100|128|160|192|200|256|512|1024)k(?![a-z0-9])", re.IGNORECASE)
# counted in thousands, the others in 1,024s
_ROUND = ("100", "200")
# a million positions or a few; `350M` and `1B` count parameters
_MILLIONS = re.compile(r"(?<=[-_])([1-9]|10)m(?![a-z0-9])", re.IGNORECASE)


def length_in_name(name: str) -> int:
    """Positions that the name says; 0 where it says none."""
    if found := _MILLIONS.search(name):
        return int(found[1]) * 2**20
    found = _K.search(name)
    if not found:
        return 0
    return int(found[1]) * (1000 if found[1] in _ROUND else 1024)
