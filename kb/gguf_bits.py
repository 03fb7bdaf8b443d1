"""Bits a parameter of a GGUF file: a mixed format stores each tensor in the type that llama.cpp chooses for its role and layer.

Followed is one version, ggml-org/llama.cpp at commit 007dbbf3: src/llama-quant.cpp (llama_tensor_get_type_impl and
tensor_type_fallback). Head and embedding, values, and the projections back are stored finer than the rest, so that the average
depends on the model. A model whose head is its embedding stores that one matrix as a head, and where it is a large part of a
small model, it moves the average by a tenth. Formats that cannot be made without an importance matrix are counted as made with
one, the others as made without.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import lru_cache
from typing import Any

from formulas.graphs import filled
from formulas.vocabulary import n_params
from kb.architecture import Architecture
from kb.families import FAMILIES, Family

BLOCK, _SMALL_BLOCK = 256, 32
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
    """The types of a format: its own, of head and embedding, and by role; `grouped` of values where four queries share one.
    `lowest`: of llama.cpp's branch of formats below three bits, which has rules of its own for experts and for 70B."""

    own: str
    head: str = "Q6_K"
    embedding: str = ""
    values: _Rules = ()  # and queries, keys and values in one matrix
    grouped: str = ""
    keys: str = ""  # and queries
    out: str = ""
    down: _Rules = ()
    up: _Rules = ()  # and the gate
    lowest: bool = False


def _lowest(own: str, finer: str, out: str = "") -> Recipe:
    """The formats below three bits, `finer` their embedding, their values and the first projections down."""
    return Recipe(own, "Q5_K", finer, (("all", finer),), "Q4_K", out=out, down=(("eighth", finer),), lowest=True)


def _nonlinear(own: str) -> Recipe:
    return Recipe(own, grouped="Q5_K", down=(("eighth", "Q5_K"),))


_RECIPES: dict[str, Recipe] = {
    "IQ1_S": _lowest("IQ1_S", "Q2_K", "IQ2_XXS"),
    "IQ1_M": _lowest("IQ1_M", "Q2_K", "IQ2_XXS"),
    "IQ2_XXS": _lowest("IQ2_XXS", "Q2_K"),
    "IQ2_XS": _lowest("IQ2_XS", "Q2_K"),
    "IQ2_S": _lowest("IQ2_XS", "IQ3_S", "IQ3_S"),
    "IQ2_M": _lowest("IQ2_S", "IQ3_S", "IQ3_S"),
    "IQ3_XXS": Recipe("IQ3_XXS", "Q5_K", "IQ3_S", grouped="Q4_K", keys="IQ2_S", out="IQ3_S"),
    "IQ3_XS": Recipe("IQ3_S", grouped="Q4_K", keys="IQ3_XXS", up=(("middle", "IQ3_XXS"),)),
    "IQ3_S": Recipe("IQ3_S", grouped="Q4_K"),
    "IQ3_M": Recipe("IQ3_S", values=(("all", "Q4_K"),), out="Q4_K", down=(("eighth", "Q4_K"),)),
    "IQ4_NL": _nonlinear("IQ4_NL"),
    "IQ4_XS": _nonlinear("IQ4_XS"),
    "Q2_K": Recipe("Q2_K", values=(("all", "Q3_K"),), grouped="Q4_K", out="Q3_K", down=(("all", "Q3_K"),)),
    "Q2_K_S": Recipe("Q2_K", grouped="Q4_K", down=(("eighth", "Q4_K"),)),
    "Q3_K_S": Recipe("Q3_K"),
    "Q3_K_M": Recipe("Q3_K", values=(("two", "Q5_K"), ("all", "Q4_K")), out="Q4_K",
                     down=(("sixteenth", "Q5_K"), ("all", "Q4_K"))),
    "Q3_K_L": Recipe("Q3_K", values=(("all", "Q5_K"),), out="Q5_K", down=(("all", "Q5_K"),)),
    "Q4_0": Recipe("Q4_0"),
    "Q4_1": Recipe("Q4_1"),
    "Q4_K_S": Recipe("Q4_K", values=(("four", "Q5_K"),), down=(("eighth", "Q5_K"),)),
    "Q4_K_M": Recipe("Q4_K", values=(("more", "Q6_K"),), down=(("more", "Q6_K"),)),
    "Q5_0": Recipe("Q5_0"),
    "Q5_1": Recipe("Q5_1"),
    "Q5_K_S": Recipe("Q5_K"),
    "Q5_K_M": Recipe("Q5_K", values=(("more", "Q6_K"),), down=(("more", "Q6_K"),)),
    "Q6_K": Recipe("Q6_K"),
    "Q8_0": Recipe("Q8_0", "Q8_0"),
}  # fmt: skip
# of eight experts: the projection back of these is Q5_K, of the others the format's own, and IQ3_M has more down in Q4_K
_EIGHT_EXPERTS = 8
_BACK_OF_EIGHT = {
    "Q2_K",
    "Q3_K_S",
    "Q3_K_M",
    "Q4_K_S",
    "Q4_K_M",
    "IQ3_XXS",
    "IQ3_XS",
    "IQ3_S",
    "IQ3_M",
    "IQ4_NL",
    "IQ4_XS",
}
_DOWN_OF_EIGHT: dict[str, _Rules] = {"IQ3_M": (("more", "Q4_K"),)}
# what llama.cpp takes for a model of 70B (LLM_TYPE_70B: 80 layers, a Llama also grouped), whose few values it stores finer
_LAYERS_OF_70B, _FAMILIES_OF_70B, _FINER_VALUES = (
    80,
    ("llama", "qwen2", "nemotron-nas"),
    {"Q3_K": "Q5_K", "Q4_K": "Q5_K"},
)
_GROUPED = 4
# of Falcon the head is in 8 bits, the projection back the format's own, and these differ
_FALCON = "falcon"
_OF_FALCON: dict[str, dict[str, Any]] = {
    "Q3_K_M": {"down": (("sixteenth", "Q5_K"), ("more", "Q4_K"))},
    "Q3_K_L": {"down": (("all", "Q4_K"),), "out": "Q4_K"},
    "Q4_K_S": {"down": ()},
    "Q4_K_M": {"down": (("sixteenth", "Q6_K"), ("more", "Q5_K"))},
}


