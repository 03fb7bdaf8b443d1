"""Of what is served and does not go on the cards as asked: how many of its sequences they hold, as they are and with a cache of 8
bits, and how long each can be."""

from typing import Any

from formulas.errors import BadInput
from kb.cards import GIB
from kb.outcome import Outcome, outcome
from kb.solver import highest
from kb.wider import NARROW_CACHE, lacks_narrow_cache

# tokens in which a length is told, and the least that is worth it
_STEP = 1024


def short_of(at: Outcome) -> dict[str, Any]:
    """`sequences` as asked, `longest` tokens of all and `one` of a single one that the cards hold for sure, 0 where none is;
    `narrow` with the format of a smaller cache, 0 where the program has none for the card."""
    asked, tokens = int(at.situation.knob("batch_size") or 1), int(at.situation.knob("seq_len") or 1)
    narrow = NARROW_CACHE.get(str(at.situation.knob("engine") or ""), "fp8")
    in_narrow = 0 if lacks_narrow_cache(at) else _sequences(at, asked, kv_format=narrow)
    return {
        "asked": asked,
        "tokens": tokens,
        "weights_gib": at.part_of_all("weights") / GIB,
        "sequences": _sequences(at, asked),
        "longest": _longest(at, tokens),
        "one": _longest(at, tokens, batch_size=1),
        "narrow": {"kv_format": narrow, "sequences": in_narrow},
    }


def _longest(at: Outcome, tokens: int, **how: Any) -> int:
    most = max(1, tokens // _STEP)
    return _STEP * (highest(lambda steps: _holds(at, seq_len=_STEP * steps, **how), 1, most) or 0)


def _sequences(at: Outcome, asked: int, **how: Any) -> int:
    return highest(lambda count: _holds(at, batch_size=count, **how), 1, asked) or 0


def _holds(at: Outcome, **changed: Any) -> bool:
    try:
        return outcome(at.case.with_facts(**changed)).verdict_of_cards == "yes"
    except BadInput:
        return False
