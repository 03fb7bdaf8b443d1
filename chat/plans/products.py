"""The products of a question that are meant as a KV cache, and what only follows from them."""

import re
from dataclasses import replace
from math import prod
from typing import Any

from chat.figures.cache.kv_product import factors, judged
from chat.plans.said_sums import SCALES
from chat.reads.lexicon import compiled
from chat.reads.models.shape_names import of_shapes
from chat.reads.quantities import ADAPTERS, ASKED
from chat.reads.reading import Claim, Equation, Reading
from chat.reads.training.trainable import TRAINED
from chat.units import UNITS
from kb.stored import FILES
from kb.units import bytes_in

_FACTORS = 3  # fewer are no product for a cache, where none is spoken of: "4 x 6.4 GB"
_ROUNDED = 0.03  # a sum as people write it
_IN_SHORT = 0.05  # and one that was cut to a whole number


# what else layers × width × tokens is
_OF_ACTIVATIONS = r"\bactivations?\b|\blogits?\b|激活(?!参数)"


def subject(reading: Reading) -> dict[str, Any]:
    """What a product is judged by; a formula in symbols of no model in particular is judged for every model."""
    names = ("model", "params", "seq_len", "batch_size")
    found = {name: reading.fact(name) for name in names if name in reading.facts}
    if "any_model" in reading.cues:
        found.pop("params", None)
    return found


# what the words right before a product call it, where that is no cache
_CALLED_ELSE = r"\bactivations?\b|\blogits?\b|\bcheckpoint\w*|\b(?:recompute|layer) inputs?\b|\bgradients?\b|\bgrads?\b|\boptimi[sz]er\b|\bstates?\b|\bweights?\b|激活(?!参数)|检查点|重计算|梯度|优化器|状态|权重|参数量"
_BEFORE = 28  # characters
_OF_A_CACHE = r"\bkv\b|\bcache\b|缓存"


def of_activations(reading: Reading) -> bool:
    """Are activations or logits what is worked out, and no cache?"""
    text = reading.lowered
    return compiled(_OF_ACTIVATIONS).search(text) is not None and compiled(_OF_A_CACHE).search(text) is None


# parameters that adapters train, in the clause of a product
_OF_ADAPTERS = r"\b(?:trainable|lora|adapters?|rank|r) ?(?:=? ?\d+ )?(?:has |have |adds? )?param\w*|可训练|(?:lora|适配器)[^,;。]{0,8}参数"
# what a count of parameters is written as
_COUNT = r"~?\s*(?P<n>[\d,]+(?:\.\d+)?)\s?(?P<u>m|b|亿|万)?"


def of_adapters(reading: Reading) -> bool:
    """Are the parameters that adapters train what is worked out?"""
    asked = ADAPTERS in reading.extras.get(ASKED, ())
    ranked = "lora_rank" in reading.facts and not compiled(_OF_A_CACHE).search(reading.lowered)
    named = compiled(_OF_ADAPTERS).search(reading.lowered) is not None
    return asked or (ranked and (named or any(_by_rank(one, reading) for one in reading.equations)))


_TIMES_SIGN = r"\s?[*x×·]\s?"


def _by_rank(one: Equation, reading: Reading) -> bool:
    """`36 × 7 × 2 × 16 × 4096 = 33M`: is it a count, with the rank as a factor of its product?"""
    told = compiled(_TIMES_SIGN).split(one.left.strip().lower())
    count = compiled(_COUNT).fullmatch(one.right.strip().lower())
    ranks = {f"{float(rank):g}" for rank in reading.facts["lora_rank"]}
    return count is not None and len(told) > 2 and not ranks.isdisjoint(told)


def targets_told(reading: Reading) -> list[str]:
    """That the asker has said which matrices are adapted, where that is no assumption."""
    return ["targets_told 1"] if len(reading.facts.get("lora_targets", ())) == 1 else []


def adapters_said(reading: Reading) -> list[str]:
    """What a sum of the adapters' parameters is said to come to, as `adapters_said 117e6`."""
    if TRAINED in reading.extras and {"claim_checked", "adapters_many"} & set(reading.cues):
        return [f"adapters_said {float(reading.extras[TRAINED][0]):g}"]
    sums = reading.equations if of_adapters(reading) else ()
    found = (compiled(_COUNT).fullmatch(one.right.strip().lower()) for one in sums)
    return [f"adapters_said {float(one['n'].replace(',', '')) * SCALES[one['u']]:g}" for one in found if one][:1]


def judged_by(one: Equation, reading: Reading) -> dict[str, Any]:
    """The facts that an equation is judged by: none where it is of no cache."""
    if of_activations(reading) or of_adapters(reading) or called_else(one, reading.text):
        return {}
    of = subject(reading)
    if of and reading.facts.get("engine") == (FILES,):  # it keeps more than a window
        of = {**of, "engine": FILES}
    return {**of, "each_layer": True} if of and of_a_layer(one, reading.text) else of


def called_else(one: Equation, text: str) -> bool:
    """Do the words before a product in its clause say that it is something else than a cache?"""
    before = re.split(r"[,，;；。.?？!！]", text[max(0, one.span[0] - _BEFORE) : one.span[0]].lower())[-1]
    return compiled(_CALLED_ELSE).search(before) is not None and compiled(_OF_A_CACHE).search(before) is None


