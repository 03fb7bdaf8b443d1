"""What stands for a model of which only the size is known: a usual model of that size, or its shapes with other layers."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from math import log

from formulas.derivation import derive
from formulas.errors import BadInput
from formulas.vocabulary import n_params
from kb.architecture import Architecture, architecture
from kb.names import Row, model_row, model_rows, names
from kb.recipe import representatives, usual_models

# how far a size may be from the model that stands for it as it is, and from one that gets other layers
SAME_SIZE = 0.02
_NEAR_SIZE = 2.0
# numbers that a row publishes of the whole model, which another number of layers makes void
_TOTALS = ("total_params", "unique_params", "computed_params", "active_params")


@dataclass(frozen=True)
class StandIn:
    """A model of the table, how many layers it is taken with, whether these are not its own, and another vocabulary."""

    name: str
    layers: int
    changed: bool
    architecture: Architecture
    vocabulary: int | None = None


def stands_for(params: float) -> str:
    """The model of the table that stands for a size; BadInput when none is near, naming the nearest sizes.

    A mixture of experts stands for its very size, and for a near one only where no dense model is near. Of dense ones those
    whose query heads share keys and values stand for a near size, as the models of today do: the others would make its
    cache several times as large.
    """
    known = representatives()

    def off(pair: tuple[float, str]) -> float:
        return abs(log(pair[0] / params))

    size, name = min(known, key=off)
    if off((size, name)) <= log(1 + SAME_SIZE):
        return name
    near = [pair for pair in known if off(pair) <= log(_NEAR_SIZE)]
    dense = [pair for pair in near if not model_row(pair[1])["n_experts"]]
    if not near:
        sizes = sorted(known, key=lambda pair: abs(pair[0] - params))[:3]
        close = ", ".join(f"{value / 1e9:g}B ({model})" for value, model in sorted(sizes))
        raise BadInput(f"no model of the table stands for {params / 1e9:g}B; near: {close}; or give --config")
    shared = [pair for pair in dense if _shares_heads(pair[1])]
    return min(shared or dense or near, key=off)[1]


def _shares_heads(name: str) -> bool:
    """Whether query heads share keys and values, in the cache too."""
    row = model_row(name)
    repeated = any(fact.value == "repeated" for fact in architecture(row).facts.values())
    return bool(row["n_kv_heads"] and row["n_kv_heads"] < row["n_heads"] and not repeated)


@cache
def stand_in(params: float, vocabulary: int | None = None) -> StandIn:
    """The model for a size, with as many layers as come nearest to it where it is said of another.

    vocabulary  one that is told beside the size: embedding and head are then of it, and the layers make up the rest
    """
    name = stands_for(params)
    row = model_row(name)
    if vocabulary and abs(vocabulary / int(row["vocab_size"]) - 1) > SAME_SIZE:
        return _with_vocabulary(name, params, vocabulary)
    own = StandIn(name, int(row["n_layers"]), False, architecture(row))
    said = {model: size for size, model in representatives()}[name]
    counted = _params(own.architecture)
    if min(abs(said - params), abs(counted - params)) <= SAME_SIZE * params:
        return own
    layers, with_them = _layers_for(row, params)
    return StandIn(name, layers, layers != own.layers, with_them)


def _with_vocabulary(name: str, params: float, vocabulary: int) -> StandIn:
    """Its shapes with that vocabulary, and as many layers as come nearest to the size; BadInput where the tables alone are more."""
    layers, with_them = _layers_for({**model_row(name), "vocab_size": vocabulary}, params)
    if _params(with_them) > _NEAR_SIZE * params:
        raise BadInput(
            f"a vocabulary of {vocabulary:,} is too large for {params / 1e9:g}B parameters: with one layer it makes {_params(with_them) / 1e9:.2g}B"
        )
    return StandIn(name, layers, True, with_them, vocabulary)


def _layers_for(row: Row, params: float) -> tuple[int, Architecture]:
    """The number of layers of these shapes that comes nearest to a size, and the model with so many."""
    own = int(row["n_layers"])
    base = {key: value for key, value in row.items() if key not in _TOTALS}
    one, two = (architecture({**base, "n_layers": own + more}) for more in (0, 1))
    # the layers above the first change by one layer at a time
    layers = max(1, own + round((params - _params(one)) / (_params(two) - _params(one))))
    return layers, architecture({**base, "n_layers": layers})


# how far a mixture's sizes may be from those that are told of it, which are round
_ALL, _ACTIVE = 0.06, 0.2


@cache
def mixture_of(params: float, active: float | None = None) -> str | None:
    """The mixture of experts of the table that has so many parameters, and activates so many where that is told.

    Of several the one that people run, then the nearest. None where there is none.
    """
    run = {str(one["model"]) for one in usual_models()}
    found = []
    for name, row in model_rows().items():
        size, used = row["unique_params"] or row["total_params"], row["active_params"]
        if not size or (row["n_experts"] or 0) < 2 or row["block"] == "unsupported":
            continue
        off = abs(log(size / params))
        near = active is None or (used and abs(log(used / active)) <= log(1 + _ACTIVE))
        if off <= log(1 + _ALL) and near:
            found.append((name not in run, off, name))
    return min(found)[2] if found else None


def _params(model: Architecture) -> float:
    return float(derive(n_params, model.facts).value or 0)


# how a name tells its size: `8B`, `30B-A3B`
_SIZE_IN_NAME = re.compile(r"(?<![A-Za-z0-9.])\d+(?:\.\d+)?[Bb](?:-A\d+(?:\.\d+)?[Bb])?(?![A-Za-z0-9])")


def of_family(models: Iterable[str], size: float) -> str | None:
    """The model of so many parameters that is called as one of these but for its size: `Qwen3-8B` beside `Qwen3-14B`."""
    for model in models:
        called = _SIZE_IN_NAME.sub(f"{size / 1e9:g}B", str(model))
        if called != str(model) and called.lower() in names().by_spelling:
            return str(names().by_spelling[called.lower()].row["name"])
    return None
