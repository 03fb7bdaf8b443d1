"""The length that a model's name says: `-128k`, `-32K-`, `-1M`; a name with another length than its row; lengths by YaRN."""

import re
from functools import cache
from typing import Any

from kb.database import rows
from kb.name_parts import NEUTRAL_WORDS, tokens
from kb.names import ModelMatch, model_row, own_lengths
from kb.total import SEES

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


def with_own_length(match: ModelMatch, said: str) -> str:
    """The alias with a length of its own that a mention names by `said`; empty where it names the row as well."""
    if exact := own_lengths().get(said.lower()):
        return exact
    spelled, told = match.spelled.lower(), set(tokens(said))
    bare = spelled.rsplit("/", 1)[-1]
    theirs = set(tokens(bare))
    own = own_lengths().get(spelled if "base" in told else bare, "")
    another = any(length_in_name(f"-{one}") for one in told - theirs)  # `vicuna-13b-16k` is none of 4,096
    return own if theirs - set(tokens(match.name)) - NEUTRAL_WORDS <= told and not another else ""


@cache
def _by_family() -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for one in rows("SELECT setting, value, applies_to FROM recipes WHERE tool = 'YaRN'"):
        found.setdefault(str(one["applies_to"]), {})[str(one["setting"])] = int(one["value"])
    return found


def by_yarn(name: Any) -> dict[str, Any] | None:
    """Of a model that reaches further by YaRN: its `native` positions, the `scaled` ones, and the `factor` between; None of
    no name, and of any other model: a smaller one, one of pictures, one that declares more by itself."""
    row = model_row(str(name)) if name else None
    known = _by_family().get(str(row["family"])) if row else None
    if (
        not row
        or not known
        or SEES.search(str(row["model_type"]))
        or float(row["total_params"] or 0) < known["least_params"]
    ):
        return None
    native, scaled = known["native_positions"], known["scaled_positions"]
    if not native <= int(row["max_position_embeddings"] or 0) <= scaled:
        return None
    return {"native": native, "scaled": scaled, "factor": scaled // native}


def reach(name: Any) -> int:
    """Positions that a model declares, or reaches by YaRN; 0 of no name, and where nothing says."""
    scaled = by_yarn(name)
    if scaled:
        return int(scaled["scaled"])
    return int(model_row(str(name))["max_position_embeddings"] or 0) if name else 0
