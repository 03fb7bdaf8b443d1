"""How many sequences a server holds at once by the changes that cost little: a cache of 8 bits, weights in 4, and both."""

from typing import Any

from formulas.quantity import Words
from kb.knobs import PLAIN_TYPES
from kb.outcome import Outcome
from kb.pools import sequences_held
from kb.recipe import format_for
from kb.served_offers import cache_called
from kb.stated import ASSUMED
from kb.stored import AS_PUBLISHED, FILES, stored_bits
from kb.tried import admitted
from kb.wider import narrow_cache_of

_FEW = 4  # bits of the usual quantised weights


def held_ways(outcomes: tuple[Outcome, ...]) -> list[dict[str, Any]]:
    """Of the one case that does not fit as it is, at a length that was asked for: sequences of its length by each way that holds any and more than before."""
    here = outcomes[0]
    if len(outcomes) > 1 or here.verdict != "no" or here.situation.knob("task") == "train":
        return []
    if here.situation.knobs["seq_len"].origin == ASSUMED:  # nobody asked for a length, and so many at once say nothing
        return []
    found, most = [], _sequences(here)
    told = [{"says": "as it is", "zh": "不改", "sequences": most}] if most else []
    for facts, words in _ways(here):
        there = admitted(here.case, facts)
        many = _sequences(there) if there is not None else 0
        if many > most:
            found.append({"says": words.en, "zh": words.zh, "sequences": many})
    return [*told, *found] if found else []


def _ways(here: Outcome) -> list[tuple[dict[str, Any], Words]]:
    """A narrow cache and weights in few bits, where they are neither already; then both."""
    knob, engine = here.situation.knob, str(here.situation.knob("engine") or "")
    found: list[tuple[dict[str, Any], Words]] = []
    if engine == FILES:
        return found
    narrow = narrow_cache_of(here)
    if narrow and knob("kv_format") in (None, *PLAIN_TYPES):
        called = cache_called(here, narrow)
        found.append(({"kv_format": narrow}, Words(f"with an 8-bit cache ({called})", f"8 位缓存({called})")))
    name = format_for("inference", _FEW, engine)
    if name and knob("weight_format") not in AS_PUBLISHED and stored_bits(here) - 1 > _FEW:
        found.append(({"weight_format": name, "bits": None}, Words(f"with {_FEW}-bit weights", f"{_FEW} 位权重")))
    if len(found) > 1:
        (_, cache), (_, weights) = found
        both = {name: given for facts, _ in found for name, given in facts.items()}
        found.append((both, Words(f"{cache.en} and {weights.en.removeprefix('with ')}", f"{cache.zh}加{weights.zh}")))
    return found


def _sequences(there: Outcome) -> int:
    return sequences_held(there.situation.facts | there.fullest.place.facts)
