"""The figure that an asker states of each side of a comparison."""

import re
from collections.abc import Iterator
from itertools import pairwise

from chat.plans.claimed_savings import claimed_saving
from chat.plans.stages import Said
from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.reading import Claim, Reading, Span
from chat.reads.seen.savings import from_to, is_added, is_saving
from kb.likely import Stated

# what joins a figure to the side behind it; what makes it a least; what joins the two ends of a range
_OF_NEXT = r"\s?(?:gib|gb|g)?\s?(?:(?:of vram |vram |of memory )?(?:with|in|using|on|under|for|by)\s(?:the |an? )?|的)"
_WHOLE = 100.0  # percent
# "is DoRA heavier than LoRA?": the side that is named last is what was turned from
_TURNED_FROM = r"(?:\b(?:than|instead of|rather than|over|compared (?:to|with)|from)|比|代替|替代)\s?(?:(?:plain|normal|standard|regular|ordinary|my|the)\s|普通的?)?\s?$"
_AT_LEAST = r"\s?(?:gib|gb|g)?\s?(?:\+|多|以上|or more|plus\b)"
_OVER = r"(?:\b(?:over|more than|above|at least)|超过|高于|至少)\s?$"
# "in vLLM both take 21 GB": an amount of every side
_OF_ALL = r"(?:[两俩]\s?[个种者样边]\s?(?:都|均|全)?|(?<![a-z])都|均|\bboth\b|\beither one\b|\beach of them\b)[^,.;?!，。；？！\d]{0,24}$"
_RANGE = re.compile(r"\s?(?:gi?b|g)?\s?(?:-|–|~|to|到|至)\s?")


# what is said to be saved, and was not
_EXPECTED = r"(?:\bexpect\w*|\bshould\b|\bsuppos\w+|\bpromis\w+|\bclaim\w*|\bthought\b|\bheard\b|\bwould\b|\bpaper\b|\bsays?\b|\bsaid\b|应该|不是说|号称|据说|说好|说是|本来|理论|以为|预期|宣称|都说)[^,.;?!]{0,24}$"


def tells_saving(reading: Reading) -> bool:
    """Is an amount or a share told that was saved, where two methods or optimizers stand side by side?"""
    sides = any(len(reading.facts.get(name, ())) > 1 for name in ("method", "optimizer"))
    return sides and any(_saved(reading, one) for one in (*memory_claims(reading), *_shares(reading)))


def _shares(reading: Reading) -> list[Claim]:
    return [one for one in reading.claims if one.unit == "%" and 0 < one.number < _WHOLE]


def _saved(reading: Reading, claim: Claim) -> bool:
    text = reading.lowered
    return is_saving(text, *claim.span) and not compiled(_EXPECTED).search(text[: claim.span[0]])


def _of(claim: Claim, at_least: bool = False, saved: bool = False) -> Stated:
    return Stated(claim.number, at_least, saved, binary=claim.unit.lower() == "gib")


# the model as it was published, which is the side of 16 bit: "65G的原版", "the original is 65 GB"
_AS_PUBLISHED = r"原版|原始(?:模型|权重|版)|未量化|不量化|\b(?:the )?original(?: model| weights| one)?\b|\bunquanti[sz]ed\b|\bfull[- ]precision\b"
_WHOLE_TYPES = frozenset({"bf16", "fp16"})


def _sides_named(text: str, side: list[Said]) -> Iterator[Span]:
    """Where a side is named, by its own words or, of 16 bit, as what was published."""
    for one in side:
        words = text[slice(*one.span)]
        spelled = rf"(?<![a-z0-9.]){re.escape(words)}(?!\d)"
        yield from (hit.span() for hit in re.finditer(spelled, text) if words.strip())
        if one.value in _WHOLE_TYPES:
            yield from (hit.span() for hit in compiled(_AS_PUBLISHED).finditer(text))