@dataclass(frozen=True)
class Tensor:
    """So many numbers of a role, and the type that they are stored in."""

    role: str
    kind: str
    count: int


@lru_cache(maxsize=256)  # each case of a question asks again
def file_bits(name: str, model: Architecture, bits: Callable[[str], Fraction]) -> Fraction | None:
    """Bits a parameter of a whole file, `bits` those of one tensor type; None for a format of no known recipe, or of no
    known model."""
    found = tensors(name.removeprefix("gguf:"), model)
    if not found:
        return None
    numbers: Counter[str] = Counter()
    for tensor in found:
        numbers[tensor.kind] += tensor.count
    return sum((bits(kind) * count for kind, count in numbers.items()), Fraction(0)) / numbers.total()


def tensors(name: str, model: Architecture) -> list[Tensor]:
    """The tensors of a file of a format, matrix by matrix; what has no rule of its own is "rest" and of the format's type.
    Empty for a format of no known recipe, or of no known model."""
    recipe = _recipe(name, model.family)
    whole = filled(n_params, dict(model.facts)).value if recipe else None
    if not recipe or not whole:
        return []
    file = _File(name, recipe, model)
    found = [*file.outer(), *file.attention(), *file.feed_forward()]
    rest = int(whole) - sum(tensor.count for tensor in found)
    return [*found, _tensor("rest", recipe.own, file.width, rest)]


def _recipe(name: str, family: str) -> Recipe | None:
    recipe = _RECIPES.get(name)
    if recipe is None or family != _FALCON:
        return recipe
    own = recipe if recipe.lowest else replace(recipe, out="")
    return replace(own, head="Q8_0", **_OF_FALCON.get(name, {}))


def _tensor(role: str, kind: str, row: int, count: int) -> Tensor:
    """`count` numbers in rows of `row`, of a type or, where only smaller blocks divide the row, of that which stands in. What
    none divides is no row of a model but a width that its published total leaves over (kb/total.py)."""
    smaller = row % BLOCK and not row % _SMALL_BLOCK
    return Tensor(role, _FALLBACK.get(kind, kind) if smaller else kind, count)


