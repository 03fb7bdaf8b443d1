"""What 8-bit states of Adam were seen to save of a whole training whose weights are in 16 bit."""

from collections.abc import Sequence

from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.reading import Claim, Reading
from chat.reads.seen.savings import from_to, is_saving

EIGHT_BIT = frozenset({"adamw-8bit", "paged-adamw-8bit"})
_WHOLE_TYPES = frozenset({"bf16", "fp16"})
# what is only expected of it, or said by somebody
_EXPECTED = r"(?:\bexpect\w*|\bshould\b|\bsuppos\w+|\bpromis\w+|\bclaim\w*|\bthought\b|\bhop\w+|\bwould\b|\binstead of\b|\bnot\b|应该|不是说|号称|据说|说好|说是|本来|理论|以为|预期|按理|都说|而不是|不是)[^,.;?!\uff0c\uff1b。]{0,24}$"
_EXPECTED_BEHIND = r"\s?(?:gib|gb|g)?\s?(?:that )?(?:i |we )?(?:expected|hoped|promised|thought|预期)"
# what was got where a saving was looked for: "expecting to save 19 GB, but only got 4-5 GB"
_GOT = r"(?:\b(?:only|just|merely)\s(?:got|get|see|saw|seeing|getting|noticed|observed)|\b(?:got|get|see|saw|seeing|getting|noticed|observed)\s(?:only|just|merely|a mere)|[只仅才](?:有|看到|见到|得到|拿到|多出)(?:了)?)\s?(?:about |around |roughly |some |~|约|大约)?$"
# behind another amount that was expected: "expected to save 18 GB, got about 5"
_GOT_INSTEAD = r"(?:\b(?:got|get|see|saw|seeing|measured?|observed?|reality is|actual(?:ly)?(?: is| was| saved| dropped| fell)?)\s?:?|实际(?:上)?(?:是|为|省了?|少了?)?|结果(?:是)?|测(?:下来|出来)?)\s?(?:it )?(?:only |just )?(?:about |around |roughly |some |maybe |~|约|大约|大概)?(?:只|才|就)?(?:有|省了?|少了?)?$"
_LOOKED_FOR = r"\b(?:sav(?:es?|ed|ing|ings)|free[sd]?|less|reduc\w+|drop|gain)\b|省|少|降"
# "4-5 GB", "4 to 5 GB"
_RANGE = r"\s?(?:gi?b|g)?\s?(?:-|–|~|\bto\b|\bor\b|到|至|、)\s?"
_WIDEST = 2  # times the first; what is more is no range


def states_saved(reading: Reading) -> float | None:
    """The amount in GB that was seen to be saved, told as such or as what memory fell from and to; None where none is."""
    facts = reading.facts
    if facts.get("method") != ("full",) or not EIGHT_BIT & set(facts.get("optimizer", ())):
        return None
    text = reading.lowered
    claims = sorted(memory_claims(reading), key=lambda one: one.span)
    if (turned := from_to(text, claims)) and turned[0].number > turned[1].number:
        return turned[0].number - turned[1].number
    before = False  # whether another amount was expected
    for place, one in enumerate(claims):
        expected = compiled(_EXPECTED).search(text[: one.span[0]]) or compiled(_EXPECTED_BEHIND).match(
            text, one.span[1]
        )
        if not expected and (is_saving(text, *one.span) or _got(text, one, _GOT_INSTEAD if before else _GOT)):
            return _middle(text, one, claims[place + 1 : place + 2])
        before |= expected is not None
    return None


def _got(text: str, one: Claim, words: str) -> bool:
    """Whether the amount is what was got of a saving that was looked for."""
    before = text[: one.span[0]]
    return bool(compiled(rf"{_GOT}|{words}").search(before[-40:]) and compiled(_LOOKED_FOR).search(before))


def _middle(text: str, one: Claim, then: Sequence[Claim]) -> float:
    """The middle of a range, and of no range the amount itself."""
    for upper in then:
        between = text[one.span[1] : upper.span[0]]
        if compiled(_RANGE).fullmatch(between) and one.number < upper.number <= _WIDEST * one.number:
            return (one.number + upper.number) / 2
    return one.number


def without_masters(reading: Reading) -> dict[str, str]:
    """One card's weights that were loaded in 16 bit keep no fp32 copy beside them, with which what was seen is compared."""
    facts = reading.facts
    told = {"precision", "zero_stage"} & set(facts) or set(facts.get("n_gpus", (1,))) != {1}
    whole = set(facts.get("weight_format", ())) <= _WHOLE_TYPES and "weight_format" in facts
    return {"precision": "pure-bf16"} if whole and not told and states_saved(reading) is not None else {}