_OF_A_LAYER = r"\b(?:per|each|every|a|one|single)[ -]layer\b|(?:每|单|一)(?:个)?层"


def of_a_layer(one: Equation, text: str) -> bool:
    """Is a product told to be that of one layer, before it in its clause or right behind its sum?"""
    start, end = one.span
    before = re.split(r"[,，;；。.?？!！]", text[max(0, start - _BEFORE) : start].lower())[-1]
    return compiled(_OF_A_LAYER).search(f"{before} {text[start : end + _BEFORE // 2].lower()}") is not None


# what a vocabulary has at least, in a product for logits
_LEAST_VOCABULARY = 16000


def logits_told(reading: Reading) -> list[str]:
    """The tokens and the vocabulary of a product for logits, `4 * 4096 * 152064 * 4 bytes`, as `logits_tokens 16384`."""
    if not of_activations(reading) or "meaning:logits_derived" not in reading.cues:
        return []
    for one in reading.equations:
        numbers = [factor.number for factor in factors(one.left)]
        widest = max(numbers, default=0.0)
        each = numbers[-1] if numbers and numbers[-1] in (2, 4) else 1.0
        if len(numbers) >= _FACTORS and widest >= _LEAST_VOCABULARY:
            return [f"logits_tokens {prod(numbers) / widest / each:g}", f"vocabulary {widest:g}"]
    return []


def cache_products(reading: Reading) -> list[Equation]:
    """The equations that are of a cache; one of names only where a cache is spoken of."""
    spoken = bool({"kv_cache", "kv", "multi_head"} & {*reading.intents, *reading.cues, *reading.topics})
    if of_activations(reading) or of_adapters(reading):
        return []
    of = subject(reading)
    return [
        one
        for one in reading.equations
        if not called_else(one, reading.text)
        and (spoken or (not of_shapes(one.left) and len(factors(one.left)) >= _FACTORS))
        and ({"model", "params"} & set(of) or of_shapes(one.left))
        and not in_short(one, reading)
        and judged(one.left, of)
    ]


_BOTH_TWOS = 4  # keys and values, in 2 B each


def in_short(one: Equation, reading: Reading) -> bool:
    """Is `62 layers × 16 heads × 128` told with what it comes to with the tokens and both factors 2, which were left unwritten?"""
    found = factors(one.left)
    if "seq_len" not in reading.facts or any(factor.number in (2, _BOTH_TWOS) for factor in found):
        return False
    tokens = float(reading.fact("seq_len")) * float(reading.fact("batch_size") or 1)
    size = prod(factor.number for factor in found) * _BOTH_TWOS
    told = [*reading.claims, *_result(one)]
    return any(_comes_to(claim, size * times, _IN_SHORT) for claim in told if size for times in {1.0, tokens})


def _result(one: Equation) -> list[Claim]:
    """What a sum is told to come to, as a claim."""
    found = compiled(r"~?(?P<n>\d+(?:\.\d+)?)\s?(?P<unit>[a-z]+)").fullmatch(one.right.strip().lower())
    return [Claim(float(found["n"]), found["unit"], one.span)] if found else []


def _told_as_claims(reading: Reading) -> Reading:
    """With what shortened products come to as what is claimed, for it is to be judged and not the product."""
    short = [one for one in reading.equations if in_short(one, reading)]
    if not short:
        return reading
    results = [claim for one in short for claim in _result(one)]
    left = tuple(one for one in reading.equations if one not in short)
    return replace(reading, claims=(*reading.claims, *results), equations=left)


def without_sums(reading: Reading) -> Reading:
    """Without what the products for a cache come to, of a token or of all tokens of the question: it is judged with them."""
    reading = _told_as_claims(reading)
    products = cache_products(reading)
    if not products:
        return reading
    of = subject(reading)
    tokens = float(of.get("seq_len", 1)) * float(of.get("batch_size", 1))
    each = [prod(factor.number for factor in factors(one.left)) for one in products]
    sums = [size for size in (*each, *(one * tokens for one in each)) if size]
    left = [claim for claim in reading.claims if not any(_comes_to(claim, size) for size in sums)]
    return replace(
        reading, claims=tuple(left), equations=tuple(one for one in reading.equations if one not in products)
    )


def rest_of_a_product(reading: Reading) -> bool:
    """Is the rest that is asked for what a product comes to beyond all that was seen?"""
    products = cache_products(reading)
    if not products or "rest_asked" not in reading.cues:
        return False
    of = subject(reading)
    tokens = float(of.get("seq_len", 1)) * float(of.get("batch_size", 1))
    most = max(prod(factor.number for factor in factors(one.left)) for one in products) * tokens * (1 + _ROUNDED)
    units = [(one.number, UNITS.get(one.unit.lower())) for one in without_sums(reading).claims]
    return all(number * bytes_in(unit) <= most for number, unit in units if unit)


def _comes_to(claim: Claim, size: float, off: float = _ROUNDED) -> bool:
    """Is a claim so many bytes, rounded, in decimal or binary units?"""
    unit = UNITS.get(claim.unit.lower())
    if unit is None:
        return False
    scales = (bytes_in(unit), bytes_in(unit if "i" in unit else unit.replace("B", "iB")))
    return any(abs(claim.number * scale / size - 1) < off for scale in scales)