class _File:
    """What of a model and a format decides the types, and the tensors by what they do."""

    def __init__(self, name: str, recipe: Recipe, model: Architecture) -> None:
        self.name, self.recipe, self.model, self.facts = name, recipe, model, model.facts
        self.width, self.layers, self.experts = map(self.whole, ("hidden_size", "n_layers", "n_experts"))
        heads, groups = self.whole("n_heads"), self.whole("n_kv_heads")
        self.grouped = heads >= _GROUPED * groups
        self.of_eight = self.experts == _EIGHT_EXPERTS
        self.of_70b = (
            self.layers == _LAYERS_OF_70B
            and model.family in _FAMILIES_OF_70B
            and (model.family != "llama" or heads != groups)
        )

    def whole(self, name: str) -> int:
        given: Any = self.facts[name].value if name in self.facts else 0
        return int(given or 0)

    def outer(self) -> Iterator[Tensor]:
        """Embedding and head. A head whose rows no block divides is in 8 bits."""
        width, numbers = self.width, self.width * self.whole("vocab_size")
        yield _tensor("head", "Q8_0" if width % BLOCK else self.recipe.head, width, numbers)
        if self.facts["tied"].value == "no":
            yield _tensor("embedding", self.recipe.embedding or self.recipe.own, width, numbers)

    def attention(self) -> Iterator[Tensor]:
        """Queries, keys, values and the projection back; of linear attention the one matrix of the three."""
        family = FAMILIES.get(self.model.family, Family())
        fused = self.facts["qkv"].value == "fused" and not family.divided
        width, heads, groups, head = map(self.whole, ("hidden_size", "n_heads", "n_kv_heads", "head_dim"))
        linear = 2 * self.whole("delta_key_width") + self.whole("delta_value_width")
        joined = "delta_inputs" in self.facts and self.facts["delta_inputs"].value in ("fused", "beside")
        known = ("grouped", "delta") if joined else ("grouped",)
        mixers = [layer.mixer for layer in self.model.layers if layer.mixer in known]
        for place, mixer in enumerate(mixers):
            values = self._values(place, len(mixers))
            if mixer == "delta":
                yield _tensor("fused", values, width, width * linear)
                continue
            if fused:
                yield _tensor("fused", values, width, width * head * (heads + 2 * groups))
            else:
                yield _tensor("values", values, width, width * head * groups)
                yield _tensor("keys", self._keys(), width, width * head * groups)
                yield _tensor("queries", self.recipe.keys or self.recipe.own, width, width * head * heads)
            yield _tensor("out", self._out(), heads * head, width * head * heads)

    def feed_forward(self) -> Iterator[Tensor]:
        """MLPs and experts. llama.cpp counts the projections down one by one where it has no experts, and in the lowest formats."""
        inner, of_expert, shared = map(self.whole, ("intermediate_size", "moe_intermediate_size", "shared_width"))
        before = 0
        for layer, feed in enumerate(one.mlp for one in self.model.layers):
            wide = 1 if feed == "plain" else 2
            experts = ((of_expert, self.experts), (shared, 1))
            parts = experts if feed == "experts" else () if feed == "none" else ((inner, 1),)
            for rows, times in parts:
                if not rows:
                    continue
                place = before if self.recipe.lowest or not self.experts else layer
                yield _tensor("down", self._down(place), rows, rows * self.width * times)
                up = _at(self.recipe.up, place, self.layers) or self.recipe.own
                yield _tensor("up", up, self.width, rows * self.width * times * wide)
                before += 1
            if feed == "experts":
                yield _tensor("router", "F32", self.width, self.experts * self.width)  # is not quantised

    def _values(self, place: int, count: int) -> str:
        recipe = self.recipe
        few = self.grouped or (recipe.lowest and self.experts >= _GROUPED)
        kind = recipe.grouped if recipe.grouped and few else _at(recipe.values, place, count) or recipe.own
        if recipe.lowest:
            return kind
        if self.of_eight:
            return "Q8_0"
        return _FINER_VALUES.get(kind, kind) if self.of_70b else kind

    def _keys(self) -> str:
        if self.of_eight:
            return "Q4_K" if self.recipe.lowest else "Q8_0"
        return self.recipe.keys or self.recipe.own

    def _out(self) -> str:
        if self.of_eight:
            return "Q5_K" if self.recipe.lowest or self.name in _BACK_OF_EIGHT else self.recipe.own
        return self.recipe.out or self.recipe.own

    def _down(self, place: int) -> str:
        rules = (*self.recipe.down, *(_DOWN_OF_EIGHT.get(self.name, ()) if self.of_eight else ()))
        return _at(rules, place, self.layers) or self.recipe.own


def _at(rules: _Rules, layer: int, count: int) -> str:
    return next((kind for where, kind in rules if _LAYERS[where](layer, count)), "")
