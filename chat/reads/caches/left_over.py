"""What an asker takes for left beside the weights, and how many tokens it is said to hold: no size of a cache, but a room for one."""

from collections.abc import Sequence

from chat.reads.lexicon import compiled
from chat.reads.other_cases.corrected import keep
from chat.reads.reading import Claim
from chat.reads.scan import Scan

_LEFT = r"\bspare\b|\bheadroom\b|\bleft(?: ?over)?\b|\bremain\w*|\bfree\b|还?剩|余下|富余|剩余|余量|空出|空余"
_LEFT_BEFORE = r"\bleaves (?:only |about |some |around )?$|(?:kv|缓存)[^,;?\d]{0,4}(?:还有|就有|能有)$"
_FOR_CACHE = r"^\s?(?:in total |altogether |overall )?(?:for|as|of) (?:the |my )?(?:kv|cache|context)|^\s?(?:可以|能|都)?(?:给|用来放|放|留给|做)\s?(?:kv|缓存|上下文)"
# "80-61 = 19 for KV": a card less its weights
_SUBTRACTED = r"(?<![\d.])\d+(?:\.\d+)?\s?(?:gi?b?)?\s?-\s?[^\s\d,;]{0,4}\d+(?:\.\d+)?\s?(?:gi?b?)?\s?=\s?(?P<n>\d+(?:\.\d+)?)\s?(?:gi?b?)?(?![\d.])"
_TOKENS = r"(?<![\d.])(?P<n>\d+(?:\.\d+)?)\s?(?P<s>m|k|万|million)?\s?(?:个\s?)?tokens?\b"
_SCALES = {"m": 1e6, "million": 1e6, "k": 1e3, "万": 1e4, None: 1.0}
_LEAST, _NEAR = 1000, 0.1
_REACH = 20  # characters around an amount


def left_over(text: str, claims: Sequence[Claim], amounts: Sequence[Claim]) -> list[str]:
    """Lines of the remarks' log: `left_gb 12` for each amount that is left, `left_tokens 1400000` for what it is said to hold."""
    text = text.lower()
    tokens, each = _tokens_said(text), _of_a_token(claims)
    left = [one for one in amounts if _said_left(text, one)]
    held = [count for one in amounts for count in tokens if _holds(one, each, count)]
    left += [
        one
        for one in amounts
        if one not in left and (any(_holds(one, each, count) for count in tokens) or (left and _for_cache(text, one)))
    ]
    rooms = dict.fromkeys((*(one.number for one in left), *_subtracted(text)))
    return [*(f"left_gb {one:g}" for one in rooms), *(f"left_tokens {count:g}" for count in held[:1])]


def _subtracted(text: str) -> list[float]:
    """The differences that are said to be for the cache."""
    found = compiled(_SUBTRACTED).finditer(text)
    return [float(one["n"]) for one in found if compiled(_FOR_CACHE).search(text[one.end() :])]


def holds_no_sequence(scan: Scan) -> None:
    """Tokens that the room is said to hold are no length that is asked about."""
    lengths, each = scan.facts.get("seq_len", []), _of_a_token(scan.claims)
    text = scan.lowered
    left = [one for one in scan.claims if one.unit in ("g", "gb", "gib") and _said_left(text, one)]
    own = [not any(_holds(one, each, float(length)) for one in left) for length in lengths]
    if lengths and not all(own):
        keep(scan, "seq_len", own)


# what stays of each card once it is loaded, where the card is named beside it
_EACH_LEFT = r"(?P<n>\d+(?:\.\d+)?)\s?gi?b?\s(?:of (?:memory|vram) )?(?:per|a|1|on (?:each|every)|each|every) (?:card|gpu|device)s? (?:(?:is|are|stays?|was) )?(?:still )?(?:left|free|spare|remain\w*|unused)"


def no_card_of_left(scan: Scan) -> None:
    """`H200, about 40 GB per card left`: what is left of a card that is named is no card's memory, but stated."""
    held = scan.facts.get("gpu_memory_gb", [])
    if "gpu" not in scan.facts:
        return
    for found in scan.find(_EACH_LEFT):
        place = scan.normal.original(*found.span("n"))
        own = [not one[0] <= place[0] < max(one[1], one[0] + 1) for one in scan.spans.get("gpu_memory_gb", [])]
        if len(own) != len(held) or all(own):
            continue
        keep(scan, "gpu_memory_gb", own)
        scan.claims.append(Claim(float(found["n"]), "gb", place))
        return


def _of_a_token(claims: Sequence[Claim]) -> list[float]:
    """The KB of a token that are told."""
    scales = {"kb": 1.0, "kib": 1.0, "mb": 1e3, "mib": 1e3}
    return [claim.number * scales[claim.unit.lower()] for claim in claims if claim.unit.lower() in scales]


def _said_left(text: str, claim: Claim) -> bool:
    start, end = claim.span
    behind = compiled(r"[,;.?!，；。？！]|\d").split(text[end : end + _REACH])[0]
    before = compiled(r"[,;.?!，；。？！]|\d").split(text[max(0, start - _REACH) : start])[-1]
    return any(compiled(_LEFT).search(part) for part in (before, behind)) or bool(compiled(_LEFT_BEFORE).search(before))


def _for_cache(text: str, claim: Claim) -> bool:
    return compiled(_FOR_CACHE).search(text[claim.span[1] :]) is not None


def _tokens_said(text: str) -> list[float]:
    found = (float(one["n"]) * _SCALES[one["s"]] for one in compiled(_TOKENS).finditer(text))
    return [count for count in found if count >= _LEAST]


def _holds(claim: Claim, each: list[float], tokens: float) -> bool:
    """Is it so many tokens at one of the sizes of a token that are told?"""
    return any(abs(claim.number * 1e6 / (size * tokens) - 1) <= _NEAR for size in each if size)
