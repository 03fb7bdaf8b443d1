"""The length that a model's name says: `-128k`, `-32K-`, `-1M`."""

import re
from functools import cache
from typing import Any

from kb.database import rows
from kb.names import model_row

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


# of the families whose longer context is YaRN's, the dense and mixture models for text, from this size on
_BY_YARN = re.compile(r"^Qwen/Qwen(?:2\.5-(?:Coder-)?|3-)\d+(?:\.\d+)?B(?:-A\d+B)?(?:-Instruct|-Base)?$")
_LEAST_PARAMS = 3.9e9


@cache
def _by_family() -> dict[tuple[str, str], int]:
    found = rows("SELECT setting, value, applies_to FROM recipes WHERE tool = 'YaRN'")
    return {(str(one["applies_to"]), str(one["setting"])): int(one["value"]) for one in found}


def by_yarn(name: Any) -> dict[str, Any] | None:
    """Of a model that reaches further by YaRN: its `native` positions, the `scaled` ones, and the `factor` between; None of
    no name, and of any other model."""
    row = model_row(str(name)) if name else None
    if not row or not _BY_YARN.match(str(row["name"])) or float(row["total_params"] or 0) < _LEAST_PARAMS:
        return None
    family, known = str(row["family"]), _by_family()
    native, scaled = (known.get((family, f"{kind}_positions")) for kind in ("native", "scaled"))
    return {"native": native, "scaled": scaled, "factor": scaled // native} if native and scaled else None
