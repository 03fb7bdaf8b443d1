"""What 8-bit states of Adam were seen to save of a whole training whose weights are in 16 bit."""

from chat.plans.told import memory_claims
from chat.reads.lexicon import compiled
from chat.reads.reading import Reading
from chat.reads.savings import from_to, is_saving

EIGHT_BIT = frozenset({"adamw-8bit", "paged-adamw-8bit"})
_WHOLE_TYPES = frozenset({"bf16", "fp16"})
# what is only expected of it, or said by somebody
_EXPECTED = r"(?:\bexpect\w*|\bshould\b|\bsuppos\w+|\bpromis\w+|\bclaim\w*|\bthought\b|\bhop\w+|\bwould\b|\binstead of\b|\bnot\b|应该|不是说|号称|据说|说好|说是|本来|理论|以为|预期|按理|都说|而不是|不是)[^,.;?!,。]{0,24}$"
_EXPECTED_BEHIND = r"\s?(?:gib|gb|g)?\s?(?:that )?(?:i |we )?(?:expected|hoped|promised|thought|预期)"


def states_saved(reading: Reading) -> float | None:
    """The amount in GB that was seen to be saved, told as such or as what memory fell from and to; None where none is."""
    facts = reading.facts
    if facts.get("method") != ("full",) or not EIGHT_BIT & set(facts.get("optimizer", ())):
        return None
    text = reading.lowered
    claims = sorted(memory_claims(reading), key=lambda one: one.span)
    if (turned := from_to(text, claims)) and turned[0].number > turned[1].number:
        return turned[0].number - turned[1].number
    for one in claims:
        expected = compiled(_EXPECTED).search(text[: one.span[0]]) or compiled(_EXPECTED_BEHIND).match(
            text, one.span[1]
        )
        if is_saving(text, *one.span) and not expected:
            return one.number
    return None


def without_masters(reading: Reading) -> dict[str, str]:
    """One card's weights that were loaded in 16 bit keep no fp32 copy beside them, with which what was seen is compared."""
    facts = reading.facts
    told = {"precision", "zero_stage"} & set(facts) or set(facts.get("n_gpus", (1,))) != {1}
    whole = set(facts.get("weight_format", ())) <= _WHOLE_TYPES and "weight_format" in facts
    return {"precision": "pure-bf16"} if whole and not told and states_saved(reading) is not None else {}
