"""Bits a parameter of a GGUF file: a mixed format stores each tensor in the type that llama.cpp chooses for its role and layer.

The choice is llama.cpp's, src/llama-quant.cpp (llama_tensor_get_type, tensor_type_fallback): head and embedding, values, and the
projections back are stored finer than the rest, so that the average depends on the model. A model whose head is its embedding
stores that one matrix as a head, and where it is a large part of a small model, it moves the average by a tenth.
"""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from formulas.derivation import Fact
from formulas.vocabulary import n_params
from kb.architecture import Architecture
from kb.worked import filled

BLOCK = 256
# blocks of 256 numbers do not divide such a row: the type of smaller blocks that takes their place
_FALLBACK = {
    "Q2_K": "Q4_0", "Q3_K": "Q4_0", "Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0", "IQ1_S": "IQ4_NL", "IQ1_M": "IQ4_NL",
    "IQ2_XXS": "IQ4_NL", "IQ2_XS": "IQ4_NL", "IQ2_S": "IQ4_NL", "IQ3_XXS": "IQ4_NL", "IQ3_S": "IQ4_NL", "IQ4_XS": "IQ4_NL",
}  # fmt: skip
_Rules = tuple[
    tuple[str, str], ...
]  # which layers, and the type there; the first that holds counts, else the format's own


def _more(layer: int, count: int) -> bool:
    """llama.cpp's use_more_bits: the first and the last eighth, and every third layer between."""
    return layer < count // 8 or layer >= 7 * count // 8 or (layer - count // 8) % 3 == 2


_LAYERS: dict[str, Callable[[int, int], bool]] = {
    "all": lambda layer, count: True,
    "more": _more,
    "eighth": lambda layer, count: layer < count // 8,
    "sixteenth": lambda layer, count: layer < count // 16,
    "two": lambda layer, count: layer < 2,
    "four": lambda layer, count: layer < 4,
    "middle": lambda layer, count: count // 8 <= layer < 7 * count // 8,
}


@dataclass(frozen=True)
class Recipe:
    """The types of a format: its own, of head and embedding, and by role; `grouped` of values where four queries share one."""

    own: str
    head: str = "Q6_K"
    embedding: str = ""
    values: _Rules = ()
    grouped: str = ""
    fused: str = ""  # queries, keys and values in one matrix
    keys: str = ""  # and queries
    out: str = ""
    down: _Rules = ()
    up: _Rules = ()  # and the gate


def _lowest(own: str, out: str = "") -> Recipe:
    """The formats of about two bits and fewer."""
    return Recipe(own, "Q5_K", "Q2_K", (("all", "Q2_K"),), "Q4_K", out=out, down=(("eighth", "Q2_K"),))


def _low(own: str) -> Recipe:
    return Recipe(own, "Q5_K", "IQ3_S", (("all", "IQ3_S"),), "Q4_K", out="IQ3_S", down=(("eighth", "IQ3_S"),))


def _nonlinear(own: str) -> Recipe:
    return Recipe(own, grouped="Q5_K", down=(("eighth", "Q5_K"),))


_RECIPES: dict[str, Recipe] = {
    "IQ1_S": _lowest("IQ1_S", "IQ2_XXS"),
    "IQ1_M": _lowest("IQ1_M", "IQ2_XXS"),
    "IQ2_XXS": _lowest("IQ2_XXS"),
    "IQ2_XS": _lowest("IQ2_XS"),
    "IQ2_S": _low("IQ2_XS"),
    "IQ2_M": _low("IQ2_S"),
    "IQ3_XXS": Recipe("IQ3_XXS", "Q5_K", "IQ3_S", grouped="Q4_K", keys="IQ2_S", out="IQ3_S"),
    "IQ3_XS": Recipe("IQ3_S", grouped="Q4_K", keys="IQ3_XXS", up=(("middle", "IQ3_XXS"),)),
    "IQ3_S": Recipe("IQ3_S", grouped="Q4_K"),
    "IQ3_M": Recipe("IQ3_S", values=(("all", "Q4_K"),), fused="Q4_K", out="Q4_K", down=(("eighth", "Q4_K"),)),
    "IQ4_NL": _nonlinear("IQ4_NL"),
    "IQ4_XS": _nonlinear("IQ4_XS"),
    "Q2_K": Recipe("Q2_K", values=(("all", "Q3_K"),), grouped="Q4_K", out="Q3_K", down=(("all", "Q3_K"),)),
    "Q2_K_S": Recipe("Q2_K", grouped="Q4_K", down=(("eighth", "Q4_K"),)),
    "Q3_K_S": Recipe("Q3_K"),
    "Q3_K_M": Recipe("Q3_K", values=(("two", "Q5_K"), ("all", "Q4_K")), fused="Q4_K", out="Q4_K",
                     down=(("sixteenth", "Q5_K"), ("all", "Q4_K"))),
    "Q3_K_L": Recipe("Q3_K", values=(("all", "Q5_K"),), fused="Q4_K", out="Q5_K", down=(("all", "Q5_K"),)),
    "Q4_0": Recipe("Q4_0"),
    "Q4_1": Recipe("Q4_1"),
    "Q4_K_S": Recipe("Q4_K", values=(("four", "Q5_K"),), down=(("eighth", "Q5_K"),)),
    "Q4_K_M": Recipe("Q4_K", values=(("more", "Q6_K"),), fused="Q5_K", down=(("more", "Q6_K"),)),
    "Q5_0": Recipe("Q5_0"),
    "Q5_1": Recipe("Q5_1"),
    "Q5_K_S": Recipe("Q5_K"),
    "Q5_K_M": Recipe("Q5_K", values=(("more", "Q6_K"),), fused="Q6_K", down=(("more", "Q6_K"),)),
    "Q6_K": Recipe("Q6_K"),
    "Q8_0": Recipe("Q8_0", "Q8_0"),
}  # fmt: skip
# of eight experts values and keys take 8 bits, the projection back these where the format is of 4 bits or fewer
_EIGHT_EXPERTS, _OF_EIGHT = 8, {"Q2_K", "Q3_K", "Q4_K", "IQ3_S", "IQ3_XXS", "IQ4_NL", "IQ4_XS"}
# llama.cpp takes a model of so many layers for one of 70B, whose few values it stores finer
_LAYERS_OF_70B, _FINER_VALUES = 80, {"Q3_K": "Q5_K", "Q4_K": "Q5_K"}
_GROUPED = 4


