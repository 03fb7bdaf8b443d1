"""A product that the asker means as a KV cache: which of its factors are not right, and by how much each is off.

Every way in which people write such a product is tried (the width as KV heads × head size, as the hidden size, with the
heads counted twice; bits for bytes; a 2 or the layers forgotten), and the one with the fewest slips is what was meant.
Factors are numbers of a known model, or the names of its shapes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product as every
from math import prod
from typing import Any

from chat.figures.amount_words import kib
from chat.figures.cache.kv_kinds import amount, kinds, served
from chat.figures.cache.product_windows import windowed
from chat.figures.named import Figures, Missing
from chat.reads.models.shape_names import role_of
from formulas.errors import BadInput
from formulas.notation import figure
from formulas.quantity import SILENT, Words
from kb.recipe import assumed

_SCALE = {"k": 1e3, "m": 1e6, "b": 1e9}
_SUM = re.compile(r"\(\s*(\d+(?:\s*\+\s*\d+)+)\s*\)")
_NUMBER = re.compile(r"(\d+(?:\.\d+)?)\s*(?:bytes?|字节|bits?|([kmb]))?")
_BITS = 8
_LEAST_TOKENS = 64
_MOST_FACTORS = 9
_SUBJECT = ("model", "params")


@dataclass(frozen=True)
class Factor:
    """A factor as written: its number, or the shape that it names."""

    shown: str
    number: float = 0.0
    role: str = ""


@dataclass(frozen=True)
class Slip:
    """What is not right of the product, how many times too large it makes it, and how unlikely it is to be meant."""

    says: Words
    times: float
    weight: float

    @property
    def with_times(self) -> Words:
        shown, more = f"{max(self.times, 1 / self.times):.3g}", self.times > 1
        return Words(
            f"{self.says.en} ({shown} times too {'much' if more else 'little'})",
            f"{self.says.zh}({'大' if more else '小'}了 {shown} 倍)",
        )


def factors(left: str) -> list[Factor]:
    """The factors of a product; empty where it is none. `4/8` is one factor: bits as bytes."""
    text = _SUM.sub(
        lambda found: str(sum(int(one) for one in found[1].split("+"))), left.lower().replace("×", "*").replace(",", "")
    )
    found: list[Factor] = []
    for piece in re.split(r"\*|(?<![a-z])x|x(?![a-z])", text):
        first, *divisors = (one.strip(" ()") for one in piece.split("/"))
        one = _factor(first, leads=not found)
        if one is None or any(not _NUMBER.fullmatch(divisor) for divisor in divisors):
            return []
        for divisor in divisors:
            by = float(divisor)
            if not by:
                return []
            role = "bytes" if one.role == "bits" and by == _BITS else one.role
            one = Factor(f"{one.shown}/{divisor}", one.number / by, role)
        found.append(one)
    return found


def _factor(written: str, leads: bool) -> Factor | None:
    """A factor; `2 B` behind others is bytes, a first `7 B` billions."""
    number = _NUMBER.fullmatch(written)
    if number:
        in_bytes = number[2] == "b" and not leads and float(number[1]) <= _BITS
        return Factor(number[1], float(number[1]) * (1.0 if in_bytes else _SCALE.get(number[2] or "", 1.0)))
    role = role_of(written)
    return Factor(written, role=role) if role else None


@dataclass(frozen=True)
class _Shape:
    """The numbers that the factors of a model's cache have."""

    layers: float
    hidden: float
    heads: float
    kept: float
    dim: float
    each: float
    latent: float
    lengths: tuple[float, float]
    parts: tuple[float, ...]
    rotary: float

    @property
    def vector(self) -> float:
        """What latent attention keeps of a token in a layer; none where there is no such."""
        return self.latent + self.rotary

    @property
    def width(self) -> float:
        return self.kept * self.dim

    def of(self, role: str) -> float:
        """The number that a name stands for."""
        known = {
            "layers": self.layers, "hidden": self.hidden, "heads": self.heads, "kv_heads": self.kept,
            "head_dim": self.dim, "bytes": self.each, "bits": self.each * _BITS,
        }  # fmt: skip
        return known.get(role, 1.0)


