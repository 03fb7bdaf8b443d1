"""What the asker saw at two batches or two lengths, which draws a line: what each takes, and what stays."""

from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.normal import normalise
from chat.reads.reading import Reading

_OF = ("batch_size", "seq_len")
# an amount that is asked about, and not seen
_ASKED = r"还是|\bor\b|会(?:是|要|用|占|到)?|\bwill\b|\bwould\b|\bexpect\w*|\bshould\b|\?|多少"


def own_line(reading: Reading) -> list[str]:
    """`line_of 1` for lengths, `line_x1 4096`, `line_y1 38`, ..., and `line_at` of a value that is asked about."""
    if "log_line_x1" in reading.extras:
        return []  # read as a row already
    for place, name in enumerate(_OF):
        pairs = _pairs(reading, name)
        if len(pairs) != 2:
            continue
        (x1, y1), (x2, y2) = sorted(pairs)
        if not 0 < y1 < y2 or x1 == x2 or y1 * x2 <= y2 * x1:
            continue  # nothing is left that stays
        others = [float(one) for one in reading.facts[name] if float(one) not in (x1, x2)] or _asked_at(reading, name)
        told = [("of", place), ("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2), *(("at", one) for one in others[:1])]
        return [f"line_{key} {value:g}" for key, value in told]
    return []


_AT = {
    "seq_len": r"\b(?:at|for|with|to) (?P<n>\d{3,6})(?: tokens?)?\s*\?|(?<!\d)(?P<m>\d{3,6})\s?(?:个?token)?\s?(?:时|的话|呢|会|要|大概)[^,;?]{0,12}\?",
    "batch_size": r"\b(?:at|for|with) (?:batch |bs )?(?P<n>\d{1,3})\s*\?|(?:batch|bs|批大小)\s?(?P<m>\d{1,3})\s?(?:时|的话|呢|会|要|大概)?[^,;?]{0,12}\?",
}  # fmt: skip


def _asked_at(reading: Reading, name: str) -> list[float]:
    """The value at the end of a question, which nothing else read."""
    found = compiled(_AT[name]).search(normalise(reading.text).text)
    return [float(found["n"] or found["m"])] if found else []


def _pairs(reading: Reading, name: str) -> list[tuple[float, float]]:
    """The values of a setting, each with the amount that was seen with it."""
    values, places = reading.facts.get(name, ()), reading.spans.get(name, ())
    if len(values) < 2 or len(values) != len(places):
        return []
    ends = [reading.extras.get(f"log_{one}", ()) for one in ("from", "to")]
    if len(values) == 2 and all(ends):
        return [(float(values[0]), float(ends[0][0])), (float(values[1]), float(ends[1][0]))]
    claims = sorted(memory_claims(reading), key=lambda one: one.span)
    text, found = reading.lowered, []
    starts = sorted(zip(places, values, strict=True))
    for at, (span, value) in enumerate(starts):
        until = starts[at + 1][0][0] if at + 1 < len(starts) else len(text)
        own = [one for one in claims if span[1] <= one.span[0] < until]
        if len(own) == 1 and not compiled(_ASKED).search(text[span[1] : own[0].span[1]]):
            found.append((float(value), own[0].number))
    return found
