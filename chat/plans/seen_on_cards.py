"""What each card was seen to take with two numbers of cards, as lines of the log."""

from collections.abc import Iterator
from typing import Any

from chat.reads.lexicon import compiled
from chat.reads.reading import Reading


def readings_on_cards(reading: Reading) -> Iterator[str]:
    """`8 GPUs: 61 GB each, 16 GPUs: 47 GB`: a count and the amount that is told behind it, or all in front of theirs."""
    counts = sorted(zip(reading.spans.get("n_gpus", ()), reading.facts.get("n_gpus", ()), strict=False))
    claims = [one for one in reading.claims if one.unit in ("g", "gb", "gib")]
    if len({one.unit == "gib" for one in claims}) > 1:
        return  # a difference is of one unit
    amounts = sorted((one.span, one.number) for one in claims)
    if len(counts) == 2 and len(amounts) == 1:
        yield from _asked_at(reading, counts, amounts[0])
        return
    if len(counts) != 2 or len(amounts) < 2:
        pairs = _paired(reading, {number for _, number in amounts}) or _grown(reading, amounts)
        yield from (f"seen_at {count} {own:g}" for count, own in pairs)
        return
    if grown := _grown(reading, amounts):
        yield from (f"seen_at {count} {own:g}" for count, own in grown)
        return
    in_front = [(int(one["n"]), one["gb"]) for one in compiled(_IN_FRONT).finditer(reading.lowered)]
    if sorted(count for count, _ in in_front) == sorted(int(count) for _, count in counts):
        yield from (f"seen_at {count} {own}" for count, own in in_front)
        return
    for place, (span, count) in enumerate(counts):
        end = counts[place + 1][0][0] if place + 1 < len(counts) else len(reading.text)
        own = next(((at, number) for at, number in amounts if span[1] <= at[0] < end), None)
        if own is not None and not compiled(_HAVE).search(reading.lowered[span[0] : own[0][0]]):
            yield f"seen_at {int(count)} {own[1]:g}"


# what each card was seen to take, in front of the amount or behind it
_EACH_TAKES = r"每[张块]?卡|单卡|每张|\beach\b|\bper (?:gpu|card|device|rank)\b|\bon (?:each|every)\b|\ba (?:gpu|card)\b|单步|显存"
_AROUND = 28


def _asked_at(reading: Reading, counts: list[tuple[Any, Any]], amount: tuple[Any, float]) -> Iterator[str]:
    """`8 GPUs take 38 GB each; with 16?`: what was seen at one of two counts, and the other, which is asked about."""
    (start, end), own = amount
    around = reading.lowered[max(0, start - _AROUND) : end + _AROUND]
    if not compiled(_EACH_TAKES).search(around) or compiled(_HAVE).search(reading.lowered[:start]):
        return
    # the count that is told with the amount stands before the question of the other
    (first, there), (second, here) = counts
    with_second = start > second[1] and "?" in reading.lowered[first[1] : start]
    seen, asked = (here, there) if with_second else (there, here)
    yield f"seen_at {seen} {own:g}"
    yield f"asked_at {asked}"


# "4 cards of 80 GB": what cards have was not seen on them
_HAVE = r"(?:cards?|gpus?|[张块卡])\s?(?:of|with|having|that have|带|有)\s?$"