def judged(left: str, facts: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with these factors, and the right product; empty where they are of no cache.

    each_layer   the product is told to be of one layer: no factor counts them
    """
    told, one_layer = factors(left), bool(facts.get("each_layer"))
    facts = {name: value for name, value in facts.items() if name != "each_layer"}
    named = any(one.role for one in told)
    example = named and not any(facts.get(name) for name in _SUBJECT)
    figures = Figures({"model": assumed("model", "grouped heads")} if example else facts)
    if not 3 <= len(told) <= _MOST_FACTORS:
        return {}
    try:
        where = served(figures)
        token = sum(kind.layers * kind.token for kind in kinds(where))
        shape = _shape(figures, facts, kinds(where)[0].how == "latent")
    except (Missing, BadInput):
        return {}
    if one_layer:
        token, shape = kinds(where)[0].token, replace(shape, layers=1.0)
    best = min(_readings(told, shape, named), key=lambda one: one[2], default=None)
    if best is None:
        return {}
    slips, tokens, _ = best
    off = 1.0
    for one in told:
        off *= one.number or shape.of(one.role)
    off /= token * tokens
    said = [slip.with_times if len(slips) > 1 else slip.says for slip in slips]
    right, times = token * tokens, [max(slip.times, 1 / slip.times) for slip in slips]
    return {
        "of": "kv_cache", "wrong": [one.en for one in said], "wrong_zh": [one.zh for one in said],
        "right": kib(token) if tokens == 1 else amount(right), "off": off, "off_shown": f"{max(off, 1 / off):.3g}",
        "times": [f"{one:.3g}" for one in times] if len({slip.times > 1 for slip in slips}) == 1 else [],
        "in_all": tokens > 1, "symbols": named, "each_layer": one_layer,
        **({"example": str(figures.given["model"])} if example else {}),
        **({} if one_layer else windowed(figures, tokens)),
        "figures": [{"quantity": "kv_cache", "gib": right / 2**30}, {"quantity": "kv_cache", "gib": token / 2**30}],
    }  # fmt: skip


def _shape(figures: Figures, facts: dict[str, Any], latent: bool) -> _Shape:
    of = figures.fact
    parts = (of("v_head_dim"), of("qk_nope_head_dim")) if latent else ()
    rotary = of("qk_rope_head_dim") if latent else 0.0
    lengths = tuple(float(facts.get(name) or 0) for name in ("seq_len", "batch_size"))
    return _Shape(
        of("n_layers"), of("hidden_size"), of("n_heads"), of("n_kv_heads"), of("head_dim"), of("kv_bytes"),
        of("kv_lora_rank") if latent else 0.0, (lengths[0], lengths[1]), parts, rotary,
    )  # fmt: skip


# ── every way to read the product ──────────────────────────────────────────────────────────────────────────────────


def _readings(told: Sequence[Factor], shape: _Shape, named: bool) -> Iterator[tuple[list[Slip], float, float]]:
    """Each way in which all factors have their place: its slips, the tokens that it counts, and how unlikely it is."""
    for width, wide in _widths(shape, named):
        after_width = _without(told, width, shape)
        if after_width is None:
            continue
        for layered, doubled in every((True, False), (True, False)):
            rest = _without(after_width, ("layers",) * layered + ("two",) * doubled, shape)
            if rest is None:
                continue
            yield from _ended(rest, shape, wide, layered, doubled)


def _ended(
    rest: list[Factor], shape: _Shape, wide: Slip | None, layered: bool, doubled: bool
) -> Iterator[tuple[list[Slip], float, float]]:
    """What is left must be the bytes of a number, tokens and sequences."""
    for counted in (None, *rest):
        others = [one for one in rest if one is not counted]
        tokens, guessed = _tokens(others, shape)
        neither = not doubled and counted is None and not shape.vector
        if tokens is None or (neither and (rest or not layered)):
            continue  # no tokens, or neither of two factors and not all the rest: too little to be of a cache
        found = [wide, _of_layers(layered, shape), _of_two(doubled, shape, bool(wide)), _of_bytes(counted, shape)]
        if not shape.vector and (counted is None or not doubled) and (counted is None or counted.number == shape.each):
            found[2:] = [_both_twos(shape) if neither else _ONE_TWO]  # of the two 2 it is not told which is there
        slips = [one for one in found if one]
        yield slips, tokens, sum(one.weight for one in slips) + _GUESS * guessed


def _without(told: Sequence[Factor], roles: Sequence[str], shape: _Shape) -> list[Factor] | None:
    """The factors without those of these roles; None where one is not there."""
    left = list(told)
    for role in roles:
        number = {"two": 2.0, "vector": shape.vector, "width": shape.width}.get(role) or shape.of(role)
        if role.startswith("="):
            number = float(role[1:])
        place = next((one for one in left if one.role == role or (not one.role and one.number == number)), None)
        if place is None:
            return None
        left.remove(place)
    return left


def _tokens(others: Sequence[Factor], shape: _Shape) -> tuple[float | None, bool]:
    """The tokens that these factors count, and whether one was only guessed to be some; None where one is neither."""
    tokens, guessed = 1.0, False
    for one in others:
        if one.role in ("seq_len", "batch_size"):
            continue
        if one.role or (one.number not in shape.lengths and (guessed or one.number < _LEAST_TOKENS)):
            return None, False
        guessed |= one.number not in shape.lengths
        tokens *= one.number
    return tokens, guessed


# ── the slips ──────────────────────────────────────────────────────────────────────────────────────────────────────

_NO_TWO = Words("the 2 for keys and values is missing", "漏了 K 和 V 两份的 2")
_ONE_TWO = Slip(Words(
    "one factor 2 is missing: keys and values are two, and each number has 2 B",
    "少乘了一个 2:K 和 V 是两份,而每个数占 2 字节",
), 0.5, 1.0)  # fmt: skip


def _both_twos(shape: _Shape) -> Slip:
    return _slip(
        f"both factors 2 are missing: keys and values are two, and each number has {figure(shape.each)} B",
        f"两个 2 都漏了:K 和 V 是两份,每个数占 {figure(shape.each)} 字节", 1 / (2 * shape.each), 1.5,
    )  # fmt: skip


# of a number that is taken for tokens without having been told as such
_GUESS = 0.3


def _slip(en: str, zh: str, times: float, weight: float = 1.0) -> Slip:
    return Slip(Words(en, zh), times, weight)


def _of_layers(layered: bool, shape: _Shape) -> Slip | None:
    if layered or shape.layers == 1:
        return None
    return _slip("the layers are missing", "漏了层数", 1 / shape.layers, 1.2)


def _of_two(doubled: bool, shape: _Shape, wide: bool) -> Slip | None:
    if shape.vector:  # one vector stands for both; what counts each head's own is told of the width
        return _slip("one vector stands for keys and values, without the 2", "一个向量同时代表 K 与 V,不再乘 2", 2.0) if doubled and not wide else None  # fmt: skip
    return None if doubled else Slip(_NO_TWO, 0.5, 1.0)


def _of_bytes(counted: Factor | None, shape: _Shape) -> Slip | None:
    right = shape.each
    if counted is None:
        return _slip("the bytes of a number are missing, 2 in 16 bit", "漏了每个数的字节数,16 位是 2 字节", 1 / right)
    if counted.role == "bytes" or counted.number == right:
        return None
    number, shown = counted.number or shape.of("bits"), counted.shown
    if counted.role == "bits" or number >= _BITS:
        return _slip(
            f"{shown} is bits, not bytes (8 bits are 1 B); and keys and values stay 16 bit = 2 B even when the weights have fewer",
            f"{shown} 是位数而不是字节数(8 位 = 1 字节);而且权重量化了,K 和 V 仍是 16 位 = 2 字节", number / right,
        )  # fmt: skip
    if number > right:
        return _slip(
            f"{shown} B per number is fp32, or the bits of the weights; a cache is kept in 16 bit, 2 B, whatever the weights are",
            f"每个数 {shown} 字节是 fp32(或误用了权重的位数);缓存按 16 位存,2 字节,与权重位数无关", number / right,
        )  # fmt: skip
    return _slip(
        f"{shown} B per number is that of quantised weights; keys and values stay 16 bit = 2 B unless the engine is told to quantise the cache",
        f"每个数 {shown} 字节是量化权重的;K 和 V 仍是 16 位 = 2 字节,除非在推理框架里另设 KV 缓存量化", number / right,
    )  # fmt: skip


def _widths(shape: _Shape, named: bool) -> Iterator[tuple[tuple[str, ...], Slip | None]]:
    """The ways to write what a layer keeps of a token for keys alone, with what is wrong of each."""
    if shape.vector:
        yield from _latent_widths(shape)
        return
    yield ("kv_heads", "head_dim"), None
    yield ("width",), None
    of_all = shape.width == shape.hidden and not named
    heads, kept, dim, hidden, width = (
        figure(one) for one in (shape.heads, shape.kept, shape.dim, shape.hidden, shape.width)
    )
    groups = Words(
        "grouped-query attention keeps KV heads × head size" if named
        else f"grouped-query attention keeps {kept} KV heads × {dim} = {width} per layer",
        "GQA 只存 KV 头数 × 每头维度" if named else f"分组查询注意力(GQA)每层只存 {kept} 个 KV 头 × {dim} = {width}",
    )  # fmt: skip
    if shape.kept == shape.heads:
        groups = Words(
            f"what a layer keeps is {kept} heads × {dim} = {width}", f"每层存的是 {kept} 个头 × {dim} = {width}"
        )
    size = (
        Words("the hidden size", "隐藏维度") if named else Words(f"{hidden} is the hidden size", f"{hidden} 是隐藏维度")
    )
    of_heads = Words("query heads × head size", "查询头数 × 每头维度") if named else Words(f"{heads} query heads × {dim}", f"{heads} 个查询头 × {dim}")  # fmt: skip
    whole = shape.heads * shape.dim == shape.hidden
    is_all = Words(f" is {of_heads.en}", f" = {of_heads.zh}") if named else Words(f" ({of_heads.en})", f"({of_heads.zh})")  # fmt: skip
    is_all = is_all if whole else SILENT
    yield ("hidden",), None if of_all else _slip(
        f"{size.en}{is_all.en}; {groups.en}", f"{size.zh}{is_all.zh};{groups.zh}", shape.hidden / shape.width)  # fmt: skip
    query = Words("heads are the query heads", "头数是查询头数") if named else Words(f"{heads} are the query heads", f"{heads} 是查询头数")  # fmt: skip
    if shape.kept != shape.heads:
        yield (
            ("heads", "head_dim"),
            _slip(f"{query.en}; {groups.en}", f"{query.zh};{groups.zh}", shape.heads / shape.kept),
        )
    of_both = (
        Words("heads × hidden", "头数 × 隐藏维度") if named else Words(f"{heads} × {hidden}", f"{heads} × {hidden}")
    )
    counts = Words(
        f"{of_both.en} counts the heads twice, for the hidden size already is {of_heads.en}; {groups.en}",
        f"{of_both.zh} 把头数算了两次,隐藏维度已经是 {of_heads.zh};{groups.zh}",
    )
    yield ("heads", "hidden"), _slip(counts.en, counts.zh, shape.heads * shape.hidden / shape.width, 1.3)
    if shape.kept != shape.heads:
        yield ("kv_heads", "hidden"), _slip(
            f"the size of a head is {dim}, not {hidden}" if not named else "KV heads are multiplied by the head size, not by the hidden size",
            f"每头维度是 {dim},不是 {hidden}" if not named else "KV 头数应乘每头维度,而不是隐藏维度", shape.hidden / shape.dim, 1.2)  # fmt: skip
    if (even := shape.hidden / shape.heads) != shape.dim and not named:
        other = Words(
            f"the size of a head is {dim} (head_dim in its configuration), not {hidden} ÷ {heads} = {figure(even)}",
            f"每头维度是 {dim}(配置中的 head_dim),不是 {hidden} ÷ {heads} = {figure(even)}",
        )
        yield ("kv_heads", f"={even!r}"), Slip(other, even / shape.dim, 1.0)
        if shape.kept != shape.heads:
            yield ("heads", f"={even!r}"), _slip(
                f"{query.en}, and {other.en}; {groups.en}", f"{query.zh},而且{other.zh};{groups.zh}", shape.hidden / shape.width, 1.3)  # fmt: skip
    if shape.kept > 1:
        yield ("head_dim",), _slip(
            f"{dim} is one head: the {kept} KV heads are missing", f"{dim} 只是一个头:漏了 {kept} 个 KV 头", 1 / shape.kept, 1.4)  # fmt: skip
    yield ("kv_heads",), _slip(f"the size of a head, {dim}, is missing", f"漏了每头维度 {dim}", 1 / shape.dim, 1.4)
    if shape.kept != shape.heads:
        yield ("heads",), _slip(
            f"{query.en}, and the size of a head, {dim}, is missing; {groups.en}", f"{query.zh},而且漏了每头维度 {dim};{groups.zh}",
            shape.heads / shape.width, 1.6)  # fmt: skip


def _latent_widths(shape: _Shape) -> Iterator[tuple[tuple[str, ...], Slip | None]]:
    yield ("vector",), None
    vector = f"{figure(shape.latent)} + {figure(shape.rotary)} = {figure(shape.vector)}"
    value, key = shape.parts[0], shape.parts[1] + shape.rotary
    each = dict.fromkeys((*shape.parts, key))
    # what counts keys and values at once needs no 2 for them, and all else one
    used = [((shape.heads, key + value), 1), *(((shape.heads, one), 2) for one in each)]
    for numbers, both in [*used, ((shape.hidden,), 2), ((shape.heads, shape.hidden), 2)]:
        shown, counted = " × ".join(figure(one) for one in numbers), prod(numbers)
        no_two, no_two_zh = (", and no 2 for keys and values", ",也不再乘 2(K 与 V)") if both > 1 else ("", "")
        yield tuple(f"={one!r}" for one in numbers), _slip(
            f"{shown} counts a key and a value for every head; latent attention (MLA) keeps one vector of {vector} numbers per layer for all heads{no_two}",
            f"{shown} 是按每个头各存 K 和 V 来算;MLA 每层只为所有头存一个 {vector} 维的向量{no_two_zh}",
            both * counted / shape.vector,
        )  # fmt: skip