def _mentions(text: str, found: list[list[Said]]) -> list[tuple[int, int]]:
    """Where each side is named; a name inside of a longer one of another side is none ("AdamW" in "8-bit AdamW")."""
    named = [(span, place) for place, side in enumerate(found) for span in _sides_named(text, side)]
    return sorted(
        (start, place)
        for (start, end), place in named
        if not any(a < start and end <= b for (a, b), other in named if other != place)
    )


def figures_stated(reading: Reading, found: list[list[Said]]) -> Iterator[Stated | None]:
    """Of each side the first figure that stands after a mention of it, and before one of another side."""
    text = reading.lowered
    mentions = _mentions(text, found)
    own: dict[int, Stated] = {}
    claims = sorted(memory_claims(reading), key=lambda one: one.span)
    if len(found) == 2 and (turned := from_to(text, claims)):
        first, then = turned
        named = [one for one in mentions if one[0] < first.span[0]] or mentions
        if named:  # "with QLoRA it went from 20 to 10": the later figure is of what was turned to
            start, last = named[-1]
            to = 1 - last if compiled(_TURNED_FROM).search(text[:start]) else last
            own = {to: _of(then), 1 - to: _of(first)}
    ends = {
        one for pair in pairwise(claims) if _RANGE.fullmatch(text[pair[0].span[1] : pair[1].span[0]]) for one in pair
    }
    for claim in claims:
        before = [place for start, place in mentions if start < claim.span[0]]
        behind = [place for start, place in mentions if compiled(_OF_NEXT).fullmatch(text[claim.span[1] : start])]
        unnamed = [place for place, side in enumerate(found) if all(one.span[0] == one.span[1] for one in side)]
        before = behind[:1] or before or unnamed
        if before and (claim not in ends or before == unnamed):  # a range of a side is judged as one
            more = _is_at_least(text, claim.span)
            saved = _saved(reading, claim)
            if is_saving(text, *claim.span) and not saved:
                continue
            if len(found) == 2 and is_added(text, *claim.span):  # what one of two adds, the other takes less
                own.setdefault(_takes_less(text, mentions, claim, before[-1]), _of(claim, saved=True))
                continue
            of_all = _is_of_all(text, claims, before, len(found)) and not saved
            for place in range(len(found)) if of_all else before[-1:]:
                own.setdefault(place, _of(claim, more and not saved, saved))
    shares = (
        []
        if own or len(found) < 2 or claimed_saving(reading)
        else [one for one in _shares(reading) if _saved(reading, one)]
    )
    for share in shares[:1]:
        before = [place for start, place in mentions if start < share.span[0]]
        own[before[-1] if before else -1 % len(found)] = Stated(0.0, saved=True, share=share.number / _WHOLE)
    for place in range(len(found)):
        yield own.get(place)


def _takes_less(text: str, mentions: list[tuple[int, int]], claim: Claim, last: int) -> int:
    """Of two the other than the one that is named last before what is more, but where that is what it is held against: `比7B多占14G`."""
    start = max((at for at, place in mentions if at < claim.span[0] and place == last), default=0)
    return last if compiled(_TURNED_FROM).search(text[:start]) else 1 - last


def _is_of_all(text: str, claims: list[Claim], before: list[int], sides: int) -> bool:
    """`in vLLM both take 21 GB`: the one amount that is told, behind a mention of every side."""
    return len(claims) == 1 and len(set(before)) == sides and bool(compiled(_OF_ALL).search(text[: claims[0].span[0]]))


def _is_at_least(text: str, span: Span) -> bool:
    """`21G多`, `21+ GB`, `over 21 GB`: a least, and no exact amount."""
    before, told = text[: span[0]], text[slice(*span)]
    return bool(
        compiled(_AT_LEAST).match(text, span[1])
        or told.rstrip().endswith(("+", "多"))
        or compiled(_OVER).search(before)
    )


def all_stated(reading: Reading, axis: list[list[Said]]) -> bool:
    """Is it told of each of several what it was seen to take?"""
    return len(axis) > 1 and all(figures_stated(reading, axis))