# "46 GB per GPU on 4 cards and 34 GB on 8", "4 张卡每卡 46GB,8 张 34GB": the second count is told shortly
_READ = r"(?P<gb>\d{1,3}(?:\.\d+)?)\s?gi?b?(?![a-z\d])"
_CARDS = r"(?:[张卡块]|gpus?\b|cards?\b|ranks?\b|(?:x\s?)?(?:[ahblv]\d{2,3}s?|[2345]0[6-9]0s?)(?![a-z\d]))"
_COUNT = r"(?<![\d.])(?P<n>\d{1,4})"
_BARE = rf"(?:\b(?:on|with|at|over) {_COUNT},? (?:it|they|each|we|i|all)\b)"
_IN_FRONT = rf"(?<![\d.]){_READ}[^\d?;.,。]{{0,24}}\b(?:on|with|at|across|over) (?:each of |all )?(?P<n>\d{{1,4}})(?!\d|\.\d|(?!x\b)[a-z]|\s?(?:k|gi?b?|b|tokens?|%|samples?|steps?)\b)"
_PAIRS = (
    rf"{_COUNT}\s?{_CARDS}(?:\s?[ahblv]\d{{2,3}})?(?:\s?(?:40|48|64|80|94|96|141)\s?gb?\b)?[^\d?;。]{{0,24}}{_READ}(?!\s?(?:的|显存))",
    rf"{_BARE}[^\d?;。]{{0,24}}{_READ}",
    _IN_FRONT,
)


def _paired(reading: Reading, amounts: set[float]) -> list[tuple[int, float]]:
    """Two counts that each stand beside what was seen with so many, one of which is among the facts."""
    every: dict[int, float] = {}
    for pattern in _PAIRS:
        found = [(int(one["n"]), float(one["gb"])) for one in compiled(pattern).finditer(reading.lowered)]
        pairs = dict(pair for pair in found if pair[1] in amounts)
        if len(pairs) == len(found) == 2 and set(pairs) & set(reading.facts.get("n_gpus", ())):
            return list(pairs.items())
        every |= {count: own for count, own in pairs.items() if count not in every}
    told = set(every) & set(reading.facts.get("n_gpus", ()))  # each in a way of its own
    return list(every.items()) if told and len(every) == len(set(every.values())) == 2 else []


# "from 8 to 16 GPUs it went from 78 to 45 GB", "从8张卡加到16张,每卡从78G降到45G"
_FROM_TO = (
    r"从\s?(?P<a>\d{1,4})\s?(?:[张块]?卡|[张块])[^,;?\d]{0,6}(?:到|成|为|至)\s?(?P<b>\d{1,4})\s?[张块卡]"
    r"|\bfrom (?P<c>\d{1,4})(?:x| gpus?| cards?| ranks?| [ahblv]\d{2,3}s?)? to (?P<d>\d{1,4})(?:x| gpus?| cards?| ranks?| [ahblv]\d{2,3}s?)(?![a-z\d])"
)
# one more machine as large as the one at hand
_ONE_MORE = (
    r"\b(?:added|adding|add|with|bought|rented|got|took|on|over) (?:a |an |the )?(?:second|another|2nd|one more|identical)(?: identical| such| same)? (?:node|machine|server|box)\b|\b(?:second|2nd) (?:identical |such )?(?:node|machine|server|box)\b"
    r"|(?:第二|再[加来上开添]?了?[一1]|又[加上来添]?了?[一1]|多[加上]?了?[一1])\s?(?:台|个节点|个机器)"
)
# what was expected is none that was seen
_EXPECTED = r"(?:\bwhy not\b|\binstead of\b|\brather than\b|而不是|\bexpect\w*|\bhoped?\b|\bthought\b|\bshould(?:n'?t)?\b|\bsupposed\b|以为|预期|按理|应该|本以为|期望)[^\d,.;?]{0,20}$"


def _grown(reading: Reading, amounts: list[tuple[tuple[int, int], float]]) -> list[tuple[int, float]]:
    """What was seen before and after cards were added, in the order in which it is told."""
    text = reading.lowered
    seen = [
        number for (start, _), number in amounts if not compiled(_EXPECTED).search(text[max(0, start - 32) : start])
    ]
    if len(seen) != 2 or seen[0] <= seen[1]:
        return []
    if found := compiled(_FROM_TO).search(text):
        few, many = (int(one) for one in found.groups() if one)
        return list(zip((few, many), seen, strict=True)) if few < many else []
    counts = [int(one) for one in reading.facts.get("n_gpus", ())]
    if len(counts) == 1 and compiled(_ONE_MORE).search(text):
        return list(zip((counts[0], 2 * counts[0]), seen, strict=True))
    return []
