"""Machines among which is chosen and whose cards have no name: "2x 48GB or one 80GB", "4x24G 还是 1x80G"."""

import re

from chat.reads.cards.card_patterns import card_pattern
from chat.reads.cards.memories_together import CARD_SIZES
from chat.reads.lexicon import compiled
from chat.reads.scan import Scan

_COUNT = r"(?:(?<![\d.])(?P<n>\d{1,2})\s?(?:[x*张块个]\s?|\s)|\b(?P<one>an?|one|an? (?:single|big|large)|single)\s|(?P<zh>单\s?[张块个]?\s?))"
_NO_CARD = (
    r"(?!\s?(?:of )?(?:\w+ )?(?:ddr\d?|ram\b|sticks?|dimms?|内存|条|files?\b|shards?\b|文件|分片|ssd|models?\b|gguf))"
)
_MACHINE = rf"{_COUNT}(?P<gb>\d{{2,3}})\s?g(?:i?b)?(?![a-z\d]){_NO_CARD}(?:\s?(?:of )?(?:v?ram|显存|的|cards?|gpus?|ones?|显?卡|each)){{0,3}}"
_OR = r"\s*,?\s*(?:好|划算|合适)?\s?(?:\bor\b|\bvs\.?|\bversus\b|/|还是|或者?|对比)\s*(?:(?:should|do) i |(?:buy|get|take|rent|use|just|rather|maybe) |用|上|买|租|选|要)*"


def _row() -> re.Pattern[str]:
    bare = re.sub(r"\?P<\w+>", "?:", _MACHINE)
    return compiled(rf"{bare}(?:{_OR}{bare})+")


def read_machines_by_memory(scan: Scan) -> None:
    """State the count and the memory of each, where both set each apart; of cards that are named other readers tell."""
    if {"gpu_memory_gb", "n_gpus"} & set(scan.facts) or card_pattern().search(scan.text):
        return
    for row in _row().finditer(scan.text):
        found = [*compiled(_MACHINE).finditer(scan.text, *row.span())]
        counts = [int(one["n"] or 1) for one in found]
        sizes = [float(one["gb"]) for one in found]
        apart = len({*counts}) == len(found) == len({*sizes})
        if not apart or not set(sizes) <= CARD_SIZES or not scan.free(*row.span()):
            continue
        for one, count, size in zip(found, counts, sizes, strict=True):
            at = next(name for name in ("n", "one", "zh") if one[name])
            scan.add("n_gpus", count, *one.span(at), take=False)
            scan.add("gpu_memory_gb", size, *one.span("gb"), take=False)
        scan.take(*row.span())
        scan.extras["rigs"] = [f"{count} × {size:g} GB" for count, size in zip(counts, sizes, strict=True)]
        return
