"""The figure that an asker states of each side of a comparison."""

import re
from collections.abc import Iterator
from itertools import pairwise

from chat.plans.stages import Said
from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.savings import from_to, is_saving
from kb.likely import Stated

# what joins a figure to the side behind it; what makes it a least; what joins the two ends of a range
_OF_NEXT = r"\s?(?:gib|gb|g)?\s?(?:of vram |vram |of memory )?(?:with|in|using|on|under|for|by)\s(?:the |an? )?"
_AT_LEAST = r"\s?(?:gib|gb|g)?\s?(?:\+|多|以上|or more|plus\b)"
_RANGE = re.compile(r"\s?(?:gi?b|g)?\s?(?:-|–|~|to|到|至)\s?")


def figures_stated(reading: Reading, found: list[list[Said]]) -> Iterator[Stated | None]:
    """Of each side the first figure that stands after a mention of it, and before one of another side."""
    text = reading.text.lower()
    mentions: list[tuple[int, int]] = []
    for place, side in enumerate(found):
        for one in side:
            words = text[slice(*one.span)]
            spelled = rf"(?<![a-z0-9.]){re.escape(words)}(?!\d)"
            mentions += [(hit.start(), place) for hit in re.finditer(spelled, text)] if words.strip() else []
    mentions.sort()
    own: dict[int, Stated] = {}
    claims = sorted(memory_claims(reading), key=lambda one: one.span)
    if len(found) == 2 and (turned := from_to(text, claims)):
        first, then = turned
        named = [place for start, place in mentions if start < first.span[0]]
        if named:  # "with QLoRA it went from 20 to 10": the later figure is of what was turned to
            own = {named[-1]: Stated(then.number), 1 - named[-1]: Stated(first.number)}
    ends = {
        one for pair in pairwise(claims) if _RANGE.fullmatch(text[pair[0].span[1] : pair[1].span[0]]) for one in pair
    }
    for claim in claims:
        before = [place for start, place in mentions if start < claim.span[0]]
        behind = [place for start, place in mentions if compiled(_OF_NEXT).fullmatch(text[claim.span[1] : start])]
        unnamed = [place for place, side in enumerate(found) if all(one.span[0] == one.span[1] for one in side)]
        before = behind[:1] or before or unnamed
        if before and (claim not in ends or before == unnamed):  # a range of a side is judged as one
            more = compiled(_AT_LEAST).match(text, claim.span[1]) or text[slice(*claim.span)].rstrip().endswith(
                ("+", "多")
            )
            saved = is_saving(text, *claim.span)
            own.setdefault(before[-1], Stated(claim.number, bool(more) and not saved, saved))
    for place in range(len(found)):
        yield own.get(place)
