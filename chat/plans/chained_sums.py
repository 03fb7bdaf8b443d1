"""A chain of an asker's own sums, weights and a cache and both together against the cards: its figures, for the remark that goes through it."""

import re

from chat.plans.said_sums import sums_said
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading

_GB = r"(?P<n>\d{1,4}(?:\.\d+)?)\s?g(?:i?b)?(?![a-z])"
_KV = r"(?:kv(?:[ -]?cache)?|cache|缓存)"
# "KV 20G", "20 GB of KV", "4G的KV"
_CACHE = (
    rf"{_KV}\s?(?:cache|缓存)?\s?(?:is|takes?|needs?|of|要|占|需要?|大概|大约|约|算|about|around|:|=|~)*\s?{_GB}",
    rf"{_GB}\s?(?:的|of|for|in)?\s?(?:the\s|my\s|an?\s)?{_KV}",
)
_SAME = 0.5  # GB
_OFF = 0.1  # of the two together, by which what is told as their sum may be off


def chained(reading: Reading) -> list[str]:
    """Lines of the remarks' log; nothing where no cache is added to weights, or no cards are told for the sum."""
    if not {"gpu", "gpu_memory_gb"} & set(reading.facts):
        return []
    of_weights = dict(line.split(" ") for line in sums_said(reading))
    product = next((one for one in reading.equations if re.match(r"\d", one.right)), None)
    if of_weights.get("sum_over") != "1" or product is None:
        return []
    weights = float(re.match(r"[\d.]+", product.right.replace(",", ""))[0])  # type: ignore[index]
    text = normalise(reading.text).text
    amounts = [float(hit["n"]) for hit in compiled(_GB).finditer(text)]
    caches = [float(hit["n"]) for pattern in _CACHE for hit in compiled(pattern).finditer(text)]
    caches = [one for one in caches if one != weights]
    added = [(one, whole) for one in caches for whole in amounts if _adds_up(weights, one, whole)]
    if not caches:
        return []
    cache, whole = added[0] if added else (caches[0], 0.0)
    lines = [f"chain_weights {weights:g}", f"chain_cache {cache:g}", f"chain_each {of_weights['sum_each']}"]
    more = next((one for one in amounts if whole and abs(weights + cache + one - whole) < _SAME and one not in (weights, cache)), 0.0)  # fmt: skip
    return [*lines, *([f"chain_sum {whole:g}"] if whole else []), *([f"chain_more {more:g}"] if more else [])]


def _adds_up(weights: float, cache: float, whole: float) -> bool:
    """May this be told as the sum of both, right or a little off, and not one of them?"""
    return whole > max(weights, cache) and abs(whole / (weights + cache) - 1) <= _OFF
