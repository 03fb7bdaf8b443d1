"""Whether what is seen is normal, where that is asked: a plain yes or no before the reason.

The answer is the figures': a run that cannot fit fails as it must, and what is seen is normal up to the high end of the interval.
"""

from typing import Any

from chat.answers.verdicts import has_failed
from chat.phrases import leaning, pick
from chat.plans.told import GIGA
from chat.reads.reading import Reading

# remarks of what every program does, whatever the figures are
_ALWAYS = frozenset({
    "zero2-keeps-frozen-weights", "a-copy-on-each", "undivided-by-copies", "takes-its-share", "share-of-the-engine", "moments-come-late", "cache-grows",
})  # fmt: skip
# openings that say it themselves
_SAID = ("normal", "expected", "no leak", "no bug", "正常", "不是泄漏", "不是 bug", "yes", "**no", "不行", "可以。")
_NORMAL = ("Yes, that is normal.", "正常。")
_TOO_MUCH = ("No.", "不正常。")
# the same of a leak, which is asked the other way round: too much may be one, or something that was not told
_OF_A_LEAK = {
    _NORMAL: ("No, that is no leak.", "不是泄漏。"),
    _TOO_MUCH: ("That is more than it should take.", "确实偏多。"),
}
# remarks that find what is seen in the figures of how the weights were loaded
_FOUND = frozenset({"seen-in-fp32", "claim-as-precision", "claim-as-fp32-base", "claim-as-fp32-weights"})
# remarks that find the allocation that failed in the step that was told
_NO_LEAK = frozenset({"tried-as-logits", "tried-as-scores"})
# tools and people write either unit as GB; a meter counts other programs too
_GB, _ABOUT = 1e9 / 2**30, 1.15
_OPENS = 90  # characters in which an opening says it


def as_expected(reading: Reading, estimates: list[dict[str, Any]], keys: set[str], opening: str) -> str:
    """Yes or no; nothing where nobody asks, where the figures do not tell, or where the opening says it."""
    asked = {"normal_asked", "leak_asked"} & set(reading.cues)
    if not asked or any(one in opening[:_OPENS].lower() for one in _SAID):
        return ""
    words = _judged(reading, estimates[0], keys) if estimates else None
    if words and "normal_asked" not in asked:
        words = _OF_A_LEAK[words]
    return pick(words, reading.language) if words else ""


def _judged(reading: Reading, estimate: dict[str, Any], keys: set[str]) -> tuple[str, str] | None:
    memory = estimate.get("memory")
    if "cache-grows" in keys:
        return _NORMAL
    if "fixed-part" in keys:
        return None  # which holds what more cards took off against what they should, and says so
    if keys & _NO_LEAK and "normal_asked" not in reading.cues:
        return _NORMAL
    if has_failed(reading) or memory is None:
        verdicts = {leaning(one) for one in estimate.get("cases") or [estimate] if one.get("verdict")}
        return _NORMAL if verdicts == {"no"} else None
    if keys & (_ALWAYS | _FOUND):
        return _NORMAL
    seen = [claim.number for claim in reading.claims if claim.unit.lower() in GIGA]
    if not seen or len(estimate.get("cases") or []) > 1:
        return None
    most = max(memory["high_gib"], _ABOUT * memory["best_gib"])
    return _NORMAL if max(seen) * _GB <= most else _TOO_MUCH
