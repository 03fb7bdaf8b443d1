"""Two families without a size, whose caches are compared: their members of about one size stand for them."""

from math import log

from chat.reads.lexicon import SIZE, SIZE_SCALES
from chat.reads.other_cases.corrected import keep
from chat.reads.scan import Scan
from kb.names import model_row

# what of a model depends on its size, so that only members of one size compare
_OF_A_CACHE = r"(?<![a-z])kv(?![a-z])|\bcache\b|缓存"
_ALL_SIZES = r"\b(?:sizes|versions|variants|members) of\b|\ball (?:of )?(?:the )?\w+ (?:sizes|models|versions)\b|各(?:个)?(?:尺寸|大小)|全系列"
_ALIKE = 1.35  # times the parameters
_USUAL = 8e9  # parameters of the size that most people mean


def _params(name: str) -> float:
    return float(model_row(name).get("unique_params") or 0)


def alike_of_families(scan: Scan, families: list[tuple[str, ...]], names: list[str]) -> None:
    """`Qwen2.5 or Llama-3, whose cache is smaller?`: of each the member of the usual size, where both have one."""
    if len(families) != 2 or not any(scan.find(_OF_A_CACHE)) or any(scan.find(_ALL_SIZES)):
        return
    one, other = ([(name, _params(name)) for name in family if _params(name)] for family in families)
    pairs = [(a, b) for a in one for b in other if max(a[1], b[1]) <= _ALIKE * min(a[1], b[1])]
    if not pairs or set(families[0]) & set(families[1]):
        return
    told = next((size for size in scan.find(SIZE) if scan.free(*size.span())), None)
    near = float(told["n"]) * SIZE_SCALES[told["s"]] if told else _USUAL
    chosen = min(pairs, key=lambda pair: abs(log(pair[0][1] / near)) + abs(log(pair[1][1] / near)))
    if told:
        scan.take(*told.span())
    left = {name for family in families for name in family} - {name for name, _ in chosen}
    keep(scan, "model", [name not in left for name in scan.facts["model"]])
    names[:] = [name for name in names if name not in left]
