"""A product that the asker means as the KV cache of a known model: which of its factors are not right.

Factors that are the model's own (layers, tokens, sequences, the width that is kept) are taken off one by one; what is then
left should be two for keys and values and the bytes of a number.
"""

from collections.abc import Sequence
from typing import Any

from chat.figures.kv_words import amount, kib, kinds, served
from chat.figures.named import Figures, Missing
from formulas.errors import BadInput
from formulas.notation import figure

_BITS = (8.0, 16.0, 32.0)
Words2 = tuple[str, str]


def judged(numbers: Sequence[float], product: float, facts: dict[str, Any]) -> dict[str, Any]:
    """What is wrong with these factors, and the right product; empty where they are of no cache."""
    figures = Figures(facts)
    try:
        where = served(figures)
        found = kinds(where)
        token = sum(kind.layers * kind.token for kind in found)
        layers, hidden = figures.fact("n_layers"), figures.fact("hidden_size")
        heads, dim = figures.fact("n_heads"), figures.fact("head_dim")
        kept = figures.fact("n_kv_heads")
    except (Missing, BadInput):
        return {}
    left = list(numbers)
    if not _took(left, layers) or len(numbers) < 3:
        return {}
    latent = found[0].how == "latent"
    wrong = _width(left, latent, figures, (hidden, heads, kept, dim))
    if wrong is None:
        return {}
    wide = [] if wrong == _RIGHT else [wrong]
    times = 1.0
    for name in ("seq_len", "batch_size"):
        told = facts.get(name)
        if told and float(told) > 1 and _took(left, float(told)):
            times *= float(told)
    wrongs = [*wide, *_rest(left)]
    right, off = token * times, product / (token * times)
    return {
        "of": "kv_cache", "wrong": [one[0] for one in wrongs], "wrong_zh": [one[1] for one in wrongs],
        "right": kib(token) if times == 1 else amount(right), "off": off, "off_shown": f"{max(off, 1 / off):.3g}",
        "in_all": times > 1,
        "figures": [{"quantity": "kv_cache", "gib": right / 2**30}, {"quantity": "kv_cache", "gib": token / 2**30}],
    }  # fmt: skip


_RIGHT: Words2 = ("", "")


def _took(left: list[float], number: float) -> bool:
    if number in left:
        left.remove(number)
        return True
    return False


def _width(left: list[float], latent: bool, figures: Figures, shape: tuple[float, ...]) -> Words2 | None:
    """What is said of the width that the product counts with; None where it counts with none of the model's."""
    hidden, heads, kept, dim = shape
    if latent:
        vector = figures.fact("kv_lora_rank") + figures.fact("qk_rope_head_dim")
        if _took(left, vector):
            return _RIGHT
        used = [
            one
            for one in (heads, figures.fact("v_head_dim"), figures.fact("qk_nope_head_dim"), hidden)
            if _took(left, one)
        ]
        if not used:
            return None
        shown = " × ".join(figure(one) for one in used)
        return (
            f"{shown} counts a key and a value for every head; latent attention (MLA) keeps one vector of {figure(vector)} numbers per layer for all heads, and no 2 for keys and values",
            f"{shown} 是按每个头各存 K 和 V 来算;MLA 每层只为所有头存一个 {figure(vector)} 维的向量,也不再乘 2(K 与 V)",
        )
    width = kept * dim
    if _took(left, dim):
        if _took(left, kept):
            return _RIGHT
        if _took(left, heads):
            return (
                f"{figure(heads)} are the query heads; grouped-query attention keeps {figure(kept)} KV heads",
                f"{figure(heads)} 是查询头数;分组查询注意力(GQA)只存 {figure(kept)} 个 KV 头",
            )
        left.append(dim)
    if _took(left, width):
        return _RIGHT
    if _took(left, hidden):
        return (
            f"{figure(hidden)} is the hidden size; grouped-query attention keeps {figure(kept)} KV heads × {figure(dim)} = {figure(width)} per layer",
            f"{figure(hidden)} 是隐藏维度;分组查询注意力(GQA)每层只存 {figure(kept)} 个 KV 头 × {figure(dim)} = {figure(width)}",
        )
    return None


def _rest(left: list[float]) -> list[Words2]:
    """What is said of the factors that are neither layers, width nor tokens: they should be 2 and 2 B."""
    said: list[Words2] = []
    for bits in _BITS:
        if bits in left and left.count(2.0) < 2:
            said.append((
                f"{bits:g} is bits, not bytes; keys and values stay 16 bit = 2 B even when the weights have fewer",
                f"{bits:g} 是位数而不是字节数;即使权重量化了,K 和 V 仍是 16 位 = 2 字节",
            ))  # fmt: skip
    if not said and 4.0 in left and 2.0 in left:
        said.append((
            "4 B per number is fp32; a cache is kept in 16 bit, 2 B", "每个数 4 字节是 fp32;缓存按 16 位存,2 字节",
        ))  # fmt: skip
    if not said and left == [2.0]:
        said.append((
            "one factor 2 is missing: keys and values are two, and each number has 2 B",
            "少乘了一个 2:K 和 V 是两份,而每个数占 2 字节",
        ))  # fmt: skip
    return said