class _File:
    """How many numbers of a file are of which type, tensor by tensor."""

    def __init__(self, recipe: Recipe, model: Architecture) -> None:
        self.recipe, self.facts = recipe, model.facts
        self.numbers: Counter[str] = Counter()

    def add(self, kind: str, row: int, count: int) -> None:
        """`count` numbers in rows of `row`, of a type or, where blocks do not divide the row, of that which stands in."""
        self.numbers[_FALLBACK.get(kind, kind) if row % BLOCK else kind] += count


@lru_cache(maxsize=256)  # each case of a question asks again
def file_bits(name: str, model: Architecture, bits: Callable[[str], Fraction]) -> Fraction | None:
    """Bits a parameter of a whole file, `bits` those of one tensor type; None for a format of no known recipe, or of no
    known model."""
    recipe = _RECIPES.get(name.removeprefix("gguf:"))
    whole = filled(n_params, dict(model.facts)).value if recipe else None
    if not recipe or not whole:
        return None
    file = _File(recipe, model)
    _outer(file)
    _attention(file, model)
    _feed_forward(file, model)
    width = _whole(model.facts, "hidden_size")
    file.add(recipe.own, width, int(whole) - file.numbers.total())
    return sum((bits(kind) * count for kind, count in file.numbers.items()), Fraction(0)) / int(whole)


def _outer(file: _File) -> None:
    """Embedding and head. A row that no block divides is a head's in 8 bits."""
    width, words = (_whole(file.facts, one) for one in ("hidden_size", "vocab_size"))
    file.add(file.recipe.head, width, width * words)
    if file.facts["tied"].value == "no":
        file.add(file.recipe.embedding or file.recipe.own, width, width * words)


def _attention(file: _File, model: Architecture) -> None:
    recipe, facts = file.recipe, file.facts
    width, heads, groups, head, experts = (
        _whole(facts, one) for one in ("hidden_size", "n_heads", "n_kv_heads", "head_dim", "n_experts")
    )
    own, count = recipe.own, sum(layer.mixer == "grouped" for layer in model.layers)
    fused = facts["qkv"].value == "fused" and model.family != "baichuan"  # whose matrix the conversion divides
    for layer in range(count):
        values, keys = _at(recipe.values, layer, count) or own, recipe.keys or own
        out = recipe.out or own
        if recipe.grouped and (heads >= _GROUPED * groups or (experts >= _GROUPED and recipe.head == "Q5_K")):
            values = recipe.grouped
        if len(model.layers) == _LAYERS_OF_70B:
            values = _FINER_VALUES.get(values, values)
        if experts == _EIGHT_EXPERTS:
            values = keys = "Q8_0"
            out = "Q5_K" if own in _OF_EIGHT else out
        if fused:
            file.add(recipe.fused or own, width, width * head * (heads + 2 * groups))
        else:
            file.add(values, width, width * head * groups)
            file.add(keys, width, width * head * groups)
            file.add(recipe.keys or own, width, width * head * heads)
        file.add(out, heads * head, width * head * heads)


def _feed_forward(file: _File, model: Architecture) -> None:
    recipe, facts = file.recipe, file.facts
    width, inner, of_expert, experts, shared = (
        _whole(facts, one)
        for one in ("hidden_size", "intermediate_size", "moe_intermediate_size", "n_experts", "shared_width")
    )
    feeds = [layer.mlp for layer in model.layers if layer.mlp != "none"]
    for layer, feed in enumerate(feeds):
        down, up = _at(recipe.down, layer, len(feeds)) or recipe.own, _at(recipe.up, layer, len(feeds)) or recipe.own
        parts = (
            ((inner, 1, 2 if feed == "gated" else 1),)
            if feed != "experts"
            else ((of_expert, experts, 2), (shared, 1, 2))
        )
        for rows, times, wide in parts:
            file.add(down, rows, rows * width * times)
            file.add(up, width, rows * width * times * wide)
        if feed == "experts":
            file.add("F32", width, experts * width)  # the router is not quantised


def _at(rules: _Rules, layer: int, count: int) -> str:
    return next((kind for where, kind in rules if _LAYERS[where](layer, count)), "")


def _whole(facts: Mapping[str, Fact], name: str) -> int:
    given: Any = facts[name].value if name in facts else 0
    return int(given or 0)
